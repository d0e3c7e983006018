"""Spend a marketplace's quota where it earns most: goods in stock first, then the newest; the rest waits.

A quota is read once per upload, and only where something is planned. What is beyond it stays planned with its cause and
the time of the reset: it is no error, nothing is refused, and no call is made for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from marketsync.db import sql
from marketsync.marketplaces.base import Quota
from marketsync.sync.lane import Lane

__all__ = ["Limited", "apportion", "limited"]

_SOONEST = timedelta(minutes=5)

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Limited:
    """How much of a channel waits for a limit.

    Attributes:
        waiting: planned changes.
        until: when there is room again, as far as the marketplace told; None where nothing waits.
        waits_for: quota (of a day, of the assortment), restore (from the archive), pause (asked for by itself).
    """

    waiting: int
    until: datetime | None
    waits_for: str | None


def apportion(lane: Lane) -> Quota | None:
    """Let planned changes go as far as the quota reaches, and hold the rest back until its reset."""
    with lane.database.transaction() as connection:
        counted = connection.execute(sql("plan/count"), lane.key).fetchone() or {}
    if not counted.get("planned") or limited(lane).waits_for == "pause":
        return None
    quota = lane.channel.quota()
    if quota is None:
        return None
    now = lane.clock.now()
    with lane.database.transaction() as connection:
        connection.execute(
            sql("submission/ration"),
            {
                **lane.key,
                "creates": quota.creates,
                "updates": quota.updates,
                # the marketplace's clock may be behind ours
                "resets_at": max(quota.resets_at, now + _SOONEST),
                "stores": [warehouse.store for warehouse in lane.account.warehouses],
                "now": now,
            },
        )
    now_waiting = limited(lane)
    if now_waiting.waiting:
        _log.warning(
            "the marketplace's quota is spent: the rest waits for its reset",
            **lane.key,
            waiting=now_waiting.waiting,
            creates_left=quota.creates,
            updates_left=quota.updates,
            until=quota.resets_at.isoformat(),
        )
    return quota


def limited(lane: Lane) -> Limited:
    """What waits for a limit now."""
    with lane.database.transaction() as connection:
        row = connection.execute(sql("plan/limited"), {**lane.key, "now": lane.clock.now()}).fetchone()
    if row is None or not row["waiting"]:
        return Limited(0, None, None)
    return Limited(row["waiting"], row["until"], row["waits_for"])
