"""The words and the contract of the adoption's workbook, and a filled one read back, without a database."""

from __future__ import annotations

import io
from itertools import chain
from pathlib import Path

import pytest
from openpyxl import Workbook

from marketsync.errors import BadInput
from marketsync.paths import SQL
from marketsync.reports import adoption_texts as words
from marketsync.reports.adoption_columns import SHEETS, TABLES
from marketsync.reports.adoption_decisions import read_decisions
from marketsync.reports.columns import Kind
from marketsync.sync.decisions import Choice, Decision, Known

CARD = Known(
    conflict_id=1,
    state="open",
    choice=None,
    chosen=None,
    guid="g-1",
    article="A-1",
    name="Коврик",
    external_id="1500000001",
    rejected=False,
    card_article="a-1",
    card_state="shown",
    owner_article=None,
    has_card=False,
    article_taken=False,
)


def test_everything_has_words_in_both_languages() -> None:
    columns = list(chain.from_iterable(table.columns for table in TABLES))
    assert {column.code for column in columns} <= words.COLUMNS.keys()
    assert {column.vocabulary for column in columns if column.kind is Kind.WORD} <= words.VOCABULARIES.keys()
    assert set(SHEETS) == words.SHEETS.keys() == words.SHEET_MEANINGS.keys()
    for language in ("ru", "en"):
        for table in TABLES:
            titles = [words.COLUMNS[column.code].of(language) for column in table.columns]  # type: ignore[arg-type]
            assert len(set(titles)) == len(titles)
        assert all(each.of(language) for each in chain(words.COLUMNS.values(), words.SUMMARY.values()))  # type: ignore[arg-type]


def test_every_kind_of_conflict_that_the_database_takes_has_words() -> None:
    text = (Path(SQL) / "migrations" / "0006_adopt.sql").read_text(encoding="utf-8")
    listed = text.split("kind in (")[1].split("))")[0]
    kinds = {kind.strip().strip("'") for kind in listed.split(",")}
    assert kinds == words.VOCABULARIES["kind"].keys()


def filled(*rows: tuple[object, ...], titles: tuple[str, ...] = ()) -> io.BytesIO:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Conflicts"
    sheet.append(titles or ("Marketplace ID", "DECISION", "note", "ID of the good in 1C", "Article, ours"))
    for row in rows:
        sheet.append(row)
    content = io.BytesIO()
    book.save(content)
    return content


def test_an_english_workbook_with_columns_in_another_order_is_read() -> None:
    content = filled(
        ("1500000001", "Take", "sure", "g-1", "A-1"), ("", "", "a remark below", "", ""), (None, None)
    )
    assert read_decisions(content, "x.xlsx", [CARD]) == [Decision(1, "1500000001", Choice.TAKE)]


def test_what_was_said_before_is_not_said_again() -> None:
    said = Known(**{**{name: getattr(CARD, name) for name in CARD.__slots__}, "rejected": True})
    content = filled(("1500000001", "not it", "", "g-1", "A-1"))
    assert read_decisions(content, "x.xlsx", [said]) == []


@pytest.mark.parametrize(
    ("changed", "decision", "told"),
    [
        ({"card_state": None}, "взять", "этой карточки в кабинете больше нет"),
        ({"owner_article": "B-7"}, "взять", "карточка принадлежит товару «B-7»"),
        ({"has_card": True}, "взять", "у этого товара уже есть карточка"),
        ({"card_state": "archived"}, "взять", "карточка в архиве"),
        ({"card_article": ""}, "взять", "у карточки нет артикула"),
        ({"article_taken": True}, "создать новую", "карточка с артикулом «A-1» в кабинете уже есть"),
    ],
)
def test_a_choice_that_cannot_be_carried_out_says_what_stands_in_its_way(
    changed: dict[str, object], decision: str, told: str
) -> None:
    card = Known(**{**{name: getattr(CARD, name) for name in CARD.__slots__}, **changed})  # type: ignore[arg-type]
    content = filled(("1500000001", decision, "", "g-1", "A-1"))
    with pytest.raises(BadInput) as refused:
        read_decisions(content, "x.xlsx", [card])
    assert f"лист «Conflicts», строка 2, столбец «DECISION», значение «{decision}»: {told}" in str(
        refused.value
    )


def test_a_long_list_of_wrong_rows_is_cut() -> None:
    content = filled(*[("1", "взять", "", f"g-{number}", "A-1") for number in range(2, 80)])
    with pytest.raises(BadInput, match="и ещё 28"):
        read_decisions(content, "x.xlsx", [CARD])


def test_an_empty_book_is_told() -> None:
    with pytest.raises(BadInput, match="нет столбца «Решение»"):
        read_decisions(filled(titles=("x",)), "x.xlsx", [CARD])
