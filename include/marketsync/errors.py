"""Errors, grouped by what can be done about them, not by where they happened.

Airflow's retry policy, the http client and the engine look only at the class:
a `Retriable` is tried again, a `RateLimited` is tried again after its delay, a `Fatal` stops at once
and needs a person, a `BadInput` names the file, line and field that somebody has to mend.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["BadInput", "Fatal", "MarketsyncError", "Place", "RateLimited", "Retriable", "Uncertain"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where an error is: any of a file with a line, an account, a method, an offer and a field."""

    file: str | None = None
    line: int | None = None
    account: str | None = None
    method: str | None = None
    offer: str | None = None
    field: str | None = None

    def __str__(self) -> str:
        parts = []
        if self.file:
            parts.append(f"{self.file}:{self.line}" if self.line else self.file)
        named = (
            ("account", self.account),
            ("method", self.method),
            ("offer", self.offer),
            ("field", self.field),
        )
        parts += [f"{name} {value}" for name, value in named if value]
        return ", ".join(parts)


class MarketsyncError(Exception):
    """An answer to a person: what happened, where, and what to do now.

    Args:
        message: what happened, with the data.
        place: where; printed in front of the message.
        hint: what to do now; printed behind it.
    """

    def __init__(self, message: str, *, place: Place | None = None, hint: str | None = None) -> None:
        self.message = message
        self.place = place or Place()
        self.hint = hint
        super().__init__(message)

    def __str__(self) -> str:
        where = str(self.place)
        text = f"{where}: {self.message}" if where else self.message
        return f"{text}. {self.hint}" if self.hint else text


class Retriable(MarketsyncError):
    """Passing trouble outside (5xx, a refused connection, a gateway's HTML): the same call may succeed later."""


class Uncertain(Retriable):
    """The call may have had its effect (a timeout, a torn answer): read before repeating what is not idempotent."""


class RateLimited(Retriable):
    """The other side, or our own limiter, asks for a pause of `delay` seconds."""

    def __init__(
        self, message: str, *, delay: float, place: Place | None = None, hint: str | None = None
    ) -> None:
        super().__init__(message, place=place, hint=hint)
        self.delay = delay


class Fatal(MarketsyncError):
    """Wrong credentials, a missing right, bad configuration: no retry helps, a person must act."""


class BadInput(MarketsyncError):
    """A file or a value that cannot be used; nothing of it was taken over."""
