"""Whose the fields of a card are, and what of a card that is there is sent: ours, theirs, or nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from ozon_testkit import ScriptedClient, SmallDictionary, good_from

from marketsync.errors import BadInput
from marketsync.marketplaces.base import (
    Attribute,
    Card,
    Category,
    Item,
    Offer,
    Outcome,
    Owned,
    Price,
    Refused,
    Rendered,
    Result,
)
from marketsync.marketplaces.ozon.channel_card import CardChannel
from marketsync.marketplaces.ozon.payloads import fingerprint, read_document
from marketsync.marketplaces.ozon.renderer import CardRenderer, renderer

HEADER = "type;attribute;from;const;call;lookup;as;required;max_len;on_missing;owner\n"
CARD = """kind: card
version: 1
fields:
  - {to: offer_id, from: article, required: true}
  - {to: name, from: name, required: true, owner: ask}
  - {to: category, from: group, lookup: categories.csv, required: true}
  - {to: vat, const: "0.22", required: true}
  - {to: weight, const: "100", as: integer, required: true}
  - {to: depth, const: "10", as: integer, required: true}
  - {to: width, const: "10", as: integer, required: true}
  - {to: height, const: "90", as: integer, required: true}
  - {to: images, call: images, only_create: true, owner: cabinet}
"""
CATEGORIES = """group;property;value;category;type
Всё;;;Детские коврики;Коврик игровой
Всё;Вид;Боди;Боди и комбинезоны;Боди детское
Всё;Пол;Девочка;Детские коврики;Коврик игровой
Всё;Сорт;Боди;Боди и комбинезоны;Боди детское
"""
ATTRIBUTES = (
    "*;Аннотация;description;;;;;;;;ask",
    "*;Бренд;brand;;;;;;;;",
    "*;Материал;property:Материал;;;;;;;;",
    "*;Озон.Видео: название;property:Видео названия;;;;;;;;",
    "*;Озон.Видео: ссылка;property:Видео;;;;;;;;",
    "*;Размер (рост, см);property:Рост;;;;;;;;",
    "*;Цвет товара;property:Цвет;;;;;;;;",
)
MAT, BODY = Category("44", "19", "Детские коврики", "Коврик игровой"), "51"
LINK, NAME = 21841, 21837


class WithVideos(SmallDictionary):
    """The mat may have several videos, each with a link and a name, the link being required."""

    def attributes(self, category: Category) -> Any:
        found = [*super().attributes(category)]
        if category == MAT:
            for number, name, required in (
                (LINK, "Озон.Видео: ссылка", True),
                (NAME, "Озон.Видео: название", False),
            ):
                found.append(
                    Attribute(
                        "44",
                        "19",
                        str(number),
                        name,
                        required,
                        False,
                        None,
                        "100001",
                        complex_collection=True,
                    )
                )
        return found


Draw = Callable[..., CardRenderer]


@pytest.fixture
def draw(tmp_path: Path) -> Draw:
    """A renderer of a small mapping with these rows of owners.csv."""

    def make(*rows: str, account: str = "ozon", card: str = CARD) -> CardRenderer:
        for name, text in (
            ("card.yaml", card),
            ("categories.csv", CATEGORIES),
            ("attributes.csv", HEADER + "".join(f"{row}\n" for row in ATTRIBUTES)),
            ("owners.csv", "account;group;field;owner\n" + "".join(f"{row}\n" for row in rows)),
        ):
            (tmp_path / name).write_text(text, encoding="utf-8")
        return renderer(tmp_path, WithVideos(), account=account, accounts=["ozon", "second"])

    return make


def good(**properties: str) -> Any:
    return good_from(
        {
            "guid": "g", "good_guid": "g", "article": "A-1", "name": "Коврик", "group": "Всё",
            "brand": "Солнышко", "pictures": ["https://shop.example/1.jpg"],
            "properties": {"Материал": "Пластик", **properties},
        }
    )  # fmt: skip


def drawn(drawing: Rendered | Refused) -> Rendered:
    assert isinstance(drawing, Rendered), drawing
    return drawing


def test_fields_are_owned_as_the_files_say(draw: Draw) -> None:
    owned = drawn(draw().render(good())).owned
    assert owned.ask == {"name", "20070"}
    assert owned.store == {
        "category", "vat", "weight", "depth", "width", "height", "9048", "85", "20030", "20020", "complex 100001",
    }  # fmt: skip
    rows = ("*;*;model_name;cabinet", "*;*;name;cabinet", "*;*;Бренд;cabinet", "second;Всё;*;store")
    owned = drawn(draw(*rows).render(good())).owned
    assert (owned.ask, owned.store & {"9048", "85", "name"}) == ({"20070"}, set())
    owned = drawn(draw(*rows, account="second").render(good())).owned
    assert (owned.ask, {"9048", "85", "name", "images", "20070"} <= owned.store) == (set(), True)


def test_the_article_has_no_owner(draw: Draw) -> None:
    with pytest.raises(BadInput, match="поля «offer_id» нет"):
        draw("*;*;offer_id;cabinet")
    owned = CARD.replace("{to: offer_id, from: article,", "{to: offer_id, from: article, owner: cabinet,")
    with pytest.raises(BadInput, match="у артикула нет хозяина") as caught:
        draw(card=owned)
    assert caught.value.place.line == 4


def test_each_hash_covers_what_its_owner_has_and_a_blank_changes_none(draw: Draw) -> None:
    ready = draw()
    first, renamed = drawn(ready.render(good())), drawn(ready.render(replace(good(), name="Другой коврик")))
    described = drawn(ready.render(replace(good(), description="Мягкий")))
    coloured = drawn(ready.render(good(Цвет="белый")))
    assert first.ask_hash not in (None, renamed.ask_hash, described.ask_hash)
    # the model's name follows the good's, and it is the store's
    assert (first.hash == described.hash, first.hash == renamed.hash) == (True, False)
    assert (first.hash == coloured.hash, first.ask_hash == coloured.ask_hash) == (False, True)
    assert fingerprint(first.document, first.owned.store) == first.hash
    assert fingerprint(first.document, first.kept().store) == first.hash


def test_a_field_becomes_the_stores_when_the_store_first_fills_it(draw: Draw) -> None:
    blank, filled = drawn(draw().render(good())), drawn(draw().render(good(Цвет="белый")))
    assert "20020" in blank.owned.store
    assert "20020" not in blank.kept().store
    assert "20020" in filled.kept(blank.kept()).store
    assert "20020" in blank.kept(filled.kept()).store
    assert blank.kept(Owned(frozenset(), frozenset(["20020"]))).store >= {"20020"}
    shown = {**blank.document, "attributes": filled.document["attributes"]}
    assert fingerprint(shown, blank.kept().store) == blank.hash
    assert fingerprint(shown, blank.kept(filled.kept()).store) != blank.hash


@pytest.mark.parametrize(
    ("properties", "type_id"),
    [({}, 19), ({"Вид": "боди", "Рост": "62", "Цвет": "белый"}, 21), ({"Пол": "Девочка"}, 19)],
)
def test_a_property_may_choose_the_category(draw: Draw, properties: dict[str, str], type_id: int) -> None:
    assert drawn(draw().render(good(**properties))).document["type_id"] == type_id


def test_two_properties_that_choose_differently_are_told(draw: Draw) -> None:
    drawing = draw().render(good(Вид="Боди", Пол="Девочка"))
    assert isinstance(drawing, Refused)
    assert [problem.code for problem in drawing.problems] == ["ambiguous_category"]
    assert "разные строки categories.csv: 3, 4" in drawing.problems[0].message
    same = drawn(draw().render(good(Вид="Боди", Сорт="Боди", Рост="62", Цвет="белый")))
    assert same.document["type_id"] == 21


def test_complex_attributes_are_groups(draw: Draw) -> None:
    videos = {"Видео": "https://v.example/1,2; https://v.example/3", "Видео названия": "Первое; Второе"}
    drawing = drawn(draw().render(good(**videos)))
    assert drawing.document["complex_attributes"] == [
        {
            "attributes": [
                {
                    "id": number,
                    "complex_id": 100001,
                    "values": [{"dictionary_value_id": 0, "value": value}],
                }
                for number, value in ((NAME, name), (LINK, link))
            ]
        }
        for link, name in (("https://v.example/1,2", "Первое"), ("https://v.example/3", "Второе"))
    ]
    assert "complex 100001" in drawing.filled
    # shown in the plain list of the description, it is the same card
    flat = [each for group in drawing.document["complex_attributes"] for each in group["attributes"]]
    camel = [
        {**each, "values": [{"dictionaryValueId": 0, "value": v["value"]} for v in each["values"]]}
        for each in flat
    ]
    there = read_document({**drawing.document, "complex_attributes": camel}, {"vat": "0.22"})
    assert there["complex_attributes"] == drawing.document["complex_attributes"]
    assert fingerprint(there, drawing.kept().store) == drawing.hash
    assert "complex_attributes" not in drawn(draw().render(good())).document


def test_a_group_without_its_required_part_is_told(draw: Draw) -> None:
    drawing = draw().render(good(**{"Видео названия": "Обзор"}))
    assert isinstance(drawing, Refused)
    assert [(each.code, each.target) for each in drawing.problems] == [
        ("missing_value", "Озон.Видео: ссылка")
    ]


def test_an_unknown_value_is_told_with_those_that_are_like_it(draw: Draw) -> None:
    drawing = draw().render(good(Материал="пластика"))
    assert isinstance(drawing, Refused)
    (problem,) = drawing.problems
    assert (problem.code, problem.target, problem.value, problem.near) == (
        "unknown_value", "Материал", "пластика", ("Пластик",),
    )  # fmt: skip
    assert problem.message.endswith("исправьте его в 1С (похожие: «Пластик»)")


# ------------------------------------------------------------------ sending to a card that is there

PRICE = Price(Decimal(990), None, None, "RUB")
BRAND = {"id": 85, "complex_id": 0, "values": [{"dictionary_value_id": 501, "value": "Солнышко"}]}
KEYWORDS = {"id": 3, "complex_id": 0, "values": [{"dictionary_value_id": 0, "value": "мягкий"}]}
TYPE = {"id": 8229, "complex_id": 0, "values": [{"dictionary_value_id": 919, "value": "Коврик игровой"}]}
OURS = {
    "name": "Имя в 1С", "description_category_id": 44, "type_id": 19, "barcode": "1", "vat": "0.22",
    "weight": 100, "depth": 10, "width": 10, "height": 90, "images": ["https://shop.example/1.jpg"],
    "attributes": [TYPE, BRAND],
}  # fmt: skip
FIELDS = frozenset(("category", "vat", "weight", "depth", "width", "height", "85", "20020"))


def shown(**changes: Any) -> dict[str, Any]:
    """The card as it is shown: equal to OURS in FIELDS, with a name, pictures, a file and more of its own."""
    return {
        "id": 7, "offer_id": "A-1", "name": "Имя из кабинета", "barcode": "4600000000015",
        "description_category_id": 44, "type_id": 19, "depth": 1, "width": 1, "height": 9, "dimension_unit": "cm",
        "weight": 100, "weight_unit": "g", "attributes": [BRAND, KEYWORDS, TYPE],
        "complex_attributes": [
            {"id": LINK, "complex_id": 100001, "values": [{"dictionaryValueId": 0, "value": "https://v.example/7"}]}
        ],
        "primary_image": "https://cdn.example/main", "images": ["https://cdn.example/main", "https://cdn.example/2"],
        "color_image": "https://cdn.example/c", "pdf_list": [{"name": "Паспорт", "file_name": "https://cdn.example/p.pdf"}],
        **changes,
    }  # fmt: skip


INFO = {
    "id": 7,
    "offer_id": "A-1",
    "vat": "0.22",
    "price": "1234.00",
    "old_price": "0.00",
    "currency_code": "RUB",
}


def prepared(
    card: dict[str, Any],
    *,
    info: dict[str, Any] | None = None,
    ours: dict[str, Any] | None = None,
    **changes: Any,
) -> tuple[ScriptedClient, Any]:
    """What the channel makes of one item for this card."""
    client = ScriptedClient(
        info_list=[{"items": [info or INFO] if card else []}],
        card_attributes=[{"result": [card], "last_id": ""}],
    )
    value = Card({**OURS, **(ours or {})}, b"", changes.pop("price", PRICE), fields=FIELDS, **changes)
    done = CardChannel(client).prepare([Item(Offer(1, "A-1", "7"), value)], new=())
    return client, done


def whole(**arguments: Any) -> dict[str, Any]:
    _, done = prepared(arguments.pop("card", shown()), **arguments)
    ((item,),) = done.calls
    assert item.value.way == "whole"
    payload: dict[str, Any] = item.value.payload
    return payload


def test_where_nothing_of_ours_differs_no_call_is_made() -> None:
    client, done = prepared(shown())
    assert (done.calls, done.outcomes) == ((), (Outcome(1, Result.CONFIRMED, external_id="7"),))
    assert [path for path, _ in client.sent] == ["/v3/product/info/list", "/v4/product/info/attributes"]


def test_what_is_not_ours_goes_back_as_it_is_shown() -> None:
    assert whole(ours={"weight": 200}) == {
        "offer_id": "A-1", "name": "Имя из кабинета", "barcode": "4600000000015", "vat": "0.22",
        "description_category_id": 44, "type_id": 19, "weight": 200, "weight_unit": "g",
        "depth": 10, "width": 10, "height": 90, "dimension_unit": "mm",
        "attributes": [KEYWORDS, BRAND, TYPE],
        "complex_attributes": [
            {
                "attributes": [
                    {
                        "id": LINK, "complex_id": 100001,
                        "values": [{"dictionary_value_id": 0, "value": "https://v.example/7"}],
                    }
                ]
            }
        ],
        "images": ["https://cdn.example/main", "https://cdn.example/2"],
        "color_image": "https://cdn.example/c",
        "pdf_list": [{"index": 0, "name": "Паспорт", "src_url": "https://cdn.example/p.pdf"}],
        "price": "990.00", "old_price": "0", "currency_code": "RUB",
    }  # fmt: skip


def test_a_price_that_nobody_confirmed_stays_what_it_is() -> None:
    sent = whole(ours={"weight": 200}, price=None)
    assert (sent["price"], sent["old_price"], sent["currency_code"]) == ("1234.00", "0.00", "RUB")


def test_attributes_go_alone_unless_one_has_to_go_away_or_reading_may_lag() -> None:
    white = {"id": 20020, "complex_id": 0, "values": [{"dictionary_value_id": 801, "value": "белый"}]}
    changed = {"attributes": [TYPE, BRAND, white]}
    _, done = prepared(shown(), ours=changed)
    ((item,),) = done.calls
    assert (item.value.way, item.value.payload) == ("attributes", {"offer_id": "A-1", "attributes": [white]})
    assert whole(ours=changed, settled=False)["attributes"] == [KEYWORDS, BRAND, TYPE, white]
    assert whole(ours={**changed, "vat": "0.1"})["attributes"] == [KEYWORDS, BRAND, TYPE, white]
    lost = shown(attributes=[BRAND, KEYWORDS, TYPE, white])
    assert whole(card=lost)["attributes"] == [KEYWORDS, BRAND, TYPE]


def test_sizes_that_are_wholly_the_cabinets_keep_their_unit() -> None:
    client = ScriptedClient(
        info_list=[{"items": [INFO]}],
        card_attributes=[{"result": [shown(weight=2, weight_unit="lb")], "last_id": ""}],
    )
    card = Card(OURS, b"", PRICE, fields=frozenset(["vat", "name"]))
    ((item,),) = CardChannel(client).prepare([Item(Offer(1, "A-1", "7"), card)], new=()).calls
    assert item.value.payload is not None
    assert {name: item.value.payload[name] for name in ("depth", "dimension_unit", "weight", "weight_unit")} == {
        "depth": 1, "dimension_unit": "cm", "weight": 2, "weight_unit": "lb",
    }  # fmt: skip
    assert item.value.payload["name"] == "Имя в 1С"


def test_another_category_takes_along_only_what_it_has() -> None:
    moved = whole(ours={"type_id": 21}, possible=frozenset(["85"]))
    assert [each["id"] for each in moved["attributes"]] == [85, 8229]
    assert moved["complex_attributes"] == []


@pytest.mark.parametrize(
    ("card", "info", "result", "code"),
    [
        ({}, None, Result.RETRY, "not_shown"),
        (shown(offer_id="B"), {**INFO, "offer_id": "B"}, Result.REJECTED, "article_changed_there"),
    ],
)
def test_a_card_that_cannot_be_found_under_its_article_is_not_sent(
    card: dict[str, Any], info: dict[str, Any] | None, result: Result, code: str
) -> None:
    _, done = prepared(card, info=info)
    (outcome,) = done.outcomes
    assert (done.calls, outcome.result, outcome.problems[0].code) == ((), result, code)


def test_new_cards_are_not_read_and_go_with_everything() -> None:
    client = ScriptedClient(card_import=[{"result": {"task_id": 5}}])
    channel = CardChannel(client)
    item = Item(Offer(1, "A-1"), Card(OURS, b"", PRICE, fields=frozenset()))
    (items,) = channel.prepare([item], new={1}).calls
    channel.submit(items, 1)
    assert [path for path, _ in client.sent] == ["/v3/product/import"]
    assert client.sent[0][1]["items"][0]["name"] == "Имя в 1С"


def test_single_attributes_go_to_their_own_method_whose_answer_has_no_wrapper() -> None:
    client = ScriptedClient(attributes_update=[{"task_id": 6}])
    card = Card(OURS, b"", None, way="attributes", payload={"offer_id": "A-1", "attributes": [BRAND]})
    accepted = CardChannel(client).submit([Item(Offer(1, "A-1", "7"), card)], 1)
    assert accepted.task_id == "6"
    assert client.sent == [
        ("/v1/product/attributes/update", {"items": [{"offer_id": "A-1", "attributes": [BRAND]}]})
    ]
    assert client.options[0]["repeatable"] is False
