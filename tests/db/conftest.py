"""A real Postgres for these tests: one server per worker and session, one fresh database per test."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql as composed

from marketsync.db import Database, embedded
from marketsync.db.migrations import migrate

HERE = Path(__file__).parent
PREFIX = "marketsync-tests-"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder needs the database, and says so."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.db)


@pytest.fixture(scope="session")
def database_url() -> Iterator[str]:
    """A server's address: MARKETSYNC_TEST_DATABASE_URL, or an embedded one that lives as long as the session.

    Each worker of pytest-xdist is a session of its own, and so has a server of its own.
    """
    given = os.environ.get("MARKETSYNC_TEST_DATABASE_URL")
    if given:
        yield given
        return
    root = sys.platform != "win32" and os.geteuid() == 0
    parent = Path("/var/tmp") if root else Path(tempfile.gettempdir())
    _remove_abandoned(parent)
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=parent))
    try:
        yield embedded.start(folder / "postgres")
    finally:
        _remove(folder)


def _remove(folder: Path) -> None:
    embedded.stop(folder / "postgres")
    shutil.rmtree(folder, ignore_errors=True)


def _remove_abandoned(parent: Path) -> None:
    """Stop the servers of sessions that were killed: nobody else would."""
    for folder in parent.glob(f"{PREFIX}*"):
        owner = int(folder.name.removeprefix(PREFIX).split("-")[0])
        try:
            os.kill(owner, 0)
        except ProcessLookupError:
            with contextlib.suppress(FileNotFoundError):  # another worker was quicker
                _remove(folder)
        except PermissionError:
            continue


class _Server:
    """Makes and drops databases of one server."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._admin = psycopg.connect(self.url_of("postgres"), autocommit=True)

    def url_of(self, name: str) -> str:
        return psycopg.conninfo.make_conninfo(self._url, dbname=name)

    def create(self, name: str, template: str = "template1") -> str:
        self._admin.execute(
            composed.SQL("create database {} template {}").format(
                composed.Identifier(name), composed.Identifier(template)
            )
        )
        return self.url_of(name)

    def drop(self, name: str) -> None:
        self._admin.execute(
            composed.SQL("drop database if exists {} with (force)").format(composed.Identifier(name))
        )

    def close(self) -> None:
        self._admin.close()


@pytest.fixture(scope="session")
def _server(database_url: str) -> Iterator[_Server]:
    server = _Server(database_url)
    yield server
    server.close()


@pytest.fixture(scope="session")
def _template(_server: _Server) -> Iterator[str]:
    """The name of a migrated database that each test's own is copied from."""
    name = f"marketsync_template_{uuid4().hex[:12]}"
    database = Database(_server.create(name))
    migrate(database)
    database.close()
    yield name
    _server.drop(name)


@pytest.fixture
def empty_database(_server: _Server) -> Iterator[Database]:
    """A database without the domain's schema."""
    yield from _lend(_server, "template1")


@pytest.fixture
def database(_server: _Server, _template: str) -> Iterator[Database]:
    """A migrated database of this test's own, with nothing in it; `database.url` is for other processes."""
    yield from _lend(_server, _template)


def _lend(server: _Server, template: str) -> Iterator[Database]:
    name = f"marketsync_test_{uuid4().hex[:12]}"
    database = Database(server.create(name, template))
    try:
        yield database
    finally:
        database.close()
        server.drop(name)
