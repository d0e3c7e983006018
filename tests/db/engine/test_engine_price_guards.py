"""Prices that a person must see first: held, never sent, and in nobody else's way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from engine_kit import KAZAN, KAZAN_STORE, MAIN_STORE, MOSCOW, Cabinet, Engine, Store, numbered

PRICE_GUARDS = {"price": {"largest_change": 0.5, "ceiling": 20_000}}

BAD_PRICES = [
    pytest.param({"price": None}, "price_blank", id="blank"),
    pytest.param({"price": "0"}, "price_zero", id="zero"),
    pytest.param({"price": "-5"}, "price_negative", id="negative"),
    pytest.param({"price": "99"}, "price_below_floor", id="below-floor"),
    pytest.param({"price": "20000.01"}, "price_above_ceiling", id="above-ceiling"),
    pytest.param({"price": "499.99"}, "price_jump", id="jump-down"),
    pytest.param({"price": "1500.01"}, "price_jump", id="jump-up"),
]


@pytest.mark.parametrize(("bad", "guard"), BAD_PRICES)
def test_a_listed_offers_bad_price_is_held_until_the_store_mends_it(
    engine: Engine, store: Store, cabinet: Cabinet, bad: Mapping[str, Any], guard: str
) -> None:
    engine.configure(guards=PRICE_GUARDS)
    guid, other = store.goods("A-1", "A-2")
    engine.cycle()
    before = cabinet.now()

    store.set_price(guid, bad["price"])
    store.set_price(other, "1100")
    store.set_stock(guid, 3)
    engine.clock.advance(minutes=1)
    engine.cycle()

    assert engine.held() == {"A-1": guard}
    assert cabinet.sent_prices(before) == [("A-2", "1100.00")]
    assert cabinet.stocks() == {"A-1": 3, "A-2": 5}

    store.set_price(guid, "900")
    engine.cycle()

    assert engine.held() == {}
    assert [change["state"] for change in engine.changes("price", "A-1")] == [
        "confirmed", "superseded", "confirmed",
    ]  # fmt: skip
    assert cabinet.prices() == {"A-1": "900.00", "A-2": "1100.00"}


@pytest.mark.parametrize(
    ("bad", "guard"),
    [
        *BAD_PRICES[:5],
        pytest.param({"price": "1000", "floor": None}, "price_no_reference", id="no-reference"),
    ],
)
def test_a_new_good_whose_price_is_held_gets_no_card(
    engine: Engine, store: Store, cabinet: Cabinet, bad: Mapping[str, Any], guard: str
) -> None:
    engine.configure(guards=PRICE_GUARDS)
    guid = store.good("A-1", **bad)
    store.good("A-2")
    engine.cycle()

    assert engine.held() == {"A-1": guard}
    assert list(cabinet.state()) == ["A-2"]

    store.set_price(guid, "1000")
    store.set_price(guid, "100", kind="floor")
    engine.cycle()

    assert cabinet.prices() == {"A-1": "1000.00", "A-2": "1000.00"}
    assert engine.held() == {}


def test_a_good_without_any_price_gets_no_card_and_harms_nobody(
    engine: Engine, store: Store, cabinet: Cabinet
) -> None:
    store.good("A-1", price=None, floor=None)
    store.good("A-2")
    engine.cycle()
    assert engine.held() == {"A-1": "price_blank"}
    assert cabinet.prices() == {"A-2": "1000.00"}


def test_a_first_price_without_reference_is_sent_where_the_account_says_so(
    engine: Engine, store: Store, cabinet: Cabinet
) -> None:
    engine.configure(guards={"price": {"without_reference": "send"}})
    store.good("A-1", floor=None)
    engine.cycle()
    assert cabinet.prices() == {"A-1": "1000.00"}


def test_a_hold_of_a_value_that_stays_is_one_request(engine: Engine, store: Store, cabinet: Cabinet) -> None:
    guid = store.good("A-1")
    engine.cycle()
    store.set_price(guid, "5")
    for _ in range(3):
        engine.clock.advance(hours=2)
        engine.cycle()
    (held,) = engine.changes("price", "A-1", "held")
    plans = engine.rows("select * from plan where channel = 'price'")
    assert (held["guard"], str(held["to_amount"]), len(plans)) == ("price_below_floor", "5.00", 2)

    store.set_price(guid, "6")
    engine.cycle()
    (other,) = engine.changes("price", "A-1", "held")
    assert (str(other["to_amount"]), other["change_id"] != held["change_id"]) == ("6.00", True)
    assert cabinet.sent_prices() == [("A-1", "1000.00")]


def test_ten_steps_of_thirty_percent_stop_at_half_of_the_weeks_highest(
    engine: Engine, store: Store, cabinet: Cabinet
) -> None:
    guid = store.good("A-1", price="1990", floor=None)
    engine.configure(guards={"price": {"without_reference": "send"}})
    engine.cycle()
    price = 1990.0
    for _ in range(10):
        price *= 0.7
        store.set_price(guid, f"{price:.2f}")
        engine.clock.advance(hours=3)
        engine.cycle()

    assert cabinet.sent_prices() == [("A-1", "1990.00"), ("A-1", "1393.00")]
    assert engine.held() == {"A-1": "price_jump"}

    # a week later the high one is forgotten, and each step is judged by the last confirmed price again
    engine.clock.advance(days=8)
    store.set_price(guid, "975.10")
    engine.cycle()
    assert cabinet.prices() == {"A-1": "975.10"}


def test_a_price_in_another_currency_is_refused_with_its_reason_and_taken_once_it_is_mended(
    engine: Engine, store: Store, cabinet: Cabinet
) -> None:
    guid, other = store.goods("A-1", "A-2")
    engine.cycle()
    before = cabinet.now()
    store.set_price(guid, "11", currency="USD")
    engine.cycle()
    assert engine.refusals() == {("A-1", "price"): "currency"}
    assert cabinet.sent_prices(before) == []
    (refusal,) = engine.rows("select * from refusal")
    assert "USD" in refusal["message"]

    store.set_price(guid, "1100")
    engine.cycle()
    assert engine.refusals() == {}
    assert cabinet.prices() == {"A-1": "1100.00", "A-2": "1000.00"}
    assert other


def test_a_listed_card_keeps_its_confirmed_price_when_its_content_is_sent_while_its_price_is_held(
    engine: Engine, store: Store, cabinet: Cabinet
) -> None:
    guid = store.good("A-1", price="1000", old="1500")
    engine.cycle()
    before = cabinet.now()

    store.change(guid, name="Конструктор, новое имя")
    store.set_price(guid, "1")
    engine.cycle()

    there = cabinet.state()["A-1"]
    assert (there["name"], there["price"], there["old_price"]) == (
        "Конструктор, новое имя", "1000.00", "1500.00",
    )  # fmt: skip
    assert cabinet.sent_cards(before) == ["A-1"]
    assert cabinet.sent_prices(before) == []
    assert engine.held() == {"A-1": "price_below_floor"}


@pytest.mark.parametrize(("moved", "tripped"), [(6, True), (5, False)], ids=["above", "at-least"])
def test_the_mass_reprice_breaker(
    engine: Engine, store: Store, cabinet: Cabinet, moved: int, tripped: bool
) -> None:
    mass = {"repriced": 0.4, "repriced_by": 0.2, "at_least": 6}
    engine.configure(guards={"mass": mass})
    articles = numbered("A", 10)
    guids = store.goods(*articles)
    engine.cycle()
    before = cabinet.now()
    for guid in guids[:moved]:
        store.set_price(guid, "700")
    store.set_price(guids[-1], "950")  # a small move is not of this kind
    engine.cycle()

    held = dict.fromkeys(articles[:moved], "mass_price") if tripped else {}
    assert engine.held() == held
    assert sorted(cabinet.sent_prices(before)) == [
        *([] if tripped else [(article, "700.00") for article in articles[:moved]]),
        (articles[-1], "950.00"),
    ]


def test_the_mass_reprice_breaker_counts_its_share(engine: Engine, store: Store, cabinet: Cabinet) -> None:
    engine.configure(guards={"mass": {"repriced": 0.6, "repriced_by": 0.2, "at_least": 2}})
    guids = store.goods(*numbered("A", 10))
    engine.cycle()
    for guid in guids[:6]:
        store.set_price(guid, "700")
    engine.cycle()
    assert engine.held() == {}
    assert sorted(cabinet.prices().values()) == ["1000.00"] * 4 + ["700.00"] * 6


@pytest.mark.parametrize(("gone", "tripped"), [(6, True), (5, False)], ids=["above", "at-least"])
def test_the_mass_zero_breaker(
    engine: Engine, store: Store, cabinet: Cabinet, gone: int, tripped: bool
) -> None:
    engine.configure(guards={"mass": {"zeroed": 0.4, "at_least": 6}})
    articles = numbered("A", 10)
    guids = store.goods(*articles)
    engine.cycle()
    for guid in guids[:gone]:
        store.set_stock(guid, 0)
    store.set_stock(guids[-1], 2)
    engine.clock.advance(minutes=10)
    engine.cycle()

    held = dict.fromkeys(articles[:gone], "mass_zero") if tripped else {}
    assert engine.held("stock") == held
    stocks = cabinet.stocks()
    assert [stocks[article] for article in articles] == [5 if tripped else 0] * gone + [5] * (9 - gone) + [2]

    for guid in guids[: gone - 3]:  # most of them are back: what is left is no mass any more
        store.set_stock(guid, 5)
    engine.clock.advance(minutes=10)
    engine.cycle()
    assert engine.held("stock") == {}
    assert [cabinet.stocks()[article] for article in articles[gone - 3 : gone]] == [0, 0, 0]


def test_one_warehouse_that_runs_dry_is_not_a_vanished_offer(
    engine: Engine, store: Store, cabinet: Cabinet
) -> None:
    engine.configure(
        guards={"mass": {"zeroed": 0.2, "at_least": 1}},
        warehouses=(
            {"store": MAIN_STORE, "marketplace": MOSCOW},
            {"store": KAZAN_STORE, "marketplace": KAZAN},
        ),
    )
    guid = store.good("A-1")
    store.set_stock(guid, 4, KAZAN_STORE)
    engine.cycle()
    store.set_stock(guid, 0)
    engine.clock.advance(minutes=10)
    engine.cycle()
    assert engine.held("stock") == {}
    assert (cabinet.stocks(MOSCOW), cabinet.stocks(KAZAN)) == ({"A-1": 0}, {"A-1": 4})
