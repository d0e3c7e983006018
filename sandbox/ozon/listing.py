"""What the reading methods share: filters by id or visibility, and pages.

Sources: Ozon Seller API, /v3/product/list, /v4/product/info/attributes, /v5/product/info/prices,
/v4/product/info/stocks.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

from sandbox.ozon.errors import bad_request
from sandbox.ozon.state import Cabinet, Product
from sandbox.ozon.validation import Enum, Integer, Json, Message, Repeated, Text, broken_rule

# Ozon Seller API: up to 1000 ids a call and 1000 products a page.
MAX_IDS = 1000
MAX_PAGE = 1000


def _shown_price(product: Product) -> int:
    return product.prices.shown.price if product.prices.shown is not None else 0


def _visible(product: Product) -> bool:
    return (
        product.stock_allowed
        and not product.archived_shown
        and _shown_price(product) > 0
        and product.free(shown=True) > 0
    )


def _never(product: Product) -> bool:
    return False


def _not_archived(rule: Callable[[Product], bool]) -> Callable[[Product], bool]:
    return lambda product: not product.archived_shown and rule(product)


def _in_quarantine(product: Product) -> bool:
    return product.prices.shown is not None and product.prices.shown.pending is not None


def _has_barcode(product: Product) -> bool:
    return product.card.shown is not None and bool(product.card.shown.barcodes)


_VISIBILITY: dict[str, Callable[[Product], bool]] = {
    "ALL": lambda product: not product.archived_shown,
    "VISIBLE": _visible,
    "INVISIBLE": _not_archived(lambda product: not _visible(product)),
    "EMPTY_STOCK": _not_archived(lambda product: product.free(shown=True) == 0),
    "NOT_MODERATED": _not_archived(lambda product: product.status.moderate_status != "approved"),
    "MODERATED": _not_archived(lambda product: product.status.moderate_status == "approved"),
    "DISABLED": _never,
    "STATE_FAILED": _never,
    "READY_TO_SUPPLY": _not_archived(lambda product: product.stock_allowed and product.free(shown=True) == 0),
    "VALIDATION_STATE_PENDING": _not_archived(lambda product: product.status.validation_status == "pending"),
    "VALIDATION_STATE_FAIL": _never,
    "VALIDATION_STATE_SUCCESS": _not_archived(lambda product: product.status.validation_status == "success"),
    "TO_SUPPLY": _not_archived(lambda product: product.stock_allowed and product.free(shown=True) == 0),
    "IN_SALE": _visible,
    "REMOVED_FROM_SALE": _never,
    "OVERPRICED": _never,
    "CRITICALLY_OVERPRICED": _never,
    "EMPTY_BARCODE": _not_archived(lambda product: not _has_barcode(product)),
    "BARCODE_EXISTS": _not_archived(_has_barcode),
    "QUARANTINE": _not_archived(_in_quarantine),
    "ARCHIVED": lambda product: product.archived_shown,
    "OVERPRICED_WITH_STOCK": _never,
    "PARTIAL_APPROVED": _never,
    "AUTO_ARCHIVED": lambda product: product.archive.shown == "auto",
    "MANUAL_ARCHIVED": lambda product: product.archive.shown == "manual",
    "SEASONAL_AUTO_ARCHIVED": _never,
    "VISIBLE_WITH_FBO_STOCK": _never,
    "SHOWCASE_SELECT_ACTIVE": _never,
}


def filter_message(name: str, sku_field: str | None, *, required: bool) -> Message:
    """The filter of a list; `sku_field` is `sku` or `skus` where the method has one."""
    fields: dict[str, Any] = {
        "offer_id": Repeated(Text(), max_items=MAX_IDS),
        "product_id": Repeated(Integer(above=0), max_items=MAX_IDS),
        "visibility": Enum(tuple(_VISIBILITY), "ALL"),
    }
    if sku_field is not None:
        fields[sku_field] = Repeated(Integer(above=0), max_items=MAX_IDS)
    return Message(name, fields, required=required)


def select(cabinet: Cabinet, chosen: Json | None, request_name: str) -> list[Product]:
    """The products that a filter lets through and reads already show, by rising product id.

    Ids ignore visibility; more than one kind of id in a call is refused.
    """
    chosen = chosen or {"visibility": "ALL"}
    kinds = [name for name in ("offer_id", "product_id", "sku", "skus") if chosen.get(name)]
    if len(kinds) > 1:
        reason = f"only one group of identifiers may be used, got {' and '.join(kinds)}"
        raise bad_request(broken_rule(f"{request_name}.Filter", reason))
    if kinds:
        return by_ids(cabinet, kinds[0], chosen[kinds[0]])
    rule = _VISIBILITY[chosen["visibility"]]
    return [each for each in cabinet.by_id.values() if each.card.shown is not None and rule(each)]


def by_ids(cabinet: Cabinet, kind: str, ids: list[Any]) -> list[Product]:
    """The products with these ids that reads already show, by rising product id; unknown ids are left out."""
    index: dict[Any, Product] = {
        "offer_id": cabinet.by_offer_shown,
        "product_id": cabinet.by_id,
        "sku": cabinet.by_sku,
        "skus": cabinet.by_sku,
    }[kind]  # type: ignore[assignment]
    found = {product.product_id: product for id_ in ids if (product := index.get(id_)) is not None}
    return [found[id_] for id_ in sorted(found) if found[id_].card.shown is not None]


def page(products: list[Product], cursor: str, limit: int) -> tuple[list[Product], str, bool]:
    """One page after the cursor, the cursor of its end ("" when the page is empty), and whether more
    follow.
    """
    after = _read_cursor(cursor)
    rest = products if after is None else [each for each in products if each.product_id > after]
    shown = rest[:limit]
    return shown, _cursor(shown[-1].product_id) if shown else "", len(rest) > len(shown)


def _cursor(product_id: int) -> str:
    return base64.b64encode(json.dumps([product_id, product_id], separators=(",", ":")).encode()).decode()


def _read_cursor(cursor: str) -> int | None:
    if not cursor:
        return None
    try:
        last, _ = json.loads(base64.b64decode(cursor, validate=True))
        return int(last)
    except (ValueError, TypeError) as error:
        raise bad_request(f"invalid cursor {cursor[:40]!r}") from error
