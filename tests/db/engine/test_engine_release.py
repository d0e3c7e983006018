"""Requests and verdicts: what a person releases goes, exactly that and until its end; all else stays held."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from engine_kit import ACCOUNT, MOSCOW, Cabinet, Engine, Store, numbered

from marketsync import steps
from marketsync.accounts import Mode
from marketsync.errors import BadInput
from marketsync.steps.release import decide
from marketsync.sync.release import Decision, Verdict, look


def requests(engine: Engine, channel: str = "price") -> list[tuple[int, str, int]]:
    """(number, state, held) of a channel's requests, oldest first."""
    found = engine.rows("select * from hold_request where channel = %s order by request_id", channel)
    return [(row["request_id"], row["state"], row["counts"]["held"]) for row in found]


def release(engine: Engine, number: int, **how: Any) -> Decision:
    return decide(engine.runtime, number, Verdict.RELEASED, author="Мария", reason="проверено", **how)


def discard(engine: Engine, number: int, **how: Any) -> Decision:
    return decide(engine.runtime, number, Verdict.DISCARDED, author="Мария", reason="ошибка", **how)


def held_prices(engine: Engine, store: Store, count: int, price: str = "800") -> list[str]:
    """Offers whose price was confirmed at 1000 and is now held at another one, planned but not sent."""
    engine.configure(guards={"price": {"largest_change": 0.1}})
    guids = store.goods(*numbered("A", count))
    engine.cycle()
    for guid in guids:
        store.set_price(guid, price)
    engine.send("price")
    return guids


def test_a_released_value_goes_and_passes_through_the_next_plans(
    engine: Engine, store: Store, cabinet: Cabinet
) -> None:
    guids = held_prices(engine, store, 3)
    before = cabinet.now()
    ((number, state, held),) = requests(engine)
    assert (state, held) == ("open", 3)
    (row,) = engine.rows("select * from hold_request")
    assert row["counts"]["guards"] == {"price_jump": 3}
    assert [(found["article"], found["from"], found["to"]) for found in row["examples"]][:1] == [
        ("A-01", 1000, 800)
    ]

    decision = release(engine, number)
    assert (decision.asked, decision.decided, decision.changed, decision.state) == (3, 3, 0, "released")
    engine.plan("price")  # a newer plan holds nothing of it again
    assert engine.held() == {}
    store.set_price(guids[0], "790")  # another value is held again, under a number of its own
    engine.send("price")

    assert sorted(cabinet.sent_prices(before)) == [("A-02", "800.00"), ("A-03", "800.00")]
    assert engine.held() == {"A-01": "price_jump"}
    assert [state for _, state, _ in requests(engine)] == ["released", "open"]

    store.set_price(guids[0], "800")
    engine.send("price")
    assert cabinet.prices() == dict.fromkeys(numbered("A", 3), "800.00")
    (verdict,) = engine.rows("select distinct author, reason, guard, verdict from release")
    assert verdict == {"author": "Мария", "reason": "проверено", "guard": "price_jump", "verdict": "released"}


def test_no_release_outlives_its_end_even_where_nothing_was_planned_since(
    engine: Engine, store: Store, cabinet: Cabinet
) -> None:
    held_prices(engine, store, 1)
    before = cabinet.now()
    ((number, _, _),) = requests(engine)
    release(engine, number, valid=timedelta(hours=2))
    engine.clock.advance(hours=2, seconds=1)
    engine.upload("price")
    assert cabinet.sent_prices(before) == []

    engine.send("price")
    assert cabinet.sent_prices(before) == []
    assert engine.held() == {"A-01": "price_jump"}
    assert [state for _, state, _ in requests(engine)] == ["released", "open"]


def test_a_newer_plan_keeps_the_request_for_what_stayed_and_adds_and_drops_the_rest(
    engine: Engine, store: Store
) -> None:
    guids = held_prices(engine, store, 4)
    store.set_price(guids[0], "850")  # held at another value
    store.set_price(guids[1], "950")  # mended
    store.good("B-1", price="1")
    engine.plan_cards()
    engine.plan("price")
    ((_, state, held),) = requests(engine)
    assert (state, held) == ("open", 4)  # A-01 at 850, A-03, A-04, and the new B-1

    for guid in guids:
        store.set_price(guid, "1000")
    store.set_price("g-0005", "1000")
    engine.plan("price")
    assert [state for _, state, _ in requests(engine)] == ["superseded"]


def test_a_late_release_lets_go_what_is_still_the_same_and_tells_the_rest(
    engine: Engine, store: Store, cabinet: Cabinet
) -> None:
    guids = held_prices(engine, store, 5)
    before = cabinet.now()
    asked = steps.ask(engine.runtime, ACCOUNT, "run-1")
    assert asked is not None
    store.set_price(guids[0], "850")
    store.set_price(guids[1], "950")
    store.good("B-1", price="1")
    engine.plan_cards()
    engine.plan("price")

    counts = steps.answer(
        engine.runtime, ACCOUNT, asked.request, asked.as_of, released=True, author="anna", reason="да"
    )
    engine.send("price")

    assert (counts["asked"], counts["decided"], counts["changed"]) == (5, 3, 2)
    assert sorted(cabinet.sent_prices(before)) == [
        ("A-02", "950.00"), ("A-03", "800.00"), ("A-04", "800.00"), ("A-05", "800.00"),
    ]  # fmt: skip
    assert engine.held() == {"A-01": "price_jump", "B-1": "price_below_floor"}
    ((_, state, held),) = requests(engine)
    assert (state, held) == ("open", 2)
    again = steps.ask(engine.runtime, ACCOUNT, "run-2")  # what nobody has seen is asked about
    assert again is not None
    assert again.request == asked.request


def test_what_came_after_the_last_look_was_not_released(
    engine: Engine, store: Store, cabinet: Cabinet
) -> None:
    guids = held_prices(engine, store, 4)
    before = cabinet.now()
    store.set_price(guids[0], "850")  # held at a value that nobody has seen
    store.set_price(guids[1], "950")
    engine.send("price")
    ((number, _, _),) = requests(engine)

    decision = release(engine, number)
    assert (decision.asked, decision.decided, decision.held_otherwise, decision.gone) == (4, 2, 1, 1)
    engine.send("price")
    assert sorted(cabinet.sent_prices(before)) == [
        ("A-02", "950.00"), ("A-03", "800.00"), ("A-04", "800.00"),
    ]  # fmt: skip
    look(engine.database, engine.clock, ACCOUNT)
    assert release(engine, number).decided == 1
    engine.send("price")
    assert cabinet.prices()["A-01"] == "850.00"


def test_a_release_of_which_nothing_is_current_releases_nothing(
    engine: Engine, store: Store, cabinet: Cabinet
) -> None:
    guids = held_prices(engine, store, 2)
    before = cabinet.now()
    ((number, _, _),) = requests(engine)
    for guid in guids:
        store.set_price(guid, "850")
    engine.plan("price")
    decision = release(engine, number)
    engine.send("price")

    assert (decision.asked, decision.decided, decision.held_otherwise) == (2, 0, 2)
    assert cabinet.sent_prices(before) == []
    assert [state for _, state, _ in requests(engine)] == ["superseded", "open"]
    with pytest.raises(BadInput, match="999"):
        release(engine, 999)


def test_a_value_that_was_turned_down_is_not_asked_again_until_it_changes_or_the_verdict_ends(
    engine: Engine, store: Store, cabinet: Cabinet
) -> None:
    (guid,) = held_prices(engine, store, 1)
    ((number, _, _),) = requests(engine)
    assert discard(engine, number, valid=timedelta(hours=5)).decided == 1
    engine.clock.advance(hours=1)
    engine.send("price")
    assert engine.held() == {"A-01": "price_jump"}
    assert steps.ask(engine.runtime, ACCOUNT, "run") is None
    assert [state for _, state, _ in requests(engine)] == ["discarded"]

    store.set_price(guid, "850")
    engine.send("price")
    assert [state for _, state, _ in requests(engine)] == ["discarded", "open"]

    store.set_price(guid, "800")
    engine.send("price")
    assert [state for _, state, _ in requests(engine)] == ["discarded", "superseded"]
    engine.clock.advance(hours=5)
    engine.send("price")
    assert [state for _, state, _ in requests(engine)] == ["discarded", "superseded", "open"]
    assert cabinet.prices() == {"A-01": "1000.00"}


def test_what_was_turned_down_stays_held_though_its_guard_would_let_it_go_now(
    engine: Engine, store: Store, cabinet: Cabinet
) -> None:
    engine.configure(guards={"mass": {"repriced": 0.4, "repriced_by": 0.2, "at_least": 2}})
    first, second = store.goods("A-1", "A-2")
    engine.cycle()
    for guid in (first, second):
        store.set_price(guid, "700")
    engine.send("price")
    ((number, _, _),) = requests(engine)
    discard(engine, number)
    store.set_price(second, "1000")
    engine.send("price")
    assert engine.held() == {"A-1": "mass_price"}
    assert cabinet.prices() == {"A-1": "1000.00", "A-2": "1000.00"}


def test_a_change_of_mind_before_the_next_upload_holds_it_again_and_back(
    engine: Engine, store: Store, cabinet: Cabinet
) -> None:
    held_prices(engine, store, 2)
    before = cabinet.now()
    ((number, _, _),) = requests(engine)
    release(engine, number)
    assert discard(engine, number, article="A-01").decided == 1
    engine.upload("price")
    engine.send("price")
    assert cabinet.sent_prices(before) == [("A-02", "800.00")]
    assert engine.held() == {"A-01": "price_jump"}

    assert release(engine, number).decided == 1
    engine.send("price")
    assert cabinet.prices() == {"A-01": "800.00", "A-02": "800.00"}


def test_one_article_of_a_request_can_be_released_alone(
    engine: Engine, store: Store, cabinet: Cabinet
) -> None:
    held_prices(engine, store, 3)
    ((number, _, _),) = requests(engine)
    decision = release(engine, number, article="A-02")
    assert (decision.asked, decision.decided, decision.state) == (1, 1, "open")
    engine.send("price")
    assert cabinet.prices() == {"A-01": "1000.00", "A-02": "800.00", "A-03": "1000.00"}
    assert engine.held() == {"A-01": "price_jump", "A-03": "price_jump"}
    assert release(engine, number, article="A-02").decided == 0


@pytest.mark.parametrize("price", [None, "0", "-5"], ids=["blank", "zero", "negative"])
def test_nobody_can_release_what_is_no_price(
    engine: Engine, store: Store, cabinet: Cabinet, price: str | None
) -> None:
    guids = held_prices(engine, store, 2)
    store.set_price(guids[0], price)
    engine.plan("price")
    look(engine.database, engine.clock, ACCOUNT)
    ((number, _, _),) = requests(engine)
    decision = release(engine, number)
    engine.send("price")
    assert (decision.decided, decision.never, decision.state) == (1, 1, "open")
    assert cabinet.prices() == {"A-01": "1000.00", "A-02": "800.00"}


def test_a_released_first_price_lets_the_card_be_made(engine: Engine, store: Store, cabinet: Cabinet) -> None:
    store.good("A-1", floor=None)
    engine.cycle()
    assert (engine.held(), cabinet.state()) == ({"A-1": "price_no_reference"}, {})
    ((number, _, _),) = requests(engine)
    release(engine, number)
    engine.cycle()
    engine.cycle()
    assert cabinet.prices() == {"A-1": "1000.00"}
    assert engine.planned("price") == []
    assert engine.held() == {}


def test_a_released_stock_goes_as_it_was_released_or_not_at_all(
    engine: Engine, store: Store, cabinet: Cabinet
) -> None:
    engine.configure(mode=Mode.APPROVE)
    engine.configure(guards={"mass": {"zeroed": 0.4, "at_least": 2}})
    first, second = store.goods("A-1", "A-2")
    engine.cycle()
    store.set_stock(first, 0)
    store.set_stock(second, 0)
    engine.clock.advance(minutes=10)
    engine.send("stock")
    ((number, _, _),) = requests(engine, "stock")
    assert release(engine, number).decided == 2
    store.set_stock(second, 4)
    engine.upload("stock")
    assert cabinet.stocks() == {"A-1": 0, "A-2": 5}
    engine.clock.advance(minutes=10)
    engine.send("stock")
    assert cabinet.stocks() == {"A-1": 0, "A-2": 4}


def test_the_same_run_asks_the_same_and_a_question_nobody_answers_is_asked_anew(
    engine: Engine, store: Store, cabinet: Cabinet
) -> None:
    held_prices(engine, store, 2)
    first = steps.ask(engine.runtime, ACCOUNT, "run-1")
    assert first is not None
    assert f"№ {first.request}" in first.subject
    assert "| `A-01` | Конструктор A-01 | Слишком резкое изменение цены | 1 000 | 800 |" in first.body
    again = steps.ask(engine.runtime, ACCOUNT, "run-1")
    assert again is not None
    assert again.request == first.request
    engine.plan("price")
    assert steps.ask(engine.runtime, ACCOUNT, "run-2") is None  # the same request starts no second question

    answered = steps.answer(
        engine.runtime, ACCOUNT, first.request, again.as_of, released=False, author=None, reason=""
    )
    assert answered["answered"] is False
    assert [state for _, state, _ in requests(engine)] == ["expired", "open"]
    newer = steps.ask(engine.runtime, ACCOUNT, "run-3")
    assert newer is not None
    assert newer.request > first.request
    # whoever answers the old number after all releases what is still the same
    assert release(engine, first.request).decided == 2
    engine.send("price")
    assert set(cabinet.prices().values()) == {"800.00"}
    assert [state for _, state, _ in requests(engine)] == ["released", "released"]


def test_a_question_whose_run_has_died_is_asked_again(engine: Engine, store: Store) -> None:
    held_prices(engine, store, 1)
    assert steps.ask(engine.runtime, ACCOUNT, "run-1") is not None
    engine.clock.advance(hours=25)
    assert steps.ask(engine.runtime, ACCOUNT, "run-2") is not None
    engine.configure(mode=Mode.OBSERVE)
    engine.clock.advance(hours=25)
    assert steps.ask(engine.runtime, ACCOUNT, "run-3") is None  # nothing would be sent


def test_mode_approve_sends_only_what_was_released(engine: Engine, store: Store, cabinet: Cabinet) -> None:
    guid, other = store.goods("A-1", "A-2")
    engine.plan_cards()  # planned while the account was trusted: it does not slip through
    engine.configure(mode=Mode.APPROVE)
    engine.upload("card")
    engine.cycle()
    assert cabinet.writes() == []
    assert engine.held() == {"A-1": "approve", "A-2": "approve"}

    for channel in ("price", "card", "price", "stock"):
        ((number, _, _),) = [found for found in requests(engine, channel) if found[1] == "open"][:1] or [
            (0, "", 0)
        ]
        if number:
            release(engine, number)
        engine.cycle()
    assert cabinet.prices() == {"A-1": "1000.00", "A-2": "1000.00"}
    assert cabinet.stocks() == {"A-1": 5, "A-2": 5}

    engine.clock.advance(minutes=10)
    store.set_stock(guid, 2)
    store.set_stock(other, 0)
    engine.cycle()
    assert engine.held("stock") == {"A-1": "approve", "A-2": "approve"}
    assert cabinet.stocks() == {"A-1": 5, "A-2": 5}

    engine.configure(mode=Mode.SEND)
    engine.clock.advance(minutes=10)
    engine.cycle()
    assert cabinet.stocks() == {"A-1": 2, "A-2": 0}
    assert {state for _, state, _ in requests(engine, "stock")} == {"released", "superseded"}


def test_a_full_export_in_mode_approve_waits_for_its_person(
    engine: Engine, store: Store, cabinet: Cabinet
) -> None:
    store.goods("A-1", "A-2")
    engine.cycle()
    engine.configure(mode=Mode.APPROVE)
    before = cabinet.now()
    engine.plan("price", full=True)
    engine.plan("price")
    ((number, state, held),) = requests(engine)
    assert (state, held) == ("open", 2)
    release(engine, number)
    engine.send("price")
    assert len(cabinet.sent_prices(before)) == 2


def test_a_held_channel_holds_no_other_and_reconciles_as_held(
    engine: Engine, store: Store, cabinet: Cabinet
) -> None:
    guids = held_prices(engine, store, 2)
    store.set_stock(guids[0], 3)
    engine.clock.advance(minutes=10)
    engine.cycle()
    assert cabinet.stocks(MOSCOW)["A-01"] == 3
    causes = {cause for _, channel, _, cause in engine.differences(engine.reconcile()) if channel == "price"}
    assert causes == {"held"}

    ((number, _, _),) = requests(engine)
    discard(engine, number, article="A-02")
    release(engine, number, article="A-01")
    found = engine.differences(engine.reconcile())
    assert ("A-01", "price", "amount", "in_flight") in found
    assert ("A-02", "price", "amount", "held") in found


def test_every_verdict_wakes_the_channel_s_own_dag(engine: Engine, store: Store) -> None:
    held_prices(engine, store, 1)
    with engine.database.session(autocommit=True) as session:
        session.execute("listen marketsync_store")
        ((number, _, _),) = requests(engine)
        release(engine, number)
        payloads = [note.payload for note in session.notifies(timeout=5, stop_after=1)]
    assert payloads == ['{"price": 1}'.replace("price", "prices")]
