"""The image host: serves pictures by name, and can lose, delay and spoil them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from random import Random
from typing import Any
from urllib.parse import quote, urlsplit

from sandbox.exchange import Answer, IncomingCall, System
from sandbox.images import pictures
from sandbox.images.troubles import Trouble, TroubleError
from sandbox.knobs import knob

PREFIX = "/images/"

_ELSEWHERE = "http://10.255.255.1/secret.jpg"
_MEDIA_TYPES = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg"}


@dataclass
class ImageKnobs:
    """Knobs of the image host."""

    missing_substring: str = ""
    """Every name that contains this text answers 404 (empty: none)."""
    missing_share: float = knob(0.0, low=0.0, high=1.0)
    """This share of all names, always the same ones, answers 404."""
    slow_seconds: float = knob(0.0, low=0.0)
    """How long each picture takes, in real seconds."""


class ImageHost:
    """Pictures by name, with the troubles that are in force."""

    def __init__(self) -> None:
        self.knobs = ImageKnobs()
        self.troubles: list[Trouble] = []
        self.system = System("images", self.respond, _broken, _broken, lambda headers: "")

    def replace(self, raw: Any) -> None:
        """Put a new list of troubles in force. Raises TroubleError and changes nothing if one is wrong."""
        if not isinstance(raw, list):
            raise TroubleError("troubles are a list of objects")
        self.troubles = [Trouble.from_json(entry) for entry in raw]

    def is_missing(self, name: str) -> bool:
        if self.knobs.missing_substring and self.knobs.missing_substring in name:
            return True
        return self.knobs.missing_share > 0 and Random(name).random() < self.knobs.missing_share

    def has(self, url: str) -> bool:
        """Whether a link leads to a picture here, without asking over HTTP; other hosts are believed."""
        path = urlsplit(url).path
        return not path.startswith(PREFIX) or not self.is_missing(path[len(PREFIX) :])

    def delay(self, name: str) -> float:
        """How many real seconds the answer for a name takes."""
        trouble = self._trouble(name)
        slow = trouble.seconds if trouble is not None and trouble.kind in ("slow", "hang") else 0.0
        return self.knobs.slow_seconds + slow

    def respond(self, call: IncomingCall) -> Answer:
        name = call.path.lstrip("/")
        media_type = next((kind for end, kind in _MEDIA_TYPES.items() if name.lower().endswith(end)), None)
        if media_type is None or call.method not in ("GET", "HEAD") or self.is_missing(name):
            return _missing()
        trouble = self._trouble(name)
        if trouble is not None and trouble.count is not None:
            trouble.count -= 1
        kind = trouble.kind if trouble is not None else ""
        if kind == "missing":
            return _missing()
        if kind == "error":
            return _broken()
        if kind.startswith("redirect") and not (kind == "redirect" and call.query):
            return _redirect(kind, name)
        content = pictures.of(name, kind)
        # the tag is of the bytes: the same bytes again are answered with 304
        headers = {"etag": f'"{hashlib.sha256(content).hexdigest()[:32]}"', "cache-control": "max-age=0"}
        if call.headers.get("if-none-match") == headers["etag"]:
            return Answer(304, b"", headers=headers, media_type=media_type)
        return Answer(200, content, headers=headers, media_type=media_type, items=1)

    def _trouble(self, name: str) -> Trouble | None:
        return next((trouble for trouble in self.troubles if trouble.hits(name)), None)


def _redirect(kind: str, name: str) -> Answer:
    here = f"{PREFIX}{quote(name)}"
    target = {"redirect": f"{here}?once", "redirect_loop": here, "redirect_away": _ELSEWHERE}[kind]
    return Answer(302, b"", headers={"location": target}, media_type="text/plain")


def _missing() -> Answer:
    return Answer(404, "not found", media_type="text/plain")


def _broken() -> Answer:
    return Answer(500, "internal server error", media_type="text/plain")
