"""What a call asks for, read leniently: 1C's configurations differ in case, encoding and slashes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from starlette.requests import Request

__all__ = ["COOKIE", "Call", "call_of"]

COOKIE = "MARKETSYNC_1C"
_PAIR = re.compile(rb"[&;?]")  # a second '?' is met where the address in 1C ends with one already


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the dialogue.

    Attributes:
        kind: `type`, in small letters.
        mode: in small letters.
        filename: as it came.
        authorized: whether a key came with it.
        cookie, check: the two ways to name a session.
        timestamp: what checkauth told, in `deactivate`.
    """

    kind: str
    mode: str
    filename: str
    version: str | None
    authorized: bool
    cookie: str | None
    check: str | None
    timestamp: str | None


def call_of(request: Request) -> Call:
    """Read a call."""
    query = _query(request.scope.get("query_string", b""))
    return Call(
        kind=query.get("type", "").strip().lower(),
        mode=query.get("mode", "").strip().lower(),
        filename=query.get("filename", ""),
        version=query.get("version", "").strip()[:20] or None,
        authorized="authorization" in request.headers,
        cookie=request.cookies.get(COOKIE),
        check=query.get("sessid", "").strip() or None,
        timestamp=query.get("timestamp", "").strip() or None,
    )


def _query(raw: bytes) -> dict[str, str]:
    """Names in small letters -> the first value."""
    found: dict[str, str] = {}
    for pair in _PAIR.split(raw):
        name, _, value = pair.partition(b"=")
        found.setdefault(_text(name).lower(), _text(value))
    return found


def _text(raw: bytes) -> str:
    plain = unquote_to_bytes(raw.replace(b"+", b" "))
    try:
        return plain.decode()
    except UnicodeDecodeError:
        return plain.decode("cp1251", "replace")
