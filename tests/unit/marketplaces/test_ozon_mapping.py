"""The shipped mapping: it loads, docs/mappings.md shows all of it, and its README explains every word."""

from __future__ import annotations

import re

from marketsync.mappings import load_mapping, load_prices
from marketsync.mappings.converters import CONVERTERS
from marketsync.mappings.document import document
from marketsync.mappings.rules import Rule
from marketsync.mappings.sources import FIELDS, KINDS
from marketsync.marketplaces.ozon import transforms
from marketsync.marketplaces.ozon.payloads import CARD_FIELDS
from marketsync.paths import MAPPINGS

OZON = MAPPINGS / "ozon"


def test_the_shipped_mapping_fills_every_field_of_a_card() -> None:
    mapping = load_mapping(OZON, transforms, targets=CARD_FIELDS)
    assert {field.to for field in mapping.fields} == set(CARD_FIELDS)
    assert {field.to for field in mapping.fields if not field.required} == {"images"}


def test_the_shipped_prices() -> None:
    prices = load_prices(OZON)
    assert prices.amount == ("Розничная", "BASE")
    assert (prices.old, prices.floor) == (("Старая цена",), ("Минимальная",))


def test_every_function_that_a_mapping_may_call_exists() -> None:
    assert all(callable(getattr(transforms, name)) for name in transforms.__all__)


def test_the_documentation_shows_every_rule_and_every_table() -> None:
    page = document([(OZON, transforms)])
    mapping = load_mapping(OZON, transforms)
    assert "| name | наименование или полное наименование | text | yes | 255 | yes | store |" in page
    assert "| images | `images()` |  |  |  |  | store |" in page
    assert "| price | Розничная или BASE |" in page
    for row in mapping.attributes.table.rows.values():
        assert f"| {row['attribute']} |" in page
    for table in mapping.tables.read.values():
        assert f"### {table.path.name}" in page
        for row in table.rows.values():
            assert f"| {' | '.join(row.values.values())} |" in page
    for word in (*FIELDS, *CONVERTERS):
        assert f"| {word} |" in page


def test_the_managers_readme_explains_every_word() -> None:
    explained = set(re.findall(r"`([\w:]+)", (OZON / "README.md").read_text(encoding="utf-8")))
    words = {field.alias or name for name, field in Rule.model_fields.items()}
    assert words <= explained
    assert set(FIELDS) <= explained
    assert set(CONVERTERS) <= explained
    assert {f"{kind}:Имя" for kind in KINDS} <= explained
