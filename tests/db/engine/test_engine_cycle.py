"""A whole cycle, and the second one that has nothing to do."""

from __future__ import annotations

from engine_kit import Cabinet, Engine, Store


def test_new_goods_end_in_the_cabinet_with_price_and_stock(
    engine: Engine, store: Store, cabinet: Cabinet
) -> None:
    store.good("A-1", price="1990", old="2490", floor="1500", stock=7)
    store.good("A-2", price="350.50", stock=0)

    engine.cycle()

    there = cabinet.state()
    assert (there["A-1"]["price"], there["A-1"]["old_price"], there["A-1"]["min_price"]) == (
        "1990.00", "2490.00", "1500.00",
    )  # fmt: skip
    assert (there["A-2"]["price"], there["A-2"]["old_price"]) == ("350.50", "0.00")
    assert there["A-1"]["name"] == "Конструктор A-1"
    assert cabinet.stocks() == {"A-1": 7, "A-2": 0}
    for article in ("A-1", "A-2"):
        offer = engine.offer(article)
        assert (offer["state"], offer["external_id"], offer["sku"]) == (
            "ready", str(there[article]["product_id"]), str(there[article]["sku"]),
        )  # fmt: skip
    reconciled = engine.reconcile()
    assert engine.differences(reconciled) == set()
    assert (reconciled["offers"], reconciled["shown"], reconciled["healed"]) == (2, 2, 0)


def test_a_second_cycle_plans_and_sends_nothing(engine: Engine, store: Store, cabinet: Cabinet) -> None:
    store.goods("A-1", "A-2", old="1500")
    engine.cycle()
    plans, before = engine.rows("select * from plan"), cabinet.now()

    engine.clock.advance(hours=1)
    engine.cycle()

    assert cabinet.writes(since=before) == []
    assert engine.rows("select * from plan") == plans
    assert engine.planned("price") + engine.planned("stock") + engine.planned("card") == []
