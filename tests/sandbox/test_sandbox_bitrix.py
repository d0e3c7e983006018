"""The sandbox's portal: who is let in, what its lists answer, batches, limits, and what people do on the site."""

from __future__ import annotations

from typing import Any

import pytest
from sandbox_testkit import ManualClock, Ozon

from sandbox.bitrix import php
from sandbox.bitrix.state import GOODS_IBLOCK, OFFERS_IBLOCK, SECRET

DOOR = f"/bitrix/rest/1/{SECRET}"
GOODS: dict[str, Any] = {"select": ["id", "iblockId", "xmlId"], "filter": {"iblockId": GOODS_IBLOCK}}


class Site:
    """A client of the portal."""

    def __init__(self, application: Ozon) -> None:
        self.http = application.http
        self.knobs = application.knobs

    def call(self, method: str, params: Any = None, door: str = DOOR) -> Any:
        return self.http.post(f"{door}/{method}", json=params or {})

    def ok(self, method: str, params: Any = None) -> Any:
        answer = self.call(method, params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def batch(self, halt: int = 0, **commands: str) -> Any:
        return self.ok("batch", {"halt": halt, "cmd": commands})["result"]

    def order(self, action: str, **body: Any) -> Any:
        answer = self.http.post(f"/_sandbox/bitrix/{action}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def state(self) -> Any:
        return self.http.get("/_sandbox/bitrix/state").json()


@pytest.fixture
def site(ozon: Ozon) -> Site:
    there = Site(ozon)
    there.order("fill", goods=120)
    return there


def test_a_page_has_fifty_rows_and_says_where_the_next_begins(site: Site) -> None:
    first = site.ok("catalog.storeproduct.list.json", {"order": {"id": "asc"}})
    assert len(first["result"]["storeProducts"]) == 50
    assert first["next"] == 50
    assert first["total"] > 100
    assert {"start", "finish", "duration", "date_start"} <= set(first["time"])
    second = site.ok("catalog.storeproduct.list", {"order": {"id": "asc"}, "start": 50})
    last = first["result"]["storeProducts"][-1]["id"]
    assert second["result"]["storeProducts"][0]["id"] > last
    uncounted = site.ok(
        "catalog.storeproduct.list", {"order": {"id": "asc"}, "start": -1, "filter": {">id": last}}
    )
    assert uncounted["result"] == second["result"]
    assert "total" not in uncounted
    assert "next" not in uncounted


@pytest.mark.parametrize(
    ("method", "params", "words"),
    [
        ("catalog.product.list", {"filter": {"iblockId": 23}}, "Required select fields"),
        ("catalog.product.list", {"select": ["id", "iblockId"]}, "Required filter fields"),
        ("catalog.product.list", {**GOODS, "select": ["id", "iblockId", "price"]}, "Unknown field in select: price"),
        ("catalog.product.list", {**GOODS, "select": ["id", "iblockId", "property1"]}, "Unknown field in select"),
        ("catalog.product.list", {**GOODS, "filter": {"iblockId": 23, "@id": [1]}}, "Unknown field in filter: @id"),
        ("catalog.price.list", {"filter": {"dateModify": "2026-01-01"}}, "Unknown field in filter: dateModify"),
        ("catalog.storeproduct.list", {"filter": {">timestampX": "2026-01-01"}}, "Unknown field in filter"),
        ("catalog.price.list", {"order": {"id": "upwards"}}, "Wrong order"),
        ("catalog.price.list", {"filter": {">=timestampX": "yesterday"}}, "Wrong date"),
        ("catalog.price.list", {"limit": 500}, "Unknown parameter: limit"),
        ("catalog.productImage.list", {}, "productId"),
        ("catalog.price.modify", {}, "Access Denied"),
    ],
)  # fmt: skip
def test_what_cannot_be_understood_is_refused(site: Site, method: str, params: Any, words: str) -> None:
    answer = site.call(method, params)
    assert answer.status_code == 400
    assert words in answer.json()["error_description"]


@pytest.mark.parametrize(
    ("order", "door", "status", "code"),
    [
        ({}, "/bitrix/rest/1/another0secret", 401, "NO_AUTH_FOUND"),
        ({}, f"/bitrix/rest/2/{SECRET}", 401, "NO_AUTH_FOUND"),
        ({"state": "expired"}, DOOR, 401, "expired_token"),
        ({"state": "denied"}, DOOR, 403, "INVALID_CREDENTIALS"),
        ({"scopes": ["crm"]}, DOOR, 403, "insufficient_scope"),
    ],
)
def test_the_webhook_lets_in_whom_it_should(
    site: Site, order: Any, door: str, status: int, code: str
) -> None:
    site.order("webhook", **order)
    answer = site.call("catalog.store.list", door=door)
    assert (answer.status_code, answer.json()["error"]) == (status, code)


def test_a_command_of_a_batch_takes_what_an_earlier_one_found(site: Site) -> None:
    page = "catalog.storeproduct.list?order[id]=asc&start=-1"
    found = site.batch(a=page, b=f"{page}&filter[%3Eid]=$result[a][storeProducts][49][id]")["result"]
    assert found["b"]["storeProducts"][0]["id"] > found["a"]["storeProducts"][-1]["id"]
    nowhere = f"{page}&filter[>id]=$result[zz][storeProducts][49][id]"
    assert site.batch(a=page, b=nowhere)["result"]["b"] == found["a"]


def test_a_batch_tells_each_failure_apart_or_stops_at_the_first(site: Site) -> None:
    commands = {
        "a": "catalog.store.list",
        "b": "catalog.nothing.list",
        "c": "batch?cmd[]=x",
        "d": "catalog.vat.list",
    }
    whole = site.batch(**commands)
    assert set(whole["result"]) == {"a", "d"}
    assert {name: error["error"] for name, error in whole["result_error"].items()} == {
        "b": "ERROR_METHOD_NOT_FOUND",
        "c": "ERROR_BATCH_METHOD_NOT_ALLOWED",
    }
    assert whole["result_total"]["a"] == 3
    halted = site.batch(halt=1, **commands)
    assert set(halted["result"]) == {"a"}
    assert set(halted["result_error"]) == {"b"}
    assert halted["result_next"] == []  # PHP's empty table
    many = site.batch(**{f"c{number}": "catalog.store.list" for number in range(51)})
    assert many["result_error"] == {
        "c50": {"error": "ERROR_BATCH_LENGTH_EXCEEDED", "error_description": "Max batch length exceeded"}
    }


def test_the_counter_of_requests_fills_and_runs_off(site: Site, clock: ManualClock) -> None:
    statuses = [site.call("catalog.store.list").status_code for _ in range(51)]
    assert statuses == [200] * 50 + [503]
    assert site.call("catalog.store.list").json()["error"] == "QUERY_LIMIT_EXCEEDED"
    clock.advance(1)
    assert [site.call("catalog.store.list").status_code for _ in range(3)] == [200, 200, 503]


def test_a_method_that_works_too_long_is_blocked_alone(site: Site, clock: ManualClock) -> None:
    site.knobs("bitrix", operating_limit_seconds=1.0, operating_cost=0.6)
    assert [site.call("catalog.store.list").status_code for _ in range(3)] == [200, 200, 429]
    told = site.batch(a="catalog.store.list", b="catalog.vat.list")
    assert told["result_error"]["a"]["error"] == "OPERATION_TIME_LIMIT"
    assert told["result_time"]["b"]["operating"] == 0.6
    clock.advance(601)
    assert site.call("catalog.store.list").status_code == 200


def test_edits_move_the_dates_that_they_move_there(site: Site, clock: ManualClock) -> None:
    guid = next(
        guid for guid, good in site.state().items() if "#" not in guid and "Розничная" in good["prices"]
    )
    element = site.state()[guid]["id"]

    def changed(method: str, key: str, extra: Any) -> list[Any]:
        moment = "2026-11-23T12:00:00+03:00"  # the sandbox's present
        rows = site.ok(method, {**extra, "filter": {**extra.get("filter", {}), ">=timestampX": moment}})
        return [row.get("xmlId", row.get("productId")) for row in rows["result"][key]]

    assert changed("catalog.product.list", "products", GOODS) == []
    site.order("edit", goods=[{"xmlId": guid, "stocks": {"Основной склад": 9}, "prices": {"Розничная": 5}}])
    assert changed("catalog.product.list", "products", GOODS) == []
    assert changed("catalog.price.list", "prices", {}) == [element]
    site.order("edit", goods=[{"xmlId": guid, "name": "Другое"}])
    assert changed("catalog.product.list", "products", GOODS) == [guid]
    counts = site.ok("catalog.storeproduct.list", {"filter": {"productId": element, "storeId": 1}})
    assert counts["result"]["storeProducts"][0]["amount"] == 9


def test_a_date_in_a_filter_is_read_as_the_knob_says(site: Site) -> None:
    # everything was written before 11:00+03:00, which is 13:00+05:00
    asked = {**GOODS, "filter": {"iblockId": GOODS_IBLOCK, ">=timestampX": "2026-11-23T12:30:00+05:00"}}
    assert site.ok("catalog.product.list", asked)["total"] > 0
    site.knobs("bitrix", date_filter_offset="ignored")
    assert site.ok("catalog.product.list", asked)["total"] == 0


def test_variants_name_their_goods_and_fall_with_them(site: Site) -> None:
    asked = {"select": ["id", "iblockId", "xmlId", "parentId"], "filter": {"iblockId": OFFERS_IBLOCK}}
    variant = site.ok("catalog.product.offer.list", asked)["result"]["offers"][0]
    heads = site.ok("catalog.product.sku.list", GOODS)["result"]["units"]
    head = next(row for row in heads if str(row["id"]) == variant["parentId"]["value"])
    assert variant["xmlId"].partition("#")[0] == head["xmlId"]
    site.order("edit", goods=[{"xmlId": head["xmlId"], "delete": True}])
    assert variant["xmlId"] not in site.state()
    assert site.ok("catalog.price.list", {"filter": {"productId": variant["id"]}})["total"] == 0


def test_query_strings_are_read_as_php_reads_them() -> None:
    assert php.parse("a=1&b[]=x&b[]=y&c[%3Eid]=5&d[e][f]=%2B03%3A00+x") == {
        "a": "1",
        "b": ["x", "y"],
        "c": {">id": "5"},
        "d": {"e": {"f": "+03:00 x"}},
    }
    assert php.empty_as_list({}) == []


def test_an_order_that_makes_no_sense_is_told(site: Site) -> None:
    for action, body, words in (
        ("paint", {}, "fill"),
        ("edit", {"goods": [{"xmlId": "nobody"}]}, "nobody"),
        ("edit", {"goods": [{"xmlId": "x", "colour": "red"}]}, "colour"),
        ("webhook", {"state": "tired"}, "expired"),
        ("break", {"method": "catalog.nothing"}, "catalog.price.list"),
    ):
        answer = site.http.post(f"/_sandbox/bitrix/{action}", json=body)
        assert answer.status_code == 400
        assert words in answer.json()["error"]
