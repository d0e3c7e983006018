"""Label files: torn ones are told from whole ones, pages go to the orders that they name, sizes stay."""

from __future__ import annotations

from io import BytesIO

import pytest
from label_pdf import THERMAL, pdf
from pypdf import PdfReader

from marketsync.orders import labels


def texts(content: bytes) -> list[str]:
    return [page.extract_text().strip() for page in PdfReader(BytesIO(content)).pages]


def test_a_pdf_counts_only_when_it_is_whole() -> None:
    content = pdf("0001-1", "0002-1")
    assert labels.whole(content) == 2
    assert labels.whole(content + b"\r\n") == 2
    assert [labels.whole(content[:size]) for size in (0, 4, 40, len(content) - 40)] == [0, 0, 0, 0]
    assert labels.whole(b"<html>%PDF %%EOF</html>") == 0
    assert labels.whole(b"%PDF-1.4 nothing to see %%EOF") == 0


@pytest.mark.parametrize("lost", range(1, 200, 13))
def test_a_file_that_still_grows_never_counts(lost: int) -> None:
    content = pdf("0001-1")
    assert labels.whole(content[:-lost]) == 0


def test_pages_go_to_the_orders_that_they_name() -> None:
    content = pdf("posting 0001-11", "posting 0001-1", "posting 0001-1-2", "second page of it")
    found = labels.split(content, ["0001-1", "0001-11", "0001-1-2"])
    assert found is not None
    assert {number: (own.pages, texts(own.content)) for number, own in found.items()} == {
        "0001-11": (1, ["posting 0001-11"]),
        "0001-1": (1, ["posting 0001-1"]),
        "0001-1-2": (2, ["posting 0001-1-2", "second page of it"]),
    }


def test_pages_that_do_not_say_whose_they_are_are_not_given_to_anybody() -> None:
    assert labels.split(pdf("barcode", "0002-1"), ["0001-1", "0002-1"]) is None
    assert labels.split(pdf("0001-1 0002-1"), ["0001-1", "0002-1"]) is None
    assert labels.split(pdf("0001-1", "barcode"), ["0001-1", "0002-1"]) is None


def test_the_only_order_of_a_file_gets_it_as_it_is() -> None:
    content = pdf("barcode", "barcode")
    assert labels.split(content, ["0001-1"]) == {"0001-1": labels.PageFile(content, 2)}


def test_an_order_without_a_page_gets_none() -> None:
    found = labels.split(pdf("0001-1"), ["0001-1", "0002-1"])
    assert found is not None
    assert list(found) == ["0001-1"]


def test_pages_keep_the_size_of_the_thermal_printer() -> None:
    found = labels.split(pdf("0001-1", "0002-1"), ["0001-1", "0002-1"])
    assert found is not None
    (page,) = PdfReader(BytesIO(found["0002-1"].content)).pages
    assert (float(page.mediabox.width), float(page.mediabox.height)) == THERMAL
