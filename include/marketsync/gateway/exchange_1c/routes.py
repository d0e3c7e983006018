"""/1c_exchange: one address for every step of the dialogue; `type` and `mode` say which.

1C is always the client. Its configurations have the address of a Bitrix shop built in or ask for the whole of it, so
any path that ends in `1c_exchange` or `1c_exchange.php` is this address.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable
from functools import partial
from typing import IO, cast

import psycopg
import structlog
from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from marketsync.clock import Clock
from marketsync.db import Database
from marketsync.errors import BadInput, Retriable
from marketsync.files import Files
from marketsync.gateway.exchange_1c.answers import Answer, failure, success
from marketsync.gateway.exchange_1c.catalog import Catalog
from marketsync.gateway.exchange_1c.request import COOKIE, Call, call_of
from marketsync.gateway.exchange_1c.settings import ExchangeSettings
from marketsync.gateway.exchange_1c.texts import say
from marketsync.orders.keys import Key, Scope, check
from marketsync.shop.uploads.batches import Asked, Batches
from marketsync.shop.uploads.names import upload_name
from marketsync.shop.uploads.parts import Uploads
from marketsync.shop.uploads.sessions import Session, find_session, open_session, set_version

__all__ = ["router"]

_log = structlog.get_logger(__name__)

_PATHS = (
    "/1c_exchange",
    "/1c_exchange/",
    "/1c_exchange.php",
    "/{before:path}/1c_exchange",
    "/{before:path}/1c_exchange.php",
)
_IN_MEMORY = 1 << 20  # of a body, before it goes to a temporary file
_LOOK_EVERY = 0.25  # seconds, while a question about an import is held
_CHALLENGE = {"WWW-Authenticate": 'Basic realm="marketsync", charset="UTF-8"'}


def router(
    database: Callable[[], Database], files: Files, clock: Clock, settings: ExchangeSettings
) -> APIRouter:
    """The routes of the exchange.

    Args:
        database: gives the database, once a call needs it.
        files: the common file store.
    """
    routes = APIRouter()
    exchange = _Exchange(database, files, clock, settings)

    async def handle(request: Request) -> Response:
        return await exchange.handle(request)

    for path in _PATHS:
        routes.add_api_route(path, handle, methods=["GET", "POST", "HEAD"], include_in_schema=False)
    return routes


class _Refused(Exception):
    """The call ends with this answer."""

    def __init__(self, answer: Answer, headers: dict[str, str] | None = None) -> None:
        super().__init__()
        self.answer = answer
        self.headers = headers


class _Exchange:
    """Takes calls."""

    def __init__(
        self, database: Callable[[], Database], files: Files, clock: Clock, settings: ExchangeSettings
    ) -> None:
        self._database = database
        self._files = files
        self._clock = clock
        self._settings = settings

    async def handle(self, request: Request) -> Response:
        """Any call; whatever happens, 1C gets a text."""
        encoding = self._settings.encoding
        if request.method == "HEAD":
            return Answer(()).response(encoding)
        call = call_of(request)
        headers = None
        try:
            answer = await self._answer(call, request)
        except _Refused as refused:
            answer, headers = refused.answer, refused.headers
        except BadInput as error:
            answer = failure(str(error))
        except ClientDisconnect:
            answer = failure(say("broken"), 400)
        except (Retriable, psycopg.OperationalError) as error:
            _log.error("the database cannot be reached", error=str(error))
            answer = failure(say("database"), 503)
        if answer.lines[:1] == ("failure",):
            _log.warning("1C was refused", type=call.kind, mode=call.mode, reason=" ".join(answer.lines[1:]))
        return answer.response(encoding, headers)

    async def _answer(self, call: Call, request: Request) -> Answer:
        if call.kind not in ("catalog", "sale"):
            return failure(say("unknown_type", value=call.kind[:40]))
        if call.mode == "checkauth":
            return await run_in_threadpool(self._checkauth, call)
        session = await run_in_threadpool(self._session, call)
        match call.mode:
            case "init":
                return await run_in_threadpool(self._init, session, call)
            case "file":
                return await self._file(session, call, request)
            case "import" if call.kind == "catalog":
                return await self._import(session, call)
            case "complete" | "deactivate" if call.kind == "catalog":
                return await self._close(session, call)
        return failure(say("unknown_mode", value=call.mode[:40], kind=call.kind))

    # ------------------------------------------------------------ who asks

    def _key(self, call: Call) -> Key:
        if call.login is None or call.password is None:
            raise _Refused(failure(say("no_key"), 401), _CHALLENGE)
        with self._database().transaction() as connection:
            key = check(connection, call.password, self._clock.now(), name=call.login)
        if key is None:
            raise _Refused(failure(say("wrong_key"), 401), _CHALLENGE)
        if Scope.EXCHANGE not in key.scopes:
            raise _Refused(failure(say("no_right", name=key.name), 403))
        return key

    def _session(self, call: Call) -> Session:
        key = self._key(call) if call.password is not None or call.cookie is None else None
        with self._database().transaction() as connection:
            session = find_session(
                connection,
                self._clock.now(),
                self._settings.limits.idle,
                cookie=call.cookie,
                check=call.check,
                key_id=key.key_id if key else None,
            )
        if session is None or (key is not None and key.key_id != session.key_id):
            raise _Refused(failure(say("no_session")))
        return session

    def _checkauth(self, call: Call) -> Answer:
        key = self._key(call)
        with self._database().transaction() as connection:
            opened = open_session(connection, key.key_id, self._clock)
        lines = ["success", COOKIE, opened.cookie, f"sessid={opened.check}"]
        if call.kind == "catalog":
            lines.append(f"timestamp={opened.began_at.timestamp():.0f}")
        return Answer(tuple(lines), cookie=(COOKIE, opened.cookie))

    # ------------------------------------------------------------ files

    def _init(self, session: Session, call: Call) -> Answer:
        self._uploads().begin(session, call.kind)
        lines = [f"zip={'yes' if self._settings.zip else 'no'}", f"file_limit={self._settings.part_bytes}"]
        if call.version is not None:
            with self._database().transaction() as connection:
                set_version(connection, session, call.version)
        return Answer(tuple(lines))

    async def _file(self, session: Session, call: Call, request: Request) -> Answer:
        if request.method != "POST":
            return failure(say("post_wanted"))
        name = upload_name(call.filename)
        with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as body:
            size = 0
            async for chunk in request.stream():
                size += len(chunk)
                if size > self._settings.limits.total:
                    return failure(say("too_large", limit=self._settings.limits.total))
                await run_in_threadpool(body.write, chunk)
            await run_in_threadpool(self._uploads().take, session, call.kind, name, cast("IO[bytes]", body))
        return success()

    async def _import(self, session: Session, call: Call) -> Answer:
        catalog = self._catalog()
        asked = await run_in_threadpool(catalog.ask, session, call.filename)
        return await self._held(catalog, asked, call)

    async def _close(self, session: Session, call: Call) -> Answer:
        deactivate = call.mode == "deactivate"
        if deactivate and call.timestamp is None:
            return failure(say("no_timestamp"))
        catalog = self._catalog()
        asked = await run_in_threadpool(partial(catalog.close, session, deactivate=deactivate))
        return await self._held(catalog, asked, call)

    async def _held(self, catalog: Catalog, asked: Asked, call: Call) -> Answer:
        """Hold the question for a while: 1C asks again at once, and a short import is over by then."""
        until = self._clock.monotonic() + self._settings.wait.total_seconds()
        while asked.open and asked.exchange_id is not None and self._clock.monotonic() < until:
            await asyncio.sleep(_LOOK_EVERY)
            asked = await run_in_threadpool(catalog.look, asked.exchange_id)
        return catalog.answer(asked, call.filename)

    def _catalog(self) -> Catalog:
        batches = Batches(self._database(), self._files, self._clock)
        return Catalog(batches, self._clock, self._settings)

    def _uploads(self) -> Uploads:
        return Uploads(self._database(), self._files, self._clock, self._settings.limits)
