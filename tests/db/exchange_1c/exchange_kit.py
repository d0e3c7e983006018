"""What the tests of 1C's dialogue share: the gateway on a real port, the import beside it, what is in the tables."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
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
_PATIENCE = 30.0
GOOD = "aaaaaaaa-0000-0000-0000-000000000001#bbbbbbbb-0000-0000-0000-000000000001"


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


_PRICES = (
    "select p.guid, t.name, amount from product as p join price using (product_id) join price_type as t "
    "using (price_type_id) order by 1, 2"
)
_COUNTS = (
    "select p.guid, w.name, quantity from product as p join stock using (product_id) join store_warehouse as w "
    "using (warehouse_id) order by 1, 2"
)


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
        self.settings: dict[str, Any] = {"part_bytes": 16_000, "wait_seconds": 2}
        self.shrink = 0.7
        self.password = self.key(LOGIN)
        self._made: list[StandIn] = []

    def key(self, name: str, *scopes: str) -> str:
        with self.database.transaction() as connection:
            return keys.create(connection, name, scopes or ["exchange"], SYSTEM.now())

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
        """The step of store__import; what another process took up meanwhile is waited for."""
        counts = dict(steps.import_store(self.runtime))
        ends = time.monotonic() + _PATIENCE
        while self.rows("select 1 from exchange where state in ('delivered', 'importing')"):
            assert time.monotonic() < ends, "a delivery is never imported"
            time.sleep(0.05)
        return counts

    def rows(self, query: str, *values: object) -> list[dict[str, Any]]:
        with self.database.transaction() as connection:
            return connection.execute(query.encode(), values).fetchall()

    def order(self, number: str, **columns: Any) -> int:
        """An order of two pieces of one good, read whole; its id."""
        guid = columns.pop("guid", GOOD)
        now = self.clock.now()
        row = {
            "account": "ozon", "number": number, "status": "to_assemble", "status_there": "awaiting_packaging",
            "currency": "RUB", "received_at": now, "read_at": now, "changed_at": now,
            "created_at": datetime(2026, 11, 20, 9, 5, tzinfo=UTC), "ship_by": datetime(2026, 11, 21, 9, 0, tzinfo=UTC),
            **columns,
        }  # fmt: skip
        with self.database.transaction() as connection:
            connection.execute(
                "insert into exchange (source, location, state, delivered_at) values ('1c', 'goods', 'imported', now())"
                " on conflict do nothing"
            )
            if guid:
                connection.execute(
                    "insert into product (guid, good_guid, article, name, content_hash, exchange_id, changed_at)"
                    " select %s, %s, 'А-1', 'Коврик', 'x', min(exchange_id), now() from exchange"
                    " on conflict do nothing",
                    (guid, guid.split("#")[0]),
                )
            made = connection.execute(
                f"insert into posting ({', '.join(row)})"  # noqa: S608
                f" values ({', '.join(['%s'] * len(row))}) returning posting_id",
                list(row.values()),
            ).fetchone()
            connection.execute(
                "insert into posting_line (posting_id, line, article, sku, product_id, name, quantity, price)"
                " values (%s, 1, 'A-1', '1001', (select product_id from product where guid = %s), 'Mat “✓”', 2, 499.5)",
                (made["posting_id"], guid),
            )
        return int(made["posting_id"])

    def deliveries(self) -> list[dict[str, Any]]:
        return self.rows("select * from exchange order by exchange_id")

    def store(self) -> list[list[dict[str, Any]]]:
        """Goods, prices and counts as they stand, without the ids that differ from run to run."""
        queries = (
            "select guid, article, name, description, deleted, properties, barcodes from product order by guid",
            _PRICES,
            _COUNTS,
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
