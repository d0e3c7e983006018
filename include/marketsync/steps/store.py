"""The store's deliveries, taken over; where the shop is the source, read first."""

from __future__ import annotations

from contextlib import closing, suppress
from dataclasses import asdict
from datetime import timedelta

import structlog

from marketsync.errors import BadInput, Place
from marketsync.pictures.media import keep_pictures
from marketsync.runtime import Runtime
from marketsync.shop.bitrix.reader import ShopSettings, read_shop
from marketsync.shop.exchanges import Exchange, claim_next
from marketsync.shop.importer import ImportResult, import_delivery
from marketsync.steps.counts import Counts
from marketsync.steps.uploads import settle_uploads

__all__ = ["import_claimed", "import_store", "import_waiting", "read_store"]

_log = structlog.get_logger(__name__)


def import_store(runtime: Runtime) -> Counts:
    """Take over every delivery that waits, oldest first; then the shop's reading, where the shop is the source.

    What waits is taken over first: a shop that cannot be read holds up nothing that came before.
    """
    settle_uploads(runtime)
    found = import_waiting(runtime)
    read: Counts = {}
    if runtime.accounts.store.source == "bitrix":
        read = read_store(runtime)
        later = import_waiting(runtime)
        found = {name: found[name] + later[name] for name in found}
    return {**read, **found, "nothing": not found["imported"] and not found["refused"]}


def import_waiting(runtime: Runtime) -> dict[str, int]:
    """Take over every delivery that waits, oldest first; how many, and the rows that they changed."""
    counts = {"imported": 0, "refused": 0, "products": 0, "prices": 0, "stocks": 0}
    while (result := _import_next(runtime)) is not None:
        if isinstance(result, BadInput):
            counts["refused"] += 1
            _log.error("a delivery was refused", error=str(result))
            continue
        counts["imported"] += 1
        for name, rows in asdict(result.changed).items():
            counts[name] += rows
    return counts


def read_store(runtime: Runtime, *, full: bool = False) -> Counts:
    """Read the shop and put what was read in line for the import.

    Args:
        full: read everything, whatever is remembered of the last reading.

    Raises:
        BadInput: accounts.yaml names no shop, or a catalog that it does not have.
        Retriable, Fatal: as the portal answered; nothing is in line then.
    """
    store = runtime.accounts.store
    if store.connection is None:
        raise BadInput(
            "в accounts.yaml нет подключения магазина",
            place=Place(file="accounts.yaml", field="store.connection"),
            hint="Укажите store: {source: bitrix, connection: ...}",
        )
    client = runtime.portal(store.connection, store.calls_per_second)
    settings = ShopSettings(
        store.connection,
        catalog=store.catalog,
        pictures=store.pictures,
        full_every=timedelta(hours=store.full_every_hours),
    )
    with closing(client):
        reading = read_shop(runtime.database, runtime.clock, runtime.files, client, settings, full=full)
    _log.info("the shop was read", full=reading.full, calls=reading.calls, rows=dict(reading.rows))
    return {"delivery": reading.exchange_id, "full": reading.full, "calls": reading.calls}


def _import_next(runtime: Runtime) -> ImportResult | BadInput | None:
    with claim_next(runtime.database, runtime.clock) as exchange:
        if exchange is None:
            return None
        try:
            return import_claimed(runtime, exchange)
        except BadInput as error:
            return error


def import_claimed(runtime: Runtime, exchange: Exchange) -> ImportResult:
    """Merge a delivery that is ours to import, and keep its pictures where an account serves them.

    Raises:
        BadInput: the delivery cannot be used; nothing of it is merged.
    """
    place = exchange.place(runtime.files)
    if runtime.accounts.keeps_media:
        # first, so that a process that dies in between repeats it; what cannot be opened is told by the import
        with suppress(BadInput):
            keep_pictures(runtime.database, runtime.clock, runtime.files, exchange.exchange_id, place)
    return import_delivery(
        runtime.database,
        runtime.clock,
        exchange.exchange_id,
        place,
        shrink=runtime.accounts.store.shrink,
        erp=runtime.accounts.erp,
        reading=exchange.reading,
    )
