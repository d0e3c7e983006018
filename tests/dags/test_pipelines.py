"""Each pipeline run by Airflow itself, with steps that answer what the test says."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from airflow.dag_processing.dagbag import DagBag
from airflow.models.taskinstance import TaskInstance
from airflow.models.xcom import XComModel
from airflow.sdk import DAG
from airflow.utils.session import create_session
from sqlalchemy import select

import marketsync_airflow.runtime
from marketsync import steps
from marketsync.errors import BadInput, Fatal, RateLimited
from tests.dags.conftest import PROJECT

RUNTIME = object()
ANSWERS: dict[str, Any] = {
    "import_store": {"imported": 1, "refused": 0, "nothing": False},
    "poll_status": {"open": 0},
    "extract_diff": {"to_render": 3, "nothing": False},
    "transform": {"plan": 5, "planned": 3, "nothing": False},
    "plan": {"plan": 6, "planned": 2, "nothing": False},
    "upload": {"sent": 3, "confirmed": 3, "rejected": 0, "open": 0},
    "report": {"planned": 0},
    "reconcile": {"reconciliation": 7, "differences": 2},
    "workbook": {"workbook": "reconciliations/ozon-7.xlsx"},
    "adopt": {"adoption": 4, "adopted": 3},
    "adoption_workbook": {"workbook": "adoptions/ozon-4.xlsx"},
    "refresh_dictionaries": {"categories": 9},
    "housekeeping": {"dropped": 1},
    "run_shipments": {"accepted": 2},
    "fulfil": {"done": 2, "refused": 0, "postponed": 1},
    "take_orders": {"new": 2, "changed": 1, "set_aside": 0},
    "orders_to_shop": {"shop_made": 2, "shop_left": 0},
}


@dataclass
class Run:
    """What a run came to: its state, its tasks' states, what was called, what went through XCom."""

    state: str
    tasks: dict[str, str]
    calls: list[tuple[Any, ...]]
    xcoms: dict[str, Any] = field(default_factory=dict)


Runner = Callable[..., Run]


@pytest.fixture
def run(accounts_file: Path, metadata: None, monkeypatch: pytest.MonkeyPatch) -> Runner:
    calls: list[tuple[Any, ...]] = []

    def answering(name: str, answers: list[Any]) -> Callable[..., Any]:
        signature = inspect.signature(getattr(steps, name))

        def step(*arguments: Any) -> Any:
            signature.bind(*arguments)
            assert arguments[0] is RUNTIME
            calls.append((name, *arguments[1:]))
            answer = answers.pop(0) if len(answers) > 1 else answers[0]
            if isinstance(answer, Exception):
                raise answer
            return answer

        return step

    @contextmanager
    def opened() -> Iterator[object]:
        yield RUNTIME

    monkeypatch.setattr(marketsync_airflow.runtime, "open_runtime", opened)
    dags: dict[str, DAG] = DagBag(str(PROJECT / "dags")).dags

    def runner(dag_id: str, conf: dict[str, Any] | None = None, **answers: Any) -> Run:
        calls.clear()
        for name, answer in {**ANSWERS, **answers}.items():
            listed = list(answer) if isinstance(answer, list) else [answer]
            monkeypatch.setattr(steps, name, answering(name, listed))
        done = dags[dag_id].test(run_conf=conf)
        key = {"dag_id": dag_id, "run_id": done.run_id}
        with create_session() as session:
            found = session.scalars(select(TaskInstance).filter_by(**key)).all()
            states = {task.task_id: str(task.state) for task in found}
            rows = session.scalars(select(XComModel).filter_by(**key, key="return_value")).all()
            xcoms = {row.task_id: XComModel.deserialize_value(row) for row in rows}
        return Run(str(done.state), states, list(calls), xcoms)

    return runner


@pytest.mark.parametrize(
    ("dag_id", "calls"),
    [
        ("store__import", [("import_store",)]),
        ("carriers__shipments", [("run_shipments",)]),
        (
            "market_two__catalog",
            [
                ("poll_status", "market_two"),
                ("extract_diff", "market_two"),
                ("transform", "market_two"),
                ("upload", "market_two", "catalog"),
                ("report", "market_two", "catalog"),
            ],
        ),
        (
            "ozon__prices",
            [("plan", "ozon", "prices"), ("upload", "ozon", "prices"), ("report", "ozon", "prices")],
        ),
        (
            "ozon__stocks",
            [("plan", "ozon", "stocks"), ("upload", "ozon", "stocks"), ("report", "ozon", "stocks")],
        ),
        (
            "ozon__reconcile",
            [("reconcile", "ozon"), ("workbook", "ozon", 7), ("report", "ozon", "reconcile")],
        ),
        ("ozon__dictionaries", [("refresh_dictionaries", "ozon")]),
        ("ozon__orders", [("take_orders", "ozon"), ("orders_to_shop", "ozon")]),
        ("ozon__adopt", [("adopt", "ozon", None, "dag_test"), ("adoption_workbook", "ozon", 4)]),
        ("housekeeping", [("housekeeping",)]),
    ],
)
def test_every_step_runs_once_in_its_order(run: Runner, dag_id: str, calls: list[tuple[Any, ...]]) -> None:
    done = run(dag_id)
    assert done.state == "success"
    assert done.calls == calls
    assert set(done.tasks.values()) == {"success"}


def test_an_adoption_takes_the_workbook_that_its_run_names(run: Runner) -> None:
    done = run("ozon__adopt", {"decisions": "adoptions/решения.xlsx"})
    assert done.calls[0] == ("adopt", "ozon", "adoptions/решения.xlsx", "dag_test")
    refused = run("ozon__adopt", adopt=BadInput("решения не приняты"))
    assert (refused.state, refused.tasks["adopt"]) == ("failed", "failed")
    assert [call[0] for call in refused.calls] == ["adopt"]


def test_refused_work_on_orders_fails_its_run_after_all_is_done_and_a_person_may_name_what_to_repeat(
    run: Runner,
) -> None:
    done = run("ozon__fulfilment", {"again": " 0001-1 "})
    ((name, account, run_id, again),) = done.calls
    assert (done.state, name, account, again) == ("success", "fulfil", "ozon", "0001-1")
    assert run_id.startswith("manual__")
    failed = run("ozon__fulfilment", fulfil={"done": 2, "refused": 1})
    assert (failed.state, len(failed.calls)) == ("failed", 1)  # no retry: a person must act


def test_ids_and_counts_are_all_that_passes_between_steps(run: Runner) -> None:
    done = run("ozon__catalog")
    assert done.xcoms == {name: ANSWERS[name] for name in done.tasks}


@pytest.mark.parametrize(
    ("dag_id", "step", "skipped"),
    [
        ("ozon__catalog", "extract_diff", {"transform", "upload"}),
        ("ozon__catalog", "transform", {"upload"}),
        ("ozon__prices", "plan", {"upload"}),
        ("ozon__stocks", "plan", {"upload"}),
    ],
)
def test_a_step_that_finds_nothing_ends_the_run_early(
    run: Runner, dag_id: str, step: str, skipped: set[str]
) -> None:
    done = run(dag_id, **{step: {"planned": 0, "nothing": True}})
    assert done.state == "success"
    assert {name for name, state in done.tasks.items() if state == "skipped"} == skipped
    assert done.tasks["report"] == done.tasks[step] == "success"
    assert done.xcoms[step] == {"planned": 0, "nothing": True}
    assert not skipped & {call[0] for call in done.calls}


def test_rejected_items_do_not_fail_a_run(run: Runner) -> None:
    done = run("ozon__prices", upload={"sent": 10, "confirmed": 7, "rejected": 3})
    assert done.state == "success"
    assert done.tasks["upload"] == "success"


@pytest.mark.parametrize(
    ("dag_id", "step", "never"),
    [
        ("ozon__catalog", "poll_status", {"extract_diff", "transform", "upload"}),
        ("ozon__catalog", "transform", {"upload"}),
        ("ozon__catalog", "upload", set()),
        ("ozon__stocks", "plan", {"upload"}),
        ("ozon__stocks", "upload", set()),
        ("ozon__reconcile", "workbook", set()),
    ],
)
def test_a_fatal_error_fails_the_run_at_once_and_the_report_is_written(
    run: Runner, dag_id: str, step: str, never: set[str]
) -> None:
    done = run(dag_id, **{step: Fatal("the key was revoked")})
    called = [call[0] for call in done.calls]
    assert done.state == "failed"
    assert done.tasks[step] == "failed"
    assert called.count(step) == 1
    assert called[-1] == "report"
    assert not never & set(called)


def test_a_failing_report_fails_the_run(run: Runner) -> None:
    done = run("ozon__prices", report=Fatal("the disk is full"))
    assert done.state == "failed"
    assert done.tasks["upload"] == "success"


def test_a_pause_the_marketplace_asks_for_ends_in_success(run: Runner) -> None:
    done = run("ozon__prices", upload=[RateLimited("slow down", delay=0.1), {"sent": 1}])
    assert done.state == "success"
    assert [call[0] for call in done.calls] == ["plan", "upload", "upload", "report"]


def test_a_refused_delivery_fails_the_import_after_the_others_are_in(run: Runner) -> None:
    done = run("store__import", import_store={"imported": 2, "refused": 1, "nothing": False})
    assert done.state == "failed"
    assert done.calls == [("import_store",)]
