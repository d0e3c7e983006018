"""The shop as a source: what is read of a live portal, what is merged, and what a bad reading leaves behind."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from shop_kit import Portal, Shop

from marketsync import steps
from marketsync.credentials import Credentials
from marketsync.db import Database
from marketsync.errors import BadInput, Fatal, Retriable
from marketsync.paths import INCLUDE
from marketsync.shop.exchanges import claim_next, register_folder
from marketsync.shop.importer import import_delivery
from sandbox.bitrix.state import SECRET, USER
from sandbox.generator.delivery import Settings, generate

CONTENT = (
    "article", "name", "description", "brand", "unit", "vat", "barcodes", "properties", "characteristics",
    "has_variants", "deleted",
)  # fmt: skip
EVERYTHING = (
    "select * from product order by 1",
    "select * from price order by 1, 2",
    "select * from stock order by 1, 2",
    "select * from exchange order by 1",
)
RETAIL, MAIN = "Розничная", "Основной склад"


def batches(portal: Portal) -> int:
    return len(portal.calls())


def test_the_shop_says_what_1c_says(shop: Shop, portal: Portal, tmp_path: Path, database: Database) -> None:
    """The same goods from files of 1C and from the portal: the same goods, prices and counts."""
    found = shop.imports()
    assert (found["imported"], found["full"], found["refused"]) == (1, True, 0)
    by_rest = {
        row["guid"]: {name: row[name] for name in CONTENT} for row in shop.rows("select * from product")
    }
    prices, stocks = shop.prices(), shop.stocks()
    groups = {row["guid"]: row["path"] for row in shop.rows("select * from product_group")}
    assert shop.problems() == []
    assert prices == shop.expected_prices()
    assert stocks == shop.expected_stocks()

    with database.transaction() as connection:
        connection.execute(
            "truncate product, price, stock, exchange, product_group, price_type, store_warehouse, store_property"
            " restart identity cascade"
        )
    generate(tmp_path / "1c", Settings(goods=40, dirty=0.0, pictures=False))
    runtime = shop.runtime()
    exchange = register_folder(database, runtime.clock, "folder", tmp_path / "1c" / "first")
    with claim_next(database, runtime.clock, exchange) as claimed:
        assert claimed is not None
        import_delivery(database, runtime.clock, exchange, claimed.place())
    by_files = {
        row["guid"]: {name: row[name] for name in CONTENT} for row in shop.rows("select * from product")
    }
    for guid, good in by_rest.items():
        if "#" in guid:  # on the site a variant has its values as properties too, and a rate of its own
            good["properties"], good["vat"] = {}, None
    assert by_rest == by_files
    assert (prices, stocks) == (shop.prices(), shop.stocks())
    known = {row["guid"]: row["path"] for row in shop.rows("select * from product_group")}
    assert groups.items() <= known.items()


def test_a_reading_of_an_unchanged_shop_delivers_nothing(shop: Shop, portal: Portal) -> None:
    shop.imports()
    shop.imports()  # what is dated within the overlap is read once more
    before = shop.rows("select * from site_memory"), shop.rows("select count(*) as n from exchange")
    found = shop.imports()
    assert found["delivery"] is None
    assert found["nothing"] is True
    assert (shop.rows("select * from site_memory"), shop.rows("select count(*) as n from exchange")) == before


def test_changes_are_read_by_date_and_counts_whole(shop: Shop, portal: Portal) -> None:
    shop.imports()
    guid = portal.simple()
    portal.edit(guid, prices={RETAIL: 4321.5}, stocks={MAIN: 77, "Склад Казань": None})
    portal.world.calls.clear()
    found = shop.imports()
    assert (found["full"], found["products"]) == (False, 0)
    assert shop.prices() == shop.expected_prices()
    assert shop.stocks() == shop.expected_stocks()
    assert shop.prices()[guid, RETAIL] == 4321.5

    portal.edit(guid, name="Новое имя", properties={"Бренд": "Peekaboo Lab"}, active="N")
    found = shop.imports()
    assert (found["full"], found["products"], found["prices"], found["stocks"]) == (False, 1, 0, 0)
    changed = shop.good(guid)
    assert (changed["name"], changed["properties"]["Бренд"], changed["deleted"]) == (
        "Новое имя",
        "Peekaboo Lab",
        True,
    )


def test_a_good_deleted_on_the_site_is_gone_here_with_the_next_reading(shop: Shop, portal: Portal) -> None:
    shop.imports()
    shop.imports()
    guid = portal.simple()
    variant = next(guid for guid in portal.goods() if "#" in guid)
    portal.order("edit", goods=[{"xmlId": guid, "delete": True}, {"xmlId": variant, "delete": True}])
    found = shop.imports()
    assert found["full"] is True
    assert {row["guid"] for row in shop.rows("select guid from product where deleted")} == {guid, variant}
    assert {row["xml_id"] for row in shop.rows("select xml_id from site_item")} == set(portal.goods())


def test_a_price_deleted_on_the_site_goes_with_the_whole_reading(shop: Shop, portal: Portal) -> None:
    shop.imports()
    guid = portal.simple()
    portal.edit(guid, prices={RETAIL: None})
    assert (guid, RETAIL) in shop.prices()
    steps.read_store(shop.runtime(), full=True)
    shop.imports()
    assert (guid, RETAIL) not in shop.prices()


def test_an_id_given_later_brings_old_prices_and_counts_along(shop: Shop, portal: Portal) -> None:
    guid = portal.simple()
    portal.order("edit", goods=[{"xmlId": guid, "newXmlId": ""}], age=5000)
    shop.imports()
    assert ("catalog.product.list", "shop_no_guid") in {(file, code) for file, code, _ in shop.problems()}
    assert guid not in {row["guid"] for row in shop.rows("select guid from product")}
    shop.imports()
    portal.order("edit", goods=[{"xmlId": "", "newXmlId": guid}])
    assert shop.imports()["full"] is False
    assert shop.prices() == shop.expected_prices()
    assert shop.stocks() == shop.expected_stocks()


def test_what_cannot_be_used_is_told_and_the_rest_is_taken(shop: Shop, portal: Portal) -> None:
    guid = portal.simple()
    original = portal.goods()[guid]["id"]
    by_hand = portal.order("add", name="Сделан на сайте")["id"]
    portal.order("add", name="Копия", xmlId=guid)
    portal.edit(next(guid for guid in portal.goods() if "#" in guid), newXmlId="sku-1")
    portal.order("edit", goods=[{"id": original, "stocks": {MAIN: -3}}])
    portal.order("drop", priceType="Минимальная")
    shop.imports()
    assert shop.problems() == [
        ("catalog.storeproduct.list", "negative_count", "-3"),
        ("catalog.product.list", "shop_duplicate_guid", str(original)),
        ("catalog.product.list", "shop_no_guid", "Сделан на сайте"),
        ("catalog.price.list", "shop_price_type", "3"),
        ("catalog.product.offer.list", "shop_variant_guid", "sku-1"),
    ]
    assert shop.stocks()[guid, MAIN] == -3
    assert shop.good(guid)["name"] != "Копия"
    unnamed = shop.rows("select item_id from site_item where xml_id is null")
    assert unnamed == [{"item_id": by_hand}]


def test_a_property_that_is_gone_is_told_and_its_values_are_gone(shop: Shop, portal: Portal) -> None:
    shop.imports()
    portal.order("drop", property="Выгружать на Ozon")
    portal.edit(portal.simple(), name="Тронут")
    shop.imports()
    assert ("catalog.product.list", "shop_property_gone", "Выгружать на Ozon") in shop.problems()
    assert "Выгружать на Ozon" not in shop.good(portal.simple())["properties"]


@pytest.mark.parametrize("unresolved", ["empty", "kept"])
@pytest.mark.parametrize("heads_in_products", [False, True])
def test_both_readings_of_the_documentation_end_the_same(
    shop: Shop, portal: Portal, unresolved: str, heads_in_products: bool
) -> None:
    portal.knobs(unresolved_reference=unresolved, heads_in_products=heads_in_products)
    shop.imports()
    assert {row["guid"] for row in shop.rows("select guid from product where not deleted")} == set(
        portal.goods()
    )
    assert shop.stocks() == shop.expected_stocks()
    assert shop.imports()["full"] is False


@pytest.mark.parametrize("offset", ["honoured", "ignored"])
def test_a_portal_in_another_zone_loses_no_change(shop: Shop, portal: Portal, offset: str) -> None:
    portal.knobs(time_zone_hours=9.0, date_filter_offset=offset)
    shop.imports()
    shop.imports()
    guid = portal.simple()
    portal.edit(guid, name="Во Владивостоке", prices={RETAIL: 99.0})
    found = shop.imports()
    assert (found["full"], found["products"], found["prices"]) == (False, 1, 1)
    memory = shop.rows("select * from site_memory")[0]
    assert memory["goods_since"].endswith("+09:00")


def test_a_date_of_the_future_does_not_stop_the_reading_of_changes(shop: Shop, portal: Portal) -> None:
    guid, *_ = [guid for guid in portal.goods() if "#" not in guid]
    portal.order("edit", goods=[{"xmlId": guid, "name": "Из будущего"}], age=-400_000)
    shop.imports()
    portal.edit(portal.simple(), name="Сейчас")
    shop.imports()
    assert shop.good(portal.simple())["name"] == "Сейчас"


def test_pictures_are_read_once_and_again_where_a_good_was_written(shop: Shop, portal: Portal) -> None:
    def asked() -> int:
        bodies = b"".join(call.request_body or b"" for call in portal.calls())
        portal.world.calls.clear()
        return bodies.count(b"catalog.productImage.list")

    shop.imports(store={"pictures": False})
    assert {tuple(row["pictures"]) for row in shop.rows("select pictures from product")} == {()}
    assert asked() == 0
    steps.read_store(shop.runtime(), full=True)
    shop.imports()
    elements = len(portal.world.bitrix.site.elements)
    assert asked() == elements
    goods = [
        row for row in shop.rows("select pictures from product where guid = good_guid") if row["pictures"]
    ]
    assert goods
    assert all(path.startswith("import_files/") for row in goods for path in row["pictures"])
    portal.edit(portal.simple(), name="Тронут")
    steps.read_store(shop.runtime(), full=True)
    shop.imports()
    assert asked() == 1
    assert shop.good(portal.simple())["pictures"]


# ---------------------------------------------------------------- trouble


def test_a_burst_beyond_the_limit_is_waited_out(shop: Shop, portal: Portal) -> None:
    portal.knobs(drain_per_second=2, burst=2)
    found = shop.imports(store={"pictures": False})
    assert found["imported"] == 1
    assert {call.status for call in portal.calls()} == {200, 503}
    assert shop.prices() == shop.expected_prices()


@pytest.mark.parametrize("error", ["INTERNAL_SERVER_ERROR", "QUERY_LIMIT_EXCEEDED"])
def test_a_command_that_fails_once_in_the_middle_of_a_batch_loses_nothing(
    shop: Shop, portal: Portal, error: str
) -> None:
    portal.order("fill", goods=200)
    portal.order("break", method="catalog.price.list", error=error, after=3)
    shop.imports(store={"pictures": False})
    assert shop.prices() == shop.expected_prices()
    assert shop.stocks() == shop.expected_stocks()
    assert portal.world.bitrix.site.breaks[0].count == 0


def test_a_page_that_goes_on_failing_moves_nothing(shop: Shop, portal: Portal, impatient: None) -> None:
    shop.imports()
    guid = portal.simple()
    portal.edit(guid, name="Новое", prices={RETAIL: 10.0}, stocks={MAIN: 1})
    memory = shop.rows("select * from site_memory")
    tables = [shop.rows(query) for query in EVERYTHING]
    portal.order("break", method="catalog.storeproduct.list", error="INTERNAL_SERVER_ERROR", count=100)
    with pytest.raises(Retriable, match="INTERNAL_SERVER_ERROR"):
        shop.imports()
    assert shop.rows("select * from site_memory") == memory
    assert tables == [shop.rows(query) for query in EVERYTHING]
    portal.world.bitrix.site.breaks.clear()
    shop.imports()
    assert (shop.good(guid)["name"], shop.prices()[guid, RETAIL]) == ("Новое", 10.0)
    assert shop.stocks() == shop.expected_stocks()


@pytest.mark.parametrize("kind", ["502_html", "truncated", "short_answer"])
def test_a_torn_answer_is_asked_for_again(shop: Shop, portal: Portal, impatient: None, kind: str) -> None:
    portal.faults({"system": "bitrix", "path": "*", "kind": kind, "count": 2})
    shop.imports(store={"pictures": False})
    assert shop.prices() == shop.expected_prices()
    assert shop.stocks() == shop.expected_stocks()


@pytest.mark.parametrize(
    ("order", "words"),
    [
        ({"state": "expired"}, "expired_token"),
        ({"secret": "an0thersecret"}, "NO_AUTH_FOUND"),
        ({"scopes": ["crm"]}, "insufficient_scope"),
    ],
)
def test_a_webhook_that_may_not_is_told_at_once(
    shop: Shop, portal: Portal, order: dict[str, Any], words: str
) -> None:
    portal.order("webhook", **order)
    with pytest.raises(Fatal, match=words) as told:
        shop.imports()
    assert "catalog" in str(told.value)
    assert batches(portal) == 1
    assert shop.rows("select * from exchange") == []


def test_a_wrong_catalog_is_told_with_those_that_there_are(shop: Shop) -> None:
    with pytest.raises(BadInput, match=r"каталога 99; есть: 23 «Каталог товаров»"):
        shop.imports(store={"catalog": 99})


def test_the_secret_is_written_down_nowhere(
    shop: Shop, portal: Portal, impatient: None, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    caplog.set_level(logging.DEBUG)
    shop.imports()
    portal.faults({"system": "bitrix", "path": "*", "kind": "truncated"})
    with pytest.raises(Retriable) as torn:
        shop.imports()
    runtime = shop.runtime()
    nowhere = replace(runtime, credentials=lambda _: Credentials("http://127.0.0.1:9/bitrix", USER, SECRET))
    with pytest.raises(Retriable) as closed:
        steps.import_store(nowhere)
    written = [
        str(torn.value),
        str(closed.value),
        caplog.text,
        str(shop.rows("select * from api_call")),
        str(shop.rows("select * from site_memory")),
        str(shop.rows("select * from exchange")),
    ]
    assert "127.0.0.1" in caplog.text  # urllib3's own lines are there
    assert [text for text in written if SECRET in text] == []
    for path in (tmp_path / "files").rglob("*.json"):
        assert SECRET not in path.read_text(encoding="utf-8")


def test_only_reading_is_ever_asked_for(shop: Shop, portal: Portal) -> None:
    shop.imports()
    asked = b"".join(call.request_body or b"" for call in portal.calls())
    assert b"catalog.productImage.list" in asked
    assert not any(word in asked for word in (b".add", b".update", b".delete", b".modify", b".download"))


def test_a_far_smaller_shop_deletes_nothing(shop: Shop, portal: Portal) -> None:
    shop.imports()
    gone = [guid for guid in portal.goods() if "#" not in guid][:20]
    portal.order("edit", goods=[{"xmlId": guid, "delete": True} for guid in gone])
    shop.imports()
    assert shop.rows("select * from product where deleted") == []
    assert "намного меньше" in shop.rows("select error from exchange order by exchange_id desc")[0]["error"]


def test_the_shop_is_read_from_a_shell(shop: Shop, portal: Portal, tmp_path: Path) -> None:
    accounts = tmp_path / "accounts.yaml"
    accounts.write_text(
        "version: 1\naccounts: []\nstore: {source: bitrix, connection: site, calls_per_second: 100}\n",
        "utf-8",
    )
    address = portal.url.replace("http://", "")
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW_")},
        "PYTHONPATH": str(INCLUDE),
        "MARKETSYNC_ACCOUNTS": str(accounts),
        "MARKETSYNC_VAR": str(tmp_path / "var"),
        "MARKETSYNC_DATABASE_URL": shop.database.url,
        "AIRFLOW_CONN_SITE": f"http://{USER}:{SECRET}@{address}/bitrix",
    }

    def marketsync(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "marketsync", "import", *arguments]
        return subprocess.run(
            command, env=environment, capture_output=True, text=True, check=False, timeout=120
        )

    done = marketsync("--from-shop")
    assert done.returncode == 0, done.stderr
    assert '"kind": "full"' in done.stdout
    assert shop.prices() == shop.expected_prices()
    assert SECRET not in done.stdout + done.stderr
    both = marketsync("--from-shop", str(tmp_path))
    assert both.returncode == 1
    assert "--from-shop" in both.stderr
