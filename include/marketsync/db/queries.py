"""The queries of include/sql, one per file, loaded by name. There is no SQL text anywhere else."""

from __future__ import annotations

from functools import cache
from typing import LiteralString

from marketsync.paths import SQL

__all__ = ["sql"]


@cache
def sql(name: str) -> LiteralString:
    """The text of include/sql/<name>.sql, with bound parameters as %(name)s.

    Raises:
        FileNotFoundError: there is no such query.
    """
    return (SQL / f"{name}.sql").read_text(encoding="utf-8")
