"""The gateway over a database of these tests."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from exchange_kit import Place, gateway, importing

from marketsync.db import Database
from marketsync.db.connection import SCHEMA
from marketsync.gateway.exchange_1c import ExchangeSettings
from sandbox.generator import Settings, generate
from tests.db.conftest import _lend, _Server

SETTINGS = ExchangeSettings(part_bytes=2000, wait=timedelta(seconds=2))


@pytest.fixture(scope="session")
def _reused(_server: _Server, _template: str) -> Iterator[Database]:
    yield from _lend(_server, _template)


@pytest.fixture
def database(_reused: Database) -> Database:
    """The database of these tests, with nothing in it: a copy for each takes too long."""
    with _reused.transaction() as connection:
        found = connection.execute(
            "select tablename from pg_tables where schemaname = %s and tablename not like %s",
            (SCHEMA, "schema%"),
        ).fetchall()
        connection.execute(
            f"truncate {', '.join(row['tablename'] for row in found)} restart identity cascade"
        )
    return _reused


@pytest.fixture
def settings() -> ExchangeSettings:
    return SETTINGS


@pytest.fixture
def place(database: Database, tmp_path: Path, settings: ExchangeSettings) -> Iterator[Place]:
    made = Place(database, tmp_path)
    with gateway(database, made.files, settings) as made.url:
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
