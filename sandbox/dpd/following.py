"""tracing and event-tracking: where the parcels are, and what happened to them.

Moments are Moscow's, without a zone.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from lxml import etree

from sandbox.dpd.ordering import ZONE
from sandbox.dpd.soap import Fault, text
from sandbox.dpd.state import Client, Event, Order
from sandbox.dpd.system import DpdSystem

_CITIES = {"OnTerminalPickup": "Москва", "OnRoad": "Москва"}

Answer = dict[str, Any]


def get_states_by_client_order(system: DpdSystem, client: Client, asked: etree._Element) -> list[Answer]:
    """getStatesByClientOrder: the whole way of each parcel."""
    number, day = text(asked, "request/clientOrderNr"), text(asked, "request/pickupDate")
    found = [
        order
        for order in client.orders
        if order.number == number and order.num and (not day or order.date == date.fromisoformat(day))
    ]
    return _states(system, client, found)


def get_states_by_dpd_order(system: DpdSystem, client: Client, asked: etree._Element) -> list[Answer]:
    """getStatesByDPDOrder."""
    number = text(asked, "request/dpdOrderNr")
    return _states(system, client, [order for order in client.orders if order.num == number])


def get_events(system: DpdSystem, client: Client, asked: etree._Element) -> list[Answer]:
    """getEvents: what nobody has confirmed yet, oldest first."""
    knobs = system.knobs
    if knobs.events == "fault":
        raise Fault("no-data-found", "Сервис не подключён")
    asked_for = int(text(asked, "request/maxRowCount") or knobs.most_events)
    inbox = [] if knobs.events == "empty" else client.inbox
    shown = inbox[: min(asked_for, knobs.most_events)]
    document = system.new_id()
    client.packs[document] = [event.id for event in shown]
    return [
        {
            "docId": document,
            "docDate": _local(system.clock.utcnow()),
            "clientNumber": client.number,
            "resultComplete": len(shown) == len(inbox),
            "event": [_event(event) for event in shown],
        }
    ]


def confirm(system: DpdSystem, client: Client, asked: etree._Element) -> list[str]:
    """confirm: the events of a pack are never shown again."""
    document = int(text(asked, "request/docId"))
    if document not in client.packs:
        raise Fault("no-data-found", f"Документ {document} не найден")
    read = set(client.packs.pop(document))
    client.inbox = [event for event in client.inbox if event.id not in read]
    return ["OK"]


def _states(system: DpdSystem, client: Client, orders: list[Order]) -> list[Answer]:
    if not orders:
        raise Fault("no-data-found", "Данные не найдены")
    return [
        {
            "docId": system.new_id(),
            "docDate": _local(system.clock.utcnow()),
            "clientNumber": client.number,
            "resultComplete": True,
            "states": [
                {
                    "clientOrderNr": order.number,
                    "clientParcelNr": _client_parcel(order, place),
                    "dpdOrderNr": order.num,
                    "dpdParcelNr": _parcel(order, place),
                    "pickupDate": order.date.isoformat(),
                    "isReturn": False,
                    "planDeliveryDate": (order.date + timedelta(days=3)).isoformat(),
                    "newState": move.state,
                    "transitionTime": _local(move.at),
                    "terminalCode": "M11",
                    "terminalCity": _city(order, move.state),
                    "consignee": order.content["receiverAddress"].get("contactFio")
                    if move.state == "Delivered"
                    else None,
                }
                for order in orders
                for place in range(order.places)
                for move in order.moves
            ],
        }
    ]


def _event(event: Event) -> Answer:
    number, code, name = event.words()
    order = event.order
    return {
        "clientOrderNr": order.number,
        "clientParcelNr": _client_parcel(order, 0),
        "dpdOrderNr": order.num,
        "dpdParcelNr": _parcel(order, 0),
        "eventNumber": number,
        "eventCode": code,
        "eventName": name,
        "eventDate": _local(event.move.at),
        "parameter": [
            {"paramName": "CITY_NAME", "valueString": _city(order, event.move.state)},
            {
                "paramName": "CONSIGNEE",
                "valueString": order.content["receiverAddress"].get("contactFio"),
            },
        ]
        if event.move.state == "Delivered"
        else [{"paramName": "CITY_NAME", "valueString": _city(order, event.move.state)}],
    }


def _city(order: Order, state: str) -> str:
    there = order.header["senderAddress"] if state in _CITIES else order.content["receiverAddress"]
    return str(there.get("city") or "Москва")


def _parcel(order: Order, place: int) -> str:
    return f"{order.num}{place + 1:02d}"


def _client_parcel(order: Order, place: int) -> str | None:
    parcels = order.content.get("parcel") or []
    listed = parcels if isinstance(parcels, list) else [parcels]
    return str(listed[place]["number"]) if place < len(listed) else None


def _local(moment: datetime) -> str:
    return moment.astimezone(ZONE).strftime("%Y-%m-%dT%H:%M:%S")
