"""Runs that are killed between any two steps, and answers that are lost: everything happens once."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import pytest
from crash_kit import killed_at
from fulfil_kit import ACCOUNT, Shop, There
from pypdf import PdfReader

from marketsync import steps

LOST = (
    # nearly every third call is not answered, half of them after their effect; the first readings too
    {"path": "*", "kind": "timeout_after", "probability": 0.1, "seconds": 0},
    {"path": "*", "kind": "truncated", "probability": 0.05},
    {"path": "*", "kind": "timeout_before", "probability": 0.1, "seconds": 0},
    {"path": "*", "kind": "429", "probability": 0.05},
)
STEPS = {False: range(1, 66, 2), True: range(2, 66, 3)}  # a run of one order alone has some sixty


@dataclass
class Wanted:
    """What was asked of which orders."""

    whole: list[str] = field(default_factory=list)
    split: list[str] = field(default_factory=list)
    smaller: list[str] = field(default_factory=list)
    cancelled: list[str] = field(default_factory=list)
    carried: list[str] = field(default_factory=list)

    @property
    def all(self) -> list[str]:
        return [*self.whole, *self.split, *self.smaller, *self.cancelled, *self.carried]


def ask_something(shop: Shop, wanted: Wanted, turn: int) -> None:
    match turn % 5:
        case 0:
            wanted.whole.append(number := shop.order(("boat", 2)))
            shop.ask("ship", number)
        case 1:
            wanted.split.append(number := shop.order(("boat", 1), ("ball", 1)))
            parcels = [
                {"lines": [{"sku": shop.sku(number, name), "quantity": 1}]} for name in ("boat", "ball")
            ]
            shop.ask("ship", number, packages=parcels)
        case 2:
            wanted.smaller.append(number := shop.order(("boat", 3)))
            gone = [{"sku": shop.sku(number, "boat"), "quantity": 1}]
            shop.ask("cancel", number, reason="352", lines=gone)
            shop.ask("ship", number)
        case 3:
            wanted.cancelled.append(number := shop.order())
            shop.ask("cancel", number, reason="402", message="нет в наличии")
        case _:
            wanted.carried.append(number := shop.order(scheme="rfbs"))
            shop.ask("ship", number)
            shop.ask("tracking", number, number=f"RU{number}")
            shop.ask("sent", number)


def to_the_end(shop: Shop, numbers: list[str]) -> None:
    """Runs, with the readings of orders between them: of what was split in a lost answer, they find the parts."""
    for _ in range(30):
        shop.clock.advance(minutes=30)
        steps.take_orders(shop.runtime, ACCOUNT)
        shop.fulfil()
        if not shop.rows("select 1 from order_task where state in ('waiting', 'doing')"):
            return
    raise AssertionError([(number, shop.states(number)) for number in numbers])


@pytest.mark.parametrize("lost", [False, True])
def test_a_run_killed_at_any_step_does_everything_once(shop: Shop, there: There, lost: bool) -> None:
    wanted = Wanted()
    deaths = 0
    for turn, step in enumerate(STEPS[lost]):
        ask_something(shop, wanted, turn)
        if lost:
            there.faults(*LOST)
        deaths += killed_at(shop, step)
        there.faults()
    assert deaths > len(STEPS[lost]) * 0.9
    if lost:
        there.faults(*LOST)
    to_the_end(shop, wanted.all)
    there.faults()

    shown = there.postings()
    assert shop.rows("select 1 from order_task where state <> 'done'") == []
    assert shop.alerts() == []

    def statuses(number: str) -> Counter[str]:
        return Counter(status for _, status, _ in shown[number]["history"])

    children = [name for name, there_is in shown.items() if there_is["parent_posting_number"] in wanted.split]
    assert len(children) == len(wanted.split)
    assembled = [*wanted.whole, *wanted.split, *children, *wanted.smaller]
    assert {statuses(number)["awaiting_deliver"] for number in [*assembled, *wanted.carried]} == {1}
    assert {pieces(shown[number]) for number in wanted.smaller} == {2}
    assert {statuses(number)["cancelled"] for number in wanted.cancelled} == {1}
    assert [shown[number]["tracking_number"] for number in wanted.carried] == [
        f"RU{number}" for number in wanted.carried
    ]
    assert {statuses(number)["delivering"] for number in wanted.carried} == {1}

    labelled = [
        row["number"] for row in shop.rows("select number from label join posting using (posting_id)")
    ]
    assert sorted(labelled) == sorted(assembled)
    for number in assembled:
        content = shop.label(number)
        assert content is not None
        (page,) = PdfReader(BytesIO(content)).pages
        assert page.extract_text().splitlines()[0] == number


def pieces(shown: dict[str, Any]) -> int:
    return sum(int(line["quantity"]) for line in shown["products"])
