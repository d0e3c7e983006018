"""What the client needs from the outside world of this process: a limiter and a call log.

The database implements both (marketsync.db.limiter, marketsync.db.call_log); entry points hand them in, so
that a marketplace's code runs without a database in unit tests.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

__all__ = ["Call", "CallLog", "Limit", "Limiter"]


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `limit` units in any `window` seconds under `key`, over all processes.

    Attributes:
        key: shared by everybody who spends the same budget, e.g. 'ozon/1001/stocks'.
        limit: the vendor's number.
        window: in seconds.
        weight: what one call costs; 1, or its number of items.
    """

    key: str
    limit: int
    window: float
    weight: int = 1


class Limiter(Protocol):
    """Budgets shared by all processes."""

    def acquire(self, limits: Sequence[Limit], *, patience: float) -> None:
        """Take all of the limits at once, waiting for at most `patience` seconds.

        Raises:
            RateLimited: the wait would be longer; nothing was taken.
        """
        ...

    def block(self, key: str, seconds: float) -> None:
        """Nobody may take `key` for the next `seconds`: the other side said so."""
        ...


@dataclass(frozen=True, slots=True)
class Call:
    """One exchange with the outside, for the log; bodies come redacted and cut."""

    at: datetime
    account: str
    method: str
    status: int | None
    outcome: str
    ms: int
    attempt: int
    items: int | None
    submission: int | None
    trace_id: str | None
    request_hash: bytes | None
    request_bytes: int
    response_bytes: int
    request_body: str | None
    response_body: str | None
    error: str | None


class CallLog(Protocol):
    """Where every call is written down."""

    def record(self, call: Call) -> None:
        """Write a call down; must not fail the call it describes."""
        ...
