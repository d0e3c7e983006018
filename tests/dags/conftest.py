"""Airflow for these tests: a home and a database of the session's own, the project's DAGs and plugins.

The environment is set while this file is imported, because Airflow reads it once, at its own import.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

import pytest

from tests.db.conftest import _server, _template, database, database_url

__all__ = ["_server", "_template", "database", "database_url"]

HERE = Path(__file__).parent
PROJECT = HERE.parent.parent

_HOME = Path(tempfile.mkdtemp(prefix="marketsync-airflow-"))
atexit.register(shutil.rmtree, _HOME, ignore_errors=True)
os.environ.update(
    {
        "AIRFLOW_HOME": str(_HOME),
        "AIRFLOW__CORE__DAGS_FOLDER": str(PROJECT / "dags"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(PROJECT / "plugins"),
        "AIRFLOW__CORE__UNIT_TEST_MODE": "False",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{_HOME}/airflow.db",
        "AIRFLOW__LOGGING__LOGGING_LEVEL": "WARNING",
    }
)

TWO_ACCOUNTS = """\
version: 1
time_zone: Europe/Moscow
shop_orders: {connection: site}
carriers: [{id: dpd, connection: dpd, sender: {city: Москва}}]
accounts:
  - &seller
    id: ozon
    marketplace: ozon
    mode: send
    connection: ozon
    mapping: ozon
    mark: {property: Выгружать}
    warehouses: [{store: Основной, marketplace: "1"}]
    orders: {}
  - {<<: *seller, id: market_two, connection: ozon_two, orders: null, schedules: {prices: "1-59/10 * * * *"}}
"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder imports Airflow, and says so."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.dags)


@pytest.fixture
def accounts_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An accounts.yaml with two accounts of one marketplace, in force for this test."""
    path = tmp_path / "accounts.yaml"
    path.write_text(TWO_ACCOUNTS, encoding="utf-8")
    monkeypatch.setenv("MARKETSYNC_ACCOUNTS", str(path))
    monkeypatch.setenv("MARKETSYNC_VAR", str(tmp_path / "var"))
    return path


@pytest.fixture(scope="session")
def metadata() -> None:
    """Airflow's own database, empty but for its default pool."""
    from airflow.utils.db import initdb

    initdb()
