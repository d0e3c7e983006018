"""The marketplaces' dictionaries, cached: refreshed rarely, read whole into memory by whoever renders cards."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from functools import cached_property
from itertools import islice
from typing import Any

import structlog

from marketsync.clock import Clock
from marketsync.db import Database, sql
from marketsync.http.client import ApiClient
from marketsync.mappings.similar import AT_MOST, similar
from marketsync.mappings.text import PATH_SEPARATOR, normal
from marketsync.marketplaces.base import (
    Attribute,
    Category,
    Dictionary,
    DictionaryValue,
    Marketplace,
    Renderer,
)

__all__ = ["CachedDictionary", "load", "refresh"]

_log = structlog.get_logger(__name__)

_MOST_VALUES = (
    50_000  # of one attribute; a dictionary of brands can have millions, most of them never asked for
)


class CachedDictionary:
    """One marketplace's dictionaries as they were read last; names are compared without case, spaces and ё."""

    def __init__(
        self,
        categories: Sequence[Category],
        attributes: Sequence[Attribute],
        values: Sequence[DictionaryValue],
    ) -> None:
        self._categories = {(normal(c.category_name), normal(c.type_name)): c for c in categories}
        self._attributes: dict[tuple[str, str], list[Attribute]] = {}
        for attribute in attributes:
            self._attributes.setdefault((attribute.category_id, attribute.type_id), []).append(attribute)
        self._values = {(v.category_id, v.type_id, v.attribute_id, normal(v.value)): v for v in values}
        digest = hashlib.blake2b(digest_size=16)
        for row in (*categories, *attributes, *values):
            digest.update(repr(row).encode())
        self._version = digest.hexdigest()

    def category(self, category_name: str, type_name: str) -> Category | None:
        """The category by its names, or None where the cache has none."""
        return self._categories.get((normal(category_name), normal(type_name)))

    def attributes(self, category: Category) -> Sequence[Attribute]:
        """What is asked of a good of this category."""
        return self._attributes.get((category.category_id, category.type_id), ())

    def value(self, attribute: Attribute, text: str) -> DictionaryValue | None:
        """The dictionary's value for a text, or None."""
        return self._values.get(
            (attribute.category_id, attribute.type_id, attribute.attribute_id, normal(text))
        )

    def similar(self, attribute: Attribute, text: str) -> tuple[str, ...]:
        """The dictionary's values that are like a text, the likest first."""
        key = (attribute.category_id, attribute.type_id, attribute.attribute_id)
        return similar(text, self._texts.get(key, ()))

    def similar_categories(self, text: str) -> tuple[str, ...]:
        """Open categories whose type is named like a text, as «category / type»."""
        by_type: dict[str, list[Category]] = {}
        for category in self._categories.values():
            if not category.disabled:
                by_type.setdefault(category.type_name, []).append(category)
        return tuple(
            f"{category.category_name}{PATH_SEPARATOR}{category.type_name}"
            for name in similar(text, list(by_type))
            for category in by_type[name]
        )[:AT_MOST]

    @cached_property
    def _texts(self) -> dict[tuple[str, str, str], list[str]]:
        texts: dict[tuple[str, str, str], list[str]] = {}
        for value in self._values.values():
            texts.setdefault((value.category_id, value.type_id, value.attribute_id), []).append(value.value)
        return texts

    @property
    def version(self) -> str:
        """Changes whenever the cache's content does."""
        return self._version


def load(database: Database, marketplace: str) -> CachedDictionary:
    """The dictionaries as they were read last; empty where they never were."""
    key = {"marketplace": marketplace}
    with database.transaction() as connection:
        categories = connection.execute(sql("dictionary/categories"), key).fetchall()
        attributes = connection.execute(sql("dictionary/attributes"), key).fetchall()
        values = connection.execute(sql("dictionary/values"), key).fetchall()
    return CachedDictionary(
        [Category(**row) for row in categories],
        [Attribute(**row) for row in attributes],
        [DictionaryValue(**row) for row in values],
    )


def refresh(
    database: Database,
    clock: Clock,
    marketplace: Marketplace,
    client: ApiClient,
    renderer: Callable[[Dictionary], Renderer],
) -> dict[str, int]:
    """Read the tree, then the attributes and values of the categories that the mapping uses.

    Each category is taken over whole, so that a reading that breaks off leaves a cache that is complete in itself.

    Returns:
        how many categories, attributes and values were read.
    """
    now = clock.now()
    categories = list(marketplace.categories(client))
    with database.transaction() as connection:
        connection.execute(sql("dictionary/forget_categories"), {"marketplace": marketplace.name})
        with connection.cursor().copy(sql("dictionary/copy_categories")) as copy:
            for c in categories:
                copy.write_row(
                    (
                        marketplace.name, c.category_id, c.type_id, c.category_name, c.type_name, c.disabled, now,
                    )
                )  # fmt: skip
    read = {"categories": len(categories), "attributes": 0, "values": 0}
    for category in renderer(load(database, marketplace.name)).categories():
        attributes = marketplace.attributes(client, category)
        values = [value for a in attributes if a.dictionary_id for value in _values(marketplace, client, a)]
        _save(database, marketplace.name, category, attributes, values, now)
        read["attributes"] += len(attributes)
        read["values"] += len(values)
    return read


def _values(marketplace: Marketplace, client: ApiClient, attribute: Attribute) -> list[DictionaryValue]:
    found = list(islice(marketplace.values(client, attribute), _MOST_VALUES))
    if len(found) == _MOST_VALUES:
        _log.warning("a dictionary is too long to be kept whole", attribute=attribute.name, kept=_MOST_VALUES)
    return found


def _save(
    database: Database,
    marketplace: str,
    category: Category,
    attributes: Sequence[Attribute],
    values: Sequence[DictionaryValue],
    now: Any,
) -> None:
    key = {"marketplace": marketplace, "category_id": category.category_id, "type_id": category.type_id}
    with database.transaction() as connection:
        connection.execute(sql("dictionary/forget_attributes"), key)
        connection.execute(sql("dictionary/forget_values"), key)
        with connection.cursor().copy(sql("dictionary/copy_attributes")) as copy:
            for a in attributes:
                copy.write_row(
                    (
                        marketplace, a.category_id, a.type_id, a.attribute_id, a.name, a.required, a.collection,
                        a.dictionary_id, a.complex_id, a.max_values, a.complex_collection, now,
                    )
                )  # fmt: skip
        with connection.cursor().copy(sql("dictionary/copy_values")) as copy:
            for v in values:
                copy.write_row(
                    (marketplace, v.category_id, v.type_id, v.attribute_id, v.value_id, v.value, now)
                )
