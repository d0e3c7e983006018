"""Assembles the sandbox: each played system below its prefix, the control API below /_sandbox."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from sandbox import control
from sandbox.bitrix import api as bitrix_api
from sandbox.dpd import api as dpd_api
from sandbox.exchange import handle, hold
from sandbox.ozon import api as ozon_api
from sandbox.ozon.catching_up import catch_up
from sandbox.ozon.orders import notifications, push_sender
from sandbox.world import World

_ANY_METHOD = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]


def create_app(world: World) -> FastAPI:
    """The ASGI application of one world."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        sender = asyncio.create_task(push_sender.run(lambda: world.ozon, catch_up))
        yield
        sender.cancel()
        with suppress(asyncio.CancelledError):
            await sender

    app = FastAPI(
        title="marketsync sandbox", docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan
    )

    async def ozon(request: Request) -> Response:
        # Built per call, because a reset replaces the system.
        world.ozon.base_url = f"{request.url.scheme}://{request.url.netloc}"
        path = "/" + request.path_params["path"]
        await notifications.probe(
            world.ozon, request.headers.get("client-id", ""), path, await request.body()
        )
        system = ozon_api.played_by(world.ozon)
        return await handle(world, system, request, path)

    async def ozon_files(request: Request) -> Response:
        system = ozon_api.played_files(world.ozon)
        return await handle(world, system, request, "/" + request.path_params["path"])

    async def bitrix(request: Request) -> Response:
        if world.bitrix.knobs.latency_seconds:
            await asyncio.sleep(world.bitrix.knobs.latency_seconds)
        system = bitrix_api.played_by(world.bitrix)
        return await handle(world, system, request, "/" + request.path_params["path"])

    async def dpd(request: Request) -> Response:
        path = dpd_api.path_of("/" + request.path_params["path"], await request.body())
        system = dpd_api.played_by(world.dpd, f"{str(request.base_url).rstrip('/')}/dpd")
        return await handle(world, system, request, path)

    async def images(request: Request) -> Response:
        name = request.path_params["path"]
        delay = world.images.delay(name)
        if delay:
            await request.body()  # to look for a disconnection would take it away
            await hold(request, delay)
        return await handle(world, world.images.system, request, f"/{name}")

    app.add_route("/ozon/{path:path}", ozon, methods=_ANY_METHOD)
    app.add_route("/ozon-files/{path:path}", ozon_files, methods=_ANY_METHOD)
    app.add_route("/bitrix/{path:path}", bitrix, methods=_ANY_METHOD)
    app.add_route("/dpd/{path:path}", dpd, methods=_ANY_METHOD)
    app.add_route("/images/{path:path}", images, methods=_ANY_METHOD)
    app.include_router(control.router(world))
    return app
