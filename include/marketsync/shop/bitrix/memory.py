"""What is remembered of a portal between two readings, in the database.

It moves in the transaction that merges a reading and with nothing else: a reading that broke off, or was
refused, leaves it where it was, and the next one reads the same again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from marketsync.db.connection import Row
from marketsync.db.queries import sql

__all__ = ["GOOD_LISTS", "Item", "Memory", "load", "save"]

Connection = psycopg.Connection[Row]

GOOD_LISTS = ("products", "heads")


@dataclass(frozen=True, slots=True)
class Item:
    """A good or a variant of the portal.

    Attributes:
        list: 'products', 'heads' or 'offers': where it was met.
        xml_id: 1C's id, or None where the portal has none.
        parent: of a variant, the good's id there.
        stamp: its timestampX, as it came.
        pictures: addresses on the site, as read when its timestampX was `stamp`; None where they never were.
    """

    list: str
    item_id: int
    xml_id: str | None
    parent: int | None
    stamp: str
    pictures: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Memory:
    """What is remembered of one portal; of one that was never merged, nothing.

    Attributes:
        full_at: when the last whole reading that was merged began, by the portal's clock.
        properties: names of the goods' properties at the last reading, by id.
        sections: section id -> 1C's id.
        enums: value id of a list -> its words.
    """

    goods_since: str | None = None
    prices_since: str | None = None
    stock_hash: str | None = None
    changes_hash: str | None = None
    full_at: datetime | None = None
    properties: dict[str, str] = field(default_factory=dict)
    sections: dict[str, str] = field(default_factory=dict)
    enums: dict[str, str] = field(default_factory=dict)
    items: dict[tuple[str, int], Item] = field(default_factory=dict)

    def counts(self) -> dict[str, int]:
        """How many items are known, by list."""
        counts: dict[str, int] = {}
        for name, _ in self.items:
            counts[name] = counts.get(name, 0) + 1
        return counts


def load(connection: Connection, portal: str) -> Memory:
    """What is remembered of a portal."""
    row = connection.execute(sql("site/memory"), {"portal": portal}).fetchone()
    if row is None:
        return Memory()
    found = connection.execute(sql("site/items"), {"portal": portal})
    items = {
        (one["list"], one["item_id"]): Item(
            one["list"],
            one["item_id"],
            one["xml_id"],
            one["parent_id"],
            one["stamp"],
            None if one["pictures"] is None else tuple(one["pictures"]),
        )
        for one in found
    }
    return Memory(**row, items=items)


def save(
    connection: Connection, portal: str, values: dict[str, Any], items: Sequence[Item], *, full: bool
) -> None:
    """Remember a reading that is being merged, in its transaction.

    Args:
        values: goods_since, prices_since, stock_hash, changes_hash, full_at, properties, sections, enums, exchange_id.
        items: all there are where the reading is full, else those that were met.
    """
    if full:
        connection.execute(sql("site/forget_items"), {"portal": portal})
    wrapped = {name: Jsonb(value) if isinstance(value, dict) else value for name, value in values.items()}
    connection.execute(sql("site/remember"), {"portal": portal, **wrapped})
    for portion in _portions(items):
        rows = [
            {
                "list": item.list,
                "item_id": item.item_id,
                "xml_id": item.xml_id,
                "parent_id": item.parent,
                "stamp": item.stamp,
                "pictures": None if item.pictures is None else list(item.pictures),
            }
            for item in portion
        ]
        connection.execute(sql("site/remember_items"), {"portal": portal, "rows": Jsonb(rows)})


def _portions(items: Sequence[Item], size: int = 5000) -> Iterable[Sequence[Item]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
