"""What every DAG of the project must keep to, whoever adds one."""

from __future__ import annotations

import ast
import inspect
import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from airflow.dag_processing.dagbag import DagBag
from airflow.sdk import DAG, TriggerRule
from airflow.sdk.definitions.context import KNOWN_CONTEXT_KEYS
from airflow.serialization.serialized_objects import DagSerialization

from marketsync import steps
from marketsync_airflow import steps as tasks
from marketsync_airflow.defaults import Pipeline, RetryByRecovery, Tier
from marketsync_airflow.pools import declared
from tests.dags.conftest import PROJECT

DAGS = PROJECT / "dags"
PIPELINES = ("adopt", "catalog", "dictionaries", "prices", "reconcile", "release", "stocks")
ORDERING = ("fulfilment", "orders")  # only of accounts that take orders
ASKING = {"ozon__release", "market_two__release"}  # their runs wait for people, and do nothing meanwhile
LONGEST_FILE = 60
MOST_TASKS = 8
# Tasks that hand their step something else than their own arguments.
HANDED = {
    "ask": ["account_id", "run"],
    "fulfil": ["account_id", "run", "again"],
    "answer": ["account_id", "request", "as_of", "released", "author", "reason"],
}


def parse() -> dict[str, DAG]:
    bag = DagBag(str(DAGS))
    assert not bag.import_errors
    return bag.dags


@pytest.fixture
def dags(accounts_file: Path) -> dict[str, DAG]:
    return parse()


def test_two_accounts_of_one_marketplace_have_their_dags_side_by_side(dags: dict[str, DAG]) -> None:
    expected = {f"{account}__{name}" for account in ("ozon", "market_two") for name in PIPELINES}
    taking_orders = {f"ozon__{name}" for name in ORDERING}
    assert set(dags) == expected | taking_orders | {"carriers__shipments", "store__import", "housekeeping"}


def test_the_project_s_own_accounts_have_dags(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MARKETSYNC_VAR", str(tmp_path))
    monkeypatch.delenv("MARKETSYNC_ACCOUNTS", raising=False)
    assert {f"ozon__{name}" for name in PIPELINES} <= set(parse())


def test_each_file_holds_the_dags_its_name_says(dags: dict[str, DAG]) -> None:
    for dag_id, dag in dags.items():
        file = Path(dag.fileloc).stem
        account, _, pipeline = dag_id.rpartition("__")
        assert file in {dag_id, f"ozon__{pipeline}"}, f"{dag_id} comes from {file}.py"
        assert account in {"ozon", "market_two", "carriers", "store", ""}


def test_dag_files_are_short_and_import_nothing_but_airflow_and_the_graphs() -> None:
    files = sorted(DAGS.glob("*.py"))
    assert files
    for file in files:
        text = file.read_text(encoding="utf-8")
        assert len(text.splitlines()) <= LONGEST_FILE, file.name
        for node in ast.walk(ast.parse(text)):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            allowed = ("airflow.sdk", "marketsync_airflow", "__future__")
            assert all(name.split(".")[0] in allowed or name in allowed for name in names), file.name


def test_a_run_never_overlaps_another_nor_makes_up_for_missed_ones(dags: dict[str, DAG]) -> None:
    for dag_id, dag in dags.items():
        assert dag.max_active_runs == (20 if dag_id in ASKING else 1), dag_id
        assert dag.catchup is False, dag_id


def test_steps_end_before_their_run_does(dags: dict[str, DAG]) -> None:
    for dag_id, dag in dags.items():
        limits = [task.execution_timeout for task in dag.tasks]
        assert all(limits), dag_id
        if dag_id in ASKING:
            assert dag.dagrun_timeout is None
            continue
        assert dag.dagrun_timeout, dag_id
        assert sum(filter(None, limits), timedelta()) < dag.dagrun_timeout, dag_id


def test_an_upload_ends_by_itself_before_it_is_ended(dags: dict[str, DAG]) -> None:
    uploads = [dag.get_task("upload") for dag in dags.values() if dag.has_task("upload")]
    assert uploads
    for upload in uploads:
        assert upload.execution_timeout is not None
        assert upload.execution_timeout > steps.UPLOAD_BUDGET


def test_retries_go_by_the_error(dags: dict[str, DAG]) -> None:
    for dag in dags.values():
        for task in dag.tasks:
            assert isinstance(task.retry_policy, RetryByRecovery), task
            assert 1 <= task.retries <= 3, task


def test_pools_are_declared_and_take_one_slot(dags: dict[str, DAG]) -> None:
    used = {task.pool for dag in dags.values() for task in dag.tasks}
    assert used - {"default_pool"} == set(declared())
    assert all(task.pool_slots == 1 for dag in dags.values() for task in dag.tasks)


def test_whoever_calls_a_marketplace_does_so_in_its_pool(dags: dict[str, DAG]) -> None:
    calling = {"adopt", "fulfil", "poll_status", "upload", "reconcile", "refresh_dictionaries"}
    for dag in dags.values():
        for task in dag.tasks:
            if task.task_id in calling:
                assert task.pool.startswith("ozon_"), task


def test_tags_name_marketplace_account_pipeline_and_tier(dags: dict[str, DAG]) -> None:
    pipelines, tiers = {str(name) for name in Pipeline}, {str(tier) for tier in Tier}
    for dag_id, dag in dags.items():
        assert len(dag.tags & pipelines) == 1, dag_id
        assert len(dag.tags & tiers) == 1, dag_id
        rest = dag.tags - pipelines - tiers
        account = dag_id.rpartition("__")[0]
        own = (
            {"marketplace:ozon", f"account:{account}"} if account not in {"carriers", "store", ""} else set()
        )
        assert rest == own, dag_id


def test_every_dag_says_what_to_do_when_it_fails(dags: dict[str, DAG]) -> None:
    for dag_id, dag in dags.items():
        assert "Что делать, если упало" in (dag.doc_md or ""), dag_id
        assert "If it failed" in (dag.doc_md or ""), dag_id


def test_no_leaf_can_turn_a_failed_run_green(dags: dict[str, DAG]) -> None:
    assert any(task.is_teardown for dag in dags.values() for task in dag.tasks)
    for dag in dags.values():
        for task in dag.tasks:
            if task.is_teardown:
                assert task.task_id == "report"
                assert task.on_failure_fail_dagrun, dag.dag_id
            elif not task.downstream_task_ids:
                assert task.trigger_rule == TriggerRule.ALL_SUCCESS, task


def test_graphs_are_small_chains_in_the_order_of_the_steps(dags: dict[str, DAG]) -> None:
    chains = {
        "catalog": ["poll_status", "extract_diff", "transform", "upload", "report"],
        "prices": ["plan", "upload", "report"],
        "stocks": ["plan", "upload", "report"],
        "reconcile": ["reconcile", "workbook", "report"],
        "release": ["ask", "answer"],
        "dictionaries": ["refresh_dictionaries"],
        "adopt": ["adopt", "adoption_workbook"],
        "shipments": ["run_shipments"],
        "orders": ["take_orders", "orders_to_shop"],
        "fulfilment": ["fulfil"],
    }
    for dag_id, dag in dags.items():
        assert len(dag.tasks) <= MOST_TASKS, dag_id
        pipeline = dag_id.rpartition("__")[2]
        if pipeline in chains:
            assert [task.task_id for task in dag.topological_sort()] == chains[pipeline]
            assert all(len(task.downstream_task_ids) <= 1 for task in dag.tasks)


def test_no_task_takes_an_argument_that_airflow_keeps_for_itself(dags: dict[str, DAG]) -> None:
    own = {task.task_id for dag in dags.values() for task in dag.tasks if hasattr(tasks, task.task_id)}
    names = [
        name for task_id in own for name in inspect.signature(getattr(tasks, task_id).function).parameters
    ]
    assert names
    assert not set(names) & KNOWN_CONTEXT_KEYS


def _arguments(task_id: str) -> list[str]:
    if task_id in HANDED:
        return HANDED[task_id]
    return list(inspect.signature(getattr(tasks, task_id).function).parameters)


def test_every_task_has_a_step_that_takes_what_it_hands_over(dags: dict[str, DAG]) -> None:
    for dag in dags.values():
        for task in dag.tasks:
            inspect.signature(getattr(steps, task.task_id)).bind("runtime", *_arguments(task.task_id))


def test_only_a_person_starts_an_adoption(dags: dict[str, DAG]) -> None:
    by_hand = {dag_id for dag_id, dag in dags.items() if dag.schedule is None}
    assert by_hand == {"ozon__adopt", "market_two__adopt"}
    assert dags["ozon__adopt"].params["decisions"] is None


def test_reading_the_files_again_makes_no_new_version(dags: dict[str, DAG]) -> None:
    def written(found: dict[str, DAG]) -> dict[str, str]:
        return {
            name: json.dumps(DagSerialization.to_dict(dag)["dag"]["tasks"], sort_keys=True, default=str)
            + json.dumps(DagSerialization.to_dict(dag)["dag"]["timetable"], sort_keys=True, default=str)
            for name, dag in found.items()
        }

    assert written(parse()) == written(dags)


def test_schedules_are_the_account_s(dags: dict[str, DAG]) -> None:
    usual = DagSerialization.to_dict(dags["ozon__prices"])["dag"]["timetable"]
    other = DagSerialization.to_dict(dags["market_two__prices"])["dag"]["timetable"]
    assert "4-59/10 * * * *" in json.dumps(usual)
    assert "1-59/10 * * * *" in json.dumps(other)
    assert all("Europe/Moscow" in json.dumps(timetable) for timetable in (usual, other))


@pytest.mark.parametrize(
    ("dag_id", "awaited"),
    [
        ("ozon__release", {"held"}),
        ("store__import", {"deliveries"}),
        ("carriers__shipments", {"fulfilment"}),
        ("ozon__catalog", {"products", "ozon__tasks"}),
        ("market_two__catalog", {"products", "market_two__tasks"}),
        ("ozon__prices", {"prices"}),
        ("ozon__stocks", {"stock"}),
        ("ozon__orders", {"orders"}),
        ("ozon__fulfilment", {"fulfilment"}),
    ],
)
def test_events_wake_a_dag_beside_its_clock(dags: dict[str, DAG], dag_id: str, awaited: set[str]) -> None:
    timetable = dags[dag_id].timetable
    assets = timetable.asset_condition.objects
    assert {asset.name for asset in assets} == awaited
    assert all(asset.watchers for asset in assets)
    assert timetable.timetable.expression


def test_a_bad_accounts_file_leaves_every_dag_in_place(accounts_file: Path) -> None:
    before = set(parse())
    accounts_file.write_text("version: 1\naccounts:\n  - {id: ozon, marketplace: [\n", encoding="utf-8")
    assert set(parse()) == before
    accounts_file.write_text("version: 1\naccounts: [{id: ozon}]\n", encoding="utf-8")
    assert set(parse()) == before


def run(code: str) -> str:
    """A fresh interpreter's answer: what this one has imported does not count there."""
    paths = os.pathsep.join(str(PROJECT / name) for name in ("include", "plugins"))
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip().splitlines()[-1]


def test_the_domain_package_never_imports_airflow() -> None:
    code = """
import importlib, pkgutil, sys, marketsync
found = pkgutil.walk_packages(marketsync.__path__, "marketsync.")
modules = [module.name for module in found if not module.name.endswith("__main__")]
for name in modules:
    importlib.import_module(name)
print(len(modules), any(name.split(".")[0] == "airflow" for name in sys.modules))
"""
    count, imported = run(code).split()
    assert int(count) > 10
    assert imported == "False"


def test_reading_the_dag_files_does_not_load_what_only_the_steps_need(accounts_file: Path) -> None:
    code = f"""
import sys
from airflow.dag_processing.dagbag import DagBag
bag = DagBag({str(DAGS)!r})
heavy = {{"marketsync.steps", "marketsync.runtime", "marketsync_airflow.runtime", "pandas", "xlsxwriter"}}
print(len(bag.dags), sorted(heavy & set(sys.modules)))
"""
    count, loaded = run(code).split(maxsplit=1)
    assert int(count) > 0
    assert loaded == "[]"
