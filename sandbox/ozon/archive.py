"""POST /v1/product/archive, /v1/product/unarchive and /v2/products/delete.

Sources: Ozon Seller API, the three methods and its list of errors. The first two answer for the whole
request with one flag, and what became of a product is seen by reading it; so a product that cannot go
refuses the request, and none of it is done.
"""

from __future__ import annotations

from sandbox.ozon import quotas
from sandbox.ozon.errors import INVALID_ARGUMENT, RESOURCE_EXHAUSTED, Refusal, bad_request
from sandbox.ozon.state import Cabinet, Product
from sandbox.ozon.system import OzonSystem
from sandbox.ozon.validation import Integer, Json, Message, Repeated, Text

# Ozon Seller API, the three methods: 100, 100 and 500 products a request.
MAX_PRODUCTS = 100
MAX_DELETED = 500

_IDS = Repeated(Integer(above=0), min_items=1, max_items=MAX_PRODUCTS)
ARCHIVE_REQUEST = Message("ProductArchiveRequest", {"product_id": _IDS})
UNARCHIVE_REQUEST = Message("ProductUnarchiveRequest", {"product_id": _IDS})
DELETE_REQUEST = Message(
    "DeleteProductsRequest",
    {
        "products": Repeated(
            Message("DeleteProductsRequest_Product", {"offer_id": Text(min_length=1)}),
            min_items=1,
            max_items=MAX_DELETED,
        )
    },
)


def archive(system: OzonSystem, cabinet: Cabinet, request: Json) -> Json:
    """Put products into the archive, all or none; one that has stock, free or reserved, cannot go."""
    products = _products(cabinet, request["product_id"])
    stocked = [each for each in products if any(cell.present for cell in each.cells(shown=False).values())]
    if stocked and system.knobs.archive_with_stock == "refuse_400":
        raise bad_request(f"product {stocked[0].product_id} has stock: set it to zero first")
    if stocked and system.knobs.archive_with_stock == "result_false":
        return {"result": False}
    now = system.clock.monotonic()
    for product in products:
        if not product.archived:
            system.write_archive(cabinet, product, "manual", now)
    return {"result": True}


def unarchive(system: OzonSystem, cabinet: Cabinet, request: Json) -> Json:
    """Bring products back, all or none: of those that Ozon archived by itself only so many a day."""
    products = [each for each in _products(cabinet, request["product_id"]) if each.archived]
    by_itself = sum(each.archive.actual == "auto" for each in products)
    usage = quotas.today(system, cabinet)
    if usage.restored + by_itself > system.knobs.daily_restore_limit:
        raise _over_limit(system, system.knobs.restore_limit_text)
    if quotas.assortment_full(system, cabinet, len(products)):
        raise _over_limit(system, "total limit exceeded")
    usage.restored += by_itself
    now = system.clock.monotonic()
    for product in products:
        system.write_archive(cabinet, product, "", now)
    return {"result": True}


def delete(system: OzonSystem, cabinet: Cabinet, request: Json) -> Json:
    """Delete products for good, each by itself: only archived ones that never got a SKU."""
    return {"status": [_deleted(system, cabinet, each["offer_id"]) for each in request["products"]]}


def _deleted(system: OzonSystem, cabinet: Cabinet, article: str) -> Json:
    product = cabinet.by_offer.get(article)
    problem = ""
    if product is None:
        problem = "Товар не найден"
    elif product.sku:
        problem = "У товара есть SKU: удалить его нельзя"
    elif not product.archived:
        problem = "Товар не в архиве"
    else:
        system.delete(cabinet, product)
    return {"offer_id": article, "is_deleted": not problem, "error": problem}


def _products(cabinet: Cabinet, ids: list[int]) -> list[Product]:
    unknown = [id_ for id_ in ids if id_ not in cabinet.by_id]
    if unknown:
        raise bad_request(f"product {unknown[0]} not found")
    return [cabinet.by_id[id_] for id_ in dict.fromkeys(ids)]


def _over_limit(system: OzonSystem, text: str) -> Refusal:
    if system.knobs.restore_limit_status == 429:
        return Refusal(429, RESOURCE_EXHAUSTED, text)
    return Refusal(400, INVALID_ARGUMENT, text)
