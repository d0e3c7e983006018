"""POST /push/<account>/<secret>: a marketplace tells of orders; kept in one transaction, answered at once.

A push carries no signature: the secret in the address, and where the account names them the sender's address
ranges, are all that speaks for it. Whoever has not the secret learns nothing, not even which accounts there are. A
push is answered 200 only once it is committed: with the database gone the answer is 503, and the marketplace comes
again.
"""

from __future__ import annotations

import hmac
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import anyio
import psycopg
import structlog
from fastapi import APIRouter
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from marketsync.accounts import Account
from marketsync.errors import Fatal, Retriable
from marketsync.gateway.addresses import among, asker
from marketsync.gateway.json_bodies import BadJson, read_json
from marketsync.gateway.surroundings import Surroundings, secret_digest
from marketsync.marketplaces.orders import OrderDesk, Push, PushKind, PushRefused
from marketsync.marketplaces.registry import marketplace
from marketsync.orders.inbox import take_push

__all__ = ["MOST_BYTES", "router"]

_log = structlog.get_logger(__name__)

MOST_BYTES = 64 * 1024
_AT_ONCE = 4  # as many as the pool of pushes has connections
_RETRY_SECONDS = 5
_CLOSED_SECONDS = 1.0
_VERSION = "1.0"  # of this interface, which a marketplace's test call asks for
_NO_SECRET = (secret_digest(""),)  # to compare with where there is no account: it takes as long


@dataclass(frozen=True, slots=True)
class _Door:
    account: Account
    desk: type[OrderDesk]
    seller: str


class _Keeper:
    """Keeps pushes, one transaction each.

    With the database gone each would wait for it, and those behind it longer and longer: for a moment after a failure
    the others are not tried at all.
    """

    def __init__(self, surroundings: Surroundings) -> None:
        self._surroundings = surroundings
        self._closed_until = -math.inf

    def keep(self, account: Account, push: Push) -> None:
        """Keep a push.

        Raises:
            Retriable, psycopg.OperationalError: it is not kept.
        """
        if push.kind is PushKind.PING:
            return
        clock = self._surroundings.clock
        if clock.monotonic() < self._closed_until:
            raise Retriable("The database did not answer a moment ago")
        try:
            with self._surroundings.push_database.transaction() as connection:
                take_push(connection, account, push, clock.now())
        except (Retriable, psycopg.OperationalError):
            self._closed_until = clock.monotonic() + _CLOSED_SECONDS
            raise
        self._closed_until = -math.inf


def router(surroundings: Surroundings) -> APIRouter:
    """The routes below /push."""
    routes = APIRouter(include_in_schema=False)
    keeper = _Keeper(surroundings)
    limiter: list[anyio.CapacityLimiter] = []  # belongs to the event loop, which is not there yet

    async def push(account: str, secret: str, request: Request) -> Response:
        if not limiter:
            limiter.append(anyio.CapacityLimiter(_AT_ONCE))
        try:
            door = _opened(surroundings, account, secret)
        except Fatal as error:
            _log.error("the credentials of an account cannot be read", account=account, error=str(error))
            return PlainTextResponse("unavailable\n", status_code=503, headers=_retry())
        if door is None:
            return PlainTextResponse("not found\n", status_code=404)
        if not _may_come_from(surroundings, door.account, request):
            _log.warning("a push came from an address that is not among push_networks", account=account)
            return _refused(door, 403, "", "This address may not push")
        try:
            body = await _body(request)
        except ClientDisconnect:
            return Response(status_code=400)
        if body is None:
            return _refused(door, 413, "", f"A push has at most {MOST_BYTES} bytes")
        try:
            told = _understood(door, body)
        except PushRefused as refused:
            _log.warning(
                "a push was not understood", account=account, code=refused.code, error=refused.message
            )
            return _refused(door, 400, refused.code, refused.message)
        if told.seller is not None and door.seller and told.seller != door.seller:
            _log.warning("a push of another seller came in", account=account)
            return _refused(door, 403, "", "This address belongs to another seller")
        try:
            await anyio.to_thread.run_sync(keeper.keep, door.account, told, limiter=limiter[0])
        except (Retriable, psycopg.OperationalError) as error:
            _log.error("a push could not be kept", account=account, error=type(error).__name__)
            return _refused(door, 503, "", "Not kept: come again", _retry())
        return JSONResponse(dict(door.desk.answer(told, surroundings.clock.now(), _VERSION)))

    routes.add_api_route("/push/{account}/{secret}", push, methods=["POST"])
    routes.add_api_route("/push/{account}/{secret}/notification", push, methods=["POST"])
    return routes


def _opened(surroundings: Surroundings, account_id: str, secret: str) -> _Door | None:
    """The account whose secret this is. One that is unknown takes as long as a wrong secret, and looks the same."""
    found = next((one for one in surroundings.accounts.accounts if one.id == account_id and one.orders), None)
    desk = marketplace(found.marketplace).orders if found else None
    door = surroundings.push_door(found.connection) if found and desk else None
    given = secret_digest(secret)
    matches = [hmac.compare_digest(given, known) for known in (door.secrets if door else _NO_SECRET)]
    if found is None or desk is None or door is None or not any(matches):
        return None
    return _Door(found, desk, door.seller)


def _may_come_from(surroundings: Surroundings, account: Account, request: Request) -> bool:
    ranges = account.orders.push_networks if account.orders else ()
    if not ranges:
        return True
    peer = request.client.host if request.client else None
    forwarded = request.headers.getlist("x-forwarded-for")
    return among(asker(peer, forwarded, surroundings.accounts.gateway.proxies), ranges)


async def _body(request: Request) -> bytes | None:
    """The body; None where it is too large, of which no more is read than that."""
    pieces: list[bytes] = []
    size = 0
    async for piece in request.stream():
        size += len(piece)
        if size > MOST_BYTES:
            return None
        pieces.append(piece)
    return b"".join(pieces)


def _understood(door: _Door, body: bytes) -> Push:
    try:
        told = read_json(body)
    except BadJson as error:
        raise PushRefused("", error.en) from error
    if not isinstance(told, dict):
        raise PushRefused("", "A push is a JSON object")
    return door.desk.understand(told)


def _refused(
    door: _Door, status: int, code: str, message: str, headers: Mapping[str, str] | None = None
) -> JSONResponse:
    body: Mapping[str, Any] = door.desk.refusal(code, message)
    return JSONResponse(dict(body), status_code=status, headers=dict(headers or {}))


def _retry() -> dict[str, str]:
    return {"Retry-After": str(_RETRY_SECONDS)}
