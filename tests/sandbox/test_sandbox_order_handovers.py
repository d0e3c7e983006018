"""Carriages and their papers, returns, and ratings with their thresholds."""

from __future__ import annotations

import io
from typing import Any

import pytest
from pypdf import PdfReader
from sandbox_orders_kit import get, order, shipped, status
from sandbox_testkit import CLIENT, KAZAN, MOSCOW, ManualClock, Ozon


@pytest.fixture
def shop(ozon: Ozon) -> Ozon:
    for offer_id in ("A-1", "B-2"):
        ozon.card(offer_id, stocks={str(MOSCOW): {"present": 50}, str(KAZAN): {"present": 50}})
    return ozon


def create(shop: Ozon, method_id: int = MOSCOW) -> Any:
    return shop.call("/v1/carriage/create", {"delivery_method_id": method_id})


def carriage(shop: Ozon, carriage_id: int) -> Any:
    return shop.ok("/v1/carriage/get", {"carriage_id": carriage_id})


def approved(shop: Ozon) -> int:
    carriage_id = int(create(shop).json()["carriage_id"])
    shop.ok("/v1/carriage/approve", {"carriage_id": carriage_id, "containers_count": 2})
    return carriage_id


def test_a_handover_from_the_carriage_to_the_road(shop: Ozon, clock: ManualClock) -> None:
    first, second, elsewhere = shipped(shop), shipped(shop), shipped(shop, warehouse_id=KAZAN)
    waiting = order(shop)["posting_number"]
    [moscow, kazan] = shop.ok("/v2/carriage/delivery/list", {"limit": 10})["methods"]
    assert (moscow["delivery_method_id"], moscow["carriages"][0]["id"]) == (MOSCOW, 0)
    assert (moscow["mandatory_packaged_count"], moscow["mandatory_postings_count"]) == (2, 3)
    assert kazan["carriages"][0]["postings_count"] == 1
    carriage_id = int(create(shop).json()["carriage_id"])
    assert carriage(shop, carriage_id)["status"] == "new"
    assert status(shop, first) == ("awaiting_deliver", "posting_in_carriage")
    nothing = create(shop)
    assert (nothing.status_code, nothing.json()["message"]) == (400, "POSTING_NOT_FOUND")
    early = shop.call("/v2/posting/fbs/act/get-pdf", {"id": carriage_id})
    assert early.json()["message"] == "Incorrect_carriage_status"
    shop.ok("/v1/carriage/approve", {"carriage_id": carriage_id})
    path = "/v2/posting/fbs/act/check-status"
    assert shop.ok(path, {"id": carriage_id})["result"]["status"] == "in_process"
    clock.advance(5)
    ready = shop.ok(path, {"id": carriage_id})["result"]
    assert (ready["status"], ready["added_to_act"]) == ("ready", [first, second])
    shop.order("carriage", carriage_id=carriage_id)
    assert carriage(shop, carriage_id)["status"] == "sended"
    assert [status(shop, each)[0] for each in (first, second, elsewhere, waiting)] == [
        "delivering",
        "delivering",
        "awaiting_deliver",
        "awaiting_packaging",
    ]


def test_the_papers_of_a_handover(shop: Ozon, clock: ManualClock) -> None:
    number = shipped(shop)
    carriage_id = approved(shop)
    clock.advance(5)
    act = shop.call("/v2/posting/fbs/act/get-pdf", {"id": carriage_id})
    assert act.headers["content-type"] == "application/pdf"
    assert number in PdfReader(io.BytesIO(act.content), strict=True).pages[0].extract_text()
    labels = shop.call("/v2/posting/fbs/act/get-container-labels", {"id": carriage_id})
    assert len(PdfReader(io.BytesIO(labels.content), strict=True).pages) == 2
    picture = shop.call("/v2/posting/fbs/act/get-barcode", {"id": carriage_id})
    assert (picture.headers["content-type"], picture.content[:4]) == ("image/png", b"\x89PNG")
    text = shop.ok("/v2/posting/fbs/act/get-barcode/text", {"id": carriage_id})["result"]
    assert text == f"%303%{carriage_id}"
    [line] = shop.ok("/v2/posting/fbs/act/get-postings", {"id": carriage_id})["result"]
    assert (line["posting_number"], line["products"][0]["offer_id"]) == (number, "A-1")
    body = {"filter": {"date_from": "2026-11-23", "date_to": "2026-11-23"}, "limit": 10}
    [listed] = shop.ok("/v2/posting/fbs/act/list", body)["result"]
    assert (listed["id"], listed["status"]) == (carriage_id, "formed")


def test_a_carriage_is_changed_and_given_up(shop: Ozon, clock: ManualClock) -> None:
    first, second = shipped(shop), shipped(shop)
    carriage_id = int(create(shop).json()["carriage_id"])
    waiting = order(shop)["posting_number"]
    body = {"carriage_id": carriage_id, "posting_numbers": [second, waiting, "0-0-0"]}
    results = shop.ok("/v1/carriage/set-postings", body)["result"]
    assert [(each["result"], each["error"]) for each in results] == [
        (True, ""),
        (False, "HAS_INCORRECT_STATUS"),
        (False, "POSTING_NOT_FOUND"),
    ]
    assert status(shop, first)[1] == "posting_not_in_carriage"
    assert carriage(shop, carriage_id)["has_postings_for_next_carriage"] is True
    shop.ok("/v1/carriage/approve", {"carriage_id": carriage_id})
    shop.order("order_cancel", posting_number=second)
    clock.advance(5)
    papers = shop.ok("/v2/posting/fbs/act/check-status", {"id": carriage_id})["result"]
    assert (papers["added_to_act"], papers["removed_from_act"]) == ([], [second])
    gone = shop.ok("/v1/carriage/cancel", {"carriage_id": carriage_id})
    assert gone == {"error": "", "carriage_status": "cancelled"}
    assert create(shop).status_code == 200
    assert shop.call("/v1/carriage/get", {"carriage_id": 7}).status_code == 404


def test_a_handover_fails(shop: Ozon, clock: ManualClock) -> None:
    shipped(shop)
    shop.knobs("ozon_orders", carriage_refusal="has_overflow", carriage_error=True)
    assert create(shop).json()["message"] == "has_overflow"
    shop.knobs("ozon_orders", carriage_refusal="")
    carriage_id = approved(shop)
    clock.advance(5)
    assert shop.ok("/v2/posting/fbs/act/check-status", {"id": carriage_id})["result"]["status"] == "error"
    assert create(shop, 7).json()["message"] == "DELIVERY_METHOD_NOT_FOUND"
    assert create(shop).status_code == 200


# --- returns ---


def returns(shop: Ozon, **wanted: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = shop.ok("/v1/returns/list", {"filter": wanted, "limit": 500})["returns"]
    return found


def test_what_comes_back_is_listed(shop: Ozon, clock: ManualClock) -> None:
    number = shipped(shop, ("A-1", 2), ("B-2", 1))
    shop.order("order_move", posting_number=number, status="delivered")
    clock.advance(600)
    made = shop.order("return", posting_number=number, offer_id="A-1", quantity=1)["returns"]
    [back] = returns(shop)
    [return_id] = made
    assert (back["id"], back["posting_number"], back["schema"]) == (return_id, number, "Fbs")
    assert (back["product"]["offer_id"], back["product"]["quantity"]) == ("A-1", 1)
    assert (back["type"], back["visual"]["status"]["sys_name"]) == ("ClientReturn", "MovingToSeller")
    clock.advance(600)
    shop.order("return", return_id=int(return_id), state="ReceivedBySeller")
    late = {"time_from": "2026-11-23T09:15:00Z", "time_to": "2026-11-24T00:00:00Z"}
    assert len(returns(shop, visual_status_change_moment=late)) == 1
    assert returns(shop, logistic_return_date=late) == []
    assert returns(shop, posting_numbers=["0-0-0"]) == []
    shop.knobs("ozon_orders", return_ids="int")
    assert (returns(shop)[0]["id"], returns(shop)[0]["schema"]) == (int(return_id), "FBS")
    both = shop.call(
        "/v1/returns/list",
        {"filter": {"visual_status_change_moment": late, "logistic_return_date": late}, "limit": 5},
    )
    assert (both.status_code, "only one of" in both.json()["message"]) == (400, True)


def test_a_cancellation_on_the_way_comes_back(shop: Ozon) -> None:
    number = shipped(shop, ("A-1", 2))
    shop.order("order_move", posting_number=number, status="delivering")
    shop.order("order_cancel", posting_number=number)
    [back] = returns(shop)
    assert (back["type"], back["product"]["quantity"]) == ("Cancellation", 2)
    page = shop.ok("/v1/returns/list", {"limit": 1, "last_id": int(back["id"])})
    assert page == {"returns": [], "has_next": False}


# --- ratings ---


def rating(shop: Ozon, name: str) -> dict[str, Any]:
    groups = shop.ok("/v1/rating/summary", {})["groups"]
    [found] = [item for group in groups for item in group["items"] if item["rating"] == name]
    return dict(found)


def test_ratings_follow_what_the_seller_does(shop: Ozon, clock: ManualClock) -> None:
    on_time, index = "rating_on_time", "rating_general_indicator_fbs_rfbs"
    assert (rating(shop, on_time)["current_value"], rating(shop, index)["status"]) == (100.0, "OK")
    for _ in range(3):
        shipped(shop, ship_by="2026-11-23T10:00:00+00:00")
    late = order(shop, ship_by="2026-11-23T10:00:00+00:00")["posting_number"]
    gone = order(shop)["posting_number"]
    shop.ok("/v2/posting/fbs/cancel", {"posting_number": gone, "cancel_reason_id": 352})
    clock.advance(3600)
    assert rating(shop, on_time)["current_value"] == 75.0
    assert rating(shop, on_time)["status"] == "CRITICAL"
    assert rating(shop, index)["current_value"] == 40.0
    info = shop.ok("/v1/rating/index/fbs/info", {})
    assert (info["index"], info["period_to"], len(info["defects"])) == (40.0, "2026-11-23", 14)
    body = {
        "filter": {"date_from": "2026-11-23T00:00:00Z", "date_to": "2026-11-24T00:00:00Z"},
        "limit": 10,
    }
    errors = shop.ok("/v1/rating/index/fbs/posting/list", body)["errors"]
    assert {each["posting_number"]: each["posting_error_type"] for each in errors} == {
        late: "SELLER_DELAY",
        gone: "SELLER_CANCELLATION",
    }


def test_thresholds_are_read_from_the_history(shop: Ozon) -> None:
    name = "rating_general_indicator_fbs_rfbs"
    shop.order("rating", rating=name, value=3.9, warning=5, danger=15)
    body = {
        "date_from": "2026-11-21T00:00:00Z",
        "date_to": "2026-11-23T00:00:00Z",
        "ratings": [name, "rating_order_cancellation"],
    }
    [found] = shop.ok("/v1/rating/history", body)["ratings"]
    assert (found["warning_threshold"], found["danger_threshold"], len(found["values"])) == (5, 15, 3)
    assert found["values"][0]["status"] == {"danger": False, "warning": False, "premium": False}
    shop.order("rating", rating=name, value=20)
    assert rating(shop, name)["status"] == "CRITICAL"
    shop.order("rating", rating=name, delete=True)
    assert rating(shop, name)["current_value"] == 0.0
    wrong = shop.http.post(f"/_sandbox/ozon/{CLIENT}/rating", json={"rating": "mood"})
    assert "no rating 'mood'" in wrong.json()["error"]


# --- what happens by itself ---


def test_buyers_order_and_change_their_minds(shop: Ozon, clock: ManualClock) -> None:
    shop.knobs(
        "ozon_orders",
        orders_per_minute=10,
        buyer_cancel_share=0.5,
        cutoff_change_share=0.5,
        rfbs_share=0.5,
        marked_share=0.5,
        buyer_cancel_seconds=60,
    )
    shop.ok("/v1/roles")
    clock.advance(120)
    shop.ok("/v1/roles")
    shop.knobs("ozon_orders", orders_per_minute=0)
    clock.advance(60)
    now = shop.http.get(f"/_sandbox/ozon/{CLIENT}/postings").json().values()
    assert len(now) == 20
    assert {each["status"] for each in now} == {"awaiting_packaging", "cancelled"}
    assert {each["scheme"] for each in now} == {"fbs", "rfbs"}
    assert {bool(each["requirements"]) for each in now} == {True, False}
    cells = [cell for card in shop.state().values() for cell in card["stocks"].values()]
    held = sum(line["quantity"] for each in now if each["held"] for line in each["products"])
    assert sum(cell["reserved"] for cell in cells) == held
    assert sum(cell["present"] for cell in cells) == 200
    assert len(shop.order("buyers_order", count=3)["posting_numbers"]) == 3


def test_a_posting_goes_its_way_by_itself(shop: Ozon, clock: ManualClock) -> None:
    shop.knobs("ozon_orders", handover_seconds=100, delivery_seconds=200)
    plain, parcel = shipped(shop), shipped(shop, scheme="rfbs", integration="3pl_tracking")
    own = shipped(shop, scheme="rfbs")
    clock.advance(100)
    assert [status(shop, each)[0] for each in (plain, parcel, own)] == [
        "delivering",
        "awaiting_deliver",
        "awaiting_deliver",
    ]
    body = {"tracking_numbers": [{"posting_number": parcel, "tracking_number": "T-1"}]}
    assert shop.ok("/v2/fbs/posting/tracking-number/set", body)["result"][0]["result"] is True
    clock.advance(100)
    get(shop, plain)
    clock.advance(100)
    assert status(shop, plain) == ("delivering", "posting_in_pickup_point")
    assert status(shop, parcel)[0] == "delivering"
    for _ in range(3):
        clock.advance(200)
        get(shop, plain)
    assert [status(shop, each)[0] for each in (plain, parcel, own)] == [
        "delivered",
        "delivered",
        "awaiting_deliver",
    ]
