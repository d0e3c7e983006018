"""The one retry loop of calls to the outside."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import structlog
from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt, wait_random_exponential

from marketsync.clock import Clock
from marketsync.errors import RateLimited, Retriable, Uncertain

__all__ = ["ATTEMPTS", "PATIENCE", "retry"]

ATTEMPTS = 4
PATIENCE = 10.0  # seconds a thread waits for a budget; what takes longer is left planned, to be sent later
_FIRST_WAIT = 0.5
_LONGEST_WAIT = 8.0

_log = structlog.get_logger(__name__)
_backoff = wait_random_exponential(multiplier=_FIRST_WAIT, max=_LONGEST_WAIT)

T = TypeVar("T")


def retry(call: Callable[[int], T], *, clock: Clock, repeatable: bool, attempts: int = ATTEMPTS) -> T:
    """Call until it succeeds, for at most `attempts` times.

    `Retriable` is tried again after an exponential pause with jitter; `RateLimited` after its own delay where
    that is at most `PATIENCE`; `Uncertain` only where the call is repeatable; nothing else is.

    Args:
        call: gets the number of the attempt, from 1.
        clock: sleeps.
        repeatable: doing it twice does no harm.
        attempts: the most there may be.

    Raises:
        MarketsyncError: the last attempt's, as it was.
    """

    def may_repeat(error: BaseException) -> bool:
        match error:
            case RateLimited():
                return error.delay <= PATIENCE
            case Uncertain():
                return repeatable
            case _:
                return isinstance(error, Retriable)

    for attempt in Retrying(
        stop=stop_after_attempt(attempts),
        retry=retry_if_exception(may_repeat),
        wait=_wait,
        sleep=clock.sleep,
        before_sleep=_tell,
        reraise=True,
    ):
        with attempt:
            return call(attempt.retry_state.attempt_number)
    raise AssertionError("tenacity ends with a value or an error")


def _error_of(state: RetryCallState) -> BaseException | None:
    return state.outcome.exception() if state.outcome else None


def _wait(state: RetryCallState) -> float:
    error = _error_of(state)
    return error.delay if isinstance(error, RateLimited) else _backoff(state)


def _tell(state: RetryCallState) -> None:
    pause = state.next_action.sleep if state.next_action else 0.0
    _log.warning(
        "call_repeated", attempt=state.attempt_number, pause=round(pause, 2), error=str(_error_of(state))
    )
