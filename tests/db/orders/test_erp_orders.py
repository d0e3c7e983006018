"""What the ERP asks for one order, with right and with wrong data: shown, assembled, cancelled, shipped, returned."""

from __future__ import annotations

from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any

import pytest
from erp_kit import Erp, Gateway, numbers
from pypdf import PdfReader, PdfWriter

from marketsync.orders import labels
from marketsync.orders.keys import Scope

pytestmark = pytest.mark.enable_socket  # the test client's event loop has a pair of its own

WHOLE = {"packages": [{"lines": [{"line": 1, "quantity": 2}]}]}


def said(answer: Any) -> tuple[int, str, str | None]:
    body = answer.json()
    assert body.keys() == {"code", "message", "message_en", "field"}
    return answer.status_code, body["code"], body["field"]


def pdf(pages: int = 1) -> bytes:
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(width=164, height=113)  # 58 x 40 mm
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def put_label(gateway: Gateway, posting_id: int, number: str) -> bytes:
    content = pdf()
    with gateway.database.transaction() as connection:
        now = gateway.clock.now()
        page = labels.PageFile(content, 1)
        labels.keep(connection, gateway.files, "ozon", posting_id, number, page, now, now)
    return content


def test_an_order_carries_1c_s_ids_and_text_for_money(gateway: Gateway, erp: Erp) -> None:
    exchange = gateway.insert(
        "exchange",
        {"source": "folder", "location": "x", "state": "imported", "delivered_at": gateway.clock.now()},
        "exchange_id",
    )
    guid = "0b8a4f0e-good#5f2c-size"
    product = gateway.insert(
        "product",
        {
            "guid": guid, "good_guid": guid.split("#")[0], "article": "NEW-1", "name": "Куртка", "content_hash": b"1",
            "exchange_id": exchange, "changed_at": gateway.clock.now(),
        },
        "product_id",
    )  # fmt: skip
    gateway.order(
        "1-1",
        lines=[{"article": "OLD-1", "product_id": product}, {"article": "?", "price": None}],
        requirements={"mark": ["1001"]},
        created_at=datetime(2026, 11, 24, 8, 30, tzinfo=UTC),
    )
    order = erp.get("/orders/1-1").json()
    known, unknown = order["lines"]
    assert known == {
        "line": 1, "article": "OLD-1", "current_article": "NEW-1", "guid": "0b8a4f0e-good",
        "characteristic_guid": "5f2c-size", "sku": "1001", "name": "Куртка", "quantity": 2, "price": "499.50",
        "sum": "999.00", "needs": ["mark"],
    }  # fmt: skip
    assert (unknown["guid"], unknown["price"], unknown["sum"], unknown["needs"]) == (None, None, None, [])
    assert order["created_at"] == "2026-11-24T11:30:00+03:00"
    assert (order["answer"], order["tasks"], order["buyer"]) == ("waiting", [], None)


@pytest.mark.parametrize("path", ["/orders/9-9", "/orders/9-9/label", "/orders/9-9/track"])
def test_a_stranger_s_order_is_not_here(erp: Erp, path: str) -> None:
    assert said(erp.get(path)) == (404, "unknown_order", "number")


def test_one_number_in_two_accounts_needs_its_account(gateway: Gateway, erp: Erp) -> None:
    gateway.order("2-1")
    gateway.order("2-1", account="ozon_second")
    assert said(erp.get("/orders/2-1")) == (422, "ambiguous_number", "account")
    assert erp.get("/orders/2-1", account="ozon_second").json()["account"] == "ozon_second"


def test_assembled_becomes_one_task_however_often_it_is_told(gateway: Gateway, erp: Erp) -> None:
    order = gateway.order("3-1")
    first = erp.post("/orders/3-1/assembled", WHOLE)
    assert (first.status_code, first.json()["task"]["state"]) == (200, "waiting")
    assert erp.post("/orders/3-1/assembled", {}).json() == first.json()
    assert [row["kind"] for row in gateway.run("select kind from order_task")] == ["ship"]
    gateway.run("update order_task set state = 'done', finished_at = asked_at")
    gateway.change(order, status="to_ship")
    again = erp.post("/orders/3-1/assembled", WHOLE)
    assert (again.json()["task"]["task"], again.json()["task"]["state"]) == (
        first.json()["task"]["task"],
        "done",
    )
    two = {"packages": [{"lines": [{"line": 1, "quantity": 1}]}] * 2}
    assert said(erp.post("/orders/3-1/assembled", two))[:2] == (409, "already")


@pytest.mark.parametrize(
    ("lines", "code", "field"),
    [
        ([{"line": 1, "quantity": 3}], "wrong_quantity", "packages.0.lines.0.quantity"),
        ([{"line": 1, "quantity": 1}], "wrong_quantity", "packages"),
        ([{"line": 1, "quantity": 2}, {"line": 7, "quantity": 1}], "unknown_line", "packages.0.lines.1.line"),
        ([{"line": 1, "quantity": 0}], "wrong_field", "packages.0.lines.0.quantity"),
        ([{"line": 1, "quantity": "2"}], "wrong_field", "packages.0.lines.0.quantity"),
        ([{"line": 1, "qty": 2}], "wrong_field", "packages.0.lines.0.quantity"),
    ],
)
def test_wrong_quantities_are_refused_with_their_line(
    gateway: Gateway, erp: Erp, lines: list[dict[str, Any]], code: str, field: str
) -> None:
    gateway.order("4-1")
    assert said(erp.post("/orders/4-1/assembled", {"packages": [{"lines": lines}]})) == (422, code, field)
    assert gateway.run("select 1 from order_task") == []


def test_what_an_order_needs_is_told_for_each_piece(gateway: Gateway, erp: Erp) -> None:
    gateway.order("5-1", requirements={"mark": ["1001"], "country": ["1001"], "gtd": ["1001"]})
    line: dict[str, Any] = {"line": 1, "quantity": 2, "country": "RU"}

    def told(**more: Any) -> Any:
        return erp.post("/orders/5-1/assembled", {"packages": [{"lines": [{**line, **more}]}]})

    assert said(erp.post("/orders/5-1/assembled", {})) == (422, "codes_needed", "packages")
    assert said(told()) == (422, "codes_needed", "packages.0.lines.0.marks")
    assert said(told(marks=["0104600000000011"])) == (422, "codes_needed", "packages.0.lines.0.marks")
    assert told(marks=["0104600000000011", "0104600000000012"]).status_code == 200
    (task,) = gateway.run("select asked from order_task")
    assert task["asked"] == {
        "marks": [
            {"sku": "1001", "mark": "0104600000000011", "country": "RU"},
            {"sku": "1001", "mark": "0104600000000012", "country": "RU"},
        ]
    }


def test_a_cancelled_order_is_not_shipped_and_says_why(gateway: Gateway, erp: Erp) -> None:
    gateway.order("6-1", status="cancelled", cancellation={"by": "buyer", "reason": "Передумал"})
    for path, body in (("assembled", WHOLE), ("shipped", {})):
        answer = erp.post(f"/orders/6-1/{path}", body)
        assert said(answer) == (409, "cancelled", "number")
        assert "Передумал" in answer.json()["message"]
    assert erp.get("/orders/6-1/label").status_code == 409
    assert erp.post("/orders/6-1/cancel", {"reason": "352"}).json()["task"] is None


def test_an_order_that_awaits_its_approval_is_not_assembled(gateway: Gateway, erp: Erp) -> None:
    gateway.order("7-1", status="new")
    assert said(erp.post("/orders/7-1/assembled", WHOLE)) == (409, "not_ready", "number")


def test_cancelled_in_part_by_lines(gateway: Gateway, erp: Erp) -> None:
    gateway.order("8-1")
    wrong = {"reason": "352", "lines": [{"line": 1, "quantity": 5}]}
    assert said(erp.post("/orders/8-1/cancel", wrong)) == (422, "wrong_quantity", "lines.0.quantity")
    answer = erp.post("/orders/8-1/cancel", {"reason": "352", "lines": [{"line": 1, "quantity": 1}]})
    assert answer.json()["task"]["kind"] == "cancel"
    (task,) = gateway.run("select asked from order_task")
    assert task["asked"] == {"reason": "352", "lines": [{"sku": "1001", "quantity": 1}]}
    gateway.order("8-2", status="delivered")
    assert said(erp.post("/orders/8-2/cancel", {"reason": "352"})) == (409, "delivered", "number")


def test_shipped_twice_is_shipped_once(gateway: Gateway, erp: Erp) -> None:
    gateway.order("9-1", status="to_ship")
    first = erp.post("/orders/9-1/shipped")
    gateway.clock.sleep(60)
    assert (first.status_code, erp.post("/orders/9-1/shipped", {}).json()) == (200, first.json())
    assert first.json()["shipped_at"] == "2026-11-24T12:00:00+03:00"
    tracked = erp.post("/orders/9-1/shipped", {"tracking_number": "RU1"})
    assert said(tracked) == (409, "marketplace_delivers", "tracking_number")


def test_what_we_deliver_ourselves_is_told_to_the_marketplace(gateway: Gateway, erp: Erp) -> None:
    gateway.order("10-1", status="to_ship", scheme="seller")
    tasks = erp.post("/orders/10-1/shipped", {"tracking_number": "RU1"}).json()["tasks"]
    tasks += [erp.post(f"/orders/10-1/{path}").json()["task"] for path in ("last-mile", "delivered")]
    assert [task["kind"] for task in tasks] == ["tracking", "sent", "last_mile", "delivered"]


@pytest.mark.parametrize("path", ["shipment", "shipment/cancel", "last-mile", "delivered"])
def test_what_the_marketplace_delivers_is_not_ours_to_deliver(gateway: Gateway, erp: Erp, path: str) -> None:
    gateway.order("11-1", status="to_ship")
    assert said(erp.post(f"/orders/11-1/{path}")) == (409, "marketplace_delivers", "number")


def test_a_delivery_by_our_carrier_is_asked_for_once(gateway: Gateway, erp: Erp) -> None:
    order = gateway.order("12-1", status="to_ship", scheme="seller")
    assert said(erp.get("/orders/12-1/track")) == (404, "no_shipment", "number")
    assert said(erp.post("/orders/12-1/shipment"))[:2] == (409, "no_carrier")
    carrier = {"id": "dpd", "connection": "dpd", "sender": SENDER}
    gateway.settings = type(gateway.settings).model_validate(
        {**gateway.settings.model_dump(), "carriers": [carrier]}
    )
    gateway.clock.sleep(6)  # settings are looked at again
    person = {
        "name": "Анна",
        "phone": "+79990000000",
        "address": {"city": "Пермь", "street": "Мира", "house": "1"},
    }
    erase = gateway.clock.now()
    gateway.insert("buyer", {"posting_id": order, "person": person, "erase_after": erase}, "posting_id")
    body = {"carrier": "dpd", "places": [{"weight": "1.5"}], "pickup_date": "2026-11-25"}
    assert said(erp.post("/orders/12-1/shipment", {**body, "places": [{"weight": "0"}]}))[0] == 422
    first = erp.post("/orders/12-1/shipment", body)
    assert first.status_code == 200, first.text
    assert erp.post("/orders/12-1/shipment", body).json() == first.json()
    assert {**erp.get("/orders/12-1/track").json(), "events": []} == {**first.json(), "events": []}
    assert gateway.run("select count(*)::int as n from shipment") == [{"n": 1}]


SENDER = {
    "name": "Склад", "city": "Москва", "street": "Ленина", "house": "1", "contact": "Иван", "phone": "+74950000000",
}  # fmt: skip


def test_a_label_is_asked_for_waited_for_and_given(gateway: Gateway, erp: Erp) -> None:
    first = gateway.order("13-1")
    assert said(erp.get("/orders/13-1/label")) == (409, "not_assembled", "number")
    erp.post("/orders/13-1/assembled", WHOLE)
    assert erp.get("/orders/13-1/label").status_code == 202
    gateway.run("update order_task set state = 'done', finished_at = asked_at")
    gateway.change(first, status="to_ship")
    waits = erp.get("/orders/13-1/label")
    assert (waits.status_code, waits.headers["retry-after"], waits.json()["state"]) == (202, "10", "waiting")
    assert gateway.run("select count(*)::int as n from order_task where kind = 'label'") == [{"n": 1}]
    content = put_label(gateway, first, "13-1")
    given = erp.get("/orders/13-1/label")
    assert (given.headers["content-type"], given.content) == ("application/pdf", content)
    assert erp.get("/orders/13-1/label", format="base64").json()["file_name"] == "13-1.pdf"
    second = gateway.order("13-2", status="to_ship")
    wanted = {"items": [{"number": "13-2"}, {"number": "13-1"}]}
    assert said(erp.post("/labels", wanted)) == (409, "no_label_yet", "items.0.number")
    put_label(gateway, second, "13-2")
    printed = PdfReader(BytesIO(erp.post("/labels", wanted).content))
    assert [(float(page.mediabox.width), float(page.mediabox.height)) for page in printed.pages] == [
        (164, 113)
    ] * 2
    assert said(erp.post("/labels", {"items": [{"number": "9-9"}]})) == (
        404,
        "unknown_order",
        "items.0.number",
    )
    gateway.run("update order_task set state = 'refused', error = 'отправление чужое' where kind = 'label'")
    gateway.run("delete from label")
    assert said(erp.get("/orders/13-1/label"))[:2] == (409, "label_refused")


def test_a_handover_is_one_for_a_method_and_a_day(gateway: Gateway, erp: Erp) -> None:
    body = {"account": "ozon", "delivery_method": "777", "departure_date": "2026-11-25"}
    first = erp.post("/handovers", body).json()
    assert erp.post("/handovers", body).json() == first
    assert erp.get("/handovers", departure_date=str(date(2026, 11, 25))).json() == {"items": [first]}
    assert said(erp.get(f"/handovers/{first['handover']}/act")) == (409, "no_act_yet", "handover")
    assert said(erp.get("/handovers/99/act")) == (404, "unknown_handover", "handover")
    assert said(erp.post("/handovers", {**body, "account": "nobody"})) == (422, "unknown_account", "account")
    gateway.files.write("handovers/1.pdf", pdf())
    gateway.run("update handover set state = 'ready', act_file = 'handovers/1.pdf'")
    assert erp.get(f"/handovers/{first['handover']}/act").content == pdf()


def test_returns_and_orders_are_read_page_by_page(gateway: Gateway, erp: Erp) -> None:
    for place in range(5):
        gateway.order(f"14-{place}")
        row = {
            "account": "ozon",
            "external_id": str(place),
            "number": f"14-{place}",
            "quantity": 1,
            "kind": "return",
        }
        gateway.insert("posting_return", {**row, "changed_at": gateway.clock.now()}, "return_id")
    gateway.clock.sleep(11)
    for path, name in (("/orders", "number"), ("/returns", "number")):
        seen: list[str] = []
        cursor: dict[str, str] = {}
        while True:
            page = erp.get(path, limit=2, **cursor).json()
            seen += [item[name] for item in page["items"]]
            cursor = {"cursor": page["next_cursor"]}
            if not page["has_more"]:
                break
        assert seen == [f"14-{place}" for place in range(5)]
        assert erp.get(path, **cursor).json() == {
            "items": [],
            "next_cursor": cursor["cursor"],
            "has_more": False,
        }
        assert said(erp.get(path, cursor="yesterday")) == (422, "bad_cursor", "cursor")
        assert said(erp.get(path, limit=501)) == (422, "wrong_field", "limit")


def test_what_the_erp_refused_is_told_to_people_and_offered_again(gateway: Gateway, erp: Erp) -> None:
    gateway.order("15-1")
    pack = erp.pack()["number"]
    reason = "нет договора с +7 999 123-45-67"
    erp.answer(pack, {"number": "15-1", "result": "refused", "reason": reason})
    (alert,) = gateway.run("select message from alert where ended_at is null")
    assert "нет договора" in alert["message"]
    assert "999" not in alert["message"]
    assert numbers(erp.pack()) == []
    assert erp.post("/orders/15-1/again").status_code == 200
    again = erp.pack()
    taken = {"number": "15-1", "result": "taken", "reference": "g", "document_number": "1"}
    assert (numbers(again), erp.answer(again["number"], taken).status_code) == (["15-1"], 200)
    assert gateway.run("select 1 from alert where ended_at is null") == []


def test_a_call_with_a_key_of_its_own_is_done_once(gateway: Gateway, erp: Erp) -> None:
    gateway.order("16-1")
    pack = erp.pack()["number"]
    item = {"number": "16-1", "result": "taken", "reference": "g", "document_number": "1"}
    first = erp.answer(pack, item, Idempotency_Key="a-1")
    again = erp.answer(pack, item, Idempotency_Key="a-1")
    assert (again.content, again.headers["idempotency-replayed"]) == (first.content, "true")
    other = erp.answer(pack, {**item, "reference": "h"}, Idempotency_Key="a-1")
    assert said(other) == (422, "idempotency_key_in_use", "Idempotency-Key")
    assert said(erp.answer(pack, item, Idempotency_Key="bad key"))[0] == 422
    # a refusal is no answer to keep: nothing was done
    assert said(erp.post("/orders/16-9/again", Idempotency_Key="a-2"))[0] == 404
    gateway.order("16-9")
    assert erp.post("/orders/16-9/again", Idempotency_Key="a-2").status_code == 200
    # the same key of somebody else is another one
    second = Erp(gateway, gateway.key("second"), "second")
    assert second.post("/orders/16-1/again", Idempotency_Key="a-1").status_code == 200


def test_a_call_whose_first_one_is_at_work_waits_its_turn(gateway: Gateway, erp: Erp) -> None:
    gateway.order("17-1")
    with gateway.database.session() as other:
        other.execute(
            "select pg_advisory_xact_lock(hashtextextended("
            "(select key_id::text from erp_key) || '/' || 'slow', 1))"
        )
        answer = erp.post("/orders/17-1/again", Idempotency_Key="slow")
        assert (said(answer)[:2], answer.headers["retry-after"]) == ((409, "at_work"), "1")
    assert erp.post("/orders/17-1/again", Idempotency_Key="slow").status_code == 200


def test_stock_and_price_as_each_marketplace_shows_them(gateway: Gateway, erp: Erp) -> None:
    now = gateway.clock.now()
    exchange = gateway.insert(
        "exchange",
        {"source": "folder", "location": "y", "state": "imported", "delivered_at": now},
        "exchange_id",
    )
    product = gateway.insert(
        "product",
        {
            "guid": "g-1", "good_guid": "g-1", "article": "A/1", "name": "Мяч", "content_hash": b"1",
            "exchange_id": exchange, "changed_at": now,
        },
        "product_id",
    )  # fmt: skip
    offer = gateway.insert(
        "offer",
        {"account": "ozon", "product_id": product, "article": "A/1", "state": "listed"},
        "offer_id",
    )
    known = {"offer_id": offer, "confirmed_at": now, "observed_at": now}
    price = {"channel": "price", "confirmed_amount": "1299.00", "observed_amount": "1300.00"}
    stock = {"channel": "stock", "warehouse": "777", "confirmed_amount": "5", "observed_amount": "4"}
    for row in (price, stock):
        gateway.insert("offer_channel", {**known, **row}, "offer_id")
    (found,) = erp.get("/offers/A/1").json()["items"]
    assert (found["guid"], found["price"]["confirmed"], found["price"]["observed"]) == (
        "g-1",
        "1299.00",
        "1300.00",
    )
    (shelf,) = found["stocks"]
    assert (shelf["warehouse"], shelf["confirmed"], shelf["observed"]) == ("777", 5, 4)
    assert said(erp.get("/offers/none")) == (404, "unknown_article", "article")


@pytest.mark.parametrize(
    ("scope", "path"),
    [
        (Scope.LABELS, "/orders/18-1"),
        (Scope.ORDERS, "/orders/18-1/label"),
        (Scope.ORDERS, "/orders/18-1/track"),
        (Scope.ORDERS, "/offers/A-1"),
        (Scope.STOCK, "/orders/pack"),
    ],
)
def test_a_key_opens_what_its_scopes_say(gateway: Gateway, scope: Scope, path: str) -> None:
    gateway.order("18-1")
    answer = Erp(gateway, gateway.key("narrow", scope), "narrow").get(path)
    assert said(answer) == (403, "no_scope", None)
