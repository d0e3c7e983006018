"""POST /v2/products/stocks: free stock of (product, warehouse) pairs, answered per pair inside HTTP 200.

Sources: Ozon Seller API, the method and its list of errors. What is sent is the stock without reserved
units: present = sent + reserved.
"""

from __future__ import annotations

import dataclasses

from sandbox.ozon.errors import too_many_requests
from sandbox.ozon.state import Cabinet, Product
from sandbox.ozon.system import OzonSystem
from sandbox.ozon.validation import Integer, Json, Message, Repeated, Text

PATH = "/v2/products/stocks"
# Ozon Seller API, /v2/products/stocks: 100 pairs a request; less than a million units.
MAX_PAIRS = 100
STOCK_TOO_BIG = 1_000_000
_MINUTE_SECONDS = 60

_PAIR = Message(
    "ProductsStocksRequest_Stock",
    {
        "offer_id": Text(),
        "product_id": Integer(at_least=0),
        "stock": Integer(at_least=0, required=True),
        "warehouse_id": Integer(above=0),
        "quant_size": Integer(),
    },
)
REQUEST = Message("ProductsStocksRequest", {"stocks": Repeated(_PAIR, min_items=1, max_items=MAX_PAIRS)})

_PAIR_WITH_ANY_STOCK = dataclasses.replace(_PAIR, fields={**_PAIR.fields, "stock": Integer(required=True)})
REQUEST_WITH_ANY_STOCK = Message(
    "ProductsStocksRequest",
    {"stocks": Repeated(_PAIR_WITH_ANY_STOCK, min_items=1, max_items=MAX_PAIRS)},
)


def schema(system: OzonSystem) -> Message:
    """The request's rules; whether a negative stock refuses the whole request is a knob."""
    return REQUEST if system.knobs.negative_stock == "validation_400" else REQUEST_WITH_ANY_STOCK


def take_call(system: OzonSystem, cabinet: Cabinet) -> int:
    """Count one call against the limit of the method and return what is left of it.

    Raises Refusal (429) beyond the limit.
    """
    now, seconds = system.clock.monotonic(), system.window(_MINUTE_SECONDS)
    limit = system.knobs.stock_calls_per_minute
    system.calls.arrived("ozon", cabinet.client_id, PATH, now, seconds)
    wait = cabinet.stock_calls.take(now, limit, seconds)
    if wait > 0:
        raise too_many_requests(wait)
    return limit - cabinet.stock_calls.used(now, seconds)


def submit(system: OzonSystem, cabinet: Cabinet, request: Json) -> Json:
    """Set stocks; a pair can fail by itself, or be missing from the answer (knob `silence_share`)."""
    now = system.clock.monotonic()
    results: list[Json] = []
    for pair in request["stocks"]:
        silent = system.knobs.silence_share > 0 and system.random.random() < system.knobs.silence_share
        if silent and not _applied_in_silence(system):
            continue
        product = cabinet.find(pair["offer_id"], pair["product_id"])
        problem = _problem(system, cabinet, product, pair, now)
        if product is not None and problem is None:
            _apply(system, cabinet, product, pair, now)
        if silent:
            continue
        results.append(
            {
                "warehouse_id": pair["warehouse_id"],
                "product_id": product.product_id if product is not None else pair["product_id"],
                "offer_id": product.offer_id if product is not None else pair["offer_id"],
                "updated": problem is None,
                "errors": [] if problem is None else [{"code": problem[0], "message": problem[1]}],
            }
        )
    return {"result": results}


def _applied_in_silence(system: OzonSystem) -> bool:
    mode = system.knobs.silence_mode
    return mode == "applied" or (mode == "mixed" and system.random.random() < 0.5)


def _problem(
    system: OzonSystem, cabinet: Cabinet, product: Product | None, pair: Json, now: float
) -> tuple[str, str] | None:
    """Code and message of what is wrong with a pair."""
    if product is None:
        if pair["offer_id"]:
            return "offer_id_not_found", "Товара с таким артикулом нет в личном кабинете"
        return "NOT_FOUND_ERROR", "Товар не найден в личном кабинете"
    warehouse = cabinet.warehouses.get(pair["warehouse_id"])
    if warehouse is None or warehouse.status != "created":
        return "WAREHOUSE_NOT_FOUND", "Склад не найден или не активен"
    if pair["stock"] < 0:
        return "INVALID_STOCK", "Остаток не может быть отрицательным"
    if pair["stock"] >= STOCK_TOO_BIG:
        return "STOCK_TOO_BIG", "Количество должно быть меньше миллиона"
    if product.archived:
        return "PRODUCT_IS_ARCHIVED", "Товар в архиве"
    if not product.stock_allowed:
        return "product_is_not_created", "Дождитесь статуса price_sent"
    accepted = product.stock_accepted.get(pair["warehouse_id"])
    if accepted is not None:
        interval = system.window(system.knobs.stock_pair_interval_seconds)
        if now - accepted < interval:
            return "TOO_MANY_REQUESTS", "Stock is updated too frequently"
    return None


def _apply(system: OzonSystem, cabinet: Cabinet, product: Product, pair: Json, now: float) -> None:
    warehouse_id = pair["warehouse_id"]
    product.stock_accepted[warehouse_id] = now
    known = product.stocks.get(warehouse_id)
    reserved = known.actual.reserved if known is not None else 0
    system.write_stock(cabinet, product, warehouse_id, pair["stock"], reserved, now)
