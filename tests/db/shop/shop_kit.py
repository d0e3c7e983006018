"""What the tests of the shop share: the site and what people do on it, and the product that reads it."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import requests

from marketsync import steps
from marketsync.accounts import Accounts
from marketsync.clock import SYSTEM, Clock
from marketsync.credentials import Credentials
from marketsync.db import Database
from marketsync.files import Files
from marketsync.runtime import Runtime
from sandbox.world import World

GOODS = 40


class MovableClock:
    """The machine's time, moved ahead by hand; who sleeps moves it too, and does not wait."""

    def __init__(self) -> None:
        self._ahead = 0.0

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self._ahead)  # noqa: TID251 - this is a clock

    def monotonic(self) -> float:
        return time.monotonic() + self._ahead

    def sleep(self, seconds: float) -> None:
        self._ahead += max(seconds, 0.0)

    def advance(self, **duration: float) -> None:
        """Move ahead by a timedelta's worth: minutes=10."""
        self.sleep(timedelta(**duration).total_seconds())


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

    def orders(self) -> list[dict[str, Any]]:
        """The shop's orders, the oldest first."""
        return requests.get(f"{self.url}/_sandbox/bitrix/orders", timeout=10).json()

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
        self.clock: Clock = SYSTEM
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
        return Runtime(self.database, accounts, self._credentials, self.clock, self._files)

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
