"""The client of Airflow's REST API, against answers as Airflow 3.3.2 gives them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from requests.adapters import BaseAdapter

from marketsync.errors import Fatal, Retriable
from stack.airflow_api import AirflowApi, Task

Answer = Callable[[requests.PreparedRequest], tuple[int, Any]]


class Airflow(BaseAdapter):
    """Answers in Airflow's place; each login gives a new token, and only the last one counts."""

    def __init__(self, answers: dict[str, Answer]) -> None:
        super().__init__()
        self.answers = answers
        self.logins = 0
        self.calls: list[str] = []

    def send(self, request: requests.PreparedRequest, **_settings: Any) -> requests.Response:  # type: ignore[override]
        path = urlsplit(str(request.url)).path
        self.calls.append(f"{request.method} {path}")
        if path == "/auth/token":
            self.logins += 1
            status, body = 201, {"access_token": f"token {self.logins}"}
        elif request.headers.get("Authorization") != f"Bearer token {self.logins}":
            status, body = 401, {"detail": "Not authenticated"}
        else:
            status, body = self.answers[f"{request.method} {path}"](request)
        response = requests.Response()
        response.status_code = status
        response.request = request
        response.url = str(request.url)
        response._content = b"" if body is None else json.dumps(body).encode()
        return response

    def close(self) -> None:
        """Nothing is held."""


class Time:
    """A clock that moves only when somebody sleeps."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.seconds, UTC)

    def monotonic(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds


def api(answers: dict[str, Answer]) -> tuple[AirflowApi, Airflow]:
    airflow = Airflow(answers)
    session = requests.Session()
    session.mount("http://", airflow)
    return AirflowApi("http://127.0.0.1:1", "password", session=session, clock=Time()), airflow


def page_of_dags(names: list[str]) -> Answer:
    def answer(request: requests.PreparedRequest) -> tuple[int, Any]:
        query = parse_qs(urlsplit(str(request.url)).query)
        first, count = int(query["offset"][0]), int(query["limit"][0])
        dags = [{"dag_id": name} for name in names[first : first + count]]
        return 200, {"dags": dags, "total_entries": len(names)}

    return answer


def test_it_logs_in_once_and_again_when_its_token_has_ended() -> None:
    client, airflow = api({"GET /api/v2/dags": page_of_dags(["a"])})
    client.dags()
    client.dags()
    assert airflow.logins == 1
    airflow.logins = 5  # Airflow was started anew: the token that was given is worth nothing
    assert client.dags() == [{"dag_id": "a"}]
    assert airflow.logins == 6


def test_all_pages_are_read() -> None:
    names = [f"dag_{number:03}" for number in range(250)]
    client, airflow = api({"GET /api/v2/dags": page_of_dags(names)})
    assert [dag["dag_id"] for dag in client.dags()] == names
    assert airflow.calls.count("GET /api/v2/dags") == 3


def test_a_run_is_triggered_and_its_tasks_come_in_the_order_of_their_start() -> None:
    states = iter(["queued", "running", "failed"])
    conf: list[Any] = []

    def trigger(request: requests.PreparedRequest) -> tuple[int, Any]:
        conf.append(json.loads(request.body or b""))
        return 200, {"dag_run_id": "manual__1+00:00"}

    def run(_request: requests.PreparedRequest) -> tuple[int, Any]:
        return 200, {
            "state": next(states),
            "start_date": "2026-03-01T10:00:00.500000Z",
            "end_date": "2026-03-01T10:00:04Z",
        }

    def task(name: str, state: str | None, start: str | None, seconds: float | None) -> dict[str, Any]:
        return {"task_id": name, "state": state, "start_date": start, "duration": seconds, "try_number": 1}

    tasks = [
        task("report", "upstream_failed", None, None),
        task("upload", "failed", "2026-03-01T10:00:02Z", 2.0),
        task("plan", "success", "2026-03-01T10:00:01Z", 0.5),
    ]
    path = "/api/v2/dags/a__prices/dagRuns"
    client, _ = api(
        {
            f"POST {path}": trigger,
            f"GET {path}/manual__1%2B00%3A00": run,
            f"GET {path}/manual__1%2B00%3A00/taskInstances": lambda _request: (
                200,
                {"task_instances": tasks},
            ),
        }
    )
    name = client.trigger("a__prices", {"full": True})
    assert conf == [{"logical_date": None, "conf": {"full": True}}]
    found = client.wait_run("a__prices", name, timeout=60)
    assert (found.state, found.seconds) == ("failed", 3.5)
    assert found.tasks == (
        Task("plan", "success", 0.5, 1),
        Task("upload", "failed", 2.0, 1),
        Task("report", "upstream_failed", None, 1),
    )


def test_a_run_that_does_not_end_is_told_with_its_state() -> None:
    client, _ = api({"GET /api/v2/dags/a/dagRuns/r": lambda _request: (200, {"state": "queued"})})
    with pytest.raises(Retriable, match="The run r of a is still queued after 60 s"):
        client.wait_run("a", "r", timeout=60)


def test_a_dag_file_that_cannot_be_read_ends_the_waiting() -> None:
    errors = {"import_errors": [{"filename": "a.py", "stack_trace": "SyntaxError: never closed"}]}
    client, _ = api(
        {"GET /api/v2/dags": page_of_dags([]), "GET /api/v2/importErrors": lambda _request: (200, errors)}
    )
    with pytest.raises(Fatal, match=r"a\.py: .*\n?SyntaxError: never closed"):
        client.wait_dags(["a"], timeout=60)


def test_dags_that_do_not_come_are_named() -> None:
    client, _ = api(
        {
            "GET /api/v2/dags": page_of_dags(["a"]),
            "GET /api/v2/importErrors": lambda _request: (200, {"import_errors": []}),
        }
    )
    client.wait_dags(["a"], timeout=60)
    with pytest.raises(Retriable, match="the DAGs b, c in 60 s"):
        client.wait_dags(["a", "c", "b"], timeout=60)


@pytest.mark.parametrize(("status", "kind"), [(404, Fatal), (503, Retriable)])
def test_a_refusal_names_the_call(status: int, kind: type[Exception]) -> None:
    client, _ = api({"PATCH /api/v2/dags/a": lambda _request: (status, {"detail": "no"})})
    with pytest.raises(kind, match=rf"PATCH /api/v2/dags/a: Airflow answers {status}"):
        client.unpause("a")
