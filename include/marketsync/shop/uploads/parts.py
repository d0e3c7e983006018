"""Parts of files as they come: each is an object of its own; together, in their order, they are the file.

1C's protocol has no offsets: a body with the same name is appended. What that would spoil after a broken connection is
told by the bytes: a part equal to the one before it is 1C's repetition of a call whose answer was lost, and a part
that begins as the file began is the file begun anew.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import IO
from uuid import uuid4

import psycopg

from marketsync.clock import Clock
from marketsync.db import Database, sql
from marketsync.db.connection import Row
from marketsync.errors import BadInput, Place
from marketsync.files import Files
from marketsync.shop.handover import new_place
from marketsync.shop.uploads.limits import UploadLimits
from marketsync.shop.uploads.sessions import Session

__all__ = ["Uploads"]

_HEAD = 64  # bytes; an XML declaration and the root's name, or an archive's first entry with its checksum
_XML_STARTS = (
    b"<?xml",
    b"\xef\xbb\xbf<?xml",
    "\ufeff<?xml".encode("utf-16-le"),
    "\ufeff<?xml".encode("utf-16-be"),
)
_CHUNK = 1 << 20

Connection = psycopg.Connection[Row]


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
            body: the whole of it, at its beginning.

        Raises:
            BadInput: the session is over, or has uploaded too much; nothing was taken.
        """
        digest, size, head = _look(body)
        if not size:
            raise BadInput(
                "пустое тело запроса: файл не принят",
                place=Place(file=name),
                hint="Повторите выгрузку: 1С не передала ни одного байта",
            )
        body.seek(0)
        stored = f"{session.folder}/{uuid4().hex}"
        self._files.write(stored, body)
        given_up: list[str] = []
        kept = False
        try:
            with self._database.transaction() as connection:
                given_up, kept = self._enter(connection, session, kind, name, stored, size, digest, head)
        finally:
            if not kept:
                self._files.delete(stored)
        for old in given_up:
            self._files.delete(old)

    def begin(self, session: Session, kind: str) -> None:
        """Empty what the session uploaded and did not have imported."""
        now = self._clock.now()
        with self._database.transaction() as connection:
            lock_session(connection, session)
            batch = open_batch(connection, session, kind)
            if batch is None:
                return
            drop_batch(connection, session, int(batch["number"]), "dropped", None, now)
            parts = connection.execute(
                sql("upload/batch_parts"), {"session_id": session.session_id, "batch": batch["number"]}
            ).fetchall()
        for part in parts:
            self._files.delete(part["object"])
        for name in self._files.list(batch["place"]):
            self._files.delete(name)

    def _enter(
        self,
        connection: Connection,
        session: Session,
        kind: str,
        name: str,
        stored: str,
        size: int,
        digest: bytes,
        head: bytes,
    ) -> tuple[list[str], bool]:
        """Write the part down; which objects are of no more use, and whether the part is kept."""
        now = self._clock.now()
        lock_session(connection, session)
        batch = open_batch(connection, session, kind) or self._add_batch(connection, session, kind, now)
        key = {"session_id": session.session_id, "batch": batch["number"], "file": name}
        parts = connection.execute(sql("upload/file_parts"), key).fetchall()
        if parts and bytes(parts[-1]["hash"]) == digest:
            return [], False
        given_up: list[str] = []
        if parts and _begins_anew(bytes(parts[0]["head"]), head):
            connection.execute(sql("upload/forget_file"), key)
            given_up = [part["object"] for part in parts]
            parts = []
        self._check(connection, key, name, size)
        connection.execute(
            sql("upload/add_part"),
            {
                **key,
                "number": int(parts[-1]["number"]) + 1 if parts else 1,
                "object": stored,
                "bytes": size,
                "hash": digest,
                "head": head,
                "now": now,
            },
        )
        return given_up, True

    def _add_batch(self, connection: Connection, session: Session, kind: str, now: datetime) -> Row:
        row = connection.execute(
            sql("upload/add_batch"),
            {
                "session_id": session.session_id,
                "kind": kind,
                "place": new_place(self._clock),
                "now": now,
            },
        ).fetchone()
        return row or {}

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


def lock_session(connection: Connection, session: Session) -> None:
    """Take turns with the session's other calls.

    Raises:
        BadInput: it is over.
    """
    if connection.execute(sql("upload/lock_session"), {"session_id": session.session_id}).fetchone() is None:
        raise BadInput("сеанс обмена завершён", hint="Начните обмен заново")


def open_batch(connection: Connection, session: Session, kind: str) -> Row | None:
    """The batch that takes what comes now."""
    return connection.execute(
        sql("upload/open_batch"), {"session_id": session.session_id, "kind": kind}
    ).fetchone()


def drop_batch(
    connection: Connection, session: Session, number: int, state: str, result: str | None, now: datetime
) -> None:
    """Nothing of the batch is taken over."""
    connection.execute(
        sql("upload/drop_batch"),
        {
            "session_id": session.session_id,
            "number": number,
            "state": state,
            "result": result,
            "now": now,
        },
    )


def _look(body: IO[bytes]) -> tuple[bytes, int, bytes]:
    """Hash, size and first bytes."""
    digest = hashlib.sha256()
    size = 0
    head = b""
    body.seek(0)
    while chunk := body.read(_CHUNK):
        if not size:
            head = chunk[:_HEAD]
        digest.update(chunk)
        size += len(chunk)
    return digest.digest(), size, head


def _begins_anew(first: bytes, head: bytes) -> bool:
    if head.startswith(_XML_STARTS):
        return True
    return len(head) == _HEAD and head == first
