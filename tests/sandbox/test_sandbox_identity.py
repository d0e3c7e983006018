"""Articles that change, the archive, and the quotas of a day: what a card is called and whether it may come back."""

from __future__ import annotations

from typing import Any

import pytest
from sandbox_testkit import MOSCOW, ManualClock, Ozon, item

RENAME, LIMIT = "/v1/product/update/offer-id", "/v4/product/info/limit"
ARCHIVE, UNARCHIVE, DELETE = "/v1/product/archive", "/v1/product/unarchive", "/v2/products/delete"


def rename(ozon: Ozon, *pairs: tuple[str, str]) -> list[dict[str, Any]]:
    body = {"update_offer_id": [{"offer_id": old, "new_offer_id": new} for old, new in pairs]}
    errors: list[dict[str, Any]] = ozon.ok(RENAME, body)["errors"]
    return errors


def shown(ozon: Ozon, **ids: Any) -> list[str]:
    return [each["offer_id"] for each in ozon.ok("/v3/product/info/list", ids)["items"]]


def listed(ozon: Ozon, visibility: str) -> list[str]:
    body = {"filter": {"visibility": visibility}, "limit": 100}
    return [each["offer_id"] for each in ozon.ok("/v3/product/list", body)["result"]["items"]]


def ids(ozon: Ozon, *articles: str) -> dict[str, list[int]]:
    state = ozon.state()
    return {"product_id": [state[article]["product_id"] for article in articles]}


def test_a_rename_keeps_the_card_and_reads_show_it_later(ozon: Ozon, clock: ManualClock) -> None:
    card = ozon.card("A-1")
    assert rename(ozon, ("A-1", "B-1")) == []
    assert {article: there["product_id"] for article, there in ozon.state().items()} == {
        "B-1": card["product_id"]
    }
    assert shown(ozon, product_id=[card["product_id"]]) == ["A-1"]
    assert (shown(ozon, offer_id=["A-1"]), shown(ozon, offer_id=["B-1"])) == (["A-1"], [])
    clock.advance(1)
    assert shown(ozon, product_id=[card["product_id"]]) == ["B-1"]
    assert (shown(ozon, offer_id=["A-1"]), shown(ozon, offer_id=["B-1"])) == ([], ["B-1"])
    assert ozon.set_stock("B-1", 3)["updated"] is True
    assert [error["code"] for error in ozon.set_stock("A-1", 3)["errors"]] == ["offer_id_not_found"]


@pytest.mark.parametrize(
    ("names", "text", "told"),
    [
        ("old", "code", {"offer_id": "A-1", "message": "OFFER_ID_ALREADY_EXISTS"}),
        ("new", "words", {"offer_id": "B-1", "message": "Товар с артикулом B-1 уже существует."}),
    ],
)
def test_a_taken_article_fails_alone(ozon: Ozon, names: str, text: str, told: dict[str, str]) -> None:
    for article in ("A-1", "B-1", "C-1"):
        ozon.card(article)
    ozon.knobs(rename_error_names=names, rename_error_text=text)
    assert rename(ozon, ("A-1", "B-1"), ("C-1", "D-1")) == [told]
    assert sorted(ozon.state()) == ["A-1", "B-1", "D-1"]


def test_two_articles_cannot_be_swapped_in_one_request(ozon: Ozon) -> None:
    first, second = ozon.card("A-1"), ozon.card("B-1")
    assert [error["offer_id"] for error in rename(ozon, ("A-1", "B-1"), ("B-1", "A-1"))] == ["A-1", "B-1"]
    assert rename(ozon, ("A-1", "A~1"), ("B-1", "A-1"), ("A~1", "B-1")) == []
    state = ozon.state()
    assert (state["B-1"]["product_id"], state["A-1"]["product_id"]) == (
        first["product_id"], second["product_id"],
    )  # fmt: skip


def test_an_unknown_article_is_told_and_the_same_one_is_no_change(ozon: Ozon) -> None:
    ozon.card("A-1")
    (error,) = rename(ozon, ("X-1", "Y-1"), ("A-1", "A-1"))
    assert (error["offer_id"], "не найден" in error["message"]) == ("X-1", True)


@pytest.mark.parametrize(
    "pairs",
    [[], [("A", "B")] * 26, [("A", "")], [("A", "B" * 51)]],
    ids=["none", "too-many", "empty", "too-long"],
)
def test_a_malformed_rename_is_refused_whole(ozon: Ozon, pairs: list[tuple[str, str]]) -> None:
    body = {"update_offer_id": [{"offer_id": old, "new_offer_id": new} for old, new in pairs]}
    answer = ozon.call(RENAME, body)
    assert (answer.status_code, answer.json()["code"]) == (400, 3)


def test_renames_have_a_limit_of_items_by_the_minute(ozon: Ozon, clock: ManualClock) -> None:
    for article in ("A-1", "B-1"):
        ozon.card(article)
    ozon.knobs(rename_items_per_minute=1)
    assert rename(ozon, ("A-1", "A-2")) == []
    answer = ozon.call(RENAME, {"update_offer_id": [{"offer_id": "B-1", "new_offer_id": "B-2"}]})
    assert answer.status_code == 429
    assert (answer.headers["Item-Retry-After"], answer.headers["Item-Rate-Limit-Remaining"]) == ("1", "0")
    clock.advance(60)
    assert rename(ozon, ("B-1", "B-2")) == []


def test_an_import_that_is_worked_on_while_its_card_is_renamed_makes_a_second_card(
    ozon: Ozon, clock: ManualClock
) -> None:
    ozon.imported(item("A-1"))
    ozon.submit(item("A-1", name="Другое имя"))
    rename(ozon, ("A-1", "B-1"))
    clock.advance(10)
    assert sorted(ozon.state()) == ["A-1", "B-1"]


# --- the archive ---


def test_an_archived_product_takes_no_stock_and_leaves_the_ordinary_lists(
    ozon: Ozon, clock: ManualClock
) -> None:
    ozon.card("A-1")
    ozon.card("B-1")
    ozon.order("edit", offer_id="B-1", archived="auto")
    assert ozon.ok(ARCHIVE, ids(ozon, "A-1")) == {"result": True}
    assert [error["code"] for error in ozon.set_stock("A-1", 1)["errors"]] == ["PRODUCT_IS_ARCHIVED"]
    assert listed(ozon, "ALL") == ["A-1", "B-1"]
    clock.advance(1)
    views = ("ALL", "ARCHIVED", "MANUAL_ARCHIVED", "AUTO_ARCHIVED")
    assert [listed(ozon, view) for view in views] == [[], ["A-1", "B-1"], ["A-1"], ["B-1"]]
    infos = ozon.ok("/v3/product/info/list", {"offer_id": ["A-1", "B-1"]})["items"]
    assert [(each["is_archived"], each["is_autoarchived"]) for each in infos] == [
        (True, False),
        (False, True),
    ]
    assert ozon.ok(UNARCHIVE, ids(ozon, "A-1", "B-1")) == {"result": True}
    clock.advance(1)
    assert listed(ozon, "ALL") == ["A-1", "B-1"]
    assert ozon.set_stock("A-1", 1)["updated"] is True


@pytest.mark.parametrize(
    ("variant", "status", "result", "archived"),
    [("refuse_400", 400, None, False), ("result_false", 200, False, False), ("archives", 200, True, True)],
)
def test_a_product_with_stock_is_archived_or_stops_the_whole_request(
    ozon: Ozon, variant: str, status: int, result: bool | None, archived: bool
) -> None:
    ozon.card("A-1")
    ozon.card("B-1", stocks={MOSCOW: {"present": 1, "reserved": 1}})
    ozon.knobs(archive_with_stock=variant)
    answer = ozon.call(ARCHIVE, ids(ozon, "A-1", "B-1"))
    assert (answer.status_code, answer.json().get("result")) == (status, result)
    assert {there["archived"] for there in ozon.state().values()} == {archived}


@pytest.mark.parametrize("variant", [400, 429])
@pytest.mark.parametrize("text", ["restore limit exceeded", "autoarchive_restore_failed"])
def test_only_so_many_that_ozon_archived_itself_come_back_in_a_day(
    ozon: Ozon, clock: ManualClock, variant: int, text: str
) -> None:
    ozon.knobs(daily_restore_limit=1, restore_limit_status=variant, restore_limit_text=text)
    for article in ("A-1", "B-1", "C-1"):
        ozon.card(article)
        ozon.order("edit", offer_id=article, archived=True if article == "C-1" else "auto")
    assert ozon.ok(UNARCHIVE, ids(ozon, "A-1")) == {"result": True}
    refused = ozon.call(UNARCHIVE, ids(ozon, "B-1", "C-1"))
    assert (refused.status_code, refused.json()["message"]) == (variant, text)
    assert ozon.ok(UNARCHIVE, ids(ozon, "C-1")) == {"result": True}
    clock.advance(15 * 3600)  # 09:00 -> 00:00 UTC, which is 03:00 in Moscow
    assert ozon.ok(UNARCHIVE, ids(ozon, "B-1")) == {"result": True}


def test_nothing_comes_back_into_a_full_assortment(ozon: Ozon) -> None:
    ozon.card("A-1", archived=True)
    ozon.card("B-1")
    ozon.knobs(total_limit=1)
    assert ozon.call(UNARCHIVE, ids(ozon, "A-1")).json()["message"] == "total limit exceeded"
    assert ozon.ok(LIMIT)["total"] == {"limit": 1, "usage": 1}


def test_an_unknown_product_refuses_the_request(ozon: Ozon) -> None:
    assert [ozon.call(path, {"product_id": [7]}).status_code for path in (ARCHIVE, UNARCHIVE)] == [400, 400]


def test_only_archived_products_without_a_sku_can_be_deleted(ozon: Ozon) -> None:
    ozon.card("A-1", archived=True)
    ozon.knobs(price_sent_seconds=3600.0)
    for article in ("B-1", "C-1"):
        ozon.imported(item(article))
    ozon.order("edit", offer_id="B-1", archived=True)
    body = {"products": [{"offer_id": article} for article in ("A-1", "B-1", "C-1", "D-1")]}
    answered = ozon.ok(DELETE, body)["status"]
    assert {each["offer_id"]: (each["is_deleted"], each["error"] == "") for each in answered} == {
        "A-1": (False, False), "B-1": (True, True), "C-1": (False, False), "D-1": (False, False),
    }  # fmt: skip
    assert sorted(ozon.state()) == ["A-1", "C-1"]


# --- quotas ---


def test_the_usage_of_a_day_can_be_set_and_ends_with_it(ozon: Ozon, clock: ManualClock) -> None:
    ozon.knobs(daily_create_limit=10, daily_update_limit=-1)
    ozon.order("usage", created=10, updated=7)
    told = ozon.ok(LIMIT)
    assert told["daily_create"] == {"limit": 10, "usage": 10, "reset_at": "2026-11-24T00:00:00.000000Z"}
    assert (told["daily_update"]["limit"], told["daily_update"]["usage"]) == (-1, 7)
    (failed,) = ozon.imported(item("A-1"))
    assert [error["code"] for error in failed["errors"]] == ["item_limit_exceeded"]
    clock.advance(15 * 3600)
    assert ozon.ok(LIMIT)["daily_create"]["usage"] == 0
    (made,) = ozon.imported(item("A-1"))
    assert made["status"] == "imported"


def test_beyond_a_daily_limit_the_pause_lasts_until_three_in_the_morning(ozon: Ozon) -> None:
    ozon.knobs(daily_create_limit=0, daily_limit_answer="http_429")
    answer = ozon.call("/v3/product/import", {"items": [item("A-1")]})
    assert (answer.status_code, answer.headers["Item-Retry-After"]) == (429, str(15 * 60))
