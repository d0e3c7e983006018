"""Deliveries by a carrier that is not Ozon: tracking numbers and the statuses that the seller reports.

POST /v2/fbs/posting/tracking-number/set, /v2/fbs/posting/delivering, /last-mile, /delivered, /v1/posting/cutoff/set.
Source: Ozon Seller API as of October 2026. Each posting succeeds or fails by itself, and the status follows later.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sandbox.ozon.errors import bad_request
from sandbox.ozon.orders import flow
from sandbox.ozon.orders.errors import POSTING_NOT_FOUND, found, refused
from sandbox.ozon.orders.state import Posting
from sandbox.ozon.state import Cabinet
from sandbox.ozon.system import OzonSystem
from sandbox.ozon.validation import Json, Message, Repeated, Text

MAX_TRACKING = 20
_WRONG_CARRIER = "HAS_INCORRECT_TPL_INTEGRATION_TYPE"
_NOT_POSSIBLE = "TRANSITION_IS_NOT_POSSIBLE"
_BY_THE_SELLER = ("non_integrated", "3pl_tracking")

TRACKING_REQUEST = Message(
    "FbsPostingTrackingNumberSetRequest",
    {
        "tracking_numbers": Repeated(
            Message(
                "FbsPostingTrackingNumberSetRequest_TrackingNumber",
                {"posting_number": Text(min_length=1), "tracking_number": Text(min_length=1, max_length=100)},
            ),
            min_items=1,
            max_items=MAX_TRACKING,
        )
    },
)
MOVE_REQUEST = Message(
    "PostingFbsPostingMoveStatusRequest",
    {"posting_number": Repeated(Text(min_length=1), min_items=1)},
)
CUTOFF_REQUEST = Message(
    "SetPostingCutoffRequest",
    {"posting_number": Text(min_length=1), "new_cutoff_date": Text(min_length=1)},
)


def set_tracking(system: OzonSystem, cabinet: Cabinet, request: Json) -> Json:
    """Give postings their tracking numbers."""
    results = []
    for each in request["tracking_numbers"]:
        posting = cabinet.postings.find(each["posting_number"], system.clock.monotonic())
        problem = _problem(posting, ("awaiting_packaging", "awaiting_deliver", "delivering"))
        if posting is not None and not problem:
            posting.tracking_number = each["tracking_number"]
        results.append(_result(system, each["posting_number"], problem))
    return {"result": results}


def delivering(system: OzonSystem, cabinet: Cabinet, request: Json) -> Json:
    """The carrier has them."""
    return _move(system, cabinet, request, ("awaiting_deliver",), "delivering", "posting_on_way_to_city")


def last_mile(system: OzonSystem, cabinet: Cabinet, request: Json) -> Json:
    """The courier has them."""
    return _move(system, cabinet, request, ("delivering",), "delivering", "posting_in_courier_service")


def delivered(system: OzonSystem, cabinet: Cabinet, request: Json) -> Json:
    """The buyers have them."""
    if system.order_knobs.own_delivered == "conditionally":
        substatus = "posting_conditionally_delivered"
        return _move(system, cabinet, request, ("delivering",), "delivering", substatus)
    return _move(system, cabinet, request, ("delivering",), "delivered", "posting_delivered")


def set_cutoff(system: OzonSystem, cabinet: Cabinet, request: Json) -> Json:
    """Give a posting that the seller delivers another time to be shipped by."""
    posting = found(system, cabinet, request["posting_number"])
    try:
        moment = datetime.fromisoformat(request["new_cutoff_date"])
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise bad_request("proto: invalid value for Timestamp field new_cutoff_date")
    if posting.delivery.integration not in _BY_THE_SELLER:
        raise refused(_WRONG_CARRIER)
    if posting.status not in flow.WITH_THE_SELLER:
        raise refused("HAS_INCORRECT_STATUS")
    flow.set_ship_by(system, cabinet, posting, moment)
    return {"result": True}


def _move(
    system: OzonSystem,
    cabinet: Cabinet,
    request: Json,
    allowed: tuple[str, ...],
    status: str,
    substatus: str,
) -> Json:
    results = []
    for number in request["posting_number"]:
        posting = cabinet.postings.find(number, system.clock.monotonic())
        problem = _problem(posting, allowed)
        if posting is not None and not problem and (posting.status, posting.substatus) == (status, substatus):
            problem = _NOT_POSSIBLE
        if posting is not None and not problem:
            due = system.clock.monotonic() + system.delay(system.order_knobs.move_seconds)
            cabinet.at(due, _later(system, cabinet, posting, allowed, status, substatus))
        results.append(_result(system, number, problem))
    return {"result": results}


def _later(
    system: OzonSystem,
    cabinet: Cabinet,
    posting: Posting,
    allowed: tuple[str, ...],
    status: str,
    substatus: str,
) -> Callable[[float], None]:
    def happen(due: float) -> None:
        if posting.status in allowed:
            flow.move(system, cabinet, posting, status, substatus)

    return happen


def _problem(posting: Posting | None, allowed: tuple[str, ...]) -> str:
    if posting is None:
        return POSTING_NOT_FOUND
    if posting.delivery.integration not in _BY_THE_SELLER:
        return _WRONG_CARRIER
    return "" if posting.status in allowed else _NOT_POSSIBLE


def _result(system: OzonSystem, number: str, problem: str) -> Json:
    error: Any = problem
    if system.order_knobs.move_error_type == "list":
        error = [problem] if problem else []
    return {"posting_number": number, "result": not problem, "error": error}
