"""Promotions as Ozon and a person in the cabinet make, change and end them: orders of the control API."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sandbox.ozon import action_rules, money
from sandbox.ozon.action_state import Action, Member, Terms
from sandbox.ozon.state import Cabinet, Product
from sandbox.ozon.system import OzonSystem

Json = dict[str, Any]

_DEFAULT_LENGTH = timedelta(days=14)
_FIELDS = {
    "action_id",
    "title",
    "description",
    "voucher",
    "date_start",
    "date_end",
    "freeze_date",
    "auto_add_dates",
    "candidates",
    "discount",
    "members",
    "end",
    "delete",
}


def order(system: OzonSystem, cabinet: Cabinet, wanted: Json) -> Json:
    """Make a promotion (without action_id), or change one. Raises ValueError for what makes no sense.

    `wanted`: title, description, voucher, date_start, date_end, freeze_date, auto_add_dates (ISO times);
    `candidates` {offer_id: {max_action_price, alert_max_action_price, min_stock} or null}; `discount` (0.1:
    every product that is for sale now becomes a candidate at 90 % of its price); `members` {offer_id:
    {action_price, stock} or null}: what a person puts in or takes out by hand; `end` (true: over at once),
    `delete` (true).
    """
    unknown = sorted(set(wanted) - _FIELDS)
    if unknown:
        raise ValueError(f"unknown fields {', '.join(unknown)}; there are: {', '.join(sorted(_FIELDS))}")
    now, moment = system.clock.monotonic(), system.clock.utcnow()
    action = _found(system, cabinet, wanted, moment)
    for name in ("title", "description"):
        if name in wanted:
            setattr(action, name, str(wanted[name]))
    if "voucher" in wanted:
        action.voucher = bool(wanted["voucher"])
    for name in ("date_start", "date_end", "freeze_date"):
        if name in wanted:
            setattr(action, name, _time(wanted[name]) if wanted[name] is not None else None)
    if "auto_add_dates" in wanted:
        action.auto_add_dates = sorted(_time(each) for each in wanted["auto_add_dates"])
    if "discount" in wanted:
        share = 1 - float(wanted["discount"])
        for product in cabinet.by_id.values():
            if product.prices.actual.price > 0:
                action.candidates[product.product_id] = Terms(int(product.prices.actual.price * share))
    for offer_id, terms in wanted.get("candidates", {}).items():
        _set_terms(system, cabinet, action, _product(cabinet, offer_id), terms, now)
    for offer_id, given in wanted.get("members", {}).items():
        _set_member(system, cabinet, action, _product(cabinet, offer_id), given, now)
    if wanted.get("end"):
        action.date_end = moment
    if wanted.get("delete"):
        del cabinet.actions[action.action_id]
    action_rules.play(system, cabinet, now)
    return state(system, cabinet, action)


def state(system: OzonSystem, cabinet: Cabinet, action: Action) -> Json:
    """An action as it is, not as reads show it; money as texts with two decimals."""
    return {
        "action_id": action.action_id,
        "title": action.title,
        "voucher": action.voucher,
        "date_start": action.date_start.isoformat(),
        "date_end": action.date_end.isoformat(),
        "running": action.running(system.clock.utcnow()),
        "candidates": {
            cabinet.by_id[product_id].offer_id: {
                "max_action_price": money.text(terms.max_price),
                "alert_max_action_price": money.text(terms.alert_price),
                "min_stock": terms.min_stock,
            }
            for product_id, terms in sorted(action.candidates.items())
        },
        "members": {
            cabinet.by_id[product_id].offer_id: {
                "action_price": money.text(member.price),
                "stock": member.stock,
                "add_mode": member.add_mode,
            }
            for product_id, member in action.inside(shown=False).items()
        },
    }


def all_actions(system: OzonSystem, cabinet: Cabinet) -> Json:
    """{action id: state} of all actions, those that are over included."""
    return {str(each.action_id): state(system, cabinet, each) for each in cabinet.actions.values()}


def _found(system: OzonSystem, cabinet: Cabinet, wanted: Json, moment: datetime) -> Action:
    if "action_id" in wanted:
        action = cabinet.actions.get(int(wanted["action_id"]))
        if action is None:
            raise ValueError(f"no action {wanted['action_id']}; there are: {sorted(cabinet.actions)}")
        return action
    action = Action(
        action_id=next(system.action_ids),
        title="Акция",
        voucher=False,
        date_start=moment,
        date_end=moment + _DEFAULT_LENGTH,
    )
    cabinet.actions[action.action_id] = action
    return action


def _set_terms(
    system: OzonSystem, cabinet: Cabinet, action: Action, product: Product, terms: Json | None, now: float
) -> None:
    if terms is None:
        action.candidates.pop(product.product_id, None)
    else:
        action.candidates[product.product_id] = Terms(
            max_price=money.parse(str(terms["max_action_price"])),
            alert_price=money.parse(str(terms.get("alert_max_action_price", "0"))),
            min_stock=int(terms.get("min_stock", 0)),
        )
    action_rules.follow_terms(system, cabinet, action, product, now)


def _set_member(
    system: OzonSystem, cabinet: Cabinet, action: Action, product: Product, given: Json | None, now: float
) -> None:
    if given is None:
        action_rules.take_out(system, cabinet, action, product, now)
        return
    member = Member(money.parse(str(given["action_price"])), int(given.get("stock", 0)))
    action.candidates.setdefault(product.product_id, Terms(member.price))
    action_rules.put_in(system, cabinet, action, product, member, now)


def _product(cabinet: Cabinet, offer_id: str) -> Product:
    product = cabinet.by_offer.get(offer_id)
    if product is None:
        raise ValueError(f"no product with offer_id {offer_id!r} in cabinet {cabinet.client_id}")
    return product


def _time(text: Any) -> datetime:
    moment = datetime.fromisoformat(str(text))
    if moment.tzinfo is None:
        raise ValueError(f"a time has a zone, got {text!r}")
    return moment
