"""marketsync: a store's goods, prices and stocks kept equal on every marketplace, and proven so.

Nothing below this package imports Airflow: workers, the command line, the tests and the web gateway share it.
"""
