"""The LISTEN trigger: from a committed transaction to a DAG's start in about a second.

All watchers of one connection share one LISTEN in the triggerer (Airflow's shared streams). Nothing may be
lost for long: a notification that nobody heard is made up for by one event at each (re)connect, and the
DAGs' own clocks are the net below. Takes the id of an Airflow connection and never an address: a trigger's
arguments are stored in Airflow's database.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncGenerator, AsyncIterator, Hashable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any

import structlog
from airflow.triggers.base import BaseEventTrigger, TriggerEvent

__all__ = ["DATABASE_CONNECTION", "Kind", "StoreEvents", "Wake"]

_log = structlog.get_logger(__name__)

DATABASE_CONNECTION = "marketsync_db"
JOIN_SECONDS = 0.2  # notifications of one burst make one event
LOOK_SECONDS = 5.0  # between two looks at what marketplaces work on; also finds out that a connection is dead
TASK_AGE = timedelta(seconds=10)  # what is younger is left alone
LISTED_WITHIN = timedelta(hours=1)  # a new card that takes no stock for longer has another trouble
TASKS_EVERY_SECONDS = 30.0  # between two events for one account; an idle run of its DAG takes about 4 s
FIRST_BACKOFF_SECONDS = 0.5
LONGEST_BACKOFF_SECONDS = 30.0


class Kind(StrEnum):
    """What a watcher waits for."""

    DELIVERIES = "deliveries"
    PRODUCTS = "products"
    PRICES = "prices"
    STOCK = "stock"
    HELD = "held"
    ORDERS = "orders"
    FULFILMENT = "fulfilment"
    TASKS = "tasks"


# A notification names what its transaction changed and how many rows; zero wakes nobody.
# Newly listed cards have neither price nor stock yet. Names that are not here (ids, the account) wake nobody.
_WAKES: Mapping[str, frozenset[Kind]] = {
    "delivery": frozenset({Kind.DELIVERIES}),
    "products": frozenset({Kind.PRODUCTS}),
    "prices": frozenset({Kind.PRICES}),
    "stocks": frozenset({Kind.STOCK}),
    "listed": frozenset({Kind.PRICES, Kind.STOCK}),
    "held": frozenset({Kind.HELD}),
    "orders": frozenset({Kind.ORDERS}),
    "fulfilment": frozenset({Kind.FULFILMENT}),
}
_EVERYTHING = frozenset(kinds for some in _WAKES.values() for kinds in some)


@dataclass(frozen=True, slots=True)
class Wake:
    """What the shared stream hands to every watcher.

    Attributes:
        session: counts the connections of this stream; a watcher that sees a new one may have missed
            something.
        kinds: what moved since the last one.
        tasks: how much each account's marketplace still works on; empty where this was not looked at.
    """

    session: int
    kinds: frozenset[Kind] = frozenset()
    tasks: Mapping[str, int] = field(default_factory=dict)


def kinds_of(payload: str) -> frozenset[Kind]:
    """What a notification wakes; one that cannot be read wakes everything: an idle run costs little."""
    try:
        counts = json.loads(payload)
    except ValueError:
        counts = None
    if not isinstance(counts, dict):
        _log.warning("a notification is not a JSON object; everything is woken", payload=payload)
        return _EVERYTHING
    return frozenset(kind for name, count in counts.items() if count for kind in _WAKES.get(name, ()))


class StoreEvents(BaseEventTrigger):
    """One event for each burst of notifications of one kind, and one at each (re)connect.

    Args:
        kind: what to wait for.
        account: for Kind.TASKS, whose tasks.
        connection: the id of an Airflow connection; where there is none, MARKETSYNC_DATABASE_URL counts.
    """

    def __init__(self, kind: str, account: str | None = None, connection: str = DATABASE_CONNECTION) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.kind = Kind(kind)
        self.account = account
        self.connection = connection

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """Class path and arguments; plain text only."""
        arguments = {"kind": str(self.kind), "account": self.account, "connection": self.connection}
        return f"{type(self).__module__}.{type(self).__qualname__}", arguments

    def shared_stream_key(self) -> Hashable:
        """Everybody who listens over the same connection shares one session."""
        return ("marketsync_store", self.connection)

    async def run(self) -> AsyncGenerator[TriggerEvent]:
        """The events of this watcher alone, where no stream is shared."""
        async with aclosing(self.open_shared_stream({"connection": self.connection})) as stream:
            async for event in self.filter_shared_stream(stream):
                yield event

    @classmethod
    async def open_shared_stream(cls, kwargs: dict[str, Any]) -> AsyncGenerator[Wake]:
        """Listen for ever; come back after every loss of the connection, with growing pauses."""
        session = 0
        backoff = FIRST_BACKOFF_SECONDS
        while True:
            try:
                async with aclosing(_listen(kwargs["connection"], session + 1)) as wakes:
                    async for wake in wakes:
                        session, backoff = wake.session, FIRST_BACKOFF_SECONDS
                        yield wake
            except _trouble() as error:
                _log.warning("the store's notifications are not heard", error=str(error), again_after=backoff)
            await asyncio.sleep(backoff)
            backoff = min(backoff * 2, LONGEST_BACKOFF_SECONDS)

    async def filter_shared_stream(self, shared_stream: AsyncIterator[Wake]) -> AsyncGenerator[TriggerEvent]:
        """This watcher's part of what the stream hears."""
        seen = 0
        asked: float | None = None
        async for wake in shared_stream:
            if wake.session != seen:
                seen = wake.session
                yield self._event("connected")
            elif self.kind in wake.kinds:
                yield self._event("changed")
            if self.kind is Kind.TASKS and (tasks := wake.tasks.get(self.account or "")):
                now = time.monotonic()
                if asked is None or now - asked >= TASKS_EVERY_SECONDS:
                    asked = now
                    yield self._event("open", tasks)

    def _event(self, why: str, tasks: int | None = None) -> TriggerEvent:
        payload: dict[str, Any] = {"kind": str(self.kind), "why": why}
        if tasks is not None:
            payload["tasks"] = tasks
        return TriggerEvent(payload)  # type: ignore[no-untyped-call]


def _trouble() -> tuple[type[Exception], ...]:
    import psycopg
    from airflow.sdk.exceptions import AirflowException

    from marketsync.errors import MarketsyncError

    return (psycopg.Error, OSError, AirflowException, MarketsyncError)


async def _listen(connection_id: str, session: int) -> AsyncGenerator[Wake]:
    """One session with the server, until it ends."""
    import psycopg
    from psycopg.rows import dict_row

    from marketsync.clock import SYSTEM
    from marketsync.db import sql
    from marketsync.db.connection import SCHEMA
    from marketsync_airflow.hooks import listening_address

    connection = await psycopg.AsyncConnection.connect(
        await listening_address(connection_id),
        autocommit=True,
        row_factory=dict_row,
        connect_timeout=10,
        keepalives_idle=30,
        keepalives_interval=10,
        keepalives_count=3,
        options=f"-c search_path={SCHEMA} -c timezone=UTC",
        application_name="marketsync triggerer",
    )
    async with connection:
        await connection.execute(sql("wake/listen"))
        _log.info("the store's notifications are heard", session=session)
        while True:
            now = SYSTEM.now()
            cursor = await connection.execute(
                sql("wake/open_tasks"), {"before": now - TASK_AGE, "since": now - LISTED_WITHIN}
            )
            yield Wake(session, tasks={row["account"]: row["tasks"] for row in await cursor.fetchall()})
            look_at = time.monotonic() + LOOK_SECONDS
            while (left := look_at - time.monotonic()) > 0:
                kinds = await _heard(connection, left)
                if kinds:
                    kinds |= await _heard(connection, JOIN_SECONDS, stop_after=None)
                    yield Wake(session, kinds)


async def _heard(connection: Any, seconds: float, *, stop_after: int | None = 1) -> frozenset[Kind]:
    """What the notifications of the next seconds wake; ends at the first of them unless told otherwise."""
    kinds: frozenset[Kind] = frozenset()
    async with aclosing(connection.notifies(timeout=seconds, stop_after=stop_after)) as notifications:
        async for notification in notifications:
            kinds |= kinds_of(notification.payload)
    return kinds
