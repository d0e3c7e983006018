"""What the tests of shipments share: the sandbox's DPD in a process of its own, orders to ship, and whole runs."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from psycopg.types.json import Jsonb

from marketsync import steps
from marketsync.accounts import Accounts
from marketsync.credentials import Credentials
from marketsync.db import Database
from marketsync.files import Files
from marketsync.orders import shipments
from marketsync.paths import PROJECT
from marketsync.runtime import Runtime

ACCOUNT = "ozon"
CLIENT = "1001027795"
CREATE, STATUS, CANCEL = (
    f"/services/order2/{name}" for name in ("createOrder", "getOrderStatus", "cancelOrder")
)
EVENTS, CONFIRM = "/services/event-tracking/getEvents", "/services/event-tracking/confirm"
STATES, LABEL = "/services/tracing/getStatesByClientOrder", "/services/label-print/createLabelFile"
SENDER = {
    "name": "ООО Лавка", "countryName": "Россия", "city": "Москва", "street": "Складская", "house": "1",
    "contactFio": "Кладовщик", "contactPhone": "+74950000000",
}  # fmt: skip
PERSON = {
    "name": "Примерова Анна", "phone": "+79991234567", "email": None, "comment": "Домофон К-4711-Б",
    "address": {"city": "Казань", "street": "Баумановская", "house": "5", "flat": "77"},
}  # fmt: skip
_FILLED = ("posting", "alert", "api_call", "rate_limit", "product", "exchange")
SECRETS = ("Примерова", "79991234567", "Баумановская", "К-4711-Б")


class ShippingClock:
    """The machine's time, moved ahead by hand; who sleeps moves it too."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self.ahead)  # noqa: TID251 - this is a clock

    def monotonic(self) -> float:
        return self.ahead

    def sleep(self, seconds: float) -> None:
        self.ahead += seconds


def settings(*, mode: str = "send", **carrier: Any) -> Accounts:
    """One account that DPD delivers for."""
    return Accounts.model_validate(
        {
            "version": 1,
            "carriers": [
                {"id": "dpd", "connection": "dpd", "sender": SENDER, "calls_per_second": 100, **carrier}
            ],
            "accounts": [
                {
                    "id": ACCOUNT, "marketplace": "ozon", "mode": mode, "connection": "ozon", "mapping": "ozon",
                    "mark": {}, "warehouses": [], "orders": {"carrier": "dpd"},
                }
            ],
        }
    )  # fmt: skip


@dataclass
class Dispatch:
    """A store with orders to ship, its database, and the carrier behind the sandbox's door."""

    url: str
    database: Database
    folder: Path
    accounts: Accounts = field(default_factory=settings)
    clock: ShippingClock = field(default_factory=ShippingClock)
    password: str = "sandbox"

    @property
    def runtime(self) -> Runtime:
        known = Credentials(f"{self.url}/dpd", CLIENT, self.password)
        return Runtime(
            self.database, self.accounts, lambda name: known, self.clock, Files(self.folder.as_uri())
        )

    # --- our side ---

    def order(self, number: str, *, person: dict[str, Any] | None = PERSON, **columns: Any) -> int:
        """An order that we deliver, with one line; returns its id."""
        row = {"status": "to_ship", "scheme": "seller", **columns}
        now = self.clock.now()
        with self.database.transaction() as connection:
            found = connection.execute(
                "insert into posting (account, number, status, status_there, scheme, received_at, changed_at)"
                " values (%s, %s, %s, 'awaiting_deliver', %s, %s, %s) returning posting_id",
                (ACCOUNT, number, row["status"], row["scheme"], now, now),
            ).fetchone()
            assert found is not None
            posting_id: int = found["posting_id"]
            connection.execute(
                "insert into posting_line (posting_id, line, article, name, quantity, price)"
                " values (%s, 1, 'A-1', 'Мяч', 2, 500)",
                (posting_id,),
            )
            if person is not None:
                connection.execute(
                    "insert into buyer (posting_id, person, erase_after) values (%s, %s, %s)",
                    (posting_id, Jsonb(person), now + timedelta(days=30)),
                )
        return posting_id

    def request(self, posting_id: int, **asked: Any) -> shipments.Shipment:
        with self.database.transaction() as connection:
            return shipments.request(
                connection, posting_id, asked, "erp", self.clock.now(), settings=self.accounts
            )

    def cancel(self, posting_id: int) -> shipments.Shipment:
        with self.database.transaction() as connection:
            return shipments.cancel(connection, posting_id, "erp", self.clock.now())

    def asked(self, number: str, **asked: Any) -> int:
        """An order whose shipment is asked for; returns its id."""
        posting_id = self.order(number)
        self.request(posting_id, **asked)
        return posting_id

    def run(self, **ahead: float) -> dict[str, Any]:
        """One run, after a while: the longest pause by default."""
        self.clock.sleep(timedelta(**ahead or {"hours": 1}).total_seconds())
        return steps.run_shipments(self.runtime)

    def shipment(self, posting_id: int) -> shipments.Shipment:
        with self.database.transaction() as connection:
            found = shipments.find(connection, posting_id)
        assert found is not None
        return found

    def track(self, posting_id: int) -> shipments.Track:
        with self.database.transaction() as connection:
            found = shipments.track(connection, posting_id)
        assert found is not None
        return found

    def rows(self, query: str, *values: Any) -> list[dict[str, Any]]:
        with self.database.transaction() as connection:
            return connection.execute(query, values).fetchall()

    def do(self, statement: str, *values: Any) -> None:
        with self.database.transaction() as connection:
            connection.execute(statement, values)

    def alerts(self) -> list[str]:
        return [row["message"] for row in self.rows("select message from alert where ended_at is null")]

    # --- the carrier's side ---

    def behind(self, method: str, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/_sandbox{path}", data=data, method=method)  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{method} {path}: {error.read().decode()}") from error

    def knobs(self, **changes: Any) -> None:
        self.behind("PATCH", "/knobs", {"dpd": changes})

    def fault(self, path: str, kind: str, count: int | None = None) -> None:
        rule = {"system": "dpd", "path": path, "kind": kind, "count": count, "seconds": 0}
        self.behind("PUT", "/faults", [rule])

    def no_faults(self) -> None:
        self.behind("DELETE", "/faults")

    def move(self, number: str, state: str) -> None:
        self.behind("POST", "/dpd/move", {"number": number, "state": state})

    def decide(self, number: str, status: str, **more: str) -> None:
        self.behind("POST", "/dpd/decide", {"number": number, "status": status, **more})

    def there(self) -> list[dict[str, Any]]:
        """The carrier's orders of ours."""
        found: list[dict[str, Any]] = self.behind("GET", "/dpd/state").get(CLIENT, {}).get("orders", [])
        return found

    def inbox(self) -> int:
        """Events that nobody has confirmed."""
        left: int = self.behind("GET", "/dpd/state")[CLIENT]["inbox"]
        return left

    def calls(self, path: str) -> int:
        return len(self.behind("GET", f"/calls?system=dpd&path={path}&limit=5000"))


def fresh(url: str, database: Database, folder: Path) -> Dispatch:
    """A store without orders, and a carrier whose parcels move only by order."""
    there = Dispatch(url, database, folder)
    there.do(f"truncate {', '.join(_FILLED)} cascade")
    there.behind("POST", "/reset")
    there.knobs(moves=False)
    return there


def door() -> Iterator[str]:
    """The sandbox's process, whose time stands still for the carrier's orders; its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen([sys.executable, "-m", "sandbox", "--port", str(port)], cwd=PROJECT)
    url = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + 30
    try:
        while True:
            try:
                with urllib.request.urlopen(f"{url}/_sandbox/health", timeout=1):  # noqa: S310
                    break
            except OSError:
                assert process.poll() is None, "the sandbox ended at its start"
                assert time.monotonic() < deadline, "the sandbox does not answer"
                time.sleep(0.05)
        yield url
    finally:
        process.terminate()
        process.wait(10)
