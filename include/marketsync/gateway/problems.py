"""What the gateway answers where it does not do what was asked: one shape, in both languages, with the field.

{"code", "message", "message_en", "field"}: `code` is for programs and never changes; `message` is in the language
of accounts.yaml, for whoever reads the ERP's log; `field` is where in the request it is, or null.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, cast

import psycopg
import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

from marketsync.errors import BadInput, Fatal, MarketsyncError, Retriable
from marketsync.gateway.surroundings import Surroundings
from marketsync.reports.texts import Language, Words

__all__ = ["Problem", "answer", "install"]

_log = structlog.get_logger(__name__)

RETRY_SECONDS = 5

_STATUS = {
    400: ("bad_request", Words("Запрос не читается", "The request cannot be read")),
    404: ("not_found", Words("Такого адреса нет", "There is no such address")),
    405: ("method_not_allowed", Words("Этот метод здесь не подходит", "This method is of no use here")),
}
_FIELD = {
    "missing": Words("Поле не заполнено", "The field is missing"),
    "extra_forbidden": Words("Такого поля нет", "There is no such field"),
    "json_invalid": Words("Тело не читается как JSON", "The body is not JSON"),
}


class Problem(Exception):
    """A request that is not done.

    Args:
        status: of HTTP.
        code: for programs.
        words: for a person, with the data.
        field: where in the request; None where it is about the whole.
        retry_after: seconds, where the same request may succeed later.
    """

    def __init__(
        self,
        status: int,
        code: str,
        words: Words,
        *,
        field: str | None = None,
        retry_after: int | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(words.en)
        self.status = status
        self.code = code
        self.words = words
        self.field = field
        self.headers = dict(headers or {})
        if retry_after is not None:
            self.headers["Retry-After"] = str(retry_after)


def answer(problem: Problem, language: Language) -> JSONResponse:
    """The answer to a request that is not done."""
    body = {
        "code": problem.code,
        "message": problem.words.of(language),
        "message_en": problem.words.en,
        "field": problem.field,
    }
    return JSONResponse(body, status_code=problem.status, headers=problem.headers)


def install(app: FastAPI, surroundings: Surroundings) -> None:
    """Have every error of an application answered in this shape."""

    def said(problem: Problem) -> JSONResponse:
        return answer(problem, surroundings.language)

    @app.exception_handler(Problem)
    async def _problem(_request: Request, error: Exception) -> JSONResponse:
        return said(cast("Problem", error))

    @app.exception_handler(RequestValidationError)
    async def _invalid(_request: Request, error: Exception) -> JSONResponse:
        return said(_wrong_field(cast("RequestValidationError", error).errors()))

    @app.exception_handler(HTTPException)
    async def _http(_request: Request, error: Exception) -> JSONResponse:
        known = cast("HTTPException", error)
        phrase = HTTPStatus(known.status_code).phrase
        code, words = _STATUS.get(known.status_code, ("http_error", Words(phrase, phrase)))
        return said(Problem(known.status_code, code, words, headers=known.headers))

    async def _unavailable(_request: Request, error: Exception) -> JSONResponse:
        _log.error("a request could not be served", error=_first_line(error))
        words = Words("База данных недоступна; повторите запрос", "The database is not available; come again")
        return said(Problem(503, "unavailable", words, retry_after=RETRY_SECONDS))

    async def _misconfigured(_request: Request, error: Exception) -> JSONResponse:
        _log.error("a request could not be served", error=str(error))
        words = Words(
            "Шлюз настроен неверно; смотрите его журнал", "The gateway is misconfigured; see its log"
        )
        return said(Problem(503, "misconfigured", words, retry_after=60))

    for passing in (Retriable, psycopg.OperationalError):
        app.add_exception_handler(passing, _unavailable)
    for lasting in (Fatal, BadInput):
        app.add_exception_handler(lasting, _misconfigured)


def _first_line(error: Exception) -> str:
    """Without the data that Postgres adds to it."""
    return (str(error) if isinstance(error, MarketsyncError) else type(error).__name__).splitlines()[0]


def _wrong_field(errors: Sequence[Any]) -> Problem:
    first = errors[0]
    place = [str(part) for part in first["loc"]]
    field = ".".join(place[1:]) if len(place) > 1 else None
    if first["type"] == "json_invalid":
        field = None
    words = _FIELD.get(first["type"], Words(f"Значение не подходит: {first['msg']}", first["msg"]))
    return Problem(422, "wrong_field", words, field=field)
