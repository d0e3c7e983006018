"""Deliveries in line for their import: registering a folder, and taking the oldest one.

One import at a time, and in the order of delivery: two deliveries merged at once, or the newer one first,
would leave old prices in place of new ones. The order is kept by one session lock that the importing process
holds; a row that says `importing` while nobody holds it was left by a process that died, and is taken up
again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from marketsync.clock import Clock
from marketsync.db.connection import Database
from marketsync.db.queries import sql
from marketsync.errors import BadInput, Fatal, Place
from marketsync.files import Files, Folder

__all__ = ["Exchange", "claim_next", "register_folder", "written_at"]

_IMPORT_LOCK = 771_903_002  # any constant, another than the migrations'
_BY_HAND = "folder"
_MARK = "#"
_COUNTED = frozenset({".xml", ".zip"})
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Exchange:
    """A delivery that is this process's to import.

    Attributes:
        location: a folder of the common file store, or (`folder`) a path of this machine, '#', and its
        content's mark.
        began_at: nothing in it is older than this moment by our clock; None: than `delivered_at`.
        reading: 'as_written'; 'part': one portion of several, so that what it does not name stays; 'whole': all
            portions of an exchange in which 1C named every good that there is.
    """

    exchange_id: int
    source: str
    location: str
    delivered_at: datetime
    began_at: datetime | None = None
    reading: str = "as_written"

    def place(self, files: Files | None = None) -> Path | Folder:
        """Where the files lie; `files` is the common store, by default that of the environment."""
        if self.source == _BY_HAND:
            return Path(self.location.rpartition(_MARK)[0])
        return Folder(files or Files.from_environment(), self.location)


def register_folder(
    database: Database, clock: Clock, source: str, folder: Path | str, *, began: datetime | None = None
) -> int:
    """Put a delivery in line.

    Args:
        source: '1c' or 'shop' (`folder` is a name in the common file store), or 'folder' (a path of this
        machine).
        began: when its source began, by our clock: an order that the ERP had taken by then is in its counts. Files
            given by hand were begun when the oldest of them was written.

    Returns:
        its exchange_id. From 1C and the shop, the same folder is the same delivery, once. By hand, the same
        folder with the same content is the same row, which waits for another import; with other content it is
        a new one.

    Raises:
        BadInput: the path is not there.
    """
    location = str(folder)
    by_hand = source == _BY_HAND
    if by_hand:
        path = Path(folder).resolve()
        location = f"{path}{_MARK}{_mark(path)}"
        began = began or written_at(_files(path))
    with database.transaction() as connection:
        row = connection.execute(
            sql("shop/register"),
            {
                "source": source,
                "location": location,
                "now": clock.now(),
                "began_at": began,
                "again": by_hand,
            },
        ).fetchone()
    if row is None:
        raise Fatal(f"The delivery {location} could not be registered")
    return int(row["exchange_id"])


@contextmanager
def claim_next(database: Database, clock: Clock, exchange_id: int | None = None) -> Iterator[Exchange | None]:
    """Take the oldest waiting delivery; import it inside the block, which holds the import lock.

    Args:
        exchange_id: take this one, and no other.

    Yields:
        the delivery, now `importing`; None where none waits, or another process is importing.
    """
    with database.session(autocommit=True) as session:
        taken = session.execute(sql("shop/try_import_lock"), {"key": _IMPORT_LOCK}).fetchone()
        if taken is None or not taken["taken"]:
            yield None
            return
        try:
            row = session.execute(
                sql("shop/claim"), {"exchange_id": exchange_id, "now": clock.now()}
            ).fetchone()
            yield Exchange(**row) if row else None
        finally:
            with suppress(psycopg.OperationalError):  # a session that broke has released it
                session.execute(sql("shop/release_import_lock"), {"key": _IMPORT_LOCK})


def written_at(paths: Iterable[Path]) -> datetime:
    """When the first of a delivery's files was written: what it counts is no newer than that. Pictures may be old."""
    moments = {path: path.stat().st_mtime for path in paths}
    counted = [moment for path, moment in moments.items() if path.suffix.casefold() in _COUNTED]
    return datetime.fromtimestamp(min(counted or moments.values(), default=0.0), UTC)


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        return sorted(found for found in path.rglob("*") if found.is_file())
    if path.is_file():
        return [path]
    raise BadInput(
        "нет такой папки", place=Place(file=str(path)), hint="Проверьте путь к папке с файлами CommerceML"
    )


def _mark(path: Path) -> str:
    """A mark of the folder's content: names and bytes."""
    digest = hashlib.sha256()
    for file in _files(path):
        digest.update(f"{file.relative_to(path)}\0{file.stat().st_size}\0".encode())
        with file.open("rb") as stream:
            while chunk := stream.read(_CHUNK):
                digest.update(chunk)
    return digest.hexdigest()[:16]
