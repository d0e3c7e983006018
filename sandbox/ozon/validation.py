"""Reading a request the way Ozon's gateway does: protobuf JSON first, then protoc-gen-validate rules.

Decoding knows proto3's JSON: a 64-bit integer may come as a number or a string, null is an absent field, an
absent field has its zero value. Rules then give the texts that Ozon answers with, e.g. `Request validation
error: invalid ProductsStocksRequest.Stocks: value must contain between 1 and 100 items, inclusive`. Either
failure refuses the whole request with HTTP 400 and code 3.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sandbox.ozon.errors import bad_request

Json = dict[str, Any]

_INT_RANGES = {"int32": 2**31, "int64": 2**63}
_INTEGER_TEXT = re.compile(r"-?(0|[1-9][0-9]*)")


@dataclass(frozen=True)
class Text:
    min_length: int = 0
    max_length: int = 0
    pattern: str = ""
    choices: tuple[str, ...] = ()
    """Pattern and choices are not asked of an empty (absent) text."""


@dataclass(frozen=True)
class Integer:
    kind: str = "int64"
    above: int | None = None
    at_least: int | None = None
    inside: tuple[int, int] | None = None
    required: bool = False


@dataclass(frozen=True)
class Number:
    """A floating-point number; 0.0 when absent."""


@dataclass(frozen=True)
class Flag:
    """A boolean; None when absent, for the methods to which absent means "leave as it is"."""


@dataclass(frozen=True)
class Enum:
    values: tuple[str, ...]
    default: str


@dataclass(frozen=True)
class Repeated:
    of: Field
    min_items: int = 0
    max_items: int = 0


@dataclass(frozen=True)
class Message:
    name: str
    fields: dict[str, Field] = field(default_factory=dict)
    required: bool = False


Field = Text | Integer | Number | Flag | Enum | Repeated | Message


def read(schema: Message, body: bytes, *, ignore_unknown: bool) -> Json:
    """The request as a dict in which every field of the schema has a value.

    Raises Refusal (400, code 3) for text that is no JSON object, for a wrong JSON type, for an unknown
    field unless those are ignored, and for a broken rule.
    """
    try:
        raw = json.loads(body) if body.strip() else {}
    except ValueError as error:
        raise bad_request(f"proto: syntax error: {error}") from error
    if not isinstance(raw, dict):
        raise bad_request(f"proto: syntax error: unexpected token {_shown(raw)}")
    decoded = _message(schema, raw, ignore_unknown)
    _check_message(schema, decoded, ())
    return decoded


def broken_rule(path: str, reason: str) -> str:
    """The text of a rule broken at the top of a request, e.g. path `GetProductListRequest.Filter`."""
    return f"Request validation error: invalid {path}: {reason}"


def _message(schema: Message, raw: Json, ignore_unknown: bool) -> Json:
    decoded: Json = {}
    for name, kind in schema.fields.items():
        value = raw.get(name)
        decoded[name] = _absent(kind) if value is None else _decode(name, kind, value, ignore_unknown)
    if not ignore_unknown and not raw.keys() <= schema.fields.keys():
        unknown = next(name for name in raw if name not in schema.fields)
        raise bad_request(f'proto: unknown field "{unknown}"')
    return decoded


def _absent(kind: Field) -> Any:
    match kind:
        case Text():
            return ""
        case Integer(required=required):
            return None if required else 0
        case Number():
            return 0.0
        case Enum(default=default):
            return default
        case Repeated():
            return []
        case _:
            return None


def _decode(name: str, kind: Field, value: Any, ignore_unknown: bool) -> Any:
    match kind:
        case Text():
            if isinstance(value, str):
                return value
            raise _mistyped("string", name, value)
        case Integer():
            return _integer(name, kind.kind, value)
        case Number():
            if isinstance(value, int | float) and not isinstance(value, bool):
                return float(value)
            raise _mistyped("float", name, value)
        case Message():
            if isinstance(value, dict):
                return _message(kind, value, ignore_unknown)
            raise _mistyped("message", name, value)
        case Repeated():
            if isinstance(value, list):
                return [_decode(name, kind.of, item, ignore_unknown) for item in value]
            raise _mistyped("repeated", name, value)
        case Flag():
            if isinstance(value, bool):
                return value
            raise _mistyped("bool", name, value)
        case Enum():
            if isinstance(value, str) and value in kind.values:
                return value
            raise _mistyped("enum", name, value)


def _integer(name: str, kind: str, value: Any) -> int:
    number: int | None = None
    if isinstance(value, int) and not isinstance(value, bool):
        number = value
    elif isinstance(value, float):
        number = int(value) if value.is_integer() else None
    elif isinstance(value, str):
        number = int(value) if _INTEGER_TEXT.fullmatch(value) else None
    bound = _INT_RANGES[kind]
    if number is None or not -bound <= number < bound:
        raise _mistyped(kind, name, value)
    return number


def _mistyped(kind: str, name: str, value: Any) -> Exception:
    return bad_request(f"proto: invalid value for {kind} field {name}: {_shown(value)}")


def _shown(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)[:100]


def _check_message(schema: Message, value: Json, causes: tuple[str, ...]) -> None:
    for name, kind in schema.fields.items():
        _check(f"{schema.name}.{_go_name(name)}", kind, value[name], causes)


def _check(path: str, kind: Field, value: Any, causes: tuple[str, ...]) -> None:
    reason = ""
    match kind:
        case Text():
            reason = _text_reason(kind, value)
        case Integer():
            reason = _integer_reason(kind, value)
        case Repeated():
            reason = _repeated_reason(kind, len(value))
            if not reason and isinstance(kind.of, Message):
                for position, item in enumerate(value):
                    embedded = f"{path}[{position}]: embedded message failed validation"
                    _check_message(kind.of, item, (*causes, embedded))
            elif not reason:
                for position, item in enumerate(value):
                    _check(f"{path}[{position}]", kind.of, item, causes)
        case Message():
            if value is not None:
                _check_message(kind, value, (*causes, f"{path}: embedded message failed validation"))
            elif kind.required:
                reason = "value is required"
        case _:
            return
    if reason:
        chain = " | caused by: ".join(f"invalid {link}" for link in (*causes, f"{path}: {reason}"))
        raise bad_request(f"Request validation error: {chain}")


def _text_reason(kind: Text, value: str) -> str:
    length = len(value)
    if kind.min_length and kind.max_length and not kind.min_length <= length <= kind.max_length:
        return f"value length must be between {kind.min_length} and {kind.max_length} runes, inclusive"
    if length < kind.min_length:
        return f"value length must be at least {kind.min_length} runes"
    if kind.max_length and length > kind.max_length:
        return f"value length must be at most {kind.max_length} runes"
    if value and kind.choices and value not in kind.choices:
        return f"value must be in list [{' '.join(kind.choices)}]"
    if value and kind.pattern and not re.match(kind.pattern, value):
        return f"value does not match regex pattern {json.dumps(kind.pattern)}"
    return ""


def _integer_reason(kind: Integer, value: int | None) -> str:
    if value is None:
        return "value is required"
    if kind.above is not None and value <= kind.above:
        return f"value must be greater than {kind.above}"
    if kind.at_least is not None and value < kind.at_least:
        return f"value must be greater than or equal to {kind.at_least}"
    if kind.inside is not None and not kind.inside[0] <= value <= kind.inside[1]:
        return f"value must be inside range [{kind.inside[0]}, {kind.inside[1]}]"
    return ""


def _repeated_reason(kind: Repeated, count: int) -> str:
    if kind.min_items and kind.max_items and not kind.min_items <= count <= kind.max_items:
        return f"value must contain between {kind.min_items} and {kind.max_items} items, inclusive"
    if kind.max_items and count > kind.max_items:
        return f"value must contain no more than {kind.max_items} item(s)"
    if count < kind.min_items:
        return f"value must contain at least {kind.min_items} item(s)"
    return ""


@cache
def _go_name(name: str) -> str:
    """`warehouse_id` -> `WarehouseId`, as Ozon's texts name fields."""
    return "".join(part.capitalize() for part in name.split("_"))
