"""Postings: buyers order and change their minds, the lists and one posting, and how a seller assembles them."""

from __future__ import annotations

from typing import Any

import pytest
from sandbox_orders_kit import PERIOD, WINDOW, get, order, postings, ship, stock
from sandbox_testkit import CLIENT, KAZAN, MOSCOW, ManualClock, Ozon


@pytest.fixture
def shop(ozon: Ozon) -> Ozon:
    """Two goods in two warehouses."""
    for offer_id in ("A-1", "B-2"):
        ozon.card(offer_id, stocks={str(MOSCOW): {"present": 10}, str(KAZAN): {"present": 3}})
    return ozon


def unfulfilled(shop: Ozon, **wanted: Any) -> list[str]:
    body = {"filter": {**WINDOW, **wanted}, "limit": 100}
    return [each["posting_number"] for each in shop.ok("/v4/posting/fbs/unfulfilled/list", body)["postings"]]


def test_an_order_reserves_like_a_buyer_and_a_cancellation_gives_back(shop: Ozon) -> None:
    made = order(shop, ("A-1", 2), ("B-2", 1))
    assert stock(shop) == (10, 2)
    shown = get(shop, made["posting_number"])
    assert (shown["status"], shown["substatus"]) == ("awaiting_packaging", "posting_created")
    assert [(each["offer_id"], each["quantity"], each["price"]) for each in shown["products"]] == [
        ("A-1", 2, "1000.0000"),
        ("B-2", 1, "1000.0000"),
    ]
    shop.order("order_cancel", posting_number=made["posting_number"])
    assert stock(shop) == (10, 0)
    shown = get(shop, made["posting_number"])
    assert (shown["status"], shown["cancellation"]["cancellation_type"]) == ("cancelled", "client")


def test_nobody_orders_more_than_is_free(shop: Ozon) -> None:
    answer = shop.http.post(
        f"/_sandbox/ozon/{CLIENT}/order", json={"products": [{"offer_id": "A-1", "quantity": 6}], "count": 2}
    )
    assert answer.status_code == 400
    assert "10 free, 12 wanted" in answer.json()["error"]
    assert (stock(shop), postings(shop)) == ((10, 0), {})


def test_units_leave_with_the_handover(shop: Ozon) -> None:
    made = order(shop, ("A-1", 2))
    shop.order("order_move", posting_number=made["posting_number"], status="awaiting_deliver")
    assert stock(shop) == (10, 2)
    shop.order("order_move", posting_number=made["posting_number"], status="delivering")
    assert stock(shop) == (8, 0)
    shop.order("order_cancel", posting_number=made["posting_number"])
    assert stock(shop) == (8, 0)
    assert postings(shop)[made["posting_number"]]["cancellation"]["after_ship"] is True


def test_unfulfilled_pages_by_cutoff(shop: Ozon) -> None:
    numbers = [order(shop, ship_by=f"2026-11-2{day}T10:00:00+00:00")["posting_number"] for day in (7, 5, 6)]
    expected = [numbers[1], numbers[2], numbers[0]]
    assert unfulfilled(shop) == expected
    seen: list[str] = []
    cursor, more = "", True
    while more:
        body = {"filter": WINDOW, "limit": 1, "cursor": cursor}
        page = shop.ok("/v4/posting/fbs/unfulfilled/list", body)
        seen += [each["posting_number"] for each in page["postings"]]
        cursor, more = page["cursor"], page["has_next"]
        assert page["count"] == 3
    assert seen == expected
    body = {"filter": WINDOW, "limit": 2, "sort_dir": "DESC"}
    page = shop.ok("/v4/posting/fbs/unfulfilled/list", body)
    assert [each["posting_number"] for each in page["postings"]] == [numbers[0], numbers[2]]


def test_the_list_finds_what_changed(shop: Ozon, clock: ManualClock) -> None:
    first, second = order(shop)["posting_number"], order(shop)["posting_number"]
    clock.advance(3600)
    shop.order("order_move", posting_number=second, status="delivering")
    changed = {"from": "2026-11-23T09:30:00Z", "to": "2026-11-23T11:00:00Z"}
    body = {"filter": {**PERIOD, "last_changed_status_date": changed}, "limit": 100}
    page = shop.ok("/v4/posting/fbs/list", body)
    assert [each["posting_number"] for each in page["postings"]] == [second]
    assert (unfulfilled(shop), page["has_next"]) == ([first], False)


@pytest.mark.parametrize(
    ("wanted", "reason"),
    [
        ({**WINDOW, "delivering_date_from": "2026-11-01T00:00:00Z"}, "either cutoff or delivering_date"),
        (
            {"cutoff_from": "2024-11-01T00:00:00Z", "cutoff_to": "2026-11-01T00:00:00Z"},
            "longer than one year",
        ),
        ({"cutoff_from": "2026-11-02T00:00:00Z", "cutoff_to": "2026-11-01T00:00:00Z"}, "must not be before"),
        ({"cutoff_from": "yesterday"}, "invalid value for Timestamp field cutoff_from"),
    ],
)
def test_windows_without_sense_are_refused(shop: Ozon, wanted: dict[str, str], reason: str) -> None:
    answer = shop.call("/v4/posting/fbs/unfulfilled/list", {"filter": wanted, "limit": 100})
    assert (answer.status_code, answer.json()["code"]) == (400, 3)
    assert reason in answer.json()["message"]


def test_without_cutoff_the_list_is_empty_or_not(shop: Ozon) -> None:
    number = order(shop)["posting_number"]
    body: dict[str, Any] = {"limit": 100}
    assert shop.ok("/v4/posting/fbs/unfulfilled/list", body)["postings"] == []
    shop.knobs("ozon_orders", unfulfilled_without_cutoff="all")
    assert [
        each["posting_number"] for each in shop.ok("/v4/posting/fbs/unfulfilled/list", body)["postings"]
    ] == [number]


def test_a_ship_is_taken_first_and_has_its_effect_later(shop: Ozon, clock: ManualClock) -> None:
    made = order(shop, ("A-1", 2))
    number = made["posting_number"]
    assert ship(shop, made).json()["result"] == [number]
    assert get(shop, number)["status"] == "awaiting_packaging"
    assert ship(shop, made).json()["message"] == "POSTING_ALREADY_SHIPPED"
    clock.advance(3)
    shown = get(shop, number)
    assert (shown["status"], shown["substatus"]) == ("awaiting_deliver", "posting_transferring_to_delivery")
    assert "label_download" in shown["available_actions"]
    again = ship(shop, made)
    assert (again.status_code, again.json()["message"]) == (400, "POSTING_ALREADY_SHIPPED")
    assert stock(shop) == (10, 2)


def test_a_failed_ship_is_repeated(shop: Ozon, clock: ManualClock) -> None:
    shop.knobs("ozon_orders", ship_failed_first=1)
    made = order(shop)
    ship(shop, made)
    clock.advance(3)
    shown = get(shop, made["posting_number"])
    assert (shown["status"], shown["substatus"]) == ("awaiting_packaging", "ship_failed")
    assert "ship_async_retry" in shown["available_actions"]
    ship(shop, made)
    clock.advance(3)
    assert get(shop, made["posting_number"])["status"] == "awaiting_deliver"


@pytest.mark.parametrize("parent", ["first_package", "cancelled"])
def test_several_packages_become_postings(shop: Ozon, clock: ManualClock, parent: str) -> None:
    shop.knobs("ozon_orders", split_parent=parent)
    made = order(shop, ("A-1", 3), ("B-2", 1))
    base = made["posting_number"].rpartition("-")[0]
    numbers = ship(shop, made, {"A-1": 2}, {"A-1": 1, "B-2": 1}).json()["result"]
    clock.advance(3)
    now = postings(shop)
    lines = [{each["offer_id"]: each["quantity"] for each in now[number]["products"]} for number in numbers]
    assert lines == [{"A-1": 2}, {"A-1": 1, "B-2": 1}]
    assert {now[number]["status"] for number in numbers} == {"awaiting_deliver"}
    assert stock(shop) == (10, 3)
    if parent == "first_package":
        assert numbers == [f"{base}-1", f"{base}-2"]
        assert now[numbers[1]]["parent_posting_number"] == numbers[0]
        related = get(shop, numbers[0], related_postings=True)["related_postings"]
        assert related == {"related_posting_numbers": [numbers[1]]}
    else:
        assert numbers == [f"{base}-2", f"{base}-3"]
        assert now[f"{base}-1"]["status"] == "cancelled_from_split_pending"


def test_a_part_is_shipped_and_the_rest_stays(shop: Ozon, clock: ManualClock) -> None:
    made = order(shop, ("A-1", 3))
    sku = made["products"][0]["sku"]
    body = {"posting_number": made["posting_number"], "products": [{"product_id": sku, "quantity": 1}]}
    number = shop.ok("/v4/posting/fbs/ship/package", body)["result"]
    clock.advance(3)
    now = postings(shop)
    assert (now[number]["status"], now[number]["products"][0]["quantity"]) == ("awaiting_deliver", 1)
    rest = now[made["posting_number"]]
    assert (rest["status"], rest["products"][0]["quantity"]) == ("awaiting_packaging", 2)


def test_what_cannot_be_shipped_says_why(shop: Ozon) -> None:
    made = order(shop, ("A-1", 2))
    wrong = ship(shop, made, {"A-1": 1})
    assert (wrong.status_code, wrong.json()["message"]) == (400, "HAS_INCORRECT_PRODUCT_QUANTITY")
    marked = order(shop, ("B-2", 1), requirements={"mandatory_mark": ["B-2"]})
    assert ship(shop, marked).json()["message"] == "EXEMPLAR_INFO_NOT_FILLED_COMPLETELY"
    waiting = order(shop, unpaid=True, status="awaiting_approve")
    assert ship(shop, waiting).json()["message"] == "HAS_INCORRECT_STATUS"
    shop.order("order_cancel", posting_number=made["posting_number"])
    assert ship(shop, made).json()["message"] == "POSTING_ALREADY_CANCELLED"
    stranger = ship(shop, {**made, "posting_number": "00000000-0000-1"})
    assert (stranger.status_code, stranger.json()["message"]) == (404, "POSTING_NOT_FOUND")


def test_an_order_unpaid_as_yet_has_no_times(shop: Ozon) -> None:
    number = order(shop, unpaid=True, status="awaiting_approve")["posting_number"]
    shown = get(shop, number)
    assert (shown["in_process_at"], shown["shipment_date"]) == (None, None)
    assert unfulfilled(shop) == []
    when = "2026-11-25T10:00:00+00:00"
    shop.order(
        "order_move", posting_number=number, status="awaiting_packaging", in_process_at=when, ship_by=when
    )
    assert unfulfilled(shop) == [number]


def test_a_buyer_is_shown_only_where_the_seller_delivers(shop: Ozon) -> None:
    plain = get(shop, order(shop)["posting_number"])
    assert (plain["customer"], plain["addressee"], plain["tpl_integration_type"]) == (None, None, "ozon")
    own = get(shop, order(shop, scheme="rfbs", buyer={"name": "Анна Петрова"})["posting_number"])
    assert own["customer"]["name"] == own["addressee"]["name"] == "Анна Петрова"
    assert own["tpl_integration_type"] == "non_integrated"
    assert own["delivery_method"]["id"] != own["delivery_method"]["warehouse_id"] == MOSCOW


def test_a_renamed_article_in_a_posting(shop: Ozon, clock: ManualClock) -> None:
    number = order(shop)["posting_number"]
    shop.order("edit", offer_id="A-1", article="A-9")
    clock.advance(2)
    assert get(shop, number)["products"][0]["offer_id"] == "A-9"
    shop.knobs("ozon_orders", posting_article="ordered")
    assert get(shop, number)["products"][0]["offer_id"] == "A-1"


def test_own_limit_of_get(shop: Ozon) -> None:
    number = order(shop)["posting_number"]
    shop.knobs("ozon_orders", get_per_second=2)
    answers = [shop.call("/v3/posting/fbs/get", {"posting_number": number}).status_code for _ in range(3)]
    assert answers == [200, 200, 429]


def test_a_posting_is_parted_before_it_is_assembled(shop: Ozon) -> None:
    made = order(shop, ("A-1", 3), ("B-2", 1))
    sku = made["products"][0]["sku"]
    body = {
        "posting_number": made["posting_number"],
        "postings": [{"products": [{"product_id": sku, "quantity": 2}]}],
    }
    parted = shop.ok("/v1/posting/fbs/split", body)
    [part] = parted["postings"]
    assert part["products"] == [{"product_id": sku, "quantity": 2}]
    left = {each["product_id"]: each["quantity"] for each in parted["parent_posting"]["products"]}
    assert left[sku] == 1
    now = postings(shop)[part["posting_number"]]
    assert (now["status"], now["parent_posting_number"]) == ("awaiting_packaging", made["posting_number"])
    assert shop.call("/v1/posting/fbs/split", body).json()["message"] == "HAS_INCORRECT_PRODUCT_QUANTITY"


def test_what_is_too_heavy_is_not_assembled(shop: Ozon) -> None:
    made = order(shop, ("A-1", 2))
    shop.knobs("ozon_orders", posting_max_weight_grams=500)
    body = {"posting_number": made["posting_number"]}
    assert shop.ok("/v1/posting/fbs/restrictions", body)["result"]["max_posting_weight"] == 500
    assert ship(shop, made).json()["message"] == "INCORRECT_OVH_FOR_POSTING"


def test_a_posting_is_found_by_its_barcodes(shop: Ozon) -> None:
    number = order(shop)["posting_number"]
    shop.order("order_move", posting_number=number, status="awaiting_deliver")
    shown = get(shop, number, barcodes=True)
    for code in (*shown["barcodes"].values(), shown["scanit"]):
        found = shop.ok("/v2/posting/fbs/get-by-barcode", {"barcode": code})["result"]
        assert found["posting_number"] == number
    assert shop.call("/v2/posting/fbs/get-by-barcode", {"barcode": "0"}).status_code == 404


def test_what_was_not_accepted_is_disputed_and_sent_again(shop: Ozon) -> None:
    number = order(shop)["posting_number"]
    body = {"posting_number": [number]}
    early = shop.call("/v2/posting/fbs/arbitration", body)
    assert early.json()["message"] == "HAS_INCORRECT_STATUS"
    shop.order("order_move", posting_number=number, status="not_accepted")
    assert shop.ok("/v2/posting/fbs/arbitration", body) == {"result": True}
    assert get(shop, number)["status"] == "arbitration"
    assert shop.ok("/v2/posting/fbs/awaiting-delivery", body) == {"result": True}
    assert get(shop, number)["status"] == "awaiting_deliver"
