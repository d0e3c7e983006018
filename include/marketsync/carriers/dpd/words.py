"""DPD's words: what became of an order, where a parcel is, what happened to it.

Source: DPD's integration guide as the facts have it: 12 states of tracing, the main groups of its 75 events.
"""

from __future__ import annotations

from collections.abc import Mapping

from marketsync.carriers.base import Cancelled, OrderState, Stage

__all__ = ["CANCELS", "ORDERS", "STATES", "stage_of_event"]

ORDERS: Mapping[str, OrderState] = {
    "OK": OrderState.ACCEPTED,
    "OrderPending": OrderState.PENDING,
    "OrderDuplicate": OrderState.DUPLICATE,
    "OrderError": OrderState.REFUSED,
    "OrderCancelled": OrderState.CANCELLED,
    "OrderCanceled": OrderState.CANCELLED,
}

CANCELS: Mapping[str, Cancelled] = {
    "Canceled": Cancelled.DONE,
    "CanceledPreviously": Cancelled.DONE,
    "CallDPD": Cancelled.CALL,
    "NotFound": Cancelled.NOT_THERE,
    "Error": Cancelled.REFUSED,
}

STATES: Mapping[str, tuple[Stage, str]] = {
    "NewOrderByClient": (Stage.ORDERED, "Заказ оформлен"),
    "NewOrderByDPD": (Stage.ORDERED, "Заказ оформлен по решению DPD"),
    "NotDone": (Stage.CANCELLED, "Заказ отменён"),
    "OnTerminalPickup": (Stage.PICKED_UP, "Принят на терминале отправления"),
    "OnRoad": (Stage.ON_ROAD, "В пути между терминалами"),
    "OnTerminal": (Stage.ON_ROAD, "На транзитном терминале"),
    "OnTerminalDelivery": (Stage.READY, "На терминале доставки"),
    "Delivering": (Stage.DELIVERING, "Передан курьеру"),
    "Delivered": (Stage.DELIVERED, "Доставлен получателю"),
    "Lost": (Stage.LOST, "Утерян"),
    "Problem": (Stage.PROBLEM, "Возникла проблема с доставкой"),
    "ReturnedFromDelivery": (Stage.PROBLEM, "Возвращён с доставки на терминал"),
}

_EVENTS: Mapping[str, Stage] = {
    "1301": Stage.CANCELLED,
    "2901": Stage.CANCELLED,
    "2501": Stage.LOST,
    "3302": Stage.RETURNING,  # nobody fetched it
    "3303": Stage.LOST,
    "3304": Stage.DELIVERED,
    "3305": Stage.DELIVERED,
    "3306": Stage.RETURNED,
    "3701": Stage.PROBLEM,  # damaged
}
_EVENT_GROUPS: Mapping[str, Stage] = {
    "10": Stage.ORDERED,
    "11": Stage.ORDERED,
    "12": Stage.ORDERED,
    "14": Stage.ORDERED,
    "15": Stage.ORDERED,
    "16": Stage.PICKED_UP,
    "17": Stage.ON_ROAD,
    "18": Stage.ON_ROAD,
    "21": Stage.ON_ROAD,
    "22": Stage.READY,
    "23": Stage.DELIVERING,
    "24": Stage.PROBLEM,
}


def stage_of_event(number: str) -> Stage:
    """Where an event brings a parcel: by its number, else by its group; OTHER where it brings it nowhere."""
    return _EVENTS.get(number) or _EVENT_GROUPS.get(number[:2], Stage.OTHER)
