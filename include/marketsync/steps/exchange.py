"""Plan, send and report, for one channel or for all that a DAG keeps equal."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import structlog

from marketsync.accounts import Mode
from marketsync.db import sql
from marketsync.errors import Fatal, MarketsyncError
from marketsync.marketplaces.base import Kind, Pipeline
from marketsync.runtime import Runtime, Seller
from marketsync.steps.counts import Counts, total
from marketsync.sync import apply, cards, renewal
from marketsync.sync import plan as planning
from marketsync.sync.kinds import Documents, kind_of
from marketsync.sync.lane import Lane
from marketsync.sync.strangers import require_adoption

__all__ = ["UPLOAD_BUDGET", "open_changes", "plan", "plan_channel", "report", "upload", "upload_channel"]

_log = structlog.get_logger(__name__)

RECONCILE = "reconcile"
UPLOAD_BUDGET = timedelta(minutes=20)  # of waiting for limits, before an upload leaves the rest planned


def plan_channel(runtime: Runtime, account: str, channel: str, *, full: bool = False) -> Counts:
    """Compare what is wanted with what was confirmed, and let the guards look at it."""
    summary = planning.make(runtime.seller(account).lane(channel), full=full)
    _log.info("planned", account=account, channel=channel, plan=summary.plan, counts=summary.counts)
    return {
        "plan": summary.plan,
        "planned": summary.planned,
        "held": summary.held,
        "nothing": summary.idle,
    }


def plan(runtime: Runtime, account: str, pipeline: str) -> Counts:
    """Plan every channel of a pipeline; a sign of life for the watchdog."""
    lanes = runtime.seller(account).pipeline(Pipeline(pipeline))
    counts = total([plan_channel(runtime, account, lane.channel.name) for lane in lanes])
    with runtime.database.transaction() as connection:
        connection.execute(
            sql("watchdog/heard"), {"account": account, "flow": pipeline, "now": runtime.clock.now()}
        )
    return counts


def upload_channel(runtime: Runtime, account: str, channel: str) -> Counts:
    """Send what is planned: in mode observe nothing, in mode approve only what a person has released."""
    seller = runtime.seller(account)
    lane = seller.lane(channel)
    if seller.account.mode is Mode.OBSERVE:
        return {"sent": 0, "calls": 0, "left": open_changes(lane), "mode": seller.account.mode.value}
    sent = _send(seller, lane)
    renewed = renewal.run(lane)
    if renewed:
        _log.info("floors renewed", account=account, channel=channel, floors=renewed)
    return {
        "sent": sent.items,
        "calls": sent.calls,
        "confirmed": sent.confirmed,
        "rejected": sent.rejected,
        "retried": sent.retried,
        "unanswered": sent.unanswered,
        "open": sent.open,
        "left": sent.left,
        "waiting": sent.waiting,
        "waits_until": sent.until.isoformat() if sent.until else None,
    }


def _send(seller: Seller, lane: Lane) -> apply.Sent:
    """Upload; where what was confirmed lets something else go, plan and upload that too."""
    documents = _documents(seller, lane)
    if documents is not None:
        require_adoption(lane)
    sent = apply.run(lane, documents, budget=UPLOAD_BUDGET)
    for _ in range(kind_of(lane).rounds - 1):
        if not sent.confirmed or not planning.make(lane).planned:
            break
        more = apply.run(lane, documents, budget=UPLOAD_BUDGET)
        progress = more.confirmed
        sent.join(more)
        if not progress:
            break
    return sent


def upload(runtime: Runtime, account: str, pipeline: str) -> Counts:
    """Send every channel of a pipeline; one in trouble does not hold the others, unless nothing can be sent at all.

    Raises:
        MarketsyncError: the first trouble, after the other channels were sent.
    """
    parts: list[Counts] = []
    trouble: MarketsyncError | None = None
    lanes = runtime.seller(account).pipeline(Pipeline(pipeline))
    tied = [lane for lane in lanes if kind_of(lane).tied_by is not None]
    # what one of several tied channels confirmed lets changes of the others go
    for lane in [*lanes, *(tied[:-1] if len(tied) > 1 else ())]:
        try:
            parts.append(upload_channel(runtime, account, lane.channel.name))
        except Fatal:
            raise
        except MarketsyncError as error:
            _log.error("a channel was not sent", account=account, channel=lane.channel.name, error=str(error))
            trouble = trouble or error
    if trouble is not None:
        raise trouble
    return total(parts)


def report(runtime: Runtime, account: str, subject: str) -> Counts:
    """What stands now in a pipeline's channels, or (`reconcile`) what the last reconciliation came to."""
    if subject == RECONCILE:
        name, channels = "report/reconciled", []
    else:
        name = "report/channels"
        known = runtime.seller(account).marketplace.channels
        channels = [channel.name for channel in known if channel.pipeline is Pipeline(subject)]
    with runtime.database.transaction() as connection:
        row = connection.execute(
            sql(name), {"account": account, "channels": channels, "now": runtime.clock.now()}
        ).fetchone()
    counts: Counts = dict(row or {})
    _log.info("report", account=account, subject=subject, **counts)
    return counts


def open_changes(lane: Lane) -> int:
    """Changes that wait to be sent, and calls whose answer never came."""
    with lane.database.transaction() as connection:
        row: dict[str, Any] = connection.execute(sql("plan/count"), lane.key).fetchone() or {}
    return int(row.get("planned", 0)) + int(row.get("unanswered", 0))


def _documents(seller: Seller, lane: Lane) -> Documents | None:
    return cards.documents(lane, seller.renderer) if lane.channel.kind is Kind.DOCUMENT else None
