"""Where the project's own files lie, from any process and any working directory."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["INCLUDE", "MAPPINGS", "PROJECT", "SQL", "accounts_file", "mappings_folder", "var"]

INCLUDE = Path(__file__).resolve().parent.parent
PROJECT = INCLUDE.parent
SQL = INCLUDE / "sql"
MAPPINGS = INCLUDE / "mappings"


def accounts_file() -> Path:
    """The accounts' file: MARKETSYNC_ACCOUNTS, or include/accounts.yaml."""
    return Path(os.environ.get("MARKETSYNC_ACCOUNTS") or INCLUDE / "accounts.yaml")


def mappings_folder() -> Path:
    """The mappings' folder: MARKETSYNC_MAPPINGS, or include/mappings."""
    return Path(os.environ.get("MARKETSYNC_MAPPINGS") or MAPPINGS)


def var() -> Path:
    """The folder for what a machine keeps for itself: MARKETSYNC_VAR, or var/ in the project."""
    return Path(os.environ.get("MARKETSYNC_VAR") or PROJECT / "var")
