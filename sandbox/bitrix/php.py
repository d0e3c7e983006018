"""The query strings of PHP: `a[b][]=1&a[b][]=2` is {"a": {"b": ["1", "2"]}}."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote_plus

_KEYS = re.compile(r"\[([^\]]*)\]")

Nested = dict[str, Any]


def parse(query: str) -> Nested:
    """Read a query string as PHP's parse_str does; a list is a table whose keys count from 0."""
    result: Nested = {}
    for pair in query.split("&"):
        if not pair:
            continue
        name, _, value = pair.partition("=")
        name = unquote_plus(name)
        head, bracket, rest = name.partition("[")
        keys = [head, *_KEYS.findall(bracket + rest)]
        place = result
        for key in keys[:-1]:
            place = place.setdefault(_index(place, key), {})
        place[_index(place, keys[-1])] = unquote_plus(value)
    return {key: _lists(value) for key, value in result.items()}


def empty_as_list(value: Nested) -> Any:
    """PHP has one kind of table: an empty one is written as a list, and so is one with the keys 0, 1, 2..."""
    if [*value] == [str(place) for place in range(len(value))]:
        return list(value.values())
    return value


def _index(place: Nested, key: str) -> str:
    return str(len(place)) if key == "" else key


def _lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    inner = {key: _lists(item) for key, item in value.items()}
    return empty_as_list(inner) if inner else inner
