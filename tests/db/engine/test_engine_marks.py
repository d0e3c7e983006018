"""Which goods become offers, and what becomes of offers whose good is not wanted any more."""

from __future__ import annotations

import pytest
from engine_kit import Cabinet, Engine, Store


@pytest.mark.parametrize("how", ["unmarked", "deleted"])
def test_a_good_that_is_not_wanted_any_more_has_no_stock_and_keeps_its_card(
    engine: Engine, store: Store, cabinet: Cabinet, how: str
) -> None:
    guid = store.good("A-1")
    engine.cycle()
    before = cabinet.now()
    if how == "unmarked":
        store.mark(guid, False)
    else:
        store.change(guid, deleted=True)
    store.set_price(guid, "900")
    engine.clock.advance(minutes=10)
    engine.cycle()

    there = cabinet.state()["A-1"]
    assert cabinet.stocks() == {"A-1": 0}
    assert (there["archived"], there["price"]) == (False, "1000.00")
    assert cabinet.sent_cards(before) == []

    store.mark(guid, True)
    store.change(guid, deleted=False)
    engine.clock.advance(minutes=10)
    engine.cycle()
    assert (cabinet.stocks(), cabinet.prices()) == ({"A-1": 5}, {"A-1": "900.00"})


def test_goods_without_a_mark_are_left_alone(engine: Engine, store: Store, cabinet: Cabinet) -> None:
    store.good("A-1", marked=False)
    engine.cycle()
    assert (cabinet.writes(), engine.rows("select * from offer")) == ([], [])


def test_missing_and_doubled_articles_are_told_with_their_reason(
    engine: Engine, store: Store, cabinet: Cabinet
) -> None:
    nameless = store.good(None)
    twins = store.goods("A-1", "A-1")
    store.good("A-2")
    engine.cycle()

    told = {
        row["guid"]: (row["code"], row["message"])
        for row in engine.rows("select p.guid, u.* from unlistable as u join product as p using (product_id)")
    }
    assert list(cabinet.state()) == ["A-2"]
    assert {guid: code for guid, (code, _) in told.items()} == {
        nameless: "no_article", twins[0]: "duplicate_article", twins[1]: "duplicate_article",
    }  # fmt: skip
    assert "«A-1»" in told[twins[0]][1]

    store.change(nameless, article="A-3")
    store.change(twins[1], article="A-4")
    engine.cycle()
    assert sorted(cabinet.state()) == ["A-1", "A-2", "A-3", "A-4"]
    assert engine.rows("select * from unlistable") == []


def test_an_article_that_an_offer_has_already_is_doubled_too(
    engine: Engine, store: Store, cabinet: Cabinet
) -> None:
    store.good("A-1")
    engine.cycle()
    store.good("A-1", name="Другой товар")
    engine.cycle()
    assert [row["code"] for row in engine.rows("select * from unlistable")] == ["duplicate_article"]
    assert cabinet.state()["A-1"]["name"] == "Конструктор A-1"


def test_a_renamed_article_goes_to_the_same_card(engine: Engine, store: Store, cabinet: Cabinet) -> None:
    guid = store.good("A-1")
    engine.cycle()
    store.change(guid, article="B-1", name="Имя после переименования")
    store.set_price(guid, "900")
    store.set_stock(guid, 2)
    for _ in range(2):  # the mapping puts the article into the card, so the card goes after the article
        engine.clock.advance(minutes=10)
        engine.cycle()
    there = cabinet.state()
    assert list(there) == ["B-1"]
    assert (there["B-1"]["name"], there["B-1"]["price"]) == ("Имя после переименования", "900.00")
    assert cabinet.stocks() == {"B-1": 2}


def test_a_hand_made_card_of_the_same_article_is_never_overwritten(
    engine: Engine, store: Store, cabinet: Cabinet
) -> None:
    engine.adopt()
    cabinet.make_card("A-1", name="Сделано руками")
    store.good("A-1")
    store.good("A-2")
    for _ in range(3):
        engine.cycle()
        engine.clock.advance(hours=1)
    engine.reconcile()
    engine.cycle()

    assert engine.refusals() == {("A-1", "card"): "exists_there"}
    assert cabinet.sent_cards() == ["A-2"]
    there = cabinet.state()["A-1"]
    assert (there["name"], there["price"], there["stocks"]) == ("Сделано руками", "500.00", {})
    assert engine.offer("A-1")["state"] == "new"


def test_a_good_that_cannot_be_rendered_is_refused_with_all_its_reasons_and_holds_nobody_up(
    engine: Engine, store: Store, cabinet: Cabinet
) -> None:
    guid = store.good("A-1", vat="13", properties={"Количество деталей": ""})
    store.good("A-2")
    engine.cycle()
    (refusal,) = engine.rows("select * from refusal")
    assert (refusal["channel"], refusal["origin"]) == ("card", "mapping")
    assert "НДС" in refusal["message"]
    assert "Количество деталей" in refusal["message"]
    assert list(cabinet.state()) == ["A-2"]

    store.change(guid, vat="20", properties={"Количество деталей": "60"})
    engine.cycle()
    assert (sorted(cabinet.state()), engine.refusals()) == (["A-1", "A-2"], {})
