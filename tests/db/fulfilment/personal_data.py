"""Where something may have been written down: every column of every table, every file, and what was printed."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence

import pypdf
from psycopg import sql as composed
from pypdf.errors import PyPdfError

from marketsync.db import Database
from marketsync.db.connection import SCHEMA
from marketsync.files import Files


def in_tables(database: Database, words: Iterable[str]) -> set[str]:
    """The tables of ours with a row that has one of the words in any column, bytes and JSON included."""
    wanted = list(_forms(words))
    with database.transaction() as connection:
        tables = connection.execute(
            "select c.relname as name from pg_class as c join pg_namespace as n on n.oid = c.relnamespace "
            "where n.nspname = %s and c.relkind in ('r', 'p')",
            (SCHEMA,),
        ).fetchall()
        assert len(tables) > 50, "these are not all tables"
        found = set()
        for row in tables:
            query = composed.SQL(
                "select exists(select 1 from {} as t, unnest(%s::text[]) as word "
                "where strpos(lower(t::text), word) > 0) as found"
            ).format(composed.Identifier(row["name"]))
            hit = connection.execute(query, (wanted,)).fetchone()
            if hit and hit["found"]:
                found.add(row["name"])
    return found


def in_files(files: Files, words: Iterable[str]) -> set[str]:
    """The files that have one of the words, also inside of workbooks, archives and PDFs."""
    wanted = list(_forms(words))
    return {
        name
        for name in files.list()
        if any(_has(text, wanted) for text in _texts(name, files.open(name).read()))
    }


def in_text(text: str, words: Iterable[str]) -> list[str]:
    """Which of the words a text has."""
    return [word for word in words if _has(text, list(_forms([word])))]


def _forms(words: Iterable[str]) -> Iterator[str]:
    """A word in the forms in which it may be kept: as it is, as JSON's escapes, as the bytes of a bytea."""
    for word in words:
        yield word.lower()
        yield word.encode().hex()
        if not word.isascii():
            escaped = word.lower().encode("unicode_escape").decode()
            yield from (escaped, escaped.replace("\\", "\\\\"))  # a row's text doubles what escapes
            yield word.encode("cp1251").hex()


def _has(text: str, wanted: Sequence[str]) -> bool:
    low = text.lower()
    return any(word in low for word in wanted)


def _texts(name: str, content: bytes) -> Iterator[str]:
    yield content.decode("utf-8", "replace")
    yield content.decode("cp1251", "replace")
    if zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for each in archive.namelist():
                yield from _texts(each, archive.read(each))
    elif content.startswith(b"%PDF"):
        try:
            for page in pypdf.PdfReader(io.BytesIO(content)).pages:
                yield page.extract_text()
                yield page.get_contents().get_data().decode("latin-1") if page.get_contents() else ""
        except PyPdfError as error:
            raise AssertionError(f"{name} cannot be read") from error
