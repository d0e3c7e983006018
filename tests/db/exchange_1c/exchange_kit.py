"""What the tests of 1C's dialogue share: the gateway on a real port, the import beside it, what is in the tables."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import uvicorn
from stand_in_1c import StandIn

from marketsync import steps
from marketsync.accounts import Accounts
from marketsync.clock import SYSTEM
from marketsync.db import Database
from marketsync.files import Files
from marketsync.gateway.app import create_app
from marketsync.gateway.surroundings import Surroundings
from marketsync.orders import keys
from marketsync.runtime import Runtime

LOGIN = "УТ"


class ShiftedClock:
    """The system's time, moved ahead by a test."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def now(self) -> datetime:
        return SYSTEM.now() + self.ahead

    def monotonic(self) -> float:
        return SYSTEM.monotonic()

    def sleep(self, seconds: float) -> None:
        SYSTEM.sleep(seconds)


class Place:
    """Everything around one test.

    Attributes:
        url: of the gateway.
        password: of a key with the scope exchange.
    """

    def __init__(self, database: Database, folder: Path, url: str = "") -> None:
        self.database = database
        self.folder = folder
        self.files = Files((folder / "files").as_uri())
        self.url = url
        self.clock = ShiftedClock()
        self.settings: dict[str, Any] = {"part_bytes": 2000, "wait_seconds": 2}
        self.shrink = 0.7
        self.password = self.key(LOGIN)
        self._made: list[StandIn] = []

    def key(self, name: str, scope: str = "exchange") -> str:
        with self.database.transaction() as connection:
            return keys.create(connection, name, [scope], SYSTEM.now())

    def node(self, path: str = "/1c_exchange", **settings: Any) -> StandIn:
        """A 1C that is set up for this gateway."""
        settings = {"login": LOGIN, "password": self.password, **settings}
        made = StandIn(self.url + path, **settings)
        self._made.append(made)
        return made

    def close(self) -> None:
        for made in self._made:
            made.close()

    @property
    def accounts(self) -> Accounts:
        return Accounts.model_validate(
            {
                "version": 1,
                "accounts": [],
                "erp": {"exchange": self.settings},
                "store": {"shrink": self.shrink},
            }
        )

    @property
    def runtime(self) -> Runtime:
        return Runtime(self.database, self.accounts, files=self.files, clock=self.clock)

    def imports(self) -> dict[str, Any]:
        """The step of store__import."""
        return dict(steps.import_store(self.runtime))

    def rows(self, query: str, *values: object) -> list[dict[str, Any]]:
        with self.database.transaction() as connection:
            return connection.execute(query.encode(), values).fetchall()

    def deliveries(self) -> list[dict[str, Any]]:
        return self.rows("select * from exchange order by exchange_id")

    def store(self) -> list[list[dict[str, Any]]]:
        """Goods, prices and counts as they stand, without the ids that differ from run to run."""
        queries = (
            "select guid, article, name, description, deleted, properties, barcodes from product order by guid",
            "select p.guid, t.name, x.amount from price x join product p using (product_id)"
            " join price_type t using (price_type_id) order by 1, 2",
            "select p.guid, w.name, s.quantity from stock s join product p using (product_id)"
            " join store_warehouse w using (warehouse_id) order by 1, 2",
            "select guid, parent_guid, name, path from product_group order by guid",
        )
        return [self.rows(query) for query in queries]


@contextmanager
def importing(place: Place) -> Iterator[None]:
    """store__import, woken all the time, as Airflow runs it."""
    stop = threading.Event()

    def work() -> None:
        while not stop.wait(0.02):
            steps.import_store(place.runtime)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


@contextmanager
def gateway(place: Place) -> Iterator[str]:
    """The gateway on a port of its own; its address."""
    around = Surroundings(
        url=place.database.url, read_accounts=lambda: place.accounts, clock=place.clock, files=place.files
    )
    server = uvicorn.Server(uvicorn.Config(create_app(around), port=0, log_level="warning", access_log=False))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            thread.join(0.01)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
