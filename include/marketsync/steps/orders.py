"""The orders of an account, read into the inbox."""

from __future__ import annotations

from dataclasses import asdict

import structlog

from marketsync.errors import BadInput, Place
from marketsync.orders.intake import Intake
from marketsync.runtime import Runtime
from marketsync.steps.counts import Counts

__all__ = ["intake", "take_orders"]

_log = structlog.get_logger(__name__)


def intake(runtime: Runtime, account: str) -> Intake:
    """What reads the account's orders.

    Raises:
        BadInput: it takes none.
    """
    seller = runtime.seller(account)
    settings = seller.account.orders
    if settings is None:
        raise BadInput(
            f"аккаунт {account} не принимает заказы",
            place=Place(file="accounts.yaml", account=account, field="orders"),
            hint="Добавьте аккаунту раздел orders: {}",
        )
    return Intake(runtime.database, runtime.clock, seller.account, settings, seller.desk)


def take_orders(runtime: Runtime, account: str) -> Counts:
    """Read what changed, what is open, what pushes told of, and what came back; reserve and give back.

    Raises:
        MarketsyncError: something could not be read; everything else was.
    """
    read = intake(runtime, account).run()
    counts: Counts = {
        **asdict(read.orders),
        "returns": read.returns,
        "set_aside": read.bad,
        "lapsed": read.lapsed,
        "pages": read.pages,
    }
    _log.info("orders were read", account=account, **counts)
    return counts
