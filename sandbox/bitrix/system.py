"""The portal with its surroundings."""

from __future__ import annotations

from sandbox.bitrix.knobs import BitrixKnobs
from sandbox.bitrix.state import Site
from sandbox.call_log import CallLog
from sandbox.clock import Clock
from sandbox.knobs import GeneralKnobs


class BitrixSystem:
    """One portal, empty until it is filled."""

    def __init__(self, clock: Clock, general: GeneralKnobs, calls: CallLog) -> None:
        self.clock = clock
        self.general = general
        self.calls = calls
        self.knobs = BitrixKnobs()
        self.site = Site()
