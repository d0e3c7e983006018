"""Everything that exists in one sandbox process, so that resetting it is building it anew."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any

from sandbox.bitrix.system import BitrixSystem
from sandbox.call_log import CallLog
from sandbox.clock import Clock
from sandbox.dpd.system import DpdSystem
from sandbox.faults import FaultBox
from sandbox.images.host import ImageHost
from sandbox.knobs import GeneralKnobs
from sandbox.ozon import hand_made
from sandbox.ozon.system import OzonSystem

DEFAULT_CLIENT_ID = "1001"


class World:
    """The played systems with their knobs, faults and call log.

    `products` invented hand-made cards and the given `cards` fill the cabinet of DEFAULT_CLIENT_ID; the same
    `seed` gives the same world.
    """

    def __init__(
        self,
        *,
        clock: Clock | None = None,
        products: int = 0,
        cards: Sequence[dict[str, Any]] = (),
        time_scale: float = 1.0,
        seed: int = 1,
    ) -> None:
        self.clock = clock if clock is not None else Clock()
        self._products = products
        self._cards = cards
        self._time_scale = time_scale
        self._seed = seed
        self.calls = CallLog()
        self.reset()

    def reset(self) -> None:
        """Back to the state after start: cabinets, knobs, faults and log."""
        self.random = Random(self._seed)
        self.general = GeneralKnobs(time_scale=self._time_scale)
        self.faults = FaultBox(self.random)
        self.calls.clear()
        self.images = ImageHost()
        self.ozon = OzonSystem(self.clock, self.random, self.general, self.calls, self.images.has)
        self.bitrix = BitrixSystem(self.clock, self.general, self.calls)
        self.dpd = DpdSystem(self.clock, self.random, self.general)
        if self._products:
            hand_made.fill(self.ozon, self.ozon.cabinet(DEFAULT_CLIENT_ID), self._products)
        for card in self._cards:
            hand_made.add(self.ozon, self.ozon.cabinet(DEFAULT_CLIENT_ID), card)

    def knob_sections(self) -> dict[str, object]:
        """The sections of the knobs API with their dataclasses."""
        return {
            "general": self.general,
            "ozon": self.ozon.knobs,
            "ozon_orders": self.ozon.order_knobs,
            "bitrix": self.bitrix.knobs,
            "dpd": self.dpd.knobs,
            "images": self.images.knobs,
        }
