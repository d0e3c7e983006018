"""Take the outcomes of batches that a marketplace answers later.

Never waits: what is still open is for the next run.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog

from marketsync.db import sql
from marketsync.errors import Uncertain
from marketsync.http.answers import RequestRefused
from marketsync.marketplaces.base import Outcome, Result
from marketsync.sync.kinds import kind_of
from marketsync.sync.lane import Lane, offer_of
from marketsync.sync.settle import settle, withdraw

__all__ = ["Polled", "run"]

_log = structlog.get_logger(__name__)

_GIVE_UP = timedelta(hours=24)  # a task without an outcome for a day: what became of it is read back instead
_AFTER_GIVING_UP = timedelta(minutes=5)
_IDENTIFIED_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Polled:
    """What polling came to.

    Attributes:
        open: tasks that still run there.
        confirmed, rejected, retried: items answered now.
        ready: offers that take stock from now on.
        unready: cards that do not take stock yet.
    """

    open: int
    confirmed: int
    rejected: int
    retried: int
    ready: int
    unready: int


def run(lane: Lane) -> Polled:
    """Ask for the outcomes of every open task, then which new cards take prices and stocks."""
    answered = dict.fromkeys(Result, 0)
    still_open = 0
    with lane.database.transaction() as connection:
        tasks = connection.execute(sql("submission/open_tasks"), lane.key).fetchall()
    for task in tasks:
        try:
            outcomes = _ask(lane, task["submission_id"], task["task_id"])
        except RequestRefused as error:
            _log.warning(
                "the marketplace does not know a task any more", task=task["task_id"], error=str(error)
            )
            withdraw(lane, task["submission_id"], error, pause=_AFTER_GIVING_UP, effect=True)
            continue
        if outcomes is None:
            if lane.clock.now() - task["created_at"] < _GIVE_UP:
                still_open += 1
                continue
            gone = Uncertain(f"Task {task['task_id']} has had no outcome for {_GIVE_UP}")
            withdraw(lane, task["submission_id"], gone, pause=_AFTER_GIVING_UP, effect=True)
            continue
        settle(lane, task["submission_id"], outcomes, (), close=True)
        for outcome in outcomes:
            answered[outcome.result] += 1
    ready, unready = _identify(lane) if kind_of(lane).creates_cards else (0, 0)
    if answered[Result.CONFIRMED] or ready:
        with lane.database.transaction() as connection:
            payload = json.dumps({"listed": answered[Result.CONFIRMED] + ready, "account": lane.account.id})
            connection.execute(sql("wake/notify"), {"payload": payload})
    return Polled(
        open=still_open,
        confirmed=answered[Result.CONFIRMED],
        rejected=answered[Result.REJECTED],
        retried=answered[Result.RETRY] + answered[Result.UNANSWERED],
        ready=ready,
        unready=unready,
    )


def _ask(lane: Lane, submission: int, task: str) -> Sequence[Outcome] | None:
    with lane.database.transaction() as connection:
        rows = connection.execute(sql("submission/offers"), {"submission_id": submission}).fetchall()
    return lane.channel.poll(task, [offer_of(row) for row in rows])


def _identify(lane: Lane) -> tuple[int, int]:
    with lane.database.transaction() as connection:
        rows = connection.execute(sql("offer/unready"), {"account": lane.account.id}).fetchall()
    offers = [offer_of(row) for row in rows]
    ready = 0
    for start in range(0, len(offers), _IDENTIFIED_AT_ONCE):
        known = lane.channel.identify(offers[start : start + _IDENTIFIED_AT_ONCE])
        if not known:
            continue
        with lane.database.transaction() as connection:
            changed = connection.execute(
                sql("offer/identify"),
                {
                    "account": lane.account.id,
                    "articles": [identity.article for identity in known],
                    "external_ids": [identity.external_id for identity in known],
                    "skus": [identity.sku for identity in known],
                    "ready": [identity.ready for identity in known],
                },
            ).fetchall()
        ready += sum(row["state"] == "ready" for row in changed)
    return ready, len(offers) - ready
