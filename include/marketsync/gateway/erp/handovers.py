"""Handovers to the marketplace's carrier, and their acts."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query
from starlette.requests import Request
from starlette.responses import Response

from marketsync.db import sql
from marketsync.gateway.access import Doorkeeper
from marketsync.gateway.erp.lookup import AccountGiven
from marketsync.gateway.erp.once import Connection, Done, answered, do_once
from marketsync.gateway.erp.shapes import Handover, HandoverAsked, Handovers
from marketsync.gateway.problems import Problem
from marketsync.gateway.surroundings import Surroundings
from marketsync.orders import handovers
from marketsync.orders.documents import moment
from marketsync.orders.keys import Key, Scope
from marketsync.reports.texts import Words

__all__ = ["router"]

_PDF = "application/pdf"
_MOST = 200
_AGAIN_SECONDS = 30

_UNKNOWN = Words("Такой передачи нет", "There is no such handover")
_NO_ACT_YET = Words("Акта этой передачи ещё нет", "The act of this handover is not there yet")


def router(surroundings: Surroundings, door: Doorkeeper) -> APIRouter:
    """The routes below /erp/v1/handovers."""
    routes = APIRouter(tags=["handovers"])
    needs: Any = Depends(door.needs(Scope.SHIPMENTS))

    def rows(connection: Connection, **asked: Any) -> list[dict[str, Any]]:
        values = {"handover_id": None, "account": None, "day": None, "limit": _MOST, **asked}
        return connection.execute(sql("erp/handovers"), values).fetchall()

    @routes.post("/handovers", response_model=Handover)
    def hand_over(body: HandoverAsked, request: Request, key: Key = needs) -> Response:
        """Hand over everything that is ready; the same method and day is the same handover."""
        account = next((one for one in surroundings.accounts.accounts if one.id == body.account), None)
        if account is None or account.orders is None:
            words = Words(
                f"Кабинета {body.account} с заказами нет", f"There is no account {body.account} with orders"
            )
            raise Problem(422, "unknown_account", words, field="account")

        def work(connection: Connection) -> Done:
            made = handovers.ask(
                connection,
                body.account,
                body.delivery_method,
                body.departure_date,
                key.name,
                surroundings.clock.now(),
            )
            (row,) = rows(connection, handover_id=made)
            return 200, _shown(surroundings, row)

        return do_once(surroundings, request, key, work)

    @routes.get("/handovers", response_model=Handovers)
    def list_handovers(
        account: AccountGiven = None,
        departure_date: Annotated[date | None, Query(description="of this day only")] = None,
        key: Key = needs,
    ) -> Response:
        """The latest handovers."""
        with surroundings.database.transaction() as connection:
            found = rows(connection, account=account, day=departure_date)
        return answered(200, {"items": [_shown(surroundings, row) for row in found]})

    @routes.get(
        "/handovers/{handover}/act",
        response_class=Response,
        responses={200: {"content": {_PDF: {"schema": {"type": "string", "format": "binary"}}}}},
    )
    def act(handover: Annotated[int, Path(ge=1, lt=2**63)], key: Key = needs) -> Response:
        """The act of a handover as PDF; 409 with Retry-After until there is one."""
        with surroundings.database.transaction() as connection:
            found = rows(connection, handover_id=handover)
        if not found:
            raise Problem(404, "unknown_handover", _UNKNOWN, field="handover")
        (row,) = found
        if row["act_file"] is None:
            again = None if row["state"] == "refused" else _AGAIN_SECONDS
            raise Problem(409, "no_act_yet", _NO_ACT_YET, field="handover", retry_after=again)
        with surroundings.files.open(row["act_file"]) as stream:
            content = stream.read()
        headers = {"Content-Disposition": f'attachment; filename="handover-{handover}.pdf"'}
        return Response(content, headers=headers, media_type=_PDF)

    return routes


def _shown(surroundings: Surroundings, row: dict[str, Any]) -> dict[str, Any]:
    zone = surroundings.zone
    return {
        "handover": str(row["handover_id"]),
        "account": row["account"],
        "delivery_method": row["delivery_method"],
        "departure_date": row["departure_date"].isoformat(),
        "state": row["state"],
        "status_there": row["status_there"],
        "has_act": row["act_file"] is not None,
        "error": row["error"],
        "asked_by": row["asked_by"],
        "created_at": moment(row["created_at"], zone),
        "changed_at": moment(row["changed_at"], zone),
    }
