"""The card as a document: what is sent by /v3/product/import, what is read back, and the hash that compares
the two.

A document is one dict for both directions: name, description_category_id, type_id, barcode, vat, weight (g),
depth, width, height (mm), attributes, complex_attributes and images. Its fields are named as in card.yaml;
`category` is description_category_id with type_id, an attribute is its id (`85`), a complex attribute
`complex 100001`. The hash is made from the same normalised fields of either direction, and of those only that
somebody owns, so that equal content gives equal hashes; an empty field counts as none. Never in it: images
(Ozon keeps copies under addresses of its own), the price (a channel of its own), the article (1C renames
articles, the card stays), and attribute 8229 (it follows type_id).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from marketsync.marketplaces.base import Card, Item, Price

__all__ = [
    "CARD_FIELDS",
    "REQUIRED_FIELDS",
    "TYPE_ATTRIBUTE",
    "attribute_field",
    "card_of",
    "complex_field",
    "differences",
    "fingerprint",
    "in_groups",
    "money",
    "new_item",
    "price_fields",
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
_CATEGORY = ("description_category_id", "type_id")
_MILLIMETRES = {"mm": Decimal(1), "cm": Decimal(10), "in": Decimal("25.4")}
_GRAMS = {"g": Decimal(1), "kg": Decimal(1000), "lb": Decimal("453.59237")}
_HASH_BYTES = 16
_NO_OLD_PRICE = "0"  # Ozon Seller API: "0" takes the struck price away

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def money(amount: Decimal) -> str:
    """Money as Ozon takes it: text, a dot, two decimals."""
    return f"{amount:.2f}"


def attribute_field(attribute_id: int) -> str:
    """The name under which an attribute is owned."""
    return str(attribute_id)


def complex_field(complex_id: int) -> str:
    """The name under which a complex attribute is owned, as one whole."""
    return f"complex {complex_id}"


def new_item(item: Item) -> dict[str, Any]:
    """An item of /v3/product/import for a card that is not there yet: everything that the store has.

    The article is the offer's, not the document's: 1C may have renamed it since the offer was made.
    """
    card = card_of(item)
    if card.price is None:
        raise TypeError("a new card was given no price")
    return {
        **card.document,
        "offer_id": item.offer.article,
        "dimension_unit": "mm",
        "weight_unit": "g",
        **price_fields(card.price),
    }


def card_of(item: Item) -> Card:
    """The card that an item carries."""
    if not isinstance(item.value, Card):
        raise TypeError(f"the card channel was given {type(item.value).__name__}")
    return item.value


def price_fields(price: Price) -> dict[str, str]:
    """A price as a whole item carries it."""
    return {
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
            _attribute(attribute)
            for attribute in card.get("attributes", ())
            if not attribute.get("complex_id")
        ],
        "complex_attributes": in_groups(
            [
                *(attribute for attribute in card.get("attributes", ()) if attribute.get("complex_id")),
                *card.get("complex_attributes", ()),
            ]
        ),
        "images": [*card.get("images", ())],
    }


def in_groups(shown: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Complex attributes as an import takes them, from the list in which they are shown.

    Ozon's description has a plain list there, its older methods a list of groups; in a plain list a new group
    begins where an attribute comes again. Source: Ozon Seller API, /v4/product/info/attributes.
    """
    groups: list[dict[str, Any]] = []
    open_groups: dict[int, dict[int, dict[str, Any]]] = {}
    for each in shown:
        if "attributes" in each:
            groups.append({"attributes": [_attribute(inner) for inner in each["attributes"]]})
            continue
        attribute = _attribute(each)
        members = open_groups.get(attribute["complex_id"])
        if members is None or attribute["id"] in members:
            members = open_groups[attribute["complex_id"]] = {}
            groups.append({"attributes": members})
        members[attribute["id"]] = attribute
    return [
        {"attributes": list(group["attributes"].values())} if isinstance(group["attributes"], dict) else group
        for group in groups
    ]


def _attribute(shown: Mapping[str, Any]) -> dict[str, Any]:
    """An attribute as an import takes it; inside complex ones the schema spells dictionaryValueId."""
    return {
        "id": int(shown["id"]),
        "complex_id": int(shown.get("complex_id") or 0),
        "values": [
            {
                "dictionary_value_id": int(
                    value.get("dictionary_value_id") or value.get("dictionaryValueId") or 0
                ),
                "value": value.get("value") or "",
            }
            for value in shown.get("values") or ()
        ],
    }


def fingerprint(document: Mapping[str, Any], fields: Collection[str]) -> bytes:
    """The hash over these fields of a document, whether it was rendered or read back.

    Args:
        document: as rendered, or as `read_document` gives it.
        fields: by name, as somebody owns them.
    """
    plain = [_normal(name, document.get(name)) if _field(name) in fields else None for name in _PLAIN]
    content: list[Any] = [plain, [each for each in _attributes(document) if str(each[0]) in fields]]
    groups = [each for each in _complexes(document) if complex_field(each[0]) in fields]
    if groups:
        content.append(groups)
    return hashlib.blake2b(_encode(content).encode(), digest_size=_HASH_BYTES).digest()


def differences(
    ours: Mapping[str, Any], theirs: Mapping[str, Any], fields: Collection[str]
) -> list[tuple[str, str, str]]:
    """Which of these fields differ in two documents, as (field, ours, theirs); attributes as `attribute 85`."""
    found = []
    for name in _PLAIN:
        mine, shown = _normal(name, ours.get(name)), _normal(name, theirs.get(name))
        if mine != shown and _field(name) in fields:
            found.append((name, mine or "", shown or ""))
    our_texts, their_texts = _texts(ours), _texts(theirs)
    found += [
        (f"attribute {id_}", our_texts.get(id_, ""), their_texts.get(id_, ""))
        for id_ in _unequal(_attributes(ours), _attributes(theirs))
        if attribute_field(id_) in fields
    ]
    found += [
        (complex_field(id_), _group_texts(ours, id_), _group_texts(theirs, id_))
        for id_ in _unequal(_complexes(ours), _complexes(theirs))
        if complex_field(id_) in fields
    ]
    return found


def _field(name: str) -> str:
    """The field that a part of the document belongs to."""
    return "category" if name in _CATEGORY else name


def _unequal(ours: list[tuple[int, Any]], theirs: list[tuple[int, Any]]) -> list[int]:
    mine, shown = dict(ours), dict(theirs)
    return [id_ for id_ in sorted(mine.keys() | shown.keys()) if mine.get(id_) != shown.get(id_)]


def _whole(measure: float | None, unit: Decimal) -> int:
    return round(Decimal(str(measure or 0)) * unit)


def _normal(name: str, value: Any) -> str | None:
    """A plain field in the form in which it is compared; None for an empty one."""
    if value is None:
        return None
    text = str(value).strip()
    if name == "vat" and text:
        try:
            return str(Decimal(text).normalize()) if Decimal(text) else "0"
        except InvalidOperation:
            return text
    return text or None


def _attributes(document: Mapping[str, Any]) -> list[tuple[int, list[str]]]:
    """Attribute id -> its values in a fixed order: a dictionary's by id, others by their text."""
    found = []
    for attribute in document.get("attributes", ()):
        if attribute["id"] == TYPE_ATTRIBUTE:
            continue
        values = sorted(_value(value) for value in attribute["values"])
        if values:
            found.append((int(attribute["id"]), values))
    found.sort()
    return found


def _complexes(document: Mapping[str, Any]) -> list[tuple[int, list[Any]]]:
    """Complex id -> its groups of attributes in a fixed order."""
    found: dict[int, list[Any]] = {}
    for group in document.get("complex_attributes", ()):
        for complex_id in sorted({int(each["complex_id"]) for each in group["attributes"]}):
            members = _attributes(
                {
                    "attributes": [
                        each for each in group["attributes"] if int(each["complex_id"]) == complex_id
                    ]
                }
            )
            if members:
                found.setdefault(complex_id, []).append(members)
    return [(complex_id, sorted(groups)) for complex_id, groups in sorted(found.items())]


def _value(value: Mapping[str, Any]) -> str:
    number = value.get("dictionary_value_id")
    return f"#{number}" if number else str(value.get("value", "")).strip()


def _texts(document: Mapping[str, Any]) -> dict[int, str]:
    attributes: Sequence[Mapping[str, Any]] = document.get("attributes", ())
    return {int(attribute["id"]): _text(attribute) for attribute in attributes}


def _group_texts(document: Mapping[str, Any], complex_id: int) -> str:
    return "; ".join(
        _text(attribute)
        for group in document.get("complex_attributes", ())
        for attribute in group["attributes"]
        if int(attribute["complex_id"]) == complex_id
    )


def _text(attribute: Mapping[str, Any]) -> str:
    return ", ".join(sorted(str(value.get("value", "")) for value in attribute["values"]))
