"""The step `orders_to_shop` of X__orders: the account's orders in the shop, where accounts.yaml wants them there."""

from __future__ import annotations

from contextlib import closing

from marketsync.order_settings import ShopOrders, shop_orders_of
from marketsync.orders.site import OrderSite, put_orders
from marketsync.runtime import Runtime
from marketsync.shop.bitrix.client import Bitrix
from marketsync.shop.bitrix.orders import BitrixOrders, OrderRules
from marketsync.steps.counts import Counts

__all__ = ["bitrix_orders", "orders_to_shop"]


def orders_to_shop(runtime: Runtime, account: str) -> Counts:
    """Put an account's orders into the shop, and keep them equal there. No shop_orders: straight to the ERP only."""
    known = runtime.accounts.account(account)
    settings = shop_orders_of(runtime.accounts.shop_orders, known.orders, account)
    if settings is None:
        return {}
    with closing(runtime.portal(settings.connection, settings.calls_per_second, orders=True)) as client:
        site = OrderSite(
            bitrix_orders(client, settings), settings, known.currency, runtime.accounts.time_zone
        )
        put = put_orders(runtime.database, runtime.clock, site, account)
    return {f"shop_{name}": number for name, number in put.items()}


def bitrix_orders(client: Bitrix, settings: ShopOrders) -> BitrixOrders:
    """The orders of a portal, made as the settings say."""
    return BitrixOrders(
        client,
        OrderRules(
            settings.site, settings.person_type, settings.user, settings.catalog, settings.all_statuses
        ),
    )
