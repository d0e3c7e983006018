"""docs/mappings.md: every mapping as tables for people, made from its files so that it cannot go stale."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from types import ModuleType

from marketsync.mappings.converters import MEANINGS
from marketsync.mappings.mapping import ANY_TYPE, Mapping, load_mapping
from marketsync.mappings.owners import OWNER_COLUMNS
from marketsync.mappings.prices import load_prices
from marketsync.mappings.rules import Compiled
from marketsync.mappings.sources import FIELDS, KINDS, where_to_mend
from marketsync.mappings.tables import Table

__all__ = ["document"]

_HEAD = """# Mappings

Generated from include/mappings; do not edit. What becomes of a good of the store on each marketplace.
"""

_OWNERS = """Where they are not what stands above: the store keeps a field equal, the cabinet keeps what people made
there, ask waits for a person.
"""


def document(folders: Sequence[tuple[Path, ModuleType]]) -> str:
    """The page for these mapping folders, each with its marketplace's transforms.

    Raises:
        BadInput: a file of a mapping is bad.
    """
    parts = [_HEAD, *(_folder(folder, transforms) for folder, transforms in folders), _vocabulary()]
    return "\n".join(parts)


def _folder(folder: Path, transforms: ModuleType) -> str:
    mapping = load_mapping(folder, transforms)
    prices = load_prices(folder)
    price_rows = [
        ("price", _or(prices.amount)),
        ("old price", _or(prices.old)),
        ("floor", _or(prices.floor)),
    ]
    lookups = [_lookup(table) for _, table in sorted(mapping.tables.read.items())]
    return "\n".join(
        [
            f"## {folder.name}\n",
            "### Card fields\n",
            _table(
                ("field", "from", "as", "required", "longest", "kept equal", "owner"), _field_rows(mapping)
            ),
            "### Attributes\n",
            _table(
                ("type", "attribute", "from", "as", "required", "not found", "owner"),
                _attribute_rows(mapping),
            ),
            "### Owners\n",
            _OWNERS,
            _table(OWNER_COLUMNS, [tuple(row.values.values()) for row in mapping.owners.rows]),
            "### Prices\n",
            _table(("marketplace", "price type in 1C"), price_rows),
            *lookups,
        ]
    )


def _field_rows(mapping: Mapping) -> list[tuple[str, ...]]:
    return [
        (
            field.to if place == 0 else "",
            _origin(rule),
            rule.rule.convert or "",
            "yes" if field.required and place == 0 else "",
            str(rule.rule.max_len or ""),
            "" if field.only_create else "yes",
            field.owner if place == 0 and field.to != "offer_id" else "",
        )
        for field in mapping.fields
        for place, rule in enumerate(field.rules)
    ]


def _attribute_rows(mapping: Mapping) -> list[tuple[str, ...]]:
    return [
        (
            "any" if row["type"] == ANY_TYPE else row["type"],
            row["attribute"],
            _origin(mapping.attributes.rules[key]),
            row["as"],
            "yes" if mapping.attributes.rules[key].rule.required else "",
            mapping.attributes.rules[key].rule.on_missing,
            mapping.attributes.rules[key].rule.owner,
        )
        for key, row in mapping.attributes.table.rows.items()
    ]


def _origin(compiled: Compiled) -> str:
    rule = compiled.rule
    if rule.call:
        return f"`{rule.call}()`"
    if rule.const is not None:
        return f"always «{rule.const}»"
    through = f", through {rule.lookup}" if rule.lookup else ", translated in place" if rule.values else ""
    return where_to_mend(rule.sources) + through


def _lookup(table: Table) -> str:
    rows = [tuple(row.values.values()) for row in table.rows.values()]
    return f"### {table.path.name}\n\n{_table(table.columns, rows)}"


def _vocabulary() -> str:
    words = [*FIELDS.items(), *((f"{word}:NAME", meaning) for word, meaning in KINDS.items())]
    return "\n".join(
        [
            "## Words\n",
            "### Sources (`from`)\n",
            _table(("word", "in 1C"), words),
            "### Converters (`as`)\n",
            _table(("word", "meaning"), MEANINGS.items()),
        ]
    )


def _or(names: Sequence[str]) -> str:
    return " или ".join(names) or "-"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [_line(head), _line(["---"] * len(head)), *(_line(row) for row in rows)]
    return "\n".join(lines) + "\n"


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
