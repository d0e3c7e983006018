"""Who receives an order that we deliver ourselves, for keys that may know it. Never kept, never logged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import psycopg

from marketsync.db import sql
from marketsync.orders.keys import Key, Scope

__all__ = ["of"]


def of(
    connection: psycopg.Connection[dict[str, Any]], posting_ids: Sequence[int], key: Key
) -> dict[int, dict[str, str | None]]:
    """The buyers of orders by their ids; none for a key that may not know them."""
    if Scope.BUYERS not in key.scopes:
        return {}
    rows = connection.execute(sql("erp/buyers"), {"ids": list(posting_ids)})
    return {row["posting_id"]: _shown(row["person"]) for row in rows}


def _shown(person: Mapping[str, Any]) -> dict[str, str | None]:
    address = person.get("address") or {}
    whole = address.get("whole") or ", ".join(str(part) for part in address.values() if part)
    return {
        "name": person.get("name"),
        "phone": person.get("phone"),
        "email": person.get("email"),
        "address": whole or None,
        "comment": person.get("comment"),
    }
