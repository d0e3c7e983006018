"""What the engine's tests share: a store to change, a cabinet to look into, a clock to move, and whole cycles.

Nothing is played here: the tables are Postgres', the marketplace is the sandbox in a process of its own.
"""

from __future__ import annotations

import hashlib
import json
import os
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

import psycopg

from marketsync import steps
from marketsync.accounts import Account, Accounts
from marketsync.clock import SYSTEM
from marketsync.credentials import Credentials
from marketsync.db import Database
from marketsync.db.call_log import PostgresCallLog
from marketsync.db.connection import SCHEMA
from marketsync.db.limiter import PostgresLimiter
from marketsync.http.client import ApiClient
from marketsync.runtime import Runtime, Seller
from marketsync.steps import Counts

MOSCOW, KAZAN = "1020000000001", "1020000000002"
MAIN_STORE, KAZAN_STORE = "Основной склад", "Склад Казань"
CARDS, PRICES, STOCKS = "/v3/product/import", "/v1/product/import/prices", "/v2/products/stocks"
PICTURES = "/v2/product/pictures/import"
WRITES = (CARDS, PRICES, STOCKS, PICTURES)
ACCOUNT = "ozon"

_KEPT = ("schema_version", "dictionary_")
_MARK = "Выгружать на Ozon"
_PRICE_TYPES = {
    "price": "Розничная",
    "old": "Старая цена",
    "floor": "Минимальная",
    "premium": "Премиальная",
}
_PROPERTIES = {
    "Возраст": "От 3 лет",
    "Количество деталей": "120",
    "Вес с упаковкой, кг": "0,8",
    "Длина упаковки, см": "20",
    "Ширина упаковки, см": "15",
    "Высота упаковки, см": "10",
}
_CONTENT = (
    "article", "code", "name", "full_name", "description", "brand", "unit", "vat", "group_guid", "barcodes",
    "pictures", "properties", "characteristics", "requisites", "deleted",
)  # fmt: skip


class MovableClock:
    """The machine's time, moved ahead by hand; who sleeps moves it too, and does not wait.

    What the sandbox counts by its own clock (30 s for a pair, a minute for calls) is not moved by it.
    """

    def __init__(self) -> None:
        self._ahead = 0.0
        self._lock = threading.Lock()

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self._ahead)  # noqa: TID251 - this is a clock

    def monotonic(self) -> float:
        return time.monotonic() + self._ahead

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self._ahead += max(seconds, 0.0)

    def advance(self, **duration: float) -> None:
        """Move ahead by a timedelta's worth: minutes=10."""
        self.sleep(timedelta(**duration).total_seconds())


def account(**changes: Any) -> Account:
    """The account of these tests: one warehouse, guards as shipped."""
    return Account.model_validate(
        {
            "id": ACCOUNT,
            "marketplace": "ozon",
            "mode": "send",
            "connection": "ozon",
            "mapping": "ozon",
            "mark": {"property": _MARK, "values": ("Да",)},
            "warehouses": ({"store": MAIN_STORE, "marketplace": MOSCOW},),
            **changes,
        }
    )


class _SellerWithLimits(Seller):
    """A seller whose limiter waits for Postgres' real clock, whatever the test's clock says."""

    @cached_property
    def client(self) -> ApiClient:
        runtime = self.runtime
        known = runtime.credentials(self.account.connection)
        return self.marketplace.connect(
            self.account.id,
            base_url=known.base_url,
            login=known.login,
            password=known.password,
            limiter=PostgresLimiter(runtime.database, SYSTEM),
            call_log=PostgresCallLog(runtime.database),
            clock=runtime.clock,
        )


class EngineRuntime(Runtime):
    """The surroundings of the steps under test. Its seller is made once: mappings take long to load."""

    @cached_property
    def _seller(self) -> Seller:
        return _SellerWithLimits(self, self.accounts.accounts[0])

    def seller(self, account_id: str) -> Seller:
        assert account_id == ACCOUNT
        return self._seller


@dataclass
class Sandbox:
    """The sandbox's process, from behind."""

    url: str

    def call(self, method: str, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/_sandbox{path}", data=data, method=method)  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{method} {path}: {error.read().decode()}") from error


@dataclass
class Cabinet:
    """One Client-Id in the sandbox: what it shows, what was asked of it, what people do in it."""

    sandbox: Sandbox
    client_id: str

    @property
    def credentials(self) -> Credentials:
        return Credentials(f"{self.sandbox.url}/ozon", self.client_id, "sandbox")

    def state(self) -> dict[str, Any]:
        state: dict[str, Any] = self.sandbox.call("GET", f"/ozon/{self.client_id}/state")
        return state

    def prices(self) -> dict[str, str]:
        return {article: there["price"] for article, there in self.state().items()}

    def stocks(self, warehouse: str = MOSCOW) -> dict[str, int | None]:
        """Article -> pieces free to sell, None where none was ever set."""
        free: dict[str, int | None] = {}
        for article, there in self.state().items():
            cell = there["stocks"].get(warehouse)
            free[article] = cell["present"] - cell["reserved"] if cell else None
        return free

    def edit(self, article: str, /, **fields: Any) -> None:
        self.sandbox.call("POST", f"/ozon/{self.client_id}/edit", {"offer_id": article, **fields})

    def make_card(self, article: str, **fields: Any) -> None:
        cards = [{"offer_id": article, "price": "500.00", **fields}]
        self.sandbox.call("POST", f"/ozon/{self.client_id}/cards", {"cards": cards})

    def key(self, **changes: Any) -> None:
        """What becomes of the cabinet's key: state, expires_at."""
        self.sandbox.call("POST", f"/ozon/{self.client_id}/key", changes)

    def knobs(self, section: str = "ozon", **changes: Any) -> None:
        self.sandbox.call("PATCH", "/knobs", {section: changes})

    def fault(self, path: str, kind: str, *, probability: float = 1.0, count: int | None = None,
              seconds: float = 0.0) -> None:  # fmt: skip
        """One rule in force from now on."""
        rule = {"path": path, "kind": kind, "probability": probability, "count": count, "seconds": seconds}
        self.sandbox.call("PUT", "/faults", [rule])

    def troubles(self, **of_path: str | Mapping[str, Any]) -> None:
        """What is wrong on the image host from now on: `name="missing"` for the picture name.jpg."""
        rules = [
            {"path": f"{name}.jpg", **({"kind": kind} if isinstance(kind, str) else kind)}
            for name, kind in of_path.items()
        ]
        self.sandbox.call("PUT", "/images/troubles", rules)

    def no_faults(self) -> None:
        self.sandbox.call("DELETE", "/faults")

    def calls(self, path: str | None = None, since: int = 0) -> list[dict[str, Any]]:
        wanted = f"client_id={self.client_id}&since={since}&limit=5000&with_bodies=true"
        if path:
            wanted += f"&path={path}"
        found: list[dict[str, Any]] = self.sandbox.call("GET", f"/calls?{wanted}")
        return found

    def now(self) -> int:
        """The id of the last call: what comes later has a higher one."""
        return max((call["id"] for call in self.calls()), default=0)

    def writes(self, path: str | None = None, since: int = 0) -> list[dict[str, Any]]:
        """The bodies of writing calls, oldest first."""
        return [
            json.loads(call["request_body"]) for call in self.calls(path, since) if call["path"] in WRITES
        ]

    def bodies(self, path: str, since: int = 0) -> list[dict[str, Any]]:
        """The bodies of a method's calls, oldest first."""
        return [json.loads(call["request_body"]) for call in self.calls(path, since)]

    def sent_prices(self, since: int = 0) -> list[tuple[str, str]]:
        """Every price that reached the price method: (article, price)."""
        articles = {str(there["product_id"]): article for article, there in self.state().items()}
        return [
            (item.get("offer_id") or articles.get(str(item["product_id"]), "?"), item["price"])
            for body in self.writes(PRICES, since)
            for item in body["prices"]
        ]

    def sent_cards(self, since: int = 0) -> list[str]:
        """The articles of every card that reached the import method."""
        return [item["offer_id"] for body in self.writes(CARDS, since) for item in body["items"]]

    def sent_pictures(self, since: int = 0) -> list[tuple[str, list[str]]]:
        """Every gallery that reached the picture method: (article, names of the pictures below the image host)."""
        return [
            (item["offer_id"], [link.removeprefix(f"{self.sandbox.url}/images/") for link in item["images"]])
            for body in self.writes(PICTURES, since)
            for item in body["items"]
        ]

    def pictures(self, article: str) -> list[str]:
        """The pictures that a card shows, by their names below the image host."""
        links: list[str] = self.state()[article]["images"]
        return [link.removeprefix(f"{self.sandbox.url}/images/") for link in links]

    def sent_stocks(self, since: int = 0) -> list[int]:
        """Every amount that reached the stock method, in order."""
        return [item["stock"] for body in self.writes(STOCKS, since) for item in body["stocks"]]


def empty(database: Database) -> None:
    """Forget everything but the schema and the marketplace's dictionaries."""
    with database.transaction() as connection:
        found = connection.execute(
            "select tablename from pg_tables where schemaname = %s", (SCHEMA,)
        ).fetchall()
        tables = [row["tablename"] for row in found if not row["tablename"].startswith(_KEPT)]
        connection.execute(f"truncate {', '.join(sorted(tables))} cascade")


class Store:
    """1C's tables, written as an import would write them."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._goods = 0
        self._exchange = 0
        self.delivery()
        self._groups()

    def delivery(self) -> None:
        """A new delivery: what is written from now on comes from it."""
        row = self._one(
            "insert into exchange (source, location, kind, state, delivered_at) "
            "values ('1c', %s, 'changes', 'imported', now()) returning exchange_id",
            (f"delivery-{self._exchange + 1}",),
        )
        self._exchange = row["exchange_id"]

    def good(
        self,
        article: str | None,
        *,
        price: str | None = "1000",
        old: str | None = None,
        floor: str | None = "100",
        stock: float | None = 5,
        guid: str | None = None,
        marked: bool = True,
        properties: Mapping[str, str] | None = None,
        **content: Any,
    ) -> str:
        """A good that the shipped mapping can render; its guid. None leaves a price or a stock out."""
        self._goods += 1
        guid = guid or f"g-{self._goods:04d}"
        row = {
            "article": article,
            "name": f"Конструктор {article}",
            "description": "Сто двадцать деталей.",
            "brand": "Солнышко",
            "vat": "20",
            "group_guid": "toys",
            "barcodes": [_barcode(self._goods)],
            "pictures": [f"{guid}.jpg"],
            "properties": {**_PROPERTIES, _MARK: "Да" if marked else "Нет", **(properties or {})},
            **content,
        }
        self._write(guid, row)
        for kind, amount in (("price", price), ("old", old), ("floor", floor)):
            if amount is not None:
                self.set_price(guid, amount, kind=kind)
        if stock is not None:
            self.set_stock(guid, stock)
        return guid

    def goods(self, *articles: str, **shared: Any) -> list[str]:
        return [self.good(article, **shared) for article in articles]

    def change(self, guid: str, **content: Any) -> None:
        """Change a good's content; `properties` are added to those it has."""
        row = self._one("select * from product where guid = %s", (guid,))
        properties = {**row["properties"], **content.pop("properties", {})}
        self._write(guid, {**row, **content, "properties": properties})

    def mark(self, guid: str, marked: bool) -> None:
        self.change(guid, properties={_MARK: "Да" if marked else "Нет"})

    def set_price(self, guid: str, amount: str | None, *, kind: str = "price", currency: str = "RUB") -> None:
        """Set one of a good's prices; None is a blank."""
        self._run(
            "insert into price (product_id, price_type_id, amount, currency, exchange_id, changed_at) "
            "select product_id, price_type_id, %s, %s, %s, now() from product, price_type "
            "where product.guid = %s and price_type.name = %s "
            "on conflict (product_id, price_type_id) do update "
            "set amount = excluded.amount, currency = excluded.currency, exchange_id = excluded.exchange_id, "
            "changed_at = excluded.changed_at",
            (amount and Decimal(amount), currency, self._exchange, guid, _PRICE_TYPES[kind]),
        )

    def drop_price(self, guid: str, kind: str) -> None:
        self._run(
            "delete from price using product as p, price_type as t where p.product_id = price.product_id "
            "and t.price_type_id = price.price_type_id and p.guid = %s and t.name = %s",
            (guid, _PRICE_TYPES[kind]),
        )

    def set_stock(self, guid: str, quantity: float, store: str = MAIN_STORE) -> None:
        self._run(
            "insert into stock (product_id, warehouse_id, quantity, exchange_id, changed_at) "
            "select product_id, warehouse_id, %s, %s, now() from product, store_warehouse as w "
            "where product.guid = %s and w.name = %s "
            "on conflict (product_id, warehouse_id) do update "
            "set quantity = excluded.quantity, exchange_id = excluded.exchange_id, "
            "changed_at = excluded.changed_at",
            (quantity, self._exchange, guid, store),
        )

    def _groups(self) -> None:
        self._run(
            "insert into product_group (guid, name, path) "
            "values ('toys', 'Конструкторы', 'Игрушки / Конструкторы')"
        )
        for name in _PRICE_TYPES.values():
            self._run("insert into price_type (guid, name, currency) values (%s, %s, 'RUB')", (name, name))
        for name in (MAIN_STORE, KAZAN_STORE):
            self._run("insert into store_warehouse (guid, name) values (%s, %s)", (f"w-{name}", name))

    def _write(self, guid: str, row: Mapping[str, Any]) -> None:
        content = {
            "code": None, "full_name": None, "unit": None, "characteristics": {}, "requisites": {},
            "deleted": False, **{name: row[name] for name in _CONTENT if name in row},
        }  # fmt: skip
        digest = hashlib.md5(repr(sorted(content.items())).encode(), usedforsecurity=False).digest()
        bound = {
            name: psycopg.types.json.Jsonb(value) if isinstance(value, dict) else value
            for name, value in content.items()
        }
        names = ", ".join(content)
        holders = ", ".join(f"%({name})s" for name in content)
        moved = ", ".join(f"{name} = excluded.{name}" for name in content)
        self._run(
            f"insert into product (guid, good_guid, content_hash, exchange_id, changed_at, {names}) "  # noqa: S608
            f"values (%(guid)s, split_part(%(guid)s, '#', 1), %(hash)s, %(exchange)s, now(), {holders}) "
            "on conflict (guid) do update set content_hash = excluded.content_hash, "
            f"exchange_id = excluded.exchange_id, changed_at = excluded.changed_at, {moved}",
            {**bound, "guid": guid, "hash": digest, "exchange": self._exchange},
        )

    def _run(self, query: str, values: Any = ()) -> None:
        with self._database.transaction() as connection:
            connection.execute(query, values)

    def _one(self, query: str, values: Any) -> dict[str, Any]:
        with self._database.transaction() as connection:
            row = connection.execute(query, values).fetchone()
        assert row
        return row


def _barcode(number: int) -> str:
    digits = f"460{number:09d}"
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits))
    return digits + str(-total % 10)


@dataclass
class Engine:
    """The engine under test: its steps, one after another, and what its tables say."""

    database: Database
    cabinet: Cabinet
    clock: MovableClock
    account: Account = field(init=False)
    shared: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.configure()

    def configure(self, **changes: Any) -> None:
        """Use other settings of the account from now on; its pictures lie on the sandbox's image host."""
        self.account = account(**{"pictures": f"{self.cabinet.sandbox.url}/images", **changes})
        self.__dict__.pop("runtime", None)

    def settings(self, **shared: Any) -> None:
        """Use other settings of all accounts from now on."""
        self.shared = shared
        self.__dict__.pop("runtime", None)

    @cached_property
    def runtime(self) -> EngineRuntime:
        return EngineRuntime(
            database=self.database,
            accounts=Accounts.model_validate({"version": 1, "accounts": (self.account,), **self.shared}),
            credentials=lambda _: self.cabinet.credentials,
            clock=self.clock,
        )

    @property
    def seller(self) -> Seller:
        return self.runtime.seller(ACCOUNT)

    # --- steps ---

    def adopt(self) -> Counts:
        return steps.adopt(self.runtime, ACCOUNT)

    def plan_cards(self) -> Counts:
        steps.extract_diff(self.runtime, ACCOUNT)
        return steps.transform(self.runtime, ACCOUNT)

    def plan(self, channel: str, *, full: bool = False) -> Counts:
        return steps.plan_channel(self.runtime, ACCOUNT, channel, full=full)

    def upload(self, channel: str) -> Counts:
        return steps.upload_channel(self.runtime, ACCOUNT, channel)

    def poll(self) -> Counts:
        return steps.poll_status(self.runtime, ACCOUNT)

    def cards(self) -> Counts:
        """Plan and send articles, cards and the archive, and take their outcomes; the counts are the cards'."""
        self.plan_cards()
        self.upload("rename")
        sent = self.upload("card")
        self.upload("archive")
        self.poll()
        return sent

    def send(self, channel: str) -> Counts:
        """Plan and send prices or stocks."""
        self.plan(channel)
        return self.upload(channel)

    def pictures(self) -> Counts:
        """Look at pictures, plan and send galleries, and wait until the cabinet has loaded them."""
        self.plan_cards()
        sent = self.upload("picture")
        until(lambda: self.poll()["open"] == 0)
        return sent

    def cycle(self) -> None:
        """Everything once, as the DAGs do it."""
        self.cards()
        self.send("price")
        self.send("stock")

    def reconcile(self, *, after: float = 600.0) -> Counts:
        """Read back, so many seconds after what was sent last."""
        self.clock.sleep(after)
        return steps.reconcile(self.runtime, ACCOUNT)

    # --- tables ---

    def rows(self, query: str, *values: Any) -> list[dict[str, Any]]:
        with self.database.transaction() as connection:
            return connection.execute(query, values).fetchall()

    def run(self, query: str, *values: Any) -> None:
        with self.database.transaction() as connection:
            connection.execute(query, values)

    def changes(
        self, channel: str, article: str | None = None, state: str | None = None
    ) -> list[dict[str, Any]]:
        """Changes of a channel, oldest first, with their articles."""
        return self.rows(
            "select o.article, c.* from change as c join offer as o using (offer_id) where c.channel = %s "
            "and coalesce(o.article = %s, true) and coalesce(c.state = %s, true) order by change_id",
            channel, article, state,
        )  # fmt: skip

    def held(self, channel: str = "price") -> dict[str, str]:
        """Article -> the guard that holds its change."""
        return {row["article"]: row["guard"] for row in self.changes(channel, state="held")}

    def planned(self, channel: str) -> list[str]:
        return [row["article"] for row in self.changes(channel, state="planned")]

    def known(self, channel: str, article: str, warehouse: str | None = None) -> dict[str, Any]:
        """The row of offer_channel."""
        where = warehouse if warehouse is not None else MOSCOW if channel == "stock" else ""
        found = self.rows(
            "select oc.* from offer_channel as oc join offer as o using (offer_id) "
            "where oc.channel = %s and o.article = %s and oc.warehouse = %s",
            channel, article, where,
        )  # fmt: skip
        assert len(found) == 1, found
        return found[0]

    def in_doubt(self, channel: str) -> list[str]:
        return [
            row["article"]
            for row in self.rows(
                "select o.article from offer_channel as oc join offer as o using (offer_id) "
                "where oc.in_doubt and oc.channel = %s order by 1",
                channel,
            )
        ]

    def refusals(self) -> dict[tuple[str, str], str]:
        """(article, channel) -> code."""
        found = self.rows("select o.article, r.* from refusal as r join offer as o using (offer_id)")
        return {(row["article"], row["channel"]): row["code"] for row in found}

    def offer(self, article: str) -> dict[str, Any]:
        (found,) = self.rows("select * from offer where article = %s", article)
        return found

    def differences(self, reconciled: Counts) -> set[tuple[str, str, str, str]]:
        """(article, channel, field, cause) of a reconciliation."""
        return {
            (row["article"], row["channel"], row["field"], row["cause"])
            for row in self.rows(
                "select * from difference where reconciliation_id = %s", reconciled["reconciliation"]
            )
        }


def until(found: Any, *, patience: float = 20.0) -> Any:
    """What `found` returns once it is something."""
    ends = time.monotonic() + patience
    while time.monotonic() < ends:
        value = found()
        if value:
            return value
        time.sleep(0.02)
    raise AssertionError(f"nothing within {patience} s")


def examples(few: int) -> int:
    """How many histories a test plays: few among the other tests, more under `make chaos`."""
    return few * int(os.environ.get("MARKETSYNC_HISTORIES", "1"))


def numbered(prefix: str, count: int) -> Sequence[str]:
    return [f"{prefix}-{number:02d}" for number in range(1, count + 1)]
