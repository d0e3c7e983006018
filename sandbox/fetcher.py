"""How a played marketplace loads what a link leads to: over HTTP, at most so many at once, beside its own calls.

A small client on asyncio's streams, since the sandbox has one process and one event loop: threads would make
every other call wait for their turn. Connections are kept; what a host tagged is asked for again by its tag.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from dataclasses import dataclass, field
from urllib.parse import quote, urljoin, urlsplit

AT_ONCE = 16
_MOST_REDIRECTS = 5
MOST_HEADERS = 64 * 1024
_KEPT_CONNECTIONS = AT_ONCE
_REDIRECTS = (301, 302, 303, 307, 308)
_SAFE = "/%:=&?~#+!$,;'@()*[]"

_Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]
_Host = tuple[str, str, int]


class FetchError(Exception):
    """Nothing usable came. `kind` is unreachable, timeout, status, redirects or too_large."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a link leads to. `body` is None where the tag that was asked with still holds."""

    body: bytes | None
    tag: str


@dataclass
class HttpAnswer:
    """An answer as it came; `keep` tells whether its connection can be used again."""

    status: int
    headers: dict[str, str]
    body: bytes = b""
    keep: bool = True


@dataclass
class Fetcher:
    """Loads links. One per world: its connections belong to the loop that it is used in."""

    _gate: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    _idle: dict[_Host, list[_Connection]] = field(default_factory=dict)

    async def fetch(self, url: str, *, seconds: float, at_most: int, tag: str = "") -> Fetched:
        """Load a link, following redirects. Raises FetchError."""
        async with self._gate:
            try:
                async with asyncio.timeout(seconds):
                    return await self._follow(url, at_most, tag)
            except TimeoutError as error:
                raise FetchError("timeout", f"no answer within {seconds} s") from error

    async def _follow(self, url: str, at_most: int, tag: str) -> Fetched:
        for _ in range(_MOST_REDIRECTS + 1):
            answer = await self._ask(url, at_most, tag)
            if answer.status in _REDIRECTS and "location" in answer.headers:
                url = urljoin(url, answer.headers["location"])
                continue
            if answer.status == 304 and tag:
                return Fetched(None, tag)
            if answer.status != 200:
                raise FetchError("status", f"HTTP {answer.status}")
            return Fetched(answer.body, answer.headers.get("etag", ""))
        raise FetchError("redirects", f"more than {_MOST_REDIRECTS} redirects")

    async def _ask(self, url: str, at_most: int, tag: str) -> HttpAnswer:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise FetchError("unreachable", f"no web address: {url}")
        host = (parts.scheme, parts.hostname, parts.port or (443 if parts.scheme == "https" else 80))
        target = quote(parts.path or "/", safe=_SAFE) + (
            f"?{quote(parts.query, safe=_SAFE)}" if parts.query else ""
        )
        request = f"GET {target} HTTP/1.1\r\nHost: {parts.netloc}\r\nAccept: image/*\r\n"
        request += f"If-None-Match: {tag}\r\n\r\n" if tag else "\r\n"
        kept = self._idle.setdefault(host, [])
        while kept:
            # a kept connection may have been closed by the other side since
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                return await self._exchange(host, kept.pop(), request, at_most)
        try:
            connection = await self._connect(host)
            return await self._exchange(host, connection, request, at_most)
        except (OSError, asyncio.IncompleteReadError, ValueError) as error:
            raise FetchError("unreachable", str(error) or type(error).__name__) from error

    async def _connect(self, host: _Host) -> _Connection:
        scheme, name, port = host
        secure = ssl.create_default_context() if scheme == "https" else None
        return await asyncio.open_connection(name, port, ssl=secure, limit=MOST_HEADERS)

    async def _exchange(self, host: _Host, connection: _Connection, request: str, at_most: int) -> HttpAnswer:
        reader, writer = connection
        finished = False
        try:
            writer.write(request.encode("ascii", "replace"))
            answer = await read_head(reader)
            if answer.status not in (204, 304):
                await read_body(reader, answer, at_most)
            finished = answer.keep
        finally:
            if finished and len(self._idle[host]) < _KEPT_CONNECTIONS:
                self._idle[host].append(connection)
            else:
                writer.close()
        return answer


async def read_head(reader: asyncio.StreamReader) -> HttpAnswer:
    """Status and headers, by lower-case name. Raises ValueError where they are none."""
    lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers: dict[str, str] = {}
    for line in lines[1:]:
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    keep = headers.get("connection", "").lower() != "close"
    return HttpAnswer(int(lines[0].split(" ")[1]), headers, keep=keep)


async def read_body(reader: asyncio.StreamReader, answer: HttpAnswer, at_most: int) -> None:
    """Fill in the body of an answer. Raises FetchError where it is longer than `at_most` bytes."""
    if answer.headers.get("transfer-encoding", "").lower() == "chunked":
        parts: list[bytes] = []
        while size := int((await reader.readuntil(b"\r\n")).split(b";")[0], 16):
            _within(sum(map(len, parts)) + size, at_most)
            parts.append(await reader.readexactly(size))
            await reader.readexactly(2)
        await reader.readuntil(b"\r\n")
        answer.body = b"".join(parts)
    elif "content-length" in answer.headers:
        length = int(answer.headers["content-length"])
        _within(length, at_most)
        answer.body = await reader.readexactly(length)
    else:
        answer.keep = False
        answer.body = await reader.read(at_most + 1)
        _within(len(answer.body), at_most)


def _within(length: int, at_most: int) -> None:
    if length > at_most:
        raise FetchError("too_large", f"more than {at_most} bytes")
