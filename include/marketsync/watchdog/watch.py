"""The watchdog's rounds: every check, whatever becomes of the others; then the telling; then the sign of life.

Several copies may run: the one that holds the lock watches, the others wait for it to go. The lock lives and dies with
the connection that the watching is done over, so that who loses the database has lost the lock too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import psycopg
import structlog

from marketsync.accounts import Accounts
from marketsync.clock import Clock
from marketsync.credentials import Credentials
from marketsync.db import Database, sql
from marketsync.errors import BadInput, MarketsyncError, Retriable
from marketsync.http.redaction import Redactor
from marketsync.orders.alerts import (
    LEVELS,
    Alert,
    Connection,
    end_alert,
    end_alerts,
    raise_alert,
    raise_alerts,
)
from marketsync.reports.texts import Words
from marketsync.watchdog import outside
from marketsync.watchdog.checks import CHECKS, Check, Look, Trouble

__all__ = ["EVERY_SECONDS", "Round", "Watchdog"]

_log = structlog.get_logger(__name__)

EVERY_SECONDS = 60.0
_AGAIN_SECONDS = 5.0  # after a lost connection
_STATEMENT_MILLISECONDS = 20_000
_TOLD_AT_ONCE = 1000  # alerts that one message tells of
_CARRIED = 50  # of them it carries, the gravest
_NAMED = 10  # of them its text names, and counts the rest

_LEVEL_WORDS = {
    "notice": Words("Внимание", "Notice"),
    "warning": Words("Предупреждение", "Warning"),
    "urgent": Words("СРОЧНО", "URGENT"),
}
_MORE = Words("... и ещё {n}: `marketsync alerts`", "... and {n} more: `marketsync alerts`")
_CHECK_FAILED = Words(
    "Сторож не смог проверить «{check}»: {error}. Остальное он проверяет; покажите это инженеру",
    "The watchdog could not check {check}: {error}. It goes on with the rest; show this to an engineer",
)
_DATABASE = Words(
    "База данных недоступна: {error}. Заказы не принимаются, площадки получают отказ и повторят позже. Проверьте "
    "Postgres",
    "The database cannot be reached: {error}. Orders are not taken; marketplaces are refused and come again. Look at "
    "Postgres",
)


@dataclass(frozen=True, slots=True)
class Round:
    """What a round came to.

    Attributes:
        watching: False: another copy holds the lock.
        troubles: that the checks found.
        failed: checks that could not look.
        told: alerts that were sent to the webhook.
        well: the dead-man switch was told that all is well (or would have been).
    """

    watching: bool = True
    troubles: int = 0
    failed: tuple[str, ...] = ()
    told: int = 0
    well: bool = False


@dataclass
class Watchdog:
    """One copy of the watchdog.

    Args:
        accounts: read anew at each round, so that a changed accounts.yaml counts at once.
        credentials: a connection's id -> how to reach it.
        checks: what is looked at.
    """

    database: Database
    clock: Clock
    accounts: Callable[[], Accounts]
    credentials: Callable[[str], Credentials]
    checks: Mapping[str, Check] = field(default_factory=lambda: CHECKS)
    _lost_since: datetime | None = field(default=None, init=False)

    def run(self) -> None:
        """Watch until the process is ended."""
        while True:
            done = self.sit()
            self.clock.sleep(EVERY_SECONDS if done and not done[-1].watching else _AGAIN_SECONDS)

    def sit(self, rounds: int | None = None) -> list[Round]:
        """Connect, and watch as long as the connection holds; where another copy watches, look once.

        Args:
            rounds: at most so many.

        Returns:
            what the rounds came to; none where the database cannot be reached, which is told.
        """
        done: list[Round] = []
        try:
            with self.database.session(autocommit=True) as connection:
                self._lost_since = None
                connection.execute(sql("watchdog/limits"), {"milliseconds": str(_STATEMENT_MILLISECONDS)})
                taken = connection.execute(sql("watchdog/lock")).fetchone()
                if not taken or not taken["taken"]:
                    return [Round(watching=False)]
                began = self.clock.now()
                while rounds is None or len(done) < rounds:
                    if done:
                        self.clock.sleep(EVERY_SECONDS)
                    done.append(self.round(connection, began))
        except (psycopg.OperationalError, psycopg.InterfaceError) as error:
            _log.warning("the watchdog lost its connection and connects anew", error=str(error))
        except BadInput as error:
            _log.error("the watchdog cannot watch by this accounts.yaml", error=str(error))
        except Retriable as error:
            self._tell_lost(error)
        return done

    def round(self, connection: Connection, began: datetime) -> Round:
        """One look at everything."""
        accounts = self.accounts()
        now = self.clock.now()
        look = Look(connection, accounts, self.credentials, now, began)
        troubles, failed = 0, []
        for name, check in self.checks.items():
            found = self._check(look, name, check)
            if found is None:
                failed.append(name)
            else:
                troubles += len(found)
        told = self._tell(connection, accounts, now)
        row = connection.execute(sql("watchdog/troubled")).fetchone()
        well = not failed and not (row and row["troubled"])
        if well:
            self._ping(accounts)
        _log.info("watched", troubles=troubles, failed=failed, told=told, well=well)
        return Round(troubles=troubles, failed=tuple(failed), told=told, well=well)

    def _check(self, look: Look, name: str, check: Check) -> list[Trouble] | None:
        """One check in a transaction of its own. Returns None where it failed, however it did.

        Raises:
            OperationalError: the database went away, under this check and all others.
        """

        def whole() -> list[Trouble]:
            with look.connection.transaction():
                found = list(check(look))
                _settle(look, f"watch/{name}/", found)
                end_alert(look.connection, f"watchdog/{name}", look.now)
                return found

        # a mistake in one check is this check's alone, whatever kind of error it is
        with ThreadPoolExecutor(1) as thread:
            future = thread.submit(whole)
            error = future.exception()
        if error is None:
            return future.result()
        if look.connection.closed or look.connection.broken:
            raise error
        _log.error("a check of the watchdog failed", check=name, exc_info=error)
        text = look.say(_CHECK_FAILED, check=name, error=Redactor().text(f"{type(error).__name__}: {error}"))
        with look.connection.transaction():
            raise_alert(look.connection, f"watchdog/{name}", "warning", text, look.now)
        return None

    def _tell(self, connection: Connection, accounts: Accounts, now: datetime) -> int:
        """Send what was not told yet to the webhook, in one message; what is not taken goes with the next round."""
        webhook = accounts.watchdog.webhook
        if webhook is None:
            return 0
        rows = connection.execute(sql("watchdog/untold"), {"limit": _TOLD_AT_ONCE}).fetchall()
        if not rows:
            return 0
        try:
            outside.post(self.credentials(webhook), _message(rows, accounts))
        except MarketsyncError as error:
            _log.error("alerts were not told", connection=webhook, error=str(error), alerts=len(rows))
            return 0
        connection.execute(
            sql("watchdog/told"),
            {
                "ids": [row["alert_id"] for row in rows],
                "raised": [row["raised_at"] for row in rows],
                "now": now,
            },
        )
        return len(rows)

    def _ping(self, accounts: Accounts) -> None:
        switch = accounts.watchdog.ping
        if switch is None:
            return
        try:
            outside.ping(self.credentials(switch))
        except MarketsyncError as error:
            _log.error("the dead-man switch was not told", connection=switch, error=str(error))

    def _tell_lost(self, error: Exception) -> None:
        """The database is gone, and with it the alerts: told at once, over log and webhook, once for each loss."""
        now = self.clock.now()
        first = self._lost_since is None
        self._lost_since = self._lost_since or now
        accounts = self.accounts()
        text = Redactor().text(_DATABASE.of(accounts.language).format(error=str(error).strip()))
        _log.error(text, alert="database", level="urgent", since=self._lost_since.isoformat())
        if accounts.watchdog.webhook is None or not first:
            return
        row = {
            "key": "database",
            "level": "urgent",
            "account": None,
            "message": text,
            "since": now,
        }
        try:
            outside.post(self.credentials(accounts.watchdog.webhook), _message([row], accounts))
        except MarketsyncError as trouble:
            _log.error("alerts were not told", connection=accounts.watchdog.webhook, error=str(trouble))
            self._lost_since = None  # tried again


def _settle(look: Look, prefix: str, found: list[Trouble]) -> None:
    """Raise what a check found; what it found before and does not find any more is over."""
    redactor = Redactor()
    wanted = [
        Alert(f"{prefix}{trouble.key}", trouble.level, redactor.text(trouble.message), trouble.account)
        for trouble in found
    ]
    known = {row["key"] for row in look.connection.execute(sql("watchdog/open"), {"prefix": prefix})}
    end_alerts(look.connection, known - {alert.key for alert in wanted}, look.now)
    raise_alerts(look.connection, wanted, look.now)


def _message(rows: list[dict[str, Any]], accounts: Accounts) -> dict[str, Any]:
    """What a webhook gets: `text` for people, as chats take it, and the alerts themselves for programs."""
    language, redactor = accounts.language, Redactor()
    lines = [
        f"{_LEVEL_WORDS[row['level']].of(language)}: {redactor.text(row['message'])}" for row in rows[:_NAMED]
    ]
    if len(rows) > _NAMED:
        lines.append(_MORE.of(language).format(n=len(rows) - _NAMED))
    return {
        "text": "\n".join(lines),
        "level": max((row["level"] for row in rows), key=LEVELS.index),
        "alerts": [
            {
                "key": row["key"],
                "level": row["level"],
                "account": row["account"],
                "message": redactor.text(row["message"]),
                "since": row["since"].isoformat(),
            }
            for row in rows[:_CARRIED]
        ],
        "count": len(rows),
    }
