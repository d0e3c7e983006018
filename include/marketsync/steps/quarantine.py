"""Prices that a marketplace keeps back: shown, and raised again by a person."""

from __future__ import annotations

import json
from typing import Any

from marketsync.db import sql
from marketsync.runtime import Runtime

__all__ = ["quarantined", "raise_quarantined"]


def quarantined(runtime: Runtime, account: str, article: str | None = None) -> list[dict[str, Any]]:
    """The prices that wait: article, name, amount, in_force, state (waiting, dropped), found_at, seen_at."""
    runtime.accounts.account(account)
    with runtime.database.transaction() as connection:
        return connection.execute(sql("quarantine/list"), {"account": account, "article": article}).fetchall()


def raise_quarantined(
    runtime: Runtime, account: str, article: str | None, *, author: str, reason: str
) -> list[str]:
    """Make prices in quarantine due again, once: the articles. They pass the guards as any other price."""
    runtime.accounts.account(account)
    with runtime.database.transaction() as connection:
        rows = connection.execute(
            sql("quarantine/raise"),
            {
                "account": account,
                "article": article,
                "author": author,
                "reason": reason,
                "now": runtime.clock.now(),
            },
        ).fetchall()
        if rows:
            connection.execute(sql("wake/notify"), {"payload": json.dumps({"prices": len(rows)})})
    return [row["article"] for row in rows]
