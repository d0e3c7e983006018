"""How long it takes to plan prices and promotions together where every good is in an action, and to claim a batch.

    python -m bench.promotions [--goods 100000] [--rounds 3]

The marketplace's part is left out: which actions run and who may enter them is in the tables already. A tenth of the
goods' prices in each of two actions has moved.
"""

from __future__ import annotations

import argparse
import sys
import time
from typing import Any

from bench.setting import fill, own_database, publish
from marketsync.accounts import Promotion, accounts
from marketsync.credentials import Credentials
from marketsync.db import Database
from marketsync.runtime import Runtime
from marketsync.sync import plan, promotions
from marketsync.sync.batch import build

MOST_SECONDS = 10.0


def main() -> int:
    """Print the table, write the JSON; exit code 1 where the target is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--goods", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with own_database() as database:
        fill(database, "million.sql", {"goods": options.goods})
        fill(database, "promotions.sql", {})
        return publish("promotions", _measure(database, options.goods, options.rounds))


def _measure(database: Database, goods: int, rounds: int) -> dict[str, Any]:
    known = accounts()
    chosen = tuple(Promotion(action=action, price="Премиальная") for action in ("1", "2"))
    account = known.accounts[0].model_copy(update={"promotions": chosen})
    known = known.model_copy(update={"accounts": (account,)})
    seller = Runtime(database, known, lambda _id: Credentials("http://127.0.0.1:9", "1", "x")).seller(
        account.id
    )
    promotion, price = seller.lane("promotion"), seller.lane("price")
    promotions.refresh = lambda lane, always=False: None  # the marketplace is not there
    seconds = [_timed(lambda: plan.preview(promotion, limit=0)) for _ in range(rounds)]
    began = time.perf_counter()
    made = plan.make(promotion)
    planned = time.perf_counter() - began
    began = time.perf_counter()
    made_prices = plan.make(price)
    prices = time.perf_counter() - began
    batch = _timed(lambda: build(promotion, None, size=promotion.channel.batch_size))
    price_batch = _timed(lambda: build(price, None, size=price.channel.batch_size))
    return {
        "goods": goods,
        "promotions_planned": made.planned,
        "promotions_held": made.held,
        "prices_planned": made_prices.planned,
        "prices_held": made_prices.held,
        "preview_seconds": round(min(seconds), 2),
        "plan_seconds": round(planned, 2),
        "plan_prices_seconds": round(prices, 2),
        "claim_batch_seconds": round(batch, 2),
        "claim_prices_seconds": round(price_batch, 2),
        "target": f"<= {MOST_SECONDS:.0f} s for both plans",
        "met": planned + prices <= MOST_SECONDS,
    }


def _timed(work: Any) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


if __name__ == "__main__":
    sys.exit(main())
