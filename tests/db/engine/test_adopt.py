"""Adoption against the live sandbox: what is taken over, what waits for a person, and that nothing is written there."""

from __future__ import annotations

from typing import Any

import pytest
from engine_kit import ACCOUNT, KAZAN, MOSCOW, WRITES, Cabinet, Engine, Store

from marketsync import steps
from marketsync.db import sql
from marketsync.errors import Fatal, MarketsyncError, Retriable

ID = "Код ОЗОН"


def adopt(engine: Engine) -> dict[str, Any]:
    """Run the step, and see that it wrote nothing at the marketplace."""
    since = engine.cabinet.now()
    counts = steps.adopt(engine.runtime, ACCOUNT)
    paths = {call["path"] for call in engine.cabinet.calls(since=since)}
    assert paths
    assert not paths & set(WRITES)
    return counts


def barcode(engine: Engine, guid: str) -> str:
    (row,) = engine.rows("select barcodes from product where guid = %s", guid)
    found: str = row["barcodes"][0]
    return found


def conflicts(engine: Engine) -> dict[str, tuple[str, str, list[str]]]:
    """Good's guid -> kind, state, articles of its candidates that nobody has rejected."""
    rows = engine.rows(
        "select p.guid, c.kind, c.state, array_agg(card.article order by card.article) "
        "filter (where not said.rejected) as articles "
        "from adoption_conflict as c join product as p using (product_id) "
        "left join adoption_candidate as said using (conflict_id) "
        "left join adoption_card as card on card.account = c.account and card.external_id = said.external_id "
        "group by 1, 2, 3"
    )
    return {row["guid"]: (row["kind"], row["state"], row["articles"] or []) for row in rows}


def adopted(engine: Engine) -> dict[str, tuple[str, str]]:
    """Good's guid -> the article of its card, and the key by which it was found."""
    rows = engine.rows(
        "select p.guid, o.article, o.adopted_by from offer as o join product as p using (product_id) "
        "where o.adopted_at is not null"
    )
    return {row["guid"]: (row["article"], row["adopted_by"]) for row in rows}


def test_nothing_is_made_in_a_cabinet_where_people_worked_before_it_is_adopted(
    engine: Engine, store: Store, cabinet: Cabinet
) -> None:
    guid = store.good("A-1", price="1000", old=None, floor="600", stock=5)
    # theirs has another article: only its barcode says that it is the same good
    cabinet.make_card("HAND-1", barcodes=[barcode(engine, guid)], price="1000.00", min_price="600.00")
    before = cabinet.state()
    with pytest.raises(Fatal, match="«HAND-1».*приём кабинета не проводился.*marketsync adopt"):
        engine.cards()
    assert cabinet.state() == before
    assert cabinet.writes() == []

    adopt(engine)
    engine.cycle()
    assert set(cabinet.state()) == {"HAND-1"}


def test_a_card_with_the_article_of_a_good_becomes_its_own_and_nothing_is_left_to_send(
    engine: Engine, store: Store, cabinet: Cabinet
) -> None:
    guid = store.good("A-1", price="1000", old=None, floor="600", stock=5)
    cabinet.make_card(
        "A-1",
        name="Имя, которое придумали люди",
        barcodes=[barcode(engine, guid)],
        price="1000.00",
        min_price="600.00",
        stocks={MOSCOW: {"present": 7, "reserved": 2}},
    )
    before = cabinet.state()
    counts = adopt(engine)
    assert (counts["cards"], counts["adopted"], counts["by_article+barcode"]) == (1, 1, 1)
    offer = engine.offer("A-1")
    assert (offer["external_id"], offer["state"]) == (str(before["A-1"]["product_id"]), "ready")
    assert offer["sku"] == str(before["A-1"]["sku"])
    price, stock = engine.known("price", "A-1"), engine.known("stock", "A-1")
    assert (str(price["confirmed_amount"]), str(price["observed_amount"])) == ("1000.00", "1000.00")
    assert (stock["confirmed_amount"], stock["in_doubt"]) == (5, False)
    (seen,) = engine.rows("select document from card_seen")
    assert seen["document"]["name"] == "Имя, которое придумали люди"
    since = cabinet.now()
    engine.cycle()
    assert cabinet.writes(since=since) == []
    assert cabinet.state() == before


def test_keys_by_their_strength(engine: Engine, store: Store, cabinet: Cabinet) -> None:
    """The id in 1C before all, then article and barcode together, then one of the two alone."""
    engine.configure(adopt={"id_property": ID})
    by_id = store.good("A-1", properties={ID: "1500000900"})
    by_sku = store.good("A-2", properties={ID: " 1800000901 "})
    by_requisite = store.good("A-3", requisites={ID: "1500000902"})
    by_both, by_article, by_barcode = store.goods("B-1", "B-2", "B-3")
    without_article = store.good(None)
    cabinet.make_card("их-1", product_id=1500000900, barcodes=[])
    cabinet.make_card("их-2", sku=1800000901, barcodes=[])
    cabinet.make_card("их-3", product_id=1500000902, barcodes=[])
    # what is like A-1 in a weaker way stays alone
    cabinet.make_card("их-4", barcodes=[barcode(engine, by_id)])
    cabinet.make_card("B-1", barcodes=["2000000000015", barcode(engine, by_both)])
    cabinet.make_card("их-5", barcodes=[barcode(engine, by_both)])
    cabinet.make_card("B-2", barcodes=["2000000000022"])
    cabinet.make_card("их-6", barcodes=[barcode(engine, by_barcode)])
    cabinet.make_card("их-7", barcodes=[barcode(engine, without_article)])
    counts = adopt(engine)
    assert adopted(engine) == {
        by_id: ("их-1", "id"),
        by_sku: ("их-2", "id"),
        by_requisite: ("их-3", "id"),
        by_both: ("B-1", "article+barcode"),
        by_article: ("B-2", "article"),
        by_barcode: ("их-6", "barcode"),
        without_article: ("их-7", "barcode"),
    }
    assert (counts["conflicts"], counts["alone"]) == (0, 2)
    alone = engine.rows("select article from adoption_card where outcome = 'alone' order by 1")
    assert [row["article"] for row in alone] == ["их-4", "их-5"]


def test_an_id_of_a_good_is_not_that_of_each_of_its_variants(
    engine: Engine, store: Store, cabinet: Cabinet
) -> None:
    engine.configure(adopt={"id_property": ID})
    store.good("A", guid="g", properties={ID: "1500000900"})
    engine.run("update product set has_variants = true where guid = 'g'")
    red = store.good("A-red", guid="g#1")
    blue = store.good("A-blue", guid="g#2", properties={ID: "1500000901"})
    cabinet.make_card("A-red", product_id=1500000900, barcodes=[])
    cabinet.make_card("их-1", product_id=1500000901, barcodes=[])
    adopt(engine)
    assert adopted(engine) == {red: ("A-red", "article"), blue: ("их-1", "id")}


def test_what_is_only_alike_waits_for_a_person_and_gets_no_second_card(
    engine: Engine, store: Store, cabinet: Cabinet
) -> None:
    case, blanks, zeros, digits = store.goods("Abc-1", "KOL 20", "00070", "D-1")
    store.change(digits, barcodes=["036000291452"])
    cabinet.make_card("aBC-1", barcodes=[])
    cabinet.make_card("КOL20".replace("К", "K"), barcodes=[])
    cabinet.make_card("70", barcodes=[])
    cabinet.make_card("их-1", barcodes=["0036000291452"])
    before = cabinet.state()
    counts = adopt(engine)
    assert (counts["adopted"], counts["conflict_similar"]) == (0, 4)
    assert conflicts(engine) == {
        case: ("similar", "open", ["aBC-1"]),
        blanks: ("similar", "open", ["KOL20"]),
        zeros: ("similar", "open", ["70"]),
        digits: ("similar", "open", ["их-1"]),
    }
    engine.cycle()
    assert engine.rows("select * from offer") == []
    codes = engine.rows("select distinct code, message from unlistable")
    assert [row["code"] for row in codes] == ["adoption_conflict"]
    assert "лист «Конфликты»" in codes[0]["message"]
    assert cabinet.state() == before


def test_what_is_ambiguous_waits_for_a_person(engine: Engine, store: Store, cabinet: Cabinet) -> None:
    two_cards = store.good("A-1")
    apart = store.good("A-2")
    first, second = store.goods("A-3", "A-4")
    archived, nameless = store.goods("A-5", "A-6")
    twins = [store.good("A-7"), store.good("A-7")]
    # a cabinet with two cards for one barcode
    for article in ("их-1", "их-2"):
        cabinet.make_card(article, barcodes=[barcode(engine, two_cards)])
    # the article says one card, the barcode another
    cabinet.make_card("A-2", barcodes=["2000000000039"])
    cabinet.make_card("их-3", barcodes=[barcode(engine, apart)])
    # two goods that match one card
    cabinet.make_card("A-3", barcodes=[barcode(engine, second)])
    cabinet.make_card("A-5", barcodes=[], archived=True)
    # a card without an article
    cabinet.make_card("", barcodes=[barcode(engine, nameless)])
    cabinet.make_card("A-7", barcodes=[])
    before = cabinet.state()
    counts = adopt(engine)
    assert (counts["cards"], counts["adopted"], counts["alone"]) == (8, 0, 0)
    assert conflicts(engine) == {
        two_cards: ("two_cards", "open", ["их-1", "их-2"]),
        apart: ("two_cards", "open", ["A-2", "их-3"]),
        first: ("two_goods", "open", ["A-3"]),
        second: ("two_goods", "open", ["A-3"]),
        archived: ("archived", "open", ["A-5"]),
        nameless: ("no_article", "open", [""]),
        **dict.fromkeys(twins, ("two_goods", "open", ["A-7"])),
    }
    engine.cycle()
    assert engine.rows("select * from offer") == []
    assert cabinet.state() == before


def test_a_card_of_another_offer_is_never_taken(engine: Engine, store: Store, cabinet: Cabinet) -> None:
    ours = store.good("A-1")
    engine.cycle()
    assert engine.offer("A-1")["state"] == "ready"
    twin = store.good("A-2", barcodes=[barcode(engine, ours)])
    # our card gets another article there, a stranger takes the one under which we know ours
    before = engine.offer("A-1")
    counts = adopt(engine)
    assert (counts["ours"], counts["adopted"]) == (1, 0)
    assert conflicts(engine) == {twin: ("taken", "open", ["A-1"])}
    assert engine.offer("A-1") == before
    assert engine.known("card", "A-1")["confirmed_hash"] is not None
    assert before["adopted_at"] is None


def test_it_can_be_run_again_and_ends_the_same(engine: Engine, store: Store, cabinet: Cabinet) -> None:
    goods = store.goods("A-1", "A-2", "A-3")
    cabinet.make_card("A-1")
    cabinet.make_card("a-2", barcodes=[])
    cabinet.make_card("stranger", barcodes=[])

    def tables() -> list[Any]:
        wanted = {
            "offer": "offer_id, article, external_id, sku, state, adopted_at, adopted_by",
            "offer_channel": "*",
            "adoption_conflict": "*",
            "adoption_candidate": "*",
            "adoption_card": "external_id, state",
            "card_seen": "offer_id, document",
        }
        queries = [f"select {columns} from {table} order by 1, 2" for table, columns in wanted.items()]  # noqa: S608
        return [engine.rows(query) for query in queries]

    first = adopt(engine)
    assert (first["adopted"], first["ours"], first["conflicts"], first["alone"]) == (1, 0, 1, 1)
    kept = tables()
    again = adopt(engine)
    assert (again["adopted"], again["ours"], again["conflicts"], again["alone"]) == (0, 1, 1, 1)
    assert tables() == kept
    assert set(adopted(engine)) == {goods[0]}


def test_offers_that_were_refused_for_a_hand_made_card_get_it(
    engine: Engine, store: Store, cabinet: Cabinet
) -> None:
    """Before the adoption the catalog ran: articles may even have to change places."""
    third = store.good("A-3")
    adopt(engine)
    cabinet.make_card("A-3", barcodes=[])
    engine.cards()
    assert engine.refusals() == {("A-3", "card"): "exists_there"}
    one = store.good("A-1", properties={ID: "1500000911"})
    two = store.good("A-2", properties={ID: "1500000912"})
    alike, stands_in_the_way = store.goods("B-1", "A-4")
    fourth = store.good("A-5", properties={ID: "1500000913"})
    cabinet.make_card("A-2", product_id=1500000911, barcodes=[])
    cabinet.make_card("A-1", product_id=1500000912, barcodes=[])
    cabinet.make_card("A-4", product_id=1500000913, barcodes=[])
    cabinet.make_card("b-1", barcodes=[])
    engine.configure(adopt={"id_property": ID}, mode="observe")
    engine.cards()
    offers = {row["product_id"]: row["offer_id"] for row in engine.rows("select * from offer")}
    assert len(offers) == 6
    engine.configure(adopt={"id_property": ID})
    counts = adopt(engine)
    assert counts["adopted"] == 4
    assert adopted(engine) == {
        one: ("A-2", "id"),
        two: ("A-1", "id"),
        third: ("A-3", "article"),
        fourth: ("A-4", "id"),
    }
    kept = {row["offer_id"] for row in engine.rows("select * from offer where adopted_at is not null")}
    assert kept <= set(offers.values())
    assert conflicts(engine) == {
        alike: ("similar", "open", ["b-1"]),
        stands_in_the_way: ("two_goods", "open", ["A-4"]),
    }
    assert engine.refusals() == {}
    assert engine.changes("card", state="planned") == []
    before = cabinet.state()
    engine.cards()
    assert set(cabinet.state()) == set(before)


def test_prices_and_stocks_follow_the_store_afterwards_and_the_card_stays(
    engine: Engine, store: Store, cabinet: Cabinet
) -> None:
    engine.configure(
        warehouses=(
            {"store": "Основной склад", "marketplace": MOSCOW},
            {"store": "Склад Казань", "marketplace": KAZAN},
        )
    )
    guid = store.good("A-1", price="1100", old="1500", floor="700", stock=4)
    jump = store.good("A-2", price="400", floor="100", stock=1)
    cabinet.make_card("A-1", price="1000.00", images=["https://photos.example.com/one.jpg"])
    cabinet.make_card("A-2", price="1000.00", stocks={KAZAN: {"present": 9}})
    before = cabinet.state()
    adopt(engine)
    engine.cycle()
    # the guard holds a jump against what the cabinet showed
    assert engine.held() == {"A-2": "price_jump"}
    after = cabinet.state()
    assert (after["A-1"]["price"], after["A-1"]["old_price"], after["A-1"]["min_price"]) == (
        "1100.00", "1500.00", "700.00",
    )  # fmt: skip
    assert after["A-2"]["price"] == "1000.00"
    assert {name: cell["present"] for name, cell in after["A-2"]["stocks"].items()} == {MOSCOW: 1, KAZAN: 0}
    for article, there in before.items():
        for field in ("name", "images", "attributes", "barcodes", "description_category_id"):
            assert after[article][field] == there[field]
    assert cabinet.sent_cards() == []
    engine.reconcile()
    assert {
        row["article"] for row in engine.rows("select article from difference where channel = 'card'")
    } == set()
    # a change in 1C does not touch it either
    store.change(guid, name="Другое имя")
    store.change(jump, pictures=["other.jpg"])
    engine.cycle()
    assert cabinet.sent_cards() == []


def test_an_adopted_card_that_was_deleted_there_is_made_anew_as_ours(
    engine: Engine, store: Store, cabinet: Cabinet
) -> None:
    store.good("A-1")
    cabinet.make_card("A-1")
    adopt(engine)
    engine.run("update offer set external_id = '1', article = 'A-1-gone'")
    engine.reconcile()
    (offer,) = engine.rows("select * from offer")
    assert (offer["state"], offer["adopted_at"], offer["external_id"]) == ("new", None, None)
    assert engine.rows("select * from card_seen") == []


def test_a_cabinet_whose_cards_are_being_sent_is_not_adopted(
    engine: Engine, store: Store, cabinet: Cabinet
) -> None:
    store.good("A-1")
    cabinet.make_card("A-1")
    with engine.database.session(autocommit=True) as session:
        session.execute(sql("submission/exclusive"), engine.seller.cards.key)
        with pytest.raises(Retriable, match="nothing was changed"):
            steps.adopt(engine.runtime, ACCOUNT)
    assert engine.rows("select * from offer") == []
    assert adopt(engine)["adopted"] == 1


def test_a_reading_that_breaks_off_changes_nothing(engine: Engine, store: Store, cabinet: Cabinet) -> None:
    store.good("A-1")
    cabinet.make_card("A-1")
    cabinet.fault("/v1/product/info/warehouse/stocks", "500")
    with pytest.raises(MarketsyncError):
        steps.adopt(engine.runtime, ACCOUNT)
    assert engine.rows("select * from offer") == []
    (row,) = engine.rows("select state, error from adoption")
    assert row["state"] == "failed"
    assert "warehouse/stocks" in row["error"]
    cabinet.no_faults()
    assert adopt(engine)["adopted"] == 1


def test_an_account_that_only_observes_is_adopted_too(engine: Engine, store: Store, cabinet: Cabinet) -> None:
    engine.configure(mode="observe")
    store.good("A-1")
    cabinet.make_card("A-1")
    assert adopt(engine)["adopted"] == 1
