"""What a batch of cards would hit that is not its own: cards are sent by article, and that may be another's.

A new card whose article the cabinet already has was made by hand and stays as it is. A known card that is called
otherwise there was renamed in the cabinet: sent by its old article, it would be made a second time. And a cabinet in
which people have worked is adopted before the first card is made in it: a card that they made under another article
would get a twin.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from marketsync.db import sql
from marketsync.errors import Fatal, Place
from marketsync.marketplaces.base import Item, Offer, Outcome, Problem, Result
from marketsync.sync import texts
from marketsync.sync.batch import Batch
from marketsync.sync.lane import Lane
from marketsync.sync.settle import settle

__all__ = ["require_adoption", "without_strangers"]

_AFTER_RENAMED_THERE = timedelta(minutes=2)
_AFTER_NOT_SHOWN = timedelta(minutes=10)


def require_adoption(lane: Lane) -> None:
    """Stop before an account's first card where its cabinet has cards already and nobody has adopted it.

    Raises:
        Fatal: with what to run.
    """
    with lane.database.transaction() as connection:
        row = connection.execute(sql("adopt/needed"), lane.key).fetchone()
    if not row or not row["first_cards"]:
        return
    shown = next(iter(lane.channel.observe(())), ())
    if shown:
        raise Fatal(
            texts.not_adopted(lane.account.id, shown[0].article or shown[0].external_id),
            place=Place(account=lane.account.id),
            hint=texts.adopt_first(lane.account.id),
        )


def without_strangers(lane: Lane, batch: Batch) -> tuple[list[Item], Sequence[Outcome]]:
    """Take out cards that the article would not reach; the rest, and what was said of those taken out.

    What is taken out is settled before the call, and only then does the intent say that there is one: whatever
    happens to the call, nobody takes such a card for ours afterwards.
    """
    checked = _Checked(batch, lane)
    outcomes = checked.outcomes
    kept = [item for item in batch.items if item.offer.offer_id not in outcomes]
    if checked.renamed:
        with lane.database.transaction() as connection:
            connection.execute(
                sql("offer/moved_there"),
                {
                    "account": lane.account.id,
                    "ids": list(checked.renamed),
                    "articles": list(checked.renamed.values()),
                    "channels": list(lane.channel.apart_from),
                    "visible_after": lane.channel.visible_after.total_seconds(),
                    "now": lane.clock.now(),
                },
            )
    if outcomes:
        settle(lane, batch.submission, list(outcomes.values()), (), close=not kept)
    return kept, list(outcomes.values())


class _Checked:
    """What the marketplace calls the cards of a batch, and which of them must not be sent under their article."""

    def __init__(self, batch: Batch, lane: Lane) -> None:
        known = lane.channel.identify([item.offer for item in batch.items])
        self._by_id = {identity.external_id: identity for identity in known}
        self._by_article = {identity.article: identity for identity in known}
        with lane.database.transaction() as connection:
            rows = connection.execute(
                sql("offer/ours"), {"account": lane.account.id, "external_ids": list(self._by_id)}
            ).fetchall()
        self._ours = {row["external_id"] for row in rows}
        self._new = batch.new
        self.renamed: dict[int, str] = {}
        """Offer -> what its card is called there."""
        self.outcomes = {
            item.offer.offer_id: outcome
            for item in batch.items
            if (outcome := self._outcome(item.offer)) is not None
        }

    def _outcome(self, offer: Offer) -> Outcome | None:
        """None where the article reaches the offer's own card, or none at all."""
        if offer.external_id is not None:
            shown = self._by_id.get(offer.external_id)
            if shown is not None and shown.article == offer.article:
                return None
            if shown is not None:
                self.renamed[offer.offer_id] = shown.article
            # a card that is not shown at all may be gone: the next reconciliation finds out
            pause = _AFTER_NOT_SHOWN if shown is None else _AFTER_RENAMED_THERE
            return Outcome(offer.offer_id, Result.RETRY, again_after=pause.total_seconds())
        there = self._by_article.get(offer.article)
        if there is None:
            return None
        if there.external_id in self._ours:
            return Outcome(offer.offer_id, Result.RETRY, again_after=_AFTER_RENAMED_THERE.total_seconds())
        if offer.offer_id in self._new:
            problem = Problem("exists_there", texts.exists_there(offer.article), "article")
            return Outcome(offer.offer_id, Result.REJECTED, problems=(problem,))
        return None
