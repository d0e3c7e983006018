"""What is sent for a card that is there already: the store's fields from our document, all others as they are
shown, since Ozon replaces a card by what /v3/product/import carries.

Source: Ozon Seller API, /v3/product/import ("an update must carry the whole item") and
/v1/product/attributes/update (adds and changes attributes, cannot take one away).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from marketsync.marketplaces.base import Card, Item
from marketsync.marketplaces.ozon.payloads import (
    TYPE_ATTRIBUTE,
    attribute_field,
    card_of,
    complex_field,
    differences,
    price_fields,
    read_document,
)

__all__ = ["Shown", "Way", "payload"]

_ATTRIBUTE = "attribute "
_SIZES = ("depth", "width", "height")


class Way(StrEnum):
    """How an item is sent."""

    WHOLE = "whole"  # /v3/product/import
    ATTRIBUTES = "attributes"  # /v1/product/attributes/update


@dataclass(frozen=True, slots=True)
class Shown:
    """A card as it is shown: its rows of /v4/product/info/attributes and /v3/product/info/list."""

    card: Mapping[str, Any]
    info: Mapping[str, Any]

    @property
    def article(self) -> str:
        """The article under which the cabinet has it."""
        return str(self.info.get("offer_id") or self.card.get("offer_id") or "")


def payload(item: Item, shown: Shown) -> tuple[Way, Mapping[str, Any]] | None:
    """The way and the content that make a card what the store wants of it; None where it is that already."""
    card = card_of(item)
    there = read_document(shown.card, shown.info)
    if card.settled:
        differing = [field for field, _, _ in differences(card.document, there, card.fields)]
        if not differing:
            return None
        attributes = _only_attributes(card, differing)
        if attributes:
            return Way.ATTRIBUTES, {"offer_id": item.offer.article, "attributes": attributes}
    return Way.WHOLE, _whole(item, card, shown, there)


def _only_attributes(card: Card, differing: list[str]) -> list[Mapping[str, Any]]:
    """The attributes that differ, where nothing else does and none has to be taken away."""
    ours = {f"{_ATTRIBUTE}{each['id']}": each for each in card.document.get("attributes", ())}
    return [ours[field] for field in differing] if all(field in ours for field in differing) else []


def _whole(item: Item, card: Card, shown: Shown, there: Mapping[str, Any]) -> dict[str, Any]:
    ours, mine = card.document, card.fields
    whole: dict[str, Any] = {"offer_id": item.offer.article}
    for name, field in (
        ("name", "name"),
        ("description_category_id", "category"),
        ("type_id", "category"),
        ("barcode", "barcode"),
        ("vat", "vat"),
    ):
        value = (ours if field in mine else there).get(name)
        if value:
            whole[name] = value
    moved = (whole["description_category_id"], whole["type_id"]) != (
        there["description_category_id"],
        there["type_id"],
    )
    # a category's attributes are its own: what the new one does not have would spoil the item
    possible = card.possible if moved else None
    return {
        **whole,
        **_measures(card, shown, there),
        "attributes": _attributes(card, there, possible),
        "complex_attributes": _complexes(card, there, possible),
        **_pictures(card, shown),
        **_price(card, shown),
    }


def _measures(card: Card, shown: Shown, there: Mapping[str, Any]) -> dict[str, Any]:
    """Sizes and weight; what is wholly the cabinet's keeps the unit in which it was written."""
    ours, mine = card.document, card.fields
    if mine.isdisjoint(_SIZES):
        sizes = {name: shown.card.get(name) for name in (*_SIZES, "dimension_unit")}
    else:
        sizes = {name: (ours if name in mine else there).get(name) for name in _SIZES}
        sizes["dimension_unit"] = "mm"
    if "weight" in mine:
        return {**sizes, "weight": ours.get("weight"), "weight_unit": "g"}
    return {**sizes, "weight": shown.card.get("weight"), "weight_unit": shown.card.get("weight_unit")}


def _attributes(
    card: Card, there: Mapping[str, Any], possible: frozenset[str] | None
) -> list[Mapping[str, Any]]:
    mine = card.fields
    kept = [
        each
        for each in there["attributes"]
        if each["id"] != TYPE_ATTRIBUTE
        and attribute_field(each["id"]) not in mine
        and (possible is None or attribute_field(each["id"]) in possible)
        and each["values"]
    ]
    own = [each for each in card.document.get("attributes", ()) if attribute_field(each["id"]) in mine]
    types = [
        each
        for each in (card.document if "category" in mine else there).get("attributes", ())
        if each["id"] == TYPE_ATTRIBUTE
    ]
    return sorted([*kept, *own, *types], key=lambda each: int(each["id"]))


def _complexes(
    card: Card, there: Mapping[str, Any], possible: frozenset[str] | None
) -> list[Mapping[str, Any]]:
    mine = card.fields
    kept = [
        group
        for group in there["complex_attributes"]
        if not mine & _group_fields(group)
        and (possible is None or {attribute_field(each["id"]) for each in group["attributes"]} <= possible)
    ]
    own = [group for group in card.document.get("complex_attributes", ()) if mine & _group_fields(group)]
    return [*kept, *own]


def _group_fields(group: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(complex_field(each["complex_id"]) for each in group["attributes"])


def _pictures(card: Card, shown: Shown) -> dict[str, Any]:
    """The pictures in their order, the main one first, and what hangs beside them."""
    there = shown.card
    if "images" in card.fields and card.document.get("images"):
        images = list(card.document["images"])
    else:
        main = there.get("primary_image")
        images = list(dict.fromkeys([*([main] if main else ()), *there.get("images", ())]))
    rest: dict[str, Any] = {"images": images}
    if there.get("color_image"):
        rest["color_image"] = there["color_image"]
    files = [
        {"index": place, "name": each.get("name") or "", "src_url": each.get("file_name") or ""}
        for place, each in enumerate(there.get("pdf_list") or ())
    ]
    return {**rest, "pdf_list": files} if files else rest


def _price(card: Card, shown: Shown) -> dict[str, str]:
    """The price that was confirmed; without one, the price in force stays what it is."""
    if card.price is not None:
        return price_fields(card.price)
    return {
        "price": str(shown.info["price"]),
        "old_price": str(shown.info.get("old_price") or "0"),
        "currency_code": str(shown.info.get("currency_code") or ""),
    }
