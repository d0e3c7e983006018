"""Ozon's adoption of hand-made cards: a DAG <account>__adopt for each account of accounts.yaml.

Tasks: adopt, adoption_workbook. The graph: marketsync_airflow.graphs.adopt.
When: by hand only.
"""

from __future__ import annotations

from marketsync_airflow.graphs import accounts_of, adopt

for account in accounts_of("ozon"):
    adopt(account)
