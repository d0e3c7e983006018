"""What Ozon's figures become: which way is good, which thresholds count, which of our own figures they judge."""

from __future__ import annotations

from decimal import Decimal

from marketsync.marketplaces.ozon.orders import _rating

BOUNDS = {"warning_threshold": 90, "danger_threshold": 80.5}


def test_a_share_that_should_be_high_is_at_best_a_hundred_and_judges_ours() -> None:
    item = {"name": "Вовремя", "current_value": 97.5, "value_type": "PERCENT"}
    item["rating_direction"] = "HIGHER_IS_BETTER"
    found = _rating("rating_on_time", item, BOUNDS)
    assert (found.value, found.warning, found.danger) == (Decimal("97.5"), Decimal(90), Decimal("80.5"))
    assert (found.best, found.higher_is_better) == (Decimal(100), True)
    assert (found.figure, found.days) == ("on_time", 30)


def test_an_index_that_should_be_low_has_no_best_to_be_told() -> None:
    item = {"current_value": 1, "value_type": "INDEX", "rating_direction": "LOWER_IS_BETTER"}
    found = _rating("rating_general_indicator_fbs_rfbs", item, BOUNDS)
    assert (found.title, found.best, found.higher_is_better) == (
        "rating_general_indicator_fbs_rfbs",
        None,
        False,
    )
    assert (found.figure, found.days) == ("errors", 14)


def test_where_neither_way_is_better_thresholds_say_nothing() -> None:
    found = _rating("some", {"current_value": 1, "rating_direction": "NEUTRAL"}, BOUNDS)
    assert (found.value, found.warning, found.danger, found.figure) == (Decimal(1), None, None, None)
