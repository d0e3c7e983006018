"""The carrier with its surroundings; time passes when somebody looks."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from sandbox.clock import Clock
from sandbox.dpd.knobs import DpdKnobs
from sandbox.dpd.state import ENDS, NEW, WAY, Client, Event, Move, Order
from sandbox.knobs import GeneralKnobs

_FIRST_NUMBER = 19_202_656


class DpdSystem:
    """All clients of the carrier."""

    def __init__(self, clock: Clock, random: Random, general: GeneralKnobs) -> None:
        self.clock = clock
        self.random = random
        self.general = general
        self.knobs = DpdKnobs()
        self.clients: dict[str, Client] = {}
        self._last_number = _FIRST_NUMBER
        self._last_id = 100

    def client(self, number: str) -> Client:
        return self.clients.setdefault(number, Client(number))

    def new_id(self) -> int:
        self._last_id += 1
        return self._last_id

    def accept(self, order: Order, at: datetime) -> None:
        """The order is one of the carrier's from now on."""
        self._last_number += 1
        order.status = "OK"
        order.num = f"RU{self._last_number:09d}"
        order.pending_until = None
        self.move(order, NEW, at)

    def move(self, order: Order, state: str, at: datetime) -> None:
        """Bring an order into a state, and tell of it in its client's inbox."""
        moved = Move(state, at)
        order.moves.append(moved)
        self.client(order.client).inbox.append(Event(self.new_id(), order, moved))

    def pass_time(self) -> None:
        """Bring everything to where it is by now."""
        now = self.clock.utcnow()
        for client in self.clients.values():
            for order in client.orders:
                self._pass_time(order, now)

    def scaled(self, seconds: float) -> timedelta:
        return timedelta(seconds=seconds * self.general.time_scale)

    def _pass_time(self, order: Order, now: datetime) -> None:
        if order.pending_until is not None and order.pending_until <= now:
            if self.knobs.pending_ends == "OK":
                self.accept(order, order.pending_until)
            else:
                order.status, order.pending_until = "OrderError", None
                order.message = "Заказ отклонён оператором DPD"
        step = self.scaled(self.knobs.state_seconds)
        while self.knobs.moves and order.moves and order.state in WAY and order.state not in ENDS:
            last = order.moves[-1]
            if last.at + step > now:
                return
            self.move(order, WAY[WAY.index(last.state) + 1], last.at + step)
