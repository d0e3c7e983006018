"""docs/DAGs.md says what the DAGs are."""

from __future__ import annotations

from pathlib import Path

import pytest

from marketsync.paths import INCLUDE
from marketsync_airflow import document


def test_the_page_in_the_tree_is_what_the_dags_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MARKETSYNC_VAR", str(tmp_path))
    monkeypatch.setenv("MARKETSYNC_ACCOUNTS", str(INCLUDE / "accounts.yaml"))
    text = document.page()
    assert text == document.PAGE.read_text(encoding="utf-8")
    assert "ozon__catalog" in text
    assert "`ozon_stocks`" in text


def test_a_page_that_differs_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MARKETSYNC_VAR", str(tmp_path))
    monkeypatch.setenv("MARKETSYNC_ACCOUNTS", "")
    page = tmp_path / "DAGs.md"
    monkeypatch.setattr(document, "PAGE", page)
    monkeypatch.setattr(document, "PROJECT", tmp_path)
    monkeypatch.setattr(document, "page", lambda: "new")
    page.write_text("old", encoding="utf-8")
    assert document._main(["--check"]) == 1
    assert page.read_text(encoding="utf-8") == "old"
    assert document._main([]) == 0
    assert document._main(["--check"]) == 0
