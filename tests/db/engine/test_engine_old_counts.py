"""What old counts, short deliveries and vanished marks may still do: raise nothing, sell nothing fast, drop few."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from engine_kit import Cabinet, Engine, Store, numbered

from marketsync.accounts import Mode
from marketsync.steps.release import decide
from marketsync.sync.release import Verdict


@pytest.fixture
def delivered(engine: Engine, store: Store) -> Callable[..., None]:
    """A delivery of the store's counts, now; what is written from then on comes from it."""

    def deliver(*, short: bool = False) -> None:
        store.delivery()
        counts = {"read": {"stocks": 12}, **({"held": ["goods"]} if short else {})}
        engine.run(
            "update exchange set counts = %s, delivered_at = %s "
            "where exchange_id = (select max(exchange_id) from exchange)",
            json.dumps(counts),
            engine.clock.now(),
        )

    return deliver


def step(engine: Engine) -> None:
    engine.clock.advance(minutes=1)
    engine.cycle()


def test_old_counts_raise_nothing_and_lower_all_the_same(
    engine: Engine, store: Store, cabinet: Cabinet, delivered: Callable[..., None]
) -> None:
    delivered()
    first, second = store.goods("A-1", "A-2")
    engine.cycle()
    engine.clock.advance(hours=24, minutes=1)
    store.set_stock(first, 9)
    store.set_stock(second, 1)
    store.good("A-3")
    engine.cycle()
    assert engine.held("stock") == {"A-1": "stock_stale", "A-3": "stock_stale"}
    assert cabinet.stocks() == {"A-1": 5, "A-2": 1, "A-3": None}

    delivered()  # the same counts, confirmed by a delivery
    step(engine)
    assert engine.held("stock") == {}
    assert cabinet.stocks() == {"A-1": 9, "A-2": 1, "A-3": 5}


def test_old_counts_do_not_put_back_what_was_sold_there(
    engine: Engine, store: Store, cabinet: Cabinet, delivered: Callable[..., None]
) -> None:
    delivered()
    store.good("A-1")
    engine.cycle()
    engine.clock.advance(hours=25)
    cabinet.edit("A-1", stock={"1020000000001": 2})
    engine.reconcile()
    engine.send("stock")
    assert engine.held("stock") == {"A-1": "stock_stale"}
    assert cabinet.stocks() == {"A-1": 2}


def test_very_old_counts_take_fast_movers_off_sale_and_nothing_else(
    engine: Engine, store: Store, cabinet: Cabinet, delivered: Callable[..., None]
) -> None:
    engine.configure(
        mode=Mode.SEND,
        guards={"stock": {"fast_pieces": 10, "fast_days": 7}, "mass": {"zeroed": 0.1, "at_least": 1}},
    )
    delivered()
    fast, slow = store.goods("A-1", "A-2", stock=30)
    engine.cycle()
    for fast_count, slow_count in ((24, 28), (19, 27)):
        delivered()
        store.set_stock(fast, fast_count)
        store.set_stock(slow, slow_count)
        step(engine)
    engine.clock.advance(hours=71)
    engine.cycle()
    assert cabinet.stocks() == {"A-1": 19, "A-2": 27}

    engine.clock.advance(hours=2)
    engine.cycle()  # no mass of the plan's and no approval holds it: it only lowers
    assert cabinet.stocks() == {"A-1": 0, "A-2": 27}
    (last,) = engine.changes("stock", "A-1", "confirmed")[-1:]
    assert (last["origin"], last["lane"]) == ("age", 0)

    delivered()
    step(engine)
    assert cabinet.stocks() == {"A-1": 19, "A-2": 27}
    engine.clock.advance(hours=80)  # falling by that rule itself makes nobody a fast mover
    engine.run("delete from change where origin is null and to_amount < from_amount")
    engine.cycle()
    assert cabinet.stocks() == {"A-1": 19, "A-2": 27}


def test_both_age_rules_can_be_switched_off(
    engine: Engine, store: Store, cabinet: Cabinet, delivered: Callable[..., None]
) -> None:
    engine.configure(guards={"stock": {"no_raise_after_hours": None, "zero_fast_after_hours": None}})
    delivered()
    guid = store.good("A-1", stock=30)
    engine.cycle()
    store.set_stock(guid, 10)
    step(engine)
    engine.clock.advance(days=30)
    store.set_stock(guid, 40)
    engine.cycle()
    assert cabinet.stocks() == {"A-1": 40}


@pytest.mark.parametrize(("gone", "tripped"), [(4, True), (3, False)], ids=["above", "at-least"])
def test_goods_that_lose_their_mark_in_masses_stay_on_sale_until_a_person_has_seen_it(
    engine: Engine, store: Store, cabinet: Cabinet, gone: int, tripped: bool
) -> None:
    engine.configure(guards={"mass": {"dropped": 0.3, "zeroed": 0.9, "at_least": 4}})
    guids = store.goods(*numbered("A", 6))
    engine.cycle()
    for guid in guids[:gone]:
        store.mark(guid, False)
    store.set_stock(guids[-1], 0)  # sold out, and not dropped
    step(engine)

    dropped = numbered("A", gone)
    assert engine.held("stock") == (dict.fromkeys(dropped, "mass_dropped") if tripped else {})
    stocks = cabinet.stocks()
    assert [stocks[article] for article in dropped] == [5 if tripped else 0] * gone
    assert stocks["A-06"] == 0
    if tripped:
        (request,) = engine.rows("select * from hold_request where channel = 'stock'")
        decide(engine.runtime, request["request_id"], Verdict.RELEASED, author="Анна", reason="сезон окончен")
        step(engine)
        assert set(cabinet.stocks().values()) == {0, 5}
        assert engine.held("stock") == {}


def test_what_a_short_delivery_takes_away_waits_and_the_rest_of_it_goes_on(
    engine: Engine, store: Store, cabinet: Cabinet, delivered: Callable[..., None]
) -> None:
    delivered()
    guids = store.goods(*numbered("A", 4))
    engine.cycle()
    store.set_stock(guids[2], 0)  # from the delivery before
    delivered(short=True)
    store.set_stock(guids[0], 0)
    store.set_stock(guids[1], 2)
    store.set_price(guids[0], "700")
    store.set_price(guids[1], "950")
    step(engine)

    assert engine.held("stock") == {"A-01": "short_delivery"}
    assert engine.held("price") == {"A-01": "short_delivery"}
    assert cabinet.stocks() == {"A-01": 5, "A-02": 2, "A-03": 0, "A-04": 5}
    assert cabinet.prices()["A-02"] == "950.00"

    delivered()
    store.set_stock(guids[0], 0)
    store.set_price(guids[0], "700")
    step(engine)
    assert (engine.held("stock"), engine.held("price")) == ({}, {})
    assert (cabinet.stocks()["A-01"], cabinet.prices()["A-01"]) == (0, "700.00")


def test_the_weeks_highest_is_also_what_was_in_force_when_the_week_began(
    engine: Engine, store: Store, cabinet: Cabinet
) -> None:
    guid = store.good("A-1", price="1000")
    engine.cycle()
    engine.clock.advance(days=10)
    store.set_price(guid, "700")
    engine.send("price")
    engine.clock.sleep(timedelta(hours=3).total_seconds())
    store.set_price(
        guid, "490"
    )  # 30 % less than the last one, and less than half of what it was that morning
    engine.send("price")
    assert cabinet.prices() == {"A-1": "700.00"}
    assert engine.held() == {"A-1": "price_jump"}
