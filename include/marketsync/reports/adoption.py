"""The workbook of an adoption: what was taken over, what is nobody's, and what a person must decide.

Rows go from a server-side cursor to the file a chunk at a time, and the file appears whole or not at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any

import pandas as pd
import psycopg
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from marketsync.accounts import Account
from marketsync.db import Database, sql
from marketsync.errors import BadInput
from marketsync.reports.adoption_columns import (
    ADOPTED,
    CONFLICTS,
    CONTRACT,
    DECISION,
    MISSING_HERE,
    SHEETS,
    TABLES,
)
from marketsync.reports.adoption_texts import (
    COLUMNS,
    MEANINGS,
    PHRASES,
    SHEET_MEANINGS,
    SUMMARY,
    VOCABULARIES,
)
from marketsync.reports.adoption_texts import SHEETS as TITLES
from marketsync.reports.cells import write_text
from marketsync.reports.columns import Table
from marketsync.reports.description import Entry, write_entries
from marketsync.reports.frames import chunks
from marketsync.reports.present import local_times
from marketsync.reports.saving import whole_file
from marketsync.reports.sheets import Styles, Written, print_settings, write_table
from marketsync.reports.texts import Language, Words, checked_language, word
from marketsync.reports.workbook import CURRENCY_SIGNS, WORKBOOK_OPTIONS, checked_zone

__all__ = ["write_adoption"]

# query's column -> the contract's, where the query serves another sheet's word
_RENAMED = {
    CONFLICTS: {"article": "good_article", "stock_observed": "stock_there"},
    MISSING_HERE: {
        "article": "card_article",
        "name": "card_name",
        "good_name": "name",
        "price_observed": "price_there",
        "stock_observed": "stock_there",
    },
    ADOPTED: {"article": "card_article", "price_observed": "price_there", "stock_observed": "stock_there"},
}

_MOMENTS = {"since", "adopted_at"}
_COUNTS = ("cards", "archived", "adopted", "ours", "conflicts", "ignored", "alone")


def write_adoption(
    database: Database,
    adoption_id: int,
    path: Path,
    *,
    account: Account,
    price_types: Sequence[str],
    language: str = "ru",
    time_zone: str = "Europe/Moscow",
) -> Path:
    """Write the workbook of one adoption, with everything that waits for a decision now.

    Args:
        path: where to; its folder is made, a former file is replaced in one step.
        price_types: the store's, of which the first that a good has is shown.
        language: of the words: ru, en. The codes are the same in both.
        time_zone: of the dates.

    Raises:
        BadInput: no such adoption, language or time zone.
        Retriable: the database cannot be reached, or there is no space for the file.
        Fatal: the folder or the file cannot be written.
    """
    words, zone = checked_language(language), checked_zone(time_zone)
    with database.transaction() as connection:
        connection.execute(sql("report/snapshot"))
        head = connection.execute(sql("report/adoption"), {"adoption_id": adoption_id}).fetchone()
        if head is None:
            raise BadInput(
                f"There is no adoption {adoption_id}", hint="`python -m marketsync adopt ACCOUNT` makes one"
            )
        with whole_file(path) as fresh:
            book = Workbook(str(fresh), {**WORKBOOK_OPTIONS, "tmpdir": str(fresh.parent)})
            _Writer(book, connection, head, account, price_types, words, zone).write()
            book.close()
    return path


class _Writer:
    def __init__(
        self,
        book: Workbook,
        connection: psycopg.Connection[dict[str, Any]],
        head: Mapping[str, Any],
        account: Account,
        price_types: Sequence[str],
        language: Language,
        zone: tzinfo,
    ) -> None:
        self._book = book
        self._connection = connection
        self._head = head
        self._account = account
        self._language: Language = language
        self._zone = zone
        self._styles = Styles(book, language)
        self._currency = CURRENCY_SIGNS.get(account.currency, account.currency)
        self._parameters = {
            "account": account.id,
            "price_types": list(price_types),
            "property": account.mark.property,
            "values": list(account.mark.values),
        }

    def write(self) -> None:
        """All sheets, in the order of the contract."""
        title = self._phrase("title", account=self._account.id)
        created = self._head["began_at"].astimezone(UTC).replace(tzinfo=None, microsecond=0)
        self._book.set_properties({"title": title, "subject": CONTRACT, "created": created})
        self._book.set_custom_property("contract", CONTRACT)
        self._summary(self._book.add_worksheet(self._of(TITLES["summary"])))
        for table in TABLES:
            written = write_table(
                self._book,
                self._styles,
                title=self._of(TITLES[table.code]),
                columns=table.columns,
                headers=self._headers(table),
                frames=self._frames(table.code),
                language=self._language,
                vocabularies=VOCABULARIES,
            )
            if table.code == CONFLICTS:
                self._offer_choices(table, written)
        description = self._book.add_worksheet(self._of(TITLES["description"]))
        write_entries(description, self._styles, list(self._entries()), self._language)

    def _summary(self, sheet: Worksheet) -> None:
        styles, head = self._styles, self._head
        sheet.set_column(0, 0, 24, styles.identifier, {"hidden": True})
        sheet.set_column(1, 1, 52, styles.text)
        sheet.set_column(2, 2, 24, styles.text)
        print_settings(sheet)
        write_text(sheet, 0, 1, self._phrase("title", account=self._account.id), styles.title)
        write_text(sheet, 1, 1, self._phrase("how", account=self._account.id), styles.text)
        write_text(sheet, 2, 1, self._phrase("nothing_written"), styles.text)
        lines: list[tuple[str, str, Any]] = [
            ("account", self._of(SUMMARY["account"]), self._account.id),
            ("marketplace", self._of(SUMMARY["marketplace"]), self._account.marketplace),
            ("adoption", self._of(SUMMARY["adoption"]), head["adoption_id"]),
            ("state", self._of(SUMMARY["state"]), self._word("adoption_state", head["state"])),
            ("began_at", self._of(SUMMARY["began_at"]), head["began_at"]),
            ("finished_at", self._of(SUMMARY["finished_at"]), head["finished_at"]),
        ]
        counts = head["counts"]
        lines += [(code, self._of(SUMMARY[code]), counts[code]) for code in _COUNTS if code in counts]
        lines += [
            (f"adopted:{key}", self._phrase("by_key", key=self._word("adopted_by", key)), n)
            for key, n in sorted(counts.get("by_key", {}).items())
        ]
        lines += [
            (f"conflicts:{kind}", self._phrase("by_kind", kind=self._word("kind", kind)), n)
            for kind, n in sorted(counts.get("by_kind", {}).items())
        ]
        for row, (code, label, value) in enumerate(lines, start=4):
            write_text(sheet, row, 0, code, styles.identifier)
            write_text(sheet, row, 1, label, styles.text)
            if isinstance(value, datetime):
                local = value.astimezone(self._zone).replace(tzinfo=None, microsecond=0)
                sheet.write_datetime(row, 2, local, styles.moment)
            elif isinstance(value, int):
                sheet.write_number(row, 2, value, styles.quantity)
            elif value is not None:
                write_text(sheet, row, 2, value, styles.text)
        write_text(sheet, 4 + len(lines), 1, self._phrase("moments", zone=self._zone), styles.text)

    def _frames(self, code: str) -> Iterator[pd.DataFrame]:
        for frame in chunks(self._connection, f"report/adoption_{code}", self._parameters):
            shown = frame.rename(columns=_RENAMED[code])
            if "keys" in shown:
                shown["keys"] = [
                    ", ".join(self._word("key", key) for key in (keys or "").split(", ") if key)
                    for keys in shown["keys"]
                ]
            for moment in _MOMENTS & set(shown.columns):
                shown[moment] = local_times(shown[moment], self._zone)
            yield shown

    def _offer_choices(self, table: Table, written: Written) -> None:
        """A list in every cell of the column that people fill in, and its colour."""
        position = [column.code for column in table.columns].index(DECISION)
        sheet = self._book.get_worksheet_by_name(written.titles[0])
        if written.rows == 0 or sheet is None:
            return
        choices = [self._of(choice) for choice in VOCABULARIES[DECISION].values()]
        message = self._phrase("list_message")
        sheet.data_validation(
            1, position, written.rows, position,
            {"validate": "list", "source": choices, "error_title": self._phrase("list_title"),
             "error_message": message, "input_title": self._phrase("list_title"), "input_message": message},
        )  # fmt: skip
        colour = self._book.add_format({"bg_color": "#FFF2CC"})
        sheet.conditional_format(1, position, written.rows, position, {"type": "no_errors", "format": colour})

    def _headers(self, table: Table) -> list[str]:
        return [self._of(COLUMNS[column.code]).format(currency=self._currency) for column in table.columns]

    def _entries(self) -> Iterator[Entry]:
        yield Entry("contract", "", CONTRACT, "")
        for code in SHEETS:
            yield Entry("sheet", code, code, self._of(TITLES[code]), meaning=self._of(SHEET_MEANINGS[code]))
        for table in TABLES:
            for column, title in zip(table.columns, self._headers(table), strict=True):
                meaning = self._of(MEANINGS[column.code]) if column.code in MEANINGS else ""
                yield Entry("column", table.code, column.code, title, column.kind.value, meaning)
        for vocabulary, listed in VOCABULARIES.items():
            for code, text in listed.items():
                yield Entry("value", "", f"{vocabulary}:{code}", self._of(text))

    def _of(self, words: Words) -> str:
        return words.of(self._language)

    def _word(self, vocabulary: str, code: str) -> str:
        return word(VOCABULARIES[vocabulary], code, self._language)

    def _phrase(self, name: str, **values: Any) -> str:
        return self._of(PHRASES[name]).format(**values)
