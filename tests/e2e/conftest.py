"""The set-up of one test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from demo_kit import Demo


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    demo = Demo(tmp_path / "var")
    yield demo
    for process in demo.processes():
        process.kill()
