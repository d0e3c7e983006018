"""Marking codes, customs declarations and countries: what an order requires before it may be assembled."""

from __future__ import annotations

from typing import Any

import pytest
from sandbox_orders_kit import get, order, ship, status
from sandbox_testkit import MOSCOW, ManualClock, Ozon

SET = "/v6/fbs/posting/product/exemplar/set"
MARK = "0104600000000017215!serial%d"


@pytest.fixture
def shop(ozon: Ozon) -> Ozon:
    for offer_id in ("A-1", "B-2"):
        ozon.card(offer_id, stocks={str(MOSCOW): {"present": 50}})
    return ozon


def pieces(shop: Ozon, number: str) -> dict[int, list[int]]:
    """SKU -> ids of its pieces."""
    body = {"posting_number": number}
    products = shop.ok("/v6/fbs/posting/product/exemplar/create-or-get", body)["products"]
    return {each["product_id"]: [piece["exemplar_id"] for piece in each["exemplars"]] for each in products}


def tell(shop: Ozon, number: str, told: dict[int, dict[int, dict[str, Any]]]) -> Any:
    products = [
        {"product_id": sku, "exemplars": [{"exemplar_id": piece, **data} for piece, data in group.items()]}
        for sku, group in told.items()
    ]
    return shop.call(SET, {"posting_number": number, "products": products})


def checks(shop: Ozon, number: str) -> Any:
    return shop.ok("/v5/fbs/posting/product/exemplar/status", {"posting_number": number})


def mark(number: int, text: str = "") -> dict[str, Any]:
    return {"marks": [{"mark": text or MARK % number, "mark_type": "mandatory_mark"}]}


def test_marks_are_told_checked_and_then_it_ships(shop: Ozon, clock: ManualClock) -> None:
    made = order(shop, ("A-1", 2), ("B-2", 1), requirements={"mandatory_mark": ["A-1"]})
    number, sku = made["posting_number"], made["products"][0]["sku"]
    assert get(shop, number)["requirements"]["products_requiring_mandatory_mark"] == [str(sku)]
    assert checks(shop, number)["status"] == "ship_not_available"
    ids = pieces(shop, number)[sku]
    assert ids == pieces(shop, number)[sku]
    done = tell(shop, number, {sku: {ids[0]: mark(1), ids[1]: mark(2)}})
    assert (done.status_code, done.content) == (200, b"")
    waiting = checks(shop, number)
    assert waiting["status"] == "validation_in_process"
    assert waiting["products"][0]["exemplars"][0]["marks"][0]["check_status"] == "processing"
    assert ship(shop, made).json()["message"] == "EXEMPLAR_INFO_NOT_FILLED_COMPLETELY"
    clock.advance(5)
    passed = checks(shop, number)
    assert passed["status"] == "ship_available"
    assert [piece["marks"] for piece in passed["products"][0]["exemplars"]] == [
        [{"mark": MARK % n, "mark_type": "mandatory_mark", "check_status": "passed", "error_codes": []}]
        for n in (1, 2)
    ]
    assert ship(shop, made).status_code == 200
    clock.advance(3)
    assert status(shop, number)[0] == "awaiting_deliver"
    shown = get(shop, number, product_exemplars=True)
    assert shown["products"][0]["mandatory_mark"] == [MARK % 1, MARK % 2]
    assert [each["mandatory_mark"] for each in shown["product_exemplars"]["products"][0]["exemplars"]] == [
        MARK % 1,
        MARK % 2,
    ]
    assert checks(shop, number)["status"] == "update_available"
    late = tell(shop, number, {sku: {ids[0]: mark(3)}})
    assert late.json()["message"] == "Posting must have 'awaiting_packaging' status"


@pytest.mark.parametrize(
    ("second", "share", "code"),
    [
        ("short", 0.0, "INVALID_MARK"),
        ("", 1.0, "MARK_NOT_IN_CIRCULATION"),
    ],
)
def test_a_mark_that_fails_holds_the_order(
    shop: Ozon, clock: ManualClock, second: str, share: float, code: str
) -> None:
    shop.knobs("ozon_orders", mark_failed_share=share)
    made = order(shop, ("A-1", 2), requirements={"mandatory_mark": ["A-1"]})
    number, sku = made["posting_number"], made["products"][0]["sku"]
    first, last = pieces(shop, number)[sku]
    tell(shop, number, {sku: {first: mark(1), last: mark(2, second)}})
    clock.advance(5)
    found = checks(shop, number)
    assert found["status"] == "ship_not_available"
    failed = found["products"][0]["exemplars"][1]["marks"][0]
    assert (failed["check_status"], failed["error_codes"]) == ("failed", [code])
    shop.knobs("ozon_orders", mark_failed_share=0.0)
    tell(shop, number, {sku: {first: mark(1), last: mark(1)}})
    clock.advance(5)
    assert checks(shop, number)["status"] == "ship_not_available"
    tell(shop, number, {sku: {first: mark(1), last: mark(2)}})
    clock.advance(5)
    assert checks(shop, number)["status"] == "ship_available"


def test_what_is_left_out_is_forgotten(shop: Ozon, clock: ManualClock) -> None:
    made = order(shop, ("A-1", 2), requirements={"gtd": ["A-1"]})
    number, sku = made["posting_number"], made["products"][0]["sku"]
    first, last = pieces(shop, number)[sku]
    gtd = {"gtd": "10702030/231126/0012345"}
    tell(shop, number, {sku: {first: gtd, last: {"is_gtd_absent": True}}})
    clock.advance(5)
    assert checks(shop, number)["status"] == "ship_available"
    tell(shop, number, {sku: {first: gtd}})
    clock.advance(5)
    assert checks(shop, number)["status"] == "ship_not_available"


def test_country_weight_and_what_does_not_belong(shop: Ozon, clock: ManualClock) -> None:
    made = order(shop, ("A-1", 1), requirements={"country": ["A-1"], "weight": ["A-1"]})
    number, sku = made["posting_number"], made["products"][0]["sku"]
    [piece] = pieces(shop, number)[sku]
    assert shop.ok("/v2/posting/fbs/product/country/list", {"name_search": "кит"})["result"] == [
        {"name": "Китай", "country_iso_code": "CN"}
    ]
    shop.ok(
        "/v2/posting/fbs/product/country/set",
        {"posting_number": number, "product_id": sku, "country_iso_code": "CN"},
    )
    assert checks(shop, number)["status"] == "ship_not_available"
    tell(shop, number, {sku: {piece: {"weight": 0.25}}})
    clock.advance(5)
    assert checks(shop, number)["status"] == "ship_available"
    redundant = tell(shop, number, {sku: {piece: mark(1)}})
    assert redundant.json()["message"] == "MANDATORY_MARK_REDUNDANT"
    strange = tell(shop, number, {sku: {piece + 99: {"weight": 1}}})
    assert strange.json()["message"] == f"{piece + 99} does not belong to product {sku}"
    other = tell(shop, number, {7: {piece: {"weight": 1}}})
    assert other.json()["message"] == "UNKNOWN_PRODUCT_DEFINED"


def test_codes_are_looked_at_without_keeping_them(shop: Ozon) -> None:
    made = order(shop, ("A-1", 1), requirements={"mandatory_mark": ["A-1"]})
    sku = made["products"][0]["sku"]
    body = {
        "posting_number": made["posting_number"],
        "products": [{"product_id": sku, "exemplars": [mark(1), mark(2, "bad")]}],
    }
    [product] = shop.ok("/v5/fbs/posting/product/exemplar/validate", body)["products"]
    assert [each["valid"] for each in product["exemplars"]] == [True, False]
    assert product["valid"] is False
    assert product["exemplars"][1]["marks"][0]["errors"] == ["INVALID_MARK"]


def test_pieces_go_along_when_a_posting_is_split(shop: Ozon, clock: ManualClock) -> None:
    made = order(shop, ("A-1", 3), requirements={"mandatory_mark": ["A-1"]})
    number, sku = made["posting_number"], made["products"][0]["sku"]
    ids = pieces(shop, number)[sku]
    tell(shop, number, {sku: {piece: mark(n) for n, piece in enumerate(ids)}})
    clock.advance(5)
    numbers = ship(shop, made, {"A-1": 1}, {"A-1": 2}).json()["result"]
    clock.advance(3)
    told = [get(shop, each)["products"][0]["mandatory_mark"] for each in numbers]
    assert [len(each) for each in told] == [1, 2]
    assert sorted([*told[0], *told[1]]) == [MARK % n for n in range(3)]
