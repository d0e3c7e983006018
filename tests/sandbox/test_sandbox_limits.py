"""The sliding window holds in every window, not in calendar minutes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.limits import PeakMeter, SlidingWindow


def test_the_call_after_the_last_allowed_waits_until_the_first_is_a_window_old() -> None:
    window = SlidingWindow()
    assert [window.take(now, 3, 60) for now in (0.0, 10.0, 20.0)] == [0.0, 0.0, 0.0]
    assert window.take(59.0, 3, 60) == pytest.approx(1.0)
    assert window.take(60.0, 3, 60) == 0.0
    assert window.take(60.0, 3, 60) == pytest.approx(10.0)


def test_refused_calls_cost_nothing() -> None:
    window = SlidingWindow()
    window.take(0.0, 1, 60)
    for now in range(1, 60):
        assert window.take(float(now), 1, 60) > 0
    assert window.take(60.0, 1, 60) == 0.0


def test_weights_wait_for_enough_room() -> None:
    window = SlidingWindow()
    window.take(0.0, 100, 60, 70)
    window.take(30.0, 100, 60, 20)
    assert window.take(40.0, 100, 60, 30) == pytest.approx(20.0)
    assert window.take(40.0, 100, 60, 95) == pytest.approx(50.0)
    assert window.take(40.0, 100, 60, 101) == 60
    assert window.used(40.0, 60) == 90


@given(st.lists(st.floats(min_value=0, max_value=20), max_size=150), st.integers(min_value=1, max_value=8))
def test_no_window_ever_holds_more_than_the_limit(pauses: list[float], limit: int) -> None:
    window, now, accepted = SlidingWindow(), 0.0, []
    for pause in pauses:
        now += pause
        if window.take(now, limit, 60) == 0.0:
            accepted.append(now)
    for position, moment in enumerate(accepted[limit:], start=limit):
        assert moment - accepted[position - limit] >= 60


def test_the_peak_counts_every_arrival_in_its_fullest_window() -> None:
    meter = PeakMeter(60)
    for now in (0, 1, 2, 59, 60, 61, 62, 63, 200):
        meter.arrived(float(now))
    assert meter.peak == 5  # 59, 60, 61, 62 and 63 share a window; 0, 1 and 2 share one with 59 alone
