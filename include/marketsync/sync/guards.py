"""The last word on what is held, the same for every channel: after the guards of its kind have spoken."""

from __future__ import annotations

from marketsync.db import sql
from marketsync.sync.lane import Connection, Lane

__all__ = ["last_word"]


def last_word(connection: Connection, lane: Lane) -> None:
    """Let pass in `pending` what a person has released or stopped; in mode approve hold all the rest."""
    connection.execute(sql("plan/let_pass"))
    if lane.approving:
        connection.execute(sql("plan/hold_approve"))
