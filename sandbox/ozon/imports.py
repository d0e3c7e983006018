"""POST /v3/product/import and /v1/product/import/info: cards are created and changed by tasks that take
their time.

The request is accepted or refused whole; each item is then worked on by itself when its moment comes,
against the state of that moment. Sources: Ozon Seller API, the two methods and its lists of errors.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from sandbox.ozon import card_rules, money, pricing, queueing, quotas
from sandbox.ozon.errors import NOT_FOUND, Refusal, bad_request
from sandbox.ozon.galleries import Gallery, Loaded
from sandbox.ozon.state import Cabinet, Card, ItemError, Prices, Product, Task, TaskItem
from sandbox.ozon.system import OzonSystem
from sandbox.ozon.validation import Enum, Field, Integer, Json, Message, Repeated, Text, broken_rule

# Ozon Seller API, /v3/product/import: 100 items a request, offer_id up to 50 characters, 50 pictures with
# the main one.
MAX_ITEMS = 100
MAX_OFFER_ID = 50
MAX_IMAGES = 50

Work = Callable[[OzonSystem, Cabinet, Json, TaskItem, Gallery, Loaded, float], None]
"""What becomes of an item when its moment has come, with what its links led to."""

_NO_PICTURES: Json = {"primary_image": "", "images": [], "color_image": ""}

_INT32 = Integer("int32")
_DICTIONARY_VALUE = Message(
    "ImportProductsRequest_DictionaryValue", {"dictionary_value_id": Integer(at_least=0), "value": Text()}
)
ATTRIBUTE_FIELDS: dict[str, Field] = {
    "id": Integer(at_least=0),
    "complex_id": Integer(at_least=0),
    "values": Repeated(_DICTIONARY_VALUE),
}
_ATTRIBUTE = Message("ImportProductsRequest_Attribute", ATTRIBUTE_FIELDS)
_ITEM = Message(
    "ImportProductsRequest_Item",
    {
        "offer_id": Text(min_length=1, max_length=MAX_OFFER_ID),
        "name": Text(),
        "description_category_id": Integer(at_least=0),
        "new_description_category_id": Integer(at_least=0),
        "type_id": Integer(at_least=0),
        "attributes": Repeated(_ATTRIBUTE),
        "complex_attributes": Repeated(
            Message("ImportProductsRequest_ComplexAttribute", {"attributes": Repeated(_ATTRIBUTE)})
        ),
        "barcode": Text(),
        "price": Text(pattern=money.PATTERN),
        "old_price": Text(pattern=money.PATTERN),
        "currency_code": Text(),
        "vat": Text(),
        "depth": _INT32,
        "width": _INT32,
        "height": _INT32,
        "dimension_unit": Text(choices=("mm", "cm", "in")),
        "weight": _INT32,
        "weight_unit": Text(choices=("g", "kg", "lb")),
        "images": Repeated(Text(), max_items=MAX_IMAGES),
        "primary_image": Text(),
        "color_image": Text(),
        "pdf_list": Repeated(
            Message("ImportProductsRequest_PdfList", {"index": Integer(), "name": Text(), "src_url": Text()})
        ),
        "promotions": Repeated(
            Message(
                "ImportProductsRequest_Promotion",
                {
                    "operation": Enum(("UNKNOWN", "ENABLE", "DISABLE"), "UNKNOWN"),
                    "type": Enum(("REVIEWS_PROMO",), "REVIEWS_PROMO"),
                },
            )
        ),
        "geo_names": Repeated(Text()),
        "service_type": Enum(("IS_CODE_SERVICE", "IS_NO_CODE_SERVICE"), "IS_CODE_SERVICE"),
    },
)
IMPORT_REQUEST = Message(
    "ImportProductsRequest", {"items": Repeated(_ITEM, min_items=1, max_items=MAX_ITEMS)}
)
INFO_REQUEST = Message("GetImportProductsInfoRequest", {"task_id": Integer(above=0)})


def submit(system: OzonSystem, cabinet: Cabinet, request: Json) -> Json:
    """Accept a request and queue its items."""
    items: list[Json] = request["items"]
    for position, item in enumerate(items):
        if item["primary_image"] and len(item["images"]) >= MAX_IMAGES:
            path = f"ImportProductsRequest.Items[{position}]"
            raise bad_request(broken_rule(path, f"Images: no more than {MAX_IMAGES - 1} beside PrimaryImage"))
    task = queue(system, cabinet, items, _work)
    return {"result": {"task_id": task.task_id}}


def queue(system: OzonSystem, cabinet: Cabinet, items: list[Json], work: Work) -> Task:
    """Take the quota for these items and let each be worked on when its moment comes. Raises Refusal."""
    _take_quota(system, cabinet, items)
    task = Task(
        next(system.task_ids), system.clock.monotonic(), [TaskItem(item["offer_id"]) for item in items]
    )
    cabinet.tasks[task.task_id] = task
    shortest, longest = system.knobs.import_seconds_min, system.knobs.import_seconds_max
    for item, outcome in zip(items, task.items, strict=True):
        done = partial(work, system, cabinet, item, outcome)
        queueing.queue(system, cabinet, {**_NO_PICTURES, **item}, shortest, longest, done)
    return task


def _take_quota(system: OzonSystem, cabinet: Cabinet, items: list[Json]) -> None:
    knobs = system.knobs
    if knobs.daily_limit_answer == "http_429":
        new = sum(item["offer_id"] not in cabinet.by_offer for item in items)
        usage = quotas.today(system, cabinet)
        for wanted, used, limit in (
            (new, usage.created, knobs.daily_create_limit),
            (len(items) - new, usage.updated, knobs.daily_update_limit),
        ):
            if wanted and 0 <= limit < used + wanted:
                raise quotas.over_for_today(system, max(limit - used, 0))
    quotas.take_items(system, cabinet.import_items, knobs.import_items_per_minute, len(items))


def _work(
    system: OzonSystem,
    cabinet: Cabinet,
    item: Json,
    outcome: TaskItem,
    gallery: Gallery,
    loaded: Loaded,
    due: float,
) -> None:
    product = cabinet.by_offer.get(outcome.offer_id)
    own_id = product.product_id if product is not None else 0
    draft = card_rules.check(
        item,
        card_rules.Surroundings(
            catalog=system.catalog,
            knobs=system.knobs,
            gallery=gallery,
            barcode_taken=lambda barcode: cabinet.barcode_owner.get(barcode, own_id) != own_id,
            current=product.prices.actual if product is not None else None,
        ),
    )
    outcome.product_id = own_id
    outcome.errors = tuple(draft.problems)
    if draft.card is None:
        outcome.status = "failed"
        outcome.vanished = (
            draft.wrong_category_or_vat and system.knobs.category_or_vat_error == "item_vanishes"
        )
        if product is not None:
            product.errors = outcome.errors
    elif product is None:
        _create(system, cabinet, outcome, draft.card, draft.prices, due)
    else:
        _update(system, cabinet, product, outcome, draft.card, draft.prices, due)
    made = cabinet.by_offer.get(outcome.offer_id)
    if made is not None and outcome.status != "failed":
        queueing.keep_pictures(made, gallery, loaded)


def _create(
    system: OzonSystem, cabinet: Cabinet, outcome: TaskItem, card: Card, prices: Prices, due: float
) -> None:
    usage = quotas.today(system, cabinet)
    full = quotas.assortment_full(system, cabinet)
    if full or 0 <= system.knobs.daily_create_limit <= usage.created:
        _over_limit(outcome)
        return
    usage.created += 1
    product = system.create_by_import(cabinet, outcome.offer_id, card, prices, due)
    product.errors = outcome.errors
    outcome.status = "imported"
    outcome.product_id = product.product_id


def _update(
    system: OzonSystem,
    cabinet: Cabinet,
    product: Product,
    outcome: TaskItem,
    card: Card,
    sent: Prices,
    due: float,
) -> None:
    if system.knobs.import_barcodes == "add":
        # what else is bound to the card, as the marketplace's own OZN... codes, outlives an update
        card = replace(card, barcodes=tuple(dict.fromkeys((*card.barcodes, *product.card.actual.barcodes))))
    current = product.prices.actual
    wanted = replace(current, price=sent.price, old_price=sent.old_price, vat=sent.vat, pending=None)
    prices = pricing.settle_change(current, wanted)
    product.errors = outcome.errors
    if card == product.card.actual and prices == current:
        outcome.status = "skipped"
        return
    if not take_update(system, cabinet, outcome):
        return
    if card != product.card.actual:
        system.write_card(cabinet, product, card, due)
    if prices != current:
        system.write_prices(cabinet, product, prices, due)
    outcome.status = "imported"


def take_update(system: OzonSystem, cabinet: Cabinet, outcome: TaskItem) -> bool:
    """Count an update against the day's limit; where that is spent, the item fails."""
    usage = quotas.today(system, cabinet)
    if 0 <= system.knobs.daily_update_limit <= usage.updated:
        _over_limit(outcome)
        return False
    usage.updated += 1
    return True


def _over_limit(outcome: TaskItem) -> None:
    outcome.status = "failed"
    outcome.errors = (
        *outcome.errors,
        ItemError("item_limit_exceeded", "Превышен лимит на создание или обновление товаров"),
    )


def info(system: OzonSystem, cabinet: Cabinet, request: Json) -> Json:
    """POST /v1/product/import/info."""
    task = cabinet.tasks.get(request["task_id"])
    lifetime = system.delay(system.knobs.import_task_ttl_seconds)
    if task is None or (lifetime and system.clock.monotonic() - task.created > lifetime):
        raise Refusal(404, NOT_FOUND, "task not found")
    shown = [item for item in task.items if not item.vanished]
    return {
        "result": {
            "items": [
                {
                    "offer_id": item.offer_id,
                    "product_id": item.product_id,
                    "status": item.status,
                    "errors": [_error(problem, system) for problem in item.errors],
                }
                for item in shown
            ],
            "total": len(shown),
        }
    }


def _error(problem: ItemError, system: OzonSystem) -> dict[str, Any]:
    told = problem.description
    if problem.picture and system.knobs.picture_errors == "silent":
        told = told.removesuffix(f": {problem.picture}")
    shown: dict[str, Any] = {
        "code": problem.code,
        "message": told,
        "state": "imported",
        "level": problem.level,
        "description": told,
        "field": problem.field,
        "attribute_id": problem.attribute_id,
        "attribute_name": problem.attribute_name,
    }
    if system.knobs.optional_description_elements:
        shown["optional_description_elements"] = {}
    return shown
