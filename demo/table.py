"""The demo's result as a table that fits a terminal."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Row", "render"]


@dataclass(frozen=True, slots=True)
class Row:
    """One step.

    Attributes:
        floor: the least seconds that the marketplace's limits leave; None where none apply.
    """

    step: str
    items: int | None = None
    calls: int | None = None
    seconds: float | None = None
    floor: float | None = None
    result: str = ""


_HEAD = ("step", "items", "calls", "seconds", "floor, s", "result")


def render(rows: list[Row]) -> str:
    """The rows under their heads, numbers to the right."""
    cells = [_HEAD, *(_texts(row) for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(_HEAD))]
    lines = []
    for number, line in enumerate(cells):
        parts = [
            text.ljust(width) if column in (0, len(_HEAD) - 1) else text.rjust(width)
            for column, (text, width) in enumerate(zip(line, widths, strict=True))
        ]
        lines.append("  ".join(parts).rstrip())
        if number == 0:
            lines.append("  ".join("-" * width for width in widths))
    return "\n".join(lines)


def _texts(row: Row) -> tuple[str, ...]:
    def number(value: float | None, form: str) -> str:
        return "" if value is None else format(value, form)

    return (
        row.step,
        number(row.items, ",d"),
        number(row.calls, ",d"),
        number(row.seconds, ".1f"),
        number(row.floor, ".1f"),
        row.result,
    )
