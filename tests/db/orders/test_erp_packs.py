"""Packs: every order once, until it is answered; each answer once, whatever is repeated, late or wrong."""

from __future__ import annotations

import threading

import pytest
from erp_kit import Erp, Gateway, numbers, refused, taken

from marketsync.clock import SYSTEM
from marketsync.orders.keys import Scope

pytestmark = pytest.mark.enable_socket  # the test client's event loop has a pair of its own


def test_an_unanswered_pack_comes_again_the_same(gateway: Gateway, erp: Erp) -> None:
    first = gateway.order("1-1")
    pack = erp.pack()
    gateway.change(first, status="to_ship")
    gateway.order("1-2")
    assert erp.pack() == pack
    assert numbers(pack) == ["1-1"]


def test_a_change_is_told_after_the_answer_to_what_was_told_before(gateway: Gateway, erp: Erp) -> None:
    order = gateway.order("2-1")
    pack = erp.pack()
    gateway.change(order, status="cancelled")
    assert erp.answer(pack["number"], taken("2-1")).json()["closed"]
    second = erp.pack()
    assert (numbers(second), second["items"][0]["status"]) == (["2-1"], "cancelled")
    assert second["items"][0]["version"] == pack["items"][0]["version"] + 1
    erp.answer(second["number"], taken("2-1"))
    assert erp.pack() == {"number": None, "made_at": None, "items": []}


def test_the_order_knows_how_it_was_answered(gateway: Gateway, erp: Erp) -> None:
    gateway.order("3-1")
    gateway.order("3-2")
    pack = erp.pack()
    answered = erp.answer(pack["number"], taken("3-1"), refused("3-2"))
    assert answered.status_code == 200
    assert [item["result"] for item in answered.json()["items"]] == ["taken", "refused"]
    rows = gateway.run("select erp_state, erp_reference, erp_number from posting order by number")
    assert [tuple(row.values()) for row in rows] == [("taken", "guid-3-1", "УТ-3-1"), ("refused", None, None)]


def test_what_an_answer_leaves_out_comes_again_and_holds_nobody_up(gateway: Gateway, erp: Erp) -> None:
    gateway.order("4-1")
    gateway.order("4-2")
    pack = erp.pack()
    assert not erp.answer(pack["number"], taken("4-1")).json()["closed"]
    gateway.order("4-3")
    fresh = erp.pack()
    assert numbers(fresh) == ["4-3"]
    erp.answer(fresh["number"], taken("4-3"))
    assert numbers(erp.pack()) == []
    gateway.clock.sleep(61)
    left = erp.pack()
    assert (left["number"], numbers(left)) == (pack["number"], ["4-2"])
    assert erp.answer(left["number"], taken("4-2")).json()["closed"]


def test_the_same_answer_again_is_taken_and_another_one_is_not(gateway: Gateway, erp: Erp) -> None:
    gateway.order("5-1")
    pack = erp.pack()["number"]
    first = erp.answer(pack, taken("5-1"))
    gateway.clock.sleep(5)
    assert erp.answer(pack, taken("5-1")).json() == first.json()
    other = erp.answer(pack, taken("5-1", document_number="УТ-9"))
    assert (other.status_code, other.json()["code"]) == (409, "answered_otherwise")
    assert erp.answer(pack, refused("5-1")).status_code == 409


@pytest.mark.parametrize(
    ("items", "code", "field"),
    [
        ((taken("6-1"), taken("6-9")), "not_in_pack", "items.1.number"),
        ((taken("6-1"), taken("6-1")), "answered_twice", "items.1.number"),
        (({"number": "6-1", "result": "taken"},), "wrong_field", "items.0"),
        (({"number": "6-1", "result": "refused"},), "wrong_field", "items.0"),
        (({"number": "6-1", "result": "maybe", "reason": "x"},), "wrong_field", "items.0.result"),
        ((), "wrong_field", "items"),
    ],
)
def test_an_answer_with_a_mistake_changes_nothing(
    gateway: Gateway, erp: Erp, items: tuple[dict[str, str], ...], code: str, field: str
) -> None:
    gateway.order("6-1")
    pack = erp.pack()
    answer = erp.answer(pack["number"], *items)
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (422, code, field)
    assert erp.pack() == pack


def test_a_pack_that_never_was_is_not_answered(gateway: Gateway, erp: Erp) -> None:
    answer = erp.answer("17", taken("7-1"))
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_pack")


def test_one_number_in_two_accounts(gateway: Gateway, erp: Erp) -> None:
    gateway.order("8-1")
    gateway.order("8-1", account="ozon_second")
    pack = erp.pack()["number"]
    assert erp.answer(pack, taken("8-1")).json()["code"] == "ambiguous_number"
    both = erp.answer(pack, taken("8-1", account="ozon"), taken("8-1", account="ozon_second"))
    assert both.json()["closed"]


def test_only_what_was_read_whole_is_told(gateway: Gateway, erp: Erp) -> None:
    order = gateway.order("9-1", read_at=None)
    assert numbers(erp.pack()) == []
    gateway.run("update posting set read_at = now() where posting_id = %s", order)
    assert numbers(erp.pack()) == ["9-1"]


def test_who_comes_for_the_first_time_hears_of_nothing_that_ended_long_ago(
    gateway: Gateway, erp: Erp
) -> None:
    gateway.order("10-1", status="delivered")
    gateway.order("10-2")
    gateway.clock.sleep(8 * 86_400)
    gateway.order("10-3", status="cancelled")
    assert numbers(erp.pack()) == ["10-2", "10-3"]


def test_a_pack_waits_for_an_order_and_comes_with_it(gateway: Gateway) -> None:
    gateway = Gateway(gateway.database, gateway.files, clock=SYSTEM)
    with gateway.client:
        erp = Erp(gateway, gateway.key())
        found: list[dict[str, object]] = []
        waiting = threading.Thread(target=lambda: found.append(erp.get("/orders/pack", wait=25).json()))
        waiting.start()
        gateway.order("11-1")
        gateway.run("select pg_notify('marketsync_store', '{\"orders\": \"ozon\"}')")
        waiting.join(20)
        assert numbers(found[0]) == ["11-1"]


def test_two_who_ask_at_once_get_the_same_pack(gateway: Gateway, erp: Erp) -> None:
    for number in range(5):
        gateway.order(f"12-{number}")
    found: list[dict[str, object]] = []
    threads = [threading.Thread(target=lambda: found.append(erp.pack())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert all(pack == found[0] for pack in found)


def test_the_buyer_is_told_to_who_may_know_and_kept_nowhere_else(gateway: Gateway, erp: Erp) -> None:
    order = gateway.order("13-1", scheme="seller")
    gateway.insert(
        "buyer",
        {
            "posting_id": order,
            "person": {
                "name": "Анна",
                "phone": "+79990000000",
                "address": {"city": "Пермь", "street": "Мира"},
            },
            "erase_after": gateway.clock.now(),
        },
        "posting_id",
    )
    (shown,) = erp.pack()["items"]
    assert shown["buyer"] == {
        "name": "Анна",
        "phone": "+79990000000",
        "email": None,
        "address": "Пермь, Мира",
        "comment": None,
    }
    blind = Erp(gateway, gateway.key("blind", Scope.ORDERS), "blind")
    assert blind.pack()["items"] == [{**shown, "buyer": None}]
    (kept,) = gateway.run("select content::text as content from erp_pack_posting")
    assert "Анна" not in kept["content"]
