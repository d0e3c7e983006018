"""What a seller does to a posting: cancels it, whole or in part, and reports how his own carrier is getting on."""

from __future__ import annotations

from typing import Any

import pytest
from sandbox_orders_kit import get, order, postings, ship, shipped, status, stock
from sandbox_testkit import MOSCOW, ManualClock, Ozon

CANCEL, PRODUCT_CANCEL = "/v2/posting/fbs/cancel", "/v2/posting/fbs/product/cancel"


@pytest.fixture
def shop(ozon: Ozon) -> Ozon:
    for offer_id in ("A-1", "B-2"):
        ozon.card(offer_id, stocks={str(MOSCOW): {"present": 50}})
    return ozon


def cancel(shop: Ozon, number: str, reason: int = 352, **fields: Any) -> Any:
    return shop.call(CANCEL, {"posting_number": number, "cancel_reason_id": reason, **fields})


def test_a_seller_cancels(shop: Ozon) -> None:
    number = order(shop, ("A-1", 2))["posting_number"]
    assert cancel(shop, number).json() == {"result": True}
    why = get(shop, number)["cancellation"]
    assert why == {
        "cancel_reason_id": 352,
        "cancel_reason": "Товар закончился на складе продавца",
        "cancellation_type": "seller",
        "cancelled_after_ship": False,
        "affect_cancellation_rating": True,
        "cancellation_initiator": "Продавец",
    }
    assert stock(shop) == (50, 0)
    again = cancel(shop, number)
    assert (again.status_code, again.json()["message"]) == (400, "POSTING_ALREADY_CANCELLED")


def test_the_stock_of_a_cancelled_order_may_be_gone(shop: Ozon) -> None:
    shop.knobs("ozon_orders", cancelled_stock="kept")
    cancel(shop, order(shop, ("A-1", 2))["posting_number"])
    assert stock(shop) == (48, 0)


def test_a_reason_must_fit(shop: Ozon) -> None:
    number = order(shop)["posting_number"]
    for reason in (401, 666, 665, 1):
        assert cancel(shop, number, reason).json()["message"] == "HAS_INCORRECT_CANCEL_REASON"
    assert "CancelReasonMessage" in cancel(shop, number, 402).json()["message"]
    assert cancel(shop, number, 402, cancel_reason_message="Разбили").status_code == 200
    assert get(shop, number)["cancellation"]["cancel_reason"] == "Разбили"
    assert cancel(shop, "0-0-0").status_code == 404


def test_nothing_is_cancelled_once_it_is_on_its_way(shop: Ozon) -> None:
    number = shipped(shop)
    shop.order("order_move", posting_number=number, status="delivering")
    assert cancel(shop, number).json()["message"] == "HAS_INCORRECT_STATUS"


def test_the_reasons(shop: Ozon) -> None:
    listed = shop.ok("/v2/posting/fbs/cancel-reason/list", {})["result"]
    assert {each["id"]: each["is_available_for_cancellation"] for each in listed} == {
        352: True,
        400: True,
        401: False,
        402: True,
        665: True,
        666: False,
        667: True,
    }
    number = order(shop)["posting_number"]
    body = {"related_posting_numbers": [number]}
    [of_one] = shop.ok("/v1/posting/fbs/cancel-reason", body)["result"]
    assert of_one["posting_number"] == number
    assert [each["id"] for each in of_one["reasons"]] == [352, 400, 402]


@pytest.mark.parametrize("variant", ["shrinks", "splits"])
def test_some_pieces_are_cancelled(shop: Ozon, variant: str) -> None:
    shop.knobs("ozon_orders", product_cancel=variant)
    made = order(shop, ("A-1", 3), ("B-2", 1))
    sku = made["products"][0]["sku"]
    body = {
        "posting_number": made["posting_number"],
        "cancel_reason_id": 352,
        "cancel_reason_message": "Нет в наличии",
        "items": [{"sku": sku, "quantity": 2}],
    }
    number = shop.ok(PRODUCT_CANCEL, body)["result"]
    now = postings(shop)
    left = {each["offer_id"]: each["quantity"] for each in now[made["posting_number"]]["products"]}
    assert (left, stock(shop)) == ({"A-1": 1, "B-2": 1}, (50, 1))
    assert (number == made["posting_number"]) == (variant == "shrinks")
    if variant == "splits":
        assert now[number]["status"] == "cancelled"
    too_many = shop.call(PRODUCT_CANCEL, body)
    assert too_many.json()["message"] == "HAS_INCORRECT_PRODUCT_QUANTITY"
    everything = [{"sku": each["sku"], "quantity": 1} for each in made["products"]]
    shop.ok(PRODUCT_CANCEL, {**body, "items": everything})
    assert status(shop, made["posting_number"])[0] == "cancelled"


def move(shop: Ozon, what: str, *numbers: str) -> list[dict[str, Any]]:
    result: list[dict[str, Any]] = shop.ok(f"/v2/fbs/posting/{what}", {"posting_number": list(numbers)})[
        "result"
    ]
    return result


def test_our_own_carrier_delivers(shop: Ozon, clock: ManualClock) -> None:
    number = shipped(shop, scheme="rfbs")
    body = {"tracking_numbers": [{"posting_number": number, "tracking_number": "DPD-1"}]}
    done = shop.ok("/v2/fbs/posting/tracking-number/set", body)["result"]
    assert done == [{"posting_number": number, "result": True, "error": ""}]
    assert move(shop, "delivering", number)[0]["result"] is True
    assert status(shop, number)[0] == "awaiting_deliver"
    clock.advance(2)
    assert status(shop, number) == ("delivering", "posting_on_way_to_city")
    assert get(shop, number)["tracking_number"] == "DPD-1"
    assert stock(shop) == (49, 0)
    move(shop, "last-mile", number)
    clock.advance(2)
    assert status(shop, number) == ("delivering", "posting_in_courier_service")
    move(shop, "delivered", number)
    clock.advance(2)
    shown = get(shop, number)
    assert (shown["status"], shown["available_actions"]) == ("delivered", [])
    assert shown["fact_delivery_date"] is not None


def test_delivered_may_mean_conditionally(shop: Ozon, clock: ManualClock) -> None:
    shop.knobs("ozon_orders", own_delivered="conditionally")
    number = shipped(shop, scheme="rfbs")
    for what in ("delivering", "delivered"):
        move(shop, what, number)
        clock.advance(2)
    assert status(shop, number) == ("delivering", "posting_conditionally_delivered")


@pytest.mark.parametrize("variant", ["string", "list"])
def test_each_posting_fails_by_itself(shop: Ozon, variant: str) -> None:
    shop.knobs("ozon_orders", move_error_type=variant)
    own, plain, early = shipped(shop, scheme="rfbs"), shipped(shop), order(shop, scheme="rfbs")
    results = move(shop, "delivering", own, plain, early["posting_number"], "0-0-0")
    errors = [
        "",
        "HAS_INCORRECT_TPL_INTEGRATION_TYPE",
        "TRANSITION_IS_NOT_POSSIBLE",
        "POSTING_NOT_FOUND",
    ]
    expected = errors if variant == "string" else [[each] if each else [] for each in errors]
    assert [each["error"] for each in results] == expected
    assert [each["result"] for each in results] == [True, False, False, False]


def test_a_cutoff_is_moved_by_the_seller_where_he_delivers(shop: Ozon) -> None:
    own, plain = order(shop, scheme="rfbs")["posting_number"], order(shop)["posting_number"]
    path, when = "/v1/posting/cutoff/set", "2026-11-30T10:00:00Z"
    assert shop.ok(path, {"posting_number": own, "new_cutoff_date": when}) == {"result": True}
    assert get(shop, own)["shipment_date"] == "2026-11-30T10:00:00.000000Z"
    refused = shop.call(path, {"posting_number": plain, "new_cutoff_date": when})
    assert refused.json()["message"] == "HAS_INCORRECT_TPL_INTEGRATION_TYPE"


def test_a_cancelled_posting_is_not_shipped_after_all(shop: Ozon, clock: ManualClock) -> None:
    made = order(shop)
    ship(shop, made)
    cancel(shop, made["posting_number"])
    clock.advance(5)
    assert status(shop, made["posting_number"]) == ("cancelled", "posting_canceled")
    assert stock(shop) == (50, 0)


def test_words_that_nobody_knows_are_taken(shop: Ozon) -> None:
    number = order(shop)["posting_number"]
    shop.order("order_move", posting_number=number, status="teleported", substatus="posting_in_orbit")
    assert status(shop, number) == ("teleported", "posting_in_orbit")
    shop.order("order_move", posting_number=number, status="awaiting_approve")
    assert (status(shop, number)[0], stock(shop)) == ("awaiting_approve", (50, 1))
