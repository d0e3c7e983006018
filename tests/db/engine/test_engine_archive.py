"""The archive: where cards go whose goods are not wanted any more, once their stock is gone; and back again."""

from __future__ import annotations

import pytest
from engine_kit import KAZAN, KAZAN_STORE, MAIN_STORE, MOSCOW, STOCKS, Cabinet, Engine, Store

from marketsync.marketplaces.ozon.limits import day_ends

ARCHIVE, UNARCHIVE = "/v1/product/archive", "/v1/product/unarchive"
TWO_WAREHOUSES = ({"store": MAIN_STORE, "marketplace": MOSCOW}, {"store": KAZAN_STORE, "marketplace": KAZAN})


def later(engine: Engine, **duration: float) -> None:
    engine.clock.advance(**(duration or {"minutes": 10}))
    engine.cycle()


def archived(cabinet: Cabinet) -> set[str]:
    return {article for article, there in cabinet.state().items() if there["archived"]}


@pytest.fixture
def archiving(engine: Engine) -> Engine:
    engine.configure(unmarked="archive", archive_after=2, warehouses=TWO_WAREHOUSES)
    return engine


def test_a_card_goes_after_its_stock_and_comes_back_before_it(
    archiving: Engine, store: Store, cabinet: Cabinet
) -> None:
    engine = archiving
    unmarked, deleted, _ = store.goods("A-1", "A-2", "A-3")
    store.set_stock(unmarked, 4, KAZAN_STORE)
    engine.cycle()
    store.mark(unmarked, False)
    store.change(deleted, deleted=True)
    later(engine)
    assert archived(cabinet) == set()  # not for two hours yet
    later(engine, hours=2)
    assert archived(cabinet) == {"A-1", "A-2"}
    calls = cabinet.calls()
    last_stock = max(call["id"] for call in calls if call["path"] == STOCKS)
    assert [call["path"] for call in calls if call["id"] > last_stock][-1] != STOCKS
    assert engine.offer("A-1")["state"] == "archived"
    before = cabinet.now()
    later(engine)
    assert cabinet.calls(since=before) == []

    store.mark(unmarked, True)
    later(engine)
    later(engine)
    assert archived(cabinet) == {"A-2"}
    assert (cabinet.stocks()["A-1"], cabinet.stocks(KAZAN)["A-1"]) == (5, 4)
    assert engine.refusals() == {}


def test_a_card_stays_where_the_account_does_not_say_otherwise(
    engine: Engine, store: Store, cabinet: Cabinet
) -> None:
    guid = store.good("A-1")
    engine.cycle()
    store.mark(guid, False)
    later(engine)
    later(engine, days=30)
    assert (archived(cabinet), cabinet.stocks()) == (set(), {"A-1": 0})
    assert cabinet.bodies(ARCHIVE) == []


def test_a_card_whose_stock_cannot_be_zeroed_stays_and_says_why(
    archiving: Engine, store: Store, cabinet: Cabinet
) -> None:
    engine = archiving
    guid = store.good("A-1")
    engine.cycle()
    cabinet.sandbox.call(
        "POST", f"/ozon/{cabinet.client_id}/warehouse", {"warehouse_id": int(MOSCOW), "status": "disabled"}
    )
    store.mark(guid, False)
    later(engine)
    later(engine, hours=3)
    assert archived(cabinet) == set()
    (told,) = engine.rows("select * from refusal where channel = 'archive'")
    assert (told["code"], MOSCOW in told["message"], "не активен" in told["message"]) == (
        "stock_not_zero", True, True,
    )  # fmt: skip
    cabinet.sandbox.call(
        "POST", f"/ozon/{cabinet.client_id}/warehouse", {"warehouse_id": int(MOSCOW), "status": "created"}
    )
    later(engine, days=1, minutes=1)
    later(engine)
    assert (archived(cabinet), engine.refusals()) == ({"A-1"}, {})


@pytest.mark.parametrize("variant", ["refuse_400", "result_false"])
def test_a_card_with_reserved_pieces_waits_and_holds_nobody_up(
    archiving: Engine, store: Store, cabinet: Cabinet, variant: str
) -> None:
    engine = archiving
    cabinet.knobs(archive_with_stock=variant)
    reserved, free = store.goods("A-1", "A-2")
    engine.cycle()
    order = {"offer_id": "A-1", "warehouse_id": int(MOSCOW), "quantity": 2}
    cabinet.sandbox.call("POST", f"/ozon/{cabinet.client_id}/reserve", order)
    for guid in (reserved, free):
        store.mark(guid, False)
    later(engine)
    later(engine, hours=3)
    assert archived(cabinet) == {"A-2"}
    (told,) = engine.rows("select * from refusal where channel = 'archive'")
    assert (told["code"], "2 шт." in told["message"]) == ("stock_not_zero", True)


@pytest.mark.parametrize(
    ("status", "text"), [(400, "restore limit exceeded"), (429, "autoarchive_restore_failed")]
)
def test_what_ozon_archived_comes_back_within_its_limit_and_the_rest_waits_for_the_day(
    engine: Engine, store: Store, cabinet: Cabinet, status: int, text: str
) -> None:
    cabinet.knobs(daily_restore_limit=2, restore_limit_status=status, restore_limit_text=text)
    articles = [f"A-{place}" for place in range(5)]
    store.goods(*articles)
    engine.cycle()
    for article in articles[:4]:
        cabinet.edit(article, archived="auto")
    cabinet.edit(articles[4], archived=True)
    reconciled = engine.reconcile()
    assert engine.differences(reconciled) >= {
        (article, "archive", "archive", "changed_there") for article in articles
    }
    later(engine)
    left = archived(cabinet)
    assert len(left) == 2
    waiting = engine.changes("archive", state="planned")
    assert {(row["article"], row["waits_for"]) for row in waiting} == {
        (article, "restore") for article in left
    }
    assert {row["not_before"].replace(microsecond=0) for row in waiting} == {day_ends(engine.clock.now())}
    before = cabinet.now()
    later(engine)
    assert cabinet.bodies(UNARCHIVE, before) == []
    cabinet.sandbox.call("POST", f"/ozon/{cabinet.client_id}/usage", {"restored": 0})
    later(engine, days=1)
    later(engine)
    assert archived(cabinet) == set()
    assert set(cabinet.stocks().values()) == {5}


def test_a_good_that_lost_its_mark_and_a_card_that_was_archived_by_hand_ask_nothing_more(
    engine: Engine, store: Store, cabinet: Cabinet
) -> None:
    guid = store.good("A-1")
    engine.cycle()
    store.mark(guid, False)
    later(engine)
    cabinet.edit("A-1", archived=True)
    assert engine.differences(engine.reconcile()) == set()
    before = cabinet.now()
    later(engine)
    assert (cabinet.calls(since=before), engine.offer("A-1")["state"]) == ([], "archived")


def test_an_archive_call_without_an_answer_ends_as_it_should(
    archiving: Engine, store: Store, cabinet: Cabinet
) -> None:
    engine = archiving
    guid = store.good("A-1")
    engine.cycle()
    store.mark(guid, False)
    later(engine)
    engine.clock.advance(hours=3)
    engine.plan_cards()
    cabinet.fault(ARCHIVE, "timeout_after")
    engine.upload("archive")
    assert engine.in_doubt("archive") == ["A-1"]
    cabinet.no_faults()
    later(engine)
    assert (archived(cabinet), engine.in_doubt("archive")) == ({"A-1"}, [])
