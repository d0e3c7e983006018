"""Asking for work on orders: once, checked, claimed in turn, ended with an answer, taken up again by hand."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from orders_kit import Orders, cancelled, posting

from marketsync.db import sql
from marketsync.marketplaces.orders import PostingStatus
from marketsync.orders import tasks
from marketsync.orders.asked import AskRefused, TaskKind
from marketsync.orders.tasks import KINDS, Task, Verdict, done, later, refused

N = "0001-1"


@pytest.fixture
def taken(orders: Orders) -> Orders:
    """An order of two boats and a ball, to be assembled."""
    for article in ("boat", "ball", "car"):
        orders.good(article, 10)
    orders.take(posting(N, ("boat", 2), ("ball", 1)))
    return orders


def ask(orders: Orders, kind: str, number: str = N, /, **asked: Any) -> int:
    with orders.database.transaction() as connection:
        return tasks.ask(connection, orders.posting(number)["posting_id"], kind, asked, "erp", orders.now)


def claim(orders: Orders, *kinds: TaskKind, at_most: int = 1) -> list[Task]:
    with orders.database.transaction() as connection:
        return tasks.claim(connection, "ozon", kinds or KINDS, orders.now, at_most=at_most)


def settle(orders: Orders, task: Task, verdict: Verdict, run: str | None = None) -> None:
    with orders.database.transaction() as connection:
        tasks.settle(connection, "ozon", task, verdict, orders.now, run=run)


def row(orders: Orders, task_id: int) -> dict[str, Any]:
    (found,) = orders.rows("select * from order_task where task_id = %s", task_id)
    return found


WHOLE = [{"lines": [{"sku": "s-boat", "quantity": 2}]}, {"lines": [{"sku": "s-ball", "quantity": 1}]}]


def test_the_same_request_is_the_same_task_and_another_is_told_what_is_open(taken: Orders) -> None:
    first = ask(taken, "ship", packages=WHOLE)
    assert ask(taken, "ship", packages=WHOLE) == first
    with pytest.raises(AskRefused, match=f"drop {first}") as refusal:
        ask(taken, "ship")
    assert refusal.value.code == "another_open"

    (task,) = claim(taken)
    settle(taken, task, done())
    assert ask(taken, "ship", packages=WHOLE) == first
    with pytest.raises(AskRefused) as refusal:
        ask(taken, "ship")
    assert refusal.value.code == "already"
    tracked = ask(taken, "tracking", number="RU1")
    settle(taken, claim(taken)[0], done())
    assert ask(taken, "tracking", number="RU1") == tracked
    assert ask(taken, "tracking", number="RU2") != tracked  # a wrong number may be mended


@pytest.mark.parametrize(
    ("kind", "asked", "code"),
    [
        ("ship", {"packages": [{"lines": [{"sku": "s-boat", "quantity": 2}]}]}, "quantity"),
        ("ship", {"packages": [*WHOLE, {"lines": [{"sku": "s-ball", "quantity": 1}]}]}, "quantity"),
        ("ship", {"packages": [{"lines": [{"sku": "s-car", "quantity": 1}]}, *WHOLE]}, "unknown_sku"),
        ("ship", {"packages": [{"lines": [{"sku": "s-boat", "quantity": 0}]}]}, "shape"),
        ("ship", {"packages": [{"lines": []}]}, "shape"),
        ("ship", {"packs": WHOLE}, "shape"),
        ("ship", {"marks": [{"sku": "s-ball", "mark": "1"}, {"sku": "s-ball", "mark": "2"}]}, "quantity"),
        ("marks", {}, "shape"),
        ("marks", {"marks": [{"sku": "s-car", "mark": "1"}]}, "unknown_sku"),
        ("cancel", {"reason": "352", "lines": [{"sku": "s-ball", "quantity": 2}]}, "quantity"),
        ("cancel", {}, "shape"),
        ("tracking", {"number": ""}, "shape"),
        ("sent", {"when": "now"}, "shape"),
    ],
)
def test_what_can_never_be_done_is_refused_to_whoever_asks(
    taken: Orders, kind: str, asked: dict[str, Any], code: str
) -> None:
    with pytest.raises(AskRefused) as refusal:
        ask(taken, kind, **asked)
    assert refusal.value.code == code
    assert refusal.value.place.field
    assert taken.rows("select 1 from order_task") == []


def test_a_cancelled_order_is_not_shipped_and_an_unknown_one_is_told(taken: Orders) -> None:
    taken.pass_minutes(5)
    taken.take(cancelled(N, ("boat", 2), ("ball", 1)))
    with pytest.raises(AskRefused) as refusal:
        ask(taken, "ship")
    assert refusal.value.code == "cancelled"
    with taken.database.transaction() as connection, pytest.raises(AskRefused) as refusal:
        tasks.ask(connection, 4711, "ship", {}, "erp", taken.now)
    assert refusal.value.code == "no_such_order"


def test_two_who_ask_at_once_get_one_task(taken: Orders) -> None:
    found: list[int] = []
    threads = [threading.Thread(target=lambda: found.append(ask(taken, "ship"))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 1
    assert len(found) == 6


def test_work_of_one_order_is_done_in_turn_and_the_order_with_the_least_time_first(taken: Orders) -> None:
    taken.take(
        posting("0002-1", ("car", 1), ship_by=taken.now + timedelta(hours=2)),
        posting("0003-1", ("car", 1), ship_by=None),
    )
    for kind in ("label", "ship"):
        ask(taken, kind)
        ask(taken, kind, "0002-1")
        ask(taken, kind, "0003-1")
    ask(taken, "cancel", "0003-1", reason="352")
    claimed = claim(taken, at_most=10)
    assert [(task.number, task.kind) for task in claimed] == [
        ("0002-1", TaskKind.SHIP), (N, TaskKind.SHIP), ("0003-1", TaskKind.CANCEL),
    ]  # fmt: skip
    assert claim(taken, at_most=10) == []
    settle(taken, claimed[0], done())
    assert [(task.number, task.kind) for task in claim(taken)] == [("0002-1", TaskKind.LABEL)]


def test_a_task_that_waits_comes_again_after_its_pause_with_its_reason(taken: Orders) -> None:
    task_id = ask(taken, "ship")
    (task,) = claim(taken)
    with taken.database.transaction() as connection:
        tasks.intend(connection, [task], taken.now)
    settle(taken, task, later("ответа нет", after=90, in_doubt=True, expected=True))
    waiting = row(taken, task_id)
    assert (waiting["state"], waiting["in_doubt"], waiting["attempts"], waiting["error"]) == (
        "waiting", True, 1, "ответа нет",
    )  # fmt: skip
    assert claim(taken) == []
    taken.pass_minutes(2)
    (again,) = claim(taken)
    assert (again.task_id, again.in_doubt, again.looks) == (task_id, True, 1)
    assert again.called_at is not None


def test_a_refusal_is_told_until_it_is_done_and_a_person_may_try_again_or_give_up(taken: Orders) -> None:
    task_id = ask(taken, "ship")
    settle(taken, claim(taken)[0], refused("UNKNOWN_PRODUCT"), run="manual__1")
    assert taken.alerts() == [f"fulfilment/ozon/{N}/ship"]
    assert claim(taken) == []
    with taken.database.transaction() as connection:
        assert tasks.retry(connection, taken.now, run="manual__2") == []
        assert [found["task_id"] for found in tasks.retry(connection, taken.now, run="manual__1")] == [
            task_id
        ]
    (task,) = claim(taken)
    settle(taken, task, done())
    assert taken.alerts() == []

    second = ask(taken, "cancel", reason="352")
    settle(taken, claim(taken)[0], refused("нет"))
    newer = ask(taken, "cancel", reason="352")  # asking again replaces what was refused
    assert newer != second
    with taken.database.transaction() as connection:
        assert [found["task_id"] for found in tasks.retry(connection, taken.now, number=N)] == [newer]
        assert tasks.drop(connection, newer, "не нужно", taken.now) is not None
        assert tasks.drop(connection, task_id, "не нужно", taken.now) is None  # done is done
    assert taken.alerts() == []
    with taken.database.transaction() as connection:
        listed = tasks.listing(connection, account="ozon", number=None)
    assert {found["error"] for found in listed} == {"нет", "не нужно"}


def test_labels_are_asked_for_assembled_orders_that_the_marketplace_carries(taken: Orders) -> None:
    assembled = {"status": PostingStatus.TO_SHIP, "status_there": "awaiting_deliver"}
    taken.take(posting("0002-1", ("car", 1), **assembled))
    with taken.database.transaction() as connection:
        asked = {"account": "ozon", "asked_by": "marketsync", "seconds": 50.0, "now": taken.now}
        assert connection.execute(sql("fulfilment/ask_labels"), asked).rowcount == 1
        assert connection.execute(sql("fulfilment/ask_labels"), asked).rowcount == 0
    assert claim(taken) == []
    taken.pass_minutes(1)
    assert [(task.number, task.kind) for task in claim(taken)] == [("0002-1", TaskKind.LABEL)]
