"""How long it takes to hold, to ask about and to release a hundred thousand changes: an account in mode approve.

    python -m bench.releases [--goods 100000]

Every price of the account is due and none was ever released: a first plan holds them all, a person releases the
request as a whole, and the next plan keeps what was released. Nothing is sent.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from typing import Any

from bench.setting import fill, own_database, publish
from marketsync import steps
from marketsync.accounts import Accounts, Mode, accounts
from marketsync.credentials import Credentials
from marketsync.db import Database
from marketsync.runtime import Runtime
from marketsync.steps.release import decide
from marketsync.sync import plan
from marketsync.sync.release import Verdict

MOST_SECONDS = 30.0  # for any one of them: a task has minutes, and a person at a terminal waits


def main() -> int:
    """Print the table, write the JSON; exit code 1 where the target is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--goods", type=int, default=100_000)
    options = parser.parse_args()
    with own_database() as database:
        fill(database, "million.sql", {"goods": options.goods})
        return publish("releases", _measure(database, options.goods))


def _measure(database: Database, goods: int) -> dict[str, Any]:
    known = accounts()
    account = known.accounts[0].model_copy(update={"mode": Mode.APPROVE})
    runtime = Runtime(
        database,
        Accounts(version=1, accounts=(account,)),
        lambda _id: Credentials("http://127.0.0.1:9", "1", "x"),
    )
    prices = runtime.seller(account.id).lane("price")
    held, hold = _timed(lambda: plan.make(prices, full=True))
    _, hold_again = _timed(lambda: plan.make(prices))
    asked, ask = _timed(lambda: steps.ask(runtime, account.id, "bench"))
    decision, release = _timed(
        lambda: decide(runtime, asked.request, Verdict.RELEASED, author="bench", reason="bench")
    )
    kept, keep = _timed(lambda: plan.make(prices))
    slowest = max(hold, hold_again, ask, release, keep)
    return {
        "offers": goods,
        "held": held.held,
        "released": decision.decided,
        "planned_after_release": kept.planned,
        "hold_seconds": round(hold, 2),
        "hold_again_seconds": round(hold_again, 2),
        "ask_seconds": round(ask, 2),
        "release_seconds": round(release, 2),
        "plan_after_release_seconds": round(keep, 2),
        "target": f"<= {MOST_SECONDS:.0f} s each",
        "met": slowest <= MOST_SECONDS and held.held == decision.decided == kept.planned,
    }


def _timed(work: Callable[[], Any]) -> tuple[Any, float]:
    began = time.perf_counter()
    found = work()
    return found, time.perf_counter() - began


if __name__ == "__main__":
    sys.exit(main())
