"""POST /v2/product/pictures/import and /v2/product/pictures/info: the pictures of cards that are there.

A request replaces the whole set of each item's pictures. Its task is asked about by
/v1/product/import/info, like a card's. Source: Ozon Seller API, the two methods and the description of the
retired /v1/product/pictures/import, which tells more about them.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from sandbox.ozon import queueing, quotas
from sandbox.ozon.errors import bad_request
from sandbox.ozon.galleries import Gallery, Loaded
from sandbox.ozon.state import Cabinet, ItemError, Product, Task, TaskItem
from sandbox.ozon.system import OzonSystem
from sandbox.ozon.validation import Integer, Json, Message, Repeated, Text, broken_rule

# Ozon Seller API, the two methods: 100 items and 50 pictures an item, 1000 ids.
MAX_ITEMS = 100
MAX_IMAGES = 50
MAX_IDS = 1000

_ITEM = Message(
    "ProductImportPicturesV2Request_Item",
    {
        "offer_id": Text(min_length=1, max_length=50),
        "images": Repeated(Text(), max_items=MAX_IMAGES),
        "primary_image": Text(),
        "color_image": Text(),
    },
)
IMPORT_REQUEST = Message(
    "ProductImportPicturesV2Request", {"items": Repeated(_ITEM, min_items=1, max_items=MAX_ITEMS)}
)
INFO_REQUEST = Message(
    "ProductInfoPicturesRequest",
    {"product_id": Repeated(Integer(above=0), min_items=1, max_items=MAX_IDS)},
)


def submit(system: OzonSystem, cabinet: Cabinet, request: Json) -> Json:
    """Accept a request and queue its items."""
    items: list[Json] = request["items"]
    for position, item in enumerate(items):
        if item["primary_image"] and len(item["images"]) >= MAX_IMAGES:
            path = f"ProductImportPicturesV2Request.Items[{position}]"
            raise bad_request(broken_rule(path, f"Images: no more than {MAX_IMAGES - 1} beside PrimaryImage"))
    quotas.take_items(system, cabinet.picture_items, system.knobs.picture_items_per_minute, len(items))
    task = Task(
        next(system.task_ids), system.clock.monotonic(), [TaskItem(item["offer_id"]) for item in items]
    )
    cabinet.tasks[task.task_id] = task
    shortest, longest = system.knobs.import_seconds_min, system.knobs.import_seconds_max
    for item, outcome in zip(items, task.items, strict=True):
        work = partial(_work, system, cabinet, outcome)
        queueing.queue(system, cabinet, item, shortest, longest, work)
    return {"task_id": task.task_id}


def _work(
    system: OzonSystem, cabinet: Cabinet, outcome: TaskItem, gallery: Gallery, loaded: Loaded, due: float
) -> None:
    product = cabinet.by_offer.get(outcome.offer_id)
    if product is None:
        outcome.status = "failed"
        outcome.errors = (ItemError("NOT_FOUND_ERROR", "Товар не найден", "offer_id"),)
        return
    outcome.product_id = product.product_id
    outcome.errors = gallery.problems
    _remember(product, gallery)
    if gallery.failed:
        outcome.status = "failed"
        return
    card = replace(
        product.card.actual,
        primary_image=gallery.primary,
        images=gallery.images,
        color_image=gallery.color,
    )
    queueing.keep_pictures(product, gallery, loaded)
    if card == product.card.actual:
        outcome.status = "skipped"
        return
    system.write_card(cabinet, product, card, due)
    outcome.status = "imported"


def _remember(product: Product, gallery: Gallery) -> None:
    """The product's problems: those of the pictures anew, the others as they were."""
    others = tuple(problem for problem in product.errors if problem.field != "pictures")
    product.errors = (*others, *gallery.problems)


def info(system: OzonSystem, cabinet: Cabinet, request: Json) -> Json:
    """POST /v2/product/pictures/info: unknown products are left out."""
    known = (cabinet.by_id.get(product_id) for product_id in dict.fromkeys(request["product_id"]))
    return {"items": [_shown(system, product) for product in known if product is not None]}


def _shown(system: OzonSystem, product: Product) -> Json:
    card = product.card.shown if product.card.shown is not None else product.card.actual
    others = [url for url in card.images if url != card.primary_image]
    return {
        "product_id": product.product_id,
        "primary_photo": [system.shown_image(card.primary_image)] if card.primary_image else [],
        "photo": [system.shown_image(url) for url in others],
        "color_photo": [system.shown_image(card.color_image)] if card.color_image else [],
        "errors": [
            {"message": problem.description, "url": problem.picture}
            for problem in product.errors
            if problem.picture
        ],
    }
