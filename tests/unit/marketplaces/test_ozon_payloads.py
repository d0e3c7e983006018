"""What is sent is what is read back: equal content has equal hashes, in whatever form Ozon shows it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ozon_testkit import card_item, price_item

from marketsync.marketplaces.ozon import payloads
from marketsync.marketplaces.ozon.payloads import money, new_item, read_document

ALL = frozenset(
    ("name", "category", "barcode", "vat", "weight", "depth", "width", "height", "85", "20030", "20070", "3")
)


def fingerprint(document: Mapping[str, Any], fields: Collection[str] = ALL) -> bytes:
    """Over every field but where a test says otherwise."""
    return payloads.fingerprint(document, fields)


def differences(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    return payloads.differences(ours, theirs, ALL)


OURS: dict[str, Any] = {
    "name": "Коврик",
    "description_category_id": 44,
    "type_id": 19,
    "barcode": "8809288404089",
    "vat": "0.2",
    "weight": 1400,
    "depth": 710,
    "width": 400,
    "height": 120,
    "attributes": [
        {"id": 85, "complex_id": 0, "values": [{"dictionary_value_id": 500, "value": "Нет бренда"}]},
        {"id": 8229, "complex_id": 0, "values": [{"dictionary_value_id": 919, "value": "Коврик игровой"}]},
        {
            "id": 20030,
            "complex_id": 0,
            "values": [
                {"dictionary_value_id": 702, "value": "EVA"},
                {"dictionary_value_id": 703, "value": "Хлопок"},
            ],
        },
        {"id": 20070, "complex_id": 0, "values": [{"dictionary_value_id": 0, "value": "Мягкий."}]},
    ],
    "images": ["https://shop.example/1.jpg"],
}


def shown(**changes: Any) -> dict[str, Any]:
    """OURS as /v4/product/info/attributes shows it."""
    row = {
        "id": 7,
        "offer_id": "A-1",
        "name": "Коврик ",
        "barcode": "8809288404089",
        "barcodes": ["8809288404089", "OZN7"],
        "description_category_id": 44,
        "type_id": 19,
        "weight": 1400,
        "weight_unit": "g",
        "depth": 710,
        "width": 400,
        "height": 120,
        "dimension_unit": "mm",
        "images": ["https://cdn.example/a", "https://cdn.example/b"],
        "attributes": [
            {"id": 20070, "complex_id": 0, "values": [{"dictionary_value_id": 0, "value": "Мягкий. "}]},
            {
                "id": 20030,
                "complex_id": 0,
                "values": [
                    {"dictionary_value_id": 703, "value": "хлопок (cotton)"},
                    {"dictionary_value_id": 702, "value": "EVA"},
                ],
            },
            {"id": 85, "complex_id": 0, "values": [{"dictionary_value_id": 500, "value": "Нет бренда"}]},
            {
                "id": 8229,
                "complex_id": 0,
                "values": [{"dictionary_value_id": 12, "value": "Другое имя типа"}],
            },
        ],
        "complex_attributes": [],
    }
    return {**row, **changes}


INFO = {"id": 7, "vat": "0.20", "barcodes": ["8809288404089"]}


@pytest.mark.parametrize(
    "row",
    [
        shown(),
        shown(barcode=None),
        shown(weight=1.4, weight_unit="kg", depth=71, width=40, height=12, dimension_unit="cm"),
        shown(
            attributes=[
                *shown()["attributes"],
                {"id": 21841, "complex_id": 100001, "values": [{"value": "v"}]},
            ]
        ),
        shown(attributes=[*shown()["attributes"], {"id": 20090, "complex_id": 0, "values": []}]),
    ],
)
def test_equal_content_has_equal_hashes(row: dict[str, Any]) -> None:
    theirs = read_document(row, INFO)
    assert differences(OURS, theirs) == []
    assert fingerprint(theirs) == fingerprint(OURS)


@pytest.mark.parametrize(
    ("row", "info", "expected"),
    [
        (shown(name="Коврик 2"), INFO, [("name", "Коврик", "Коврик 2")]),
        (shown(), {**INFO, "vat": "0.1"}, [("vat", "0.2", "0.1")]),
        (shown(weight=1401), INFO, [("weight", "1400", "1401")]),
        (shown(barcode="1", barcodes=["1"]), INFO, [("barcode", "8809288404089", "1")]),
        (shown(barcode="", barcodes=[]), {"vat": "0.2"}, [("barcode", "8809288404089", "")]),
        (shown(type_id=20), INFO, [("type_id", "19", "20")]),
        (
            shown(attributes=shown()["attributes"][1:]),
            INFO,
            [("attribute 20070", "Мягкий.", "")],
        ),
        (
            shown(attributes=[*shown()["attributes"], {"id": 3, "values": [{"value": "рукой"}]}]),
            INFO,
            [("attribute 3", "", "рукой")],
        ),
    ],
)
def test_a_difference_is_named_and_changes_the_hash(
    row: dict[str, Any], info: dict[str, Any], expected: list[tuple[str, str, str]]
) -> None:
    theirs = read_document(row, info)
    assert differences(OURS, theirs) == expected
    assert fingerprint(theirs) != fingerprint(OURS)


@given(st.permutations(OURS["attributes"]), st.permutations([702, 703]))
def test_the_order_of_attributes_and_values_means_nothing(attributes: Any, materials: Any) -> None:
    values = {702: "EVA", 703: "Хлопок"}
    moved = [
        {**each, "values": [{"dictionary_value_id": id_, "value": values[id_]} for id_ in materials]}
        if each["id"] == 20030
        else each
        for each in attributes
    ]
    assert fingerprint({**OURS, "attributes": moved}) == fingerprint(OURS)


@given(st.text(max_size=30), st.text(max_size=30))
def test_texts_with_different_letters_have_different_hashes(one: str, other: str) -> None:
    same = one.strip() == other.strip()
    assert (fingerprint({**OURS, "name": one}) == fingerprint({**OURS, "name": other})) is same


def test_pictures_are_no_part_of_the_hash() -> None:
    assert fingerprint({**OURS, "images": []}) == fingerprint(OURS)


def test_an_import_item_is_whole_and_goes_under_the_article_of_the_offer() -> None:
    item = new_item(card_item(5, OURS, old="1190"))
    assert item == {
        **OURS,
        "offer_id": "A-5",
        "dimension_unit": "mm",
        "weight_unit": "g",
        "price": "990.00",
        "old_price": "1190.00",
        "currency_code": "RUB",
    }
    assert new_item(card_item(5, OURS))["old_price"] == "0"


def test_a_price_is_no_card() -> None:
    with pytest.raises(TypeError, match="Price"):
        new_item(price_item(1, "10"))


def test_money_has_two_decimals() -> None:
    assert [money(Decimal(text)) for text in ("0.1", "1990", "1E+3")] == ["0.10", "1990.00", "1000.00"]
