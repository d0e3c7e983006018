"""Deliveries by carriers of ours: the DAG carriers__shipments, where accounts.yaml has carriers.

Task: run_shipments. The graph: marketsync_airflow.graphs.shipments.
When: the ERP has asked for a delivery or for its end, and by the schedule of accounts.yaml.
"""

from __future__ import annotations

from marketsync_airflow.graphs import carriers, shipments

if carriers():
    shipments()
