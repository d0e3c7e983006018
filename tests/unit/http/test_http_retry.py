"""The retry loop repeats what may be repeated, as often as it may, after the right pause."""

from __future__ import annotations

import pytest

from marketsync.errors import BadInput, Fatal, RateLimited, Retriable, Uncertain
from marketsync.http.answers import RequestRefused
from marketsync.http.retry import retry
from tests.unit.http.far_side import FakeClock


class _Fails:
    """Fails with one error after another, then answers with the number of the attempt."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.attempts: list[int] = []

    def __call__(self, attempt: int) -> int:
        self.attempts.append(attempt)
        if self.errors:
            raise self.errors.pop(0)
        return attempt


def test_a_first_success_is_no_retry() -> None:
    clock, call = FakeClock(), _Fails()

    assert retry(call, clock=clock, repeatable=True) == 1
    assert clock.slept == []


def test_passing_trouble_is_repeated_with_growing_pauses() -> None:
    clock, call = FakeClock(), _Fails(Retriable("a"), Retriable("b"), Retriable("c"))

    assert retry(call, clock=clock, repeatable=False) == 4
    assert call.attempts == [1, 2, 3, 4]
    for pause, most in zip(clock.slept, [0.5, 1.0, 2.0], strict=True):
        assert 0 <= pause <= most


def test_the_last_error_is_raised_as_it_was() -> None:
    last = Retriable("the fourth")
    call = _Fails(Retriable("a"), Uncertain("b"), RateLimited("c", delay=1.0), last)

    with pytest.raises(Retriable) as raised:
        retry(call, clock=FakeClock(), repeatable=True)

    assert raised.value is last
    assert call.attempts == [1, 2, 3, 4]


@pytest.mark.parametrize(("delay", "attempts"), [(0.0, 2), (3.0, 2), (10.0, 2), (10.1, 1), (86_400.0, 1)])
def test_a_pause_is_kept_exactly_or_not_waited_for(delay: float, attempts: int) -> None:
    clock, call = FakeClock(), _Fails(RateLimited("slow", delay=delay))

    if attempts == 2:
        assert retry(call, clock=clock, repeatable=False) == 2
        assert clock.slept == [delay]
    else:
        with pytest.raises(RateLimited):
            retry(call, clock=clock, repeatable=False)
        assert clock.slept == []


@pytest.mark.parametrize(("repeatable", "attempts"), [(True, 2), (False, 1)])
def test_an_uncertain_call_is_repeated_only_where_that_does_no_harm(repeatable: bool, attempts: int) -> None:
    call = _Fails(Uncertain("silence"))

    if repeatable:
        assert retry(call, clock=FakeClock(), repeatable=True) == attempts
    else:
        with pytest.raises(Uncertain):
            retry(call, clock=FakeClock(), repeatable=False)
    assert len(call.attempts) == attempts


@pytest.mark.parametrize(
    "error",
    [
        Fatal("no key"),
        BadInput("no file"),
        RequestRefused("no", status=400, code="3", text="no"),
        ValueError("a mistake of the program"),
    ],
)
def test_what_no_retry_helps_is_raised_at_once(error: Exception) -> None:
    clock, call = FakeClock(), _Fails(error)

    with pytest.raises(type(error)):
        retry(call, clock=clock, repeatable=True)

    assert call.attempts == [1]
    assert clock.slept == []


def test_a_repetition_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    retry(_Fails(Retriable("the gateway is down")), clock=FakeClock(), repeatable=True)

    told = capsys.readouterr().out
    assert "call_repeated" in told
    assert "the gateway is down" in told
