"""Tables of price rules: taken over whole or not at all, kept as versions with their author, held against the store.

The newest version in Postgres is in force, so that every process on every machine reckons with the same rules from
the moment of the import. Without one, the file price_rules.csv (or .xlsx) of the mapping folder is; without that, none.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from rapidfuzz import process

from marketsync.db import sql
from marketsync.errors import BadInput, Place
from marketsync.mappings.mapping import PRICE_RULES
from marketsync.mappings.price_rules import (
    NO_RULES,
    Complaint,
    PriceTable,
    RuleRow,
    load_rules,
    read_rows,
    version_of,
)
from marketsync.mappings.sheets import read_sheet
from marketsync.mappings.text import normal
from marketsync.sync.lane import Connection

__all__ = ["InForce", "PriceTables", "check_against_store", "require_price_types"]

_KINDS = (".csv", ".xlsx")
_LIKENESS = 75.0  # of 100: below it a suggestion is a guess
_FEW = 12  # names that a message can hold


@dataclass(frozen=True, slots=True)
class InForce:
    """The rules that are in force, and where they are from.

    Attributes:
        table: the checked rules.
        rows: as they were written.
        author, imported_at, reason: of the import; None for the folder's file.
    """

    table: PriceTable
    rows: tuple[RuleRow, ...] = ()
    author: str | None = None
    imported_at: datetime | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class PriceTables:
    """The price rules of one mapping folder.

    Attributes:
        folder: of the mapping; its name is the mapping's.
        accounts: all that there are.
        zone: where dates are meant.
    """

    folder: Path
    accounts: tuple[str, ...]
    zone: ZoneInfo

    def in_force(self, connection: Connection) -> InForce:
        """The newest import, else the folder's file.

        Raises:
            BadInput: the file is bad, or an account that the table names is gone; no price is planned then.
        """
        row = connection.execute(sql("price_rules/newest"), {"mapping": self.folder.name}).fetchone()
        if row is None:
            return self._seed()
        rows = tuple((line, cells) for line, cells in row["rows"])
        table = (
            _loaded(row["source"], json.dumps(row["rows"]), self.accounts, self.zone) if rows else NO_RULES
        )
        return InForce(table, rows, row["author"], row["imported_at"], row["reason"])

    def read(self, name: str, content: bytes) -> InForce:
        """Check a file's rules as they stand; nothing is taken over.

        Raises:
            BadInput: with everything that is wrong with it.
        """
        rows = read_rows(name, read_sheet(name, content))
        return InForce(load_rules(name, rows, accounts=self.accounts, zone=self.zone), tuple(rows))

    def take_over(
        self, connection: Connection, rules: InForce, *, author: str, reason: str | None, now: datetime
    ) -> int:
        """Put checked rules in force (none: take the rules away); the number of rows. Wakes the prices' DAG."""
        connection.execute(
            sql("price_rules/insert"),
            {
                "mapping": self.folder.name,
                "source": rules.table.source,
                "version": version_of(rules.rows),
                "rows": json.dumps([[line, dict(cells)] for line, cells in rules.rows], ensure_ascii=False),
                "author": author,
                "reason": reason,
                "now": now,
            },
        )
        connection.execute(sql("wake/notify"), {"payload": json.dumps({"prices": len(rules.rows)})})
        return len(rules.rows)

    def _seed(self) -> InForce:
        found = [path for kind in _KINDS if (path := self.folder / f"{PRICE_RULES}{kind}").exists()]
        if not found:
            return InForce(NO_RULES)
        if len(found) > 1:
            raise BadInput(
                f"правила цен лежат в двух файлах: {found[0].name} и {found[1].name}",
                place=Place(file=str(self.folder)),
                hint="Оставьте один: до этого ни одна цена не будет отправлена",
            )
        return self.read(str(found[0]), found[0].read_bytes())


@lru_cache(maxsize=16)
def _loaded(source: str, rows: str, accounts: tuple[str, ...], zone: ZoneInfo) -> PriceTable:
    return load_rules(
        source, [(line, cells) for line, cells in json.loads(rows)], accounts=accounts, zone=zone
    )


def require_price_types(table: PriceTable, known: Collection[str]) -> None:
    """A price type that is not there would leave goods without a price, or without a limit, in silence.

    Raises:
        BadInput: rules name price types that 1C does not deliver.
    """
    told = _wrong_types(table, known)
    if told:
        raise table.complaint(told)


def check_against_store(connection: Connection, table: PriceTable) -> None:
    """Hold the names in a table against what the store delivered; what was never delivered is not checked.

    Raises:
        BadInput: a price type, group, brand or article that the store does not have.
    """
    types = [row["name"] for row in connection.execute(sql("desired/price_types"))]
    told = _wrong_types(table, types) if types else []
    groups = [row["path"] for row in connection.execute(sql("price_rules/groups"))]
    brands = [row["brand"] for row in connection.execute(sql("price_rules/brands"))]
    told += _unknown(table, "group", "такой группы в 1С нет", groups)
    told += _unknown(table, "brand", "такого бренда у товаров нет", brands)
    if groups or brands:
        articles = sorted({rule.article for rule in table.rules if rule.article})
        missing = {
            row["article"]
            for row in connection.execute(sql("price_rules/unknown_articles"), {"articles": articles})
        }
        told += [
            Complaint(rule.line, "article", rule.article, "товара с таким артикулом нет")
            for rule in table.rules
            if rule.article in missing and rule.article
        ]
    if told:
        raise table.complaint(sorted(told, key=lambda complaint: complaint.line))


def _wrong_types(table: PriceTable, known: Collection[str]) -> list[Complaint]:
    return [
        Complaint(
            rule.line,
            column,
            name,
            f"такого вида цен в 1С нет{_suggestion(name, {each: each for each in known})}",
        )
        for rule in table.rules
        for column, name in rule.price_types()
        if name not in known
    ]


def _unknown(table: PriceTable, column: str, reason: str, known: Iterable[str]) -> list[Complaint]:
    names: Mapping[str, str] = {normal(name): name for name in known}
    if not names:
        return []
    return [
        Complaint(rule.line, column, value, f"{reason}{_suggestion(value, names)}")
        for rule in table.rules
        if (value := rule.group if column == "group" else rule.brand) is not None and value not in names
    ]


def _suggestion(name: str, known: Mapping[str, str]) -> str:
    """The nearest of the names that are known (as compared -> as written), or all of them where they are few."""
    nearest = process.extractOne(name, list(known), score_cutoff=_LIKENESS)
    if nearest is not None:
        return f"; похоже на «{known[nearest[0]]}»"
    return f"; есть: {', '.join(sorted(known.values()))}" if len(known) <= _FEW else ""
