"""POST /v2/posting/fbs/cancel, /v2/posting/fbs/product/cancel and the two lists of reasons.

Source: Ozon Seller API as of October 2026, the methods and the list of errors.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

from sandbox.ozon.errors import bad_request
from sandbox.ozon.orders import flow
from sandbox.ozon.orders.errors import found, refused
from sandbox.ozon.orders.shipping import next_number, split_off
from sandbox.ozon.orders.state import Cancelled, Posting
from sandbox.ozon.state import Cabinet
from sandbox.ozon.system import OzonSystem
from sandbox.ozon.validation import Integer, Json, Message, Repeated, Text, broken_rule


@dataclass(frozen=True)
class Reason:
    """One reason; `usable` where a seller may give it, `by` buyer or seller."""

    reason_id: int
    title: str
    by: str
    usable: bool


OTHER = 402
REASONS = {
    each.reason_id: each
    for each in (
        Reason(352, "Товар закончился на складе продавца", "seller", usable=True),
        Reason(400, "Остался только бракованный товар", "seller", usable=True),
        Reason(401, "Продавец отклонил арбитраж", "seller", usable=False),
        Reason(402, "Другое (вина продавца)", "seller", usable=True),
        Reason(665, "Покупатель не забрал заказ", "buyer", usable=True),
        Reason(666, "Возврат из службы доставки: нет доставки в указанный регион", "seller", usable=False),
        Reason(667, "Заказ утерян службой доставки", "seller", usable=True),
    )
}
_ON_THE_WAY_ONLY = (665, 667)

CANCEL_REQUEST = Message(
    "CancelFbsPostingRequest",
    {
        "posting_number": Text(min_length=1),
        "cancel_reason_id": Integer(above=0),
        "cancel_reason_message": Text(),
    },
)
PRODUCT_CANCEL_REQUEST = Message(
    "PostingProductCancelRequest",
    {
        "posting_number": Text(min_length=1),
        "cancel_reason_id": Integer(above=0),
        "cancel_reason_message": Text(min_length=1),
        "items": Repeated(
            Message(
                "PostingProductCancelRequestItem",
                {"sku": Integer(above=0), "quantity": Integer(kind="int32", above=0)},
            ),
            min_items=1,
        ),
    },
)
REASONS_OF_REQUEST = Message(
    "PostingCancelReasonRequest",
    {"related_posting_numbers": Repeated(Text(min_length=1), min_items=1)},
)
REASON_LIST_REQUEST = Message("Empty")


def reason_list(system: OzonSystem, cabinet: Cabinet, request: Json) -> Json:
    """All reasons that there are."""
    return {
        "result": [
            {**_shown(each), "is_available_for_cancellation": each.usable} for each in REASONS.values()
        ]
    }


def reasons_of(system: OzonSystem, cabinet: Cabinet, request: Json) -> Json:
    """The reasons that may be given for each posting now."""
    postings = [found(system, cabinet, number) for number in request["related_posting_numbers"]]
    return {
        "result": [
            {"posting_number": each.posting_number, "reasons": [_shown(reason) for reason in _usable(each)]}
            for each in postings
        ]
    }


def cancel(system: OzonSystem, cabinet: Cabinet, request: Json) -> Json:
    """Cancel a whole posting."""
    posting = found(system, cabinet, request["posting_number"])
    reason = _checked(posting, request["cancel_reason_id"])
    if reason.reason_id == OTHER and not request["cancel_reason_message"].strip():
        raise bad_request(
            broken_rule("CancelFbsPostingRequest.CancelReasonMessage", "value is required for reason 402")
        )
    flow.cancel(system, cabinet, posting, _why(posting, reason, request["cancel_reason_message"]))
    return {"result": True}


def cancel_products(system: OzonSystem, cabinet: Cabinet, request: Json) -> Json:
    """Cancel some pieces of a posting; with all of them it is cancelled itself."""
    posting = found(system, cabinet, request["posting_number"])
    reason = _checked(posting, request["cancel_reason_id"])
    if posting.status not in ("awaiting_packaging", "awaiting_approve") or posting.shipping:
        raise refused("HAS_INCORRECT_STATUS")
    gone: Counter[int] = Counter()
    for item in request["items"]:
        gone[item["sku"]] += item["quantity"]
    whole = Counter({line.sku: 0 for line in posting.lines})
    for line in posting.lines:
        whole[line.sku] += line.quantity
    if not gone <= whole:
        raise refused("HAS_INCORRECT_PRODUCT_QUANTITY")
    why = _why(posting, reason, request["cancel_reason_message"])
    if gone == whole:
        flow.cancel(system, cabinet, posting, why)
        return {"result": posting.posting_number}
    if system.order_knobs.product_cancel == "splits":
        part = split_off(system, cabinet, posting, gone, next_number(cabinet, posting))
        flow.cancel(system, cabinet, part, why)
        return {"result": part.posting_number}
    _shrink(system, cabinet, posting, gone)
    return {"result": posting.posting_number}


def _checked(posting: Posting, reason_id: int) -> Reason:
    """The reason, where the posting may be cancelled for it. Raises Refusal."""
    if posting.status in flow.CANCELLED:
        raise refused("POSTING_ALREADY_CANCELLED")
    usable = {each.reason_id: each for each in _usable(posting)}
    if not usable:
        raise refused("HAS_INCORRECT_STATUS")
    if reason_id not in usable:
        raise refused("HAS_INCORRECT_CANCEL_REASON")
    return usable[reason_id]


def _usable(posting: Posting) -> list[Reason]:
    """Before the handover the seller's own reasons; on the way of the seller's own carrier, the carrier's."""
    if posting.status in flow.WITH_THE_SELLER:
        return [each for each in REASONS.values() if each.usable and each.reason_id not in _ON_THE_WAY_ONLY]
    own = posting.delivery.integration != "ozon"
    if own and posting.status == "delivering" and posting.substatus != "posting_conditionally_delivered":
        return [each for each in REASONS.values() if each.reason_id in _ON_THE_WAY_ONLY]
    return []


def _why(posting: Posting, reason: Reason, message: str) -> Cancelled:
    sellers = reason.by == "seller"
    return Cancelled(
        reason_id=reason.reason_id,
        reason=message.strip() if reason.reason_id == OTHER else reason.title,
        kind="seller",
        initiator="Продавец",
        after_ship=posting.shipped_at is not None,
        affects_rating=sellers,
    )


def _shrink(system: OzonSystem, cabinet: Cabinet, posting: Posting, gone: Counter[int]) -> None:
    left = Counter(gone)
    kept = []
    for line in posting.lines:
        goes = min(left[line.sku], line.quantity)
        left[line.sku] -= goes
        if goes and posting.held:
            flow.release_units(system, cabinet, posting.warehouse_id, line.product_id, goes, returned=True)
        if line.quantity - goes:
            kept.append(replace(line, quantity=line.quantity - goes))
    posting.lines = tuple(kept)
    posting.changed_at = system.clock.utcnow()


def _shown(reason: Reason) -> Json:
    return {"id": reason.reason_id, "title": reason.title, "type_id": reason.by}
