"""The processes of the set-up: started under a guard each, recorded, found again, ended without a rest."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psutil

from marketsync.errors import Fatal
from marketsync.paths import PROJECT
from stack import guard
from stack.options import HOST

__all__ = ["Identity", "Record", "Service", "end_leftovers", "require_free", "start", "stop"]

_STOP_SECONDS = 9.0  # a guard's own grace and kill, and a little
_SAME_START_SECONDS = 5.0  # a process's start time moves with corrections of the system's clock


@dataclass(frozen=True, slots=True)
class Identity:
    """A process that cannot be taken for another one: process ids are used again, moments are not."""

    pid: int
    started: float

    @classmethod
    def of(cls, pid: int) -> Identity:
        """The identity of a living process."""
        return cls(pid, psutil.Process(pid).create_time())

    def find(self) -> psutil.Process | None:
        """The process, or None where it has ended."""
        with suppress(psutil.Error):
            process = psutil.Process(self.pid)
            if self._is(process) and process.status() != psutil.STATUS_ZOMBIE:
                return process
        return None

    def left_its_number(self) -> bool:
        """Whether nobody else has been given its number since it ended."""
        try:
            process = psutil.Process(self.pid)
            return self._is(process) and process.status() == psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return True

    def _is(self, process: psutil.Process) -> bool:
        return bool(abs(process.create_time() - self.started) < _SAME_START_SECONDS)


@dataclass(frozen=True, slots=True)
class Record:
    """What is written down of a running set-up, so that `down` ends it and nothing else.

    Attributes:
        owner: the process that holds it.
        guards: name of the service -> its guard, which leads the service's session.
        urls: what a person may want to open.
    """

    owner: Identity
    guards: dict[str, Identity]
    urls: dict[str, str]

    def write(self, path: Path) -> None:
        """Write the record in one piece."""
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(f"{path.name}.new")
        fresh.write_text(json.dumps(asdict(self), indent=1), encoding="utf-8")
        fresh.replace(path)

    @classmethod
    def read(cls, path: Path) -> Record | None:
        """The record, or None where there is none that can be read."""
        try:
            data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            guards = {name: Identity(**value) for name, value in data["guards"].items()}
            return cls(Identity(**data["owner"]), guards, data["urls"])
        except (OSError, ValueError, KeyError, TypeError):
            return None


@dataclass(frozen=True, slots=True)
class Service:
    """A service that was started.

    Attributes:
        process: its guard; closing the guard's standard input ends the service.
        identity: of the guard.
        log: where its output goes.
    """

    name: str
    process: subprocess.Popen[str]
    identity: Identity
    log: Path

    def last_lines(self, count: int = 15) -> str:
        """The end of its log, for an error message."""
        with suppress(OSError):
            return "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-count:])
        return ""


def start(
    name: str, command: list[str], *, environment: Mapping[str, str], log: Path, guarded: bool = True
) -> Service:
    """Start a service in a session of its own.

    Args:
        log: its output, begun anew.
        guarded: whether a guard runs the command; without one the command itself must end when its standard
            input is closed, and may answer on its standard output.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w", encoding="utf-8") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "stack.guard", "--", *command] if guarded else command,
            stdin=subprocess.PIPE,
            stdout=output if guarded else subprocess.PIPE,
            stderr=output,
            env=dict(environment),
            cwd=PROJECT,
            start_new_session=True,
            text=True,
        )
    return Service(name, process, Identity.of(process.pid), log)


def stop(services: Iterable[Service]) -> None:
    """End services, all at once, and whatever of their sessions outlives their guards."""
    services = list(services)
    for service in services:
        if service.process.stdin:
            with suppress(OSError):
                service.process.stdin.close()
    limit = time.monotonic() + _STOP_SECONDS
    for service in services:
        try:
            service.process.wait(timeout=max(0.1, limit - time.monotonic()))
        except subprocess.TimeoutExpired:
            service.process.kill()
            service.process.wait()
        if service.process.stdout:
            service.process.stdout.close()
    _end_sessions(service.identity for service in services)


def end_leftovers(record: Record) -> bool:
    """End what is recorded: its owner, which ends the rest, or where that is gone each service by itself.

    Returns:
        True where something still ran.
    """
    found = False
    owner = record.owner.find()
    guards = [process for identity in record.guards.values() if (process := identity.find())]
    for process in [owner] if owner else guards:
        found = True
        with suppress(psutil.Error):
            process.terminate()
    _, rest = psutil.wait_procs(
        [process for process in (owner, *guards) if process], timeout=2 * _STOP_SECONDS
    )
    for process in rest:
        with suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(rest, timeout=1)
    return _end_sessions(record.guards.values()) or found


def _end_sessions(guards: Iterable[Identity]) -> bool:
    """End what is left of the sessions whose guards have ended; True where something was.

    While a process of a session lives the system gives its number to nobody, so what is found there without
    its leader is ours; a leader that lives is a stranger who was given a number that had become free.
    """
    numbers = [identity.pid for identity in guards if identity.left_its_number()]

    def living() -> list[psutil.Process]:
        return [process for number in numbers for process in guard.below(number)]

    found = bool(living())
    if found:
        guard.end(living)
    return found


def require_free(port: int, *, what: str, variable: str) -> None:
    """Check that a port can be listened on.

    Raises:
        Fatal: somebody else does.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise Fatal(
                f"Port {port}, where {what} should listen, cannot be had: {error.strerror}{_listener(port)}",
                hint=f"End that process, or choose another port: {variable}={port + 100} make ...",
            ) from error


def _listener(port: int) -> str:
    with suppress(psutil.Error):
        for connection in psutil.net_connections("tcp"):
            if (
                connection.status == psutil.CONN_LISTEN
                and connection.pid
                and connection.laddr[1:2] == (port,)
            ):
                return f"; {psutil.Process(connection.pid).name()} (pid {connection.pid}) listens there"
    return ""
