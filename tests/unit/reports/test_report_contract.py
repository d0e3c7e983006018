"""The codes that programs rely on, and words for each of them in both languages."""

from __future__ import annotations

import re

import pytest

from marketsync.errors import BadInput
from marketsync.paths import PROJECT
from marketsync.reports import texts
from marketsync.reports.columns import CAUSES, CONTRACT, DESCRIPTION, SUMMARY, TABLES, Kind, columns_of
from marketsync.reports.sheets import CAUSE_COLORS

WHO = "article barcode name brand external_id sku"
WHERE = "channel warehouse warehouse_name"
PROMISED = {
    "differences": f"{WHO} {WHERE} field desired confirmed observed delta delta_percent cause cause_text detail "
    "recommendation healed updated_here read_there",
    "missing_there": f"{WHO} {WHERE} offer_state desired refusal detail recommendation healed updated_here",
    "missing_here": f"external_id sku article barcode name {WHERE} card_state price_observed stock_observed "
    "detail recommendation",
    "duplicates": f"{WHO} card_state channel field desired observed detail recommendation",
    "refusals": f"{WHO} {WHERE} origin refusal_code field message refused_value since again_at recommendation",
    "held": f"{WHO} {WHERE} guard guard_text from_value to_value delta delta_percent to_old to_floor why since "
    "plan request verdict author decided_until recommendation",
    "offers": f"{WHO} wanted card_state card_error price_desired price_confirmed price_observed price_delta "
    "price_delta_percent price_old price_floor stock_desired stock_observed stock_reserved stock_delta causes "
    "recommendation updated_here confirmed_at",
}


def test_what_version_1_promised_is_still_there() -> None:
    # a code that goes, or changes its meaning, needs a new version; one more does not
    assert CONTRACT == "reconciliation/1"
    there = {table.code: {column.code for column in table.columns} for table in TABLES}
    assert {code: set(columns.split()) - there[code] for code, columns in PROMISED.items()} == {
        code: set() for code in PROMISED
    }


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.code)
def test_a_sheet_has_no_code_twice(table) -> None:
    codes = [column.code for column in columns_of(table, ["1", "2"])]
    assert len(codes) == len(set(codes))


def test_each_warehouse_has_its_own_pair_of_columns() -> None:
    offers = next(table for table in TABLES if table.code == "offers")
    codes = [column.code for column in columns_of(offers, ["20", "10"])]
    first = codes.index("stock_desired@20")
    assert codes[first : first + 4] == [
        "stock_desired@20",
        "stock_observed@20",
        "stock_desired@10",
        "stock_observed@10",
    ]


def test_every_code_has_words() -> None:
    for table in TABLES:
        for column in table.columns:
            assert column.code in texts.COLUMNS
            assert (column.kind is Kind.WORD) == (column.vocabulary is not None)
            assert column.vocabulary is None or column.vocabulary in texts.VOCABULARIES
    assert (
        set(texts.SHEETS)
        == {SUMMARY, DESCRIPTION, *(table.code for table in TABLES)}
        == set(texts.SHEET_MEANINGS)
    )
    assert set(texts.CAUSES) == set(CAUSES) == set(CAUSE_COLORS)
    assert set(CAUSES) <= set(texts.CAUSE_ACTIONS)
    assert set(texts.ORIGIN_ACTIONS) == set(texts.VOCABULARIES["origin"])


@pytest.mark.parametrize("language", ["ru", "en"])
def test_sheet_names_are_ones_that_excel_takes(language) -> None:
    titles = [words.of(language) for words in texts.SHEETS.values()]
    assert len(set(titles)) == len(titles)
    assert all(len(title) <= 28 and not re.search(r"[\[\]:*?/\\]", title) for title in titles)


def test_both_languages_ask_for_the_same_values() -> None:
    placeholder = re.compile(r"\{(\w+)\}")
    for words in [*texts.PHRASES.values(), *texts.SUMMARY.values(), *texts.COLUMNS.values()]:
        assert set(placeholder.findall(words.ru)) == set(placeholder.findall(words.en))


def test_an_unknown_language_is_refused_with_what_to_do() -> None:
    with pytest.raises(BadInput, match=r"'de'.*accounts\.yaml.*ru, en"):
        texts.checked_language("de")


def test_a_code_without_words_is_shown_as_it_is() -> None:
    assert texts.word(texts.GUARDS, "a_new_guard", "ru") == "a_new_guard"


def test_the_documentation_names_every_code() -> None:
    text = (PROJECT / "docs" / "workbook.md").read_text(encoding="utf-8")
    sections = dict(re.findall(r"^### `(\w+)`(.*?)(?=^### |\Z)", text, flags=re.MULTILINE | re.DOTALL))
    assert list(sections) == [SUMMARY, *(table.code for table in TABLES), DESCRIPTION]
    for table in TABLES:
        codes = re.findall(r"^\| `([\w@<>]+)` \|", sections[table.code], flags=re.MULTILINE)
        assert codes == [column.code for column in columns_of(table, ["<id>"])]
    assert f"**`{CONTRACT}`**" in text
    assert re.findall(
        r"^\| `(\w+)` \|", text.partition("## Causes")[2].partition("## Sheets")[0], re.MULTILINE
    ) == list(CAUSES)
