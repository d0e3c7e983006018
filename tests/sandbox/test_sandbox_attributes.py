"""Single attributes, complex attributes, and what becomes of dictionaries and categories under a seller's hands."""

from __future__ import annotations

from typing import Any

import pytest
from sandbox_testkit import Ozon, attribute, item

from sandbox.ozon import category_data as data

UPDATE = "/v1/product/attributes/update"
VIDEO = data.VIDEO_COMPLEX_ID


@pytest.fixture
def made(ozon: Ozon) -> Ozon:
    """A cabinet with the card A-1, imported and shown."""
    ozon.knobs("general", time_scale=0)
    ozon.imported(item("A-1"))
    return ozon


def text(number: int, *values: str, complex_id: int = 0) -> dict[str, Any]:
    rows = [{"dictionary_value_id": 0, "value": value} for value in values]
    return {"id": number, "complex_id": complex_id, "values": rows}


def video(link: str, name: str) -> dict[str, Any]:
    return {
        "attributes": [
            text(data.VIDEO_URL_ATTRIBUTE_ID, link, complex_id=VIDEO),
            text(data.VIDEO_NAME_ATTRIBUTE_ID, name, complex_id=VIDEO),
        ]
    }


def update(ozon: Ozon, *attributes: dict[str, Any], offer_id: str = "A-1") -> dict[str, Any]:
    """The outcome of one item."""
    answer = ozon.ok(UPDATE, {"items": [{"offer_id": offer_id, "attributes": list(attributes)}]})
    (outcome,) = ozon.task(answer["task_id"])
    return outcome


def shown(ozon: Ozon) -> dict[int, list[str]]:
    card = ozon.state()["A-1"]
    return {
        each["id"]: [value["value"] for value in each["values"]]
        for each in (*card["attributes"], *card["complex_attributes"])
    }


def test_only_what_is_sent_is_changed(made: Ozon) -> None:
    before = made.state()["A-1"]
    outcome = update(made, text(data.ANNOTATION_ATTRIBUTE_ID, "Новый текст"))
    assert (outcome["status"], outcome["errors"]) == ("imported", [])
    after = made.state()["A-1"]
    assert shown(made)[data.ANNOTATION_ATTRIBUTE_ID] == ["Новый текст"]
    assert {each["id"] for each in before["attributes"]} <= set(shown(made))
    assert {**after, "attributes": None} == {**before, "attributes": None}
    assert update(made, text(data.ANNOTATION_ATTRIBUTE_ID, "Новый текст"))["status"] == "skipped"


@pytest.mark.parametrize(
    ("sent", "offer_id", "code"),
    [
        (text(data.ANNOTATION_ATTRIBUTE_ID), "A-1", "error_attribute_values_empty"),
        (text(5), "A-1", "unknown_attribute"),
        (attribute(data.BRAND_ATTRIBUTE_ID, (1, "x")), "A-1", "error_attribute_values_out_of_range"),
        (text(data.ANNOTATION_ATTRIBUTE_ID, "x"), "A-2", "product_not_found"),
    ],
)
def test_an_item_fails_with_its_reason(made: Ozon, sent: dict[str, Any], offer_id: str, code: str) -> None:
    before = made.state()
    outcome = update(made, sent, offer_id=offer_id)
    assert (outcome["status"], outcome["errors"][0]["code"]) == ("failed", code)
    assert made.state()["A-1"]["attributes"] == before["A-1"]["attributes"]


def test_requests_are_bounded_and_counted_with_imports(made: Ozon) -> None:
    row = {"offer_id": "A-1", "attributes": [text(data.ANNOTATION_ATTRIBUTE_ID, "x")]}
    for items in ([], [row] * 101, [{**row, "attributes": []}], [{**row, "offer_id": ""}]):
        assert made.call(UPDATE, {"items": items}).status_code == 400
    made.knobs(import_items_per_minute=1)
    refused = made.call(UPDATE, {"items": [row]})
    assert refused.status_code == 429
    assert refused.json()["code"] == "RESOURCE_EXHAUSTED"
    assert int(refused.headers["Item-Retry-After"]) >= 1
    assert refused.headers["Item-Rate-Limit-Remaining"] == "0"
    made.knobs(import_items_per_minute=100, daily_update_limit=0)
    assert [each["code"] for each in update(made, *row["attributes"])["errors"]] == ["item_limit_exceeded"]


def test_complex_attributes_are_taken_in_groups_and_shown_as_a_list_in_camel_case(made: Ozon) -> None:
    link = "https://v.example.com/1,2"
    made.imported(item("A-1", complex_attributes=[video(link, "Обзор")]))
    row = made.ok("/v4/product/info/attributes", {"filter": {"offer_id": ["A-1"]}, "limit": 1})["result"][0]
    assert row["complex_attributes"] == [
        {"id": number, "complex_id": VIDEO, "values": [{"dictionaryValueId": 0, "value": value}]}
        for number, value in ((data.VIDEO_URL_ATTRIBUTE_ID, link), (data.VIDEO_NAME_ATTRIBUTE_ID, "Обзор"))
    ]
    update(made, text(data.VIDEO_NAME_ATTRIBUTE_ID, "Другой", complex_id=VIDEO))
    assert (shown(made)[data.VIDEO_URL_ATTRIBUTE_ID], shown(made)[data.VIDEO_NAME_ATTRIBUTE_ID]) == (
        [link],
        ["Другой"],
    )
    (outcome,) = made.imported(item("A-1", complex_attributes=[video(link, "1"), video(link, "2")]))
    assert {error["code"] for error in outcome["errors"]} == {"error_attribute_values_out_of_range"}


def test_a_person_adds_and_takes_away_attributes(made: Ozon) -> None:
    made.order(
        "edit",
        offer_id="A-1",
        color_image="https://pics.example.com/c.jpg",
        attributes=[
            text(data.KEYWORDS_ATTRIBUTE_ID, "куб"),
            text(data.VIDEO_URL_ATTRIBUTE_ID, "https://v.example.com/1"),
        ],
    )
    assert shown(made)[data.KEYWORDS_ATTRIBUTE_ID] == ["куб"]
    assert shown(made)[data.VIDEO_URL_ATTRIBUTE_ID] == ["https://v.example.com/1"]
    assert made.state()["A-1"]["color_image"] == "https://pics.example.com/c.jpg"
    made.order("edit", offer_id="A-1", attributes=[text(data.KEYWORDS_ATTRIBUTE_ID)])
    assert data.KEYWORDS_ATTRIBUTE_ID not in shown(made)


def test_a_dictionary_loses_a_value_and_gets_it_back(made: Ozon) -> None:
    place = {
        "attribute_id": data.AGE_ATTRIBUTE_ID,
        "description_category_id": 92_000_042,
        "type_id": 971_000_017,
    }

    def values() -> set[str]:
        read = made.ok("/v1/description-category/attribute/values", {**place, "limit": 2000})["result"]
        return {value["value"] for value in read}

    lost = {"attribute_id": data.AGE_ATTRIBUTE_ID, "value": "От 3 лет"}
    (value_id,) = [value.id for value in data.AGES.values if value.value == "От 3 лет"]
    made.order("dictionary", **lost)
    assert "От 3 лет" not in values()
    outcome = update(made, attribute(data.AGE_ATTRIBUTE_ID, (value_id, "")))
    assert [error["code"] for error in outcome["errors"]] == ["error_attribute_values_out_of_range"]
    made.order("dictionary", **lost, present=True)
    assert "От 3 лет" in values()
    assert update(made, attribute(data.AGE_ATTRIBUTE_ID, (value_id, "")))["errors"] == []


@pytest.mark.parametrize(
    ("closed", "code"),
    [
        (92_000_042, "description_category_is_legacy"),
        (971_000_017, "description_category_has_no_description_type"),
    ],
)
def test_a_closed_category_takes_no_cards_until_it_is_open_again(made: Ozon, closed: int, code: str) -> None:
    made.order("category", id=closed, disabled=True)
    tree = str(made.ok("/v1/description-category/tree")["result"])
    (outcome,) = made.imported(item("A-3", barcode=""))
    assert [error["code"] for error in outcome["errors"]] == [code]
    made.order("category", id=closed, disabled=False)
    assert str(made.ok("/v1/description-category/tree")["result"]) != tree
    (outcome,) = made.imported(item("A-3", barcode=""))
    assert outcome["status"] == "imported"


@pytest.mark.parametrize(
    ("action", "order", "reason"),
    [
        ("dictionary", {"attribute_id": 20040, "value": "От 200 лет"}, "has no value 'От 200 лет'"),
        ("dictionary", {"attribute_id": 5, "value": "x"}, "attribute 5 has no value"),
        ("category", {"id": 5}, "no category or type 5"),
        ("edit", {"offer_id": "A-1", "attributes": [{"id": 5, "values": []}]}, "the type has no attribute 5"),
    ],
)
def test_an_order_without_sense_is_refused(
    made: Ozon, action: str, order: dict[str, Any], reason: str
) -> None:
    response = made.http.post(f"/_sandbox/ozon/1001/{action}", json=order)
    assert response.status_code == 400
    assert reason in response.json()["error"]
