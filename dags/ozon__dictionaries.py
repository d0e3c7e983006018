"""Ozon's dictionaries: a DAG <account>__dictionaries for each account of accounts.yaml.

Task: refresh_dictionaries. The graph: marketsync_airflow.graphs.dictionaries.
When: by the account's schedule, weekly unless it says otherwise.
"""

from __future__ import annotations

from marketsync_airflow.graphs import accounts_of, dictionaries

for account in accounts_of("ozon"):
    dictionaries(account)
