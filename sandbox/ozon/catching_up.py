"""Everything that happens in a cabinet by itself, up to a moment: before each call, each look and each push."""

from __future__ import annotations

from sandbox.ozon import action_rules, reservations
from sandbox.ozon.orders import buyers
from sandbox.ozon.state import Cabinet
from sandbox.ozon.system import OzonSystem


def catch_up(system: OzonSystem, cabinet: Cabinet, now: float) -> None:
    """Let everything happen that is due."""
    cabinet.settle(now)
    reservations.play(system, cabinet, now)
    action_rules.play(system, cabinet, now)
    buyers.play(system, cabinet, now)
