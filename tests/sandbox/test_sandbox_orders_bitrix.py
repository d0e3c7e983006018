"""The sandbox's portal and its orders: what the methods of the scope `sale` take, answer and refuse."""

from __future__ import annotations

from typing import Any

import pytest
from sandbox_testkit import Ozon

from sandbox.bitrix.state import SECRET

DOOR = f"/bitrix/rest/1/{SECRET}"
ORDER = {"lid": "s1", "personTypeId": 1, "currency": "RUB", "xmlId": "ozon:1-1", "externalOrder": "Y"}


class Sales:
    """A client of the portal's orders."""

    def __init__(self, application: Ozon) -> None:
        self.http = application.http
        self.knobs = application.knobs

    def call(self, method: str, **params: Any) -> Any:
        return self.http.post(f"{DOOR}/sale.{method}", json=params)

    def ok(self, method: str, **params: Any) -> Any:
        answer = self.call(method, **params)
        assert answer.status_code == 200, answer.text
        return answer.json()["result"]

    def control(self, action: str, **body: Any) -> Any:
        answer = self.http.post(f"/_sandbox/bitrix/{action}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def orders(self) -> Any:
        return self.http.get("/_sandbox/bitrix/orders").json()

    def order(self, **fields: Any) -> int:
        return int(self.ok("order.add", fields={**ORDER, **fields})["order"]["id"])

    def line(self, order: int, **fields: Any) -> Any:
        body = {"orderId": order, "productId": 0, "name": "Мяч", "quantity": 2, "currency": "RUB",
                "customPrice": "Y", "price": 100, "basePrice": 100, "discountPrice": 0}  # fmt: skip
        return self.call("basketitem.add", fields={**body, **fields})


@pytest.fixture
def sales(ozon: Ozon) -> Sales:
    there = Sales(ozon)
    there.knobs("bitrix", drain_per_second=0)
    there.control("fill", goods=10)
    return there


def test_an_order_is_made_read_changed_and_listed(sales: Sales) -> None:
    number = sales.order(statusId="P", dateInsert="2026-11-23T10:00:00+03:00")
    assert sales.line(number, xmlId="A").status_code == 200
    assert sales.line(number, xmlId="B", quantity=1, price=50.5, basePrice=50.5).status_code == 200
    read = sales.ok("order.get", id=number)["order"]
    assert (read["price"], read["statusId"], read["externalOrder"]) == (250.5, "P", "Y")
    assert read["dateInsert"] == "2026-11-23T10:00:00+03:00"
    first, second = read["basketItems"]
    sales.ok("basketitem.update", id=first["id"], fields={"quantity": 3})
    assert sales.ok("basketitem.delete", id=second["id"]) is True
    told = sales.ok("order.update", id=number, fields={"canceled": "Y", "statusId": "D"})["order"]
    assert (told["price"], told["canceled"], told["statusId"]) == (300.0, "Y", "D")
    listed = sales.ok("order.list", filter={"@xmlId": ["ozon:1-1"]}, select=["id", "xmlId", "price"])[
        "orders"
    ]
    assert listed == [{"id": number, "xmlId": "ozon:1-1", "price": 300.0}]
    lines = sales.ok("basketitem.list", filter={"@orderId": [number]}, select=["id", "xmlId", "quantity"])
    assert lines["basketItems"] == [{"id": first["id"], "xmlId": "A", "quantity": 3.0}]
    statuses = sales.ok("status.list", filter={"type": "O"}, select=["id"])["statuses"]
    assert [status["id"] for status in statuses] == ["N", "P", "S", "D", "F"]
    assert [kind["id"] for kind in sales.ok("persontype.list")["personTypes"]] == [1, 2]


def test_the_same_order_again_is_a_second_order(sales: Sales) -> None:
    """Nothing there is unique: whoever repeats an order.add has two."""
    assert sales.order() != sales.order()
    assert [order["xmlId"] for order in sales.orders()] == ["ozon:1-1", "ozon:1-1"]


def test_a_batch_makes_an_order_with_its_lines(sales: Sales) -> None:
    commands = {
        "order": "sale.order.add?fields[lid]=s1&fields[personTypeId]=1&fields[currency]=RUB",
        "line": "sale.basketitem.add?fields[orderId]=$result[order][order][id]&fields[productId]=0"
        "&fields[name]=X&fields[quantity]=1&fields[currency]=RUB&fields[customPrice]=Y"
        "&fields[price]=7&fields[basePrice]=7&fields[discountPrice]=0",
        "read": "sale.order.get?id=$result[order][order][id]",
    }
    answer = sales.http.post(f"{DOOR}/batch", json={"halt": 1, "cmd": commands}).json()["result"]
    assert answer["result_error"] == []
    assert answer["result"]["read"]["order"]["basketItems"][0]["price"] == 7.0
    assert answer["result"]["read"]["order"]["price"] == 7.0


def test_the_catalog_gives_the_price_unless_it_is_set(sales: Sales) -> None:
    good = next(
        good
        for good in sales.http.get("/_sandbox/bitrix/state").json().values()
        if good["prices"].get("Розничная")
    )
    number = sales.order()
    assert sales.line(number, productId=good["id"], customPrice="N").json()["result"]["basketItem"][
        "price"
    ] in (list(good["prices"].values()))
    sales.control("edit", goods=[{"xmlId": good["xmlId"], "active": "N"}])
    assert sales.line(number, productId=good["id"]).json()["error"] == 200140400007


@pytest.mark.parametrize(
    ("method", "params", "code", "words"),
    [
        ("order.add", {}, 100, "fields"),
        ("order.add", {"fields": {**ORDER, "lid": ""}}, 0, "Required fields: lid"),
        ("order.add", {"fields": {**ORDER, "lid": "s9"}}, 0, "Site not found"),
        ("order.add", {"fields": {**ORDER, "personTypeId": 9}}, 0, "Person type not found"),
        ("order.add", {"fields": {**ORDER, "currency": "руб"}}, 0, "Currency not found"),
        ("order.add", {"fields": {**ORDER, "statusId": "ZZ"}}, 0, "Status not found"),
        ("order.add", {"fields": {**ORDER, "statusId": "DN"}}, 0, "Status not found"),
        ("order.add", {"fields": {**ORDER, "externalOrder": "1"}}, 0, "Wrong value of externalOrder"),
        ("order.add", {"fields": {**ORDER, "buyer": "X"}}, 0, "Unknown field: buyer"),
        ("order.update", {"id": 5, "fields": {"statusId": "N"}}, 200540400001, "not exists"),
        ("order.update", {"fields": {"statusId": "N"}}, 100, "id"),
        ("order.get", {"id": 5}, 200540400001, "not exists"),
        ("basketitem.add", {"fields": {"productId": 0}}, 200140400008, "ORDER_ID"),
        ("basketitem.add", {"fields": {"orderId": 5, "productId": 0, "currency": "RUB", "quantity": 1}},
         200140400009, "Order not found"),
        ("basketitem.update", {"id": 5, "fields": {"quantity": 1}}, 200140400001, "not exists"),
        ("basketitem.delete", {"id": 5}, 200140400001, "not exists"),
        ("propertyvalue.modify", {"fields": {"order": {"id": 5}}}, 0, "Required fields"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_refused(sales: Sales, method: str, params: Any, code: int, words: str) -> None:
    answer = sales.call(method, **params)
    assert (answer.status_code, answer.json()["error"]) == (400, code)
    assert words in answer.json()["error_description"]
    assert sales.orders() == []


def test_a_line_must_fit_its_order(sales: Sales) -> None:
    number = sales.order()
    assert sales.line(number, currency="USD").json()["error"] == 200140400011
    assert sales.line(number, name="").json()["error"] == 200140400007
    assert sales.line(number, quantity=0).json()["error"] == 200140400007
    assert sales.line(number, basePrice=120).json()["error"] == 200140400007
    assert sales.orders()[0]["lines"] == []


def test_all_values_of_an_order_are_replaced(sales: Sales) -> None:
    number = sales.order()
    for values in ([(20, "A"), (23, "1-1")], [(23, "1-2")]):
        listed = [{"orderPropsId": prop, "value": value} for prop, value in values]
        sales.ok("propertyvalue.modify", fields={"order": {"id": number, "propertyValues": listed}})
    assert sales.orders()[0]["properties"] == {"23": "1-2"}


def test_orders_need_their_scope(sales: Sales) -> None:
    sales.control("webhook", scopes=["catalog"])
    assert sales.call("order.list").json()["error"] == "insufficient_scope"


def test_the_staff_edits_orders(sales: Sales) -> None:
    number = sales.order()
    sales.line(number, xmlId="A")
    sales.control("edit_order", xmlId="ozon:1-1", statusId="F", quantities={"A": 5})
    assert [(order["statusId"], order["lines"][0]["quantity"]) for order in sales.orders()] == [("F", 5.0)]
    sales.control("edit_order", id=number, delete=True)
    assert sales.orders() == []


def test_an_order_may_keep_the_price_that_it_was_given(sales: Sales) -> None:
    sales.knobs("bitrix", order_price="as_given")
    number = sales.order(price=999)
    sales.line(number)
    assert sales.orders()[0]["price"] == 999.0
