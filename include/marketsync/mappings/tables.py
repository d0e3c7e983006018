"""CSV tables of a mapping: one table per file, sorted by a unique key, every complaint with file and line.

Sorted, because a table that people edit is read as a difference between two versions; unique, because of two
rows with one key nobody can say which is meant.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from marketsync.errors import BadInput, Place
from marketsync.mappings.text import PATH_SEPARATOR, normal

__all__ = ["CONDITIONED", "Row", "Table", "read_table"]

DELIMITER = ";"
CONDITIONED = ("group", "property", "value")
"""The key of a table whose row for a group may ask for a value of a property; the last two may both be blank."""
_HINT = "Исправьте таблицу: до этого ничего не будет отправлено"


@dataclass(frozen=True, slots=True)
class Row:
    """One row by the names of its columns, with its line in the file."""

    values: Mapping[str, str]
    line: int

    def __getitem__(self, column: str) -> str:
        return self.values[column]


@dataclass(frozen=True)
class Table:
    """A checked table.

    Attributes:
        columns: of the header, in order.
        rows: by normalised key, in the file's order.
    """

    path: Path
    columns: tuple[str, ...]
    rows: Mapping[tuple[str, ...], Row]

    def find(self, *key: str) -> Row | None:
        """The row with this key; case, ё and spaces do not count."""
        return self.rows.get(tuple(normal(part) for part in key))

    def find_nearest(self, path: str) -> Row | None:
        """The row of a group's full path, or else of its nearest ancestor that the table has."""
        steps = path.split(PATH_SEPARATOR)
        while steps:
            row = self.find(PATH_SEPARATOR.join(steps))
            if row is not None:
                return row
            steps.pop()
        return None

    def find_conditioned(self, path: str, properties: Mapping[str, str]) -> tuple[Row, ...]:
        """The rows of a good in a conditioned table: of its group, or else of the nearest ancestor that has any.

        In a group, rows that ask for one of the good's properties come before the row that asks for none.

        Returns:
            the rows that count; several where the good meets the conditions of several.
        """
        held = {normal(name): normal(value) for name, value in properties.items()}
        steps = [normal(step) for step in path.split(PATH_SEPARATOR)]
        while steps:
            here = self._by_group.get(PATH_SEPARATOR.join(steps), ())
            met = tuple(row for key, row in here if key[1] and held.get(key[1]) == key[2])
            found = met or tuple(row for key, row in here if not key[1])
            if found:
                return found
            steps.pop()
        return ()

    @cached_property
    def _by_group(self) -> Mapping[str, list[tuple[tuple[str, ...], Row]]]:
        groups: dict[str, list[tuple[tuple[str, ...], Row]]] = {}
        for key, row in self.rows.items():
            groups.setdefault(key[0], []).append((key, row))
        return groups

    @property
    def conditioned(self) -> bool:
        """Whether its rows may ask for a property of the good."""
        return self.columns[: len(CONDITIONED)] == CONDITIONED

    def bad(self, message: str, line: int) -> BadInput:
        """An error about a row of this table."""
        return BadInput(message, place=Place(file=str(self.path), line=line), hint=_HINT)


def read_table(
    path: Path,
    *,
    keys: int = 1,
    columns: Sequence[str] | None = None,
    optional: Collection[str] = (),
) -> Table:
    """Read and check a table.

    Args:
        path: UTF-8, with a header, columns divided by `;`.
        keys: how many of the first columns make the key; a conditioned table has the key of such a table.
        columns: the header that the table must have, without those of `optional` that it lacks; any of at
            least `keys` + 1 columns when not given.
        optional: columns that the header may leave out.

    Raises:
        BadInput: with the line.
    """
    header, lines = _read(path)
    if columns is not None and header != tuple(
        name for name in columns if name in header or name not in optional
    ):
        raise BadInput(
            f"заголовок таблицы «{DELIMITER.join(header)}», а нужен «{DELIMITER.join(columns)}»",
            place=Place(file=str(path), line=1),
            hint=_HINT,
        )
    if len(header) <= keys or len(set(header)) < len(header):
        raise BadInput(
            f"в заголовке «{DELIMITER.join(header)}» мало столбцов или они повторяются",
            place=Place(file=str(path), line=1),
            hint=_HINT,
        )
    rows: dict[tuple[str, ...], Row] = {}
    table = Table(path, header, rows)
    blank = {1, 2} if table.conditioned else set()  # places of the key
    keys = len(CONDITIONED) if table.conditioned else keys
    previous: tuple[str, ...] | None = None
    for line, cells in lines:
        if len(cells) != len(header):
            raise table.bad(f"в строке {len(cells)} значений, а столбцов {len(header)}", line)
        key = tuple(normal(cell) for cell in cells[:keys])
        shown = " / ".join(cell for cell in cells[:keys] if cell)
        for place, part in enumerate(key):
            if not part and place not in blank:
                raise table.bad(f"пустой ключ: заполните «{header[place]}»", line)
        if blank and bool(key[1]) != bool(key[2]):
            raise table.bad("заполните и «property», и «value», или оставьте оба пустыми", line)
        if key in rows:
            raise table.bad(f"«{shown}» уже есть в строке {rows[key].line}", line)
        if previous is not None and key < previous:
            raise table.bad(f"таблица не по порядку: «{shown}» должно стоять выше строки {line - 1}", line)
        rows[key] = Row(dict(zip(header, cells, strict=True)), line)
        previous = key
    return table


def _read(path: Path) -> tuple[tuple[str, ...], list[tuple[int, list[str]]]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise BadInput(
            f"таблица не читается: {error.strerror}", place=Place(file=str(path)), hint=_HINT
        ) from error
    except UnicodeDecodeError as error:
        raise BadInput(
            "таблица не в кодировке UTF-8",
            place=Place(file=str(path)),
            hint="В Excel: «Сохранить как», «CSV UTF-8 (разделитель — точка с запятой)»",
        ) from error
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=DELIMITER, strict=True)
    try:
        lines = [(reader.line_num, [cell.strip() for cell in cells]) for cells in reader]
    except csv.Error as error:
        raise BadInput(
            f"строка не разобрана: {error}", place=Place(file=str(path), line=reader.line_num), hint=_HINT
        ) from error
    lines = [(line, cells) for line, cells in lines if any(cells)]
    if not lines:
        raise BadInput("таблица пуста: нет даже заголовка", place=Place(file=str(path)), hint=_HINT)
    return tuple(lines[0][1]), lines[1:]
