"""Cards from goods: golden pairs through the shipped mapping, and the rules that the pairs do not show."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from ozon_testkit import SmallDictionary, good_from

from marketsync.errors import BadInput
from marketsync.marketplaces.base import Good, Refused, Rendered
from marketsync.marketplaces.ozon.payloads import fingerprint
from marketsync.marketplaces.ozon.renderer import CardRenderer, renderer
from marketsync.paths import MAPPINGS

GOLDEN = Path(__file__).parent / "golden"
SHIPPED = MAPPINGS / "ozon"
HEADER = "type;attribute;from;const;call;lookup;as;required;max_len;on_missing\n"
CARD = """kind: card
version: 1
fields:
  - {to: offer_id, from: article, required: true}
  - {to: name, from: name, required: true}
  - {to: category, from: group, lookup: categories.csv, required: true}
  - {to: vat, const: "0.22", required: true}
  - {to: weight, const: "100", as: integer, required: true}
  - {to: depth, const: "10", as: integer, required: true}
  - {to: width, const: "10", as: integer, required: true}
  - {to: height, from: property:Высота, as: integer, required: true}
"""
CATEGORIES = """group;category;type
Боди;Боди и комбинезоны;Боди детское
Коврики;Детские коврики;Коврик игровой
Нет такой;Детские коврики;Ковёр-самолёт
Пюре;Детское питание;Пюре детское
"""


def _golden() -> list[str]:
    return sorted(path.name.removesuffix(".in.json") for path in GOLDEN.glob("*.in.json"))


def _read(name: str) -> Any:
    return json.loads((GOLDEN / name).read_text(encoding="utf-8"))


def test_there_are_golden_pairs() -> None:
    assert len(_golden()) >= 3


@pytest.mark.parametrize("name", _golden())
def test_golden_pairs(name: str) -> None:
    drawing = renderer(SHIPPED, SmallDictionary()).render(good_from(_read(f"{name}.in.json")))
    if isinstance(drawing, Rendered):
        assert drawing.document == _read(f"{name}.out.json")
        assert drawing.hash == fingerprint(drawing.document, drawing.owned.store)
    else:
        problems = [{"code": p.code, "field": p.field, "message": p.message} for p in drawing.problems]
        assert problems == _read(f"{name}.out.json")


@pytest.fixture
def draw(tmp_path: Path) -> Callable[..., CardRenderer]:
    """A renderer of a small mapping with these rows of attributes.csv."""

    def make(*rows: str, dictionary: SmallDictionary | None = None) -> CardRenderer:
        (tmp_path / "card.yaml").write_text(CARD, encoding="utf-8")
        (tmp_path / "categories.csv").write_text(CATEGORIES, encoding="utf-8")
        (tmp_path / "attributes.csv").write_text(
            HEADER + "".join(f"{row}\n" for row in rows), encoding="utf-8"
        )
        return renderer(tmp_path, dictionary or SmallDictionary())

    return make


BRAND = "*;Бренд;brand;;;;;;;"
MATERIAL = "*;Материал;property:Материал;;;;;;;"


def mat(**changes: Any) -> Good:
    fields = {
        "guid": "g",
        "good_guid": "g",
        "article": "A-1",
        "name": "Коврик",
        "group": "Коврики",
        "brand": "Солнышко",
        "properties": {"Высота": "100", "Материал": "Пластик"},
    }
    good: Good = good_from({**fields, **changes})
    return good


def _codes(drawing: Rendered | Refused) -> list[tuple[str, str | None]]:
    assert isinstance(drawing, Refused)
    return [(problem.code, problem.field) for problem in drawing.problems]


def _values(drawing: Rendered | Refused, attribute: int) -> list[str]:
    assert isinstance(drawing, Rendered), drawing
    found = [each["values"] for each in drawing.document["attributes"] if each["id"] == attribute]
    return [value["value"] for value in found[0]] if found else []


def test_a_required_attribute_without_a_rule_is_told_with_the_table_to_mend(
    draw: Callable[..., CardRenderer],
) -> None:
    drawing = draw(BRAND).render(mat())
    assert _codes(drawing) == [("missing_value", "Материал")]
    assert isinstance(drawing, Refused)
    assert "«Коврик игровой», а в attributes.csv нет такого правила" in drawing.problems[0].message


def test_a_rule_of_the_type_wins_over_the_rule_of_every_type(draw: Callable[..., CardRenderer]) -> None:
    own = "Коврик игровой;Материал;;Хлопок;;;;;;"
    assert _values(draw(BRAND, MATERIAL, own).render(mat()), 20030) == ["Хлопок"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("пластик ;Хлопок", ["Пластик", "Хлопок"]),
        ("Пластик, пластик", ["Пластик"]),
        ("Пластик,", ["Пластик"]),
    ],
)
def test_collections_are_split_at_commas_and_semicolons(
    draw: Callable[..., CardRenderer], text: str, expected: list[str]
) -> None:
    good = mat(properties={"Высота": "100", "Материал": text})
    assert _values(draw(BRAND, MATERIAL).render(good), 20030) == expected


def test_more_values_than_ozon_takes_are_a_problem(draw: Callable[..., CardRenderer]) -> None:
    good = mat(properties={"Высота": "100", "Материал": "Пластик, Хлопок, Вспененный полиэтилен (EVA)"})
    assert _codes(draw(BRAND, MATERIAL).render(good)) == [("too_many_values", "property:Материал")]


def test_an_unknown_optional_value_may_be_skipped(draw: Callable[..., CardRenderer]) -> None:
    row = "*;Цвет товара;property:Цвет;;;;;;;skip"
    good = mat(properties={"Высота": "100", "Материал": "Хлопок", "Цвет": "слонята, белый, жираф"})
    assert _values(draw(BRAND, MATERIAL, row).render(good), 20020) == ["белый"]
    good = mat(properties={"Высота": "100", "Материал": "Хлопок", "Цвет": "слонята"})
    assert _values(draw(BRAND, MATERIAL, row).render(good), 20020) == []


def test_an_unknown_value_of_a_required_attribute_is_never_skipped(draw: Callable[..., CardRenderer]) -> None:
    row = "*;Материал;property:Материал;;;;;;;skip"
    good = mat(properties={"Высота": "100", "Материал": "войлок"})
    assert _codes(draw(BRAND, row).render(good)) == [("unknown_value", "property:Материал")]


def test_a_text_is_looked_up_once_for_all_goods(draw: Callable[..., CardRenderer]) -> None:
    dictionary = SmallDictionary()
    ready = draw(BRAND, MATERIAL, dictionary=dictionary)
    ready.render(mat())
    asked = dictionary.asked
    ready.render(mat(article="A-2"))
    assert dictionary.asked == asked > 0


@pytest.mark.parametrize(
    ("group", "told"),
    [
        ("Неизвестная", "«Неизвестная» не назначена категория"),
        (
            "Нет такой",
            "categories.csv:4: группе «Нет такой» назначена категория «Детские коврики / Ковёр-самолёт»",
        ),
        ("Пюре", "а Ozon её закрыл"),
    ],
)
def test_a_category_that_cannot_be_used(draw: Callable[..., CardRenderer], group: str, told: str) -> None:
    drawing = draw(BRAND, MATERIAL).render(mat(group=group))
    assert _codes(drawing) == [("unmapped_category", "group")]
    assert isinstance(drawing, Refused)
    assert told in drawing.problems[0].message


@pytest.mark.parametrize(
    ("height", "accepted"),
    # 100 g in 10 mm x 10 mm x height: 1000 / height, which must lie between 0.001 and 13.55
    [("73", False), ("74", True), ("1000000", True), ("1000001", False)],
)
def test_an_impossible_density_is_told_before_ozon_does(
    draw: Callable[..., CardRenderer], height: str, accepted: bool
) -> None:
    drawing = draw(BRAND, MATERIAL).render(mat(properties={"Высота": height, "Материал": "Хлопок"}))
    if accepted:
        assert isinstance(drawing, Rendered)
    else:
        assert _codes(drawing) == [("density", "weight")]


def test_variants_share_the_model_and_other_goods_stand_alone(draw: Callable[..., CardRenderer]) -> None:
    ready = draw(BRAND, MATERIAL)
    first, second = (ready.render(mat(guid=f"g#{n}", name=f"Коврик {n}", article=f"A-{n}")) for n in "12")
    assert _values(first, 9048) == _values(second, 9048) == ["g"]
    alone, namesake = (ready.render(mat(guid=n, good_guid=n, article=n)) for n in ("x", "y"))
    assert _values(alone, 9048) == ["Коврик x"]
    assert _values(namesake, 9048) == ["Коврик y"]


def test_the_version_follows_mapping_and_dictionaries(draw: Callable[..., CardRenderer]) -> None:
    other = SmallDictionary()
    other.version = "d2"
    versions = {
        draw(BRAND).version,
        draw(BRAND, dictionary=other).version,
        draw(BRAND, MATERIAL).version,
    }
    assert len(versions) == 3
    assert draw(BRAND, MATERIAL).version in versions


def test_the_check_names_what_the_dictionaries_do_not_bear_out(draw: Callable[..., CardRenderer]) -> None:
    found = draw(BRAND, "*;Цвет нитки;property:Нитка;;;;;;;").check()
    assert [line for line in found if "Ковёр-самолёт" in line]
    assert [line for line in found if "Ozon требует «Материал» для типа «Коврик игровой»" in line]
    assert [line for line in found if line.startswith("attributes.csv:3: характеристики «Цвет нитки» нет")]
    assert not [line for line in found if "«Бренд»" in line]


def test_the_categories_of_the_mapping_are_those_that_ozon_has_open(
    draw: Callable[..., CardRenderer],
) -> None:
    assert [category.type_name for category in draw(BRAND).categories()] == ["Боди детское", "Коврик игровой"]


def test_a_category_whose_attributes_were_never_read_gives_no_empty_cards(
    draw: Callable[..., CardRenderer], monkeypatch: pytest.MonkeyPatch
) -> None:
    dictionary = SmallDictionary()
    monkeypatch.setattr(dictionary, "attributes", lambda _category: ())
    drawing = draw(BRAND, MATERIAL, dictionary=dictionary).render(mat())
    assert _codes(drawing) == [("dictionary_not_loaded", "group")]


def test_a_field_that_a_card_has_not_is_refused_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "card.yaml").write_text(CARD + "  - {to: colour, from: name}\n", encoding="utf-8")
    (tmp_path / "categories.csv").write_text(CATEGORIES, encoding="utf-8")
    (tmp_path / "attributes.csv").write_text(HEADER, encoding="utf-8")
    with pytest.raises(BadInput, match="нет поля «colour»") as caught:
        renderer(tmp_path, SmallDictionary())
    assert caught.value.place.line == 12


@pytest.mark.parametrize(
    ("old", "new", "line", "told"),
    [
        ('  - {to: vat, const: "0.22", required: true}\n', "", None, "поле «vat» на Ozon обязательно"),
        (
            "{to: name, from: name, required: true}",
            "{to: name, from: name}",
            5,
            "поле «name» на Ozon обязательно",
        ),
        ("lookup: categories.csv", "lookup: groups.csv", 6, "со столбцами group;category;type"),
        (
            "lookup: categories.csv",
            "lookup: categories.csv, on_missing: keep",
            6,
            "категория берётся только из",
        ),
    ],
)
def test_a_mapping_must_fill_what_ozon_requires(
    tmp_path: Path, old: str, new: str, line: int | None, told: str
) -> None:
    assert old in CARD
    (tmp_path / "card.yaml").write_text(CARD.replace(old, new), encoding="utf-8")
    (tmp_path / "categories.csv").write_text(CATEGORIES, encoding="utf-8")
    (tmp_path / "groups.csv").write_text("group;type\n", encoding="utf-8")
    (tmp_path / "attributes.csv").write_text(HEADER, encoding="utf-8")
    with pytest.raises(BadInput, match=told) as caught:
        renderer(tmp_path, SmallDictionary())
    assert caught.value.place.line == line


def test_rendering_leaves_the_good_as_it_was() -> None:
    good = good_from(_read("mat.in.json"))
    before = replace(good)
    ready = renderer(SHIPPED, SmallDictionary())
    assert ready.render(good) == ready.render(good)
    assert good == before
