"""Text that any spreadsheet can hold and none will run.

A product's name comes from people and from suppliers' files. In a workbook it must stay what it is: never a
formula, never a link, never markup, never a character that makes the file unreadable.
"""

from __future__ import annotations

import re
from typing import Any

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

__all__ = ["LONGEST_TEXT", "clean_text", "write_text"]

# Microsoft, "Excel specifications and limits": 32,767 characters in a cell, counted in UTF-16 units.
LONGEST_TEXT = 32_767

# XML 1.0, section 2.2: what a document may not hold; and what stands for half a character.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ELLIPSIS = "…"


def clean_text(text: str) -> str:
    """A text that fits a cell: no illegal characters, line ends as LF, an ellipsis where it was cut."""
    if len(text) <= LONGEST_TEXT // 2 and text.isprintable():
        return text  # nearly all are
    text = _ILLEGAL.sub("", text)
    if "\r" in text:
        # an XML reader turns CR into LF anyway; two of them would become an empty line
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if len(text) <= LONGEST_TEXT // 2:
        return text
    encoded = text.encode("utf-16-le")
    if len(encoded) <= LONGEST_TEXT * 2:
        return text
    return encoded[: (LONGEST_TEXT - 1) * 2].decode("utf-16-le", errors="ignore") + _ELLIPSIS


def write_text(sheet: Worksheet, row: int, column: int, value: Any, style: Format | None = None) -> None:
    """Write a text as a literal string, whatever it begins with."""
    text = clean_text(str(value))
    if text.startswith("<r>") and text.endswith("</r>"):
        # the writer takes such a string for markup of its own; in two pieces it is only text
        sheet.write_rich_string(row, column, "<", text[1:-1], ">", *([style] if style else []))
        return
    sheet.write_string(row, column, text, style)
