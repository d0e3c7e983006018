"""Price rules written back as a table, for Excel or for a repository."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from marketsync.errors import BadInput, Place
from marketsync.mappings.price_rules import COLUMNS, RuleRow
from marketsync.mappings.sheets import EXCEL

__all__ = ["write_sheet"]

_SHEET = "Правила цен"


def write_sheet(path: Path, rows: Sequence[RuleRow]) -> None:
    """Write rules with all columns; every cell is text, so that Excel turns none into a number or a date.

    Raises:
        BadInput: the name ends neither in .xlsx nor in .csv, or the file cannot be written.
    """
    table = [list(COLUMNS.values()), *([cells.get(code, "") for code in COLUMNS] for _, cells in rows)]
    suffix = path.suffix.lower()
    if suffix not in (EXCEL, ".csv"):
        raise BadInput("нужна таблица .xlsx или .csv", place=Place(file=str(path)))
    try:
        if suffix == EXCEL:
            _write_excel(path, table)
        else:
            with path.open("w", encoding="utf-8-sig", newline="") as file:
                csv.writer(file, delimiter=";", lineterminator="\n").writerows(table)
    except OSError as error:
        raise BadInput(f"таблица не пишется: {error.strerror}", place=Place(file=str(path))) from error


def _write_excel(path: Path, table: Sequence[Sequence[str]]) -> None:
    # XlsxWriter takes long to import, and only this needs it
    import xlsxwriter

    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet(_SHEET)
        text = book.add_format({"num_format": "@"})
        sheet.set_column(0, len(COLUMNS) - 1, 18, text)
        sheet.freeze_panes(1, 0)
        for number, row in enumerate(table):
            for place, cell in enumerate(row):
                sheet.write_string(number, place, cell, text)
