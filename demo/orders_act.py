"""The act of orders: buyers order, by push and by poll, one changes their mind, a stand-in 1C does its work over HTTP.

In the end the marketplace's own list of postings is held against what that 1C has: nothing lost, nothing doubled,
everything assembled but what was cancelled.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

from pypdf import PdfReader

from demo.sandbox_client import Cabinet
from demo.stand_in_1c import StandIn1C, documents_of_the_exchange
from demo.story import Outcome
from demo.table import Row
from marketsync.credentials import credentials
from marketsync.errors import Retriable
from marketsync.orders import keys
from marketsync.orders.figures import figures_of
from marketsync.paths import var
from marketsync.runtime import Runtime
from marketsync.steps.figures import order_figures
from stack.machine import Stack

__all__ = ["play"]

_PUSHED, _POLLED, _BY_CARRIER = 38, 10, 2
_ORDERS = _PUSHED + _POLLED + _BY_CARRIER
_ASSEMBLED = {"awaiting_deliver", "delivering", "delivered", "driver_pickup"}
_SECONDS = 240.0
_LOOK = 0.5
_HURRY = {"label_ready_min_seconds": 3.0, "label_ready_max_seconds": 6.0}
_NAME, _SCOPES = "stand-in-1c", tuple(keys.Scope)
_BUYER = {
    "name": "Мария Тестова",
    "phone": "+79000000001",
    "city": "Казань",
    "address_tail": "ул. Баумана, 1",
}


def play(
    stack: Stack,
    runtime: Runtime,
    account: str,
    outcome: Outcome,
    say: Callable[[str], None],
    *,
    hurry: bool = False,
) -> None:
    """Order, assemble, print, track, and judge.

    Args:
        account: whose cabinet the buyers order in; it takes orders.
        outcome: of the whole demo; gets this act's rows and failures.
        hurry: labels are ready after seconds, not after the marketplace's minute.
    """
    if hurry:
        Cabinet(stack.sandbox_url).knobs("ozon_orders", **_HURRY)
    act = _Act(stack, runtime, account, outcome, say)
    try:
        act.play()
    finally:
        act.erp.stop()


class _Act:
    def __init__(
        self, stack: Stack, runtime: Runtime, account: str, outcome: Outcome, say: Callable[[str], None]
    ) -> None:
        self._runtime = runtime
        self._account = account
        self._outcome = outcome
        self._say = say
        self._gateway = stack.gateway_url
        self._cabinet = Cabinet(stack.sandbox_url)
        self._ordered: dict[str, float] = {}
        self._login = f"{_NAME}-{secrets.token_hex(4)}"
        with runtime.database.transaction() as connection:
            self._key = keys.create(connection, self._login, _SCOPES, runtime.clock.now())
        self.erp = StandIn1C(self._gateway, self._login, self._key)

    def play(self) -> None:
        """Everything, in order."""
        self._connect_pushes()
        self.erp.start()
        numbers = self._buyers_order()
        cancelled = numbers[-1]
        self._cabinet.cancel_order(cancelled)
        self._arrive(cancelled)
        self._assemble(cancelled)
        self._print(cancelled)
        self._ship_by_carrier()
        self._ask_the_exchange()
        self._figures()
        self._judge(cancelled)

    def _connect_pushes(self) -> None:
        connection = self._runtime.accounts.account(self._account).connection
        secret = credentials(connection).extra["push_secrets"][0]
        self._cabinet.push_to(f"{self._gateway}/push/{self._account}/{secret}")

    def _buyers_order(self) -> list[str]:
        """Orders of one piece each, of goods that have enough; the last one will be cancelled."""
        stocked = [
            (article, int(warehouse))
            for article, shown in sorted(self._cabinet.state().items())
            for warehouse, stock in shown["stocks"].items()
            if shown["on_sale"] and stock["present"] - stock["reserved"] >= 3
        ]
        if not stocked:
            raise Retriable("nothing in the cabinet has three pieces to sell")
        numbers: list[str] = []
        for number in range(_ORDERS):
            article, warehouse = stocked[number % len(stocked)]
            wish: dict[str, Any] = {
                "products": [{"offer_id": article, "quantity": 1}],
                "warehouse_id": warehouse,
                "push": number >= _POLLED,
            }
            if _POLLED <= number < _POLLED + _BY_CARRIER:
                wish |= {"scheme": "rfbs", "buyer": _BUYER}
            made = self._cabinet.order(**wish)
            self._ordered |= dict.fromkeys(made, time.monotonic())
            numbers += made
        self._say(
            f"orders: {_ORDERS} buyers ordered, {_POLLED} of them without a push; one changes their mind"
        )
        return numbers

    def _arrive(self, cancelled: str) -> None:
        self._until(
            lambda: set(self.erp.booked) >= set(self._ordered), "not all orders are in the ERP's packs"
        )
        pushed = [number for number in list(self._ordered)[_POLLED:] if number != cancelled]
        polled = list(self._ordered)[:_POLLED]
        for name, group in (("by push", pushed), ("by poll alone", polled)):
            waits = sorted(self.erp.booked[number] - self._ordered[number] for number in group)
            middle, late = waits[len(waits) // 2], waits[int(len(waits) * 0.95)]
            self._row(
                f"orders: in the ERP's pack, {name}",
                len(group),
                result=f"p50 {middle:.1f} s, p95 {late:.1f} s",
            )
        self._until(
            lambda: self.erp.orders[cancelled]["status"] == "cancelled", "the cancellation is not in a pack"
        )

    def _assemble(self, cancelled: str) -> None:
        began = time.monotonic()

        def all_assembled() -> bool:
            there = self._cabinet.postings()
            return all(
                there[number]["status"] in _ASSEMBLED for number in self._ordered if number != cancelled
            )

        self._until(all_assembled, "not all orders are assembled there")
        self._row("orders: assembled", len(self._ordered) - 1, seconds=time.monotonic() - began)

    def _print(self, cancelled: str) -> None:
        began = time.monotonic()
        wanted = [number for number in self._ordered if number != cancelled and not self._by_carrier(number)]
        waiting = set(wanted)

        def all_there() -> bool:
            waiting.difference_update([number for number in waiting if self.erp.label(number)])
            return not waiting

        self._until(all_there, "labels are missing")
        merged = self.erp.labels(wanted)
        path = var() / "labels.pdf"
        path.write_bytes(merged)
        pages = len(PdfReader(BytesIO(merged)).pages)
        if pages != len(wanted):
            self._outcome.failures.append(f"{len(wanted)} labels came as {pages} pages")
        self._row(
            "orders: labels in one PDF", pages, seconds=time.monotonic() - began, result=f"file://{path}"
        )

    def _ship_by_carrier(self) -> None:
        began = time.monotonic()
        numbers = [number for number in self._ordered if self._by_carrier(number)]
        for number in numbers:
            self.erp.ship_by_carrier(number)
        self._until(
            lambda: all(self.erp.track(number).get("tracking_number") for number in numbers),
            "the carrier has given no tracking numbers",
        )
        tracked = ", ".join(str(self.erp.track(number)["tracking_number"]) for number in numbers)
        self._row("orders: by DPD", len(numbers), seconds=time.monotonic() - began, result=tracked)

    def _ask_the_exchange(self) -> None:
        found = documents_of_the_exchange(self._gateway, self._login, self._key)
        missing = set(self._ordered) - found
        if missing:
            self._outcome.failures.append(f"the file exchange lacks {len(missing)} orders")
        self._row("orders: the same by /1c_exchange", len(found & set(self._ordered)), result="CommerceML")

    def _figures(self) -> None:
        order_figures(self._runtime, self._account)
        today = self._runtime.clock.now().astimezone(ZoneInfo(self._runtime.accounts.time_zone)).date()
        with self._runtime.database.transaction() as connection:
            rows = figures_of(connection, self._account, today)
        told = ", ".join(f"{row['name']} {row['value']}" for row in rows if row["value"] is not None)
        self._row("orders: figures of the day", result=told)

    def _judge(self, cancelled: str) -> None:
        """The marketplace's list against the ERP's: the same orders, the same lines."""
        there = self._cabinet.postings()
        for number in self._ordered:
            theirs = {line["offer_id"]: line["quantity"] for line in there[number]["products"]}
            order = self.erp.orders.get(number)
            ours = {line["article"]: line["quantity"] for line in order["lines"]} if order else None
            if ours != theirs:
                self._outcome.failures.append(f"order {number}: there {theirs}, in the ERP {ours}")
        if there[cancelled]["status"] != "cancelled":
            self._outcome.failures.append(f"the cancelled order {cancelled} is {there[cancelled]['status']}")
        strangers = set(self.erp.orders) - set(there)
        if strangers:
            self._outcome.failures.append(f"the ERP has orders that nobody made: {sorted(strangers)}")
        self._outcome.failures += [f"the stand-in 1C: {trouble}" for trouble in self.erp.troubles]
        self._row("orders: the marketplace's list against the ERP's", len(there), result="judged")

    def _by_carrier(self, number: str) -> bool:
        return bool(self._cabinet.postings()[number]["scheme"] == "rfbs")

    def _until(self, holds: Callable[[], bool], complaint: str) -> None:
        limit = time.monotonic() + _SECONDS
        while not holds():
            if time.monotonic() > limit:
                raise Retriable(f"{complaint} after {_SECONDS:.0f} s: {json.dumps(self.erp.troubles[:3])}")
            time.sleep(_LOOK)

    def _row(
        self, step: str, items: int | None = None, *, seconds: float | None = None, result: str = ""
    ) -> None:
        self._outcome.rows.append(Row(step, items=items, seconds=seconds, result=result))
        self._say(f"{step}: {result or items}")
