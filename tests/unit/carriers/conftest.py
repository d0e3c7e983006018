"""A far side that speaks SOAP by script."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.http.far_side import Bench, FarSide

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """These tests talk to a server of their own, and to nobody else."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.enable_socket)
            item.add_marker(pytest.mark.allow_hosts(["127.0.0.1"]))


@pytest.fixture
def bench() -> Iterator[Bench]:
    far_side = FarSide()
    thread = threading.Thread(target=far_side.serve_forever, kwargs={"poll_interval": 0.004})
    thread.start()
    try:
        yield Bench(far_side)
    finally:
        far_side.released.set()
        far_side.shutdown()
        thread.join()
        far_side.server_close()
