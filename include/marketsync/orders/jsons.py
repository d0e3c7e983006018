"""JSON for the queries that take many rows at once."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

__all__ = ["to_json", "without_nul"]

_NUL_SHOWN = "\N{REPLACEMENT CHARACTER}"


def to_json(value: Any) -> str:
    """The same text for the same value; moments in ISO 8601, money as text."""
    return json.dumps(value, ensure_ascii=False, default=_plain, sort_keys=True)


def without_nul(value: Any) -> Any:
    """The same without the one character that Postgres keeps in no text."""
    match value:
        case str():
            return value.replace("\x00", _NUL_SHOWN)
        case dict():
            return {key: without_nul(item) for key, item in value.items()}
        case list() | tuple():
            return [without_nul(item) for item in value]
        case _:
            return value


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
