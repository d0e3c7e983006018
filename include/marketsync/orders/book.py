"""One order as it is known: for whoever shows it or acts on it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from marketsync.db import sql
from marketsync.errors import BadInput, Place
from marketsync.marketplaces.orders import Posting, PostingLine, PostingStatus, Scheme
from marketsync.orders.goods import Connection

__all__ = ["as_posting", "find"]


def find(connection: Connection, number: str, account: str | None = None) -> dict[str, Any] | None:
    """An order's row with `lines`, each with its good's guid, name and article; None where it is not known.

    Raises:
        BadInput: several accounts have an order of that number.
    """
    rows = connection.execute(sql("orders/find"), {"number": number, "account": account}).fetchall()
    if len(rows) > 1:
        raise BadInput(
            f"заказ {number} есть в нескольких кабинетах: {', '.join(row['account'] for row in rows)}",
            place=Place(field="account"),
            hint="Укажите кабинет",
        )
    return rows[0] if rows else None


def as_posting(row: dict[str, Any]) -> Posting:
    """What `find` gave, in the shape that a marketplace's methods take; without the buyer."""
    return Posting(
        number=row["number"],
        status=PostingStatus(row["status"]),
        status_there=row["status_there"],
        lines=tuple(
            PostingLine(
                article=line["article"],
                sku=line["sku"],
                name=line["name"],
                quantity=line["quantity"],
                price=None if line["price"] is None else Decimal(str(line["price"])),
            )
            for line in row["lines"]
        ),
        order_number=row["order_number"],
        parent_number=row["parent_number"],
        substatus_there=row["substatus_there"],
        scheme=Scheme(row["scheme"]),
        warehouse=row["warehouse"],
        delivery_method=row["delivery_method"],
        currency=row["currency"],
        created_at=row["created_at"],
        ship_by=row["ship_by"],
        tracking_number=row["tracking_number"],
        requirements={name: tuple(skus) for name, skus in row["requirements"].items()},
        actions=tuple(row["actions"]),
    )
