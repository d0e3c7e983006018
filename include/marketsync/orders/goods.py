"""What an order does to the stock of its goods: reserved or given back, due again everywhere, and its DAG woken."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from functools import cache
from typing import Any

import psycopg

from marketsync.db import sql
from marketsync.marketplaces.base import Kind
from marketsync.marketplaces.registry import MARKETPLACES

__all__ = ["Connection", "goods_of", "raise_due", "wake"]

Connection = psycopg.Connection[dict[str, Any]]


@cache
def _stock_channels() -> list[str]:
    return sorted(
        {
            channel.name
            for marketplace in MARKETPLACES.values()
            for channel in marketplace.channels
            if channel.kind is Kind.STOCK
        }
    )


def raise_due(connection: Connection, products: Iterable[int]) -> int:
    """Have the stock of goods sent again on every account, whatever was confirmed; how many rows became due."""
    ids = sorted(set(products))
    if not ids:
        return 0
    return connection.execute(
        sql("orders/raise_due"), {"products": ids, "channels": _stock_channels()}
    ).rowcount


def goods_of(connection: Connection, posting_ids: Collection[int]) -> set[int]:
    """The goods of orders."""
    if not posting_ids:
        return set()
    rows = connection.execute(sql("orders/goods"), {"ids": sorted(posting_ids)})
    return {row["product_id"] for row in rows}


def wake(connection: Connection, what: Mapping[str, Any]) -> None:
    """Wake whoever waits for any of it, once this transaction commits."""
    if any(what.values()):
        connection.execute(sql("wake/notify"), {"payload": json.dumps(what)})
