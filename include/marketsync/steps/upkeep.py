"""What is done weekly and daily: dictionaries, retention, keys that expire."""

from __future__ import annotations

from datetime import timedelta

import structlog

from marketsync.db import sql
from marketsync.db.call_log import create_partitions, drop_partitions
from marketsync.runtime import Runtime, Seller
from marketsync.shop.handover import forget_deliveries
from marketsync.shop.uploads.upkeep import forget_uploads
from marketsync.steps.adopt import adoption_name
from marketsync.steps.counts import Counts
from marketsync.steps.figures import order_figures
from marketsync.steps.keys import look_at_keys
from marketsync.steps.order_upkeep import erase_buyers, forget_orders
from marketsync.steps.reconcile import workbook_name
from marketsync.sync import dictionaries

__all__ = ["housekeeping", "refresh_dictionaries"]

_log = structlog.get_logger(__name__)

_READINGS_KEPT = 2  # of each account, row by row; what they changed is remembered apart


def refresh_dictionaries(runtime: Runtime, account: str) -> Counts:
    """Read the marketplace's dictionaries anew, check the warehouses and the mapping against them, look at the key."""
    seller = runtime.seller(account)
    read = dictionaries.refresh(
        runtime.database, runtime.clock, seller.marketplace, seller.client, seller.render_with
    )
    complaints = [*_wrong_warehouses(seller), *runtime.seller(account).renderer.check()]
    for complaint in complaints:
        _log.warning("the mapping does not fit the marketplace", account=account, complaint=complaint)
    return {**read, "complaints": len(complaints)}


def housekeeping(runtime: Runtime) -> Counts:
    """Partitions ahead; old history, workbooks and deliveries away; keys that expire soon told."""
    now = runtime.clock.now()
    keep = runtime.accounts.retention
    created = create_partitions(runtime.database, now.date())
    dropped = drop_partitions(runtime.database, now.date(), keep_days=keep.api_calls)
    with runtime.database.transaction() as connection:
        changes = connection.execute(
            sql("housekeeping/old_changes"), {"before": now - timedelta(days=keep.changes)}
        ).rowcount
        old = connection.execute(
            sql("housekeeping/old_reconciliations"), {"before": now - timedelta(days=keep.reconciliations)}
        ).fetchall()
        requests = connection.execute(
            sql("housekeeping/old_requests"), {"before": now - timedelta(days=keep.changes)}
        ).rowcount
        values = connection.execute(
            sql("housekeeping/old_values"), {"before": now - timedelta(days=keep.changes)}
        ).fetchone()
        observations = connection.execute(
            sql("housekeeping/old_observations"), {"keep": _READINGS_KEPT}
        ).rowcount
        observations += connection.execute(
            sql("housekeeping/old_order_observations"), {"keep": _READINGS_KEPT}
        ).rowcount
        adoptions = connection.execute(
            sql("housekeeping/old_adoptions"), {"before": now - timedelta(days=keep.reconciliations)}
        ).fetchall()
        pictures = connection.execute(
            sql("housekeeping/old_pictures"), {"before": now - timedelta(days=keep.pictures)}
        ).rowcount
    for row in old:
        runtime.files.delete(workbook_name(row["account"], row["reconciliation_id"]))
    for row in adoptions:
        runtime.files.delete(adoption_name(row["account"], row["adoption_id"]))
    deliveries = forget_deliveries(runtime.files, now - timedelta(days=keep.deliveries))
    uploads = forget_uploads(runtime.database, runtime.files, now - timedelta(days=keep.deliveries))
    return {
        "partitions": created,
        "dropped": dropped,
        "changes": changes,
        "requests": requests,
        "values": values["n"] if values else 0,
        "observations": observations,
        "reconciliations": len(old),
        "adoptions": len(adoptions),
        "delivery_files": deliveries + uploads,
        "pictures": pictures,
        "buyers_erased": erase_buyers(runtime),
        **forget_orders(runtime),
        **order_figures(runtime),
        **look_at_keys(runtime),
    }


def _wrong_warehouses(seller: Seller) -> list[str]:
    there = {warehouse.warehouse: warehouse for warehouse in seller.marketplace.warehouses(seller.client)}
    wrong = []
    for mapped in seller.account.warehouses:
        known = there.get(mapped.marketplace)
        if known is None:
            wrong.append(
                f"accounts.yaml: у кабинета {seller.account.id} нет склада {mapped.marketplace}; есть: "
                + ", ".join(f"{w.warehouse} «{w.name}»" for w in there.values())
            )
        elif not known.active:
            wrong.append(f"accounts.yaml: склад {mapped.marketplace} «{known.name}» на площадке не работает")
    return wrong
