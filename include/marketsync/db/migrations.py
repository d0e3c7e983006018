"""Numbered, forward-only migrations from include/sql/migrations, each in its own transaction, once."""

from __future__ import annotations

import psycopg
from psycopg import sql as composed

from marketsync.db.connection import SCHEMA, Database
from marketsync.db.queries import sql
from marketsync.errors import Fatal
from marketsync.paths import SQL

__all__ = ["migrate", "names", "require_current"]

_LOCK = 771_903_001  # any constant: two processes that migrate at once take turns


def names() -> list[str]:
    """All migrations, in their order."""
    return sorted(path.stem for path in (SQL / "migrations").glob("*.sql"))


def migrate(database: Database) -> list[str]:
    """Bring the schema up to date.

    Returns:
        the names of the migrations that ran now.
    """
    ran: list[str] = []
    with database.session(autocommit=True) as connection:
        connection.execute("select pg_advisory_lock(%s)", (_LOCK,))
        connection.execute(composed.SQL("create schema if not exists {}").format(composed.Identifier(SCHEMA)))
        connection.execute(sql("migration/prepare"))
        done = {row["name"] for row in connection.execute(sql("migration/done"))}
        for name in names():
            if name in done:
                continue
            with connection.transaction():
                connection.execute(sql(f"migrations/{name}"))
                connection.execute(sql("migration/record"), {"name": name})
            ran.append(name)
    return ran


def require_current(database: Database) -> None:
    """Refuse to work on a schema that is behind the code.

    Raises:
        Fatal: migrations are missing.
    """
    # a connection of its own: a server that is not there is told at once, and not when a pool gives up
    with database.session() as connection:
        try:
            done = {row["name"] for row in connection.execute(sql("migration/done"))}
        except psycopg.errors.UndefinedTable:
            connection.rollback()
            done = set()
    missing = [name for name in names() if name not in done]
    if missing:
        raise Fatal(
            f"The database lacks the migrations {', '.join(missing)}",
            hint="Run `python -m marketsync migrate`",
        )
