"""Writes docs/DAGs.md from the DAGs themselves: `python -m marketsync_airflow.document [--check]`.

With --check nothing is written: the exit code is 1 where the page is not what the DAGs say. The page
depends on the project's own include/accounts.yaml and nothing else, so that it is the same on every machine.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from marketsync.paths import INCLUDE, PROJECT

if TYPE_CHECKING:
    from airflow.sdk import DAG

__all__ = ["PAGE", "page"]

PAGE = PROJECT / "docs" / "DAGs.md"
_HEAD = """\
# DAGs

Generated from the DAGs by `make docs`; do not edit. Shown here are the DAGs of the accounts in
`include/accounts.yaml`: each further account of a marketplace has its own, `<account>__<pipeline>`.

Схема, расписание и пулы каждого DAG, что он делает и что делать, если он упал.
"""


def page() -> str:
    """The whole page, DAGs by id."""
    from airflow.dag_processing.dagbag import DagBag

    bag = DagBag(str(PROJECT / "dags"))
    if bag.import_errors:
        raise SystemExit("\n".join(f"{name}: {error}" for name, error in sorted(bag.import_errors.items())))
    dags = [bag.dags[dag_id] for dag_id in sorted(bag.dags)]
    table = ["| DAG | когда / when | задачи / tasks |", "|---|---|---|"]
    table += [f"| [{dag.dag_id}](#{dag.dag_id}) | {_when(dag)} | {', '.join(_tasks(dag))} |" for dag in dags]
    return "\n".join([_HEAD, *table, "", *(line for dag in dags for line in _section(dag))])


def _section(dag: DAG) -> Iterator[str]:
    yield f"## {dag.dag_id}\n"
    yield f"- файл / file: `dags/{Path(dag.fileloc).name}`"
    yield f"- когда / when: {_when(dag)}"
    yield f"- метки / tags: {', '.join(f'`{tag}`' for tag in sorted(dag.tags))}"
    yield f"- не дольше / at most: {dag.dagrun_timeout or '—'}\n"
    yield "| задача / task | пул / pool | не дольше / at most | повторы / retries |"
    yield "|---|---|---|---|"
    for name in _tasks(dag):
        task = dag.get_task(name)
        yield f"| `{name}` | `{task.pool}` | {task.execution_timeout} | {task.retries} |"
    yield ""
    # the page's own headings are the first two levels, and a DAG's text has its third and fourth
    yield f"{(dag.doc_md or '').strip()}\n"


def _tasks(dag: DAG) -> list[str]:
    return [task.task_id for task in dag.topological_sort()]  # type: ignore[no-untyped-call]


def _when(dag: DAG) -> str:
    from airflow.sdk import AssetOrTimeSchedule

    if dag.schedule is None:
        return "вручную / by hand"
    # as defaults.when makes it: a clock, or a clock and any of some assets
    timetable: Any = dag.timetable
    if not isinstance(timetable, AssetOrTimeSchedule):
        return f"`{timetable.expression}` ({timetable.timezone})"
    assets: Any = timetable.asset_condition
    clock: Any = timetable.timetable
    names = ", ".join(f"`{name}`" for name in sorted(asset.name for asset in assets.objects))
    return f"{names}; `{clock.expression}` ({clock.timezone})"


def _main(arguments: list[str]) -> int:
    os.environ["MARKETSYNC_ACCOUNTS"] = str(INCLUDE / "accounts.yaml")
    os.environ.setdefault("AIRFLOW__LOGGING__LOGGING_LEVEL", "WARNING")
    with tempfile.TemporaryDirectory(prefix="marketsync-document-") as folder:
        # Airflow makes itself a home when it is imported, and accounts.yaml leaves its last good copy
        os.environ.setdefault("AIRFLOW_HOME", folder)
        os.environ["MARKETSYNC_VAR"] = folder
        text = page()
    if "--check" not in arguments:
        PAGE.write_text(text, encoding="utf-8")
        return 0
    if PAGE.exists() and PAGE.read_text(encoding="utf-8") == text:
        return 0
    sys.stderr.write(f"{PAGE.relative_to(PROJECT)} is not what the DAGs say; run `make docs`\n")
    return 1


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1:]))
