"""The steps of X__adopt: take over hand-made cards; the workbook of conflicts."""

from __future__ import annotations

from marketsync.runtime import Runtime
from marketsync.steps.counts import Counts
from marketsync.sync import adopt as adoption
from marketsync.sync import poll

__all__ = ["adopt"]


def adopt(runtime: Runtime, account: str) -> Counts:
    """Read the whole cabinet and take over the cards that are surely a marked good's. Writes nothing there."""
    seller = runtime.seller(account)
    poll.run(seller.cards)
    result = adoption.run(seller.lanes)
    counts = result.counts
    return {
        "adoption": result.adoption,
        **{name: counts[name] for name in ("cards", "adopted", "ours", "conflicts", "ignored", "alone")},
        **{f"by_{key}": n for key, n in sorted(counts["by_key"].items())},
        **{f"conflict_{kind}": n for kind, n in sorted(counts["by_kind"].items())},
    }
