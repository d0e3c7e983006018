"""A buyer's name, telephone and address, through the whole life of an order: in one table, until they are erased."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest
from fulfil_kit import ACCOUNT, MOSCOW, Shop
from personal_data import in_files, in_tables, in_text

from marketsync import steps
from marketsync.accounts import Accounts
from marketsync.credentials import Credentials
from marketsync.db import Database
from marketsync.files import Files
from marketsync.orders.deadlines import tell_deadlines
from marketsync.runtime import Runtime
from marketsync.steps.site_orders import orders_to_shop
from marketsync.watchdog.watch import Watchdog
from tests.db.orders.dpd_kit import CLIENT, SENDER
from tests.db.orders.erp_kit import SECRET, Erp, Gateway, taken

NAME, PHONE, STREET, FLAT, EMAIL = "Зюзюкина", "79123344556", "Кривоколенный", "кв-8147", "zyuzyu@example.com"
WORDS = (NAME, "Евстолия", PHONE, "3344556", "334-45-56", STREET, FLAT, "zyuzyu", "К-4711-Б")
CUSTOMER = {
    "name": f"Евстолия {NAME}",
    "phone": f"+{PHONE}",
    "email": EMAIL,
    "address_tail": f"{STREET} переулок, 12, {FLAT}",
    "city": "Казань",
    "comment": "домофон К-4711-Б",
}


def runtime_of(shop: Shop) -> Runtime:
    """The shop's surroundings, with a carrier of ours besides."""
    known = Accounts.model_validate(
        {
            "version": 1,
            "shop_orders": {"connection": "site", "calls_per_second": 100},
            "carriers": [{"id": "dpd", "connection": "dpd", "sender": SENDER, "calls_per_second": 100}],
            "accounts": [{**shop.account.model_dump(), "orders": {"carrier": "dpd"}}],
        }
    )
    there = shop.there

    def credentials(name: str) -> Credentials:
        others = {
            "dpd": Credentials(f"{there.url}/dpd", CLIENT, "sandbox"),
            "site": Credentials(f"{there.url}/bitrix", "1", "sandb0xwebh00ksecret"),
        }
        return others.get(name) or there.credentials

    return dataclasses.replace(shop.runtime, accounts=known, credentials=credentials)


def the_life_of_an_order(shop: Shop, runtime: Runtime, gateway: Gateway) -> str:
    """Pushed, read, fetched by the ERP, assembled, shipped by our carrier, late, delivered."""
    number: str = shop.there.of_cabinet(
        "order",
        products=[{"offer_id": "boat", "quantity": 1}],
        scheme="rfbs",
        integration="non_integrated",
        buyer=CUSTOMER,
        push=False,
    )["posting_number"]
    push = {
        "message_type": "TYPE_NEW_POSTING", "posting_number": number, "products": [{"sku": 1, "quantity": 1}],
        "in_process_at": "2026-11-24T09:00:00Z", "warehouse_id": MOSCOW, "seller_id": 1001,
        "customer": CUSTOMER, "addressee": CUSTOMER, "delivery_address": CUSTOMER["address_tail"], "note": CUSTOMER,
    }  # fmt: skip
    assert gateway.client.post(f"/push/{ACCOUNT}/{SECRET}", json=push).status_code == 200
    shop.read(number)
    erp = Erp(gateway, gateway.key())
    pack = erp.pack()
    assert NAME in json.dumps(pack, ensure_ascii=False), "who delivers must know to whom"
    assert erp.answer(pack["number"], taken(number), Idempotency_Key="answer-1").status_code == 200
    assert erp.get(f"/orders/{number}").status_code == 200
    assert erp.post(f"/orders/{number}/assembled", {}, Idempotency_Key="assembled-1").status_code == 200
    work(shop, runtime)
    asked = erp.post(f"/orders/{number}/shipment", {}, Idempotency_Key="shipment-1")
    assert asked.status_code < 300, asked.text
    steps.run_shipments(runtime)
    shop.there.call("POST", "/bitrix/fill", {"goods": 2})
    orders_to_shop(runtime, ACCOUNT)
    assert erp.get(f"/orders/{number}/shipment").status_code < 500
    for mode in ("checkauth", "query", "success"):
        sale = gateway.client.get("/1c_exchange", params={"type": "sale", "mode": mode}, auth=("1c", erp.key))
        assert sale.status_code < 500
    steps.workbook(runtime, ACCOUNT, int(steps.reconcile(runtime, ACCOUNT)["reconciliation"]))
    assert NAME not in gateway.client.get("/metrics").text
    with runtime.database.transaction() as connection:
        connection.execute("update posting set status = 'to_assemble', assembled_at = null")
        shop.clock.advance(days=9)
        for each in runtime.accounts.accounts:
            tell_deadlines(
                connection, each, runtime.clock.now(), zone=gateway.surroundings.zone, language="ru"
            )
    erp.post(f"/orders/{number}/shipped", {}, Idempotency_Key="shipped-1")
    erp.post(f"/orders/{number}/delivered", {}, Idempotency_Key="delivered-1")
    work(shop, runtime)
    steps.run_shipments(runtime)
    shop.read(number)
    with runtime.database.transaction() as connection:
        connection.execute("update posting set status = 'delivered', changed_at = %s", (runtime.clock.now(),))
    return number


def work(shop: Shop, runtime: Runtime) -> None:
    for _ in range(3):
        shop.clock.advance(minutes=2)
        steps.fulfil(runtime, ACCOUNT)


def test_a_buyer_is_in_one_table_and_after_a_while_nowhere(
    shop: Shop, capfd: pytest.CaptureFixture[str]
) -> None:
    runtime = runtime_of(shop)
    gateway = Gateway(shop.database, runtime.files, clock=shop.clock, settings=runtime.accounts)
    number = the_life_of_an_order(shop, runtime, gateway)
    watch(runtime, shop.database)
    assert in_tables(shop.database, WORDS) == {"buyer"}
    printed = in_files(runtime.files, WORDS)
    labels = {row["file"] for row in shop.rows("select label_file as file from shipment")}
    assert labels <= set(runtime.files.list())
    assert printed <= labels

    shop.clock.advance(days=runtime.accounts.accounts[0].orders.erase_days + 1)  # type: ignore[union-attr]
    assert steps.housekeeping(runtime)["buyers_erased"] == 1
    assert in_tables(shop.database, WORDS) == set()
    assert in_files(runtime.files, WORDS) == set()
    assert not labels & set(runtime.files.list())
    # and the order's next reading brings nobody back
    shop.read(number)
    assert in_tables(shop.database, WORDS) == set()
    said = capfd.readouterr()
    assert in_text(said.out + said.err, WORDS) == []


def watch(runtime: Runtime, database: Database) -> Any:
    watchdog = Watchdog(database, runtime.clock, lambda: runtime.accounts, runtime.credentials)
    return watchdog.sit(rounds=1)


def test_what_is_looked_for_would_be_found(database: Database, tmp_path: Any) -> None:
    files = Files(tmp_path.as_uri())
    assert (in_tables(database, WORDS), in_files(files, WORDS)) == (set(), set())
    with database.transaction() as connection:
        connection.execute(
            "insert into alert (key, level, message, since, raised_at) values ('k', 'notice', %s, now(), now())",
            (f"заказ для {NAME}",),
        )
        connection.execute(
            "insert into posting_event (account, source, event_key, kind, told, received_at, state) "
            "values ('ozon', 'push', 'k', 'new', %s, now(), 'done')",
            (json.dumps({"note": [{"to": STREET}]}),),
        )
        connection.execute(
            "insert into erp_key (name, hash, scopes, created_at) values ('k', '', '{}', now())"
        )
        connection.execute(
            "insert into erp_answer (key_id, idempotency_key, request_hash, body, asked_at) "
            "values (1, 'k', '', %s, now())",
            (json.dumps({"name": NAME}, ensure_ascii=False).encode(),),
        )
    assert in_tables(database, WORDS) == {"alert", "posting_event", "erp_answer"}
    files.write("a/b.txt", f"улица {STREET.upper()}".encode("cp1251"))
    assert in_files(files, WORDS) == {"a/b.txt"}
    assert in_text(f"tel {PHONE}", WORDS) == [PHONE, "3344556"]
