"""POST /v1/product/attributes/update: single attributes of cards that are there, by a task that takes its time.

Only the attributes that are sent are added or changed, and none can be taken away. Source: Ozon Seller API, the
method's description; its items count against the same limits as those of /v3/product/import, and its tasks are
asked about at /v1/product/import/info. What an item without a card fails with is not documented: the code
product_not_found is invented, and so is the refusal of an attribute without values.
"""

from __future__ import annotations

from dataclasses import replace

from sandbox.ozon import card_rules, imports
from sandbox.ozon.galleries import Gallery, Loaded
from sandbox.ozon.state import Cabinet, CardAttribute, ItemError, TaskItem
from sandbox.ozon.system import OzonSystem
from sandbox.ozon.validation import Json, Message, Repeated, Text

_ITEM = Message(
    "ProductUpdateAttributesRequest_Item",
    {
        "offer_id": Text(min_length=1, max_length=imports.MAX_OFFER_ID),
        "attributes": Repeated(
            Message("ProductUpdateAttributesRequest_Attribute", imports.ATTRIBUTE_FIELDS), min_items=1
        ),
    },
)
UPDATE_REQUEST = Message(
    "ProductUpdateAttributesRequest", {"items": Repeated(_ITEM, min_items=1, max_items=imports.MAX_ITEMS)}
)


def submit(system: OzonSystem, cabinet: Cabinet, request: Json) -> Json:
    """Accept a request and queue its items; unlike an import's, the answer has no wrapper."""
    return {"task_id": imports.queue(system, cabinet, request["items"], _work).task_id}


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
    if product is None:
        outcome.status = "failed"
        outcome.errors = (ItemError("product_not_found", "Товар не найден", "offer_id"),)
        return
    card = product.card.actual
    outcome.product_id = product.product_id
    problems: list[ItemError] = []
    place = system.catalog.types[card.description_category_id, card.type_id]
    around = card_rules.Surroundings(
        catalog=system.catalog,
        knobs=system.knobs,
        gallery=gallery,
        barcode_taken=lambda _barcode: False,
        current=product.prices.actual,
    )
    sent = card_rules.check_attributes(item["attributes"], place, around, problems)
    if any(not each["values"] for each in item["attributes"]):
        problems.append(ItemError("error_attribute_values_empty", "Не указаны значения", "attribute"))
    outcome.errors = product.errors = tuple(problems)
    if any(problem.level == "error" for problem in problems):
        outcome.status = "failed"
        return
    changed = replace(
        card,
        attributes=_merged(card.attributes, [each for each in sent if not each[1]]),
        complex_attributes=_merged(card.complex_attributes, [each for each in sent if each[1]]),
    )
    if changed == card:
        outcome.status = "skipped"
    elif imports.take_update(system, cabinet, outcome):
        system.write_card(cabinet, product, changed, due)
        outcome.status = "imported"


def _merged(there: tuple[CardAttribute, ...], sent: list[CardAttribute]) -> tuple[CardAttribute, ...]:
    """Those that are sent in the places of those with the same id, new ones behind."""
    own = {attribute[0]: attribute for attribute in sent}
    known = {attribute[0] for attribute in there}
    return (
        *(own.get(attribute[0], attribute) for attribute in there),
        *(attribute for attribute in sent if attribute[0] not in known),
    )
