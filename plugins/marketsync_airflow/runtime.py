"""The domain's runtime inside a task: database, accounts and credentials as Airflow knows them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from marketsync.accounts import accounts
from marketsync.db import Database
from marketsync.runtime import Runtime
from marketsync_airflow.hooks import address, credentials
from marketsync_airflow.triggers import DATABASE_CONNECTION

__all__ = ["open_runtime"]


@contextmanager
def open_runtime() -> Iterator[Runtime]:
    """One runtime for one task; its connections are returned at the end."""
    database = Database(address(DATABASE_CONNECTION))
    try:
        yield Runtime(database=database, accounts=accounts(), credentials=credentials)
    finally:
        database.close()
