"""Ozon's fulfilment: a DAG <account>__fulfilment for each account of accounts.yaml that takes orders.

Task: fulfil. The graph: marketsync_airflow.graphs.fulfilment.
When: the ERP has asked for something, and by the account's schedule.
"""

from __future__ import annotations

from marketsync_airflow.graphs import accounts_of, fulfilment

for account in accounts_of("ozon"):
    if account.orders is not None:
        fulfilment(account)
