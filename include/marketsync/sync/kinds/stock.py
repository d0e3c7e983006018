"""Stocks: what the store counts, in each of the marketplace's warehouses."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
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
        """Counts after buffers and bounds; none of what is not wanted, stopped, or sold too fast for counts so old."""
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
        guard = lane.account.guards.stock
        came = _delivered_at(connection)
        if came is not None and _older(lane, came, guard.zero_fast_after_hours):
            connection.execute(
                sql("desired/zero_fast_movers"),
                {
                    **lane.key,
                    "offers": offers,
                    "since": came - timedelta(days=guard.fast_days),
                    "pieces": guard.fast_pieces,
                },
            )
        connection.execute(sql("desired/zero_stopped"), {"account": lane.account.id})

    def guard(self, connection: Connection, lane: Lane) -> None:
        """Hold falls to zero that come in masses or from a short delivery, and rises while the counts are old."""
        mass = lane.account.guards.mass
        if mass.short_delivery == "hold":
            connection.execute(sql("plan/hold_short_stock"))
        for guard, share in (("dropped", mass.dropped), ("zero", mass.zeroed)):
            connection.execute(
                sql(f"plan/hold_mass_{guard}"), {**lane.key, "share": share, "at_least": mass.at_least}
            )
        came = _delivered_at(connection)
        if came is not None and _older(lane, came, lane.account.guards.stock.no_raise_after_hours):
            connection.execute(sql("plan/hold_stale_stock"), {"channel": lane.channel.name})

    def builder(
        self, connection: Connection, lane: Lane, offers: Sequence[int], documents: Documents | None
    ) -> ItemBuilder:
        """A stock that fell since it was planned goes as it is now; one that rose, as planned: less can be sold.

        What a person has released goes as it was released, or not at all.
        """
        return _item

    def complete(self, connection: Connection, parameters: dict[str, Any]) -> None:
        """A warehouse that does not list an offer's card has none of it."""
        connection.execute(sql("reconcile/seen_none"), parameters)


def _item(offer: Offer, change: Row, desired: Row) -> Item | None:
    released = change["release_id"] is not None and desired["origin"] is None
    if released and desired["amount"] != change["to_amount"]:
        return None
    return Item(offer, Stock(change["warehouse"], int(min(desired["amount"], change["to_amount"]))))


def _delivered_at(connection: Connection) -> datetime | None:
    row = connection.execute(sql("desired/stock_delivery")).fetchone()
    return row["delivered_at"] if row else None


def _older(lane: Lane, came: datetime, hours: float | None) -> bool:
    return hours is not None and lane.clock.now() - came > timedelta(hours=hours)


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
