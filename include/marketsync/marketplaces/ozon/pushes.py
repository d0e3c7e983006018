"""Ozon's pushes: what they say of an order, and what Ozon expects as an answer. Pure: no call, no database.

Source: Ozon Seller API, "Push notifications". A push about a posting has no id of its own: it is told from others by
its type, the posting, and the state and time that it carries.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from marketsync.marketplaces.orders import (
    Cancellation,
    Posting,
    PostingLine,
    PostingStatus,
    Push,
    PushKind,
    PushRefused,
)
from marketsync.marketplaces.ozon.order_fields import (
    WrongField,
    identifier,
    moment,
    number,
    objects,
    pieces,
    word,
)
from marketsync.marketplaces.ozon.order_words import left_the_store, scheme_of, status_of

__all__ = ["answer", "refusal", "understand"]

_NAME = "marketsync"
_UNKNOWN = "ERROR_UNKNOWN"
_MISSED = "ERROR_PARAMETER_VALUE_MISSED"
_CODES = frozenset({_UNKNOWN, _MISSED, "ERROR_REQUEST_DUPLICATED"})

# What is kept of each type; pushes about chats carry a buyer's words, so that of what is not here only its name stays.
_KEPT = (
    "message_type", "posting_number", "uuid", "seller_id", "warehouse_id", "in_process_at", "shipment_date",
    "tpl_integration_type", "is_express", "tracking_number", "old_state", "new_state", "changed_state_date",
    "new_cutoff_date", "old_cutoff_date", "new_delivery_date_begin", "new_delivery_date_end", "changed_at", "time",
)  # fmt: skip
_KEPT_OF_LINE = ("sku", "offer_id", "quantity")


def understand(body: Mapping[str, Any]) -> Push:
    """What a push says. Raises PushRefused with Ozon's code where a field is missing or wrong."""
    try:
        kind = word(body, "message_type")
        read = _TYPES.get(kind)
        return read(body) if read else _other(kind, body)
    except WrongField as error:
        raise PushRefused(_MISSED, str(error)) from error


def answer(push: Push, now: datetime, version: str) -> Mapping[str, Any]:
    """The answer to a push that was taken: to a ping who we are and what time it is, to others that all is well."""
    if push.kind is PushKind.PING:
        moment_there = now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return {"version": version, "name": _NAME, "time": moment_there}
    return {"result": True}


def refusal(code: str, message: str) -> Mapping[str, Any]:
    """The answer to a push that is not taken."""
    return {"error": {"code": code if code in _CODES else _UNKNOWN, "message": message, "details": None}}


def _ping(body: Mapping[str, Any]) -> Push:
    return Push(PushKind.PING, f"ping:{body.get('time')}", _told(body))


def _new(body: Mapping[str, Any]) -> Push:
    lines = _lines(body)
    if not lines:
        raise WrongField("products: нет ни одной строки")
    made = moment(body, "in_process_at")
    posting = Posting(
        number=word(body, "posting_number"),
        status=PostingStatus.NEW,
        status_there="posting_created",
        lines=lines,
        scheme=scheme_of(body.get("tpl_integration_type"), None),
        warehouse=number(body, "warehouse_id"),
        created_at=made,
        ship_by=moment(body, "shipment_date"),
        tracking_number=identifier(body.get("tracking_number")),
    )
    return _push(PushKind.NEW, body, posting, body.get("in_process_at") or "", made)


def _cancelled(body: Mapping[str, Any]) -> Push:
    told = body.get("reason")
    reason = told if isinstance(told, Mapping) else {}
    at = moment(body, "changed_state_date")
    posting = Posting(
        number=word(body, "posting_number"),
        status=PostingStatus.CANCELLED,
        status_there="posting_canceled",
        lines=_lines(body),
        warehouse=identifier(body.get("warehouse_id")),
        cancellation=Cancellation(
            code=identifier(reason.get("id")),
            reason=str(reason.get("message") or "") or None,
            by="",  # a push does not say; the reading does
            after_shipping=left_the_store(str(body.get("old_state") or "")),
        ),
    )
    return _push(PushKind.CANCELLED, body, posting, body.get("changed_state_date") or "", at)


def _state(body: Mapping[str, Any]) -> Push:
    state = word(body, "new_state")
    posting = Posting(
        number=word(body, "posting_number"),
        status=status_of(state),
        status_there=state,
        lines=(),
        warehouse=identifier(body.get("warehouse_id")),
    )
    key = f"{state}:{body.get('changed_state_date') or ''}"
    return _push(PushKind.STATE, body, posting, key, moment(body, "changed_state_date"))


def _ship_by(body: Mapping[str, Any]) -> Push:
    posting = Posting(
        number=word(body, "posting_number"),
        status=PostingStatus.UNKNOWN,
        status_there="",
        lines=(),
        warehouse=identifier(body.get("warehouse_id")),
        ship_by=moment(body, "new_cutoff_date"),
    )
    key = f"{body.get('old_cutoff_date') or ''}:{body.get('new_cutoff_date') or ''}"
    return _push(PushKind.SHIP_BY, body, posting, key, None)


def _other(kind: str, body: Mapping[str, Any]) -> Push:
    """Of no use to us, or unknown: taken, so that Ozon goes on pushing; nobody's words are kept of it."""
    told = _told(body)
    content = json.dumps(body, sort_keys=True, default=str).encode()
    key = identifier(body.get("uuid")) or hashlib.blake2b(content, digest_size=16).hexdigest()
    about = body.get("posting_number")
    return Push(
        PushKind.OTHER,
        f"{kind}:{key}",
        told,
        number=about if isinstance(about, str) else None,
        seller=identifier(body.get("seller_id")),
    )


_TYPES: Mapping[str, Callable[[Mapping[str, Any]], Push]] = {
    "TYPE_PING": _ping,
    "TYPE_NEW_POSTING": _new,
    "TYPE_POSTING_CANCELLED": _cancelled,
    "TYPE_STATE_CHANGED": _state,
    "TYPE_CUTOFF_DATE_CHANGED": _ship_by,
}


def _push(
    kind: PushKind, body: Mapping[str, Any], posting: Posting, key: str, happened: datetime | None
) -> Push:
    return Push(
        kind,
        f"{body['message_type']}:{posting.number}:{key}",
        _told(body),
        number=posting.number,
        posting=posting,
        happened_at=happened,
        seller=identifier(body.get("seller_id")),
    )


def _lines(body: Mapping[str, Any]) -> tuple[PostingLine, ...]:
    return tuple(
        PostingLine(
            article=str(row.get("offer_id") or ""),
            sku=identifier(row.get("sku")),
            name=None,
            quantity=pieces(row),
            price=None,
        )
        for row in objects(body, "products")
    )


def _told(body: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: body[name] for name in _KEPT if isinstance(body.get(name), str | int | float | bool)}
    products = body.get("products")
    if isinstance(products, list):
        kept["products"] = [
            {name: row[name] for name in _KEPT_OF_LINE if name in row}
            for row in products
            if isinstance(row, Mapping)
        ]
    return kept
