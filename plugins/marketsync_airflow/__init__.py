"""What ties marketsync to Airflow: task graphs, triggers, connections, pools, retries; no domain logic."""
