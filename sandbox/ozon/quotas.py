"""What a cabinet may create, change and bring back: by the day, in all, and by the minute.

Sources: Ozon Seller API, /v4/product/info/limit, the headers of the item limits, the limits of
/v1/product/unarchive. A day ends at 03:00 Moscow time, which is 00:00 UTC.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sandbox.clock import iso
from sandbox.limits import SlidingWindow
from sandbox.ozon.errors import Refusal, too_many_items
from sandbox.ozon.state import Cabinet, DailyUsage
from sandbox.ozon.system import OzonSystem
from sandbox.ozon.validation import Json

_MINUTE_SECONDS = 60


def limits(system: OzonSystem, cabinet: Cabinet, request: Json) -> Json:
    """POST /v4/product/info/limit."""
    knobs, usage, reset_at = system.knobs, today(system, cabinet), iso(reset_moment(system))
    return {
        "daily_create": {"limit": knobs.daily_create_limit, "reset_at": reset_at, "usage": usage.created},
        "daily_update": {"limit": knobs.daily_update_limit, "reset_at": reset_at, "usage": usage.updated},
        "total": {"limit": knobs.total_limit, "usage": in_assortment(cabinet)},
        "operation_limits": {
            "limit": knobs.import_items_per_minute,
            "limit_type": "RATE_LIMIT_PER_MINUTE",
        },
    }


def today(system: OzonSystem, cabinet: Cabinet) -> DailyUsage:
    """Today's usage, which starts anew at the day's end."""
    day = system.clock.utcnow().date().isoformat()
    if cabinet.daily.day != day:
        cabinet.daily = DailyUsage(day=day)
    return cabinet.daily


def reset_moment(system: OzonSystem) -> datetime:
    """The end of the day."""
    now = system.clock.utcnow()
    return now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)


def in_assortment(cabinet: Cabinet) -> int:
    """How many products count against the limit on the assortment: those outside the archive."""
    return sum(not each.archived for each in cabinet.by_id.values())


def assortment_full(system: OzonSystem, cabinet: Cabinet, more: int = 1) -> bool:
    """Whether `more` products would not fit any more."""
    return 0 <= system.knobs.total_limit < in_assortment(cabinet) + more


def over_for_today(system: OzonSystem, remaining: int) -> Refusal:
    """The 429 on a daily limit: its pause lasts until the day's end."""
    until_reset = (reset_moment(system) - system.clock.utcnow()).total_seconds()
    return too_many_items(until_reset, remaining, string_code=system.knobs.item_limit_code == "string")


def take_items(system: OzonSystem, window: SlidingWindow, per_minute: int, items: int) -> None:
    """Count items against a limit by the minute. Raises Refusal (429) beyond it; then none is counted."""
    now, seconds = system.clock.monotonic(), system.window(_MINUTE_SECONDS)
    wait = window.take(now, per_minute, seconds, items)
    if wait > 0:
        raise too_many_items(
            wait,
            per_minute - window.used(now, seconds),
            string_code=system.knobs.item_limit_code == "string",
        )
