"""The image host: serves pictures by name and can lose or delay them."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from urllib.parse import urlsplit

from sandbox.exchange import Answer, IncomingCall, System
from sandbox.images import pictures
from sandbox.knobs import knob

PREFIX = "/images/"


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
    """Pictures by name; also asked by the marketplaces whether a picture can be fetched."""

    def __init__(self) -> None:
        self.knobs = ImageKnobs()
        self.system = System("images", self.respond, _broken, _broken, lambda headers: "")

    def is_missing(self, name: str) -> bool:
        if self.knobs.missing_substring and self.knobs.missing_substring in name:
            return True
        return self.knobs.missing_share > 0 and Random(name).random() < self.knobs.missing_share

    def can_fetch(self, url: str) -> bool:
        """Whether a marketplace would get a picture from this link: other hosts than this one are always
        believed.
        """
        path = urlsplit(url).path
        return not path.startswith(PREFIX) or not self.is_missing(path[len(PREFIX) :])

    def respond(self, call: IncomingCall) -> Answer:
        name = call.path.lstrip("/")
        if call.method not in ("GET", "HEAD") or self.is_missing(name):
            return Answer(404, "not found", media_type="text/plain")
        if name.endswith(".png"):
            return Answer(200, pictures.png(name), media_type="image/png", items=1)
        if name.endswith((".jpg", ".jpeg")):
            return Answer(200, pictures.jpeg(name), media_type="image/jpeg", items=1)
        return Answer(404, "not found", media_type="text/plain")


def _broken() -> Answer:
    return Answer(500, "internal server error", media_type="text/plain")
