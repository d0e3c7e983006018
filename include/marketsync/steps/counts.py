"""What goes through XCom and onto a terminal: ids and numbers, never data."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["Counts", "total"]

Counts = dict[str, int | str | bool | None]

_IDS = frozenset({"plan"})


def total(parts: Sequence[Counts]) -> Counts:
    """The counts of several channels as one: numbers are added, flags hold where all do, of ids the first counts."""
    if len(parts) == 1:
        return parts[0]
    summed: Counts = {}
    for part in parts:
        for name, value in part.items():
            known = summed.get(name)
            if known is None:
                summed[name] = value
            elif isinstance(known, bool):
                summed[name] = known and bool(value)
            elif isinstance(known, int) and isinstance(value, int) and name not in _IDS:
                summed[name] = known + value
    return summed
