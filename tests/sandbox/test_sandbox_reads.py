"""What reads show: lists, filters, pages, and the fields that the documentation leaves open."""

from __future__ import annotations

from typing import Any

import pytest
from sandbox_testkit import KAZAN, MOSCOW, SHOP, ManualClock, Ozon, item


def _listed(ozon: Ozon, **chosen: Any) -> list[str]:
    answer = ozon.ok("/v3/product/list", {"filter": chosen, "limit": 1000})
    return [each["offer_id"] for each in answer["result"]["items"]]


def test_every_offer_appears_once_over_all_pages(ozon: Ozon) -> None:
    ozon.order("cards", count=60)
    made = [offer_id for offer_id, product in ozon.state().items() if not product["archived"]]
    assert len(made) == 59
    for path, cursor_name, limit in (
        ("/v3/product/list", "last_id", 20),
        ("/v4/product/info/attributes", "last_id", 25),
        ("/v5/product/info/prices", "cursor", 59),
        ("/v4/product/info/stocks", "cursor", 1000),
    ):
        found: list[str] = []
        cursor = ""
        while True:
            answer = ozon.ok(path, {"filter": {}, "limit": limit, cursor_name: cursor})
            inner = answer["result"] if isinstance(answer.get("result"), dict) else answer
            items = inner.get("items", inner.get("result"))
            if not items:
                break
            found += [each["offer_id"] for each in items]
            cursor = inner[cursor_name]
            assert inner.get("total_items", inner.get("total")) == 59
        assert found == made


def test_the_retired_total_is_gone(ozon: Ozon) -> None:
    ozon.card("A-1")
    listed = ozon.ok("/v3/product/list", {"limit": 1})["result"]
    prices = ozon.ok("/v5/product/info/prices", {"filter": {}, "limit": 1})
    stocks = ozon.ok("/v4/product/info/stocks", {"filter": {}, "limit": 1})
    for answer in (listed, prices, stocks):
        assert "total" not in answer
        assert answer["total_items"] == 1


@pytest.mark.parametrize("path", ["/v5/product/info/prices", "/v4/product/info/stocks"])
def test_the_last_page_carries_a_cursor_or_none(ozon: Ozon, path: str) -> None:
    ozon.card("A-1")
    ozon.card("A-2")
    request = {"filter": {}, "limit": 2}
    last = ozon.ok(path, request)
    assert last["cursor"]
    assert ozon.ok(path, {**request, "cursor": last["cursor"]}) == {
        "items": [],
        "cursor": "",
        "total_items": 2,
    }
    ozon.knobs(last_page_cursor="empty")
    assert ozon.ok(path, request)["cursor"] == ""
    assert ozon.ok(path, {**request, "limit": 1})["cursor"] != ""


def test_a_made_up_cursor_is_refused(ozon: Ozon) -> None:
    assert ozon.call("/v3/product/list", {"limit": 1, "last_id": "xyz"}).status_code == 400
    request = {"warehouse_id": MOSCOW, "limit": 1, "cursor": "xyz"}
    assert ozon.call("/v1/product/info/warehouse/stocks", request).status_code == 400


def test_visibility_filters(ozon: Ozon, clock: ManualClock) -> None:
    ozon.card("sold", stocks={str(MOSCOW): {"present": 3}})
    ozon.card("empty")
    ozon.card("reserved", stocks={str(MOSCOW): {"present": 2, "reserved": 2}})
    ozon.card("nocode", barcodes=[])
    ozon.card("archived", archived=True)
    ozon.set_price("empty", "100")
    ozon.submit(item("new"))
    ozon.knobs(price_sent_seconds=100)
    clock.advance(5)
    ozon.ok("/v1/roles")
    clock.advance(1)
    assert _listed(ozon) == ["sold", "empty", "reserved", "nocode", "new"]
    assert _listed(ozon, visibility="VISIBLE") == _listed(ozon, visibility="IN_SALE") == ["sold"]
    assert _listed(ozon, visibility="INVISIBLE") == ["empty", "reserved", "nocode", "new"]
    assert _listed(ozon, visibility="ARCHIVED") == ["archived"]
    assert _listed(ozon, visibility="QUARANTINE") == ["empty"]
    assert _listed(ozon, visibility="EMPTY_BARCODE") == ["nocode", "new"]
    assert _listed(ozon, visibility="NOT_MODERATED") == ["new"]
    assert _listed(ozon, visibility="READY_TO_SUPPLY") == ["empty", "reserved", "nocode"]
    assert _listed(ozon, visibility="DISABLED") == []


def test_ids_ignore_visibility_and_only_one_kind_is_allowed(ozon: Ozon) -> None:
    archived = ozon.card("archived", archived=True)
    other = ozon.card("A-1")
    assert _listed(ozon, offer_id=["archived", "missing"]) == ["archived"]
    assert _listed(ozon, product_id=[str(archived["product_id"])]) == ["archived"]
    assert _listed(ozon, skus=[other["sku"]]) == ["A-1"]
    both = {"filter": {"offer_id": ["A-1"], "product_id": [other["product_id"]]}, "limit": 10}
    assert ozon.call("/v3/product/list", both).status_code == 400
    without_limit = ozon.ok("/v3/product/list", {"filter": {"offer_id": ["A-1"]}})
    assert without_limit["result"]["total_items"] == 1


def test_info_list_takes_one_kind_of_up_to_a_thousand_ids(ozon: Ozon) -> None:
    card = ozon.card("A-1")
    for request in (
        {"offer_id": ["A-1", "x"]},
        {"product_id": [card["product_id"]]},
        {"sku": [str(card["sku"])]},
    ):
        assert [each["offer_id"] for each in ozon.ok("/v3/product/info/list", request)["items"]] == ["A-1"]
    for wrong in (
        {},
        {"offer_id": ["A-1"], "sku": [card["sku"]]},
        {"offer_id": [f"A-{n}" for n in range(1001)]},
    ):
        assert ozon.call("/v3/product/info/list", wrong).status_code == 400
    assert ozon.ok("/v3/product/info/list", {"offer_id": [f"A-{n}" for n in range(1000)]})["items"]


def test_info_list_tells_the_card(ozon: Ozon) -> None:
    ozon.knobs(image_urls="as_sent")
    ozon.imported(item("A-1", barcode="4601234567893"))
    state = ozon.state()["A-1"]
    (shown,) = ozon.ok("/v3/product/info/list", {"offer_id": ["A-1"]})["items"]
    for name in (
        "sku",
        "name",
        "type_id",
        "description_category_id",
        "price",
        "old_price",
        "vat",
        "barcodes",
    ):
        assert shown[name] == state[name]
    assert shown["id"] == state["product_id"]
    assert shown["primary_image"] + shown["images"] == state["images"]
    assert shown["statuses"]["is_created"] is True
    assert shown["statuses"]["moderate_status"] == "approved"
    assert shown["volume_weight"] == 0.6
    assert shown["visibility_details"] == {"has_price": True, "has_stock": False}


def test_attributes_sort_within_the_page(ozon: Ozon) -> None:
    for offer_id, name in (("b", "Ы"), ("c", "А"), ("a", "М")):
        ozon.card(offer_id, name=name)
    for sort_by, sort_dir, expected in (
        ("offer_id", "asc", ["a", "b", "c"]),
        ("offer_id", "desc", ["c", "b", "a"]),
        ("title", "asc", ["c", "a", "b"]),
        ("id", "", ["b", "c", "a"]),
    ):
        request = {"limit": 10, "sort_by": sort_by, "sort_dir": sort_dir}
        answer = ozon.ok("/v4/product/info/attributes", request)
        assert [each["offer_id"] for each in answer["result"]] == expected
    assert ozon.call("/v4/product/info/attributes", {"limit": 1, "sort_by": "price"}).status_code == 400


@pytest.mark.parametrize(("variant", "kind"), [("int", int), ("string", str)])
def test_ids_and_totals_of_attributes_are_numbers_or_strings(ozon: Ozon, variant: str, kind: type) -> None:
    card = ozon.card("A-1")
    ozon.knobs(attributes_sku=variant, attributes_total=variant)
    answer = ozon.ok("/v4/product/info/attributes", {"limit": 1})
    assert answer["total"] == kind(1)
    assert answer["result"][0]["sku"] == kind(card["sku"])


def test_complex_attributes_spell_the_value_id_in_camel_case(ozon: Ozon) -> None:
    nested = {"id": 21841, "complex_id": 100001, "values": [{"value": "https://v.example.com/1"}]}
    ozon.imported(item("A-1", complex_attributes=[{"attributes": [nested]}]))
    (shown,) = ozon.ok("/v4/product/info/attributes", {"limit": 1})["result"]
    assert shown["complex_attributes"] == [
        {
            "id": 21841,
            "complex_id": 100001,
            "values": [{"dictionaryValueId": 0, "value": "https://v.example.com/1"}],
        }
    ]


def test_cards_of_one_model_are_counted(ozon: Ozon) -> None:
    model = {"attributes": [{"id": 9048, "values": [{"value": "Серия"}]}]}
    for offer_id in ("A-1", "A-2"):
        ozon.card(offer_id, **model)
    ozon.card("B-1")
    shown = ozon.ok("/v3/product/info/list", {"offer_id": ["A-1", "A-2", "B-1"]})["items"]
    assert [each["model_info"]["count"] for each in shown] == [2, 2, 1]
    assert len({each["model_info"]["model_id"] for each in shown}) == 2


def test_stocks_are_by_scheme_and_by_warehouse(ozon: Ozon) -> None:
    stocks = {str(MOSCOW): {"present": 5, "reserved": 1}, str(KAZAN): {"present": 2}}
    card = ozon.card("A-1", stocks=stocks)
    (scheme,) = ozon.ok("/v4/product/info/stocks", {"filter": {}, "limit": 1})["items"][0]["stocks"]
    assert scheme == {
        "type": "fbs",
        "present": 7,
        "reserved": 1,
        "sku": card["sku"],
        "shipment_type": "SHIPMENT_TYPE_GENERAL",
        "warehouse_ids": [MOSCOW, KAZAN],
    }
    for warehouse_id, expected in ((MOSCOW, [5]), (KAZAN, [2]), (SHOP, [])):
        request = {"warehouse_id": warehouse_id, "limit": 1}
        rows = ozon.ok("/v1/product/info/warehouse/stocks", request)["stocks"]
        assert [row["present"] for row in rows] == expected


def test_warehouse_stocks_page_by_cursor(ozon: Ozon) -> None:
    for n in range(5):
        ozon.card(f"A-{n}", stocks={str(MOSCOW): {"present": n}})
    request = {"warehouse_id": MOSCOW, "limit": 2}
    found, cursor, has_next = [], "", True
    while has_next:
        answer = ozon.ok("/v1/product/info/warehouse/stocks", {**request, "cursor": cursor})
        found += [(row["offer_id"], row["present"]) for row in answer["stocks"]]
        cursor, has_next = answer["cursor"], answer["has_next"]
    assert found == [(f"A-{n}", n) for n in range(5)]
    missing = ozon.call("/v1/product/info/warehouse/stocks", {"warehouse_id": 5, "limit": 2})
    assert (missing.status_code, missing.json()["code"]) == (404, 5)


def test_the_three_warehouses(ozon: Ozon) -> None:
    answer = ozon.ok("/v2/warehouse/list", {"limit": 200})
    assert [(each["warehouse_id"], each["name"], each["status"]) for each in answer["warehouses"]] == [
        (MOSCOW, "Склад Москва", "created"),
        (KAZAN, "Склад Казань", "created"),
        (SHOP, "Магазин на Ленина", "created"),
    ]
    assert answer["has_next"] is False
    first = ozon.ok("/v2/warehouse/list", {"limit": 2})
    assert first["has_next"] is True
    rest = ozon.ok("/v2/warehouse/list", {"limit": 2, "cursor": first["cursor"]})
    assert [each["warehouse_id"] for each in rest["warehouses"]] == [SHOP]
    one = ozon.ok("/v2/warehouse/list", {"limit": 2, "warehouse_ids": [str(KAZAN)]})
    assert [each["warehouse_id"] for each in one["warehouses"]] == [KAZAN]
    assert ozon.call("/v2/warehouse/list", {"limit": 201}).status_code == 400
    assert ozon.call("/v2/warehouse/list", {}).status_code == 400


def test_a_later_write_is_not_hidden_by_an_earlier_one(ozon: Ozon, clock: ManualClock) -> None:
    ozon.card("A-1")
    ozon.knobs(read_lag_seconds=10)
    ozon.order("edit", offer_id="A-1", stock={str(MOSCOW): 5})
    ozon.knobs(read_lag_seconds=0)
    ozon.order("edit", offer_id="A-1", stock={str(MOSCOW): 6})
    for _ in range(2):
        (row,) = ozon.ok("/v1/product/info/warehouse/stocks", {"warehouse_id": MOSCOW, "limit": 1})["stocks"]
        assert row["present"] == 6
        clock.advance(20)
