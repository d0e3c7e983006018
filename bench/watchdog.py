"""How long a round of the watchdog, the list of what is due, and the daily figures take beside a year of orders.

    python -m bench.watchdog [--history 200000] [--open 10000]

The first round raises an alert for each open order whose time comes near; a later one has nothing new to say.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from bench.setting import fill, own_database, publish
from marketsync.accounts import Accounts
from marketsync.clock import SYSTEM
from marketsync.credentials import credentials
from marketsync.db import Database
from marketsync.orders.deadlines import by_slack
from marketsync.orders.figures import reckon
from marketsync.watchdog.watch import Watchdog

MOST_SECONDS = 5.0
"""Of a round in which much is new: a twelfth of the minute that it has."""

_ACCOUNTS = Accounts.model_validate(
    {
        "version": 1,
        "accounts": [
            {
                "id": "ozon",
                "marketplace": "ozon",
                "connection": "ozon",
                "mapping": "ozon",
                "mark": {},
                "warehouses": [],
                "orders": {},
            }
        ],
    }
)


def main() -> int:
    """Print the table, write the JSON; exit code 1 where the target is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--history", type=int, default=200_000)
    parser.add_argument("--open", type=int, default=10_000)
    options = parser.parse_args()
    with own_database() as database:
        fill(database, "orders.sql", {"history": options.history, "open": options.open})
        return publish("watchdog", _measure(database, options.history, options.open))


def _measure(database: Database, history: int, open_orders: int) -> dict[str, Any]:
    watchdog = Watchdog(database, SYSTEM, lambda: _ACCOUNTS, credentials)
    first = _seconds(lambda: watchdog.sit(rounds=1))
    later = _seconds(lambda: watchdog.sit(rounds=1))
    with database.transaction() as connection:
        row = connection.execute("select count(*) as n from alert").fetchone()
        listing = _seconds(lambda: by_slack(connection, SYSTEM.now()))
        account = _ACCOUNTS.accounts[0]
        figures = _seconds(lambda: reckon(connection, account, SYSTEM.now(), ZoneInfo("Europe/Moscow")))
    return {
        "orders": history + open_orders,
        "open": open_orders,
        "alerts": row["n"] if row else 0,
        "first_round_s": round(first, 2),
        "later_round_s": round(later, 3),
        "due_list_s": round(listing, 3),
        "figures_s": round(figures, 2),
        "target": f"a round <= {MOST_SECONDS:.0f} s",
        "met": max(first, later) <= MOST_SECONDS,
    }


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


if __name__ == "__main__":
    sys.exit(main())
