"""Orders on real Postgres."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from erp_kit import Erp, Gateway, emptied
from orders_kit import Orders

from marketsync.db import Database
from marketsync.files import Files
from tests.db.conftest import _lend, _Server


@pytest.fixture
def orders(database: Database) -> Orders:
    return Orders(database)


@pytest.fixture(scope="session")
def _gateways_database(_server: _Server, _template: str) -> Iterator[Database]:
    yield from _lend(_server, _template)


@pytest.fixture
def gateway(_gateways_database: Database, tmp_path: Path) -> Gateway:
    """A gateway over a database with nothing in it, which these tests share: one for each takes too long."""
    emptied(_gateways_database)
    return Gateway(_gateways_database, Files(tmp_path.as_uri()))


@pytest.fixture
def erp(gateway: Gateway) -> Erp:
    """An ERP whose key opens everything."""
    return Erp(gateway, gateway.key())
