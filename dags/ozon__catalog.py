"""Ozon's cards: a DAG <account>__catalog for each account of accounts.yaml.

Tasks: poll_status, extract_diff, transform, upload, report. The graph: marketsync_airflow.graphs.catalog.
When: goods have changed, marketplace tasks are open, and by the account's schedule.
"""

from __future__ import annotations

from marketsync_airflow.graphs import accounts_of, catalog

for account in accounts_of("ozon"):
    catalog(account)
