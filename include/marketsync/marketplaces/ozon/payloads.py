"""The card as a document: what is sent by /v3/product/import, what is read back, and the hash that compares
the two.

A document is one dict for both directions: name, description_category_id, type_id, barcode, vat, weight (g),
depth, width, height (mm), attributes and images. The hash is made from the same normalised fields of either,
so that equal content gives equal hashes. Left out of it: images (Ozon keeps copies under addresses of its
own), the price (a channel of its own), the article (1C renames articles, the card stays), attribute 8229 (it
follows type_id), and attributes inside complex ones (videos, which the mapping does not fill).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from marketsync.marketplaces.base import Card, Item

__all__ = [
    "CARD_FIELDS",
    "REQUIRED_FIELDS",
    "TYPE_ATTRIBUTE",
    "differences",
    "fingerprint",
    "import_item",
    "money",
    "read_document",
]

CARD_FIELDS: Mapping[str, bool] = {
    **dict.fromkeys(("offer_id", "name", "category", "barcode", "vat"), True),
    **dict.fromkeys(("weight", "depth", "width", "height"), True),
    "images": False,
}
"""What card.yaml may fill, and whether it is compared; `category` becomes description_category_id and
type_id."""

REQUIRED_FIELDS = ("offer_id", "name", "category", "vat", "weight", "depth", "width", "height")
"""What card.yaml must fill for every good. Ozon Seller API: an item without them is not processed."""

TYPE_ATTRIBUTE = 8229  # Ozon Seller API: "Тип"; type_id has priority over it

_PLAIN = (
    "name",
    "description_category_id",
    "type_id",
    "barcode",
    "vat",
    "weight",
    "depth",
    "width",
    "height",
)
_MILLIMETRES = {"mm": Decimal(1), "cm": Decimal(10), "in": Decimal("25.4")}
_GRAMS = {"g": Decimal(1), "kg": Decimal(1000), "lb": Decimal("453.59237")}
_HASH_BYTES = 16
_NO_OLD_PRICE = "0"  # Ozon Seller API: "0" takes the struck price away

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def money(amount: Decimal) -> str:
    """Money as Ozon takes it: text, a dot, two decimals."""
    return f"{amount:.2f}"


def import_item(item: Item) -> dict[str, Any]:
    """An item of /v3/product/import, whole: Ozon replaces the card by what is sent.

    The article is the offer's, not the document's: 1C may have renamed it since the card was listed.
    """
    card = item.value
    if not isinstance(card, Card):
        raise TypeError(f"the card channel was given {type(card).__name__}")
    price = card.price
    return {
        **card.document,
        "offer_id": item.offer.article,
        "dimension_unit": "mm",
        "weight_unit": "g",
        "price": money(price.amount),
        "old_price": money(price.old) if price.old else _NO_OLD_PRICE,
        "currency_code": price.currency,
    }


def read_document(card: Mapping[str, Any], info: Mapping[str, Any]) -> dict[str, Any]:
    """The document of a card as it is shown.

    Args:
        card: a row of /v4/product/info/attributes.
        info: its row of /v3/product/info/list; VAT stands only there.
    """
    barcodes = [*card.get("barcodes", ()), *info.get("barcodes", ())]
    # a unit that is not documented leaves the number as it is: it is then told as a difference
    millimetres = _MILLIMETRES.get(card.get("dimension_unit") or "mm", Decimal(1))
    grams = _GRAMS.get(card.get("weight_unit") or "g", Decimal(1))
    return {
        "name": card.get("name", ""),
        "description_category_id": card.get("description_category_id"),
        "type_id": card.get("type_id"),
        "barcode": card.get("barcode") or (barcodes[0] if barcodes else ""),
        "vat": str(info.get("vat", "")),
        "weight": _whole(card.get("weight"), grams),
        "depth": _whole(card.get("depth"), millimetres),
        "width": _whole(card.get("width"), millimetres),
        "height": _whole(card.get("height"), millimetres),
        "attributes": [
            {
                "id": attribute["id"],
                "complex_id": attribute.get("complex_id") or 0,
                "values": attribute["values"],
            }
            for attribute in card.get("attributes", ())
        ],
        "images": [*card.get("images", ())],
    }


def fingerprint(document: Mapping[str, Any]) -> bytes:
    """The hash of what is kept equal in a document."""
    plain = [_normal(name, document.get(name)) for name in _PLAIN]
    content = _encode([plain, _attributes(document)])
    return hashlib.blake2b(content.encode(), digest_size=_HASH_BYTES).digest()


def differences(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """The fields in which two documents differ, as (field, ours, theirs); attributes as `attribute 85`."""
    found = []
    for name in _PLAIN:
        mine, shown = _normal(name, ours.get(name)), _normal(name, theirs.get(name))
        if mine != shown:
            found.append((name, mine, shown))
    mine_by_id, shown_by_id = dict(_attributes(ours)), dict(_attributes(theirs))
    our_texts, their_texts = _texts(ours), _texts(theirs)
    found += [
        (f"attribute {id_}", our_texts.get(id_, ""), their_texts.get(id_, ""))
        for id_ in sorted(mine_by_id.keys() | shown_by_id.keys())
        if mine_by_id.get(id_) != shown_by_id.get(id_)
    ]
    return found


def _whole(measure: float | None, unit: Decimal) -> int:
    return round(Decimal(str(measure or 0)) * unit)


def _normal(name: str, value: Any) -> str:
    if value is None:
        return ""
    text = str(value).strip()
    if name == "vat" and text:
        try:
            return str(Decimal(text).normalize()) if Decimal(text) else "0"
        except InvalidOperation:
            return text
    return text


def _attributes(document: Mapping[str, Any]) -> list[tuple[int, list[str]]]:
    """Attribute id -> its values in a fixed order: a dictionary's by id, others by their text."""
    found = []
    for attribute in document.get("attributes", ()):
        if attribute["id"] == TYPE_ATTRIBUTE or attribute.get("complex_id"):
            continue
        values = sorted(_value(value) for value in attribute["values"])
        if values:
            found.append((int(attribute["id"]), values))
    found.sort()
    return found


def _value(value: Mapping[str, Any]) -> str:
    number = value.get("dictionary_value_id")
    return f"#{number}" if number else str(value.get("value", "")).strip()


def _texts(document: Mapping[str, Any]) -> dict[int, str]:
    attributes: Sequence[Mapping[str, Any]] = document.get("attributes", ())
    return {
        int(attribute["id"]): ", ".join(sorted(str(value.get("value", "")) for value in attribute["values"]))
        for attribute in attributes
    }
