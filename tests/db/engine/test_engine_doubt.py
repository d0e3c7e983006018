"""Calls whose answer never comes: what they carried is in doubt, and ends equal to the store."""

from __future__ import annotations

import pytest
from engine_kit import CARDS, PRICES, STOCKS, Cabinet, Engine, Store, until

from marketsync.errors import Uncertain

LOST = ["timeout_after", "timeout_before", "truncated", "500", "502_html"]
APPLIED = {"timeout_after", "truncated"}


@pytest.mark.parametrize("kind", LOST)
@pytest.mark.parametrize("then", ["900", "1000", "800"], ids=["stays", "goes-back", "moves-on"])
def test_a_price_in_doubt_ends_as_the_store_wants(
    engine: Engine, store: Store, cabinet: Cabinet, kind: str, then: str
) -> None:
    guid = store.good("A-1")
    engine.cycle()
    store.set_price(guid, "900")
    cabinet.fault(PRICES, kind)

    engine.send("price")

    assert cabinet.prices() == {"A-1": "900.00" if kind in APPLIED else "1000.00"}
    assert engine.in_doubt("price") == ["A-1"]
    assert engine.known("price", "A-1")["confirmed_amount"] == 1000
    assert engine.planned("price") == ["A-1"]

    cabinet.no_faults()
    store.set_price(guid, then)
    engine.clock.advance(minutes=1)
    engine.cycle()
    assert cabinet.prices() == {"A-1": f"{then}.00"}
    assert engine.in_doubt("price") == []


@pytest.mark.parametrize("kind", ["timeout_after", "timeout_before"])
@pytest.mark.parametrize("then", [3, 5, 0], ids=["stays", "goes-back", "moves-on"])
def test_a_stock_in_doubt_ends_as_the_store_wants(
    engine: Engine, store: Store, cabinet: Cabinet, kind: str, then: int
) -> None:
    guid = store.good("A-1")
    engine.cycle()
    store.set_stock(guid, 3)
    engine.clock.advance(minutes=1)
    cabinet.fault(STOCKS, kind)
    engine.send("stock")
    assert engine.in_doubt("stock") == ["A-1"]
    assert cabinet.stocks() == {"A-1": 3 if kind in APPLIED else 5}

    cabinet.no_faults()
    store.set_stock(guid, then)
    engine.clock.advance(minutes=1)
    engine.cycle()
    assert (cabinet.stocks(), engine.in_doubt("stock")) == ({"A-1": then}, [])


@pytest.mark.parametrize("kind", ["timeout_after", "timeout_before"])
def test_a_new_card_in_doubt_is_looked_for_and_ends_as_one_card(
    engine: Engine, store: Store, cabinet: Cabinet, kind: str
) -> None:
    store.goods("A-1", "A-2")
    cabinet.fault(CARDS, kind)
    with pytest.raises(Uncertain):
        engine.cycle()
    assert engine.in_doubt("card") == ["A-1", "A-2"]

    cabinet.no_faults()
    for _ in range(2):
        engine.clock.advance(minutes=1)
        engine.cycle()
    assert sorted(cabinet.state()) == ["A-1", "A-2"]
    assert cabinet.prices() == {"A-1": "1000.00", "A-2": "1000.00"}
    assert cabinet.stocks() == {"A-1": 5, "A-2": 5}
    assert (engine.in_doubt("card"), engine.refusals()) == ([], {})


@pytest.mark.parametrize("uploads_first", [False, True], ids=["planned-anew", "sent-as-planned"])
def test_a_new_card_whose_doubt_is_ended_by_a_reading_is_sold_too(
    engine: Engine, store: Store, cabinet: Cabinet, uploads_first: bool
) -> None:
    store.good("A-1")
    # the marketplace takes the batch, says nothing, and works on it later than the next look
    cabinet.knobs("general", time_scale=1)
    cabinet.knobs(import_seconds_min=1.5, import_seconds_max=1.5, read_lag_seconds=0, price_sent_seconds=0)
    cabinet.fault(CARDS, "timeout_after", count=1)
    with pytest.raises(Uncertain):
        engine.cycle()
    engine.upload("card")
    assert engine.planned("card") == ["A-1"]
    until(cabinet.state)

    engine.reconcile()
    if uploads_first:
        engine.upload("card")
        engine.poll()
    for _ in range(2):
        engine.clock.advance(minutes=1)
        engine.cycle()
    assert (engine.offer("A-1")["state"], engine.refusals()) == ("ready", {})
    assert cabinet.stocks() == {"A-1": 5}


@pytest.mark.parametrize("kind", ["timeout_after", "timeout_before"])
def test_a_listed_card_in_doubt_ends_as_the_store_wants(
    engine: Engine, store: Store, cabinet: Cabinet, kind: str
) -> None:
    guid = store.good("A-1")
    engine.cycle()
    store.change(guid, name="Первое имя")
    cabinet.fault(CARDS, kind)
    with pytest.raises(Uncertain):
        engine.cards()
    cabinet.no_faults()
    store.change(guid, name="Конструктор A-1")
    for _ in range(2):
        engine.clock.advance(minutes=1)
        engine.cycle()
    assert cabinet.state()["A-1"]["name"] == "Конструктор A-1"
    assert engine.in_doubt("card") == []


@pytest.mark.parametrize("kind", ["timeout_after", "timeout_before"])
def test_a_lost_answer_does_not_make_a_hand_made_card_ours(
    engine: Engine, store: Store, cabinet: Cabinet, kind: str
) -> None:
    engine.adopt()
    cabinet.make_card("A-1", name="Сделано руками")
    store.goods("A-1", "A-2")
    cabinet.fault(CARDS, kind, count=1)
    with pytest.raises(Uncertain):
        engine.cycle()
    for _ in range(3):
        engine.clock.advance(minutes=1)
        engine.cycle()
    assert engine.refusals() == {("A-1", "card"): "exists_there"}
    there = cabinet.state()
    assert (there["A-1"]["name"], there["A-1"]["price"]) == ("Сделано руками", "500.00")
    assert there["A-2"]["on_sale"]
    assert "A-1" not in cabinet.sent_cards()


def test_a_price_confirmed_while_a_card_is_worked_on_is_not_lost_to_it(
    engine: Engine, store: Store, cabinet: Cabinet
) -> None:
    """A card carries the price of the moment when it was sent: worked on later, it puts the old price back."""
    guid = store.good("A-1")
    engine.cycle()
    cabinet.knobs("general", time_scale=1)
    cabinet.knobs(import_seconds_min=1, import_seconds_max=1, read_lag_seconds=0)
    store.change(guid, name="Новое имя")
    engine.plan_cards()
    engine.upload("card")
    store.set_price(guid, "900")
    engine.send("price")
    assert cabinet.prices() == {"A-1": "900.00"}

    until(lambda: cabinet.state()["A-1"]["name"] == "Новое имя")
    engine.clock.advance(minutes=1)
    engine.cycle()
    assert cabinet.prices() == {"A-1": "900.00"}
