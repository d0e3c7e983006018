"""The channel of promotions against answers as Ozon gives them; and what prices say of promotions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from ozon_testkit import ScriptedClient, offer, price_item, refused

from marketsync.http.answers import RequestRefused
from marketsync.marketplaces.base import Item, Observed, Price, PromotionPrice, Result
from marketsync.marketplaces.ozon.channel_price import PriceChannel
from marketsync.marketplaces.ozon.channel_promotion import OzonPromotionChannel
from marketsync.marketplaces.promotions import Action, Candidate


def item(
    number: int,
    amount: str | None,
    *,
    moves_price: bool = False,
    ordinary: str | None = None,
    stock: int | None = None,
) -> Item:
    value = PromotionPrice(
        action="71342",
        amount=Decimal(amount) if amount else None,
        ordinary=Decimal(ordinary) if ordinary else None,
        moves_price=moves_price,
        currency="RUB",
        stock=stock,
    )
    return Item(offer(number, f"1{number}"), value)


def money(amount: str) -> Mapping[str, str]:
    return {"amount": amount, "currency": "RUB"}


def told(outcomes: Any) -> list[tuple[int, Result, str | None]]:
    return [(one.offer_id, one.result, one.problems[0].code if one.problems else None) for one in outcomes]


def test_actions_are_read_with_their_dates_and_their_sort() -> None:
    rows = [
        {
            "id": 71342,
            "title": "Промокоды",
            "date_start": "2026-11-22T09:46:38Z",
            "date_end": "2026-11-30T20:59:59Z",
            "freeze_date": "",
            "is_voucher_action": True,
            "potential_products_count": 3,
            "participating_products_count": 5,
        },
        {"id": 2.0, "title": "Бустинг", "freeze_date": "2026-11-25T00:00:00Z", "is_voucher_action": False},
    ]
    channel = OzonPromotionChannel(ScriptedClient(actions=[{"result": rows}]))
    assert channel.actions() == [
        Action(
            "71342",
            "Промокоды",
            datetime(2026, 11, 22, 9, 46, 38, tzinfo=UTC),
            datetime(2026, 11, 30, 20, 59, 59, tzinfo=UTC),
            None,
            moves_price=False,
            candidates=3,
            members=5,
        ),
        Action(
            "2",
            "Бустинг",
            None,
            None,
            datetime(2026, 11, 25, tzinfo=UTC),
            moves_price=True,
            candidates=0,
            members=0,
        ),
    ]


def test_candidates_come_first_and_then_who_is_in() -> None:
    def page(*rows: Mapping[str, Any]) -> Any:
        return lambda payload: {"products": [] if payload.get("last_id") else list(rows), "last_id": "x"}

    client = ScriptedClient(
        action_candidates=page(
            {"id": 7, "max_action_price": money("900.50"), "alert_max_action_price": money("0")}
        ),
        action_products=page(
            {
                "id": 8,
                "max_action_price": money("700"),
                "action_price": money("650.00"),
                "min_stock": 2,
                "add_mode": "AUTO",
            }
        ),
    )
    pages = list(OzonPromotionChannel(client).candidates("71342"))
    assert pages == [
        [Candidate("7", Decimal("900.50"), None, 0, joined=False)],
        [Candidate("8", Decimal("700.00"), None, 2, joined=True, amount=Decimal("650.00"), by_itself=True)],
    ]
    assert client.asked("/v2/actions/candidates")[0] == {"action_id": 71342, "limit": 100}


def test_entering_is_answered_item_by_item() -> None:
    client = ScriptedClient(
        action_update=[
            {
                "active_product_ids": ["11"],
                "deactivated_product_ids": ["12"],
                "rejected": [{"product_id": 13, "reason": "Цена высока"}],
                "warnings": [{"product_id": 12, "reason": "Выше лимита"}],
            }
        ]
    )
    outcomes = OzonPromotionChannel(client).submit([item(n, "850", stock=3) for n in (1, 2, 3, 4)], 9)
    assert told(outcomes) == [
        (1, Result.CONFIRMED, None),
        (2, Result.REJECTED, "thrown_out"),
        (3, Result.REJECTED, "action_rejected"),
        (4, Result.UNANSWERED, None),
    ]
    assert {one.warehouse for one in outcomes} == {"71342"}
    assert outcomes[2].problems[0].message == "Цена высока"
    [body] = client.asked("/v1/actions/products/update")
    assert body["action_id"] == 71342
    assert body["products"][0] == {
        "product_id": 11,
        "action_price": {"amount": "850.00", "currency": "RUB"},
        "stock": 3,
    }
    assert client.options[0]["write"] is True


def test_pieces_are_for_vouchers_only() -> None:
    client = ScriptedClient(action_update=[{"active_product_ids": ["11"]}])
    OzonPromotionChannel(client).submit([item(1, "850", moves_price=True, stock=3)], 9)
    assert "stock" not in client.asked("/v1/actions/products/update")[0]["products"][0]


def test_a_voucher_is_left_by_a_method_of_its_own() -> None:
    client = ScriptedClient(action_deactivate=[{"product_ids": ["11"]}])
    outcomes = OzonPromotionChannel(client).submit([item(1, None), item(2, None)], 9)
    assert told(outcomes) == [(1, Result.CONFIRMED, None), (2, Result.UNANSWERED, None)]
    assert client.asked("/v2/actions/products/deactivate") == [
        {"action_id": 71342, "product_ids": ["11", "12"]}
    ]


def test_an_action_that_moves_the_price_is_left_at_the_ordinary_one() -> None:
    answer = {
        "active_product_ids": ["12"],
        "deactivated_product_ids": ["11"],
        "rejected": [{"product_id": "13"}],
    }
    client = ScriptedClient(action_update=[answer])
    items = [item(n, None, moves_price=True, ordinary="1000") for n in (1, 2, 3, 4)]
    outcomes = OzonPromotionChannel(client).submit(items, 9)
    assert told(outcomes) == [
        (1, Result.CONFIRMED, None),
        (2, Result.REJECTED, "still_inside"),
        (3, Result.REJECTED, "action_rejected"),
        (4, Result.UNANSWERED, None),
    ]
    [body] = client.asked("/v1/actions/products/update")
    assert body["products"][0]["action_price"] == {"amount": "1000.00", "currency": "RUB"}


def test_a_refused_call_is_no_items_fault_where_the_action_is_over() -> None:
    over = ScriptedClient(action_update=[refused("action 71342 is over")], action_products=[refused("over")])
    outcomes = OzonPromotionChannel(over).submit([item(1, "850"), item(2, "850")], 9)
    assert told(outcomes) == [(1, Result.RETRY, "action_over"), (2, Result.RETRY, "action_over")]
    assert outcomes[0].again_after == 600

    there = ScriptedClient(action_update=[refused("bad")], action_products=[{"products": []}])
    with pytest.raises(RequestRefused, match="bad"):
        OzonPromotionChannel(there).submit([item(1, "850")], 9)


def test_who_is_in_is_read_back_and_an_action_that_is_over_has_nobody() -> None:
    def products(payload: Mapping[str, Any]) -> Mapping[str, Any]:
        if payload["action_id"] == 2:
            raise refused("over")
        rows = [{"id": 7, "action_price": money("850.00"), "add_mode": "SELLER"}]
        return {"products": [] if payload.get("last_id") else rows, "last_id": "x"}

    seen = [
        row for page in OzonPromotionChannel(ScriptedClient(action_products=products)).observe(["1", "2"])
        for row in page
    ]  # fmt: skip
    assert seen == [Observed("7", warehouse="1", amount=Decimal("850.00"), text="SELLER")]


@pytest.mark.parametrize(("automatic", "switch"), [(None, None), (True, "ENABLED"), (False, "DISABLED")])
def test_a_price_says_whether_ozon_may_add_to_promotions(automatic: bool | None, switch: str | None) -> None:
    client = ScriptedClient(import_prices=[{"result": []}])
    plain = price_item(1, "1000", floor="600")
    assert isinstance(plain.value, Price)
    PriceChannel(client).submit([replace(plain, value=replace(plain.value, automatic=automatic))], 9)
    [row] = client.asked("/v1/product/import/prices")[0]["prices"]
    assert row.get("auto_add_to_ozon_actions_list_enabled") == switch
    assert row["min_price_for_auto_actions_enabled"] is True


def test_floors_are_renewed_by_product() -> None:
    client = ScriptedClient(timer_update=[{}])
    PriceChannel(client).renew_floors([offer(1, "11"), offer(2, "12")])
    assert client.sent == [("/v1/product/action/timer/update", {"product_ids": ["11", "12"]})]
