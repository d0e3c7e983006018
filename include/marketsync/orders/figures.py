"""The daily figures of orders, the store's own beside the marketplace's, and the warning before a threshold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from marketsync.accounts import Account
from marketsync.db import sql
from marketsync.marketplaces.orders import Rating
from marketsync.orders.alerts import Connection, Level, end_alert, raise_alert
from marketsync.reports.texts import Language, Words

__all__ = ["OWN", "Judged", "figures_of", "judge", "keep_ratings", "reckon"]

DAYS = 30
"""Days that are reckoned anew each time: an order's late assembly, or its cancellation, comes days after it."""

OWN = (
    "orders", "assembled", "reaction_p50", "reaction_p95", "cancelled_by_us", "assembled_late", "on_time", "errors",
)  # fmt: skip
"""The store's own figures: counts, minutes, and percent of the day's orders; errors: cancelled by us, or late."""

_TITLES = {
    "cancelled_by_us": Words("Отменено нами, %", "Cancelled by us, %"),
    "assembled_late": Words("Собрано с опозданием, %", "Assembled late, %"),
    "on_time": Words("Собрано вовремя, %", "Assembled in time, %"),
    "errors": Words("Отменено нами или собрано с опозданием, %", "Cancelled by us or assembled late, %"),
}
_WORDS: dict[Level, Words] = {
    "notice": Words(
        "{account}: показатель «{title}» подходит к порогу: {value} при пороге {limit}. {do}",
        "{account}: the figure {title} comes near its threshold: {value}, threshold {limit}. {do}",
    ),
    "warning": Words(
        "{account}: показатель «{title}» за порогом предупреждения: {value} при пороге {limit}. {do}",
        "{account}: the figure {title} is beyond its warning: {value}, threshold {limit}. {do}",
    ),
    "urgent": Words(
        "{account}: показатель «{title}» за порогом блокировки: {value} при пороге {limit}. {do}",
        "{account}: the figure {title} is beyond its limit: {value}, limit {limit}; sales may be blocked. {do}",
    ),
}
_DO = Words(
    "Посмотрите, что просрочено (`marketsync orders due {account}`) и что отменяется (`marketsync figures {account}`)",
    "See what is overdue (`marketsync orders due {account}`) and cancelled (`marketsync figures {account}`)",
)


@dataclass(frozen=True, slots=True)
class Judged:
    """How near a figure is to its threshold, and which threshold that is."""

    level: Level
    limit: Decimal


def reckon(connection: Connection, account: Account, now: datetime, zone: ZoneInfo) -> int:
    """Reckon the store's own figures of the last days; returns how many changed."""
    first = now.astimezone(zone).date() - timedelta(days=DAYS)
    return connection.execute(
        sql("figures/own"), {"account": account.id, "first": first, "zone": zone.key, "now": now}
    ).rowcount


def keep_ratings(
    connection: Connection,
    account: Account,
    ratings: Sequence[Rating],
    now: datetime,
    *,
    zone: ZoneInfo,
    language: Language,
) -> int:
    """Keep what the marketplace makes of an account, and warn where it, or our own figure, comes near a threshold.

    Returns:
        how many alerts are open for it now.
    """
    today = now.astimezone(zone).date()
    share = Decimal(str(account.orders.figure_share if account.orders else 1))
    warned = 0
    for rating in ratings:
        _keep(connection, account.id, today, rating.name, rating.title, rating.value, rating, now)
        key = f"rating/{account.id}/{rating.name}"
        warned += _warn(connection, account.id, key, rating, rating.title, rating.value, share, now, language)
        if rating.figure in _TITLES:
            value = _window(connection, account.id, rating.figure, today, rating.days)
            title = _TITLES[rating.figure].of(language)
            _keep(connection, account.id, today, f"{rating.figure}_{rating.days}d", title, value, rating, now)
            key = f"figure/{account.id}/{rating.figure}"
            warned += _warn(connection, account.id, key, rating, title, value, share, now, language)
    return warned


def judge(rating: Rating, value: Decimal | None, share: Decimal) -> Judged | None:
    """How near `value` is to a rating's thresholds; None: far enough, or without thresholds.

    Args:
        share: of the way from the best possible value to the nearest threshold, from which on it is a notice. The best
            of what should be low is 0; where the best of what should be high is not known, there is no notice.
    """
    if value is None:
        return None
    sign = -1 if rating.higher_is_better else 1
    if rating.danger is not None and sign * (value - rating.danger) > 0:
        return Judged("urgent", rating.danger)
    if rating.warning is not None and sign * (value - rating.warning) > 0:
        return Judged("warning", rating.warning)
    limit = rating.warning if rating.warning is not None else rating.danger
    best = rating.best if rating.higher_is_better else rating.best or Decimal(0)
    if limit is None or best is None:
        return None
    near = best + share * (limit - best)
    return Judged("notice", limit) if sign * (value - near) >= 0 and limit != best else None


def figures_of(connection: Connection, account: str, first: date) -> list[dict[str, Any]]:
    """day, name, title, value, warning, danger, read_at; the latest day first."""
    return connection.execute(sql("figures/of"), {"account": account, "first": first}).fetchall()


def _window(connection: Connection, account: str, name: str, today: date, days: int) -> Decimal | None:
    row = connection.execute(
        sql("figures/window"),
        {"account": account, "name": name, "first": today - timedelta(days=days - 1), "last": today},
    ).fetchone()
    value: Decimal | None = row["value"] if row else None
    return value.quantize(Decimal("0.01")) if value is not None else None


def _keep(
    connection: Connection,
    account: str,
    day: date,
    name: str,
    title: str,
    value: Decimal | None,
    rating: Rating,
    now: datetime,
) -> None:
    connection.execute(
        sql("figures/keep"),
        {
            "account": account,
            "day": day,
            "name": name,
            "title": title,
            "value": value,
            "warning": rating.warning,
            "danger": rating.danger,
            "now": now,
        },
    )


def _warn(
    connection: Connection,
    account: str,
    key: str,
    rating: Rating,
    title: str,
    value: Decimal | None,
    share: Decimal,
    now: datetime,
    language: Language,
) -> bool:
    judged = judge(rating, value, share)
    if judged is None:
        end_alert(connection, key, now)
        return False
    text = (
        _WORDS[judged.level]
        .of(language)
        .format(
            account=account,
            title=title,
            value=value,
            limit=judged.limit,
            do=_DO.of(language).format(account=account),
        )
    )
    raise_alert(connection, key, judged.level, text, now, account=account)
    return True
