"""An order from the buyer to the door: Ozon tells of it, DPD carries it, Ozon hears of that. Both are the sandbox's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from dpd_kit import Dispatch, door, fresh

from marketsync import steps
from marketsync.credentials import Credentials
from marketsync.db import Database
from marketsync.runtime import Runtime
from tests.db.conftest import _lend, _Server

CABINET = "7001"
_PATIENCE = 20
BUYER = {
    "name": "Примерова Анна", "phone": "+79991234567", "city": "Казань", "region": "Татарстан",
    "zip_code": "420111", "address_tail": "ул. Баумановская, д. 5, кв. 77", "comment": "Домофон К-4711-Б",
}  # fmt: skip


class Both(Dispatch):
    """The same store, with a cabinet at Ozon."""

    @property
    def runtime(self) -> Runtime:
        known = {
            "dpd": Credentials(f"{self.url}/dpd", "1001027795", self.password),
            "ozon": Credentials(f"{self.url}/ozon", CABINET, "sandbox"),
        }
        made = super().runtime
        return Runtime(made.database, made.accounts, known.__getitem__, made.clock, made.files)

    def ozon(self, method: str, action: str, body: Any = None) -> Any:
        return self.behind(method, f"/ozon/{CABINET}/{action}", body)

    def told_of(self, number: str, substatus: str) -> str:
        """Fulfil until Ozon shows the order so; limits are waited for on the real clock. Returns its status there."""
        for _ in range(_PATIENCE):
            steps.fulfil(self.runtime, "ozon")
            shown = self.ozon("GET", "postings")[number]
            if substatus in shown["substatus"]:
                return str(shown["status"])
        raise AssertionError(f"{substatus} was never shown: {shown}")


@pytest.fixture(scope="module")
def carrier() -> Iterator[str]:
    yield from door()


@pytest.fixture
def both(carrier: str, _server: _Server, _template: str, tmp_path: Path) -> Iterator[Both]:
    lending = _lend(_server, _template)
    database: Database = next(lending)
    there = Both(carrier, database, tmp_path)
    fresh(carrier, database, tmp_path)
    there.behind("PATCH", "/knobs", {"general": {"time_scale": 0}})
    yield there
    next(lending, None)


def test_an_order_is_carried_from_the_buyer_to_the_door(both: Both) -> None:
    both.ozon("POST", "cards", {"cards": [{"offer_id": "A-1", "price": "500.00"}]})
    both.ozon("POST", "edit", {"offer_id": "A-1", "stock": {"1020000000001": 5}})
    made = both.ozon(
        "POST",
        "order",
        {
            "products": [{"offer_id": "A-1", "quantity": 1}], "scheme": "rfbs", "integration": "non_integrated",
            "status": "awaiting_deliver", "buyer": BUYER, "push": False,
        },
    )  # fmt: skip
    (number,) = made["posting_numbers"]
    steps.take_orders(both.runtime, "ozon")
    (row,) = both.rows("select posting_id, scheme from posting where number = %s", number)
    assert row["scheme"] == "seller"
    posting = row["posting_id"]
    both.request(posting)
    both.run()
    (carried,) = both.there()
    assert carried["content"]["receiverAddress"]["street"] == "Баумановская"
    heard = []
    for state, there in (
        ("OnRoad", "on_way_to_city"),
        ("Delivering", "courier_service"),
        ("Delivered", "delivered"),
    ):
        both.move(carried["num"], state)
        both.run()
        heard.append(both.told_of(number, there))
    assert heard == ["delivering", "delivering", "delivered"]
    assert both.ozon("GET", "postings")[number]["tracking_number"] == carried["num"]
    steps.take_orders(both.runtime, "ozon")
    (row,) = both.rows("select status, tracking_number from posting where number = %s", number)
    assert row == {"status": "delivered", "tracking_number": carried["num"]}
    for _ in range(_PATIENCE):  # what Ozon shows already is asked once more, as its limits let us
        steps.fulfil(both.runtime, "ozon")
        waiting = both.rows("select kind, state, error from order_task where state <> 'done'")
        if not waiting:
            break
    assert waiting == []
