"""Prices: absolute values, taken or refused item by item, read back with what waits in quarantine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from marketsync.http.answers import RequestRefused
from marketsync.marketplaces.base import (
    Channel,
    Item,
    Kind,
    Observed,
    Offer,
    Outcome,
    Pipeline,
    Price,
    Problem,
    ShownState,
)
from marketsync.marketplaces.ozon.client import naming_the_offer
from marketsync.marketplaces.ozon.limits import MIN_PRICE_LASTS, PRICE_LIMIT, PRICES_PER_CALL, ROWS_PER_PAGE
from marketsync.marketplaces.ozon.outcomes import address, outcomes
from marketsync.marketplaces.ozon.payloads import money
from marketsync.marketplaces.ozon.reading import pages, product_pages

__all__ = ["PriceChannel"]

_NO_OLD_PRICE = "0"  # Ozon Seller API, /v1/product/import/prices: "0" takes the struck price away

# Ozon Seller API, list of errors: the beginning of the text that stands for the eleventh update in an hour.
_TOO_OFTEN = "error limiting: acquire limit per item"
_TOO_OFTEN_PAUSE = PRICE_LIMIT.per.total_seconds()


class PriceChannel(Channel):
    """The prices of one account.

    Source: Ozon Seller API, /v1/product/import/prices and /v5/product/info/prices.
    """

    name = "price"
    kind = Kind.PRICE
    pipeline = Pipeline.PRICES
    batch_size = PRICES_PER_CALL
    item_limits = (PRICE_LIMIT,)
    floor_lasts = MIN_PRICE_LASTS

    def submit(self, items: Sequence[Item], submission: int) -> Sequence[Outcome]:
        """Send prices; an outcome for each.

        Raises:
            RequestRefused: the batch; `place.offer` names the item where Ozon names one.
            Uncertain, RateLimited, Retriable, Fatal: see Channel.
        """
        try:
            answer = self._client.post(
                "/v1/product/import/prices",
                {"prices": [_price_item(item) for item in items]},
                write=True,
                items=len(items),
                submission=submission,
            )
        except RequestRefused as error:
            raise naming_the_offer(error, items) from error
        return outcomes(items, answer.get("result") or (), _pause)

    def renew_floors(self, offers: Sequence[Offer]) -> None:
        """Start the thirty days of these minimum prices anew.

        Source: Ozon Seller API, /v1/product/action/timer/update; it answers nothing about a single product.
        """
        self._client.post(
            "/v1/product/action/timer/update",
            {"product_ids": [str(offer.external_id) for offer in offers]},
            write=True,
            items=len(offers),
        )

    def observe(self, warehouses: Sequence[str]) -> Iterator[Sequence[Observed]]:
        """All prices in force; a product whose new price waits for a person in the cabinet is quarantined."""
        quarantined = {
            str(row["product_id"]) for page in product_pages(self._client, "QUARANTINE") for row in page
        }
        for page in pages(
            self._client,
            "/v5/product/info/prices",
            {"filter": {"visibility": "ALL"}, "limit": ROWS_PER_PAGE},
            rows=("items",),
        ):
            yield [_observed(row, quarantined) for row in page]


def _price_item(item: Item) -> dict[str, Any]:
    price = item.value
    if not isinstance(price, Price):
        raise TypeError(f"the price channel was given {type(price).__name__}")
    row = {
        **address(item),
        "price": money(price.amount),
        "old_price": money(price.old) if price.old else _NO_OLD_PRICE,
        "currency_code": price.currency,
    }
    if price.floor is not None:
        row["min_price"] = money(price.floor)
        if price.floor:
            row["min_price_for_auto_actions_enabled"] = True
    if price.automatic is not None:
        row["auto_add_to_ozon_actions_list_enabled"] = "ENABLED" if price.automatic else "DISABLED"
    return row


def _pause(problem: Problem) -> float | None:
    told = f"{problem.code} {problem.message}"
    return _TOO_OFTEN_PAUSE if _TOO_OFTEN in told else None


def _observed(row: Mapping[str, Any], quarantined: set[str]) -> Observed:
    product_id = str(row["product_id"])
    price = row.get("price") or {}
    return Observed(
        external_id=product_id,
        article=row.get("offer_id"),
        amount=_amount(price.get("price")),
        old=_amount(price.get("old_price")),
        floor=_amount(price.get("min_price")),
        text="on" if price.get("auto_add_to_ozon_actions_list_enabled") else "off",
        state=ShownState.QUARANTINED if product_id in quarantined else ShownState.SHOWN,
    )


def _amount(number: Any) -> Decimal | None:
    """Prices are JSON numbers here and texts elsewhere; 0 and '' mean that there is none."""
    if not number:
        return None
    amount = Decimal(str(number)).quantize(Decimal("0.01"))
    return amount or None
