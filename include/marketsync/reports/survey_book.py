"""A survey of the store's goods as a workbook for the managers who mend mappings: a sheet for each kind of reason."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from marketsync.reports.cells import write_text
from marketsync.reports.saving import whole_file
from marketsync.reports.sheets import Styles
from marketsync.reports.survey_texts import ADVICE, COLUMNS, FITS, RULES, TOPICS, place
from marketsync.reports.texts import SHEETS, Language
from marketsync.sync.survey import Finding, Survey, Topic

__all__ = ["write_survey"]

_WIDTHS = {
    "account": 12, "subject": 44, "value": 34, "where": 34, "goods": 10, "near": 44, "examples": 26, "message": 90,
}  # fmt: skip
_LONGEST_TITLE = 31  # Microsoft, "Excel specifications and limits": characters of a sheet's name


def write_survey(surveys: Sequence[Survey], path: Path, language: Language) -> Path:
    """Write the surveys of one or more accounts.

    Raises:
        Retriable, Fatal: the file cannot be written; nothing of it is left.
    """
    with whole_file(path) as fresh:
        book = Workbook(str(fresh), {"constant_memory": False})
        styles = Styles(book, language)
        _summary(book, styles, surveys, language)
        for topic in Topic:
            findings = [(s.account, each) for s in surveys for each in s.findings if each.topic is topic]
            if findings:
                _findings(book, styles, topic, findings, language)
        complaints = [(s.account, complaint) for s in surveys for complaint in s.complaints]
        if complaints:
            _complaints(book, styles, complaints, language)
        book.close()
    return path


def _summary(book: Workbook, styles: Styles, surveys: Sequence[Survey], language: Language) -> None:
    sheet = book.add_worksheet(SHEETS["summary"].of(language))
    names = [COLUMNS[name].of(language) for name in ("account", "marked", "ready", "stopped")]
    names += [TOPICS[topic].of(language) for topic in Topic]
    _header(sheet, styles, names, [14, *[18] * (len(names) - 1)])
    for row, survey in enumerate(surveys, start=1):
        write_text(sheet, row, 0, survey.account, styles.text)
        counts = [survey.goods, survey.ready, survey.goods - survey.ready]
        counts += [sum(each.topic is topic for each in survey.findings) for topic in Topic]
        for column, count in enumerate(counts, start=1):
            sheet.write_number(row, column, count, styles.quantity)
    if all(survey.fits for survey in surveys):
        write_text(sheet, len(surveys) + 2, 0, FITS.of(language), styles.bold)


def _findings(
    book: Workbook,
    styles: Styles,
    topic: Topic,
    findings: Sequence[tuple[str, Finding]],
    language: Language,
) -> None:
    sheet = book.add_worksheet(TOPICS[topic].of(language)[:_LONGEST_TITLE])
    names = list(_WIDTHS)
    _header(sheet, styles, [COLUMNS[name].of(language) for name in names], list(_WIDTHS.values()))
    sheet.autofilter(0, 0, len(findings), len(names) - 1)
    for row, (account, finding) in enumerate(findings, start=1):
        texts = {
            "account": account,
            "subject": finding.subject,
            "value": finding.value or "",
            "where": place(finding),
            "near": ", ".join(finding.near),
            "examples": ", ".join(finding.examples),
            "message": finding.message,
        }
        for column, name in enumerate(names):
            if name == "goods":
                sheet.write_number(row, column, finding.goods, styles.quantity)
            else:
                write_text(sheet, row, column, texts[name], styles.text)
    write_text(sheet, len(findings) + 2, 0, ADVICE[topic].of(language), styles.bold)


def _complaints(
    book: Workbook, styles: Styles, complaints: Sequence[tuple[str, str]], language: Language
) -> None:
    sheet = book.add_worksheet(RULES.of(language)[:_LONGEST_TITLE])
    _header(sheet, styles, [COLUMNS["account"].of(language), COLUMNS["message"].of(language)], [14, 140])
    for row, (account, complaint) in enumerate(complaints, start=1):
        write_text(sheet, row, 0, account, styles.text)
        write_text(sheet, row, 1, complaint, styles.text)


def _header(sheet: Worksheet, styles: Styles, names: Sequence[str], widths: Sequence[int]) -> None:
    sheet.freeze_panes(1, 0)
    for column, (name, width) in enumerate(zip(names, widths, strict=True)):
        sheet.set_column(column, column, width)
        write_text(sheet, 0, column, name, styles.header)
