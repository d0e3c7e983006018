"""What one call carries: superseding, values that move before they are sent, batches refused whole, limits."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from engine_kit import CARDS, MAIN_STORE, STOCKS, Cabinet, Engine, Store, numbered

from marketsync.errors import Fatal, Uncertain
from marketsync.sync import plan as planning
from marketsync.sync.batch import build
from marketsync.sync.settle import withdraw

UNSENDABLE = {
    # depth 3 000 000 000 mm: no 32-bit number, so that the whole request is refused
    "Длина упаковки, см": "300000000",
    "Ширина упаковки, см": "0,1",
    "Высота упаковки, см": "0,1",
    "Вес с упаковкой, кг": "10",
}


def test_a_newer_plan_replaces_what_is_not_being_sent(engine: Engine, store: Store, cabinet: Cabinet) -> None:
    first, second = store.goods("A-1", "A-2")
    engine.cycle()
    before = cabinet.now()
    store.set_price(first, "900")
    store.set_price(second, "950")
    engine.plan("price")
    store.set_price(first, "800")
    engine.plan("price")

    states = [(change["state"], str(change["to_amount"])) for change in engine.changes("price", "A-1")]
    assert states == [("confirmed", "1000.00"), ("superseded", "900.00"), ("planned", "800.00")]
    assert len(engine.changes("price", "A-2")) == 2  # the one that stays keeps its place
    engine.upload("price")
    assert sorted(cabinet.sent_prices(before)) == [("A-1", "800.00"), ("A-2", "950.00")]


def test_a_value_that_went_back_leaves_nothing_planned(engine: Engine, store: Store) -> None:
    guid = store.good("A-1")
    engine.cycle()
    store.set_price(guid, "900")
    engine.plan("price")
    store.set_price(guid, "1000")
    engine.plan("price")
    assert engine.planned("price") == []


def test_what_is_being_sent_is_not_replaced(engine: Engine, store: Store, cabinet: Cabinet) -> None:
    guid = store.good("A-1")
    engine.cycle()
    lane = engine.seller.lane("price")
    store.set_price(guid, "900")
    engine.plan("price")
    batch = build(lane, None, size=10)
    assert batch is not None
    store.set_price(guid, "800")
    engine.plan("price")
    assert [change["state"] for change in engine.changes("price", "A-1")] == ["confirmed", "sent"]

    withdraw(lane, batch.submission, Uncertain("lost"), pause=timedelta(0), effect=True)
    engine.send("price")
    assert (cabinet.prices(), engine.in_doubt("price")) == ({"A-1": "800.00"}, [])


def test_a_price_that_moved_since_it_was_planned_is_not_sent(
    engine: Engine, store: Store, cabinet: Cabinet
) -> None:
    guid, other = store.goods("A-1", "A-2")
    engine.cycle()
    before = cabinet.now()
    store.set_price(guid, "900")
    store.set_price(other, "900")
    engine.plan("price")
    store.set_price(guid, "1")  # the guards have not seen this one
    engine.upload("price")
    assert cabinet.sent_prices(before) == [("A-2", "900.00")]
    assert engine.in_doubt("price") == []
    engine.cycle()
    assert engine.held() == {"A-1": "price_below_floor"}


@pytest.mark.parametrize(("moved", "sent"), [(2, 2), (9, 4)], ids=["fell", "rose"])
def test_a_stock_that_moved_since_it_was_planned_is_sent_as_the_lower_one(
    engine: Engine, store: Store, cabinet: Cabinet, moved: int, sent: int
) -> None:
    guid = store.good("A-1")
    engine.cycle()
    before = cabinet.now()
    store.set_stock(guid, 4)
    engine.clock.advance(minutes=1)
    engine.plan("stock")
    store.set_stock(guid, moved)
    engine.upload("stock")
    assert cabinet.sent_stocks(before) == [sent]
    assert engine.known("stock", "A-1")["confirmed_amount"] == sent
    engine.clock.advance(minutes=1)
    engine.cycle()
    assert cabinet.stocks() == {"A-1": moved}


def test_a_card_that_moved_since_it_was_planned_is_not_sent(
    engine: Engine, store: Store, cabinet: Cabinet
) -> None:
    guid = store.good("A-1")
    engine.plan_cards()
    store.change(guid, name="Новое имя")
    engine.upload("card")
    assert cabinet.writes(CARDS) == []
    engine.cycle()
    assert cabinet.state()["A-1"]["name"] == "Новое имя"


def test_an_offer_that_is_not_wanted_any_more_is_not_sent(
    engine: Engine, store: Store, cabinet: Cabinet
) -> None:
    guid = store.good("A-1")
    engine.cycle()
    store.set_price(guid, "900")
    engine.plan("price")
    engine.run("update offer set wanted = false")
    before = cabinet.now()
    engine.upload("price")
    assert cabinet.sent_prices(before) == []


def test_a_frozen_offer_is_neither_planned_nor_sent_and_nobody_waits_for_it(
    engine: Engine, store: Store, cabinet: Cabinet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    guid, other = store.goods("A-1", "A-2")
    engine.cycle()
    before = cabinet.now()
    store.set_price(guid, "900")
    store.set_price(other, "900")
    engine.plan("price")
    engine.run(
        "insert into offer_freeze select offer_id, 'спор', 'Анна', now() from offer where article = 'A-1'"
    )
    began = engine.clock.monotonic()
    sent = engine.upload("price")
    assert (sent["left"], engine.clock.monotonic() - began < 30) == (0, True)
    engine.cycle()
    assert cabinet.sent_prices(before) == [("A-2", "900.00")]
    assert engine.planned("price") == []

    engine.run("delete from offer_freeze")
    engine.cycle()
    assert cabinet.prices() == {"A-1": "900.00", "A-2": "900.00"}


def test_claims_of_two_callers_never_overlap(engine: Engine, store: Store) -> None:
    guids = store.goods(*numbered("A", 24))
    engine.cycle()
    for guid in guids:
        store.set_price(guid, "900")
    engine.plan("price")
    lane = engine.seller.lane("price")

    def claim(_: int) -> list[int]:
        batch = build(lane, None, size=3)
        return [item.offer.offer_id for item in batch.items] if batch else []

    with ThreadPoolExecutor(6) as pool:
        taken = [offer for batch in pool.map(claim, range(10)) for offer in batch]
    assert (len(taken), len(set(taken))) == (24, 24)
    assert len({change["submission_id"] for change in engine.changes("price", state="sent")}) == 8


def test_one_bad_item_does_not_stop_the_others(engine: Engine, store: Store, cabinet: Cabinet) -> None:
    articles = numbered("A", 12)
    for number, article in enumerate(articles):
        store.good(article, properties=UNSENDABLE if number == 6 else {})
    engine.cycle()

    assert sorted(cabinet.state()) == sorted(set(articles) - {"A-07"})
    assert engine.refusals() == {("A-07", "card"): "3"}
    assert len(cabinet.writes(CARDS)) <= 12
    engine.clock.advance(hours=1)
    before = cabinet.now()
    engine.cycle()
    assert cabinet.writes(since=before) == []
    assert engine.in_doubt("card") == []


def test_ten_refusals_in_a_row_stop_the_run_and_leave_nothing_in_doubt(
    engine: Engine, store: Store, cabinet: Cabinet
) -> None:
    articles = numbered("A", 30)
    guids = store.goods(*articles)
    engine.cycle()
    for guid in guids:
        store.set_stock(guid, 3)
    engine.clock.advance(minutes=1)
    before = cabinet.now()
    right, wrong = engine.account.warehouses, ({"store": MAIN_STORE, "marketplace": "0"},)
    engine.configure(warehouses=wrong)

    with pytest.raises(Fatal, match="10 requests in a row"):
        engine.send("stock")

    assert len(cabinet.writes(STOCKS, before)) <= 25
    assert engine.changes("stock", state="sent") == []
    assert engine.in_doubt("stock") == []
    assert len(engine.refusals()) < 15

    engine.configure(warehouses=right)
    engine.clock.advance(minutes=2)
    engine.send("stock")
    assert set(cabinet.stocks().values()) == {3}


def test_a_pause_for_a_whole_method_leaves_its_changes_planned_and_nothing_in_doubt(
    engine: Engine, store: Store, cabinet: Cabinet
) -> None:
    guid, other = store.goods("A-1", "A-2")
    engine.cycle()
    cabinet.knobs(stock_calls_per_minute=1)
    store.set_stock(guid, 3)
    engine.clock.advance(minutes=1)
    sent = engine.send("stock")

    assert (sent["calls"], sent["left"]) == (0, 1)
    assert engine.in_doubt("stock") == []
    (change,) = engine.changes("stock", "A-1", "planned")
    assert timedelta(seconds=10) < change["not_before"] - engine.clock.now() <= timedelta(seconds=60)
    assert cabinet.stocks()["A-1"] == 5

    cabinet.knobs(stock_calls_per_minute=80)
    engine.run("truncate rate_limit")  # Postgres' clock stands still for this test's minute
    store.set_stock(other, 4)
    engine.clock.advance(minutes=2)
    engine.send("stock")
    assert cabinet.stocks() == {"A-1": 3, "A-2": 4}


def test_a_pause_does_not_end_an_earlier_doubt(engine: Engine, store: Store, cabinet: Cabinet) -> None:
    guid = store.good("A-1")
    engine.cycle()
    store.set_stock(guid, 3)
    engine.clock.advance(minutes=1)
    cabinet.fault(STOCKS, "timeout_after")
    engine.send("stock")
    cabinet.fault(STOCKS, "429")
    engine.clock.advance(minutes=1)
    engine.send("stock")
    assert engine.in_doubt("stock") == ["A-1"]


def test_the_eleventh_price_in_an_hour_waits_with_the_newest_value(
    engine: Engine, store: Store, cabinet: Cabinet
) -> None:
    guid, other = store.goods("A-1", "A-2")
    engine.cycle()
    for number in range(1, 12):
        store.set_price(guid, f"{1000 + number}")
        engine.clock.advance(minutes=1)
        sent = engine.send("price")
    assert [price for article, price in cabinet.sent_prices() if article == "A-1"] == [
        f"{1000 + number}.00" for number in range(10)
    ]
    assert (sent["left"], engine.planned("price")) == (1, ["A-1"])

    store.set_price(guid, "1020")
    store.set_price(other, "990")
    engine.clock.advance(minutes=10)
    engine.send("price")
    assert cabinet.prices() == {"A-1": "1009.00", "A-2": "990.00"}

    cabinet.knobs(price_updates_per_hour=100)  # the sandbox's hour is a real one
    engine.clock.advance(minutes=45)
    engine.send("price")
    assert cabinet.prices() == {"A-1": "1020.00", "A-2": "990.00"}


def test_a_patient_upload_waits_for_a_pair_and_sends_it(
    engine: Engine, store: Store, cabinet: Cabinet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    guid = store.good("A-1")
    engine.cycle()
    store.set_stock(guid, 3)
    sent = engine.send("stock")  # at once: the pair must not be sent again within 30 s
    assert (sent["confirmed"], sent["left"], cabinet.stocks()) == (1, 0, {"A-1": 3})
    first, second = (change["sent_at"] for change in engine.changes("stock", "A-1"))
    assert second - first >= timedelta(seconds=30)


def test_an_account_that_only_observes_sends_nothing(engine: Engine, store: Store, cabinet: Cabinet) -> None:
    engine.configure(mode="observe")
    store.good("A-1")
    engine.cycle()
    assert cabinet.writes() == []
    assert engine.planned("card") == ["A-1"]


def test_a_preview_shows_what_a_plan_would_change_and_writes_nothing(engine: Engine, store: Store) -> None:
    guid, other = store.goods("A-1", "A-2")
    engine.cycle()
    store.set_price(guid, "900")
    store.set_price(other, "1")
    preview = planning.preview(engine.seller.lane("price"))
    assert preview.counts == [("changed", "price_below_floor", 1), ("changed", None, 1)]
    assert [(row["article"], str(row["amount"])) for row in preview.rows] == [
        ("A-2", "1.00"),
        ("A-1", "900.00"),
    ]
    assert engine.planned("price") == []


def test_a_full_export_sends_what_is_confirmed_too(engine: Engine, store: Store, cabinet: Cabinet) -> None:
    store.goods("A-1", "A-2")
    engine.cycle()
    cabinet.edit("A-1", price="700")
    engine.plan("price", full=True)
    engine.upload("price")
    assert cabinet.prices() == {"A-1": "1000.00", "A-2": "1000.00"}
