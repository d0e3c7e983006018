"""The orders' part of X__reconcile: the marketplace, the inbox, the shop and the ERP's answers side by side."""

from __future__ import annotations

from contextlib import ExitStack, closing
from datetime import timedelta

from marketsync.order_settings import shop_orders_of
from marketsync.orders.reconcile import ShopSide, reconcile_orders
from marketsync.runtime import Runtime
from marketsync.steps.counts import Counts
from marketsync.steps.orders import intake
from marketsync.steps.site_orders import bitrix_orders

__all__ = ["compare_orders"]


def compare_orders(runtime: Runtime, account: str, reconciliation: int) -> Counts:
    """Compare an account's orders, where it takes them. A side that cannot be read never stops a reconciliation."""
    known = runtime.accounts.account(account)
    if known.orders is None:
        return {}
    settings = shop_orders_of(runtime.accounts.shop_orders, known.orders, account)
    with ExitStack() as stack:
        shop = None
        if settings is not None:
            client = stack.enter_context(
                closing(runtime.portal(settings.connection, settings.calls_per_second, orders=True))
            )
            shop = ShopSide(bitrix_orders(client, settings).since, settings)
        counts = reconcile_orders(
            runtime.database,
            runtime.clock,
            intake(runtime, account),
            shop,
            reconciliation,
            timedelta(minutes=runtime.accounts.erp.silent_minutes),
        )
    if counts["error"]:
        return {"orders": "failed"}
    return {
        "orders": counts["read"],
        "orders_differing": counts["differing"],
        "orders_healed": counts["healed"],
        **{f"orders_{code.replace(':', '_')}": n for code, n in sorted(counts["causes"].items())},
    }
