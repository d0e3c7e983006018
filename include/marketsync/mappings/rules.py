"""One rule of a mapping: its closed vocabulary, and its compiled form.

A rule says where a value comes from (`from`, `const` or `call`), how it is translated (`values` or `lookup`),
into what it is converted (`as`) and what may be wrong with it (`required`, `max_len`, `on_missing`). It is
compiled once into closures: a catalog is rendered at some ten thousand cards a second, and a rule is run for
each of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum
from pathlib import Path
from types import ModuleType
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from marketsync.mappings.converters import CONVERTERS, Unusable
from marketsync.mappings.owners import Owner
from marketsync.mappings.similar import similar
from marketsync.mappings.sources import compile_source, is_source, label, where_to_mend
from marketsync.mappings.tables import CONDITIONED, Row, Table, read_table
from marketsync.mappings.text import normal
from marketsync.marketplaces.base import Good, Problem

__all__ = ["Compiled", "Outside", "Rule", "Tables", "alike", "first_value", "missing"]

Text = Annotated[str, Field(min_length=1)]
OnMissing = Literal["reject", "skip", "keep"]

_CATEGORY_SOURCE = "group"
_BARCODE_SOURCE = "barcode"


def _as_tuple(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


class Rule(BaseModel):
    """A rule as it stands in the file.

    Attributes:
        to: the document's field, or the attribute's name.
        sources: `from`: the first that is not empty gives the value.
        const: always this value.
        call: a function of the marketplace's transforms.py that gets the good; it returns the value, None
            where there is none, or a Problem.
        values: the store's text -> the document's, in place.
        lookup: the same in a table; a table of several columns gives its whole row.
        convert: `as`: a converter.
        max_len: characters; a longer text is a problem, never cut.
        only_create: goes with every card, but is not kept equal: a difference in it alone sends nothing.
        on_missing: what to do with a text that `values`, `lookup` or the marketplace's dictionary does not
            have.
        owner: whose the field is once the card exists; owners.csv has the exceptions.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=False)

    to: Text
    sources: Annotated[tuple[Text, ...], BeforeValidator(_as_tuple)] = Field((), alias="from")
    const: Text | None = None
    call: Text | None = None
    values: dict[str, Text] | None = None
    lookup: Annotated[str, Field(pattern=r"^[\w-]+\.csv$")] | None = None
    convert: Text | None = Field(None, alias="as")
    required: bool = False
    max_len: int | None = Field(None, gt=0)
    only_create: bool = False
    on_missing: OnMissing = "reject"
    owner: Owner = "store"

    @model_validator(mode="after")
    def _is_possible(self) -> Rule:
        given = [
            name
            for name, value in (("from", self.sources), ("const", self.const), ("call", self.call))
            if value
        ]
        if len(given) != 1:
            raise ValueError(f"нужно ровно одно из from, const, call; здесь: {', '.join(given) or 'ничего'}")
        for source in self.sources:
            if not is_source(source):
                raise ValueError(
                    f"неизвестный источник «{source}»; источники описаны в README.md рядом с файлом"
                )
        if self.values and self.lookup:
            raise ValueError("values и lookup вместе не бывают: оставьте одно")
        if (self.values or self.lookup) and not self.sources:
            raise ValueError("values и lookup переводят то, что прочитано через from")
        if self.convert and self.convert not in CONVERTERS:
            raise ValueError(f"неизвестное преобразование «{self.convert}»; есть: {', '.join(CONVERTERS)}")
        return self


class Tables:
    """The lookup tables of one folder, each read once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.read: dict[str, Table] = {}

    def table(self, name: str) -> Table:
        """A table by its file name.

        Raises:
            BadInput: it is missing or bad.
        """
        if name not in self.read:
            self.read[name] = read_table(self.folder / name)
        return self.read[name]


class Outside(Enum):
    """What a translation answers for a text that it does not have and must not keep."""

    REJECT = "reject"
    SKIP = "skip"


class Compiled:
    """A rule made ready to run.

    Attributes:
        rule: as it stands in the file.
        line: where.
    """

    __slots__ = ("_call", "_conditioned", "_convert", "_readers", "_table", "_translate", "line", "rule")

    def __init__(self, rule: Rule, line: int, tables: Tables, transforms: ModuleType) -> None:
        self.rule = rule
        self.line = line
        self._readers = tuple((word, compile_source(word)) for word in rule.sources)
        self._table = tables.table(rule.lookup) if rule.lookup else None
        self._conditioned = self._table if self._table is not None and self._table.conditioned else None
        self._translate = _translation(rule, self._table)
        self._convert = CONVERTERS[rule.convert] if rule.convert else None
        self._call: Callable[[Good], Any] | None = getattr(transforms, rule.call) if rule.call else None

    def read(self, good: Good) -> tuple[str, str] | None:
        """The source that has a value, and the value.

        Raises:
            Unusable: there is one, and it cannot be used.
        """
        for word, reader in self._readers:
            text = reader(good)
            if text is not None:
                return word, text
        return None

    def translate(self, text: str) -> str | Row | Outside:
        """The text through `values` or `lookup`; itself where the rule has neither."""
        return self._translate(text) if self._translate else text

    def finish(self, text: str) -> Any:
        """The text converted, and no longer than it may be.

        Raises:
            Unusable: it cannot be converted, or is too long.
        """
        value = self._convert(text) if self._convert else text
        limit = self.rule.max_len
        if limit is not None and isinstance(value, str) and len(value) > limit:
            shown = value if len(value) <= _SHOWN else f"{value[:_SHOWN]}…"
            raise Unusable("too_long", f"«{shown}»: {len(value)} знаков, а можно {limit}: сократите в 1С")
        return value

    def value(self, good: Good, problems: list[Problem]) -> Any:
        """The rule's value for a good; None where there is none.

        What is wrong is appended to `problems`, and the value is None then too.
        """
        if self._call is not None:
            answer = self._call(good)
            if isinstance(answer, Problem):
                problems.append(answer)
                return None
            return answer
        field = self.rule.sources[0] if self.rule.sources else self.rule.to
        try:
            if self.rule.const is not None:
                return self.finish(self.rule.const)
            found = self.read(good)
            if found is None:
                return None
            field, text = found
            if self._conditioned is not None:
                return self._by_condition(self._conditioned, field, text, good, problems)
            translated = self.translate(text)
            if translated is Outside.SKIP:
                return None
            if translated is Outside.REJECT:
                problems.append(self.outside(field, text))
                return None
            return translated if isinstance(translated, Row) else self.finish(str(translated))
        except Unusable as error:
            problems.append(Problem(error.code, f"{self._named(field)}: {error.words}", field))
            return None

    def _by_condition(
        self, table: Table, field: str, text: str, good: Good, problems: list[Problem]
    ) -> Row | None:
        rows = table.find_conditioned(text, good.properties)
        answers = {tuple(row[name] for name in table.columns[len(CONDITIONED) :]) for row in rows}
        if len(answers) == 1:
            return rows[0]
        if not rows:
            if self.rule.on_missing == "reject":
                problems.append(self.outside(field, text))
            return None
        lines = ", ".join(str(row.line) for row in rows)
        problems.append(
            Problem(
                "ambiguous_category",
                f"Группе «{text}» с такими свойствами подходят разные строки {self.rule.lookup}: {lines}. "
                "Оставьте одну или уточните условия",
                field,
                value=text,
            )
        )
        return None

    def outside(self, field: str, text: str) -> Problem:
        """The problem of a text that the rule's table does not have."""
        if field == _CATEGORY_SOURCE:
            return Problem(
                "unmapped_category",
                f"Группе «{text}» не назначена категория: добавьте строку в {self.rule.lookup}",
                field,
                value=text,
            )
        where = self.rule.lookup or f"values правила «{self.rule.to}» (строка {self.line})"
        known = (
            [cell for row in self._table.rows.values() for cell in row.values.values()] if self._table else []
        )
        near = similar(text, list(dict.fromkeys([*known, *(self.rule.values or ())])))
        return Problem(
            "unknown_value",
            f"{self._named(field)}: «{text}» нет в {where}: добавьте перевод{alike(near)}",
            field,
            target=self.rule.to,
            value=text,
            near=near,
        )

    def _named(self, field: str) -> str:
        return label(field) if is_source(field) else self.rule.to


_SHOWN = 60


def alike(near: Sequence[str]) -> str:
    """The end of a message about an unknown value: which known ones are like it."""
    return f" (похожие: {', '.join(f'«{name}»' for name in near)})" if near else ""


def _translation(rule: Rule, table: Table | None) -> Callable[[str], str | Row | Outside] | None:
    mode = rule.on_missing
    if rule.values is not None:
        known = {normal(text): value for text, value in rule.values.items()}

        def by_values(text: str) -> str | Outside:
            value = known.get(normal(text))
            return value if value is not None else _absent(text, mode)

        return by_values
    if table is None:
        return None
    find = table.find_nearest if rule.sources == (_CATEGORY_SOURCE,) else table.find
    remembered: dict[str, str | Row | Outside] = {}
    single = table.columns[1] if len(table.columns) == 2 else None

    def by_table(text: str) -> str | Row | Outside:
        if text not in remembered:
            row = find(text)
            if row is None:
                return _absent(text, mode)
            remembered[text] = row[single] if single else row
        return remembered[text]

    return by_table


def _absent(text: str, mode: OnMissing) -> str | Outside:
    if mode == "keep":
        return text
    return Outside.SKIP if mode == "skip" else Outside.REJECT


def first_value(rules: Sequence[Compiled], good: Good, problems: list[Problem]) -> Any:
    """The value of the first of several rules for one field that has one; None where none does."""
    before = len(problems)
    for rule in rules:
        value = rule.value(good, problems)
        if value is not None or len(problems) > before:
            return value
    return None


def missing(rules: Sequence[Compiled]) -> Problem:
    """The problem of a good for which none of these rules has a value, though one is required."""
    sources = [source for rule in rules for source in rule.rule.sources]
    if not sources:
        rule = rules[0].rule
        return Problem(
            "missing_value",
            f"Нет значения для «{rule.to}»: его не дала функция {rule.call}",
            rule.to,
            target=rule.to,
        )
    code = "missing_barcode" if sources[0] == _BARCODE_SOURCE else "missing_value"
    return Problem(
        code,
        f"Не заполнено: {where_to_mend(sources)}. Заполните в карточке товара в 1С",
        sources[0],
        target=rules[0].rule.to,
    )
