"""POST /v1/notification/set, /update, /check, /enable, /delete, /list, /push-type/list: a seller connects addresses.

Source: Ozon Seller API as of October 2026 (beta). An address is asked with a TYPE_PING before it is connected; what it
said is put into the cabinet by `probe`, before the method itself is worked on. The availability comes from how long
the answers to pushes took.
"""

from __future__ import annotations

import json
from typing import Any

from sandbox.clock import iso
from sandbox.exchange import Answer, encode
from sandbox.ozon.errors import NOT_FOUND, Refusal, bad_request
from sandbox.ozon.orders import pushes
from sandbox.ozon.orders.push_state import Address
from sandbox.ozon.state import Cabinet
from sandbox.ozon.system import OzonSystem
from sandbox.ozon.validation import Enum, Flag, Integer, Json, Message, Repeated, Text
from sandbox.poster import PostError, post

# Ozon Seller API: the types that can be subscribed to, and what they are about.
TYPES = {
    "TYPE_NEW_MESSAGE": "новое сообщение в чате",
    "TYPE_UPDATE_MESSAGE": "сообщение в чате изменено",
    "TYPE_MESSAGE_READ": "сообщение прочитано",
    "TYPE_CHAT_CLOSED": "чат закрыт",
    "TYPE_NEW_POSTING": "новое отправление",
    "TYPE_POSTING_SHIPPED": "отправление собрано",
    "TYPE_POSTING_CANCELLED": "отмена отправления",
    "TYPE_STATE_CHANGED": "изменение статуса отправления",
    "TYPE_DELIVERY_DATE_CHANGED": "изменение даты доставки отправления",
    "TYPE_CUTOFF_DATE_CHANGED": "изменение даты отгрузки отправления",
    "TYPE_CREATE_ITEM": "создание товара",
    "TYPE_UPDATE_ITEM": "обновление товара",
    "TYPE_CREATE_OR_UPDATE_ITEM": "создание или обновление товара",
    "TYPE_STOCKS_CHANGED": "изменение остатков",
}
# Ozon: milliseconds up to which an address is green, and up to which it is yellow.
_THRESHOLDS = (("GREEN", 1500), ("YELLOW", 2500), ("RED", 2501))
_PROBED = ("/v1/notification/set", "/v1/notification/update", "/v1/notification/check")
_MAX_PAGE = 100

_URL = Text(min_length=1, pattern=r"^https?://")
_TYPE_LIST = Repeated(Text(min_length=1, choices=tuple(TYPES)))
SET_REQUEST = Message(
    "SetNotificationRequest",
    {"url": _URL, "types": Repeated(Text(min_length=1, choices=tuple(TYPES)), min_items=1)},
)
UPDATE_REQUEST = Message(
    "UpdateNotificationRequest",
    {"id": Integer(above=0), "url": Text(pattern=r"^https?://"), "types": _TYPE_LIST},
)
CHECK_REQUEST = Message("CheckNotificationRequest", {"url": _URL})
ENABLE_REQUEST = Message("EnableNotificationRequest", {"id": Integer(above=0), "enabled": Flag()})
DELETE_REQUEST = Message("DeleteNotificationRequest", {"id": Integer(above=0)})
LIST_REQUEST = Message(
    "NotificationListRequest",
    {
        "availability_statuses": Repeated(Text(choices=("GREEN", "YELLOW", "RED"))),
        "limit": Integer(inside=(0, _MAX_PAGE)),
        "offset": Integer(at_least=0),
        "sort_dir": Enum(("ASC", "DESC"), "ASC"),
    },
)
TYPES_REQUEST = Message("GetNotificationPushTypeListRequest")


async def probe(system: OzonSystem, client_id: str, path: str, body: bytes) -> None:
    """Ask the address that one of these methods names whether it lives, and keep what it said for the method."""
    if path not in _PROBED or client_id not in system.cabinets:
        return
    try:
        url: Any = json.loads(body).get("url")
    except (ValueError, AttributeError):
        return
    if not isinstance(url, str) or not url.startswith(("http://", "https://")):
        return
    ping = encode({"message_type": pushes.PING, "time": iso(system.clock.utcnow())})
    try:
        answer = await post(url, ping, {}, seconds=system.order_knobs.push_timeout_seconds)
        content_type = answer.headers.get("content-type", "")
        problem = pushes.problem_of(pushes.PING, answer.status, content_type, answer.body)
    except PostError as error:
        problem = "REQUEST_TIMEOUT" if error.kind == "timeout" else "REQUEST_ERROR"
    system.cabinets[client_id].pushes.probed[url] = problem


def set_address(system: OzonSystem, cabinet: Cabinet, request: Json) -> Answer:
    """Connect an address."""
    _answers(cabinet, request["url"])
    if any(each.url == request["url"] for each in cabinet.pushes.addresses.values()):
        raise bad_request("url is already connected")
    address = Address(
        cabinet.pushes.next_id(), request["url"], tuple(request["types"]), system.clock.utcnow()
    )
    cabinet.pushes.addresses[address.address_id] = address
    return _done(system)


def update(system: OzonSystem, cabinet: Cabinet, request: Json) -> Answer:
    """Change an address, or what it is told of; it is confirmed anew by that."""
    address = _found(cabinet, request["id"])
    if request["url"]:
        _answers(cabinet, request["url"])
        address.url = request["url"]
        address.suspended = ""
    if request["types"]:
        address.types = tuple(request["types"])
    return _done(system)


def check(system: OzonSystem, cabinet: Cabinet, request: Json) -> Json:
    """Whether an address lives."""
    problem = cabinet.pushes.probed.pop(request["url"], "REQUEST_ERROR")
    errors = [{"type": problem, "description": f"Проверка адреса: {problem}"}] if problem else []
    return {"is_active": not problem, "errors": errors}


def enable(system: OzonSystem, cabinet: Cabinet, request: Json) -> Answer:
    """Turn an address on or off."""
    address = _found(cabinet, request["id"])
    address.enabled = bool(request["enabled"])
    address.suspended = ""
    return _done(system)


def delete(system: OzonSystem, cabinet: Cabinet, request: Json) -> Answer:
    """Forget an address."""
    del cabinet.pushes.addresses[_found(cabinet, request["id"]).address_id]
    return _done(system)


def address_list(system: OzonSystem, cabinet: Cabinet, request: Json) -> Json:
    """The addresses that are connected."""
    wanted = request["availability_statuses"]
    found = [
        each
        for each in cabinet.pushes.addresses.values()
        if not wanted or _availability(cabinet, each) in wanted
    ]
    found.sort(key=lambda each: each.address_id, reverse=request["sort_dir"] == "DESC")
    start, limit = request["offset"], request["limit"] or _MAX_PAGE
    return {
        "urls": [_shown(cabinet, each) for each in found[start : start + limit]],
        "total_count": len(found),
        "availability_status_thresholds": [
            {"status": status, "threshold": milliseconds} for status, milliseconds in _THRESHOLDS
        ],
    }


def type_list(system: OzonSystem, cabinet: Cabinet, request: Json) -> Json:
    """The types of pushes, each with the address that it goes to."""
    types = []
    for name, description in TYPES.items():
        to = next((each for each in cabinet.pushes.addresses.values() if name in each.types), None)
        endpoint = {"id": to.address_id, "url": to.url} if to is not None else None
        types.append({"type": name, "description": description, "seller_endpoint": endpoint})
    return {"types": types}


def _answers(cabinet: Cabinet, url: str) -> None:
    """Raises Refusal unless an address has just answered rightly."""
    problem = cabinet.pushes.probed.pop(url, "REQUEST_ERROR")
    if problem:
        raise bad_request(problem)


def _found(cabinet: Cabinet, address_id: int) -> Address:
    address = cabinet.pushes.addresses.get(address_id)
    if address is None:
        raise Refusal(404, NOT_FOUND, "notification url not found")
    return address


def _done(system: OzonSystem) -> Answer:
    return Answer(200, {})


def _availability(cabinet: Cabinet, address: Address) -> str:
    """The colour of an address by the time that its answers take; one that was never asked is green."""
    times = [
        attempt.milliseconds
        for each in cabinet.pushes.log
        if each.address_id == address.address_id
        for attempt in each.attempts
    ]
    mean = sum(times) / len(times) if times else 0.0
    return next((status for status, most in _THRESHOLDS[:2] if mean <= most), "RED")


def _shown(cabinet: Cabinet, address: Address) -> Json:
    reason = "" if address.enabled and not address.suspended else "SELLER"
    return {
        "id": address.address_id,
        "url": address.url,
        "enable": address.open,
        "created_at": iso(address.connected_at),
        "types": [{"type": each, "description": TYPES.get(each, "")} for each in address.types],
        "availability_status": _availability(cabinet, address),
        "availability_status_date": iso(address.connected_at),
        "disable_reason": "AVAILABILITY" if address.suspended else reason,
        "reason_details": address.suspended,
        "problematic_type": "",
    }
