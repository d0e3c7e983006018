"""Cancellations, marking codes, tracking numbers, our own carrier's moves, and handovers."""

from __future__ import annotations

import pytest
from fulfil_kit import CANCEL, CANCEL_PIECES, SHIP, TRACKING, Shop, There

from marketsync.marketplaces.orders import PostingStatus
from marketsync.orders import handovers, labels

MARK = "010460043993125621JgXJ5.T"
_SET = "/v6/fbs/posting/product/exemplar/set"


# ------------------------------------------------------------------ cancellations


def test_an_order_is_cancelled_for_a_reason_that_is_taken(shop: Shop, there: There) -> None:
    number = shop.order()
    shop.ask("ship", number)
    shop.ask("cancel", number, reason="352")
    counts = shop.fulfil()
    assert (there.postings()[number]["status"], shop.status(number)) == ("cancelled", "cancelled")
    assert there.postings()[number]["cancellation"]["reason_id"] == 352
    # a cancellation goes first, and ends what else was asked; nobody is woken for that
    assert shop.states(number) == {"ship": "refused", "cancel": "done"}
    assert there.bodies(SHIP) == []
    assert (counts["refused"], shop.alerts()) == (0, [])


@pytest.mark.parametrize(
    ("reason", "message", "told"),
    [
        ("999", "", "352 - Товар закончился на складе продавца"),
        ("402", " ", "требует пояснения"),
        ("401", "нет", "не принимает"),
    ],
)
def test_a_reason_that_is_not_taken_is_told_with_those_that_are(
    shop: Shop, there: There, reason: str, message: str, told: str
) -> None:
    number = shop.order()
    task = shop.ask("cancel", number, reason=reason, message=message)
    shop.fulfil()
    assert shop.task(task)["state"] == "refused"
    assert told in shop.task(task)["error"]
    assert there.bodies(CANCEL) == []
    assert shop.alerts() == [f"fulfilment/ozon/{number}/cancel"]
    shop.ask("cancel", number, reason="402", message="разбили при сборке")
    shop.fulfil()
    assert (shop.status(number), shop.alerts()) == ("cancelled", [])


@pytest.mark.parametrize("kind", ["timeout_after", "timeout_before"])
@pytest.mark.parametrize("variant", ["shrinks", "splits"])
def test_pieces_are_cancelled_once_whatever_is_lost(
    shop: Shop, there: There, kind: str, variant: str
) -> None:
    there.knobs(product_cancel=variant)
    number = shop.order(("boat", 3), ("ball", 1))
    boat = shop.sku(number, "boat")
    shop.ask("cancel", number, reason="352", lines=[{"sku": boat, "quantity": 1}])
    there.fault(CANCEL_PIECES, kind, count=1)
    shop.fulfil()
    assert shop.states(number) == {"cancel": "done"}
    left = {line["offer_id"]: line["quantity"] for line in there.postings()[number]["products"]}
    assert left == {"boat": 2, "ball": 1}
    shop.ask("ship", number)  # everything that is left
    shop.fulfil()
    assert there.postings()[number]["status"] == "awaiting_deliver"


def test_an_order_that_its_buyer_cancelled_meanwhile_is_cancelled(shop: Shop, there: There) -> None:
    number = shop.order()
    shop.ask("cancel", number, reason="352")
    there.of_cabinet("order_cancel", posting_number=number)
    assert shop.fulfil()["done"] == 1
    assert shop.status(number) == "cancelled"


# ------------------------------------------------------------------ marks


@pytest.mark.parametrize("body", ["empty", "object"])
def test_marks_are_told_checked_and_then_the_order_is_assembled(shop: Shop, there: There, body: str) -> None:
    there.knobs(exemplar_set_body=body)
    number = shop.order(("boat", 2), requirements={"mandatory_mark": ["boat"]})
    boat = shop.sku(number, "boat")
    marks = [{"sku": boat, "mark": f"{MARK}{piece}"} for piece in range(2)]
    task = shop.ask("ship", number, marks=marks)
    shop.fulfil()
    assert shop.task(task)["state"] == "done"
    (told,) = there.bodies(_SET)
    assert [[mark["mark"] for mark in piece["marks"]] for piece in told["products"][0]["exemplars"]] == [
        [f"{MARK}0"],
        [f"{MARK}1"],
    ]


def test_a_mark_that_fails_is_told_by_its_piece_and_may_be_replaced(shop: Shop, there: There) -> None:
    number = shop.order(("boat", 2), requirements={"mandatory_mark": ["boat"]})
    boat = shop.sku(number, "boat")
    shop.ask("marks", number, marks=[{"sku": boat, "mark": f"{MARK}1"}])
    shop.ask("ship", number)
    shop.fulfil()
    assert shop.states(number) == {"marks": "refused", "ship": "refused"}
    errors = {row["kind"]: row["error"] for row in shop.rows("select kind, error from order_task")}
    assert f"товар {boat}, штука 2: нет кода маркировки" in errors["marks"]
    assert "EXEMPLAR_INFO_NOT_FILLED_COMPLETELY" in errors["ship"]

    shop.ask("marks", number, marks=[{"sku": boat, "mark": f"{MARK}1"}, {"sku": boat, "mark": "short"}])
    shop.fulfil()
    (error,) = [
        row["error"]
        for row in shop.rows(
            "select error from order_task where kind = 'marks' order by task_id desc limit 1"
        )
    ]
    assert "штука 2: код short: INVALID_MARK" in error
    shop.ask("marks", number, marks=[{"sku": boat, "mark": f"{MARK}{piece}"} for piece in range(2)])
    shop.ask("ship", number)
    shop.fulfil()
    assert shop.states(number)["ship"] == "done"
    assert shop.alerts() == []


# ------------------------------------------------------------------ our own carrier


def test_tracking_numbers_go_in_batches_and_each_has_its_answer(shop: Shop, there: There) -> None:
    numbers = [shop.order(scheme="rfbs") for _ in range(22)]
    strange = shop.order()  # Ozon carries this one itself
    for number in [*numbers, strange]:
        shop.ask("tracking", number, number=f"RU{number}")
    there.fault(TRACKING, "short_answer", count=1)
    counts = shop.fulfil()
    while counts["next_in"] is not None:
        shop.clock.advance(minutes=1)
        counts = shop.fulfil()
    shown = there.postings()
    assert [shown[number]["tracking_number"] for number in numbers] == [f"RU{number}" for number in numbers]
    assert max(len(body["tracking_numbers"]) for body in there.bodies(TRACKING)) == 20
    assert {shop.states(number)["tracking"] for number in numbers} == {"done"}
    assert shop.states(strange)["tracking"] == "refused"


@pytest.mark.parametrize(("errors", "ends"), [("string", "delivered"), ("list", "conditionally")])
def test_the_moves_of_our_own_carrier_are_made_in_turn(
    shop: Shop, there: There, errors: str, ends: str
) -> None:
    there.knobs(move_error_type=errors, own_delivered=ends)
    number = shop.order(scheme="rfbs")
    for kind in ("delivered", "last_mile", "sent", "ship"):
        shop.ask(kind, number)
    there.fault("/v2/fbs/posting/delivering", "timeout_after", count=1)
    shop.fulfil()
    assert set(shop.states(number).values()) == {"done"}
    words = [status for _, status, _ in there.postings()[number]["history"]]
    assert words.count("awaiting_deliver") == 1
    assert words[-1] == ("delivered" if ends == "delivered" else "delivering")
    assert shop.label(number) is None  # of what we carry ourselves, the marketplace has none


# ------------------------------------------------------------------ handovers


@pytest.mark.parametrize("kind", [None, "timeout_after", "timeout_before"])
def test_a_handover_is_formed_once_and_its_act_kept(shop: Shop, there: There, kind: str | None) -> None:
    numbers = [shop.order() for _ in range(2)]
    for number in numbers:
        shop.ask("ship", number)
    shop.fulfil()
    method = shop.read(numbers[0]).delivery_method
    assert method
    day = shop.clock.now().date()
    if kind:
        there.fault("/v1/carriage/create", kind, count=1)

    def ask() -> int:
        with shop.database.transaction() as connection:
            return handovers.ask(connection, "ozon", method, day, "erp", shop.clock.now())

    first = ask()
    assert ask() == first
    for _ in range(5):
        shop.fulfil()
        shop.clock.advance(minutes=3)
    (row,) = shop.rows("select * from handover")
    assert (row["state"], row["error"]) == ("ready", None)
    with shop.runtime.files.open(row["act_file"]) as stream:
        assert labels.whole(stream.read()) == 1
    assert len(there.calls("/v1/carriage/approve")) == 1
    assert shop.read(numbers[0]).status is PostingStatus.TO_SHIP


def test_a_handover_that_cannot_be_formed_waits_or_is_told(shop: Shop, there: There) -> None:
    number = shop.order()
    method = shop.read(number).delivery_method
    assert method
    with shop.database.transaction() as connection:
        handovers.ask(connection, "ozon", method, shop.clock.now().date(), "erp", shop.clock.now())
    shop.fulfil()
    (row,) = shop.rows("select * from handover")
    assert (row["state"], row["error"]) == ("waiting", "3 POSTING_NOT_FOUND")
    shop.ask("ship", number)
    there.knobs(carriage_refusal="has_overflow")
    shop.clock.advance(minutes=30)
    assert shop.fulfil()["refused"] == 1
    (row,) = shop.rows("select * from handover")
    assert (row["state"], "has_overflow" in row["error"]) == ("refused", True)
    (alert,) = shop.rows("select message from alert where key like 'handover/%%' and ended_at is null")
    assert "has_overflow" in alert["message"]


def test_a_handover_is_not_waited_for_beyond_its_day(shop: Shop) -> None:
    method = shop.read(shop.order()).delivery_method
    assert method
    with shop.database.transaction() as connection:
        handovers.ask(connection, "ozon", method, shop.clock.now().date(), "erp", shop.clock.now())
    shop.fulfil()
    shop.clock.advance(days=2)
    assert shop.fulfil()["refused"] == 1
