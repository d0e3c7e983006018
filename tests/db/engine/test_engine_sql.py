"""Every query of include/sql runs on Postgres, with the types that its callers bind; what may run again does so.

A query's parameters are named the same everywhere, so one sample serves all files that take it. A new parameter
needs a sample here; working tables that a query reads are made by the files that create them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from engine_kit import (
    ACCOUNT,
    KAZAN,
    MAIN_STORE,
    MOSCOW,
    PRICES,
    Cabinet,
    Engine,
    MovableClock,
    Sandbox,
    Store,
)
from psycopg.types.json import Jsonb

from marketsync.db import Database, sql
from marketsync.paths import SQL
from tests.db.conftest import _lend, _Server

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
FILES = sorted(
    str(path.relative_to(SQL).with_suffix(""))
    for path in SQL.rglob("*.sql")
    if path.parent.name != "migrations"
)

SAMPLES: dict[str, Any] = {
    "account": ACCOUNT, "again": False, "again_at": NOW, "article": "A-1", "articles": ["A-1"], "at": NOW,
    "at_once": True, "at_least": 20,
    "at_most": 500, "attempt": 1, "batch_size": 100, "before": NOW, "began_at": NOW,
    "buffers": [0, 1], "bulk": False, "category_id": "92000042", "causes": ["in_flight", "held"],
    "ceiling": Decimal(20_000), "change_ids": [1, 2], "channel": "price", "code": "code", "counts": "{}",
    "creates_cards": True, "currency": "RUB", "day": date(2026, 11, 23), "desired": "1.00", "detail": "name",
    "difference_id": 1, "effect_possible": True, "error": None, "exchange_id": 1, "external_ids": ["1"],
    "field": None, "first": date(2026, 11, 23), "floor_share": Decimal("0.5"), "floor_types": [3],
    "full": False, "gap_at_least": [Decimal(20), Decimal(0)],
    "gap_below": [Decimal(400), None], "gap_share": [Decimal(0), Decimal("0.05")], "guids": ["toys"],
    "hide_below": [0, 3], "items": 1, "key": "ozon/1/all", "keys": ["ozon/1/all"], "kind": "changes",
    "largest_change": 0.5, "largest_discount": None, "last": date(2026, 11, 30), "limit": 20,
    "limit_counts": [10], "limit_seconds": [3600.0], "location": "folder/x", "mapping_version": "1",
    "marketplace": "ozon", "message": "слово %s", "messages": '{"no_article": "Нет артикула"}',
    "method": "POST /v1/roles", "most": 100, "moved_by": 0.2, "ms": 12, "name": "9999_sample", "no_old": None,
    "not_before": NOW, "now": NOW, "observed": "2.00", "offer_id": 1, "offers": [1, 2], "old_types": [2],
    "outcome": "ok", "portal": "shop.example#23", "payload": "{}", "plan_id": 1, "price_type": "Розничная",
    "price_types": [1], "property": "Выгружать на Ozon", "ready": [True], "reconciliation_id": 1,
    "request_body": None, "request_bytes": 2, "request_hash": b"1",
    "response_body": None, "response_bytes": 2, "seconds": 2.0, "share": 0.2, "show_at_most": [None, 50],
    "several": "; ", "since": NOW, "skus": [None], "source": "folder", "state": "done", "states": ["listed", "ready"],
    "status": 200, "stores": [MAIN_STORE, "Склад Казань"], "submission": 1, "submission_id": 1,
    "targets": [MOSCOW, KAZAN], "task_id": "1", "trace_id": None, "type_id": "971000017",
    "types": ["Розничная"], "values": ["Да"], "variants": False, "version": "1", "visible_after": 60.0,
    "warehouses": [MOSCOW], "without_reference": "hold", "workbook": "files/1.xlsx",
    "keep": 2, "product_id": 1, "submissions": [1],
    "apart_from": ["rename"], "archive_after": 3600.0, "archives": True, "creates": 5, "ids": [1], "longest": 50,
    "resets_at": NOW, "segment": 8, "settles_within": 900.0, "shown_by": "card", "turn": "articles", "until": NOW,
    "updates": None,
    "action": "1", "actions": ["1"], "candidates": 1, "ends_at": NOW, "frozen": [False],
    "frozen_at": None, "leave_from": ["1"], "members": 0, "moves_price": True, "place": None, "places": ["1"],
    "read_at": NOW, "setting": "1", "settings": ["1"], "starts_at": NOW, "stocks": [None], "tied": True, "title": "1",
    "withdrawal": None,
    "approving": True, "as_of": NOW, "author": "Анна", "changed": True, "decided": 5,
    "examples": 10, "expires_at": NOW, "never": ["price_blank"], "pieces": 10, "reason": "верно", "request_id": 1,
    "run": "manual__1", "verdict": "released", "withdraw": False,
    "fall": [2], "rise": [3], "brands": ["Солнышко"], "brand_classes": [1], "group_guids": ["toys"],
    "group_classes": [1], "group_class_count": 2, "pair_rules": [0, 0, 0, 0], "rule_offers": [1], "offer_rules": [2],
    "rules": "[]", "steps": "[]", "terms": '[{"rule": 2, "role": "price", "place": 1, "price_type_id": 1}]',
    "mapping": "ozon",
    "adopted": False, "adoption_id": 1, "id_property": "Код ОЗОН", "price": "price", "stock": "stock",
    "caps": [49], "channels": ["card", "price"], "widths": [1.2], "costs": [1],
    "failed": [1], "largest_side": 7680, "least_side": 200, "media": None,
    "most_bytes": 10_000_000, "pauses": [600, 3600], "pictures": "picture", "position": 1,
    "site": "https://shop.example", "url": None, "paths": ["a.jpg", "b.jpg"], "names": ["0.jpg", None],
    "codes": [None, "damaged"],
    "posting_id": None, "alert_id": 1, "ended": True, "shares": [0.5], "minutes": [120, 30],
    "zone": "Europe/Moscow", "value": Decimal("1.5"), "warning": Decimal(4), "danger": None, "milliseconds": "20000",
    "accounts": [ACCOUNT], "flow": "open", "label_before": NOW, "prefix": "watch/flows/", "raised": [NOW],
    "ended_days": [30], "made_days": [90], "events_before": NOW, "orders_before": NOW, "labels_before": NOW,
    "answers_before": NOW, "alerts_before": NOW,
}  # fmt: skip
"""Parameter -> what a caller may bind."""

_FULFILMENT: dict[str, Any] = {
    "act_file": None, "asked": Jsonb({}), "asked_by": "erp", "at_most": 5, "bytes": 10, "completed_at": NOW,
    "delivery_method": "1", "departure_date": date(2026, 11, 23), "expected": True, "external_id": None,
    "file": "labels/1.pdf", "handover_id": 1, "hash": b"1", "in_doubt": False, "kind": "ship",
    "kind_order": ["cancel", "ship"], "kinds": ["ship"], "label_request_id": 1, "looked": 1, "next_look_at": NOW,
    "number": "1-1", "numbers": ["1-1"], "pages": 1, "posting_ids": [1], "result": Jsonb({}), "state": "waiting",
    "status_there": None, "task_id": 1, "task_ids": [1], "unnamed": False,
}  # fmt: skip

_ORDERS: dict[str, Any] = {
    "cancellation": None, "counted_at": NOW, "counts": [1], "created_at": NOW, "delivery_method": "1",
    "event_id": 1, "flow": "changes", "ids": [1], "lapses_at": NOW, "number": "1-1", "numbers": ["1-1", "2-1"],
    "on_hand": False, "posting_id": 1, "products": [1, 2], "read": True, "reserves": True, "rows": "[]",
    "scheme": "marketplace", "ship_by": NOW, "source": "push", "status": "to_ship", "status_there": "awaiting_deliver",
    "substatus_there": None, "tracking_number": None, "warehouse": MOSCOW, "watermark": NOW, "channels": ["stock"],
}  # fmt: skip

_SHOP_ORDERS: dict[str, Any] = {
    "external_id": "1", "lately": NOW, "number": "1-1", "numbers": ["1-1"], "ours": ["new"], "posting_id": 1,
    "rows": "[]", "shop_error": None, "side": "shop", "state": "waiting", "status": "N", "theirs": ["N"],
    "unanswered": NOW, "begun": NOW,
}  # fmt: skip

_SHIPMENT: dict[str, Any] = {
    "accounts": [ACCOUNT], "asked": Jsonb({}), "asked_by": "erp", "at_most": 5, "cancel_answer": "CallDPD",
    "carrier": "dpd", "label_file": None, "label_not_before": NOW, "not_before": None, "number": None,
    "pickup_date": date(2026, 11, 24), "posting_id": 1, "shipment_id": 1, "shipments": [1], "state": "asked",
    "status_there": "OK", "their_number": None, "weight_property": None,
    "events": '[{"key": "1", "number": "1-1", "status": "OnRoad", "words": "В пути", "stage": "on_road"}]',
}  # fmt: skip

_ERP: dict[str, Any] = {
    "account": None, "after_id": 0, "article": "A-1", "before": NOW, "body": b"{}", "channels": ["price", "stock"],
    "consumer": "erp", "day": None, "handover_id": None, "hash": b"1", "idempotency_key": "k", "ids": [1], "key_id": 1,
    "limit": 10, "media_type": "application/json", "name": "1c", "now": NOW, "pack_id": 1, "posting_id": 1,
    "request_hash": b"1", "rows": Jsonb([]), "scopes": ["orders"], "since": None, "status": None, "task_id": None,
}  # fmt: skip

_UPLOADS: dict[str, Any] = {
    "session_id": 1, "key_id": 1, "cookie_hash": b"c", "check_hash": b"d", "folder": "uploads/1", "kind": "sale",
    "number": 1, "batch": 1, "file": "offers.xml", "object": "uploads/1/0", "bytes": 5, "hash": b"1", "head": b"<?xml",
    "asked": ["import.xml"], "names": ["import.xml", "offers.xml"], "result": None, "state": "dropped",
    "reading": "part", "version": "2.08", "pack_id": None, "numbers": ["1"], "reference": "0a",
    "document_number": "УТ-1", "posting_id": 1,
}  # fmt: skip

OTHER_SAMPLES: dict[str, dict[str, Any]] = {
    **{name: _UPLOADS for name in FILES if name.startswith(("upload/", "exchange_1c/"))},
    **{name: _SHOP_ORDERS for name in FILES if name.startswith(("site_order/", "order_reconcile/"))},
    **{name: _SHIPMENT for name in FILES if name.startswith("shipment/")},
    **{name: _ERP for name in FILES if name.startswith("erp/")},
    "erp/keep_answer": {**_ERP, "status": 200},
    "erp/add_key": {**_ERP, "hash": b"of another key"},
    **{name: _FULFILMENT for name in FILES if name.startswith("fulfilment/")},
    **{name: _ORDERS for name in FILES if name.startswith("orders/")},
    "desired/gallery": {"field": "images"},
    "promotion/save": {"place": 0},
    "limiter/take": {"at": None},
    "alert/raise": {
        "rows": '[{"key": "k", "level": "notice", "message": "m", "account": null, "posting_id": null}]'
    },
    "report/adoption_conflicts": {"price_types": ["Розничная"]},
    "shop/finish_import": {"kind": "full", "counts": Jsonb({})},
    "shop/merge_groups": {"rows": Jsonb([{"guid": "g", "parent_guid": None, "name": "Игрушки"}])},
    "shop/merge_price_types": {"rows": Jsonb([{"guid": "p", "name": "Оптовая", "currency": "RUB"}])},
    "shop/rename_values": {
        "rows": Jsonb([{"guid": "p", "name": "Цвет", "kind": "Справочник", "values": {}}])
    },
    "shop/merge_properties": {"rows": Jsonb([{"guid": "p", "name": "Цвет", "kind": "Строка", "values": {}}])},
    "shop/merge_warehouses": {"rows": Jsonb([{"guid": "w", "name": "Склад"}])},
    "release/note": {"action": "zero"},
    "price_rules/insert": {"rows": "[]"},
    "shop/release_import_lock": {"key": 1},
    "shop/try_import_lock": {"key": 1},
    # what is remembered of the shop, and the third side of a reconciliation
    "site/remember": {
        "goods_since": None, "prices_since": None, "stock_hash": "0a",
        "changes_hash": None, "full_at": NOW, "properties": Jsonb({}), "sections": Jsonb({}), "enums": Jsonb({}),
    },
    "site/remember_items": {
        "rows": Jsonb(
            [{"list": "offers", "item_id": 2, "xml_id": "g#c", "parent_id": 1, "stamp": "x", "pictures": []}]
        ),
    },
    "site/add_goods": {"rows": Jsonb([{"xml_id": "g", "site_id": 1, "name": "Мяч", "active": True}])},
    "site/add_prices": {"rows": Jsonb([])},
    "site/add_counts": {"rows": Jsonb([])},
    "site/note_reading": {
        "began": NOW, "finished": NOW, "lag": timedelta(hours=1), "price_type": None,
        "price_type_name": None, "store_price_type": None, "counts": Jsonb({}),
    },
}  # fmt: skip
"""Where the same name stands for another type."""

_PARAMETER = re.compile(r"%\((\w+)\)s")
_MADE = re.compile(r"create temporary table (\w+)")
_COMMENT = re.compile(r"--[^\n]*")
_AGAIN = re.compile(r"can run again|may be repeated", re.IGNORECASE)


def _code(name: str) -> str:
    return _COMMENT.sub("", sql(name))


MAKERS = {table: name for name in FILES for table in _MADE.findall(_code(name))}


def made_before(name: str) -> list[str]:
    """The files that make the working tables that this one reads, in the order in which they must run."""
    code = _code(name)
    found: list[str] = []
    for table, maker in MAKERS.items():
        if maker != name and re.search(rf"\b{table}\b", code):
            found += [each for each in (*made_before(maker), maker) if each not in found]
    return found


def bound(name: str) -> dict[str, Any] | None:
    """A query's sample parameters; None where it takes none, so that it may be several statements."""
    asked = set(_PARAMETER.findall(sql(name)))
    samples = {**SAMPLES, **OTHER_SAMPLES.get(name, {})}
    missing = asked - samples.keys()
    assert not missing, f"{name}.sql takes {', '.join(sorted(missing))}: give SAMPLES a value for it"
    return {parameter: samples[parameter] for parameter in asked} or None


def run(connection: psycopg.Connection[dict[str, Any]], name: str) -> None:
    statement = sql(name)
    if _code(name).lstrip().startswith("copy"):
        with connection.cursor() as cursor, cursor.copy(statement):
            return
    connection.execute(statement, bound(name))


@pytest.fixture(scope="module")
def filled(_server: _Server, _with_dictionaries: str, sandbox: Sandbox) -> Iterator[Database]:
    """A database with a little of everything: goods, offers, held, refused and doubtful ones, a reconciliation."""
    sandbox.call("POST", "/reset")
    lending = _lend(_server, _with_dictionaries)
    database = next(lending)
    engine = Engine(database, Cabinet(sandbox, "4999"), MovableClock())
    store = Store(database)
    first, second, _ = store.goods("A-1", "A-2", "A-3")
    engine.cycle()
    store.set_price(first, "1")
    store.set_price(second, "900")
    engine.cabinet.fault(PRICES, "timeout_after")
    engine.cycle()
    engine.cabinet.no_faults()
    engine.reconcile()
    with database.transaction() as connection:
        given = {**_UPLOADS, "cookie_hash": b"a", "check_hash": b"b", "location": "deliveries/1", "now": NOW}
        connection.execute(
            sql("erp/add_key"), {"name": "УТ", "hash": b"1", "scopes": ["exchange"], "now": NOW}
        )
        connection.execute(sql("upload/open_session"), given)
        connection.execute(sql("upload/add_batch"), {**given, "kind": "catalog"})
    yield database
    next(lending, None)


@pytest.mark.parametrize("name", FILES)
def test_a_query_runs(filled: Database, name: str) -> None:
    with filled.session() as connection:
        for maker in made_before(name):
            run(connection, maker)
        run(connection, name)
        if _AGAIN.search(sql(name)):
            run(connection, name)
        connection.rollback()


def test_every_sample_is_of_use() -> None:
    asked = {parameter for name in FILES for parameter in _PARAMETER.findall(sql(name))}
    assert SAMPLES.keys() <= asked
    assert OTHER_SAMPLES.keys() <= set(FILES)


def test_the_migrations_can_run_again(filled: Database) -> None:
    from marketsync.db.migrations import migrate

    assert migrate(filled) == []
