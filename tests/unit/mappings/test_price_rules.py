"""Tables of price rules: what managers may write, and every way in which a table is refused whole."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketsync.errors import BadInput
from marketsync.mappings.price_rules import COLUMNS, PriceTable, RuleBook, load_rules, read_rows
from marketsync.mappings.price_sheet import write_sheet
from marketsync.mappings.price_values import OldPrice, Rounding, Term, Unreadable, money
from marketsync.mappings.sheets import read_sheet

MOSCOW = ZoneInfo("Europe/Moscow")
ACCOUNTS = ("ozon", "ozon_2")
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
_FIRST = datetime(2026, 12, 1)  # noqa: DTZ001 - Excel knows no zones


def load(content: bytes, name: str = "rules.csv") -> PriceTable:
    rows = read_rows(name, read_sheet(name, content))
    return load_rules(name, rows, accounts=ACCOUNTS, zone=MOSCOW)


def table(*lines: str) -> PriceTable:
    return load("\n".join(lines).encode())


def book(*rows: list[Any], shape: Callable[[Any], None] | None = None) -> bytes:
    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(row)
    if shape:
        shape(made.active)
    content = io.BytesIO()
    made.save(content)
    return content.getvalue()


def refused(content: bytes, name: str = "rules.csv") -> BadInput:
    with pytest.raises(BadInput) as caught:
        load(content, name)
    assert caught.value.place.file == name
    assert caught.value.hint
    return caught.value


# ------------------------------------------------------------------ what is understood


def test_every_column_means_what_it_says() -> None:
    (rule,) = table(
        ";".join(COLUMNS.values()),
        "ozon;Игрушки / Мячи;Солнышко;A-1;Весна;Закупочная;12,5 %;−50 руб.;до 9;110 % Закупочная;9 990 ₽;+20 %;нет;да;"
        "01.12.2026;31.12.2026",
    ).rules
    assert (rule.account, rule.group, rule.brand, rule.article) == (
        "ozon",
        "игрушки / мячи",
        "солнышко",
        "A-1",
    )
    assert (rule.name, rule.base, rule.percent, rule.extra) == (
        "весна",
        "Закупочная",
        Decimal("12.5"),
        Decimal(-50),
    )
    assert rule.rounding is Rounding.NINE
    assert rule.floor == Term(price_type="Закупочная", share=Decimal("1.1"))
    assert (rule.ceiling, rule.old) == (Term(amount=Decimal(9990)), OldPrice(over=Decimal("0.2")))
    assert (rule.may_fall, rule.may_rise) == (False, True)
    assert rule.valid_from == datetime(2026, 12, 1, tzinfo=MOSCOW)
    assert rule.valid_to == datetime(2027, 1, 1, tzinfo=MOSCOW)  # its last day is whole


def test_columns_may_stand_in_any_order_be_left_out_and_be_called_by_their_codes() -> None:
    (rule,) = table("Наценка %;brand", "10;Солнышко").rules
    assert (rule.brand, rule.percent, rule.base, rule.line) == ("солнышко", Decimal(10), None, 2)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1234,5", "1234.5"), ("1 234,50", "1234.50"), ("1\u00a0234.5", "1234.5"), ("1\u202f234", "1234"),
        ("100 руб.", "100"), ("100р.", "100"), ("100 ₽", "100"), ("100 RUB", "100"), ("−5", "-5"), ("0,10", "0.10"),
    ],
)  # fmt: skip
def test_money_as_people_write_it(text: str, amount: str) -> None:
    assert money(text) == Decimal(amount)


@pytest.mark.parametrize(
    "text",
    [
        "1e999", "1E5", "1,234.5", "1.234,5", "100 $", "$100", "100 USD", "100 €", "100 тенге", "сто", "=A1", "#REF!",
        "#ССЫЛКА!", "1234,567", "9999999999", "--5", "1,2,3", "nan", "inf", "Infinity", "٣٤", "5;6",
    ],
)  # fmt: skip
def test_what_is_not_money_is_refused_with_what_to_write_instead(text: str) -> None:
    with pytest.raises(Unreadable) as caught:
        money(text)
    assert len(str(caught.value)) > 10


@given(st.text(max_size=12))
def test_any_text_is_money_or_refused(text: str) -> None:
    try:
        amount = money(text)
    except Unreadable:
        return
    assert amount.is_finite()
    assert amount == round(amount, 2)


def test_a_table_of_a_russian_excel_is_understood() -> None:
    text = "бренд;наценка %;не ниже\r\nСолнышко;12,5;1 000 руб.\r\n\r\nЛуна;5;\r\n"
    for content in (text.encode("cp1251"), text.encode("utf-8-sig"), text.replace(";", "\t").encode()):
        first, second = load(content).rules
        assert (first.brand, first.percent, first.floor) == ("солнышко", Decimal("12.5"), Term(Decimal(1000)))
        assert (second.brand, second.line) == ("луна", 4)


def test_a_workbook_means_what_excel_shows() -> None:
    def shape(sheet: Any) -> None:
        sheet["B2"].number_format = "0.0%"
        sheet["C2"].number_format = '#,##0.00 "₽"'

    content = book(
        ["артикул", "наценка %", "не ниже", "действует с", "можно снижать"],
        [100500, 0.125, 1234.5, _FIRST, False],
        [None, None, None, None, None],
        ["A-2", "7,5", "500", _FIRST.replace(hour=10, minute=30), "да"],
        shape=shape,
    )
    first, second = load(content, "rules.xlsx").rules
    assert (first.article, first.percent, first.floor) == ("100500", Decimal("12.5"), Term(Decimal("1234.5")))
    assert (first.valid_from, first.may_fall) == (datetime(2026, 12, 1, tzinfo=MOSCOW), False)
    assert (second.line, second.percent) == (4, Decimal("7.5"))
    assert second.valid_from == datetime(2026, 12, 1, 10, 30, tzinfo=MOSCOW)


def test_a_table_that_was_exported_reads_the_same(tmp_path: Path) -> None:
    text = "бренд;артикул;наценка %;не ниже;действует с\n;00123;12,5 %;1 000 руб.;01.12.2026\nЛуна;;5;нет;\n"
    rows = read_rows("rules.csv", read_sheet("rules.csv", text.encode()))
    for name in ("again.csv", "again.xlsx"):
        write_sheet(tmp_path / name, rows)
        assert read_rows(name, read_sheet(name, (tmp_path / name).read_bytes())) == rows


def test_the_version_moves_with_the_rows() -> None:
    one, same, other = (table("бренд;наценка %", f"Луна;{percent}") for percent in ("5", "5", "6"))
    assert one.version == same.version != other.version


# ------------------------------------------------------------------ what is refused


@pytest.mark.parametrize(
    ("lines", "line", "told"),
    [
        (["бренд;скидка", "Луна;5"], 1, "«скидка»: такого столбца нет; есть: кабинет, группа"),
        (["бренд;;наценка %", "Луна;;5"], 1, "столбец без названия"),
        (["бренд;Бренд", "Луна;5"], 1, "столбец повторяется"),
        (["бренд;наценка %"], 1, "в таблице нет ни одного правила"),
        (["бренд;наценка %", "Луна;5;7"], 2, "«7»: значение правее последнего столбца"),
        (["бренд;наценка %", "Луна;12,5,1"], 2, "не число"),
        (["бренд;наценка %", "Луна;=B1*2"], 2, "формула"),
        (["бренд;наценка %", "Луна;1e999"], 2, "показателем степени"),
        (["бренд;наценка %", "Луна;-100"], 2, "не оставляет цены"),
        (["бренд;не ниже", "Луна;100 $"], 2, "другая валюта"),
        (["бренд;не ниже", "Луна;0"], 2, "больше нуля"),
        (["бренд;не ниже", "Луна;110 %"], 2, "процент без вида цены"),
        (["бренд;не ниже;не выше", "Луна;500;400"], 2, "потолок ниже"),
        (["бренд;старая цена", "Луна;20 %"], 2, "+20 %"),
        (["бренд;старая цена", "Луна;1500"], 2, "вид цены из 1С"),
        (["бренд;округление", "Луна;до 5"], 2, "можно: нет, до 9, до 10, вверх"),
        (["бренд;можно снижать", "Луна;иногда"], 2, "можно: да, нет"),
        (["кабинет;наценка %", "озон;5"], 2, "такого кабинета нет; есть: ozon, ozon_2"),
        (["бренд;действует с", "Луна;завтра"], 2, "не дата"),
        (["бренд;действует с", "Луна;31.02.2026"], 2, "такой даты нет"),
        (["бренд;действует с", "Луна;01.12.0026"], 2, "описка"),
        (["бренд;действует с;действует по", "Луна;02.12.2026;01.12.2026"], 2, "кончается раньше"),
        (["имя;наценка %", "Опт;5", "опт;7"], 3, "имя уже есть в строке 2"),
        (["имя;вид цены", "Опт;правило:розница"], 2, "правила с таким именем нет; есть: опт"),
    ],
)
def test_a_bad_table_is_refused_with_its_line(lines: list[str], line: int, told: str) -> None:
    error = refused("\n".join(lines).encode())
    assert error.place.line == line
    assert told in error.message


def test_everything_that_is_wrong_is_told_at_once() -> None:
    error = refused("бренд;наценка %;не ниже\nЛуна;=1;5 $\nЛуна;x;1\n".encode())
    assert "ошибок в таблице: 3" in error.message
    assert "строка 2, столбец «не ниже»: «5 $»" in error.message
    assert "строка 3, столбец «наценка %»: «x»" in error.message


def test_a_loop_of_rules_is_told_with_its_chain() -> None:
    error = refused(
        "имя;бренд;вид цены\nа;А;правило:в\nб;Б;правило:а\nв;В;правило:б\nг;Г;правило:а\n".encode()
    )
    assert "а (строка 2) → в (строка 4) → б (строка 3) → а (строка 2)" in error.message
    assert error.message.count("кольцо") == 1


def test_a_rule_may_not_outlive_the_rule_that_it_builds_on() -> None:
    error = refused("имя;бренд;вид цены;действует по\nопт;А;;31.12.2026\nб;Б;правило:опт;\n".encode())
    assert error.place.line == 3
    assert "строке 2 действует не всё то время" in error.message


@pytest.mark.parametrize(
    ("first", "second", "overlap"),
    [
        (";01.12.2026;10.12.2026", ";10.12.2026;", True),
        (";01.12.2026;10.12.2026", ";11.12.2026;", False),
        (";;", ";11.12.2026;12.12.2026", True),
        ("ozon;;", "ozon_2;;", False),
        ("ozon;;", ";;", False),
    ],
)
def test_rules_of_equal_rank_may_not_overlap(first: str, second: str, overlap: bool) -> None:
    lines = ["бренд;кабинет;действует с;действует по", f"Луна;{first}", f" ЛУНА ;{second}"]
    if overlap:
        assert "строки 2 и 3" in refused("\n".join(lines).encode()).message
    else:
        assert len(table(*lines).rules) == 2


@pytest.mark.parametrize(
    ("content", "name", "told"),
    [
        (b"", "rules.csv", "таблица пуста"),
        (b" ;; \n\n", "rules.csv", "таблица пуста"),
        (b"PK\x03\x04broken", "rules.xlsx", "не книга Excel"),
        (b"\xd0\xcf\x11\xe0\0\0", "rules.xls", ".xls не читается"),
        (b"\xd0\xcf\x11\xe0\0\0", "rules.csv", "нулевые байты"),
        ('бренд;наценка %\n"Луна;5\n'.encode(), "rules.csv", "строка не разобрана"),
        (book(["бренд", "наценка %"], ["Луна", "=1+1"]), "rules.xlsx", "формула"),
        (book(["бренд", "наценка %"], ["Луна", 1e300]), "rules.xlsx", "показателем степени"),
        (book(["бренд", "наценка %"], ["Луна", "#REF!"]), "rules.xlsx", "ошибка вычисления"),
        (book([]), "rules.xlsx", "таблица пуста"),
    ],
)
def test_a_file_that_is_no_table_says_what_it_is(content: bytes, name: str, told: str) -> None:
    assert told in refused(content, name).message


def test_merged_cells_are_refused_with_their_ranges() -> None:
    content = book(
        ["бренд", "наценка %"], ["Луна", 5], [None, 7], shape=lambda sheet: sheet.merge_cells("A2:A3")
    )
    error = refused(content, "rules.xlsx")
    assert "A2:A3" in error.message
    assert error.place.line == 2


def test_a_cell_in_dollars_is_refused_though_its_value_is_a_number() -> None:
    def shape(sheet: Any) -> None:
        sheet["B2"].number_format = "[$$-409]#,##0.00"

    error = refused(book(["бренд", "не ниже"], ["Луна", 100], shape=shape), "rules.xlsx")
    assert "«100 $»: другая валюта" in error.message


# ------------------------------------------------------------------ which rule fits


RANKED = table(
    "имя;кабинет;артикул;бренд;группа",
    "all;;;;",
    "account;ozon;;;",
    "short;;;;Игрушки",
    "long;;;;Игрушки / Мячи",
    "brand;;;Луна;",
    "brand-short;;;Луна;Игрушки",
    "brand-account;ozon;;Луна;",
    "article;;A-1;;",
)


@pytest.mark.parametrize(
    ("account", "article", "brand", "group", "expected"),
    [
        ("ozon_2", "B", None, None, "all"),
        ("ozon", "B", None, None, "account"),
        ("ozon", "B", "Соль", "Игрушки / Куклы", "short"),
        ("ozon", "B", "Соль", "Игрушки / Мячи / Большие", "long"),
        ("ozon", "B", "Соль", "Игрушки для сада", "account"),
        ("ozon_2", "B", "луна ", "Книги", "brand"),
        ("ozon", "B", "Луна", "Книги", "brand-account"),
        ("ozon", "B", "Луна", "Игрушки / Мячи", "brand-short"),
        ("ozon", "A-1", "Луна", "Игрушки / Мячи", "article"),
    ],
)
def test_the_most_specific_rule_makes_the_price(
    account: str, article: str, brand: str | None, group: str | None, expected: str
) -> None:
    rule = RuleBook(RANKED, account, NOW).find(article, brand, group)
    assert rule is not None
    assert rule.name == expected


def test_a_rule_holds_from_its_first_moment_to_its_last_in_moscow() -> None:
    rules = table("бренд;действует с;действует по", "Луна;01.12.2026;02.12.2026")

    def fits(moment: str) -> bool:
        return bool(RuleBook(rules, "ozon", datetime.fromisoformat(moment)).rules)

    assert [fits(f"2026-{moment}+00:00") for moment in ("11-30T20:59", "11-30T21:00")] == [False, True]
    assert [fits(f"2026-{moment}+00:00") for moment in ("12-02T20:59", "12-02T21:00")] == [True, False]
