"""What the workbook is made of: frames read from Postgres, a few thousand rows at a time.

The frames hold codes and raw values; `marketsync.reports.present` adds what can be computed from them. A
report needs no more memory than one chunk, however many goods there are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import pandas as pd
import psycopg
from psycopg.rows import tuple_row

from marketsync.db import sql
from marketsync.errors import BadInput
from marketsync.reports.columns import CAUSES, ORDERS_SHEET, SIDES_SHEET, TABLES

__all__ = ["Head", "Report", "Site", "Source", "chunks", "read_report"]

_CHUNK = 5000


@dataclass(frozen=True, slots=True)
class Head:
    """Which reconciliation it is; times in UTC."""

    reconciliation_id: int
    account: str
    state: str
    began_at: datetime
    finished_at: datetime | None
    error: str | None

    @property
    def finished(self) -> bool:
        """Whether the comparison was made, so that the differences are all there."""
        return self.state in ("compared", "done")


@dataclass(frozen=True, slots=True)
class Source:
    """How old a part of what was compared is.

    Attributes:
        code: delivery (of the store), confirmed (by the marketplace).
        about: of a delivery `source.kind`, else the channel.
        at: in UTC.
    """

    code: str
    about: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Site:
    """The shop's site: when its last reading that succeeded began, in UTC; why the last one failed, if it did."""

    at: datetime | None
    error: str | None


@dataclass(frozen=True, slots=True)
class Report:
    """All that a workbook shows.

    Attributes:
        totals: the summary's counts by code.
        causes: columns cause, channel, differences, healed, money (account's currency), pieces.
        warehouses: the marketplace's ids, in the order of their columns.
        tables: sheet code -> its frames, each read once, in the sheet's order.
        site: how old what is known of the shop's site is; None where none was ever read.
        orders: what the reconciliation of orders came to; None where the account takes none.
    """

    head: Head
    totals: Mapping[str, int]
    sources: Sequence[Source]
    causes: pd.DataFrame
    warehouses: tuple[str, ...]
    tables: Mapping[str, Iterable[pd.DataFrame]]
    site: Site | None = None
    orders: Mapping[str, Any] | None = None


def read_report(connection: psycopg.Connection[dict[str, Any]], reconciliation_id: int) -> Report:
    """A report on one reconciliation; its tables are read while they are iterated, in the same transaction.

    Raises:
        BadInput: there is no such reconciliation.
    """
    connection.execute(sql("report/snapshot"))
    parameters: dict[str, Any] = {"reconciliation_id": reconciliation_id, "causes": list(CAUSES)}
    found = connection.execute(sql("report/reconciliation"), parameters).fetchone()
    if found is None:
        raise BadInput(
            f"There is no reconciliation {reconciliation_id}",
            hint="It may be older than `retention.reconciliations` days; "
            "`python -m marketsync reconcile ACCOUNT` makes a new one",
        )
    head = Head(**found)
    parameters["account"] = head.account
    read = connection.execute(sql("report/site")).fetchone()
    site = Site(**read) if read else None
    told = connection.execute(sql("report/order_totals"), parameters).fetchone()
    orders: Mapping[str, Any] | None = told["orders"] if told else None
    absent = {
        *((SIDES_SHEET,) if site is None or site.at is None else ()),
        *((ORDERS_SHEET,) if orders is None else ()),
    }
    sheets = [table.code for table in TABLES if table.code not in absent]
    totals = cast("dict[str, int]", connection.execute(sql("report/totals"), parameters).fetchone())
    return Report(
        head=head,
        totals=totals,
        sources=[Source(**row) for row in connection.execute(sql("report/sources"), parameters)],
        causes=_whole(connection, "report/causes", parameters),
        warehouses=tuple(
            row["warehouse"] for row in connection.execute(sql("report/warehouses"), parameters)
        ),
        tables={code: chunks(connection, f"report/{code}", parameters) for code in sheets},
        site=site,
        orders=orders,
    )


def _whole(
    connection: psycopg.Connection[dict[str, Any]], query: str, parameters: Mapping[str, Any]
) -> pd.DataFrame:
    with connection.cursor(row_factory=tuple_row) as cursor:
        cursor.execute(sql(query), parameters)
        return _frame(cursor.fetchall(), cursor)


def chunks(
    connection: psycopg.Connection[dict[str, Any]], query: str, parameters: Mapping[str, Any]
) -> Iterator[pd.DataFrame]:
    """A query's rows as frames of a few thousand; they stay in Postgres until they are asked for."""
    # a server-side cursor: the rows stay in Postgres until their chunk is written
    with connection.cursor(name="report", row_factory=tuple_row) as cursor:
        cursor.execute(sql(query), parameters)
        while rows := cursor.fetchmany(_CHUNK):
            yield _frame(rows, cursor)


def _frame(
    rows: list[tuple[Any, ...]], cursor: psycopg.Cursor[Any] | psycopg.ServerCursor[Any]
) -> pd.DataFrame:
    columns = [column.name for column in cursor.description or ()]
    # objects as they come: a guessed type would turn an article of digits into a number, and a missing text into NaN
    values = zip(*rows, strict=True) if rows else ([] for _ in columns)
    return pd.DataFrame(
        {name: pd.Series(list(column), dtype=object) for name, column in zip(columns, values, strict=True)}
    )
