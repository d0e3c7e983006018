"""Knobs, faults, the call log, edits made in the cabinet, hand-made cards, reset."""

from __future__ import annotations

from typing import Any

import pytest
from sandbox_testkit import CLIENT, MOSCOW, ManualClock, Ozon, codes, item

from sandbox.call_log import Call, CallLog
from sandbox.ozon import category_data as data
from sandbox.ozon.catalog import catalog
from sandbox.world import World

ROLES = "/v1/roles"


# --- knobs ---


def test_knobs_are_read_and_turned(ozon: Ozon) -> None:
    before = ozon.http.get("/_sandbox/knobs").json()
    assert before["general"]["time_scale"] == 1.0
    assert before["ozon"]["negative_stock"] == "validation_400"
    after = ozon.http.patch(
        "/_sandbox/knobs", json={"general": {"time_scale": 0}, "ozon": {"name_max_length": 500}}
    ).json()
    assert (after["general"]["time_scale"], after["ozon"]["name_max_length"]) == (0.0, 500)
    assert after["ozon"]["requests_per_second"] == before["ozon"]["requests_per_second"]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"ozone": {}}, "no section ozone; there are: bitrix, dpd, general, images, ozon"),
        ({"ozon": {"negativ_stock": "x"}}, "no knob 'negativ_stock' here"),
        (
            {"ozon": {"negative_stock": "ignore"}},
            "takes one of ['validation_400', 'item_error'], got 'ignore'",
        ),
        ({"ozon": {"silence_share": 1.5}}, "knob 'silence_share' lies between 0.0 and 1.0, got 1.5"),
        ({"ozon": {"requests_per_second": "50"}}, "knob 'requests_per_second' takes a int, got '50'"),
        ({"ozon": {"requests_per_second": True}}, "knob 'requests_per_second' takes a int, got True"),
        ({"general": {"keep_bodies": 1}}, "knob 'keep_bodies' takes a bool, got 1"),
        ([], "give an object of sections with knobs"),
    ],
)
def test_a_wrong_knob_is_refused_with_what_is_allowed(ozon: Ozon, body: Any, reason: str) -> None:
    response = ozon.http.patch("/_sandbox/knobs", json=body)
    assert response.status_code == 400
    assert reason in response.json()["error"]


def test_several_knobs_are_turned_all_or_none(ozon: Ozon) -> None:
    ozon.http.patch("/_sandbox/knobs", json={"ozon": {"daily_create_limit": 5, "silence_share": 7}})
    assert ozon.http.get("/_sandbox/knobs").json()["ozon"]["daily_create_limit"] == 20_000


# --- faults ---


def _fault(kind: str, path: str = "*", **more: Any) -> dict[str, Any]:
    return {"system": "ozon", "path": path, "kind": kind, **more}


def test_a_500_and_a_429_carry_ozons_body(ozon: Ozon) -> None:
    ozon.faults(_fault("500", count=1), _fault("429", count=1))
    first, second, third = (ozon.call(ROLES) for _ in range(3))
    assert (first.status_code, first.json()["code"], first.json()["message"]) == (500, 13, "Internal error")
    assert (second.status_code, second.json()["code"], second.headers["Retry-After"]) == (429, 8, "1")
    assert third.status_code == 200
    assert all(response.headers["x-o3-trace-id"] for response in (first, second, third))


def test_a_502_is_html_from_a_gateway(ozon: Ozon) -> None:
    ozon.faults(_fault("502_html"))
    response = ozon.call(ROLES)
    assert (response.status_code, response.headers["content-type"]) == (502, "text/html; charset=utf-8")
    assert "<h1>502 Bad Gateway</h1>" in response.text


@pytest.mark.parametrize(
    ("kind", "present"), [("500", 0), ("502_html", 0), ("429", 0), ("timeout_before", 0)]
)
def test_a_fault_instead_of_work_changes_nothing(ozon: Ozon, kind: str, present: int) -> None:
    ozon.card("A-1", stocks={str(MOSCOW): {"present": present}})
    ozon.faults(_fault(kind, "/v2/products/stocks", seconds=0))
    pair = {"offer_id": "A-1", "stock": 5, "warehouse_id": MOSCOW}
    assert ozon.call("/v2/products/stocks", {"stocks": [pair]}).status_code >= 429
    assert ozon.state()["A-1"]["stocks"][str(MOSCOW)]["present"] == 0


def test_a_timeout_after_work_has_done_the_work(ozon: Ozon) -> None:
    ozon.card("A-1")
    ozon.faults(_fault("timeout_after", "/v2/products/stocks", seconds=0))
    pair = {"offer_id": "A-1", "stock": 5, "warehouse_id": MOSCOW}
    assert ozon.call("/v2/products/stocks", {"stocks": [pair]}).status_code == 504
    assert ozon.state()["A-1"]["stocks"][str(MOSCOW)]["present"] == 5


def test_a_short_answer_leaves_out_the_second_half_of_the_items(ozon: Ozon) -> None:
    for n in range(4):
        ozon.card(f"A-{n}")
    ozon.faults(_fault("short_answer"))
    pairs = [{"offer_id": f"A-{n}", "stock": 5, "warehouse_id": MOSCOW} for n in range(4)]
    result = ozon.ok("/v2/products/stocks", {"stocks": pairs})["result"]
    assert [each["offer_id"] for each in result] == ["A-0", "A-1"]
    assert ozon.state()["A-3"]["stocks"][str(MOSCOW)]["present"] == 5
    assert len(ozon.ok("/v3/product/list", {"limit": 10})["result"]["items"]) == 2


def test_a_fault_is_bound_to_its_path_probability_and_count(ozon: Ozon) -> None:
    ozon.faults(_fault("500", ROLES, probability=0.5))
    results = [ozon.call(ROLES).status_code for _ in range(49)]
    assert 10 < results.count(500) < 40
    assert ozon.call("/v4/product/info/limit").status_code == 200
    ozon.clock.advance(1)
    ozon.faults(_fault("500", ROLES, count=2))
    assert [ozon.call(ROLES).status_code for _ in range(3)] == [500, 500, 200]
    assert ozon.http.get("/_sandbox/faults").json()[0]["count"] == 0
    ozon.faults(_fault("500", ROLES))
    assert ozon.http.delete("/_sandbox/faults").json() == []
    assert ozon.call(ROLES).status_code == 200


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        ({"kind": "418"}, "kind is one of"),
        ({"kind": "500", "probability": 2}, "probability lies between 0 and 1"),
        ({"kind": "500", "count": 0}, "count is a whole number above 0 or null"),
        ({"kind": "500", "method": "*"}, "unknown: method"),
        ({"kind": "500", "seconds": -1}, "seconds is a number not below 0"),
        (7, "a fault is an object"),
    ],
)
def test_a_wrong_fault_is_refused_and_the_old_ones_stay(ozon: Ozon, rule: Any, reason: str) -> None:
    ozon.faults(_fault("500"))
    response = ozon.http.put("/_sandbox/faults", json=[rule])
    assert response.status_code == 400
    assert reason in response.json()["error"]
    assert len(ozon.http.get("/_sandbox/faults").json()) == 1


# --- call log ---


def test_the_log_tells_who_asked_what_and_got_what(ozon: Ozon) -> None:
    ozon.faults(_fault("500", "/v3/product/list"))
    ozon.call(ROLES)
    ozon.call("/v3/product/list", {"limit": 1})
    ozon.http.post("/ozon/v1/gone", json={})
    first, second, third = ozon.http.get("/_sandbox/calls", params={"system": "ozon"}).json()
    assert (first["path"], first["status"], first["client_id"], first["fault"]) == (ROLES, 200, CLIENT, None)
    assert (second["path"], second["status"], second["fault"]) == ("/v3/product/list", 500, "500")
    assert second["client_id"] == CLIENT
    assert (third["path"], third["status"]) == ("/v1/gone", 404)
    assert "request_body" not in first
    assert len(first["trace_id"]) == 32


def test_the_log_is_filtered_and_followed(ozon: Ozon) -> None:
    for _ in range(3):
        ozon.call(ROLES)
        ozon.call("/v4/product/info/limit")
    calls = ozon.http.get("/_sandbox/calls", params={"path": ROLES}).json()
    assert [call["path"] for call in calls] == [ROLES] * 3
    rest = ozon.http.get("/_sandbox/calls", params={"since": calls[1]["id"]}).json()
    assert [call["path"] for call in rest] == ["/v4/product/info/limit", ROLES, "/v4/product/info/limit"]
    assert ozon.http.get("/_sandbox/calls", params={"client_id": "5"}).json() == []
    assert len(ozon.http.get("/_sandbox/calls", params={"limit": 2}).json()) == 2


def test_the_log_keeps_bodies_on_demand(ozon: Ozon) -> None:
    ozon.card("A-1")
    ozon.set_stock("A-1", 5)
    (call,) = ozon.http.get("/_sandbox/calls", params={"with_bodies": 1}).json()
    assert '"stock":5' in call["request_body"]
    assert '"updated":true' in call["answer_body"]
    assert call["items"] == 1
    ozon.knobs("general", keep_bodies=False)
    ozon.set_stock("A-1", 5)
    assert ozon.http.get("/_sandbox/calls", params={"with_bodies": 1}).json()[1]["request_body"] is None


def test_forgetting_calls_forgets_counters_and_peaks(ozon: Ozon) -> None:
    ozon.call(ROLES)
    (call,) = ozon.http.get("/_sandbox/calls").json()
    ozon.http.delete("/_sandbox/calls")
    assert ozon.http.get("/_sandbox/calls").json() == []
    assert ozon.http.get("/_sandbox/counters").json() == {"paths": {}, "peaks": {}}
    ozon.call(ROLES)
    (later,) = ozon.http.get("/_sandbox/calls", params={"since": call["id"]}).json()
    assert later["id"] > call["id"]


def _logged(log: CallLog, body: bytes) -> Call:
    call = Call(log.next_id(), "", "ozon", CLIENT, "POST", ROLES, 200, 1.0, 1, "", None, body, b"")
    log.record(call)
    return call


def test_the_log_is_bounded_and_its_counters_are_not() -> None:
    log = CallLog(max_calls=3, max_body_bytes=25)
    calls = [_logged(log, b"x" * 10) for _ in range(5)]
    assert log.find(system=None, client_id=None, path=None, since=0, limit=10) == calls[2:]
    assert [call.request_body is None for call in calls] == [True, True, True, False, False]
    assert log.counters()["paths"]["ozon"][ROLES]["calls"] == 5


# --- the cabinet ---


def test_edits_in_the_cabinet_are_shown_after_the_lag(ozon: Ozon, clock: ManualClock) -> None:
    ozon.card("A-1")
    edited = ozon.order(
        "edit",
        offer_id="A-1",
        name="Поправлено вручную",
        price="99.50",
        old_price="150",
        min_price="50",
        stock={str(MOSCOW): 4},
        images=["https://p.example.com/2.jpg", "https://p.example.com/1.jpg"],
    )
    assert (edited["name"], edited["price"], edited["old_price"]) == ("Поправлено вручную", "99.50", "150.00")
    # A person's price is in force at once, however far it moves.
    assert edited["quarantine"] is None
    assert edited["stocks"] == {str(MOSCOW): {"present": 4, "reserved": 0}}
    assert edited["primary_image"] == "https://p.example.com/2.jpg"
    request = {"offer_id": ["A-1"]}
    assert ozon.ok("/v3/product/info/list", request)["items"][0]["price"] == "1000.00"
    clock.advance(1)
    shown = ozon.ok("/v3/product/info/list", request)["items"][0]
    assert (shown["name"], shown["price"]) == ("Поправлено вручную", "99.50")


def test_a_stock_set_by_a_person_does_not_start_the_pairs_interval(ozon: Ozon) -> None:
    ozon.card("A-1")
    ozon.order("edit", offer_id="A-1", stock={str(MOSCOW): 4})
    assert ozon.set_stock("A-1", 5)["updated"]


def test_archiving_in_the_cabinet(ozon: Ozon) -> None:
    ozon.card("A-1", stocks={str(MOSCOW): {"present": 4}})
    assert ozon.order("edit", offer_id="A-1", archived=True)["on_sale"] is False
    assert codes(ozon.set_stock("A-1", 5)) == ["PRODUCT_IS_ARCHIVED"]
    assert ozon.order("edit", offer_id="A-1", archived=False)["on_sale"] is True


@pytest.mark.parametrize(
    ("action", "order", "reason"),
    [
        ("edit", {"offer_id": "missing"}, "no product with offer_id 'missing' in cabinet 1001"),
        ("edit", {"offer_id": "A-1", "color": 1}, "cannot edit 'color'; there are: archived"),
        ("edit", {"offer_id": "A-1", "stock": {"5": 1}}, "no warehouse 5; there are"),
        ("edit", {"offer_id": "A-1", "price": "99,5"}, "at most two decimals, got '99,5'"),
        ("edit", {"offer_id": "A-1", "stock": 5}, "cannot understand the order"),
        ("reserve", {"offer_id": "A-1"}, "warehouse_id is missing"),
        ("cards", {}, 'give {"count": N} or {"cards": [...]}'),
        ("cards", {"cards": [{"offer_id": "A-1"}]}, "'A-1' is already in the cabinet"),
        ("cards", {"cards": [{"type_id": 5, "description_category_id": 6}]}, "no type 5 in category 6"),
        ("cards", {"cards": [{"colour": "red"}]}, "unknown fields colour"),
        ("cards", {"cards": [{"stocks": {"5": {}}}]}, "cannot understand the order"),
        ("key", {"state": "lost"}, "state is one of active"),
        ("key", {"expires_at": "2026-01-01T00:00:00"}, "expires_at is an ISO time with zone"),
        ("warehouse", {"warehouse_id": 5, "status": "disabled"}, "give a status and a warehouse_id out of"),
        ("dance", {}, "post an object to one of: action, buyers_order, cards, carriage, category"),
    ],
)
def test_an_order_without_sense_says_what_makes_sense(
    ozon: Ozon, action: str, order: dict[str, Any], reason: str
) -> None:
    ozon.card("A-1")
    response = ozon.http.post(f"/_sandbox/ozon/{CLIENT}/{action}", json=order)
    assert response.status_code == 400
    assert reason in response.json()["error"]


def test_hand_made_cards_are_valid_complete_and_of_every_type(ozon: Ozon) -> None:
    made = ozon.order("cards", count=100)["offer_ids"]
    state = ozon.state()
    assert list(state) == made
    sellable = {
        key
        for key, place in catalog().types.items()
        if not place.type.disabled and not place.category.disabled
    }
    assert {(each["description_category_id"], each["type_id"]) for each in state.values()} == sellable
    for card in state.values():
        place = catalog().types[card["description_category_id"], card["type_id"]]
        assert place.required <= {attribute["id"] for attribute in card["attributes"]}
        assert card["status"] == "price_sent"
        assert card["sku"]
    barcodes = [code for card in state.values() for code in card["barcodes"]]
    assert 50 < len(barcodes) == len(set(barcodes)) < 100
    assert all(sum(int(d) * (3 if n % 2 else 1) for n, d in enumerate(code)) % 10 == 0 for code in barcodes)
    assert any(card["archived"] for card in state.values())
    assert any(card["on_sale"] for card in state.values())
    assert any(not card["on_sale"] and not card["archived"] for card in state.values())


def test_a_hand_made_card_sent_back_whole_is_unchanged(ozon: Ozon) -> None:
    ozon.order("cards", count=30)
    state = ozon.state()
    items = [
        item(
            offer_id,
            **{
                name: card[name]
                for name in ("name", "description_category_id", "type_id", "attributes", "barcode", "depth")
            },
            **{
                name: card[name]
                for name in ("width", "height", "weight", "images", "price", "old_price", "vat")
            },
        )
        for offer_id, card in state.items()
    ]
    outcomes = ozon.imported(*items)
    assert {(each["status"], tuple(codes(each))) for each in outcomes} == {("skipped", ())}


def test_a_given_card_keeps_what_is_given(ozon: Ozon) -> None:
    brand = data.BRANDS.values[3]
    card = ozon.card(
        "МОЙ-1",
        name="Вручную",
        barcodes=["4601234567893"],
        description_category_id=92_000_061,
        type_id=971_000_023,
        attributes=[{"id": 85, "values": [{"dictionary_value_id": brand.id, "value": brand.value}]}],
        images=["https://p.example.com/1.jpg"],
        price="1990.50",
        old_price="2500",
        vat="0.1",
        weight=12_000,
        stocks={str(MOSCOW): {"present": 7, "reserved": 2}},
    )
    assert (card["name"], card["barcodes"], card["price"]) == ("Вручную", ["4601234567893"], "1990.50")
    assert card["attributes"] == [
        {"id": 85, "complex_id": 0, "values": [{"dictionary_value_id": brand.id, "value": brand.value}]}
    ]
    assert (card["weight"], card["vat"], card["type_id"]) == (12_000, "0.1", 971_000_023)
    assert card["stocks"] == {str(MOSCOW): {"present": 7, "reserved": 2}}
    assert ozon.ok("/v3/product/info/list", {"offer_id": ["МОЙ-1"]})["items"][0]["name"] == "Вручную"


def test_the_default_cabinet_can_start_filled_and_reset_brings_it_back() -> None:
    world = World(products=20, time_scale=0.5, seed=7)
    offers = list(world.ozon.cabinet(CLIENT).by_offer)
    prices = [product.prices.actual for product in world.ozon.cabinet(CLIENT).by_id.values()]
    assert len(offers) == 20
    world.ozon.cabinet("5")
    world.general.time_scale = 9
    world.reset()
    assert list(world.ozon.cabinets) == [CLIENT]
    assert list(world.ozon.cabinet(CLIENT).by_offer) == offers
    assert [product.prices.actual for product in world.ozon.cabinet(CLIENT).by_id.values()] == prices
    assert world.general.time_scale == 0.5


def test_reset_by_the_api(ozon: Ozon) -> None:
    ozon.card("A-1")
    ozon.faults(_fault("500"))
    ozon.knobs(name_max_length=500)
    assert ozon.http.post("/_sandbox/reset").json() == {"status": "ok"}
    assert ozon.http.get("/_sandbox/health").json() == {
        "status": "ok",
        "sandbox": True,
        "ozon": {"cabinets": {}},
    }
    assert ozon.http.get("/_sandbox/faults").json() == []
    assert ozon.http.get("/_sandbox/knobs").json()["ozon"]["name_max_length"] == 255
    assert ozon.call(ROLES).status_code == 200
