"""What can be turned at the portal. Numbers: Bitrix24 REST documentation, limits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sandbox.knobs import knob


@dataclass
class BitrixKnobs:
    """Knobs of the portal; where the documentation leaves something open, both readings can be played."""

    drain_per_second: float = knob(2.0, low=0.0)
    """How much of the counter of requests runs off in a second: 2, Enterprise 5. 0 turns the limit off, as
    in the box.
    """
    burst: int = knob(50, low=1)
    """The counter's ceiling: 50, Enterprise 250."""
    operating_limit_seconds: float = knob(480.0, low=0.0)
    """Seconds of work of one method in ten minutes, after which it is blocked; 0 turns it off."""
    operating_cost: float = knob(0.02, low=0.0)
    """How many seconds of work one call of a list method is counted for."""
    time_zone_hours: float = knob(3.0, low=-12.0, high=14.0)
    """The portal's own zone: dates are shown in it."""
    date_filter_offset: Literal["honoured", "ignored"] = "honoured"
    """Whether the offset of a date in a filter counts, or the date is taken as the portal's local time."""
    unresolved_reference: Literal["empty", "kept"] = "empty"
    """What a `$result[...]` becomes that leads nowhere: an empty value, or the text itself."""
    order_price: Literal["recounted", "as_given"] = "recounted"
    """Whether an order's price follows its lines, or stays what it was given."""
    heads_in_products: bool = False
    """Whether catalog.product.list also lists the goods that have variants."""
    latency_seconds: float = knob(0.0, low=0.0)
    """How long each answer takes, in real seconds."""
