"""The store's deliveries, taken over."""

from __future__ import annotations

from dataclasses import asdict

import structlog

from marketsync.errors import BadInput
from marketsync.runtime import Runtime
from marketsync.shop.exchanges import claim_next
from marketsync.shop.importer import ImportResult, import_delivery
from marketsync.steps.counts import Counts

__all__ = ["import_store"]

_log = structlog.get_logger(__name__)


def import_store(runtime: Runtime) -> Counts:
    """Take over every delivery that waits, oldest first."""
    imported = refused = 0
    changed = {"products": 0, "prices": 0, "stocks": 0}
    while (result := _import_next(runtime)) is not None:
        if isinstance(result, BadInput):
            refused += 1
            _log.error("a delivery was refused", error=str(result))
            continue
        imported += 1
        for name, rows in asdict(result.changed).items():
            changed[name] += rows
    return {"imported": imported, "refused": refused, **changed, "nothing": not imported and not refused}


def _import_next(runtime: Runtime) -> ImportResult | BadInput | None:
    with claim_next(runtime.database, runtime.clock) as exchange:
        if exchange is None:
            return None
        place = exchange.place(runtime.files)
        try:
            return import_delivery(
                runtime.database,
                runtime.clock,
                exchange.exchange_id,
                place,
                shrink=runtime.accounts.store.shrink,
            )
        except BadInput as error:
            return error
