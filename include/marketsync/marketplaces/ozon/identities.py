"""What Ozon calls our offers: asked by every channel that sends by article, before it does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from marketsync.http.client import ApiClient
from marketsync.marketplaces.base import Identity, Offer
from marketsync.marketplaces.ozon.limits import ROWS_PER_PAGE
from marketsync.marketplaces.ozon.reading import info_rows
from marketsync.marketplaces.ozon.statuses import ready_for_stock

__all__ = ["identities", "sku_of"]


def identities(client: ApiClient, offers: Sequence[Offer]) -> list[Identity]:
    """Ozon's ids and articles of these offers, by its id where that is known; those without a card are left out."""
    asked = {
        "product_id": [offer.external_id for offer in offers if offer.external_id],
        "offer_id": [offer.article for offer in offers if not offer.external_id],
    }
    return [
        Identity(info["offer_id"], str(info["id"]), sku_of(info), ready_for_stock(info))
        for field, ids in asked.items()
        for start in range(0, len(ids), ROWS_PER_PAGE)
        for info in info_rows(client, field, ids[start : start + ROWS_PER_PAGE])
    ]


def sku_of(info: Mapping[str, Any]) -> str | None:
    """The SKU in a row of /v3/product/info/list; None before the card has one."""
    return str(info["sku"]) if info.get("sku") else None
