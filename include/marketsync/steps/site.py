"""The shop's site read for the comparison, where accounts.yaml connects one."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta

import structlog

from marketsync.errors import MarketsyncError
from marketsync.runtime import Runtime
from marketsync.shop.bitrix.site import SiteSettings, last_reading, note_failure, read_site
from marketsync.steps.counts import Counts

__all__ = ["read_connected_site"]

FRESH = timedelta(minutes=30)
"""A reading as young as this serves the reconciliations of all accounts."""

_log = structlog.get_logger(__name__)


def read_connected_site(runtime: Runtime, *, again: bool = False) -> Counts:
    """Read the site's prices and counts. A site that cannot be read never stops a reconciliation: the workbook says it.

    Args:
        again: read it however young the last reading is.
    """
    site = runtime.accounts.site
    if site is None:
        return {}
    began = runtime.clock.now()
    last = last_reading(runtime.database)
    if not again and last is not None and began - last < FRESH:
        return {"site": "fresh"}
    settings = SiteSettings(
        site.connection,
        site.catalog,
        site.price_type,
        site.store_price_type,
        timedelta(minutes=site.lag_minutes),
    )
    portal = site.connection
    try:
        with closing(runtime.portal(site.connection, site.calls_per_second)) as client:
            portal = client.portal
            read = read_site(runtime.database, runtime.clock, client, settings)
    except MarketsyncError as error:
        note_failure(runtime.database, runtime.clock, portal, settings, began, error)
        _log.error("the site could not be read", connection=site.connection, error=str(error))
        return {"site": "failed"}
    return {"site": "read", **{f"site_{name}": number for name, number in read.items()}}
