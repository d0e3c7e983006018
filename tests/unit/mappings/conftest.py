"""Mapping folders and goods for the tests of the mappings."""

from __future__ import annotations

import types
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from marketsync.mappings import Mapping, load_mapping
from marketsync.marketplaces.base import Good, Problem

HEADER = "type;attribute;from;const;call;lookup;as;required;max_len;on_missing\n"

GOOD = Good(
    guid="g-1",
    good_guid="g-1",
    article="A-1",
    code="00-1",
    name=" Мяч  красный ",
    full_name=None,
    description=None,
    brand="Солнышко",
    unit="шт",
    vat="22",
    group="Игрушки / Мячи / Большие",
    barcodes=("4600000000015",),
    pictures=(),
    properties={"Вес, кг": "1,25", "Пусто": "  "},
    characteristics={"Цвет": "красный"},
    requisites={"Вид": "Товар"},
)


@pytest.fixture
def good() -> Callable[..., Good]:
    """A good with some of its fields changed."""
    return lambda **changes: replace(GOOD, **changes)


@pytest.fixture
def transforms() -> types.ModuleType:
    """A marketplace's module of named functions."""
    module = types.ModuleType("transforms")

    def shout(good: Good) -> str:
        return good.name.strip().upper()

    def complain(_good: Good) -> Problem:
        return Problem("odd", "не бывает", "name")

    module.shout, module.complain, module.hidden = shout, complain, shout  # type: ignore[attr-defined]
    module.__all__ = ["complain", "shout"]  # type: ignore[attr-defined]
    return module


@pytest.fixture
def folder(tmp_path: Path) -> Callable[..., Path]:
    """A mapping folder from the lines of card.yaml's rules and from tables by name."""

    def write(*rules: str, attributes: str = "", **tables: str) -> Path:
        lines = ["kind: card", "version: 1", "fields:", *(f"  - {rule}" for rule in rules)]
        (tmp_path / "card.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")
        (tmp_path / "attributes.csv").write_text(HEADER + attributes, encoding="utf-8")
        for name, text in tables.items():
            (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
        return tmp_path

    return write


@pytest.fixture
def mapping(folder: Callable[..., Path], transforms: types.ModuleType) -> Callable[..., Mapping]:
    """A loaded mapping, written as for `folder`."""

    def load(*rules: str, **tables: Any) -> Mapping:
        return load_mapping(folder(*rules, **tables), transforms)

    return load
