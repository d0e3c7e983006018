"""1C, the site and the marketplace side by side: what is read of the site, and what the workbook says of it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from shop_kit import GOODS, Portal, Shop

from marketsync.db import Database
from marketsync.reports.workbook import write_reconciliation
from marketsync.steps.site import read_connected_site

RETAIL, MAIN = "Розничная", "Основной склад"
SITE = {"connection": "site", "calls_per_second": 100, "lag_minutes": 30}
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


def reconciled(database: Database) -> int:
    """A reconciliation of an account that offers every good; the marketplace shows what 1C has in one price."""
    with database.transaction() as connection:
        connection.execute("update product set changed_at = %s", (LONG_AGO,))
        connection.execute("update price set changed_at = %s", (LONG_AGO,))
        connection.execute("update stock set changed_at = %s", (LONG_AGO,))
        connection.execute(
            "insert into offer (account, product_id, article, external_id)"
            " select 'ozon', product_id, guid, '9' || product_id from product where not has_variants"
        )
        row = connection.execute(
            "insert into reconciliation (account, state, began_at) values ('ozon', 'done', now())"
            " returning reconciliation_id"
        ).fetchone()
        assert row is not None
        number = int(row["reconciliation_id"])
        connection.execute(
            "insert into observation (reconciliation_id, channel, external_id, amount)"
            " select %s, 'price', external_id, 500 from offer",
            (number,),
        )
    return number


def sheet(path: Path) -> dict[str, dict[str, Any]]:
    """The rows of «Три стороны» by the code of 1C, columns by their codes."""
    book = openpyxl.load_workbook(path)
    if "Три стороны" not in book.sheetnames:
        return {}
    codes = {
        row[3]: row[2]
        for row in book.worksheets[-1].iter_rows(values_only=True)
        if row[:2] == ("column", "sides")
    }
    titles, *rows = book["Три стороны"].iter_rows(values_only=True)
    lines = [dict(zip([codes[title] for title in titles], row, strict=True)) for row in rows]
    return {line["store_id"]: line for line in lines}


@pytest.fixture
def compared(shop: Shop, portal: Portal) -> int:
    """1C has what the site has; then the site is edited."""
    shop.imports(store={"pictures": False})
    return reconciled(shop.database)


def test_each_difference_of_the_site_has_its_cause(
    shop: Shop, portal: Portal, compared: int, tmp_path: Path
) -> None:
    simple = [
        guid
        for guid, good in portal.goods().items()
        if "#" not in guid and RETAIL in good["prices"] and good["stocks"].get(MAIN, 0) > 0
    ]
    price, blank, stock, hidden, gone, behind, equal = simple[:7]
    portal.edit(price, prices={RETAIL: 777.0})
    portal.edit(blank, prices={RETAIL: None})
    portal.edit(stock, stocks={MAIN: 1000})
    portal.edit(hidden, active="N")
    portal.edit(gone, delete=True)
    portal.edit(behind, prices={RETAIL: 1.0})
    portal.order("add", name="Только на сайте", xmlId="only-there")
    with shop.database.transaction() as connection:
        connection.execute(
            "update price set changed_at = now() where product_id ="
            " (select product_id from product where guid = %s)",
            (behind,),
        )
    assert read_connected_site(shop.runtime(site=SITE))["site"] == "read"

    path = write_reconciliation(shop.database, compared, tmp_path / "r.xlsx")
    rows = sheet(path)
    assert {guid: row["side"] for guid, row in rows.items() if row["side"]} == {
        price: "price_on_site",
        blank: "no_price_on_site",
        stock: "stock_on_site",
        hidden: "hidden_on_site",
        gone: "not_on_site",
        behind: "site_behind",
        "only-there": "not_in_store",
    }
    ours = shop.prices()[price, RETAIL]
    assert ours is not None
    sides = ("price_store", "price_site", "price_observed", "site_price_delta", "market_price_delta")
    assert [rows[price][name] for name in sides] == [ours, 777, 500, round(777 - ours, 2), -277]
    counts = [rows[stock][name] for name in ("stock_store", "stock_site", "site_stock_delta")]
    assert counts[1] - counts[0] == counts[2] == 1000 - shop.stocks()[stock, MAIN]
    assert (rows[hidden]["site_state"], rows[gone]["site_state"]) == ("снят с публикации", "нет")
    assert rows[price]["side_text"] == "Цена на сайте иная"
    assert rows[equal]["side"] is None
    assert rows[equal]["site_price_delta"] == 0
    assert len(rows) == GOODS + 1
    assert openpyxl.load_workbook(path)["Три стороны"].conditional_formatting


def test_a_store_without_a_site_has_no_such_sheet(shop: Shop, compared: int, tmp_path: Path) -> None:
    assert read_connected_site(shop.runtime()) == {}
    assert sheet(write_reconciliation(shop.database, compared, tmp_path / "r.xlsx")) == {}


def test_a_site_that_cannot_be_read_keeps_the_former_reading_and_says_so(
    shop: Shop, portal: Portal, compared: int, tmp_path: Path
) -> None:
    runtime = shop.runtime(site=SITE)
    read_connected_site(runtime)
    before = shop.rows("select * from site_price order by xml_id")
    assert read_connected_site(runtime) == {"site": "fresh"}
    portal.order("webhook", state="expired")
    assert read_connected_site(runtime, again=True) == {"site": "failed"}
    assert shop.rows("select * from site_price order by xml_id") == before
    path = write_reconciliation(shop.database, compared, tmp_path / "r.xlsx")
    told = [str(row[1]) for row in openpyxl.load_workbook(path).worksheets[0].iter_rows(values_only=True)]
    assert any("Последнее чтение сайта не удалось" in text and "expired_token" in text for text in told)
    assert len(sheet(path)) > 0


def test_a_price_type_that_the_site_does_not_have_is_told(shop: Shop, portal: Portal) -> None:
    runtime = shop.runtime(site={**SITE, "price_type": "Оптовая"})
    assert read_connected_site(runtime) == {"site": "failed"}
    told = shop.rows("select error from site_reading")[0]["error"]
    assert "«Оптовая»" in told
    assert "Розничная" in told


def test_prices_are_compared_in_the_types_that_are_set(
    shop: Shop, portal: Portal, compared: int, tmp_path: Path
) -> None:
    runtime = shop.runtime(site={**SITE, "price_type": "Старая цена", "store_price_type": RETAIL})
    read_connected_site(runtime)
    rows = sheet(write_reconciliation(shop.database, compared, tmp_path / "r.xlsx"))
    goods = portal.goods()
    guid = next(guid for guid in rows if "Старая цена" in goods[guid]["prices"])
    assert rows[guid]["price_site"] == goods[guid]["prices"]["Старая цена"]
    assert rows[guid]["price_store"] == goods[guid]["prices"][RETAIL]
    assert rows[guid]["side"] == "price_on_site"
