"""The gateway's application: `uvicorn marketsync.gateway.app:app`."""

from __future__ import annotations

from functools import cache

from fastapi import FastAPI

from marketsync.clock import SYSTEM, Clock
from marketsync.db import Database
from marketsync.files import Files
from marketsync.gateway import exchange_1c, media

__all__ = ["app", "create_app"]


def create_app(
    files: Files,
    database: Database | None = None,
    clock: Clock = SYSTEM,
    exchange: exchange_1c.ExchangeSettings | None = None,
) -> FastAPI:
    """The application over a file store.

    Args:
        database: by default that of the environment, looked for when it is first needed.
    """
    found = cache(lambda: database or Database.from_environment())
    made = FastAPI(title="marketsync gateway", docs_url=None, redoc_url=None, openapi_url=None)

    @made.get("/healthz")
    async def healthz() -> dict[str, str]:
        return {"status": "ok"}

    made.include_router(media.router(files))
    made.include_router(exchange_1c.router(found, files, clock, exchange or exchange_1c.ExchangeSettings()))
    return made


app = create_app(Files.from_environment())
