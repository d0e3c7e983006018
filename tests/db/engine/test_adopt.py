"""Adoption against the live sandbox: what is taken over, what waits for a person, and that nothing is written there."""

from __future__ import annotations

from typing import Any

from engine_kit import ACCOUNT, KAZAN, MOSCOW, WRITES, Cabinet, Engine, Store

from marketsync import steps

ID = "Код ОЗОН"


def adopt(engine: Engine) -> dict[str, Any]:
    """Run the step, and see that it wrote nothing at the marketplace."""
    since = engine.cabinet.now()
    counts = steps.adopt(engine.runtime, ACCOUNT)
    paths = {call["path"] for call in engine.cabinet.calls(since=since)}
    assert paths and not paths & set(WRITES)
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
