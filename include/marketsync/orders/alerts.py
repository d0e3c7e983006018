"""What people must hear of, kept until it is over: one open alert for each trouble.

Whoever finds a trouble raises its alert, in its own transaction, each time it finds it; whoever finds it gone ends it.
The watchdog tells what was not told yet.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal

import psycopg
import structlog

from marketsync.db import sql

__all__ = ["LEVELS", "Alert", "Level", "end_alert", "end_alerts", "raise_alert", "raise_alerts"]

_log = structlog.get_logger(__name__)

Connection = psycopg.Connection[dict[str, Any]]
Level = Literal["notice", "warning", "urgent"]

LEVELS: tuple[Level, ...] = ("notice", "warning", "urgent")
"""From the least to the gravest."""

_LOGGED_AT_ONCE = 20  # of alerts that are raised together; of the others their number


@dataclass(frozen=True, slots=True)
class Alert:
    """A trouble.

    Attributes:
        key: names it, the same each time it is found: 'order/ozon/0001-1/article'.
        message: what, where, what to do now, without anything personal.
    """

    key: str
    level: Level
    message: str
    account: str | None = None
    posting_id: int | None = None


def raise_alert(
    connection: Connection,
    key: str,
    level: Level,
    message: str,
    now: datetime,
    account: str | None = None,
    posting_id: int | None = None,
) -> bool:
    """Open an alert, or let the open one of this key grow; an open one never shrinks, only its words follow.

    Args:
        key, level, message, account, posting_id: see Alert.

    Returns:
        whether it is new or has grown.
    """
    return bool(raise_alerts(connection, [Alert(key, level, message, account, posting_id)], now))


def raise_alerts(connection: Connection, alerts: Sequence[Alert], now: datetime) -> set[str]:
    """The same of many alerts, each key once, in one statement; returns the keys that are new or have grown."""
    if not alerts:
        return set()
    rows = json.dumps([_row(alert) for alert in alerts], ensure_ascii=False)
    grown = {row["key"] for row in connection.execute(sql("alert/raise"), {"rows": rows, "now": now})}
    told = [alert for alert in alerts if alert.key in grown]
    for alert in told[:_LOGGED_AT_ONCE]:
        write = _log.error if alert.level == "urgent" else _log.warning
        write(alert.message, alert=alert.key, level=alert.level, account=alert.account)
    if len(told) > _LOGGED_AT_ONCE:
        _log.warning("more alerts were raised: `marketsync alerts`", alerts=len(told) - _LOGGED_AT_ONCE)
    return grown


def end_alert(connection: Connection, key: str, now: datetime) -> bool:
    """The trouble of that key is over. Returns whether an alert was open."""
    return end_alerts(connection, [key], now) > 0


def end_alerts(connection: Connection, keys: Collection[str], now: datetime) -> int:
    """The troubles of these keys are over. Returns how many alerts were open."""
    if not keys:
        return 0
    return connection.execute(sql("alert/end"), {"keys": list(keys), "now": now}).rowcount


def _row(alert: Alert) -> dict[str, Any]:
    """As Postgres takes it: a text from outside may have what it does not."""
    return {
        name: value.replace("\x00", "\N{REPLACEMENT CHARACTER}") if isinstance(value, str) else value
        for name, value in asdict(alert).items()
    }
