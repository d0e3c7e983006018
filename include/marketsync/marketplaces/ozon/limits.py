"""Ozon's numbers: rates, batch sizes, item limits and what it takes as a price. Each with its source."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from marketsync.http.protocols import Limit
from marketsync.marketplaces.base import GapRule, ItemLimit, PictureRules, PriceRules

# Ozon Seller API, "Limits": methods without a limit of their own share 50 requests a second per Client-Id.
_ALL_CALLS, _ALL_WINDOW = 50, 1.0

# Ozon Seller API, /v2/products/stocks: 80 calls a minute per seller.
_STOCK_CALLS, _STOCK_WINDOW = 80, 60.0

# Ozon Seller API, /v3/product/import: 100 items a call.
CARDS_PER_CALL = 100

# Ozon Seller API, /v1/product/update/offer-id: 25 pairs a call; an article has up to 50 characters.
RENAMES_PER_CALL = 25
LONGEST_ARTICLE = 50

# Ozon Seller API, /v1/product/archive and /v1/product/unarchive: 100 products a call.
ARCHIVED_PER_CALL = 100

# Ozon Seller API, /v1/product/unarchive and its list of errors: of the products that Ozon archived by itself 100 come
# back in a day; none where the assortment is full.
RESTORE_LIMITS = ("restore limit exceeded", "autoarchive_restore_failed", "total limit exceeded")

# Ozon Seller API, /v4/product/info/limit, /v1/product/unarchive: days end at 03:00 Moscow time, which is 00:00 UTC.
_DAY = timedelta(days=1)

# Ozon Seller API, /v3/product/import and /v2/product/pictures/import: 50 pictures with the main one.
PICTURES_PER_CARD = 50

# Ozon Seller API, /v2/product/pictures/import: 100 items a call.
GALLERIES_PER_CALL = 100

# Ozon Seller API, pictures: JPG and PNG. The shop's experience: less than 200 pixels on a side is refused.
# UNSURE, in no description of the API: 7680 pixels and 10 MB are what Ozon's help pages for sellers have said.
PICTURE_RULES = PictureRules(
    types=("JPEG", "PNG"),
    least_side=200,
    largest_side=7680,
    most_bytes=10_000_000,
    most=PICTURES_PER_CARD,
)

# Ozon Seller API, /v1/product/import/prices: 1000 items a call, 10 updates an hour per product.
PRICES_PER_CALL = 1000
PRICE_LIMIT = ItemLimit(count=10, per=timedelta(hours=1))

# Ozon Seller API, /v1/product/action/timer/update: a minimum price counts for 30 days; 1000 products a call.
MIN_PRICE_LASTS = timedelta(days=30)

# Ozon Seller API, /v1/actions/products/activate: 1000 products a call; its successor /products/update names none.
ACTION_PRODUCTS_PER_CALL = 1000
# Ozon Seller API, /v1/actions/candidates: 100 rows a page by default; no greatest page is named, so none is asked for.
ACTION_ROWS_PER_PAGE = 100

# Ozon Seller API, /v2/products/stocks: 100 pairs of product and warehouse a call, one update of a pair in 30
# s.
STOCKS_PER_CALL = 100
STOCK_LIMIT = ItemLimit(count=1, per=timedelta(seconds=30))
STOCK_CALLS_AT_ONCE = 4  # ours: 80 calls a minute are reached with four at any usual answering time

# Ozon Seller API, the reading methods: 1000 rows a page, 1000 ids a call; dictionary values: 2000 a page.
ROWS_PER_PAGE = 1000
VALUES_PER_PAGE = 2000
# Ozon Seller API, /v2/warehouse/list: 200 a page.
WAREHOUSES_PER_PAGE = 200

# Ozon Seller API, /v4/posting/fbs/list and /v4/posting/fbs/unfulfilled/list: 100 a page, a window of a year at most.
POSTINGS_PER_PAGE = 100
LONGEST_ORDER_WINDOW = timedelta(days=360)
# Ozon Seller API, /v1/returns/list: 500 a page.
RETURNS_PER_PAGE = 500
# Users' experience: /v3/posting/fbs/get is refused above some two calls a second.
_POSTING_READS, _POSTING_READ_WINDOW = 2, 1.0

# Ozon Seller API, /v3/product/import: weight in g * 1000 / (mm * mm * mm) must lie in these bounds.
DENSITY = (0.001, 13.55)

# Ozon Seller API, /v1/product/import/prices and its list of errors (discount_*_too_small, discount_too_big,
# min_auto_price_too_small): the struck price exceeds the price by 20 roubles below 400, by 5 % up to 10 000,
# by 500 roubles above; the discount stays under 90 %; the floor is at least half of the price.
# Of what the 5 % are is not said: of the struck price is the stricter reading, one nineteenth of the price.
_FIVE_PERCENT = Decimal("0.05264")
PRICE_RULES = PriceRules(
    gaps=(
        GapRule(below=Decimal(400), at_least=Decimal(20)),
        GapRule(below=Decimal("10000.01"), share=_FIVE_PERCENT),
        GapRule(below=None, at_least=Decimal(500)),
    ),
    largest_discount=Decimal("0.9"),
    floor_share=Decimal("0.5"),
    automatic_promotions=True,
)


def day_ends(now: datetime) -> datetime:
    """When the quotas of this day start anew."""
    return now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + _DAY


def all_calls(client_id: str) -> Limit:
    """What every call of a Client-Id spends."""
    return Limit(f"ozon/{client_id}/all", _ALL_CALLS, _ALL_WINDOW)


def posting_reads(client_id: str) -> Limit:
    """What a call of /v3/posting/fbs/get spends besides."""
    return Limit(f"ozon/{client_id}/posting_get", _POSTING_READS, _POSTING_READ_WINDOW)


def stock_calls(client_id: str) -> Limit:
    """What a call of /v2/products/stocks spends besides."""
    return Limit(f"ozon/{client_id}/stocks", _STOCK_CALLS, _STOCK_WINDOW)
