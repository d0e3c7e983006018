"""Orders put into the shop, and the reconciliation of orders: seconds for 10 000 of them on all sides.

    python -m bench.order_reconcile [--orders 10000] [--put 300]

Marketplace and portal are the sandbox on a real port, without their limits; `--put` orders go into the shop by the
step itself, the others are laid there. A tenth of the shop's orders then has another status, a hundredth of ours is
gone. Targets: a comparison of all orders within 120 s, the second one without differences that it could mend.
"""

from __future__ import annotations

import argparse
import socket
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import requests
import uvicorn

from bench.setting import own_database, publish
from marketsync.accounts import Accounts
from marketsync.clock import SYSTEM
from marketsync.credentials import Credentials
from marketsync.db import Database
from marketsync.files import Files
from marketsync.runtime import Runtime
from marketsync.steps.order_reconcile import compare_orders
from marketsync.steps.orders import take_orders
from marketsync.steps.reconcile import workbook
from marketsync.steps.site_orders import orders_to_shop
from sandbox.app import create_app
from sandbox.bitrix.state import SECRET, USER
from sandbox.world import World

CABINET, WAREHOUSE = "1001", "1020000000001"
TARGET = 120.0
ACCOUNT = {
    "id": "ozon", "marketplace": "ozon", "connection": "ozon", "mapping": "ozon", "orders": {},
    "mark": {"property": "Выгружать на Ozon", "values": ["Да"]},
    "warehouses": [{"store": "Основной склад", "marketplace": WAREHOUSE}],
}  # fmt: skip


def main() -> int:
    """Print the figures, write the JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--orders", type=int, default=10_000)
    parser.add_argument("--put", type=int, default=300)
    options = parser.parse_args()
    with own_database() as database, tempfile.TemporaryDirectory() as folder:
        return publish("order_reconcile", _measure(database, Path(folder), options.orders, options.put))


def _measure(database: Database, folder: Path, orders: int, put: int) -> dict[str, Any]:
    world = World(time_scale=0)
    url = _serve(world)
    _order(url, "bitrix/fill", goods=10)
    requests.patch(
        f"{url}/_sandbox/knobs",
        json={"bitrix": {"drain_per_second": 0, "operating_limit_seconds": 0}},
        timeout=10,
    ).raise_for_status()
    cards = [{"offer_id": "A", "price": "1000.00", "stocks": {WAREHOUSE: {"present": orders + put}}}]
    _order(url, f"ozon/{CABINET}/cards", cards=cards)
    _order(url, f"ozon/{CABINET}/order", products=[{"offer_id": "A", "quantity": 1}], count=put)
    runtime = _runtime(database, folder, url)
    take_orders(runtime, "ozon")
    began = time.monotonic()
    while orders_to_shop(runtime, "ozon")["shop_left"]:
        pass
    put_seconds = time.monotonic() - began
    _order(url, f"ozon/{CABINET}/order", products=[{"offer_id": "A", "quantity": 1}], count=orders - put)
    began = time.monotonic()
    take_orders(runtime, "ozon")
    taken_seconds = time.monotonic() - began
    _lay_in_shop(world, database)
    with database.transaction() as connection:
        connection.execute(
            "update posting set changed_at = changed_at - interval '1 h', received_at = received_at - interval '1 h'"
        )
        connection.execute("update site_order set changed_at = changed_at - interval '1 h'")
        connection.execute("delete from posting where posting_id %% 100 = 0", {})
    for place, order in enumerate(world.bitrix.site.orders.values()):
        if place % 10 == 0:
            order["statusId"] = "F"
    began = time.monotonic()
    first = compare_orders(runtime, "ozon", _reconciliation(database))
    first_seconds = time.monotonic() - began
    number = _reconciliation(database)
    began = time.monotonic()
    compare_orders(runtime, "ozon", number)
    second_seconds = time.monotonic() - began
    began = time.monotonic()
    workbook(runtime, "ozon", number)
    return {
        "orders": orders,
        "put_seconds_each": round(put_seconds / put, 4),
        "taken_seconds": round(taken_seconds, 1),
        "compared_and_mended_seconds": round(first_seconds, 1),
        "compared_again_seconds": round(second_seconds, 1),
        "workbook_seconds": round(time.monotonic() - began, 1),
        "differing": first["orders_differing"],
        "healed": first["orders_healed"],
        "target_seconds": TARGET,
        "met": max(first_seconds, second_seconds) <= TARGET,
    }


def _serve(world: World) -> str:
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen()
    server = uvicorn.Server(uvicorn.Config(create_app(world), log_level="warning", access_log=False))
    threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True).start()
    url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    requests.get(f"{url}/_sandbox/health", timeout=30).raise_for_status()
    return url


def _order(url: str, path: str, **body: Any) -> None:
    answer = requests.post(f"{url}/_sandbox/{path}", json=body, timeout=120)
    if answer.status_code != 200:
        raise SystemExit(f"the sandbox refuses {path}: {answer.text}")


def _runtime(database: Database, folder: Path, url: str) -> Runtime:
    def credentials(connection: str) -> Credentials:
        if connection == "site":
            return Credentials(f"{url}/bitrix", USER, SECRET)
        return Credentials(f"{url}/ozon", CABINET, "sandbox")

    accounts = Accounts.model_validate(
        {"version": 1, "accounts": [ACCOUNT], "shop_orders": {"connection": "site", "calls_per_second": 100}}
    )
    return Runtime(database, accounts, credentials, SYSTEM, Files((folder / "files").as_uri()))


def _lay_in_shop(world: World, database: Database) -> None:
    """The orders that the step did not put there, as it would have."""
    site = world.bitrix.site
    known = {row["xmlId"] for row in site.orders.values()}
    sample = next(iter(site.orders.values()))
    line = next(iter(site.basket.values()))
    with database.transaction() as connection:
        rows = connection.execute(
            "select posting_id, number, version from posting order by posting_id"
        ).fetchall()
        for row in rows:
            key = f"ozon:{row['number']}"
            if key in known:
                continue
            order, item = site.new_id(), site.new_id()
            site.orders[order] = {**sample, "id": order, "xmlId": key, "dateInsert": datetime.now(UTC)}  # noqa: TID251
            site.basket[item] = {**line, "id": item, "orderId": order, "xmlId": f"{key}/A"}
            site.order_values[order] = {}
        connection.execute(
            "insert into site_order (posting_id, external_id, state, sent_version, tried_version, changed_at)"
            " select posting_id, '1', 'there', version, version, now() from posting on conflict do nothing"
        )


def _reconciliation(database: Database) -> int:
    with database.transaction() as connection:
        row = connection.execute(
            "insert into reconciliation (account, state, began_at) values ('ozon', 'compared', now())"
            " returning reconciliation_id"
        ).fetchone()
    return int(row["reconciliation_id"]) if row else 0


if __name__ == "__main__":
    sys.exit(main())
