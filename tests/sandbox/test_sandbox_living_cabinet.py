"""A cabinet that people filled before any program came: ids of their own, no articles, one barcode twice."""

from __future__ import annotations

import pytest
from sandbox_testkit import CLIENT, MOSCOW, ManualClock, Ozon

from sandbox.world import DEFAULT_CLIENT_ID, World

CARDS = [
    {"offer_id": "A-1", "product_id": 1_500_000_001, "sku": 1_800_000_001, "price": "500", "barcodes": ["1"]},
    {"offer_id": "A-2", "product_id": 1_500_000_002, "price": "600", "barcodes": ["1"]},
    {"offer_id": "", "product_id": 1_500_000_003, "price": "700", "barcodes": ["2"]},
    {"offer_id": "", "price": "800"},
]


def test_ids_that_a_card_has_already_are_shown(ozon: Ozon) -> None:
    ozon.order("cards", cards=CARDS)
    rows = ozon.ok("/v3/product/list", {"filter": {"visibility": "ALL"}, "limit": 10})["result"]["items"]
    assert [(row["offer_id"], row["product_id"]) for row in rows][:3] == [
        ("A-1", 1_500_000_001), ("A-2", 1_500_000_002), ("", 1_500_000_003),
    ]  # fmt: skip
    assert rows[0]["sku"] == 1_800_000_001
    assert len({row["sku"] for row in rows} - {0}) == 4
    found = ozon.ok("/v3/product/info/list", {"sku": ["1800000001"]})["items"]
    assert [(each["id"], each["offer_id"]) for each in found] == [(1_500_000_001, "A-1")]


def test_cards_without_an_article_are_many_and_known_by_their_id(ozon: Ozon) -> None:
    ozon.order("cards", cards=CARDS)
    state = ozon.state()
    nameless = [name for name in state if name.startswith("#")]
    assert len(nameless) == 2
    assert state["#1500000003"]["offer_id"] == ""
    pair = {"product_id": 1_500_000_003, "stock": 4, "warehouse_id": MOSCOW}
    assert ozon.ok("/v2/products/stocks", {"stocks": [pair]})["result"][0]["updated"]


def test_one_barcode_may_stand_on_two_cards_that_people_made(ozon: Ozon) -> None:
    ozon.order("cards", cards=CARDS)
    state = ozon.state()
    assert state["A-1"]["barcodes"] == state["A-2"]["barcodes"] == ["1"]


@pytest.mark.parametrize(
    ("card", "reason"),
    [
        ({"product_id": 1_500_000_001}, "product_id 1500000001 or sku 0 is already in the cabinet"),
        ({"sku": 1_800_000_001}, "product_id 0 or sku 1800000001 is already in the cabinet"),
        ({"product_id": 9_900_000_001}, "product_id lies below 3400000001"),
    ],
)
def test_an_id_that_is_taken_or_would_be_given_out_is_refused(
    ozon: Ozon, card: dict[str, int], reason: str
) -> None:
    ozon.order("cards", cards=CARDS)
    response = ozon.http.post(f"/_sandbox/ozon/{CLIENT}/cards", json={"cards": [{"offer_id": "B", **card}]})
    assert response.status_code == 400
    assert reason in response.json()["error"]


def test_a_world_starts_with_its_cards_and_comes_back_to_them() -> None:
    world = World(clock=ManualClock(), cards=CARDS)
    cabinet = world.ozon.cabinet(DEFAULT_CLIENT_ID)
    first = list(cabinet.by_id)
    assert len(first) == len(CARDS)
    world.reset()
    assert list(world.ozon.cabinet(DEFAULT_CLIENT_ID).by_id) == first
