"""Assembly: asked once, read until it is so, repeated where it failed, never where it is so already."""

from __future__ import annotations

from collections import Counter

import pytest
from fulfil_kit import GET, SHIP, Shop, There

from marketsync.db import sql
from marketsync.errors import Retriable


def test_an_order_is_assembled_once_and_read_before_it_is_done(shop: Shop, there: There) -> None:
    number = shop.order(("boat", 2), ("ball", 1))
    task = shop.ask("ship", number)
    counts = shop.fulfil()
    assert (shop.task(task)["state"], shop.status(number)) == ("done", "to_ship")
    assert there.postings()[number]["status"] == "awaiting_deliver"
    (body,) = there.bodies(SHIP)
    assert body["packages"] == [
        {
            "products": [
                {"product_id": int(shop.sku(number, "boat")), "quantity": 2},
                {"product_id": int(shop.sku(number, "ball")), "quantity": 1},
            ]
        }
    ]
    assert (counts["refused"], shop.alerts()) == (0, [])


def test_an_assembly_that_failed_there_is_repeated_with_growing_pauses(shop: Shop, there: There) -> None:
    there.knobs(ship_failed_first=3)
    number = shop.order()
    task = shop.ask("ship", number)
    shop.fulfil()
    while shop.task(task)["state"] != "done":
        shop.clock.advance(minutes=5)
        shop.fulfil()
    assert shop.task(task)["attempts"] == 4
    assert len(there.bodies(SHIP)) == 4
    assert there.assembled(number) == 1


@pytest.mark.parametrize("parent", ["first_package", "cancelled"])
def test_an_order_in_several_packages_becomes_several(shop: Shop, there: There, parent: str) -> None:
    there.knobs(split_parent=parent)
    number = shop.order(("boat", 2), ("ball", 1))
    boat, ball = shop.sku(number, "boat"), shop.sku(number, "ball")
    shop.ask(
        "ship",
        number,
        packages=[
            {"lines": [{"sku": boat, "quantity": 1}]},
            {"lines": [{"sku": boat, "quantity": 1}, {"sku": ball, "quantity": 1}]},
        ],
    )
    shop.fulfil()
    assert shop.states(number)["ship"] == "done"
    known = {row["number"]: row["status"] for row in shop.rows("select number, status from posting")}
    assembled = [name for name, status in known.items() if status == "to_ship"]
    assert len(assembled) == 2
    assert (known[number] == "to_ship") == (parent == "first_package")
    pieces = Counter(
        {
            row["article"]: row["n"]
            for row in shop.rows(
                "select article, sum(quantity)::int as n from posting_line join posting using (posting_id) "
                "where status = 'to_ship' group by 1"
            )
        }
    )
    assert pieces == {"boat": 2, "ball": 1}


def test_what_is_assembled_already_is_done_and_what_is_cancelled_is_refused(shop: Shop, there: There) -> None:
    first, second, third = shop.order(), shop.order(), shop.order()
    there.of_cabinet("order_move", posting_number=first, status="awaiting_deliver")
    there.of_cabinet("order_cancel", posting_number=second)
    for number in (first, second, third):
        shop.ask("ship", number)
    counts = shop.fulfil(run="scheduled__1")
    assert [shop.states(number)["ship"] for number in (first, second, third)] == ["done", "refused", "done"]
    assert counts["refused"] == 1
    assert shop.alerts() == [f"fulfilment/ozon/{second}/ship"]
    assert shop.fulfil(run="scheduled__2")["refused"] == 0
    assert shop.fulfil(run="scheduled__1")["refused"] == 1  # who repeats the run means what it refused


@pytest.mark.parametrize("kind", ["timeout_after", "timeout_before", "truncated", "502_html"])
def test_a_lost_answer_is_read_before_the_call_is_repeated(shop: Shop, there: There, kind: str) -> None:
    number = shop.order()
    task = shop.ask("ship", number)
    there.fault(SHIP, kind, count=1)
    shop.fulfil()
    assert shop.task(task)["state"] == "done"
    paths = [call["path"] for call in there.calls() if call["path"] in (SHIP, GET)]
    assert paths[1:3] == [SHIP, GET]  # the first reading is the test's own
    assert there.assembled(number) == 1


def test_an_account_that_may_not_send_does_nothing(shop: Shop, there: There) -> None:
    number = shop.order()
    task = shop.ask("ship", number)
    shop.mode = "approve"
    assert shop.fulfil() == {"nothing": True, "mode": "approve"}
    assert shop.task(task)["state"] == "waiting"
    assert there.bodies(SHIP) == []


def test_two_runs_of_an_account_are_never_at_work_at_once(shop: Shop, there: There) -> None:
    shop.ask("ship", shop.order())
    with shop.database.session(autocommit=True) as other:
        other.execute(sql("fulfilment/exclusive"), {"account": "ozon"})
        with pytest.raises(Retriable, match="under way"):
            shop.fulfil()
    assert there.bodies(SHIP) == []
    shop.fulfil()
    assert len(there.bodies(SHIP)) == 1
