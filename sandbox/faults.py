"""Failures on order: which calls break, how, how often and how many times.

A rule is chosen before a call is worked on. `429`, `500`, `502_html` and `timeout_before` replace the work:
nothing changes in the state. `timeout_after`, `truncated` and `short_answer` spoil the answer of work that
was done: these are the ones after which a client cannot know what happened.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

INSTEAD_OF_WORK = ("429", "500", "502_html", "timeout_before")
AFTER_WORK = ("timeout_after", "truncated", "short_answer")
KINDS = (*INSTEAD_OF_WORK, *AFTER_WORK)

DEFAULT_TIMEOUT_SECONDS = 90.0


class FaultError(ValueError):
    """A fault rule that cannot be understood; the text says which field and what it accepts."""


@dataclass
class FaultRule:
    """One rule. `count` is how many times it still fires (None: without end); `seconds` is how long a
    timeout holds.
    """

    system: str
    path: str
    kind: str
    probability: float = 1.0
    count: int | None = None
    seconds: float = DEFAULT_TIMEOUT_SECONDS

    @classmethod
    def from_json(cls, raw: Any) -> FaultRule:
        if not isinstance(raw, dict):
            raise FaultError(f"a fault is an object, got {raw!r}")
        known = ("system", "path", "kind", "probability", "count", "seconds")
        unknown = sorted(set(raw) - set(known))
        if unknown:
            raise FaultError(f"a fault has the fields {', '.join(known)}; unknown: {', '.join(unknown)}")
        kind = str(raw.get("kind", ""))
        if kind not in KINDS:
            raise FaultError(f"kind is one of {', '.join(KINDS)}, got {kind!r}")
        probability = raw.get("probability", 1.0)
        if not isinstance(probability, int | float) or not 0 <= probability <= 1:
            raise FaultError(f"probability lies between 0 and 1, got {probability!r}")
        count = raw.get("count")
        if count is not None and (not isinstance(count, int) or isinstance(count, bool) or count < 1):
            raise FaultError(f"count is a whole number above 0 or null, got {count!r}")
        seconds = raw.get("seconds", DEFAULT_TIMEOUT_SECONDS)
        if not isinstance(seconds, int | float) or seconds < 0:
            raise FaultError(f"seconds is a number not below 0, got {seconds!r}")
        return cls(
            system=str(raw.get("system", "*")),
            path=str(raw.get("path", "*")),
            kind=kind,
            probability=float(probability),
            count=count,
            seconds=float(seconds),
        )

    def as_json(self) -> dict[str, Any]:
        return {
            "system": self.system,
            "path": self.path,
            "kind": self.kind,
            "probability": self.probability,
            "count": self.count,
            "seconds": self.seconds,
        }


class FaultBox:
    """The rules in force; the first that matches and whose dice fall wins."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self.rules: list[FaultRule] = []

    def replace(self, raw: Any) -> None:
        """Put a new list of rules in force. Raises FaultError and changes nothing if one of them is wrong."""
        if not isinstance(raw, list):
            raise FaultError("faults are a list of objects")
        self.rules = [FaultRule.from_json(entry) for entry in raw]

    def choose(self, system: str, path: str) -> FaultRule | None:
        for rule in self.rules:
            if rule.system not in ("*", system) or rule.path not in ("*", path) or rule.count == 0:
                continue
            if rule.probability < 1 and self._random.random() >= rule.probability:
                continue
            if rule.count is not None:
                rule.count -= 1
            return rule
        return None
