"""GET /healthz: the process answers. GET /readyz: it can do its work: the database answers and is migrated."""

from __future__ import annotations

import psycopg
from fastapi import APIRouter
from starlette.responses import JSONResponse

from marketsync.db import sql
from marketsync.db.migrations import names
from marketsync.errors import BadInput, Fatal, Retriable
from marketsync.gateway.surroundings import Surroundings

__all__ = ["router"]


def router(surroundings: Surroundings) -> APIRouter:
    """Both routes."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/healthz")
    async def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @routes.get("/readyz")
    def readyz() -> JSONResponse:
        missing = _missing(surroundings)
        if missing:
            return JSONResponse({"status": "not ready", "reason": missing}, status_code=503)
        return JSONResponse({"status": "ok"})

    return routes


def _missing(surroundings: Surroundings) -> str:
    """What keeps it from its work; '' where nothing does. Says nothing that a stranger could use."""
    try:
        surroundings.check_settings()
        with surroundings.database.transaction() as connection:
            done = {row["name"] for row in connection.execute(sql("migration/done"))}
    except psycopg.errors.UndefinedTable:
        done = set()
    except (psycopg.Error, Retriable):
        return "the database does not answer"
    except (BadInput, Fatal):
        return "the settings cannot be used; see the log"
    behind = [name for name in names() if name not in done]
    return f"migrations are missing: {', '.join(behind)}" if behind else ""
