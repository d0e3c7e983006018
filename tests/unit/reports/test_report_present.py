"""Gaps, words, recommendations and local times, on frames built by hand."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pandas as pd

from marketsync.reports.present import present

MOSCOW = ZoneInfo("Europe/Moscow")


def differences(**columns) -> pd.DataFrame:
    row = {
        "channel": "price",
        "warehouse": "",
        "field": "amount",
        "desired": "1990.00",
        "confirmed": "1990.00",
        "observed": "1791.00",
        "cause": "changed_there",
        "detail": None,
        "refusal": None,
        "healed": False,
        **columns,
    }
    return pd.DataFrame([row]).astype(object)


def shown(code: str, frame: pd.DataFrame, language="ru", **options) -> dict:
    (row,) = present(code, frame, language=language, zone=MOSCOW, **options).to_dict("records")
    return row


def test_the_gap_of_a_price_is_what_is_shown_less_what_should_be() -> None:
    row = shown("differences", differences())
    assert (row["desired"], row["observed"], row["delta"], row["delta_percent"]) == (1990, 1791, -199, -0.1)


def test_a_gap_from_zero_has_no_percent() -> None:
    row = shown("differences", differences(channel="stock", desired="0.00", observed="5.00"))
    assert row["delta"] == 5
    assert pd.isna(row["delta_percent"])


def test_a_value_that_is_not_shown_has_no_gap() -> None:
    row = shown("differences", differences(observed=None, cause="missing_there"))
    assert pd.isna(row["observed"])
    assert pd.isna(row["delta"])


def test_a_cards_value_is_text_even_if_it_looks_like_a_number() -> None:
    row = shown("differences", differences(channel="card", field="barcode", desired="0046", observed="46"))
    assert (row["desired"], row["observed"]) == ("0046", "46")
    assert pd.isna(row["delta"])


def test_a_price_that_is_no_number_stays_as_it_is() -> None:
    row = shown("differences", differences(field="currency", desired="RUB", observed="1e3"))
    assert (row["desired"], row["observed"]) == ("RUB", "1e3")


def test_a_cards_hash_is_not_shown_but_its_state_is() -> None:
    digest = "0123456789abcdef" * 2
    row = shown(
        "differences",
        differences(channel="card", desired=digest, confirmed=digest, observed=f"archived {digest}"),
    )
    assert (row["desired"], row["confirmed"], row["observed"]) == (None, None, "в архиве")
    named = shown("differences", differences(channel="card", observed="name: Комбинезон"))
    assert named["observed"] == "name: Комбинезон"


def test_the_own_value_of_a_channel_is_called_by_its_name() -> None:
    fields = [
        shown("differences", differences(channel=channel, field=field))["field"]
        for channel, field in [("price", "amount"), ("stock", None), ("price", "old"), ("card", "content")]
    ]
    assert fields == ["price", "quantity", "old", "content"]


def test_cause_and_recommendation_follow_channel_and_language() -> None:
    price = shown("differences", differences(cause="held", detail="price_zero"))
    assert price["cause"] == "held"
    assert price["cause_text"] == "Задержано, ждёт решения"
    assert price["detail"] == "Цена равна нулю"
    assert "Проверить цену" in price["recommendation"]
    card = shown("differences", differences(channel="card", cause="held"), language="en")
    assert (card["cause_text"], card["recommendation"]) == (
        "Held, waits for a person",
        "Check the value (sheet Held): mend it in the store, or release its request by the number where it is right",
    )


def test_a_refusal_explains_a_rejected_value() -> None:
    frame = differences(cause="rejected", detail="PRICE_TOO_LOW", refusal="Цена ниже допустимой")
    assert shown("differences", frame)["detail"] == "Цена ниже допустимой (PRICE_TOO_LOW)"


def test_an_unknown_cause_does_not_stop_the_report() -> None:
    row = shown("differences", differences(cause="something_new"))
    assert (row["cause_text"], row["recommendation"]) == ("something_new", None)


def test_times_are_moscows() -> None:
    frame = differences(updated_here=datetime(2026, 11, 23, 22, 30, 15, 700_000, tzinfo=UTC), read_there=None)
    row = shown("differences", frame)
    assert row["updated_here"] == pd.Timestamp(2026, 11, 24, 1, 30, 16)
    assert pd.isna(row["read_there"])


def offers(**columns) -> pd.DataFrame:
    row = {
        "wanted": True,
        "price_desired": 100.0,
        "price_observed": 110.0,
        "stock_desired": 3.0,
        "stock_observed": None,
        "stocks": {"10": [3.0, None]},
        "causes": ["card:in_flight", "price:rejected", "stock:stale_here"],
        **columns,
    }
    return pd.DataFrame({name: pd.Series([value], dtype=object) for name, value in row.items()})


def test_all_goods_show_warehouses_gaps_and_the_most_urgent_recommendation() -> None:
    row = shown("offers", offers(), warehouses=["10", "20"])
    assert (row["stock_desired@10"], row["price_delta"], row["price_delta_percent"]) == (3, 10, 0.1)
    assert pd.isna(row["stock_observed@10"])
    assert pd.isna(row["stock_desired@20"])
    assert pd.isna(row["stock_delta"])
    assert row["causes"] == "card:in_flight, price:rejected, stock:stale_here"
    assert row["recommendation"].startswith("Исправить по тексту отказа")
    assert row["wanted"] == "yes"


def test_an_offer_without_differences_has_no_recommendation() -> None:
    row = shown("offers", offers(causes=None, stocks=None), warehouses=["10"])
    assert (row["causes"], row["recommendation"]) == (None, None)


def test_a_hold_says_what_holds_it() -> None:
    frame = pd.DataFrame(
        {
            "channel": ["price", None, None],
            "warehouse": ["", None, None],
            "guard": ["price_jump", "stop", "guard_of_tomorrow"],
            "reason": [None, "ivanov: пересчёт", None],
            "from_value": [1990.0, None, None],
            "to_value": [199.0, None, 5.0],
        },
        dtype=object,
    )
    result = present("held", frame, language="ru", zone=MOSCOW)
    assert list(result["guard_text"]) == [
        "Слишком резкое изменение цены",
        "Канал или аккаунт остановлен человеком: ivanov: пересчёт",
        "guard_of_tomorrow",
    ]
    assert (result["delta"][0], result["delta_percent"][0]) == (-1791, -0.9)
    assert result["recommendation"][1] == "Возобновить канал, когда причина отпадёт"
