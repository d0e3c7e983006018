"""The reading methods about products: lists, cards, prices and stocks as reads show them (that is, with the
read lag).

Sources: Ozon Seller API, /v3/product/list, /v3/product/info/list, /v4/product/info/attributes,
/v5/product/info/prices, /v4/product/info/stocks; field lists of the documentation of October 2026. The
field `total`, retired on 2026-11-23 in three of them, is not answered.
"""

from __future__ import annotations

from typing import Any

from sandbox.clock import iso
from sandbox.ozon import action_rules, listing, money
from sandbox.ozon.errors import bad_request
from sandbox.ozon.state import Cabinet, Card, CardAttribute, ItemError, Prices, Product
from sandbox.ozon.system import OzonSystem, model_name
from sandbox.ozon.validation import Flag, Integer, Json, Message, Repeated, Text, broken_rule

_PAGE_SIZE = Integer("int32", inside=(1, listing.MAX_PAGE))
_STATUS_NAMES = {"imported": "Загружен", "processed": "Обработан", "price_sent": "Готов к продаже"}
_MILLIMETRES = {"mm": 1.0, "cm": 10.0, "in": 25.4}
# Ozon: one kilogram of volume weight is five litres.
_CUBIC_MM_PER_VOLUME_KG = 5_000_000

LIST_REQUEST = Message(
    "GetProductListRequest",
    {
        "filter": listing.filter_message("GetProductListRequest_Filter", "skus", required=False),
        "last_id": Text(),
        "limit": Integer(),
    },
)
INFO_REQUEST = Message(
    "GetProductInfoListRequest",
    {
        "offer_id": Repeated(Text()),
        "product_id": Repeated(Integer(above=0)),
        "sku": Repeated(Integer(above=0)),
    },
)
ATTRIBUTES_REQUEST = Message(
    "GetProductAttributesV4Request",
    {
        "filter": listing.filter_message("GetProductAttributesV4Request_Filter", "sku", required=False),
        "last_id": Text(),
        "limit": _PAGE_SIZE,
        "sort_by": Text(choices=("sku", "offer_id", "id", "title")),
        "sort_dir": Text(choices=("asc", "desc")),
    },
)
PRICES_REQUEST = Message(
    "GetProductInfoPricesV5Request",
    {
        "filter": listing.filter_message("GetProductInfoPricesV5Request_Filter", None, required=True),
        "cursor": Text(),
        "limit": _PAGE_SIZE,
    },
)
_STOCKS_FILTER = listing.filter_message("GetProductInfoStocksRequest_Filter", None, required=True)
STOCKS_REQUEST = Message(
    "GetProductInfoStocksRequest",
    {
        "filter": Message(
            _STOCKS_FILTER.name,
            {
                **_STOCKS_FILTER.fields,
                "with_quant": Message("WithQuant", {"created": Flag(), "exists": Flag()}),
            },
            required=True,
        ),
        "cursor": Text(),
        "limit": _PAGE_SIZE,
    },
)


def product_list(system: OzonSystem, cabinet: Cabinet, request: Json) -> Json:
    """POST /v3/product/list. With ids neither `limit` nor `last_id` is needed."""
    products = listing.select(cabinet, request["filter"], "GetProductListRequest")
    chosen = request["filter"] or {}
    limit = request["limit"]
    if not limit and any(chosen.get(name) for name in ("offer_id", "product_id", "skus")):
        limit = listing.MAX_PAGE
    if not 1 <= limit <= listing.MAX_PAGE:
        raise bad_request(
            broken_rule("GetProductListRequest.Limit", f"value must be inside range [1, {listing.MAX_PAGE}]")
        )
    shown, last_id, _ = listing.page(products, request["last_id"], limit)
    items = [
        {
            "product_id": each.product_id,
            "offer_id": each.offer_id_shown,
            "sku": each.sku,
            "archived": each.archived_shown,
            "has_fbo_stocks": False,
            "has_fbs_stocks": any(cell.present for cell in each.cells(shown=True).values()),
            "is_discounted": False,
            "quants": [],
        }
        for each in shown
    ]
    return {"result": {"items": items, "total_items": len(products), "last_id": last_id}}


def info_list(system: OzonSystem, cabinet: Cabinet, request: Json) -> Json:
    """POST /v3/product/info/list: up to 1000 ids of one kind; unknown ones are left out."""
    kinds = [name for name in ("offer_id", "product_id", "sku") if request[name]]
    if len(kinds) != 1:
        reason = "exactly one of offer_id, product_id and sku must be filled"
        raise bad_request(broken_rule("GetProductInfoListRequest", reason))
    ids = request[kinds[0]]
    if len(ids) > listing.MAX_IDS:
        path = f"GetProductInfoListRequest.{kinds[0]}"
        raise bad_request(broken_rule(path, f"value must contain no more than {listing.MAX_IDS} item(s)"))
    return {"items": [_info(system, cabinet, each) for each in listing.by_ids(cabinet, kinds[0], ids)]}


def info_attributes(system: OzonSystem, cabinet: Cabinet, request: Json) -> Json:
    """POST /v4/product/info/attributes. Sorting orders the page's products; pages follow the product id."""
    products = listing.select(cabinet, request["filter"], "GetProductAttributesV4Request")
    shown, last_id, _ = listing.page(products, request["last_id"], request["limit"])
    if request["sort_by"]:
        shown.sort(key=_SORT_KEYS[request["sort_by"]], reverse=request["sort_dir"] == "desc")
    total: int | str = len(products)
    return {
        "result": [_attributes(system, cabinet, each) for each in shown],
        "last_id": last_id,
        "total": total if system.knobs.attributes_total == "int" else str(total),
    }


def info_prices(system: OzonSystem, cabinet: Cabinet, request: Json) -> Json:
    """POST /v5/product/info/prices: money as numbers."""
    products = listing.select(cabinet, request["filter"], "GetProductInfoPricesV5Request")
    shown, cursor, more = listing.page(products, request["cursor"], request["limit"])
    return {
        "items": [_prices(system, cabinet, each) for each in shown],
        "cursor": _end_cursor(system, cursor, more),
        "total_items": len(products),
    }


def info_stocks(system: OzonSystem, cabinet: Cabinet, request: Json) -> Json:
    """POST /v4/product/info/stocks: stock by scheme, over all warehouses."""
    products = listing.select(cabinet, request["filter"], "GetProductInfoStocksRequest")
    shown, cursor, more = listing.page(products, request["cursor"], request["limit"])
    return {
        "items": [_stocks(each) for each in shown],
        "cursor": _end_cursor(system, cursor, more),
        "total_items": len(products),
    }


def _end_cursor(system: OzonSystem, cursor: str, more: bool) -> str:
    return "" if system.knobs.last_page_cursor == "empty" and not more else cursor


_SORT_KEYS: dict[str, Any] = {
    "sku": lambda product: product.sku,
    "offer_id": lambda product: product.offer_id_shown,
    "id": lambda product: product.product_id,
    "title": lambda product: _card(product).name,
}


def _card(product: Product) -> Card:
    """The card as reads show it; listings leave out products without one."""
    return product.card.shown if product.card.shown is not None else product.card.actual


def _shown_prices(product: Product) -> Prices:
    return product.prices.shown if product.prices.shown is not None else Prices(price=0)


def _volume_weight(card: Card) -> float:
    scale = _MILLIMETRES[card.dimension_unit] ** 3
    return round(card.depth * card.width * card.height * scale / _CUBIC_MM_PER_VOLUME_KG, 3)


def _model(cabinet: Cabinet, card: Card) -> Json:
    model_id, cards = cabinet.models[model_name(card)]
    return {"model_id": model_id, "count": cards}


def _declared(prices: Prices) -> Json | None:
    if prices.declared_price is None:
        return None
    return {"amount": money.text(prices.declared_price), "currency": prices.currency_code}


def _index(minimum: str, empty: str | float) -> Json:
    return {minimum: empty, f"{minimum}_currency": "RUB", "price_index_value": 0.0}


def _info(system: OzonSystem, cabinet: Cabinet, product: Product) -> Json:
    card, prices = _card(product), _shown_prices(product)
    cells = product.cells(shown=True).values()
    present, reserved = sum(cell.present for cell in cells), sum(cell.reserved for cell in cells)
    has_stock = present > reserved
    on_sale = product.stock_allowed and not product.archived_shown and has_stock and prices.price > 0
    return {
        "id": product.product_id,
        "offer_id": product.offer_id_shown,
        "sku": product.sku,
        "name": card.name,
        "type_id": card.type_id,
        "description_category_id": card.description_category_id,
        "barcodes": list(card.barcodes),
        "primary_image": [system.shown_image(card.primary_image)] if card.primary_image else [],
        "images": [system.shown_image(url) for url in card.images if url != card.primary_image],
        "color_image": [system.shown_image(card.color_image)] if card.color_image else [],
        "price": money.text(prices.price),
        "old_price": money.text(prices.old_price),
        "min_price": money.text(prices.min_price),
        "declared_price": _declared(prices),
        "currency_code": prices.currency_code,
        "vat": prices.vat,
        "is_archived": product.archive.shown == "manual",
        "is_autoarchived": product.archive.shown == "auto",
        "is_kgt": False,
        "is_discounted": False,
        "is_prepayment_allowed": True,
        "is_super": False,
        "has_discounted_fbo_item": False,
        "discounted_fbo_stocks": 0,
        "created_at": iso(product.created_at),
        "updated_at": iso(product.updated_at),
        "volume_weight": _volume_weight(card),
        "statuses": {
            "status": product.status.status,
            "status_failed": "",
            "status_name": "Продаётся" if on_sale else _STATUS_NAMES[product.status.status],
            "status_description": "",
            "status_tooltip": "",
            "status_updated_at": iso(product.status.changed_at),
            "moderate_status": product.status.moderate_status,
            "validation_status": product.status.validation_status,
            "is_created": product.status.is_created,
        },
        "errors": [_info_error(problem) for problem in product.errors],
        "stocks": {
            "has_stock": has_stock,
            "stocks": [{"sku": product.sku, "source": "fbs", "present": present, "reserved": reserved}]
            if product.sku
            else [],
        },
        "availabilities": [
            {
                "sku": product.sku,
                "source": "FBS",
                "availability": "AVAILABLE" if on_sale else "HIDDEN",
                "reasons": [] if on_sale else [{"id": 1, "human_text": {"text": "Нет в наличии"}}],
            }
        ]
        if product.sku
        else [],
        "commissions": [
            {
                "sale_schema": "FBS",
                "percent": 15.0,
                "value": round(money.number(prices.price) * 0.15, 2),
                "delivery_amount": 60.0,
                "return_amount": 40.0,
            }
        ],
        "price_indexes": {
            "color_index": "COLOR_INDEX_WITHOUT_INDEX",
            "external_index_data": _index("minimal_price", ""),
            "ozon_index_data": _index("minimal_price", ""),
            "self_marketplaces_index_data": _index("minimal_price", ""),
        },
        "model_info": _model(cabinet, card),
        "promotions": [{"type": "REVIEWS_PROMO", "is_enabled": False}],
        "sources": [
            {
                "sku": product.sku,
                "source": "SDS",
                "created_at": iso(product.created_at),
                "shipment_type": "SHIPMENT_TYPE_GENERAL",
                "quant_code": "",
            }
        ]
        if product.sku
        else [],
        "visibility_details": {"has_price": prices.price > 0, "has_stock": has_stock},
    }


def _info_error(problem: ItemError) -> Json:
    return {
        "code": problem.code,
        "field": problem.field,
        "attribute_id": problem.attribute_id,
        "level": "ERROR_LEVEL_ERROR" if problem.level == "error" else "ERROR_LEVEL_WARNING",
        "state": "imported",
        "texts": {
            "attribute_name": problem.attribute_name,
            "description": problem.description,
            "hint_code": problem.code,
            "message": problem.description,
            "params": [],
            "short_description": problem.description,
        },
    }


def _attributes(system: OzonSystem, cabinet: Cabinet, product: Product) -> Json:
    card = _card(product)
    return {
        "id": product.product_id,
        "offer_id": product.offer_id_shown,
        "sku": product.sku if system.knobs.attributes_sku == "int" else str(product.sku),
        "name": card.name,
        "barcode": card.barcodes[0] if card.barcodes else "",
        "barcodes": list(card.barcodes),
        "description_category_id": card.description_category_id,
        "type_id": card.type_id,
        "attributes": [_attribute(each, "dictionary_value_id") for each in card.attributes],
        "complex_attributes": [_attribute(each, "dictionaryValueId") for each in card.complex_attributes],
        "attributes_with_defaults": [],
        "depth": card.depth,
        "width": card.width,
        "height": card.height,
        "dimension_unit": card.dimension_unit,
        "weight": card.weight,
        "weight_unit": card.weight_unit,
        "primary_image": system.shown_image(card.primary_image),
        "images": [system.shown_image(url) for url in card.images],
        "color_image": system.shown_image(card.color_image),
        "pdf_list": [{"name": name, "file_name": link} for name, link in card.pdf_list],
        "model_info": _model(cabinet, card),
    }


def _attribute(attribute: CardAttribute, value_id_field: str) -> Json:
    """One attribute; the schema spells the id of a value in camel case inside complex attributes."""
    attribute_id, complex_id, values = attribute
    return {
        "id": attribute_id,
        "complex_id": complex_id,
        "values": [{value_id_field: value_id, "value": text} for value_id, text in values],
    }


def _marketing(system: OzonSystem, cabinet: Cabinet, product: Product) -> Json:
    """The running promotions that the seller put the product into."""
    moment = system.clock.utcnow()
    running = [
        (action, member)
        for action in cabinet.actions.values()
        if action.running(moment) and (member := action.member(product.product_id, shown=True)) is not None
    ]
    return {
        "actions": [
            {
                "date_from": iso(action.date_start),
                "date_to": iso(action.date_end),
                "title": action.title,
                "value": money.number(member.price),
            }
            for action, member in running
        ],
        "current_period_from": iso(min(a.date_start for a, _ in running)) if running else None,
        "current_period_to": iso(max(a.date_end for a, _ in running)) if running else None,
        "ozon_actions_exist": False,
    }


def _prices(system: OzonSystem, cabinet: Cabinet, product: Product) -> Json:
    prices = _shown_prices(product)
    return {
        "product_id": product.product_id,
        "offer_id": product.offer_id_shown,
        "acquiring": round(money.number(prices.price) * 0.015, 2),
        "volume_weight": _volume_weight(_card(product)),
        "price": {
            "price": money.number(prices.price),
            "old_price": money.number(prices.old_price),
            "min_price": money.number(prices.min_price),
            "net_price": money.number(prices.net_price),
            "marketing_seller_price": money.number(action_rules.buyers_price(system, cabinet, product)),
            "retail_price": 0.0,
            "currency_code": prices.currency_code,
            "vat": float(prices.vat),
            "declared_price": _declared(prices),
            "auto_action_enabled": prices.auto_action_enabled,
            "auto_add_to_ozon_actions_list_enabled": prices.auto_add_enabled,
        },
        "commissions": {
            "sales_percent_fbo": 15.0,
            "sales_percent_fbs": 15.0,
            "sales_percent_rfbs": 15.0,
            "sales_percent_fbp": 15.0,
            "fbo_deliv_to_customer_amount": 14.75,
            "fbo_direct_flow_trans_min_amount": 50.0,
            "fbo_direct_flow_trans_max_amount": 60.0,
            "fbo_return_flow_amount": 50.0,
            "fbs_deliv_to_customer_amount": 60.0,
            "fbs_direct_flow_trans_min_amount": 60.0,
            "fbs_direct_flow_trans_max_amount": 80.0,
            "fbs_first_mile_min_amount": 10.0,
            "fbs_first_mile_max_amount": 25.0,
            "fbs_return_flow_amount": 40.0,
        },
        "marketing_actions": _marketing(system, cabinet, product),
        "price_indexes": {
            "color_index": "WITHOUT_INDEX",
            "external_index_data": _index("min_price", 0.0),
            "ozon_index_data": _index("min_price", 0.0),
            "self_marketplaces_index_data": _index("min_price", 0.0),
        },
    }


def _stocks(product: Product) -> Json:
    cells = product.cells(shown=True)
    entry = {
        "type": "fbs",
        "present": sum(cell.present for cell in cells.values()),
        "reserved": sum(cell.reserved for cell in cells.values()),
        "sku": product.sku,
        "shipment_type": "SHIPMENT_TYPE_GENERAL",
        "warehouse_ids": sorted(cells),
    }
    return {
        "product_id": product.product_id,
        "offer_id": product.offer_id_shown,
        "stocks": [entry] if product.sku else [],
    }
