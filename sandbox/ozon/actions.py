"""Ozon's promotions: GET /v1/actions, POST /v2/actions/candidates, /v2/actions/products,
/v1/actions/products/update, /v2/actions/products/deactivate.

Source: Ozon Seller API as of October 2026. Not documented there and chosen here: pages of 1 to 1000, 100
without a limit; 1000 products a call, as in the retired first versions; the refusal of an action that is
over (knob `ended_action`) or unknown (404, code 5).
"""

from __future__ import annotations

from collections.abc import Callable

from sandbox.clock import iso
from sandbox.ozon import action_rules, listing, money
from sandbox.ozon.action_rules import amount
from sandbox.ozon.action_state import Action, Member, Terms
from sandbox.ozon.errors import NOT_FOUND, Refusal, bad_request
from sandbox.ozon.state import Cabinet, Prices, Product
from sandbox.ozon.system import OzonSystem
from sandbox.ozon.validation import Field, Integer, Json, Message, Repeated, Text

MAX_PRODUCTS = 1000
_DEFAULT_PAGE = 100

ACTIONS_REQUEST = Message("ActionsRequest")
_PAGE: dict[str, Field] = {
    "action_id": Integer(above=0),
    "last_id": Text(),
    "limit": Integer(inside=(0, listing.MAX_PAGE)),
}
CANDIDATES_REQUEST = Message("ActionsCandidatesRequest", _PAGE)
PRODUCTS_REQUEST = Message("ActionsProductsRequest", _PAGE)
_MONEY = Message(
    "Money",
    {"amount": Text(min_length=1, pattern=money.PATTERN), "currency": Text(min_length=1)},
    required=True,
)
UPDATE_REQUEST = Message(
    "ActionsProductsUpdateRequest",
    {
        "action_id": Integer(above=0),
        "products": Repeated(
            Message(
                "ActionsProductsUpdateRequest_Product",
                {
                    "product_id": Integer(above=0),
                    "action_price": _MONEY,
                    "stock": Integer(at_least=0),
                },
            ),
            min_items=1,
            max_items=MAX_PRODUCTS,
        ),
    },
)
DEACTIVATE_REQUEST = Message(
    "ActionsProductsDeactivateRequest",
    {
        "action_id": Integer(above=0),
        "product_ids": Repeated(Integer(above=0), min_items=1, max_items=MAX_PRODUCTS),
    },
)


def actions(system: OzonSystem, cabinet: Cabinet, request: Json) -> Json:
    """GET /v1/actions: those that the seller can take part in, so none that is over."""
    moment = system.clock.utcnow()
    return {"result": [_action(each) for each in cabinet.actions.values() if not each.ended(moment)]}


def candidates(system: OzonSystem, cabinet: Cabinet, request: Json) -> Json:
    """Products that may enter and are not in."""
    action = _open_action(system, cabinet, request["action_id"])
    inside = action.inside(shown=True)
    free = [cabinet.by_id[each] for each in sorted(action.candidates) if each not in inside]
    return _page(system, free, request, lambda product: _candidate(system, cabinet, product, action, None))


def products(system: OzonSystem, cabinet: Cabinet, request: Json) -> Json:
    """Products that are in."""
    action = _open_action(system, cabinet, request["action_id"])
    inside = action.inside(shown=True)
    members = [cabinet.by_id[each] for each in inside]
    return _page(
        system,
        members,
        request,
        lambda product: {
            **_candidate(system, cabinet, product, action, inside[product.product_id]),
            "add_mode": inside[product.product_id].add_mode,
            "stock": inside[product.product_id].stock,
        },
    )


def update(system: OzonSystem, cabinet: Cabinet, request: Json) -> Json:
    """Add products or change their prices; each succeeds or fails by itself."""
    action = _open_action(system, cabinet, request["action_id"])
    now = system.clock.monotonic()
    answer: Json = {"active_product_ids": [], "deactivated_product_ids": [], "rejected": [], "warnings": []}
    for item in request["products"]:
        product_id = item["product_id"]
        try:
            _update(system, cabinet, action, item, now)
        except action_rules.Rejected as reason:
            answer["rejected"].append({"product_id": product_id, "reason": str(reason)})
        except action_rules.Removed as reason:
            answer["deactivated_product_ids"].append(str(product_id))
            answer["warnings"].append({"product_id": product_id, "reason": str(reason)})
        else:
            answer["active_product_ids"].append(str(product_id))
    return answer


def _update(system: OzonSystem, cabinet: Cabinet, action: Action, item: Json, now: float) -> None:
    product = cabinet.by_id.get(item["product_id"])
    if product is None:
        raise action_rules.Rejected("Товара с таким идентификатором нет в личном кабинете")
    if item["action_price"]["currency"] != system.knobs.currency_code:
        raise action_rules.Rejected("Валюта не совпадает с валютой кабинета")
    price = money.parse(item["action_price"]["amount"])
    action_rules.enter(system, cabinet, action, product, price, item["stock"], now)


def deactivate(system: OzonSystem, cabinet: Cabinet, request: Json) -> Json:
    """Take products out of «Промокоды»; those that were not taken out are missing from the answer."""
    action = _open_action(system, cabinet, request["action_id"])
    now = system.clock.monotonic()
    found = [cabinet.by_id[each] for each in request["product_ids"] if each in cabinet.by_id]
    gone = [each for each in found if action_rules.leave(system, cabinet, action, each, now)]
    return {"product_ids": [str(each.product_id) for each in gone]}


def _open_action(system: OzonSystem, cabinet: Cabinet, action_id: int) -> Action:
    action = cabinet.actions.get(action_id)
    if action is None:
        raise Refusal(404, NOT_FOUND, f"action {action_id} not found")
    if action.ended(system.clock.utcnow()):
        if system.knobs.ended_action == "http_404":
            raise Refusal(404, NOT_FOUND, f"action {action_id} not found")
        raise bad_request(f"action {action_id} is over")
    return action


def _action(action: Action) -> Json:
    members = action.inside(shown=True)
    return {
        "id": action.action_id,
        "title": action.title,
        "action_type": "DISCOUNT" if action.voucher else "MARKETPLACE_MULTI_LEVEL_DISCOUNT_ON_AMOUNT",
        "description": action.description,
        "date_start": iso(action.date_start),
        "date_end": iso(action.date_end),
        "auto_add_dates": [iso(date) for date in action.auto_add_dates],
        "freeze_date": iso(action.freeze_date) if action.freeze_date is not None else "",
        "potential_products_count": len(action.candidates) - len(members),
        "participating_products_count": len(members),
        "is_participating": bool(members),
        "is_voucher_action": action.voucher,
        "banned_products_count": 0,
        "with_targeting": False,
        "order_amount": 0,
        "discount_type": "UNKNOWN",
        "discount_value": 0,
    }


def _page(system: OzonSystem, found: list[Product], request: Json, shown: Callable[[Product], Json]) -> Json:
    rows, cursor, more = listing.page(found, request["last_id"], request["limit"] or _DEFAULT_PAGE)
    return {
        "products": [shown(product) for product in rows],
        "last_id": "" if system.knobs.last_page_cursor == "empty" and not more else cursor,
        "total": len(found),
    }


def _candidate(
    system: OzonSystem, cabinet: Cabinet, product: Product, action: Action, member: Member | None
) -> Json:
    prices = product.prices.shown if product.prices.shown is not None else Prices(price=0)
    terms = action.candidates.get(product.product_id, Terms(max_price=0))
    currency = system.knobs.currency_code
    alert = terms.alert_price or terms.max_price
    price = member.price if member is not None else 0
    buyers = action_rules.buyers_price(system, cabinet, product)
    return {
        "id": product.product_id,
        "price": amount(prices.price, currency),
        "action_price": amount(price, currency),
        "max_action_price": amount(terms.max_price, currency),
        "alert_max_action_price": amount(alert, currency),
        "alert_max_action_price_failed": price > alert,
        "min_seller_price": amount(prices.min_price, currency),
        "marketplace_seller_price": amount(buyers, currency),
        "price_min_elastic": amount(terms.max_price, currency),
        "price_max_elastic": amount(alert, currency),
        "current_boost": 0.0,
        "min_boost": 0.0,
        "max_boost": 0.0,
        "min_stock": terms.min_stock,
        "recommended_stock": terms.min_stock,
        "is_quarantined": prices.pending is not None,
        "website_prices": {
            "price": amount(buyers, currency),
            "prices_by_schema": {"FBS": amount(buyers, currency)},
        },
    }
