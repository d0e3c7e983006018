"""Intents whose caller died: what is harmless is repeated, what is not is looked at first."""

from __future__ import annotations

from datetime import timedelta

import structlog

from marketsync.db import sql
from marketsync.errors import Uncertain
from marketsync.marketplaces.base import Recovery
from marketsync.sync.lane import Lane, offer_of
from marketsync.sync.settle import withdraw

__all__ = ["AFTER_UNCERTAIN", "recover"]

_log = structlog.get_logger(__name__)

AFTER_UNCERTAIN = timedelta(seconds=30)
"""Before what may have had its effect is sent again."""


def recover(lane: Lane) -> None:
    """Resolve the channel's submissions that nobody is waiting for any more."""
    with lane.database.transaction() as connection:
        orphans = connection.execute(sql("submission/orphans"), lane.key).fetchall()
    for orphan in orphans:
        error = Uncertain("The sending process ended before the marketplace's answer")
        _log.warning("an unanswered submission is resolved", submission=orphan["submission_id"], **lane.key)
        called = orphan["items"] > 0
        if called and lane.channel.recovery is Recovery.READ_FIRST:
            _look(lane, orphan["submission_id"])
        withdraw(lane, orphan["submission_id"], error, pause=AFTER_UNCERTAIN, effect=called)


def _look(lane: Lane, submission: int) -> None:
    """Learn which cards of an unanswered submission exist by now, so that they are updated and not created again."""
    with lane.database.transaction() as connection:
        rows = connection.execute(sql("submission/offers"), {"submission_id": submission}).fetchall()
    offers = [offer_of(row) for row in rows]
    known = lane.channel.identify(offers) if offers else []
    if known:
        with lane.database.transaction() as connection:
            connection.execute(
                sql("offer/found"),
                {
                    "account": lane.account.id,
                    "articles": [identity.article for identity in known],
                    "external_ids": [identity.external_id for identity in known],
                    "skus": [identity.sku for identity in known],
                    "now": lane.clock.now(),
                },
            )
