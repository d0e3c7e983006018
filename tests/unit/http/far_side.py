"""A far side on 127.0.0.1 that answers by script; a client whose limiter, log and time are plain lists."""

from __future__ import annotations

import json
import socket
import struct
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from marketsync.http.answers import AnswerRules, DelayHeader, VendorError
from marketsync.http.client import ApiClient
from marketsync.http.protocols import Call, Limit

KEY = "9b1f0c52-live-key"
Action = Callable[["_Handler"], None]


@dataclass
class Seen:
    """A request as it arrived."""

    path: str
    headers: dict[str, str]
    body: bytes


class _Handler(BaseHTTPRequestHandler):
    # head and body are two writes: with delayed acknowledgements each answer would take 40 ms
    disable_nagle_algorithm = True
    protocol_version = "HTTP/1.1"
    server: FarSide

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.seen.append(Seen(self.path, {k.lower(): v for k, v in self.headers.items()}, body))
        self.server.next_action()(self)

    def do_GET(self) -> None:
        self.server.seen.append(Seen(self.path, {k.lower(): v for k, v in self.headers.items()}, b""))
        self.server.next_action()(self)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        """Nothing is printed."""


class FarSide(ThreadingHTTPServer):
    """Answers with what the test has queued, in order; the last one again and again."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.seen: list[Seen] = []
        self.released = threading.Event()
        self._script: list[Action] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def next_action(self) -> Action:
        return self._script.pop(0) if len(self._script) > 1 else self._script[0]

    def answers(self, *actions: Action) -> None:
        self._script = list(actions)

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is part of the tests."""


def reply(
    status: int,
    body: bytes | str | Mapping[str, Any] | Sequence[Any],
    headers: Mapping[str, str] | None = None,
) -> Action:
    """An answer: a mapping or list as JSON, text and bytes as they are."""
    data = (
        body.encode()
        if isinstance(body, str)
        else body
        if isinstance(body, bytes)
        else json.dumps(body).encode()
    )

    def act(handler: _Handler) -> None:
        handler.send_response(status)
        handler.send_header("Content-Length", str(len(data)))
        for name, value in (headers or {}).items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(data)

    return act


def silence(handler: _Handler) -> None:
    """No answer until the test is over."""
    handler.server.released.wait(30)
    handler.close_connection = True


def reset(handler: _Handler) -> None:
    """The connection is reset after the request was read."""
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.shutdown(socket.SHUT_RD)
    handler.connection.close()
    handler.close_connection = True


def half(handler: _Handler) -> None:
    """Half of the answer that its length announces."""
    handler.send_response(200)
    handler.send_header("Content-Length", "100")
    handler.end_headers()
    handler.wfile.write(b'{"result": [')
    handler.close_connection = True


class FakeClock:
    """Time that passes only by sleeping."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    def now(self) -> datetime:
        return datetime(2026, 3, 14, 12, 0, 0, tzinfo=UTC)

    def monotonic(self) -> float:
        return sum(self.slept)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


@dataclass
class FakeLimiter:
    """Lets everything through and remembers it; raises what the test sets."""

    taken: list[list[str]] = field(default_factory=list)
    blocked: list[tuple[str, float]] = field(default_factory=list)
    error: Exception | None = None

    def acquire(self, limits: Sequence[Limit], *, patience: float) -> None:
        assert patience == 10.0
        if self.error:
            raise self.error
        self.taken.append([limit.key for limit in limits])

    def block(self, key: str, seconds: float) -> None:
        self.blocked.append((key, seconds))


@dataclass
class FakeLog:
    """The calls, in order."""

    calls: list[Call] = field(default_factory=list)

    def record(self, call: Call) -> None:
        self.calls.append(call)


def _read_error(body: Mapping[str, Any]) -> VendorError | None:
    return VendorError(str(body["code"]), str(body.get("message", ""))) if "code" in body else None


RULES = AnswerRules(
    vendor="Bazaar",
    read_error=_read_error,
    delays=(DelayHeader("Retry-After"), DelayHeader("Item-Retry-After", 60.0)),
    remaining_header="Ratelimit-Remaining",
    trace_header="x-trace",
    pauses={"circuit is open": 180.0},
    fatal=("account is closed",),
    denied_hint="Check the key",
)


@dataclass
class Bench:
    """A client with everything around it."""

    far_side: FarSide
    clock: FakeClock = field(default_factory=FakeClock)
    limiter: FakeLimiter = field(default_factory=FakeLimiter)
    log: FakeLog = field(default_factory=FakeLog)

    def client(self, url: str | None = None, **overrides: Any) -> ApiClient:
        """A client of the far side, or of another address."""
        settings: dict[str, Any] = {
            "headers": {"Client-Id": "1001", "Api-Key": KEY},
            "limiter": self.limiter,
            "call_log": self.log,
            "answers": RULES,
            "common_limits": [Limit("bazaar/1001", 50, 1.0)],
            "clock": self.clock,
            "timeout": (5.0, 0.15),
        }
        return ApiClient("bazaar_main", url or self.far_side.url, **settings | overrides)
