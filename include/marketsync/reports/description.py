"""The last sheet: the contract's version, and the code of every sheet, column and word of this workbook."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from xlsxwriter.worksheet import Worksheet

from marketsync.reports.cells import write_text
from marketsync.reports.columns import CONTRACT, DESCRIPTION, SUMMARY, Column
from marketsync.reports.orders import ORDER_ACTIONS, ORDER_CAUSES
from marketsync.reports.sheets import Styles, Written, print_settings
from marketsync.reports.texts import (
    CAUSE_ACTIONS,
    CAUSES,
    DESCRIPTION_COLUMNS,
    GUARDS,
    MEANINGS,
    SHEET_MEANINGS,
    SHEETS,
    SIDE_ACTIONS,
    SIDES,
    VOCABULARIES,
    Language,
    Words,
)

__all__ = ["Entry", "write_description", "write_entries"]

_WIDTHS = (12, 16, 30, 34, 13, 110)


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the sheet."""

    entry: str  # contract, sheet, column, value
    sheet: str
    code: str
    title: str
    type: str = ""
    meaning: str = ""

    def cells(self) -> tuple[str, ...]:
        """In the order of the sheet's columns."""
        return (self.entry, self.sheet, self.code, self.title, self.type, self.meaning)


def write_description(
    sheet: Worksheet,
    styles: Styles,
    *,
    layout: Mapping[str, tuple[Sequence[Column], Sequence[str]]],
    written: Mapping[str, Written],
    language: Language,
) -> None:
    """Fill the description.

    Args:
        layout: sheet code -> its columns and their titles, as they were written.
        written: what became of each table, by sheet code.
    """
    write_entries(sheet, styles, list(_entries(layout, written, language)), language)


def write_entries(sheet: Worksheet, styles: Styles, entries: Sequence[Entry], language: Language) -> None:
    """Write the rows of a description, of whatever contract."""
    print_settings(sheet)
    sheet.freeze_panes(1, 0)
    sheet.repeat_rows(0)
    for position, (code, width) in enumerate(zip(DESCRIPTION_COLUMNS, _WIDTHS, strict=True)):
        sheet.set_column(position, position, width, styles.text)
        write_text(sheet, 0, position, DESCRIPTION_COLUMNS[code].of(language), styles.header)
    for row, entry in enumerate(entries, start=1):
        for position, text in enumerate(entry.cells()):
            if text:
                write_text(sheet, row, position, text, styles.identifier if position < 3 else styles.text)
    sheet.autofilter(0, 0, len(entries), len(_WIDTHS) - 1)


def _entries(
    layout: Mapping[str, tuple[Sequence[Column], Sequence[str]]],
    written: Mapping[str, Written],
    language: Language,
) -> Iterator[Entry]:
    yield Entry("contract", "", CONTRACT, "")
    codes = (SUMMARY, *layout, DESCRIPTION)
    for code in codes:
        for title in written[code].titles if code in written else (SHEETS[code].of(language),):
            yield Entry("sheet", code, code, title, meaning=SHEET_MEANINGS[code].of(language))
    for code, (columns, titles) in layout.items():
        for column, title in zip(columns, titles, strict=True):
            meaning = MEANINGS[column.name].of(language) if column.name in MEANINGS else ""
            yield Entry("column", code, column.code, title, column.kind.value, meaning)
    yield from _values("cause", CAUSES, language, CAUSE_ACTIONS)
    yield from _values("side", SIDES, language, SIDE_ACTIONS)
    yield from _values("order_cause", ORDER_CAUSES, language, ORDER_ACTIONS)
    yield from _values("guard", GUARDS, language)
    for vocabulary, words in VOCABULARIES.items():
        yield from _values(vocabulary, words, language)


def _values(
    vocabulary: str,
    words: Mapping[str, Words],
    language: Language,
    actions: Mapping[str, Words] | None = None,
) -> Iterator[Entry]:
    for code, text in words.items():
        action = (actions or {}).get(code)
        meaning = action.of(language) if action else ""
        yield Entry("value", "", f"{vocabulary}:{code}", text.of(language), meaning=meaning)
