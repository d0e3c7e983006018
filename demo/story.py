"""The acts of the demo: a full load, a day's changes, somebody's edits in the cabinet, and the proof after each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from demo import person
from demo.judge import Verdict, judge, read_expected
from demo.sandbox_client import Cabinet, Traffic
from demo.table import Row
from demo.watch import Watch
from marketsync.clock import SYSTEM
from marketsync.db import sql
from marketsync.errors import Retriable
from marketsync.runtime import Runtime
from marketsync.shop.handover import deliver_folder
from stack.machine import Stack

__all__ = ["Outcome", "Story"]

_CARDS = "/v3/product/import"
_PRICES = "/v1/product/import/prices"
_STOCKS = "/v2/products/stocks"
_LEAST_ON_SALE = 0.97

# Ozon Seller API: 80 stock calls a minute; 50 calls a second over all methods
_STOCK_CALLS_A_MINUTE = 80
_CALLS_A_SECOND = 50

# the cabinet shows an edit a moment later, as the real one does
_VISIBLE_AFTER = 5.0

_IMPORT_SECONDS = 300.0
_REST_SECONDS = 900.0
_RUN_SECONDS = 300.0
_QUESTION_SECONDS = 120.0


@dataclass(slots=True)
class Outcome:
    """What the demo came to."""

    rows: list[Row] = field(default_factory=list)
    held: dict[str, int] = field(default_factory=dict)
    refused: dict[str, int] = field(default_factory=dict)
    causes: list[tuple[str, dict[str, int], int]] = field(default_factory=list)
    differences: list[str] = field(default_factory=list)
    workbook: str = ""
    failures: list[str] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        """The sandbox is what was expected, and no step failed."""
        return not self.failures


class Story:
    """Plays the acts in order and writes down what happened.

    Args:
        stack: running.
        runtime: of this process, on the stack's database.
        account: the account of accounts.yaml that is played.
        say: is told in a line what happens.
        client_id: of the account's cabinet.
        outcome: where it is written down; one of its own unless given.
    """

    def __init__(
        self,
        stack: Stack,
        runtime: Runtime,
        account: str,
        say: Callable[[str], None],
        *,
        client_id: str = "1001",
        outcome: Outcome | None = None,
    ) -> None:
        self._stack = stack
        self._runtime = runtime
        self._account = account
        self._say = say
        self._watch = Watch(runtime, account, stack.check)
        self.cabinet = Cabinet(stack.sandbox_url, client_id)
        self.outcome = outcome if outcome is not None else Outcome()

    def dictionaries(self) -> None:
        """The categories, attributes and values of the marketplace, before the first card."""
        self.run("dictionaries", "dictionaries")

    def deliver(self, folder: Path, name: str) -> None:
        """Hand a delivery over; Airflow does the rest. Ends when everything has come to rest."""
        self._say(f"{name}: delivered; Airflow imports, plans and sends")
        since = self.cabinet.last_call()
        began = SYSTEM.monotonic()
        exchange = deliver_folder(self._runtime.database, SYSTEM, self._runtime.files, folder)
        seconds, counts = self._watch.imported(exchange, _IMPORT_SECONDS)
        read = sum(counts["read"].get(entity, 0) for entity in ("goods", "offers"))
        self._row(Row(f"{name}: import", items=read, seconds=seconds, result=_changes(counts)))
        self._rest_and_tell(name, "from delivery to rest", since, began)

    def settle(self, name: str) -> None:
        """Wait until everything that differs is sent, and tell what that took."""
        self._rest_and_tell(name, "from the first run to rest", self.cabinet.last_call(), SYSTEM.monotonic())

    def _rest_and_tell(self, name: str, span: str, since: int, began: float) -> None:
        self._watch.at_rest(_REST_SECONDS)
        took = SYSTEM.monotonic() - began
        for label, path, floor in (
            ("cards", _CARDS, _general_floor),
            ("prices", _PRICES, _general_floor),
            ("stocks", _STOCKS, _stock_floor),
        ):
            self._row(_traffic_row(f"{name}: {label}", self.cabinet.traffic(path, since), floor))
        self._row(Row(f"{name}: {span}", seconds=took))

    def prove(self, name: str, expected: Path | None) -> Verdict | None:
        """Hold the cabinet against expected.json."""
        if expected is None:
            return None
        verdict = judge(read_expected(expected), self.cabinet.state())
        share = verdict.share_on_sale
        self._row(
            Row(
                f"{name}: the sandbox against expected.json",
                items=verdict.equal + len(verdict.differences),
                result=f"{len(verdict.differences)} differences; {verdict.on_sale} of {verdict.marked} marked goods "
                f"on sale ({share:.1%})",
            )
        )
        self.outcome.differences += verdict.differences
        if verdict.differences:
            self.outcome.failures.append(f"{name}: {len(verdict.differences)} differences from expected.json")
        if share < _LEAST_ON_SALE:
            self.outcome.failures.append(f"{name}: only {share:.1%} of the marked goods are on sale")
        return verdict

    def edit_cabinet(self, articles: list[str]) -> int:
        """Somebody changes a price, a stock and a name by hand."""
        state = self.cabinet.state()
        edited = 0
        for number, article in enumerate(articles):
            shown = state[article]
            if number % 3 == 0:
                self.cabinet.edit(article, price=f"{float(shown['price']) * 1.1:.2f}", old_price="0")
            elif number % 3 == 1:
                warehouse, stock = next(iter(shown["stocks"].items()))
                self.cabinet.edit(article, stock={warehouse: stock["present"] + 7})
            else:
                self.cabinet.edit(article, name=f"{shown['name']} (правка)")
            edited += 1
        SYSTEM.sleep(_VISIBLE_AFTER)
        self._wait_for_trust(articles)
        self._say(f"{edited} cards were edited by hand in the cabinet: {', '.join(articles)}")
        return edited

    def _wait_for_trust(self, articles: list[str]) -> None:
        """A reading counts only where it began a while after the last call: before that a difference is in flight."""
        after = max(lane.channel.visible_after for lane in self._runtime.seller(self._account).lanes)
        with self._runtime.database.transaction() as connection:
            row = connection.execute(
                sql("look/last_sent"), {"account": self._account, "articles": articles}
            ).fetchone()
        if row and row["sent_at"]:
            SYSTEM.sleep(max((row["sent_at"] + after - SYSTEM.now()).total_seconds(), 0.0))

    def reconcile(self, name: str) -> dict[str, Any]:
        """Run the reconciliation's DAG; return its counts."""
        run = self.run("reconcile", f"{name}: reconciliation")
        rows = self._rows("look/reconciliation")
        if not rows:
            raise Retriable(f"the reconciliation run {run} left no row")
        row = rows[0]
        counts: dict[str, Any] = row["counts"]
        self.outcome.causes.append((name, counts["causes"], counts["healed"]))
        self.outcome.workbook = row["workbook"] or self.outcome.workbook
        return counts

    def turn_down(self, name: str) -> None:
        """A person looks at what the guards ask about, in Airflow, and turns it down."""
        dag = f"{self._account}__release"
        began = SYSTEM.monotonic()
        run, subject = person.answer(
            self._stack.airflow, dag, person.DISCARD, "опечатка в 1С", _QUESTION_SECONDS
        )
        ended = self._stack.airflow.wait_run(dag, run, _RUN_SECONDS)
        if ended.state != "success":
            self.outcome.failures.append(f"{dag} ended as {ended.state}")
        self._row(Row(name, seconds=SYSTEM.monotonic() - began, result=f"{person.DISCARD}: {subject}"))

    def rest(self) -> None:
        """Wait until what was made due again is sent."""
        self._watch.at_rest(_REST_SECONDS)

    def told(self, step: str, verdict: Verdict) -> None:
        """Write down how a cabinet stands against what is expected."""
        wrong = len(verdict.differences)
        self._row(Row(step, items=verdict.marked, result=f"{wrong} differences; {verdict.on_sale} on sale"))
        self.outcome.differences += verdict.differences
        if wrong:
            self.outcome.failures.append(f"{step}: {wrong} differences")

    def tell_holds(self) -> None:
        """What the guards hold and what cannot be sent, now."""
        self.outcome.held = {row["guard"]: row["n"] for row in self._rows("look/held")}
        self.outcome.refused = {row["code"]: row["n"] for row in self._rows("look/refused")}

    def _rows(self, query: str) -> list[dict[str, Any]]:
        with self._runtime.database.transaction() as connection:
            return connection.execute(sql(query), {"account": self._account}).fetchall()

    def run(self, pipeline: str, label: str) -> str:
        """Run one of the account's DAGs to its end."""
        dag = f"{self._account}__{pipeline}"
        began = SYSTEM.monotonic()
        run = self._stack.airflow.trigger(dag)
        ended = self._stack.airflow.wait_run(dag, run, _RUN_SECONDS)
        if ended.state != "success":
            failed = [task.name for task in ended.tasks if task.state == "failed"]
            self.outcome.failures.append(f"{dag} failed at {', '.join(failed)}")
        tasks = ", ".join(f"{task.name} {task.seconds or 0:.0f} s" for task in ended.tasks)
        self._row(Row(label, seconds=SYSTEM.monotonic() - began, result=f"{ended.state}: {tasks}"))
        return run

    def _row(self, row: Row) -> None:
        self.outcome.rows.append(row)
        self._say(f"{row.step}: {row.result or f'{row.seconds or 0:.1f} s'}")


def _traffic_row(step: str, traffic: Traffic, floor: Callable[[int], float]) -> Row:
    refused = f"{traffic.refused} answers 429"
    return Row(
        step,
        items=traffic.items,
        calls=traffic.calls,
        seconds=traffic.seconds,
        floor=floor(traffic.calls),
        result=refused if traffic.calls else "nothing to send",
    )


def _stock_floor(calls: int) -> float:
    """The least seconds between the first and the last of so many calls, 80 in any minute."""
    return 60.0 * ((max(calls, 1) - 1) // _STOCK_CALLS_A_MINUTE)


def _general_floor(calls: int) -> float:
    return float((max(calls, 1) - 1) // _CALLS_A_SECOND)


def _changes(counts: dict[str, Any]) -> str:
    """What an import changed, and what was wrong in it."""
    parts = [
        f"{entity} +{n['added']:,} ~{n['updated']:,} -{n['deleted']:,}"
        for entity in ("products", "prices", "stocks")
        if (n := counts.get(entity))
    ]
    problems = [f"{code} {n}" for code, n in sorted(counts["problems"].items())]
    return "; ".join([", ".join(parts), *([f"noted: {', '.join(problems)}"] if problems else [])])
