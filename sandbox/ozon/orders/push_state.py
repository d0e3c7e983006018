"""What is remembered of pushes: the addresses of a cabinet, and what was, is and will be sent to them."""

from __future__ import annotations

import heapq
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any

Json = dict[str, Any]

_KEPT = 50_000


@dataclass
class Address:
    """Where a seller wants to be told. `suspended` is why nothing is sent there now, or empty."""

    address_id: int
    url: str = field(repr=False)
    types: tuple[str, ...]
    connected_at: datetime
    headers: dict[str, str] = field(default_factory=dict)
    enabled: bool = True
    suspended: str = ""
    attempts: int = 0
    accepted: int = 0
    underway: int = 0
    next_ping: float | None = None

    @property
    def open(self) -> bool:
        return self.enabled and not self.suspended


@dataclass
class Attempt:
    """One sending: the HTTP status (0: none came) and the problem, empty where it was answered rightly."""

    at: datetime
    status: int
    problem: str
    milliseconds: float


@dataclass
class Push:
    """One push to one address. `state` is waiting, sending, accepted, lost, dropped or suspended."""

    push_id: int
    address_id: int
    message_type: str
    body: Json
    made_at: datetime
    copy: bool
    state: str = "waiting"
    attempts: list[Attempt] = field(default_factory=list)


class PushBox:
    """The addresses of one cabinet, with what was, is and will be sent to them."""

    def __init__(self) -> None:
        self.addresses: dict[int, Address] = {}
        self.log: deque[Push] = deque(maxlen=_KEPT)
        self.probed: dict[str, str] = {}
        """What was wrong with an address when it was last asked, or nothing."""
        self._queue: list[tuple[float, int, Push]] = []
        self._ids = count(1)

    def next_id(self) -> int:
        return next(self._ids)

    def put(self, due: float, push: Push) -> None:
        """Let a push be sent at a moment."""
        heapq.heappush(self._queue, (due, next(self._ids), push))

    def next_due(self) -> float | None:
        """The moment of the next push."""
        return self._queue[0][0] if self._queue else None

    def take_due(self, now: float, at_once: int) -> list[tuple[Address, Push]]:
        """What has to be sent now, at most `at_once` to one address; what finds its address closed is marked so."""
        found: list[tuple[Address, Push]] = []
        waiting: list[tuple[float, int, Push]] = []
        while self._queue and self._queue[0][0] <= now:
            entry = heapq.heappop(self._queue)
            push = entry[2]
            address = self.addresses.get(push.address_id)
            if address is None or not address.open:
                push.state = "suspended"
            elif address.underway >= at_once:
                waiting.append(entry)
            else:
                address.underway += 1
                push.state = "sending"
                found.append((address, push))
        for entry in waiting:
            heapq.heappush(self._queue, entry)
        return found
