"""Services are started, recorded, found again and ended; a stranger is never touched."""

from __future__ import annotations

import dataclasses
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from marketsync.errors import Fatal
from stack import services
from stack.services import Identity, Record, Service

PATIENCE = 30.0
SLEEPER = [sys.executable, "-c", "import time; time.sleep(600)"]
STUBBORN = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(600)",
]


@pytest.fixture(params=[SLEEPER])
def service(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Service]:
    log = tmp_path / "log" / "sleeper.log"
    found = services.start("sleeper", request.param, environment=os.environ, log=log)
    yield found
    services.stop([found])


def child_of(service: Service) -> psutil.Process:
    """The guarded command, once the guard has started it."""
    guard = psutil.Process(service.process.pid)
    while not (children := guard.children()):
        assert guard.status() != psutil.STATUS_ZOMBIE, service.last_lines()
    return children[0]


def ended(process: psutil.Process) -> bool:
    _, alive = psutil.wait_procs([process], timeout=PATIENCE)
    return not alive or process.status() == psutil.STATUS_ZOMBIE


def record_of(service: Service, owner: Identity) -> Record:
    return Record(owner=owner, guards={service.name: service.identity}, urls={})


def test_stop_ends_the_guard_and_its_command(service: Service) -> None:
    child = child_of(service)
    services.stop([service])
    assert ended(child)
    assert service.process.returncode == 0


def test_a_service_s_output_goes_to_its_log(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "print('first'); print('last')"]
    service = services.start("brief", command, environment=os.environ, log=tmp_path / "brief.log")
    assert service.process.wait(PATIENCE) == 0
    assert service.last_lines(1) == "last"
    services.stop([service])


@pytest.mark.parametrize("service", [STUBBORN], indirect=True, ids=["stubborn"])
def test_leftovers_of_a_killed_guard_are_ended(service: Service) -> None:
    child = child_of(service)
    dead = dataclasses.replace(Identity.of(os.getpid()), started=0.0)
    while service.last_lines() != "up":
        assert child.is_running()
    service.process.kill()
    service.process.wait()
    assert services.end_leftovers(record_of(service, dead))
    assert ended(child)
    assert not services.end_leftovers(record_of(service, dead))


def test_leftovers_of_a_killed_owner_are_ended(service: Service) -> None:
    child = child_of(service)
    dead = dataclasses.replace(Identity.of(os.getpid()), started=0.0)
    assert services.end_leftovers(record_of(service, dead))
    assert ended(child)


def test_a_process_that_got_the_same_number_later_is_left_alone(service: Service) -> None:
    child = child_of(service)
    stranger = dataclasses.replace(service.identity, started=service.identity.started - 3600)
    assert stranger.find() is None
    assert not services.end_leftovers(Record(owner=stranger, guards={"other": stranger}, urls={}))
    assert child.is_running()
    assert service.process.poll() is None


def test_a_record_is_read_as_it_was_written(tmp_path: Path) -> None:
    record = Record(Identity(1, 2.5), {"scheduler": Identity(3, 4.5)}, {"Airflow": "http://127.0.0.1:1"})
    record.write(tmp_path / "var" / "stack.json")
    assert Record.read(tmp_path / "var" / "stack.json") == record


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"owner": {"pid": 1}}', '{"owner": 1, "guards": {}, "urls": {}}']
)
def test_a_record_that_cannot_be_read_is_none(tmp_path: Path, text: str) -> None:
    file = tmp_path / "stack.json"
    assert Record.read(file) is None
    file.write_text(text, encoding="utf-8")
    assert Record.read(file) is None


def test_a_taken_port_is_named_with_what_to_do() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(Fatal) as caught:
            services.require_free(port, what="Airflow", variable="MARKETSYNC_AIRFLOW_PORT")
    message = str(caught.value)
    assert f"Port {port}, where Airflow should listen" in message
    assert f"MARKETSYNC_AIRFLOW_PORT={port + 100} make" in message
    services.require_free(port, what="Airflow", variable="MARKETSYNC_AIRFLOW_PORT")


def test_status_without_a_set_up_says_how_to_start_one(tmp_path: Path) -> None:
    project = Path(__file__).resolve().parents[2]
    environment = {**os.environ, "MARKETSYNC_VAR": str(tmp_path), "PYTHONPATH": str(project / "include")}
    done = subprocess.run(
        [sys.executable, "-m", "stack", "status"],
        env=environment,
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "Nothing runs; `make up` starts it.\n")
