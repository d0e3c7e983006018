"""POST /v1/returns/list: what comes back, and where it is.

Source: Ozon Seller API as of October 2026. The official example writes 64-bit ids and amounts as strings and the
scheme as `Fbs`, against its own schema: knob `return_ids`. Storage and compensation are not played.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sandbox.clock import iso
from sandbox.ozon import money
from sandbox.ozon.errors import bad_request
from sandbox.ozon.orders.state import Line, Posting, Return
from sandbox.ozon.state import Cabinet
from sandbox.ozon.system import OzonSystem
from sandbox.ozon.validation import Integer, Json, Message, Repeated, Text, broken_rule

MAX_PAGE = 500
TYPES = ("Cancellation", "FullReturn", "PartialReturn", "ClientReturn", "Unknown")
# Ozon Seller API: the states of returns that FBS goods pass, with their names.
STATES = {
    "WaitingShipment": "Ожидает отправки",
    "MovingToSeller": "Едет к вам",
    "MovingToOzon": "Едет на склад Ozon",
    "ArrivedAtReturnPlace": "В пункте выдачи",
    "ReturnedToOzon": "На складе Ozon",
    "ReceivedBySeller": "Вы получили возврат",
    "Utilizing": "На утилизации",
    "Utilized": "Утилизирован",
    "MoneyReturned": "Деньги возвращены",
    "Cancelled": "Заявка отменена",
}
_DATES = ("logistic_return_date", "storage_tariffication_start_date", "visual_status_change_moment")
_PERIOD = Message("TimeRange", {"time_from": Text(), "time_to": Text()})
_COMMISSION_PERCENT = 15
_SORTING_CENTRE = {
    "id": 23869688194000,
    "name": "СЦ_Москва_Возвраты",
    "address": "Россия, Москва, ул. Сортировочная, 1",
}

LIST_REQUEST = Message(
    "GetReturnsListRequest",
    {
        "filter": Message(
            "GetReturnsListRequest_Filter",
            {
                **dict.fromkeys(_DATES, _PERIOD),
                "order_id": Integer(),
                "posting_numbers": Repeated(Text(), max_items=50),
                "product_name": Text(),
                "offer_id": Text(),
                "visual_status_name": Text(),
                "warehouse_id": Integer(),
                "barcode": Text(),
                "return_schema": Text(choices=("FBS", "FBO")),
                "compensation_status_id": Integer(kind="int32"),
            },
        ),
        "limit": Integer(inside=(1, MAX_PAGE)),
        "last_id": Integer(),
    },
)


def make(
    system: OzonSystem, cabinet: Cabinet, posting: Posting, line: Line, quantity: int, kind: str, reason: str
) -> Return:
    """Some pieces of a posting start on their way back."""
    moment = system.clock.utcnow()
    made = Return(
        return_id=next(system.return_ids),
        posting_number=posting.posting_number,
        line=line,
        quantity=quantity,
        kind=kind,
        reason=reason,
        state="MovingToSeller",
        created_at=moment,
        changed_at=moment,
    )
    cabinet.returns[made.return_id] = made
    return made


def move(system: OzonSystem, back: Return, state: str) -> None:
    """Give a return a state, any word at all."""
    back.state = state
    back.changed_at = system.clock.utcnow()
    if state == "ReceivedBySeller":
        back.final_at = back.changed_at


def returns_list(system: OzonSystem, cabinet: Cabinet, request: Json) -> Json:
    """The returns by rising id, after `last_id`."""
    wanted = request["filter"] or {}
    dates = [name for name in _DATES if wanted.get(name)]
    if len(dates) > 1:
        reason = f"only one of {', '.join(_DATES)} may be used"
        raise bad_request(broken_rule(f"{LIST_REQUEST.name}.Filter", reason))
    found = [
        each
        for each in cabinet.returns.values()
        if each.return_id > request["last_id"] and _wanted(cabinet, each, wanted, dates)
    ]
    page = found[: request["limit"]]
    return {
        "returns": [_shown(system, cabinet, each) for each in page],
        "has_next": len(found) > len(page),
    }


def _wanted(cabinet: Cabinet, back: Return, wanted: Json, dates: list[str]) -> bool:
    posting = cabinet.postings.by_number[back.posting_number]
    moments = {_DATES[0]: back.created_at, _DATES[1]: back.created_at, _DATES[2]: back.changed_at}
    return (
        all(_inside(moments[name], wanted[name]) for name in dates)
        and (not wanted.get("order_id") or posting.order_id == wanted["order_id"])
        and (not wanted.get("posting_numbers") or back.posting_number in wanted["posting_numbers"])
        and (not wanted.get("product_name") or wanted["product_name"].lower() in back.line.name.lower())
        and (not wanted.get("offer_id") or back.line.offer_id == wanted["offer_id"])
        and (not wanted.get("visual_status_name") or back.state == wanted["visual_status_name"])
        and (not wanted.get("warehouse_id") or posting.warehouse_id == wanted["warehouse_id"])
        and (not wanted.get("barcode") or back.barcode == wanted["barcode"])
        and wanted.get("return_schema", "") in ("", "FBS")
        and not wanted.get("compensation_status_id")
    )


def _inside(moment: datetime, period: Json) -> bool:
    first, last = (_time(period[name]) or moment for name in ("time_from", "time_to"))
    return first <= moment <= last


def _time(text: str) -> datetime | None:
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise bad_request(f"proto: invalid value for Timestamp field: {text[:40]!r}")
    return moment


def _shown(system: OzonSystem, cabinet: Cabinet, back: Return) -> Json:
    posting = cabinet.postings.by_number[back.posting_number]
    as_text = system.order_knobs.return_ids == "string"

    def number(value: int) -> Any:
        return str(value) if as_text else value

    def amount(hundredths: int) -> Json:
        value = money.number(hundredths)
        return {"currency_code": back.line.currency_code, "price": f"{value:g}" if as_text else value}

    place = {**_SORTING_CENTRE, "id": number(23869688194000)}
    commission = back.line.price * _COMMISSION_PERCENT // 100
    return {
        "id": number(back.return_id),
        "company_id": number(int(cabinet.client_id)),
        "type": back.kind,
        "schema": "Fbs" if as_text else "FBS",
        "return_reason_name": back.reason,
        "order_id": number(posting.order_id),
        "order_number": posting.order_number,
        "posting_number": back.posting_number,
        "source_id": number(posting.order_id % 100_000_000),
        "clearing_id": number(posting.order_id),
        "return_clearing_id": None,
        "exemplars": [{"id": number(back.return_id * 100 + piece)} for piece in range(back.quantity)],
        "place": place,
        "target_place": place,
        "storage": {
            "sum": amount(0),
            "tariffication_first_date": None,
            "tariffication_start_date": None,
            "arrived_moment": iso(back.changed_at) if back.state == "ArrivedAtReturnPlace" else None,
            "days": number(0),
            "utilization_sum": amount(0),
            "utilization_forecast_date": None,
        },
        "product": {
            "sku": number(back.line.sku),
            "offer_id": back.line.offer_id,
            "name": back.line.name,
            "price": amount(back.line.price),
            "price_without_commission": amount(back.line.price - commission),
            "commission_percent": float(_COMMISSION_PERCENT),
            "commission": amount(commission),
            "quantity": back.quantity,
        },
        "logistic": {
            "technical_return_moment": None,
            "final_moment": iso(back.final_at) if back.final_at is not None else None,
            "cancelled_with_compensation_moment": None,
            "return_date": iso(back.created_at),
            "barcode": back.barcode,
        },
        "visual": {
            "status": {
                "id": [*STATES].index(back.state) + 1 if back.state in STATES else 0,
                "display_name": STATES.get(back.state, back.state),
                "sys_name": back.state,
            },
            "change_moment": iso(back.changed_at),
        },
        "additional_info": {"is_opened": False, "is_super_econom": False},
        "compensation_status": None,
    }
