"""The daily housekeeping: the DAG housekeeping.

Task: housekeeping. The graph: marketsync_airflow.graphs.housekeeping.
When: by the schedule of accounts.yaml, daily unless it says otherwise.
"""

from __future__ import annotations

from marketsync_airflow.graphs import housekeeping

housekeeping()
