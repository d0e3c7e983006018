"""What is done on Ozon about an order: assembled, cancelled, tracked, moved on, its label and its handover.

Source: Ozon Seller API, the methods of FBS and rFBS postings. HTTP 200 of `ship` and of the moves says that they were
taken, not that they are done; refusals are told apart by the words of their messages.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from marketsync.http.answers import RequestRefused
from marketsync.marketplaces.orders import (
    CancelReason,
    Deed,
    DeedResult,
    Fulfilment,
    HandoverState,
    LabelState,
    MarkingCode,
    Package,
    PackageLine,
    Posting,
    Stage,
)
from marketsync.marketplaces.ozon import handovers, labels
from marketsync.marketplaces.ozon import marks as marks_of_pieces

__all__ = ["OzonFulfilment"]

_SHIP = "/v4/posting/fbs/ship"
_CANCEL = "/v2/posting/fbs/cancel"
_CANCEL_PIECES = "/v2/posting/fbs/product/cancel"
_REASONS = "/v1/posting/fbs/cancel-reason"
_TRACKING = "/v2/fbs/posting/tracking-number/set"
_SENT = "/v2/fbs/posting/delivering"
_LAST_MILE = "/v2/fbs/posting/last-mile"
_DELIVERED = "/v2/fbs/posting/delivered"

# Ozon Seller API, /v2/fbs/posting/tracking-number/set: 20 numbers a call.
_TRACKING_PER_CALL = 20
# Ozon Seller API, /v2/posting/fbs/cancel: reason 402, «other», needs words.
_NEEDS_WORDS = frozenset({"402"})
_NO_WORDS = "Отменено продавцом"

# Ozon Seller API, list of errors: it is so already.
_DONE_ALREADY = ("already_shipped",)
_CANCELLED_ALREADY = ("already_cancelled", "already_canceled")
# The order is on its way somewhere: only reading it tells whether it is where it should be.
_READ_FIRST = ("transition_is_not_possible", "has_incorrect_status")
_READ_AFTER = 5.0

_STAGES: Mapping[str, Stage] = {
    "awaiting_approve": Stage.TO_ASSEMBLE,
    "awaiting_packaging": Stage.TO_ASSEMBLE,
    "awaiting_registration": Stage.ASSEMBLING,
    "awaiting_deliver": Stage.ASSEMBLED,
    "acceptance_in_progress": Stage.SENT,
    "not_accepted": Stage.ASSEMBLED,
    "sent_by_seller": Stage.SENT,
    "delivering": Stage.SENT,
    "driver_pickup": Stage.LAST_MILE,
    "delivered": Stage.DELIVERED,
    "cancelled": Stage.CANCELLED,
    # all of it went into postings of their own when it was assembled
    "cancelled_from_split_pending": Stage.ASSEMBLED,
}
_SHIP_FAILED = "ship_failed"
_SHIPPING_ACTION = "ship_async_in_process"
# Substatuses under which a courier of ours is on his way to the buyer.
_LAST_MILE_SUBSTATUSES = frozenset({"posting_driver_pick_up", "posting_in_courier_service"})
_DELIVERED_SUBSTATUSES = frozenset(
    {"posting_delivered", "posting_received", "posting_conditionally_delivered"}
)


class OzonFulfilment(Fulfilment):
    """Ozon's side of fulfilment."""

    label_after = labels.AFTER_SHIPPING
    label_pauses = labels.PAUSES
    label_look = labels.LOOK
    label_batch = labels.PER_TASK
    tracking_batch = _TRACKING_PER_CALL

    @staticmethod
    def stage(posting: Posting) -> Stage:
        """By status, and by substatus where the status says too little."""
        stage = _STAGES.get(posting.status_there, Stage.UNKNOWN)
        if stage is Stage.TO_ASSEMBLE:
            if posting.substatus_there == _SHIP_FAILED:
                return Stage.NOT_ASSEMBLED
            if _SHIPPING_ACTION in posting.actions:
                return Stage.ASSEMBLING
        if stage is Stage.SENT and posting.substatus_there in _LAST_MILE_SUBSTATUSES:
            return Stage.LAST_MILE
        if stage in (Stage.SENT, Stage.LAST_MILE) and posting.substatus_there in _DELIVERED_SUBSTATUSES:
            return Stage.DELIVERED
        return stage

    def mark(self, posting: Posting, marks: Sequence[MarkingCode]) -> DeedResult:
        """See marks.tell."""
        return marks_of_pieces.tell(self._client, posting.number, marks)

    def ship(self, posting: Posting, packages: Sequence[Package]) -> DeedResult:
        """Assemble; of several packages Ozon makes several postings."""
        payload = {
            "posting_number": posting.number,
            "packages": [
                {
                    # what is called product_id here is the sku
                    "products": [
                        {"product_id": int(line.sku), "quantity": line.quantity} for line in package.lines
                    ]
                }
                for package in packages
            ],
        }
        try:
            answer = self._client.post(_SHIP, payload, write=True, repeatable=False, items=1)
        except RequestRefused as error:
            return _meaning(error)
        return DeedResult(Deed.DONE, numbers=tuple(str(number) for number in answer.get("result") or ()))

    def cancel_reasons(self, number: str) -> Sequence[CancelReason]:
        """The reasons that Ozon takes for this posting as it is now."""
        answer = self._client.post(_REASONS, {"related_posting_numbers": [number]})
        return [
            CancelReason(str(reason["id"]), str(reason["title"]), str(reason["id"]) in _NEEDS_WORDS)
            for posting in answer.get("result") or ()
            if posting.get("posting_number") == number
            for reason in posting.get("reasons") or ()
        ]

    def cancel(
        self, posting: Posting, reason: str, message: str, lines: Sequence[PackageLine] = ()
    ) -> DeedResult:
        """Cancel all of it, or pieces."""
        payload: dict[str, Any] = {
            "posting_number": posting.number,
            "cancel_reason_id": int(reason),
            # of single pieces Ozon always wants words
            "cancel_reason_message": message or (_NO_WORDS if lines else ""),
        }
        if lines:
            payload["items"] = [{"sku": int(line.sku), "quantity": line.quantity} for line in lines]
        path = _CANCEL_PIECES if lines else _CANCEL
        try:
            self._client.post(path, payload, write=True, repeatable=False, items=1)
        except RequestRefused as error:
            words = error.text.casefold()
            if not lines and any(part in words for part in _CANCELLED_ALREADY):
                return DeedResult(Deed.DONE)
            return DeedResult(Deed.REFUSED, error.code, error.text)
        return DeedResult(Deed.DONE)

    def tracking_numbers(self, numbers: Mapping[str, str]) -> Mapping[str, DeedResult]:
        """Absolute values: setting one once more does no harm."""
        rows = [{"posting_number": posting, "tracking_number": number} for posting, number in numbers.items()]
        answer = self._client.post(_TRACKING, {"tracking_numbers": rows}, write=True, items=len(rows))
        return _by_posting(answer)

    def sent(self, number: str) -> DeedResult:
        """Moves on to «delivering»."""
        return self._move(_SENT, number)

    def last_mile(self, number: str) -> DeedResult:
        """Moves on to «last mile»."""
        return self._move(_LAST_MILE, number)

    def delivered(self, number: str) -> DeedResult:
        """Moves on to «delivered»."""
        return self._move(_DELIVERED, number)

    def _move(self, path: str, number: str) -> DeedResult:
        try:
            answer = self._client.post(
                path, {"posting_number": [number]}, write=True, repeatable=False, items=1
            )
        except RequestRefused as error:
            return _meaning(error)
        unnamed = DeedResult(Deed.LATER, "", "Ozon не назвал заказ в ответе", again_after=_READ_AFTER)
        return _by_posting(answer).get(number, unnamed)

    def request_labels(self, numbers: Sequence[str]) -> Sequence[str]:
        """See labels.create."""
        return labels.create(self._client, numbers)

    def label_refused(self, code: str, message: str) -> DeedResult:
        """See labels.meaning."""
        return labels.meaning(code, message)

    def label(self, task: str) -> LabelState:
        """See labels.look."""
        return labels.look(self._client, task)

    def label_file(self, url: str) -> bytes:
        """See labels.file."""
        return labels.file(self._client, url)

    def hand_over(self, delivery_method: str, departure: date) -> HandoverState | DeedResult:
        """See handovers.form."""
        return handovers.form(self._client, delivery_method, departure)

    def handover(self, external_id: str) -> HandoverState:
        """See handovers.state."""
        return handovers.state(self._client, external_id)

    def handover_paper(self, external_id: str) -> bytes:
        """See handovers.paper."""
        return handovers.paper(self._client, external_id)


def _meaning(error: RequestRefused) -> DeedResult:
    words = error.text.casefold()
    if any(part in words for part in _DONE_ALREADY):
        return DeedResult(Deed.DONE)
    if any(part in words for part in _READ_FIRST):
        return DeedResult(Deed.LATER, error.code, error.text, again_after=_READ_AFTER)
    return DeedResult(Deed.REFUSED, error.code, error.text)


def _by_posting(answer: Mapping[str, Any]) -> dict[str, DeedResult]:
    """Per-item answers; `error` is a text, or a list of them."""
    found = {}
    for row in answer.get("result") or ():
        errors = row.get("error") or ()
        text = errors if isinstance(errors, str) else "; ".join(str(part) for part in errors)
        if row.get("result"):
            result = DeedResult(Deed.DONE)
        elif any(part in text.casefold() for part in _READ_FIRST):
            result = DeedResult(Deed.LATER, "", text, again_after=_READ_AFTER)
        else:
            result = DeedResult(Deed.REFUSED, "", text or "Ozon не принял и не сказал почему")
        found[str(row.get("posting_number"))] = result
    return found
