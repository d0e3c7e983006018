"""Runs one command and ends it, with all that it started, when the set-up's owner ends, however it ends.

The guard's standard input is a pipe whose other end only the owner holds: the system closes it even on
`kill -9`, on every Unix and from any thread. A process group is not enough to end a service, because Airflow
puts each task into a group of its own: the guard leads a session and, on Linux, adopts orphans, so
everything below it can be found.

    python -m stack.guard -- COMMAND [ARGUMENT...]
"""

from __future__ import annotations

import ctypes
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress

import psutil

__all__ = ["below", "end", "main"]

_GRACE_SECONDS = 4.0
_KILL_SECONDS = 3.0
_LOOK_SECONDS = 0.1
_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_PR_SET_CHILD_SUBREAPER = 36  # linux/prctl.h


def main(arguments: list[str]) -> int:
    """Run the command until it ends, the owner ends, or SIGTERM comes.

    Returns:
        the command's exit code (128 + n where signal n ended it), or 0 where it was told to end.
    """
    if arguments[:1] != ["--"] or len(arguments) < 2:
        sys.stderr.write("usage: python -m stack.guard -- COMMAND [ARGUMENT...]\n")
        return 2
    wakes, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    told: list[int] = []
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _frame: told.append(number))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)

    child = subprocess.Popen(
        arguments[1:],
        stdin=subprocess.DEVNULL,
        preexec_fn=_end_with_the_guard,
    )
    owner = sys.stdin.fileno()
    code: int | None = None
    while code is None and not told:
        ready, _, _ = select.select([owner, wakes], [], [])
        if wakes in ready:
            os.read(wakes, 512)
        if owner in ready and not os.read(owner, 512):
            break
        code = _reap(child.pid)
    end(lambda: below(os.getpid()), between=lambda: _reap(child.pid))
    child.returncode = code or 0  # already reaped here: Popen must not look for it again
    if code is None or told:
        return 0
    return code if code >= 0 else 128 - code


def below(guard: int) -> list[psutil.Process]:
    """Every living process that a guard answers for: its descendants and the rest of its session."""
    found: dict[int, psutil.Process] = {}
    for pid in psutil.pids():
        with suppress(OSError, psutil.Error):
            if pid != guard and os.getsid(pid) == guard:
                found[pid] = psutil.Process(pid)
    with suppress(psutil.Error):
        found |= {process.pid: process for process in psutil.Process(guard).children(recursive=True)}
    return [process for process in found.values() if _lives(process)]


def end(living: Callable[[], list[psutil.Process]], *, between: Callable[[], object] = lambda: None) -> bool:
    """Ask the processes to end (SIGTERM), and after a few seconds end them (SIGKILL).

    Args:
        living: finds the processes that are still there; asked again and again, since they may start others.
        between: called after each look.

    Returns:
        True where none is left.
    """
    for process in living():
        with suppress(psutil.Error):
            process.terminate()
    patience = time.monotonic() + _GRACE_SECONDS
    limit = patience + _KILL_SECONDS
    while rest := living():
        moment = time.monotonic()
        if moment > limit:
            return False
        if moment > patience:
            for process in rest:
                with suppress(psutil.Error):
                    process.kill()
        time.sleep(_LOOK_SECONDS)
        between()
    return True


def _lives(process: psutil.Process) -> bool:
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False


def _reap(child: int) -> int | None:
    """Take the exit codes of all that ended below the guard; return the command's own if it is there."""
    code: int | None = None
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return code
        if pid == 0:
            return code
        if pid == child:
            code = os.waitstatus_to_exitcode(status)


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)


def _end_with_the_guard() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    _prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
