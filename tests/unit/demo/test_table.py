"""The demo's table: numbers to the right, nothing where nothing was measured."""

from __future__ import annotations

from demo.table import Row, render


def test_columns_line_up() -> None:
    lines = render(
        [Row("stocks", 18000, 180, 121.25, 120.0, "0 answers 429"), Row("rest", seconds=3)]
    ).splitlines()
    assert lines[0].split() == ["step", "items", "calls", "seconds", "floor,", "s", "result"]
    assert lines[2].split() == ["stocks", "18,000", "180", "121.2", "120.0", "0", "answers", "429"]
    assert lines[3].split() == ["rest", "3.0"]
    assert lines[2].index("121.2") + len("121.2") == lines[3].index("3.0") + len("3.0")
