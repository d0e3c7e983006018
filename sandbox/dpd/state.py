"""What the carrier holds: orders with their ways, and one inbox of events for each client number."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

KEY = "sandbox"

NEW, NOT_DONE = "NewOrderByClient", "NotDone"
WAY = (NEW, "OnTerminalPickup", "OnRoad", "OnTerminal", "OnTerminalDelivery", "Delivering", "Delivered")
ELSEWHERE = (NOT_DONE, "Lost", "Problem", "ReturnedFromDelivery", "NewOrderByDPD")
STATES = (*WAY, *ELSEWHERE)
ENDS = frozenset({"Delivered", NOT_DONE, "Lost"})

# state -> number, code and name of the event that goes with it
EVENTS = {
    NEW: ("1401", "OrderCreate", "Заказ создан"),
    "OnTerminalPickup": ("1601", "OrderPickup", "Заказ принят у отправителя"),
    "OnRoad": ("2101", "OrderOnRoad", "Заказ в пути"),
    "OnTerminal": ("1801", "OrderOnTerminal", "Заказ на терминале"),
    "OnTerminalDelivery": ("2202", "OrderReady", "Заказ готов к передаче курьеру"),
    "Delivering": ("2301", "OrderDelivering", "Заказ передан курьеру"),
    "Delivered": ("3304", "OrderWorkCompleted", "Заказ доставлен получателю"),
    NOT_DONE: ("2901", "OrderCancelled", "Заказ отменён"),
    "Lost": ("3303", "OrderWorkCompleted", "Заказ утерян"),
    "Problem": ("2401", "OrderProblem", "Проблема с заказом"),
    "ReturnedFromDelivery": ("2411", "OrderDeliveryProblem", "Доставка не состоялась"),
    "NewOrderByDPD": ("1401", "OrderCreate", "Заказ создан DPD"),
}
AT_A_POINT = {
    "OnTerminalDelivery": ("2201", "OrderReady", "Заказ готов к выдаче"),
    "Delivered": ("3305", "OrderWorkCompleted", "Заказ выдан получателю"),
}


@dataclass
class Move:
    """A state that an order came into."""

    state: str
    at: datetime


@dataclass
class Order:
    """One order. `number` is the client's, `num` the carrier's: None while it is pending, or refused."""

    client: str
    number: str
    date: date
    status: str
    made_at: datetime
    header: dict[str, Any]
    content: dict[str, Any]
    num: str | None = None
    message: str = ""
    pending_until: datetime | None = None
    moves: list[Move] = field(default_factory=list)

    @property
    def state(self) -> str | None:
        return self.moves[-1].state if self.moves else None

    @property
    def variant(self) -> str:
        return str(self.content.get("serviceVariant", ""))

    @property
    def places(self) -> int:
        return int(self.content.get("cargoNumPack", 1))


@dataclass
class Event:
    """One event in a client's inbox."""

    id: int
    order: Order
    move: Move

    def words(self) -> tuple[str, str, str]:
        """Number, code and name."""
        if self.order.variant.endswith("Т") and self.move.state in AT_A_POINT:
            return AT_A_POINT[self.move.state]
        return EVENTS[self.move.state]


@dataclass
class Client:
    """One client number: its orders, its inbox, the packs that it was shown."""

    number: str
    orders: list[Order] = field(default_factory=list)
    inbox: list[Event] = field(default_factory=list)
    packs: dict[int, list[int]] = field(default_factory=dict)  # docId -> events
