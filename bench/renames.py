"""How long the next steps of renames take to find among many offers.

    python -m bench.renames [--goods 100000]

One good in a hundred has another article: a third a free one, a third swapped theirs in pairs, a third pass theirs on
in one line. An idle plan is one where nothing has another article, as nearly always.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from typing import Any

from bench.setting import fill, own_database, publish
from marketsync.accounts import accounts
from marketsync.credentials import Credentials
from marketsync.db import Database
from marketsync.runtime import Runtime
from marketsync.sync import cards, plan

MOST_SECONDS = 10.0

_RENAMED = """
update product as p
set article = case mod(w.place, 3)
    when 0 then 'free-' || p.product_id
    when 1 then 'A-' || case when mod(w.place / 3, 2) = 0 then w.product_id + 300 else w.product_id - 300 end
    else 'A-' || (w.product_id + 300)
end
from (
    select product_id, product_id / 100 as place from product where mod(product_id, 100) = 0
) as w
where w.product_id = p.product_id
"""


def main() -> int:
    """Print the table, write the JSON; exit code 1 where the target is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--goods", type=int, default=100_000)
    options = parser.parse_args()
    with own_database() as database:
        fill(database, "million.sql", {"goods": options.goods})
        return publish("renames", _measure(database, options.goods))


def _measure(database: Database, goods: int) -> dict[str, Any]:
    runtime = Runtime(database, accounts(), lambda _id: Credentials("http://127.0.0.1:9", "1", "x"))
    seller = runtime.seller("ozon")
    renames, archive = seller.lane("rename"), seller.lane("archive")
    idle = _timed(lambda: plan.make(renames))
    shelf = _timed(lambda: plan.make(archive))
    with database.transaction() as connection:
        connection.execute(_RENAMED)
    seconds = _timed(lambda: plan.make(renames))
    marks = _timed(lambda: cards.enlist(seller.cards))
    with database.transaction() as connection:
        (row,) = connection.execute(
            "select count(*) as n from change where channel = 'rename' and state in ('planned', 'held')"
        ).fetchall()
    return {
        "offers": goods,
        "goods_renamed": goods // 100,
        "steps_planned": row["n"],
        "idle_plan_seconds": round(idle, 2),
        "plan_seconds": round(seconds, 2),
        "archive_plan_seconds": round(shelf, 2),
        "marks_seconds": round(marks, 2),
        "target": f"<= {MOST_SECONDS:.0f} s each",
        "met": max(idle, seconds, shelf, marks) <= MOST_SECONDS,
    }


def _timed(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


if __name__ == "__main__":
    sys.exit(main())
