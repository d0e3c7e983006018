"""Ozon's dictionaries: categories with their types, attributes, their values, and the account's warehouses.

Source: Ozon Seller API, /v1/description-category/* and /v2/warehouse/list. Ids are texts here, as everywhere
above a marketplace's folder.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from marketsync.http.client import ApiClient
from marketsync.marketplaces.base import Attribute, Category, DictionaryValue, MarketplaceWarehouse
from marketsync.marketplaces.ozon.limits import VALUES_PER_PAGE, WAREHOUSES_PER_PAGE
from marketsync.marketplaces.ozon.reading import pages

__all__ = ["attributes", "categories", "values", "warehouses"]

_LANGUAGE = "DEFAULT"
# Ozon Seller API, /v2/warehouse/list: the status of a warehouse that works.
_ACTIVE = "created"


def categories(client: ApiClient) -> Iterator[Category]:
    """Every type with the category that holds it; closed where either is, or anything above them."""
    answer = client.post("/v1/description-category/tree", {"language": _LANGUAGE})
    for node in answer.get("result") or ():
        yield from _types(node, parent=None, disabled=False)


def attributes(client: ApiClient, category: Category) -> Sequence[Attribute]:
    """What is asked of a good of a category and type."""
    answer = client.post(
        "/v1/description-category/attribute",
        {
            "description_category_id": int(category.category_id),
            "type_id": int(category.type_id),
            "language": _LANGUAGE,
        },
    )
    return [
        Attribute(
            category_id=category.category_id,
            type_id=category.type_id,
            attribute_id=str(row["id"]),
            name=row["name"],
            required=bool(row.get("is_required")),
            collection=bool(row.get("is_collection")),
            dictionary_id=_id(row.get("dictionary_id")),
            complex_id=_id(row.get("attribute_complex_id")),
            max_values=row.get("max_value_count") or None,
            complex_collection=bool(row.get("complex_is_collection")),
        )
        for row in answer.get("result") or ()
    ]


def values(client: ApiClient, attribute: Attribute) -> Iterator[DictionaryValue]:
    """The values that an attribute with a dictionary may take."""
    payload = {
        "attribute_id": int(attribute.attribute_id),
        "description_category_id": int(attribute.category_id),
        "type_id": int(attribute.type_id),
        "limit": VALUES_PER_PAGE,
        "language": _LANGUAGE,
    }
    last = 0
    while True:
        answer = client.post("/v1/description-category/attribute/values", {**payload, "last_value_id": last})
        rows = answer.get("result") or ()
        for row in rows:
            yield DictionaryValue(
                attribute.category_id, attribute.type_id, attribute.attribute_id, str(row["id"]), row["value"]
            )
        if not rows or not answer.get("has_next"):
            return
        last = rows[-1]["id"]


def warehouses(client: ApiClient) -> Sequence[MarketplaceWarehouse]:
    """The account's own warehouses (FBS and rFBS)."""
    return [
        MarketplaceWarehouse(str(row["warehouse_id"]), row.get("name", ""), row.get("status") == _ACTIVE)
        for page in pages(client, "/v2/warehouse/list", {"limit": WAREHOUSES_PER_PAGE}, rows=("warehouses",))
        for row in page
    ]


def _types(
    node: Mapping[str, Any], parent: Mapping[str, Any] | None, *, disabled: bool
) -> Iterator[Category]:
    """Leaves are types and carry no category id: their parent holds it."""
    closed = disabled or bool(node.get("disabled"))
    if node.get("type_id") and parent is not None:
        yield Category(
            str(parent["description_category_id"]),
            str(node["type_id"]),
            parent["category_name"],
            node["type_name"],
            closed,
        )
    for child in node.get("children") or ():
        yield from _types(child, node, disabled=closed)


def _id(number: Any) -> str | None:
    return str(number) if number else None
