"""The gateway's application: `uvicorn marketsync.gateway.app:app`. Importing it needs neither database nor settings."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from marketsync.gateway import exchange_1c, health, media, metrics, problems, pushes
from marketsync.gateway.access import Doorkeeper
from marketsync.gateway.erp import api, page
from marketsync.gateway.limits import BodyLimits
from marketsync.gateway.surroundings import Surroundings

__all__ = ["app", "create_app"]


def create_app(surroundings: Surroundings) -> FastAPI:
    """The application over its surroundings."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        await surroundings.close()

    made = FastAPI(
        title="marketsync",
        version="1.0",
        docs_url=None,
        redoc_url=None,
        openapi_url=f"{api.PREFIX}/openapi.json",
        lifespan=lifespan,
    )
    problems.install(made, surroundings)
    door = Doorkeeper(surroundings)
    figures = metrics.Metrics(surroundings)
    made.include_router(health.router(surroundings))
    made.include_router(metrics.router(surroundings, door, figures))
    made.include_router(media.router(surroundings.files), include_in_schema=False)
    made.include_router(pushes.router(surroundings))
    made.include_router(api.router(surroundings, door))
    made.include_router(page.router(made), prefix=api.PREFIX)
    page.describe(made)
    made.include_router(exchange_1c.router(surroundings, door))
    made.add_middleware(BodyLimits, surroundings=surroundings, paths=(api.PREFIX,))
    made.add_middleware(metrics.Counted, metrics=figures)
    return made


# uvicorn writes the whole path of each request, and a push's has the secret in it
logging.getLogger("uvicorn.access").disabled = True
app = create_app(Surroundings())
