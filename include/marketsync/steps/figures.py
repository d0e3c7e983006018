"""The daily figures of orders, and the marketplace's own."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import structlog

from marketsync.accounts import Account
from marketsync.errors import MarketsyncError
from marketsync.orders.figures import keep_ratings, reckon
from marketsync.runtime import Runtime
from marketsync.steps.counts import Counts

__all__ = ["order_figures"]

_log = structlog.get_logger(__name__)


def order_figures(runtime: Runtime, account: str | None = None) -> Counts:
    """Reckon the figures of the accounts that take orders, read the marketplace's, warn before its thresholds.

    A marketplace that cannot be asked leaves its figures as they were; the others go on.

    Args:
        account: of this one only.

    Raises:
        BadInput: there is no such account.
    """
    chosen = [runtime.accounts.account(account)] if account else runtime.accounts.accounts
    done = [_of_one(runtime, one) for one in chosen if one.orders]
    return {
        "figures": sum(figures for figures, _ in done),
        "figures_near_threshold": sum(warned for _, warned in done),
    }


def _of_one(runtime: Runtime, account: Account) -> tuple[int, int]:
    now, zone = runtime.clock.now(), ZoneInfo(runtime.accounts.time_zone)
    with runtime.database.transaction() as connection:
        changed = reckon(connection, account, now, zone)
    try:
        ratings = runtime.seller(account.id).desk.rating()
    except MarketsyncError as error:
        _log.error("the marketplace's figures could not be read", account=account.id, error=str(error))
        return changed, 0
    language = runtime.accounts.language
    with runtime.database.transaction() as connection:
        warned = keep_ratings(connection, account, ratings, now, zone=zone, language=language)
    return changed, warned
