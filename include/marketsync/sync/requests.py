"""What the guards hold, as requests to a person: each plan adds to them and takes from them.

A channel has one open request at most. Its number stays while any of its values is still held; when none is, it is
closed, and what is held then gets a new one.
"""

from __future__ import annotations

import json
from datetime import datetime

from marketsync.accounts import Account, Mode
from marketsync.db import sql
from marketsync.sync.lane import Connection

__all__ = ["EXAMPLES", "HELD", "collect"]

EXAMPLES = 10  # of the worst changes are kept with a request
HELD = "held"
"""The key of the notification that wakes X__release."""


def collect(connection: Connection, account: Account, channel: str, now: datetime) -> None:
    """Bring a channel's requests up to date with what is held now, and wake whoever asks people.

    Call it in the transaction that changed what is held, under plan/lock.
    """
    key = {"account": account.id, "channel": channel}
    for step in ("end_changed", "close", "gather"):
        connection.execute(sql(f"release/{step}"), {**key, "now": now})
    connection.execute(sql("release/describe"), {**key, "examples": EXAMPLES})
    if account.mode is Mode.OBSERVE:
        return
    row = connection.execute(sql("release/unasked"), {"account": account.id, "now": now}).fetchone()
    if row and row["n"]:
        connection.execute(sql("wake/notify"), {"payload": json.dumps({HELD: row["n"]})})
