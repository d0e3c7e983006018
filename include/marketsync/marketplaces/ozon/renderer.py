"""Goods into Ozon's cards: the mapping's fields, the category by its names, the attributes that the category
asks for.

What depends only on the category or on one text is worked out once and remembered, for a whole catalog is
rendered whenever the mapping moves. Nothing here talks to Ozon: categories, attributes and their values come
from the cache.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from marketsync.errors import BadInput, Place
from marketsync.mappings.mapping import CARD, Mapping, load_mapping
from marketsync.mappings.owners import ANY, Owner
from marketsync.mappings.rules import Compiled, alike
from marketsync.mappings.tables import CONDITIONED, Row
from marketsync.marketplaces.base import (
    Attribute,
    Category,
    Dictionary,
    Good,
    Owned,
    Problem,
    Refused,
    Rendered,
)
from marketsync.marketplaces.ozon import transforms
from marketsync.marketplaces.ozon.attribute_steps import (
    ComplexStep,
    DictionaryStep,
    Step,
    TextStep,
    from_dictionary,
    text_value,
)
from marketsync.marketplaces.ozon.limits import DENSITY
from marketsync.marketplaces.ozon.payloads import (
    CARD_FIELDS,
    REQUIRED_FIELDS,
    TYPE_ATTRIBUTE,
    attribute_field,
    complex_field,
    fingerprint,
)

__all__ = ["CardRenderer", "renderer"]

_RENDERING = "2"
"""Raised when this module renders the same mapping differently: every card is then rendered anew."""

# Ozon Seller API: 9048 is the model's name, "same value merges cards".
_MODEL_NAME = 9048
_NO_COMPLEX = (None, "", "0")
_CATEGORY_TABLES = (("group", "category", "type"), (*CONDITIONED, "category", "type"))
_IDENTITY = "offer_id"  # what a card is found by has no owner
MODEL_NAME_FIELD = "model_name"
"""How owners.csv names the model's name, which no rule has to fill."""


@dataclass(frozen=True, slots=True)
class _Place:
    """A category made ready: its ids and one step per attribute and per complex attribute.

    Attributes:
        owners: field -> the name under which owners.csv knows it, and its owner where that says nothing.
        possible: the fields of all attributes of the category.
    """

    category_id: int
    type_id: int
    steps: tuple[tuple[int, Step], ...]
    complexes: tuple[tuple[int, ComplexStep], ...]
    owners: tuple[tuple[str, str, Owner], ...]
    possible: frozenset[str]


class CardRenderer:
    """Renders the cards of one account by one mapping and one state of the dictionaries."""

    def __init__(self, mapping: Mapping, dictionary: Dictionary, account: str = ANY) -> None:
        self.mapping = mapping
        self._dictionary = dictionary
        self._account = account
        self._places: dict[int, _Place | Problem] = {}
        self._owned: dict[tuple[int, str | None], Owned] = {}
        self._plain = tuple(
            (field.to, field.to, field.owner) for field in mapping.fields if field.to != _IDENTITY
        )

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
            groups = [group for _, complex_step in place.complexes for group in complex_step(good, problems)]
            if groups:
                fields["complex_attributes"] = groups
        if problems or not isinstance(place, _Place) or not isinstance(row, Row):
            return Refused(tuple(problems))
        owned = self._owned_of(row, place, good.group)
        return Rendered(
            fields,
            fingerprint(fields, owned.store),
            owned=owned,
            filled=_filled(fields),
            possible=place.possible,
            ask_hash=fingerprint(fields, owned.ask) if owned.ask else None,
        )

    def require_groups(self, known: Collection[str]) -> None:
        """Stop where owners.csv names a group that is not among these.

        Raises:
            BadInput: with file and line.
        """
        self.mapping.owners.require_groups(known)

    def _owned_of(self, row: Row, place: _Place, group: str | None) -> Owned:
        """Whose the fields of a card are, by its place and its group."""
        if (row.line, group) not in self._owned:
            fields: dict[Owner, list[str]] = {"store": [], "ask": [], "cabinet": []}
            # of a complex attribute that has several owners the most careful one counts
            careful: tuple[Owner, ...] = ("cabinet", "ask", "store")
            found: dict[str, Owner] = {}
            for field, name, default in (*self._plain, *place.owners):
                owner = self.mapping.owners.owner(self._account, group, name, default)
                found[field] = min(found.get(field, owner), owner, key=careful.index)
            for field, owner in found.items():
                fields[owner].append(field)
            self._owned[row.line, group] = Owned(frozenset(fields["store"]), frozenset(fields["ask"]))
        return self._owned[row.line, group]

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
        ordered = sorted(attributes, key=lambda attribute: int(attribute.attribute_id))
        plain = [attribute for attribute in ordered if attribute.complex_id in _NO_COMPLEX]
        parts: dict[int, list[Attribute]] = {}
        for attribute in ordered:
            if attribute.complex_id not in _NO_COMPLEX:
                parts.setdefault(int(str(attribute.complex_id)), []).append(attribute)
        return _Place(
            int(category.category_id),
            int(category.type_id),
            tuple((int(attribute.attribute_id), self._step(category, attribute)) for attribute in plain),
            tuple(
                (complex_id, self._complex(category, members))
                for complex_id, members in parts.items()
                if any(self.mapping.attributes.rule(category.type_name, member.name) for member in members)
            ),
            tuple(self._owners(category, ordered)),
            frozenset(attribute_field(int(attribute.attribute_id)) for attribute in ordered),
        )

    def _owners(self, category: Category, attributes: Sequence[Attribute]) -> list[tuple[str, str, Owner]]:
        """The attributes that somebody but the cabinet may own: those that a rule or this module fills."""
        found: list[tuple[str, str, Owner]] = []
        for attribute in attributes:
            number = int(attribute.attribute_id)
            rule = self.mapping.attributes.rule(category.type_name, attribute.name)
            if number == TYPE_ATTRIBUTE:
                continue
            if rule is not None:
                whole = attribute.complex_id not in _NO_COMPLEX
                field = complex_field(int(str(attribute.complex_id))) if whole else attribute_field(number)
                found.append((field, attribute.name, rule.rule.owner))
            elif number == _MODEL_NAME:
                found.append((attribute_field(number), MODEL_NAME_FIELD, "store"))
        return found

    def _complex(self, category: Category, members: Sequence[Attribute]) -> ComplexStep:
        """The step of a complex attribute: its groups, with the values of those parts that have a rule."""
        return ComplexStep(
            self._dictionary,
            [(member, self.mapping.attributes.rule(category.type_name, member.name)) for member in members],
        )

    def _category(self, row: Row) -> Category | Problem:
        names = row["category"], row["type"]
        category = self._dictionary.category(*names)
        if category is not None and not category.disabled:
            return category
        why = "Ozon её закрыл" if category is not None else "на Ozon такой нет"
        near = self._dictionary.similar_categories(names[1])
        return Problem(
            "unmapped_category",
            f"categories.csv:{row.line}: группе «{row['group']}» назначена категория "
            f"«{names[0]} / {names[1]}», а {why}: исправьте строку{alike(near)}",
            "group",
            target=" / ".join(names),
            value=row["group"],
            near=near,
        )

    def _step(self, category: Category, attribute: Attribute) -> Step:
        attribute_id = int(attribute.attribute_id)
        if attribute_id == TYPE_ATTRIBUTE:
            return self._type_step(category, attribute)
        rule = self.mapping.attributes.rule(category.type_name, attribute.name)
        if rule is not None:
            return (
                DictionaryStep(self._dictionary, attribute, rule)
                if attribute.dictionary_id
                else TextStep(attribute, rule)
            )
        if attribute_id == _MODEL_NAME:
            return lambda good, _problems: text_value(transforms.model_name(good))
        if attribute.required:
            problem = _no_rule(category, attribute)
            return lambda _good, problems: problems.append(problem)
        return lambda _good, _problems: None

    def _type_step(self, category: Category, attribute: Attribute) -> Step:
        found = self._dictionary.value(attribute, category.type_name)
        values = (
            from_dictionary(int(found.value_id), found.value) if found else text_value(category.type_name)
        )
        return lambda _good, _problems: values


def renderer(
    folder: Path, dictionary: Dictionary, *, account: str = ANY, accounts: Collection[str] | None = None
) -> CardRenderer:
    """The renderer of a mapping folder.

    Args:
        account: whose cards are rendered: owners may differ between accounts.
        accounts: all that there are; owners.csv may name no other.

    Raises:
        BadInput: a file of the mapping is bad, with file and line.
    """
    mapping = load_mapping(folder, transforms, targets=CARD_FIELDS, automatic=(MODEL_NAME_FIELD,))
    _check_shape(mapping)
    if accounts is not None:
        mapping.owners.require_accounts(accounts)
    return CardRenderer(mapping, dictionary, account)


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
    identity = fields["offer_id"].rules[0]
    if identity.rule.owner != "store":
        raise BadInput(
            "у артикула нет хозяина: по нему карточку находят",
            place=Place(file=file, line=identity.line, field="owner"),
            hint="Уберите owner у offer_id",
        )
    for rule in fields["category"].rules:
        table = mapping.tables.table(rule.rule.lookup) if rule.rule.lookup else None
        if table is None or table.columns not in _CATEGORY_TABLES or rule.rule.on_missing == "keep":
            raise BadInput(
                "категория берётся только из таблицы со столбцами "
                + " или ".join(";".join(columns) for columns in _CATEGORY_TABLES),
                place=Place(file=file, line=rule.line, field="category"),
                hint="Напишите lookup: categories.csv",
            )


def _filled(fields: dict[str, Any]) -> frozenset[str]:
    """The fields of a document that have a value."""
    plain = [name for name in CARD_FIELDS if fields.get(name)]
    return frozenset(
        [
            *plain,
            "category",
            *(attribute_field(each["id"]) for each in fields["attributes"]),
            *(
                complex_field(each["complex_id"])
                for group in fields.get("complex_attributes", ())
                for each in group["attributes"]
            ),
        ]
    )


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
        target=attribute.name,
        value=category.type_name,
    )
