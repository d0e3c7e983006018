"""What the tests of the ERP's side share: a gateway over a real database, and orders in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from fastapi.testclient import TestClient
from httpx import Response
from psycopg.types.json import Jsonb

from marketsync.accounts import Accounts
from marketsync.credentials import Credentials
from marketsync.db import Database
from marketsync.files import Files
from marketsync.gateway.app import create_app
from marketsync.gateway.surroundings import Surroundings
from marketsync.orders import keys
from marketsync.orders.keys import Scope

SECRET = "a-push-secret-of-length"
NEXT_SECRET = "the-next-push-secret"
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


class SettableClock:
    """Time that a test sets; monotonic time goes with it."""

    def __init__(self) -> None:
        self.at = NOW

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return self.at.timestamp()

    def sleep(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


def accounts(**of_orders: Any) -> Accounts:
    """Two accounts that take orders."""
    shared = {
        "marketplace": "ozon",
        "mapping": "ozon",
        "mark": {},
        "warehouses": ({"store": "Основной склад", "marketplace": "1020000000001"},),
        "orders": of_orders,
    }
    both = [{"id": name, "connection": name, **shared} for name in ("ozon", "ozon_second")]
    return Accounts.model_validate({"version": 1, "accounts": both})


def emptied(database: Database) -> None:
    """Forget everything that these tests write."""
    with database.transaction() as connection:
        connection.execute(
            "truncate posting, posting_return, posting_event, erp_key, erp_pack, order_task, handover, alert, offer, "
            "product, exchange, order_flow cascade"
        )


@dataclass
class Gateway:
    """A gateway under test, asked over ASGI, and its database."""

    database: Database
    files: Files
    clock: Any = field(default_factory=SettableClock)
    settings: Accounts = field(default_factory=accounts)
    url: str | None = None
    client_address: str = "192.0.2.7"

    def __post_init__(self) -> None:
        self.surroundings = Surroundings(
            url=self.url or self.database.url,
            read_accounts=lambda: self.settings,
            read_credentials=lambda name: Credentials(
                "http://127.0.0.1:9", "1001", "sandbox", {"push_secrets": [SECRET, NEXT_SECRET]}
            ),
            clock=self.clock,
            files=self.files,
        )
        self.client = TestClient(create_app(self.surroundings), client=(self.client_address, 50_000))

    def key(self, name: str = "1c", *scopes: Scope) -> str:
        """A new key; of every scope where none is named."""
        with self.database.transaction() as connection:
            return keys.create(connection, name, scopes or list(Scope), self.clock.now())

    def run(self, query: str, *values: Any) -> list[dict[str, Any]]:
        with self.database.transaction() as connection:
            cursor = connection.execute(query, values)
            return cursor.fetchall() if cursor.description else []

    def order(
        self,
        number: str,
        *,
        account: str = "ozon",
        status: str = "to_assemble",
        lines: Sequence[Mapping[str, Any]] = ({},),
        **columns: Any,
    ) -> int:
        """An order as it lies in the database once it was read whole; its id."""
        now = self.clock.now()
        row = {
            "account": account,
            "number": number,
            "status": status,
            "status_there": "awaiting_packaging",
            "currency": "RUB",
            "received_at": now,
            "read_at": now,
            "changed_at": now,
            **columns,
        }
        made = self.insert("posting", row, "posting_id")
        for place, line in enumerate(lines, start=1):
            known = {
                "article": f"A-{place}",
                "sku": str(1000 + place),
                "quantity": 2,
                "price": "499.50",
                **line,
            }
            self.insert("posting_line", {"posting_id": made, "line": place, **known}, "line")
        return made

    def change(self, posting_id: int, **columns: Any) -> None:
        """Change an order so that the ERP has to hear of it."""
        for name, value in columns.items():
            bound = Jsonb(value) if isinstance(value, dict) else value
            self.run(f"update posting set {name} = %s where posting_id = %s", bound, posting_id)  # noqa: S608
        self.run("update posting set version = version + 1 where posting_id = %s", posting_id)

    def insert(self, table: str, row: Mapping[str, Any], returned: str) -> int:
        bound = [Jsonb(value) if isinstance(value, dict) else value for value in row.values()]
        holders = ", ".join(["%s"] * len(row))
        query = f"insert into {table} ({', '.join(row)}) values ({holders}) returning {returned}"  # noqa: S608
        (made,) = self.run(query, *bound)
        number: int = made[returned]
        return number


@dataclass
class Erp:
    """An ERP that speaks HTTP."""

    gateway: Gateway
    key: str
    name: str = "1c"

    def get(self, path: str, **parameters: Any) -> Response:
        return self.call("GET", path, params=parameters)

    def post(self, path: str, body: Any = None, **headers: str) -> Response:
        return self.call(
            "POST", path, json=body, headers={n.replace("_", "-"): v for n, v in headers.items()}
        )

    def call(self, method: str, path: str, **more: Any) -> Response:
        found: Response = self.gateway.client.request(
            method, f"/erp/v1{path}", auth=(self.name, self.key), **more
        )
        return found

    def pack(self) -> dict[str, Any]:
        answer = self.get("/orders/pack")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def answer(self, pack: str, *items: dict[str, Any], **headers: str) -> Response:
        return self.post(f"/orders/pack/{pack}/answer", {"items": list(items)}, **headers)


def taken(number: str, **more: Any) -> dict[str, Any]:
    return {
        "number": number,
        "result": "taken",
        "reference": f"guid-{number}",
        "document_number": f"УТ-{number}",
        **more,
    }


def refused(number: str, reason: str = "нет договора") -> dict[str, Any]:
    return {"number": number, "result": "refused", "reason": reason}


def numbers(pack: Mapping[str, Any]) -> list[str]:
    return [order["number"] for order in pack["items"]]
