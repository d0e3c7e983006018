"""Who enters a promotion, at which price, and what becomes of it when prices, terms or days move.

Sources: Ozon Seller API, /v1/actions/products/update (action_price: outside of «Промокоды» it changes the
product's ceiling price; up to the action's limit the product is added, above it removed), freeze_date of
/v1/actions, auto_add_to_ozon_actions_list_enabled of /v1/product/import/prices. The wording of a refusal is
not documented; the texts here are invented, one for each reason.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sandbox.ozon import money
from sandbox.ozon.action_state import Action, Member, Terms
from sandbox.ozon.min_price_timer import minimum_counts
from sandbox.ozon.state import Cabinet, Lagged, Product
from sandbox.ozon.system import OzonSystem


class Rejected(Exception):
    """One product of a call is not let in, or not let out; the text is the reason."""


class Removed(Exception):
    """One product was thrown out by the call; the text is the warning."""


def enter(
    system: OzonSystem, cabinet: Cabinet, action: Action, product: Product, price: int, stock: int, now: float
) -> None:
    """Add a product, or change its price. Raises Rejected, or Removed where the price is above the limit."""
    moment = system.clock.utcnow()
    member = action.member(product.product_id)
    terms = action.candidates.get(product.product_id)
    if terms is None:
        raise Rejected("Товар не может участвовать в акции")
    if product.archived or product.prices.actual.price <= 0 or not product.stock_allowed:
        raise Rejected("Товар не готов к продаже")
    if product.prices.actual.pending is not None:
        raise Rejected("Товар в карантине: подтвердите его цену")
    if price <= 0:
        raise Rejected("Цена товара по акции должна быть больше нуля")
    if action.frozen(moment) and (member is None or price > member.price or stock < member.stock):
        raise Rejected("Акция приостановлена: нельзя добавлять товары и повышать цены")
    if product.prices.actual.min_price and price < product.prices.actual.min_price:
        raise Rejected("Цена по акции ниже минимальной цены товара")
    if action.voucher:
        _check_voucher(product, terms, price, stock)
    elif stock:
        raise Rejected("Количество указывается только в акции «Промокоды»")
    elif price > terms.max_price:
        if member is None:
            raise Rejected("Цена выше максимальной цены товара по акции")
        _move_ceiling(system, cabinet, product, price, now)
        _write(system, cabinet, action, product, None, now)
        raise Removed("Цена товара выше максимальной цены по акции")
    else:
        _move_ceiling(system, cabinet, product, price, now)
    _write(system, cabinet, action, product, Member(price, stock), now)


def _check_voucher(product: Product, terms: Terms, price: int, stock: int) -> None:
    if price > terms.max_price:
        raise Rejected("Цена выше максимальной цены товара по акции")
    if price >= product.prices.actual.price:
        raise Rejected("Цена по акции должна быть ниже цены товара")
    if stock < terms.min_stock:
        raise Rejected(f"Количество товара в акции меньше {terms.min_stock}")


def leave(system: OzonSystem, cabinet: Cabinet, action: Action, product: Product, now: float) -> bool:
    """Take a product out of «Промокоды»; False where it was not in, or may not be taken out this way."""
    if action.frozen(system.clock.utcnow()) or action.member(product.product_id) is None:
        return False
    if not action.voucher and system.knobs.deactivate_outside_vouchers == "ignored":
        return False
    _write(system, cabinet, action, product, None, now)
    return True


def take_out(system: OzonSystem, cabinet: Cabinet, action: Action, product: Product, now: float) -> None:
    """Take a product out of any action, as a person in the cabinet does; its ceiling price stays."""
    _write(system, cabinet, action, product, None, now)


def put_in(
    system: OzonSystem, cabinet: Cabinet, action: Action, product: Product, member: Member, now: float
) -> None:
    """Put a product in, whoever does it; where the action's price is the ceiling price, that follows."""
    if not action.voucher:
        _move_ceiling(system, cabinet, product, member.price, now)
    _write(system, cabinet, action, product, member, now)


def follow_price(system: OzonSystem, cabinet: Cabinet, product: Product, now: float) -> None:
    """What a new ceiling price does to the actions that the product is in.

    Outside of «Промокоды» the two are one number: the action's price follows, and above the limit the product
    leaves (knob `price_above_action`). A price that falls to the price of «Промокоды» leaves nothing to give
    away there: the product leaves.
    """
    price = product.prices.actual.price
    for action in cabinet.actions.values():
        member = action.member(product.product_id)
        if member is None or action.ended(system.clock.utcnow()):
            continue
        if action.voucher:
            if price <= member.price:
                _write(system, cabinet, action, product, None, now)
        elif price <= action.candidates[product.product_id].max_price:
            if price != member.price:
                _write(system, cabinet, action, product, replace(member, price=price), now)
        elif system.knobs.price_above_action == "leaves":
            _write(system, cabinet, action, product, None, now)


def follow_terms(system: OzonSystem, cabinet: Cabinet, action: Action, product: Product, now: float) -> None:
    """New terms throw out who does not meet them any more."""
    member = action.member(product.product_id)
    terms = action.candidates.get(product.product_id)
    if member is not None and (terms is None or member.price > terms.max_price):
        _write(system, cabinet, action, product, None, now)


def play(system: OzonSystem, cabinet: Cabinet, now: float) -> None:
    """Let the dates of automatic adding that have passed have their effect."""
    moment = system.clock.utcnow()
    for action in cabinet.actions.values():
        due = [date for date in action.auto_add_dates if date <= moment]
        if due and not action.ended(moment):
            _add_automatically(system, cabinet, action, moment, now)
        action.auto_add_dates = [date for date in action.auto_add_dates if date > moment]


def _add_automatically(
    system: OzonSystem, cabinet: Cabinet, action: Action, moment: datetime, now: float
) -> None:
    for product_id, terms in action.candidates.items():
        product = cabinet.by_id[product_id]
        prices = product.prices.actual
        if not prices.auto_add_enabled or action.member(product_id) is not None or product.archived:
            continue
        if terms.max_price < prices.min_price and minimum_counts(product, moment):
            continue
        put_in(system, cabinet, action, product, Member(terms.max_price, terms.min_stock, "AUTO"), now)


def buyers_price(system: OzonSystem, cabinet: Cabinet, product: Product) -> int:
    """The product's price with the running actions that the seller takes part in, as reads show it."""
    moment = system.clock.utcnow()
    shown = product.prices.shown
    prices = [shown.price if shown is not None else 0]
    for action in cabinet.actions.values():
        member = action.member(product.product_id, shown=True)
        if member is not None and action.running(moment):
            prices.append(member.price)
    return min(prices)


def _move_ceiling(system: OzonSystem, cabinet: Cabinet, product: Product, price: int, now: float) -> None:
    current = product.prices.actual
    if current.price == price:
        return
    old = current.old_price if current.old_price > price else 0
    system.write_prices(cabinet, product, replace(current, price=price, old_price=old), now)


def _write(
    system: OzonSystem,
    cabinet: Cabinet,
    action: Action,
    product: Product,
    member: Member | None,
    now: float,
) -> None:
    lagged = action.members.get(product.product_id)
    if lagged is None:
        lagged = action.members[product.product_id] = Lagged[Member | None](None)
    system.show_later(cabinet, now, lagged.write(member))


def amount(hundredths: int, currency: str) -> dict[str, str]:
    """Money as the methods of actions write it."""
    return {"amount": money.text(hundredths), "currency": currency}
