"""The DAG of deliveries by carriers of ours: there where accounts.yaml has carriers, one for all of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from airflow.dag_processing.dagbag import DagBag
from airflow.sdk import DAG

import marketsync_airflow.runtime
from marketsync import steps
from marketsync.errors import Fatal
from marketsync.paths import PROJECT

CARRIERS = """\
carriers:
  - {id: dpd, connection: dpd, sender: {city: Москва}}
  - {id: dpd_two, connection: dpd_two, sender: {city: Казань}}
"""


def dags() -> dict[str, DAG]:
    bag = DagBag(str(PROJECT / "dags"))
    assert not bag.import_errors
    found: dict[str, DAG] = bag.dags
    return found


@pytest.fixture
def carriers(accounts_file: Path) -> DAG:
    accounts_file.write_text(CARRIERS + accounts_file.read_text(encoding="utf-8"), encoding="utf-8")
    return dags()["carriers__shipments"]


def test_without_carriers_there_is_none(accounts_file: Path) -> None:
    assert "carriers__shipments" not in dags()


def test_it_is_woken_by_what_is_asked_for_and_by_its_clock(carriers: DAG) -> None:
    timetable: Any = carriers.timetable
    assert {asset.name for asset in timetable.asset_condition.objects} == {"fulfilment"}
    assert carriers.max_active_runs == 1
    assert "dpd, dpd_two" in str(carriers.doc_md)
    (task,) = carriers.tasks
    assert task.pool == "carriers"
    assert task.execution_timeout is not None
    assert carriers.dagrun_timeout is not None
    assert task.execution_timeout < carriers.dagrun_timeout


@pytest.mark.parametrize(
    ("answer", "state"), [({"accepted": 2}, "success"), (Fatal("DPD does not let the key in"), "failed")]
)
def test_a_run_is_one_step(
    carriers: DAG, metadata: None, monkeypatch: pytest.MonkeyPatch, answer: Any, state: str
) -> None:
    runtime = object()

    @contextmanager
    def opened() -> Iterator[object]:
        yield runtime

    def step(given: object) -> Any:
        assert given is runtime
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(marketsync_airflow.runtime, "open_runtime", opened)
    monkeypatch.setattr(steps, "run_shipments", step)
    assert str(carriers.test().state) == state
