"""Fixtures of the sandbox's tests: one application for all of them, put back to its start before each."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sandbox_testkit import ManualClock, Ozon

from sandbox.world import World


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
