"""Promotions: who may enter, at which price, and what becomes of the product's own price."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sandbox_testkit import CLIENT, ManualClock, Ozon

DAY = 86_400.0


def action(ozon: Ozon, **order: Any) -> int:
    return int(ozon.order("action", title="Премиум", **order)["action_id"])


def terms(maximum: str, **more: Any) -> dict[str, Any]:
    return {"max_action_price": maximum, **more}


def put(ozon: Ozon, action_id: int, product_id: int, price: str, **fields: Any) -> dict[str, Any]:
    """Send one product and give the whole answer."""
    product = {"product_id": product_id, "action_price": {"amount": price, "currency": "RUB"}, **fields}
    answer: dict[str, Any] = ozon.ok(
        "/v1/actions/products/update", {"action_id": action_id, "products": [product]}
    )
    return answer


def reason(answer: dict[str, Any]) -> str:
    """Why the only product of a call was rejected."""
    assert answer["active_product_ids"] == answer["deactivated_product_ids"] == []
    [rejected] = answer["rejected"]
    return str(rejected["reason"])


def members(ozon: Ozon, action_id: int) -> dict[str, str]:
    """Who is in, as it is: article -> price."""
    there = ozon.http.get(f"/_sandbox/ozon/{CLIENT}/actions").json()[str(action_id)]["members"]
    return {article: member["action_price"] for article, member in there.items()}


def buyers_price(ozon: Ozon, article: str = "A-1") -> float:
    request = {"filter": {"offer_id": [article]}, "limit": 1}
    shown = ozon.ok("/v5/product/info/prices", request)["items"][0]
    return float(shown["price"]["marketing_seller_price"])


def test_outside_of_vouchers_the_action_price_becomes_the_ceiling_price(
    ozon: Ozon, clock: ManualClock
) -> None:
    product = ozon.card("A-1")["product_id"]
    number = action(ozon, candidates={"A-1": terms("900")})
    answer = put(ozon, number, product, "850.50")
    assert answer == {
        "active_product_ids": [str(product)],
        "deactivated_product_ids": [],
        "rejected": [],
        "warnings": [],
    }
    assert ozon.state()["A-1"]["price"] == "850.50"
    assert members(ozon, number) == {"A-1": "850.50"}
    clock.advance(1)
    assert buyers_price(ozon) == 850.5

    above = put(ozon, number, product, "1000")
    assert (above["active_product_ids"], above["deactivated_product_ids"]) == ([], [str(product)])
    assert above["warnings"] == [
        {"product_id": product, "reason": "Цена товара выше максимальной цены по акции"}
    ]
    assert (ozon.state()["A-1"]["price"], members(ozon, number)) == ("1000.00", {})


def test_the_price_of_a_voucher_stands_beside_the_products_own(ozon: Ozon, clock: ManualClock) -> None:
    product = ozon.card("A-1")["product_id"]
    number = action(ozon, voucher=True, candidates={"A-1": terms("900")})
    assert put(ozon, number, product, "800", stock=5)["active_product_ids"] == [str(product)]
    assert ozon.state()["A-1"]["price"] == "1000.00"
    clock.advance(1)
    assert buyers_price(ozon) == 800.0
    body = {"action_id": number, "product_ids": [str(product), "999"]}
    assert ozon.ok("/v2/actions/products/deactivate", body) == {"product_ids": [str(product)]}
    assert ozon.ok("/v2/actions/products/deactivate", body) == {"product_ids": []}
    clock.advance(1)
    assert buyers_price(ozon) == 1000.0


def test_taking_out_is_for_vouchers_only_unless_the_knob_says_otherwise(ozon: Ozon) -> None:
    product = ozon.card("A-1")["product_id"]
    number = action(ozon, candidates={"A-1": terms("900")})
    put(ozon, number, product, "850")
    body = {"action_id": number, "product_ids": [product]}
    assert ozon.ok("/v2/actions/products/deactivate", body) == {"product_ids": []}
    assert members(ozon, number) == {"A-1": "850.00"}
    ozon.knobs(deactivate_outside_vouchers="removed")
    assert ozon.ok("/v2/actions/products/deactivate", body) == {"product_ids": [str(product)]}
    assert (members(ozon, number), ozon.state()["A-1"]["price"]) == ({}, "850.00")


@pytest.mark.parametrize(
    ("voucher", "price", "fields", "expected"),
    [
        (True, "900.01", {}, "Цена выше максимальной цены товара по акции"),
        (False, "900.01", {}, "Цена выше максимальной цены товара по акции"),
        (True, "0", {}, "Цена товара по акции должна быть больше нуля"),
        (True, "599.99", {}, "Цена по акции ниже минимальной цены товара"),
        (True, "700", {"stock": 2}, "Количество товара в акции меньше 3"),
        (False, "700", {"stock": 5}, "Количество указывается только в акции «Промокоды»"),
    ],
)
def test_a_price_against_the_terms_is_rejected_with_a_reason(
    ozon: Ozon, voucher: bool, price: str, fields: dict[str, Any], expected: str
) -> None:
    product = ozon.card("A-1", min_price="600")["product_id"]
    stock = 3 if fields.get("stock") == 2 else 0
    number = action(ozon, voucher=voucher, candidates={"A-1": terms("900", min_stock=stock)})
    assert reason(put(ozon, number, product, price, **fields)) == expected
    assert (members(ozon, number), ozon.state()["A-1"]["price"]) == ({}, "1000.00")


def test_a_voucher_gives_something_away(ozon: Ozon) -> None:
    product = ozon.card("A-1")["product_id"]
    number = action(ozon, voucher=True, candidates={"A-1": terms("2000")})
    assert reason(put(ozon, number, product, "1000")) == "Цена по акции должна быть ниже цены товара"


def test_strangers_and_unknown_products_are_rejected_one_by_one(ozon: Ozon) -> None:
    inside, outside = ozon.card("A-1")["product_id"], ozon.card("A-2")["product_id"]
    number = action(ozon, candidates={"A-1": terms("900")})
    products = [
        {"product_id": each, "action_price": {"amount": "800", "currency": "RUB"}}
        for each in (inside, outside, 5)
    ]
    products.append({"product_id": inside, "action_price": {"amount": "800", "currency": "USD"}})
    answer = ozon.ok("/v1/actions/products/update", {"action_id": number, "products": products})
    assert answer["active_product_ids"] == [str(inside)]
    assert [(each["product_id"], each["reason"]) for each in answer["rejected"]] == [
        (outside, "Товар не может участвовать в акции"),
        (5, "Товара с таким идентификатором нет в личном кабинете"),
        (inside, "Валюта не совпадает с валютой кабинета"),
    ]


def test_candidates_and_products_are_paged_and_lag_a_write(ozon: Ozon, clock: ManualClock) -> None:
    articles = [f"A-{n}" for n in range(5)]
    ids = [ozon.card(article)["product_id"] for article in articles]
    number = action(ozon, candidates={article: terms("900") for article in articles})
    put(ozon, number, ids[0], "800")

    def listed(method: str, limit: int) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = []
        last = ""
        while True:
            page = ozon.ok(f"/v2/actions/{method}", {"action_id": number, "limit": limit, "last_id": last})
            if not page["products"]:
                return rows
            rows, last = rows + page["products"], page["last_id"]

    assert [row["id"] for row in listed("candidates", 2)] == ids
    assert listed("products", 2) == []
    clock.advance(1)
    assert [row["id"] for row in listed("candidates", 2)] == ids[1:]
    [member] = listed("products", 2)
    assert (member["id"], member["action_price"], member["add_mode"]) == (
        ids[0],
        {"amount": "800.00", "currency": "RUB"},
        "SELLER",
    )
    [shown] = ozon.actions()
    assert (shown["id"], shown["potential_products_count"], shown["participating_products_count"]) == (
        number,
        4,
        1,
    )
    too_many = ozon.call("/v2/actions/candidates", {"action_id": number, "limit": 1001})
    assert (too_many.status_code, "inside range [0, 1000]" in too_many.text) == (400, True)


@pytest.mark.parametrize(("knob", "status"), [("http_400", 400), ("http_404", 404)])
def test_an_action_that_is_over_is_not_listed_and_refuses(ozon: Ozon, knob: str, status: int) -> None:
    product = ozon.card("A-1")["product_id"]
    number = action(ozon, candidates={"A-1": terms("900")})
    put(ozon, number, product, "850")
    ozon.order("action", action_id=number, end=True)
    ozon.knobs(ended_action=knob)
    assert ozon.actions() == []
    for method in ("candidates", "products"):
        assert ozon.call(f"/v2/actions/{method}", {"action_id": number, "limit": 1}).status_code == status
    assert buyers_price(ozon) == 1000.0  # reads lag
    assert ozon.state()["A-1"]["price"] == "850.00"  # the ceiling price stays where the action left it
    assert ozon.call("/v2/actions/products", {"action_id": 5, "limit": 1}).status_code == 404


def test_new_terms_throw_out_who_does_not_meet_them(ozon: Ozon) -> None:
    ids = [ozon.card(article)["product_id"] for article in ("A-1", "A-2", "A-3")]
    number = action(ozon, voucher=True, candidates={f"A-{n}": terms("900") for n in (1, 2, 3)})
    for product in ids:
        put(ozon, number, product, "850")
    ozon.order("action", action_id=number, candidates={"A-1": terms("849.99"), "A-2": None})
    assert members(ozon, number) == {"A-3": "850.00"}


@pytest.mark.parametrize(
    ("voucher", "price", "knob", "inside"),
    [
        (False, "870", "leaves", {"A-1": "870.00"}),  # one number: the action's price follows
        (False, "1200", "leaves", {}),
        (False, "1200", "stays", {"A-1": "850.00"}),
        (True, "1200", "leaves", {"A-1": "850.00"}),
        (True, "850", "leaves", {}),  # nothing is given away any more
    ],
)
def test_a_new_ordinary_price_moves_what_the_product_is_in(
    ozon: Ozon, voucher: bool, price: str, knob: str, inside: dict[str, str]
) -> None:
    product = ozon.card("A-1")["product_id"]
    ozon.knobs(price_above_action=knob)
    number = action(ozon, voucher=voucher, candidates={"A-1": terms("900")})
    put(ozon, number, product, "850")
    assert ozon.set_price("A-1", price)["updated"]
    assert members(ozon, number) == inside


def test_a_frozen_action_lets_prices_fall_only(ozon: Ozon, clock: ManualClock) -> None:
    first, second = ozon.card("A-1")["product_id"], ozon.card("A-2")["product_id"]
    number = action(ozon, voucher=True, candidates={"A-1": terms("900"), "A-2": terms("900")})
    put(ozon, number, first, "850")
    ozon.order("action", action_id=number, freeze_date=clock.utcnow().isoformat())
    frozen = "Акция приостановлена: нельзя добавлять товары и повышать цены"
    assert reason(put(ozon, number, second, "800")) == frozen
    assert reason(put(ozon, number, first, "860")) == frozen
    assert put(ozon, number, first, "840")["active_product_ids"] == [str(first)]
    body = {"action_id": number, "product_ids": [first]}
    assert ozon.ok("/v2/actions/products/deactivate", body) == {"product_ids": []}


def test_automatic_adding_takes_only_what_the_seller_left_open(ozon: Ozon, clock: ManualClock) -> None:
    for article in ("A-1", "A-2", "A-3", "A-4"):
        ozon.card(article)
    ozon.set_price("A-1", "1000", min_price="600", auto_add_to_ozon_actions_list_enabled="ENABLED")
    ozon.set_price("A-2", "1000", auto_add_to_ozon_actions_list_enabled="DISABLED")
    for article, floor in (("A-3", "901"), ("A-4", "901")):  # above what the action would ask
        ozon.set_price(
            article,
            "1000",
            min_price=floor,
            min_price_for_auto_actions_enabled=True,
            auto_add_to_ozon_actions_list_enabled="ENABLED",
        )
    soon = clock.utcnow() + timedelta(days=31)
    number = action(
        ozon,
        date_end=(soon + timedelta(days=9)).isoformat(),
        auto_add_dates=[soon.isoformat()],
        candidates={f"A-{n}": terms("900") for n in (1, 2, 3, 4)},
    )
    clock.advance(20 * DAY)
    assert members(ozon, number) == {}
    renewed = ozon.state()["A-4"]["product_id"]
    assert ozon.ok("/v1/product/action/timer/update", {"product_ids": [renewed]}) == {}
    clock.advance(11 * DAY)
    # the minimum price of A-3 was set 31 days ago and counts no more; that of A-4 was renewed
    assert members(ozon, number) == {"A-1": "900.00", "A-3": "900.00"}
    assert ozon.state()["A-1"]["price"] == "900.00"


def test_the_minimum_price_counts_for_thirty_days(ozon: Ozon, clock: ManualClock) -> None:
    product = ozon.card("A-1")["product_id"]

    def status() -> dict[str, Any]:
        [found] = ozon.ok("/v1/product/action/timer/status", {"product_ids": [str(product), "7"]})["statuses"]
        assert found.pop("product_id") == product
        return dict(found)

    off = {"expired_at": None, "min_price_for_auto_actions_enabled": False}
    assert status() == off
    ozon.set_price("A-1", "1000", min_price="600", min_price_for_auto_actions_enabled=True)
    assert status() == {
        "expired_at": "2026-12-23T09:00:00.000000Z",
        "min_price_for_auto_actions_enabled": True,
    }
    clock.advance(30 * DAY)
    assert status() == off
    ozon.ok("/v1/product/action/timer/update", {"product_ids": [product]})
    assert status()["expired_at"] == "2027-01-22T09:00:00.000000Z"
    too_many = ozon.call("/v1/product/action/timer/update", {"product_ids": list(range(1, 1002))})
    assert (too_many.status_code, "between 1 and 1000 items" in too_many.text) == (400, True)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({"products": []}, "ActionsProductsUpdateRequest.ActionId"),
        ({"action_id": 1, "products": []}, "between 1 and 1000 items"),
        ({"action_id": 1, "products": [{"product_id": 1}]}, "ActionPrice: value is required"),
        (
            {"action_id": 1, "products": [{"product_id": 1, "action_price": {"amount": "1,5"}}]},
            "Amount: value does not match regex pattern",
        ),
        ({"action_id": 1, "products": [{"product_id": 1, "action_price": 5}]}, "invalid value for message"),
        ({"action_id": 1, "goods": []}, 'unknown field "goods"'),
    ],
)
def test_a_malformed_call_is_refused_whole(ozon: Ozon, body: dict[str, Any], text: str) -> None:
    answer = ozon.call("/v1/actions/products/update", body)
    assert (answer.status_code, text in answer.json()["message"]) == (400, True), answer.text


def test_the_list_is_got_and_the_rest_is_posted(ozon: Ozon) -> None:
    assert ozon.call("/v1/actions").status_code == 404
    assert ozon.http.get("/ozon/v2/actions/products", headers=ozon.headers).status_code == 404


def test_an_order_without_sense_is_told(ozon: Ozon) -> None:
    ozon.card("A-1")
    for order, text in (
        ({"titel": "x"}, "unknown fields titel"),
        ({"action_id": 7}, "no action 7"),
        ({"candidates": {"A-9": terms("1")}}, "no product with offer_id 'A-9'"),
        ({"date_end": "2026-12-01T00:00:00"}, "a time has a zone"),
    ):
        answer = ozon.http.post(f"/_sandbox/ozon/{CLIENT}/action", json=order)
        assert (answer.status_code, text in answer.json()["error"]) == (400, True), answer.text
