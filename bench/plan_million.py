"""How long a plan over a million offers takes where one in a hundred prices has moved, and how much memory.

    python -m bench.plan_million [--goods 1000000] [--rounds 3]

The floor is the bare comparison in SQL, with nothing written: the join of offers, prices and what is confirmed.
The plan itself also guards every change, keeps what is open and writes the changes down. Then the same once more with
200 price rules that fit every good: by group, by brand, by both and by article.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from typing import Any

from bench.setting import fill, own_database, publish
from marketsync.accounts import accounts
from marketsync.credentials import Credentials
from marketsync.db import Database
from marketsync.runtime import Runtime
from marketsync.steps import price_rules
from marketsync.sync import plan
from marketsync.sync.lane import Lane

MOST_SECONDS = 10.0
MOST_MEGABYTES = 300.0

_BARE = """
select count(*)
from offer o
join price p on p.product_id = o.product_id and p.price_type_id = 1
left join offer_channel oc on oc.offer_id = o.offer_id and oc.channel = 'price' and oc.warehouse = ''
where o.account = 'ozon' and p.amount is distinct from oc.confirmed_amount
"""


def main() -> int:
    """Print the table, write the JSON; exit code 1 where the target is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--goods", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with own_database() as database:
        fill(database, "million.sql", {"goods": options.goods})
        return publish("plan_million", _measure(database, options.goods, options.rounds))


def _measure(database: Database, goods: int, rounds: int) -> dict[str, Any]:
    bare = min(_timed(lambda: _bare(database)) for _ in range(rounds))
    runtime = Runtime(database, accounts(), lambda _id: Credentials("http://127.0.0.1:9", "1", "x"))
    prices = runtime.seller("ozon").lane("price")
    previews = [_timed(lambda: plan.preview(prices, limit=0)) for _ in range(rounds)]
    began = time.perf_counter()
    summary = plan.make(prices)
    made = time.perf_counter() - began
    again = _timed(lambda: plan.make(prices))
    price_rules.take_over(runtime, "ozon", "rules.csv", _rules(), author="bench", reason=None)
    _settle(database, prices)
    ruled_previews = [_timed(lambda: plan.preview(prices, limit=0)) for _ in range(rounds)]
    began = time.perf_counter()
    ruled = plan.make(prices)
    ruled_made = time.perf_counter() - began
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "offers": goods,
        "changes_planned": summary.planned,
        "bare_join_seconds": round(bare, 2),
        "preview_seconds": round(min(previews), 2),
        "plan_seconds": round(made, 2),
        "plan_again_seconds": round(again, 2),
        "ratio_to_bare": round(made / bare, 1),
        "ruled_changes_planned": ruled.planned + ruled.held,
        "ruled_preview_seconds": round(min(ruled_previews), 2),
        "ruled_plan_seconds": round(ruled_made, 2),
        "rules_add_seconds": round(min(ruled_previews) - min(previews), 2),
        "peak_megabytes": round(memory),
        "target": f"<= {MOST_SECONDS:.0f} s, <= {MOST_MEGABYTES:.0f} MB",
        "met": max(made, ruled_made) <= MOST_SECONDS and memory <= MOST_MEGABYTES,
    }


def _rules() -> bytes:
    """200 rules of every rank; the twenty by the uppermost groups fit what the others do not."""
    rows = ["группа;бренд;артикул;вид цены;наценка %;округление;не ниже;не выше;старая цена"]
    rows += [
        f"Раздел {n // 20} / Группа {n};Бренд {n};;Розничная;{n / 10};до 9;90 % Минимальная;;+20 %"
        for n in range(100)
    ]
    rows += [f";Бренд {100 + n};;Розничная;5;до 10;;;" for n in range(50)]
    rows += [f"Раздел {n};;;;1;вверх;;;" for n in range(20)]
    rows += [f";;A-{n * 1000 + 1};Розничная;3;до 9;500;9000;нет" for n in range(30)]
    return "\n".join(rows).encode()


def _settle(database: Database, prices: Lane) -> None:
    """Confirm what the rules want, then move one price in a hundred."""
    with database.transaction() as connection:
        plan.fill_desired(connection, prices)
        connection.execute(
            "update offer_channel as oc set confirmed_amount = d.amount, confirmed_old = d.old, "
            "confirmed_text = d.text, confirmed_floor = coalesce(d.floor, oc.confirmed_floor) "
            "from desired as d where d.offer_id = oc.offer_id"
        )
        connection.execute(
            "update price set amount = amount + 20 where price_type_id = 1 and mod(product_id, 100) = 7"
        )
        connection.execute("delete from change")
    with database.session(autocommit=True) as session:
        session.execute("vacuum full analyze offer_channel")
        session.execute("vacuum analyze price")


def _bare(database: Database) -> None:
    with database.transaction() as connection:
        connection.execute(_BARE)


def _timed(work: Any) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


if __name__ == "__main__":
    sys.exit(main())
