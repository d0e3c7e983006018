"""Deliveries by carriers of ours: one step for all of them."""

from __future__ import annotations

from contextlib import closing
from zoneinfo import ZoneInfo

import structlog

from marketsync.db import sql
from marketsync.errors import MarketsyncError
from marketsync.order_settings import Carrier
from marketsync.orders.shipping import Shipping
from marketsync.runtime import Runtime
from marketsync.steps.counts import Counts, total

__all__ = ["run_shipments"]

_log = structlog.get_logger(__name__)


def run_shipments(runtime: Runtime) -> Counts:
    """Order, poll, cancel, print and follow what is shipped by carriers of ours; may be run again at any time.

    Raises:
        MarketsyncError: a carrier cannot be used; the others were served.
    """
    counts: list[Counts] = []
    failed: MarketsyncError | None = None
    for settings in runtime.accounts.carriers:
        try:
            counts.append(_serve(runtime, settings))
        except MarketsyncError as error:
            _log.error("a carrier cannot be served", carrier=settings.id, error=str(error))
            failed = failed or error
    if failed is not None:
        raise failed
    return total(counts) if counts else {"nothing": True}


def _serve(runtime: Runtime, settings: Carrier) -> Counts:
    with runtime.database.session(autocommit=True) as session:
        row = session.execute(sql("shipment/try_lock"), {"carrier": settings.id}).fetchone()
        if not (row and row["taken"]):
            return {"busy": 1}
        with closing(runtime.carrier(settings)) as carrier:
            work = Shipping(
                runtime.database, runtime.clock, carrier, settings, ZoneInfo(runtime.accounts.time_zone)
            )
            work.order()
        return dict(work.counts)
