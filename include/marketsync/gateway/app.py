"""The gateway's application: `uvicorn marketsync.gateway.app:app`."""

from __future__ import annotations

from fastapi import FastAPI

from marketsync.files import Files
from marketsync.gateway import media

__all__ = ["app", "create_app"]


def create_app(files: Files) -> FastAPI:
    """The application over a file store."""
    made = FastAPI(title="marketsync gateway", docs_url=None, redoc_url=None, openapi_url=None)

    @made.get("/healthz")
    async def healthz() -> dict[str, str]:
        return {"status": "ok"}

    made.include_router(media.router(files))
    return made


app = create_app(Files.from_environment())
