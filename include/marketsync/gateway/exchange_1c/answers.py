"""Answers as 1C reads them: plain text, one item a line, in windows-1251, without a byte order mark."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.responses import Response

__all__ = ["Answer", "Xml", "failure", "progress", "success"]

_NO_STORE = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a call is told.

    Attributes:
        lines: the text.
        cookie: name and value that the client is to keep.
        status: HTTP's own; 1C shows the text of the answer only where it is 200.
    """

    lines: Sequence[str]
    cookie: tuple[str, str] | None = None
    status: int = 200

    def response(self, encoding: str, headers: dict[str, str] | None = None) -> Response:
        """As it is sent; letters that the encoding lacks become '?'."""
        made = Response(
            "\n".join(self.lines).encode(encoding, "replace"),
            status_code=self.status,
            headers={**_NO_STORE, **(headers or {})},
            media_type=f"text/plain; charset={encoding}",
        )
        if self.cookie is not None:
            name, value = self.cookie
            made.set_cookie(name, value, path="/", httponly=True, samesite="lax")
        return made


@dataclass(frozen=True, slots=True)
class Xml:
    """A file of CommerceML as the answer; it says its encoding itself."""

    content: bytes

    def response(self, encoding: str, headers: dict[str, str] | None = None) -> Response:
        """As it is sent."""
        return Response(
            self.content,
            headers={**_NO_STORE, **(headers or {})},
            media_type=f"application/xml; charset={encoding}",
        )


def success(*lines: str) -> Answer:
    """The step is done."""
    return Answer(("success", *lines))


def progress(*lines: str) -> Answer:
    """Ask again."""
    return Answer(("progress", *lines))


def failure(reason: str, status: int = 200) -> Answer:
    """The exchange stops, and 1C shows the reason to a person."""
    return Answer(("failure", *reason.splitlines()), status=status)
