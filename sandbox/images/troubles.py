"""What can be wrong with a picture on its host: which names, what, how often.

A trouble belongs to a name, not to a call: with a probability below 1 it hits always the same share of all
names, so that a picture is either sound or not, as on a real site. Troubles with a `count` pass by
themselves after so many answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from random import Random
from typing import Any

KINDS = (
    "slow",  # after `seconds`
    "hang",  # no answer at all for `seconds`
    "missing",  # 404
    "error",  # 500
    "truncated",  # the second half of the bytes is gone, with a true Content-Length
    "changed",  # sound, and not the bytes of yesterday
    "too_small",  # 199 x 400 pixels
    "too_large",  # more pixels than any marketplace takes
    "bomb",  # a few bytes that claim to be 900 megapixels
    "huge",  # 30 MB
    "wrong_type",  # a PDF under a picture's name and media type
    "gif",  # a GIF under a picture's name and media type
    "redirect",  # to the sound picture, on the same host
    "redirect_loop",  # to itself
    "redirect_away",  # to another host
)

DEFAULT_SECONDS = 90.0


class TroubleError(ValueError):
    """A trouble that cannot be understood; the text says which field and what it accepts."""


@dataclass
class Trouble:
    """One rule. `path` is a name below /images/ or a pattern with `*`; `count` is how many times it still
    hits (None: without end).
    """

    path: str
    kind: str
    probability: float = 1.0
    count: int | None = None
    seconds: float = DEFAULT_SECONDS

    @classmethod
    def from_json(cls, raw: Any) -> Trouble:
        if not isinstance(raw, dict):
            raise TroubleError(f"a trouble is an object, got {raw!r}")
        known = ("path", "kind", "probability", "count", "seconds")
        unknown = sorted(set(raw) - set(known))
        if unknown:
            raise TroubleError(f"a trouble has the fields {', '.join(known)}; unknown: {', '.join(unknown)}")
        kind = str(raw.get("kind", ""))
        if kind not in KINDS:
            raise TroubleError(f"kind is one of {', '.join(KINDS)}, got {kind!r}")
        probability = raw.get("probability", 1.0)
        if not isinstance(probability, int | float) or not 0 <= probability <= 1:
            raise TroubleError(f"probability lies between 0 and 1, got {probability!r}")
        count = raw.get("count")
        if count is not None and (not isinstance(count, int) or isinstance(count, bool) or count < 1):
            raise TroubleError(f"count is a whole number above 0 or null, got {count!r}")
        seconds = raw.get("seconds", DEFAULT_SECONDS)
        if not isinstance(seconds, int | float) or seconds < 0:
            raise TroubleError(f"seconds is a number not below 0, got {seconds!r}")
        return cls(str(raw.get("path", "*")), kind, float(probability), count, float(seconds))

    def as_json(self) -> dict[str, Any]:
        return {
            "path": self.path,
            "kind": self.kind,
            "probability": self.probability,
            "count": self.count,
            "seconds": self.seconds,
        }

    def hits(self, name: str) -> bool:
        """Whether this name is meant; always the same answer, but for the count."""
        if self.count == 0 or not fnmatchcase(name, self.path):
            return False
        return self.probability >= 1 or Random(f"{self.kind} {name}").random() < self.probability
