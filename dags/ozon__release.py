"""What is held on Ozon, put to a person: a DAG <account>__release for each account of accounts.yaml.

Tasks: ask, answer. The graph: marketsync_airflow.graphs.release.
When: a plan holds something that nobody was asked about, and by the account's schedule.
"""

from __future__ import annotations

from marketsync_airflow.graphs import accounts_of, release

for account in accounts_of("ozon"):
    release(account)
