"""Every call that reached the sandbox, to assert on: what was asked, what was answered, how often, how fast.

Bodies are kept as bytes up to a total budget and the oldest are dropped first; the entries themselves are
bounded too. Counters and peaks are kept apart from the entries, so dropping an entry loses no count.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Any

from sandbox.limits import PeakMeter

MAX_CALLS = 50_000
MAX_BODY_BYTES = 128 * 1024 * 1024


@dataclass
class Call:
    """One exchange. `items` is how many things it was about (pairs, prices, cards; for a read: things
    answered).
    """

    id: int
    at: str
    system: str
    client_id: str
    method: str
    path: str
    status: int
    milliseconds: float
    items: int
    trace_id: str
    fault: str | None
    request_body: bytes | None = None
    answer_body: bytes | None = None

    def as_json(self, with_bodies: bool) -> dict[str, Any]:
        shown: dict[str, Any] = {
            "id": self.id,
            "at": self.at,
            "system": self.system,
            "client_id": self.client_id,
            "method": self.method,
            "path": self.path,
            "status": self.status,
            "milliseconds": self.milliseconds,
            "items": self.items,
            "trace_id": self.trace_id,
            "fault": self.fault,
        }
        if with_bodies:
            shown["request_body"] = _text(self.request_body)
            shown["answer_body"] = _text(self.answer_body)
        return shown


@dataclass
class PathCounter:
    calls: int = 0
    items: int = 0
    refused_429: int = 0
    faults: int = 0
    by_status: dict[str, int] = field(default_factory=dict)


class CallLog:
    """The log of one sandbox; written by every system through `record`."""

    def __init__(self, max_calls: int = MAX_CALLS, max_body_bytes: int = MAX_BODY_BYTES) -> None:
        self._max_calls = max_calls
        self._max_body_bytes = max_body_bytes
        self._last_id = 0
        self.clear()

    def clear(self) -> None:
        """Forget calls, counters and peaks; call ids go on rising so that a `since` stays valid."""
        self._calls: deque[Call] = deque()
        self._with_bodies: deque[Call] = deque()
        self._body_bytes = 0
        self._counters: dict[tuple[str, str], PathCounter] = {}
        self._peaks: dict[tuple[str, str, str], PeakMeter] = {}

    def next_id(self) -> int:
        self._last_id += 1
        return self._last_id

    def record(self, call: Call) -> None:
        self._calls.append(call)
        if len(self._calls) > self._max_calls:
            self._calls.popleft()
        size = len(call.request_body or b"") + len(call.answer_body or b"")
        if size:
            self._with_bodies.append(call)
            self._body_bytes += size
        while self._body_bytes > self._max_body_bytes:
            oldest = self._with_bodies.popleft()
            self._body_bytes -= len(oldest.request_body or b"") + len(oldest.answer_body or b"")
            oldest.request_body = oldest.answer_body = None
        counter = self._counters.setdefault((call.system, call.path), PathCounter())
        counter.calls += 1
        counter.items += call.items
        counter.refused_429 += call.status == 429
        counter.faults += call.fault is not None
        counter.by_status[str(call.status)] = counter.by_status.get(str(call.status), 0) + 1

    def arrived(self, system: str, client_id: str, limit_name: str, now: float, seconds: float) -> None:
        """Note one arrival against a limit, whether it will be accepted or not."""
        key = (system, client_id, limit_name)
        meter = self._peaks.get(key)
        if meter is None or meter.seconds != seconds:
            meter = self._peaks[key] = PeakMeter(seconds)
        meter.arrived(now)

    def find(
        self, *, system: str | None, client_id: str | None, path: str | None, since: int, limit: int
    ) -> list[Call]:
        """Calls with an id above `since`, oldest first, the first `limit` of them."""
        found: list[Call] = []
        for call in self._calls:
            if (
                call.id > since
                and (system is None or call.system == system)
                and (client_id is None or call.client_id == client_id)
                and (path is None or call.path == path)
            ):
                found.append(call)
                if len(found) == limit:
                    break
        return found

    def counters(self) -> dict[str, Any]:
        """Counts by system and path, and the peaks by system, client and limit."""
        paths: dict[str, dict[str, Any]] = {}
        for (system, path), counter in sorted(self._counters.items()):
            paths.setdefault(system, {})[path] = {
                "calls": counter.calls,
                "items": counter.items,
                "refused_429": counter.refused_429,
                "faults": counter.faults,
                "by_status": dict(counter.by_status),
            }
        peaks: dict[str, dict[str, dict[str, Any]]] = {}
        for (system, client_id, limit_name), meter in sorted(self._peaks.items()):
            peaks.setdefault(system, {}).setdefault(client_id, {})[limit_name] = {
                "seconds": meter.seconds,
                "highest_in_any_window": meter.peak,
            }
        return {"paths": paths, "peaks": peaks}


def _text(body: bytes | None) -> str | None:
    return None if body is None else body.decode("utf-8", errors="replace")
