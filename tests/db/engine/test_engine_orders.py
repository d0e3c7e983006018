"""Orders from the sandbox's cabinet into the inbox, and what the stock channel sends of them."""

from __future__ import annotations

from typing import Any

import pytest
from engine_kit import KAZAN, KAZAN_STORE, MAIN_STORE, MOSCOW, STOCKS, Cabinet, Engine, Store

from marketsync import steps
from marketsync.errors import MarketsyncError
from marketsync.marketplaces.orders import PushKind
from marketsync.marketplaces.ozon import OZON
from marketsync.orders.inbox import take_push

WAREHOUSES = ({"store": MAIN_STORE, "marketplace": MOSCOW}, {"store": KAZAN_STORE, "marketplace": KAZAN})


@pytest.fixture
def taking(engine: Engine, store: Store) -> Engine:
    """A cabinet with ten balls and ten cars on sale, whose orders are taken from now on."""
    engine.configure(orders={}, warehouses=WAREHOUSES)
    store.goods("ball", "car", stock=10)
    engine.cycle()
    steps.take_orders(engine.runtime, "ozon")
    return engine


def buy(cabinet: Cabinet, article: str, quantity: int = 1, **fields: Any) -> dict[str, Any]:
    made: dict[str, Any] = cabinet.sandbox.call(
        "POST",
        f"/ozon/{cabinet.client_id}/order",
        {"products": [{"offer_id": article, "quantity": quantity}], "warehouse_id": int(MOSCOW), **fields},
    )
    return made


def do(cabinet: Cabinet, what: str, **fields: Any) -> None:
    cabinet.sandbox.call("POST", f"/ozon/{cabinet.client_id}/{what}", fields)


def read(engine: Engine, minutes: float = 1.0) -> dict[str, Any]:
    engine.clock.advance(minutes=minutes)
    return steps.take_orders(engine.runtime, "ozon")


def reserved(engine: Engine) -> dict[str, int]:
    rows = engine.rows(
        "select p.number, r.quantity from reservation as r join posting as p using (posting_id) "
        "where r.ended_at is null"
    )
    return {row["number"]: row["quantity"] for row in rows}


def sent(cabinet: Cabinet, since: int) -> list[int]:
    """What was sent for Moscow; every warehouse of a good becomes due with it."""
    return [
        item["stock"]
        for body in cabinet.writes(STOCKS, since)
        for item in body["stocks"]
        if str(item["warehouse_id"]) == MOSCOW
    ]


def test_an_order_is_read_reserved_and_lowers_what_is_sent(taking: Engine, cabinet: Cabinet) -> None:
    made = buy(cabinet, "ball", 3, requirements={"mandatory_mark": ["ball"]})
    assert read(taking)["new"] == 1
    (row,) = taking.rows("select * from posting")
    assert (row["status"], row["warehouse"], row["scheme"]) == ("to_assemble", MOSCOW, "marketplace")
    (line,) = taking.rows("select * from posting_line")
    assert (line["article"], line["quantity"], line["price"]) == ("ball", 3, 1000)
    assert row["requirements"] == {"mark": [line["sku"]]}
    assert taking.offer("ball")["offer_id"] == line["offer_id"]

    mark = cabinet.now()
    taking.send("stock")
    assert sent(cabinet, mark) == [7], "though it is what the cabinet shows already: it counts by itself"
    assert cabinet.stocks()["ball"] == 7
    taking.send("stock")
    assert sent(cabinet, mark) == [7]

    do(cabinet, "order_cancel", posting_number=made["posting_number"])
    read(taking)
    assert reserved(taking) == {}
    taking.send("stock")
    assert sent(cabinet, mark) == [7, 10]
    (row,) = taking.rows("select * from posting")
    assert (row["status"], row["cancellation"]["by"], row["version"]) == ("cancelled", "buyer", 2)
    assert read(taking)["changed"] == 0


def test_what_was_pushed_is_read_back_and_moved_on(taking: Engine, cabinet: Cabinet) -> None:
    made = buy(cabinet, "ball", 2)
    number = made["posting_number"]
    push = OZON.orders.understand(
        {
            "message_type": "TYPE_NEW_POSTING",
            "posting_number": number,
            "products": [{"sku": made["products"][0]["sku"], "offer_id": "ball", "quantity": 2}],
            "in_process_at": made["in_process_at"],
            "warehouse_id": int(MOSCOW),
            "shipment_date": "2026-11-25T10:00:00Z",
            "tpl_integration_type": "ozon",
            "seller_id": int(cabinet.client_id),
        }
    )
    assert push.kind is PushKind.NEW
    with taking.database.transaction() as connection:
        assert take_push(connection, taking.account, push, taking.clock.now())
    assert reserved(taking) == {number: 2}
    counts = read(taking)
    assert (counts["new"], counts["changed"]) == (0, 1)
    (row,) = taking.rows("select * from posting")
    assert (row["status"], row["heard_at"]) == ("to_assemble", None)

    do(cabinet, "order_move", posting_number=number, status="awaiting_deliver")
    do(cabinet, "order_move", posting_number=number, status="delivering")
    read(taking)
    assert taking.rows("select status from posting") == [{"status": "shipping"}]
    assert reserved(taking) == {number: 2}, "it has left the store, and the counts do not know"


def test_a_page_that_fails_is_read_again(taking: Engine, cabinet: Cabinet) -> None:
    for _ in range(3):
        buy(cabinet, "car")
    cabinet.fault("/v4/posting/fbs/list", "500")
    with pytest.raises(MarketsyncError):
        read(taking)
    (before,) = taking.rows("select watermark from order_flow where flow = 'changes'")
    assert len(reserved(taking)) == 3, "they wait to be assembled: the other list has them"
    cabinet.no_faults()
    read(taking)
    (after,) = taking.rows("select watermark from order_flow where flow = 'changes'")
    assert after["watermark"] > before["watermark"]


def test_a_buyer_is_known_only_where_we_deliver(taking: Engine, cabinet: Cabinet) -> None:
    person = {"name": "Анна Ли", "phone": "+7 900 000-00-00", "city": "Казань", "address_tail": "ул. Мира, 1"}
    buy(cabinet, "ball", scheme="rfbs", integration="non_integrated", buyer=person)
    buy(cabinet, "car")
    read(taking)
    rows = taking.rows(
        "select p.scheme, b.person from posting as p left join buyer as b using (posting_id) order by 1"
    )
    assert [row["scheme"] for row in rows] == ["marketplace", "seller"]
    assert rows[0]["person"] is None
    assert rows[1]["person"]["name"] == "Анна Ли"
    assert rows[1]["person"]["address"]["whole"] == "ул. Мира, 1"
    kept = taking.rows(
        "select told::text as text from posting_event union all select response_body from api_call"
    )
    assert not any("Анна" in (row["text"] or "") for row in kept)
