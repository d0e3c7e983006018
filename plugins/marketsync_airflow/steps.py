"""The tasks of all graphs: each one opens the runtime, calls its step and hands on ids and counts.

A step that finds nothing ends its run early: what comes after it is skipped, the report is still written.
The report is a teardown that decides the run (`on_failure_fail_dagrun`): Airflow then looks at no other task,
so the report itself fails, once it is written, where a step before it has failed.

Argument names must not be keys of Airflow's context (`run_id`, `params`, `ds`, ...): such a DAG parses and
dies when it runs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.sdk import TaskInstanceState, get_current_context, task
from airflow.sdk.exceptions import DownstreamTasksSkipped

from marketsync.errors import Fatal
from marketsync_airflow.defaults import CARRIERS_POOL, STORE_POOL, Timeout

if TYPE_CHECKING:
    from marketsync.steps import Counts

__all__ = [
    "AGAIN",
    "DECISIONS",
    "StepFailed",
    "adopt",
    "adoption_workbook",
    "answer",
    "extract_diff",
    "fulfil",
    "housekeeping",
    "import_store",
    "plan",
    "poll_status",
    "reconcile",
    "refresh_dictionaries",
    "report",
    "run_shipments",
    "take_orders",
    "transform",
    "upload",
    "workbook",
]


AGAIN = "again"  # the parameter of a run of <account>__fulfilment
DECISIONS = "decisions"  # the parameter of a run of <account>__adopt


class StepFailed(Fatal):
    """The report is written, and says which step before it has failed."""


def _call(step: str, *arguments: object) -> Counts:
    # imported here: reading DAG files must not cost what the steps need
    from marketsync import steps
    from marketsync_airflow.runtime import open_runtime

    with open_runtime() as runtime:
        counts: Counts = getattr(steps, step)(runtime, *arguments)
    return counts


def _go_on(counts: Counts) -> Counts:
    """Hand the counts on, or end the run early where there is nothing to do."""
    if not counts.get("nothing"):
        return counts
    context = get_current_context()
    context["ti"].xcom_push(key="return_value", value=counts)
    rest = [
        later.task_id for later in context["task"].get_flat_relatives(upstream=False) if not later.is_teardown
    ]
    raise DownstreamTasksSkipped(tasks=sorted(rest))  # type: ignore[no-untyped-call]


def _fail_with_the_steps() -> None:
    context = get_current_context()
    states: dict[str, Any] = context["ti"].get_task_states(
        dag_id=context["dag"].dag_id, run_ids=[context["run_id"]]
    )
    failed = sorted(
        name
        for tasks in states.values()
        for name, state in tasks.items()
        if state == TaskInstanceState.FAILED
    )
    if failed:
        raise StepFailed(
            f"The report is written; the run failed at {', '.join(failed)}",
            hint="Read that task's log: its last lines say what happened and what to do",
        )


@task(pool=STORE_POOL, execution_timeout=Timeout.READ)
def import_store() -> Counts:
    """Take over every waiting delivery; a refused one fails the run after the others are in."""
    counts = _call("import_store")
    if counts.get("refused"):
        raise Fatal(
            f"{counts['refused']} of the store's deliveries were refused; nothing of them was taken over",
            hint="The log above names file, line and what to mend; deliver again after that",
        )
    return counts


@task(execution_timeout=Timeout.LONG)
def poll_status(account_id: str) -> Counts:
    """What became of the batches that the marketplace took; waits for none."""
    return _call("poll_status", account_id)


@task
def extract_diff(account_id: str) -> Counts:
    """Which goods differ from what was last dealt with."""
    return _go_on(_call("extract_diff", account_id))


@task(execution_timeout=Timeout.LONG)
def transform(account_id: str) -> Counts:
    """Render the goods by the mapping and plan what is to be sent."""
    return _go_on(_call("transform", account_id))


@task
def plan(account_id: str, pipeline: str) -> Counts:
    """Compare, guard, and write down what is to be sent."""
    return _go_on(_call("plan", account_id, pipeline))


@task(execution_timeout=Timeout.UPLOAD)
def upload(account_id: str, pipeline: str) -> Counts:
    """Send what is planned, as fast as the marketplace's limits allow."""
    return _call("upload", account_id, pipeline)


@task(execution_timeout=Timeout.UPLOAD)
def fulfil(account_id: str) -> Counts:
    """Do what was asked for orders; a refused request fails the run, after everything else is done."""
    context = get_current_context()
    asked: str = context["params"].get(AGAIN) or ""
    run: str = context["run_id"]
    counts = _call("fulfil", account_id, run, asked.strip())
    if counts.get("refused"):
        raise Fatal(
            f"{counts['refused']} requests about orders were refused; everything else is done",
            hint="The log above, and `python -m marketsync fulfilment list`, name order and reason; "
            "clear this task to try them once more",
        )
    return counts


@task(execution_timeout=Timeout.LONG)
def take_orders(account_id: str) -> Counts:
    """Read the orders of the marketplace; a new order that cannot be used does not hold the others."""
    return _call("take_orders", account_id)


@task(pool=CARRIERS_POOL, execution_timeout=Timeout.UPLOAD)
def run_shipments() -> Counts:
    """Order, cancel, print and follow what carriers of ours deliver."""
    return _call("run_shipments")


@task(execution_timeout=Timeout.QUICK)
def orders_to_shop(account_id: str) -> Counts:
    """Put the orders into the shop; what the shop did not take is put there by the next run."""
    return _call("orders_to_shop", account_id)


@task
def answer(account_id: str, given: dict[str, Any]) -> Counts:
    """Release or turn down what a person was asked about, as the answer says."""
    return _call(
        "answer",
        account_id,
        given["request"],
        given["as_of"],
        given["released"],
        given["author"],
        given["reason"],
    )


@task(execution_timeout=Timeout.READ)
def reconcile(account_id: str) -> Counts:
    """Read back what the marketplace shows, compare, name causes, make some of the differences due again."""
    return _call("reconcile", account_id)


@task(execution_timeout=Timeout.LONG)
def workbook(account_id: str, counts: Counts) -> Counts:
    """The reconciliation as a workbook for managers."""
    return _call("workbook", account_id, int(counts["reconciliation"] or 0))


@task(execution_timeout=Timeout.READ)
def adopt(account_id: str) -> Counts:
    """Take over hand-made cards; first what a person decided in the workbook that the run names."""
    context = get_current_context()
    author = context["dag_run"].triggering_user_name or ""
    return _call("adopt", account_id, context["params"].get(DECISIONS) or None, author)


@task(execution_timeout=Timeout.LONG)
def adoption_workbook(account_id: str, counts: Counts) -> Counts:
    """Conflicts, cards that are nobody's, and what was taken over, as a workbook for managers."""
    return _call("adoption_workbook", account_id, int(counts["adoption"] or 0))


@task(execution_timeout=Timeout.READ)
def refresh_dictionaries(account_id: str) -> Counts:
    """Read the marketplace's categories, attributes, values and warehouses anew."""
    return _call("refresh_dictionaries", account_id)


@task(execution_timeout=Timeout.LONG)
def housekeeping() -> Counts:
    """Partitions, retention, and what else has to be done once a day."""
    return _call("housekeeping")


@task
def report(account_id: str, subject: str) -> Counts:
    """Write down what the run did; fails after that where a step of it has failed."""
    counts = _call("report", account_id, subject)
    _fail_with_the_steps()
    return counts
