"""The steps of X__catalog: what became of the last batches, what differs, rendering."""

from __future__ import annotations

from marketsync.errors import Fatal, Place
from marketsync.marketplaces.base import Pipeline
from marketsync.pictures.check import check
from marketsync.runtime import Runtime, Seller
from marketsync.steps.counts import Counts
from marketsync.steps.exchange import open_changes
from marketsync.sync import cards, poll
from marketsync.sync import plan as planning
from marketsync.sync.lane import Lane

__all__ = ["extract_diff", "poll_status", "transform"]


def poll_status(runtime: Runtime, account: str) -> Counts:
    """Take the outcomes of the batches that the marketplace has finished."""
    polled = [poll.run(lane) for lane in runtime.seller(account).pipeline(Pipeline.CATALOG)]
    return {
        "open": sum(one.open + one.unready for one in polled),
        "confirmed": sum(one.confirmed for one in polled),
        "rejected": sum(one.rejected for one in polled),
        "ready": sum(one.ready for one in polled),
        "unready": sum(one.unready for one in polled),
    }


def extract_diff(runtime: Runtime, account: str) -> Counts:
    """Turn marks into offers, look at their pictures, and find the cards that may have to change."""
    seller = runtime.seller(account)
    listed = cards.enlist(seller.cards)
    looked = check(
        runtime.database,
        runtime.clock,
        seller.account,
        seller.marketplace.picture_rules,
        seller.marketplace.title,
        runtime.accounts.picture_checks,
    )
    lanes = seller.pipeline(Pipeline.CATALOG)
    return {
        "new": listed.new,
        "unlistable": listed.unlistable,
        "to_render": listed.to_draw,
        "pictures": looked.links,
        "pictures_bad": looked.bad,
        "pictures_left": looked.left,
        "nothing": not (
            listed.new or listed.to_draw or any(open_changes(lane) or _differing(lane) for lane in lanes)
        ),
    }


def transform(runtime: Runtime, account: str) -> Counts:
    """Render the cards that may have to change, and plan them with whatever else the catalog keeps equal."""
    seller = runtime.seller(account)
    _require_dictionaries(seller)
    drawn = cards.draw(seller.cards, seller.renderer)
    made = {lane.channel.name: planning.make(lane) for lane in seller.pipeline(Pipeline.CATALOG)}
    return {
        "rendered": drawn.rendered,
        "refused": drawn.refused,
        "plan": made[seller.cards.channel.name].plan,
        "planned": sum(summary.planned for summary in made.values()),
        "held": sum(summary.held for summary in made.values()),
        "nothing": all(summary.idle for summary in made.values()),
    }


def _require_dictionaries(seller: Seller) -> None:
    if not seller.renderer.categories():
        raise Fatal(
            f"No category of the mapping is in the dictionaries of {seller.marketplace.title}; were they ever read?",
            place=Place(account=seller.account.id),
            hint=f"Run the DAG {seller.account.id}__dictionaries, or `python -m marketsync dictionaries "
            f"{seller.account.id}`",
        )


def _differing(lane: Lane) -> int:
    """Offers that differ from what was confirmed though nothing has to be rendered: new ones, prices that came."""
    preview = planning.preview(lane, limit=0)
    return sum(n for _, _, n in preview.counts)
