"""Parts of files as they come: each is an object of its own; together, in their order, they are the file.

1C's protocol has no offsets: a body with the same name is appended. What that would spoil after a broken connection is
told by the bytes: a part equal to the one before it is 1C's repetition of a call whose answer was lost, and a part
that begins as the file began is the file begun anew.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import IO
from uuid import uuid4

from marketsync.clock import Clock
from marketsync.db import Database, sql
from marketsync.errors import BadInput, Place
from marketsync.files import Files
from marketsync.shop.uploads import folders
from marketsync.shop.uploads.limits import UploadLimits
from marketsync.shop.uploads.sessions import Connection, Session, lock_session

__all__ = ["Uploads"]

_HEAD = 64  # bytes; an XML declaration and the root's name, or an archive's first entry with its checksum
_MARK = "\ufeff<?xml"
_XML_STARTS = (b"<?xml", _MARK.encode(), _MARK.encode("utf-16-le"), _MARK.encode("utf-16-be"))
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class _Part:
    stored: str
    size: int
    digest: bytes
    head: bytes


class Uploads:
    """Takes parts into the common file store.

    Args:
        limits: of a session.
    """

    def __init__(self, database: Database, files: Files, clock: Clock, limits: UploadLimits) -> None:
        self._database = database
        self._files = files
        self._clock = clock
        self._limits = limits

    def take(self, session: Session, kind: str, name: str, body: IO[bytes]) -> None:
        """Append a body to a file of the session's open batch.

        Args:
            kind: catalog or sale.
            name: a checked name.
            body: the whole of it.

        Raises:
            BadInput: the session is over, or has uploaded too much; nothing was taken.
        """
        part = _look(f"{session.folder}/{uuid4().hex}", body)
        if not part.size:
            raise BadInput(
                "пустое тело запроса: файл не принят",
                place=Place(file=name),
                hint="Повторите выгрузку: 1С не передала ни одного байта",
            )
        body.seek(0)
        self._files.write(part.stored, body)
        of_no_use = [part.stored]
        try:
            with self._database.transaction() as connection:
                of_no_use = self._enter(connection, session, kind, name, part)
        finally:
            for stored in of_no_use:
                self._files.delete(stored)

    def begin(self, session: Session, kind: str) -> None:
        """Empty what the session uploaded and did not have imported."""
        with self._database.transaction() as connection:
            lock_session(connection, session)
            batch = connection.execute(
                sql("upload/open_batch"), {"session_id": session.session_id, "kind": kind}
            ).fetchone()
            if batch is None:
                return
            key = {"session_id": session.session_id, "batch": batch["number"]}
            parts = connection.execute(sql("upload/batch_parts"), key).fetchall()
            connection.execute(
                sql("upload/drop_batch"),
                {
                    "session_id": session.session_id,
                    "number": batch["number"],
                    "state": "dropped",
                    "result": None,
                    "now": self._clock.now(),
                },
            )
        folders.remove(self._files, [part["object"] for part in parts])
        folders.remove_batch(self._files, session, batch["number"])

    def _enter(
        self, connection: Connection, session: Session, kind: str, name: str, part: _Part
    ) -> list[str]:
        """Write the part down; returns the objects that are of no use now."""
        now = self._clock.now()
        lock_session(connection, session)
        of_kind = {"session_id": session.session_id, "kind": kind, "now": now}
        batch = (
            connection.execute(sql("upload/open_batch"), of_kind).fetchone()
            or connection.execute(sql("upload/add_batch"), of_kind).fetchone()
            or {}
        )
        key = {"session_id": session.session_id, "batch": batch["number"], "file": name}
        parts = connection.execute(sql("upload/file_parts"), key).fetchall()
        if parts and bytes(parts[-1]["hash"]) == part.digest:
            return [part.stored]
        of_no_use: list[str] = []
        if parts and _begins_anew(bytes(parts[0]["head"]), part.head):
            connection.execute(sql("upload/forget_file"), key)
            of_no_use = [known["object"] for known in parts]
            parts = []
        self._check(connection, key, name, part.size)
        connection.execute(
            sql("upload/add_part"),
            {
                **key,
                "number": int(parts[-1]["number"]) + 1 if parts else 1,
                "object": part.stored,
                "bytes": part.size,
                "hash": part.digest,
                "head": part.head,
                "now": now,
            },
        )
        return of_no_use

    def _check(self, connection: Connection, key: dict[str, object], name: str, size: int) -> None:
        row = connection.execute(sql("upload/totals"), key).fetchone() or {}
        if row["bytes"] + size > self._limits.total:
            raise BadInput(
                f"за один сеанс передано больше {self._limits.total} байт",
                place=Place(file=name),
                hint="Выгружайте порциями или увеличьте erp.exchange.total_bytes в accounts.yaml",
            )
        if not row["known"] and row["files"] >= self._limits.files:
            raise BadInput(
                f"за один сеанс передано больше {self._limits.files} файлов",
                place=Place(file=name),
                hint="Передавайте картинки архивом или увеличьте erp.exchange.files в accounts.yaml",
            )


def _look(stored: str, body: IO[bytes]) -> _Part:
    digest = hashlib.sha256()
    size = 0
    head = b""
    body.seek(0)
    while chunk := body.read(_CHUNK):
        if not size:
            head = chunk[:_HEAD]
        digest.update(chunk)
        size += len(chunk)
    return _Part(stored, size, digest.digest(), head)


def _begins_anew(first: bytes, head: bytes) -> bool:
    return head.startswith(_XML_STARTS) or (len(head) == _HEAD and head == first)
