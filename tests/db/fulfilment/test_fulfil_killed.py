"""Runs that are killed between any two steps, and answers that are lost: everything happens once."""

from __future__ import annotations

import pytest
from crash_kit import killed_at
from fulfil_kit import Shop, There


@pytest.mark.parametrize("faults", [False, True])
def test_a_run_killed_at_any_step_assembles_each_order_once(shop: Shop, there: There, faults: bool) -> None:
    numbers: list[str] = []
    if faults:
        there.faults(
            {"path": "*", "kind": "timeout_after", "probability": 0.15, "seconds": 0},
            {"path": "*", "kind": "timeout_before", "probability": 0.15, "seconds": 0},
        )
    for step in range(1, 60, 2):
        numbers.append(shop.order(("boat", 2)))
        shop.ask("ship", numbers[-1])
        killed_at(shop, step)
    for _ in range(20):
        if all(shop.states(number).get("ship") == "done" for number in numbers):
            break
        shop.clock.advance(minutes=10)
        shop.fulfil()
    assert {there.assembled(number) for number in numbers} == {1}
    assert {shop.states(number)["ship"] for number in numbers} == {"done"}
    assert shop.alerts() == []
