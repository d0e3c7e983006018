"""The frame around every call to a played system: fault, work, log, answer.

A system gives one plain function that maps an incoming call to an answer. It never awaits, so each call is
one indivisible change of the state: the event loop is the lock.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from sandbox import faults
from sandbox.call_log import Call
from sandbox.clock import iso

if TYPE_CHECKING:
    from sandbox.world import World

_DISCONNECT_POLL_SECONDS = 0.05
_HTML_502 = (
    "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n"
    "<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
)
_HTML_504 = _HTML_502.replace("502 Bad Gateway", "504 Gateway Time-out")


class BrokenOff(Exception):
    """Breaks an answer off on purpose: the only way for an ASGI application to close a connection."""


@dataclass
class IncomingCall:
    """One request: `path` is the real path below the system's prefix."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes
    trace_id: str


@dataclass
class Answer:
    """What a system answers. `body` is a JSON value, or text or bytes that are sent as they are."""

    status: int
    body: Any
    headers: dict[str, str] = field(default_factory=dict)
    media_type: str = "application/json"
    items: int = 0
    client_id: str = ""


@dataclass(frozen=True)
class System:
    """A played system: its prefix, its work, and what its own 429 and 500 look like (for the faults of
    these kinds).
    """

    name: str
    respond: Callable[[IncomingCall], Answer]
    fault_429: Callable[[], Answer]
    fault_500: Callable[[], Answer]
    client_of: Callable[[dict[str, str]], str]


def encode(body: Any) -> bytes:
    """The bytes of an answer's body."""
    if isinstance(body, bytes):
        return body
    if isinstance(body, str):
        return body.encode()
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


async def handle(world: World, system: System, request: Request, path: str) -> Response:
    """Serve one request of a system."""
    body = await request.body()
    started = time.perf_counter()
    call_id = world.calls.next_id()
    incoming = IncomingCall(
        method=request.method,
        path=path,
        query=request.url.query,
        headers=dict(request.headers),
        body=body,
        trace_id=f"{world.random.getrandbits(128):032x}",
    )
    at = iso(world.clock.utcnow())
    rule = world.faults.choose(system.name, path)
    instead = rule is not None and rule.kind in faults.INSTEAD_OF_WORK
    answer = _spoiled_before(system, rule) if rule is not None and instead else system.respond(incoming)
    if rule is not None and rule.kind == "short_answer":
        answer.body = _shortened(answer.body)
    payload = encode(answer.body)
    keep = world.general.keep_bodies
    world.calls.record(
        Call(
            id=call_id,
            at=at,
            system=system.name,
            client_id=answer.client_id or system.client_of(incoming.headers),
            method=incoming.method,
            path=path,
            status=answer.status,
            milliseconds=round((time.perf_counter() - started) * 1000, 3),
            items=answer.items,
            trace_id=incoming.trace_id,
            fault=rule.kind if rule is not None else None,
            request_body=body if keep else None,
            answer_body=payload if keep and answer.media_type.startswith("application/json") else None,
        )
    )
    if rule is not None and rule.kind in ("timeout_before", "timeout_after"):
        await hold(request, rule.seconds)
        return Response(_HTML_504, status_code=504, media_type="text/html")
    if rule is not None and rule.kind == "truncated":
        return _truncated(payload, answer)
    return Response(payload, status_code=answer.status, headers=answer.headers, media_type=answer.media_type)


def _spoiled_before(system: System, rule: faults.FaultRule) -> Answer:
    if rule.kind == "429":
        return system.fault_429()
    if rule.kind == "500":
        return system.fault_500()
    if rule.kind == "502_html":
        return Answer(502, _HTML_502, media_type="text/html")
    return Answer(504, _HTML_504, media_type="text/html")


def _shortened(body: Any) -> Any:
    """The answer with the second half of its outermost list gone."""
    if not isinstance(body, dict):
        return body
    for key, value in body.items():
        if isinstance(value, list):
            return {**body, key: value[: len(value) // 2]}
        if isinstance(value, dict):
            shorter = _shortened(value)
            if shorter is not value:
                return {**body, key: shorter}
    return body


def _truncated(payload: bytes, answer: Answer) -> Response:
    """Announce the whole length and break off in the middle; the server then closes the connection."""

    async def half() -> AsyncIterator[bytes]:
        yield payload[: len(payload) // 2]
        raise BrokenOff

    headers = {**answer.headers, "content-length": str(len(payload))}
    return StreamingResponse(half(), status_code=answer.status, headers=headers, media_type=answer.media_type)


async def hold(request: Request, seconds: float) -> None:
    """Say nothing until the client hangs up or the time is over."""
    until = time.monotonic() + seconds
    while time.monotonic() < until and not await request.is_disconnected():
        await asyncio.sleep(min(_DISCONNECT_POLL_SECONDS, max(until - time.monotonic(), 0)))
