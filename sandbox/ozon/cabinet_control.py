"""What a person does in Ozon's cabinet, by hand, and a look behind the scenes: the /_sandbox/ozon part of
the API.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from sandbox.ozon import action_control, action_rules, hand_made, money, pricing, quotas, reservations
from sandbox.ozon.catching_up import catch_up
from sandbox.ozon.imports import MAX_OFFER_ID
from sandbox.ozon.state import Archive, Cabinet, CardAttribute, KeyState, Product, StockCell
from sandbox.ozon.system import OzonSystem

Json = dict[str, Any]

_USAGE = ("created", "updated", "restored")
KEY_STATES: tuple[KeyState, ...] = ("active", "invalid", "deactivated", "no_role", "ip_restricted")


class ControlError(ValueError):
    """An order to the sandbox that makes no sense; the text says what does."""


def state(system: OzonSystem, cabinet: Cabinet) -> Json:
    """All products as they are, not as reads show them: {offer_id: {...}}, money as strings with two
    decimals; a card without an article stands under "#" and its product_id.
    """
    catch_up(system, cabinet, system.clock.monotonic())
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
        "pictures": {
            url: {"sha256": each.sha256, "width": each.width, "height": each.height}
            for url, each in product.pictures.items()
        },
        "vat": prices.vat,
        "currency_code": prices.currency_code,
        "price": money.text(prices.price),
        "old_price": money.text(prices.old_price),
        "min_price": money.text(prices.min_price),
        "net_price": money.text(prices.net_price),
        "auto_add": prices.auto_add_enabled,
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
        "archive": product.archive.actual,
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

    `order`: offer_id, and any of name, images, color_image, attributes [{id, complex_id, values}] (added or
    changed; one without values is taken away), price, old_price, min_price, stock {warehouse_id: free units},
    archived (true; "auto" as Ozon does it by itself; false), article (a new one), deleted (true), auto_add
    (automatic adding to promotions), quarantine_release (true). A price set by a person is in force at once.
    Raises ControlError.
    """
    catch_up(system, cabinet, system.clock.monotonic())
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


def _edit_color_image(system: OzonSystem, cabinet: Cabinet, product: Product, value: Any) -> None:
    card = replace(product.card.actual, color_image=str(value))
    system.write_card(cabinet, product, card, system.clock.monotonic())


def _edit_attributes(system: OzonSystem, cabinet: Cabinet, product: Product, value: Any) -> None:
    card = product.card.actual
    place = system.catalog.types[card.description_category_id, card.type_id]
    sides = {False: list(card.attributes), True: list(card.complex_attributes)}
    for given in value:
        known = place.attributes.get(int(given["id"]))
        if known is None:
            raise ControlError(
                f"the type has no attribute {given['id']}; there are: {sorted(place.attributes)}"
            )
        values = tuple((int(v.get("dictionary_value_id", 0)), str(v["value"])) for v in given["values"])
        side = sides[bool(known.complex_id)]
        places = [place for place, each in enumerate(side) if each[0] == known.id]
        if places:
            side[places[0] : places[0] + 1] = [(known.id, known.complex_id, values)] if values else []
        elif values:
            side.append((known.id, known.complex_id, values))
    card = replace(card, attributes=tuple(sides[False]), complex_attributes=tuple(sides[True]))
    system.write_card(cabinet, product, card, system.clock.monotonic())


def _edit_money(field: str) -> Callable[[OzonSystem, Cabinet, Product, Any], None]:
    def edit_one(system: OzonSystem, cabinet: Cabinet, product: Product, value: Any) -> None:
        changed: dict[str, Any] = {field: money.parse(str(value)), "pending": None}
        prices = replace(product.prices.actual, **changed)
        now = system.clock.monotonic()
        system.write_prices(cabinet, product, prices, now)
        action_rules.follow_price(system, cabinet, product, now)

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
    archive: Archive = "auto" if value == "auto" else "manual" if value else ""
    system.write_archive(cabinet, product, archive, system.clock.monotonic())


def _edit_article(system: OzonSystem, cabinet: Cabinet, product: Product, value: Any) -> None:
    article = str(value)
    if not 1 <= len(article) <= MAX_OFFER_ID or article in cabinet.by_offer:
        raise ControlError(f"article {article!r} is taken, empty or longer than {MAX_OFFER_ID}")
    system.write_article(cabinet, product, article, system.clock.monotonic())


def _delete(system: OzonSystem, cabinet: Cabinet, product: Product, value: Any) -> None:
    if value:
        system.delete(cabinet, product)


def _release_quarantine(system: OzonSystem, cabinet: Cabinet, product: Product, value: Any) -> None:
    if value:
        prices = pricing.released(product.prices.actual)
        system.write_prices(cabinet, product, prices, system.clock.monotonic())


def _edit_auto_add(system: OzonSystem, cabinet: Cabinet, product: Product, value: Any) -> None:
    prices = replace(product.prices.actual, auto_add_enabled=bool(value))
    system.write_prices(cabinet, product, prices, system.clock.monotonic())


_EDITS: dict[str, Callable[[OzonSystem, Cabinet, Product, Any], None]] = {
    "name": _edit_name,
    "images": _edit_images,
    "color_image": _edit_color_image,
    "attributes": _edit_attributes,
    "price": _edit_money("price"),
    "old_price": _edit_money("old_price"),
    "min_price": _edit_money("min_price"),
    "stock": _edit_stock,
    "archived": _edit_archived,
    "article": _edit_article,
    "deleted": _delete,
    "auto_add": _edit_auto_add,
    "quarantine_release": _release_quarantine,
}


def reserve(system: OzonSystem, cabinet: Cabinet, order: Json) -> Json:
    """Reserve units as a buyer does: offer_id, warehouse_id, quantity (negative gives back). Raises
    ControlError.
    """
    catch_up(system, cabinet, system.clock.monotonic())
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
    catch_up(system, cabinet, system.clock.monotonic())
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


def set_usage(system: OzonSystem, cabinet: Cabinet, order: Json) -> Json:
    """Say what was used up of today's limits: any of created, updated, restored."""
    usage = quotas.today(system, cabinet)
    for name, value in order.items():
        if name not in _USAGE or not isinstance(value, int) or value < 0:
            raise ControlError(f"give whole numbers for any of {', '.join(_USAGE)}")
    for name, value in order.items():
        setattr(usage, name, value)
    return {name: getattr(usage, name) for name in _USAGE}


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


def set_action(system: OzonSystem, cabinet: Cabinet, order: Json) -> Json:
    """Make, change or end a promotion: see `action_control.order`. Raises ControlError."""
    catch_up(system, cabinet, system.clock.monotonic())
    try:
        return action_control.order(system, cabinet, order)
    except (KeyError, ValueError) as error:
        raise ControlError(f"cannot understand the order: {error}") from error


def actions(system: OzonSystem, cabinet: Cabinet) -> Json:
    """All promotions as they are, those that are over included: {action id: {...}}."""
    catch_up(system, cabinet, system.clock.monotonic())
    return action_control.all_actions(system, cabinet)


def set_warehouse(system: OzonSystem, cabinet: Cabinet, order: Json) -> Json:
    """Set a warehouse's status, e.g. {"warehouse_id": ..., "status": "disabled"}. Raises ControlError."""
    warehouse = cabinet.warehouses.get(int(order.get("warehouse_id", 0)))
    if warehouse is None or "status" not in order:
        raise ControlError(f"give a status and a warehouse_id out of {sorted(cabinet.warehouses)}")
    cabinet.warehouses[warehouse.warehouse_id] = replace(warehouse, status=str(order["status"]))
    return {"warehouse_id": warehouse.warehouse_id, "status": str(order["status"])}


def set_dictionary_value(system: OzonSystem, cabinet: Cabinet, order: Json) -> Json:
    """Take a value out of an attribute's dictionary, or put it back, for all cabinets: {"attribute_id": ...,
    "value": its text, "present": false}. Raises ControlError.
    """
    catalog = system.catalog
    wanted = int(order.get("attribute_id", 0))
    attribute = next(
        (place.attributes[wanted] for place in catalog.types.values() if wanted in place.attributes), None
    )
    values = catalog.dictionaries.get(attribute.dictionary_id, {}) if attribute is not None else {}
    found = [value_id for value_id, text in values.items() if text == order.get("value")]
    if attribute is None or not found:
        raise ControlError(
            f"attribute {wanted} has no value {order.get('value')!r}; it has: {[*values.values()]}"
        )
    key = (attribute.dictionary_id, found[0])
    present = bool(order.get("present", False))
    withdrawn = catalog.withdrawn - {key} if present else catalog.withdrawn | {key}
    system.catalog = replace(catalog, withdrawn=withdrawn)
    return {"attribute_id": wanted, "value": str(order["value"]), "present": present}


def set_category(system: OzonSystem, cabinet: Cabinet, order: Json) -> Json:
    """Close a category or a type, or open it again, for all cabinets: {"id": ..., "disabled": true}. Raises
    ControlError.
    """
    catalog = system.catalog
    wanted = int(order.get("id", 0))
    known = {*catalog.categories, *(type_id for _, type_id in catalog.types)}
    if wanted not in known:
        raise ControlError(f"no category or type {wanted}; there are: {sorted(known)}")
    disabled = bool(order.get("disabled", True))
    closed = catalog.closed | {wanted} if disabled else catalog.closed - {wanted}
    system.catalog = replace(catalog, closed=closed)
    return {"id": wanted, "disabled": disabled}


def _product(cabinet: Cabinet, order: Json) -> Product:
    product = cabinet.by_offer.get(str(order.get("offer_id", "")))
    if product is None:
        raise ControlError(
            f"no product with offer_id {order.get('offer_id')!r} in cabinet {cabinet.client_id}"
        )
    return product
