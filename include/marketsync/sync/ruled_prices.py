"""What the table of price rules makes of the store's prices, for all goods at once.

Which rule fits is decided once for each pair of brands and groups that the rules tell apart, and once for each good
that a rule names by its article; the prices themselves are read and reckoned in SQL.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from marketsync.db import sql
from marketsync.mappings.price_rules import PriceRule, RuleBook, above
from marketsync.mappings.price_values import Rounding, Term
from marketsync.mappings.prices import PriceMapping
from marketsync.mappings.text import normal
from marketsync.sync.lane import Connection

__all__ = ["fill"]

_BASE = 0
"""The rule of goods that no rule fits: prices.yaml alone."""

_ROUNDING = {Rounding.NONE: None, Rounding.NINE: "nine", Rounding.TEN: "ten", Rounding.UP: "up"}


def fill(
    connection: Connection,
    book: RuleBook,
    prices: PriceMapping,
    price_types: Mapping[str, int],
    goods: Mapping[str, Any],
    marketplace_rules: Mapping[str, Any],
) -> None:
    """Fill `desired` by the rules of an account at one moment.

    Args:
        book: its rules are numbered from 1, in the table's order.
        prices: what holds where a rule says nothing.
        price_types: 1C's, by name; all that the rules name are among them.
        goods: parameters: account, offers, states.
        marketplace_rules: parameters of what the marketplace accepts.
    """
    numbers = {rule.line: number for number, rule in enumerate(book.rules, start=_BASE + 1)}
    rules, steps, terms = _described(book, prices, price_types)
    connection.execute(sql("desired/rule_memory"))
    connection.execute(
        sql("desired/rule_assign"),
        {**goods, **_classes(connection, book, numbers, goods), **_single(connection, book, numbers, goods)},
    )
    connection.execute("analyze rule_offer")
    connection.execute(sql("desired/rule_terms"), {"terms": _json(terms)})
    connection.execute("analyze rule_term")
    connection.execute(sql("desired/rule_chain"), {"steps": _json(steps)})
    connection.execute("analyze rule_chain")
    connection.execute(sql("desired/ruled_price"), {**marketplace_rules, "rules": _json(rules)})
    connection.execute(sql("desired/rule_drop"))
    fall = [rule.line for rule in book.rules if not rule.may_fall]
    rise = [rule.line for rule in book.rules if not rule.may_rise]
    if fall or rise:
        connection.execute(sql("desired/keep_price"), {"fall": fall, "rise": rise})


def _classes(
    connection: Connection, book: RuleBook, numbers: Mapping[int, int], goods: Mapping[str, Any]
) -> dict[str, Any]:
    """Brands and groups by what the rules tell apart, and the rule of each pair of them."""
    brand_names = sorted({rule.brand for rule in book.rules if rule.brand})
    group_names = sorted({rule.group for rule in book.rules if rule.group})
    brand_class = {name: number for number, name in enumerate(brand_names, start=1)}
    group_class = {name: number for number, name in enumerate(group_names, start=1)}
    found: dict[str, Any] = {"brands": [], "brand_classes": [], "group_guids": [], "group_classes": []}
    if brand_names:
        for row in connection.execute(sql("desired/rule_brands"), goods):
            number = brand_class.get(normal(row["brand"] or ""))
            if number is not None:
                found["brands"].append(row["brand"])
                found["brand_classes"].append(number)
    if group_names:
        for row in connection.execute(sql("desired/rule_groups")):
            nearest = next((group_class[path] for path in above(row["path"]) if path in group_class), None)
            if nearest is not None:
                found["group_guids"].append(row["guid"])
                found["group_classes"].append(nearest)
    fitting = [
        book.find(None, brand, group) for brand in (None, *brand_names) for group in (None, *group_names)
    ]
    found["pair_rules"] = [numbers[rule.line] if rule else _BASE for rule in fitting]
    found["group_class_count"] = len(group_names) + 1
    return found


def _single(
    connection: Connection, book: RuleBook, numbers: Mapping[int, int], goods: Mapping[str, Any]
) -> dict[str, list[int]]:
    """The goods that a rule names by their articles, and the rule of each."""
    found: dict[str, list[int]] = {"rule_offers": [], "offer_rules": []}
    if book.articles:
        asked = {**goods, "articles": sorted(book.articles)}
        for row in connection.execute(sql("desired/rule_articles"), asked):
            rule = book.find(row["article"], row["brand"], row["path"])
            if rule is not None:
                found["rule_offers"].append(row["offer_id"])
                found["offer_rules"].append(numbers[rule.line])
    return found


def _described(
    book: RuleBook, prices: PriceMapping, price_types: Mapping[str, int]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[dict[str, Any]]]:
    """The rules as records for SQL; the one of goods without a rule comes first."""
    rules: list[dict[str, Any]] = []
    steps: list[dict[str, Any]] = []
    terms: list[dict[str, Any]] = []

    def name_types(number: int, role: str, names: Sequence[str]) -> None:
        terms.extend(
            {"rule": number, "role": role, "place": place, "price_type_id": price_types[name]}
            for place, name in enumerate(name for name in names if name in price_types)
        )

    for number, rule in enumerate([PriceRule(line=0), *book.rules]):
        *before, _ = links = book.table.chain(rule)
        steps += [
            {"rule": number, "place": place, **_step(link)} for place, link in enumerate(before, start=1)
        ]
        first = links[0]
        name_types(number, "base", (first.base,) if first.base else prices.amount)
        _name_limit(name_types, number, "floor", rule.floor, prices.floor)
        _name_limit(name_types, number, "ceiling", rule.ceiling, ())
        if rule.old is None:
            name_types(number, "old", prices.old)
        elif rule.old.price_type:
            name_types(number, "old", (rule.old.price_type,))
        rules.append(
            {
                "rule": number,
                "line": rule.line or None,
                **_step(rule),
                **_limit("floor", rule.floor),
                **_limit("ceiling", rule.ceiling),
                "old_over": rule.old.over if rule.old else None,
            }
        )
    return rules, steps, terms


def _step(rule: PriceRule) -> dict[str, Any]:
    return {"percent": rule.percent, "extra": rule.extra, "rounding": _ROUNDING[rule.rounding]}


def _limit(role: str, term: Term | None) -> dict[str, Decimal | None]:
    return {
        f"{role}_amount": term.amount if term else None,
        f"{role}_share": term.share if term else Decimal(1),
    }


def _name_limit(name_types: Any, number: int, role: str, term: Term | None, otherwise: Sequence[str]) -> None:
    if term is None:
        name_types(number, role, otherwise)
    elif term.price_type:
        name_types(number, role, (term.price_type,))


def _json(rows: list[dict[str, Any]]) -> str:
    # numbers go as text: a binary fraction would not be what the manager wrote
    return json.dumps(rows, default=str)
