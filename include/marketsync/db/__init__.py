"""Postgres: connections, the queries of include/sql, and what is built on them (limiter, call log)."""

from marketsync.db.connection import Database
from marketsync.db.queries import sql

__all__ = ["Database", "sql"]
