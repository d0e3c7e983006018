"""From the store's count to what is shown: buffers, thresholds, sums, and names that must exist."""

from __future__ import annotations

from typing import Any

import pytest
from engine_kit import KAZAN_STORE, MAIN_STORE, MOSCOW, Cabinet, Engine, Store

from marketsync.errors import BadInput


@pytest.mark.parametrize(
    ("counted", "rule", "shown"),
    [
        pytest.param(-3, {}, 0, id="negative"),
        pytest.param(0.9, {}, 0, id="fraction"),
        pytest.param(7.9, {}, 7, id="rounded-down"),
        pytest.param(7, {"buffer": 2}, 5, id="buffer"),
        pytest.param(1, {"buffer": 2}, 0, id="buffer-eats-all"),
        pytest.param(4, {"buffer": 2, "hide_below": 3}, 0, id="hidden-after-the-buffer"),
        pytest.param(5, {"buffer": 2, "hide_below": 3}, 3, id="not-hidden"),
        pytest.param(500, {"show_at_most": 50}, 50, id="show-at-most"),
        pytest.param(None, {}, 0, id="never-counted"),
    ],
)
def test_what_is_shown_of_a_count(
    engine: Engine, store: Store, cabinet: Cabinet, counted: float | None, rule: dict[str, Any], shown: int
) -> None:
    engine.configure(warehouses=({"store": MAIN_STORE, "marketplace": MOSCOW, **rule},))
    store.good("A-1", stock=counted)
    engine.cycle()
    assert cabinet.stocks() == {"A-1": shown}


def test_two_store_warehouses_add_up_in_one_of_the_marketplaces(
    engine: Engine, store: Store, cabinet: Cabinet
) -> None:
    engine.configure(
        warehouses=(
            {"store": MAIN_STORE, "marketplace": MOSCOW, "buffer": 1},
            {"store": f"w-{KAZAN_STORE}", "marketplace": MOSCOW},
        )
    )
    guid = store.good("A-1", stock=3)
    store.set_stock(guid, 4, KAZAN_STORE)
    engine.cycle()
    assert cabinet.stocks() == {"A-1": 6}


def test_a_misspelt_warehouse_stops_stocks_with_a_message_and_sends_nothing(
    engine: Engine, store: Store, cabinet: Cabinet
) -> None:
    guid = store.good("A-1")
    engine.cycle()
    before = cabinet.now()
    engine.configure(warehouses=({"store": "Основной скалд", "marketplace": MOSCOW},))
    store.set_price(guid, "900")
    store.set_stock(guid, 1)
    engine.cards()
    engine.send("price")

    with pytest.raises(BadInput) as told:
        engine.send("stock")

    assert "'Основной скалд'" in str(told.value)
    assert "accounts.yaml" in str(told.value)
    assert f"'{MAIN_STORE}'" in str(told.value)
    assert cabinet.sent_stocks(before) == []
    assert cabinet.prices() == {"A-1": "900.00"}
    assert engine.planned("stock") == []


def test_what_falls_to_zero_goes_first_and_what_falls_before_what_rises(
    engine: Engine, store: Store, cabinet: Cabinet
) -> None:
    rises, falls, gone = store.goods("A-1", "A-2", "A-3")
    engine.cycle()
    before = cabinet.now()
    store.set_stock(rises, 6)
    store.set_stock(falls, 4)
    store.set_stock(gone, 0)
    engine.clock.advance(minutes=1)
    engine.plan("stock")
    lanes = {change["article"]: change["lane"] for change in engine.changes("stock", state="planned")}
    assert sorted(lanes, key=lambda article: lanes[article]) == ["A-3", "A-2", "A-1"]
    engine.upload("stock")
    assert sorted(cabinet.sent_stocks(before)) == [0, 4, 6]
