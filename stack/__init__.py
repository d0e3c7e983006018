"""The whole set-up on one machine: Postgres, sandbox and Airflow, started and ended as one thing.

For the demo, the tests and a first look; production runs the same code in containers or under systemd.
Nothing is imported here, so that the small guard processes start in no time.
"""
