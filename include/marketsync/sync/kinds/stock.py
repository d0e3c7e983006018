"""Stocks: what the store counts, in each of the marketplace's warehouses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from marketsync.accounts import Account
from marketsync.db import sql
from marketsync.errors import BadInput, Place
from marketsync.marketplaces.base import Item, Offer, Stock
from marketsync.sync.kinds.base import ChannelKind, Documents, ItemBuilder, Row
from marketsync.sync.lane import Connection, Lane

__all__ = ["StockKind"]


class StockKind(ChannelKind):
    """Pieces of offers whose card takes stock."""

    states = ("ready",)
    event = "stocks"

    def fill(self, connection: Connection, lane: Lane, offers: list[int] | None) -> None:
        """Counts after buffers and bounds; none of what is not wanted."""
        _require_warehouses(connection, lane.account)
        warehouses = lane.account.warehouses
        connection.execute(
            sql("desired/stock"),
            {
                "account": lane.account.id,
                "offers": offers,
                "states": list(self.states),
                "stores": [w.store for w in warehouses],
                "targets": [w.marketplace for w in warehouses],
                "buffers": [w.buffer for w in warehouses],
                "hide_below": [w.hide_below for w in warehouses],
                "show_at_most": [w.show_at_most for w in warehouses],
            },
        )

    def guard(self, connection: Connection, lane: Lane) -> None:
        """Hold the falls to zero where too many offers would vanish at once."""
        mass = lane.account.guards.mass
        connection.execute(
            sql("plan/hold_mass_zero"), {**lane.key, "share": mass.zeroed, "at_least": mass.at_least}
        )

    def builder(
        self, connection: Connection, lane: Lane, offers: Sequence[int], documents: Documents | None
    ) -> ItemBuilder:
        """A stock that fell since it was planned goes as it is now; one that rose, as planned: less can be sold."""
        return _item

    def complete(self, connection: Connection, parameters: dict[str, Any]) -> None:
        """A warehouse that does not list an offer's card has none of it."""
        connection.execute(sql("reconcile/seen_none"), parameters)


def _item(offer: Offer, change: Row, desired: Row) -> Item:
    return Item(offer, Stock(change["warehouse"], int(min(desired["amount"], change["to_amount"]))))


def _require_warehouses(connection: Connection, account: Account) -> None:
    # a misspelt name would silently count as none and take every good off sale
    known = connection.execute(sql("desired/warehouses")).fetchall()
    if not known:
        return
    names = {row["name"] for row in known} | {row["guid"] for row in known}
    missing = [w.store for w in account.warehouses if w.store not in names]
    if missing:
        raise BadInput(
            f"the store has no warehouse {', '.join(map(repr, missing))}",
            place=Place(file="accounts.yaml", account=account.id, field="warehouses"),
            hint=f"It delivers: {', '.join(sorted(repr(row['name']) for row in known))}. No stock was planned",
        )
