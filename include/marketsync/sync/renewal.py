"""Floors that a marketplace forgets after a while, renewed before it does.

A floor that counts no more lets the marketplace's own promotions go below it without a word. Sending a floor renews
it; for the others there is a call of its own. Doing it twice does no harm, so nothing is in doubt after a lost answer.
"""

from __future__ import annotations

from datetime import timedelta

from marketsync.db import sql
from marketsync.sync.lane import Lane, offer_of

__all__ = ["run"]

_AHEAD = timedelta(days=5)  # a long weekend without anybody who mends a broken connection, and a day


def run(lane: Lane) -> int:
    """Renew what lapses soon; the number of floors. No call where none does."""
    lasts = lane.channel.floor_lasts
    if lasts is None:
        return 0
    renewed = 0
    while True:
        now = lane.clock.now()
        with lane.database.transaction() as connection:
            rows = connection.execute(
                sql("renewal/due"),
                {**lane.key, "before": now - (lasts - _AHEAD), "limit": lane.channel.batch_size},
            ).fetchall()
        if not rows:
            return renewed
        lane.channel.renew_floors([offer_of(row) for row in rows])
        with lane.database.transaction() as connection:
            connection.execute(sql("renewal/done"), {"offers": [row["offer_id"] for row in rows], "now": now})
        renewed += len(rows)
