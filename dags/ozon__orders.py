"""Ozon's orders: a DAG <account>__orders for each account of accounts.yaml that takes orders.

Task: take_orders. The graph: marketsync_airflow.graphs.orders.
When: the marketplace has pushed something, and by the account's schedule.
"""

from __future__ import annotations

from marketsync_airflow.graphs import accounts_of, orders

for account in accounts_of("ozon"):
    if account.orders is not None:
        orders(account)
