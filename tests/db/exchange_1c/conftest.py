"""The gateway over a database of these tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from exchange_kit import Place, gateway, importing

from marketsync.db import Database
from marketsync.db.connection import SCHEMA
from sandbox.generator import Settings, generate
from tests.db.conftest import _lend, _Server


@pytest.fixture(scope="session")
def _reused(_server: _Server, _template: str) -> Iterator[Database]:
    yield from _lend(_server, _template)


@pytest.fixture
def database(_reused: Database) -> Database:
    """The database of these tests, with nothing in it: a copy for each takes too long."""
    with _reused.transaction() as connection:
        tables = [
            row["tablename"]
            for row in connection.execute(
                "select tablename from pg_tables where schemaname = %s and tablename not like %s",
                (SCHEMA, "schema%"),
            )
        ]
        asked = ", ".join(f"exists (select 1 from {table}) as {table}" for table in tables)  # noqa: S608
        used = connection.execute(f"select {asked}".encode()).fetchone()
        filled = [table for table in tables if used[table]]
        if filled:
            connection.execute(f"truncate {', '.join(filled)} restart identity cascade".encode())
    return _reused


@pytest.fixture
def place(database: Database, tmp_path: Path) -> Iterator[Place]:
    made = Place(database, tmp_path)
    with gateway(made) as made.url:
        yield made
    made.close()


@pytest.fixture
def airflow(place: Place) -> Iterator[None]:
    """Whatever is handed over is imported at once."""
    with importing(place):
        yield


@pytest.fixture(scope="session")
def exports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """first: a full load with pictures; second: portions of changes."""
    folder = tmp_path_factory.mktemp("exports")
    generate(folder, Settings(goods=60, seed=7))
    for path in folder.rglob("expected.json"):
        path.unlink()
    return folder


@pytest.fixture(scope="session")
def another(_server: _Server, _template: str) -> Iterator[Database]:
    yield from _lend(_server, _template)
