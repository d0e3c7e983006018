"""What the tests of fulfilment share: a cabinet with buyers, orders that were read, requests, and runs of the work."""

from __future__ import annotations

import json
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from marketsync import steps
from marketsync.accounts import Account, Accounts
from marketsync.credentials import Credentials
from marketsync.db import Database
from marketsync.db.call_log import PostgresCallLog
from marketsync.files import Files
from marketsync.http.client import ApiClient
from marketsync.http.protocols import Limit
from marketsync.marketplaces.orders import Posting
from marketsync.orders import inbox, labels, tasks
from marketsync.runtime import Runtime, Seller
from marketsync.steps import Counts

ACCOUNT = "ozon"
MOSCOW = 1020000000001
SHIP, CANCEL, GET = "/v4/posting/fbs/ship", "/v2/posting/fbs/cancel", "/v3/posting/fbs/get"
CANCEL_PIECES = "/v2/posting/fbs/product/cancel"
TRACKING = "/v2/fbs/posting/tracking-number/set"
LABELS, LABEL = "/v3/posting/fbs/package-label/create", "/v2/posting/fbs/package-label/get"


class JumpingClock:
    """The machine's time, moved ahead by hand; who sleeps moves it too, and does not wait."""

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


@dataclass
class There:
    """The sandbox's process, and one cabinet in it."""

    url: str
    client_id: str = ""

    def call(self, method: str, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/_sandbox{path}", data=data, method=method)  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{method} {path}: {error.read().decode()}") from error

    def of_cabinet(self, what: str, **body: Any) -> Any:
        return self.call("POST", f"/ozon/{self.client_id}/{what}", body)

    @property
    def credentials(self) -> Credentials:
        return Credentials(f"{self.url}/ozon", self.client_id, "sandbox")

    def card(self, article: str, pieces: int = 1000) -> None:
        self.of_cabinet("cards", cards=[{"offer_id": article, "stocks": {str(MOSCOW): {"present": pieces}}}])

    def postings(self) -> dict[str, Any]:
        found: dict[str, Any] = self.call("GET", f"/ozon/{self.client_id}/postings")
        return found

    def knobs(self, **changes: Any) -> None:
        self.call("PATCH", "/knobs", {"ozon_orders": changes})

    def fault(
        self,
        path: str,
        kind: str,
        *,
        probability: float = 1.0,
        count: int | None = None,
        seconds: float = 0.0,
    ) -> None:
        self.faults(
            {"path": path, "kind": kind, "probability": probability, "count": count, "seconds": seconds}
        )

    def faults(self, *rules: Mapping[str, Any]) -> None:
        self.call("PUT", "/faults", list(rules))

    def calls(self, path: str | None = None, since: int = 0) -> list[dict[str, Any]]:
        wanted = f"client_id={self.client_id}&since={since}&limit=5000&with_bodies=true"
        if path:
            wanted += f"&path={path}"
        found: list[dict[str, Any]] = self.call("GET", f"/calls?{wanted}")
        return found

    def bodies(self, path: str) -> list[dict[str, Any]]:
        """What was asked of a method, oldest first."""
        return [json.loads(call["request_body"]) for call in self.calls(path)]

    def assembled(self, number: str) -> int:
        """How often an order came to be assembled."""
        states = [status for _, status, _ in self.postings()[number]["history"]]
        return states.count("awaiting_deliver")


class Unlimited:
    """No waiting for budgets: the sandbox counts none for these methods unless it is told to."""

    def acquire(self, limits: Sequence[Limit], *, patience: float) -> None: ...

    def block(self, key: str, seconds: float) -> None: ...


class _Seller(Seller):
    @cached_property
    def client(self) -> ApiClient:
        runtime = self.runtime
        known = runtime.credentials(self.account.connection)
        return self.marketplace.connect(
            self.account.id,
            base_url=known.base_url,
            login=known.login,
            password=known.password,
            limiter=Unlimited(),
            call_log=PostgresCallLog(runtime.database),
            clock=runtime.clock,
        )


class _Runtime(Runtime):
    def seller(self, account_id: str) -> Seller:
        return _Seller(self, self.accounts.account(account_id))


@dataclass
class Shop:
    """Fulfilment under test."""

    database: Database
    there: There
    folder: Path
    clock: JumpingClock = field(default_factory=JumpingClock)
    mode: str = "send"

    def __post_init__(self) -> None:
        for article in ("boat", "ball"):
            self.there.card(article)

    @property
    def account(self) -> Account:
        return Account.model_validate(
            {
                "id": ACCOUNT,
                "marketplace": "ozon",
                "mode": self.mode,
                "connection": "ozon",
                "mapping": "ozon",
                "mark": {},
                "warehouses": ({"store": "Основной склад", "marketplace": str(MOSCOW)},),
                "orders": {},
            }
        )

    @property
    def runtime(self) -> Runtime:
        return _Runtime(
            database=self.database,
            accounts=Accounts.model_validate({"version": 1, "accounts": (self.account,)}),
            credentials=lambda _: self.there.credentials,
            clock=self.clock,
            files=Files(self.folder.as_uri()),
        )

    # --- orders ---

    def order(self, *products: tuple[str, int], **fields: Any) -> str:
        """A buyer orders, and we hear of it; its number."""
        lines = [{"offer_id": article, "quantity": pieces} for article, pieces in products or [("boat", 1)]]
        number: str = self.there.of_cabinet("order", products=lines, push=False, **fields)["posting_number"]
        self.read(number)
        return number

    def read(self, number: str) -> Posting:
        posting = self.runtime.seller(ACCOUNT).desk.read(number)
        assert isinstance(posting, Posting)
        with self.database.transaction() as connection:
            inbox.take_posting(connection, self.account, posting, "reread", self.clock.now())
        return posting

    def sku(self, number: str, article: str) -> str:
        return next(
            str(line["sku"])
            for line in self.there.postings()[number]["products"]
            if line["offer_id"] == article
        )

    def ask(self, kind: str, number: str, /, **asked: Any) -> int:
        with self.database.transaction() as connection:
            return tasks.ask(connection, self.posting_id(number), kind, asked, "erp", self.clock.now())

    def posting_id(self, number: str) -> int:
        (found,) = self.rows("select posting_id from posting where number = %s", number)
        return int(found["posting_id"])

    def fulfil(self, run: str | None = None, again: str = "") -> Counts:
        return steps.fulfil(self.runtime, ACCOUNT, run, again)

    # --- what there is ---

    def rows(self, query: str, *values: Any) -> list[dict[str, Any]]:
        with self.database.transaction() as connection:
            return connection.execute(query, values).fetchall()

    def status(self, number: str) -> str:
        """As we know it."""
        (found,) = self.rows("select status from posting where number = %s", number)
        return str(found["status"])

    def states(self, number: str) -> dict[str, str]:
        """Kind -> state of the order's last task of it."""
        found = self.rows(
            "select kind, state from order_task join posting using (posting_id) where number = %s order by task_id",
            number,
        )
        return {row["kind"]: row["state"] for row in found}

    def task(self, task_id: int) -> dict[str, Any]:
        (found,) = self.rows("select * from order_task where task_id = %s", task_id)
        return found

    def label(self, number: str) -> bytes | None:
        with self.database.transaction() as connection:
            return labels.label_of(connection, self.runtime.files, self.posting_id(number))

    def alerts(self) -> list[str]:
        """The keys of the open ones about work on orders."""
        found = self.rows(
            "select key from alert where ended_at is null and key like 'fulfilment/%%' order by key"
        )
        return [row["key"] for row in found]


def until(found: Callable[[], Any], *, patience: float = 30.0) -> Any:
    """What `found` returns once it is something."""
    ends = time.monotonic() + patience
    while time.monotonic() < ends:
        value = found()
        if value:
            return value
        time.sleep(0.02)
    raise AssertionError(f"nothing within {patience} s")
