"""Pieces that are sold and that the store's counts may not know of yet.

While a reservation is open, the stock of its good is lower by it on every account. It ends when the counts know of
the order: the ERP has taken it (or, where it counts what is on hand, shipped it), and counts that were begun after
that have been merged. A cancelled order gives its pieces back at once, unless they had left the store by then.

All functions work inside the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Literal

from marketsync.accounts import Account
from marketsync.db import sql
from marketsync.orders.goods import Connection

__all__ = ["booked", "end_booked", "lapse", "reserve", "shipped"]


def reserve(
    connection: Connection,
    account: Account,
    posting_ids: Sequence[int],
    now: datetime,
    *,
    read: bool,
    reserves: bool = True,
) -> set[int]:
    """Bring the reservations of orders up to date with their lines and states; the goods whose reservations moved.

    Args:
        posting_ids: their rows are locked by the caller.
        read: the marketplace itself shows them; otherwise only a push speaks of them, and what it makes will lapse.
        reserves: whether anything new is reserved.
    """
    settings = account.orders
    minutes = settings.lapse_minutes if settings else 0
    rows = connection.execute(
        sql("orders/reserve"),
        {
            "ids": list(posting_ids),
            "now": now,
            "read": read,
            "reserves": reserves,
            "lapses_at": None if read else now + timedelta(minutes=minutes),
            "stores": [warehouse.store for warehouse in account.warehouses],
            "targets": [warehouse.marketplace for warehouse in account.warehouses],
        },
    ).fetchall()
    return {row["product_id"] for row in rows}


def booked(connection: Connection, posting_ids: Collection[int], now: datetime) -> None:
    """The ERP answered that it took these orders: free pieces that it counts from now on know of them."""
    connection.execute(sql("orders/booked"), {"ids": sorted(posting_ids), "now": now})


def shipped(connection: Connection, posting_id: int, now: datetime) -> None:
    """The ERP reported that an order left the store: pieces on hand that it counts from now on know of that."""
    connection.execute(sql("orders/shipped"), {"posting_id": posting_id, "now": now})


def end_booked(
    connection: Connection,
    counted_at: datetime,
    now: datetime,
    *,
    counts: Literal["free", "on_hand"],
    full: bool,
) -> int:
    """End what the counts know of that this transaction merges; how many reservations. Reads the table new_stock.

    Args:
        counted_at: when the delivery's source began, by our clock: what was booked before that is in its counts.
        counts: what they count.
        full: the delivery lists everything that there is: what it does not list is none.
    """
    return connection.execute(
        sql("orders/end_booked"),
        {"counted_at": counted_at, "on_hand": counts == "on_hand", "full": full, "now": now},
    ).rowcount


def lapse(connection: Connection, account: str, now: datetime) -> list[dict[str, object]]:
    """End what only a push spoke of and nobody could read until its time; {posting_id, number, product_id}."""
    return connection.execute(sql("orders/lapse"), {"account": account, "now": now}).fetchall()
