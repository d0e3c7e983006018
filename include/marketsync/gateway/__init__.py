"""The web process: what others ask of us over HTTP. No Airflow in it; several copies may run."""
