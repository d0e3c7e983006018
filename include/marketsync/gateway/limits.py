"""Bounds of what is read of a request, before anything looks at it: size, depth, and text that can be kept."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import unquote_to_bytes

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from marketsync.gateway.json_bodies import BadJson, read_json
from marketsync.gateway.problems import Problem, answer
from marketsync.gateway.surroundings import Surroundings
from marketsync.reports.texts import Words

__all__ = ["BODY", "BodyLimits"]

MOST_BYTES = 1024 * 1024  # of a body; answers to the largest pack are a fifth of it
BODY = "marketsync.body"
"""Where in a request's scope its body lies once it was read."""

_NUL = Words("В адресе есть нулевой символ", "There is a NUL in the address")


class BodyLimits:
    """Reads the bodies of requests below some paths whole, and turns down what cannot be used.

    Args:
        paths: where it does so; elsewhere requests pass untouched.
    """

    def __init__(self, app: ASGIApp, *, surroundings: Surroundings, paths: Iterable[str]) -> None:
        self._app = app
        self._surroundings = surroundings
        self._paths = tuple(paths)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(self._paths):
            await self._app(scope, receive, send)
            return
        try:
            body = await self._read(scope, receive)
        except Problem as problem:
            await answer(problem, self._surroundings.language)(scope, receive, send)
            return
        if body is None:
            return
        scope[BODY] = body
        handed = False

        async def replay() -> Message:
            nonlocal handed
            if handed:
                return await receive()
            handed = True
            return {"type": "http.request", "body": body, "more_body": False}

        await self._app(scope, replay, send)

    async def _read(self, scope: Scope, receive: Receive) -> bytes | None:
        """The body; None where the other side is gone."""
        if "\x00" in scope["path"] or b"\x00" in unquote_to_bytes(scope["query_string"]):
            raise Problem(400, "bad_address", _NUL)
        pieces: list[bytes] = []
        size = 0
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return None
            piece = message.get("body", b"")
            size += len(piece)
            if size > MOST_BYTES:
                words = Words(
                    f"Тело запроса больше {MOST_BYTES} байт", f"The body is larger than {MOST_BYTES} bytes"
                )
                raise Problem(413, "too_large", words, headers={"Connection": "close"})
            pieces.append(piece)
            if not message.get("more_body", False):
                break
        body = b"".join(pieces)
        if body.strip():
            try:
                read_json(body)
            except BadJson as error:
                raise Problem(400, "bad_json", Words(error.ru, error.en)) from error
        return body
