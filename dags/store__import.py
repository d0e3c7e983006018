"""The store's deliveries: the DAG store__import.

Task: import_store. The graph: marketsync_airflow.graphs.store_import.
When: a delivery has come, over the web or from a shell, and by the schedule of accounts.yaml.
What it changes wakes the DAGs of cards, prices and stocks: its transaction notifies them.
"""

from __future__ import annotations

from marketsync_airflow.graphs import store_import

store_import()
