"""The person in the demo: answers what the guards ask, in Airflow's own list of required actions."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from marketsync.clock import SYSTEM
from marketsync.errors import Retriable
from stack.airflow_api import AirflowApi

__all__ = ["DISCARD", "answer"]

DISCARD = "Отклонить"
"""As the form of <account>__release words it: what is confirmed stays."""

_POLL_SECONDS = 1.0


def answer(airflow: AirflowApi, dag: str, option: str, reason: str, timeout: float) -> tuple[str, str]:
    """Answer the question that waits in a DAG's runs.

    Returns:
        the run that asked, and the question's subject.

    Raises:
        Retriable: nothing is asked in time.
    """
    limit = SYSTEM.monotonic() + timeout
    while not (asked := _waiting(airflow, dag)):
        if SYSTEM.monotonic() > limit:
            raise Retriable(f"{dag} has asked nothing in {timeout:.0f} s")
        SYSTEM.sleep(_POLL_SECONDS)
    question = asked[0]
    task = question["task_instance"]
    run = str(task["dag_run_id"])
    airflow.call(
        "PATCH",
        f"dags/{quote(dag)}/dagRuns/{quote(run, safe='')}/taskInstances/{quote(task['task_id'])}"
        f"/{task['map_index']}/hitlDetails",
        {"chosen_options": [option], "params_input": {"reason": reason}},
    )
    return run, str(question["subject"])


def _waiting(airflow: AirflowApi, dag: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = airflow.call(
        "GET", f"dags/{quote(dag)}/dagRuns/~/hitlDetails?response_received=false&state=awaiting_input"
    )["hitl_details"]
    return found
