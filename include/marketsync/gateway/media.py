"""GET and HEAD /media/<hash>.<ext>: the pictures of deliveries as public links, which marketplaces load.

The name is the hash of the bytes, so an answer never grows old. Only names of that very form reach the file store:
nothing else of it can be asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse

from marketsync.files import Files
from marketsync.pictures.media import FOLDER, MEDIA_TYPES

__all__ = ["router"]

_NAME = re.compile(rf"([0-9a-f]{{64}})\.({'|'.join(MEDIA_TYPES)})")
_CHUNK = 64 * 1024
_YEAR = 31_536_000


def router(files: Files) -> APIRouter:
    """The routes below /media.

    Args:
        files: the common file store.
    """
    routes = APIRouter()

    @routes.api_route("/media/{name}", methods=["GET", "HEAD"])
    async def picture(name: str, request: Request) -> Response:
        found = _NAME.fullmatch(name)
        if found is None:
            return _nothing()
        etag = f'"{found[1]}"'
        headers = {
            "ETag": etag,
            "Cache-Control": f"public, max-age={_YEAR}, immutable",
            "X-Content-Type-Options": "nosniff",
        }
        if etag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        whole = f"{FOLDER}/{name}"
        try:
            size = await run_in_threadpool(files.size, whole)
            stream = None if request.method == "HEAD" else await run_in_threadpool(files.open, whole)
        except FileNotFoundError:
            return _nothing()
        headers["Content-Length"] = str(size)
        media_type = MEDIA_TYPES[found[2]]
        if stream is None:
            return Response(headers=headers, media_type=media_type)
        return StreamingResponse(_pieces(stream), headers=headers, media_type=media_type)

    return routes


def _pieces(stream: IO[bytes]) -> Iterator[bytes]:
    with stream:
        while piece := stream.read(_CHUNK):
            yield piece


def _nothing() -> Response:
    # short, so that a picture that is delivered a moment later can be seen
    return PlainTextResponse("not found\n", status_code=404, headers={"Cache-Control": "max-age=60"})
