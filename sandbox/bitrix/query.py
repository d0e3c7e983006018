"""select, filter, order and start of the list methods, over tables in memory.

Source: Bitrix24 REST documentation, catalog.*.list: 50 rows a page; the prefixes of a filter's keys; `start`
of -1 leaves the total uncounted. What cannot be understood is refused, where the real portal may pass it over
in silence: a client that depends on that is wrong here first.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from itertools import islice
from typing import Any

from sandbox.bitrix.errors import Refusal
from sandbox.bitrix.knobs import BitrixKnobs
from sandbox.bitrix.state import Row

PAGE = 50

_COMPARE = (">=", ">", "<=", "<", "!=%", "!%=", "!%", "!=", "!", "=%", "%=", "%", "=")
_IN = ("!@", "@")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")


@dataclass(frozen=True)
class ListMethod:
    """A list method.

    Attributes:
        key: of the list in the answer.
        fields: name -> int, float, str, date or any (an object).
        in_prefix: whether its filter knows `@` and `!@`.
        must_select, must_filter: what has to be named.
        properties: of the goods' lists: whether a `propertyN` exists in that iblock.
    """

    key: str
    fields: Mapping[str, str]
    in_prefix: bool = True
    must_select: tuple[str, ...] = ()
    must_filter: tuple[str, ...] = ()
    properties: Callable[[int, int], bool] | None = None


@dataclass
class Page:
    """One page: rows as they are shown; `total` and `next` where they are told."""

    rows: list[Row]
    total: int | None = None
    next: int | None = None


def run(method: ListMethod, rows: Sequence[Row], params: Mapping[str, Any], knobs: BitrixKnobs) -> Page:
    """One page of a list. Raises Refusal where the parameters cannot be understood."""
    unknown = sorted(set(params) - {"select", "filter", "order", "start", "auth"})
    if unknown:
        raise Refusal(0, f"Unknown parameter: {unknown[0]}")
    filters = _table(params.get("filter"), "filter")
    iblock = int(filters["iblockId"]) if _is_int(filters.get("iblockId")) else 0
    select = _selected(method, params.get("select"), iblock)
    for name in method.must_filter:
        if name not in filters:
            raise Refusal(0, f"Required filter fields: {name}")
    tests = [_test(method, key, value, knobs, iblock) for key, value in filters.items()]
    order = _table(params.get("order"), "order")
    for name, direction in order.items():
        _field_type(method, name, "order", iblock)
        if str(direction).lower() not in ("asc", "desc"):
            raise Refusal(0, f"Wrong order direction: {direction}")
    start = params.get("start", 0)
    if not _is_int(start):
        raise Refusal(0, f"Wrong start: {start}")
    offset = int(start)
    by_id = [(name, str(direction).lower()) for name, direction in order.items()] == [("id", "asc")]
    matching = (row for row in rows if all(test(row) for test in tests))
    if by_id and offset < 0:
        # rows stand in the order of their ids: a page ends the search
        return Page([shown(row, select, knobs) for row in islice(matching, PAGE)])
    found = list(matching)
    if not by_id:
        for name, direction in reversed(order.items()):
            found.sort(key=_sort_key(name), reverse=str(direction).lower() == "desc")
    if offset < 0:
        return Page([shown(row, select, knobs) for row in found[:PAGE]])
    page = [shown(row, select, knobs) for row in found[offset : offset + PAGE]]
    following = offset + PAGE
    return Page(page, total=len(found), next=following if following < len(found) else None)


def _sort_key(name: str) -> Callable[[Row], tuple[bool, Any]]:
    return lambda row: (row.get(name) is not None, row.get(name))


def _table(value: Any, name: str) -> dict[str, Any]:
    if value in (None, "", []):
        return {}
    if not isinstance(value, dict):
        raise Refusal(0, f"{name} must be an object")
    return value


def _selected(method: ListMethod, value: Any, iblock: int) -> list[str]:
    if value in (None, "", [], {}):
        if method.must_select:
            raise Refusal(0, f"Required select fields: {', '.join(method.must_select)}")
        return list(method.fields)
    if not isinstance(value, list):
        raise Refusal(0, "select must be an array")
    for name in value:
        _field_type(method, str(name), "select", iblock)
    missing = [name for name in method.must_select if name not in value]
    if missing:
        raise Refusal(0, f"Required select fields: {', '.join(missing)}")
    return [str(name) for name in value]


def _field_type(method: ListMethod, name: str, where: str, iblock: int) -> str:
    known = method.fields.get(name)
    if known is not None:
        return known
    number = name.removeprefix("property")
    is_property = method.properties and name.startswith("property") and number.isdecimal()
    if method.properties and is_property and method.properties(iblock, int(number)):
        return "any"
    raise Refusal(0, f"Unknown field in {where}: {name}")


def _test(method: ListMethod, key: str, value: Any, knobs: BitrixKnobs, iblock: int) -> Callable[[Row], bool]:
    prefix = next((known for known in (*_IN, *_COMPARE) if key.startswith(known)), "")
    name = key[len(prefix) :]
    if prefix in _IN and not method.in_prefix:
        raise Refusal(0, f"Unknown field in filter: {key}")
    kind = _field_type(method, name, "filter", iblock)
    if kind == "any":
        raise Refusal(0, f"The sandbox does not filter by {name}")
    many = isinstance(value, list)
    if prefix in _IN and not many:
        value, many = [value], True
    if many:
        if prefix not in ("", "=", "!", "!=", *_IN):
            raise Refusal(0, f"An array is no value for {key}")
        allowed = {_value(kind, item, knobs) for item in value}
        negative = prefix.startswith("!")
        return lambda row: (row.get(name) in allowed) is not negative
    if "%" in prefix:
        return _like(prefix, name, str(value))
    wanted = _value(kind, value, knobs)
    if prefix in ("", "="):
        return lambda row: row.get(name) == wanted
    if prefix in ("!", "!="):
        return lambda row: row.get(name) != wanted

    def ordered(row: Row) -> bool:
        actual = row.get(name)
        if actual is None:
            return False
        return bool(
            {
                ">": actual > wanted,
                ">=": actual >= wanted,
                "<": actual < wanted,
                "<=": actual <= wanted,
            }[prefix]
        )

    return ordered


def _like(prefix: str, name: str, value: str) -> Callable[[Row], bool]:
    negative = prefix.startswith("!")
    pattern = value if "=" in prefix else f"%{value}%"
    expression = re.compile(
        ".*".join(re.escape(part) for part in pattern.split("%")), re.IGNORECASE | re.DOTALL
    )
    return lambda row: bool(expression.fullmatch(str(row.get(name) or ""))) is not negative


def _value(kind: str, value: Any, knobs: BitrixKnobs) -> Any:
    text = "" if value is None else str(value)
    if kind in ("int", "float"):
        if text == "":
            return 0
        if not _NUMBER.fullmatch(text):
            return 0  # as PHP casts it
        return int(text) if kind == "int" and text.lstrip("-").isdecimal() else float(text)
    if kind == "date":
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            raise Refusal(0, f"Wrong date: {text}") from None
        zone = zone_of(knobs)
        if moment.tzinfo is None or knobs.date_filter_offset == "ignored":
            return moment.replace(tzinfo=zone)
        return moment
    return text


def zone_of(knobs: BitrixKnobs) -> timezone:
    """The portal's zone."""
    return timezone(timedelta(hours=knobs.time_zone_hours))


def shown(row: Row, select: list[str], knobs: BitrixKnobs) -> Row:
    """A row as an answer shows it: the chosen fields, dates in the portal's zone."""
    told: Row = {}
    for name in select:
        value = row.get(name)
        if isinstance(value, datetime):
            value = value.astimezone(zone_of(knobs)).isoformat(timespec="seconds")
        told[name] = value
    return told


def _is_int(value: Any) -> bool:
    return not isinstance(value, bool) and bool(re.fullmatch(r"-?\d+", str(value)))
