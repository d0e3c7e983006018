"""Orders on real Postgres."""

from __future__ import annotations

import pytest
from orders_kit import Orders

from marketsync.db import Database


@pytest.fixture
def orders(database: Database) -> Orders:
    return Orders(database)
