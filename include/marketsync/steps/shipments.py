"""Deliveries by carriers of ours: one step for all of them."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import structlog

from marketsync.accounts import Mode
from marketsync.db import sql
from marketsync.errors import BadInput, Fatal, MarketsyncError
from marketsync.order_settings import Carrier
from marketsync.orders import book, shipments
from marketsync.orders.shipping import Shipping
from marketsync.orders.tracking import Tracking
from marketsync.runtime import Runtime
from marketsync.steps.counts import Counts, total

__all__ = ["cancel_shipment", "open_shipments", "request_shipment", "run_shipments"]

_BUDGET = timedelta(minutes=4)  # of each part of a carrier's work; the next run takes up what is left

_MOST_SHOWN = 1000

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
        counts: dict[str, int] = {}
        failed: MarketsyncError | None = None
        with closing(runtime.carrier(settings)) as carrier:
            shipping = Shipping(
                database=runtime.database,
                clock=runtime.clock,
                files=runtime.files,
                carrier=carrier,
                settings=settings,
                accounts=[one.id for one in runtime.accounts.accounts if one.mode is Mode.SEND],
                time_zone=ZoneInfo(runtime.accounts.time_zone),
                budget=_BUDGET,
                counts=counts,
            )
            tracking = Tracking(runtime.database, runtime.clock, carrier, settings, _BUDGET, counts)
            # the services of a carrier fail apart: trouble with one is no reason to leave the others
            for work in (shipping.order, shipping.hand_numbers_on, shipping.print_labels, tracking.follow):
                try:
                    work()
                except Fatal:
                    raise
                except MarketsyncError as error:
                    _log.warning("a part of the carrier's work failed", carrier=settings.id, error=str(error))
                    failed = failed or error
        if failed is not None:
            raise failed
        _log.info("shipments served", carrier=settings.id, **counts)
        return {**counts}


def open_shipments(runtime: Runtime, number: str | None = None) -> list[dict[str, Any]]:
    """The shipments that are not over, the most urgent first; or the one of an order."""
    with runtime.database.transaction() as connection:
        return connection.execute(sql("shipment/list"), {"number": number, "at_most": _MOST_SHOWN}).fetchall()


def request_shipment(
    runtime: Runtime, number: str, author: str, *, account: str | None = None, asked: Mapping[str, Any]
) -> shipments.Shipment:
    """Ask for the delivery of an order by a carrier of ours. Raises BadInput, as orders.shipments.request."""
    with runtime.database.transaction() as connection:
        return shipments.request(
            connection,
            _posting(connection, number, account),
            asked,
            author,
            runtime.clock.now(),
            settings=runtime.accounts,
        )


def cancel_shipment(
    runtime: Runtime, number: str, author: str, *, account: str | None = None
) -> shipments.Shipment:
    """Ask for the end of an order's delivery. Raises BadInput, as orders.shipments.cancel."""
    with runtime.database.transaction() as connection:
        return shipments.cancel(
            connection, _posting(connection, number, account), author, runtime.clock.now()
        )


def _posting(connection: psycopg.Connection[dict[str, Any]], number: str, account: str | None) -> int:
    found = book.find(connection, number, account)
    if found is None:
        raise BadInput(f"заказа {number} нет", hint="Проверьте номер и кабинет: --account")
    return int(found["posting_id"])
