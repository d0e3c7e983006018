"""Prices that the marketplace keeps back: told, left alone, and raised again only by a person."""

from __future__ import annotations

from datetime import timedelta

import pytest
from engine_kit import ACCOUNT, Cabinet, Engine, Store

from marketsync import steps
from marketsync.lineage.past import past

WIDE = {"price": {"largest_change": 0.9}}


@pytest.fixture
def kept_back(engine: Engine, store: Store, cabinet: Cabinet) -> str:
    """A good whose price of 1800 waits in quarantine while 1000 is in force; its guid."""
    engine.configure(guards=WIDE)
    guid = store.good("A-1", floor="950")
    engine.cycle()
    store.set_price(guid, "1800")
    engine.cycle()
    assert engine.differences(engine.reconcile()) == {("A-1", "price", "amount", "quarantined")}
    return guid


def waiting(engine: Engine) -> list[tuple[str, str, str, str]]:
    rows = steps.quarantined(engine.runtime, ACCOUNT)
    return [(row["article"], str(row["amount"]), str(row["in_force"]), row["state"]) for row in rows]


def test_it_is_listed_and_not_sent_again_whatever_is_planned(
    engine: Engine, store: Store, cabinet: Cabinet, kept_back: str
) -> None:
    assert waiting(engine) == [("A-1", "1800.00", "1000.00", "waiting")]
    before = cabinet.now()
    engine.plan("price", full=True)
    engine.upload("price")
    engine.run("update offer_channel set due_version = due_version + 1 where channel = 'price'")
    engine.cycle()
    assert cabinet.sent_prices(before) == []


def test_a_person_raises_it_again_and_history_says_who(
    engine: Engine, cabinet: Cabinet, kept_back: str
) -> None:
    before = cabinet.now()
    assert steps.raise_quarantined(engine.runtime, ACCOUNT, "A-1", author="Анна", reason="цена верна") == [
        "A-1"
    ]
    engine.cycle()
    assert cabinet.sent_prices(before) == [("A-1", "1800.00")]
    engine.cycle()
    assert len(cabinet.sent_prices(before)) == 1

    # kept back once more, it waits once more
    engine.reconcile()
    assert waiting(engine) == [("A-1", "1800.00", "1000.00", "waiting")]
    (found,) = past(engine.database, "A-1", engine.clock.now(), limit=5, now=engine.clock.now())
    assert [(row["outcome"], row["author"], row["reason"]) for row in found.quarantine] == [
        (None, None, None), ("raised", "Анна", "цена верна"),
    ]  # fmt: skip


def test_released_in_the_cabinet_it_is_over(engine: Engine, cabinet: Cabinet, kept_back: str) -> None:
    cabinet.edit("A-1", quarantine_release=True)
    assert engine.differences(engine.reconcile()) == set()
    assert waiting(engine) == []
    assert [row["outcome"] for row in engine.rows("select outcome from price_quarantine")] == ["released"]


def test_a_person_who_sets_another_price_there_is_not_overruled(
    engine: Engine, store: Store, cabinet: Cabinet, kept_back: str
) -> None:
    cabinet.edit("A-1", price="1100")
    reconciled = engine.reconcile()
    assert engine.differences(reconciled) == {("A-1", "price", "amount", "quarantined")}
    assert reconciled["healed"] == 0
    assert waiting(engine) == [("A-1", "1800.00", "1100.00", "dropped")]
    store.change(kept_back, name="Новое имя")
    before = cabinet.now()
    engine.cycle()
    engine.clock.advance(hours=1)
    engine.cycle()
    assert cabinet.sent_cards(before) == ["A-1"]
    there = cabinet.state()["A-1"]
    assert (there["price"], there["quarantine"]) == ("1100.00", None)


def test_a_nearer_price_from_the_store_goes_by_itself_and_a_farther_one_waits(
    engine: Engine, store: Store, cabinet: Cabinet, kept_back: str
) -> None:
    store.set_price(kept_back, "1850")
    engine.cycle()
    assert engine.held() == {"A-1": "price_quarantined"}
    assert cabinet.prices() == {"A-1": "1000.00"}

    store.set_price(kept_back, "1200")
    engine.cycle()
    assert cabinet.prices() == {"A-1": "1200.00"}
    assert cabinet.state()["A-1"]["quarantine"] is None
    assert engine.differences(engine.reconcile()) == set()
    assert waiting(engine) == []
    assert [row["outcome"] for row in engine.rows("select outcome from price_quarantine")] == ["replaced"]


def test_a_mended_price_is_held_against_the_price_in_force(
    engine: Engine, store: Store, cabinet: Cabinet
) -> None:
    """1000 in force, 3000 kept back: back to 1000 is no fall of two thirds."""
    engine.configure(guards={"price": {"largest_change": 1.0, "ceiling": 5000}})
    guid = store.good("A-1")
    engine.cycle()
    store.set_price(guid, "2000")
    engine.cycle()
    engine.reconcile()
    assert waiting(engine) == [("A-1", "2000.00", "1000.00", "waiting")]
    engine.configure(guards={"price": {"largest_change": 0.3}})
    store.set_price(guid, "1000")
    engine.clock.advance(seconds=timedelta(minutes=10).total_seconds())
    engine.cycle()
    assert engine.held() == {}
    assert cabinet.state()["A-1"]["quarantine"] is None
