"""The LISTEN trigger against a real server, and what each watcher takes of what is heard."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, aclosing
from typing import Any

import pytest
from airflow.sdk.module_loading import import_string
from airflow.triggers.base import TriggerEvent
from airflow.triggers.shared_stream import SharedStreamManager

from marketsync.db import Database
from marketsync.errors import Fatal
from marketsync_airflow import hooks, triggers
from marketsync_airflow.triggers import Kind, StoreEvents, Wake, kinds_of

PATIENCE = 20.0  # seconds until a test gives up; an event takes about 0.2
Events = AsyncGenerator[TriggerEvent]


@pytest.fixture
def server(database: Database, monkeypatch: pytest.MonkeyPatch) -> Database:
    monkeypatch.setenv("MARKETSYNC_DATABASE_URL", database.url)
    return database


def notify(database: Database, *payloads: dict[str, Any]) -> None:
    with database.transaction() as connection:
        for payload in payloads:
            connection.execute("select pg_notify('marketsync_store', %s)", (json.dumps(payload),))


LISTENERS = (
    "from pg_stat_activity where application_name = 'marketsync triggerer' and datname = current_database()"
)


def listeners(database: Database) -> int:
    with database.transaction() as connection:
        row = connection.execute(f"select count(*) as n {LISTENERS}").fetchone()
    return int(row["n"]) if row else 0


def cut(database: Database) -> None:
    with database.transaction() as connection:
        connection.execute(f"select pg_terminate_backend(pid) {LISTENERS}")


async def following(events: AsyncIterator[TriggerEvent]) -> dict[str, Any]:
    event = await asyncio.wait_for(anext(events), PATIENCE)
    payload: dict[str, Any] = event.payload
    return payload


def watch(scenario: Callable[[Events], Awaitable[None]], **arguments: Any) -> None:
    """Run a scenario over the events of one trigger, which is made from what Airflow would store of it."""
    path, stored = StoreEvents(**arguments).serialize()

    async def main() -> None:
        async with aclosing(import_string(path)(**json.loads(json.dumps(stored))).run()) as events:
            await scenario(events)

    asyncio.run(main())


def test_an_event_comes_at_connection_and_for_each_notification(server: Database) -> None:
    async def scenario(events: Events) -> None:
        assert await following(events) == {"kind": "stock", "why": "connected"}
        notify(server, {"products": False, "prices": False, "stocks": True, "exchange_id": 4})
        assert await following(events) == {"kind": "stock", "why": "changed"}

    watch(scenario, kind="stock")


def test_a_burst_of_transactions_makes_one_event(server: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(triggers, "JOIN_SECONDS", 2.0)

    async def scenario(events: Events) -> None:
        await following(events)
        event = asyncio.create_task(following(events))
        for number in range(1, 6):  # in a thread: the trigger hears each of them by itself
            await asyncio.to_thread(notify, server, {"stocks": number})
        assert (await event)["why"] == "changed"
        cut(server)
        assert (await following(events))["why"] == "connected"

    watch(scenario, kind="stock")


def test_a_lost_connection_is_made_again_and_told(server: Database) -> None:
    async def scenario(events: Events) -> None:
        assert (await following(events))["why"] == "connected"
        cut(server)
        assert (await following(events))["why"] == "connected"
        notify(server, {"delivery": 12})
        assert (await following(events))["why"] == "changed"

    watch(scenario, kind="deliveries")


def test_a_database_that_is_not_there_yet_is_waited_for(
    server: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    async def address(connection_id: str) -> str:
        asked.append(connection_id)
        if len(asked) == 1:
            raise Fatal("no such connection")
        return server.url if len(asked) > 2 else "host=127.0.0.1 port=1 dbname=none connect_timeout=2"

    monkeypatch.setattr(hooks, "listening_address", address)
    monkeypatch.setattr(triggers, "FIRST_BACKOFF_SECONDS", 0.01)

    async def scenario(events: Events) -> None:
        assert (await following(events))["why"] == "connected"
        assert asked == ["elsewhere"] * 3

    watch(scenario, kind="prices", connection="elsewhere")


def test_marketplace_tasks_that_stay_open_are_told(server: Database) -> None:
    with server.transaction() as connection:
        connection.execute(
            "insert into submission (account, channel, state, task_id, items, created_at)"
            " select a, 'card', s, 't', 1, now() - interval '1 minute'"
            " from (values ('ozon', 'accepted'), ('ozon', 'accepted'), ('ozon', 'done')) as v (a, s)"
        )

    async def scenario(events: Events) -> None:
        assert (await following(events))["why"] == "connected"
        assert await following(events) == {"kind": "tasks", "why": "open", "tasks": 2}

    watch(scenario, kind="tasks", account="ozon")


def test_young_tasks_and_old_cards_are_left_alone(server: Database) -> None:
    with server.transaction() as connection:
        connection.execute(
            "insert into submission (account, channel, state, task_id, items, created_at)"
            " values ('young', 'card', 'accepted', 't', 1, now())"
        )
        connection.execute(
            "insert into exchange (exchange_id, source, location, state, delivered_at)"
            " overriding system value values (1, '1c', 'x', 'imported', now())"
        )
        for account, age in (("fresh", "1 minute"), ("stale", "2 days")):
            connection.execute(
                "with p as ("
                "insert into product (guid, good_guid, name, content_hash, exchange_id, changed_at)"
                " values (%(account)s, 'g', 'n', '', 1, now()) returning product_id)"
                " insert into offer (account, product_id, article, state, listed_at)"
                " select %(account)s, product_id, 'a', 'listed', now() - %(age)s::interval from p",
                {"account": account, "age": age},
            )

    async def main() -> Wake:
        stream = StoreEvents.open_shared_stream({"connection": "no_such_connection"})
        async with aclosing(stream):
            return await asyncio.wait_for(anext(stream), PATIENCE)

    assert asyncio.run(main()).tasks == {"fresh": 1}


def test_all_watchers_share_one_session(server: Database) -> None:
    watchers = [StoreEvents("stock"), StoreEvents("prices"), StoreEvents("tasks", account="ozon")]

    async def main() -> list[list[dict[str, Any]]]:
        manager = SharedStreamManager(log=triggers._log)
        async with AsyncExitStack() as stack:
            streams = []
            for number, watcher in enumerate(watchers):
                key = watcher.shared_stream_key()
                shared = manager.subscribe(trigger_id=number, trigger=watcher, key=key)
                streams.append(
                    await stack.enter_async_context(aclosing(watcher.filter_shared_stream(shared)))
                )
            connected = [await following(stream) for stream in streams]
            assert listeners(server) == 1
            notify(server, {"listed": 3, "account": "ozon"})
            changed = [await following(stream) for stream in streams[:2]]
            await manager.stop_all()
        return [connected, changed]

    connected, changed = asyncio.run(main())
    assert connected == [{"kind": kind, "why": "connected"} for kind in ("stock", "prices", "tasks")]
    assert changed == [{"kind": kind, "why": "changed"} for kind in ("stock", "prices")]


def heard(trigger: StoreEvents, wakes: Sequence[Wake]) -> list[str]:
    async def stream() -> AsyncIterator[Wake]:
        for wake in wakes:
            yield wake

    async def main() -> list[str]:
        return [event.payload["why"] async for event in trigger.filter_shared_stream(stream())]

    return asyncio.run(main())


def test_a_watcher_takes_its_own_kind_alone() -> None:
    wakes = [
        Wake(1),
        Wake(1, frozenset({Kind.PRICES})),
        Wake(1, frozenset({Kind.STOCK, Kind.PRODUCTS})),
        Wake(1),
    ]
    assert heard(StoreEvents("stock"), wakes) == ["connected", "changed"]
    assert heard(StoreEvents("deliveries"), wakes) == ["connected"]


def test_a_watcher_that_joins_late_or_missed_a_session_is_told_once() -> None:
    assert heard(StoreEvents("stock"), [Wake(7), Wake(7), Wake(9), Wake(9)]) == ["connected", "connected"]


def test_open_tasks_are_told_now_and_then_and_to_their_account_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    wakes = [Wake(1, tasks={"ozon": 2}) for _ in range(5)]
    assert heard(StoreEvents("tasks", account="ozon"), wakes) == ["connected", "open"]
    assert heard(StoreEvents("tasks", account="other"), wakes) == ["connected"]
    assert heard(StoreEvents("stock"), wakes) == ["connected"]
    monkeypatch.setattr(triggers, "TASKS_EVERY_SECONDS", 0.0)
    assert heard(StoreEvents("tasks", account="ozon"), wakes) == ["connected"] + ["open"] * 5


EVERY_KIND = {"deliveries", "products", "prices", "stock", "held", "orders", "fulfilment"}


@pytest.mark.parametrize(
    ("payload", "kinds"),
    [
        ('{"delivery": 12}', {"deliveries"}),
        ('{"products": 5, "prices": 0, "stocks": 3}', {"products", "stock"}),
        ('{"products": true, "prices": false, "stocks": false, "exchange_id": 3}', {"products"}),
        ('{"listed": 2, "account": "ozon"}', {"prices", "stock"}),
        ('{"something_new": 1}', set()),
        ('{"held": 1}', {"held"}),
        ('{"orders": "ozon", "stocks": 2, "orders_read": 0}', {"orders", "stock"}),
        ('{"orders": null, "stocks": 0, "orders_read": 3}', set()),
        ('{"fulfilment": "ozon"}', {"fulfilment"}),
        ("{}", set()),
        ("not json", EVERY_KIND),
        ("[1]", EVERY_KIND),
    ],
)
def test_what_a_notification_wakes(payload: str, kinds: set[str]) -> None:
    assert {str(kind) for kind in kinds_of(payload)} == kinds


def test_what_airflow_stores_of_a_trigger_holds_no_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MARKETSYNC_DATABASE_URL", "postgresql://sync:secret@db.example/marketsync")
    path, stored = StoreEvents("tasks", account="ozon", connection="store_db").serialize()
    assert path == "marketsync_airflow.triggers.StoreEvents"
    assert stored == {"kind": "tasks", "account": "ozon", "connection": "store_db"}
