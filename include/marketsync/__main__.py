"""`python -m marketsync`: everything that the DAGs do, from a shell, without Airflow."""

from marketsync.cli import main

if __name__ == "__main__":
    main()
