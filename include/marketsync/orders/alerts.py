"""What people must hear of, kept until it is over: one open alert for each trouble.

Whoever finds a trouble raises its alert, in its own transaction, each time it finds it; whoever finds it gone ends it.
The watchdog tells what was not told yet.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

import psycopg
import structlog

from marketsync.db import sql

__all__ = ["LEVELS", "Level", "end_alert", "raise_alert"]

_log = structlog.get_logger(__name__)

Connection = psycopg.Connection[dict[str, Any]]
Level = Literal["notice", "warning", "urgent"]

LEVELS: tuple[Level, ...] = ("notice", "warning", "urgent")
"""From the least to the gravest."""


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
        key: names the trouble, the same each time it is found: 'order/ozon/0001-1/article'.
        message: what, where, what to do now, without anything personal.

    Returns:
        whether it is new or has grown.
    """
    row = connection.execute(
        sql("alert/raise"),
        {
            "key": key,
            "level": level,
            "message": message,
            "now": now,
            "account": account,
            "posting_id": posting_id,
        },
    ).fetchone()
    if row is None:
        return False
    write = _log.error if level == "urgent" else _log.warning
    write(message, alert=key, level=level, account=account)
    return True


def end_alert(connection: Connection, key: str, now: datetime) -> bool:
    """The trouble of that key is over. Returns whether an alert was open."""
    return connection.execute(sql("alert/end"), {"key": key, "now": now}).rowcount > 0
