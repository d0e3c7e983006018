"""The call log in Postgres: every exchange with the outside, one partition per day."""

from __future__ import annotations

import threading
from dataclasses import asdict
from datetime import date, timedelta

import psycopg
import structlog

from marketsync.db.connection import Database
from marketsync.db.queries import sql
from marketsync.errors import Retriable
from marketsync.http.protocols import Call

__all__ = ["PostgresCallLog", "create_partitions", "drop_partitions"]

_DAYS_AHEAD = 7

_log = structlog.get_logger(__name__)


class PostgresCallLog:
    """Writes each call down in a transaction of its own, so that it stays when the caller's is rolled back.

    May be used from several threads.

    Args:
        database: the domain's.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._lost = 0

    def record(self, call: Call) -> None:
        """Write a call down. Never fails: what cannot be written is counted and told in the process's log."""
        try:
            with self._database.transaction() as connection:
                connection.execute(sql("call_log/insert"), asdict(call))
        except (psycopg.Error, Retriable) as error:
            with self._lock:
                self._lost += 1
                lost = self._lost
            _log.warning(
                "call_not_logged",
                lost=lost,
                account=call.account,
                method=call.method,
                outcome=call.outcome,
                submission=call.submission,
                error=str(error),
            )


def create_partitions(database: Database, today: date) -> int:
    """Make the partitions of today (UTC) and the next seven days; returns how many were missing."""
    with database.transaction() as connection:
        row = connection.execute(
            sql("call_log/create_partitions"), {"first": today, "last": today + timedelta(days=_DAYS_AHEAD)}
        ).fetchone()
    return int(row["created"]) if row else 0


def drop_partitions(database: Database, today: date, *, keep_days: int) -> int:
    """Forget all calls but those of today and of `keep_days` days before; returns how many days went."""
    with database.transaction() as connection:
        row = connection.execute(
            sql("call_log/drop_partitions"), {"day": today - timedelta(days=keep_days)}
        ).fetchone()
    return int(row["dropped"]) if row else 0
