"""Pushes to a seller's own address: what they carry, how answers are judged, and everything that goes wrong."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from sandbox_testkit import CLIENT, MOSCOW, ManualClock, Ozon

PATIENCE_SECONDS = 10


@dataclass
class Listener:
    """A seller's own address."""

    url: str = ""
    bodies: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    answer: Callable[[dict[str, Any]], tuple[int, str, bytes]] = field(default=lambda body: right(body))

    def types(self) -> list[str]:
        return [each["message_type"] for each in self.bodies]

    def orders(self) -> list[dict[str, Any]]:
        return [each for each in self.bodies if each["message_type"] != "TYPE_PING"]


def right(body: dict[str, Any]) -> tuple[int, str, bytes]:
    if body["message_type"] == "TYPE_PING":
        answer = {"version": "1", "name": "shop", "time": "2026-11-23T09:00:00Z"}
        return 200, "application/json", json.dumps(answer).encode()
    return 200, "application/json", b'{"result": true}'


@pytest.fixture
def listener() -> Iterator[Listener]:
    found = Listener()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            found.headers.append(dict(self.headers))
            found.bodies.append(body)
            status, content_type, answer = found.answer(body)
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class names it so
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.url = f"http://127.0.0.1:{server.server_port}/push/ozon/secret"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield found
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def shop(ozon: Ozon) -> Ozon:
    ozon.card("A-1", stocks={str(MOSCOW): {"present": 1000}})
    return ozon


def order(shop: Ozon, **fields: Any) -> str:
    made = shop.order("order", products=[{"offer_id": "A-1", "quantity": 2}], **fields)
    return str(made["posting_number"])


def pushes(shop: Ozon) -> dict[str, Any]:
    found: dict[str, Any] = shop.http.get(f"/_sandbox/ozon/{CLIENT}/pushes").json()
    return found


def until(shop: Ozon, done: Callable[[list[dict[str, Any]]], bool]) -> list[dict[str, Any]]:
    """The pushes, once they are as wanted."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        log: list[dict[str, Any]] = pushes(shop)["pushes"]
        if done(log):
            return log
        assert time.monotonic() < deadline, log
        time.sleep(0.005)


def settled(log: list[dict[str, Any]]) -> bool:
    return all(each["state"] not in ("waiting", "sending") for each in log)


def test_what_the_pushes_of_an_order_carry(shop: Ozon, listener: Listener) -> None:
    shop.order("push", url=listener.url, headers={"X-Forwarded-For": "195.34.21.7"})
    until(shop, settled)
    number = order(shop, ship_by="2026-11-24T10:00:00+00:00")
    until(shop, settled)
    shop.order("order_move", posting_number=number, ship_by="2026-11-25T10:00:00+00:00")
    until(shop, settled)
    shop.order("order_move", posting_number=number, status="awaiting_deliver")
    until(shop, settled)
    shop.order("order_cancel", posting_number=number, reason_id=505, reason="Передумал")
    log = until(shop, settled)
    assert [each["state"] for each in log] == ["accepted"] * 5
    ping, new, cutoff, moved, gone = listener.bodies
    sku = shop.state()["A-1"]["sku"]
    about = {"posting_number": number, "warehouse_id": MOSCOW, "seller_id": int(CLIENT)}
    assert ping == {"message_type": "TYPE_PING", "time": "2026-11-23T09:00:00.000000Z"}
    assert new == {
        **about,
        "message_type": "TYPE_NEW_POSTING",
        "products": [{"sku": sku, "offer_id": "A-1", "quantity": 2}],
        "in_process_at": "2026-11-23T09:00:00.000000Z",
        "shipment_date": "2026-11-24T10:00:00.000000Z",
        "tpl_integration_type": "ozon",
        "is_express": False,
        "tracking_number": "",
        "delivery_date_begin": "2026-11-27T10:00:00.000000Z",
        "delivery_date_end": "2026-11-28T10:00:00.000000Z",
    }
    assert cutoff == {
        **about,
        "message_type": "TYPE_CUTOFF_DATE_CHANGED",
        "new_cutoff_date": "2026-11-25T10:00:00.000000Z",
        "old_cutoff_date": "2026-11-24T10:00:00.000000Z",
    }
    assert moved == {
        **about,
        "message_type": "TYPE_STATE_CHANGED",
        "new_state": "posting_transferring_to_delivery",
        "changed_state_date": "2026-11-23T09:00:00.000000Z",
    }
    assert gone == {
        **about,
        "message_type": "TYPE_POSTING_CANCELLED",
        "products": [{"sku": sku, "quantity": 2}],
        "old_state": "posting_transferring_to_delivery",
        "new_state": "posting_canceled",
        "changed_state_date": "2026-11-23T09:00:00.000000Z",
        "reason": {"id": 505, "message": "Передумал"},
    }
    assert {each["X-Forwarded-For"] for each in listener.headers} == {"195.34.21.7"}


def test_only_the_wanted_types_are_sent(shop: Ozon, listener: Listener) -> None:
    shop.order("push", url=listener.url, types=["TYPE_POSTING_CANCELLED"], ping=False)
    number = order(shop)
    shop.order("order_cancel", posting_number=number)
    order(shop, push=False)
    until(shop, settled)
    assert listener.types() == ["TYPE_POSTING_CANCELLED"]


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        ((500, "application/json", b"{}"), "SERVER_FAULT"),
        ((404, "application/json", b"{}"), "STATUS_CODE_NOT_OK"),
        ((200, "application/json", b""), "EMPTY_BODY"),
        ((200, "text/html", b'{"result": true}'), "INVALID_BODY"),
        ((200, "application/json", b"{"), "INVALID_JSON"),
        ((200, "application/json", b'{"result": false}'), "WRONG_RESULT_FIELD"),
    ],
)
def test_anything_but_the_right_answer_is_sent_again(
    shop: Ozon, listener: Listener, clock: ManualClock, answer: tuple[int, str, bytes], problem: str
) -> None:
    listener.answer = lambda _: answer
    shop.order("push", url=listener.url, ping=False)
    order(shop)
    until(shop, lambda log: len(log[0]["attempts"]) == 1)
    listener.answer = right
    clock.advance(4.9)
    pushes(shop)
    clock.advance(0.2)
    [push] = until(shop, settled)
    assert push["state"] == "accepted"
    assert [each["problem"] for each in push["attempts"]] == [problem, ""]
    assert listener.bodies[0] == listener.bodies[1] == push["body"]


def test_pauses_grow_and_then_the_push_is_dropped(shop: Ozon, clock: ManualClock) -> None:
    shop.knobs("ozon_orders", push_retry_max_seconds=20, push_last_retries=2)
    shop.order("push", url="http://127.0.0.1:9/closed", ping=False)
    order(shop)
    for attempts, pause in enumerate((5, 10, 20, 20, 20), start=1):
        until(shop, lambda log, n=attempts: len(log[0]["attempts"]) == n)  # type: ignore[misc]
        clock.advance(pause)
    [push] = until(shop, settled)
    begins = [each["at"][14:19] for each in push["attempts"]]
    assert begins == ["00:00", "00:05", "00:15", "00:35", "00:55"]
    assert (push["state"], push["attempts"][-1]["problem"]) == ("dropped", "REQUEST_ERROR")


def test_duplicates_losses_and_late_ones(shop: Ozon, listener: Listener, clock: ManualClock) -> None:
    shop.order("push", url=listener.url, ping=False)
    shop.knobs("ozon_orders", push_duplicate_share=1.0)
    order(shop)
    until(shop, lambda log: len(listener.bodies) == 1)
    clock.advance(2)
    until(shop, settled)
    assert len(listener.bodies) == 2
    assert listener.bodies[0] == listener.bodies[1]
    shop.knobs("ozon_orders", push_duplicate_share=0.0, push_loss_share=1.0)
    order(shop)
    assert [each["state"] for each in until(shop, settled)] == ["accepted", "accepted", "lost"]
    shop.knobs("ozon_orders", push_loss_share=0.0, push_late_share=1.0)
    late = order(shop)
    shop.knobs("ozon_orders", push_late_share=0.0)
    shop.order("order_cancel", posting_number=late)
    until(shop, lambda log: log[-1]["state"] == "accepted")
    clock.advance(2)
    until(shop, settled)
    assert [each["message_type"] for each in listener.bodies[2:]] == [
        "TYPE_POSTING_CANCELLED",
        "TYPE_NEW_POSTING",
    ]


def test_an_address_that_fails_is_suspended_until_it_is_confirmed(shop: Ozon, listener: Listener) -> None:
    shop.knobs("ozon_orders", push_suspension=True, push_retry_seconds=0, push_retry_least_seconds=0)
    shop.knobs("ozon_orders", push_retry_max_seconds=0, push_last_retries=0)
    listener.answer = lambda _: (500, "application/json", b"{}")
    shop.order("push", url=listener.url, ping=False)
    order(shop)
    until(shop, settled)
    assert pushes(shop)["addresses"][0]["suspended"] == "a push could not be delivered"
    order(shop)
    listener.answer = right
    shop.order("push", url=listener.url)
    order(shop)
    log = until(shop, settled)
    assert [each["state"] for each in log] == ["dropped", "accepted", "accepted"]


def test_a_posting_may_be_pushed_before_the_methods_know_it(
    shop: Ozon, listener: Listener, clock: ManualClock
) -> None:
    shop.knobs("ozon_orders", posting_lag_seconds=5)
    shop.order("push", url=listener.url, ping=False)
    number = order(shop)
    until(shop, settled)
    assert listener.bodies[0]["posting_number"] == number
    assert shop.call("/v3/posting/fbs/get", {"posting_number": number}).status_code == 404
    clock.advance(5)
    assert shop.call("/v3/posting/fbs/get", {"posting_number": number}).status_code == 200


def test_addresses_are_connected_by_the_api(shop: Ozon, listener: Listener) -> None:
    dead = "http://127.0.0.1:9/closed"
    types = ["TYPE_NEW_POSTING", "TYPE_POSTING_CANCELLED"]
    assert shop.ok("/v1/notification/check", {"url": dead}) == {
        "is_active": False,
        "errors": [{"type": "REQUEST_ERROR", "description": "Проверка адреса: REQUEST_ERROR"}],
    }
    refused = shop.call("/v1/notification/set", {"url": dead, "types": types})
    assert (refused.status_code, refused.json()["message"]) == (400, "REQUEST_ERROR")
    assert shop.ok("/v1/notification/check", {"url": listener.url}) == {"is_active": True, "errors": []}
    shop.ok("/v1/notification/set", {"url": listener.url, "types": types})
    listed = shop.ok("/v1/notification/list", {})
    [shown] = listed["urls"]
    assert (shown["url"], shown["enable"], shown["availability_status"]) == (listener.url, True, "GREEN")
    assert [each["type"] for each in shown["types"]] == types
    order(shop)
    until(shop, settled)
    shop.ok("/v1/notification/enable", {"id": shown["id"], "enabled": False})
    number = order(shop)
    shop.ok("/v1/notification/update", {"id": shown["id"], "types": ["TYPE_POSTING_CANCELLED"]})
    shop.ok("/v1/notification/enable", {"id": shown["id"], "enabled": True})
    order(shop)
    shop.order("order_cancel", posting_number=number)
    until(shop, settled)
    assert listener.types() == ["TYPE_PING", "TYPE_PING", "TYPE_NEW_POSTING", "TYPE_POSTING_CANCELLED"]
    found = shop.ok("/v1/notification/push-type/list", {})["types"]
    assert {each["type"] for each in found if each["seller_endpoint"]} == {"TYPE_POSTING_CANCELLED"}
    shop.ok("/v1/notification/delete", {"id": shown["id"]})
    assert shop.ok("/v1/notification/list", {})["urls"] == []
    assert shop.call("/v1/notification/delete", {"id": shown["id"]}).status_code == 404
    unknown = shop.call("/v1/notification/set", {"url": listener.url, "types": ["TYPE_DANCE"]})
    assert "must be in list" in unknown.json()["message"]


def test_addresses_are_asked_now_and_then(shop: Ozon, listener: Listener, clock: ManualClock) -> None:
    shop.knobs("ozon_orders", push_ping_seconds=60)
    shop.order("push", url=listener.url)
    until(shop, lambda log: len(listener.bodies) == 1)
    for number in (2, 3):
        clock.advance(60)
        until(shop, lambda log, n=number: len(listener.bodies) == n)  # type: ignore[misc]
    assert set(listener.types()) == {"TYPE_PING"}


def test_another_time_of_delivery_is_told(shop: Ozon, listener: Listener) -> None:
    shop.order("push", url=listener.url, ping=False)
    number = order(shop, push=False, ship_by="2026-11-24T10:00:00+00:00")
    shop.order("order_move", posting_number=number, delivery_end="2026-12-01T10:00:00+00:00")
    until(shop, settled)
    assert listener.bodies == [
        {
            "message_type": "TYPE_DELIVERY_DATE_CHANGED",
            "posting_number": number,
            "new_delivery_date_begin": "2026-11-27T10:00:00.000000Z",
            "new_delivery_date_end": "2026-12-01T10:00:00.000000Z",
            "old_delivery_date_begin": "2026-11-27T10:00:00.000000Z",
            "old_delivery_date_end": "2026-11-28T10:00:00.000000Z",
            "warehouse_id": MOSCOW,
            "seller_id": int(CLIENT),
        }
    ]
