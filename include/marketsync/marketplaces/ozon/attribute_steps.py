"""What fills one attribute of a card: a step made once per category and run for each good.

A step takes the good and the list of its problems, and returns the values as an import carries them, or None.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from marketsync.mappings.converters import Unusable
from marketsync.mappings.rules import Compiled, Outside, alike, missing
from marketsync.mappings.sources import is_source, label
from marketsync.mappings.tables import Row
from marketsync.marketplaces.base import Attribute, Dictionary, Good, Problem

__all__ = ["ComplexStep", "DictionaryStep", "Step", "TextStep", "Values", "from_dictionary", "text_value"]

Values = tuple[dict[str, Any], ...]
Step = Callable[[Good, list[Problem]], Values | None]

_SEPARATORS = re.compile(r"\s*[,;]\s*")
# a link may hold a comma
_GROUP_SEPARATORS = re.compile(r"\s*[;\n]\s*")


class TextStep:
    """An attribute of free text."""

    __slots__ = ("_attribute", "_required", "_rule")

    def __init__(self, attribute: Attribute, rule: Compiled) -> None:
        self._attribute = attribute
        self._rule = rule
        self._required = attribute.required or rule.rule.required

    def __call__(self, good: Good, problems: list[Problem]) -> Values | None:
        before = len(problems)
        value = self._rule.value(good, problems)
        if value is None:
            if self._required and len(problems) == before:
                problems.append(_missing(self._attribute, self._rule))
            return None
        if isinstance(value, bool):
            return text_value("true" if value else "false")
        if not self._attribute.collection:
            return text_value(str(value))
        parts = tuple(dict.fromkeys(part for part in _SEPARATORS.split(str(value)) if part))
        if _too_many(self._attribute, parts, self._rule, problems):
            return None
        return tuple({"dictionary_value_id": 0, "value": part} for part in parts)


class DictionaryStep:
    """An attribute whose values are the marketplace's; what a text means is remembered."""

    __slots__ = ("_attribute", "_dictionary", "_remembered", "_required", "_rule")

    def __init__(self, dictionary: Dictionary, attribute: Attribute, rule: Compiled) -> None:
        self._dictionary = dictionary
        self._attribute = attribute
        self._rule = rule
        self._required = attribute.required or rule.rule.required
        self._remembered: dict[tuple[str, str], Values | Problem | None] = {}

    def __call__(self, good: Good, problems: list[Problem]) -> Values | None:
        found = self._read(good, problems)
        if found is None:
            return None
        if found not in self._remembered:
            self._remembered[found] = self._values(*found)
        values = self._remembered[found]
        if isinstance(values, Problem):
            problems.append(values)
            return None
        return values

    def _read(self, good: Good, problems: list[Problem]) -> tuple[str, str] | None:
        """The source and its text; None where there is none, with the problem if it is needed."""
        rule = self._rule
        if rule.rule.sources:
            try:
                found = rule.read(good)
            except Unusable as error:
                problems.append(Problem(error.code, error.words, rule.rule.sources[0]))
                return None
        else:
            before = len(problems)
            value = rule.value(good, problems)
            if len(problems) > before:
                return None
            found = None if value is None else (rule.rule.to, str(value))
        if found is None and self._required:
            problems.append(_missing(self._attribute, rule))
        return found

    def _values(self, field: str, text: str) -> Values | Problem | None:
        # a value may itself hold a comma («КОРЕЯ, РЕСПУБЛИКА»): the whole text is tried before its parts
        whole = self._one(text)
        if whole is not None:
            return whole
        if not self._attribute.collection:
            return self._unknown(field, text)
        values: dict[int, dict[str, Any]] = {}
        for part in _SEPARATORS.split(text):
            one = self._one(part) if part else ()
            if one is None:
                problem = self._unknown(field, part)
                if problem is not None:
                    return problem
                continue
            values.update({value["dictionary_value_id"]: value for value in one})
        problems: list[Problem] = []
        if _too_many(self._attribute, tuple(values), self._rule, problems):
            return problems[0]
        return tuple(values.values()) or self._unknown(field, text)

    def one(self, text: str) -> Values | Problem | None:
        """One value of the dictionary for a converted text, or what is wrong with it."""
        found = self._dictionary.value(self._attribute, text)
        if found is not None:
            return from_dictionary(int(found.value_id), found.value)
        return self._unknown(
            self._rule.rule.sources[0] if self._rule.rule.sources else self._rule.rule.to, text
        )

    def _one(self, text: str) -> Values | None:
        """One value of the dictionary for a text, None where it has none."""
        try:
            translated = self._rule.translate(text)
            if isinstance(translated, Outside | Row):
                return None
            wanted = self._rule.finish(translated)
        except Unusable:
            return None
        if isinstance(wanted, bool):
            wanted = "true" if wanted else "false"
        found = self._dictionary.value(self._attribute, str(wanted))
        return None if found is None else from_dictionary(int(found.value_id), found.value)

    def _unknown(self, field: str, text: str) -> Problem | None:
        if self._rule.rule.on_missing == "skip" and not self._required:
            return None
        table = self._rule.rule.lookup
        named = label(field) if is_source(field) else field
        advice = f"исправьте его в 1С или добавьте строку в {table}" if table else "исправьте его в 1С"
        near = self._dictionary.similar(self._attribute, text)
        return Problem(
            "unknown_value",
            f"{named}: значения «{text}» нет в справочнике Ozon «{self._attribute.name}»: {advice}{alike(near)}",
            field,
            target=self._attribute.name,
            value=text,
            near=near,
        )


class ComplexStep:
    """A complex attribute: groups of attributes that belong together, as a video's link and its name."""

    __slots__ = ("_parts",)

    def __init__(self, dictionary: Dictionary, members: Sequence[tuple[Attribute, Compiled | None]]) -> None:
        self._parts = tuple(_Part(dictionary, attribute, rule) for attribute, rule in members)

    def __call__(self, good: Good, problems: list[Problem]) -> list[dict[str, Any]]:
        """The groups, with the values of those parts that have a rule; none where no part has a value."""
        columns = [(part, part.values(good, problems)) for part in self._parts]
        groups = []
        for place in range(max((len(values) for _, values in columns), default=0)):
            there = [(part, values[place]) for part, values in columns if place < len(values)]
            groups.append({"attributes": [part.attribute_with(value) for part, value in there]})
            problems += [part.missing() for part, values in columns if place >= len(values) and part.needed]
        return groups


class _Part:
    """One attribute inside a complex one."""

    __slots__ = ("_attribute", "_rule", "_step", "needed")

    def __init__(self, dictionary: Dictionary, attribute: Attribute, rule: Compiled | None) -> None:
        self._attribute = attribute
        self._rule = rule
        self._step = DictionaryStep(dictionary, attribute, rule) if rule and attribute.dictionary_id else None
        self.needed = attribute.required

    def values(self, good: Good, problems: list[Problem]) -> list[str | Values]:
        """A text or values of the dictionary for each group; several where the complex may come again."""
        if self._rule is None:
            return []
        before = len(problems)
        value = self._rule.value(good, problems)
        if value is None:
            if self._rule.rule.required and len(problems) == before:
                problems.append(_missing(self._attribute, self._rule))
            return []
        several = self._attribute.complex_collection
        texts = [text for text in _GROUP_SEPARATORS.split(str(value)) if text] if several else [str(value)]
        if self._step is None:
            return list(texts)
        found: list[str | Values] = []
        for text in texts:
            one = self._step.one(text)
            if isinstance(one, Problem):
                problems.append(one)
            elif one:
                found.append(one)
        return found

    def attribute_with(self, value: str | Values) -> dict[str, Any]:
        """The attribute of one group."""
        return {
            "id": int(self._attribute.attribute_id),
            "complex_id": int(str(self._attribute.complex_id)),
            "values": list(text_value(value) if isinstance(value, str) else value),
        }

    def missing(self) -> Problem:
        """The problem of a group that lacks this part."""
        if self._rule is not None:
            return _missing(self._attribute, self._rule)
        return Problem(
            "missing_value",
            f"Вместе с другими частями Ozon требует «{self._attribute.name}», а в attributes.csv нет такого "
            "правила: добавьте строку",
            self._attribute.name,
            target=self._attribute.name,
        )


def from_dictionary(value_id: int, value: str) -> Values:
    return ({"dictionary_value_id": value_id, "value": value},)


def text_value(value: str) -> Values:
    return ({"dictionary_value_id": 0, "value": value},)


def _missing(attribute: Attribute, rule: Compiled) -> Problem:
    problem = missing((rule,))
    return Problem(
        "missing_value",
        f"Ozon требует «{attribute.name}». {problem.message}",
        problem.field,
        target=attribute.name,
    )


def _too_many(attribute: Attribute, values: tuple[Any, ...], rule: Compiled, problems: list[Problem]) -> bool:
    limit = attribute.max_values
    if not limit or len(values) <= limit:
        return False
    field = rule.rule.sources[0] if rule.rule.sources else attribute.name
    problems.append(
        Problem(
            "too_many_values",
            f"«{attribute.name}»: значений {len(values)}, а Ozon принимает не больше {limit}: сократите в 1С",
            field,
        )
    )
    return True
