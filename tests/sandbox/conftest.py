"""Fixtures of the sandbox's tests: one application and one server for all of them, put back before each."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from sandbox_testkit import ManualClock, Ozon

from sandbox.world import World

ROOT = Path(__file__).parents[2]
HEADERS = {"Client-Id": "1001", "Api-Key": "sandbox"}
START_SECONDS = 30


@pytest.fixture(scope="session")
def application() -> Iterator[Ozon]:
    clock = ManualClock()
    client = Ozon(World(clock=clock), clock)
    # Inside the context one event loop serves all calls; without it each call starts its own.
    with client.http:
        yield client


@pytest.fixture
def ozon(application: Ozon) -> Ozon:
    application.clock.elapsed = 0.0
    application.world.reset()
    return application


@pytest.fixture
def clock(ozon: Ozon) -> ManualClock:
    return ozon.clock


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="session")
def base_url() -> Iterator[str]:
    port = _free_port()
    command = [sys.executable, "-m", "sandbox", "--port", str(port), "--products", "5", "--time-scale", "0"]
    with subprocess.Popen(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}) as process:
        url = f"http://127.0.0.1:{port}"
        deadline = time.monotonic() + START_SECONDS
        try:
            while True:
                try:
                    httpx.get(f"{url}/_sandbox/health", timeout=1).raise_for_status()
                    break
                except httpx.TransportError:
                    assert process.poll() is None, "the server has ended"
                    assert time.monotonic() < deadline, "the server does not answer"
            yield url
        finally:
            process.terminate()


@pytest.fixture
def server(base_url: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=base_url, headers=HEADERS) as client:
        client.post("/_sandbox/reset").raise_for_status()
        yield client
