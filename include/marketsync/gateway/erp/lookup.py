"""Finding the order that a request is about, and saying how what was asked for it stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import Path, Query

from marketsync.db import sql
from marketsync.errors import BadInput
from marketsync.gateway.erp.once import Connection
from marketsync.gateway.problems import Problem
from marketsync.gateway.surroundings import Surroundings
from marketsync.orders import book, tasks
from marketsync.orders.asked import AskRefused, TaskKind
from marketsync.orders.documents import moment
from marketsync.orders.keys import Key
from marketsync.reports.texts import Words

__all__ = ["AccountGiven", "NumberGiven", "ask", "found", "refuse_cancelled", "refuse_not_ours", "tasks_of"]

NumberGiven = Annotated[
    str, Path(min_length=1, max_length=100, description="the marketplace's number of the order")
]
AccountGiven = Annotated[
    str | None,
    Query(pattern=r"^[a-z][a-z0-9_]{0,39}$", description="where several accounts have that number"),
]

_STATUS = {
    "shape": 422,
    "unknown_sku": 422,
    "quantity": 422,
    "no_such_order": 404,
    "another_open": 409,
    "cancelled": 409,
    "already": 409,
}
_ENGLISH = {
    "shape": "The request does not fit: {message}",
    "unknown_sku": "A good is not part of this order",
    "quantity": "The quantities are not those of the order",
    "no_such_order": "There is no such order",
    "another_open": "Something else of this kind is at work for this order",
    "cancelled": "The order is cancelled",
    "already": "This was done already, in another way",
}


def found(connection: Connection, number: str, account: str | None) -> dict[str, Any]:
    """The order of that number, with its lines.

    Raises:
        Problem: 404 where nobody here knows it, 422 where several accounts have it.
    """
    try:
        row = book.find(connection, number, account)
    except BadInput as error:
        words = Words(error.message, "Several accounts have an order of that number: give its account")
        raise Problem(422, "ambiguous_number", words, field="account") from error
    if row is None:
        words = Words(f"Заказа {number} здесь нет", f"There is no order {number} here")
        raise Problem(404, "unknown_order", words, field="number")
    return row


def refuse_cancelled(row: Mapping[str, Any]) -> None:
    """Raise 409, with the reason, where an order is cancelled."""
    if row["status"] != "cancelled":
        return
    why = row["cancellation"] or {}
    told = ", ".join(str(part) for part in (why.get("by"), why.get("reason")) if part)
    words = Words(
        f"Заказ {row['number']} отменён" + (f": {told}" if told else "") + ". Верните товар на место",
        f"The order {row['number']} is cancelled" + (f": {told}" if told else ""),
    )
    raise Problem(409, "cancelled", words, field="number")


def refuse_not_ours(row: Mapping[str, Any], field: str = "number") -> None:
    """Raise 409 where the marketplace delivers an order."""
    if row["scheme"] == "seller":
        return
    words = Words(
        f"Заказ {row['number']} доставляет маркетплейс", f"The marketplace delivers the order {row['number']}"
    )
    raise Problem(409, "marketplace_delivers", words, field=field)


def ask(
    surroundings: Surroundings,
    connection: Connection,
    row: Mapping[str, Any],
    kind: TaskKind,
    asked: Mapping[str, Any],
    key: Key,
) -> dict[str, Any]:
    """Ask for something for an order; the task, as it is shown.

    Raises:
        Problem: it cannot be done.
    """
    try:
        task_id = tasks.ask(connection, row["posting_id"], kind, asked, key.name, surroundings.clock.now())
    except AskRefused as error:
        english = _ENGLISH.get(error.code, "It cannot be done").format(message=error.message)
        words = Words(f"{error.message}. {error.hint}" if error.hint else error.message, english)
        raise Problem(_STATUS.get(error.code, 409), error.code, words, field=error.place.field) from error
    (shown,) = tasks_of(connection, row["posting_id"], surroundings.zone, task_id)
    return shown


def tasks_of(
    connection: Connection, posting_id: int, zone: ZoneInfo, task_id: int | None = None
) -> list[dict[str, Any]]:
    """What was asked for an order, as it is shown; one of its tasks, or all."""
    rows = connection.execute(sql("erp/tasks"), {"posting_id": posting_id, "task_id": task_id})
    return [
        {
            "task": str(row["task_id"]),
            "kind": row["kind"],
            "state": row["state"],
            "error": row["error"],
            "asked_by": row["asked_by"],
            "asked_at": moment(row["asked_at"], zone),
            "finished_at": moment(row["finished_at"], zone),
        }
        for row in rows
    ]
