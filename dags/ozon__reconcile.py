"""Ozon's reconciliation: a DAG <account>__reconcile for each account of accounts.yaml.

Tasks: reconcile, workbook, report. The graph: marketsync_airflow.graphs.reconcile.
When: by the account's schedule, every two hours unless it says otherwise.
"""

from __future__ import annotations

from marketsync_airflow.graphs import accounts_of, reconcile

for account in accounts_of("ozon"):
    reconcile(account)
