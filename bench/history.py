"""How long the past of one offer takes to tell, among many offers with a month of changes and calls.

    python -m bench.history [--goods 100000] [--rounds 20]

The floor is the one index look-up that no answer can do without: the offer by its article.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bench.setting import fill, own_database, publish
from marketsync.clock import SYSTEM
from marketsync.db import Database, sql
from marketsync.db.call_log import create_partitions
from marketsync.lineage.past import past
from marketsync.lineage.words import Teller

MOST_MILLISECONDS = 300.0
CHANGES_A_RUN = 240  # prices of one run in ten minutes: ten changes of each offer in a month
READS = 180_000  # pages that a month of reading back takes
DAYS = 31


def main() -> int:
    """Print the table, write the JSON; exit code 1 where the target is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--goods", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=20)
    options = parser.parse_args()
    with own_database() as database:
        for days in range(DAYS, -1, -7):
            create_partitions(database, (SYSTEM.now() - timedelta(days=days)).date())
        fill(
            database,
            "month.sql",
            {"goods": options.goods, "per_run": CHANGES_A_RUN, "reads": READS},
        )
        return publish("history", _measure(database, options.goods, options.rounds))


def _measure(database: Database, goods: int, rounds: int) -> dict[str, Any]:
    articles = [f"A-{1 + round_ * 4999 % goods}" for round_ in range(rounds)]
    now = SYSTEM.now()
    moments = [now, now - timedelta(days=15)]

    def tell(article: str) -> None:
        for at in moments:
            for each in past(database, article, at, limit=30, now=now):
                list(Teller("ru", ZoneInfo("Europe/Moscow"), bodies=True).lines(each))

    took = [_milliseconds(lambda article=article: tell(article)) / len(moments) for article in articles]
    bare = [_milliseconds(lambda article=article: _bare(database, article)) for article in articles]
    slowest = max(took)
    return {
        "offers": goods,
        "changes": _count(database, "change"),
        "calls": _count(database, "api_call"),
        "bare_lookup_ms": round(statistics.median(bare), 2),
        "history_p50_ms": round(statistics.median(took), 1),
        "history_slowest_ms": round(slowest, 1),
        "ratio_to_bare": round(statistics.median(took) / statistics.median(bare), 1),
        "target": f"<= {MOST_MILLISECONDS:.0f} ms",
        "met": slowest <= MOST_MILLISECONDS,
    }


def _bare(database: Database, article: str) -> None:
    with database.transaction() as connection:
        connection.execute(sql("history/offer"), {"article": article}).fetchall()


def _count(database: Database, table: str) -> int:
    with database.transaction() as connection:
        row = connection.execute(f"select count(*) as n from {table}").fetchone()  # noqa: S608 - names of ours
    return int(row["n"]) if row else 0


def _milliseconds(work: Callable[[], None]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


if __name__ == "__main__":
    sys.exit(main())
