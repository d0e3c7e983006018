"""What happens inside of the carrier: parcels are moved, orders that wait for a person are decided on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.dpd.state import STATES, Order
from sandbox.dpd.system import DpdSystem
from sandbox.ozon.cabinet_control import ControlError

Json = dict[str, Any]


def move(system: DpdSystem, order: Json) -> Json:
    """{"number": the client's or the carrier's, "state": the state that it comes into}."""
    if order["state"] not in STATES:
        raise ControlError(f"no state {order['state']!r}; there are: {', '.join(STATES)}")
    found = _found(system, order["number"])
    if found.num is None:
        raise ControlError(f"the order {found.number} is {found.status}: nothing of it can move")
    system.move(found, order["state"], system.clock.utcnow())
    return _shown(found)


def decide(system: DpdSystem, order: Json) -> Json:
    """{"number", "status": OK or OrderError, "message"}: what a person there makes of a pending order."""
    found = _found(system, order["number"])
    if found.status != "OrderPending":
        raise ControlError(f"the order {found.number} is {found.status}, not OrderPending")
    if order["status"] == "OK":
        system.accept(found, system.clock.utcnow())
    else:
        found.status, found.pending_until = "OrderError", None
        found.message = str(order.get("message", "Заказ отклонён оператором DPD"))
    return _shown(found)


def state(system: DpdSystem) -> Json:
    """All orders of all clients, whole, with what the carrier knows of sender and receiver."""
    system.pass_time()
    return {
        number: {
            "orders": [_shown(order) for order in client.orders],
            "inbox": len(client.inbox),
        }
        for number, client in sorted(system.clients.items())
    }


def _found(system: DpdSystem, number: str) -> Order:
    system.pass_time()
    for client in system.clients.values():
        for order in reversed(client.orders):
            if number in (order.number, order.num):
                return order
    raise ControlError(f"no order {number!r}")


def _shown(order: Order) -> Json:
    return {
        "number": order.number,
        "num": order.num,
        "date": order.date.isoformat(),
        "status": order.status,
        "message": order.message,
        "state": order.state,
        "moves": [move.state for move in order.moves],
        "header": order.header,
        "content": order.content,
    }


ORDERS: dict[str, Callable[[DpdSystem, Json], Json]] = {"move": move, "decide": decide}
