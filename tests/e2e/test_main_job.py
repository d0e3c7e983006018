"""The main job with everything real: Postgres, Airflow, the sandbox."""

from __future__ import annotations

from pathlib import Path

from demo_kit import Demo


def test_the_demo_ends_with_the_sandbox_as_expected(demo: Demo) -> None:
    started = demo.start("--goods", "200", "--hurry")
    told, _ = started.communicate(timeout=900)
    assert started.returncode == 0, told
    assert told.rstrip().endswith("passed")
    assert "0 answers 429" in told
    workbook = told.split("workbook: file://")[1].split()[0]
    assert Path(workbook).stat().st_size > 10_000
    assert demo.left() == []
