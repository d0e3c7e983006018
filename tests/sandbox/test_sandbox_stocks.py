"""Stocks by /v2/products/stocks: 80 calls in any minute, 30 seconds for a pair, silence, reservations."""

from __future__ import annotations

from typing import Any

import pytest
from sandbox_testkit import CLIENT, KAZAN, MOSCOW, ManualClock, Ozon, codes

PATH = "/v2/products/stocks"


def _pairs(*pairs: tuple[str, int]) -> dict[str, Any]:
    return {"stocks": [{"offer_id": o, "stock": n, "warehouse_id": MOSCOW} for o, n in pairs]}


def _status(ozon: Ozon, count: int) -> list[int]:
    return [ozon.call(PATH, _pairs(("missing", 1))).status_code for _ in range(count)]


def test_a_stock_is_set_at_once_and_shown_after_the_lag(ozon: Ozon, clock: ManualClock) -> None:
    card = ozon.card("A-1")
    assert ozon.set_stock("A-1", 7) == {
        "warehouse_id": MOSCOW,
        "product_id": card["product_id"],
        "offer_id": "A-1",
        "updated": True,
        "errors": [],
    }
    assert ozon.state()["A-1"]["stocks"] == {str(MOSCOW): {"present": 7, "reserved": 0}}
    assert ozon.state()["A-1"]["on_sale"] is True
    read = {"warehouse_id": MOSCOW, "limit": 10}
    assert ozon.ok("/v1/product/info/warehouse/stocks", read)["stocks"] == []
    clock.advance(1)
    (row,) = ozon.ok("/v1/product/info/warehouse/stocks", read)["stocks"]
    assert (row["offer_id"], row["present"], row["reserved"], row["free_stock"]) == ("A-1", 7, 0, 7)


def test_eighty_calls_pass_in_any_minute(ozon: Ozon, clock: ManualClock) -> None:
    clock.advance(17.3)
    assert _status(ozon, 40) == [200] * 40
    clock.advance(45)
    assert _status(ozon, 39) == [200] * 39
    last = ozon.call(PATH, _pairs(("missing", 1)))
    assert (last.status_code, last.headers["Ratelimit-Remaining"]) == (200, "0")
    refused = ozon.call(PATH, _pairs(("missing", 1)))
    assert (refused.status_code, refused.json()["code"]) == (429, 8)
    assert (refused.headers["Retry-After"], refused.headers["Ratelimit-Remaining"]) == ("15", "0")
    # Straddling the border: at 60 s the first forty leave the window, the other forty stay until 105 s.
    clock.advance(14.9)
    assert _status(ozon, 1) == [429]
    clock.advance(0.1)
    assert _status(ozon, 41) == [200] * 40 + [429]
    clock.advance(44.9)
    assert _status(ozon, 1) == [429]
    clock.advance(0.1)
    assert _status(ozon, 40) == [200] * 40
    assert _status(ozon, 1) == [429]


def test_the_counters_tell_the_fullest_minute(ozon: Ozon, clock: ManualClock) -> None:
    _status(ozon, 41)
    clock.advance(59)
    _status(ozon, 41)
    clock.advance(59)
    _status(ozon, 5)
    counters = ozon.http.get("/_sandbox/counters").json()
    assert counters["peaks"]["ozon"][CLIENT][PATH] == {"seconds": 60.0, "highest_in_any_window": 82}
    assert counters["paths"]["ozon"][PATH]["calls"] == 87
    assert counters["paths"]["ozon"][PATH]["refused_429"] == 2
    assert counters["paths"]["ozon"][PATH]["items"] == 85


def test_the_limit_is_by_cabinet_and_by_method(ozon: Ozon, clock: ManualClock) -> None:
    for _ in range(2):
        _status(ozon, 40)
        clock.advance(2)
    assert _status(ozon, 1) == [429]
    assert ozon.call(PATH, _pairs(("missing", 1)), **{"Client-Id": "1002"}).status_code == 200
    assert ozon.call("/v1/roles").status_code == 200


def test_the_limit_time_scale_shortens_windows_and_intervals(ozon: Ozon, clock: ManualClock) -> None:
    ozon.card("A-1")
    ozon.knobs("general", limit_time_scale=0.1)
    ozon.set_stock("A-1", 1)
    clock.advance(2.9)
    assert codes(ozon.set_stock("A-1", 2)) == ["TOO_MANY_REQUESTS"]
    clock.advance(0.1)
    assert ozon.set_stock("A-1", 2)["updated"]


def test_a_pair_waits_thirty_seconds_after_its_last_accepted_update(ozon: Ozon, clock: ManualClock) -> None:
    ozon.card("A-1")
    assert ozon.set_stock("A-1", 5)["updated"]
    for seconds in (10, 10, 9.9):
        clock.advance(seconds)
        refused = ozon.set_stock("A-1", 4)
        assert refused["errors"] == [
            {"code": "TOO_MANY_REQUESTS", "message": "Stock is updated too frequently"}
        ]
        assert refused["updated"] is False
    assert ozon.set_stock("A-1", 4, KAZAN)["updated"]
    clock.advance(0.1)
    assert ozon.set_stock("A-1", 4)["updated"]
    assert ozon.state()["A-1"]["stocks"][str(MOSCOW)]["present"] == 4


def test_the_same_pair_twice_in_a_request_is_updated_once(ozon: Ozon) -> None:
    ozon.card("A-1")
    result = ozon.ok(PATH, _pairs(("A-1", 5), ("A-1", 6)))["result"]
    assert [codes(each) for each in result] == [[], ["TOO_MANY_REQUESTS"]]
    assert ozon.state()["A-1"]["stocks"][str(MOSCOW)]["present"] == 5


@pytest.mark.parametrize(
    ("pair", "expected"),
    [
        ({"offer_id": "missing"}, "offer_id_not_found"),
        ({"product_id": 12345}, "NOT_FOUND_ERROR"),
        ({}, "NOT_FOUND_ERROR"),
        ({"offer_id": "A-1", "warehouse_id": 5}, "WAREHOUSE_NOT_FOUND"),
        ({"offer_id": "A-1", "stock": 1_000_000}, "STOCK_TOO_BIG"),
        ({"offer_id": "archived"}, "PRODUCT_IS_ARCHIVED"),
    ],
)
def test_a_wrong_pair_fails_alone(ozon: Ozon, pair: dict[str, Any], expected: str) -> None:
    ozon.card("A-1")
    ozon.card("A-2")
    ozon.card("archived", archived=True)
    wrong = {"stock": 3, "warehouse_id": MOSCOW, **pair}
    fine = {"offer_id": "A-2", "stock": 999_999, "warehouse_id": MOSCOW}
    result = ozon.ok(PATH, {"stocks": [wrong, fine]})["result"]
    assert [codes(each) for each in result] == [[expected], []]
    assert ozon.state()["A-2"]["stocks"][str(MOSCOW)]["present"] == 999_999


def test_a_disabled_warehouse_takes_no_stock(ozon: Ozon) -> None:
    ozon.card("A-1")
    ozon.order("warehouse", warehouse_id=MOSCOW, status="disabled")
    assert codes(ozon.set_stock("A-1", 1)) == ["WAREHOUSE_NOT_FOUND"]


def test_with_both_ids_the_article_wins(ozon: Ozon) -> None:
    first, second = ozon.card("A-1"), ozon.card("A-2")
    pair = {"offer_id": "A-1", "product_id": second["product_id"], "stock": 3, "warehouse_id": MOSCOW}
    assert ozon.ok(PATH, {"stocks": [pair]})["result"][0]["product_id"] == first["product_id"]


@pytest.mark.parametrize(("count", "status"), [(0, 400), (1, 200), (100, 200), (101, 400)])
def test_a_request_holds_one_to_a_hundred_pairs(ozon: Ozon, count: int, status: int) -> None:
    response = ozon.call(PATH, _pairs(*((f"A-{n}", 1) for n in range(count))))
    assert response.status_code == status
    if status == 400:
        assert response.json()["message"].endswith("value must contain between 1 and 100 items, inclusive")


def test_a_missing_stock_is_not_taken_for_zero(ozon: Ozon) -> None:
    ozon.card("A-1")
    response = ozon.call(PATH, {"stocks": [{"offer_id": "A-1", "warehouse_id": MOSCOW}]})
    assert response.status_code == 400
    assert response.json()["message"].endswith("ProductsStocksRequest_Stock.Stock: value is required")


# --- what the documentation leaves open ---


def test_a_negative_stock_refuses_the_whole_request(ozon: Ozon) -> None:
    ozon.card("A-1")
    ozon.card("A-2")
    response = ozon.call(PATH, _pairs(("A-1", 5), ("A-2", -1)))
    assert (response.status_code, response.json()["code"]) == (400, 3)
    assert response.json()["message"] == (
        "Request validation error: invalid ProductsStocksRequest.Stocks[1]: "
        "embedded message failed validation | caused by: invalid "
        "ProductsStocksRequest_Stock.Stock: value must be greater than or equal to 0"
    )
    assert ozon.state()["A-1"]["stocks"] == {}


def test_a_negative_stock_may_fail_alone(ozon: Ozon) -> None:
    ozon.card("A-1")
    ozon.card("A-2")
    ozon.knobs(negative_stock="item_error")
    result = ozon.ok(PATH, _pairs(("A-1", 5), ("A-2", -1)))["result"]
    assert [codes(each) for each in result] == [[], ["INVALID_STOCK"]]
    assert ozon.state()["A-1"]["stocks"][str(MOSCOW)]["present"] == 5
    assert ozon.state()["A-2"]["stocks"] == {}


@pytest.mark.parametrize(("mode", "applied"), [("applied", 5), ("not_applied", None)])
def test_a_silent_pair_is_missing_from_the_answer(ozon: Ozon, mode: str, applied: int | None) -> None:
    ozon.card("A-1")
    ozon.knobs(silence_share=1.0, silence_mode=mode)
    assert ozon.ok(PATH, _pairs(("A-1", 5)))["result"] == []
    cell = ozon.state()["A-1"]["stocks"].get(str(MOSCOW))
    assert (cell["present"] if cell else None) == applied
    ozon.knobs(silence_share=0.0)
    # The interval runs from the applied update, and only from that.
    assert codes(ozon.set_stock("A-1", 6)) == (["TOO_MANY_REQUESTS"] if applied else [])


def test_silence_takes_a_share_and_mixes_both_kinds(ozon: Ozon) -> None:
    offers = [f"A-{n}" for n in range(100)]
    ozon.order("cards", cards=[{"offer_id": offer_id} for offer_id in offers])
    ozon.knobs(silence_share=0.4)
    answered = {each["offer_id"] for each in ozon.ok(PATH, _pairs(*((o, 5) for o in offers)))["result"]}
    silent = set(offers) - answered
    applied = {offer_id for offer_id, product in ozon.state().items() if product["stocks"]}
    assert 20 < len(silent) < 60
    assert answered < applied
    assert silent - applied


# --- reservations ---


def test_a_reserved_unit_leaves_free_stock_and_stays_present(ozon: Ozon, clock: ManualClock) -> None:
    ozon.card("A-1")
    ozon.set_stock("A-1", 5)
    ozon.order("reserve", offer_id="A-1", warehouse_id=MOSCOW, quantity=2)
    clock.advance(1)
    (row,) = ozon.ok("/v1/product/info/warehouse/stocks", {"warehouse_id": MOSCOW, "limit": 10})["stocks"]
    assert (row["present"], row["reserved"], row["free_stock"]) == (5, 2, 3)
    (stock,) = ozon.ok("/v4/product/info/stocks", {"filter": {}, "limit": 10})["items"][0]["stocks"]
    assert (stock["present"], stock["reserved"]) == (5, 2)


def test_a_sent_stock_is_free_stock_beside_what_is_reserved(ozon: Ozon, clock: ManualClock) -> None:
    ozon.card("A-1")
    ozon.set_stock("A-1", 5)
    ozon.order("reserve", offer_id="A-1", warehouse_id=MOSCOW, quantity=2)
    clock.advance(30)
    ozon.set_stock("A-1", 10)
    assert ozon.state()["A-1"]["stocks"][str(MOSCOW)] == {"present": 12, "reserved": 2}
    ozon.order("reserve", offer_id="A-1", warehouse_id=MOSCOW, quantity=-2)
    assert ozon.state()["A-1"]["stocks"][str(MOSCOW)] == {"present": 12, "reserved": 0}


@pytest.mark.parametrize("quantity", [6, -1])
def test_more_than_there_is_cannot_be_reserved_or_given_back(ozon: Ozon, quantity: int) -> None:
    ozon.card("A-1")
    ozon.set_stock("A-1", 5)
    order = {"offer_id": "A-1", "warehouse_id": MOSCOW, "quantity": quantity}
    response = ozon.http.post(f"/_sandbox/ozon/{CLIENT}/reserve", json=order)
    assert response.status_code == 400
    assert "5 free, 0 reserved" in response.json()["error"]


def test_buyers_reserve_and_give_back_by_themselves(ozon: Ozon, clock: ManualClock) -> None:
    ozon.card("A-1", stocks={str(MOSCOW): {"present": 100}})
    ozon.knobs(auto_reserve_per_minute=6, auto_release_seconds=30)
    ozon.state()
    clock.advance(25)
    assert ozon.state()["A-1"]["stocks"][str(MOSCOW)] == {"present": 100, "reserved": 2}
    clock.advance(600)
    assert ozon.state()["A-1"]["stocks"][str(MOSCOW)]["present"] == 100
    ozon.knobs(auto_reserve_per_minute=0)
    clock.advance(100)
    assert ozon.state()["A-1"]["stocks"][str(MOSCOW)] == {"present": 100, "reserved": 0}
