"""The last word on what is held, the same for every channel: after the guards of its kind have spoken."""

from __future__ import annotations

from marketsync.db import sql
from marketsync.sync.lane import Connection, Lane

__all__ = ["last_word"]


def last_word(connection: Connection, lane: Lane, *, channel: str | None = None) -> None:
    """Let pass in `pending` what a person has released or stopped, hold what was turned down; in mode approve the rest.

    Args:
        channel: whose values stand in `pending`; the lane's own by default.
    """
    connection.execute(sql("plan/released_as_is"))
    connection.execute(sql("plan/let_pass"))
    connection.execute(
        sql("plan/turned_down"), {"channel": channel or lane.channel.name, "now": lane.clock.now()}
    )
    if lane.approving:
        connection.execute(sql("plan/hold_approve"))
