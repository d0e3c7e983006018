"""The main job with everything real: Postgres, Airflow, the sandbox; and nothing left behind, however it ends."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from marketsync.paths import INCLUDE, PROJECT

ENDED_SECONDS = 60.0


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
    return port


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("MARKETSYNC_", "AIRFLOW_"))
    }
    return {
        **kept,
        "PYTHONPATH": os.pathsep.join((str(INCLUDE), str(PROJECT))),
        "MARKETSYNC_VAR": str(tmp_path / "var"),
        "MARKETSYNC_AIRFLOW_PORT": str(free_port()),
        "MARKETSYNC_SANDBOX_PORT": str(free_port()),
    }


def processes(environment: dict[str, str]) -> list[psutil.Process]:
    """Every process of this test's set-up, by the folder that its environment names."""
    found = []
    for process in psutil.process_iter():
        try:
            var = process.environ().get("MARKETSYNC_VAR", "")
        except psutil.Error:
            continue
        if var.startswith(environment["MARKETSYNC_VAR"]) and process.status() != psutil.STATUS_ZOMBIE:
            found.append(process)
    return found


@pytest.fixture(autouse=True)
def _nothing_survives(environment: dict[str, str]) -> Iterator[None]:
    yield
    for process in processes(environment):
        process.kill()


def left_after(environment: dict[str, str]) -> list[str]:
    limit = time.monotonic() + ENDED_SECONDS
    while (left := processes(environment)) and time.monotonic() < limit:
        time.sleep(0.5)
    return [" ".join(process.cmdline()) for process in left]


def demo(environment: dict[str, str], *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "demo", *arguments]
    return subprocess.Popen(
        command, cwd=PROJECT, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )


def test_the_demo_ends_with_the_sandbox_as_expected(environment: dict[str, str]) -> None:
    started = demo(environment, "--goods", "200")
    told, _ = started.communicate(timeout=600)
    assert started.returncode == 0, told
    assert told.rstrip().endswith("passed")
    assert "0 answers 429" in told
    workbook = told.split("workbook: file://")[1].split()[0]
    assert Path(workbook).stat().st_size > 10_000
    assert left_after(environment) == []


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_a_demo_that_is_ended_leaves_no_process_behind(
    environment: dict[str, str], how: signal.Signals
) -> None:
    started = demo(environment, "--goods", "50")
    assert started.stdout is not None
    for line in started.stdout:
        if "Airflow is ready" in line:
            break
    assert len(processes(environment)) > 5
    started.send_signal(how)
    started.wait(timeout=ENDED_SECONDS)
    assert left_after(environment) == []
