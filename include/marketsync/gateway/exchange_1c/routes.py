"""/1c_exchange: one address for every step of the dialogue; `type` and `mode` say which.

1C is always the client. Its configurations have the address of a Bitrix shop built in or ask for the whole of it, so
any path that ends in `1c_exchange` or `1c_exchange.php` is this address.
"""

from __future__ import annotations

import asyncio
import tempfile
from datetime import timedelta
from functools import partial
from typing import IO, cast

import psycopg
import structlog
from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from marketsync.errors import BadInput, Fatal, Retriable
from marketsync.gateway.access import Doorkeeper
from marketsync.gateway.exchange_1c.answers import Answer, Xml, failure, success
from marketsync.gateway.exchange_1c.catalog import told
from marketsync.gateway.exchange_1c.request import COOKIE, Call, call_of
from marketsync.gateway.exchange_1c.sale import NEWEST_VERSION, Sale
from marketsync.gateway.exchange_1c.texts import say
from marketsync.gateway.problems import Problem
from marketsync.gateway.surroundings import Surroundings
from marketsync.order_settings import FileExchange
from marketsync.orders.keys import Scope
from marketsync.shop.uploads.batches import Asked, Batches
from marketsync.shop.uploads.limits import UploadLimits
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
_DEFAULT_ENCODING = "windows-1251"


def router(surroundings: Surroundings, door: Doorkeeper) -> APIRouter:
    """The routes of the exchange."""
    routes = APIRouter(include_in_schema=False)
    exchange = _Exchange(surroundings, door)

    async def handle(request: Request) -> Response:
        return await exchange.handle(request)

    for path in _PATHS:
        routes.add_api_route(path, handle, methods=["GET", "POST", "HEAD"])
    return routes


class _Exchange:
    """Takes calls."""

    def __init__(self, surroundings: Surroundings, door: Doorkeeper) -> None:
        self._surroundings = surroundings
        self._door = door
        self._clock = surroundings.clock

    async def handle(self, request: Request) -> Response:
        """Any call; whatever happens, 1C gets a text."""
        if request.method == "HEAD":
            return Answer(()).response(_DEFAULT_ENCODING)
        call = call_of(request)
        encoding = _DEFAULT_ENCODING
        headers = None
        try:
            settings = self._surroundings.accounts.erp.exchange
            encoding = settings.encoding
            answer = await self._answer(call, request, settings)
        except Problem as problem:
            reason = problem.words.of(self._surroundings.language)
            answer, headers = failure(reason, problem.status), problem.headers
        except ClientDisconnect:
            answer = failure(say("broken"), 400)
        except (Retriable, psycopg.OperationalError) as error:
            _log.error("the database cannot be reached", error=str(error))
            answer = failure(say("database"), 503)
        except (BadInput, Fatal) as error:
            answer = failure(str(error))
        if isinstance(answer, Answer) and answer.lines[:1] == ("failure",):
            _log.warning("1C was refused", type=call.kind, mode=call.mode, reason=" ".join(answer.lines[1:]))
        return answer.response(encoding, headers)

    async def _answer(self, call: Call, request: Request, settings: FileExchange) -> Answer | Xml:
        if call.kind not in ("catalog", "sale"):
            return failure(say("unknown_type", value=call.kind[:40]))
        if call.mode == "checkauth":
            return await run_in_threadpool(self._checkauth, call, request)
        session = await run_in_threadpool(self._session, call, request, settings)
        match call.mode:
            case "init":
                return await run_in_threadpool(self._init, session, call, settings)
            case "file":
                return await self._file(session, call, request, settings)
        if call.kind == "catalog":
            match call.mode:
                case "import":
                    ask = partial(self._batches.ask, session, upload_name(call.filename))
                    return await self._held(ask, call, settings)
                case "deactivate" if call.timestamp is None:
                    return failure(say("no_timestamp"))
                case "deactivate" | "complete":
                    close = partial(self._batches.close, session, deactivate=call.mode == "deactivate")
                    return await self._held(close, call, settings)
        else:
            sale = Sale(self._surroundings, settings)
            match call.mode:
                case "query":
                    return Xml(await run_in_threadpool(sale.query, session))
                case "success":
                    await run_in_threadpool(sale.success, session)
                    return success()
                case "import":
                    return await run_in_threadpool(self._take, sale, session, upload_name(call.filename))
                case "info":
                    return Xml(sale.info(session))
        return failure(say("unknown_mode", value=call.mode[:40], kind=call.kind))

    # ------------------------------------------------------------ who asks

    def _session(self, call: Call, request: Request, settings: FileExchange) -> Session:
        """The session of a call. Raises `Problem` and `BadInput`."""
        key = None
        if call.authorized or call.cookie is None:
            key = self._door.admit(request, Scope.EXCHANGE)
        with self._surroundings.database.transaction() as connection:
            session = find_session(
                connection,
                self._clock.now(),
                timedelta(minutes=settings.session_minutes),
                cookie=call.cookie,
                check=call.check,
                key_id=key.key_id if key else None,
            )
        if session is None or (key is not None and key.key_id != session.key_id):
            raise BadInput(say("no_session"))
        return session

    def _checkauth(self, call: Call, request: Request) -> Answer:
        key = self._door.admit(request, Scope.EXCHANGE)
        with self._surroundings.database.transaction() as connection:
            opened = open_session(connection, key.key_id, self._clock)
        lines = ["success", COOKIE, opened.cookie, f"sessid={opened.check}"]
        if call.kind == "catalog":
            lines.append(f"timestamp={opened.began_at.timestamp():.0f}")
        return Answer(tuple(lines), cookie=(COOKIE, opened.cookie))

    # ------------------------------------------------------------ files

    def _init(self, session: Session, call: Call, settings: FileExchange) -> Answer:
        self._uploads(settings).begin(session, call.kind)
        lines = [f"zip={'yes' if settings.zip else 'no'}", f"file_limit={settings.part_bytes}"]
        if call.version is not None and call.kind == "sale":
            lines += [f"sessid={call.check}"] if call.check else []
            lines.append(f"version={NEWEST_VERSION}")
        if call.version is not None:
            with self._surroundings.database.transaction() as connection:
                set_version(connection, session, call.version)
        return Answer(tuple(lines))

    async def _file(self, session: Session, call: Call, request: Request, settings: FileExchange) -> Answer:
        if request.method != "POST":
            return failure(say("post_wanted"))
        name = upload_name(call.filename)
        with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as body:
            size = 0
            async for chunk in request.stream():
                size += len(chunk)
                if size > settings.total_bytes:
                    return failure(say("too_large", limit=settings.total_bytes))
                await run_in_threadpool(body.write, chunk)
            take = self._uploads(settings).take
            await run_in_threadpool(take, session, call.kind, name, cast("IO[bytes]", body))
        if call.kind == "sale" and session.version is None and size < settings.part_bytes:
            # The old dialogue has no question about imports of orders: a short part is the last one.
            return await run_in_threadpool(self._take, Sale(self._surroundings, settings), session, name)
        return success()

    def _uploads(self, settings: FileExchange) -> Uploads:
        around = self._surroundings
        limits = UploadLimits(settings.total_bytes, settings.files)
        return Uploads(around.database, around.files, self._clock, limits)

    # ------------------------------------------------------------ what was uploaded is used

    def _take(self, sale: Sale, session: Session, name: str) -> Answer:
        """Documents of orders, taken over at once."""
        around = self._surroundings
        batches = Batches(around.database, around.files, self._clock, "sale")
        taken = batches.read(session, name, lambda files: sale.take(files, session.key_name))
        return success(*taken.splitlines())

    @property
    def _batches(self) -> Batches:
        return Batches(self._surroundings.database, self._surroundings.files, self._clock)

    async def _held(self, ask: partial[Asked], call: Call, settings: FileExchange) -> Answer:
        """Hold the question for a while: 1C asks again at once, and a short import is over by then."""
        asked = await run_in_threadpool(ask)
        until = self._clock.monotonic() + settings.wait_seconds
        while asked.open and asked.exchange_id is not None and self._clock.monotonic() < until:
            await asyncio.sleep(_LOOK_EVERY)
            asked = await run_in_threadpool(self._batches.progress, asked.exchange_id)
        return told(asked, call.filename, self._clock, settings)
