"""Workbooks for managers, made from what is in Postgres."""
