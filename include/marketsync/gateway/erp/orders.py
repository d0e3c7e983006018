"""One order: shown, assembled, cancelled, shipped; and all orders, as they change."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import Response

from marketsync.db import sql
from marketsync.gateway.access import Doorkeeper
from marketsync.gateway.erp import buyers
from marketsync.gateway.erp.assembly import lines_of, shipping_of
from marketsync.gateway.erp.cursors import SETTLED_AFTER, Cursor, Limit, next_cursor, place_of
from marketsync.gateway.erp.lookup import (
    AccountGiven,
    NumberGiven,
    ask,
    found,
    refuse_cancelled,
    refuse_not_ours,
    tasks_of,
)
from marketsync.gateway.erp.once import Connection, Done, answered, do_once
from marketsync.gateway.erp.packs import CONSUMER
from marketsync.gateway.erp.shapes import (
    Assembled,
    Cancel,
    CancelReasons,
    OrderPage,
    OrderShown,
    OrderTask,
    OrderTasks,
    Shipped,
)
from marketsync.gateway.problems import Problem
from marketsync.gateway.surroundings import Surroundings
from marketsync.marketplaces.orders import PostingStatus
from marketsync.orders import packs, reservations
from marketsync.orders.asked import TaskKind
from marketsync.orders.documents import documents, moment
from marketsync.orders.keys import Key, Scope
from marketsync.reports.texts import Words

__all__ = ["router"]

_NOT_YET = Words(
    "Заказ ещё не готов к сборке: площадка его не подтвердила",
    "The marketplace has not confirmed the order yet",
)
_DELIVERED = Words(
    "Заказ уже доставлен: отменить его нельзя", "The order is delivered: it cannot be cancelled"
)


def router(surroundings: Surroundings, door: Doorkeeper) -> APIRouter:
    """The routes below /erp/v1/orders that are about orders themselves."""
    routes = APIRouter(tags=["orders"])
    needs: Any = Depends(door.needs(Scope.ORDERS))

    @routes.get("/orders", response_model=OrderPage)
    def list_orders(
        cursor: Cursor = None,
        limit: Limit = 100,
        status: PostingStatus | None = None,
        account: AccountGiven = None,
        changed_since: Annotated[
            datetime | None, Query(description="with its zone; where there is no cursor yet")
        ] = None,
        key: Key = needs,
    ) -> Response:
        """Orders by when they changed last: for comparing, and for whoever starts anew. New ones come in packs."""
        since, after_id = place_of(cursor)
        if cursor is None and changed_since is not None:
            since = _with_zone(changed_since, "changed_since")
        values = {
            "account": account,
            "status": status and status.value,
            "since": since,
            "after_id": after_id,
            "before": surroundings.clock.now() - SETTLED_AFTER,
            "limit": limit + 1,
        }
        with surroundings.database.transaction() as connection:
            rows = connection.execute(sql("erp/order_page"), values).fetchall()
            shown = rows[:limit]
            ids = [row["posting_id"] for row in shown]
            body = {
                "items": _orders(connection, surroundings, ids, key),
                "next_cursor": next_cursor(shown, "posting_id", cursor),
                "has_more": len(rows) > limit,
            }
        return answered(200, body)

    @routes.get("/orders/{number}", response_model=OrderShown)
    def show_order(number: NumberGiven, account: AccountGiven = None, key: Key = needs) -> Response:
        """One order, with the ERP's answer to it and what was asked for it."""
        with surroundings.database.transaction() as connection:
            row = found(connection, number, account)
            (order,) = _orders(connection, surroundings, [row["posting_id"]], key)
            label = connection.execute(sql("erp/has_label"), {"posting_id": row["posting_id"]}).fetchone()
            tasks = tasks_of(connection, row["posting_id"], surroundings.zone)
        zone = surroundings.zone
        return answered(
            200,
            {
                **order,
                "answer": row["erp_state"],
                "reference": row["erp_reference"],
                "document_number": row["erp_number"],
                "answered_at": moment(row["erp_answered_at"], zone),
                "shipped_at": moment(row["shipped_at"], zone),
                "has_label": bool(label and label["has_label"]),
                "tasks": tasks,
            },
        )

    @routes.post("/orders/{number}/again", response_model=OrderTask)
    def offer_again(
        number: NumberGiven, request: Request, account: AccountGiven = None, key: Key = needs
    ) -> Response:
        """Put an order into a pack again, though it did not change: one that the ERP refused, for example."""

        def work(connection: Connection) -> Done:
            row = found(connection, number, account)
            packs.offer_again(connection, CONSUMER, row["posting_id"], surroundings.clock.now())
            return 200, _with_task(row, None)

        return do_once(surroundings, request, key, work)

    @routes.post("/orders/{number}/assembled", response_model=OrderTask)
    def assembled(
        number: NumberGiven,
        body: Assembled,
        request: Request,
        account: AccountGiven = None,
        key: Key = needs,
    ) -> Response:
        """An order is packed: the marketplace is told until it agrees. The same again is the same task."""

        def work(connection: Connection) -> Done:
            row = found(connection, number, account)
            refuse_cancelled(row)
            if row["status"] == PostingStatus.NEW:
                raise Problem(409, "not_ready", _NOT_YET, field="number")
            asked = shipping_of(row, body)
            return 200, _with_task(row, ask(surroundings, connection, row, TaskKind.SHIP, asked, key))

        return do_once(surroundings, request, key, work)

    @routes.get("/orders/{number}/cancel-reasons", response_model=CancelReasons)
    def cancel_reasons(number: NumberGiven, account: AccountGiven = None, key: Key = needs) -> Response:
        """The reasons for which the seller may cancel this order, as the marketplace names them now."""
        with surroundings.database.transaction() as connection:
            row = found(connection, number, account)
        refuse_cancelled(row)
        reasons = surroundings.runtime.seller(row["account"]).fulfilment.cancel_reasons(number)
        items = [
            {"code": reason.code, "title": reason.title, "needs_message": reason.needs_message}
            for reason in reasons
        ]
        return answered(200, {"items": items})

    @routes.post("/orders/{number}/cancel", response_model=OrderTask)
    def cancel(
        number: NumberGiven, body: Cancel, request: Request, account: AccountGiven = None, key: Key = needs
    ) -> Response:
        """Cancel an order, or some pieces of it, for one of its cancel-reasons."""

        def work(connection: Connection) -> Done:
            row = found(connection, number, account)
            if row["status"] == PostingStatus.CANCELLED:
                return 200, _with_task(row, None)
            if row["status"] == PostingStatus.DELIVERED:
                raise Problem(409, "delivered", _DELIVERED, field="number")
            asked = {
                "reason": body.reason,
                "message": body.message or "",
                "lines": lines_of(row, body.lines),
            }
            return 200, _with_task(row, ask(surroundings, connection, row, TaskKind.CANCEL, asked, key))

        return do_once(surroundings, request, key, work)

    @routes.post("/orders/{number}/shipped", response_model=OrderTasks)
    def shipped(
        number: NumberGiven,
        request: Request,
        body: Shipped | None = None,
        account: AccountGiven = None,
        key: Key = needs,
    ) -> Response:
        """The goods left the store. Where we deliver ourselves, the marketplace is told so too."""

        def work(connection: Connection) -> Done:
            row = found(connection, number, account)
            if row["shipped_at"] is None:
                refuse_cancelled(row)
                if row["status"] == PostingStatus.NEW:
                    raise Problem(409, "not_ready", _NOT_YET, field="number")
            tracking = body.tracking_number if body else None
            tasks = []
            if tracking is not None:
                refuse_not_ours(row, "tracking_number")
                asked = {"number": tracking}
                tasks.append(ask(surroundings, connection, row, TaskKind.TRACKING, asked, key))
            if row["scheme"] == "seller":
                tasks.append(ask(surroundings, connection, row, TaskKind.SENT, {}, key))
            reservations.shipped(connection, row["posting_id"], surroundings.clock.now())
            at = row["shipped_at"] or surroundings.clock.now()
            return 200, {
                "account": row["account"],
                "number": row["number"],
                "shipped_at": moment(at, surroundings.zone),
                "tasks": tasks,
            }

        return do_once(surroundings, request, key, work)

    def reported(kind: TaskKind) -> Any:
        def report(
            number: NumberGiven, request: Request, account: AccountGiven = None, key: Key = needs
        ) -> Response:
            def work(connection: Connection) -> Done:
                row = found(connection, number, account)
                refuse_cancelled(row)
                refuse_not_ours(row)
                return 200, _with_task(row, ask(surroundings, connection, row, kind, {}, key))

            return do_once(surroundings, request, key, work)

        return report

    for path, kind, about in (
        (
            "last-mile",
            TaskKind.LAST_MILE,
            "Our own courier has the order; not where the marketplace delivers.",
        ),
        ("delivered", TaskKind.DELIVERED, "Our own carrier delivered the order."),
    ):
        routes.add_api_route(
            f"/orders/{{number}}/{path}",
            reported(kind),
            methods=["POST"],
            response_model=OrderTask,
            name=kind.value,
            description=about,
        )
    return routes


def _orders(
    connection: Connection, surroundings: Surroundings, ids: Sequence[int], key: Key
) -> list[dict[str, Any]]:
    shown = documents(connection, ids, surroundings.zone)
    known = buyers.of(connection, ids, key)
    return [{**shown[posting_id], "buyer": known.get(posting_id)} for posting_id in ids]


def _with_task(row: dict[str, Any], task: dict[str, Any] | None) -> dict[str, Any]:
    return {"account": row["account"], "number": row["number"], "task": task}


def _with_zone(at: datetime, field: str) -> datetime:
    if at.tzinfo is None:
        words = Words("Укажите время с часовым поясом", "Give the time with its zone")
        raise Problem(422, "no_zone", words, field=field)
    return at
