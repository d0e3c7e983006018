"""Sessions that fell silent: their last word is said for them, or what they left half done is given up."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog

from marketsync.clock import Clock
from marketsync.db import Database, sql
from marketsync.files import Files
from marketsync.shop.uploads import folders
from marketsync.shop.uploads.batches import Batches
from marketsync.shop.uploads.sessions import FOLDER, STAMP, Session

__all__ = ["close_quiet_sessions", "end_sessions", "forget_uploads"]

_log = structlog.get_logger(__name__)


def close_quiet_sessions(database: Database, files: Files, clock: Clock, after: timedelta) -> int:
    """Put the closing delivery in line of sessions whose dialogue has no last word; returns how many.

    Only of those that brought portions of a full load which were all imported, with nothing left half uploaded.

    Args:
        after: silence that counts as the end.
    """
    with database.transaction() as connection:
        rows = connection.execute(sql("upload/quiet_sessions"), {"before": clock.now() - after}).fetchall()
    batches = Batches(database, files, clock)
    for row in rows:
        asked = batches.close(Session(**row), deactivate=False)
        _log.info("a session of 1C is closed", session=row["session_id"], delivery=asked.exchange_id)
    return len(rows)


def end_sessions(database: Database, files: Files, clock: Clock, idle: timedelta) -> int:
    """End sessions that were silent for long, and remove what they uploaded and did not have imported.

    Returns:
        how many were ended.
    """
    now = clock.now()
    with database.transaction() as connection:
        rows = connection.execute(
            sql("upload/expire_sessions"), {"before": now - idle, "now": now}
        ).fetchall()
        given_up = []
        for row in rows:
            connection.execute(sql("upload/drop_open_batches"), {"session_id": row["session_id"], "now": now})
            batches = connection.execute(sql("upload/unhanded_batches"), {"session_id": row["session_id"]})
            given_up += [f"{row['place']}/{batch['number']}" for batch in batches]
    for folder in (*given_up, *(row["folder"] for row in rows)):
        folders.remove(files, files.list(folder))
    return len(rows)


def forget_uploads(database: Database, files: Files, before: datetime) -> int:
    """Remove what sessions that began before a moment left behind; returns how many files."""
    first_kept = f"{FOLDER}/{before:{STAMP}}"
    old = [name for name in files.list(FOLDER) if name < first_kept]
    folders.remove(files, old)
    with database.transaction() as connection:
        connection.execute(sql("upload/old_sessions"), {"before": before})
    return len(old)
