"""The portal's orders: what the methods of the scope `sale` take, answer and refuse.

Source: Bitrix24 REST documentation, api-reference/sale (order, basket-item, status, person-type, property-value,
data types, default table of statuses). An xmlId of an order need not be unique: a client that repeats an
order.add has two orders. Where the real portal passes over an unknown field in silence, this one refuses it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sandbox.bitrix.errors import Refusal
from sandbox.bitrix.knobs import BitrixKnobs
from sandbox.bitrix.query import ListMethod, Page, run, shown, zone_of
from sandbox.bitrix.state import Row, Site

NO_ORDER = 200540400001
NO_LINE = 200140400001
BAD_LINE = 200140400007
LINE_WITHOUT_ORDER = 200140400008
LINE_OF_NO_ORDER = 200140400009
OTHER_CURRENCY = 200140400011

_ORDER_STATUS = "O"  # a status is of orders, or of deliveries ("D")
_CURRENCIES = frozenset({"RUB", "BYN", "KZT", "USD", "EUR", "CNY"})
_SITES = frozenset({"s1"})
_FLAGS = ("externalOrder", "canceled", "marked", "updated1c", "recountFlag")

_ORDER = {
    "id": "int", "accountNumber": "str", "additionalInfo": "str", "affiliateId": "int", "canceled": "str",
    "comments": "str", "companyId": "int", "currency": "str", "dateCanceled": "date", "dateInsert": "date",
    "dateLock": "date", "dateMarked": "date", "dateStatus": "date", "dateUpdate": "date", "deducted": "str",
    "discountValue": "float", "empCanceledId": "int", "empMarkedId": "int", "empStatusId": "int",
    "externalOrder": "str", "id1c": "str", "lid": "str", "lockedBy": "str", "marked": "str",
    "orderTopic": "str", "payed": "str", "personTypeId": "int", "personTypeXmlId": "str", "price": "float",
    "reasonCanceled": "str", "reasonMarked": "str", "recountFlag": "str", "recurringId": "str",
    "responsibleId": "int", "statusId": "str", "statusXmlId": "str", "taxValue": "float", "updated1c": "str",
    "userDescription": "str", "userId": "int", "version": "int", "version1c": "str", "xmlId": "str",
}  # fmt: skip
_ORDER_UPDATES = frozenset(
    {"price", "discountValue", "statusId", "empStatusId", "dateInsert", "marked", "empMarkedId", "reasonMarked",
     "userDescription", "additionalInfo", "comments", "responsibleId", "recurringId", "lockedBy", "recountFlag",
     "affiliateId", "updated1c", "orderTopic", "xmlId", "id1c", "version1c", "externalOrder", "canceled",
     "empCanceledId", "reasonCanceled"}
)  # fmt: skip
_ORDER_ADDS = _ORDER_UPDATES | {"lid", "personTypeId", "currency", "userId", "companyId"}

_LINE = {
    "id": "int", "orderId": "int", "productId": "int", "name": "str", "sort": "int", "quantity": "float",
    "price": "float", "basePrice": "float", "discountPrice": "float", "currency": "str", "customPrice": "str",
    "weight": "float", "dimensions": "str", "measureCode": "str", "measureName": "str", "canBuy": "str",
    "vatRate": "float", "vatIncluded": "str", "catalogXmlId": "str", "productXmlId": "str", "xmlId": "str",
    "dateInsert": "date", "dateUpdate": "date",
}  # fmt: skip
_LINE_UPDATES = frozenset(
    {"sort", "price", "basePrice", "discountPrice", "quantity", "xmlId", "name", "weight", "dimensions",
     "measureCode", "measureName", "canBuy", "vatRate", "vatIncluded", "catalogXmlId", "productXmlId"}
)  # fmt: skip
_LINE_ADDS = _LINE_UPDATES | {"orderId", "productId", "currency", "customPrice"}

_STATUS = {"id": "str", "type": "str", "notify": "str", "color": "str", "sort": "int", "xmlId": "str"}
_PERSON_TYPE = {
    "id": "int", "name": "str", "code": "str", "sort": "int", "active": "str", "xmlId": "str", "lid": "str",
}  # fmt: skip

Handler = Callable[[Site, Mapping[str, Any], BitrixKnobs, datetime], Any]
ListHandler = Callable[[Site, Mapping[str, Any], BitrixKnobs], tuple[str, Page]]


def begin(site: Site) -> None:
    """The statuses and the kinds of buyers that every portal begins with."""
    rows = (("N", "O", 100), ("P", "O", 130), ("S", "O", 150), ("D", "O", 180), ("F", "O", 200),
            ("DN", "D", 300), ("DD", "D", 350), ("DF", "D", 400))  # fmt: skip
    for name, kind, sort in rows:
        site.statuses[name] = {
            "id": name, "type": kind, "notify": "Y", "color": None, "sort": sort, "xmlId": None
        }  # fmt: skip
    for number, name in ((1, "Физическое лицо"), (2, "Юридическое лицо")):
        site.person_types[number] = {
            "id": number, "name": name, "code": None, "sort": 100 * number, "active": "Y", "xmlId": None,
            "lid": "s1",
        }  # fmt: skip
    for number, (code, name) in enumerate(
        (("FIO", "Ф.И.О."), ("EMAIL", "E-Mail"), ("PHONE", "Телефон"), ("NUMBER", "Номер у площадки")), 20
    ):
        site.order_properties[number] = {"id": number, "code": code, "name": name, "personTypeId": 1}


# ------------------------------------------------------------------ orders


def _order_add(site: Site, params: Mapping[str, Any], knobs: BitrixKnobs, now: datetime) -> Any:
    fields = _fields(params, _ORDER_ADDS)
    missing = [name for name in ("lid", "personTypeId", "currency") if fields.get(name) in (None, "")]
    if missing:
        raise Refusal(0, f"Required fields: {', '.join(missing)}")
    if fields["lid"] not in _SITES:
        raise Refusal(0, f"Site not found: {fields['lid']}")
    if _whole(fields["personTypeId"], "personTypeId") not in site.person_types:
        raise Refusal(0, f"Person type not found: {fields['personTypeId']}")
    if fields["currency"] not in _CURRENCIES:
        raise Refusal(0, f"Currency not found: {fields['currency']}")
    _check_order(site, fields)
    number = site.new_id()
    row: Row = dict.fromkeys(_ORDER)
    row |= {
        "id": number, "accountNumber": str(number), "canceled": "N", "marked": "N", "payed": "N", "deducted": "N",
        "externalOrder": "N", "updated1c": "N", "recountFlag": "Y", "statusId": "N", "price": 0.0,
        "discountValue": 0.0, "taxValue": 0.0, "userId": 1, "version": 0, "dateInsert": now, "dateStatus": now,
        "dateUpdate": now, "xmlId": f"bx_{number:x}",
    }  # fmt: skip
    site.orders[number] = row
    site.order_values[number] = {}
    _set_order(row, fields, knobs, now)
    return {"order": _order_shown(row, knobs)}


def _order_update(site: Site, params: Mapping[str, Any], knobs: BitrixKnobs, now: datetime) -> Any:
    row = _order_of(site, params.get("id"))
    fields = _fields(params, _ORDER_UPDATES)
    _check_order(site, fields)
    _set_order(row, fields, knobs, now)
    return {"order": _order_shown(row, knobs)}


def _order_get(site: Site, params: Mapping[str, Any], knobs: BitrixKnobs, now: datetime) -> Any:
    row = _order_of(site, params.get("id"))
    return {
        "order": {
            **_order_shown(row, knobs),
            "basketItems": [_line_shown(line, knobs) for line in lines_of(site, row["id"])],
            "propertyValues": _values_shown(site, row["id"]),
            "payments": [],
            "shipments": [],
        }
    }


def _check_order(site: Site, fields: Mapping[str, Any]) -> None:
    status = site.statuses.get(str(fields["statusId"])) if "statusId" in fields else None
    if "statusId" in fields and (status is None or status["type"] != _ORDER_STATUS):
        raise Refusal(0, f"Status not found: {fields['statusId']}")
    for name in _FLAGS:
        if name in fields and fields[name] not in ("Y", "N"):
            raise Refusal(0, f"Wrong value of {name}: {fields[name]}")
    for name in ("price", "discountValue"):
        if name in fields:
            _number(fields[name], name)


def _set_order(row: Row, fields: Mapping[str, Any], knobs: BitrixKnobs, now: datetime) -> None:
    for name, value in fields.items():
        kind = _ORDER[name]
        if kind == "float":
            value = _number(value, name)
        elif kind == "int" and value not in (None, ""):
            value = _whole(value, name)
        elif kind == "date":
            value = _moment(value, name, knobs)
        if name == "statusId" and value != row["statusId"]:
            row["dateStatus"] = now
        if name == "canceled" and value != row["canceled"]:
            row["dateCanceled"] = now
        row[name] = value
    row["dateUpdate"] = now
    row["version"] += 1


def _order_of(site: Site, value: Any) -> Row:
    if value in (None, ""):
        raise Refusal(100, "Could not find value for parameter {id}")
    found = site.orders.get(int(value)) if str(value).isdecimal() else None
    if found is None:
        raise Refusal(NO_ORDER, "order is not exists")
    return found


def _order_shown(row: Row, knobs: BitrixKnobs) -> Row:
    return {**shown(row, list(_ORDER), knobs), "clients": [], "requisiteLink": []}


# ------------------------------------------------------------------ lines


def lines_of(site: Site, order: int) -> list[Row]:
    """An order's lines, in the order in which they were added."""
    return [line for line in site.basket.values() if line["orderId"] == order]


def _line_add(site: Site, params: Mapping[str, Any], knobs: BitrixKnobs, now: datetime) -> Any:
    fields = _fields(params, _LINE_ADDS)
    if fields.get("orderId") in (None, ""):
        raise Refusal(LINE_WITHOUT_ORDER, "Required fields: fields[ORDER_ID]")
    missing = [name for name in ("productId", "currency", "quantity") if fields.get(name) in (None, "")]
    if missing:
        raise Refusal(100, f"Could not find value for parameter {{{missing[0]}}}")
    known = site.orders.get(int(fields["orderId"])) if str(fields["orderId"]).isdecimal() else None
    if known is None:
        raise Refusal(LINE_OF_NO_ORDER, "Order not found")
    if fields["currency"] != known["currency"]:
        raise Refusal(OTHER_CURRENCY, "Currency must be the currency of the order")
    product = _whole(fields["productId"], "productId")
    element = site.elements.get(product)
    if product and (element is None or element["active"] != "Y"):
        raise Refusal(BAD_LINE, "basket item is not saved - bad data")
    if not product and not fields.get("name"):
        raise Refusal(BAD_LINE, "basket item is not saved - bad data")
    number = site.new_id()
    row: Row = dict.fromkeys(_LINE)
    row |= {
        "id": number, "orderId": known["id"], "productId": product, "sort": 100, "currency": known["currency"],
        "customPrice": fields.get("customPrice", "N"), "discountPrice": 0.0, "canBuy": "Y", "dateInsert": now,
        "xmlId": f"bx_{number:x}", "measureCode": "796", "measureName": "шт", "vatIncluded": "Y",
    }  # fmt: skip
    if element is not None:
        row |= {"name": element["name"], "productXmlId": element["xmlId"], "weight": element.get("weight")}
    if row["customPrice"] != "Y":
        # prices come from the catalog, whatever was sent
        fields = {
            key: value for key, value in fields.items() if key not in ("price", "basePrice", "discountPrice")
        }
        price = next((one["price"] for one in site.prices.values() if one["productId"] == product), 0.0)
        row |= {"price": price, "basePrice": price}
    row |= _line_values(fields)
    _check_price(row)
    row["dateUpdate"] = now
    site.basket[number] = row
    _recount(site, known, knobs, now)
    return {"basketItem": _line_shown(row, knobs)}


def _line_update(site: Site, params: Mapping[str, Any], knobs: BitrixKnobs, now: datetime) -> Any:
    row = _line_of(site, params.get("id"))
    changed = {**row, **_line_values(_fields(params, _LINE_UPDATES))}
    _check_price(changed)
    row |= {**changed, "dateUpdate": now}
    _recount(site, site.orders[row["orderId"]], knobs, now)
    return {"basketItem": _line_shown(row, knobs)}


def _line_delete(site: Site, params: Mapping[str, Any], knobs: BitrixKnobs, now: datetime) -> Any:
    row = _line_of(site, params.get("id"))
    del site.basket[row["id"]]
    _recount(site, site.orders[row["orderId"]], knobs, now)
    return True


def _line_of(site: Site, value: Any) -> Row:
    if value in (None, ""):
        raise Refusal(100, "Could not find value for parameter {id}")
    found = site.basket.get(int(value)) if str(value).isdecimal() else None
    if found is None:
        raise Refusal(NO_LINE, "basket item is not exists")
    return found


def _line_values(fields: Mapping[str, Any]) -> Row:
    values: Row = {}
    for name, value in fields.items():
        if name in ("orderId", "productId", "currency", "customPrice"):
            continue
        values[name] = _number(value, name) if _LINE[name] == "float" else value
    if values.get("quantity", 1.0) <= 0:
        raise Refusal(BAD_LINE, "basket item is not saved - bad data")
    return values


def _check_price(row: Row) -> None:
    if row["customPrice"] != "Y":
        return
    price, base, discount = (row[name] for name in ("price", "basePrice", "discountPrice"))
    if price is None or base is None or abs(base - price - (discount or 0.0)) > 0.005:
        raise Refusal(BAD_LINE, "basket item is not saved - bad data")


def _recount(site: Site, order: Row, knobs: BitrixKnobs, now: datetime) -> None:
    if knobs.order_price == "recounted":
        order["price"] = round(
            sum(line["price"] * line["quantity"] for line in lines_of(site, order["id"])), 2
        )
    order["dateUpdate"] = now
    order["version"] += 1


def _line_shown(row: Row, knobs: BitrixKnobs) -> Row:
    return {**shown(row, list(_LINE), knobs), "properties": [], "reservations": []}


# ------------------------------------------------------------------ properties


def _values_modify(site: Site, params: Mapping[str, Any], knobs: BitrixKnobs, now: datetime) -> Any:
    """All values of an order at once: what is not named is removed."""
    told = _fields(params, frozenset({"order"}))["order"]
    if not isinstance(told, Mapping) or "propertyValues" not in told:
        raise Refusal(0, "Required fields: order")
    row = _order_of(site, told.get("id"))
    listed = told["propertyValues"]
    values: dict[int, Any] = {}
    for one in listed if isinstance(listed, list) else [listed]:
        number = _whole(one.get("orderPropsId"), "orderPropsId") if isinstance(one, Mapping) else 0
        if number not in site.order_properties:
            raise Refusal(0, f"Property not found: {number}")
        values[number] = one.get("value")
    site.order_values[row["id"]] = values
    row["dateUpdate"] = now
    row["version"] += 1
    return {"propertyValues": _values_shown(site, row["id"])}


def _values_shown(site: Site, order: int) -> list[Row]:
    return [
        {
            "id": 100_000 + number, "orderPropsId": number, "orderPropsXmlId": None, "value": value,
            "code": site.order_properties[number]["code"], "name": site.order_properties[number]["name"],
        }
        for number, value in site.order_values[order].items()
    ]  # fmt: skip


# ------------------------------------------------------------------ what all of them share


def _fields(params: Mapping[str, Any], known: frozenset[str]) -> dict[str, Any]:
    fields = params.get("fields")
    if not isinstance(fields, Mapping) or not fields:
        raise Refusal(100, "Could not find value for parameter {fields}")
    unknown = sorted(set(fields) - known)
    if unknown:
        raise Refusal(0, f"Unknown field: {unknown[0]}")
    return dict(fields)


def _number(value: Any, name: str) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        raise Refusal(0, f"Wrong number in {name}: {value}") from None


def _whole(value: Any, name: str) -> int:
    if isinstance(value, bool) or not str(value).isdecimal():
        raise Refusal(0, f"Wrong number in {name}: {value}")
    return int(value)


def _moment(value: Any, name: str, knobs: BitrixKnobs) -> datetime:
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        raise Refusal(0, f"Wrong date in {name}: {value}") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=zone_of(knobs))


def _list(key: str, fields: Mapping[str, str], table: str) -> ListHandler:
    method = ListMethod(key, fields)

    def handle(site: Site, params: Mapping[str, Any], knobs: BitrixKnobs) -> tuple[str, Page]:
        return key, run(method, list(getattr(site, table).values()), params, knobs)

    return handle


LISTS: dict[str, ListHandler] = {
    "sale.order.list": _list("orders", _ORDER, "orders"),
    "sale.basketitem.list": _list("basketItems", _LINE, "basket"),
    "sale.status.list": _list("statuses", _STATUS, "statuses"),
    "sale.persontype.list": _list("personTypes", _PERSON_TYPE, "person_types"),
}

SINGLE: dict[str, Handler] = {
    "sale.order.add": _order_add,
    "sale.order.update": _order_update,
    "sale.order.get": _order_get,
    "sale.basketitem.add": _line_add,
    "sale.basketitem.update": _line_update,
    "sale.basketitem.delete": _line_delete,
    "sale.propertyvalue.modify": _values_modify,
}
