"""Refusals as the portal words them: {"error": code, "error_description": text} with an HTTP status.

Source: Bitrix24 REST documentation, system errors.
"""

from __future__ import annotations

from typing import Any

SYSTEM: dict[str, tuple[int, str]] = {
    "NO_AUTH_FOUND": (401, "Wrong authorization data"),
    "expired_token": (401, "The access token provided has expired"),
    "INVALID_CREDENTIALS": (403, "Invalid request credentials"),
    "insufficient_scope": (
        403,
        "The request requires higher privileges than provided by the webhook token",
    ),
    "ERROR_METHOD_NOT_FOUND": (404, "Method not found!"),
    "ERROR_BATCH_METHOD_NOT_ALLOWED": (405, "Method is not allowed for batch usage"),
    "ERROR_BATCH_LENGTH_EXCEEDED": (400, "Max batch length exceeded"),
    "QUERY_LIMIT_EXCEEDED": (503, "Too many requests"),
    "OPERATION_TIME_LIMIT": (429, "Method is blocked due to operation time limit."),
    "OVERLOAD_LIMIT": (503, "REST API is blocked due to overload."),
    "INTERNAL_SERVER_ERROR": (500, "Internal server error"),
    "ERROR_UNEXPECTED_ANSWER": (500, "Server returned an unexpected response"),
}
ACCESS_DENIED = 200040300010


class Refusal(Exception):
    """A call that is not answered with a result."""

    def __init__(self, code: str | int, text: str | None = None, status: int | None = None) -> None:
        known_status, known_text = SYSTEM.get(str(code), (400, ""))
        self.code = code
        self.status = known_status if status is None else status
        self.text = known_text if text is None else text
        super().__init__(f"{code} {self.text}")

    def body(self) -> dict[str, Any]:
        return {"error": self.code, "error_description": self.text}
