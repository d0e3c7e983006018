"""From uploaded parts to a delivery: files joined, what is in them looked at, handed over when all was asked for.

1C asks for the import of one file after another, each time until it hears `success`. Files that belong together must be
one delivery: goods without their offers, or a quarter of a full load, would look as if the rest had gone. So a batch
is what was uploaded before the question about its last file: until every XML file of it was asked for, the answer is
`success` and nothing is handed over; the last question hands all over, and waits for the import.

A session may bring several batches: portions. What a portion of a full load does not name is in another portion, so a
portion deletes nothing. When the session ends (1C says `complete` or `deactivate`, or, where its dialogue has no last
word, is silent), all batches together are one more delivery, the closing one: it finds nothing new, and deletes what no
portion named. Where a newer delivery came meanwhile there is none: it would bring old prices and counts back.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import IO, cast

import structlog

from marketsync.clock import Clock
from marketsync.db import Database, sql
from marketsync.db.connection import Row
from marketsync.errors import BadInput, Place
from marketsync.files import Files, Folder, open_delivery
from marketsync.files.delivery import DeliveryFile
from marketsync.shop.uploads import folders
from marketsync.shop.uploads.names import same_file
from marketsync.shop.uploads.sessions import Connection, Session, lock_session

__all__ = ["Asked", "Batches", "Progress"]

_log = structlog.get_logger(__name__)

_ANEW = -1
# import.xml, offers.xml, priceLists.xml: a second portion would have the same name, so there is none
_NAME_WITHOUT_NUMBER = re.compile(r"[a-z]+\.xml", re.IGNORECASE)


class Progress(StrEnum):
    """What 1C is to be told of a file."""

    ACCEPTED = "accepted"  # it waits for the other files of its batch
    WAITING = "waiting"  # handed over; nobody imports it yet
    IMPORTING = "importing"
    IMPORTED = "imported"
    REFUSED = "refused"


_STATES = {
    "delivered": Progress.WAITING,
    "importing": Progress.IMPORTING,
    "imported": Progress.IMPORTED,
    "refused": Progress.REFUSED,
}

_Parts = Sequence[tuple[str, str]]  # file, object


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

    @property
    def open(self) -> bool:
        """Whether the import goes on."""
        return self.progress in (Progress.WAITING, Progress.IMPORTING)


class Batches:
    """Hands uploaded files over.

    Args:
        kind: `catalog`, for the import; `sale`, for whoever reads documents of orders.
    """

    def __init__(self, database: Database, files: Files, clock: Clock, kind: str = "catalog") -> None:
        self._kind = kind
        self._database = database
        self._files = files
        self._clock = clock

    def ask(self, session: Session, name: str) -> Asked:
        """1C wants a file imported.

        Raises:
            BadInput: no such file was uploaded, or what was uploaded cannot be opened: nothing of it is handed over.
        """
        while (looked := self._look(session)) is not None:
            batch, parts, names = looked
            if not names.knows(name):
                break
            asked = sorted({*batch["asked"], name})
            settled = self._settle(session, batch["number"], parts, asked, names)
            if settled != _ANEW:
                return self.progress(settled) if settled else Asked(Progress.ACCEPTED)
        return self._earlier(session, name)

    def close(self, session: Session, *, deactivate: bool) -> Asked:
        """1C has nothing more to send.

        Args:
            deactivate: it also says that goods which it did not name are gone.

        Returns:
            how far the import of all is; IMPORTED too where there was nothing to import.

        Raises:
            BadInput: what was uploaded last cannot be opened.
        """
        while (looked := self._look(session)) is not None:
            batch, parts, names = looked
            if not names.xml:
                break
            if self._settle(session, batch["number"], parts, names.xml, names) != _ANEW:
                break
        return self._close(session, deactivate=deactivate)

    def read(self, session: Session, name: str, use: Callable[[Sequence[DeliveryFile]], str]) -> str:
        """Have the uploaded files read at once, all of them together.

        Args:
            use: reads XML files; may be called again for the same ones, where a process died meanwhile.

        Returns:
            what `use` made of them; the same for a repeated question.

        Raises:
            BadInput: no such file was uploaded, or it cannot be read: nothing of it is taken over.
        """
        looked = self._look(session)
        if looked is None or not looked[2].knows(name):
            with self._database.transaction() as connection:
                closed = self._closed(connection, session)
            for done in closed:
                if done["state"] == "done" and any(same_file(name, known) for known in done["names"]):
                    return str(done["result"])
            raise _never_came(name)
        batch, parts, names = looked
        with open_delivery(Folder(self._files, folders.batch_place(session, batch["number"]))) as delivery:
            result = use(delivery.named(".xml"))
        with self._database.transaction() as connection:
            lock_session(connection, session)
            connection.execute(
                sql("upload/close_batch"),
                {
                    "session_id": session.session_id,
                    "number": batch["number"],
                    "state": "done",
                    "asked": [name],
                    "names": sorted(names.all),
                    "exchange_id": None,
                    "result": result,
                    "now": self._clock.now(),
                },
            )
        folders.remove_batch(self._files, session, batch["number"])
        self._forget(session, batch["number"], parts)
        return result

    def progress(self, exchange_id: int) -> Asked:
        """How far a delivery is."""
        with self._database.transaction() as connection:
            row = connection.execute(sql("upload/delivery_state"), {"exchange_id": exchange_id}).fetchone()
        if row is None:
            return Asked(Progress.REFUSED, exchange_id, "выгрузка удалена из базы: начните обмен заново")
        return Asked(_STATES[row["state"]], exchange_id, row["error"], row["delivered_at"])

    # ------------------------------------------------------------ the batch that takes what comes

    def _look(self, session: Session) -> tuple[Row, _Parts, _Names] | None:
        """The open batch, its parts, and what is in them, joined; None where nothing was uploaded."""
        with self._database.transaction() as connection:
            lock_session(connection, session)
            batch = self._open_batch(connection, session)
            parts = _parts(connection, session, batch["number"]) if batch else ()
        if batch is None:
            return None
        try:
            return batch, parts, self._join(session, batch["number"], parts)
        except BadInput as error:
            self._refuse(session, batch["number"], parts, error)
            raise
        except FileNotFoundError:
            # another call has handed the batch over meanwhile, or begun it anew
            return self._look(session)

    def _join(self, session: Session, number: int, parts: _Parts) -> _Names:
        """Bring the batch's files into its place; what lies there whole already is left alone."""
        pieces: dict[str, list[str]] = {}
        for file, stored in parts:
            pieces.setdefault(file, []).append(stored)
        place = folders.batch_place(session, number)
        for file, objects in pieces.items():
            mark = folders.mark(session, number, file)
            last = objects[-1].encode()
            if self._files.exists(mark) and self._read(mark) == last:
                continue
            self._files.write(f"{place}/{file}", cast("IO[bytes]", _Joined(self._files, objects)))
            self._files.write(mark, last)
        with open_delivery(Folder(self._files, place)) as delivery:
            return _Names(
                tuple(pieces),
                tuple(file.name for file in delivery.named(".xml")),
                {file.name: file.shown for file in delivery.files},
            )

    def _read(self, name: str) -> bytes:
        with self._files.open(name) as stream:
            return stream.read()

    def _settle(
        self, session: Session, number: int, parts: _Parts, asked: Sequence[str], names: _Names
    ) -> int | None:
        """Write the question down; where it was the last one, hand the batch over.

        Returns:
            the delivery; None where more files are waited for; _ANEW where something came meanwhile.
        """
        with self._database.transaction() as connection:
            lock_session(connection, session)
            batch = self._open_batch(connection, session)
            if batch is None or batch["number"] != number or _parts(connection, session, number) != parts:
                return _ANEW
            key = {
                "session_id": session.session_id,
                "number": number,
                "asked": list(asked),
                "now": self._clock.now(),
            }
            if not names.covered(asked):
                connection.execute(sql("upload/ask"), key)
                return None
            reading = self._reading(connection, session, names)
            place = folders.batch_place(session, number)
            exchange_id = self._deliver(connection, session, place, reading)
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
        self._forget(session, number, parts)
        return exchange_id

    def _reading(self, connection: Connection, session: Session, names: _Names) -> str:
        """Whether more portions may follow: by the names, or because a file of that name was brought before."""
        before = {name for batch in self._closed(connection, session) for name in batch["names"]}
        alone = all(_NAME_WITHOUT_NUMBER.fullmatch(name.rpartition("/")[2]) for name in names.xml)
        return "as_written" if alone and before.isdisjoint(names.xml) else "part"

    def _deliver(self, connection: Connection, session: Session, place: str, reading: str) -> int:
        row = connection.execute(
            sql("upload/deliver"),
            {
                "location": place,
                "began_at": session.began_at,
                "reading": reading,
                "now": self._clock.now(),
            },
        ).fetchone()
        exchange_id = int(row["exchange_id"]) if row else _ANEW
        connection.execute(sql("wake/notify"), {"payload": json.dumps({"delivery": exchange_id})})
        return exchange_id

    def _forget(self, session: Session, number: int, parts: _Parts) -> None:
        """The parts of what was joined; what a killed process leaves goes with its session."""
        folders.remove(self._files, [stored for _, stored in parts])
        folders.remove(self._files, self._files.list(folders.marks(session, number)))

    def _refuse(self, session: Session, number: int, parts: _Parts, error: BadInput) -> None:
        with self._database.transaction() as connection:
            lock_session(connection, session)
            connection.execute(
                sql("upload/drop_batch"),
                {
                    "session_id": session.session_id,
                    "number": number,
                    "state": "refused",
                    "result": str(error),
                    "now": self._clock.now(),
                },
            )
        folders.remove_batch(self._files, session, number)
        self._forget(session, number, parts)

    def _open_batch(self, connection: Connection, session: Session) -> Row | None:
        return connection.execute(
            sql("upload/open_batch"), {"session_id": session.session_id, "kind": self._kind}
        ).fetchone()

    def _closed(self, connection: Connection, session: Session) -> Sequence[Row]:
        return connection.execute(
            sql("upload/closed_batches"), {"session_id": session.session_id, "kind": self._kind}
        ).fetchall()

    # ------------------------------------------------------------ batches that were handed over

    def _earlier(self, session: Session, name: str) -> Asked:
        """A file of a batch that is closed: 1C asks until it hears how it ended."""
        with self._database.transaction() as connection:
            closed = self._closed(connection, session)
        for batch in closed:
            if batch["state"] == "handed" and any(same_file(name, known) for known in batch["names"]):
                return self.progress(batch["exchange_id"])
        raise _never_came(name)

    def _close(self, session: Session, *, deactivate: bool) -> Asked:
        with self._database.transaction() as connection:
            lock_session(connection, session)
            closed = self._closed(connection, session)
            handed = [batch for batch in closed if batch["state"] == "handed"]
            row = connection.execute(sql("upload/closing"), {"session_id": session.session_id}).fetchone()
            closing = row["closing_id"] if row else None
            unfinished = next((batch for batch in handed if batch["delivery"] != "imported"), None)
            if closing is None and unfinished is None:
                if not _wants_closing(handed, deactivate=deactivate):
                    return Asked(Progress.IMPORTED)
                row = connection.execute(
                    sql("upload/overtaken"), {"session_id": session.session_id}
                ).fetchone()
                if row and row["overtaken"]:
                    _log.warning("a session is not closed: a newer delivery came", session=session.session_id)
                    return Asked(Progress.IMPORTED)
                for batch in closed:
                    if batch["state"] != "handed":
                        folders.remove_batch(self._files, session, batch["number"])
                reading = "whole" if deactivate else "as_written"
                closing = self._deliver(connection, session, session.place, reading)
                connection.execute(
                    sql("upload/set_closing"), {"session_id": session.session_id, "exchange_id": closing}
                )
        return self.progress(unfinished["exchange_id"] if unfinished else closing or _ANEW)


def _parts(connection: Connection, session: Session, number: int) -> _Parts:
    rows = connection.execute(
        sql("upload/batch_parts"), {"session_id": session.session_id, "batch": number}
    ).fetchall()
    return [(row["file"], row["object"]) for row in rows]


def _wants_closing(handed: Sequence[Row], *, deactivate: bool) -> bool:
    """Whether something may have to be deleted that no single batch could tell to be gone."""
    if any(batch["part_of_full"] for batch in handed):
        return True
    return deactivate and any(batch["reading"] == "part" or batch["delivered"] != "full" for batch in handed)


def _never_came(name: str) -> BadInput:
    return BadInput(
        "такого файла в этом сеансе не передавали",
        place=Place(file=name),
        hint="Начните обмен заново: сначала file, потом import",
    )


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
    held: Mapping[str, str]

    @property
    def all(self) -> frozenset[str]:
        """All names by which 1C may ask."""
        return frozenset((*self.uploaded, *self.xml))

    def knows(self, asked: str) -> bool:
        """Whether such a file is here."""
        return any(same_file(asked, name) for name in self.all)

    def covered(self, asked: Sequence[str]) -> bool:
        """Whether every XML file was asked for, by its name or by that of its archive."""
        return all(
            any(same_file(one, name) or self.held[name].startswith(f"{one}/") for one in asked)
            for name in self.xml
        )


class _Joined(io.RawIOBase):
    """Several objects, one after another, for reading."""

    def __init__(self, files: Files, names: Sequence[str]) -> None:
        super().__init__()
        self._pieces = self._open(files, names)
        self._stream: IO[bytes] | None = next(self._pieces, None)

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
