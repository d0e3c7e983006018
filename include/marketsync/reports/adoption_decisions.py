"""A filled workbook of conflicts, read back: checked whole, every wrong row told, and taken over only where none is.

People sort single columns, paste formulas, and let spreadsheets turn numbers into text and text into numbers: what can
be read in one way only is read, and what cannot is told with its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO, Any
from zipfile import BadZipFile

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from marketsync.errors import BadInput, Place
from marketsync.reports.adoption_columns import CONFLICTS, DECISION
from marketsync.reports.adoption_texts import COLUMNS, COMPLAINTS, SHEETS, VOCABULARIES
from marketsync.sync.decisions import Choice, Decision, Known

__all__ = ["read_decisions"]

_NEEDED = ("good_article", DECISION, "external_id", "guid")
_COMPLAINTS_SHOWN = 50
_WHOLE = 2**53  # a spreadsheet's numbers lose digits above it
_BLANKS = re.compile(r"[\s\u00a0\u202f\ufeff]+")
_WHOLE_AS_TEXT = re.compile(r"^(\d+)[.,]0+$")


@dataclass(frozen=True, slots=True)
class _Cell:
    """What a cell says.

    Attributes:
        text: without blanks around it.
        number: it was a number, so that leading zeros may be lost.
        wrong: the complaint about it, where it cannot be read.
    """

    text: str
    number: bool = False
    wrong: str | None = None


@dataclass(frozen=True, slots=True)
class _Row:
    number: int
    cells: Mapping[str, _Cell]
    choice: Choice


@dataclass
class _Check:
    """Collects what is wrong."""

    sheet: str = ""
    titles: dict[str, str] = field(default_factory=dict)
    complaints: list[str] = field(default_factory=list)

    def of_file(self, what: str, sheet: str, **values: Any) -> None:
        self.complaints.append(f"лист «{sheet}»: {COMPLAINTS[what].format(**values)}")

    def of_cell(self, what: str, row: int, column: str, value: str, **values: Any) -> None:
        self.complaints.append(
            f"лист «{self.sheet}», строка {row}, столбец «{self.titles[column]}», значение «{value}»: "
            + COMPLAINTS[what].format(**values)
        )


def read_decisions(content: IO[bytes], name: str, known: Sequence[Known]) -> list[Decision]:
    """The decisions of a filled workbook.

    Args:
        content: the file, seekable.
        name: of the file, for messages.
        known: the account's conflicts as they stand.

    Returns:
        what is new in them: rows that say what was decided before are left out.

    Raises:
        BadInput: with every wrong row; nothing of the file may be used then.
    """
    check = _Check()
    rows = list(_rows(content, name, check))
    found = _decisions(rows, known, check) if not check.complaints else []
    if check.complaints:
        shown = check.complaints[:_COMPLAINTS_SHOWN]
        if len(check.complaints) > len(shown):
            shown.append(f"... и ещё {len(check.complaints) - len(shown)}")
        raise BadInput(
            "\n  ".join(["решения не приняты:", *shown]),
            place=Place(file=name),
            hint="Исправьте названные строки и отдайте книгу ещё раз; из этой не взято ничего",
        )
    return found


# ------------------------------------------------------------------ the file


def _rows(content: IO[bytes], name: str, check: _Check) -> Iterator[_Row]:
    try:
        book = load_workbook(content, read_only=True, data_only=False)
    except (InvalidFileException, BadZipFile, KeyError, ValueError, OSError) as error:
        raise BadInput(
            "это не книга Excel (.xlsx), или она повреждена",
            place=Place(file=name),
            hint="Сохраните её в формате .xlsx и отдайте ещё раз; ничего не принято",
        ) from error
    try:
        titles = {title: code for code, words in SHEETS.items() for title in words}
        known = ", ".join(f"«{words.ru}»" for words in SHEETS.values())
        for title in book.sheetnames:
            if title not in titles:
                check.of_file("unknown_sheet", title, sheets=known)
        chosen = [title for title in book.sheetnames if titles.get(title) == CONFLICTS]
        if not chosen:
            check.of_file("no_sheet", SHEETS[CONFLICTS].ru)
            return
        check.sheet = chosen[0]
        lines = book[chosen[0]].iter_rows()
        places = _places(next(lines, ()), check)
        if not places:
            return
        for number, line in enumerate(lines, start=2):
            row = _row(
                number, {code: line[at] if at < len(line) else None for code, at in places.items()}, check
            )
            if row is not None:
                yield row
    finally:
        book.close()


def _places(header: Sequence[Any], check: _Check) -> dict[str, int]:
    """Where the needed columns stand; empty where one is missing."""
    places: dict[str, int] = {}
    for code in _NEEDED:
        names = {title.casefold() for title in COLUMNS[code]}
        found = [at for at, cell in enumerate(header) if _read(cell).text.casefold() in names]
        if len(found) == 1:
            places[code] = found[0]
            check.titles[code] = _read(header[found[0]]).text
        else:
            what = "two_columns" if found else "no_column"
            check.of_file(what, check.sheet, column=COLUMNS[code].ru)
    return places if len(places) == len(_NEEDED) else {}


def _row(number: int, cells: Mapping[str, Any], check: _Check) -> _Row | None:
    """A row with a decision, or None; what cannot be read of it is complained about."""
    read = {code: _read(cell) for code, cell in cells.items()}
    decision = read[DECISION]
    if not decision.text and decision.wrong is None:
        return None
    wrong = False
    for code, cell in read.items():
        if cell.wrong:
            check.of_cell(cell.wrong, number, code, cell.text)
            wrong = True
    if wrong:
        return None
    choice = _choice(decision.text)
    if choice is None:
        choices = ", ".join(f"«{words.ru}»" for words in VOCABULARIES[DECISION].values())
        check.of_cell("unknown_choice", number, DECISION, decision.text, choices=choices)
        return None
    return _Row(number, read, choice)


def _read(cell: Any) -> _Cell:
    value = getattr(cell, "value", None)
    if value is None:
        return _Cell("")
    if getattr(cell, "data_type", "") == "f":
        return _Cell(str(value), wrong="formula")
    if isinstance(value, str):
        # an apostrophe in front is how people keep a spreadsheet from counting
        return _Cell(value.strip(" \t\r\n\u00a0\u202f\ufeff").removeprefix("'"))
    if isinstance(value, bool):
        return _Cell(str(value), wrong="broken_number")
    if isinstance(value, (int, float)) and abs(value) < _WHOLE and float(value).is_integer():
        return _Cell(str(int(value)), number=True)
    return _Cell(str(value), wrong="broken_number")


def _choice(text: str) -> Choice | None:
    plain = _BLANKS.sub(" ", text).casefold()
    for code, words in VOCABULARIES[DECISION].items():
        if plain in {title.casefold() for title in words}:
            return Choice(code)
    return None


# ------------------------------------------------------------------ what it says


@dataclass
class _Said:
    """What has been decided by the rows so far: where, and what."""

    pairs: dict[tuple[str, str], _Row] = field(default_factory=dict)
    taken_by_good: dict[str, _Row] = field(default_factory=dict)
    taken_card: dict[str, _Row] = field(default_factory=dict)
    created: dict[str, _Row] = field(default_factory=dict)


def _decisions(rows: Sequence[_Row], known: Sequence[Known], check: _Check) -> list[Decision]:
    goods: dict[str, list[Known]] = {}
    for each in known:
        goods.setdefault(each.guid, []).append(each)
    articles = {each.article for each in known if each.article}
    said = _Said()
    found: list[Decision] = []
    for row in rows:
        about = goods.get(row.cells["guid"].text)
        if about is None:
            check.of_cell("unknown_good", row.number, "guid", row.cells["guid"].text)
            continue
        if not _article_fits(row, about[0], articles, check):
            continue
        external_id = _plain_id(row.cells["external_id"].text)
        card = next((each for each in about if (each.external_id or "") == external_id), None)
        if card is None:
            check.of_cell("not_a_candidate", row.number, "external_id", row.cells["external_id"].text)
            continue
        if not _agrees(row, card, said, check) or _decided_before(card, row.choice):
            continue
        if _possible(row, card, check):
            found.append(Decision(card.conflict_id, card.external_id, row.choice))
    return list(dict.fromkeys(found))


def _article_fits(row: _Row, good: Known, articles: set[str], check: _Check) -> bool:
    cell = row.cells["good_article"]
    article = good.article or ""
    if cell.text == article or (cell.number and article.lstrip("0") == cell.text.lstrip("0")):
        return True
    nowhere = cell.text and cell.text not in articles
    check.of_cell(
        "unknown_article" if nowhere else "other_article",
        row.number,
        "good_article",
        cell.text,
        article=article,
    )
    return False


def _plain_id(text: str) -> str:
    plain = _BLANKS.sub("", text)
    whole = _WHOLE_AS_TEXT.match(plain)
    return whole.group(1) if whole else plain


def _decided_before(card: Known, choice: Choice) -> bool:
    """The same workbook may be handed over twice."""
    match choice:
        case Choice.TAKE:
            return card.choice == Choice.TAKE and card.chosen == card.external_id
        case Choice.CREATE:
            return card.choice == Choice.CREATE
        case Choice.REJECT:
            return card.rejected


def _agrees(row: _Row, card: Known, said: _Said, check: _Check) -> bool:
    """Whether the row contradicts none before it."""
    guid, external_id = card.guid, card.external_id or ""
    other = said.pairs.setdefault((guid, external_id), row)
    if other.choice is not row.choice:
        return _contradicts("twice", row, DECISION, other, check)
    if row.choice is Choice.TAKE:
        if (mine := said.taken_by_good.setdefault(guid, row)) is not row and mine is not other:
            return _contradicts("two_cards", row, DECISION, mine, check)
        if guid in said.created:
            return _contradicts("take_and_create", row, DECISION, said.created[guid], check)
        if (theirs := said.taken_card.setdefault(external_id, row)) is not row and theirs is not other:
            return _contradicts("shared_card", row, "external_id", theirs, check)
    if row.choice is Choice.CREATE:
        said.created.setdefault(guid, row)
        if guid in said.taken_by_good:
            return _contradicts("take_and_create", row, DECISION, said.taken_by_good[guid], check)
    return True


def _contradicts(what: str, row: _Row, column: str, other: _Row, check: _Check) -> bool:
    check.of_cell(what, row.number, column, row.cells[column].text, other=other.number)
    return False


def _possible(row: _Row, card: Known, check: _Check) -> bool:
    """Whether the choice can be carried out as things stand."""
    what = _obstacle(row.choice, card)
    if what is None:
        return True
    article = card.owner_article if what == "owned" else card.article
    check.of_cell(what, row.number, DECISION, row.cells[DECISION].text, article=article)
    return False


def _obstacle(choice: Choice, card: Known) -> str | None:
    if card.has_card:
        return "has_card"
    if choice is Choice.TAKE:
        if card.external_id is None or card.card_state is None:
            return "gone"
        if card.owner_article:
            return "owned"
        if card.card_state == "archived":
            return "archived"
        return None if card.card_article else "no_article"
    if choice is Choice.CREATE:
        if not card.article:
            return "no_good_article"
        return "article_exists" if card.article_taken else None
    return None
