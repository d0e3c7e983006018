"""Prices by /v1/product/import/prices: rules, the limit of ten an hour, quarantine."""

from __future__ import annotations

from typing import Any

import pytest
from sandbox_testkit import ManualClock, Ozon, codes

HOUR_ERROR = "error limiting: acquire limit per item: items limit: limit exceeded"


def _shown(ozon: Ozon, offer_id: str = "A-1") -> dict[str, Any]:
    request = {"filter": {"offer_id": [offer_id]}, "limit": 1}
    price: dict[str, Any] = ozon.ok("/v5/product/info/prices", request)["items"][0]["price"]
    return price


def test_a_price_is_in_force_at_once_and_shown_after_the_lag(ozon: Ozon, clock: ManualClock) -> None:
    card = ozon.card("A-1")
    result = ozon.set_price(
        "A-1", "1100.50", old_price="1500", min_price="600", net_price="400.10", vat="0.1"
    )
    assert result == {"product_id": card["product_id"], "offer_id": "A-1", "updated": True, "errors": []}
    state = ozon.state()["A-1"]
    assert (state["price"], state["old_price"], state["min_price"]) == ("1100.50", "1500.00", "600.00")
    assert (_shown(ozon)["price"], _shown(ozon)["vat"]) == (1000.0, 0.2)
    clock.advance(1)
    shown = _shown(ozon)
    assert {name: shown[name] for name in ("price", "old_price", "min_price", "net_price", "vat")} == {
        "price": 1100.5,
        "old_price": 1500.0,
        "min_price": 600.0,
        "net_price": 400.1,
        "vat": 0.1,
    }
    strings = ozon.ok("/v3/product/info/list", {"offer_id": ["A-1"]})["items"][0]
    assert (strings["price"], strings["old_price"], strings["min_price"]) == ("1100.50", "1500.00", "600.00")


def test_what_is_left_empty_stays_and_zero_resets(ozon: Ozon) -> None:
    ozon.card("A-1")
    ozon.set_price("A-1", "", old_price="1500", min_price="600")
    ozon.set_price("A-1", "1001")
    state = ozon.state()["A-1"]
    assert (state["price"], state["old_price"], state["min_price"]) == ("1001.00", "1500.00", "600.00")
    ozon.set_price("A-1", "1001", old_price="0", min_price="0")
    state = ozon.state()["A-1"]
    assert (state["old_price"], state["min_price"]) == ("0.00", "0.00")


def test_with_both_ids_the_article_wins(ozon: Ozon) -> None:
    first, second = ozon.card("A-1"), ozon.card("A-2")
    assert ozon.set_price("A-1", "1001", product_id=second["product_id"])["product_id"] == first["product_id"]
    body = {"prices": [{"product_id": second["product_id"], "price": "1002"}]}
    assert ozon.ok("/v1/product/import/prices", body)["result"][0]["offer_id"] == "A-2"
    state = ozon.state()
    assert (state["A-1"]["price"], state["A-2"]["price"]) == ("1001.00", "1002.00")
    wrong = ozon.set_price("missing", "1003", product_id=second["product_id"])
    assert (wrong["updated"], codes(wrong), wrong["offer_id"]) == (False, ["NOT_FOUND_ERROR"], "missing")


def test_items_fail_one_by_one_inside_http_200(ozon: Ozon) -> None:
    ozon.card("A-1")
    ozon.card("A-2")
    prices = [{"offer_id": "A-1", "price": "-1"}, {"offer_id": "A-2", "price": "1010"}, {"price": "5"}]
    result = ozon.ok("/v1/product/import/prices", {"prices": prices})["result"]
    assert [(each["updated"], codes(each)) for each in result] == [
        (False, ["price_negative"]),
        (True, []),
        (False, ["NOT_FOUND_ERROR"]),
    ]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"price": "0"}, "invalid_category_price"),
        ({"price": "0.99"}, "invalid_category_price"),
        ({"price": "10000000.01"}, "invalid_category_price"),
        ({"price": "1000", "old_price": "-1"}, "price_negative"),
        ({"price": "1000", "old_price": "1000"}, "old_price_less_than_price"),
        ({"price": "1000", "old_price": "900"}, "old_price_less_than_price"),
        ({"price": "399.99", "old_price": "419.98"}, "discount_for_low_price_is_too_small"),
        ({"price": "950", "old_price": "999"}, "discount_for_average_price_is_too_small"),
        ({"price": "10000.01", "old_price": "10500"}, "discount_for_top_price_is_too_small"),
        ({"price": "1000", "old_price": "10000"}, "discount_too_big"),
        ({"price": "1000", "currency_code": "USD"}, "currency_code_invalid"),
        ({"price": "1000", "vat": "0.18"}, "vat_invalid"),
        ({"price": "1000", "min_price": "1000"}, "min_auto_price_too_big"),
        ({"price": "1000", "min_price": "499.99"}, "min_auto_price_too_small"),
        ({"price": "1000", "price_strategy_enabled": "ENABLED"}, "action_price_enabled_min_price_missing"),
        (
            {"price": "1000", "auto_add_to_ozon_actions_list_enabled": "ENABLED"},
            "action_price_enabled_min_price_missing",
        ),
    ],
)
def test_a_price_against_the_rules_fails_with_ozons_code(
    ozon: Ozon, fields: dict[str, Any], expected: str
) -> None:
    ozon.card("A-1")
    result = ozon.set_price("A-1", **fields)
    assert (result["updated"], codes(result)) == (False, [expected])
    assert ozon.state()["A-1"]["price"] == "1000.00"


@pytest.mark.parametrize(
    "fields",
    [
        {"price": "399.99", "old_price": "419.99"},
        {"price": "400", "old_price": "421.06"},
        {"price": "950", "old_price": "1000"},
        {"price": "10000", "old_price": "10526.32"},
        {"price": "10000.01", "old_price": "10500.01"},
        {"price": "1000", "old_price": "9999.99"},
        {"price": "1000", "min_price": "500"},
        {"price": "1000", "min_price": "999.99", "price_strategy_enabled": "ENABLED"},
        {"price": "1"},
        {"price": "10000000"},
    ],
)
def test_a_price_at_the_edge_of_the_rules_is_accepted(ozon: Ozon, fields: dict[str, Any]) -> None:
    ozon.card("A-1", price=fields["price"])
    assert ozon.set_price("A-1", **fields)["errors"] == []


def test_a_price_below_the_kept_minimum_is_refused(ozon: Ozon) -> None:
    ozon.card("A-1", min_price="900.00")
    assert codes(ozon.set_price("A-1", "900")) == ["price_less_than_min_auto_price"]
    assert ozon.set_price("A-1", "900", min_price="800")["updated"]


@pytest.mark.parametrize("price", ["1990,5", "1 990", "19.999", ".5", "1e3", "abc"])
def test_money_in_another_form_refuses_the_request(ozon: Ozon, price: str) -> None:
    ozon.card("A-1")
    response = ozon.call("/v1/product/import/prices", {"prices": [{"offer_id": "A-1", "price": price}]})
    assert (response.status_code, response.json()["code"]) == (400, 3)
    assert "does not match regex pattern" in response.json()["message"]


@pytest.mark.parametrize(("count", "status"), [(0, 400), (1000, 200), (1001, 400)])
def test_a_request_holds_one_to_a_thousand_prices(ozon: Ozon, count: int, status: int) -> None:
    prices = [{"offer_id": f"A-{n}", "price": "1"} for n in range(count)]
    assert ozon.call("/v1/product/import/prices", {"prices": prices}).status_code == status


def test_ten_updates_of_a_product_pass_in_any_hour(ozon: Ozon, clock: ManualClock) -> None:
    ozon.card("A-1")
    ozon.card("A-2")
    for n in range(10):
        assert ozon.set_price("A-1", str(1000 + n))["updated"]
        clock.advance(300)
    refused = ozon.set_price("A-1", "1050")
    assert refused["updated"] is False
    assert refused["errors"] == [{"code": HOUR_ERROR, "message": HOUR_ERROR}]
    assert ozon.state()["A-1"]["price"] == "1009.00"
    assert ozon.set_price("A-2", "1050")["updated"]
    # 3000 s have passed; the first update leaves the window at 3600 s, the second 300 s later.
    clock.advance(599)
    assert codes(ozon.set_price("A-1", "1051")) == [HOUR_ERROR]
    clock.advance(1)
    assert ozon.set_price("A-1", "1051")["updated"]
    assert codes(ozon.set_price("A-1", "1052")) == [HOUR_ERROR]
    clock.advance(300)
    assert ozon.set_price("A-1", "1052")["updated"]


def test_refused_prices_do_not_count_towards_the_hour(ozon: Ozon) -> None:
    ozon.card("A-1")
    for _ in range(20):
        assert codes(ozon.set_price("A-1", "-1")) == ["price_negative"]
    assert ozon.set_price("A-1", "1001")["updated"]


@pytest.mark.parametrize(
    ("price", "quarantined"), [("499.99", True), ("500", False), ("1500", False), ("1500.01", True)]
)
def test_a_price_that_moves_by_more_than_half_goes_to_quarantine(
    ozon: Ozon, clock: ManualClock, price: str, quarantined: bool
) -> None:
    ozon.card("A-1")
    assert ozon.set_price("A-1", price)["updated"]
    clock.advance(1)
    listed = ozon.ok("/v3/product/list", {"filter": {"visibility": "QUARANTINE"}, "limit": 10})["result"]
    state = ozon.state()["A-1"]
    if quarantined:
        assert [each["offer_id"] for each in listed["items"]] == ["A-1"]
        assert (_shown(ozon)["price"], state["price"]) == (1000.0, "1000.00")
        assert float(state["quarantine"]["price"]) == float(price)
        found = ozon.ok("/v5/product/info/prices", {"filter": {"visibility": "QUARANTINE"}, "limit": 10})
        assert found["total_items"] == 1
    else:
        assert listed["items"] == []
        assert _shown(ozon)["price"] == float(price)
        assert state["quarantine"] is None


def test_quarantine_ends_when_a_person_releases_it(ozon: Ozon, clock: ManualClock) -> None:
    ozon.card("A-1")
    ozon.set_price("A-1", "300", old_price="600")
    ozon.order("edit", offer_id="A-1", quarantine_release=True)
    clock.advance(1)
    state = ozon.state()["A-1"]
    assert (state["price"], state["old_price"], state["quarantine"]) == ("300.00", "600.00", None)
    assert _shown(ozon)["price"] == 300.0


def test_quarantine_ends_when_a_nearer_price_comes(ozon: Ozon) -> None:
    ozon.card("A-1")
    ozon.set_price("A-1", "300")
    ozon.set_price("A-1", "900")
    state = ozon.state()["A-1"]
    assert (state["price"], state["quarantine"]) == ("900.00", None)


def test_the_accounts_currency_is_a_knob(ozon: Ozon) -> None:
    ozon.card("A-1")
    ozon.knobs(currency_code="KZT")
    assert codes(ozon.set_price("A-1", "1001")) == ["currency_code_invalid"]
    assert ozon.set_price("A-1", "1001", currency_code="KZT")["updated"]


def test_the_declared_price_is_shown_as_money(ozon: Ozon, clock: ManualClock) -> None:
    ozon.card("A-1")
    assert _shown(ozon)["declared_price"] is None
    ozon.set_price("A-1", "1000", declared_price="700.5")
    clock.advance(1)
    assert _shown(ozon)["declared_price"] == {"amount": "700.50", "currency": "RUB"}
