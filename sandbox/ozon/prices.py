"""POST /v1/product/import/prices: prices by offer, answered per item inside HTTP 200.

Sources: Ozon Seller API, the method and its list of errors. Where a rule says "5 %" without saying of what,
the larger base (the old price) is taken.
"""

from __future__ import annotations

from dataclasses import replace

from sandbox.ozon import action_rules, money, pricing
from sandbox.ozon.card_rules import VAT_RATES
from sandbox.ozon.knobs import OzonKnobs
from sandbox.ozon.state import Cabinet, Prices, Product
from sandbox.ozon.system import OzonSystem
from sandbox.ozon.validation import Enum, Flag, Integer, Json, Message, Repeated, Text

# Ozon Seller API, /v1/product/import/prices: 1000 prices a request.
MAX_PRICES = 1000
_HOUR_SECONDS = 3600
_HOUR_LIMIT_ERROR = "error limiting: acquire limit per item: items limit: limit exceeded"

_MONEY = Text(pattern=money.PATTERN)
_SWITCH = Enum(("UNKNOWN", "ENABLED", "DISABLED"), "UNKNOWN")
_PRICE = Message(
    "ImportProductsPricesRequest_Price",
    {
        "offer_id": Text(),
        "product_id": Integer(at_least=0),
        "price": _MONEY,
        "old_price": _MONEY,
        "min_price": _MONEY,
        "net_price": _MONEY,
        "declared_price": _MONEY,
        "currency_code": Text(),
        "vat": Text(),
        "min_price_for_auto_actions_enabled": Flag(),
        "auto_add_to_ozon_actions_list_enabled": _SWITCH,
        "price_strategy_enabled": _SWITCH,
        "auto_action_enabled": _SWITCH,
        "manage_elastic_boosting_through_price": Flag(),
        "quant_size": Integer(),
    },
)
IMPORT_REQUEST = Message(
    "ImportProductsPricesRequest", {"prices": Repeated(_PRICE, min_items=1, max_items=MAX_PRICES)}
)


class _Failure(Exception):
    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def submit(system: OzonSystem, cabinet: Cabinet, request: Json) -> Json:
    """Change prices; each item succeeds or fails by itself."""
    now = system.clock.monotonic()
    results: list[Json] = []
    for item in request["prices"]:
        product = cabinet.find(item["offer_id"], item["product_id"])
        errors: list[Json] = []
        try:
            _change(system, cabinet, product, item, now)
        except _Failure as failure:
            errors.append({"code": failure.code, "message": failure.message})
        results.append(
            {
                "product_id": product.product_id if product is not None else item["product_id"],
                "offer_id": product.offer_id if product is not None else item["offer_id"],
                "updated": not errors,
                "errors": errors,
            }
        )
    return {"result": results}


def _change(system: OzonSystem, cabinet: Cabinet, product: Product | None, item: Json, now: float) -> None:
    if product is None:
        raise _Failure("NOT_FOUND_ERROR", "Товара с таким идентификатором нет в личном кабинете")
    current = product.prices.actual
    wanted = _wanted(current, item)
    _check(wanted, item, system.knobs)
    wait = product.price_window.take(now, system.knobs.price_updates_per_hour, system.window(_HOUR_SECONDS))
    if wait > 0:
        raise _Failure(_HOUR_LIMIT_ERROR, _HOUR_LIMIT_ERROR)
    if item["min_price"] or item["min_price_for_auto_actions_enabled"]:
        product.min_price_set_at = system.clock.utcnow()
    system.write_prices(cabinet, product, pricing.settle_change(current, wanted), now)
    action_rules.follow_price(system, cabinet, product, now)


def _wanted(current: Prices, item: Json) -> Prices:
    """The prices that the item asks for; what it leaves empty stays as it is."""

    def chosen(name: str, kept: int) -> int:
        return money.parse(item[name]) if item[name] else kept

    def switched(name: str, kept: bool) -> bool:
        return kept if item[name] == "UNKNOWN" else item[name] == "ENABLED"

    flag = item["min_price_for_auto_actions_enabled"]
    return replace(
        current,
        price=chosen("price", current.price),
        old_price=chosen("old_price", current.old_price),
        min_price=chosen("min_price", current.min_price),
        net_price=chosen("net_price", current.net_price),
        declared_price=(
            money.parse(item["declared_price"]) if item["declared_price"] else current.declared_price
        ),
        currency_code=item["currency_code"] or "RUB",
        vat=item["vat"] or current.vat,
        auto_action_enabled=switched("auto_action_enabled", current.auto_action_enabled),
        auto_add_enabled=switched("auto_add_to_ozon_actions_list_enabled", current.auto_add_enabled),
        strategy_enabled=switched("price_strategy_enabled", current.strategy_enabled),
        min_price_for_auto=current.min_price_for_auto if flag is None else flag,
        pending=None,
    )


def _check(wanted: Prices, item: Json, knobs: OzonKnobs) -> None:
    if min(wanted.price, wanted.old_price, wanted.min_price, wanted.net_price) < 0:
        raise _Failure("price_negative", "Попытка установить отрицательную цену")
    if wanted.currency_code != knobs.currency_code:
        raise _Failure("currency_code_invalid", "Валюта не совпадает с валютой кабинета")
    if wanted.vat not in VAT_RATES:
        raise _Failure("vat_invalid", "Неверно указан НДС")
    if not 100 <= wanted.price <= knobs.price_max * 100:
        raise _Failure("invalid_category_price", "Слишком высокая или слишком низкая цена")
    if wanted.old_price:
        _check_discount(wanted.price, wanted.old_price)
    if (wanted.auto_add_enabled or wanted.strategy_enabled) and not wanted.min_price:
        raise _Failure("action_price_enabled_min_price_missing", "Не указана минимальная цена")
    if wanted.min_price:
        _check_minimum(wanted, sent=bool(item["min_price"]))


def _check_discount(price: int, old_price: int) -> None:
    """Ozon Seller API: the gap is at least 20 below 400, 5 % from 400 to 10 000, 500 above; discount below
    90 %.
    """
    gap = old_price - price
    if gap <= 0:
        raise _Failure("old_price_less_than_price", "Цена до скидки должна быть выше текущей цены")
    if gap * 10 >= old_price * 9:
        raise _Failure("discount_too_big", "Скидка должна быть меньше 90 %")
    if price < 400_00:
        if gap < 20_00:
            raise _Failure("discount_for_low_price_is_too_small", "Разница цен меньше 20 рублей")
    elif price <= 10_000_00:
        if gap * 20 < old_price:
            raise _Failure("discount_for_average_price_is_too_small", "Разница цен меньше 5 %")
    elif gap < 500_00:
        raise _Failure("discount_for_top_price_is_too_small", "Разница цен меньше 500 рублей")


def _check_minimum(wanted: Prices, *, sent: bool) -> None:
    """Ozon Seller API: the minimum is below the price and at least half of it."""
    if wanted.min_price >= wanted.price:
        if sent:
            raise _Failure("min_auto_price_too_big", "Минимальная цена должна быть меньше цены")
        raise _Failure("price_less_than_min_auto_price", "Цена должна быть выше минимальной")
    if sent and wanted.min_price * 2 < wanted.price:
        raise _Failure("min_auto_price_too_small", "Минимальная цена меньше 50 % от цены")
