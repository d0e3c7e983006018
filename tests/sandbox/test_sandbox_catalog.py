"""The category tree, attributes and dictionaries."""

from __future__ import annotations

from typing import Any

from sandbox_testkit import CATEGORY, TYPE, Ozon

from sandbox.ozon import category_data as data

PLACE = {"description_category_id": CATEGORY, "type_id": TYPE}


def _leaves(nodes: list[dict[str, Any]], category_id: int = 0) -> list[tuple[int, dict[str, Any]]]:
    found: list[tuple[int, dict[str, Any]]] = []
    for node in nodes:
        if "type_id" in node:
            found.append((category_id, node))
        found += _leaves(node["children"], node.get("description_category_id", category_id))
    return found


def test_types_are_leaves_without_a_category_of_their_own(ozon: Ozon) -> None:
    leaves = _leaves(ozon.ok("/v1/description-category/tree", {"language": "DEFAULT"})["result"])
    assert len(leaves) == len(data.TYPES_DICTIONARY.values) >= 12
    for _, leaf in leaves:
        assert leaf.keys() == {"type_id", "type_name", "disabled", "children"}
        assert leaf["children"] == []
    assert (CATEGORY, TYPE) in [(category_id, leaf["type_id"]) for category_id, leaf in leaves]


def test_the_tree_has_a_disabled_category(ozon: Ozon) -> None:
    (root,) = ozon.ok("/v1/description-category/tree")["result"]
    assert [node["category_name"] for node in root["children"] if node["disabled"]] == ["Ходунки и прыгунки"]


def test_an_unknown_language_is_refused(ozon: Ozon) -> None:
    assert ozon.call("/v1/description-category/tree", {"language": "DE"}).status_code == 400


def test_every_type_has_type_model_and_brand_as_required_attributes(ozon: Ozon) -> None:
    found = ozon.ok("/v1/description-category/attribute", PLACE)["result"]
    required = {each["id"]: each for each in found if each["is_required"]}
    assert {8229, 9048, 85} < required.keys()
    assert required[9048]["dictionary_id"] == 0
    assert required[85]["dictionary_id"] == data.BRANDS.id
    assert [each["id"] for each in found if each["is_aspect"]] == [data.COLOUR_ATTRIBUTE_ID]
    video = next(each for each in found if each["id"] == data.VIDEO_URL_ATTRIBUTE_ID)
    assert video["attribute_complex_id"] == data.VIDEO_COMPLEX_ID


def test_a_type_of_another_category_is_refused(ozon: Ozon) -> None:
    response = ozon.call(
        "/v1/description-category/attribute", {"description_category_id": 92_000_011, "type_id": TYPE}
    )
    assert (response.status_code, response.json()["code"]) == (400, 3)


def test_values_page_by_the_last_id(ozon: Ozon) -> None:
    request = {**PLACE, "attribute_id": 85, "limit": 20}
    found: list[dict[str, Any]] = []
    last = 0
    pages = 0
    while True:
        answer = ozon.ok("/v1/description-category/attribute/values", {**request, "last_value_id": last})
        found += answer["result"]
        pages += 1
        if not answer["has_next"]:
            break
        last = answer["result"][-1]["id"]
    assert pages == 3
    assert [(each["id"], each["value"]) for each in found] == [(v.id, v.value) for v in data.BRANDS.values]


def test_the_values_of_the_type_attribute_are_those_of_the_category(ozon: Ozon) -> None:
    answer = ozon.ok(
        "/v1/description-category/attribute/values", {**PLACE, "attribute_id": 8229, "limit": 10}
    )
    assert [each["value"] for each in answer["result"]] == ["Конструктор"]


def test_a_free_text_attribute_has_no_values(ozon: Ozon) -> None:
    answer = ozon.ok(
        "/v1/description-category/attribute/values", {**PLACE, "attribute_id": 9048, "limit": 10}
    )
    assert answer == {"result": [], "has_next": False}


def test_an_attribute_of_another_type_is_refused(ozon: Ozon) -> None:
    request = {**PLACE, "attribute_id": data.MATTRESS_SIZE_ATTRIBUTE_ID, "limit": 10}
    assert ozon.call("/v1/description-category/attribute/values", request).status_code == 400


def test_search_finds_parts_of_words_in_any_case(ozon: Ozon) -> None:
    request = {**PLACE, "attribute_id": 85, "limit": 100}
    answer = ozon.ok("/v1/description-category/attribute/values/search", {**request, "value": "умка"})
    assert [each["value"] for each in answer["result"]] == ["Умка Кидс"]
    limited = ozon.ok(
        "/v1/description-category/attribute/values/search", {**request, "value": "а ", "limit": 1}
    )
    assert len(limited["result"]) == 1
    for change in ({"value": "у"}, {"value": "умка", "limit": 101}):
        response = ozon.call("/v1/description-category/attribute/values/search", {**request, **change})
        assert response.status_code == 400


def test_dictionaries_are_large_enough_and_ids_unique() -> None:
    sizes = {dictionary.name: len(dictionary.values) for dictionary in data.DICTIONARIES}
    assert sizes["Бренд"] >= 40
    assert sizes["Страна-изготовитель"] >= 20
    assert sizes["Цвет товара"] >= 20
    assert sizes["Материал"] >= 15
    ids = [value.id for dictionary in data.DICTIONARIES for value in dictionary.values]
    assert len(ids) == len(set(ids))
