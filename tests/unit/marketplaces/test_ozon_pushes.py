"""Ozon's pushes and orders: what is understood of them, what is refused, and that nothing of a buyer is kept."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from marketsync.marketplaces.orders import Malformed, Posting, PostingStatus, PushKind, PushRefused, Scheme
from marketsync.marketplaces.ozon.order_reading import posting
from marketsync.marketplaces.ozon.orders import OzonDesk

NEW: dict[str, Any] = {
    "message_type": "TYPE_NEW_POSTING",
    "posting_number": "24219509-0020-1",
    "products": [{"sku": 147451959, "offer_id": "A-1", "quantity": 2}],
    "in_process_at": "2026-11-23T06:56:36.294Z",
    "warehouse_id": 18850503335000,
    "shipment_date": "",
    "tpl_integration_type": "ozon",
    "seller_id": 15,
}
CANCELLED: dict[str, Any] = {
    "message_type": "TYPE_POSTING_CANCELLED",
    "posting_number": "24219509-0020-1",
    "products": [{"sku": 147451959, "quantity": 1}],
    "old_state": "posting_in_courier_service",
    "new_state": "posting_canceled",
    "changed_state_date": "2026-11-24T06:56:36.294Z",
    "reason": {"id": 0, "message": ""},
    "warehouse_id": 18850503335000,
    "seller_id": 15,
}


def test_a_new_posting_is_understood() -> None:
    push = OzonDesk.understand(NEW)
    assert (push.kind, push.number, push.seller) == (PushKind.NEW, "24219509-0020-1", "15")
    assert push.posting
    assert push.posting.status is PostingStatus.NEW
    assert [(line.article, line.sku, line.quantity) for line in push.posting.lines] == [
        ("A-1", "147451959", 2)
    ]
    assert push.posting.ship_by is None
    assert OzonDesk.understand(dict(reversed(NEW.items()))).key == push.key
    paid = OzonDesk.understand({**NEW, "in_process_at": "2026-11-23T07:00:00Z"})
    assert paid.key != push.key


def test_a_cancellation_on_the_way_has_left_the_store() -> None:
    push = OzonDesk.understand(CANCELLED)
    assert push.posting
    assert push.posting.cancellation
    assert push.posting.cancellation.after_shipping
    early = OzonDesk.understand({**CANCELLED, "old_state": "posting_created"})
    assert early.posting
    assert early.posting.cancellation
    assert not early.posting.cancellation.after_shipping


@pytest.mark.parametrize(
    "change",
    [
        {"message_type": None},
        {"posting_number": ""},
        {"products": None},
        {"products": [{"sku": 1, "quantity": "много"}]},
        {"warehouse_id": None},
        {"in_process_at": "вчера"},
        {"shipment_date": "2026-11-23T06:56:36"},
    ],
)
def test_a_push_with_a_wrong_field_is_refused_as_ozon_words_it(change: dict[str, Any]) -> None:
    with pytest.raises(PushRefused) as refused:
        OzonDesk.understand({**NEW, **change})
    assert refused.value.code == "ERROR_PARAMETER_VALUE_MISSED"
    answer = OzonDesk.refusal(refused.value.code, refused.value.message)
    assert answer["error"]["code"] == "ERROR_PARAMETER_VALUE_MISSED"
    assert next(iter(change)) in answer["error"]["message"] or "quantity" in answer["error"]["message"]


def test_what_is_of_no_use_is_taken_and_nobodys_words_are_kept() -> None:
    chat = {
        "message_type": "TYPE_NEW_MESSAGE",
        "chat_id": "1",
        "data": ["Позвоните Анне, +79990000000"],
        "user": {},
    }
    push = OzonDesk.understand(chat)
    assert (push.kind, push.posting) == (PushKind.OTHER, None)
    assert "Анне" not in json.dumps(push.told, ensure_ascii=False)
    assert OzonDesk.understand({**chat, "chat_id": "2"}).key != push.key


def test_a_ping_hears_who_we_are_and_what_time_it_is() -> None:
    push = OzonDesk.understand({"message_type": "TYPE_PING", "time": "2026-11-23T06:56:36Z"})
    now = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
    assert OzonDesk.answer(push, now, "1.0") == {
        "version": "1.0", "name": "marketsync", "time": "2026-11-23T07:00:00Z",
    }  # fmt: skip
    assert OzonDesk.answer(OzonDesk.understand(NEW), now, "1.0") == {"result": True}


ROW: dict[str, Any] = {
    "posting_number": "1-1",
    "status": "awaiting_deliver",
    "tpl_integration_type": "non_integrated",
    "delivery_method": {"id": 7, "warehouse_id": 8},
    "products": [{"sku": 9, "offer_id": "A", "quantity": 1, "price": {"amount": "10.5", "currency": "RUB"}}],
    "customer": {"name": "Анна Ли", "address": {"address_tail": "ул. Мира, 1"}},
}


def test_prices_of_both_forms_are_read() -> None:
    listed = posting(ROW)
    alone = posting(
        {
            **ROW,
            "products": [
                {"sku": "9", "offer_id": "A", "quantity": 1, "price": "10.5000", "currency_code": "RUB"}
            ],
        }
    )
    assert isinstance(listed, Posting)
    assert isinstance(alone, Posting)
    assert listed == alone
    assert (listed.lines[0].price, listed.currency, listed.scheme) == (Decimal("10.50"), "RUB", Scheme.SELLER)
    assert listed.buyer
    assert "Анна" not in repr(listed)


@pytest.mark.parametrize(
    "change",
    [
        {"status": 7},
        {"products": []},
        {"products": "нет"},
        {"shipment_date": "скоро"},
        {"posting_number": None},
    ],
)
def test_a_row_that_is_wrong_says_where_and_keeps_nothing_of_the_buyer(change: dict[str, Any]) -> None:
    broken = posting({**ROW, **change})
    assert isinstance(broken, Malformed)
    assert next(iter(change)) in broken.why
    assert "Анна" not in json.dumps(broken.told, ensure_ascii=False)


def test_a_word_that_nobody_knew_is_kept_as_it_came() -> None:
    strange = posting({**ROW, "status": "on_the_moon"})
    assert isinstance(strange, Posting)
    assert (strange.status, strange.status_there) == (PostingStatus.UNKNOWN, "on_the_moon")
