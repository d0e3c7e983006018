"""Stocks: pieces free to sell, per product and warehouse; the busiest channel and the one with the tightest
limits.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from marketsync.http.answers import RequestRefused
from marketsync.http.client import ApiClient
from marketsync.marketplaces.base import Channel, Item, Kind, Observed, Outcome, Pipeline, Problem, Stock
from marketsync.marketplaces.ozon.client import naming_the_offer, of_ozon
from marketsync.marketplaces.ozon.limits import (
    ROWS_PER_PAGE,
    STOCK_CALLS_AT_ONCE,
    STOCK_LIMIT,
    STOCKS_PER_CALL,
    stock_calls,
)
from marketsync.marketplaces.ozon.outcomes import address, outcomes
from marketsync.marketplaces.ozon.reading import pages

__all__ = ["StockChannel"]

# Ozon Seller API, /v2/products/stocks and its list of errors: what passes, and after how many seconds to try
# again.
_PAUSES: Mapping[str, float] = {
    "product_is_not_created": 60.0,  # not price_sent yet
    "PRICE_IS_NOT_SENT": 60.0,
    "PRODUCT_HAS_NOT_BEEN_TAGGED_YET": 600.0,
    "TOO_MANY_REQUESTS": STOCK_LIMIT.per.total_seconds(),
    "Stock is updated too frequently": STOCK_LIMIT.per.total_seconds(),
}


class StockChannel(Channel):
    """The stocks of one account.

    Source: Ozon Seller API, /v2/products/stocks, /v1/product/info/warehouse/stocks.
    """

    name = "stock"
    kind = Kind.STOCK
    pipeline = Pipeline.STOCKS
    batch_size = STOCKS_PER_CALL
    parallel = STOCK_CALLS_AT_ONCE
    item_limits = (STOCK_LIMIT,)

    def __init__(self, client: ApiClient) -> None:
        super().__init__(client)
        self._limits = (stock_calls(of_ozon(client).client_id),)

    def submit(self, items: Sequence[Item], submission: int) -> Sequence[Outcome]:
        """Send stocks; an outcome for each pair of product and warehouse.

        Raises:
            ValueError: one of them is negative: a mistake of the caller, nothing was sent.
            RequestRefused: the batch; `place.offer` names the item where Ozon names one.
            Uncertain, RateLimited, Retriable, Fatal: see Channel.
        """
        payload = {"stocks": [_stock_item(item) for item in items]}
        try:
            # not repeated by the client: one pair is taken once in 30 s, and a repeat within them is refused
            answer = self._client.post(
                "/v2/products/stocks",
                payload,
                limits=self._limits,
                write=True,
                repeatable=False,
                items=len(items),
                submission=submission,
            )
        except RequestRefused as error:
            raise naming_the_offer(error, items) from error
        return outcomes(items, answer.get("result") or (), _pause)

    def observe(self, warehouses: Sequence[str]) -> Iterator[Sequence[Observed]]:
        """The stocks of these warehouses: free to sell, and beside it what Ozon has reserved."""
        for warehouse in warehouses:
            for page in pages(
                self._client,
                "/v1/product/info/warehouse/stocks",
                {"warehouse_id": int(warehouse), "limit": ROWS_PER_PAGE},
                rows=("stocks",),
            ):
                yield [_observed(row, warehouse) for row in page]


def _stock_item(item: Item) -> dict[str, Any]:
    stock = item.value
    if not isinstance(stock, Stock):
        raise TypeError(f"the stock channel was given {type(stock).__name__}")
    if stock.quantity < 0:
        raise ValueError(
            f"stock {stock.quantity} of {item.offer.article} in warehouse {stock.warehouse} is below zero"
        )
    return {**address(item), "stock": stock.quantity, "warehouse_id": int(stock.warehouse)}


def _pause(problem: Problem) -> float | None:
    told = f"{problem.code} {problem.message}"
    return next((seconds for part, seconds in _PAUSES.items() if part in told), None)


def _observed(row: Mapping[str, Any], warehouse: str) -> Observed:
    return Observed(
        external_id=str(row["product_id"]),
        article=row.get("offer_id"),
        sku=str(row["sku"]) if row.get("sku") else None,
        warehouse=warehouse,
        amount=Decimal(row.get("free_stock") or 0),
        reserved=Decimal(row.get("reserved") or 0),
    )
