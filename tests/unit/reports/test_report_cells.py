"""Texts that come from people stay texts, whatever they look like."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from xlsxwriter import Workbook

from marketsync.reports.cells import LONGEST_TEXT, clean_text, write_text


def read_back(texts: list[str]) -> list[tuple[str | None, str]]:
    """Value and type of each text, written to a cell and read again."""
    stream = io.BytesIO()
    book = Workbook(stream, {"in_memory": True})
    sheet = book.add_worksheet()
    for row, text in enumerate(texts):
        write_text(sheet, row, 0, text)
    book.close()
    stream.seek(0)
    cells = [row[0] for row in openpyxl.load_workbook(stream).worksheets[0].iter_rows(max_row=len(texts))]
    return [(cell.value, cell.data_type) for cell in cells]


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        '=HYPERLINK("http://evil.example","x")',
        "+7 (495) 000-00-00",
        "-5",
        "@SUM(A1)",
        "\t=1+1",
        "http://example.com/",
        "mailto:a@example.com",
        "internal:'Сводка'!A1",
        "{=SUM(A1:A2)}",
        "0012",
        "12345678901234567890",
        "1e5",
        "TRUE",
        "#N/A",
        "a<b>&\"'",
        "<r>",
        "<r></r>",
        "<r><t>bold</t></r>",
        "<r></worksheet></r>",
        " spaces around ",
        "line\nbreak",
        "комбинезон 👶🏻",
    ],
)
def test_a_text_stays_a_literal_string(text: str) -> None:
    value, kind = read_back([text])[0]
    assert (value, kind) == (text, "s")


def test_a_text_that_begins_with_a_carriage_return_is_a_string_with_a_line_feed() -> None:
    assert read_back(["\r=1+1", "a\r\nb"]) == [("\n=1+1", "s"), ("a\nb", "s")]


def test_illegal_characters_are_dropped() -> None:
    assert clean_text("a\x00b\x07c\x1fd\ufffee\ud800f\tg") == "abcdef\tg"


def test_a_text_of_the_longest_length_is_kept() -> None:
    text = "я" * LONGEST_TEXT
    assert clean_text(text) == text


@pytest.mark.parametrize(("text", "kept"), [("я" * 40_000, 32_766), ("👶" * 20_000, 16_383)])
def test_too_long_a_text_is_cut_with_an_ellipsis(text: str, kept: int) -> None:
    short = clean_text(text)
    assert short == text[:kept] + "…"
    assert len(short.encode("utf-16-le")) // 2 <= LONGEST_TEXT


@given(st.text(max_size=50))
def test_any_text_makes_readable_xml(text: str) -> None:
    element = etree.Element("t")
    element.text = clean_text(text)  # raises ValueError for what XML has no place for
    assert clean_text(clean_text(text)) == clean_text(text)


def test_the_markup_lookalike_does_not_break_a_streamed_sheet(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    book = Workbook(str(path), {"constant_memory": True})
    sheet = book.add_worksheet()
    write_text(sheet, 0, 0, "<r></c><c><f>1+1</f></c></r>")
    write_text(sheet, 1, 0, "after")
    book.close()
    read = openpyxl.load_workbook(path).worksheets[0]
    assert [(cell.value, cell.data_type) for cell in read["A"]] == [
        ("<r></c><c><f>1+1</f></c></r>", "s"),
        ("after", "s"),
    ]
