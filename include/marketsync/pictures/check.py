"""Looking at every link that is due: new ones at once, good ones every few days, bad ones with growing pauses.

A verdict belongs to the link and is shared by all accounts whose pictures lie there. A site in trouble is left alone
for the rest of a run: what was not looked at stays due, and cards that wait for it wait on.
"""

from __future__ import annotations

import threading
import zlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog

from marketsync.accounts import Account, PictureChecks
from marketsync.clock import Clock
from marketsync.db import Database, sql
from marketsync.marketplaces.base import PictureRules
from marketsync.pictures import galleries, texts
from marketsync.pictures.fetch import Fetched, LinkFetcher
from marketsync.pictures.inspect import Unusable

__all__ = ["Checked", "Due", "Verdict", "check", "look"]

_log = structlog.get_logger(__name__)

# ours: soon for what passes by itself, rarely for what a person has to mend
_PAUSES = (timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6), timedelta(days=1))
_SAVED_AT_ONCE = 256
_SITE_IS_GONE = 32  # failures in a row to reach it at all
_UNREACHED = ("timeout", "unreachable")
_SPREAD = 0.4  # of the time that a good verdict is kept: links that were checked together come due apart


@dataclass(frozen=True, slots=True)
class Due:
    """A link to look at, with what is known of it."""

    url: str
    etag: str | None = None
    modified: str | None = None
    failures: int = 0
    state: str | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found behind a link, and when to look again.

    Attributes:
        code, message: of what is wrong; None where nothing is.
    """

    url: str
    found: Fetched | None
    code: str | None
    message: str | None
    again_at: datetime


@dataclass(frozen=True, slots=True)
class Checked:
    """What a run came to: links looked at, of these bad ones, and links left for the next run."""

    links: int = 0
    bad: int = 0
    left: int = 0


def check(
    database: Database,
    clock: Clock,
    account: Account,
    rules: PictureRules,
    title: str,
    settings: PictureChecks,
) -> Checked:
    """Look at the due links of an account's wanted offers, and write down what is wrong with their pictures.

    Args:
        title: the marketplace's name, for the messages.
    """
    pictures = account.pictures
    with database.transaction() as connection:
        galleries.collect(connection, account, rules)
        due = [
            Due(row["url"], row["etag"], row["modified"], row["failures"], row["state"])
            for row in connection.execute(sql("picture/due"), {"now": clock.now()})
        ]
    looked = bad = 0
    if pictures and due:
        fetcher = LinkFetcher(
            pictures.address,
            private=pictures.private or pictures.media is not None,
            connections=settings.connections,
            seconds=settings.seconds,
        )
        ends = clock.monotonic() + timedelta(minutes=settings.minutes).total_seconds()
        try:
            for verdicts in look(due, fetcher, clock, settings):
                _save(database, verdicts, clock.now())
                looked += len(verdicts)
                bad += sum(verdict.code is not None for verdict in verdicts)
                if clock.monotonic() > ends:
                    break
        finally:
            fetcher.close()
        if looked < len(due):
            _log.warning(
                "pictures were left for the next run",
                account=account.id,
                site=pictures.address,
                checked=looked,
                left=len(due) - looked,
                hint="Cards that wait for them go out later; check that the site answers",
            )
    with database.transaction() as connection:
        galleries.collect(connection, account, rules)
        galleries.tell(connection, account, rules, title, clock.now())
    return Checked(looked, bad, len(due) - looked)


def look(
    due: Sequence[Due], fetcher: LinkFetcher, clock: Clock, settings: PictureChecks
) -> Iterator[list[Verdict]]:
    """Look at links with as many threads as connections; yields lists of verdicts as they come.

    Ends early where the site cannot be reached many times in a row.
    """
    eye = _Eye(fetcher, clock, settings)
    with ThreadPoolExecutor(max_workers=settings.connections, thread_name_prefix="picture") as pool:
        for start in range(0, len(due), _SAVED_AT_ONCE):
            found = pool.map(eye.look, due[start : start + _SAVED_AT_ONCE])
            yield [verdict for verdict in found if verdict is not None]
            if eye.site_is_gone:
                return


class _Eye:
    """Looks at one link after another, from several threads."""

    def __init__(self, fetcher: LinkFetcher, clock: Clock, settings: PictureChecks) -> None:
        self._fetcher = fetcher
        self._clock = clock
        self._keep = timedelta(days=settings.keep_days)
        self._counting = threading.Lock()
        self._unreached = 0

    @property
    def site_is_gone(self) -> bool:
        return self._unreached >= _SITE_IS_GONE

    def look(self, due: Due) -> Verdict | None:
        if self.site_is_gone:
            return None
        try:
            if due.state == "good":
                found = self._fetcher.fetch(due.url, etag=due.etag, modified=due.modified)
            else:
                found = self._fetcher.fetch(due.url)
        except Unusable as error:
            self._count(error.code in _UNREACHED)
            pause = _PAUSES[min(due.failures, len(_PAUSES) - 1)]
            message = texts.of_link(error.code, error.detail)
            return Verdict(due.url, None, error.code, message, self._clock.now() + pause)
        self._count(False)
        # the same link always lands at the same place of the spread
        share = 1 - _SPREAD / 2 + _SPREAD * (zlib.crc32(due.url.encode()) / 2**32)
        return Verdict(due.url, found, None, None, self._clock.now() + self._keep * share)

    def _count(self, unreached: bool) -> None:
        with self._counting:
            if not self.site_is_gone:
                self._unreached = self._unreached + 1 if unreached else 0


def _save(database: Database, verdicts: Sequence[Verdict], now: datetime) -> None:
    with database.transaction() as connection:
        connection.execute(sql("picture/verdicts"))
        with connection.cursor().copy(sql("picture/copy_verdicts")) as copy:
            for verdict in verdicts:
                copy.write_row(_row(verdict))
        connection.execute(sql("picture/save_pictures"), {"now": now})
        connection.execute(sql("picture/save_links"), {"now": now})


def _row(verdict: Verdict) -> tuple[Any, ...]:
    found = verdict.found
    facts = found.facts if found else None
    return (
        verdict.url,
        found is not None and facts is None,
        found.hash if found else None,
        facts.type if facts else None,
        facts.width if facts else None,
        facts.height if facts else None,
        found.bytes if found else None,
        found.etag if found else None,
        found.modified if found else None,
        verdict.code,
        verdict.message,
        verdict.again_at,
    )
