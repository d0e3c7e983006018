"""How long a run of X__orders takes with ten thousand open orders: the first, an idle one, one with cancellations.

    python -m bench.orders_poll [--orders 10000] [--goods 100000]

Real calls to the sandbox in a process of its own, real Postgres. The store has a hundred thousand goods with offers;
the orders are of five hundred of them. What the sandbox needs for its answers is in the figures. Orders wait for days
and change once: so that not all of them are "changed lately" too, the overlap is a moment.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from typing import Any

import requests

from bench.setting import fill, own_database, publish
from marketsync import steps
from marketsync.accounts import accounts
from marketsync.credentials import Credentials
from marketsync.db import Database
from marketsync.order_settings import Orders
from marketsync.paths import PROJECT
from marketsync.runtime import Runtime
from marketsync.sync import plan

MOST_SECONDS = 60.0
_CLIENT = "7001"
_SOLD = 500  # goods that are ordered
_AT_ONCE = 100
_START_SECONDS = 30
_MOSCOW = 1020000000001


def main() -> int:
    """Print the table, write the JSON; exit code 1 where the target is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=10_000)
    parser.add_argument("--goods", type=int, default=100_000)
    parser.add_argument("--port", type=int, default=8198)
    options = parser.parse_args()
    sandbox = subprocess.Popen(
        [sys.executable, "-m", "sandbox", "--port", str(options.port), "--time-scale", "0"], cwd=PROJECT
    )
    try:
        with own_database() as database:
            bench = _Bench(database, f"http://127.0.0.1:{options.port}", options.goods)
            return publish("orders_poll", bench.run(options.orders))
    finally:
        sandbox.terminate()
        sandbox.wait(10)


class _Bench:
    def __init__(self, database: Database, sandbox: str, goods: int) -> None:
        self._control = f"{sandbox}/_sandbox"
        self._wait()
        self._call("PATCH", "knobs", {"general": {"keep_bodies": False}})
        fill(database, "million.sql", {"goods": goods})
        fill(database, "stocks.sql", {})
        known = accounts()
        account = known.accounts[0].model_copy(update={"orders": Orders(overlap_minutes=0.01)})
        known = known.model_copy(update={"accounts": (account,)})
        self._goods = goods
        self._database = database
        self._runtime = Runtime(
            database, known, lambda _id: Credentials(f"{sandbox}/ozon", _CLIENT, "sandbox")
        )

    def run(self, orders: int) -> dict[str, Any]:
        before = self._preview()
        cards = [
            {"offer_id": f"A-{n}", "price": "500.00", "stocks": {str(_MOSCOW): {"present": 100_000}}}
            for n in range(1, _SOLD + 1)
        ]
        self._call("POST", f"ozon/{_CLIENT}/cards", {"cards": cards})
        steps.take_orders(self._runtime, "ozon")  # from now on orders are ours
        numbers = self._buy(orders)
        first = self._timed()
        idle = self._timed()
        for number in numbers[: orders // 100]:
            self._call("POST", f"ozon/{_CLIENT}/order_cancel", {"posting_number": number})
        moved = self._timed()
        with self._database.transaction() as connection:
            row = connection.execute(
                "select count(*) as n from reservation where ended_at is null"
            ).fetchone()
        worst = max(first, idle, moved)
        return {
            "orders": orders,
            "goods": self._goods,
            "reserved": row["n"] if row else 0,
            "first_seconds": round(first, 1),
            "idle_seconds": round(idle, 1),
            "one_percent_cancelled_seconds": round(moved, 1),
            "stock_plan_without_orders_seconds": round(before, 2),
            "stock_plan_with_orders_seconds": round(self._preview(), 2),
            "target": f"<= {MOST_SECONDS:.0f} s for each run",
            "met": worst <= MOST_SECONDS,
        }

    def _buy(self, orders: int) -> list[str]:
        numbers: list[str] = []
        while len(numbers) < orders:
            article = f"A-{len(numbers) // _AT_ONCE % _SOLD + 1}"
            wanted = {
                "products": [{"offer_id": article, "quantity": 1}],
                "warehouse_id": _MOSCOW,
                "count": min(_AT_ONCE, orders - len(numbers)),
            }
            made = self._call("POST", f"ozon/{_CLIENT}/order", wanted)
            numbers += made["posting_numbers"]
        return numbers

    def _timed(self) -> float:
        """A whole run: every flow is due."""
        with self._database.transaction() as connection:
            connection.execute("update order_flow set heard_at = '2026-01-01' where flow = 'open'")
        began = time.perf_counter()
        counts = steps.take_orders(self._runtime, "ozon")
        seconds = time.perf_counter() - began
        print(f"{seconds:6.1f} s  {counts}", flush=True)
        return seconds

    def _preview(self) -> float:
        lane = self._runtime.seller("ozon").lane("stock")
        began = time.perf_counter()
        plan.preview(lane, limit=0)
        return time.perf_counter() - began

    def _call(self, method: str, path: str, body: Any) -> Any:
        answer = requests.request(method, f"{self._control}/{path}", json=body, timeout=120)
        answer.raise_for_status()
        return answer.json()

    def _wait(self) -> None:
        ends = time.monotonic() + _START_SECONDS
        while time.monotonic() < ends:
            try:
                requests.get(f"{self._control}/health", timeout=1).raise_for_status()
            except requests.RequestException:
                time.sleep(0.1)
            else:
                return
        raise SystemExit("the sandbox does not answer")


if __name__ == "__main__":
    sys.exit(main())
