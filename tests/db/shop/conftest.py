"""A portal of 1C-Bitrix on a real port, and the product's runtime over a database of these tests."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
import uvicorn
from shop_kit import GOODS, Portal, Shop

from marketsync.credentials import Credentials
from marketsync.db import Database
from marketsync.db.connection import SCHEMA
from sandbox.app import create_app
from sandbox.bitrix.state import SECRET, USER
from sandbox.world import World
from tests.db.conftest import _lend, _Server


@pytest.fixture(scope="session")
def server() -> Iterator[Portal]:
    world = World(time_scale=0)
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen()
    running = uvicorn.Server(uvicorn.Config(create_app(world), log_level="warning", access_log=False))
    thread = threading.Thread(target=running.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    portal = Portal(world, f"http://127.0.0.1:{listening.getsockname()[1]}")
    answered = requests.get(
        f"{portal.url}/_sandbox/health", timeout=30
    )  # the socket takes it before the server does
    assert answered.status_code == 200
    yield portal
    running.should_exit = True
    thread.join(10)


@pytest.fixture
def portal(server: Portal) -> Portal:
    """A portal of 40 sellable goods, without limits."""
    server.world.reset()
    server.knobs(drain_per_second=0, operating_limit_seconds=0)
    server.order("fill", goods=GOODS)
    server.world.calls.clear()
    return server


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
def shop(database: Database, portal: Portal, tmp_path: Path) -> Shop:
    return Shop(database, portal, tmp_path, lambda _: Credentials(f"{portal.url}/bitrix", USER, SECRET))


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Attempts follow one another without a pause."""
    monkeypatch.setattr("marketsync.http.retry._backoff", lambda _: 0.0)
