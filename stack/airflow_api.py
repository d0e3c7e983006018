"""Airflow's REST API, as far as the demo, the tests and the start itself need it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

import requests

from marketsync.clock import SYSTEM, Clock
from marketsync.errors import Fatal, Place, Retriable
from stack.environment import ADMIN

__all__ = ["AirflowApi", "Run", "Task"]

_TIMEOUT_SECONDS = 30.0
_POLL_SECONDS = 0.25
_PAGE = 100  # Airflow's [api] maximum_page_limit
_ENDED = ("success", "failed")


@dataclass(frozen=True, slots=True)
class Task:
    """One task of a run, in its last try."""

    name: str
    state: str | None
    seconds: float | None
    tries: int


@dataclass(frozen=True, slots=True)
class Run:
    """A run that has ended.

    Attributes:
        seconds: from its first task's start to its end.
        tasks: in the order in which they started.
    """

    dag: str
    id: str
    state: str
    seconds: float | None
    tasks: tuple[Task, ...]


class AirflowApi:
    """A client of one Airflow, logged in through its simple auth manager.

    Args:
        url: the api-server's address.
        password: of the user `admin`.
        session: carries the calls.
    """

    def __init__(
        self, url: str, password: str, *, session: requests.Session | None = None, clock: Clock = SYSTEM
    ) -> None:
        self.url = url
        self._password = password
        self._clock = clock
        self._session = session or requests.Session()
        self._session.trust_env = False  # a proxy of the environment has no business on the loopback

    def call(self, method: str, path: str, json: Any = None) -> Any:
        """One call below /api/v2, such as call("GET", "dags"); the decoded answer, None where it has no body.

        Raises:
            Retriable: Airflow does not answer, or answers 5xx.
            Fatal: it refuses.
        """
        if "Authorization" not in self._session.headers:
            self._log_in()
        answer = self._send(method, f"/api/v2/{path.lstrip('/')}", json)
        if answer.status_code == 401:
            self._log_in()
            answer = self._send(method, f"/api/v2/{path.lstrip('/')}", json)
        return _decoded(answer)

    def health(self) -> dict[str, Any]:
        """Airflow's own word on its parts; needs no login. Raises `Retriable` where nothing answers yet."""
        health: dict[str, Any] = _decoded(self._send("GET", "/api/v2/monitor/health", None))
        return health

    def dags(self) -> list[dict[str, Any]]:
        """Every DAG that Airflow has read."""
        found: list[dict[str, Any]] = []
        while True:
            page = self.call("GET", f"dags?limit={_PAGE}&offset={len(found)}&order_by=dag_id")
            found += page["dags"]
            if not page["dags"] or len(found) >= page["total_entries"]:
                return found

    def import_errors(self) -> dict[str, str]:
        """The DAG files that cannot be read, with the error of each."""
        errors = self.call("GET", f"importErrors?limit={_PAGE}")["import_errors"]
        return {error["filename"]: error["stack_trace"] for error in errors}

    def wait_dags(self, wanted: Iterable[str], timeout: float) -> None:
        """Wait until Airflow has read these DAGs.

        Raises:
            Retriable: it has not after `timeout` seconds.
            Fatal: a DAG file cannot be read.
        """
        missing = set(wanted)
        limit = self._clock.monotonic() + timeout
        while missing := missing - {dag["dag_id"] for dag in self.dags()}:
            if errors := self.import_errors():
                file, error = next(iter(errors.items()))
                raise Fatal(f"Airflow cannot read this DAG file:\n{error}", place=Place(file=file))
            if self._clock.monotonic() > limit:
                names = ", ".join(sorted(missing))
                raise Retriable(f"Airflow has not read the DAGs {names} in {timeout:.0f} s")
            self._clock.sleep(_POLL_SECONDS)

    def unpause(self, dag: str, *, paused: bool = False) -> None:
        """Let a DAG run by itself, or pause it."""
        self.call("PATCH", f"dags/{quote(dag)}", {"is_paused": paused})

    def trigger(self, dag: str, conf: dict[str, Any] | None = None) -> str:
        """Start a run; return its id."""
        run = self.call("POST", f"dags/{quote(dag)}/dagRuns", {"logical_date": None, "conf": conf or {}})
        return str(run["dag_run_id"])

    def wait_run(self, dag: str, run: str, timeout: float) -> Run:
        """Wait until a run has ended, well or not.

        Raises:
            Retriable: it has not after `timeout` seconds.
        """
        limit = self._clock.monotonic() + timeout
        path = f"dags/{quote(dag)}/dagRuns/{quote(run, safe='')}"
        while (found := self.call("GET", path))["state"] not in _ENDED:
            if self._clock.monotonic() > limit:
                raise Retriable(f"The run {run} of {dag} is still {found['state']} after {timeout:.0f} s")
            self._clock.sleep(_POLL_SECONDS)
        tasks = self.call("GET", f"{path}/taskInstances?limit={_PAGE}")["task_instances"]
        return Run(
            dag=dag,
            id=run,
            state=found["state"],
            seconds=_seconds(found["start_date"], found["end_date"]),
            tasks=tuple(
                Task(task["task_id"], task["state"], task["duration"], task["try_number"])
                for task in sorted(tasks, key=lambda task: (task["start_date"] is None, task["start_date"]))
            ),
        )

    def _log_in(self) -> None:
        self._session.headers.pop("Authorization", None)
        answer = self._send("POST", "/auth/token", {"username": ADMIN, "password": self._password})
        self._session.headers["Authorization"] = f"Bearer {_decoded(answer)['access_token']}"

    def _send(self, method: str, path: str, body: Any) -> requests.Response:
        try:
            return self._session.request(method, f"{self.url}{path}", json=body, timeout=_TIMEOUT_SECONDS)
        except requests.RequestException as error:
            raise Retriable(
                f"Airflow does not answer: {error}", place=Place(method=f"{method} {path}")
            ) from error


def _decoded(answer: requests.Response) -> Any:
    if answer.ok:
        return answer.json() if answer.content else None
    kind = Retriable if answer.status_code >= 500 else Fatal
    request = answer.request
    raise kind(
        f"Airflow answers {answer.status_code}: {answer.text[:500]}",
        place=Place(method=f"{request.method} {request.path_url}"),
    )


def _seconds(start: str | None, end: str | None) -> float | None:
    if start is None or end is None:
        return None
    return (datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds()
