"""A portal of 1C-Bitrix on a real port, and the product's runtime over a database of the test's own."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import uvicorn

from marketsync import steps
from marketsync.accounts import Accounts
from marketsync.clock import SYSTEM
from marketsync.credentials import Credentials
from marketsync.db import Database
from marketsync.db.connection import SCHEMA
from marketsync.files import Files
from marketsync.runtime import Runtime
from sandbox.app import create_app
from sandbox.bitrix.state import SECRET, USER
from sandbox.world import World
from tests.db.conftest import _lend, _Server

GOODS = 40


class Portal:
    """The site, and what people do on it."""

    def __init__(self, world: World, url: str) -> None:
        self.world = world
        self.url = url

    def order(self, action: str, **body: Any) -> Any:
        answer = requests.post(f"{self.url}/_sandbox/bitrix/{action}", json=body, timeout=10)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def edit(self, xml_id: str, **change: Any) -> None:
        self.order("edit", goods=[{"xmlId": xml_id, **change}])

    def goods(self) -> dict[str, Any]:
        """By xmlId: id, name, active, prices, stocks."""
        return requests.get(f"{self.url}/_sandbox/bitrix/state", timeout=10).json()

    def knobs(self, section: str = "bitrix", **changes: Any) -> None:
        answer = requests.patch(f"{self.url}/_sandbox/knobs", json={section: changes}, timeout=10)
        assert answer.status_code == 200, answer.text

    def faults(self, *rules: dict[str, Any]) -> None:
        requests.put(f"{self.url}/_sandbox/faults", json=list(rules), timeout=10).raise_for_status()

    def calls(self) -> list[Any]:
        return self.world.calls.find(system="bitrix", client_id=None, path=None, since=0, limit=10_000)

    def simple(self) -> str:
        """The xmlId of a good without variants that has a price and a count."""
        return next(
            guid
            for guid, good in self.goods().items()
            if "#" not in guid
            and "Розничная" in good["prices"]
            and good["stocks"].get("Основной склад", 0) > 0
        )


class Shop:
    """The product, reading the portal."""

    def __init__(
        self, database: Database, portal: Portal, folder: Path, credentials: Callable[[str], Credentials]
    ) -> None:
        self.database = database
        self.portal = portal
        self._files = Files((folder / "files").as_uri())
        self._credentials = credentials

    def runtime(self, **settings: Any) -> Runtime:
        store = {
            "source": "bitrix",
            "connection": "site",
            "calls_per_second": 100,
            **settings.pop("store", {}),
        }
        accounts = Accounts.model_validate({"version": 1, "accounts": [], "store": store, **settings})
        return Runtime(self.database, accounts, self._credentials, SYSTEM, self._files)

    def imports(self, **settings: Any) -> dict[str, Any]:
        """The step of store__import."""
        return dict(steps.import_store(self.runtime(**settings)))

    def rows(self, query: str) -> list[dict[str, Any]]:
        with self.database.transaction() as connection:
            return connection.execute(query.encode()).fetchall()

    def prices(self) -> dict[tuple[str, str], float | None]:
        return {
            (row["guid"], row["name"]): None if row["amount"] is None else float(row["amount"])
            for row in self.rows(
                "select p.guid, t.name, x.amount from price x join product p using (product_id)"
                " join price_type t using (price_type_id)"
            )
        }

    def stocks(self) -> dict[tuple[str, str], float]:
        return {
            (row["guid"], row["name"]): float(row["quantity"])
            for row in self.rows(
                "select p.guid, w.name, s.quantity from stock s join product p using (product_id)"
                " join store_warehouse w using (warehouse_id)"
            )
        }

    def good(self, guid: str) -> dict[str, Any]:
        return next(row for row in self.rows("select * from product") if row["guid"] == guid)

    def problems(self) -> list[tuple[str, str, str | None]]:
        return [
            (row["file"], row["code"], row["value"])
            for row in self.rows(
                "select file, code, value from exchange_problem"
                " where exchange_id = (select max(exchange_id) from exchange) order by code, line"
            )
        ]

    def expected_prices(self) -> dict[tuple[str, str], float]:
        return {
            (guid, name): amount
            for guid, good in self.portal.goods().items()
            for name, amount in good["prices"].items()
        }

    def expected_stocks(self) -> dict[tuple[str, str], float]:
        return {
            (guid, name): count
            for guid, good in self.portal.goods().items()
            for name, count in good["stocks"].items()
        }


@pytest.fixture(scope="session")
def server() -> Iterator[Portal]:
    world = World(time_scale=0)
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen()
    running = uvicorn.Server(uvicorn.Config(create_app(world), log_level="warning", access_log=False))
    thread = threading.Thread(target=running.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    portal = Portal(world, f"http://127.0.0.1:{listening.getsockname()[1]}")
    answered = requests.get(
        f"{portal.url}/_sandbox/health", timeout=30
    )  # the socket takes it before the server does
    assert answered.status_code == 200
    yield portal
    running.should_exit = True
    thread.join(10)


@pytest.fixture
def portal(server: Portal) -> Portal:
    """A portal of 40 sellable goods, without limits."""
    server.world.reset()
    server.knobs(drain_per_second=0, operating_limit_seconds=0)
    server.order("fill", goods=GOODS)
    server.world.calls.clear()
    return server


@pytest.fixture(scope="session")
def _reused(_server: _Server, _template: str) -> Iterator[Database]:
    yield from _lend(_server, _template)


@pytest.fixture
def database(_reused: Database) -> Database:
    """The database of these tests, with nothing in it: a copy for each takes too long."""
    with _reused.transaction() as connection:
        found = connection.execute(
            "select tablename from pg_tables where schemaname = %s and tablename not like %s",
            (SCHEMA, "schema%"),
        ).fetchall()
        connection.execute(
            f"truncate {', '.join(row['tablename'] for row in found)} restart identity cascade"
        )
    return _reused


@pytest.fixture
def shop(database: Database, portal: Portal, tmp_path: Path) -> Shop:
    return Shop(database, portal, tmp_path, lambda _: Credentials(f"{portal.url}/bitrix", USER, SECRET))


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Attempts follow one another without a pause."""
    monkeypatch.setattr("marketsync.http.retry._backoff", lambda _: 0.0)
