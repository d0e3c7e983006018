"""A delivery's rows on their way into Postgres: temporary tables, filled by COPY in small portions.

Why portions: the rows of one file belong to four tables, and one connection runs one COPY at a time. A buffer
per table of about a megabyte keeps the memory constant and the server busy while the next rows are parsed.

The content's hash is md5 over the very fields that are copied: they are normalised already, and hashing them
here costs 0.2 s for 100 000 goods where the server would have to put the row together again.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import chain
from typing import LiteralString

import psycopg

from marketsync.db.connection import Row
from marketsync.db.queries import sql
from marketsync.shop.commerceml.records import (
    GoodRecord,
    OfferRecord,
    PriceTypeRecord,
    ProblemRecord,
    Record,
    ScopeRecord,
    Section,
    SectionRecord,
    WarehouseRecord,
)
from marketsync.shop.texts import say

__all__ = ["MOST_PROBLEMS", "Staging"]

MOST_PROBLEMS = 1000
"""Rows of one problem code that are written down for one delivery; all of them are counted."""

_OF_A_PACKAGE = ("variants", "prices", "stocks")  # what a package of offers holds
_FIELD = "\x1f"  # XML cannot hold these two, so no text needs them escaped
_ITEM = "\x1e"
_PORTION = 1 << 20  # characters in a buffer before it is copied
_LINE_COST = 40  # what a line costs beside its characters, so that many short lines count too


class _Buffer:
    """Lines that wait for their COPY."""

    __slots__ = ("_connection", "_lines", "_size", "_statement")

    def __init__(self, connection: psycopg.Connection[Row], statement: LiteralString) -> None:
        self._connection = connection
        self._statement = statement
        self._lines: list[str] = []
        self._size = 0

    def add(self, line: str) -> None:
        self._lines.append(line)
        self._size += len(line) + _LINE_COST
        if self._size >= _PORTION:
            self.flush()

    def flush(self) -> None:
        if self._lines:
            with self._connection.cursor() as cursor, cursor.copy(self._statement) as copy:
                copy.write("".join(self._lines))
            self._lines.clear()
            self._size = 0


class Staging:
    """Takes a delivery's records, in the order of reading.

    Attributes:
        read: rows read, by entity.
        price_types: by guid, in the order of their numbers in staged_price; None where none was declared.
        warehouses: the same for staged_stock.
        full: goods, variants, prices, stocks -> whether everything met says that it holds all of them; a kind
            of which nothing says anything is not there.
        replaced_types: guids of the price types of which an offer that lists prices lists its price.
        problems: how many of each code.
    """

    def __init__(self, connection: psycopg.Connection[Row], exchange_id: int) -> None:
        self.read: Counter[str] = Counter()
        self.problems: Counter[str] = Counter()
        self.price_types: dict[str, PriceTypeRecord | None] = {}
        self.warehouses: dict[str, WarehouseRecord | None] = {}
        self.full: dict[str, bool] = {}
        self.replaced_types: list[str] = []
        self.files: list[str] = []
        self._exchange_id = exchange_id
        self._type_numbers: dict[str, int] = {}
        self._warehouse_numbers: dict[str, int] = {}
        self._seq = 0
        connection.execute(sql("shop/stage"))
        self._goods = _Buffer(connection, sql("shop/copy_goods"))
        self._offers = _Buffer(connection, sql("shop/copy_offers"))
        self._prices = _Buffer(connection, sql("shop/copy_prices"))
        self._stocks = _Buffer(connection, sql("shop/copy_stocks"))
        self._problems = _Buffer(connection, sql("shop/copy_problems"))

    def begin(self, file: str) -> None:
        """The records that follow come from `file`."""
        self.files.append(file)

    def add(self, record: Record) -> None:
        """Stage one record."""
        match record:
            case OfferRecord():
                self._offer(record)
            case GoodRecord():
                self.read["goods"] += 1
                self._seq += 1
                self._good(record)
            case ProblemRecord():
                self.problem(self.files[-1], record)
            case PriceTypeRecord():
                self._number(record.guid, self._type_numbers)
                self.price_types[record.guid] = record
                if record.whole and record.guid not in self.replaced_types:
                    self.replaced_types.append(record.guid)
            case WarehouseRecord():
                self._number(record.guid, self._warehouse_numbers)
                self.warehouses[record.guid] = record
            case SectionRecord(section=Section.CATALOGUE):
                self._holds(("goods",), full=record.full)
            case SectionRecord():
                self._holds(_OF_A_PACKAGE, full=record.full)
            case ScopeRecord():
                self._holds(record.kinds, full=record.full)

    def _holds(self, kinds: Iterable[str], *, full: bool) -> None:
        for kind in kinds:
            self.full[kind] = full and self.full.get(kind, True)

    def finish(self) -> None:
        """Everything added is in the staging tables now."""
        for buffer in (self._goods, self._offers, self._prices, self._stocks):
            buffer.flush()

    def problem(self, file: str, record: ProblemRecord, *, times: int = 1, **data: object) -> None:
        """Write a problem down; `times` is how many rows it stands for, `data` goes into its text."""
        self.problems[record.code] += times
        if self.problems[record.code] > MOST_PROBLEMS + times - 1:
            return
        message = say(record.code, value=record.value, **data)
        fields = (
            str(self._exchange_id), file, str(record.line or ""), record.entity, record.guid or "",
            record.field or "", record.code, record.value or "", message,
        )  # fmt: skip
        self._problems.add(_line(_FIELD.join(fields)))

    def finish_problems(self) -> None:
        """Every problem told so far is in exchange_problem."""
        self._problems.flush()

    def type_guids(self) -> list[str]:
        """The guids of price types, by their number in staged_price."""
        return list(self._type_numbers)

    def warehouse_guids(self) -> list[str]:
        """The guids of warehouses, by their number in staged_stock."""
        return list(self._warehouse_numbers)

    def _good(self, record: GoodRecord) -> None:
        name = record.name
        content = _FIELD.join(
            (
                record.article or "",
                record.code or "",
                name or "",
                record.full_name or "",
                record.description or "",
                record.brand or "",
                record.unit or "",
                record.vat or "",
                record.group or "",
                _ITEM.join(record.barcodes),
                _ITEM.join(record.pictures),
                _pairs(record.properties) if record.properties else "",
                _pairs(record.characteristics) if record.characteristics else "",
                _pairs(record.requisites) if record.requisites else "",
            )
        )
        # without a name (and, of a variant, without characteristics) the row tells no content, at most a
        # deletion
        told = name or record.characteristics
        digest = hashlib.md5(content.encode(), usedforsecurity=False).hexdigest() if told else ""
        self._goods.add(
            _line(
                f"{self._seq}{_FIELD}{len(self.files)}{_FIELD}{record.line}{_FIELD}{record.guid}{_FIELD}"
                f"{record.good_guid}{_FIELD}{'t' if record.deleted else 'f'}{_FIELD}{digest}{_FIELD}{content}"
            )
        )

    def _offer(self, record: OfferRecord) -> None:
        self._seq += 1
        seq = self._seq
        prices, stocks = record.prices, record.stocks
        self.read["offers"] += 1
        if record.content is not None:
            self._good(record.content)
        self._offers.add(
            _line(
                f"{seq}{_FIELD}{len(self.files)}{_FIELD}{record.line}{_FIELD}{record.guid}{_FIELD}{record.good_guid}"
                f"{_FIELD}{'f' if prices is None else 't'}{_FIELD}{'f' if stocks is None else 't'}"
                f"{_FIELD}{'t' if record.stocks_whole else 'f'}"
            )
        )
        if prices:
            self.read["prices"] += len(prices)
            numbers = self._type_numbers
            for price in prices:
                number = numbers.get(price.type_guid) or self._number(price.type_guid, numbers)
                amount = "" if price.amount is None else price.amount
                self._prices.add(
                    _line(f"{seq}{_FIELD}{number}{_FIELD}{amount}{_FIELD}{price.currency or ''}")
                )
        if stocks:
            self.read["stocks"] += len(stocks)
            numbers = self._warehouse_numbers
            for stock in stocks:
                number = numbers.get(stock.warehouse) or self._number(stock.warehouse, numbers)
                self._stocks.add(f"{seq}{_FIELD}{number}{_FIELD}{stock.quantity}\n")

    @staticmethod
    def _number(guid: str, numbers: dict[str, int]) -> int:
        return numbers.setdefault(guid, len(numbers) + 1)


def _pairs(pairs: Mapping[str, str]) -> str:
    """Names and values in turn, for jsonb_object: half the cost of writing JSON here and parsing it there."""
    return _ITEM.join(chain.from_iterable(sorted(pairs.items())))


def _line(fields: str) -> str:
    """A line of COPY's text format: its backslashes and line breaks escaped."""
    if "\\" in fields:
        fields = fields.replace("\\", "\\\\")
    if "\n" in fields:
        fields = fields.replace("\n", "\\n")
    if "\r" in fields:
        fields = fields.replace("\r", "\\r")
    return f"{fields}\n"
