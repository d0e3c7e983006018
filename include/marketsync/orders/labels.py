"""Label files: whole or not, whose each page is, kept one per order, and joined again for the printer.

Pages are taken as they are: a thermal printer's label keeps its size.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any

import psycopg
from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.errors import PyPdfError

from marketsync.db import sql
from marketsync.errors import BadInput
from marketsync.files import Files

__all__ = ["FOLDER", "PageFile", "keep", "label_of", "merged", "split", "whole"]

Connection = psycopg.Connection[dict[str, Any]]

FOLDER = "labels"
_TAIL = 1024  # bytes at the end of a PDF within which its mark of the end stands


@dataclass(frozen=True, slots=True)
class PageFile:
    """An order's pages as a PDF of their own."""

    content: bytes
    pages: int


def whole(content: bytes) -> int:
    """The pages of a PDF; 0 where it is torn, or no PDF at all."""
    if not content.startswith(b"%PDF") or b"%%EOF" not in content[-_TAIL:]:
        return 0
    try:
        return len(PdfReader(BytesIO(content), strict=True).pages)
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return 0


def split(content: bytes, numbers: Sequence[str]) -> dict[str, PageFile] | None:
    """A whole PDF by the orders whose numbers its pages name, in its order.

    A page that names nobody is the second of the one before it, but only where every order has a page of its own:
    otherwise it may be the one that is missing.

    Returns:
        None where the pages do not say whose they are.
    """
    reader = PdfReader(BytesIO(content))
    if len(numbers) == 1:
        return {numbers[0]: PageFile(content, len(reader.pages))}
    patterns = {number: re.compile(rf"(?<![\w-]){re.escape(number)}(?![\w-])") for number in numbers}
    pages: dict[str, list[PageObject]] = {}
    current: str | None = None
    unnamed = False
    for page in reader.pages:
        text = page.extract_text()
        named = [number for number, pattern in patterns.items() if pattern.search(text)]
        if len(named) > 1 or (not named and current is None):
            return None
        unnamed |= not named
        current = named[0] if named else current
        pages.setdefault(str(current), []).append(page)
    if unnamed and len(pages) < len(set(numbers)):
        return None
    return {number: PageFile(_joined(own), len(own)) for number, own in pages.items()}


def _joined(pages: Sequence[PageObject]) -> bytes:
    writer = PdfWriter()
    for page in pages:
        writer.add_page(page)
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def keep(
    connection: Connection,
    files: Files,
    account: str,
    posting_id: int,
    number: str,
    label: PageFile,
    completed_at: datetime | None,
    now: datetime,
) -> str:
    """Write an order's label into files/, then its row, in the caller's transaction; the same twice is one.

    Returns:
        its name in files/.
    """
    digest = hashlib.sha256(label.content).digest()
    safe = re.sub(r"[^\w.-]", "_", number)
    name = f"{FOLDER}/{account}/{safe}-{digest.hex()[:12]}.pdf"
    files.write(name, label.content)
    connection.execute(
        sql("fulfilment/label_keep"),
        {
            "posting_id": posting_id,
            "file": name,
            "hash": digest,
            "bytes": len(label.content),
            "pages": label.pages,
            "completed_at": completed_at,
            "now": now,
        },
    )
    return name


def label_of(connection: Connection, files: Files, posting_id: int) -> bytes | None:
    """An order's label as PDF; None where there is none yet."""
    row = connection.execute(sql("fulfilment/labels"), {"posting_ids": [posting_id]}).fetchone()
    return _content(files, row["file"]) if row else None


def merged(connection: Connection, files: Files, posting_ids: Sequence[int]) -> bytes:
    """The labels of some orders as one PDF for printing, in the order that is asked for; pages keep their size.

    Raises:
        BadInput: an order has no label yet; its posting id is named.
    """
    rows = connection.execute(sql("fulfilment/labels"), {"posting_ids": list(posting_ids)}).fetchall()
    names = {row["posting_id"]: row["file"] for row in rows}
    missing = [str(posting_id) for posting_id in posting_ids if posting_id not in names]
    if missing or not posting_ids:
        raise BadInput(
            f"нет этикеток заказов: {', '.join(missing) or 'не назван ни один'}",
            hint="Этикетка готова примерно через минуту после сборки; повторите позже",
        )
    writer = PdfWriter()
    for posting_id in posting_ids:
        writer.append(BytesIO(_content(files, names[posting_id])))
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def _content(files: Files, name: str) -> bytes:
    with files.open(name) as stream:
        return stream.read()
