"""Any offer's past can be told: said by 1C, planned, sent, answered, seen; and a plan be held against now."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from engine_kit import ACCOUNT, MOSCOW, Cabinet, Engine, Store

from marketsync.errors import BadInput
from marketsync.lineage import replay
from marketsync.lineage.past import Past, past
from marketsync.lineage.words import Teller


def told(engine: Engine, article: str, at: datetime | None = None) -> Past:
    now = engine.clock.now()
    (found,) = past(engine.database, article, at or now, limit=30, now=now)
    return found


def said(found: Past, kind: str) -> list[dict[str, Any]]:
    return [row["value"] for row in found.said if row["kind"] == kind]


def moment(engine: Engine) -> datetime:
    """A time after everything so far: the store's rows carry the database's."""
    (row,) = engine.rows("select clock_timestamp() as now")
    now: datetime = row["now"]
    return max(now, engine.clock.now())


def test_each_time_has_its_own_truth(engine: Engine, store: Store, cabinet: Cabinet) -> None:
    guid = store.good("A-1", price="1000", floor="800", stock=5, name="Пирамидка")
    engine.cycle()
    engine.reconcile(after=0)
    first = moment(engine)

    store.delivery()
    store.set_price(guid, "900")
    store.set_stock(guid, 2)
    store.change(guid, name="Пирамидка большая")
    engine.clock.advance(minutes=1)
    engine.send("price")
    cabinet.edit("A-1", price="850")
    engine.reconcile()
    second = moment(engine)

    then, now = told(engine, "A-1", first), told(engine, "A-1", second)
    assert [row["amount"] for row in said(then, "price")] == [800, 1000]
    assert {row["amount"] for row in said(now, "price")} == {800, 900}
    assert [row["quantity"] for row in said(then, "stock")] == [5]
    assert [row["quantity"] for row in said(now, "stock")] == [2]
    assert [row["name"] for row in said(then, "product")] == ["Пирамидка"]
    assert [row["name"] for row in said(now, "product")] == ["Пирамидка большая"]

    def seen(found: Past) -> dict[str, Decimal]:
        return {row["channel"]: row["amount"] for row in found.seen if row["channel"] in ("price", "stock")}

    assert seen(then) == {"price": 1000, "stock": 5}
    assert seen(now)["price"] == 850
    assert {(c.row["channel"], c.row["state"]) for c in then.changes} >= {
        ("card", "confirmed"), ("price", "confirmed"), ("stock", "confirmed"),
    }  # fmt: skip
    newest = now.changes[0]
    assert (newest.row["from_amount"], newest.row["to_amount"]) == (1000, 900)
    assert newest.row["exchange_id"] != then.changes[0].row["exchange_id"]
    (call,) = newest.calls
    assert call["method"] == "POST /v1/product/import/prices"
    assert call["trace_id"]


def test_before_anything_was_known_nothing_is_told(engine: Engine, store: Store) -> None:
    store.good("A-1")
    engine.cycle()
    early = told(engine, "A-1", datetime(2020, 1, 1, tzinfo=UTC))
    assert (early.said, early.seen, early.changes) == ((), (), ())


def test_a_refusal_keeps_the_marketplaces_words(engine: Engine, store: Store, cabinet: Cabinet) -> None:
    guid = store.good("A-1", floor="800")
    engine.cycle()
    cabinet.knobs(price_max=1200)
    store.set_price(guid, "1300")
    engine.clock.advance(minutes=1)
    engine.send("price")
    found = told(engine, "A-1")
    newest = found.changes[0].row
    assert newest["state"] == "rejected"
    assert newest["answer_code"]
    assert newest["answer_message"]
    assert [row["channel"] for row in found.refusals] == ["price"]
    lines = list(Teller("ru", UTC, bodies=True).lines(found))
    assert any(newest["answer_message"] in line for line in lines)
    assert any("в запросе" in line and "1300" in line for line in lines)
    assert any(line.startswith("1С сообщила") for line in lines)
    assert any(line.startswith("The store said") for line in Teller("en", UTC, bodies=False).lines(found))


def test_a_variant_is_told_with_its_good_and_found_by_its_id(engine: Engine, store: Store) -> None:
    guid = store.good("A-1")
    engine.cycle()
    assert told(engine, guid).offer["article"] == "A-1"
    with pytest.raises(BadInput, match="No offer has the article"):
        told(engine, "nobody")


def test_a_plan_is_held_against_what_is_wanted_now(engine: Engine, store: Store) -> None:
    kept, moved, gone, wild = store.goods("A-1", "A-2", "A-3", "A-4", floor="800")
    engine.cycle()
    for guid in (kept, moved, gone, wild):
        store.set_price(guid, "900")
    number = engine.plan("price")["plan"]
    assert isinstance(number, int)
    assert replay.compare(engine.runtime, number, limit=9).counts["sent"] == 4
    store.set_price(moved, "950")
    store.mark(gone, False)
    engine.plan_cards()
    engine.clock.advance(minutes=1)
    engine.upload("price")
    before = len(engine.rows("select 1 as n from change"))
    compared = replay.compare(engine.runtime, number, limit=9)
    assert compared.counts == {
        "plan": number, "account": ACCOUNT, "channel": "price",
        "already_so": 2, "another_value": 1, "not_wanted": 1,
    }  # fmt: skip
    assert any("A-2" in line and "950" in line for line in compared.lines)
    assert len(engine.rows("select 1 as n from change")) == before


def test_a_plan_goes_to_a_sandbox_again_and_changes_nothing_of_ours(
    engine: Engine, store: Store, cabinet: Cabinet
) -> None:
    store.goods("A-1", "A-2")
    engine.cycle()
    plans = {row["channel"]: row["plan_id"] for row in engine.rows("select channel, max(plan_id) as plan_id "
             "from plan group by channel")}  # fmt: skip
    other = Cabinet(cabinet.sandbox, "990" + cabinet.client_id)
    address = f"{cabinet.sandbox.url}/ozon"
    ours, shown = engine.rows("select * from offer_channel order by 1, 2, 3"), cabinet.state()

    for channel in ("card", "price", "stock"):
        results = list(replay.send(engine.runtime, plans[channel], address, client=other.client_id))
        assert {row["result"] for row in results} == {"confirmed"}, results

    assert set(other.state()) == {"A-1", "A-2"}
    assert other.stocks(MOSCOW) == {"A-1": 5, "A-2": 5}
    assert engine.rows("select * from offer_channel order by 1, 2, 3") == ours
    assert cabinet.state() == shown


@pytest.mark.parametrize("address", ["127.0.0.1:8090", "http://127.0.0.1:9/ozon"])
def test_a_replay_goes_to_a_sandbox_only(engine: Engine, store: Store, address: str) -> None:
    store.good("A-1")
    engine.cycle()
    with pytest.raises(BadInput, match=r"no address|is no sandbox"):
        list(replay.send(engine.runtime, 1, address, client=None))
    with pytest.raises(BadInput, match="no plan 99999"):
        replay.compare(engine.runtime, 99999, limit=1)
