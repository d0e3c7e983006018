"""What an answer means: a value, or an error named by what can be done about it.

The table by status is the same for every marketplace; where they differ (how an error is written in a body,
which header asks for a pause, which message means what) the difference is data in `AnswerRules`.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from marketsync.errors import Fatal, MarketsyncError, Place, RateLimited, Retriable, Uncertain
from marketsync.http.redaction import Redactor

__all__ = [
    "Answer",
    "AnswerRules",
    "DelayHeader",
    "RequestRefused",
    "VendorError",
    "outcome_of",
    "value_or_error",
]

_LONGEST_DELAY = 86_400.0  # seconds; the longest known pause ends when a daily quota is renewed
_LONGEST_TEXT = 1000  # characters of a marketplace's own words in an error's text
_LONGEST_PAGE = 16_384  # characters of a page in which words are looked for
_TAGS = re.compile(r"<(script|style)\b[^<>]*>.*?</\1\s*>|<[^<>]*>", re.DOTALL | re.IGNORECASE)

_OK = range(200, 300)
_MOVED = range(300, 400)
_DENIED = frozenset({401, 403})
_ABSENT = frozenset({404, 405, 410, 501})
_PAUSE = frozenset({420, 429})
_NOT_TAKEN = frozenset({408})  # the other side gave up waiting for the request: it had no effect
_TROUBLE = range(500, 600)


class RequestRefused(MarketsyncError):
    """The whole request was refused (400, 409, 422...): it had no effect, and would be refused again.

    A batch can be split to find the item that spoils it.

    Attributes:
        status: of the answer.
        code, text: the marketplace's own words, '' where it sent none.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int,
        code: str,
        text: str,
        place: Place | None = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(message, place=place, hint=hint)
        self.status = status
        self.code = code
        self.text = text


@dataclass(frozen=True, slots=True)
class VendorError:
    """A marketplace's error in its own words; the code is text, for vendors mix numbers and names."""

    code: str
    message: str

    def __str__(self) -> str:
        return " ".join(part for part in (self.code, self.message) if part)


@dataclass(frozen=True, slots=True)
class DelayHeader:
    """A header that asks for a pause.

    Attributes:
        name: in any case.
        unit: the seconds in one unit of its value.
    """

    name: str
    unit: float = 1.0


@dataclass(frozen=True, slots=True)
class AnswerRules:
    """What differs between marketplaces in their answers.

    Attributes:
        vendor: the marketplace's name, for people.
        read_error: the JSON object of an answer with an error status -> the error in it, or None.
        delays: headers that ask for a pause; the longest wins.
        default_delay: seconds to pause where a 429 has none of them.
        remaining_header: how many calls are left in the budget.
        trace_header: the marketplace's own id of the exchange.
        pauses: part of a message -> seconds, for errors that pass after a pause, whatever their status.
        fatal: parts of messages that no retry helps, whatever their status.
        denied_hint: what to check after a 401 or 403.
    """

    vendor: str
    read_error: Callable[[Mapping[str, Any]], VendorError | None]
    delays: tuple[DelayHeader, ...] = (DelayHeader("Retry-After"),)
    default_delay: float = 5.0
    remaining_header: str | None = None
    trace_header: str | None = None
    pauses: Mapping[str, float] = field(default_factory=dict)
    fatal: tuple[str, ...] = ()
    denied_hint: str = "Check the account's connection: the key, its expiry and its roles"


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer as it came; `headers` looks names up in any case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json_object(self) -> dict[str, Any] | None:
        """The body as a JSON object, or None where it is anything else."""
        try:
            value = json.loads(self.body)
        except (ValueError, RecursionError):
            return None
        return value if isinstance(value, dict) else None


def value_or_error(
    answer: Answer, rules: AnswerRules, *, write: bool, place: Place, redactor: Redactor
) -> dict[str, Any] | MarketsyncError:
    """Read an answer.

    Args:
        answer: what came.
        rules: the marketplace's.
        write: the call changes something there: an answer that says too little leaves its effect open.
        place: account and method, for the error.
        redactor: an error's text goes to logs and mails.

    Returns:
        the JSON object of a 2xx answer; otherwise an `Uncertain`, `RateLimited`, `Retriable`, `Fatal` or
        `RequestRefused`, to be raised.
    """
    unsure: type[Retriable] = Uncertain if write else Retriable
    value = answer.json_object()
    status = answer.status

    if status in _OK:
        if value is not None:
            return value
        return unsure(
            f"{rules.vendor} answered {status} with {len(answer.body)} bytes that are no JSON object: "
            f"{_words(answer, redactor)!r}",
            place=place,
        )

    told = rules.read_error(value) if value is not None else None
    own_words = told is not None
    if told is None:
        told = VendorError("", _words(answer, redactor))
    else:  # masked before it is cut: half a secret is not recognised
        told = VendorError(*(redactor.text(text)[:_LONGEST_TEXT] for text in (told.code, told.message)))
    said = f"{status} {told}".strip()
    words = told.message.casefold()

    for part, seconds in rules.pauses.items():
        if part.casefold() in words:
            return _pause(rules, said, max(_delay(answer, rules) or 0.0, seconds), place)
    if any(part.casefold() in words for part in rules.fatal):
        return Fatal(f"{rules.vendor} refuses the account: {said}", place=place, hint=rules.denied_hint)

    if status in _DENIED:
        return Fatal(f"{rules.vendor} does not let the key in: {said}", place=place, hint=rules.denied_hint)
    if status in _ABSENT and not own_words:
        return Fatal(
            f"{rules.vendor} knows no such method: {said}",
            place=place,
            hint="The method may have been retired: compare with the marketplace's change log",
        )
    if status in _PAUSE:
        delay = _delay(answer, rules)
        return _pause(rules, said, rules.default_delay if delay is None else delay, place)
    if status in _NOT_TAKEN:
        return Retriable(f"{rules.vendor} did not take the request: {said}", place=place)
    if status in _TROUBLE:
        return unsure(f"{rules.vendor} has trouble: {said}", place=place)
    if status in _MOVED:
        target = redactor.text(answer.headers.get("Location", ""))
        return Fatal(
            f"{rules.vendor} sends the call elsewhere: {status} to {target!r}",
            place=place,
            hint="Check the host of the account's connection",
        )
    return RequestRefused(
        f"{rules.vendor} refuses the request: {said}",
        status=status,
        code=told.code,
        text=told.message,
        place=place,
    )


def outcome_of(result: Any) -> str:
    """One word for the call log: ok, uncertain, rate_limited, retriable, refused or fatal."""
    match result:
        case Uncertain():
            return "uncertain"
        case RateLimited():
            return "rate_limited"
        case Retriable():
            return "retriable"
        case RequestRefused():
            return "refused"
        case MarketsyncError():
            return "fatal"
        case _:
            return "ok"


def _words(answer: Answer, redactor: Redactor) -> str:
    """What a body that holds no error in the marketplace's form says: a page without its tags."""
    text = redactor.body(answer.body)[:_LONGEST_PAGE]
    return " ".join(_TAGS.sub(" ", text).split())[:_LONGEST_TEXT]


def _pause(rules: AnswerRules, said: str, delay: float, place: Place) -> RateLimited:
    return RateLimited(f"{rules.vendor} asks for a pause of {delay:g} s: {said}", delay=delay, place=place)


def _delay(answer: Answer, rules: AnswerRules) -> float | None:
    """The longest pause that the headers ask for, in seconds; None where they ask for none in numbers."""
    asked: list[float] = []
    for header in rules.delays:
        try:
            seconds = float(answer.headers.get(header.name, "")) * header.unit
        except ValueError:
            continue
        if math.isfinite(seconds) and seconds >= 0:
            asked.append(min(seconds, _LONGEST_DELAY))
    return max(asked, default=None)
