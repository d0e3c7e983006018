"""What can be turned at the carrier; where its guide leaves something open, each reading can be played."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sandbox.knobs import knob


@dataclass
class DpdKnobs:
    """Knobs of the carrier."""

    state_seconds: float = knob(10_800.0, low=0.0)
    """Seconds between two states of an order, on its way from NewOrderByClient to Delivered."""
    moves: bool = True
    """Whether orders move by themselves; otherwise only by order from behind."""
    pending_share: float = knob(0.0, low=0.0, high=1.0)
    """How many orders are looked at by a person first: OrderPending."""
    pending_seconds: float = knob(600.0, low=0.0)
    """How long that takes."""
    pending_ends: Literal["OK", "OrderError"] = "OK"
    """What becomes of such an order."""
    error_share: float = knob(0.0, low=0.0, high=1.0)
    """How many orders are refused though nothing is wrong with them."""
    address_string: Literal["ignored", "enough"] = "ignored"
    """Whether an address in one line stands in for country, city and street."""
    duplicate_by: Literal["number", "number_and_date"] = "number"
    """What makes an order a duplicate of another."""
    duplicate_tells_number: bool = False
    """Whether OrderDuplicate names the order that is there."""
    unknown_order: Literal["fault", "empty", "OrderError"] = "fault"
    """What getOrderStatus says of an order that is not there."""
    cancel_after_pickup: Literal["CallDPD", "Error"] = "CallDPD"
    """What cancelOrder says of an order that is already on its way."""
    events: Literal["on", "fault", "empty"] = "on"
    """Whether the inbox of events is switched on for this client, and what getEvents says where it is not."""
    most_events: int = knob(500, low=1)
    """Events in one answer, whatever is asked for."""
    denied_code: str = "access-denied"
    """The code of the fault for a wrong key."""
