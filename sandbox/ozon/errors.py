"""Ozon's ways to refuse a whole request: google.rpc.Status with a gRPC code inside an HTTP error."""

from __future__ import annotations

import math
from typing import Any

from sandbox.exchange import Answer

INVALID_ARGUMENT = 3
NOT_FOUND = 5
PERMISSION_DENIED = 7
RESOURCE_EXHAUSTED = 8
INTERNAL = 13
UNAUTHENTICATED = 16

RATE_LIMIT_MESSAGE = "You have reached request rate limit per second"


class Refusal(Exception):
    """Raised anywhere in the handling of a call: the whole request is refused with this status."""

    def __init__(
        self, http_status: int, code: int | str, message: str, headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.http_status = http_status
        self.code = code
        self.message = message
        self.headers = headers or {}

    def answer(self) -> Answer:
        return Answer(self.http_status, status_body(self.code, self.message), headers=dict(self.headers))


def status_body(code: int | str, message: str) -> dict[str, Any]:
    return {"code": code, "message": message, "details": []}


def bad_request(message: str) -> Refusal:
    return Refusal(400, INVALID_ARGUMENT, message)


def too_many_requests(wait_seconds: float) -> Refusal:
    """The refusal on a limit of calls; Retry-After is whole seconds, rounded up."""
    return Refusal(
        429,
        RESOURCE_EXHAUSTED,
        RATE_LIMIT_MESSAGE,
        {"Retry-After": str(max(1, math.ceil(wait_seconds))), "Ratelimit-Remaining": "0"},
    )


def too_many_items(wait_seconds: float, remaining: int, *, string_code: bool) -> Refusal:
    """The refusal on a limit of items: Item-Retry-After is in minutes, the text in seconds."""
    seconds = max(1, math.ceil(wait_seconds))
    return Refusal(
        429,
        "RESOURCE_EXHAUSTED" if string_code else RESOURCE_EXHAUSTED,
        f"You have reached operation items limits. Retry after {seconds} seconds. "
        f"Remaining {remaining} items",
        {"Item-Retry-After": str(math.ceil(seconds / 60)), "Item-Rate-Limit-Remaining": str(remaining)},
    )
