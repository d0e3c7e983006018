"""The set-up as one thing: `with Stack() as stack:` starts it, the end of the block ends it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack, suppress
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psycopg
import requests

from marketsync.clock import SYSTEM, Clock
from marketsync.db import Database, embedded
from marketsync.db.migrations import migrate
from marketsync.errors import Fatal, Retriable
from marketsync.paths import INCLUDE, var
from stack import environment, services
from stack.airflow_api import AirflowApi
from stack.options import AIRFLOW_PORT, GATEWAY_PORT, HOST, SANDBOX_PORT, StackOptions

__all__ = ["Stack", "clean", "end", "record_file"]

_READY_SECONDS = 240.0  # Airflow takes 25 s on two free cores; a first start on a busy machine takes minutes
_POSTGRES = "postgres"
_AIRFLOW = {
    "api-server": ["api-server"],
    "scheduler": ["scheduler", "--skip-serve-logs"],
    "dag-processor": ["dag-processor"],
    "triggerer": ["triggerer", "--skip-serve-logs"],
}


def record_file() -> Path:
    """Where the running set-up is written down."""
    return var() / "stack.json"


def end() -> bool:
    """End the set-up of the var folder, also where its owner has died; True where one ran."""
    record = services.Record.read(record_file())
    found = services.end_leftovers(record) if record else False
    if embedded.running_url():
        found = embedded.stop() or found
    record_file().unlink(missing_ok=True)
    return found


def clean() -> None:
    """End the set-up and remove its data."""
    end()
    for folder in {embedded.data_folder().parent, var()}:
        shutil.rmtree(folder, ignore_errors=True)


class Stack:
    """Postgres, sandbox, gateway and Airflow, on 127.0.0.1 only, ended together.

    Args:
        options: ports, folders, what to leave out.
        report: is told in a line what happens.

    Attributes:
        database_url: the domain database.
        airflow_url: Airflow's user interface and API.
        gateway_url: our web process: the ERP's API, 1C's exchange, pushes.
        sandbox_url: the sandbox, below which each outside system has its prefix.
        environment: for processes that are run beside it.
        airflow: Airflow's REST API.
    """

    def __init__(
        self,
        options: StackOptions | None = None,
        *,
        report: Callable[[str], None] = lambda _line: None,
        clock: Clock = SYSTEM,
    ) -> None:
        self.options = options or StackOptions()
        self.airflow_url = f"http://{HOST}:{self.options.airflow_port}"
        self.sandbox_url = f"http://{HOST}:{self.options.sandbox_port}"
        self.gateway_url = f"http://{HOST}:{self.options.gateway_port}"
        self.database_url = ""
        self.environment: dict[str, str] = {}
        self.airflow = AirflowApi(self.airflow_url, "")
        self._var = var()
        self._report = report
        self._clock = clock
        self._began = clock.now()
        self._services: list[services.Service] = []
        self._lock: ExitStack | None = None

    def __enter__(self) -> Self:
        try:
            self.start()
            self.wait_ready()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start everything, without waiting for Airflow; for work that can be done meanwhile.

        Whoever calls it calls `stop` too, whatever happens.

        Raises:
            Fatal: a port is taken, another set-up runs, or a part does not start.
        """
        self._began = self._clock.now()
        self._take_over()
        services.require_free(self.options.airflow_port, what="Airflow", variable=AIRFLOW_PORT)
        services.require_free(self.options.gateway_port, what="the gateway", variable=GATEWAY_PORT)
        if self.options.sandbox:
            services.require_free(self.options.sandbox_port, what="the sandbox", variable=SANDBOX_PORT)
        own = self._start_postgres()
        self.database_url = os.environ.get("MARKETSYNC_DATABASE_URL") or own
        metadata = embedded.create_database(own, "airflow")
        self.environment = environment.build(
            self.options, var=self._var, domain=self.database_url, metadata=metadata
        )
        self.airflow = AirflowApi(self.airflow_url, environment.password(self._var)[0])
        if self.options.sandbox:
            arguments = ["--port", str(self.options.sandbox_port), *self.options.sandbox_arguments]
            self._start("sandbox", [sys.executable, "-m", "sandbox", *arguments])
        self._migrate(metadata)
        self._start(
            "gateway", [sys.executable, "-m", "uvicorn", "marketsync.gateway.app:app", *self._gateway_options]
        )
        for name, arguments in _AIRFLOW.items():
            self._start(name, [sys.executable, "-m", "airflow", *arguments])
        self._start("watchdog", [sys.executable, "-m", "marketsync", "watchdog"])

    def wait_ready(self) -> None:
        """Wait until every part works.

        Raises:
            Fatal: a part has ended; with the end of its log.
            Retriable: a part does not answer in time.
        """
        waiting: dict[str, Callable[[], bool]] = {
            "Airflow": self._airflow_is_ready,
            "the gateway": self._gateway_is_ready,
        }
        if self.options.sandbox:
            waiting["the sandbox"] = self._sandbox_answers
        limit = self._clock.monotonic() + _READY_SECONDS
        while waiting:
            self.check()
            for name in [name for name, ready in waiting.items() if ready()]:
                del waiting[name]
                self._report(f"{name} is ready after {self._seconds():.0f} s")
            if waiting and self._clock.monotonic() > limit:
                raise Retriable(
                    f"{' and '.join(waiting)} not ready after {_READY_SECONDS:.0f} s",
                    hint=f"See the logs in {self._var / 'log'}",
                )
            self._clock.sleep(0.25)

    def check(self) -> None:
        """Raise `Fatal` where a service has ended, with the end of its log."""
        for service in self._services:
            if service.process.poll() is not None:
                code = service.process.returncode
                raise Fatal(
                    f"{service.name} has ended with exit code {code}:\n{service.last_lines()}",
                    hint=f"The whole log is {service.log}",
                )

    def stop(self) -> None:
        """End every process of the set-up; does nothing where none runs."""
        if self._lock is None:
            return
        services.stop(service for service in self._services if service.name != _POSTGRES)
        services.stop(service for service in self._services if service.name == _POSTGRES)
        self._services.clear()
        record_file().unlink(missing_ok=True)
        self._lock.close()
        self._lock = None

    @property
    def urls(self) -> dict[str, str]:
        """What a person may want to open or connect to."""
        urls = {"Airflow": self.airflow_url, "gateway": self.gateway_url, "database": self.database_url}
        return urls | ({"sandbox": self.sandbox_url} if self.options.sandbox else {})

    @property
    def push_url(self) -> str:
        """Where the sandbox's Ozon has to push; it has a secret in it."""
        return f"{self.gateway_url}/push/ozon/{environment.push_secret(self._var)}"

    def _take_over(self) -> None:
        """Take the lock of the var folder; end what a killed owner may have left."""
        lock = ExitStack()
        if not lock.enter_context(embedded.owner_lock()):
            lock.close()
            raise Fatal(f"The set-up of {self._var} runs already", hint="`make down` ends it")
        self._lock = lock
        end()

    def _start_postgres(self) -> str:
        command = [sys.executable, "-m", "stack.postgres"]
        paths = {"PYTHONPATH": str(INCLUDE)}
        log = self._var / "log" / f"{_POSTGRES}.log"
        service = services.start(
            _POSTGRES, command, environment={**os.environ, **paths}, log=log, guarded=False
        )
        self._services.append(service)
        self._record()
        url = service.process.stdout.readline().strip() if service.process.stdout else ""
        if not url:
            raise Fatal(f"The embedded Postgres did not start:\n{service.last_lines()}", hint=f"See {log}")
        self._report(f"Postgres is ready after {self._seconds():.1f} s")
        return url

    def _migrate(self, metadata: str) -> None:
        database = Database(self.database_url, size=1)
        migrate(database)
        database.close()
        if self._metadata_is_current(metadata):
            return
        self._report("Airflow's database is being created (once)")
        done = subprocess.run(
            [sys.executable, "-m", "airflow", "db", "migrate"],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        (self._var / "log" / "airflow-migrate.log").write_text(done.stdout + done.stderr, encoding="utf-8")
        if done.returncode:
            raise Fatal(f"`airflow db migrate` failed:\n{(done.stdout + done.stderr)[-3000:]}")
        stamp = {"airflow": version("apache-airflow"), "revision": _revision(metadata)}
        self._stamp.write_text(json.dumps(stamp), encoding="utf-8")

    @property
    def _stamp(self) -> Path:
        return environment.airflow_home(self._var) / "migrated.json"

    def _metadata_is_current(self, metadata: str) -> bool:
        """Whether this release of Airflow has migrated this database; asking Airflow itself takes 5 s."""
        with suppress(OSError, ValueError):
            stamp = json.loads(self._stamp.read_text(encoding="utf-8"))
            return bool(stamp == {"airflow": version("apache-airflow"), "revision": _revision(metadata)})
        return False

    def _start(self, name: str, command: list[str]) -> None:
        log = self._var / "log" / f"{name}.log"
        self._services.append(services.start(name, command, environment=self.environment, log=log))
        self._record()

    def _record(self) -> None:
        guards = {service.name: service.identity for service in self._services}
        services.Record(services.Identity.of(os.getpid()), guards, self.urls).write(record_file())

    def _airflow_is_ready(self) -> bool:
        try:
            health: dict[str, dict[str, Any]] = self.airflow.health()
        except Retriable:
            return False
        return all(
            health[part]["status"] == "healthy" and self._is_ours(health[part][f"latest_{part}_heartbeat"])
            for part in ("scheduler", "triggerer", "dag_processor")
        )

    def _is_ours(self, heartbeat: str | None) -> bool:
        """Whether a heartbeat is of this start: a killed scheduler's last one looks healthy for a while."""
        return heartbeat is not None and datetime.fromisoformat(heartbeat) >= self._began

    @property
    def _gateway_options(self) -> list[str]:
        port = str(self.options.gateway_port)
        # whom a proxy names is for accounts.yaml to say; requests that wait for orders end with the process
        rules = ("--no-proxy-headers", "--no-server-header", "--timeout-graceful-shutdown", "3")
        return ["--host", HOST, "--port", port, "--log-level", "warning", *rules]

    def _gateway_is_ready(self) -> bool:
        with suppress(requests.RequestException):
            answer = requests.get(f"{self.gateway_url}/readyz", timeout=5, proxies={"http": ""})
            return answer.status_code == 200
        return False

    def _sandbox_answers(self) -> bool:
        with suppress(requests.ConnectionError):
            return requests.get(self.sandbox_url, timeout=5, proxies={"http": ""}).status_code > 0
        return False

    def _seconds(self) -> float:
        return (self._clock.now() - self._began).total_seconds()


def _revision(metadata: str) -> str | None:
    with psycopg.connect(metadata) as connection:
        try:
            row = connection.execute("select version_num from alembic_version").fetchone()
        except psycopg.errors.UndefinedTable:
            return None
    return str(row[0]) if row else None
