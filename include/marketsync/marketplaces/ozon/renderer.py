"""Goods into Ozon's cards: the mapping's fields, the category by its names, the attributes that the category
asks for.

What depends only on the category or on one text is worked out once and remembered, for a whole catalog is
rendered whenever the mapping moves. Nothing here talks to Ozon: categories, attributes and their values come
from the cache.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from marketsync.errors import BadInput, Place
from marketsync.mappings.converters import Unusable
from marketsync.mappings.mapping import CARD, Mapping, load_mapping
from marketsync.mappings.rules import Compiled, Outside, missing
from marketsync.mappings.sources import is_source, label
from marketsync.mappings.tables import Row
from marketsync.marketplaces.base import Attribute, Category, Dictionary, Good, Problem, Refused, Rendered
from marketsync.marketplaces.ozon import transforms
from marketsync.marketplaces.ozon.limits import DENSITY
from marketsync.marketplaces.ozon.payloads import CARD_FIELDS, REQUIRED_FIELDS, TYPE_ATTRIBUTE, fingerprint

__all__ = ["CardRenderer", "renderer"]

_RENDERING = "1"
"""Raised when this module renders the same mapping differently: every card is then rendered anew."""

# Ozon Seller API: 9048 is the model's name, "same value merges cards".
_IMAGES = "images"
_MODEL_NAME = 9048
_NO_COMPLEX = (None, "", "0")
_CATEGORY_COLUMNS = ("group", "category", "type")
_SEPARATORS = re.compile(r"\s*[,;]\s*")

_Values = tuple[dict[str, Any], ...]
_Step = Callable[[Good, list[Problem]], "_Values | None"]


@dataclass(frozen=True, slots=True)
class _Place:
    """A category made ready: its ids and one step per attribute."""

    category_id: int
    type_id: int
    steps: tuple[tuple[int, _Step], ...]


class CardRenderer:
    """Renders cards by one mapping and one state of the dictionaries."""

    def __init__(self, mapping: Mapping, dictionary: Dictionary) -> None:
        self.mapping = mapping
        self._dictionary = dictionary
        self._places: dict[int, _Place | Problem] = {}

    @property
    def version(self) -> str:
        """Changes whenever the mapping, the dictionaries or the rendering do."""
        return f"{_RENDERING}.{self.mapping.version}.{self._dictionary.version}"

    def render(self, good: Good) -> Rendered | Refused:
        """The card of a good with its hash, or everything that is wrong with it."""
        problems: list[Problem] = []
        fields = self.mapping.apply(good)
        if isinstance(fields, list):
            problems = fields
            # the attributes are looked at too: a manager wants all reasons at once
            fields = self._category_alone(good)
        else:
            # the article is checked by the mapping and sent as the offer's: a listed card keeps its own
            del fields["offer_id"]
            _check_density(fields, problems)
        row = fields.pop("category", None)
        place = self._place(row) if isinstance(row, Row) else None
        if isinstance(place, Problem):
            problems.append(place)
        elif place is not None:
            fields["description_category_id"] = place.category_id
            fields["type_id"] = place.type_id
            attributes = []
            for attribute_id, step in place.steps:
                values = step(good, problems)
                if values:
                    attributes.append({"id": attribute_id, "complex_id": 0, "values": list(values)})
            fields["attributes"] = attributes
        if problems:
            return Refused(tuple(problems))
        return Rendered(fields, fingerprint(fields))

    @property
    def keeps_pictures(self) -> bool:
        """Whether the pictures of cards that are there are the store's to keep equal: images, owner: store."""
        found = [rule.rule for field in self.mapping.fields if field.to == _IMAGES for rule in field.rules]
        return bool(found) and all(rule.owner == "store" for rule in found)

    def categories(self) -> list[Category]:
        """The categories that the mapping assigns and the dictionaries know as open, each once."""
        found = (self._category(row) for row in self._category_rows())
        return list(dict.fromkeys(category for category in found if isinstance(category, Category)))

    def check(self) -> list[str]:
        """What the mapping says that the dictionaries do not bear out: categories that Ozon lacks or has
        closed, required attributes without a rule, rules whose attribute no mapped category has; each with
        file and line.
        """
        found: list[str] = []
        asked: set[tuple[str, int]] = set()
        for row in self._category_rows():
            category = self._category(row)
            if isinstance(category, Problem):
                found.append(category.message)
        for category in self.categories():
            for attribute in self._dictionary.attributes(category):
                rule = self.mapping.attributes.rule(category.type_name, attribute.name)
                if rule is not None:
                    asked.add((rule.rule.to, rule.line))
                elif _is_bare(attribute):
                    found.append(_no_rule(category, attribute).message)
        table = self.mapping.attributes.table.path.name
        found += [
            f"{table}:{rule.line}: характеристики «{rule.rule.to}» нет ни у одной назначенной категории"
            for rule in self.mapping.attributes.rules.values()
            if (rule.rule.to, rule.line) not in asked
        ]
        return found

    def _category_rules(self) -> tuple[Compiled, ...]:
        return next((field.rules for field in self.mapping.fields if field.to == "category"), ())

    def _category_rows(self) -> list[Row]:
        tables = {rule.rule.lookup for rule in self._category_rules() if rule.rule.lookup}
        return [row for name in sorted(tables) for row in self.mapping.tables.table(name).rows.values()]

    def _category_alone(self, good: Good) -> dict[str, Any]:
        """The category of a good that has other problems, which are known already."""
        for rule in self._category_rules():
            row = rule.value(good, [])
            if isinstance(row, Row):
                return {"category": row}
        return {}

    def _place(self, row: Row) -> _Place | Problem:
        place = self._places.get(row.line)
        if place is None:
            place = self._places[row.line] = self._prepared(row)
        return place

    def _prepared(self, row: Row) -> _Place | Problem:
        category = self._category(row)
        if isinstance(category, Problem):
            return category
        attributes = self._dictionary.attributes(category)
        if not attributes:
            # every category of Ozon asks for some: a card without any would empty the one that is shown
            return Problem(
                "dictionary_not_loaded",
                f"Характеристики категории «{category.category_name} / {category.type_name}» ещё не "
                "загружены с Ozon: обновите справочники",
                "group",
            )
        steps = [
            (int(attribute.attribute_id), self._step(category, attribute))
            for attribute in attributes
            if attribute.complex_id in _NO_COMPLEX
        ]
        return _Place(
            int(category.category_id), int(category.type_id), tuple(sorted(steps, key=lambda step: step[0]))
        )

    def _category(self, row: Row) -> Category | Problem:
        names = row["category"], row["type"]
        category = self._dictionary.category(*names)
        if category is not None and not category.disabled:
            return category
        why = "Ozon её закрыл" if category is not None else "на Ozon такой нет"
        return Problem(
            "unmapped_category",
            f"categories.csv:{row.line}: группе «{row['group']}» назначена категория "
            f"«{names[0]} / {names[1]}», а {why}: исправьте строку",
            "group",
        )

    def _step(self, category: Category, attribute: Attribute) -> _Step:
        attribute_id = int(attribute.attribute_id)
        if attribute_id == TYPE_ATTRIBUTE:
            return self._type_step(category, attribute)
        rule = self.mapping.attributes.rule(category.type_name, attribute.name)
        if rule is not None:
            return (
                _DictionaryStep(self._dictionary, attribute, rule)
                if attribute.dictionary_id
                else _TextStep(attribute, rule)
            )
        if attribute_id == _MODEL_NAME:
            return lambda good, _problems: _text(transforms.model_name(good))
        if attribute.required:
            problem = _no_rule(category, attribute)
            return lambda _good, problems: problems.append(problem)
        return lambda _good, _problems: None

    def _type_step(self, category: Category, attribute: Attribute) -> _Step:
        found = self._dictionary.value(attribute, category.type_name)
        values = _from_dictionary(int(found.value_id), found.value) if found else _text(category.type_name)
        return lambda _good, _problems: values


class _TextStep:
    """An attribute of free text."""

    __slots__ = ("_attribute", "_required", "_rule")

    def __init__(self, attribute: Attribute, rule: Compiled) -> None:
        self._attribute = attribute
        self._rule = rule
        self._required = attribute.required or rule.rule.required

    def __call__(self, good: Good, problems: list[Problem]) -> _Values | None:
        before = len(problems)
        value = self._rule.value(good, problems)
        if value is None:
            if self._required and len(problems) == before:
                problems.append(_missing(self._attribute, self._rule))
            return None
        if isinstance(value, bool):
            return _text("true" if value else "false")
        if not self._attribute.collection:
            return _text(str(value))
        parts = tuple(dict.fromkeys(part for part in _SEPARATORS.split(str(value)) if part))
        if _too_many(self._attribute, parts, self._rule, problems):
            return None
        return tuple({"dictionary_value_id": 0, "value": part} for part in parts)


class _DictionaryStep:
    """An attribute whose values are the marketplace's; what a text means is remembered."""

    __slots__ = ("_attribute", "_dictionary", "_remembered", "_required", "_rule")

    def __init__(self, dictionary: Dictionary, attribute: Attribute, rule: Compiled) -> None:
        self._dictionary = dictionary
        self._attribute = attribute
        self._rule = rule
        self._required = attribute.required or rule.rule.required
        self._remembered: dict[tuple[str, str], _Values | Problem | None] = {}

    def __call__(self, good: Good, problems: list[Problem]) -> _Values | None:
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

    def _values(self, field: str, text: str) -> _Values | Problem | None:
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

    def _one(self, text: str) -> _Values | None:
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
        return None if found is None else _from_dictionary(int(found.value_id), found.value)

    def _unknown(self, field: str, text: str) -> Problem | None:
        if self._rule.rule.on_missing == "skip" and not self._required:
            return None
        table = self._rule.rule.lookup
        named = label(field) if is_source(field) else field
        advice = f"исправьте его в 1С или добавьте строку в {table}" if table else "исправьте его в 1С"
        return Problem(
            "unknown_value",
            f"{named}: значения «{text}» нет в справочнике Ozon «{self._attribute.name}»: {advice}",
            field,
        )


def renderer(folder: Path, dictionary: Dictionary) -> CardRenderer:
    """The renderer of a mapping folder.

    Raises:
        BadInput: a file of the mapping is bad, with file and line.
    """
    mapping = load_mapping(folder, transforms, targets=CARD_FIELDS)
    _check_shape(mapping)
    return CardRenderer(mapping, dictionary)


def _check_shape(mapping: Mapping) -> None:
    """A card without one of these would be refused by Ozon, or would be another offer's."""
    fields = {field.to: field for field in mapping.fields}
    file = str(mapping.folder / CARD)
    for name in REQUIRED_FIELDS:
        field = fields.get(name)
        if field is None or not field.required:
            line = field.rules[0].line if field else None
            raise BadInput(
                f"поле «{name}» на Ozon обязательно",
                place=Place(file=file, line=line, field=name),
                hint="Добавьте правило с required: true" if field is None else "Добавьте required: true",
            )
    for rule in fields["category"].rules:
        table = mapping.tables.table(rule.rule.lookup) if rule.rule.lookup else None
        if table is None or table.columns != _CATEGORY_COLUMNS or rule.rule.on_missing == "keep":
            raise BadInput(
                f"категория берётся только из таблицы со столбцами {';'.join(_CATEGORY_COLUMNS)}",
                place=Place(file=file, line=rule.line, field="category"),
                hint="Напишите lookup: categories.csv",
            )


def _from_dictionary(value_id: int, value: str) -> _Values:
    return ({"dictionary_value_id": value_id, "value": value},)


def _text(value: str) -> _Values:
    return ({"dictionary_value_id": 0, "value": value},)


def _check_density(fields: dict[str, Any], problems: list[Problem]) -> None:
    try:
        density = fields["weight"] * 1000 / (fields["depth"] * fields["width"] * fields["height"])
    except KeyError:
        return
    lowest, highest = DENSITY
    if not lowest <= density <= highest:
        problems.append(
            Problem(
                "density",
                f"Вес {fields['weight']} г не подходит к упаковке {fields['depth']} x {fields['width']} x "
                f"{fields['height']} мм: плотность {density:.4g}, а Ozon принимает от {lowest} до {highest}. "
                "Проверьте единицы веса и размеров в 1С",
                "weight",
            )
        )


def _is_bare(attribute: Attribute) -> bool:
    """Asked for, and filled by nobody unless a rule does."""
    own = int(attribute.attribute_id) in (TYPE_ATTRIBUTE, _MODEL_NAME)
    return attribute.required and not own and attribute.complex_id in _NO_COMPLEX


def _no_rule(category: Category, attribute: Attribute) -> Problem:
    return Problem(
        "missing_value",
        f"Ozon требует «{attribute.name}» для типа «{category.type_name}», а в attributes.csv нет такого "
        "правила: добавьте строку",
        attribute.name,
    )


def _missing(attribute: Attribute, rule: Compiled) -> Problem:
    problem = missing((rule,))
    return Problem("missing_value", f"Ozon требует «{attribute.name}». {problem.message}", problem.field)


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
