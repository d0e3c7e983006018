"""Sends what the outside world tells somebody: one JSON document to one address, on asyncio's streams.

Each document has a connection of its own: who is called may be a process that was just killed and started anew.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping
from urllib.parse import urlsplit

from sandbox.fetcher import MOST_HEADERS, FetchError, HttpAnswer, read_body, read_head

_MOST_BYTES = 64 * 1024


class PostError(Exception):
    """Nothing came back. `kind` is unreachable or timeout."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


async def post(url: str, body: bytes, headers: Mapping[str, str], *, seconds: float) -> HttpAnswer:
    """Send a JSON document and return what was answered. Raises PostError."""
    try:
        async with asyncio.timeout(seconds):
            return await _exchange(url, body, headers)
    except TimeoutError as error:
        raise PostError("timeout", f"no answer within {seconds} s") from error
    except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError, FetchError) as error:
        raise PostError("unreachable", str(error) or type(error).__name__) from error


async def _exchange(url: str, body: bytes, headers: Mapping[str, str]) -> HttpAnswer:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("not a web address")
    secure = ssl.create_default_context() if parts.scheme == "https" else None
    port = parts.port or (443 if secure else 80)
    reader, writer = await asyncio.open_connection(parts.hostname, port, ssl=secure, limit=MOST_HEADERS)
    try:
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        head = {
            "Host": parts.netloc,
            "Content-Type": "application/json",
            "Content-Length": str(len(body)),
            "Connection": "close",
            **headers,
        }
        lines = [f"POST {target} HTTP/1.1", *(f"{name}: {value}" for name, value in head.items()), "", ""]
        writer.write("\r\n".join(lines).encode("latin-1") + body)
        answer = await read_head(reader)
        await read_body(reader, answer, _MOST_BYTES)
        return answer
    finally:
        writer.close()
