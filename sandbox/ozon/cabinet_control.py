"""What a person does in Ozon's cabinet, by hand, and a look behind the scenes: the /_sandbox/ozon part of
the API.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from sandbox.ozon import hand_made, money, pricing, reservations
from sandbox.ozon.state import Cabinet, CardAttribute, KeyState, Product, StockCell
from sandbox.ozon.system import OzonSystem

Json = dict[str, Any]

KEY_STATES: tuple[KeyState, ...] = ("active", "invalid", "deactivated", "no_role", "ip_restricted")


class ControlError(ValueError):
    """An order to the sandbox that makes no sense; the text says what does."""


def state(system: OzonSystem, cabinet: Cabinet) -> Json:
    """All products as they are, not as reads show them: {offer_id: {...}}, money as strings with two
    decimals; a card without an article stands under "#" and its product_id.
    """
    _catch_up(system, cabinet)
    return {
        product.offer_id or f"#{product.product_id}": product_state(product)
        for product in cabinet.by_id.values()
    }


def product_state(product: Product) -> Json:
    card, prices = product.card.actual, product.prices.actual
    pending = prices.pending
    return {
        "offer_id": product.offer_id,
        "product_id": product.product_id,
        "sku": product.sku,
        "name": card.name,
        "barcode": card.barcodes[0] if card.barcodes else "",
        "barcodes": list(card.barcodes),
        "description_category_id": card.description_category_id,
        "type_id": card.type_id,
        "attributes": [_attribute(each) for each in card.attributes],
        "complex_attributes": [_attribute(each) for each in card.complex_attributes],
        "depth": card.depth,
        "width": card.width,
        "height": card.height,
        "dimension_unit": card.dimension_unit,
        "weight": card.weight,
        "weight_unit": card.weight_unit,
        "primary_image": card.primary_image,
        "images": list(card.images),
        "color_image": card.color_image,
        "vat": prices.vat,
        "currency_code": prices.currency_code,
        "price": money.text(prices.price),
        "old_price": money.text(prices.old_price),
        "min_price": money.text(prices.min_price),
        "net_price": money.text(prices.net_price),
        "declared_price": None if prices.declared_price is None else money.text(prices.declared_price),
        "quarantine": None
        if pending is None
        else {
            "price": money.text(pending.price),
            "old_price": money.text(pending.old_price),
            "min_price": money.text(pending.min_price),
        },
        "status": product.status.status,
        "archived": product.archived,
        "errors": [each.code for each in product.errors],
        "stocks": {
            str(warehouse_id): {"present": cell.present, "reserved": cell.reserved}
            for warehouse_id, cell in sorted(product.cells(shown=False).items())
        },
        "on_sale": product.on_sale,
    }


def _attribute(attribute: CardAttribute) -> Json:
    attribute_id, complex_id, values = attribute
    return {
        "id": attribute_id,
        "complex_id": complex_id,
        "values": [{"dictionary_value_id": value_id, "value": text} for value_id, text in values],
    }


def edit(system: OzonSystem, cabinet: Cabinet, order: Json) -> Json:
    """Change a product as a person in the cabinet would; reads show it after the read lag, like any write.

    `order`: offer_id, and any of name, images, price, old_price, min_price, stock {warehouse_id: free
    units}, archived, quarantine_release (true). A price set by a person is in force at once. Raises
    ControlError.
    """
    _catch_up(system, cabinet)
    product = _product(cabinet, order)
    for name, value in order.items():
        if name == "offer_id":
            continue
        if name not in _EDITS:
            raise ControlError(f"cannot edit {name!r}; there are: {', '.join(sorted(_EDITS))}")
        _EDITS[name](system, cabinet, product, value)
    return product_state(product)


def _edit_name(system: OzonSystem, cabinet: Cabinet, product: Product, value: Any) -> None:
    card = replace(product.card.actual, name=str(value))
    system.write_card(cabinet, product, card, system.clock.monotonic())


def _edit_images(system: OzonSystem, cabinet: Cabinet, product: Product, value: Any) -> None:
    images = tuple(str(url) for url in value)
    card = replace(product.card.actual, images=images, primary_image=images[0] if images else "")
    system.write_card(cabinet, product, card, system.clock.monotonic())


def _edit_money(field: str) -> Callable[[OzonSystem, Cabinet, Product, Any], None]:
    def edit_one(system: OzonSystem, cabinet: Cabinet, product: Product, value: Any) -> None:
        changed: dict[str, Any] = {field: money.parse(str(value)), "pending": None}
        prices = replace(product.prices.actual, **changed)
        system.write_prices(cabinet, product, prices, system.clock.monotonic())

    return edit_one


def _edit_stock(system: OzonSystem, cabinet: Cabinet, product: Product, value: Any) -> None:
    for warehouse_text, free in dict(value).items():
        warehouse_id = int(warehouse_text)
        if warehouse_id not in cabinet.warehouses:
            raise ControlError(f"no warehouse {warehouse_id}; there are: {sorted(cabinet.warehouses)}")
        cell: StockCell | None = product.cells(shown=False).get(warehouse_id)
        reserved = cell.reserved if cell is not None else 0
        system.write_stock(cabinet, product, warehouse_id, int(free), reserved, system.clock.monotonic())


def _edit_archived(system: OzonSystem, cabinet: Cabinet, product: Product, value: Any) -> None:
    product.archived = bool(value)


def _release_quarantine(system: OzonSystem, cabinet: Cabinet, product: Product, value: Any) -> None:
    if value:
        prices = pricing.released(product.prices.actual)
        system.write_prices(cabinet, product, prices, system.clock.monotonic())


_EDITS: dict[str, Callable[[OzonSystem, Cabinet, Product, Any], None]] = {
    "name": _edit_name,
    "images": _edit_images,
    "price": _edit_money("price"),
    "old_price": _edit_money("old_price"),
    "min_price": _edit_money("min_price"),
    "stock": _edit_stock,
    "archived": _edit_archived,
    "quarantine_release": _release_quarantine,
}


def reserve(system: OzonSystem, cabinet: Cabinet, order: Json) -> Json:
    """Reserve units as a buyer does: offer_id, warehouse_id, quantity (negative gives back). Raises
    ControlError.
    """
    _catch_up(system, cabinet)
    product = _product(cabinet, order)
    try:
        warehouse_id, quantity = int(order["warehouse_id"]), int(order["quantity"])
        reservations.reserve(system, cabinet, product, warehouse_id, quantity, system.clock.monotonic())
    except KeyError as error:
        raise ControlError(f"{error.args[0]} is missing") from error
    except reservations.NotEnough as error:
        raise ControlError(str(error)) from error
    return product_state(product)


def make_cards(system: OzonSystem, cabinet: Cabinet, order: Json) -> Json:
    """Add hand-made cards: {"count": N} or {"cards": [...]}. Raises ControlError."""
    _catch_up(system, cabinet)
    if "cards" in order:
        try:
            made = [hand_made.add(system, cabinet, given) for given in order["cards"]]
        except ValueError as error:
            raise ControlError(str(error)) from error
    elif isinstance(order.get("count"), int):
        made = hand_made.fill(system, cabinet, order["count"])
    else:
        raise ControlError('give {"count": N} or {"cards": [...]}')
    return {"offer_ids": [product.offer_id for product in made]}


def set_key(system: OzonSystem, cabinet: Cabinet, order: Json) -> Json:
    """Set the state of the cabinet's key: {"state": ..., "expires_at": ISO time}. Raises ControlError."""
    if "state" in order:
        if order["state"] not in KEY_STATES:
            raise ControlError(f"state is one of {', '.join(KEY_STATES)}")
        cabinet.key_state = order["state"]
    if "expires_at" in order:
        try:
            moment = datetime.fromisoformat(order["expires_at"])
        except (TypeError, ValueError) as error:
            raise ControlError(f"expires_at is an ISO time with zone, got {order['expires_at']!r}") from error
        if moment.tzinfo is None:
            raise ControlError(f"expires_at is an ISO time with zone, got {order['expires_at']!r}")
        cabinet.key_expires_at = moment
    return {"state": cabinet.key_state, "expires_at": cabinet.key_expires_at.isoformat()}


def set_warehouse(system: OzonSystem, cabinet: Cabinet, order: Json) -> Json:
    """Set a warehouse's status, e.g. {"warehouse_id": ..., "status": "disabled"}. Raises ControlError."""
    warehouse = cabinet.warehouses.get(int(order.get("warehouse_id", 0)))
    if warehouse is None or "status" not in order:
        raise ControlError(f"give a status and a warehouse_id out of {sorted(cabinet.warehouses)}")
    cabinet.warehouses[warehouse.warehouse_id] = replace(warehouse, status=str(order["status"]))
    return {"warehouse_id": warehouse.warehouse_id, "status": str(order["status"])}


def _product(cabinet: Cabinet, order: Json) -> Product:
    product = cabinet.by_offer.get(str(order.get("offer_id", "")))
    if product is None:
        raise ControlError(
            f"no product with offer_id {order.get('offer_id')!r} in cabinet {cabinet.client_id}"
        )
    return product


def _catch_up(system: OzonSystem, cabinet: Cabinet) -> None:
    """Let everything happen that is due, before looking or changing."""
    now = system.clock.monotonic()
    cabinet.settle(now)
    reservations.play(system, cabinet, now)
