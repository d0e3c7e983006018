"""The limiter of all processes: an exact sliding window per key, in Postgres.

Exact means in any window, not in aligned minutes and not on average. The server that counts, however, sees
the calls later than this limiter does, and not all equally late: calls that left here just over a window
apart can arrive less than a window apart. Two margins answer that:

- `MARGIN`: two percent of the vendor's number are left unspent. With none, 82 calls were counted in one
  minute where 80 are allowed.
- `SPREAD`: the window is longer by as much as one call may be later than another. A call over a new
  connection pays for TCP and TLS handshakes first, three or four round trips that others do not pay.
  Between taking a budget and arriving at a server on the same machine lay up to 52 ms, with two busy cores,
  three processes and twelve threads at 50 calls a second; the server never saw more than 49 in any second.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

import psycopg
import structlog

from marketsync.clock import SYSTEM, Clock
from marketsync.db.connection import Database
from marketsync.db.queries import sql
from marketsync.errors import RateLimited, Retriable
from marketsync.http.protocols import Limit

__all__ = ["MARGIN", "SPREAD", "PostgresLimiter", "allowed"]

MARGIN = 0.02
SPREAD = 0.2  # seconds
_JITTER = 0.02  # seconds; those who wait for the same moment come one after another

_log = structlog.get_logger(__name__)


def allowed(limit: Limit) -> int:
    """How many units are spent of a limit: two percent less than the vendor's number, but at least one."""
    return max(1, math.floor(limit.limit * (1 - MARGIN)))


class PostgresLimiter:
    """Budgets in the table rate_limit, shared by all processes; may be used from several threads.

    A key stands for one budget with one window. Postgres' clock is the only clock. Waiting is done without a
    transaction. Those who wait are not queued: light calls can overtake a heavy one until its patience ends.

    Args:
        database: the domain's.
        clock: sleeps and measures patience.
    """

    def __init__(self, database: Database, clock: Clock = SYSTEM) -> None:
        self._database = database
        self._clock = clock

    def acquire(self, limits: Sequence[Limit], *, patience: float) -> None:
        """Take all of the limits at once, waiting for at most `patience` seconds.

        Raises:
            RateLimited: the wait would be longer; nothing was taken.
            Retriable: the database does not answer; nothing was taken.
            ValueError: a weight that never fits, or a key given twice.
        """
        if not limits:
            return
        parameters = _parameters(limits)
        deadline = self._clock.monotonic() + patience
        while wait := self._take(parameters):
            if self._clock.monotonic() + wait > deadline:
                keys = ", ".join(limit.key for limit in limits)
                raise RateLimited(f"The budget {keys} has room in {wait:.1f} s", delay=wait)
            self._clock.sleep(wait + random.uniform(0, _JITTER))

    def block(self, key: str, seconds: float) -> None:
        """Nobody may take `key` for the next `seconds`. Never fails: the answer at hand matters more."""
        try:
            with self._database.transaction() as connection:
                connection.execute(sql("limiter/block"), {"key": key, "seconds": seconds})
        except (psycopg.Error, Retriable) as error:
            _log.warning("limit_not_blocked", key=key, seconds=seconds, error=str(error))

    def _take(self, parameters: dict[str, object]) -> float:
        """0 where the budgets were taken, else the seconds to wait."""
        try:
            with self._database.transaction() as connection:
                row = connection.execute(sql("limiter/take"), parameters).fetchone()
        except psycopg.OperationalError as error:
            raise Retriable(f"The limiter's database does not answer: {error}") from error
        return float(row["wait"]) if row else 0.0


def _parameters(limits: Sequence[Limit]) -> dict[str, object]:
    keys = [limit.key for limit in limits]
    if len(set(keys)) < len(keys):
        raise ValueError(f"A limit's key stands for one window, and is given twice: {', '.join(keys)}")
    for limit in limits:
        if not 1 <= limit.weight <= allowed(limit):
            raise ValueError(
                f"A call of weight {limit.weight} never fits into the limit {limit.key} of {limit.limit} "
                f"per {limit.window:g} s, of which {allowed(limit)} are used: make the batch smaller"
            )
    return {
        "keys": keys,
        "caps": [allowed(limit) for limit in limits],
        "widths": [limit.window + SPREAD for limit in limits],
        "costs": [limit.weight for limit in limits],
        "at": None,
    }
