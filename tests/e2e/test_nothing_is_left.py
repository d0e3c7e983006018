"""A demo that is ended, by a person or by the system, takes all of its processes with it."""

from __future__ import annotations

import signal

import pytest
from demo_kit import ENDED_SECONDS, Demo


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_a_demo_that_is_ended_leaves_no_process_behind(demo: Demo, how: signal.Signals) -> None:
    started = demo.start("--goods", "50")
    assert started.stdout is not None
    for line in started.stdout:
        if "Airflow is ready" in line:
            break
    assert len(demo.processes()) > 5
    started.send_signal(how)
    started.wait(timeout=ENDED_SECONDS)
    assert demo.left() == []
