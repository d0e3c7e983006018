"""POST /v2/warehouse/list and /v1/product/info/warehouse/stocks.

Sources: Ozon Seller API, the two methods.
"""

from __future__ import annotations

from sandbox.clock import iso
from sandbox.ozon.errors import NOT_FOUND, Refusal, bad_request
from sandbox.ozon.state import Cabinet, StockCell, Warehouse
from sandbox.ozon.system import KEY_LIFETIME, OzonSystem
from sandbox.ozon.validation import Integer, Json, Message, Repeated, Text

# Ozon Seller API: 200 warehouses and 1000 stocks a page.
LIST_REQUEST = Message(
    "WarehouseListV2Request",
    {
        "limit": Integer(inside=(1, 200)),
        "cursor": Text(),
        "warehouse_ids": Repeated(Integer(above=0), max_items=200),
    },
)
STOCKS_REQUEST = Message(
    "ProductInfoWarehouseStocksRequest",
    {"warehouse_id": Integer(above=0), "limit": Integer(inside=(1, 1000)), "cursor": Text()},
)

_WORKING_DAYS = ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY"]


def warehouse_list(system: OzonSystem, cabinet: Cabinet, request: Json) -> Json:
    """All warehouses or the named ones, by rising id."""
    after = _number(request["cursor"])
    wanted = set(request["warehouse_ids"]) or cabinet.warehouses.keys()
    rest = [each for id_, each in sorted(cabinet.warehouses.items()) if id_ in wanted and id_ > after]
    page = rest[: request["limit"]]
    opened = iso(cabinet.key_expires_at - KEY_LIFETIME)
    return {
        "warehouses": [_warehouse(each, opened) for each in page],
        "cursor": str(page[-1].warehouse_id) if page else "",
        "has_next": len(rest) > len(page),
    }


def _warehouse(warehouse: Warehouse, opened: str) -> Json:
    return {
        "warehouse_id": warehouse.warehouse_id,
        "name": warehouse.name,
        "status": warehouse.status,
        "address_info": {
            "address": warehouse.address,
            "latitude": 55.75,
            "longitude": 37.62,
            "utc": "UTC+03:00",
        },
        "phone": "+7(900)000-00-00",
        "courier_phones": ["+7(900)000-00-00"],
        "courier_comment": "",
        "created_at": opened,
        "updated_at": opened,
        "pause_at": None,
        "is_rfbs": False,
        "is_kgt": False,
        "is_express": False,
        "is_comfort": False,
        "is_auto_assembly": False,
        "is_waybill_enabled": False,
        "with_item_list": False,
        "warehouse_type": "fbs",
        "working_days": list(_WORKING_DAYS),
        "timetable": {"timetable_from": opened, "timetable_to": None, "working_hours": []},
        "cut_in_time": 900,
        "sla_cut_in": 120,
        "first_mile": {
            "type": "DROP_OFF",
            "dropoff_point_id": "1020002075314000",
            "timeslot_id": 0,
            "timeslot_from": "09:00",
            "timeslot_to": "18:00",
            "first_mile_is_changing": False,
        },
        "carriage_label_type": "BIG",
        "has_entrusted_acceptance": False,
        "has_postings_limit": False,
        "postings_limit": -1,
        "min_postings_limit": 1,
    }


def warehouse_stocks(system: OzonSystem, cabinet: Cabinet, request: Json) -> Json:
    """Every product that has ever had a stock in the warehouse, by rising SKU, zeros included."""
    warehouse_id = request["warehouse_id"]
    if warehouse_id not in cabinet.warehouses:
        raise Refusal(404, NOT_FOUND, "WAREHOUSE_NOT_FOUND")
    after = _number(request["cursor"])
    rest: list[Json] = []
    for sku, product in cabinet.by_sku.items():
        cell = product.stocks.get(warehouse_id)
        if sku <= after or cell is None or cell.shown is None or product.card.shown is None:
            continue
        rest.append(_stock(sku, product.product_id, product.offer_id_shown, warehouse_id, cell.shown))
        if len(rest) > request["limit"]:
            break
    page = rest[: request["limit"]]
    return {
        "stocks": page,
        "cursor": str(page[-1]["sku"]) if page else "",
        "has_next": len(rest) > len(page),
    }


def _stock(sku: int, product_id: int, offer_id: str, warehouse_id: int, cell: StockCell) -> Json:
    return {
        "sku": sku,
        "product_id": product_id,
        "offer_id": offer_id,
        "warehouse_id": warehouse_id,
        "present": cell.present,
        "reserved": cell.reserved,
        "free_stock": cell.free,
        "updated_at": iso(cell.updated_at),
    }


def _number(cursor: str) -> int:
    if not cursor:
        return 0
    if not cursor.isdigit():
        raise bad_request(f"invalid cursor {cursor[:40]!r}")
    return int(cursor)
