"""What the demo prints at its end."""

from __future__ import annotations

from demo.story import Outcome
from demo.table import render

__all__ = ["tell"]

_DIFFERENCES_SHOWN = 20


def tell(outcome: Outcome, seconds: float) -> int:
    """Print the table and what stands beside it; return the exit code."""
    print()
    print(render(outcome.rows))
    _pairs("held by the guards", outcome.held)
    _pairs("refused, with a reason for the manager", outcome.refused)
    for name, causes, healed in outcome.causes:
        _pairs(f"reconciliation {name} (healed: {healed})", causes)
    for difference in outcome.differences[:_DIFFERENCES_SHOWN]:
        print(f"  difference: {difference}")
    if len(outcome.differences) > _DIFFERENCES_SHOWN:
        print(f"  ... and {len(outcome.differences) - _DIFFERENCES_SHOWN} more")
    print(f"\nworkbook: {outcome.workbook}")
    print(
        "look again: .venv/bin/python -m marketsync plan ozon price (a dry run), ... history ARTICLE; `make up`"
    )
    print(f"took {seconds:.0f} s")
    for failure in outcome.failures:
        print(f"FAILED: {failure}")
    print("passed" if outcome.passed else "failed")
    return 0 if outcome.passed else 1


def _pairs(title: str, pairs: dict[str, int]) -> None:
    told = ", ".join(f"{name} {n}" for name, n in sorted(pairs.items())) or "nothing"
    print(f"{title}: {told}")
