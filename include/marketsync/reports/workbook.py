"""The reconciliation as a workbook for managers: what should be, was confirmed and is shown, and what to do.

Rows go from a server-side cursor to the file a chunk at a time, and the file appears whole or not at all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from xlsxwriter import Workbook

from marketsync.accounts import Account
from marketsync.db import Database
from marketsync.errors import BadInput
from marketsync.reports.columns import CONTRACT, DESCRIPTION, SUMMARY, TABLES, Column, columns_of
from marketsync.reports.description import write_description
from marketsync.reports.frames import Report, read_report
from marketsync.reports.present import present
from marketsync.reports.saving import whole_file
from marketsync.reports.sheets import MOST_ROWS, Styles, Written, write_table
from marketsync.reports.summary import write_summary
from marketsync.reports.texts import COLUMNS, PHRASES, SHEETS, Language, checked_language

__all__ = ["CURRENCY_SIGNS", "WORKBOOK_OPTIONS", "checked_zone", "write_reconciliation", "write_workbook"]

# rows wait in files (beside the target, by `tmpdir`) until the workbook is closed, not in memory
WORKBOOK_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "use_zip64": True,
}

CURRENCY_SIGNS = {"RUB": "₽", "BYN": "Br", "KZT": "₸"}


def write_reconciliation(
    database: Database,
    reconciliation_id: int,
    path: Path,
    language: str = "ru",
    time_zone: str = "Europe/Moscow",
    account: Account | None = None,
) -> Path:
    """Write the workbook of one reconciliation.

    Args:
        path: where to; its folder is made, a former file is replaced in one step.
        language: of the words: ru, en. The codes are the same in both.
        time_zone: of the dates.
        account: gives the marketplace, the currency and the warehouses' names; without it, ids are shown and
            roubles are assumed.

    Returns:
        the path.

    Raises:
        BadInput: no such reconciliation, language or time zone.
        Retriable: the database cannot be reached, or there is no space for the file.
        Fatal: the folder or the file cannot be written.
    """
    # what the caller got wrong is said before the database is asked
    checked_language(language)
    checked_zone(time_zone)
    with database.transaction() as connection:
        report = read_report(connection, reconciliation_id)
        return write_workbook(report, path, language=language, time_zone=time_zone, account=account)


def write_workbook(
    report: Report,
    path: Path,
    *,
    language: str = "ru",
    time_zone: str = "Europe/Moscow",
    account: Account | None = None,
    most_rows: int = MOST_ROWS,
) -> Path:
    """Write a report as a workbook; arguments, result and errors as of `write_reconciliation`.

    Args:
        most_rows: rows on one sheet, without the header; the rest goes on to another sheet.
    """
    words, zone = checked_language(language), checked_zone(time_zone)
    names = _warehouse_names(account)
    currency = CURRENCY_SIGNS.get(account.currency, account.currency) if account else CURRENCY_SIGNS["RUB"]
    tables = [table for table in TABLES if table.code in report.tables]
    layout = {
        table.code: (
            columns := columns_of(table, report.warehouses),
            _headers(columns, words, names, currency),
        )
        for table in tables
    }
    with whole_file(path) as fresh:
        book = Workbook(str(fresh), {**WORKBOOK_OPTIONS, "tmpdir": str(fresh.parent)})
        _set_properties(book, report, words)
        styles = Styles(book, words)
        summary = book.add_worksheet(SHEETS[SUMMARY].of(words))
        written: dict[str, Written] = {}
        for table in tables:
            columns, headers = layout[table.code]
            frames = (
                present(
                    table.code,
                    frame,
                    language=words,
                    zone=zone,
                    warehouses=report.warehouses,
                    warehouse_names=names.get,
                )
                for frame in report.tables[table.code]
            )
            written[table.code] = write_table(
                book,
                styles,
                title=SHEETS[table.code].of(words),
                columns=columns,
                headers=headers,
                frames=frames,
                language=words,
                most_rows=most_rows,
            )
        description = book.add_worksheet(SHEETS[DESCRIPTION].of(words))
        write_description(description, styles, layout=layout, written=written, language=words)
        write_summary(
            book,
            summary,
            styles,
            report,
            written,
            language=words,
            zone=zone,
            marketplace=account.marketplace if account else "",
            currency=currency,
        )
        book.close()
    return path


def checked_zone(name: str) -> ZoneInfo:
    """The time zone of that name. Raises `BadInput` where there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise BadInput(
            f"There is no time zone {name!r}",
            hint="Set `time_zone` in accounts.yaml to a name like Europe/Moscow",
        ) from error


def _warehouse_names(account: Account | None) -> Mapping[str, str]:
    """The marketplace's warehouse -> the store's that are offered there."""
    names: dict[str, list[str]] = {}
    for warehouse in account.warehouses if account else ():
        names.setdefault(warehouse.marketplace, []).append(warehouse.store)
    return {marketplace: " + ".join(stores) for marketplace, stores in names.items()}


def _headers(
    columns: Sequence[Column], language: Language, names: Mapping[str, str], currency: str
) -> list[str]:
    titles = []
    for column in columns:
        if column.warehouse is None:
            titles.append(COLUMNS[column.code].of(language).format(currency=currency))
        else:
            shown = names.get(column.warehouse, column.warehouse)
            titles.append(COLUMNS[f"{column.name}@"].of(language).format(warehouse=shown))
    return titles


def _set_properties(book: Workbook, report: Report, language: Language) -> None:
    title = PHRASES["title"].of(language).format(account=report.head.account)
    # the time of the reading and not of the writing: the same data makes the same file
    created = report.head.began_at.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    book.set_properties({"title": title, "subject": CONTRACT, "created": created})
    book.set_custom_property("contract", CONTRACT)
