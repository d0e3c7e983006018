"""A question to a person, from its first task to what the answer does, run by Airflow itself.

Only the steps are played; the answer is written by the endpoint that Airflow's page calls.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from airflow.api_fastapi.auth.managers.simple.user import SimpleAuthManagerUser
from airflow.api_fastapi.core_api.datamodels.hitl import UpdateHITLDetailPayload
from airflow.api_fastapi.core_api.routes.public.hitl import update_hitl_detail
from airflow.dag_processing.dagbag import DagBag
from airflow.models.hitl import HITLDetail
from airflow.models.taskinstance import TaskInstance
from airflow.sdk import DAG
from airflow.utils.session import create_session
from fastapi import HTTPException
from sqlalchemy import select

import marketsync_airflow.runtime
from marketsync import steps
from marketsync.steps.release import Asked
from marketsync_airflow.question import DISCARD, RELEASE
from tests.dags.conftest import PROJECT

RUNTIME = object()
DAG_ID = "ozon__release"
QUESTION = Asked(12, "2026-11-24T10:00:00.123456+00:00", "ozon: цены", "| `A{{ 1 }}` | Кубики |")
PEOPLE = "release: {assigned_users: [anna], response_hours: 6}"
ANNA = SimpleAuthManagerUser(username="anna", role="admin")


@pytest.fixture
def dag(accounts_file: Path, metadata: None) -> DAG:
    text = accounts_file.read_text(encoding="utf-8")
    accounts_file.write_text(
        text.replace("    mapping: ozon\n", f"    mapping: ozon\n    {PEOPLE}\n", 1), "utf-8"
    )
    found: DAG = DagBag(str(PROJECT / "dags" / "ozon__release.py")).dags[DAG_ID]
    return found


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """What was called; the step `ask` finds the question."""
    called: list[tuple[Any, ...]] = []

    @contextmanager
    def opened() -> Iterator[object]:
        yield RUNTIME

    def answer(runtime: object, *arguments: Any) -> dict[str, Any]:
        assert runtime is RUNTIME
        called.append(arguments)
        return {"request": 12, "decided": 3}

    monkeypatch.setattr(marketsync_airflow.runtime, "open_runtime", opened)
    monkeypatch.setattr(steps, "ask", lambda runtime, account, run: QUESTION)
    monkeypatch.setattr(steps, "answer", answer)
    return called


def waiting() -> list[TaskInstance]:
    with create_session() as session:
        return list(
            session.scalars(
                select(TaskInstance).where(
                    TaskInstance.dag_id == DAG_ID, TaskInstance.state == "awaiting_input"
                )
            )
        )


def detail() -> HITLDetail:
    (task,) = waiting()
    with create_session() as session:
        return session.scalars(select(HITLDetail).where(HITLDetail.ti_id == task.id)).one()


def respond(user: SimpleAuthManagerUser, option: str, **form: str) -> None:
    """As Airflow's page does it."""
    (task,) = waiting()
    with create_session() as session:
        update_hitl_detail(
            dag_id=DAG_ID,
            dag_run_id=task.run_id,
            task_id=task.task_id,
            update_hitl_detail_payload=UpdateHITLDetailPayload(chosen_options=[option], params_input=form),
            user=user,
            session=session,
        )


def run(
    dag: DAG, monkeypatch: pytest.MonkeyPatch, meanwhile: Callable[[], None]
) -> tuple[str, dict[str, str]]:
    """Run the DAG; `meanwhile` is called where it would sleep, which is while it waits for the answer."""
    really = time.sleep

    def sleep(seconds: float) -> None:
        if waiting():
            meanwhile()
        else:
            really(seconds)

    monkeypatch.setattr(time, "sleep", sleep)
    done = dag.test()
    with create_session() as session:
        found = session.scalars(select(TaskInstance).filter_by(dag_id=DAG_ID, run_id=done.run_id)).all()
        return str(done.state), {task.task_id: str(task.state) for task in found}


@pytest.mark.parametrize(
    ("option", "form", "expected"),
    [
        (RELEASE, {"reason": "акция"}, (True, "anna", "акция")),
        (RELEASE, {}, (True, "anna", "Airflow")),
        (DISCARD, {"reason": " опечатка "}, (False, "anna", "опечатка")),
    ],
)
def test_a_person_s_answer_reaches_the_engine(
    dag: DAG,
    answers: list[tuple[Any, ...]],
    monkeypatch: pytest.MonkeyPatch,
    option: str,
    form: dict[str, str],
    expected: tuple[Any, ...],
) -> None:
    state, tasks = run(dag, monkeypatch, lambda: respond(ANNA, option, **form))
    assert (state, tasks) == ("success", {"ask": "success", "answer": "success"})
    assert answers == [("ozon", 12, QUESTION.as_of, *expected)]


def test_only_those_who_are_named_may_answer_and_see_the_question_as_it_is(
    dag: DAG, answers: list[tuple[Any, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    refused: list[int] = []
    asked: list[tuple[str, str, list[str]]] = []

    def meanwhile() -> None:
        found = detail()
        asked.append((found.subject, found.body, found.options))
        try:
            respond(SimpleAuthManagerUser(username="boris", role="admin"), RELEASE)
        except HTTPException as error:
            refused.append(error.status_code)
        respond(ANNA, DISCARD)

    run(dag, monkeypatch, meanwhile)
    assert refused == [403]
    assert asked == [(QUESTION.subject, QUESTION.body, [RELEASE, DISCARD])]


def test_nothing_to_ask_ends_the_run_and_answers_nothing(
    dag: DAG, answers: list[tuple[Any, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steps, "ask", lambda runtime, account, run: None)
    state, tasks = run(dag, monkeypatch, lambda: pytest.fail("it waits"))
    assert (state, tasks) == ("success", {"ask": "skipped", "answer": "skipped"})
    assert answers == []


def test_without_an_answer_the_default_is_no_and_has_no_author(dag: DAG) -> None:
    ask: Any = dag.get_task("ask")
    assert ask.response_timeout == timedelta(hours=6)
    assert ask.defaults == [DISCARD]
    event = {
        "chosen_options": ask.defaults, "params_input": {}, "responded_at": dag.start_date or _now(),
        "responded_by_user": None, "timedout": True,
    }  # fmt: skip
    given = ask.execute_complete({}, event, request=12, as_of=QUESTION.as_of)
    assert (given["released"], given["author"]) == (False, None)


def _now() -> Any:
    from marketsync.clock import SYSTEM

    return SYSTEM.now()
