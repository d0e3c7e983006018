"""Connections to the domain's Postgres, with errors a person can act on."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg.rows import dict_row
from psycopg_pool import ConnectionPool, PoolTimeout, TooManyRequests

from marketsync.errors import Fatal, Retriable

__all__ = ["DATABASE_URL", "SCHEMA", "Database", "database_url"]

DATABASE_URL = "MARKETSYNC_DATABASE_URL"
SCHEMA = "marketsync"
_OPTIONS = f"-c search_path={SCHEMA} -c timezone=UTC"
_CONNECT_SECONDS = 10
_POOL_SECONDS = 30.0

Row = dict[str, Any]


def database_url() -> str:
    """MARKETSYNC_DATABASE_URL, or the address of the embedded server where one runs.

    Raises:
        Fatal: neither is there.
    """
    from marketsync.db.embedded import running_url

    url = os.environ.get(DATABASE_URL) or running_url()
    if not url:
        raise Fatal(
            "No database: MARKETSYNC_DATABASE_URL is not set and the embedded server does not run",
            hint="Set MARKETSYNC_DATABASE_URL, or start the embedded server with `make up`",
        )
    return url


class Database:
    """A small pool of connections; every row comes as a dict.

    Args:
        url: a postgresql:// address.
        size: the most connections held at once by this process.
        patience: seconds to wait for one; a process that is asked by others gives up soon, and says so.
        queue: how many may wait for one at once; 0: any number.
        statement_seconds: after which a statement, and half of that after which a wait for a lock, is given up, and
            a silent network too; None: never.
    """

    def __init__(
        self,
        url: str,
        *,
        size: int = 8,
        patience: float = _POOL_SECONDS,
        queue: int = 0,
        statement_seconds: float | None = None,
    ) -> None:
        self.url = url
        self._pool: ConnectionPool[psycopg.Connection[Row]] = ConnectionPool(
            url,
            min_size=0,
            max_size=size,
            open=False,
            timeout=patience,
            max_waiting=queue,
            # a failed attempt ends there: the next one who asks begins a new one, instead of the pool, ever later
            reconnect_timeout=0,
            kwargs={
                "row_factory": dict_row,
                "options": _OPTIONS + _bounds(statement_seconds),
                "connect_timeout": _CONNECT_SECONDS,
                "tcp_user_timeout": int((statement_seconds or 0) * 1000),  # 0: as the system has it
                # the same query serves a batch and a whole account: one plan for both would be wrong for one of them
                "prepare_threshold": None,
            },
        )

    @classmethod
    def from_environment(cls) -> Database:
        """The database that the environment names. Raises `Fatal` where it names none."""
        return cls(database_url())

    @contextmanager
    def transaction(self) -> Iterator[psycopg.Connection[Row]]:
        """One transaction: committed at the end of the block, rolled back on an error.

        Raises:
            Retriable: the server cannot be reached.
        """
        if self._pool.closed:
            self._pool.open()
        try:
            with self._pool.connection() as connection:
                yield connection
        except (PoolTimeout, TooManyRequests) as error:
            raise self._unreachable(error) from error

    @contextmanager
    def session(self, *, autocommit: bool = False) -> Iterator[psycopg.Connection[Row]]:
        """A connection of its own, outside the pool: for session locks and LISTEN.

        Raises:
            Retriable: the server cannot be reached.
        """
        try:
            connection = psycopg.connect(
                self.url,
                row_factory=dict_row,
                autocommit=autocommit,
                options=_OPTIONS,
                connect_timeout=_CONNECT_SECONDS,
            )
        except psycopg.OperationalError as error:
            raise self._unreachable(error) from error
        with connection:
            yield connection

    def close(self) -> None:
        """Return every connection to the server."""
        self._pool.close()

    def _unreachable(self, error: Exception) -> Retriable:
        info = psycopg.conninfo.conninfo_to_dict(self.url)
        where = f"{info.get('host', 'localhost')}:{info.get('port', 5432)}/{info.get('dbname', '')}"
        return Retriable(
            f"The database {where} cannot be reached: {error}",
            hint="Check that Postgres runs and MARKETSYNC_DATABASE_URL is right; `make up` starts the embedded one",
        )


def _bounds(seconds: float | None) -> str:
    if seconds is None:
        return ""
    return f" -c statement_timeout={int(seconds * 1000)} -c lock_timeout={int(seconds * 500)}"
