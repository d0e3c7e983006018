"""What a channel should show: filled into the transaction's temporary table `desired`, by the kind of its value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from marketsync.accounts import Account
from marketsync.db import sql
from marketsync.errors import BadInput, Place
from marketsync.marketplaces.base import Kind
from marketsync.sync.lane import Connection, Lane

__all__ = ["fill", "fill_prices"]

_NO_GAP = Decimal(0)


def fill(connection: Connection, lane: Lane, *, offers: Sequence[int] | None = None) -> None:
    """Fill `desired` for a channel; a document channel also gets `opening_price`.

    Args:
        connection: inside a transaction; the tables end with it.
        offers: only these; None for all of the account.

    Raises:
        BadInput: accounts.yaml names a warehouse or a price type that the store never delivered.
    """
    connection.execute(sql("desired/create"))
    chosen = list(offers) if offers is not None else None
    if lane.channel.kind is Kind.PRICE:
        fill_prices(connection, lane, offers=chosen, states=["new", "listed", "ready"])
    elif lane.channel.kind is Kind.STOCK:
        _require_warehouses(connection, lane.account)
        connection.execute(sql("desired/stock"), _stock_parameters(lane, chosen))
    else:
        connection.execute(sql("desired/document"), {**lane.key, "offers": chosen})
    connection.execute("analyze desired")


def fill_prices(connection: Connection, lane: Lane, *, offers: list[int] | None, states: list[str]) -> None:
    """Fill `desired` with prices, and take out those in another currency than the account's."""
    types = connection.execute(sql("desired/price_types")).fetchall()
    known = {row["name"]: row["price_type_id"] for row in types}
    if known and not any(name in known for name in lane.prices.amount):
        raise BadInput(
            f"the store has no price type {' or '.join(map(repr, lane.prices.amount))}",
            place=Place(file=f"mappings/{lane.account.mapping}/prices.yaml", account=lane.account.id),
            hint=f"It delivers: {', '.join(map(repr, sorted(known)))}. No price was planned",
        )
    rules = lane.price_rules
    connection.execute(
        sql("desired/price"),
        {
            "account": lane.account.id,
            "price_types": _ids(lane.prices.amount, known),
            "old_types": _ids(lane.prices.old, known),
            "floor_types": _ids(lane.prices.floor, known),
            "offers": offers,
            "states": states,
            "gap_below": [gap.below for gap in rules.gaps],
            "gap_at_least": [gap.at_least for gap in rules.gaps],
            "gap_share": [gap.share for gap in rules.gaps],
            "largest_discount": rules.largest_discount,
            "floor_share": rules.floor_share or _NO_GAP,
        },
    )


def _stock_parameters(lane: Lane, offers: list[int] | None) -> dict[str, Any]:
    warehouses = lane.account.warehouses
    return {
        "account": lane.account.id,
        "offers": offers,
        "states": lane.sendable_states,
        "stores": [w.store for w in warehouses],
        "targets": [w.marketplace for w in warehouses],
        "buffers": [w.buffer for w in warehouses],
        "hide_below": [w.hide_below for w in warehouses],
        "show_at_most": [w.show_at_most for w in warehouses],
    }


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


def _ids(names: Sequence[str], known: Mapping[str, int]) -> list[int]:
    return [known[name] for name in names if name in known]
