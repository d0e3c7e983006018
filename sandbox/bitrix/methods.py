"""The methods that the portal knows: which table each lists, with which fields.

Source: Bitrix24 REST documentation, api-reference/catalog (lists and data types); the lists of
orders stand in sandbox.bitrix.sales.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sandbox.bitrix import sales
from sandbox.bitrix.errors import Refusal
from sandbox.bitrix.knobs import BitrixKnobs
from sandbox.bitrix.query import PAGE, ListMethod, Page, run
from sandbox.bitrix.state import GOODS_IBLOCK, OFFERS_IBLOCK, Site

SIMPLE, HEAD, OFFER = 1, 3, 4  # catalog_product.type

_ELEMENT = {
    "id": "int", "iblockId": "int", "iblockSectionId": "int", "name": "str", "active": "str",
    "available": "str", "code": "str", "xmlId": "str", "dateCreate": "date", "timestampX": "date",
    "detailText": "str", "detailTextType": "str", "previewText": "str", "previewTextType": "str",
    "detailPicture": "any", "previewPicture": "any", "measure": "int", "vatId": "int", "vatIncluded": "str",
    "quantity": "float", "quantityReserved": "float", "quantityTrace": "str", "canBuyZero": "str",
    "weight": "float", "width": "float", "length": "float", "height": "float", "sort": "int", "type": "int",
    "purchasingPrice": "float", "purchasingCurrency": "str", "barcodeMulti": "str", "bundle": "str",
}  # fmt: skip

_PRICE = {
    "id": "int", "productId": "int", "catalogGroupId": "int", "price": "float", "priceScale": "float",
    "currency": "str", "quantityFrom": "int", "quantityTo": "int", "extraId": "int", "timestampX": "date",
}  # fmt: skip
_STORE = {
    "id": "int", "title": "str", "active": "str", "address": "str", "code": "str", "xmlId": "str",
    "sort": "int", "dateModify": "date", "dateCreate": "date", "issuingCenter": "str",
}  # fmt: skip
_PROPERTY = {
    "id": "int", "iblockId": "int", "name": "str", "active": "str", "code": "str", "propertyType": "str",
    "userType": "str", "multiple": "str", "xmlId": "str", "sort": "int", "timestampX": "date",
    "linkIblockId": "int", "listType": "str", "isRequired": "str",
}  # fmt: skip

Handler = Callable[[Site, Mapping[str, Any], BitrixKnobs], tuple[str, Page]]


def _list(key: str, fields: Mapping[str, str], table: str, *, in_prefix: bool = True) -> Handler:
    method = ListMethod(key, fields, in_prefix)

    def handle(site: Site, params: Mapping[str, Any], knobs: BitrixKnobs) -> tuple[str, Page]:
        return key, run(method, list(getattr(site, table).values()), params, knobs)

    return handle


def _elements(key: str, iblock: int, types: Callable[[BitrixKnobs], tuple[int, ...]], **more: str) -> Handler:
    def handle(site: Site, params: Mapping[str, Any], knobs: BitrixKnobs) -> tuple[str, Page]:
        def has(of: int, number: int) -> bool:
            known = site.properties.get(number)
            return known is not None and known["iblockId"] == of

        method = ListMethod(
            key,
            {**_ELEMENT, **more},
            in_prefix=False,
            must_select=("id", "iblockId"),
            must_filter=("iblockId",),
            properties=has,
        )
        wanted = types(knobs)
        rows = [row for row in site.elements.values() if row["iblockId"] == iblock and row["type"] in wanted]
        return key, run(method, rows, params, knobs)

    return handle


def _images(site: Site, params: Mapping[str, Any], knobs: BitrixKnobs) -> tuple[str, Page]:
    """Pictures of one good: no filter, and no pages."""
    product = params.get("productId")
    if product is None or not str(product).isdecimal():
        raise Refusal(100, "Could not find value for parameter {productId}")
    if int(product) not in site.elements:
        raise Refusal(200040400000, "The specified product does not exist")
    fields = {"id": "int", "name": "str", "productId": "int", "type": "str", "createTime": "date",
              "downloadUrl": "str", "detailUrl": "str"}  # fmt: skip
    rows = [site.images[image] for image in site.image_ids.get(int(product), ())]
    chosen = {"select": params["select"]} if "select" in params else {}
    found = run(ListMethod("productImages", fields), rows, {**chosen, "start": -1}, knobs)
    return "productImages", Page(found.rows[:PAGE], total=len(rows))


METHODS: dict[str, Handler] = {
    "catalog.catalog.list": _list(
        "catalogs",
        {"id": "int", "iblockId": "int", "iblockTypeId": "str", "lid": "str", "name": "str",
         "productIblockId": "int", "skuPropertyId": "int", "subscription": "str", "vatId": "int"},
        "catalogs",
    ),
    "catalog.product.list": _elements(
        "products", GOODS_IBLOCK, lambda knobs: (SIMPLE, HEAD) if knobs.heads_in_products else (SIMPLE,)
    ),
    "catalog.product.sku.list": _elements("units", GOODS_IBLOCK, lambda _: (HEAD,)),
    "catalog.product.offer.list": _elements("offers", OFFERS_IBLOCK, lambda _: (OFFER,), parentId="any"),
    "catalog.price.list": _list("prices", _PRICE, "prices"),
    "catalog.priceType.list": _list(
        "priceTypes",
        {"id": "int", "name": "str", "base": "str", "sort": "int", "xmlId": "str", "timestampX": "date"},
        "price_types",
    ),
    "catalog.storeproduct.list": _list(
        "storeProducts",
        {"id": "int", "productId": "int", "storeId": "int", "amount": "float", "quantityReserved": "float"},
        "store_products",
    ),
    "catalog.store.list": _list("stores", _STORE, "stores"),
    "catalog.section.list": _list(
        "sections",
        {"id": "int", "iblockId": "int", "iblockSectionId": "int", "name": "str", "xmlId": "str",
         "code": "str", "sort": "int", "active": "str", "description": "str"},
        "sections",
    ),
    "catalog.productProperty.list": _list("productProperties", _PROPERTY, "properties", in_prefix=False),
    "catalog.productPropertyEnum.list": _list(
        "productPropertyEnums",
        {"id": "int", "propertyId": "int", "value": "str", "xmlId": "str", "def": "str", "sort": "int"},
        "enums",
    ),
    "catalog.measure.list": _list(
        "measures",
        {"id": "int", "code": "int", "measureTitle": "str", "symbol": "str", "symbolIntl": "str",
         "isDefault": "str"},
        "measures",
    ),
    "catalog.vat.list": _list(
        "vats", {"id": "int", "name": "str", "active": "str", "rate": "float", "sort": "int"}, "vats"
    ),
    "catalog.productImage.list": _images,
    **sales.LISTS,
}  # fmt: skip

WRITES = frozenset(
    {"catalog.product.update", "catalog.product.add", "catalog.price.modify", "catalog.store.add"}
)
"""Methods that exist and that nobody who only reads may call; a call is answered as one without the right."""
