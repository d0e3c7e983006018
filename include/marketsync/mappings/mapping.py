"""A marketplace's mapping folder: card.yaml, attributes.csv and the tables they name, loaded and compiled
once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from collections.abc import Mapping as Named
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from marketsync.mappings.owners import Owner, Owners, load_owners
from marketsync.mappings.rules import Compiled, Rule, Tables, first_value, missing
from marketsync.mappings.tables import Table, read_table
from marketsync.mappings.text import normal
from marketsync.mappings.yaml_file import YamlFile, read_yaml, reason
from marketsync.marketplaces.base import Good, Problem

__all__ = [
    "ANY_TYPE",
    "CARD",
    "PRICE_RULES",
    "AttributeRules",
    "FieldRules",
    "Fields",
    "Mapping",
    "load_mapping",
]

CARD = "card.yaml"
ATTRIBUTES = "attributes.csv"
PRICE_RULES = "price_rules"
ANY_TYPE = "*"
_IDENTITY = "offer_id"  # what a card is found by has no owner: renaming it is a matter of its own
_ATTRIBUTE_KEYS = 2
_ALTERNATIVE = "|"
ATTRIBUTE_COLUMNS = (
    "type", "attribute", "from", "const", "call", "lookup", "as", "required", "max_len", "on_missing", "owner",
)  # fmt: skip
OPTIONAL_COLUMNS = ("owner",)
_YES = {"да": "true", "": "false"}


class _CardFile(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["card"]
    version: Literal["1"]
    fields: tuple[Rule, ...] = Field(min_length=1)


Fields = Named[str, bool]
"""The fields of a document: name -> whether a difference in it alone sends the document again."""


@dataclass(frozen=True, slots=True)
class FieldRules:
    """The rules of one field, in order: the first that gives a value wins."""

    to: str
    required: bool
    only_create: bool
    rules: tuple[Compiled, ...]
    missing: Problem

    @property
    def owner(self) -> Owner:
        """Whose it is where owners.csv does not say otherwise."""
        return self.rules[0].rule.owner


@dataclass(frozen=True, slots=True)
class AttributeRules:
    """The rules for the attributes of the marketplace's types."""

    table: Table
    rules: Named[tuple[str, ...], Compiled]

    def rule(self, type_name: str, attribute: str) -> Compiled | None:
        """The rule for an attribute of a type: the type's own, or the one of every type."""
        name = normal(attribute)
        return self.rules.get((normal(type_name), name)) or self.rules.get((ANY_TYPE, name))


@dataclass(frozen=True, slots=True)
class Mapping:
    """A loaded mapping.

    Attributes:
        fields: of card.yaml, in the order of their first rule.
        attributes: of attributes.csv.
        owners: of owners.csv.
        version: a hash of the folder's files but the price rules: it moves when any of them does.
    """

    folder: Path
    fields: tuple[FieldRules, ...]
    attributes: AttributeRules
    owners: Owners
    tables: Tables
    version: str

    def apply(self, good: Good) -> dict[str, Any] | list[Problem]:
        """The card's fields for a good, or everything that is wrong with it; never raises for a bad good."""
        problems: list[Problem] = []
        result: dict[str, Any] = {}
        for field in self.fields:
            before = len(problems)
            value = first_value(field.rules, good, problems)
            if value is not None:
                result[field.to] = value
            elif field.required and len(problems) == before:
                problems.append(field.missing)
        return problems or result


def load_mapping(
    folder: Path, transforms: ModuleType, *, targets: Fields | None = None, automatic: Collection[str] = ()
) -> Mapping:
    """Load and compile a mapping folder.

    Args:
        folder: with card.yaml, attributes.csv and the tables they name.
        transforms: the marketplace's module of named functions.
        targets: the fields that its documents have, and whether they are kept equal; anything may be named
            when not given.
        automatic: further fields, which the marketplace's folder fills by itself: owners.csv may name them.

    Raises:
        BadInput: with file and line; nothing of the mapping is used then.
    """
    tables = Tables(folder)
    source = read_yaml(folder / CARD)
    card = source.validate(_CardFile)
    order: dict[str, list[Compiled]] = {}
    for number, rule in enumerate(card.fields):
        location = ("fields", number)
        if targets is not None and rule.to not in targets:
            raise source.bad(
                f"в карточке нет поля «{rule.to}»; есть: {', '.join(sorted(targets))}", (*location, "to")
            )
        if targets is not None and rule.only_create is targets[rule.to]:
            told = (
                "сравнивается всегда" if rule.only_create else "не сравнивается: напишите only_create: true"
            )
            raise source.bad(f"поле «{rule.to}» {told}", (*location, "only_create"))
        _check_call(source, rule, location, transforms)
        known = order.setdefault(rule.to, [])
        if known and known[0].rule.owner != rule.owner:
            raise source.bad(
                f"у поля «{rule.to}» два хозяина: {known[0].rule.owner} в строке {known[0].line} и "
                f"{rule.owner} здесь; оставьте одного",
                (*location, "owner"),
            )
        known.append(Compiled(rule, source.line(location), tables, transforms))
    fields = tuple(
        FieldRules(
            to,
            any(rule.rule.required for rule in rules),
            any(rule.rule.only_create for rule in rules),
            tuple(rules),
            missing(rules),
        )
        for to, rules in order.items()
    )
    table = read_table(
        folder / ATTRIBUTES, keys=_ATTRIBUTE_KEYS, columns=ATTRIBUTE_COLUMNS, optional=OPTIONAL_COLUMNS
    )
    attributes = _attributes(table, tables, transforms)
    named = [*(targets or order), *automatic, *(row["attribute"] for row in table.rows.values())]
    owners = load_owners(folder, [name for name in dict.fromkeys(named) if name != _IDENTITY])
    return Mapping(folder, fields, attributes, owners, tables, _version(folder))


def _check_call(
    source: YamlFile, rule: Rule, location: tuple[int | str, ...], transforms: ModuleType
) -> None:
    if rule.call and not _is_function(transforms, rule.call):
        raise source.bad(f"в {transforms.__name__} нет функции «{rule.call}»", (*location, "call"))


def _is_function(module: ModuleType, name: str) -> bool:
    return name in getattr(module, "__all__", ()) and callable(getattr(module, name, None))


def _attributes(table: Table, tables: Tables, transforms: ModuleType) -> AttributeRules:
    rules: dict[tuple[str, ...], Compiled] = {}
    for key, row in table.rows.items():
        cells = dict(row.values)
        del cells["type"]
        cells["to"] = cells.pop("attribute")
        cells["required"] = _YES.get(cells["required"].casefold(), cells["required"])
        given: dict[str, Any] = {word: text for word, text in cells.items() if text}
        if "from" in given:
            given["from"] = [part.strip() for part in given["from"].split(_ALTERNATIVE)]
        try:
            rule = Rule.model_validate(given)
        except ValidationError as error:
            raise table.bad(reason(error.errors()[0]), row.line) from error
        if rule.call and not _is_function(transforms, rule.call):
            raise table.bad(f"в {transforms.__name__} нет функции «{rule.call}»", row.line)
        rules[key] = Compiled(rule, row.line, tables, transforms)
    return AttributeRules(table, rules)


def _version(folder: Path) -> str:
    digest = hashlib.blake2b(digest_size=16)
    for path in sorted((*folder.glob("*.yaml"), *folder.glob("*.csv"))):
        if path.stem == PRICE_RULES:
            continue  # no card is made by them
        content = path.read_bytes()
        digest.update(f"{path.name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()
