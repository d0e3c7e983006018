"""From uploaded parts to a delivery: files joined, what is in them looked at, handed over when all was asked for.

1C asks for the import of one file after another, each time until it hears `success`. Files that belong together must be
one delivery: goods without their offers, or a quarter of a full load, would look as if the rest had gone. So a batch
is what was uploaded before the first question about its last file: until every XML file of it was asked for, the
answer is `success` and nothing is handed over; the last question hands all over, and waits for the import.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import IO, cast

from marketsync.clock import Clock
from marketsync.db import Database, sql
from marketsync.errors import BadInput, Place
from marketsync.files import Files, Folder, open_delivery
from marketsync.shop.uploads.names import same_file
from marketsync.shop.uploads.parts import Connection, drop_batch, lock_session, open_batch
from marketsync.shop.uploads.sessions import Session

__all__ = ["Asked", "Batches", "Progress"]

_KIND = "catalog"


class Progress(StrEnum):
    """What 1C is to be told of a file."""

    ACCEPTED = "accepted"  # it waits for the other files of its batch
    WAITING = "waiting"  # handed over; nobody imports it yet
    IMPORTING = "importing"
    IMPORTED = "imported"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Asked:
    """The answer to a question about a file.

    Attributes:
        exchange_id: its delivery, once it was handed over.
        message: why it was refused, or what to know of an import; for a person.
        since: when it was handed over.
    """

    progress: Progress
    exchange_id: int | None = None
    message: str | None = None
    since: datetime | None = None


class Batches:
    """Hands uploaded files over."""

    def __init__(self, database: Database, files: Files, clock: Clock) -> None:
        self._database = database
        self._files = files
        self._clock = clock

    def ask(self, session: Session, name: str) -> Asked:
        """1C wants a file imported.

        Raises:
            BadInput: no such file was uploaded, or what was uploaded cannot be opened: nothing of it is handed over.
        """
        while True:
            with self._database.transaction() as connection:
                lock_session(connection, session)
                batch = open_batch(connection, session, _KIND)
                parts = self._parts(connection, session, batch["number"]) if batch else []
            if batch is None:
                break
            try:
                names = self._join(batch["place"], parts)
            except BadInput as error:
                self._refuse(session, int(batch["number"]), error)
                raise
            if not any(same_file(name, known) for known in names.all):
                break
            asked = sorted({*batch["asked"], name})
            whole = all(any(names.covers(one, known) for one in asked) for known in names.xml)
            exchange_id = self._settle(session, int(batch["number"]), parts, asked, names, whole=whole)
            if exchange_id is _ANEW:
                continue
            if exchange_id is None:
                return Asked(Progress.ACCEPTED)
            return self.progress(exchange_id)
        return self._earlier(session, name)

    def progress(self, exchange_id: int) -> Asked:
        """How far a delivery is."""
        with self._database.transaction() as connection:
            row = connection.execute(sql("upload/delivery_state"), {"exchange_id": exchange_id}).fetchone()
        if row is None:
            return Asked(Progress.REFUSED, exchange_id, "выгрузка удалена из базы: начните обмен заново")
        return Asked(_STATES[row["state"]], exchange_id, row["error"], row["delivered_at"])

    def _earlier(self, session: Session, name: str) -> Asked:
        """A file of a batch that is closed: 1C asks until it hears how it ended."""
        with self._database.transaction() as connection:
            closed = connection.execute(
                sql("upload/closed_batches"), {"session_id": session.session_id, "kind": _KIND}
            ).fetchall()
        for batch in closed:
            if not any(same_file(name, known) for known in batch["names"]):
                continue
            if batch["exchange_id"] is not None:
                return self.progress(int(batch["exchange_id"]))
            return Asked(Progress.REFUSED, None, batch["result"])
        raise BadInput(
            "такого файла в этом сеансе не передавали",
            place=Place(file=name),
            hint="Начните обмен заново: сначала file, потом import",
        )

    def _parts(self, connection: Connection, session: Session, number: int) -> Sequence[tuple[str, str, int]]:
        rows = connection.execute(
            sql("upload/batch_parts"), {"session_id": session.session_id, "batch": number}
        ).fetchall()
        return [(row["file"], row["object"], int(row["bytes"])) for row in rows]

    def _join(self, place: str, parts: Sequence[tuple[str, str, int]]) -> _Names:
        """Bring the batch's files into its place; what lies there whole already is left alone."""
        whole: dict[str, list[tuple[str, int]]] = {}
        for file, stored, size in parts:
            whole.setdefault(file, []).append((stored, size))
        for file, pieces in whole.items():
            target = f"{place}/{file}"
            mark = f"{place}{_MARKS}/{file}"
            last = pieces[-1][0].encode()
            if self._files.exists(mark) and self._read(mark) == last:
                continue
            joined = _Joined(self._files, [stored for stored, _ in pieces])
            self._files.write(target, cast("IO[bytes]", joined))
            self._files.write(mark, last)
        with open_delivery(Folder(self._files, place)) as delivery:
            xml = tuple(file.name for file in delivery.named(".xml"))
            held = {file.name: file.shown for file in delivery.files}
        return _Names(tuple(whole), xml, held)

    def _read(self, name: str) -> bytes:
        with self._files.open(name) as stream:
            return stream.read()

    def _settle(
        self,
        session: Session,
        number: int,
        parts: Sequence[tuple[str, str, int]],
        asked: Sequence[str],
        names: _Names,
        *,
        whole: bool,
    ) -> int | None:
        """Write the question down; where it was the last one, hand the batch over.

        Returns:
            the delivery; None where more files are waited for; _ANEW where something came meanwhile.
        """
        now = self._clock.now()
        with self._database.transaction() as connection:
            lock_session(connection, session)
            batch = open_batch(connection, session, _KIND)
            if batch is None or int(batch["number"]) != number:
                return _ANEW
            if self._parts(connection, session, number) != parts:
                return _ANEW
            key = {"session_id": session.session_id, "number": number, "asked": list(asked), "now": now}
            if not whole:
                connection.execute(sql("upload/ask"), key)
                return None
            row = connection.execute(
                sql("upload/deliver"),
                {
                    "location": batch["place"],
                    "began_at": session.began_at,
                    "reading": "as_written",
                    "now": now,
                },
            ).fetchone()
            exchange_id = int(row["exchange_id"]) if row else _ANEW
            connection.execute(
                sql("upload/close_batch"),
                {
                    **key,
                    "state": "handed",
                    "names": sorted(names.all),
                    "exchange_id": exchange_id,
                    "result": None,
                },
            )
            connection.execute(sql("wake/notify"), {"payload": json.dumps({"delivery": exchange_id})})
        self._forget(batch["place"], parts)
        return exchange_id

    def _forget(self, place: str, parts: Sequence[tuple[str, str, int]]) -> None:
        """The parts of what was handed over; what a killed process leaves goes with its session."""
        for _, stored, _ in parts:
            self._files.delete(stored)
        for mark in self._files.list(f"{place}{_MARKS}"):
            self._files.delete(mark)

    def _refuse(self, session: Session, number: int, error: BadInput) -> None:
        with self._database.transaction() as connection:
            lock_session(connection, session)
            drop_batch(connection, session, number, "refused", str(error), self._clock.now())


_ANEW = -1
_MARKS = ".marks"  # beside a batch's place: which part each of its files was joined to
_STATES = {
    "delivered": Progress.WAITING,
    "importing": Progress.IMPORTING,
    "imported": Progress.IMPORTED,
    "refused": Progress.REFUSED,
}


@dataclass(frozen=True, slots=True)
class _Names:
    """What is in a batch.

    Attributes:
        uploaded: files as they came, archives among them.
        xml: XML files, those in archives too, by their names as if unpacked.
        held: every file, name -> the name with its archive.
    """

    uploaded: tuple[str, ...]
    xml: tuple[str, ...]
    held: dict[str, str]

    @property
    def all(self) -> frozenset[str]:
        """All names by which 1C may ask."""
        return frozenset((*self.uploaded, *self.xml))

    def covers(self, asked: str, name: str) -> bool:
        """Whether a question is about this file, or about the archive that holds it."""
        return same_file(asked, name) or self.held[name].startswith(f"{asked}/")


class _Joined(io.RawIOBase):
    """Several objects, one after another, for reading."""

    def __init__(self, files: Files, names: Sequence[str]) -> None:
        super().__init__()
        self._pieces = self._open(files, names)
        self._stream: IO[bytes] | None = next(self._pieces, None)

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        while self._stream is not None:
            if found := self._stream.read(size):
                return found
            self._stream = next(self._pieces, None)
        return b""

    @staticmethod
    def _open(files: Files, names: Sequence[str]) -> Iterator[IO[bytes]]:
        for name in names:
            with files.open(name) as stream:
                yield stream
