"""Pushes: what Ozon tells a seller's own address of its orders, when, how often, and how the answers are judged.

Sources: Ozon Seller API, the sections on push notifications. Everything here is decided on the sandbox's clock; the
sending itself is done by `push_sender`, beside all calls.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from sandbox.clock import iso
from sandbox.ozon.orders.push_state import Address, Attempt, Push
from sandbox.ozon.orders.state import Cancelled, Posting
from sandbox.ozon.state import Cabinet
from sandbox.ozon.system import OzonSystem

Json = dict[str, Any]

PING = "TYPE_PING"
NEW_POSTING = "TYPE_NEW_POSTING"
POSTING_CANCELLED = "TYPE_POSTING_CANCELLED"
STATE_CHANGED = "TYPE_STATE_CHANGED"
CUTOFF_DATE_CHANGED = "TYPE_CUTOFF_DATE_CHANGED"
DELIVERY_DATE_CHANGED = "TYPE_DELIVERY_DATE_CHANGED"

ORDER_TYPES = (NEW_POSTING, POSTING_CANCELLED, STATE_CHANGED, CUTOFF_DATE_CHANGED, DELIVERY_DATE_CHANGED)
_ENOUGH_TO_JUDGE = 20
_LEAST_BETWEEN_PINGS = 0.2

# Ozon Seller API, push types: the states of the push model for the statuses of the API, where the substatus is none.
_STATES = {
    "acceptance_in_progress": "posting_acceptance_in_progress",
    "awaiting_approve": "posting_created",
    "awaiting_packaging": "posting_created",
    "awaiting_registration": "posting_awaiting_registration",
    "awaiting_deliver": "posting_transferring_to_delivery",
    "arbitration": "posting_in_arbitration",
    "client_arbitration": "posting_in_client_arbitration",
    "delivering": "posting_on_way_to_city",
    "driver_pickup": "posting_driver_pick_up",
    "delivered": "posting_delivered",
    "cancelled": "posting_canceled",
    "not_accepted": "posting_not_in_sort_center",
}


# --- what is told ---


def tell_new(system: OzonSystem, cabinet: Cabinet, posting: Posting) -> None:
    """A posting was made."""
    _tell(
        system,
        cabinet,
        NEW_POSTING,
        {
            "posting_number": posting.posting_number,
            "products": [
                {"sku": line.sku, "offer_id": line.offer_id, "quantity": line.quantity}
                for line in posting.lines
            ],
            "in_process_at": _moment(posting.in_process_at),
            "warehouse_id": posting.warehouse_id,
            "shipment_date": _moment(posting.shipment_date),
            "tpl_integration_type": posting.delivery.integration,
            "is_express": posting.is_express,
            "tracking_number": posting.tracking_number,
            "delivery_date_begin": _moment(posting.delivery_begin),
            "delivery_date_end": _moment(posting.delivery_end),
        },
    )


def tell_cancelled(
    system: OzonSystem, cabinet: Cabinet, posting: Posting, old_state: str, why: Cancelled
) -> None:
    """A posting was cancelled; `old_state` is the push model's."""
    _tell(
        system,
        cabinet,
        POSTING_CANCELLED,
        {
            "posting_number": posting.posting_number,
            "products": [{"sku": line.sku, "quantity": line.quantity} for line in posting.lines],
            "old_state": old_state,
            "new_state": "posting_canceled",
            "changed_state_date": _moment(posting.changed_at),
            "reason": {"id": why.reason_id, "message": why.reason},
            "warehouse_id": posting.warehouse_id,
        },
    )


def tell_state(system: OzonSystem, cabinet: Cabinet, posting: Posting) -> None:
    """A posting's state changed."""
    _tell(
        system,
        cabinet,
        STATE_CHANGED,
        {
            "posting_number": posting.posting_number,
            "new_state": push_state(posting.status, posting.substatus),
            "changed_state_date": _moment(posting.changed_at),
            "warehouse_id": posting.warehouse_id,
        },
    )


def tell_cutoff(system: OzonSystem, cabinet: Cabinet, posting: Posting, before: datetime | None) -> None:
    """A posting has to be assembled by another time."""
    _tell(
        system,
        cabinet,
        CUTOFF_DATE_CHANGED,
        {
            "posting_number": posting.posting_number,
            "new_cutoff_date": _moment(posting.shipment_date),
            "old_cutoff_date": _moment(before),
            "warehouse_id": posting.warehouse_id,
        },
    )


def tell_delivery_date(
    system: OzonSystem, cabinet: Cabinet, posting: Posting, before: tuple[datetime, datetime]
) -> None:
    """A posting is to be delivered at another time."""
    _tell(
        system,
        cabinet,
        DELIVERY_DATE_CHANGED,
        {
            "posting_number": posting.posting_number,
            "new_delivery_date_begin": _moment(posting.delivery_begin),
            "new_delivery_date_end": _moment(posting.delivery_end),
            "old_delivery_date_begin": _moment(before[0]),
            "old_delivery_date_end": _moment(before[1]),
            "warehouse_id": posting.warehouse_id,
        },
    )


def push_state(status: str, substatus: str) -> str:
    """The push model's word for a status: its substatus, or what stands for the status."""
    return substatus if substatus.startswith("posting_") else _STATES.get(status, status)


def ping(system: OzonSystem, cabinet: Cabinet, address: Address) -> Push:
    """Ask an address whether it lives; returns the push, to see how it went."""
    body = {"message_type": PING, "time": iso(system.clock.utcnow())}
    push = Push(cabinet.pushes.next_id(), address.address_id, PING, body, system.clock.utcnow(), copy=False)
    cabinet.pushes.log.append(push)
    cabinet.pushes.put(system.clock.monotonic(), push)
    system.awake.set()
    return push


def ping_when_due(system: OzonSystem, cabinet: Cabinet, now: float) -> None:
    """Ask the addresses whether they live, every so often (knob `push_ping_seconds`)."""
    pause = system.order_knobs.push_ping_seconds
    for address in cabinet.pushes.addresses.values():
        if not pause or not address.open:
            address.next_ping = None
        elif address.next_ping is None:
            address.next_ping = now + system.delay(pause)
        elif address.next_ping <= now:
            address.next_ping = now + max(system.delay(pause), _LEAST_BETWEEN_PINGS)
            ping(system, cabinet, address)


def _tell(system: OzonSystem, cabinet: Cabinet, message_type: str, content: Json) -> None:
    knobs, random = system.order_knobs, system.random
    body = {"message_type": message_type, **content}
    if knobs.push_seller_id == "client_id":
        body["seller_id"] = int(cabinet.client_id)
    now = system.clock.monotonic()
    for address in cabinet.pushes.addresses.values():
        if message_type not in address.types or not address.open:
            continue
        lost = _falls(system, knobs.push_loss_share)
        copies = 1 + _falls(system, knobs.push_duplicate_share)
        for number in range(copies):
            push = Push(
                cabinet.pushes.next_id(),
                address.address_id,
                message_type,
                body,
                system.clock.utcnow(),
                copy=number > 0,
            )
            cabinet.pushes.log.append(push)
            if lost:
                push.state = "lost"
                break
            longest = max(knobs.push_delay_min_seconds, knobs.push_delay_max_seconds)
            due = now + system.delay(random.uniform(knobs.push_delay_min_seconds, longest))
            if number > 0 or _falls(system, knobs.push_late_share):
                due += random.uniform(0, knobs.push_late_seconds)
            cabinet.pushes.put(due, push)
    system.awake.set()


def _falls(system: OzonSystem, share: float) -> bool:
    return share > 0 and system.random.random() < share


def _moment(moment: datetime | None) -> str:
    return iso(moment) if moment is not None else ""


# --- how an answer is judged, and what follows ---


def problem_of(message_type: str, status: int, content_type: str, body: bytes) -> str:
    """Ozon's word for what is wrong with an answer to a push; empty where nothing is."""
    if status >= 500:
        return "SERVER_FAULT"
    if status != 200:
        return "STATUS_CODE_NOT_OK"
    if not body.strip():
        return "EMPTY_BODY"
    if not content_type.lower().startswith("application/json"):
        return "INVALID_BODY"
    try:
        answer = json.loads(body)
    except ValueError:
        return "INVALID_JSON"
    if not isinstance(answer, dict):
        return "WRONG_RESULT_FIELD"
    if message_type != PING:
        return "" if answer.get("result") is True else "WRONG_RESULT_FIELD"
    if not isinstance(answer.get("version"), str) or not isinstance(answer.get("name"), str):
        return "WRONG_RESULT_FIELD"
    try:
        moment = datetime.fromisoformat(str(answer.get("time")))
    except ValueError:
        return "WRONG_RESULT_TIME_FIELD"
    return "" if moment.tzinfo is not None else "WRONG_RESULT_TIME_FIELD"


def sent(system: OzonSystem, cabinet: Cabinet, address: Address, push: Push, attempt: Attempt) -> None:
    """Take the outcome of one sending: done, again after a pause, or dropped."""
    address.underway -= 1
    address.attempts += 1
    push.attempts.append(attempt)
    if not attempt.problem:
        address.accepted += 1
        push.state = "accepted"
        return
    if push.message_type == PING:
        push.state = "dropped"
        return
    pause = _pause(system, len(push.attempts))
    if pause is None:
        push.state = "dropped"
    else:
        push.state = "waiting"
        cabinet.pushes.put(system.clock.monotonic() + pause, push)
    if system.order_knobs.push_suspension:
        unjudged = address.attempts < _ENOUGH_TO_JUDGE
        if pause is None:
            address.suspended = "a push could not be delivered"
        elif not unjudged and address.accepted * 2 < address.attempts:
            address.suspended = "fewer than half of the pushes are answered with 200"


def _pause(system: OzonSystem, attempts: int) -> float | None:
    """Seconds until the next attempt after so many; None where there is none."""
    knobs = system.order_knobs
    pause, longest, at_longest = knobs.push_retry_seconds, knobs.push_retry_max_seconds, 0
    for _ in range(attempts - 1):
        if pause >= longest:
            at_longest += 1
        pause = min(pause * 2, longest)
    if pause >= longest and at_longest >= knobs.push_last_retries:
        return None
    return max(system.delay(pause), knobs.push_retry_least_seconds)
