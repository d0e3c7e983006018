"""The channels against answers as Ozon gives them: what is asked, and what each item's answer comes to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from ozon_testkit import UNTIL_THE_DAYS_END, ScriptedClient, card_item, offer, price_item, refused, stock_item

from marketsync.errors import RateLimited, Retriable
from marketsync.http.answers import RequestRefused
from marketsync.marketplaces.base import (
    Accepted,
    Channel,
    Identity,
    Item,
    Kind,
    Offer,
    Outcome,
    Problem,
    Recovery,
    Result,
    ShownState,
    Word,
)
from marketsync.marketplaces.ozon import OZON
from marketsync.marketplaces.ozon.channel_archive import ArchiveChannel
from marketsync.marketplaces.ozon.channel_card import CardChannel
from marketsync.marketplaces.ozon.channel_price import PriceChannel
from marketsync.marketplaces.ozon.channel_rename import RenameChannel
from marketsync.marketplaces.ozon.channel_stock import StockChannel

DOCUMENT = {"name": "Коврик", "attributes": []}


# ------------------------------------------------------------------ cards


def _task(*items: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"result": {"items": list(items), "total": len(items)}}


def _item(number: int, status: str, *errors: Mapping[str, Any], product_id: int = 0) -> Mapping[str, Any]:
    return {"offer_id": f"A-{number}", "product_id": product_id, "status": status, "errors": list(errors)}


def test_a_batch_of_cards_is_handed_over_and_gives_a_task() -> None:
    client = ScriptedClient(card_import=[{"result": {"task_id": 172549793}}])
    assert CardChannel(client).submit([card_item(1, DOCUMENT), card_item(2, DOCUMENT)], 9) == Accepted(
        "172549793"
    )
    ((path, payload),) = client.sent
    assert path == "/v3/product/import"
    assert [item["offer_id"] for item in payload["items"]] == ["A-1", "A-2"]
    assert client.options == [{"limits": (), "write": True, "repeatable": False, "items": 2, "submission": 9}]


def test_a_task_is_asked_by_its_number_and_has_no_outcome_while_an_item_is_pending() -> None:
    client = ScriptedClient(import_info=[_task(_item(1, "imported", product_id=7), _item(2, "pending"))])
    assert CardChannel(client).poll("55", [offer(1), offer(2)]) is None
    assert client.sent == [("/v1/product/import/info", {"task_id": 55})]


def test_the_outcomes_of_a_task() -> None:
    warning = {
        "code": "some_image_failed",
        "level": "warning",
        "description": "Часть фото",
        "field": "pictures",
    }
    error = {
        "code": "error_attribute_values_empty",
        "level": "error",
        "state": "imported",
        "description": "Не указана",
        "message": "short",
        "field": "attribute",
        "attribute_id": 9048,
        "attribute_name": "Название модели",
    }
    quota = {"code": "item_limit_exceeded", "level": "error", "message": "over"}
    client = ScriptedClient(
        import_info=[
            _task(
                _item(1, "imported", warning, product_id=71),
                _item(2, "imported", error, warning, product_id=72),
                _item(3, "failed", {"code": "vat_invalid", "level": "error", "field": "vat"}),
                _item(4, "skipped", product_id=74),
                _item(5, "failed", quota),
                _item(6, "failed"),
            )
        ]
    )
    pictures = Problem("some_image_failed", "Часть фото", "pictures")
    gallery = (replace(pictures, field=None),)
    assert CardChannel(client).poll("1", [offer(n) for n in range(1, 8)]) == [
        Outcome(1, Result.CONFIRMED, warnings=(pictures,), pictures=gallery, external_id="71"),
        Outcome(
            2,
            Result.REJECTED,
            problems=(Problem("error_attribute_values_empty", "Не указана", "Название модели"),),
            warnings=(pictures,),
            pictures=gallery,
            external_id="72",
        ),
        Outcome(3, Result.REJECTED, problems=(Problem("vat_invalid", "vat_invalid", "vat"),)),
        Outcome(4, Result.CONFIRMED, external_id="74"),
        Outcome(
            5,
            Result.RETRY,
            problems=(Problem("item_limit_exceeded", "over"),),
            again_after=UNTIL_THE_DAYS_END,
            waits_for="quota",
        ),
        Outcome(6, Result.REJECTED, problems=(Problem("failed", "Ozon не принял товар и не сказал почему"),)),
        Outcome(7, Result.UNANSWERED),
    ]


def test_a_task_that_shows_no_items_means_a_wrong_category_or_vat() -> None:
    outcomes = CardChannel(ScriptedClient(import_info=[_task()])).poll("1", [offer(1), offer(2)])
    assert outcomes is not None
    assert [(outcome.result, outcome.problems[0].code) for outcome in outcomes] == [
        (Result.REJECTED, "no_items"),
        (Result.REJECTED, "no_items"),
    ]
    assert "НДС" in outcomes[0].problems[0].message


def test_a_task_that_ozon_forgot_leaves_its_items_unanswered() -> None:
    client = ScriptedClient(import_info=[refused("task not found", status=404)])
    assert CardChannel(client).poll("1", [offer(1)]) == [Outcome(1, Result.UNANSWERED)]


def test_any_other_refusal_of_a_poll_is_not_swallowed() -> None:
    client = ScriptedClient(import_info=[refused("task_id: value must be greater than 0")])
    with pytest.raises(RequestRefused):
        CardChannel(client).poll("0", [offer(1)])


def test_identities_are_asked_by_article_a_thousand_at_a_time() -> None:
    def info(payload: Mapping[str, Any]) -> Mapping[str, Any]:
        known = {"A-1": "price_sent", "A-1500": "processed"}
        return {
            "items": [
                {"id": 7, "offer_id": article, "sku": 0, "statuses": {"status": known[article]}}
                for article in payload["offer_id"]
                if article in known
            ]
        }

    client = ScriptedClient(info_list=info)
    found = CardChannel(client).identify([offer(n) for n in range(1, 1501)])
    assert found == [Identity("A-1", "7", None, True), Identity("A-1500", "7", None, False)]
    assert [len(payload["offer_id"]) for payload in client.asked("/v3/product/info/list")] == [1000, 500]


def _living_cabinet() -> ScriptedClient:
    """Two pages of cards on sale and one archived card."""
    lists = {
        ("ALL", None): ([{"product_id": 1}, {"product_id": 2}], "c1"),
        ("ALL", "c1"): ([{"product_id": 3}], "c2"),
        ("ALL", "c2"): ([], ""),
        ("ARCHIVED", None): ([{"product_id": 4}], ""),
    }

    def product_list(payload: Mapping[str, Any]) -> Mapping[str, Any]:
        items, last_id = lists[payload["filter"]["visibility"], payload.get("last_id")]
        return {"result": {"items": items, "last_id": last_id, "total_items": 4}}

    def info_list(payload: Mapping[str, Any]) -> Mapping[str, Any]:
        return {
            "items": [
                {
                    "id": int(id_),
                    "offer_id": f"A-{id_}",
                    "sku": 100 + int(id_),
                    "name": f"Товар {id_}",
                    "vat": "0.2",
                    "barcodes": ["b"],
                    "is_archived": id_ == "4",
                    "statuses": {"status": "price_sent", "is_created": True, "status_failed": ""},
                    "errors": [{"level": "ERROR_LEVEL_ERROR", "code": "x"}] if id_ == "2" else [],
                }
                for id_ in payload["product_id"]
            ]
        }

    def card_attributes(payload: Mapping[str, Any]) -> Mapping[str, Any]:
        if "last_id" in payload:
            return {"result": [], "last_id": ""}
        ids = [id_ for id_ in payload["filter"]["product_id"] if id_ != "3"]
        return {
            "result": [{"id": int(id_), "name": f"Товар {id_}", "weight": 5} for id_ in ids],
            "last_id": "z",
        }

    return ScriptedClient(product_list=product_list, info_list=info_list, card_attributes=card_attributes)


def test_all_cards_are_read_back_the_archived_too() -> None:
    pages = list(CardChannel(_living_cabinet()).observe(()))
    assert [[row.external_id for row in page] for page in pages] == [["1", "2"], ["3"], ["4"]]
    first, second, third, archived = (row for page in pages for row in page)
    assert (first.article, first.sku, first.name, first.barcode) == ("A-1", "101", "Товар 1", "b")
    assert first.document is not None
    assert (first.document["weight"], first.document["vat"]) == (5, "0.2")
    # its content could not be read: nothing is claimed about it
    assert third.document is None
    assert [row.state for row in (first, second, third, archived)] == [
        ShownState.SHOWN,
        ShownState.FAILED,
        ShownState.SHOWN,
        ShownState.ARCHIVED,
    ]


def test_a_list_that_repeats_its_page_is_an_error_and_no_endless_loop() -> None:
    client = ScriptedClient(
        product_list=lambda _payload: {"result": {"items": [{"product_id": 1}], "last_id": "same"}},
        info_list=lambda _payload: {"items": []},
        card_attributes=lambda _payload: {"result": [], "last_id": ""},
    )
    with pytest.raises(Retriable, match="повторяет страницу"):
        list(CardChannel(client).observe(()))


# ------------------------------------------------------------------ prices


def _price_row(number: int, *errors: tuple[str, str], **more: Any) -> Mapping[str, Any]:
    return {
        "offer_id": f"A-{number}",
        "product_id": 70 + number,
        "updated": not errors,
        "errors": [{"code": code, "message": message} for code, message in errors],
        **more,
    }


def test_prices_are_sent_as_text_and_by_ozons_own_id_where_it_is_known() -> None:
    client = ScriptedClient(import_prices=[{"result": []}])
    items = [
        price_item(1, "1990", old="2490.5", floor="0", external_id="71"),
        price_item(2, "99.9", floor="50"),
        price_item(3, "10", old="0"),
    ]
    PriceChannel(client).submit(items, 4)
    ((_, payload),) = client.sent
    assert payload == {
        "prices": [
            {
                "product_id": 71,
                "price": "1990.00",
                "old_price": "2490.50",
                "currency_code": "RUB",
                "min_price": "0.00",
            },
            {
                "offer_id": "A-2",
                "price": "99.90",
                "old_price": "0",
                "currency_code": "RUB",
                "min_price": "50.00",
                "min_price_for_auto_actions_enabled": True,
            },
            {"offer_id": "A-3", "price": "10.00", "old_price": "0", "currency_code": "RUB"},
        ]
    }


def test_the_outcomes_of_prices() -> None:
    too_often = "error limiting: acquire limit per item: items limit: limit exceeded"
    client = ScriptedClient(
        import_prices=[
            {
                "result": [
                    _price_row(5, ("NOT_FOUND_ERROR", "нет"), product_id=0),
                    _price_row(1),
                    _price_row(2, (too_often, too_often)),
                    _price_row(3, ("LIMIT", too_often), ("price_negative", "минус")),
                    {"offer_id": "A-4", "product_id": 74, "updated": False, "errors": []},
                ]
            }
        ]
    )
    items = [price_item(1, "1", external_id="71"), *(price_item(n, "1") for n in range(2, 7))]
    outcomes = PriceChannel(client).submit(items, 4)
    assert [(outcome.offer_id, outcome.result) for outcome in outcomes] == [
        (1, Result.CONFIRMED),
        (2, Result.RETRY),
        (3, Result.REJECTED),
        (4, Result.REJECTED),
        (5, Result.REJECTED),
        (6, Result.UNANSWERED),
    ]
    assert outcomes[1].again_after == 3600
    assert [problem.code for problem in outcomes[2].problems] == ["LIMIT", "price_negative"]
    assert outcomes[3].problems[0].code == "not_updated"
    assert outcomes[4].problems == (Problem("NOT_FOUND_ERROR", "нет"),)
    assert [outcome.external_id for outcome in outcomes[:2]] == ["71", None]


def test_prices_are_read_back_with_the_quarantine() -> None:
    def info_prices(payload: Mapping[str, Any]) -> Mapping[str, Any]:
        if payload.get("cursor") == "c":
            return {"items": [], "cursor": "", "total_items": 2}
        return {
            "items": [
                {
                    "product_id": 1,
                    "offer_id": "A-1",
                    "price": {"price": 1990.1, "old_price": 0, "min_price": 995},
                },
                {
                    "product_id": 2,
                    "offer_id": "A-2",
                    "price": {"price": "10.00", "old_price": "12", "min_price": ""},
                },
            ],
            "cursor": "c",
            "total_items": 2,
        }

    client = ScriptedClient(
        product_list=[{"result": {"items": [{"product_id": 2}], "last_id": ""}}], info_prices=info_prices
    )
    ((first, second),) = PriceChannel(client).observe(())
    assert client.asked("/v3/product/list") == [{"filter": {"visibility": "QUARANTINE"}, "limit": 1000}]
    assert (first.external_id, first.amount, first.old, first.floor) == (
        "1",
        Decimal("1990.10"),
        None,
        Decimal(995),
    )
    assert (second.amount, second.old, second.floor) == (Decimal(10), Decimal(12), None)
    assert (first.state, second.state) == (ShownState.SHOWN, ShownState.QUARANTINED)


# ------------------------------------------------------------------ stocks


def _stock_row(number: int, *codes: str, warehouse: int = 17) -> Mapping[str, Any]:
    return {
        "offer_id": f"A-{number}",
        "product_id": 70 + number,
        "warehouse_id": warehouse,
        "updated": not codes,
        "errors": [{"code": code, "message": f"about {code}"} for code in codes],
    }


def test_stocks_spend_the_sellers_own_limit_and_are_not_repeated_by_the_client() -> None:
    client = ScriptedClient(stocks=[{"result": []}])
    StockChannel(client).submit([stock_item(1, 0, external_id="71"), stock_item(2, 5, "1020000000001")], 3)
    ((_, payload),) = client.sent
    assert payload == {
        "stocks": [
            {"product_id": 71, "stock": 0, "warehouse_id": 17},
            {"offer_id": "A-2", "stock": 5, "warehouse_id": 1020000000001},
        ]
    }
    (options,) = client.options
    assert options["repeatable"] is False
    assert [(limit.key, limit.limit, limit.window) for limit in options["limits"]] == [
        ("ozon/1001/stocks", 80, 60)
    ]


def test_the_outcomes_of_stocks_are_told_by_pair() -> None:
    client = ScriptedClient(
        stocks=[
            {
                "result": [
                    _stock_row(1),
                    _stock_row(1, "WAREHOUSE_NOT_FOUND", warehouse=18),
                    _stock_row(2, "product_is_not_created"),
                    _stock_row(3, "TOO_MANY_REQUESTS"),
                    _stock_row(4, "PRICE_IS_NOT_SENT"),
                    _stock_row(5, "TOO_MANY_REQUESTS", "STOCK_TOO_BIG"),
                    {
                        **_stock_row(6, "x"),
                        "errors": [{"code": "", "message": "Stock is updated too frequently"}],
                    },
                ]
            }
        ]
    )
    items = [stock_item(1, 1), stock_item(1, 2, "18"), stock_item(1, 3, "19")]
    items += [stock_item(number, 1, external_id=str(70 + number)) for number in range(2, 7)]
    outcomes = StockChannel(client).submit(items, 3)
    assert [(outcome.offer_id, outcome.warehouse, outcome.result) for outcome in outcomes] == [
        (1, "17", Result.CONFIRMED),
        (1, "18", Result.REJECTED),
        (1, "19", Result.UNANSWERED),
        (2, "17", Result.RETRY),
        (3, "17", Result.RETRY),
        (4, "17", Result.RETRY),
        (5, "17", Result.REJECTED),
        (6, "17", Result.RETRY),
    ]
    assert [outcomes[index].again_after for index in (3, 4, 7)] == [60, 30, 30]


def test_a_negative_stock_is_never_sent() -> None:
    client = ScriptedClient(stocks=[])
    with pytest.raises(ValueError, match="stock -1 of A-2 in warehouse 17"):
        StockChannel(client).submit([stock_item(1, 1), stock_item(2, -1)], 3)
    assert client.sent == []


def test_stocks_are_read_back_by_warehouse_without_what_is_reserved() -> None:
    row = {"product_id": 1, "offer_id": "A-1", "sku": 5, "present": 9, "reserved": 2, "free_stock": 7}

    def stocks(payload: Mapping[str, Any]) -> Mapping[str, Any]:
        page = {(17, None): ([row], "c"), (17, "c"): ([{**row, "product_id": 2}], ""), (18, None): ([], "")}
        rows, cursor = page[payload["warehouse_id"], payload.get("cursor")]
        return {"stocks": rows, "cursor": cursor, "has_next": bool(cursor)}

    pages = list(StockChannel(ScriptedClient(warehouse_stocks=stocks)).observe(["17", "18"]))
    assert [[row.external_id for row in page] for page in pages] == [["1"], ["2"]]
    ((first, *_), _) = pages
    assert (first.warehouse, first.amount, first.reserved, first.sku) == ("17", Decimal(7), Decimal(2), "5")


# ------------------------------------------------------------------ all of them


@pytest.mark.parametrize(
    ("channel", "script", "items"),
    [
        (CardChannel, "card_import", [card_item(1, DOCUMENT), card_item(2, DOCUMENT)]),
        (PriceChannel, "import_prices", [price_item(1, "1"), price_item(2, "1")]),
        (StockChannel, "stocks", [stock_item(1, 1), stock_item(2, 1)]),
    ],
)
def test_a_refused_batch_names_the_offer_that_ozon_complains_of(
    channel: Callable[..., Channel], script: str, items: list[Item]
) -> None:
    text = "Request validation error: invalid R.Items[1]: embedded message failed | caused by: invalid X[7]"
    client = ScriptedClient(
        **{script: [refused(text), refused("invalid R.Items: value must contain at least 1")]}
    )
    with pytest.raises(RequestRefused) as caught:
        channel(client).submit(items, 1)
    assert caught.value.place.offer == "A-2"
    assert caught.value.text == text
    with pytest.raises(RequestRefused) as caught:
        channel(client).submit(items, 1)
    assert caught.value.place.offer is None


@pytest.mark.parametrize("channel", [PriceChannel, StockChannel])
def test_a_channel_refuses_values_of_another(channel: Callable[..., Channel]) -> None:
    with pytest.raises(TypeError, match="Card"):
        channel(ScriptedClient()).submit([card_item(1, DOCUMENT)], 1)


def test_the_channels_in_the_order_in_which_they_are_sent() -> None:
    channels = OZON.channels
    assert [(channel.name, channel.kind, channel.batch_size) for channel in channels] == [
        ("rename", Kind.ARTICLE, 25),
        ("card", Kind.DOCUMENT, 100),
        ("archive", Kind.SHELF, 100),
        ("picture", Kind.GALLERY, 100),
        ("promotion", Kind.PROMOTION, 1000),
        ("price", Kind.PRICE, 1000),
        ("stock", Kind.STOCK, 100),
    ]
    assert {channel.name for channel in channels if channel.recovery is Recovery.READ_FIRST} == {"card"}


def _info(number: int, article: str, **fields: Any) -> dict[str, Any]:
    return {"id": 700 + number, "offer_id": article, **fields}


def _word(number: int, text: str) -> Item:
    known = offer(number)
    return Item(Offer(known.offer_id, known.article, str(700 + number)), Word(text))


def test_a_rename_counts_when_the_card_is_shown_under_its_new_article() -> None:
    client = ScriptedClient(
        info_list=[
            {"items": [_info(1, "A"), _info(2, "new-2"), _info(3, "C"), _info(5, "E")]},
            {"items": [_info(1, "new-1"), _info(2, "new-2"), _info(3, "C"), _info(5, "E")]},
        ],
        rename=[{"errors": [{"offer_id": "new-5", "message": "OFFER_ID_ALREADY_EXISTS"}]}],
    )
    outcomes = RenameChannel(client).submit([_word(number, f"new-{number}") for number in range(1, 6)], 1)
    assert [outcome.result for outcome in outcomes] == [
        Result.CONFIRMED, Result.CONFIRMED, Result.UNANSWERED, Result.RETRY, Result.REJECTED,
    ]  # fmt: skip
    (asked,) = client.asked("/v1/product/update/offer-id")
    assert [pair["offer_id"] for pair in asked["update_offer_id"]] == ["A", "C", "E"]
    assert client.options[1]["repeatable"] is False


def test_what_is_called_so_already_is_not_renamed() -> None:
    client = ScriptedClient(info_list=[{"items": [_info(1, "new-1")]}])
    (outcome,) = RenameChannel(client).submit([_word(1, "new-1")], 1)
    assert (outcome.result, len(client.sent)) == (Result.CONFIRMED, 1)


def test_fewer_cards_are_tried_until_the_limit_of_the_archive_lets_some_back() -> None:
    away = [_info(number, "A", is_autoarchived=True) for number in range(1, 5)]
    back = [_info(1, "A"), _info(2, "A"), *away[2:]]
    limit = RateLimited("restore limit exceeded", delay=3600)
    client = ScriptedClient(
        info_list=[{"items": away}, {"items": back}],
        unarchive=[limit, {"result": True}, limit, limit],
    )
    outcomes = ArchiveChannel(client).submit([_word(number, "shown") for number in range(1, 5)], 1)
    asked = [len(payload["product_id"]) for payload in client.asked("/v1/product/unarchive")]
    assert asked == [4, 2, 2, 1]
    assert [outcome.result for outcome in outcomes] == [Result.CONFIRMED] * 2 + [Result.RETRY] * 2
    assert {(outcome.waits_for, outcome.again_after) for outcome in outcomes[2:]} == {("restore", 12 * 3600)}


def test_a_pause_that_is_no_limit_of_the_archive_is_passed_on() -> None:
    archived = [_info(1, "A", is_archived=True)]
    client = ScriptedClient(info_list=[{"items": archived}], unarchive=[RateLimited("busy", delay=30)])
    with pytest.raises(RateLimited, match="busy"):
        ArchiveChannel(client).submit([_word(1, "shown")], 1)


@pytest.mark.parametrize(
    ("told", "left"),
    [
        ({"daily_create": {"limit": 10, "usage": 4}, "daily_update": {"limit": -1, "usage": 9}}, (6, None)),
        ({"daily_create": {"limit": 10, "usage": 4}, "total": {"limit": 100, "usage": 98}}, (2, None)),
        ({"daily_create": {"limit": 0, "usage": 0}, "daily_update": {"limit": 5, "usage": 7}}, (0, 0)),
        ({}, (None, None)),
    ],
)
def test_the_quota_is_what_the_tightest_limit_leaves(
    told: dict[str, Any], left: tuple[int | None, int | None]
) -> None:
    quota = CardChannel(ScriptedClient(limit=[told])).quota()
    assert (quota.creates, quota.updates) == left
    assert quota.resets_at == datetime(2026, 11, 24, tzinfo=UTC)
