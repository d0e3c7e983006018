"""What is forgotten of orders: buyers first of all, then labels, and in the end the orders themselves.

A file goes before the row that names it: whoever is killed in between finds the row again and goes on.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from marketsync.db import sql
from marketsync.runtime import Runtime
from marketsync.steps.counts import Counts

__all__ = ["erase_buyers", "forget_orders"]

_AT_ONCE = 1000  # orders in one transaction


def erase_buyers(runtime: Runtime) -> int:
    """Erase the buyers whose time is over, and what is printed with their names; returns how many."""
    accounts = [account for account in runtime.accounts.accounts if account.orders]
    settings = [account.orders for account in accounts if account.orders]
    now = runtime.clock.now()
    values = {
        "accounts": [account.id for account in accounts],
        "ended_days": [one.erase_days for one in settings],
        "made_days": [one.erase_at_latest_days for one in settings],
        "now": now,
    }
    return _in_portions(runtime, "buyers_due", values, "erase_buyers", now)


def forget_orders(runtime: Runtime) -> Counts:
    """Forget labels, orders, and what was told and answered about them, each after its own time."""
    now, keep = runtime.clock.now(), runtime.accounts.retention

    def before(days: int) -> datetime:
        return now - timedelta(days=days)

    labels = _in_portions(runtime, "old_labels", {"before": before(keep.labels)}, "forget_labels", now)
    orders = _in_portions(runtime, "old_orders", {"before": before(keep.orders)}, "forget_orders", now)
    with runtime.database.transaction() as connection:
        rows = connection.execute(
            sql("housekeeping/old_order_rows"),
            {
                "events_before": before(keep.order_events),
                "orders_before": before(keep.orders),
                "labels_before": before(keep.labels),
                "answers_before": before(keep.answers),
                "alerts_before": before(keep.alerts),
            },
        ).fetchone()
        handovers = connection.execute(
            sql("housekeeping/old_handovers"), {"before": before(keep.orders)}
        ).fetchall()
    for row in handovers:
        if row["act_file"]:
            runtime.files.delete(row["act_file"])
    return {"labels": labels, "orders": orders, "handovers": len(handovers), **(rows or {})}


def _in_portions(runtime: Runtime, find: str, values: dict[str, Any], forget: str, now: datetime) -> int:
    done = 0
    while True:
        with runtime.database.transaction() as connection:
            rows = connection.execute(sql(f"housekeeping/{find}"), {**values, "limit": _AT_ONCE}).fetchall()
        if not rows:
            return done
        for row in rows:
            for file in row["files"]:
                runtime.files.delete(file)
        with runtime.database.transaction() as connection:
            ids = [row["posting_id"] for row in rows]
            connection.execute(sql(f"housekeeping/{forget}"), {"ids": ids, "now": now})
        done += len(rows)
