"""Cards that people made by hand before any program came: a living cabinet to adopt.

They are complete at once (status `price_sent`, visible to reads), of every type that can be sold, with
articles in the mixed styles that people use, some without a barcode and some without stock.
"""

from __future__ import annotations

from typing import Any

from sandbox.ozon import category_data as data
from sandbox.ozon import money
from sandbox.ozon.catalog import TypeInCategory, catalog
from sandbox.ozon.state import (
    Archive,
    AttributeValue,
    Cabinet,
    Card,
    CardAttribute,
    Lagged,
    Prices,
    Product,
    StockCell,
)
from sandbox.ozon.system import FIRST_PRODUCT_ID, FIRST_SKU, OzonSystem

_FREE_TEXT = {
    "Integer": "12",
    "Decimal": "240.5",
    "Boolean": "true",
    "URL": "https://video.example.com/1",
    "multiline": "Описание, составленное вручную.",
    "String": "ручной ввод",
}


def fill(system: OzonSystem, cabinet: Cabinet, count: int) -> list[Product]:
    """Add `count` cards."""
    return [_invent(system, cabinet, len(cabinet.by_id) + 1) for _ in range(count)]


def add(system: OzonSystem, cabinet: Cabinet, given: dict[str, Any]) -> Product:
    """Add one card as given; what is not given is invented.

    `given` has the fields of a product in the state API: product_id, sku, offer_id ("" for a card of the
    time before articles were required), name, barcodes, description_category_id, type_id, attributes,
    dimensions, images, price, old_price, min_price, vat, archived, stocks {warehouse: {present, reserved}}.
    Raises ValueError when the type does not belong to the category, the article or an id is taken or a field
    is unknown.
    """
    unknown = sorted(set(given) - _GIVEN_FIELDS)
    if unknown:
        raise ValueError(
            f"unknown fields {', '.join(unknown)}; a card has {', '.join(sorted(_GIVEN_FIELDS))}"
        )
    number = len(cabinet.by_id) + 1
    place = _place(number)
    if "type_id" in given or "description_category_id" in given:
        key = (int(given.get("description_category_id", 0)), int(given.get("type_id", 0)))
        if key not in catalog().types:
            raise ValueError(f"no type {key[1]} in category {key[0]}")
        place = catalog().types[key]
    offer_id = str(given.get("offer_id", _offer_id(number)))
    if offer_id in cabinet.by_offer:
        raise ValueError(f"offer_id {offer_id!r} is already in the cabinet")
    product_id, sku = int(given.get("product_id", 0)), int(given.get("sku", 0))
    if product_id in cabinet.by_id or sku in cabinet.by_sku:
        raise ValueError(f"product_id {product_id} or sku {sku} is already in the cabinet")
    if not (0 <= product_id < FIRST_PRODUCT_ID and 0 <= sku < FIRST_SKU):
        raise ValueError(f"product_id lies below {FIRST_PRODUCT_ID} and sku below {FIRST_SKU}")
    card = _card(system, place, number, given)
    prices = Prices(
        price=money.parse(str(given.get("price", _price(system)))),
        old_price=money.parse(str(given.get("old_price", "0"))),
        min_price=money.parse(str(given.get("min_price", "0"))),
        vat=str(given.get("vat", "0.2")),
        currency_code=system.knobs.currency_code,
    )
    stocks = {
        int(warehouse_id): (int(cell["present"]), int(cell.get("reserved", 0)))
        for warehouse_id, cell in given.get("stocks", {}).items()
    }
    return _put(
        system,
        cabinet,
        offer_id,
        card,
        prices,
        stocks,
        archived=bool(given.get("archived", False)),
        product_id=product_id,
        sku=sku,
    )


_GIVEN_FIELDS = {
    "product_id",
    "sku",
    "offer_id",
    "name",
    "barcodes",
    "description_category_id",
    "type_id",
    "attributes",
    "depth",
    "width",
    "height",
    "dimension_unit",
    "weight",
    "weight_unit",
    "images",
    "price",
    "old_price",
    "min_price",
    "vat",
    "archived",
    "stocks",
}


def _invent(system: OzonSystem, cabinet: Cabinet, number: int) -> Product:
    card = _card(system, _place(number), number, {})
    price = money.parse(_price(system))
    prices = Prices(
        price=price,
        old_price=price * 13 // 10 if number % 3 == 0 else 0,
        vat="0.1" if number % 2 else "0.2",
        currency_code=system.knobs.currency_code,
    )
    stocks: dict[int, tuple[int, int]] = {}
    for position, warehouse_id in enumerate(cabinet.warehouses):
        if (number + position) % 3:
            stocks[warehouse_id] = (0 if number % 10 == 0 else system.random.randrange(1, 40), 0)
    return _put(system, cabinet, _offer_id(number), card, prices, stocks, archived=number % 50 == 0)


def _put(
    system: OzonSystem,
    cabinet: Cabinet,
    offer_id: str,
    card: Card,
    prices: Prices,
    stocks: dict[int, tuple[int, int]],
    *,
    archived: bool,
    product_id: int = 0,
    sku: int = 0,
) -> Product:
    product = system.create(cabinet, offer_id, card, prices, product_id=product_id, sku=sku)
    system.advance(cabinet, product, "price_sent")
    moment = system.clock.utcnow()
    product.card = Lagged(card, card)
    product.prices = Lagged(prices, prices)
    if archived:
        product.archive = Lagged[Archive]("manual", "manual")
    for warehouse_id, (present, reserved) in stocks.items():
        cell = StockCell(present - reserved, reserved, moment)
        product.stocks[warehouse_id] = Lagged(cell, cell)
    return product


def _place(number: int) -> TypeInCategory:
    sellable = [
        place for place in catalog().types.values() if not place.category.disabled and not place.type.disabled
    ]
    return sellable[number % len(sellable)]


def _offer_id(number: int) -> str:
    return (f"РУЧ-{number:06d}", f"hm{number:06d}", f"{number:05d}/1")[number % 3]


def _price(system: OzonSystem) -> str:
    return money.text(system.random.randrange(150, 30_000) * 100)


def _card(system: OzonSystem, place: TypeInCategory, number: int, given: dict[str, Any]) -> Card:
    brand = data.BRANDS.values[number % len(data.BRANDS.values)]
    name = str(given.get("name", f"{place.type.name} {brand.value} №{number}"))
    barcodes = [str(each) for each in given.get("barcodes", _barcodes(number))]
    images = [str(each) for each in given.get("images", [f"https://photos.example.com/{number}.jpg"])]
    attributes = (
        tuple(_given_attribute(each) for each in given["attributes"])
        if "attributes" in given
        else _attributes(system, place, brand, name)
    )
    return Card(
        name=name,
        description_category_id=place.category.id,
        type_id=place.type.id,
        attributes=attributes,
        complex_attributes=(),
        barcodes=tuple(barcodes),
        depth=int(given.get("depth", 100 + number % 300)),
        width=int(given.get("width", 100 + number % 200)),
        height=int(given.get("height", 50 + number % 100)),
        dimension_unit=str(given.get("dimension_unit", "mm")),
        weight=int(given.get("weight", 300 + number % 900)),
        weight_unit=str(given.get("weight_unit", "g")),
        primary_image=images[0] if images else "",
        images=tuple(images),
    )


def _given_attribute(raw: dict[str, Any]) -> CardAttribute:
    values = tuple((int(v.get("dictionary_value_id", 0)), str(v["value"])) for v in raw["values"])
    return int(raw["id"]), int(raw.get("complex_id", 0)), values


def _barcodes(number: int) -> list[str]:
    """An own EAN-13 in the range for use inside a company; every seventh card has none."""
    if number % 7 == 0:
        return []
    digits = f"29{number:010d}"
    total = sum(int(digit) * (3 if position % 2 else 1) for position, digit in enumerate(digits))
    return [digits + str(-total % 10)]


def _attributes(
    system: OzonSystem, place: TypeInCategory, brand: data.DictionaryValue, name: str
) -> tuple[CardAttribute, ...]:
    chosen: list[CardAttribute] = []
    for attribute_id in sorted(place.required):
        attribute = place.attributes[attribute_id]
        value: AttributeValue
        if attribute_id == data.TYPE_ATTRIBUTE_ID:
            continue
        if attribute_id == data.BRAND_ATTRIBUTE_ID:
            value = (brand.id, brand.value)
        elif attribute_id == data.MODEL_NAME_ATTRIBUTE_ID:
            value = (0, name)
        elif attribute.dictionary_id:
            value = system.random.choice(list(catalog().dictionaries[attribute.dictionary_id].items()))
        else:
            value = (0, _FREE_TEXT[attribute.type])
        chosen.append((attribute_id, attribute.complex_id, (value,)))
    chosen.append((data.TYPE_ATTRIBUTE_ID, 0, ((place.type_value.id, place.type_value.value),)))
    return tuple(chosen)
