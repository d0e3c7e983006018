"""Ozon's stocks: a DAG <account>__stocks for each account of accounts.yaml.

Tasks: plan, upload, report. The graph: marketsync_airflow.graphs.values.
When: stocks have changed, cards were newly listed, and by the account's schedule.
"""

from __future__ import annotations

from marketsync_airflow.graphs import accounts_of, stocks

for account in accounts_of("ozon"):
    stocks(account)
