"""Frames as sheets: header, formats, filter, colours, print settings, a second sheet where one is full."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from marketsync.reports.cells import write_text
from marketsync.reports.columns import Column, Kind
from marketsync.reports.orders import ORDER_COLORS
from marketsync.reports.sides import SIDE_COLORS
from marketsync.reports.texts import VOCABULARIES, Language, Words, word

__all__ = ["CAUSE_COLORS", "MOST_ROWS", "Styles", "Written", "print_settings", "write_table"]

# Microsoft, "Excel specifications and limits": 1,048,576 rows on a sheet, one of them the header here.
MOST_ROWS = 1_048_575

Vocabularies = Mapping[str, Mapping[str, Words]]

_HEADER_HEIGHT = 45
_A4 = 9

CAUSE_COLORS = {
    "rejected": "#F8CBAD",
    "quarantined": "#FFD966",
    "held": "#FFE699",
    "duplicate": "#E4C1F9",
    "missing_there": "#F4B6B6",
    "changed_there": "#BDD7EE",
    "stale_here": "#D9E1F2",
    "missing_here": "#D0CECE",
    "in_flight": "#E2EFDA",
}

_DATES = {"ru": "dd.mm.yyyy hh:mm", "en": "yyyy-mm-dd hh:mm"}


class Styles:
    """The formats of one workbook.

    Text has the text format or a quote prefix: a person who edits such a cell gets text again, not a formula.
    """

    def __init__(self, book: Workbook, language: Language) -> None:
        self.header = book.add_format(
            {"bold": True, "text_wrap": True, "valign": "vcenter", "bg_color": "#DDEBF7", "bottom": 1}
        )
        self.title = book.add_format({"bold": True, "font_size": 14, "quote_prefix": True})
        self.bold = book.add_format({"bold": True, "quote_prefix": True})
        self.warning = book.add_format({"bold": True, "font_color": "#C00000", "quote_prefix": True})
        self.wrapped = book.add_format({"text_wrap": True, "valign": "top", "quote_prefix": True})
        self.text = book.add_format({"quote_prefix": True})
        self.identifier = book.add_format({"num_format": "@"})
        self.money = book.add_format({"num_format": "#,##0.00"})
        self.quantity = book.add_format({"num_format": "#,##0"})
        self.number = book.add_format({"num_format": "0"})
        self.percent = book.add_format({"num_format": "0.0%"})
        self.moment = book.add_format({"num_format": _DATES[language], "align": "left"})
        self.gap = book.add_format({"font_color": "#C00000", "bold": True})
        self.causes = {cause: book.add_format({"bg_color": color}) for cause, color in CAUSE_COLORS.items()}
        self.sides = {side: book.add_format({"bg_color": color}) for side, color in SIDE_COLORS.items()}
        self.orders = {code: book.add_format({"bg_color": color}) for code, color in ORDER_COLORS.items()}
        self.differing = book.add_format({"bg_color": "#FFF2CC"})

    def of(self, kind: Kind) -> Format:
        """The format of a column's cells."""
        return {
            Kind.IDENTIFIER: self.identifier,
            Kind.TEXT: self.text,
            Kind.WORD: self.text,
            Kind.VALUE: self.text,
            Kind.MONEY: self.money,
            Kind.QUANTITY: self.quantity,
            Kind.NUMBER: self.number,
            Kind.PERCENT: self.percent,
            Kind.MOMENT: self.moment,
        }[kind]


@dataclass(frozen=True, slots=True)
class Written:
    """What became of one table.

    Attributes:
        titles: of its sheets, more than one where the rows did not fit.
        rows: without the headers.
    """

    titles: tuple[str, ...]
    rows: int


def write_table(
    book: Workbook,
    styles: Styles,
    *,
    title: str,
    columns: Sequence[Column],
    headers: Sequence[str],
    frames: Iterable[pd.DataFrame],
    language: Language,
    most_rows: int = MOST_ROWS,
    vocabularies: Vocabularies = VOCABULARIES,
) -> Written:
    """Write the frames' rows under one header, on as many sheets as they need.

    Args:
        frames: with a column for each of `columns`; one that is missing stays blank.
        most_rows: rows on one sheet, without the header.
        vocabularies: the words of the contract that the sheet belongs to.
    """
    titles = [title]
    sheet = _new_sheet(book, styles, title, columns, headers)
    row, total = 0, 0
    for frame in frames:
        for cells in zip(*_cells(columns, frame, styles, language, vocabularies), strict=True):
            if row == most_rows:
                _finish(sheet, styles, columns, row)
                titles.append(f"{title} {len(titles) + 1}")
                sheet, row = _new_sheet(book, styles, titles[-1], columns, headers), 0
            row += 1
            for position, cell in enumerate(cells):
                if cell is not None:
                    write, value, style = cell
                    write(sheet, row, position, value, style)
        total += len(frame)
    _finish(sheet, styles, columns, row)
    return Written(tuple(titles), total)


def print_settings(sheet: Worksheet) -> None:
    """Landscape A4, all columns on the width of a page, numbered."""
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
    sheet.set_footer("&L&A&R&P / &N")


def _new_sheet(
    book: Workbook, styles: Styles, title: str, columns: Sequence[Column], headers: Sequence[str]
) -> Worksheet:
    sheet = book.add_worksheet(title)
    sheet.set_row(0, _HEADER_HEIGHT)
    for position, (column, header) in enumerate(zip(columns, headers, strict=True)):
        sheet.set_column(position, position, column.width, styles.of(column.kind))
        write_text(sheet, 0, position, header, styles.header)
    sheet.freeze_panes(1, 1)
    sheet.repeat_rows(0)
    print_settings(sheet)
    return sheet


def _finish(sheet: Worksheet, styles: Styles, columns: Sequence[Column], rows: int) -> None:
    last = len(columns) - 1
    sheet.autofilter(0, 0, rows, last)
    if rows == 0:
        return
    for position, column in enumerate(columns):
        letter = xl_col_to_name(position)
        colors = {"cause": styles.causes, "side": styles.sides, "order_cause": styles.orders}.get(column.code)
        if colors is not None:
            for cause, style in colors.items():
                # the code and its words stand side by side and share the colour
                sheet.conditional_format(
                    1, position, rows, position + 1,
                    {"type": "formula", "criteria": f'=${letter}2="{cause}"', "format": style},
                )  # fmt: skip
        elif column.code == "causes":
            sheet.conditional_format(
                1, 0, rows, 0, {"type": "formula", "criteria": f'=${letter}2<>""', "format": styles.differing}
            )
        elif column.name.endswith(("delta", "delta_percent")):
            sheet.conditional_format(
                1,
                position,
                rows,
                position,
                {"type": "cell", "criteria": "!=", "value": 0, "format": styles.gap},
            )
    # Excel would put a green corner into every cell of digits
    identifiers = [xl_col_to_name(i) for i, column in enumerate(columns) if column.kind is Kind.IDENTIFIER]
    if identifiers:
        ranges = " ".join(f"{letter}2:{letter}{rows + 1}" for letter in identifiers)
        sheet.ignore_errors({"number_stored_as_text": ranges})


_Write = Callable[[Worksheet, int, int, Any, Format | None], Any]
_Cell = tuple[_Write, Any, Format | None]


def _write_number(sheet: Worksheet, row: int, column: int, value: Any, style: Format | None) -> None:
    sheet.write_number(row, column, value, style)


def _write_moment(sheet: Worksheet, row: int, column: int, value: Any, style: Format | None) -> None:
    sheet.write_datetime(row, column, value, style)


def _cells(
    columns: Sequence[Column],
    frame: pd.DataFrame,
    styles: Styles,
    language: Language,
    vocabularies: Vocabularies,
) -> list[list[_Cell | None]]:
    """For each column, how each of its cells is written; None where it stays blank."""
    result: list[list[_Cell | None]] = []
    for column in columns:
        if column.code not in frame:
            result.append([None] * len(frame))
            continue
        values = frame[column.code]
        present = values.notna().tolist()
        style = styles.of(column.kind)
        cells: list[_Cell | None]
        if column.kind is Kind.VALUE:
            by_channel = _value_styles(frame, styles)
            cells = [
                (
                    (_write_number, float(value), number_style)
                    if _is_number(value)
                    else (write_text, value, style)
                )
                if there
                else None
                for there, value, number_style in zip(present, values, by_channel, strict=True)
            ]
        elif column.kind is Kind.MOMENT:
            cells = [
                (_write_moment, value.to_pydatetime(), style) if there else None
                for there, value in zip(present, values, strict=True)
            ]
        elif column.kind in (Kind.MONEY, Kind.QUANTITY, Kind.NUMBER, Kind.PERCENT):
            cells = [
                (_write_number, float(value), style) if there else None
                for there, value in zip(present, values, strict=True)
            ]
        else:
            vocabulary = vocabularies[column.vocabulary] if column.vocabulary else {}
            cells = [
                (write_text, word(vocabulary, value, language), style) if there and value != "" else None
                for there, value in zip(present, values, strict=True)
            ]
        result.append(cells)
    return result


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _value_styles(frame: pd.DataFrame, styles: Styles) -> list[Format]:
    by_channel: Mapping[str, Format] = {
        "price": styles.money,
        "promotion": styles.money,
        "stock": styles.quantity,
    }
    if "channel" not in frame:
        return [styles.number] * len(frame)
    return [by_channel.get(channel, styles.number) for channel in frame["channel"]]
