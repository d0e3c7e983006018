"""What people do on the site: fill it, edit goods, prices and stocks, close the webhook, break a method."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sandbox.bitrix.fill import fill
from sandbox.bitrix.methods import METHODS, SIMPLE
from sandbox.bitrix.sales import SINGLE, lines_of
from sandbox.bitrix.state import GOODS_IBLOCK, Break, Row, Site
from sandbox.bitrix.system import BitrixSystem
from sandbox.ozon.cabinet_control import ControlError

Json = dict[str, Any]

_GOOD = frozenset(
    {"xmlId", "id", "name", "active", "newXmlId", "prices", "stocks", "properties", "delete", "detailText"}
)
_ORDER = ("id", "xmlId", "accountNumber", "statusId", "canceled", "reasonCanceled", "externalOrder", "lid",
          "personTypeId", "currency", "price", "comments", "userId")  # fmt: skip
_ORDER_CHANGES = frozenset(
    {"id", "xmlId", "newXmlId", "statusId", "canceled", "price", "comments", "quantities", "delete"}
)
_STATES = ("active", "expired", "denied")


def fill_site(system: BitrixSystem, order: Json) -> Json:
    """{"goods": how many sellable offers, "seed", "marked"}: the portal anew, with the generator's goods."""
    system.site = Site(webhook=system.site.webhook)
    return fill(
        system.site,
        system.clock.utcnow(),
        goods=int(order["goods"]),
        seed=int(order.get("seed", 1)),
        marked=float(order.get("marked", 0.95)),
    )


def edit(system: BitrixSystem, order: Json) -> Json:
    """{"goods": [{"xmlId" or "id", what changes}], "age": seconds ago that it was}.

    Of a good: name, active, detailText, newXmlId, prices {type: amount or null}, stocks {store: count or null},
    properties {name: value or null}, delete. A good's own fields and properties move its timestampX, a price
    moves its own, a count moves none.
    """
    moment = system.clock.utcnow().replace(microsecond=0) - timedelta(seconds=float(order.get("age", 0)))
    site = system.site
    for change in order["goods"]:
        unknown = sorted(set(change) - _GOOD)
        if unknown:
            raise ControlError(f"a good has no {unknown[0]}; there are: {', '.join(sorted(_GOOD))}")
        for element in _found(site, change):
            if change.get("delete"):
                site.delete_element(element["id"])
                continue
            _edit_element(site, element, change, moment)
    return {"edited": len(order["goods"])}


def _edit_element(site: Site, element: Row, change: Json, moment: Any) -> None:
    for name, value in change.get("prices", {}).items():
        site.set_price(element["id"], _id_by(site.price_types, "name", name), value, moment)
    for name, value in change.get("stocks", {}).items():
        site.set_amount(element["id"], _id_by(site.stores, "title", name), value)
    own: Row = {key: change[key] for key in ("name", "active", "detailText") if key in change}
    if "newXmlId" in change:
        own["xmlId"] = change["newXmlId"]
    element |= own
    for name, value in change.get("properties", {}).items():
        site.set_value(element, name, value)
    if own or change.get("properties"):
        element["timestampX"] = moment


def add(system: BitrixSystem, order: Json) -> Json:
    """{"name", "xmlId"}: a simple good made by hand in the portal; without an xmlId it gets its own id there."""
    site = system.site
    element = site.new_id()
    site.elements[element] = {
        "id": element, "iblockId": GOODS_IBLOCK, "iblockSectionId": None, "type": SIMPLE,
        "name": order["name"], "xmlId": order.get("xmlId", str(element)), "active": "Y", "available": "Y",
        "code": f"good-{element}", "sort": 500, "timestampX": system.clock.utcnow().replace(microsecond=0),
        "dateCreate": system.clock.utcnow().replace(microsecond=0), "detailText": None,
        "detailTextType": "text", "vatIncluded": "Y", "quantity": 0.0, "quantityReserved": 0.0,
    }  # fmt: skip
    return {"id": element}


def drop(system: BitrixSystem, order: Json) -> Json:
    """{"property": name} of the goods, or {"priceType": name}, whose prices stay behind."""
    site = system.site
    if "property" in order:
        site.delete_property(GOODS_IBLOCK, order["property"])
    else:
        del site.price_types[_id_by(site.price_types, "name", order["priceType"])]
    return {}


def webhook(system: BitrixSystem, order: Json) -> Json:
    """{"state": active, expired or denied, "scopes": [...], "secret"}"""
    known = system.site.webhook
    state = order.get("state", known.state)
    if state not in _STATES:
        raise ControlError(f"state is one of {', '.join(_STATES)}")
    known.state = state
    known.secret = order.get("secret", known.secret)
    if "scopes" in order:
        known.scopes = frozenset(order["scopes"])
    return {"state": known.state, "scopes": sorted(known.scopes)}


def break_method(system: BitrixSystem, order: Json) -> Json:
    """{"method", "error": a code, "after": calls that still work, "count": calls that fail}."""
    known = {*METHODS, *SINGLE}
    if order["method"] not in known:
        raise ControlError(f"no method {order['method']}; there are: {', '.join(sorted(known))}")
    system.site.breaks = [
        Break(order["method"], order["error"], int(order.get("after", 0)), int(order.get("count", 1)))
    ]
    return {}


def state(system: BitrixSystem) -> Json:
    """Every good by its xmlId: its prices by the type's name, its counts by the store's title."""
    site = system.site
    goods: Json = {
        row["id"]: {
            "id": row["id"], "xmlId": row["xmlId"], "name": row["name"], "active": row["active"],
            "prices": {}, "stocks": {},
        }
        for row in site.elements.values()
    }  # fmt: skip
    for price in site.prices.values():
        known_type = site.price_types.get(price["catalogGroupId"])
        if known_type:
            goods[price["productId"]]["prices"][known_type["name"]] = price["price"]
    for row in site.store_products.values():
        goods[row["productId"]]["stocks"][site.stores[row["storeId"]]["title"]] = row["amount"]
    return {good["xmlId"]: good for good in goods.values()}


def orders(system: BitrixSystem) -> list[Json]:
    """Every order, the oldest first: xmlId, statusId, canceled, externalOrder, price, comments, lines, properties."""
    site = system.site
    return [
        {
            **{name: row[name] for name in _ORDER},
            "properties": {str(number): value for number, value in site.order_values[row["id"]].items()},
            "lines": [
                {
                    name: line[name]
                    for name in ("id", "productId", "productXmlId", "xmlId", "name", "quantity", "price")
                }
                for line in lines_of(site, row["id"])
            ],
        }
        for row in site.orders.values()
    ]


def edit_order(system: BitrixSystem, order: Json) -> Json:
    """{"xmlId" or "id", what changes}: what the shop's staff does to an order in its admin pages.

    Of an order: statusId, canceled, price, comments, newXmlId, quantities {xmlId of a line: count, 0 takes it out},
    delete.
    """
    site = system.site
    unknown = sorted(set(order) - _ORDER_CHANGES)
    if unknown:
        raise ControlError(f"an order has no {unknown[0]}; there are: {', '.join(sorted(_ORDER_CHANGES))}")
    found = [row for row in site.orders.values() if order.get("id", row["id"]) == row["id"]
             and order.get("xmlId", row["xmlId"]) == row["xmlId"]]  # fmt: skip
    if not found:
        raise ControlError("there is no such order")
    for row in found:
        for name in ("statusId", "canceled", "price", "comments"):
            row[name] = order.get(name, row[name])
        row["xmlId"] = order.get("newXmlId", row["xmlId"])
        row["dateUpdate"] = system.clock.utcnow().replace(microsecond=0)
        for line in lines_of(site, row["id"]):
            line["quantity"] = float(order.get("quantities", {}).get(line["xmlId"], line["quantity"]))
            if not line["quantity"] or order.get("delete"):
                del site.basket[line["id"]]
        if order.get("delete"):
            del site.orders[row["id"]], site.order_values[row["id"]]
    return {"edited": len(found)}


def _found(site: Site, change: Json) -> list[Row]:
    if "id" in change:
        return [site.elements[int(change["id"])]]
    found = [row for row in site.elements.values() if row["xmlId"] == change["xmlId"]]
    if not found:
        raise ControlError(f"no good with the xmlId {change['xmlId']}")
    return found


def _id_by(table: dict[int, Row], name: str, value: str) -> int:
    for row in table.values():
        if row[name] == value:
            return int(row["id"])
    raise ControlError(
        f"nothing is called {value!r}; there are: {', '.join(row[name] for row in table.values())}"
    )


ORDERS: dict[str, Callable[[BitrixSystem, Json], Json]] = {
    "fill": fill_site,
    "edit": edit,
    "add": add,
    "drop": drop,
    "edit_order": edit_order,
    "webhook": webhook,
    "break": break_method,
}
