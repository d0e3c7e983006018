"""Tables as managers save them, CSV or Excel, read into rows of text: one reader, so that both mean the same.

What Excel does to a table without being asked is undone where that is safe (windows-1251, a percent stored as a
fraction, a date stored as a number) and refused where it is not: formulas are found by whoever reads the cells,
merged cells here, since the value of a merged range belongs to its first cell only.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

from marketsync.errors import BadInput, Place

__all__ = ["EXCEL", "SheetRow", "read_sheet"]

EXCEL = ".xlsx"
_CSV = ".csv"
_DELIMITERS = ";\t,"  # a header has none of them inside its names; the first that it has divides the columns
_LARGEST_FILE = 5_000_000  # bytes; a table of ten thousand rules has about one million
_MOST_UNPACKED = 100_000_000  # bytes of a workbook's parts together
_MOST_ROWS = 10_000
_MOST_COLUMNS = 100
_MOST_DIGITS = 20  # a number with more is no price, and is not written out
_NOTHING_TAKEN = "Из файла не взято ничего, действуют прежние правила"
_FIRST_ANSI = "cp1251"  # what a Russian Excel writes as «CSV (разделители — запятые)»
_LOCALE_IN_FORMAT = re.compile(r"\[\$-[^\]]*\]")
_CURRENCY_IN_FORMAT = re.compile(r"\[\$([^\]-]+)|\"([^\"]*)\"|([$€£¥₽])")


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row that is not blank: its cells as text without outer spaces, and its number in the file."""

    line: int
    cells: tuple[str, ...]


def read_sheet(name: str, content: bytes) -> list[SheetRow]:
    """Read a table, header first; blank rows are left out.

    Args:
        name: the file's, for messages and for its kind: .csv (UTF-8 or windows-1251; divided by `;`, tab or `,`) or
            .xlsx (the first sheet).
        content: the file's bytes.

    Raises:
        BadInput: with file and line: not such a file, merged cells, too large, nothing in it.
    """
    suffix = Path(name).suffix.lower()
    if suffix not in (_CSV, EXCEL):
        raise _bad(name, f"таблица {suffix or 'без расширения'} не читается: нужна .xlsx или .csv")
    if len(content) > _LARGEST_FILE:
        raise _bad(name, f"файл больше {_LARGEST_FILE // 1_000_000} МБ: это не таблица правил")
    found = _excel_rows(name, content) if suffix == EXCEL else _csv_rows(name, content)
    rows: list[SheetRow] = []
    for line, cells in found:
        while cells and not cells[-1]:
            cells.pop()
        if not cells:
            continue
        if len(rows) == _MOST_ROWS or len(cells) > _MOST_COLUMNS:
            raise _bad(name, f"в таблице больше {_MOST_ROWS} строк или {_MOST_COLUMNS} столбцов", line)
        rows.append(SheetRow(line, tuple(cells)))
    if not rows:
        raise _bad(name, "таблица пуста: нет даже заголовка")
    return rows


def _bad(name: str, message: str, line: int | None = None) -> BadInput:
    return BadInput(message, place=Place(file=name, line=line), hint=_NOTHING_TAKEN)


# ------------------------------------------------------------------ CSV


def _csv_rows(name: str, content: bytes) -> Iterator[tuple[int, list[str]]]:
    text = _decoded(name, content)
    header = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = next((each for each in _DELIMITERS if each in header), _DELIMITERS[0])
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for cells in reader:
            yield line, [cell.strip() for cell in cells]
            line = reader.line_num + 1
    except csv.Error as error:
        raise _bad(name, f"строка не разобрана: {error}", line) from error


def _decoded(name: str, content: bytes) -> str:
    if b"\0" in content:
        raise _bad(
            name, "это не таблица CSV: в файле есть нулевые байты. Сохраните её как .xlsx или «CSV UTF-8»"
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        return content.decode(_FIRST_ANSI)
    except UnicodeDecodeError as error:
        raise _bad(
            name, "таблица не в кодировке UTF-8 и не в windows-1251: сохраните её как «CSV UTF-8»"
        ) from error


# ------------------------------------------------------------------ Excel


def _excel_rows(name: str, content: bytes) -> Iterator[tuple[int, list[str]]]:
    # openpyxl takes a third of a second to import, and most processes read no workbook
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            if sum(part.file_size for part in parts.infolist()) > _MOST_UNPACKED:
                raise _bad(name, "книга Excel в распакованном виде слишком велика: это не таблица правил")
        book = openpyxl.load_workbook(io.BytesIO(content), keep_links=False)
        sheet = book.worksheets[0]
    except (zipfile.BadZipFile, InvalidFileException, KeyError, IndexError, ValueError, TypeError) as error:
        raise _bad(name, f"это не книга Excel .xlsx или файл повреждён ({error})") from error
    if sheet.merged_cells.ranges:
        ranges = sorted(sheet.merged_cells.ranges, key=lambda each: (each.min_row, each.min_col))
        raise _bad(
            name,
            f"объединённые ячейки {', '.join(str(each) for each in ranges[:5])}: уберите объединение и "
            "впишите значение в каждую ячейку",
            ranges[0].min_row,
        )
    for number, row in enumerate(sheet.iter_rows(max_col=_MOST_COLUMNS + 1), start=1):
        yield number, [_cell_text(cell) for cell in row]


def _cell_text(cell: Any) -> str:
    """A cell as a person reads it: 0.2 in the format 0% is 20%, a date is written the ISO way."""
    value = cell.value
    match value:
        case None:
            return ""
        case str():
            return value.strip()
        case bool():
            return "да" if value else "нет"
        case int() | float():
            return _number_text(value, cell.number_format or "")
        case datetime():
            midnight = value.time() == time()
            return value.date().isoformat() if midnight else value.isoformat(" ", "minutes")
        case date():
            return value.isoformat()
        case _:
            # an array formula comes as an object with its text; whatever else Excel invents is told as it is
            return f"={getattr(value, 'text', value)}".replace("==", "=", 1)


def _number_text(value: float, shape: str) -> str:
    number = Decimal(repr(value))
    if "%" in shape:
        return f"{_plain(number * 100)}%"
    found = _CURRENCY_IN_FORMAT.search(_LOCALE_IN_FORMAT.sub("", shape))
    currency = next((part for part in found.groups() if part), "").strip() if found else ""
    return f"{_plain(number)} {currency}".strip()


def _plain(number: Decimal) -> str:
    # what has more digits than money can have is left as Excel shows it, and refused by whoever reads the cell
    return f"{number:f}" if number.is_finite() and abs(number.adjusted()) < _MOST_DIGITS else str(number)
