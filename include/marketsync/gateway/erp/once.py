"""Doing what is asked exactly once: the work and its answer are one transaction, kept under the Idempotency-Key.

A process that dies in between has done nothing; a call that is repeated gets the answer of the first. Only successes
are kept: a refusal changed nothing, so the same call may succeed when the order has moved on.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

import psycopg
from starlette.requests import Request
from starlette.responses import Response

from marketsync.db import sql
from marketsync.gateway.limits import BODY
from marketsync.gateway.problems import Problem
from marketsync.gateway.surroundings import Surroundings
from marketsync.orders.keys import Key
from marketsync.reports.texts import Words

__all__ = ["Connection", "Done", "answered", "do_once"]

_MEDIA_TYPE = "application/json"
_KEY = re.compile(r"[!-~]{1,128}")

_BAD_KEY = Words(
    "Idempotency-Key: от 1 до 128 знаков ASCII без пробелов",
    "Idempotency-Key: 1 to 128 ASCII characters, no spaces",
)
_AT_WORK = Words(
    "Первый запрос с этим Idempotency-Key ещё выполняется",
    "The first request with this Idempotency-Key is at work",
)
_OTHER = Words(
    "Этот Idempotency-Key уже был у другого запроса", "This Idempotency-Key belongs to another request"
)

Connection = psycopg.Connection[dict[str, Any]]
Done = tuple[int, Mapping[str, Any]]
"""Status and body."""


def answered(status: int, body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Response:
    """An answer as JSON."""
    return Response(_written(body), status, dict(headers or {}), _MEDIA_TYPE)


def _written(body: Mapping[str, Any]) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def do_once(
    surroundings: Surroundings, request: Request, key: Key, work: Callable[[Connection], Done]
) -> Response:
    """Do what a request asks, in one transaction, unless its Idempotency-Key was answered before.

    Args:
        work: does it; what it raises undoes it.

    Raises:
        Problem: 409 while the same is at work, 422 where the key belongs to another request.
    """
    given = request.headers.get("idempotency-key")
    if given is None:
        with surroundings.database.transaction() as connection:
            return answered(*work(connection))
    if not _KEY.fullmatch(given):
        raise Problem(422, "bad_idempotency_key", _BAD_KEY, field="Idempotency-Key")
    told = f"{request.method} {request.url.path}?{request.url.query}\n".encode() + request.scope.get(
        BODY, b""
    )
    digest = hashlib.sha256(told).digest()
    values = {"key_id": key.key_id, "idempotency_key": given}
    with surroundings.database.transaction() as connection:
        free = connection.execute(sql("erp/try_idempotency_key"), values).fetchone()
        if free is None or not free["free"]:
            raise Problem(409, "at_work", _AT_WORK, retry_after=1)
        known = connection.execute(sql("erp/answer_given"), values).fetchone()
        if known is not None:
            if bytes(known["request_hash"]) != digest:
                raise Problem(422, "idempotency_key_in_use", _OTHER, field="Idempotency-Key")
            again = {"Idempotency-Replayed": "true"}
            return Response(bytes(known["body"]), known["status"], again, known["media_type"])
        status, body = work(connection)
        answer = _written(body)
        connection.execute(
            sql("erp/keep_answer"),
            {
                **values,
                "request_hash": digest,
                "status": status,
                "body": answer,
                "media_type": _MEDIA_TYPE,
                "now": surroundings.clock.now(),
            },
        )
    return Response(answer, status, {}, _MEDIA_TYPE)
