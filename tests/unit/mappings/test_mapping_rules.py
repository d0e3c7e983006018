"""What rules make of a good, and what they say of one that cannot be used."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from marketsync.mappings import Mapping
from marketsync.mappings.barcodes import is_barcode
from marketsync.mappings.converters import CONVERTERS, MEANINGS, Unusable
from marketsync.marketplaces.base import Good, Problem

Load = Callable[..., Mapping]
Goods = Callable[..., Good]


@pytest.mark.parametrize(
    ("rule", "value"),
    [
        ("{to: x, from: article}", "A-1"),
        ("{to: x, from: code}", "00-1"),
        ("{to: x, from: name}", "Мяч  красный"),
        ("{to: x, from: name, as: text}", "Мяч красный"),
        ("{to: x, from: [full_name, description, brand]}", "Солнышко"),
        ("{to: x, from: barcode}", "4600000000015"),
        ("{to: x, from: vat, values: {22: '0.22', 10: '0.10'}}", "0.22"),
        ("{to: x, from: unit}", "шт"),
        ("{to: x, from: group}", "Игрушки / Мячи / Большие"),
        ("{to: x, from: 'property:Вес, кг', as: kg_to_g}", 1250),
        ("{to: x, from: ['property:Пусто', 'property:Нет', characteristic:Цвет]}", "красный"),
        ("{to: x, from: requisite:Вид}", "Товар"),
        ("{to: x, const: '7', as: integer}", 7),
        ("{to: x, call: shout}", "МЯЧ  КРАСНЫЙ"),
        ("{to: x, from: brand, values: {СОЛНЫШКО: Sun}}", "Sun"),
        ("{to: x, from: brand, values: {Луна: Moon}, on_missing: keep}", "Солнышко"),
        ("{to: x, from: brand, lookup: t.csv}", "Нет бренда"),
        ("{to: x, from: name, max_len: 12, as: text}", "Мяч красный"),
    ],
)
def test_a_rule_gives_its_value(mapping: Load, good: Goods, rule: str, value: Any) -> None:
    assert mapping(rule, t="store;ozon\nсолнышко;Нет бренда\n").apply(good()) == {"x": value}


@pytest.mark.parametrize(
    "rule",
    [
        "{to: x, from: full_name}",
        "{to: x, from: 'property:Пусто'}",
        "{to: x, from: brand, values: {Луна: Moon}, on_missing: skip}",
        "{to: x, from: brand, lookup: t.csv, on_missing: skip}",
    ],
)
def test_a_rule_without_a_value_leaves_the_field_out(mapping: Load, good: Goods, rule: str) -> None:
    assert mapping(rule, t="store;ozon\nлуна;Moon\n").apply(good()) == {}


@pytest.mark.parametrize(
    ("rule", "code", "field", "told"),
    [
        ("{to: x, from: full_name, required: true}", "missing_value", "full_name", "полное наименование"),
        (
            "{to: x, from: ['property:Нет', 'property:Пусто'], required: true}",
            "missing_value",
            "property:Нет",
            "Не заполнено: свойство «Нет» или свойство «Пусто»",
        ),
        (
            "{to: x, from: brand, values: {Луна: Moon}}",
            "unknown_value",
            "brand",
            "Изготовитель: «Солнышко» нет в values",
        ),
        ("{to: x, from: brand, lookup: t.csv}", "unknown_value", "brand", "«Солнышко» нет в t.csv"),
        ("{to: x, from: group, lookup: t.csv}", "unmapped_category", "group", "добавьте строку в t.csv"),
        ("{to: x, from: name, as: integer}", "not_a_number", "name", "«Мяч  красный» не число"),
        ("{to: x, from: name, as: text, max_len: 10}", "too_long", "name", "11 знаков, а можно 10"),
        ("{to: x, call: complain}", "odd", "name", "не бывает"),
    ],
)
def test_a_problem_says_where_and_what_to_do(
    mapping: Load, good: Goods, rule: str, code: str, field: str, told: str
) -> None:
    problems = mapping(rule, t="store;ozon\nлуна;Moon\n").apply(good())
    assert isinstance(problems, list)
    assert [(problem.code, problem.field) for problem in problems] == [(code, field)]
    assert told in problems[0].message


def test_every_problem_of_a_good_is_told_once(mapping: Load, good: Goods) -> None:
    found = mapping(
        "{to: a, from: full_name, required: true}",
        "{to: b, from: name, as: integer, required: true}",
        "{to: c, from: brand}",
        "{to: d, from: barcode, required: true}",
    ).apply(good(barcodes=()))
    assert isinstance(found, list)
    assert [problem.code for problem in found] == ["missing_value", "not_a_number", "missing_barcode"]


def test_of_several_rules_for_a_field_the_first_with_a_value_counts(mapping: Load, good: Goods) -> None:
    rules = (
        "{to: x, from: property:Метры, as: m_to_mm, required: true}",
        "{to: x, from: property:См, as: cm_to_mm}",
    )
    loaded = mapping(*rules)
    assert loaded.apply(good(properties={"Метры": "1,5", "См": "7"})) == {"x": 1500}
    assert loaded.apply(good(properties={"См": "7"})) == {"x": 70}
    (neither,) = loaded.apply(good(properties={}))
    assert isinstance(neither, Problem)
    assert "свойство «Метры» или свойство «См»" in neither.message


def test_a_bad_value_is_not_papered_over_by_the_next_rule(mapping: Load, good: Goods) -> None:
    loaded = mapping("{to: x, from: property:Метры, as: m_to_mm}", "{to: x, from: property:См, as: cm_to_mm}")
    (problem,) = loaded.apply(good(properties={"Метры": "полтора", "См": "7"}))
    assert isinstance(problem, Problem)
    assert (problem.code, problem.field) == ("not_a_number", "property:Метры")


def test_a_group_takes_its_own_row_or_that_of_its_nearest_ancestor(mapping: Load, good: Goods) -> None:
    table = "group;category;type\nИгрушки;Т;игрушка\nИгрушки / Мячи;М;мяч\n"
    loaded = mapping("{to: x, from: group, lookup: groups.csv}", groups=table)

    def found(group: str) -> str:
        answer = loaded.apply(good(group=group))
        return answer["x"]["type"] if isinstance(answer, dict) else answer[0].code

    assert found("Игрушки / Мячи / Большие / Красные") == "мяч"
    assert found("ИГРУШКИ / мячи") == "мяч"
    assert found("Игрушки / Куклы") == "игрушка"
    assert found("Мячи") == "unmapped_category"


@pytest.mark.parametrize(
    ("barcodes", "expected"),
    [
        (("4600000000015",), "4600000000015"),
        (("4600000000016", " 4600000000015 "), "4600000000015"),
        (("12345678",), "12345678"),
        (("OZN123456",), "OZN123456"),
        (("4600000000016",), "bad_barcode"),
        (("46 00",), "bad_barcode"),
        (("", " "), "missing_barcode"),
        ((), "missing_barcode"),
    ],
)
def test_the_first_valid_barcode_is_taken(
    mapping: Load, good: Goods, barcodes: tuple[str, ...], expected: str
) -> None:
    answer = mapping("{to: x, from: barcode, required: true}").apply(good(barcodes=barcodes))
    assert (answer["x"] if isinstance(answer, dict) else answer[0].code) == expected


def test_only_thirteen_digits_have_a_check_digit_to_judge() -> None:
    assert is_barcode("4600000000015")
    assert not is_barcode("4600000000014")
    assert is_barcode("460000000001")
    assert not is_barcode("ш-тр-их")


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("text", " два\u00a0слова\n и ещё ", "два слова и ещё"),
        ("multiline", " a  b \r\n\n\n\n c ", "a b\n\nc"),
        ("plain_text", "<p>Раз&nbsp;&amp; два</p><br/>5 < 7<ul><li>три</li></ul>", "Раз & два\n\n5 < 7три"),
        ("lower", " Белый  ЦВЕТ ", "белый цвет"),
        ("integer", "1 250", 1250),
        ("integer", "12,0", 12),
        ("decimal", "0,50", "0.5"),
        ("decimal", "100", "100"),
        ("money", "1 990,5", "1990.50"),
        ("boolean", "Да", True),
        ("boolean", "false", False),
        ("barcode", " 4600000000015", "4600000000015"),
        ("kg_to_g", "0,0305", 31),
        ("m_to_mm", "0,71", 710),
        ("cm_to_mm", "28,35", 284),
        ("positive", "3", 3),
    ],
)
def test_converters(name: str, text: str, value: Any) -> None:
    converted = CONVERTERS[name](text)
    assert (converted, type(converted)) == (value, type(value))


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("integer", "12,5", "not_a_number"),
        ("integer", "1e3", "not_a_number"),
        ("decimal", "1.2.3", "not_a_number"),
        ("decimal", "NaN", "not_a_number"),
        ("money", "-1", "not_a_number"),
        ("money", "1,999", "not_a_number"),
        ("boolean", "наверное", "unknown_value"),
        ("barcode", "4600000000016", "bad_barcode"),
        ("kg_to_g", "1,2 кг", "not_a_number"),
        ("kg_to_g", "0", "not_positive"),
        ("m_to_mm", "-2", "not_positive"),
        ("cm_to_mm", "0,01", "not_positive"),
        ("positive", "0,2", "not_positive"),
    ],
)
def test_converters_refuse(name: str, text: str, code: str) -> None:
    with pytest.raises(Unusable) as caught:
        CONVERTERS[name](text)
    assert caught.value.code == code
    assert text in caught.value.words


def test_every_converter_has_its_meaning_for_the_documentation() -> None:
    assert CONVERTERS.keys() == MEANINGS.keys()
