"""Rate limits that hold in any sliding window, not in calendar minutes.

A counter that restarts each minute, or a leaky bucket with a burst, lets through nearly twice the limit
across a border; what a client must not exceed is the count in *every* window of the given length. So each
accepted call is remembered with its moment until it is a window old.
"""

from __future__ import annotations

from collections import deque


class SlidingWindow:
    """Accepted calls (or items) of the last window; refused ones are not remembered and cost nothing."""

    __slots__ = ("_entries", "_used")

    def __init__(self) -> None:
        self._entries: deque[tuple[float, int]] = deque()
        self._used = 0

    def used(self, now: float, seconds: float) -> int:
        """What the window of `seconds` that ends now already holds. A call exactly `seconds` old has left
        it.
        """
        entries = self._entries
        while entries and now - entries[0][0] >= seconds:
            self._used -= entries.popleft()[1]
        return self._used

    def take(self, now: float, limit: int, seconds: float, weight: int = 1) -> float:
        """Take `weight` and return 0.0; or take nothing and return the seconds until it would fit."""
        if self.used(now, seconds) + weight <= limit:
            self._entries.append((now, weight))
            self._used += weight
            return 0.0
        freed = 0
        for moment, taken in self._entries:
            freed += taken
            if self._used - freed + weight <= limit:
                return moment + seconds - now
        return seconds


class PeakMeter:
    """The highest number of arrivals that any window of a fixed length ever held, refused ones included."""

    __slots__ = ("_arrivals", "peak", "seconds")

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.peak = 0
        self._arrivals: deque[float] = deque()

    def arrived(self, now: float) -> None:
        arrivals = self._arrivals
        while arrivals and now - arrivals[0] >= self.seconds:
            arrivals.popleft()
        arrivals.append(now)
        self.peak = max(self.peak, len(arrivals))
