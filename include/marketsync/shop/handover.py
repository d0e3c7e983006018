"""Handing a delivery over: its files into the common store, its row into the line, and whoever waits is woken."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from marketsync.clock import Clock
from marketsync.db import Database, sql
from marketsync.errors import BadInput, Place
from marketsync.files import Files
from marketsync.shop.exchanges import register_folder, written_at

__all__ = ["deliver_folder", "forget_deliveries", "new_place"]

_DELIVERIES = "deliveries"
_STAMP = "%Y%m%d-%H%M%S"  # in UTC, at the head of a delivery's name: what is older sorts first


def deliver_folder(database: Database, clock: Clock, files: Files, folder: Path) -> int:
    """Copy a folder into the common store and announce it; returns its exchange_id. Nothing is imported here.

    Raises:
        BadInput: there is no such folder, or no file in it.
    """
    paths = sorted(path for path in folder.rglob("*") if path.is_file()) if folder.is_dir() else []
    if not paths:
        raise BadInput(
            "нет такой папки, или в ней нет файлов",
            place=Place(file=str(folder)),
            hint="Укажите папку, в которую 1С выгрузила товары",
        )
    name = new_place(clock)
    for path in paths:
        with path.open("rb") as source:
            files.write(f"{name}/{path.relative_to(folder).as_posix()}", source)
    exchange = register_folder(database, clock, "1c", name, began=written_at(paths))
    with database.transaction() as connection:
        payload = json.dumps({"delivery": exchange})
        connection.execute(sql("wake/notify"), {"payload": payload})
    return exchange


def new_place(clock: Clock) -> str:
    """The name of a folder for one delivery in the common store."""
    return f"{_DELIVERIES}/{clock.now():{_STAMP}}-{uuid4().hex[:8]}"


def forget_deliveries(files: Files, before: datetime) -> int:
    """Remove the files of deliveries that were handed over before a moment; returns how many files."""
    first_kept = f"{_DELIVERIES}/{before:{_STAMP}}"
    old = [name for name in files.list(_DELIVERIES) if name < first_kept]
    for name in old:
        files.delete(name)
    return len(old)
