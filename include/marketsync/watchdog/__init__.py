"""The watchdog: a process beside Airflow and the gateway that sees when one of them, or a flow, has stopped."""
