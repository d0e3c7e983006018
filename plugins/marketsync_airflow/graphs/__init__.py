"""The task graphs, each written once: a function that takes an account and builds its DAG.

A DAG built while a file of dags/ is read belongs to that file; nothing has to be returned to it.
"""

from __future__ import annotations

from marketsync.accounts import Account
from marketsync.accounts import accounts as in_force
from marketsync_airflow.graphs.adopt import adopt
from marketsync_airflow.graphs.catalog import catalog
from marketsync_airflow.graphs.dictionaries import dictionaries
from marketsync_airflow.graphs.fulfilment import fulfilment
from marketsync_airflow.graphs.housekeeping import housekeeping
from marketsync_airflow.graphs.orders import orders
from marketsync_airflow.graphs.reconcile import reconcile
from marketsync_airflow.graphs.release import release
from marketsync_airflow.graphs.shipments import shipments
from marketsync_airflow.graphs.store_import import store_import
from marketsync_airflow.graphs.values import prices, stocks

__all__ = [
    "accounts_of",
    "adopt",
    "carriers",
    "catalog",
    "dictionaries",
    "fulfilment",
    "housekeeping",
    "orders",
    "prices",
    "reconcile",
    "release",
    "shipments",
    "stocks",
    "store_import",
]


def accounts_of(marketplace: str) -> tuple[Account, ...]:
    """The accounts of a marketplace that are in force, sorted by id."""
    return in_force().of(marketplace)


def carriers() -> tuple[str, ...]:
    """The ids of our own carriers, sorted."""
    return tuple(sorted(carrier.id for carrier in in_force().carriers))
