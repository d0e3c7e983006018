"""Articles that change in 1C or in the cabinet: the same card, under another name, and never a second one."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from engine_kit import CARDS, Cabinet, Engine, Store, until

from marketsync.errors import Retriable, Uncertain

RENAMES = "/v1/product/update/offer-id"


def articles(cabinet: Cabinet) -> dict[int, str]:
    """Ozon's id -> article."""
    return {there["product_id"]: article for article, there in cabinet.state().items()}


def renames(cabinet: Cabinet, since: int = 0) -> list[tuple[str, str]]:
    """Every rename that was asked for, in order: (from, to)."""
    return [
        (pair["offer_id"], pair["new_offer_id"])
        for body in cabinet.bodies(RENAMES, since)
        for pair in body["update_offer_id"]
    ]


def later(engine: Engine, minutes: int = 10) -> None:
    engine.clock.advance(minutes=minutes)
    engine.cycle()


def exchanged(store: Store, *goods: tuple[str, str]) -> None:
    for guid, article in goods:
        store.change(guid, article=article)


def test_a_card_follows_its_good_and_a_second_cycle_asks_nothing(
    engine: Engine, store: Store, cabinet: Cabinet
) -> None:
    guid = store.good("A-1")
    engine.cycle()
    before = articles(cabinet)
    store.change(guid, article="B-1")
    later(engine)
    assert articles(cabinet) == dict.fromkeys(before, "B-1")
    assert engine.offer("B-1")["state"] == "ready"
    later(engine)  # the mapping puts the article into the card as well
    asked = cabinet.now()
    later(engine)
    assert [call["path"] for call in cabinet.calls(since=asked)] == []


def test_orders_under_any_article_that_a_card_ever_had_find_their_good(
    engine: Engine, store: Store, cabinet: Cabinet
) -> None:
    first, second = store.goods("A-1", "B-1")
    engine.cycle()
    ids = {article: engine.offer(article)["offer_id"] for article in ("A-1", "B-1")}
    (then,) = engine.rows("select clock_timestamp() as at")
    exchanged(store, (first, "C-1"), (second, "A-1"))
    later(engine)

    def found(article: str, at: Any) -> Any:
        (row,) = engine.rows("select offer_by_article('ozon', %s, %s) as id", article, at)
        return row["id"]

    (now,) = engine.rows("select clock_timestamp() as at")
    assert [found(article, then["at"]) for article in ("A-1", "B-1", "C-1")] == [
        ids["A-1"], ids["B-1"], ids["A-1"],
    ]  # fmt: skip
    assert [found(article, now["at"]) for article in ("A-1", "B-1", "C-1")] == [
        ids["B-1"], ids["B-1"], ids["A-1"],
    ]  # fmt: skip
    assert found("X-1", now["at"]) is None


def test_two_goods_that_swap_their_articles_keep_their_cards(
    engine: Engine, store: Store, cabinet: Cabinet
) -> None:
    first, second = store.goods("A-1", "B-1")
    engine.cycle()
    ids = {article: id_ for id_, article in articles(cabinet).items()}
    names = {there["product_id"]: there["name"] for there in cabinet.state().values()}
    exchanged(store, (first, "B-1"), (second, "A-1"))
    store.set_stock(first, 2)
    before = cabinet.now()
    later(engine)
    assert articles(cabinet) == {ids["A-1"]: "B-1", ids["B-1"]: "A-1"}
    aside = f"A-1~{engine.offer('B-1')['offer_id']}"
    assert renames(cabinet, before) == [("A-1", aside), ("B-1", "A-1"), (aside, "B-1")]
    assert cabinet.stocks() == {"B-1": 2, "A-1": 5}
    assert {there["product_id"]: there["name"] for there in cabinet.state().values()} == names
    assert engine.refusals() == {}


def test_a_ring_of_three_and_a_line_are_worked_off_in_one_run(
    engine: Engine, store: Store, cabinet: Cabinet
) -> None:
    ring = store.goods("A-1", "B-1", "C-1")
    line = store.goods(*(f"L-{place:02d}" for place in range(20)))
    engine.configure(guards={"mass": {"at_least": 100}})
    engine.cycle()
    before = articles(cabinet)
    exchanged(store, *zip(ring, ("B-1", "C-1", "A-1"), strict=True))
    exchanged(store, *((guid, f"L-{place + 1:02d}") for place, guid in enumerate(line)))
    engine.clock.advance(minutes=10)
    engine.cycle()
    follows = {"A-1": "B-1", "B-1": "C-1", "C-1": "A-1"} | {
        f"L-{place:02d}": f"L-{place + 1:02d}" for place in range(20)
    }
    assert articles(cabinet) == {id_: follows[article] for id_, article in before.items()}


def test_the_place_of_a_renamed_card_goes_to_a_new_good(
    engine: Engine, store: Store, cabinet: Cabinet
) -> None:
    old = store.good("A-1")
    engine.cycle()
    card = articles(cabinet)
    store.change(old, article="B-1")
    store.good("A-1", name="Совсем другой товар")
    later(engine)
    later(engine)
    there = cabinet.state()
    assert sorted(there) == ["A-1", "B-1"]
    assert card == {there["B-1"]["product_id"]: "A-1"}
    assert there["A-1"]["name"] == "Совсем другой товар"
    assert engine.rows("select * from unlistable") == []


def test_the_card_of_a_deleted_good_steps_aside_for_a_new_one(
    engine: Engine, store: Store, cabinet: Cabinet
) -> None:
    old = store.good("A-1")
    engine.cycle()
    card = articles(cabinet)
    store.change(old, deleted=True)
    store.good("A-1", name="Совсем другой товар")
    later(engine)
    later(engine)
    there = cabinet.state()
    assert {there[article]["product_id"] for article in there if "~" in article} == set(card)
    assert there["A-1"]["name"] == "Совсем другой товар"
    assert sum(there["A-1"]["product_id"] == id_ for id_ in card) == 0


def test_an_unlisted_good_takes_over_a_changed_article_at_once(
    engine: Engine, store: Store, cabinet: Cabinet
) -> None:
    first, second = store.goods("A-1", "B-1", price=None)
    engine.cycle()
    assert cabinet.state() == {}
    exchanged(store, (first, "B-1"), (second, "C-1"))
    for guid in (first, second):
        store.set_price(guid, "1000")
    engine.cycle()
    assert {article: there["name"] for article, there in cabinet.state().items()} == {
        "B-1": "Конструктор A-1", "C-1": "Конструктор B-1",
    }  # fmt: skip
    assert renames(cabinet) == []


def test_unlisted_goods_that_share_an_article_are_told_and_not_listed(
    engine: Engine, store: Store, cabinet: Cabinet
) -> None:
    first, second = store.goods("A-1", "B-1", price=None)
    engine.cycle()
    exchanged(store, (first, "C-1"), (second, "C-1"))
    for guid in (first, second):
        store.set_price(guid, "1000")
    engine.cycle()
    assert cabinet.state() == {}
    assert sorted(engine.refusals().values()) == ["duplicate_article", "duplicate_article"]
    store.change(second, article="D-1")
    engine.cycle()
    assert sorted(cabinet.state()) == ["C-1", "D-1"]
    assert engine.refusals() == {}


# --- what stands in the way ---


@pytest.mark.parametrize(("names", "text"), [("old", "code"), ("new", "words")])
def test_an_article_that_another_card_of_the_cabinet_has_is_refused_in_words(
    engine: Engine, store: Store, cabinet: Cabinet, names: str, text: str
) -> None:
    cabinet.knobs(rename_error_names=names, rename_error_text=text)
    guid = store.good("A-1")
    other = store.good("B-1")
    engine.cycle()
    cabinet.make_card("X-1", name="Сделано руками")
    exchanged(store, (guid, "X-1"), (other, "Y-1"))
    later(engine)
    assert sorted(cabinet.state()) == ["A-1", "X-1", "Y-1"]
    assert cabinet.state()["X-1"]["name"] == "Сделано руками"
    (refusal,) = engine.rows("select * from refusal")
    assert (refusal["channel"], refusal["code"]) == ("rename", "OFFER_ID_ALREADY_EXISTS")
    assert "«X-1»" in refusal["message"]
    before = cabinet.now()
    later(engine)
    assert renames(cabinet, before) == []
    cabinet.edit("X-1", article="X-2")
    store.change(guid, article="X-1 ")
    store.change(guid, article="X-1")
    engine.clock.advance(days=1)
    engine.cycle()
    assert sorted(cabinet.state()) == ["X-1", "X-2", "Y-1"]
    assert engine.refusals() == {}


def test_articles_that_are_doubled_missing_or_too_long_in_the_store_leave_the_card_as_it_is(
    engine: Engine, store: Store, cabinet: Cabinet
) -> None:
    goods = store.goods("A-1", "B-1", "C-1", "D-1", "E-1")
    engine.cycle()
    exchanged(store, *zip(goods, ("Z-1", "Z-1", "", "Д" * 51, "A-1"), strict=True))
    later(engine)
    assert sorted(cabinet.state()) == ["A-1", "B-1", "C-1", "D-1", "E-1"]
    assert engine.refusals() == {
        ("A-1", "rename"): "duplicate_article", ("B-1", "rename"): "duplicate_article",
        ("C-1", "rename"): "no_article", ("D-1", "rename"): "article_too_long", ("E-1", "rename"): "article_taken",
    }  # fmt: skip
    exchanged(store, *zip(goods, ("Z-1", "Z-2", "C-1", "Д" * 50, "A-1"), strict=True))
    later(engine)
    assert sorted(cabinet.state()) == sorted(["Z-1", "Z-2", "C-1", "Д" * 50, "A-1"])
    assert engine.refusals() == {}


def test_a_store_that_renames_too_much_at_once_waits_for_a_person(
    engine: Engine, store: Store, cabinet: Cabinet
) -> None:
    engine.configure(guards={"mass": {"at_least": 3}})
    goods = store.goods("A-1", "A-2", "A-3", "A-4")
    engine.cycle()
    exchanged(store, *((guid, f"B-{place}") for place, guid in enumerate(goods[:3])))
    later(engine)
    assert engine.held("rename") == dict.fromkeys(("A-1", "A-2", "A-3"), "mass_rename")
    assert renames(cabinet) == []
    exchanged(store, (goods[0], "A-1"))
    later(engine)
    assert sorted(cabinet.state()) == ["A-1", "A-4", "B-1", "B-2"]


# --- calls that are under way ---


def test_a_rename_waits_for_an_import_and_no_second_card_is_made(
    engine: Engine, store: Store, cabinet: Cabinet
) -> None:
    guid = store.good("A-1")
    engine.cycle()
    cabinet.knobs("general", time_scale=1.0)
    cabinet.knobs(import_seconds_min=2.0, import_seconds_max=2.0)
    store.change(guid, name="Другое имя")
    later(engine)
    store.change(guid, article="B-1")

    def renamed() -> bool:
        later(engine)
        return "B-1" in cabinet.state()

    until(renamed)
    assert {article: there["name"] for article, there in cabinet.state().items()} == {"B-1": "Другое имя"}
    calls = cabinet.calls()
    (rename,) = [call["id"] for call in calls if call["path"] == RENAMES]
    answered = [call for call in calls if call["path"] == "/v1/product/import/info" and call["id"] < rename]
    assert "pending" not in answered[-1]["answer_body"]


def test_an_import_whose_answer_was_lost_is_waited_for(
    engine: Engine, store: Store, cabinet: Cabinet
) -> None:
    guid = store.good("A-1")
    engine.cycle()
    store.change(guid, name="Другое имя")
    cabinet.fault(CARDS, "timeout_after", count=1)
    with pytest.raises(Uncertain):
        later(engine)
    cabinet.no_faults()
    store.change(guid, article="B-1")
    engine.clock.advance(minutes=1)
    engine.cycle()
    assert (list(cabinet.state()), renames(cabinet)) == (["A-1"], [])
    later(engine, minutes=20)
    assert list(cabinet.state()) == ["B-1"]
    assert cabinet.state()["B-1"]["name"] == "Другое имя"


@pytest.mark.parametrize("kind", ["timeout_after", "500", "short_answer"])
def test_a_rename_whose_answer_is_spoiled_ends_as_one_card(
    engine: Engine, store: Store, cabinet: Cabinet, kind: str
) -> None:
    first, second = store.goods("A-1", "B-1")
    engine.cycle()
    ids = {article: id_ for id_, article in articles(cabinet).items()}
    exchanged(store, (first, "B-1"), (second, "A-1"))
    cabinet.fault(RENAMES, kind, count=1)
    for _ in range(2):
        with suppress(Retriable):  # a step may fail: the next run goes on
            later(engine)
    cabinet.no_faults()
    later(engine)
    assert articles(cabinet) == {ids["A-1"]: "B-1", ids["B-1"]: "A-1"}
    assert engine.in_doubt("rename") == []


def test_reads_that_lag_do_not_confirm_and_do_not_rename_twice(
    engine: Engine, store: Store, cabinet: Cabinet
) -> None:
    guid = store.good("A-1")
    engine.cycle()
    cabinet.knobs("general", time_scale=1.0)
    cabinet.knobs(read_lag_seconds=3600.0)
    store.change(guid, article="B-1", name="Другое имя")
    later(engine)
    assert (list(cabinet.state()), engine.in_doubt("rename")) == (["B-1"], ["A-1"])
    assert len(cabinet.sent_cards()) == 1
    later(engine)
    assert len(renames(cabinet)) == 2  # the second one is refused: nothing is called so any more
    assert list(cabinet.state()) == ["B-1"]


# --- what people do in the cabinet ---


def test_a_card_renamed_in_the_cabinet_is_called_as_in_the_store_again(
    engine: Engine, store: Store, cabinet: Cabinet
) -> None:
    store.good("A-1")
    engine.cycle()
    cabinet.edit("A-1", article="X-1")
    reconciled = engine.reconcile()
    assert ("A-1", "rename", "article", "changed_there") in engine.differences(reconciled)
    assert engine.offer("X-1")["state"] == "ready"
    before = cabinet.now()
    later(engine)
    assert renames(cabinet, before) == [("X-1", "A-1")]
    assert list(cabinet.state()) == ["A-1"]
    later(engine)
    assert engine.differences(engine.reconcile()) == set()


def test_cards_swapped_in_the_cabinet_are_swapped_back(
    engine: Engine, store: Store, cabinet: Cabinet
) -> None:
    store.goods("A-1", "B-1")
    engine.cycle()
    before = articles(cabinet)
    cabinet.edit("A-1", article="T-1")
    cabinet.edit("B-1", article="A-1")
    cabinet.edit("T-1", article="B-1")
    engine.reconcile()
    later(engine)
    assert articles(cabinet) == before
    assert engine.refusals() == {}


def test_a_card_renamed_in_the_cabinet_is_not_made_a_second_time(
    engine: Engine, store: Store, cabinet: Cabinet
) -> None:
    guid = store.good("A-1")
    engine.cycle()
    cabinet.edit("A-1", article="X-1")
    store.change(guid, name="Другое имя")
    before = cabinet.now()
    later(engine)
    assert (cabinet.sent_cards(before), list(cabinet.state())) == ([], ["X-1"])
    later(engine)
    later(engine)
    assert {article: there["name"] for article, there in cabinet.state().items()} == {"A-1": "Другое имя"}


def test_a_card_that_already_has_the_article_is_taken_over_without_a_call(
    engine: Engine, store: Store, cabinet: Cabinet
) -> None:
    guid = store.good("A-1")
    engine.cycle()
    cabinet.edit("A-1", article="B-1")
    store.change(guid, article="B-1")
    later(engine)
    assert (renames(cabinet), engine.offer("B-1")["state"]) == ([], "ready")


def test_a_card_with_the_article_of_another_is_not_sent_over_it(
    engine: Engine, store: Store, cabinet: Cabinet
) -> None:
    first, second = store.goods("A-1", "B-1")
    engine.cycle()
    cabinet.edit("A-1", article="T-1")
    cabinet.edit("B-1", article="A-1")
    store.change(first, name="Имя первого")
    store.change(second, name="Имя второго")
    ids = articles(cabinet)
    for _ in range(4):
        later(engine)
    there = cabinet.state()
    assert {there["A-1"]["name"], there["B-1"]["name"]} == {"Имя первого", "Имя второго"}
    assert there["A-1"]["name"] == "Имя первого"
    assert ids[there["A-1"]["product_id"]] == "T-1"


def test_the_limit_of_renames_lets_the_rest_wait(engine: Engine, store: Store, cabinet: Cabinet) -> None:
    goods = store.goods(*(f"A-{place:02d}" for place in range(30)))
    engine.configure(guards={"mass": {"at_least": 100}})
    engine.cycle()
    cabinet.knobs(rename_items_per_minute=25)
    exchanged(store, *((guid, f"B-{place:02d}") for place, guid in enumerate(goods)))
    engine.clock.advance(minutes=10)
    sent = engine.plan_cards() and engine.upload("rename")
    assert (sent["confirmed"], sent["left"], sent["waiting"]) == (25, 5, 5)
    before = cabinet.now()
    assert engine.upload("rename")["waiting"] == 5
    assert renames(cabinet, before) == []
