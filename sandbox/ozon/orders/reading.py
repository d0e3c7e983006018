"""POST /v4/posting/fbs/unfulfilled/list, /v4/posting/fbs/list, /v3/posting/fbs/get.

Source: Ozon Seller API as of October 2026. The documentation's examples write `sort_dir` in small letters against its
own schema, so both are taken.
"""

from __future__ import annotations

import base64
import heapq
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sandbox.ozon.errors import NOT_FOUND, Refusal, bad_request, too_many_requests
from sandbox.ozon.orders import showing
from sandbox.ozon.orders.errors import POSTING_NOT_FOUND, found
from sandbox.ozon.orders.flow import WITH_THE_SELLER
from sandbox.ozon.orders.showing import With
from sandbox.ozon.orders.state import Posting
from sandbox.ozon.state import Cabinet
from sandbox.ozon.system import OzonSystem
from sandbox.ozon.validation import (
    Enum,
    Field,
    Flag,
    Integer,
    Json,
    Message,
    Repeated,
    Text,
    broken_rule,
)

MAX_PAGE = 100
GET_PATH = "/v3/posting/fbs/get"
_LONGEST_WINDOW = timedelta(days=366)
_SECOND = 1
# Ozon Seller API: the statuses that the method's text lists.
_UNFULFILLED = (
    *(status for status in WITH_THE_SELLER if status != "awaiting_verification"),
    "client_arbitration",
    "delivering",
    "driver_pickup",
    "cancelled",
)

_PERIOD = Message("Period", {"from": Text(), "to": Text()})
_WITH: dict[str, Field] = {
    "analytics_data": Flag(),
    "barcodes": Flag(),
    "financial_data": Flag(),
    "legal_info": Flag(),
}
_PLACES: dict[str, Field] = {
    "statuses": Repeated(Text()),
    "warehouse_ids": Repeated(Integer(), max_items=1000),
    "provider_ids": Repeated(Integer()),
    "delivery_method_ids": Repeated(Integer(), max_items=1000),
    "last_changed_status_date": _PERIOD,
}
_PAGE: dict[str, Field] = {
    "limit": Integer(inside=(1, MAX_PAGE)),
    "cursor": Text(),
    "sort_dir": Enum(("ASC", "DESC", "asc", "desc"), "ASC"),
    "translit": Flag(),
}
UNFULFILLED_REQUEST = Message(
    "PostingFbsUnfulfilledListRequest",
    {
        "filter": Message(
            "PostingFbsUnfulfilledListRequest_Filter",
            {
                "cutoff_from": Text(),
                "cutoff_to": Text(),
                "delivering_date_from": Text(),
                "delivering_date_to": Text(),
                **_PLACES,
            },
        ),
        "with": Message("PostingFbsUnfulfilledListRequest_With", _WITH),
        **_PAGE,
    },
)
LIST_REQUEST = Message(
    "PostingFbsListRequest",
    {
        "filter": Message(
            "PostingFbsListRequest_Filter",
            {
                "since": Text(min_length=1),
                "to": Text(min_length=1),
                "order_id": Integer(),
                "order_numbers": Repeated(Text(), max_items=100),
                "integration_type_flow": Repeated(Text()),
                "is_blr_traceable": Flag(),
                **_PLACES,
            },
            required=True,
        ),
        "with": Message("PostingFbsListRequest_With", {**_WITH, "translit": Flag()}),
        **_PAGE,
    },
)
BARCODE_REQUEST = Message("GetFbsPostingByBarcodeRequest", {"barcode": Text(min_length=1)})
GET_REQUEST = Message(
    "GetFbsPostingRequest",
    {
        "posting_number": Text(min_length=1),
        "with": Message(
            "FbsPostingWithParams",
            {**_WITH, "product_exemplars": Flag(), "related_postings": Flag(), "translit": Flag()},
        ),
    },
)


def unfulfilled(system: OzonSystem, cabinet: Cabinet, request: Json) -> Json:
    """The postings that wait to be assembled or handed over, by the time until when."""
    wanted = request["filter"] or {}
    name = UNFULFILLED_REQUEST.name
    by_cutoff = _window(name, wanted, "cutoff_from", "cutoff_to")
    by_delivering = _window(name, wanted, "delivering_date_from", "delivering_date_to")
    if by_cutoff and by_delivering:
        raise bad_request(
            broken_rule(f"{name}.Filter", "either cutoff or delivering_date may be used, got both")
        )
    postings = _placed(system, cabinet, name, wanted)
    if not wanted.get("statuses"):
        waiting = system.order_knobs.unfulfilled_statuses == "waiting"
        statuses = WITH_THE_SELLER if waiting else _UNFULFILLED
        postings = [each for each in postings if each.status in statuses]
    if by_cutoff:
        postings = [each for each in postings if _inside(each.shipment_date, by_cutoff)]
    elif by_delivering:
        postings = [each for each in postings if _inside(each.delivering_date, by_delivering)]
    elif system.order_knobs.unfulfilled_without_cutoff == "empty":
        postings = []
    page = _page(system, cabinet, postings, request, _by_cutoff)
    return {"count": len(postings), **page}


def posting_list(system: OzonSystem, cabinet: Cabinet, request: Json) -> Json:
    """The postings of a period, whatever became of them, by the begin of their processing."""
    wanted = request["filter"]
    window = _window(LIST_REQUEST.name, wanted, "since", "to")
    postings = [
        each
        for each in _placed(system, cabinet, LIST_REQUEST.name, wanted)
        if _inside(each.processed_from, window)
        and (not wanted["order_id"] or each.order_id == wanted["order_id"])
        and (not wanted["order_numbers"] or each.order_number in wanted["order_numbers"])
        and (
            not wanted["integration_type_flow"]
            or each.delivery.integration in wanted["integration_type_flow"]
        )
        and not wanted["is_blr_traceable"]
    ]
    return _page(system, cabinet, postings, request, _by_processing)


def get(system: OzonSystem, cabinet: Cabinet, request: Json) -> Json:
    """One posting, whole."""
    posting = found(system, cabinet, request["posting_number"])
    return {"result": showing.by_number(system, cabinet, posting, _with(request))}


def get_by_barcode(system: OzonSystem, cabinet: Cabinet, request: Json) -> Json:
    """One posting by one of its barcodes, in few words."""
    for posting in cabinet.postings.shown(system.clock.monotonic()):
        codes = {*showing.barcodes(posting).values(), showing.scanit(posting)}
        if request["barcode"] in codes:
            return {"result": showing.by_barcode(system, cabinet, posting)}
    raise Refusal(404, NOT_FOUND, POSTING_NOT_FOUND)


def take_get(system: OzonSystem, cabinet: Cabinet) -> None:
    """Count one call against the method's own limit (knob `get_per_second`). Raises Refusal (429) beyond it."""
    limit = system.order_knobs.get_per_second
    if not limit:
        return
    now, seconds = system.clock.monotonic(), system.window(_SECOND)
    system.calls.arrived("ozon", cabinet.client_id, GET_PATH, now, seconds)
    wait = cabinet.posting_reads.take(now, limit, seconds)
    if wait > 0:
        raise too_many_requests(wait)


def _with(request: Json) -> With:
    asked = request["with"] or {}
    return With(**{name: bool(asked.get(name)) for name in With.__dataclass_fields__})


def _placed(system: OzonSystem, cabinet: Cabinet, name: str, wanted: Json) -> list[Posting]:
    """The postings that the filters shared by both lists let through."""
    statuses, warehouses = set(wanted.get("statuses") or ()), set(wanted.get("warehouse_ids") or ())
    providers, methods = set(wanted.get("provider_ids") or ()), set(wanted.get("delivery_method_ids") or ())
    changed = _window(name, wanted.get("last_changed_status_date") or {}, "from", "to")
    return [
        each
        for each in cabinet.postings.shown(system.clock.monotonic())
        if (not statuses or each.status in statuses)
        and (not warehouses or each.warehouse_id in warehouses)
        and (not providers or each.delivery.provider_id in providers)
        and (not methods or each.delivery.method_id in methods)
        and (not changed or _inside(each.changed_at, changed))
    ]


_Window = tuple[datetime | None, datetime | None]


def _window(name: str, wanted: Json, first: str, last: str) -> _Window | None:
    """The two times of a filter; None where neither is given. Raises Refusal for a window that makes no sense."""
    begin, end = _time(name, first, wanted.get(first)), _time(name, last, wanted.get(last))
    if begin is None and end is None:
        return None
    if begin is not None and end is not None:
        if end < begin:
            raise bad_request(broken_rule(f"{name}.Filter", f"{last} must not be before {first}"))
        if end - begin > _LONGEST_WINDOW:
            raise bad_request(broken_rule(f"{name}.Filter", "the period must not be longer than one year"))
    return begin, end


def _time(name: str, field: str, text: str | None) -> datetime | None:
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise bad_request(f"proto: invalid value for Timestamp field {field}: {json.dumps(text)[:60]}")
    return moment


def _inside(moment: datetime | None, window: _Window | None) -> bool:
    if moment is None:
        return False
    begin, end = window or (None, None)
    return (begin is None or begin <= moment) and (end is None or moment <= end)


# --- pages: a cursor is the place of the last posting, so that others may come and go meanwhile ---

_Key = tuple[datetime, datetime, str]
_NEVER = datetime.min.replace(tzinfo=UTC)


def _by_cutoff(posting: Posting) -> _Key:
    return posting.shipment_date or _NEVER, posting.processed_from, posting.posting_number


def _by_processing(posting: Posting) -> _Key:
    return posting.processed_from, posting.created_at, posting.posting_number


def _page(
    system: OzonSystem,
    cabinet: Cabinet,
    postings: list[Posting],
    request: Json,
    place: Callable[[Posting], _Key],
) -> Json:
    descending = request["sort_dir"].upper() == "DESC"
    after = _read_cursor(request["cursor"])
    rest = [
        (key, each)
        for each in postings
        if (key := place(each)) and (after is None or (key < after if descending else key > after))
    ]
    first = heapq.nlargest if descending else heapq.nsmallest
    page = first(request["limit"], rest, key=lambda pair: pair[0])
    wanted = _with(request)
    has_next = len(rest) > len(page)
    hide = system.knobs.last_page_cursor == "empty" and not has_next
    return {
        "postings": [showing.in_list(system, cabinet, posting, wanted) for _, posting in page],
        "cursor": _cursor(page[-1][0]) if page and not hide else "",
        "has_next": has_next,
    }


def _cursor(key: _Key) -> str:
    parts = (key[0].isoformat(), key[1].isoformat(), key[2])
    return base64.b64encode(json.dumps(parts, separators=(",", ":")).encode()).decode()


def _read_cursor(cursor: str) -> _Key | None:
    if not cursor:
        return None
    try:
        first, second, number = json.loads(base64.b64decode(cursor, validate=True))
        key = _zoned(first), _zoned(second), str(number)
    except (ValueError, TypeError) as error:
        raise bad_request(f"invalid cursor {cursor[:40]!r}") from error
    return key


def _zoned(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a time without a zone")
    return moment
