"""POST /v1/product/update/offer-id: another article for a card that stays.

Source: Ozon Seller API, the method. Only what failed is answered; pairs are worked on one after another, so
that an article that an earlier pair gave up is free for a later one. A card import that is still being
worked on addresses its card by the article: after a rename it makes a second card.
"""

from __future__ import annotations

from sandbox.ozon import quotas
from sandbox.ozon.imports import MAX_OFFER_ID
from sandbox.ozon.state import Cabinet
from sandbox.ozon.system import OzonSystem
from sandbox.ozon.validation import Json, Message, Repeated, Text

# Ozon Seller API, /v1/product/update/offer-id: 25 pairs a request.
MAX_PAIRS = 25

_ARTICLE = Text(min_length=1, max_length=MAX_OFFER_ID)
REQUEST = Message(
    "ProductUpdateOfferIdRequest",
    {
        "update_offer_id": Repeated(
            Message(
                "ProductUpdateOfferIdRequest_UpdateOfferId",
                {"offer_id": _ARTICLE, "new_offer_id": _ARTICLE},
            ),
            min_items=1,
            max_items=MAX_PAIRS,
        )
    },
)


def rename(system: OzonSystem, cabinet: Cabinet, request: Json) -> Json:
    """Rename; each pair succeeds or fails by itself."""
    pairs = request["update_offer_id"]
    quotas.take_items(system, cabinet.rename_items, system.knobs.rename_items_per_minute, len(pairs))
    now = system.clock.monotonic()
    errors: list[Json] = []
    for pair in pairs:
        problem = _rename(system, cabinet, pair["offer_id"], pair["new_offer_id"], now)
        if problem:
            named = "offer_id" if system.knobs.rename_error_names == "old" else "new_offer_id"
            errors.append({"offer_id": pair[named], "message": problem})
    return {"errors": errors}


def _rename(system: OzonSystem, cabinet: Cabinet, old: str, new: str, now: float) -> str:
    """Rename one product; what is wrong with that, or nothing."""
    product = cabinet.by_offer.get(old)
    if product is None:
        return f"Товар с артикулом {old} не найден."
    if new == old:
        return ""
    if new in cabinet.by_offer:
        if system.knobs.rename_error_text == "code":
            return "OFFER_ID_ALREADY_EXISTS"
        return f"Товар с артикулом {new} уже существует."
    system.write_article(cabinet, product, new, now)
    return ""
