"""A guard leaves nothing behind, whichever way its owner or its command ends."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from stack import guard

PROJECT = Path(__file__).resolve().parents[2]
PATIENCE = 30.0
# A command like Airflow's: a child in a process group of its own, which has a child that ignores SIGTERM.
FAMILY = """
import os, subprocess, sys, time
stubborn = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
    "print('up', flush=True); time.sleep(600)"
)
middle = (
    "import os, subprocess, sys, time; os.setpgid(0, 0);"
    f"p = subprocess.Popen([sys.executable, '-c', {stubborn!r}], stdout=subprocess.PIPE, text=True);"
    "p.stdout.readline(); print(os.getpid(), p.pid, flush=True); time.sleep(600)"
)
child = subprocess.Popen([sys.executable, "-c", middle], stdout=subprocess.PIPE, text=True)
print(os.getpid(), child.stdout.readline().strip(), flush=True)
time.sleep(600)
"""
OWNER = """
import subprocess, sys
child = subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True)
print(child.pid, child.stdout.readline().strip(), flush=True)
child.wait()
"""

Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start() -> Iterator[Start]:
    started: list[subprocess.Popen[str]] = []

    def run(*command: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c" if command[0] == OWNER else "-m", *command],
            cwd=PROJECT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
            text=True,
        )
        started.append(process)
        return process

    yield run
    for process in started:
        family = guard.below(process.pid)
        process.kill()
        for one in family:
            one.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                stream.close()


def family_of(process: subprocess.Popen[str]) -> list[psutil.Process]:
    assert process.stdout is not None
    return [psutil.Process(int(pid)) for pid in process.stdout.readline().split()]


def assert_all_end(family: list[psutil.Process]) -> None:
    _, alive = psutil.wait_procs(family, timeout=PATIENCE)
    assert [one.cmdline() for one in alive if one.status() != psutil.STATUS_ZOMBIE] == []


def test_the_family_ends_when_the_owner_closes_the_pipe(start: Start) -> None:
    process = start("stack.guard", "--", sys.executable, "-c", FAMILY)
    family = family_of(process)
    assert len(family) == 3
    assert process.stdin is not None
    process.stdin.close()
    assert_all_end(family)
    assert process.wait(PATIENCE) == 0


def test_the_family_ends_on_sigterm(start: Start) -> None:
    process = start("stack.guard", "--", sys.executable, "-c", FAMILY)
    family = family_of(process)
    process.terminate()
    assert_all_end(family)
    assert process.wait(PATIENCE) == 0


def test_the_family_ends_when_the_owner_is_killed(start: Start) -> None:
    owner = start(OWNER, sys.executable, "-m", "stack.guard", "--", sys.executable, "-c", FAMILY)
    everyone = family_of(owner)
    assert len(everyone) == 4  # with the guard
    owner.send_signal(signal.SIGKILL)
    assert_all_end(everyone)


def test_what_the_command_leaves_behind_ends_with_it(start: Start) -> None:
    leaves = FAMILY.removesuffix("time.sleep(600)\n") + "sys.exit(3)"
    process = start("stack.guard", "--", sys.executable, "-c", leaves)
    assert process.stdout is not None
    family = [int(pid) for pid in process.stdout.readline().split()]
    assert process.wait(PATIENCE) == 3
    assert [
        pid for pid in family if psutil.pid_exists(pid) and psutil.Process(pid).status() != "zombie"
    ] == []


def test_a_command_ended_by_a_signal_is_told_as_shells_tell_it(start: Start) -> None:
    process = start("stack.guard", "--", sys.executable, "-c", "import os; os.kill(os.getpid(), 9)")
    assert process.wait(PATIENCE) == 128 + signal.SIGKILL


def test_a_guard_without_a_command_says_how_to_call_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert guard.main(["sleep", "1"]) == 2
    assert "usage" in capsys.readouterr().err
