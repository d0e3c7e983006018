"""Fulfilment on real Postgres against the sandbox in a process of its own; a cabinet per test."""

from __future__ import annotations

import itertools
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from fulfil_kit import Shop, There, until

from marketsync.db import Database
from marketsync.paths import PROJECT

_client_ids = itertools.count(7001)


@pytest.fixture(scope="session")
def outside() -> Iterator[There]:
    """The sandbox's process, with every delay at none; limits run on the real clock."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "sandbox", "--port", str(port), "--time-scale", "0"]
    process = subprocess.Popen(command, cwd=PROJECT)
    found = There(f"http://127.0.0.1:{port}")

    def answers() -> bool:
        assert process.poll() is None, "the sandbox ended at its start"
        try:
            return bool(found.call("GET", "/health"))
        except OSError:
            return False

    try:
        until(answers)
        yield found
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture
def there(outside: There) -> There:
    """An empty cabinet; knobs, faults and log are as at the sandbox's start, but that nothing waits for limits."""
    outside.call("POST", "/reset")
    outside.call("PATCH", "/knobs", {"ozon": {"requests_per_second": 100_000}})
    return There(outside.url, str(next(_client_ids)))


@pytest.fixture
def shop(database: Database, there: There, tmp_path: Path) -> Shop:
    return Shop(database, there, tmp_path)
