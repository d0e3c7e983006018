"""The engine on real Postgres against the sandbox in a process of its own; a cabinet per test."""

from __future__ import annotations

import itertools
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import pytest
from engine_kit import ACCOUNT, Cabinet, Engine, MovableClock, Sandbox, Store, empty, until

from marketsync import steps
from marketsync.db import Database
from marketsync.paths import PROJECT
from marketsync.sync import apply
from tests.db.conftest import _lend, _Server

_client_ids = itertools.count(5001)


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    """The sandbox's process, with every delay and lag at none; limits run on the real clock."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "sandbox", "--port", str(port), "--time-scale", "0"]
    process = subprocess.Popen(command, cwd=PROJECT)
    there = Sandbox(f"http://127.0.0.1:{port}")

    def answers() -> bool:
        assert process.poll() is None, "the sandbox ended at its start"
        try:
            return bool(there.call("GET", "/health"))
        except OSError:
            return False

    try:
        until(answers)
        yield there
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture(scope="session")
def _with_dictionaries(_server: _Server, _template: str, sandbox: Sandbox) -> Iterator[str]:
    """The name of a migrated database with the marketplace's dictionaries, read once by the real step."""
    name = f"marketsync_engine_{uuid4().hex[:12]}"
    database = Database(_server.create(name, _template))
    engine = Engine(database, Cabinet(sandbox, str(next(_client_ids))), MovableClock())
    steps.refresh_dictionaries(engine.runtime, ACCOUNT)
    engine.run("truncate rate_limit, api_call")
    database.close()
    yield name
    _server.drop(name)


@pytest.fixture(scope="session")
def _reused(_server: _Server, _with_dictionaries: str) -> Iterator[Database]:
    yield from _lend(_server, _with_dictionaries)


@pytest.fixture
def database(_reused: Database) -> Database:
    """The database of these tests, with the dictionaries in it and nothing else: a copy for each takes too long."""
    empty(_reused)
    return _reused


@pytest.fixture
def cabinet(sandbox: Sandbox) -> Cabinet:
    """An empty cabinet; faults and log are as at the sandbox's start, and so are all knobs but one.

    The 30 s between two stocks of a pair are counted by the engine on the test's clock, which jumps over them, and
    by the sandbox on the real one: the sandbox counts them only where a test says so.
    """
    sandbox.call("POST", "/reset")
    mine = Cabinet(sandbox, str(next(_client_ids)))
    # pictures are checked by the engine; that the cabinet loads them too, later, is for the tests of pictures
    mine.knobs(stock_pair_interval_seconds=0, fetch_pictures=False)
    return mine


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """An upload leaves planned what would have to wait: each cycle of a test tries once.

    `monkeypatch.undo()` gives a test the patience that is shipped.
    """
    monkeypatch.setattr(steps.exchange, "UPLOAD_BUDGET", timedelta(seconds=1))
    monkeypatch.setattr(apply, "_ITEM_PATIENCE", 0.0)


@pytest.fixture
def store(database: Database) -> Store:
    return Store(database)


@pytest.fixture
def engine(database: Database, cabinet: Cabinet) -> Engine:
    return Engine(database, cabinet, MovableClock())
