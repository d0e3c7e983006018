"""Cards by /v3/product/import: tasks that take their time, and what fails an item."""

from __future__ import annotations

from typing import Any

import pytest
from sandbox_testkit import BRAND, ManualClock, Ozon, attribute, codes, item

from sandbox.ozon import category_data as data

VALUE = "values"


def _status(ozon: Ozon, offer_id: str) -> dict[str, Any]:
    items = ozon.ok("/v3/product/info/list", {"offer_id": [offer_id]})["items"]
    return {"status": items[0]["statuses"]["status"], "sku": items[0]["sku"]} if items else {}


def test_a_card_goes_from_pending_to_price_sent(ozon: Ozon, clock: ManualClock) -> None:
    ozon.knobs(import_seconds_min=3, import_seconds_max=3, price_sent_seconds=4, read_lag_seconds=1)
    task_id = ozon.submit(item("A-1"))
    assert ozon.task(task_id) == [
        {"offer_id": "A-1", "product_id": 0, "status": "pending", "errors": []},
    ]
    clock.advance(2.9)
    assert ozon.task(task_id)[0]["status"] == "pending"
    clock.advance(0.1)
    (done,) = ozon.task(task_id)
    assert (done["status"], done["errors"]) == ("imported", [])
    assert done["product_id"] > 2**31
    assert _status(ozon, "A-1") == {}
    clock.advance(1)
    assert _status(ozon, "A-1") == {"status": "imported", "sku": 0}
    clock.advance(1)
    processed = _status(ozon, "A-1")
    assert processed["status"] == "processed"
    assert processed["sku"] > 2**31
    assert codes(ozon.set_stock("A-1", 5)) == ["product_is_not_created"]
    clock.advance(2)
    assert _status(ozon, "A-1") == {"status": "price_sent", "sku": processed["sku"]}
    assert ozon.set_stock("A-1", 5)["updated"]


def test_the_time_scale_stretches_delays_and_not_limits(ozon: Ozon, clock: ManualClock) -> None:
    ozon.knobs("general", time_scale=0.01)
    task_id = ozon.submit(item("A-1"))
    clock.advance(0.05)
    assert ozon.task(task_id)[0]["status"] == "imported"
    clock.advance(0.05)
    assert ozon.set_stock("A-1", 5)["updated"]
    clock.advance(29.9)
    assert codes(ozon.set_stock("A-1", 6)) == ["TOO_MANY_REQUESTS"]


def test_with_time_scale_zero_everything_happens_at_once(ozon: Ozon) -> None:
    ozon.knobs("general", time_scale=0)
    assert ozon.task(ozon.submit(item("A-1")))[0]["status"] == "imported"
    assert _status(ozon, "A-1")["status"] == "price_sent"


def test_items_of_a_task_become_ready_one_by_one(ozon: Ozon, clock: ManualClock) -> None:
    task_id = ozon.submit(*(item(f"A-{n}") for n in range(100)))
    seen = set()
    for _ in range(12):
        clock.advance(0.5)
        seen.add(sum(each["status"] == "imported" for each in ozon.task(task_id)))
    assert max(seen) == 100
    assert len(seen) > 3


def test_imports_of_one_offer_keep_their_order(ozon: Ozon, clock: ManualClock) -> None:
    ozon.imported(item("A-1"))
    for n in range(20):
        ozon.submit(item("A-1", name=f"Название {n}"))
    clock.advance(200)
    ozon.ok("/v1/roles")
    assert ozon.state()["A-1"]["name"] == "Название 19"


def test_the_state_holds_what_was_sent(ozon: Ozon) -> None:
    sent = item(
        "A-1",
        barcode="4601234567893",
        complex_attributes=[
            {
                "attributes": [
                    {
                        "id": data.VIDEO_URL_ATTRIBUTE_ID,
                        "complex_id": data.VIDEO_COMPLEX_ID,
                        "values": [{"value": "https://v.example.com/1"}],
                    }
                ]
            }
        ],
        color_image="https://pics.example.com/color.jpg",
    )
    ozon.imported(sent)
    state = ozon.state()["A-1"]
    for name in ("name", "description_category_id", "type_id", "barcode", "vat", "depth", "width", "height"):
        assert state[name] == sent[name]
    assert state["images"] == sent["images"]
    assert state["primary_image"] == sent["images"][0]
    assert (state["price"], state["old_price"]) == ("1990.00", "2490.50")
    stored = {each["id"]: each[VALUE] for each in state["attributes"]}
    for each in sent["attributes"]:
        assert stored.pop(each["id"]) == each[VALUE]
    # type_id has priority over attribute 8229, so the stored one follows it even when none was sent.
    assert [value["value"] for value in stored.pop(8229)] == ["Конструктор"]
    assert stored == {}
    assert state["complex_attributes"][0]["values"] == [
        {"dictionary_value_id": 0, "value": "https://v.example.com/1"}
    ]
    assert (state["status"], state["archived"], state["stocks"]) == ("price_sent", False, {})


def test_an_unchanged_item_is_skipped_and_a_changed_one_updates_the_same_product(ozon: Ozon) -> None:
    (created,) = ozon.imported(item("A-1"))
    (again,) = ozon.imported(item("A-1"))
    assert (again["status"], again["product_id"]) == ("skipped", created["product_id"])
    (changed,) = ozon.imported(item("A-1", name="Другое название"))
    assert (changed["status"], changed["product_id"]) == ("imported", created["product_id"])
    assert ozon.state()["A-1"]["name"] == "Другое название"
    assert ozon.ok("/v4/product/info/limit")["daily_update"]["usage"] == 1


def test_sending_back_the_picture_links_that_were_read_changes_nothing(ozon: Ozon) -> None:
    ozon.imported(item("A-1"))
    read = ozon.ok("/v4/product/info/attributes", {"limit": 1})["result"][0]
    assert all(url.startswith("https://cdn1.ozone.ru/") for url in read["images"])
    (again,) = ozon.imported(item("A-1", images=read["images"]))
    assert again["status"] == "skipped"
    ozon.knobs(image_urls="as_sent")
    assert (
        ozon.ok("/v4/product/info/attributes", {"limit": 1})["result"][0]["images"] == item("A-1")["images"]
    )


def test_a_new_category_moves_the_card(ozon: Ozon) -> None:
    ozon.imported(item("A-1"))
    toy = item(
        "A-1",
        new_description_category_id=92_000_041,
        type_id=971_000_015,
        attributes=[
            each for each in item("A-1")["attributes"] if each["id"] != data.PARTS_COUNT_ATTRIBUTE_ID
        ],
    )
    (moved,) = ozon.imported(toy)
    assert moved["status"] == "imported"
    assert ozon.state()["A-1"]["description_category_id"] == 92_000_041


def _without(attribute_id: int) -> list[dict[str, Any]]:
    return [each for each in item("A-1")["attributes"] if each["id"] != attribute_id]


def _with(*changed: dict[str, Any]) -> list[dict[str, Any]]:
    ids = {each["id"] for each in changed}
    return [each for each in item("A-1")["attributes"] if each["id"] not in ids] + list(changed)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"description_category_id": 0}, "description_category_is_empty"),
        ({"description_category_id": 5}, "description_category_invalid"),
        ({"description_category_id": 92_000_040}, "description_category_invalid"),
        ({"description_category_id": 92_000_080, "type_id": 971_000_026}, "description_category_is_legacy"),
        ({"type_id": 0}, "description_type_is_empty"),
        ({"type_id": 971_000_001}, "description_category_has_no_description_type"),
        (
            {"description_category_id": 92_000_032, "type_id": 971_000_014},
            "description_category_has_no_description_type",
        ),
        ({"name": ""}, "EMPTY_REQUIRED"),
        ({"name": "х" * 256}, "name_too_long"),
        ({"price": ""}, "price_is_negative"),
        ({"price": "-5"}, "price_is_negative"),
        ({"price": "0.50", "old_price": "0"}, "price_out_of_range"),
        ({"price": "10000001", "old_price": "0"}, "price_out_of_range"),
        ({"price": "1990", "old_price": "1990"}, "old_price_less_than_price"),
        ({"currency_code": "CNY"}, "currency_code_invalid"),
        ({"vat": "0.18"}, "vat_invalid"),
        ({"vat": ""}, "vat_invalid"),
        ({"depth": 0}, "missing_dimension"),
        ({"height": -1}, "missing_dimension"),
        ({"weight": 0}, "missing_dimension"),
        ({"dimension_unit": ""}, "EMPTY_REQUIRED"),
        ({"weight_unit": ""}, "EMPTY_REQUIRED"),
        ({"weight": 1001, "weight_unit": "kg", "dimension_unit": "cm"}, "VALUE_MAX_LIMIT"),
        ({"weight": 50, "weight_unit": "kg"}, "Incorrect_density"),
        ({"weight": 1, "dimension_unit": "in"}, "Incorrect_density"),
        ({"barcode": "46 01"}, "barcode_invalid"),
        ({"attributes": _without(85)}, "error_attribute_values_empty"),
        ({"attributes": _with(attribute(85))}, "error_attribute_values_empty"),
        ({"attributes": _with(attribute(9048, (0, " ")))}, "error_attribute_values_empty"),
        ({"attributes": _with(attribute(85, (0, BRAND.value)))}, "error_attribute_values_out_of_range"),
        ({"attributes": _with(attribute(85, (5, BRAND.value)))}, "error_attribute_values_out_of_range"),
        (
            {"attributes": _with(attribute(85, (BRAND.id, ""), (BRAND.id + 1, "")))},
            "error_attribute_values_out_of_range",
        ),
        ({"attributes": _with(attribute(20120, (0, "сто")))}, "error_attribute_values_out_of_range"),
        ({"attributes": _with(attribute(9048, (77, "модель")))}, "error_attribute_values_out_of_range"),
        ({"attributes": _with(attribute(8229, (91_501, "")))}, "error_attribute_values_out_of_range"),
        (
            {"attributes": _with(attribute(20020, *((61_571 + n, "") for n in range(4))))},
            "error_attribute_values_out_of_range",
        ),
        ({"images": ["ftp://pics.example.com/1.jpg", "1.jpg"]}, "all_image_failed"),
    ],
)
def test_a_wrong_item_fails_with_ozons_code(ozon: Ozon, changes: dict[str, Any], expected: str) -> None:
    failed, fine = ozon.imported(item("A-1", **changes), item("A-2"))
    assert (failed["status"], failed["product_id"]) == ("failed", 0)
    assert expected in [error["code"] for error in failed["errors"] if error["level"] == "error"]
    assert fine["status"] == "imported"
    assert list(ozon.state()) == ["A-2"]


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "х" * 255},
        {"price": "1", "old_price": "0"},
        {"price": "10000000", "old_price": ""},
        {"vat": "0"},
        {"vat": "0.22"},
        {"weight": 1, "weight_unit": "g", "depth": 10, "width": 10, "height": 10},
        {"depth": 100, "width": 100, "height": 100, "weight": 13_550},
        {"depth": 100, "width": 100, "height": 100, "weight": 1},
        {"dimension_unit": "in", "depth": 10, "width": 10, "height": 10, "weight": 5, "weight_unit": "lb"},
        {"attributes": _with(attribute(8229, (91_517, "текст не важен, когда есть id")))},
        {"images": [f"https://pics.example.com/{n}.jpg" for n in range(50)]},
        {"images": []},
        {"offer_id": "x" * 50},
        {"geo_names": ["x"], "promotions": [{"operation": "DISABLE", "type": "REVIEWS_PROMO"}]},
    ],
)
def test_an_item_at_the_edge_of_the_rules_is_imported(ozon: Ozon, changes: dict[str, Any]) -> None:
    (done,) = ozon.imported(item("A-1", **changes))
    assert (done["status"], done["errors"]) == ("imported", [])


def test_an_error_tells_field_attribute_and_level(ozon: Ozon) -> None:
    (failed,) = ozon.imported(item("A-1", attributes=_without(9048)))
    (error,) = failed["errors"]
    assert error.pop("optional_description_elements") == {}
    assert error.pop("message")
    assert error.pop("description")
    assert error == {
        "code": "error_attribute_values_empty",
        "state": "imported",
        "level": "error",
        "field": "attribute",
        "attribute_id": 9048,
        "attribute_name": "Название модели (для объединения в одну карточку)",
    }
    ozon.knobs(optional_description_elements=False)
    assert "optional_description_elements" not in ozon.imported(item("A-1", vat="9"))[0]["errors"][0]


def test_a_failed_update_leaves_the_card_and_shows_its_errors(ozon: Ozon) -> None:
    ozon.imported(item("A-1"))
    (failed,) = ozon.imported(item("A-1", name="Новое", vat="0.18"))
    assert failed["status"] == "failed"
    assert failed["product_id"] == ozon.state()["A-1"]["product_id"]
    assert ozon.state()["A-1"]["name"] == "Конструктор A-1"
    (shown,) = ozon.ok("/v3/product/info/list", {"offer_id": ["A-1"]})["items"][0]["errors"]
    assert (shown["code"], shown["level"], shown["field"]) == ("vat_invalid", "ERROR_LEVEL_ERROR", "vat")


def test_lost_pictures_are_warnings_of_an_imported_item(ozon: Ozon) -> None:
    ozon.knobs("ozon", fetch_pictures=False)
    ozon.knobs("images", missing_substring="lost")
    links = [f"http://127.0.0.1:8090/images/{name}.jpg" for name in ("lost-1", "good-1", "good-2")]
    (done,) = ozon.imported(item("A-1", images=links[1:], primary_image=links[0]))
    assert done["status"] == "imported"
    assert [(error["code"], error["level"], error["field"]) for error in done["errors"]] == [
        ("pics_http_error", "warning", "pictures"),
        ("some_image_failed", "warning", "pictures"),
        ("primary_image_load_failed", "warning", "pictures"),
    ]
    assert ozon.state()["A-1"]["images"] == links[1:]
    (failed,) = ozon.imported(item("A-2", images=links[:1]))
    assert failed["status"] == "failed"
    assert "all_image_failed" in codes(failed)


def test_a_barcode_belongs_to_one_product(ozon: Ozon) -> None:
    ozon.imported(item("A-1", barcode="4601234567893"))
    (failed,) = ozon.imported(item("A-2", barcode="4601234567893"))
    assert codes(failed) == ["barcode_already_used"]


@pytest.mark.parametrize(("variant", "outcome"), [("add", "failed"), ("replace", "imported")])
def test_a_second_barcode_joins_the_first_or_takes_its_place(ozon: Ozon, variant: str, outcome: str) -> None:
    ozon.knobs(import_barcodes=variant)
    ozon.imported(item("A-1", barcode="4601234567893"))
    ozon.imported(item("A-1", barcode="4601234567894"))
    (second,) = ozon.imported(item("A-2", barcode="4601234567893"))
    assert second["status"] == outcome


@pytest.mark.parametrize(
    ("items", "message"),
    [
        (0, "value must contain between 1 and 100 items, inclusive"),
        (101, "value must contain between 1 and 100 items, inclusive"),
    ],
)
def test_a_request_holds_one_to_a_hundred_items(ozon: Ozon, items: int, message: str) -> None:
    response = ozon.call("/v3/product/import", {"items": [item(f"A-{n}") for n in range(items)]})
    assert response.status_code == 400
    assert message in response.json()["message"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"offer_id": ""}, "OfferId: value length must be between 1 and 50 runes, inclusive"),
        ({"offer_id": "x" * 51}, "OfferId: value length must be between 1 and 50 runes, inclusive"),
        ({"price": "19,90"}, "Price: value does not match regex pattern"),
        ({"price": "19.901"}, "Price: value does not match regex pattern"),
        ({"price": 1990}, "invalid value for string field price: 1990"),
        ({"depth": "x"}, 'invalid value for int32 field depth: "x"'),
        ({"depth": 2**31}, "invalid value for int32 field depth: 2147483648"),
        ({"dimension_unit": "m"}, "DimensionUnit: value must be in list [mm cm in]"),
        ({"images": ["u"] * 51}, "Images: value must contain no more than 50 item(s)"),
        ({"images": ["u"] * 50, "primary_image": "p"}, "Images: no more than 49 beside PrimaryImage"),
        ({"premium_price": "1"}, 'unknown field "premium_price"'),
    ],
)
def test_a_malformed_item_refuses_the_whole_request(
    ozon: Ozon, changes: dict[str, Any], message: str
) -> None:
    response = ozon.call("/v3/product/import", {"items": [item("A-1"), item("A-2", **changes)]})
    assert (response.status_code, response.json()["code"]) == (400, 3)
    assert message in response.json()["message"]


def test_an_unknown_task_is_404_and_a_task_can_be_forgotten(ozon: Ozon, clock: ManualClock) -> None:
    missing = ozon.call("/v1/product/import/info", {"task_id": 5})
    assert (missing.status_code, missing.json()["code"]) == (404, 5)
    task_id = ozon.submit(item("A-1"))
    clock.advance(10_000)
    assert ozon.task(task_id)[0]["status"] == "imported"
    ozon.knobs(import_task_ttl_seconds=3600)
    assert ozon.call("/v1/product/import/info", {"task_id": task_id}).status_code == 404


# --- what the documentation leaves open ---


def test_the_longest_name_is_a_knob(ozon: Ozon) -> None:
    ozon.knobs(name_max_length=500)
    first, second = ozon.imported(item("A-1", name="х" * 500), item("A-2", name="х" * 501))
    assert first["status"] == "imported"
    assert codes(second) == ["name_too_long"]


@pytest.mark.parametrize("changes", [{"vat": ""}, {"description_category_id": 5}])
def test_an_item_with_a_wrong_category_or_vat_may_vanish(ozon: Ozon, changes: dict[str, Any]) -> None:
    ozon.knobs(category_or_vat_error="item_vanishes")
    task_id = ozon.submit(item("A-1", **changes), item("A-2", name=""))
    assert len(ozon.task(task_id)) == 2
    ozon.clock.advance(10)
    answer = ozon.ok("/v1/product/import/info", {"task_id": task_id})["result"]
    assert ([each["offer_id"] for each in answer["items"]], answer["total"]) == (["A-2"], 1)


def test_an_unknown_attribute_fails_the_item_or_is_dropped_with_a_warning(ozon: Ozon) -> None:
    sent = item("A-1", attributes=[*item("A-1")["attributes"], attribute(31, (0, "x"))])
    (failed,) = ozon.imported(sent)
    assert (failed["status"], codes(failed), failed["errors"][0]["attribute_id"]) == (
        "failed",
        ["unknown_attribute"],
        31,
    )
    ozon.knobs(unknown_attribute="warning")
    (done,) = ozon.imported(sent)
    assert (done["status"], done["errors"][0]["level"]) == ("imported", "warning")
    assert 31 not in [each["id"] for each in ozon.state()["A-1"]["attributes"]]


@pytest.mark.parametrize(("variant", "code"), [("string", "RESOURCE_EXHAUSTED"), ("int", 8)])
def test_items_per_minute_are_limited_with_either_code(
    ozon: Ozon, clock: ManualClock, variant: str, code: str | int
) -> None:
    ozon.knobs(import_items_per_minute=110, item_limit_code=variant)
    ozon.submit(*(item(f"A-{n}") for n in range(100)))
    clock.advance(20)
    refused = ozon.call("/v3/product/import", {"items": [item(f"B-{n}") for n in range(11)]})
    assert refused.status_code == 429
    assert refused.json() == {
        "code": code,
        "message": "You have reached operation items limits. Retry after 40 seconds. Remaining 10 items",
        "details": [],
    }
    assert refused.headers["Item-Retry-After"] == "1"
    assert refused.headers["Item-Rate-Limit-Remaining"] == "10"
    ozon.submit(*(item(f"B-{n}") for n in range(10)))
    clock.advance(40)
    ozon.submit(*(item(f"C-{n}") for n in range(100)))


def test_beyond_the_daily_limit_an_item_fails(ozon: Ozon, clock: ManualClock) -> None:
    ozon.knobs(daily_create_limit=2, daily_update_limit=1)
    created = ozon.imported(*(item(f"A-{n}") for n in range(3)))
    assert sorted(each["status"] for each in created) == ["failed", "imported", "imported"]
    assert [codes(each) for each in created if each["status"] == "failed"] == [["item_limit_exceeded"]]
    offers = sorted(ozon.state())
    updated = ozon.imported(*(item(offer_id, name="Новое") for offer_id in offers))
    assert sorted(each["status"] for each in updated) == ["failed", "imported"]
    limits = ozon.ok("/v4/product/info/limit")
    assert (limits["daily_create"]["usage"], limits["daily_update"]["usage"]) == (2, 1)
    assert limits["daily_create"]["reset_at"] == "2026-11-24T00:00:00.000000Z"
    clock.advance(15 * 3600)
    assert ozon.ok("/v4/product/info/limit")["daily_create"]["usage"] == 0


def test_beyond_the_daily_limit_the_request_may_be_refused(ozon: Ozon) -> None:
    ozon.knobs(daily_create_limit=2, daily_limit_answer="http_429")
    refused = ozon.call("/v3/product/import", {"items": [item(f"A-{n}") for n in range(3)]})
    assert (refused.status_code, refused.json()["code"]) == (429, "RESOURCE_EXHAUSTED")
    # 09:00 UTC now, and the day ends at 03:00 Moscow time.
    assert refused.headers["Item-Retry-After"] == str(15 * 60)
    assert refused.headers["Item-Rate-Limit-Remaining"] == "2"


def test_the_assortment_can_be_full(ozon: Ozon) -> None:
    ozon.knobs(total_limit=1)
    ozon.imported(item("A-1"))
    (failed,) = ozon.imported(item("A-2"))
    assert codes(failed) == ["item_limit_exceeded"]
    assert ozon.imported(item("A-1", name="Новое"))[0]["status"] == "imported"
    assert ozon.ok("/v4/product/info/limit")["total"] == {"limit": 1, "usage": 1}


def test_an_import_that_moves_the_price_far_quarantines_it_too(ozon: Ozon) -> None:
    ozon.imported(item("A-1"))
    ozon.imported(item("A-1", price="500", old_price="0"))
    state = ozon.state()["A-1"]
    assert (state["price"], state["quarantine"]["price"]) == ("1990.00", "500.00")
