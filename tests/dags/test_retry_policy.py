"""What is retried, when, and what is left to a person or to the next run."""

from __future__ import annotations

from datetime import timedelta

import pytest
from airflow.sdk import RetryAction
from airflow.sdk.exceptions import AirflowTaskTimeout

from marketsync.errors import BadInput, Fatal, RateLimited, Retriable, Uncertain
from marketsync_airflow.defaults import LONGEST_PAUSE, RetryByRecovery
from marketsync_airflow.steps import StepFailed

POLICY = RetryByRecovery()


@pytest.mark.parametrize("error", [Fatal("no right"), BadInput("line 3"), StepFailed("upload failed")])
def test_what_a_person_must_mend_fails_at_once(error: Exception) -> None:
    decision = POLICY.evaluate(error, 1, 3)
    assert decision.action is RetryAction.FAIL
    assert str(error) in (decision.reason or "")


def test_a_rate_limit_is_waited_for_as_long_as_it_asks() -> None:
    decision = POLICY.evaluate(RateLimited("slow down", delay=42.5), 2, 3)
    assert decision.action is RetryAction.RETRY
    assert decision.retry_delay == timedelta(seconds=42.5)


def test_a_rate_limit_that_asks_for_too_long_is_left_to_the_next_run() -> None:
    error = RateLimited("tomorrow", delay=LONGEST_PAUSE.total_seconds() + 1)
    assert POLICY.evaluate(error, 1, 3).action is RetryAction.FAIL


@pytest.mark.parametrize("error", [Retriable("503"), Uncertain("timeout")])
def test_passing_trouble_is_retried_with_growing_pauses(error: Exception) -> None:
    first, second = (POLICY.evaluate(error, attempt, 3) for attempt in (1, 2))
    assert first.action is second.action is RetryAction.RETRY
    assert first.retry_delay
    assert second.retry_delay
    assert first.retry_delay < second.retry_delay <= LONGEST_PAUSE


def test_pauses_have_an_upper_end() -> None:
    assert POLICY.evaluate(Retriable("503"), 30, 40).retry_delay == LONGEST_PAUSE


def test_a_step_out_of_time_is_taken_up_by_the_next_run() -> None:
    assert POLICY.evaluate(AirflowTaskTimeout("20 min"), 1, 3).action is RetryAction.FAIL


def test_an_unknown_error_is_airflow_s_to_retry() -> None:
    assert POLICY.evaluate(KeyError("x"), 1, 3).action is RetryAction.DEFAULT
