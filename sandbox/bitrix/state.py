"""What the portal holds: the catalog's tables, the webhook, the counters of its limits."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Row = dict[str, Any]

GOODS_IBLOCK = 23
OFFERS_IBLOCK = 24

USER = "1"
SECRET = "sandb0xwebh00ksecret"  # noqa: S105 - the key of a played door


@dataclass
class Webhook:
    """The incoming webhook: who may call, and what."""

    secret: str = SECRET
    state: str = "active"  # active, expired, denied
    scopes: frozenset[str] = frozenset({"catalog", "sale"})


@dataclass
class Break:
    """Fails calls of one method, also inside a batch: `after` calls that still work, then `count` that fail."""

    method: str
    code: str
    after: int = 0
    count: int = 1


@dataclass
class Site:
    """One portal. Tables are id -> row, with the field names of the REST; dates are aware datetimes."""

    catalogs: dict[int, Row] = field(default_factory=dict)
    sections: dict[int, Row] = field(default_factory=dict)
    properties: dict[int, Row] = field(default_factory=dict)
    enums: dict[int, Row] = field(default_factory=dict)
    measures: dict[int, Row] = field(default_factory=dict)
    vats: dict[int, Row] = field(default_factory=dict)
    price_types: dict[int, Row] = field(default_factory=dict)
    stores: dict[int, Row] = field(default_factory=dict)
    elements: dict[int, Row] = field(default_factory=dict)  # goods and variants
    prices: dict[int, Row] = field(default_factory=dict)
    store_products: dict[int, Row] = field(default_factory=dict)
    images: dict[int, Row] = field(default_factory=dict)
    orders: dict[int, Row] = field(default_factory=dict)
    basket: dict[int, Row] = field(default_factory=dict)  # lines of orders
    statuses: dict[str, Row] = field(default_factory=dict)
    person_types: dict[int, Row] = field(default_factory=dict)
    order_properties: dict[int, Row] = field(default_factory=dict)
    order_values: dict[int, dict[int, Any]] = field(default_factory=dict)  # order -> property -> value
    webhook: Webhook = field(default_factory=Webhook)
    breaks: list[Break] = field(default_factory=list)
    counter: float = 0.0  # of the limit of requests
    counted_at: float = 0.0
    worked: dict[str, deque[tuple[float, float]]] = field(default_factory=dict)  # method -> (moment, seconds)
    last_id: int = 1000
    price_ids: dict[tuple[int, int], int] = field(default_factory=dict)  # (good, type) -> price
    amount_ids: dict[tuple[int, int], int] = field(default_factory=dict)  # (good, store) -> row
    image_ids: dict[int, list[int]] = field(default_factory=dict)  # good -> pictures
    enum_ids: dict[tuple[int, str], int] = field(default_factory=dict)  # (property, words) -> enum
    by_name: dict[tuple[int, str], int] = field(default_factory=dict)  # (iblock, name or code) -> property

    def new_id(self) -> int:
        """Ids rise and are never given twice; some are left out, as deleted rows leave them."""
        self.last_id += 1 if self.last_id % 7 else 3
        return self.last_id

    def property_of(self, iblock: int, name: str) -> Row | None:
        """A property by its name or its code."""
        return self.properties.get(self.by_name.get((iblock, name), 0))

    def add_property(self, iblock: int, name: str, code: str, kind: str, xml_id: str, **more: Any) -> Row:
        """A new property: kind S, N, L or F."""
        number = self.new_id()
        self.by_name[iblock, name] = self.by_name[iblock, code] = number
        row = self.properties[number] = {
            "id": number, "iblockId": iblock, "name": name, "active": "Y", "code": code,
            "propertyType": kind, "userType": None, "multiple": "N", "xmlId": xml_id, "sort": 500,
            "timestampX": None, "linkIblockId": None, "listType": "L", "isRequired": "N", **more,
        }  # fmt: skip
        return row

    def delete_property(self, iblock: int, name: str) -> None:
        """A property, with its values on every element."""
        number = self.by_name[iblock, name]
        del self.properties[number]
        self.by_name = {key: known for key, known in self.by_name.items() if known != number}
        for element in self.elements.values():
            element.pop(f"property{number}", None)

    def set_price(self, product: int, type_id: int, amount: float | None, moment: datetime) -> None:
        """A good's price in a type; None takes it away."""
        known = self.price_ids.get((product, type_id))
        if amount is None:
            if known is not None:
                del self.prices[known], self.price_ids[product, type_id]
            return
        price_id = known or self.new_id()
        self.price_ids[product, type_id] = price_id
        self.prices[price_id] = {
            "id": price_id, "productId": product, "catalogGroupId": type_id, "price": amount,
            "priceScale": amount, "currency": "RUB", "quantityFrom": None, "quantityTo": None,
            "extraId": None, "timestampX": moment,
        }  # fmt: skip

    def set_amount(self, product: int, store_id: int, amount: float | None) -> None:
        """A good's count in a store; None takes the row away. No date is kept."""
        known = self.amount_ids.get((product, store_id))
        if amount is None:
            if known is not None:
                del self.store_products[known], self.amount_ids[product, store_id]
            return
        row_id = known or self.new_id()
        self.amount_ids[product, store_id] = row_id
        self.store_products[row_id] = {
            "id": row_id, "productId": product, "storeId": store_id, "amount": amount,
            "quantityReserved": 0.0,
        }  # fmt: skip

    def set_value(self, element: Row, name: str, value: str | float | list[str] | None) -> None:
        """A property's value, by the property's name or code; a list's value by its words."""
        known = self.property_of(element["iblockId"], name)
        if known is None:
            raise KeyError(f"no property {name!r}")
        place = f"property{known['id']}"
        if value is None:
            element.pop(place, None)
            return
        values = value if isinstance(value, list) else [value]
        shown = [self._value(known, one) for one in values]
        element[place] = shown if known["multiple"] == "Y" else shown[0]

    def _value(self, known: Row, value: str | float) -> Row:
        if known["propertyType"] != "L":
            return {"value": str(value), "valueId": str(self.new_id())}
        enum = self.enum_ids.get((known["id"], str(value)))
        if enum is None:
            enum = self.enum_ids[known["id"], str(value)] = self.new_id()
            self.enums[enum] = {
                "id": enum, "propertyId": known["id"], "value": str(value), "xmlId": f"enum-{enum}",
                "def": "N", "sort": 500,
            }  # fmt: skip
        return {"value": str(enum), "valueId": str(self.new_id())}

    def delete_element(self, element_id: int) -> None:
        """A good or a variant, with what hangs on it; a good takes its variants along."""
        del self.elements[element_id]
        for keys, table in ((self.price_ids, self.prices), (self.amount_ids, self.store_products)):
            for key in [key for key in keys if key[0] == element_id]:
                del table[keys.pop(key)]
        for image in self.image_ids.pop(element_id, ()):
            del self.images[image]
        for variant in [
            row["id"]
            for row in self.elements.values()
            if row.get("parentId", {}).get("value") == str(element_id)
        ]:
            self.delete_element(variant)
