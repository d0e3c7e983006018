"""Deliveries by a carrier of ours, as they are asked for and shown: only our own tables, no call to the outside.

An order has one shipment. Asking again gives the same one; only what the carrier refused, or what was cancelled, is
asked for anew. The carrier is called by steps.run_shipments.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
from psycopg.types.json import Jsonb

from marketsync.accounts import Accounts, accounts
from marketsync.db import sql
from marketsync.errors import BadInput, Place
from marketsync.order_settings import Carrier
from marketsync.orders.shipment_asked import AskedShipment, checked, next_pickup
from marketsync.orders.shipment_texts import state_words

__all__ = ["Shipment", "ShipmentEvent", "ShipmentRefused", "Track", "cancel", "find", "request", "track"]

Connection = psycopg.Connection[dict[str, Any]]

_AGAIN = frozenset({"refused", "cancelled"})
_OVER = frozenset({"delivered", "returned", "lost"})


class ShipmentRefused(BadInput):
    """A shipment that cannot be: the request conflicts with what the order is.

    Attributes:
        code: no_such_order, marketplace_delivers, cancelled, delivered, no_carrier, no_receiver or no_shipment.
        english: the message in English.
    """

    def __init__(self, code: str, message: str, english: str, *, place: Place | None = None) -> None:
        super().__init__(message, place=place)
        self.code = code
        self.english = english


@dataclass(frozen=True, slots=True)
class Shipment:
    """A shipment as it stands.

    Attributes:
        our_number: under which the carrier knows it from us.
        their_number: the tracking number, once it is accepted.
        state: waiting, asked, pending, accepted, refused or cancelled.
        stage: where the parcels are, in words that all carriers share.
        words: state and stage for a person, in Russian.
        error: the last trouble, or why it was refused.
        cancel_answer: the carrier's word where it does not cancel by itself, as CallDPD.
        label_file: a name in files/.
    """

    posting_id: int
    account: str
    number: str
    carrier: str
    our_number: str
    their_number: str | None
    pickup_date: date
    state: str
    words: str
    stage: str | None
    status_there: str | None
    error: str | None
    cancel_asked_at: datetime | None
    cancel_answer: str | None
    label_file: str | None
    created_at: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class ShipmentEvent:
    """Something that happened to the parcels; `words` in Russian."""

    status: str
    words: str
    stage: str
    place: str | None
    happened_at: datetime | None


@dataclass(frozen=True, slots=True)
class Track:
    """A shipment with its way so far, oldest first."""

    shipment: Shipment
    events: tuple[ShipmentEvent, ...]


def request(
    connection: Connection,
    posting_id: int,
    asked: Mapping[str, Any],
    asked_by: str,
    now: datetime,
    *,
    settings: Accounts | None = None,
) -> Shipment:
    """Ask for the delivery of an order by a carrier of ours, in the caller's transaction; once per order.

    Args:
        asked: as orders.shipment_asked.AskedShipment has it.
        asked_by: the ERP key's name, or a person.
        settings: accounts.yaml; without it, the one in force.

    Returns:
        the order's shipment, new or as it is already.

    Raises:
        ShipmentRefused: the order cannot be shipped so.
        BadInput: something in `asked` cannot be used.
    """
    wanted = checked(asked)
    posting = connection.execute(sql("shipment/posting"), {"posting_id": posting_id}).fetchone()
    if posting is None:
        raise ShipmentRefused("no_such_order", f"заказа {posting_id} нет", f"there is no order {posting_id}")
    if posting["shipment_state"] is not None and posting["shipment_state"] not in _AGAIN:
        return _known(connection, posting_id)
    rules = settings or accounts()
    carrier = _carrier(rules, posting, wanted)
    pickup = _pickup(wanted, carrier, now, ZoneInfo(rules.time_zone))
    written = connection.execute(
        sql("shipment/insert" if posting["shipment_id"] is None else "shipment/ask_again"),
        {
            "posting_id": posting_id,
            "carrier": carrier.id,
            "pickup_date": pickup,
            "asked": Jsonb(wanted.model_dump(mode="json", exclude_none=True)),
            "asked_by": asked_by,
            "now": now,
        },
    )
    if written.rowcount:
        connection.execute(sql("wake/notify"), {"payload": json.dumps({"fulfilment": posting["account"]})})
    return _known(connection, posting_id)


def cancel(connection: Connection, posting_id: int, asked_by: str, now: datetime) -> Shipment:
    """Ask for the cancellation of a shipment, in the caller's transaction. Asked again, the carrier is asked again.

    Returns:
        the shipment; cancelled at once where the carrier has not heard of it.

    Raises:
        ShipmentRefused: there is none, or it is delivered.
    """
    connection.execute(sql("shipment/posting"), {"posting_id": posting_id})
    known = _known(connection, posting_id)
    if known.stage in _OVER:
        raise ShipmentRefused(
            "delivered",
            f"доставка заказа {known.number} завершена: отменять нечего",
            f"the delivery of the order {known.number} is over: nothing can be cancelled",
            place=Place(account=known.account),
        )
    written = connection.execute(
        sql("shipment/cancel"), {"posting_id": posting_id, "asked_by": asked_by, "now": now}
    )
    if written.rowcount:
        connection.execute(sql("wake/notify"), {"payload": json.dumps({"fulfilment": known.account})})
    return _known(connection, posting_id)


def find(connection: Connection, posting_id: int) -> Shipment | None:
    """The shipment of an order, where it has one."""
    row = connection.execute(sql("shipment/of_posting"), {"posting_id": posting_id}).fetchone()
    if row is None:
        return None
    known = {name: value for name, value in row.items() if name != "shipment_id"}
    return Shipment(**known, words=state_words(row["state"], row["stage"]))


def track(connection: Connection, posting_id: int) -> Track | None:
    """The shipment of an order with everything that is known of its way; reads our own tables only."""
    row = connection.execute(sql("shipment/of_posting"), {"posting_id": posting_id}).fetchone()
    shipment = find(connection, posting_id)
    if row is None or shipment is None:
        return None
    events = connection.execute(sql("shipment/events"), {"shipment_id": row["shipment_id"]}).fetchall()
    return Track(
        shipment,
        tuple(
            ShipmentEvent(
                event["status"], event["words"], event["stage"], event["place"], event["happened_at"]
            )
            for event in events
        ),
    )


def _known(connection: Connection, posting_id: int) -> Shipment:
    shipment = find(connection, posting_id)
    if shipment is None:
        raise ShipmentRefused(
            "no_shipment",
            f"у заказа {posting_id} нет отгрузки перевозчиком",
            f"the order {posting_id} has no shipment by a carrier",
        )
    return shipment


def _carrier(rules: Accounts, posting: Mapping[str, Any], wanted: AskedShipment) -> Carrier:
    number, place = posting["number"], Place(account=posting["account"])
    if posting["scheme"] != "seller":
        raise ShipmentRefused(
            "marketplace_delivers",
            f"заказ {number} доставляет маркетплейс: заказ перевозчику не нужен",
            f"the marketplace delivers the order {number}: no carrier is needed",
            place=place,
        )
    if posting["status"] == "cancelled":
        raise ShipmentRefused(
            "cancelled", f"заказ {number} отменён", f"the order {number} is cancelled", place=place
        )
    if posting["status"] == "delivered":
        raise ShipmentRefused(
            "delivered", f"заказ {number} уже доставлен", f"the order {number} is delivered", place=place
        )
    name = wanted.carrier or _carrier_of_account(rules, posting["account"])
    for carrier in rules.carriers:
        if carrier.id == name:
            return carrier if posting["has_buyer"] else _no_receiver(number, place)
    raise ShipmentRefused(
        "no_carrier",
        f"для заказа {number} не задан перевозчик: укажите его в accounts.yaml (carriers и orders.carrier)",
        f"no carrier is set up for the order {number}: see carriers and orders.carrier in accounts.yaml",
        place=place,
    )


def _carrier_of_account(rules: Accounts, account: str) -> str | None:
    orders = rules.account(account).orders
    return orders.carrier if orders else None


def _no_receiver(number: str, place: Place) -> Carrier:
    raise ShipmentRefused(
        "no_receiver",
        f"у заказа {number} нет данных получателя: они ещё не пришли от маркетплейса или уже стёрты",
        f"the order {number} has no receiver: the marketplace has not told it yet, or it is erased already",
        place=place,
    )


def _pickup(wanted: AskedShipment, carrier: Carrier, now: datetime, time_zone: ZoneInfo) -> date:
    if wanted.pickup_date is None:
        return next_pickup(carrier, now, time_zone)
    if wanted.pickup_date < now.astimezone(time_zone).date():
        raise BadInput(
            f"дата забора {wanted.pickup_date.isoformat()} в прошлом", place=Place(field="pickup_date")
        )
    return wanted.pickup_date
