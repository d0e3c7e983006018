"""The table of price rules: which rule makes the price of which goods, and when.

prices.yaml says which of 1C's price types is the price; a rule replaces that for some goods: another price type or
another rule's result, a markup, a rounding, limits, a struck price, and whether the price may fall or rise at all. Of
the rules that fit a good, the most specific one makes its price, alone. The table is checked whole: where one of its
rows cannot be used, none is.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from marketsync.errors import BadInput, Place
from marketsync.mappings import price_values as values
from marketsync.mappings.price_values import OldPrice, Rounding, Term, Unreadable
from marketsync.mappings.sheets import SheetRow
from marketsync.mappings.text import PATH_SEPARATOR, normal

__all__ = [
    "COLUMNS",
    "NO_RULES",
    "Complaint",
    "PriceRule",
    "PriceTable",
    "RuleBook",
    "RuleRow",
    "above",
    "load_rules",
    "read_rows",
    "version_of",
]

REFERENCE = "правило:"
"""What stands before a rule's name where a price type is expected: build on that rule's result."""

COLUMNS = {
    "account": "кабинет",
    "group": "группа",
    "brand": "бренд",
    "article": "артикул",
    "name": "имя",
    "base": "вид цены",
    "percent": "наценка %",
    "extra": "наценка сумма",
    "rounding": "округление",
    "floor": "не ниже",
    "ceiling": "не выше",
    "old": "старая цена",
    "may_fall": "можно снижать",
    "may_rise": "можно повышать",
    "valid_from": "действует с",
    "valid_to": "действует по",
}
"""Code of a column -> its header for people; a table may use either."""

_NOTHING_TAKEN = "Исправьте таблицу: из неё не взято ничего, действуют прежние правила"
_TOLD_AT_ONCE = 20
_MOST_LINKS = 10  # of a chain of rules; a longer one is a mistake of thought

RuleRow = tuple[int, Mapping[str, str]]
"""A row as it was written: its line in the file, and its filled cells by the columns' codes."""

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class PriceRule:
    """One row of the table.

    Attributes:
        line: of the file that was imported.
        account, group, brand, article: which goods it fits; None: any. Group and brand are normalised, the group is a
            path from the root.
        name: under which other rules build on it, normalised.
        base: the price type; None: those of prices.yaml.
        parent: the name of the rule on whose result it builds, instead of a price type.
        percent, extra: what is added, the percent first.
        floor, ceiling, old: None: as prices.yaml says.
        may_fall, may_rise: against the confirmed price.
        valid_from, valid_to: the first moment, and the first moment after.
    """

    line: int
    account: str | None = None
    group: str | None = None
    brand: str | None = None
    article: str | None = None
    name: str | None = None
    base: str | None = None
    parent: str | None = None
    percent: Decimal = Decimal(0)
    extra: Decimal = Decimal(0)
    rounding: Rounding = Rounding.NONE
    floor: Term | None = None
    ceiling: Term | None = None
    old: OldPrice | None = None
    may_fall: bool = True
    may_rise: bool = True
    valid_from: datetime | None = None
    valid_to: datetime | None = None

    @property
    def goods(self) -> tuple[str | None, str | None, str | None, str | None]:
        """What it fits; two rules of one rank can fit the same good only where these are equal."""
        return self.article, self.brand, self.group, self.account

    def is_valid(self, now: datetime) -> bool:
        """Whether it is in force at a moment."""
        return (self.valid_from is None or self.valid_from <= now) and (
            self.valid_to is None or now < self.valid_to
        )

    def price_types(self) -> Iterator[tuple[str, str]]:
        """(code of the column, name) of each price type that it names."""
        if self.base:
            yield "base", self.base
        for column, named in (("floor", self.floor), ("ceiling", self.ceiling), ("old", self.old)):
            if named is not None and named.price_type:
                yield column, named.price_type


@dataclass(frozen=True, slots=True)
class PriceTable:
    """A checked table.

    Attributes:
        rules: in the file's order.
        source: the file's name, for messages.
        version: a hash of the rows; '' without a table.
    """

    rules: tuple[PriceRule, ...] = ()
    source: str = ""
    version: str = ""
    named: Mapping[str, PriceRule] = field(default_factory=dict)

    def chain(self, rule: PriceRule) -> tuple[PriceRule, ...]:
        """The rules whose steps make a rule's price, the one that starts from a price type first."""
        links = [rule]
        while links[0].parent is not None:
            links.insert(0, self.named[links[0].parent])
        return tuple(links)

    def complaint(self, told: Sequence[Complaint]) -> BadInput:
        """The error for everything that is wrong with this table."""
        return _refusal(self.source, told)


@dataclass(frozen=True, slots=True)
class Complaint:
    """One thing that is wrong: the line, the column's code where it is one cell, its value, what to do."""

    line: int
    column: str | None
    value: str
    reason: str

    def __str__(self) -> str:
        where = f", столбец «{COLUMNS[self.column]}»" if self.column else ""
        what = f": «{self.value}»" if self.value else ""
        return f"строка {self.line}{where}{what}: {self.reason}"


NO_RULES = PriceTable()


def read_rows(source: str, sheet: Sequence[SheetRow]) -> list[RuleRow]:
    """Name the cells of a table by its header.

    Raises:
        BadInput: an unknown or doubled column, a value outside of the columns, no rule at all.
    """
    known = {normal(title): code for code, title in COLUMNS.items()} | {code: code for code in COLUMNS}
    header, *lines = sheet
    told: list[Complaint] = []
    codes: list[str | None] = []
    for cell in header.cells:
        code = known.get(normal(cell))
        if code is None:
            what = "столбец без названия" if not cell else "такого столбца нет"
            told.append(Complaint(header.line, None, cell, f"{what}; есть: {', '.join(COLUMNS.values())}"))
        elif code in codes:
            told.append(Complaint(header.line, None, cell, "столбец повторяется"))
        codes.append(code)
    if not told and not lines:
        told.append(Complaint(header.line, None, "", "в таблице нет ни одного правила"))
    for row in lines:
        told += [
            Complaint(row.line, None, cell, "значение правее последнего столбца заголовка")
            for cell in row.cells[len(codes) :]
            if cell
        ]
    if told:
        raise _refusal(source, told)
    return [
        (row.line, {str(code): cell for code, cell in zip(codes, row.cells, strict=False) if cell})
        for row in lines
    ]


def load_rules(
    source: str, rows: Sequence[RuleRow], *, accounts: Collection[str], zone: ZoneInfo
) -> PriceTable:
    """Check the rows and make rules of them.

    Args:
        source: the file's name, for messages.
        accounts: the accounts that exist.
        zone: where dates are meant.

    Raises:
        BadInput: everything that is wrong with the table, with lines, columns and values.
    """
    told: list[Complaint] = []
    rules = [_rule(line, cells, accounts, zone, told) for line, cells in rows]
    named = _named(rules, told)
    if not told:
        _check_chains(rules, named, told)
        _check_overlaps(rules, told)
    if told:
        raise _refusal(source, told)
    return PriceTable(tuple(rules), source, version_of(rows), named)


def version_of(rows: Iterable[RuleRow]) -> str:
    """A hash of the rows as they were written: it moves when any of them does."""
    text = json.dumps([[line, dict(cells)] for line, cells in rows], ensure_ascii=False, sort_keys=True)
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def _refusal(source: str, told: Sequence[Complaint]) -> BadInput:
    shown = [str(each) for each in told[:_TOLD_AT_ONCE]]
    if len(told) > len(shown):
        shown.append(f"и ещё ошибок: {len(told) - len(shown)}")
    first = told[0]
    place = Place(file=source, line=first.line, field=COLUMNS[first.column] if first.column else None)
    message = shown[0] if len(told) == 1 else f"ошибок в таблице: {len(told)}\n  " + "\n  ".join(shown) + "\n"
    return BadInput(message, place=place, hint=_NOTHING_TAKEN)


# ------------------------------------------------------------------ one row


def _rule(
    line: int, cells: Mapping[str, str], accounts: Collection[str], zone: ZoneInfo, told: list[Complaint]
) -> PriceRule:
    def read(column: str, reader: Callable[[str], Value], default: Value) -> Value:
        text = cells.get(column, "")
        try:
            return reader(text) if text else default
        except Unreadable as error:
            told.append(Complaint(line, column, text, str(error)))
            return default

    account = read("account", values.plain_text, "") or None
    if account is not None and account not in accounts:
        reason = f"такого кабинета нет; есть: {', '.join(sorted(accounts))}"
        told.append(Complaint(line, "account", account, reason))
    base = read("base", values.plain_text, "") or None
    parent = None
    if base is not None and base.casefold().startswith(REFERENCE):
        parent, base = normal(base[len(REFERENCE) :]), None
    rule = PriceRule(
        line=line,
        account=account,
        group=normal(read("group", values.plain_text, "")) or None,
        brand=normal(read("brand", values.plain_text, "")) or None,
        article=read("article", values.plain_text, "") or None,
        name=normal(read("name", values.plain_text, "")) or None,
        base=base,
        parent=parent,
        percent=read("percent", values.percent, Decimal(0)),
        extra=read("extra", values.money, Decimal(0)),
        rounding=read("rounding", values.rounding, Rounding.NONE),
        floor=read("floor", values.term, None),
        ceiling=read("ceiling", values.term, None),
        old=read("old", values.old_price, None),
        may_fall=read("may_fall", values.yes_no, True),
        may_rise=read("may_rise", values.yes_no, True),
        valid_from=read("valid_from", lambda text: values.moment(text, zone, end=False), None),
        valid_to=read("valid_to", lambda text: values.moment(text, zone, end=True), None),
    )
    _check_row(rule, cells, told)
    return rule


def _check_row(rule: PriceRule, cells: Mapping[str, str], told: list[Complaint]) -> None:
    if rule.valid_from is not None and rule.valid_to is not None and rule.valid_from >= rule.valid_to:
        reason = f"правило кончается раньше, чем начинается («действует с» {cells['valid_from']})"
        told.append(Complaint(rule.line, "valid_to", cells["valid_to"], reason))
    low = rule.floor.amount if rule.floor else None
    high = rule.ceiling.amount if rule.ceiling else None
    if low is not None and high is not None and low > high:
        reason = f"потолок ниже, чем «не ниже» {cells['floor']}"
        told.append(Complaint(rule.line, "ceiling", cells["ceiling"], reason))


# ------------------------------------------------------------------ rows among each other


def _named(rules: Sequence[PriceRule], told: list[Complaint]) -> dict[str, PriceRule]:
    named: dict[str, PriceRule] = {}
    for rule in rules:
        if rule.name is None:
            continue
        if rule.name in named:
            reason = f"имя уже есть в строке {named[rule.name].line}; дайте каждому правилу своё"
            told.append(Complaint(rule.line, "name", rule.name, reason))
        else:
            named[rule.name] = rule
    for rule in rules:
        if rule.parent is not None and rule.parent not in named:
            reason = f"правила с таким именем нет; есть: {', '.join(sorted(named)) or 'ни одного имени'}"
            told.append(Complaint(rule.line, "base", f"{REFERENCE}{rule.parent}", reason))
    return named


def _check_chains(rules: Sequence[PriceRule], named: Mapping[str, PriceRule], told: list[Complaint]) -> None:
    looped: set[int] = set()
    for rule in rules:
        links = [rule]
        while (parent := links[-1].parent) is not None and named[parent] not in links:
            links.append(named[parent])
        if parent is not None:
            start = links.index(named[parent])
            ring = links[start:]
            if rule.line not in looped and start == 0:
                looped.update(link.line for link in ring)
                shown = " → ".join(f"{link.name} (строка {link.line})" for link in [*ring, ring[0]])
                told.append(
                    Complaint(
                        rule.line, "base", f"{REFERENCE}{rule.parent}", f"правила замкнуты в кольцо: {shown}"
                    )
                )
            continue
        if len(links) > _MOST_LINKS:
            reason = f"цепочка из {len(links)} правил длиннее {_MOST_LINKS}; соберите наценки в одно правило"
            told.append(Complaint(rule.line, "base", f"{REFERENCE}{rule.parent}", reason))
        for link in links[1:]:
            if not _covers(link, rule):
                reason = (
                    f"правило в строке {link.line} действует не всё то время, что это; "
                    "продлите его или сократите это"
                )
                told.append(Complaint(rule.line, "base", f"{REFERENCE}{link.name}", reason))


def _covers(outer: PriceRule, inner: PriceRule) -> bool:
    begins = outer.valid_from is None or (
        inner.valid_from is not None and outer.valid_from <= inner.valid_from
    )
    ends = outer.valid_to is None or (inner.valid_to is not None and inner.valid_to <= outer.valid_to)
    return begins and ends


def _check_overlaps(rules: Sequence[PriceRule], told: list[Complaint]) -> None:
    same: dict[Any, list[PriceRule]] = {}
    for rule in rules:
        for other in same.setdefault(rule.goods, []):
            if _overlap(rule, other):
                reason = (
                    f"строки {other.line} и {rule.line} назначают цену одним и тем же товарам в одно время: "
                    "уберите одну или разведите их по датам"
                )
                told.append(Complaint(rule.line, None, "", reason))
                break
        same[rule.goods].append(rule)


def _overlap(one: PriceRule, other: PriceRule) -> bool:
    starts_in_time = one.valid_from is None or other.valid_to is None or one.valid_from < other.valid_to
    ends_late = other.valid_from is None or one.valid_to is None or other.valid_from < one.valid_to
    return starts_in_time and ends_late


# ------------------------------------------------------------------ which rule fits


class RuleBook:
    """The rules of one account at one moment: which of them makes the price of a good.

    Most specific first: article, then brand with group, brand, longer group, shorter group; of two that say the same
    of a good, the one that names the account.
    """

    def __init__(self, table: PriceTable, account: str, now: datetime) -> None:
        self.table = table
        self.rules = tuple(
            rule for rule in table.rules if rule.account in (None, account) and rule.is_valid(now)
        )
        # an account's own rule comes last and so stays
        self._by_goods = {
            (rule.article, rule.brand, rule.group): rule
            for rule in sorted(self.rules, key=lambda rule: rule.account is not None)
        }
        self.articles = frozenset(rule.article for rule in self.rules if rule.article is not None)

    def find(self, article: str | None, brand: str | None, group: str | None) -> PriceRule | None:
        """The rule for a good, or None where no rule fits it.

        Args:
            article: None to leave the rules for articles out.
            brand: as the store has it.
            group: the path from the root, as the store has it.
        """
        articles = (article, None) if article in self.articles else (None,)
        brands = (normal(brand), None) if brand else (None,)
        groups = [*above(group), None] if group else [None]
        for each in articles:
            for brand_name in brands:
                for path in groups:
                    rule = self._by_goods.get((each, brand_name, path))
                    if rule is not None:
                        return rule
        return None


def above(group: str) -> Iterator[str]:
    """A group's normalised path, and those of the groups above it, nearest first."""
    steps = normal(group).split(PATH_SEPARATOR)
    while steps:
        yield PATH_SEPARATOR.join(steps)
        steps.pop()
