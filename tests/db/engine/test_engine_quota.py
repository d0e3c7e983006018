"""Quotas of a day: goods in stock go first, the rest waits and says until when, and nobody is asked in vain."""

from __future__ import annotations

import pytest
from engine_kit import ACCOUNT, CARDS, Cabinet, Engine, Store, numbered

from marketsync import steps
from marketsync.marketplaces.ozon.limits import day_ends


def test_goods_in_stock_go_first_then_the_newest_and_the_rest_waits_for_the_next_day(
    engine: Engine, store: Store, cabinet: Cabinet
) -> None:
    cabinet.knobs(daily_create_limit=10)
    cabinet.sandbox.call("POST", f"/ozon/{cabinet.client_id}/usage", {"created": 6})
    store.goods("A-1", "A-2", stock=0)
    store.goods("A-3", "A-4")
    store.goods("A-5", "A-6", stock=0)
    engine.plan_cards()
    sent = engine.upload("card")
    resets = day_ends(engine.clock.now())
    assert (sent["sent"], sent["waiting"], sent["waits_until"]) == (4, 2, resets.isoformat())
    assert sorted(cabinet.sent_cards()) == ["A-3", "A-4", "A-5", "A-6"]
    engine.poll()
    waiting = engine.changes("card", state="planned")
    assert {(row["article"], row["waits_for"], row["not_before"]) for row in waiting} == {
        ("A-1", "quota", resets), ("A-2", "quota", resets),
    }  # fmt: skip
    told = steps.report(engine.runtime, ACCOUNT, "catalog")
    assert (told["waiting"], told["refused"]) == (2, 0)
    assert engine.refusals() == {}

    before = cabinet.now()
    engine.clock.advance(minutes=10)
    assert engine.cards()["waiting"] == 2
    assert cabinet.sent_cards(before) == []
    cabinet.sandbox.call("POST", f"/ozon/{cabinet.client_id}/usage", {"created": 0})
    engine.cards()
    assert sorted(cabinet.state()) == numbered_state(6)


def numbered_state(count: int) -> list[str]:
    return [f"A-{number}" for number in range(1, count + 1)]


def test_changes_and_new_cards_have_quotas_of_their_own(
    engine: Engine, store: Store, cabinet: Cabinet
) -> None:
    known = store.goods("A-1", "A-2")
    engine.cycle()
    cabinet.knobs(daily_create_limit=-1, daily_update_limit=1)
    for guid in known:
        store.change(guid, name="Другое имя")
    store.goods("A-3", "A-4", "A-5")
    engine.clock.advance(minutes=10)
    engine.cards()
    names = [there["name"] for there in cabinet.state().values()]
    assert (len(names), names.count("Другое имя")) == (5, 1)
    assert [row["waits_for"] for row in engine.changes("card", state="planned")] == ["quota"]


def test_a_quota_of_zero_sends_nothing_and_is_no_error(
    engine: Engine, store: Store, cabinet: Cabinet
) -> None:
    cabinet.knobs(daily_create_limit=0, daily_update_limit=0)
    store.goods(*numbered("A", 3))
    for _ in range(2):
        sent = engine.cards()
        assert (sent["sent"], sent["calls"], sent["waiting"], sent["left"]) == (0, 0, 3, 3)
        engine.clock.advance(minutes=10)
    assert (cabinet.writes(), engine.refusals()) == ([], {})


def test_a_full_assortment_creates_nothing_and_still_changes(
    engine: Engine, store: Store, cabinet: Cabinet
) -> None:
    guid = store.good("A-1")
    engine.cycle()
    cabinet.knobs(total_limit=1)
    store.good("A-2")
    store.change(guid, name="Другое имя")
    engine.clock.advance(minutes=10)
    assert engine.cards()["waiting"] == 1
    assert [there["name"] for there in cabinet.state().values()] == ["Другое имя"]


def test_a_pause_until_the_end_of_the_day_stops_the_channel_and_not_the_run(
    engine: Engine, store: Store, cabinet: Cabinet
) -> None:
    cabinet.knobs(daily_create_limit=20, daily_limit_answer="http_429", import_items_per_minute=1)
    store.goods("A-1", "A-2")
    sent = engine.cards()
    assert (sent["sent"], sent["waiting"]) == (0, 2)
    store.good("A-3")
    before = cabinet.now()
    sent = engine.cards()
    assert (sent["waiting"], cabinet.calls(CARDS, before)) == (3, [])
    assert steps.report(engine.runtime, ACCOUNT, "catalog")["waiting"] == 3
    cabinet.knobs(import_items_per_minute=100)
    engine.clock.advance(minutes=2)
    engine.cards()
    assert sorted(cabinet.state()) == numbered_state(3)


@pytest.mark.parametrize("answer", ["item_error", "http_429"])
def test_a_quota_that_somebody_else_spent_meanwhile_lets_the_items_wait(
    engine: Engine, store: Store, cabinet: Cabinet, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    cabinet.knobs(daily_create_limit=1, daily_limit_answer=answer)
    channel = engine.seller.cards.channel
    monkeypatch.setattr(channel, "quota", lambda: None)
    store.goods("A-1", "A-2")
    engine.cards()
    made = sorted(cabinet.state())
    assert len(made) == (1 if answer == "item_error" else 0)
    assert engine.refusals() == {}
    before = cabinet.now()
    engine.clock.advance(minutes=10)
    engine.cards()
    assert cabinet.calls(CARDS, before) == []
    cabinet.sandbox.call("POST", f"/ozon/{cabinet.client_id}/usage", {"created": 0})
    cabinet.knobs(daily_create_limit=20)
    engine.clock.advance(days=1, minutes=1)
    engine.cards()
    assert sorted(cabinet.state()) == ["A-1", "A-2"]
