"""A person says which good an article of the marketplace is: for the orders that wait for it, and for later ones."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from marketsync.accounts import Account
from marketsync.db import sql
from marketsync.errors import BadInput, Place
from marketsync.orders.alerts import end_alert
from marketsync.orders.goods import Connection, goods_of, raise_due, wake
from marketsync.orders.inbox import alert_key
from marketsync.orders.reservations import reserve

__all__ = ["assign", "good_of"]


def good_of(connection: Connection, article: str) -> dict[str, Any]:
    """The good of an article or of 1C's id: product_id, guid, article, name.

    Raises:
        BadInput: there is none, or there are several.
    """
    found = connection.execute(sql("orders/good"), {"article": article}).fetchall()
    if not found:
        raise BadInput(
            f"товара с артикулом или кодом 1С «{article}» нет",
            place=Place(offer=article),
            hint="Проверьте артикул; товар должен быть в выгрузке 1С",
        )
    if len(found) > 1:
        ones = ", ".join(row["guid"] for row in found)
        raise BadInput(
            f"артикул «{article}» есть у нескольких товаров ({ones})",
            place=Place(offer=article),
            hint="Укажите код 1С из этого списка",
        )
    return found[0]


def assign(
    connection: Connection, account: Account, article: str, product_id: int, author: str, now: datetime
) -> list[str]:
    """Take an article of the marketplace for a good from now on; the numbers of the orders that waited for that."""
    key = {"account": account.id, "article": article}
    connection.execute(
        sql("orders/name_article"), {**key, "product_id": product_id, "author": author, "now": now}
    )
    rows = connection.execute(sql("orders/unassigned"), key).fetchall()
    ids = [row["posting_id"] for row in rows]
    if not ids:
        return []
    connection.execute(sql("orders/assign"), {"ids": ids, "article": article, "product_id": product_id})
    goods = reserve(connection, account, ids, now, read=True) | goods_of(connection, ids)
    wrong = connection.execute(sql("orders/line_problems"), {"ids": ids}).fetchall()
    still = {row["number"] for row in wrong if row["unknown"]}
    numbers = [row["number"] for row in rows]
    for number in numbers:
        if number not in still:
            end_alert(connection, alert_key(account, number, "article"), now)
    wake(connection, {"stocks": raise_due(connection, goods), "orders_read": len(ids)})
    return numbers
