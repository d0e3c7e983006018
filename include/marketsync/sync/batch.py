"""Build a batch: claim changes, read the amounts of this moment, write the intent, commit.

The plan may be minutes old. A price or a card that has moved since is not sent: the change is closed and the next
plan takes the new value through the guards. A stock that has fallen since is sent as it is now; one that has
risen is sent as planned, since the lower number can only be sold.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from marketsync.db import sql
from marketsync.marketplaces.base import Card, Item, Kind, Offer, Price, Rendered, Stock
from marketsync.sync import plan
from marketsync.sync.lane import Connection, Lane, offer_of

__all__ = ["Batch", "Documents", "build"]

Documents = Callable[[Connection, Sequence[int]], dict[int, Rendered]]
"""Offers' ids -> their documents as the store and the mapping have them now; what cannot be rendered is left out."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What one call carries.

    Attributes:
        submission: the intent row's id.
        items: in the order of their urgency; empty where every value had moved on.
        new: offers without a card, and without a call that may have made one.
    """

    submission: int
    items: list[Item]
    new: frozenset[int]

    @property
    def unchecked(self) -> bool:
        """Whether the caller must look first which new offers exist there; until then the intent counts no items."""
        return any(isinstance(item.value, Card) and item.offer.offer_id in self.new for item in self.items)


def build(lane: Lane, documents: Documents | None, *, size: int) -> Batch | None:
    """Claim up to `size` changes and commit their intent; None where nothing may be sent now."""
    now = lane.clock.now()
    with lane.database.transaction() as connection:
        connection.execute(sql("submission/claim_turn"), lane.key)
        row = connection.execute(sql("submission/open"), {**lane.key, "now": now}).fetchone()
        submission: int = row["submission_id"] if row else 0
        claimed = connection.execute(
            sql("submission/claim"),
            {
                **lane.key,
                **lane.item_limits,
                "now": now,
                "batch_size": size,
                "states": lane.sendable_states,
                "submission_id": submission,
            },
        ).fetchall()
        if not claimed:
            connection.rollback()
            return None
        claimed.sort(key=lambda change: change["change_id"])
        items, moved = _current(connection, lane, documents, claimed)
        if moved:
            connection.execute(sql("submission/release_other"), {"change_ids": moved, "now": now})
        new = frozenset(
            change["offer_id"]
            for change in claimed
            if change["offer_state"] == "new" and not change["was_in_doubt"]
        )
        batch = Batch(submission, items, new)
        if not batch.unchecked:
            connection.execute(sql("submission/counted"), {"submission_id": submission, "items": len(items)})
        if not items:
            connection.execute(
                sql("submission/close"),
                {"submission_id": submission, "state": "done", "error": None, "now": now},
            )
    return batch


def _current(
    connection: Connection, lane: Lane, documents: Documents | None, claimed: list[dict[str, Any]]
) -> tuple[list[Item], list[int]]:
    """The items as they are now, and the changes whose value has moved on."""
    offers = [change["offer_id"] for change in claimed]
    plan.fill_desired(connection, lane, offers=offers)
    wanted = {
        (row["offer_id"], row["warehouse"]): row for row in connection.execute(sql("desired/read")).fetchall()
    }
    rendered: dict[int, Rendered] = {}
    opening: dict[int, dict[str, Any]] = {}
    if documents is not None:
        rendered = documents(connection, offers)
        opening = {row["offer_id"]: row for row in connection.execute(sql("desired/read_opening")).fetchall()}
    items: list[Item] = []
    moved: list[int] = []
    for change in claimed:
        offer = offer_of(change)
        desired = wanted.get((change["offer_id"], change["warehouse"]))
        item: Item | None = None
        if desired is not None and lane.channel.kind is Kind.PRICE:
            item = _price(offer, change, desired)
        elif desired is not None and lane.channel.kind is Kind.STOCK:
            item = Item(offer, Stock(change["warehouse"], int(min(desired["amount"], change["to_amount"]))))
        elif desired is not None and change["offer_id"] in rendered:
            item = _card(lane, offer, change, rendered[change["offer_id"]], opening.get(change["offer_id"]))
        if item is None:
            moved.append(change["change_id"])
        else:
            items.append(item)
    return items, moved


def _price(offer: Offer, change: dict[str, Any], desired: dict[str, Any]) -> Item | None:
    planned = (change["to_amount"], change["to_old"], change["to_floor"])
    if (desired["amount"], desired["old"], desired["floor"]) != planned or change["to_amount"] is None:
        return None
    return Item(offer, Price(change["to_amount"], change["to_old"], change["to_floor"], change["currency"]))


def _card(
    lane: Lane, offer: Offer, change: dict[str, Any], document: Rendered, opening: dict[str, Any] | None
) -> Item | None:
    if opening is None or document.hash != change["to_hash"]:
        return None
    price = Price(opening["amount"], opening["old"] or None, opening["floor"], lane.account.currency)
    return Item(offer, Card(document.document, document.hash, price))
