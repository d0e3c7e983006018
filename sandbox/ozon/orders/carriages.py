"""Handing over to Ozon's carrier: carriages, and the papers that go with them.

POST /v1/carriage/create, /set-postings, /approve, /cancel, /get, /v2/carriage/delivery/list and
/v2/posting/fbs/act/check-status, /get-pdf, /get-barcode, /get-barcode/text, /get-container-labels, /list,
/get-postings. Source: Ozon Seller API as of October 2026. How long an approved carriage forms, and that its postings
are on their way once the carrier took it, is chosen here.
"""

from __future__ import annotations

import struct
import zlib
from datetime import date, datetime
from typing import Any

from sandbox.clock import iso
from sandbox.exchange import Answer
from sandbox.ozon import money
from sandbox.ozon.errors import NOT_FOUND, Refusal, bad_request
from sandbox.ozon.orders import flow
from sandbox.ozon.orders.errors import refused
from sandbox.ozon.orders.showing import article, scanit
from sandbox.ozon.orders.state import Carriage, Posting
from sandbox.ozon.state import Cabinet
from sandbox.ozon.system import OzonSystem
from sandbox.ozon.validation import Field, Flag, Integer, Json, Message, Repeated, Text
from sandbox.pdf import Page, document

_WITH_PAPERS = ("formed", "sended", "received", "closed")
_A4 = (210.0, 297.0)
_CONTAINER_LABEL = (75.0, 120.0)

CREATE_REQUEST = Message(
    "CarriageCreateRequest",
    {"delivery_method_id": Integer(), "departure_date": Text(), "all_blr_traceable": Flag()},
)
SET_POSTINGS_REQUEST = Message(
    "SetPostingsRequest",
    {
        "carriage_id": Integer(above=0),
        "posting_numbers": Repeated(Text(min_length=1), min_items=1),
    },
)
APPROVE_REQUEST = Message(
    "CarriageApproveRequest",
    {"carriage_id": Integer(above=0), "containers_count": Integer(kind="int32", at_least=0)},
)
CARRIAGE_REQUEST = Message("CarriageRequest", {"carriage_id": Integer(above=0)})
ID_REQUEST = Message("PostingFbsActRequest", {"id": Integer(above=0)})
DELIVERY_LIST_REQUEST = Message(
    "CarriageDeliveryListRequest",
    {
        "limit": Integer(inside=(1, 1000)),
        "cursor": Text(),
        "filter": Message(
            "CarriageDeliveryListRequest_Filter",
            {"delivery_method_id": Integer(), "departure_date": Text()},
        ),
    },
)
_ACT_FILTER: dict[str, Field] = {
    "date_from": Text(min_length=1),
    "date_to": Text(min_length=1),
    "integration_type": Text(),
    "status": Repeated(Text()),
}
ACT_LIST_REQUEST = Message(
    "PostingFbsActListRequest",
    {
        "filter": Message("PostingFbsActListRequest_Filter", _ACT_FILTER, required=True),
        "limit": Integer(inside=(1, 50)),
    },
)


def create(system: OzonSystem, cabinet: Cabinet, request: Json) -> Json:
    """Form a carriage of everything that is ready to go by a delivery method."""
    method_id = request["delivery_method_id"]
    if method_id not in _methods(cabinet):
        raise refused("DELIVERY_METHOD_NOT_FOUND")
    ready = _ready(cabinet, method_id)
    if not ready:
        raise refused("POSTING_NOT_FOUND")
    refusal = system.order_knobs.carriage_refusal
    if refusal:
        raise refused(refusal)
    moment = system.clock.utcnow()
    carriage = Carriage(
        carriage_id=next(system.carriage_ids),
        delivery_method_id=method_id,
        warehouse_id=ready[0].warehouse_id,
        departure_date=_date(request["departure_date"], moment.date()),
        postings=[each.posting_number for each in ready],
        created_at=moment,
        updated_at=moment,
    )
    cabinet.carriages[carriage.carriage_id] = carriage
    for each in ready:
        flow.move(system, cabinet, each, "awaiting_deliver", "posting_in_carriage")
    return {"carriage_id": carriage.carriage_id}


def set_postings(system: OzonSystem, cabinet: Cabinet, request: Json) -> Json:
    """Say anew which postings a carriage has."""
    carriage = _found(cabinet, request["carriage_id"])
    if carriage.status != "new":
        raise refused("Incorrect_carriage_status")
    others = {
        n for each in cabinet.carriages.values() if each.open and each is not carriage for n in each.postings
    }
    taken: list[str] = []
    results = []
    for number in dict.fromkeys(request["posting_numbers"]):
        posting = cabinet.postings.by_number.get(number)
        problem = ""
        if posting is None or posting.delivery.method_id != carriage.delivery_method_id:
            problem = "POSTING_NOT_FOUND"
        elif posting.status != "awaiting_deliver" or number in others:
            problem = "HAS_INCORRECT_STATUS"
        else:
            taken.append(number)
        results.append({"posting_number": number, "result": not problem, "error": problem})
    for number in carriage.postings:
        if number not in taken:
            _put_back(system, cabinet, number)
    carriage.postings = taken
    carriage.updated_at = system.clock.utcnow()
    for number in taken:
        posting = cabinet.postings.by_number[number]
        flow.move(system, cabinet, posting, "awaiting_deliver", "posting_in_carriage")
    return {"result": results}


def approve(system: OzonSystem, cabinet: Cabinet, request: Json) -> Json:
    """Confirm a carriage: its papers are formed after a while."""
    carriage = _found(cabinet, request["carriage_id"])
    if carriage.status != "new":
        raise refused("Incorrect_carriage_status")
    carriage.containers_count = request["containers_count"]
    _set(system, carriage, "in_process")

    def form(due: float) -> None:
        if carriage.status != "in_process":
            return
        if system.order_knobs.carriage_error:
            _set(system, carriage, "error")
            return
        for number in list(carriage.postings):
            if cabinet.postings.by_number[number].status != "awaiting_deliver":
                carriage.postings.remove(number)
                carriage.removed.append(number)
        _set(system, carriage, "formed")

    cabinet.at(system.clock.monotonic() + system.delay(system.order_knobs.carriage_seconds), form)
    return {}


def cancel(system: OzonSystem, cabinet: Cabinet, request: Json) -> Json:
    """Give a carriage up; its postings wait for another."""
    carriage = _found(cabinet, request["carriage_id"])
    if carriage.status not in ("new", "in_process", "formed", "error"):
        return {"error": "Incorrect_carriage_status", "carriage_status": carriage.status}
    for number in carriage.postings:
        _put_back(system, cabinet, number)
    _set(system, carriage, "cancelled")
    return {"error": "", "carriage_status": "cancelled"}


def get(system: OzonSystem, cabinet: Cabinet, request: Json) -> Json:
    """One carriage."""
    carriage = _found(cabinet, request["carriage_id"])
    papers = ["get_shipping_list", "get_waybill"] if carriage.status in _WITH_PAPERS else []
    cancellable = carriage.status in ("new", "in_process", "formed", "error")
    return {
        "carriage_id": carriage.carriage_id,
        "company_id": int(cabinet.client_id),
        "status": carriage.status,
        "act_type": "ozon_digital",
        "all_blr_traceable": False,
        "arrival_pass_ids": [],
        "available_actions": papers,
        "cancel_availability": {
            "is_cancel_available": cancellable,
            "reason": "" if cancellable else "Incorrect_carriage_status",
        },
        "containers_count": carriage.containers_count,
        "created_at": iso(carriage.created_at),
        "updated_at": iso(carriage.updated_at),
        "delivery_method_id": carriage.delivery_method_id,
        "departure_date": carriage.departure_date.isoformat(),
        "first_mile_type": "DROP_OFF",
        "has_postings_for_next_carriage": bool(_ready(cabinet, carriage.delivery_method_id)),
        "integration_type": "ozon",
        "is_container_label_printed": False,
        "is_econom": False,
        "is_partial": False,
        "is_waybill_enabled": False,
        "partial_num": 0,
        "retry_count": 0,
        "tpl_provider_id": 24,
        "warehouse_id": carriage.warehouse_id,
    }


def delivery_list(system: OzonSystem, cabinet: Cabinet, request: Json) -> Json:
    """The delivery methods that have postings, each with its carriages and one (id 0) that could be formed."""
    wanted = request["filter"] or {}
    today = system.clock.utcnow().date()
    departure = _date(wanted.get("departure_date", ""), today)
    methods = [
        method_id
        for method_id in sorted(_methods(cabinet))
        if not wanted.get("delivery_method_id") or method_id == wanted["delivery_method_id"]
    ]
    after = int(request["cursor"]) if request["cursor"].isdigit() else 0
    rest = [each for each in methods if each > after]
    page = rest[: request["limit"]]
    return {
        "methods": [_method(system, cabinet, each, departure) for each in page],
        "cursor": str(page[-1]) if page else "",
        "has_next": len(rest) > len(page),
    }


def check_status(system: OzonSystem, cabinet: Cabinet, request: Json) -> Json:
    """How far the papers of a carriage are."""
    carriage = _found(cabinet, request["id"])
    words = {"error": "error", "cancelled": "cancelled"}
    ready = carriage.status in _WITH_PAPERS
    return {
        "result": {
            "status": words.get(carriage.status, "ready" if ready else "in_process"),
            "act_type": "ozon_digital",
            "added_to_act": list(carriage.postings) if ready else [],
            "removed_from_act": list(carriage.removed) if ready else [],
            "is_partial": False,
            "partial_num": 0,
            "has_postings_for_next_carriage": bool(_ready(cabinet, carriage.delivery_method_id)),
        }
    }


def get_pdf(system: OzonSystem, cabinet: Cabinet, request: Json) -> Answer:
    """The list of a carriage's postings, on paper."""
    carriage = _formed(cabinet, request["id"])
    lines = (f"{carriage.carriage_id}", carriage.departure_date.isoformat(), *carriage.postings)
    content = document([Page(*_A4, lines[start : start + 50]) for start in range(0, len(lines), 50)])
    return Answer(200, content, media_type="application/pdf", items=len(carriage.postings))


def get_container_labels(system: OzonSystem, cabinet: Cabinet, request: Json) -> Answer:
    """A label for each of a carriage's containers."""
    carriage = _formed(cabinet, request["id"])
    count = max(carriage.containers_count, 1)
    pages = [
        Page(*_CONTAINER_LABEL, (str(carriage.carriage_id), f"{number} / {count}"), bars=_barcode(carriage))
        for number in range(1, count + 1)
    ]
    return Answer(200, document(pages), media_type="application/pdf")


def get_barcode(system: OzonSystem, cabinet: Cabinet, request: Json) -> Answer:
    """The barcode to show at the handover, as a picture."""
    carriage = _formed(cabinet, request["id"])
    return Answer(200, _png(_barcode(carriage)), media_type="image/png")


def get_barcode_text(system: OzonSystem, cabinet: Cabinet, request: Json) -> Json:
    """The same as text."""
    return {"result": _barcode(_formed(cabinet, request["id"]))}


def act_list(system: OzonSystem, cabinet: Cabinet, request: Json) -> Json:
    """The carriages of some days."""
    wanted = request["filter"]
    today = system.clock.utcnow().date()
    first, last = _date(wanted["date_from"], today), _date(wanted["date_to"], today)
    found = [
        each
        for each in cabinet.carriages.values()
        if first <= each.created_at.date() <= last
        and (not wanted["status"] or each.status in wanted["status"])
        and wanted["integration_type"] in ("", "ozon")
    ]
    return {"result": [_act(cabinet, each) for each in found[: request["limit"]]]}


def act_postings(system: OzonSystem, cabinet: Cabinet, request: Json) -> Json:
    """The postings of a carriage."""
    carriage = _found(cabinet, request["id"])
    found = [cabinet.postings.by_number[number] for number in carriage.postings]
    return {
        "result": [
            {
                "id": each.order_id,
                "posting_number": each.posting_number,
                "status": each.status,
                "seller_error": "",
                "multi_box_qty": 1,
                "is_blr_traceable": False,
                "scanit": scanit(each),
                "created_at": iso(each.created_at),
                "updated_at": iso(each.changed_at),
                "products": [
                    {
                        "name": line.name,
                        "offer_id": article(system, cabinet, line),
                        "price": money.text(line.price),
                        "quantity": line.quantity,
                        "sku": line.sku,
                    }
                    for line in each.lines
                ],
            }
            for each in found
        ]
    }


def pick_up(system: OzonSystem, cabinet: Cabinet, carriage: Carriage) -> None:
    """The carrier took a formed carriage: its postings are on their way."""
    _set(system, carriage, "sended")
    for number in carriage.postings:
        posting = cabinet.postings.by_number[number]
        if posting.status == "awaiting_deliver":
            flow.move(system, cabinet, posting, "delivering")


def _found(cabinet: Cabinet, carriage_id: int) -> Carriage:
    carriage = cabinet.carriages.get(carriage_id)
    if carriage is None:
        raise Refusal(404, NOT_FOUND, "carriage not found")
    return carriage


def _formed(cabinet: Cabinet, carriage_id: int) -> Carriage:
    carriage = _found(cabinet, carriage_id)
    if carriage.status not in _WITH_PAPERS:
        raise refused("Incorrect_carriage_status")
    return carriage


def _set(system: OzonSystem, carriage: Carriage, status: str) -> None:
    carriage.status = status
    carriage.updated_at = system.clock.utcnow()


def _methods(cabinet: Cabinet) -> set[int]:
    return {
        each.delivery.method_id
        for each in cabinet.postings.by_number.values()
        if each.delivery.integration == "ozon"
    }


def _ready(cabinet: Cabinet, method_id: int) -> list[Posting]:
    """What could go by a method and is in no carriage."""
    taken = {number for each in cabinet.carriages.values() if each.open for number in each.postings}
    return [
        each
        for each in cabinet.postings.by_number.values()
        if each.status == "awaiting_deliver"
        and each.delivery.method_id == method_id
        and each.posting_number not in taken
    ]


def _put_back(system: OzonSystem, cabinet: Cabinet, number: str) -> None:
    posting = cabinet.postings.by_number[number]
    if posting.status == "awaiting_deliver":
        flow.move(system, cabinet, posting, "awaiting_deliver", "posting_not_in_carriage")


def _date(text: str, otherwise: date) -> date:
    if not text:
        return otherwise
    try:
        return datetime.fromisoformat(text).date()
    except ValueError as error:
        raise bad_request(f"invalid date {text[:40]!r}") from error


def _barcode(carriage: Carriage) -> str:
    return f"%303%{carriage.carriage_id}"


def _method(system: OzonSystem, cabinet: Cabinet, method_id: int, departure: date) -> Json:
    found = [each for each in cabinet.postings.by_number.values() if each.delivery.method_id == method_id]
    carriages = [
        each
        for each in cabinet.carriages.values()
        if each.delivery_method_id == method_id and each.departure_date == departure
    ]
    first = found[0]
    waiting = [each for each in found if each.status == "awaiting_packaging"]
    packed = [each for each in found if each.status == "awaiting_deliver"]
    ready = _ready(cabinet, method_id)
    shown = [_carriage_in_list(each.carriage_id, each.status, len(each.postings)) for each in carriages]
    if ready:
        shown.append(_carriage_in_list(0, "new", len(ready)))
    warehouse = cabinet.warehouses[first.warehouse_id]
    cutoffs = [each.shipment_date for each in (*waiting, *packed) if each.shipment_date is not None]
    return {
        "delivery_method_id": method_id,
        "delivery_method_name": first.delivery.name,
        "delivery_method_status": "ACTIVE",
        "departure_date": departure.isoformat(),
        "carriages": shown,
        "carriage_postings_count": sum(len(each.postings) for each in carriages),
        "cut_in": "15:00 +03:00",
        "cutoff_at": iso(min(cutoffs)) if cutoffs else "",
        "dropoff_address": warehouse.address,
        "dropoff_change_availability": "AVAILABLE",
        "dropoff_point_id": 1020002075314000,
        "dropoff_point_type": "PVZ",
        "errors": [],
        "first_mile_changing": False,
        "first_mile_type": "DROP_OFF",
        "has_entrusted_acceptance": False,
        "integration_type": "ozon",
        "is_optional_carriage": False,
        "is_presort": False,
        "is_rfbs": False,
        "mandatory_packaged_count": len(packed),
        "mandatory_postings_count": len(packed) + len(waiting),
        "optional_packaged_count": 0,
        "recommended_time_local": "18:00",
        "recommended_time_utc_offset_in_minutes": 180,
        "timeslot_from": "09:00",
        "timeslot_to": "18:00",
        "tpl_provider_icon_url": "",
        "tpl_provider_name": first.delivery.provider,
        "warehouse_city": "",
        "warehouse_id": warehouse.warehouse_id,
        "warehouse_name": warehouse.name,
    }


def _carriage_in_list(carriage_id: int, status: str, count: int) -> Json:
    return {
        "id": carriage_id,
        "status": status,
        "postings_count": count,
        "all_blr_traceable": False,
        "available_actions": ["get_details"] if carriage_id else ["create"],
        "carriage_volume": 0.5,
        "pickup_fee": {"currency_code": "RUB", "value": 0.0},
        "quantum_count": 0,
    }


def _act(cabinet: Cabinet, carriage: Carriage) -> Json:
    method = next(
        each.delivery.name
        for each in cabinet.postings.by_number.values()
        if each.delivery.method_id == carriage.delivery_method_id
    )
    paper = {
        "created_at": iso(carriage.updated_at),
        "document_status": "FORMED" if carriage.status in _WITH_PAPERS else "FORMING",
    }
    nothing: dict[str, Any] = {"created_at": None, "document_status": ""}
    return {
        "id": carriage.carriage_id,
        "delivery_method_id": carriage.delivery_method_id,
        "delivery_method_name": method,
        "integration_type": "ozon",
        "containers_count": carriage.containers_count,
        "status": carriage.status,
        "departure_date": carriage.departure_date.isoformat(),
        "created_at": iso(carriage.created_at),
        "updated_at": iso(carriage.updated_at),
        "act_type": "ozon_digital",
        "is_partial": False,
        "has_postings_for_next_carriage": bool(_ready(cabinet, carriage.delivery_method_id)),
        "partial_num": 0,
        "related_docs": {
            "act_of_acceptance": paper,
            "act_of_mismatch": nothing,
            "act_of_excess": nothing,
        },
    }


def _png(text: str) -> bytes:
    """A grey PNG with a bar for each bit of a text."""
    bits = [byte >> place & 1 for byte in text.encode() for place in range(8)]
    row = b"\x00" + b"".join(b"\x00\x00" if bit else b"\xff\xff" for bit in bits)
    header = struct.pack(">IIBBBBB", len(bits) * 2, 40, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(row * 40)), (b"IEND", b""))
    written = b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + written
