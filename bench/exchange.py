"""The exchange through Airflow against the sandbox: full pushes, idle cycles, small changes, latency of one change.

    python -m bench.exchange [--goods 6000] [--deliveries 20]

Everything runs as in production on one machine: all DAGs on, Airflow's LocalExecutor, embedded Postgres. Floors are
what the marketplace's limits leave: 80 stock calls in any minute.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import shutil
import statistics
import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import requests

from bench.one_change import write_prices, write_rests
from demo.sandbox_client import Cabinet
from demo.story import Story
from marketsync.clock import SYSTEM
from marketsync.db import Database, embedded, sql
from marketsync.paths import PROJECT
from marketsync.runtime import Runtime
from marketsync.shop.handover import deliver_folder
from stack.machine import Stack, end

RESULTS = PROJECT / "bench" / "results" / "exchange.json"
WRITES = ("/v3/product/import", "/v1/product/import/prices", "/v2/products/stocks")
STOCKS = WRITES[2]
MOST_TIMES_FLOOR = 1.15
PAIR_PAUSE = 35.0  # seconds; a pair of offer and warehouse takes one update in 30
MOST_LATENCY = 30.0
_WAIT = 900.0


@dataclass(slots=True)
class Line:
    """One figure against its target."""

    name: str
    value: str
    target: str
    met: bool


def main() -> int:
    """Print the table, write the JSON; exit code 1 where a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--goods", type=int, default=6000)
    parser.add_argument("--deliveries", type=int, default=20)
    options = parser.parse_args()
    home = PROJECT / "var" / "bench"
    os.environ["MARKETSYNC_VAR"] = str(home)
    os.environ.pop("MARKETSYNC_DATABASE_URL", None)
    end()
    embedded.stop()
    shutil.rmtree(embedded.data_folder(), ignore_errors=True)
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    subprocess.run(
        [sys.executable, "-m", "sandbox.generator", str(home / "deliveries"), "--goods", str(options.goods)],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    with Stack(report=print) as stack:
        os.environ.update(stack.environment)
        runtime = Runtime(Database(stack.database_url), Runtime.from_environment().accounts)
        bench = Bench(stack, runtime, home)
        bench.full_load()
        bench.idle()
        bench.one_percent()
        bench.latency(options.deliveries)
        runtime.database.close()
    for line in bench.lines:
        print(f"{line.name:<46} {line.value:>22}  {line.target:<34} {'met' if line.met else 'MISSED'}")
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(
        json.dumps([{**vars_of(line)} for line in bench.lines], indent=2, ensure_ascii=False),
        encoding="utf-8",
    )
    return 0 if all(line.met for line in bench.lines) else 1


def vars_of(line: Line) -> dict[str, Any]:
    """A line as JSON."""
    return {"name": line.name, "value": line.value, "target": line.target, "met": line.met}


class Bench:
    """Plays the exchange and measures it in the sandbox's call log."""

    def __init__(self, stack: Stack, runtime: Runtime, home: Path) -> None:
        self.lines: list[Line] = []
        self._stack = stack
        self._runtime = runtime
        self._home = home
        self._cabinet = Cabinet(stack.sandbox_url)
        self._story = Story(stack, runtime, "ozon", print)

    def full_load(self) -> None:
        """Cards, prices and stocks of the whole catalog."""
        self._story.dictionaries()
        since = self._cabinet.last_call()
        self._story.deliver(self._home / "deliveries" / "first", "full load")
        cards, prices, stocks = (self._cabinet.traffic(path, since) for path in WRITES)
        floor = 60.0 * ((max(stocks.calls, 1) - 1) // 80)
        ratio = stocks.seconds / floor if floor else 1.0
        self._add("full stock push, pairs / calls", f"{stocks.items} / {stocks.calls}", "", met=True)
        self._add(
            "full stock push, seconds / floor",
            f"{stocks.seconds:.1f} / {floor:.0f} = {ratio:.2f}",
            f"<= {MOST_TIMES_FLOOR} x the floor",
            met=ratio <= MOST_TIMES_FLOOR,
        )
        refused = cards.refused + prices.refused + stocks.refused
        self._add("answers 429", str(refused), "0", met=refused == 0)
        least = math.ceil(prices.items / 1000)
        self._add("full price push, calls", str(prices.calls), str(least), met=prices.calls == least)
        self._add("cards, items / calls", f"{cards.items} / {cards.calls}", "", met=True)

    def idle(self) -> None:
        """A cycle in which nothing changed."""
        since = self._cabinet.last_call()
        for pipeline in ("catalog", "prices", "stocks"):
            dag = f"ozon__{pipeline}"
            self._stack.airflow.wait_run(dag, self._stack.airflow.trigger(dag), _WAIT)
        calls = sum(self._cabinet.traffic(path, since).calls for path in WRITES)
        self._add("a cycle in which nothing changed, calls", str(calls), "0", met=calls == 0)

    def one_percent(self) -> None:
        """One in a hundred offers gets another price and other counts, once every pair may be sent again."""
        SYSTEM.sleep(PAIR_PAUSE)
        offers = self._offers()
        chosen = offers[:: max(len(offers) // max(len(offers) // 100, 1), 1)]
        folder = self._home / "one-percent"
        counts = {offer["guid"]: dict.fromkeys(offer["warehouses"], 40) for offer in chosen}
        write_rests(folder, counts)
        write_prices(folder, {o["guid"]: Decimal(o["amount"]) + 10 for o in chosen}, chosen[0]["price_type"])
        since = self._cabinet.last_call()
        self._story.deliver(folder, "1 % of the offers")
        _, prices, stocks = (self._cabinet.traffic(path, since) for path in WRITES)
        least = math.ceil(stocks.items / 100)
        self._add(
            "1 % changed, stock pairs / calls",
            f"{stocks.items} / {stocks.calls}",
            f"{least} calls",
            met=stocks.calls == least,
        )
        self._add(
            "1 % changed, prices / calls", f"{prices.items} / {prices.calls}", "1 call", prices.calls == 1
        )

    def latency(self, deliveries: int) -> None:
        """From the delivery of one good's new count to its acceptance by the sandbox."""
        seconds = [
            self._one(offer, number) for number, offer in enumerate(self._offers()[1 : deliveries + 1])
        ]
        p95 = statistics.quantiles(seconds, n=20)[-1] if len(seconds) > 1 else seconds[0]
        self._add(
            f"one changed good, {len(seconds)} deliveries, p50 / p95 s",
            f"{statistics.median(seconds):.1f} / {p95:.1f}",
            f"p95 <= {MOST_LATENCY:.0f} s",
            met=p95 <= MOST_LATENCY,
        )

    def _one(self, offer: dict[str, Any], number: int) -> float:
        folder = self._home / f"one-{number}"
        write_rests(folder, {offer["guid"]: dict.fromkeys(offer["warehouses"], 60 + number)})
        since = self._cabinet.last_call()
        began = SYSTEM.now()
        deliver_folder(self._runtime.database, SYSTEM, self._runtime.files, folder)
        limit = SYSTEM.monotonic() + _WAIT
        while SYSTEM.monotonic() < limit:
            self._stack.check()
            for call in self._calls(since):
                if call["status"] == 200 and offer["external_id"] in (call["request_body"] or ""):
                    return (datetime.fromisoformat(call["at"]) - began).total_seconds() + call[
                        "milliseconds"
                    ] / 1000
            SYSTEM.sleep(0.2)
        raise TimeoutError(f"{offer['article']} was not sent within {_WAIT:.0f} s")

    def _calls(self, since: int) -> list[dict[str, Any]]:
        address = f"{self._stack.sandbox_url}/_sandbox/calls"
        query = {"path": STOCKS, "since": str(since), "with_bodies": "1"}
        calls: list[dict[str, Any]] = requests.get(address, params=query, timeout=30).json()
        return calls

    def _offers(self) -> list[dict[str, Any]]:
        with self._runtime.database.transaction() as connection:
            return connection.execute(
                sql("look/sellable_offers"), {"account": "ozon", "price_type": "Розничная"}
            ).fetchall()

    def _add(self, name: str, value: str, target: str, met: bool) -> None:
        self.lines.append(Line(name, value, target, met))
        print(f"{name}: {value}")


if __name__ == "__main__":
    sys.exit(main())
