"""Pieces that come back: what is known of them, and what the stock of their goods makes of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from marketsync.accounts import Account
from marketsync.db import sql
from marketsync.marketplaces.orders import Return
from marketsync.orders.goods import Connection, goods_of, raise_due, wake
from marketsync.orders.jsons import to_json
from marketsync.orders.reservations import reserve

__all__ = ["take_returns"]


def take_returns(connection: Connection, account: Account, returns: Sequence[Return], now: datetime) -> int:
    """Take returns as the marketplace shows them; how many are new or have moved.

    What the seller has again is given back where its order is still reserved; and the stock of its goods is sent again.
    """
    rows = {one.external_id: asdict(one) for one in returns}
    numbers = sorted({one.number for one in returns})
    connection.execute(sql("orders/lock"), {"account": account.id, "numbers": numbers})
    moved = connection.execute(
        sql("orders/keep_returns"), {"account": account.id, "rows": to_json(list(rows.values())), "now": now}
    ).fetchall()
    ids = sorted({row["posting_id"] for row in moved if row["posting_id"] is not None})
    if ids:
        goods = reserve(connection, account, ids, now, read=True, reserves=False) | goods_of(connection, ids)
        wake(connection, {"stocks": raise_due(connection, goods)})
    return len(moved)
