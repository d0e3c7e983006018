"""Deliveries by our own carrier: asked for once, and followed."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from marketsync.errors import BadInput
from marketsync.gateway.access import Doorkeeper
from marketsync.gateway.erp.lookup import AccountGiven, NumberGiven, found, refuse_not_ours
from marketsync.gateway.erp.once import Connection, Done, answered, do_once
from marketsync.gateway.erp.shapes import ShipmentAsked, ShipmentShown, Track
from marketsync.gateway.problems import Problem
from marketsync.gateway.surroundings import Surroundings
from marketsync.orders import shipments
from marketsync.orders.documents import moment
from marketsync.orders.keys import Key, Scope
from marketsync.reports.texts import Words

__all__ = ["router"]

_NOT_FOUND = frozenset({"no_such_order", "no_shipment"})


def router(surroundings: Surroundings, door: Doorkeeper) -> APIRouter:
    """The routes of our own deliveries."""
    routes = APIRouter(tags=["shipments"])
    needs: Any = Depends(door.needs(Scope.SHIPMENTS))

    @routes.post("/orders/{number}/shipment", response_model=ShipmentShown)
    def ship_by_carrier(
        number: NumberGiven,
        request: Request,
        body: ShipmentAsked | None = None,
        account: AccountGiven = None,
        key: Key = needs,
    ) -> Response:
        """Have our carrier deliver an order. The carrier is asked once, however often this is called."""
        asked = body.model_dump(mode="json", exclude_none=True) if body else {}

        def work(connection: Connection) -> Done:
            row = found(connection, number, account)
            refuse_not_ours(row)
            now = surroundings.clock.now()
            try:
                made = shipments.request(
                    connection, row["posting_id"], asked, key.name, now, settings=surroundings.accounts
                )
            except BadInput as error:
                raise _problem(error) from error
            return 200, _shown(surroundings, made)

        return do_once(surroundings, request, key, work)

    @routes.post("/orders/{number}/shipment/cancel", response_model=ShipmentShown)
    def cancel_shipment(
        number: NumberGiven, request: Request, account: AccountGiven = None, key: Key = needs
    ) -> Response:
        """Have our carrier cancel a delivery. Its answer comes later: see track."""

        def work(connection: Connection) -> Done:
            row = found(connection, number, account)
            refuse_not_ours(row)
            try:
                made = shipments.cancel(connection, row["posting_id"], key.name, surroundings.clock.now())
            except BadInput as error:
                raise _problem(error) from error
            return 200, _shown(surroundings, made)

        return do_once(surroundings, request, key, work)

    @routes.get("/orders/{number}/track", response_model=Track)
    def track(number: NumberGiven, account: AccountGiven = None, key: Key = needs) -> Response:
        """Where a delivery by our own carrier is; reads only, and asks nobody outside."""
        with surroundings.database.transaction() as connection:
            row = found(connection, number, account)
            refuse_not_ours(row)
            known = shipments.track(connection, row["posting_id"])
        if known is None:
            words = Words(
                f"У заказа {number} нет отгрузки перевозчиком", f"The order {number} has no shipment"
            )
            raise Problem(404, "no_shipment", words, field="number")
        events = [
            {
                "status": event.status,
                "message": event.words,
                "stage": event.stage,
                "place": event.place,
                "happened_at": moment(event.happened_at, surroundings.zone),
            }
            for event in known.events
        ]
        return answered(200, {**_shown(surroundings, known.shipment), "events": events})

    return routes


def _shown(surroundings: Surroundings, known: shipments.Shipment) -> dict[str, Any]:
    zone = surroundings.zone
    return {
        "account": known.account,
        "number": known.number,
        "carrier": known.carrier,
        "our_number": known.our_number,
        "tracking_number": known.their_number,
        "pickup_date": known.pickup_date.isoformat(),
        "state": known.state,
        "stage": known.stage,
        "message": known.words,
        "status_there": known.status_there,
        "error": known.error,
        "cancel_answer": known.cancel_answer,
        "created_at": moment(known.created_at, zone),
        "changed_at": moment(known.changed_at, zone),
    }


def _problem(error: BadInput) -> Problem:
    if isinstance(error, shipments.ShipmentRefused):
        status = 404 if error.code in _NOT_FOUND else 409
        return Problem(
            status, error.code, Words(_sentence(error.message), _sentence(error.english)), field="number"
        )
    words = Words(_sentence(error.message), "The shipment cannot be asked for like this")
    return Problem(422, "wrong_field", words, field=error.place.field)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
