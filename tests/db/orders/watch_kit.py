"""Orders put straight into the tables, for what looks at them and does not make them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypedDict, Unpack

from psycopg.types.json import Jsonb

from marketsync.accounts import Account
from marketsync.orders.alerts import Connection


class Posted(TypedDict, total=False):
    """What an order may have besides its number and its times."""

    account: str
    status: str
    cancellation: dict[str, Any]


def account(**changes: Any) -> Account:
    """An account that takes orders."""
    return Account.model_validate(
        {
            "id": "ozon",
            "marketplace": "ozon",
            "mode": "send",
            "connection": "ozon",
            "mapping": "ozon",
            "mark": {},
            "warehouses": (),
            "orders": {},
            **changes,
        }
    )


def post(
    connection: Connection, number: str, *, made: datetime, ship_by: datetime | None, **more: Unpack[Posted]
) -> int:
    """An order that was made, and heard of, at one moment; returns its id."""
    cancellation = more.get("cancellation")
    row = connection.execute(
        "insert into posting (account, number, status, status_there, created_at, received_at, changed_at,"
        " ship_by, cancellation) values (%s, %s, %s, 'there', %s, %s, %s, %s, %s) returning posting_id",
        (
            more.get("account", "ozon"),
            number,
            more.get("status", "to_assemble"),
            made,
            made,
            made,
            ship_by,
            Jsonb(cancellation) if cancellation else None,
        ),
    ).fetchone()
    assert row is not None
    return int(row["posting_id"])
