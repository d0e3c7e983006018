"""POST /v1/product/action/timer/update and /status: the minimum price counts for thirty days after it was
set, then it is switched off until it is set or renewed.

Source: Ozon Seller API, both methods. The answer to an id that nobody knows is not documented: it is left out.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from sandbox.clock import iso
from sandbox.ozon.state import Cabinet, Product
from sandbox.ozon.system import OzonSystem
from sandbox.ozon.validation import Integer, Json, Message, Repeated

LIFETIME = timedelta(days=30)
# Ozon Seller API, both methods: 1000 products a request.
MAX_PRODUCTS = 1000

_IDS = Repeated(Integer(above=0), min_items=1, max_items=MAX_PRODUCTS)
UPDATE_REQUEST = Message("ProductActionTimerUpdateRequest", {"product_ids": _IDS})
STATUS_REQUEST = Message("ProductActionTimerStatusRequest", {"product_ids": _IDS})


def expires_at(product: Product, moment: datetime) -> datetime | None:
    """When the minimum price stops to count; None where it does not count now."""
    if product.min_price_set_at is None or not product.prices.actual.min_price_for_auto:
        return None
    end = product.min_price_set_at + LIFETIME
    return end if end > moment else None


def minimum_counts(product: Product, moment: datetime) -> bool:
    """Whether Ozon looks at the minimum price when it adds the product to an action by itself."""
    return expires_at(product, moment) is not None


def update(system: OzonSystem, cabinet: Cabinet, request: Json) -> Json:
    """Start the thirty days of these products anew."""
    now, moment = system.clock.monotonic(), system.clock.utcnow()
    for product_id in request["product_ids"]:
        product = cabinet.by_id.get(product_id)
        if product is None or not product.prices.actual.min_price:
            continue
        product.min_price_set_at = moment
        system.write_prices(cabinet, product, replace(product.prices.actual, min_price_for_auto=True), now)
    return {}


def status(system: OzonSystem, cabinet: Cabinet, request: Json) -> Json:
    """Until when the minimum price of these products counts."""
    moment = system.clock.utcnow()
    found = [cabinet.by_id[each] for each in request["product_ids"] if each in cabinet.by_id]
    return {"statuses": [_status(product, expires_at(product, moment)) for product in found]}


def _status(product: Product, end: datetime | None) -> Json:
    return {
        "product_id": product.product_id,
        "expired_at": iso(end) if end is not None else None,
        "min_price_for_auto_actions_enabled": end is not None,
    }
