"""The one source of time, so that tests can drive it by hand.

Two kinds of duration exist and must not be mixed up. *Delays and lags* (an import that takes seconds, a
read that lags a write) are stretched by the knob `time_scale`. *Limits* (80 calls a minute, 30 seconds
between updates of a pair) run on real seconds, because what a client must keep is real; only the knob
`limit_time_scale` shortens their windows.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime


class Clock:
    """The machine's clock."""

    def monotonic(self) -> float:
        """Seconds that never run backwards; only differences mean something."""
        return time.monotonic()

    def utcnow(self) -> datetime:
        return datetime.now(UTC)  # noqa: TID251 - this is the one place that reads the clock


def iso(moment: datetime) -> str:
    """RFC 3339 in UTC with microseconds and `Z`, the form that Ozon answers with."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
