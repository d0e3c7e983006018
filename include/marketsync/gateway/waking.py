"""One ear for a whole process: requests that wait for orders are woken by what Postgres tells everybody.

Whoever waits also looks by himself now and then, so that a connection that is lost costs seconds and no order.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import psycopg
import structlog

from marketsync.db import sql
from marketsync.db.connection import SCHEMA

__all__ = ["Bell"]

_log = structlog.get_logger(__name__)

_FIRST_BACKOFF, _LONGEST_BACKOFF = 0.5, 30.0
_NAME = "orders"  # of the notifications that wake


class Bell:
    """Rings where orders changed.

    Args:
        url: of the database.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._rung = asyncio.Event()
        self._listener: asyncio.Task[None] | None = None
        self._waiting = 0

    @property
    def waiting(self) -> int:
        """How many wait for it."""
        return self._waiting

    @asynccontextmanager
    async def heard(self) -> AsyncIterator[None]:
        """Listen as long as this block, and somebody else's, lasts: nothing that is told meanwhile is missed."""
        self._waiting += 1
        if self._listener is None or self._listener.done():
            self._listener = asyncio.create_task(self._listen(), name="orders bell")
        try:
            yield
        finally:
            self._waiting -= 1

    def armed(self) -> asyncio.Event:
        """What is set by the next ring; take it before looking, wait for it after."""
        return self._rung

    async def close(self) -> None:
        """Hear nothing more."""
        if self._listener:
            self._listener.cancel()
            with suppress(asyncio.CancelledError):
                await self._listener

    def _ring(self) -> None:
        rung, self._rung = self._rung, asyncio.Event()
        rung.set()

    async def _listen(self) -> None:
        backoff = _FIRST_BACKOFF
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(
                    self._url,
                    autocommit=True,
                    connect_timeout=5,
                    keepalives_idle=30,
                    options=f"-c search_path={SCHEMA} -c timezone=UTC",
                    application_name="marketsync gateway",
                ) as connection:
                    await connection.execute(sql("wake/listen"))
                    backoff = _FIRST_BACKOFF
                    self._ring()  # what was told before this moment was not heard
                    async for notification in connection.notifies():
                        if _about_orders(notification.payload):
                            self._ring()
            except (psycopg.Error, OSError) as error:
                _log.warning("orders are not heard of", error=type(error).__name__, again_after=backoff)
            await asyncio.sleep(backoff)
            backoff = min(backoff * 2, _LONGEST_BACKOFF)


def _about_orders(payload: str) -> bool:
    try:
        told = json.loads(payload)
    except ValueError:
        return True  # looking once too often costs little
    return not isinstance(told, dict) or _NAME in told
