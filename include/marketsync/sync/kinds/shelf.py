"""Where cards lie: in the archive, where a good is not wanted any more and the account says so, else shown.

A card goes only after its stock was confirmed to be zero, and comes back before its stock goes up.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from marketsync.db import sql
from marketsync.marketplaces.base import Item, Offer, Outcome, Word
from marketsync.sync import texts
from marketsync.sync.kinds.base import ChannelKind, Documents, ItemBuilder, Row
from marketsync.sync.lane import Connection, Lane

__all__ = ["ShelfKind"]


class ShelfKind(ChannelKind):
    """Cards, shown or archived."""

    states = ("listed", "ready", "archived")
    event = "products"

    def fill(self, connection: Connection, lane: Lane, offers: list[int] | None) -> None:
        """Where cards should lie, of those that may have to move."""
        account = lane.account
        parameters = {
            **lane.key,
            "offers": offers,
            "archives": account.unmarked == "archive",
            "archive_after": timedelta(hours=account.archive_after).total_seconds(),
            "warehouses": [warehouse.marketplace for warehouse in account.warehouses],
            "now": lane.clock.now(),
        }
        connection.execute(sql("shelf/fill"), parameters)
        connection.execute(sql("shelf/refuse_gone"), parameters)
        if account.unmarked == "archive":
            connection.execute(sql("shelf/refuse"), {**parameters, "message": texts.stock_not_zero()})

    def builder(
        self, connection: Connection, lane: Lane, offers: Sequence[int], documents: Documents | None
    ) -> ItemBuilder:
        """A card whose good is wanted again, or has stock again, is not archived."""
        return _item

    def acknowledged(
        self, connection: Connection, lane: Lane, outcomes: Sequence[Outcome], now: datetime
    ) -> None:
        """The offer is archived, or listed again: whether it takes stock is asked anew."""
        connection.execute(sql("shelf/settled"))

    def complete(self, connection: Connection, parameters: dict[str, Any]) -> None:
        """Where a card lies is told by the card."""
        connection.execute(sql("shelf/seen_text"))
        connection.execute(sql("shelf/seen"), parameters)

    def compare(
        self,
        connection: Connection,
        lane: Lane,
        parameters: dict[str, Any],
        documents: Documents,
    ) -> None:
        """Cards that lie elsewhere than they should; what was moved in the cabinet is written down."""
        connection.execute(sql("shelf/compare"), parameters)
        connection.execute(sql("shelf/learn"), parameters)


def _item(offer: Offer, change: Row, desired: Row) -> Item | None:
    return Item(offer, Word(change["to_text"])) if desired["text"] == change["to_text"] else None
