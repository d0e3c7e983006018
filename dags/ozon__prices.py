"""Ozon's prices: a DAG <account>__prices for each account of accounts.yaml.

Tasks: plan, upload, report. The graph: marketsync_airflow.graphs.values.
When: prices have changed, cards were newly listed, and by the account's schedule.
"""

from __future__ import annotations

from marketsync_airflow.graphs import accounts_of, prices

for account in accounts_of("ozon"):
    prices(account)
