"""Shipments ordered at the sandbox's DPD: once each, whatever is lost, refused, doubled or killed on the way."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from dpd_kit import CREATE, STATUS, Dispatch, door

from marketsync.db import Database


@pytest.fixture(scope="module")
def carrier() -> Iterator[str]:
    yield from door()


@pytest.fixture
def dispatch(carrier: str, database: Database, tmp_path: Path) -> Dispatch:
    there = Dispatch(carrier, database, tmp_path)
    there.behind("POST", "/reset")
    return there


def test_a_shipment_is_ordered_once_and_has_its_number(dispatch: Dispatch) -> None:
    posting = dispatch.asked("0001-1", places=[{"weight": "1.5", "length": 20}, {"weight": 2}])
    first = dispatch.shipment(posting)
    assert (first.state, first.our_number, first.their_number) == ("waiting", "0001-1", None)
    dispatch.run()
    (there,) = dispatch.there()
    known = dispatch.shipment(posting)
    assert (known.state, known.their_number, known.error) == ("accepted", there["num"], None)
    assert known.pickup_date.isoformat() == there["date"]
    content = there["content"]
    assert (content["cargoNumPack"], content["cargoWeight"]) == ("2", "3.5")
    assert content["receiverAddress"]["contactFio"] == "Примерова Анна"
    assert there["header"]["senderAddress"]["street"] == "Складская"
    assert dispatch.request(posting).their_number == known.their_number
    dispatch.run()
    assert (dispatch.calls(CREATE), dispatch.calls(STATUS)) == (1, 0)


def test_an_answer_that_was_lost_after_its_effect_is_looked_for(dispatch: Dispatch) -> None:
    posting = dispatch.asked("0002-1")
    dispatch.fault(CREATE, "timeout_after")
    dispatch.run()
    assert dispatch.shipment(posting).state == "asked"
    dispatch.run()
    (there,) = dispatch.there()
    assert dispatch.shipment(posting).their_number == there["num"]
    assert dispatch.calls(CREATE) == 1
