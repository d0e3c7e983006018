"""Orders on all sides: what marketplace, inbox, shop and the ERP's answers say of each, and what is brought in."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import requests
from shop_kit import MovableClock, Portal, Shop

from marketsync.credentials import Credentials
from marketsync.db import Database
from marketsync.runtime import Runtime
from marketsync.steps.order_reconcile import compare_orders
from marketsync.steps.orders import take_orders
from marketsync.steps.reconcile import workbook
from marketsync.steps.site_orders import orders_to_shop
from sandbox.bitrix.state import SECRET, USER

CABINET = "1001"
ACCOUNT = {
    "id": "ozon", "marketplace": "ozon", "connection": "ozon", "mapping": "ozon", "orders": {},
    "mark": {"property": "Выгружать на Ozon", "values": ["Да"]},
    "warehouses": [{"store": "Основной склад", "marketplace": "1020000000001"}],
}  # fmt: skip
SHOP = {"connection": "site", "calls_per_second": 100}


class Sides:
    """A cabinet with orders, the inbox, the shop, and comparisons of them."""

    def __init__(self, database: Database, portal: Portal, folder: Path) -> None:
        self.portal = portal
        self.clock = MovableClock()
        self.shop = Shop(database, portal, folder, self._credentials)
        self.shop.clock = self.clock
        stocks = {"1020000000001": {"present": 50}}
        self.control(
            "cards", cards=[{"offer_id": name, "price": "1000.00", "stocks": stocks} for name in ("A", "B")]
        )

    def _credentials(self, connection: str) -> Credentials:
        if connection == "site":
            return Credentials(f"{self.portal.url}/bitrix", USER, SECRET)
        return Credentials(f"{self.portal.url}/ozon", CABINET, "sandbox")

    @property
    def runtime(self) -> Runtime:
        return self.shop.runtime(accounts=[ACCOUNT], shop_orders=SHOP)

    def control(self, action: str, **body: Any) -> Any:
        answer = requests.post(f"{self.portal.url}/_sandbox/ozon/{CABINET}/{action}", json=body, timeout=10)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def order(self, *articles: str) -> str:
        """A buyer orders two pieces of each."""
        made = self.control("order", products=[{"offer_id": name, "quantity": 2} for name in articles])
        return str(made["posting_number"])

    def sql(self, query: str, *values: Any) -> None:
        with self.shop.database.transaction() as connection:
            connection.execute(query.encode(), values)

    def settle(self) -> None:
        """Everything arrives everywhere, and some time passes."""
        take_orders(self.runtime, "ozon")
        orders_to_shop(self.runtime, "ozon")
        self.clock.advance(hours=3)

    def compare(self) -> tuple[int, dict[str, Any]]:
        (row,) = self.shop.rows(
            "insert into reconciliation (account, state, began_at) values ('ozon', 'compared', now())"
            " returning reconciliation_id"
        )
        number = int(row["reconciliation_id"])
        return number, dict(compare_orders(self.runtime, "ozon", number))

    def causes(self, number: int) -> dict[tuple[str, str], set[str]]:
        """Order, side -> causes."""
        found: dict[tuple[str, str], set[str]] = {}
        for row in self.shop.rows(f"select * from order_difference where reconciliation_id = {number}"):  # noqa: S608
            found.setdefault((row["number"], row["side"]), set()).add(row["cause"])
        return found

    def alerts(self) -> dict[str, str]:
        rows = self.shop.rows(
            "select key, message from alert where ended_at is null and key like '%/missing'"
        )
        return {row["key"]: row["message"] for row in rows}


@pytest.fixture
def sides(database: Database, portal: Portal, tmp_path: Path) -> Sides:
    return Sides(database, portal, tmp_path)


def test_equal_sides_have_no_differences(sides: Sides) -> None:
    number = sides.order("A", "B")
    sides.settle()
    reconciliation, told = sides.compare()
    assert sides.causes(reconciliation) == {}
    assert (told["orders"], told["orders_differing"]) == (1, 0)
    shown = sides.shop.rows("select side, pieces, amount from order_observation order by side")
    assert [(row["side"], row["pieces"], float(row["amount"])) for row in shown] == [
        ("here", 4, 4000.0), ("marketplace", 4, 4000.0), ("shop", 4, 4000.0),
    ]  # fmt: skip
    assert sides.alerts() == {}
    assert number in {row["number"] for row in sides.shop.rows("select number from order_observation")}


def test_each_difference_has_its_cause_and_is_brought_in(sides: Sides, tmp_path: Path) -> None:
    lost, deleted, pieces, status, misread, unanswered, refused, back = (sides.order("A") for _ in range(8))
    sides.settle()
    sides.sql("insert into erp_pack (consumer, made_at) values ('erp', now())")
    sides.sql("update posting set erp_state = 'taken'")
    sides.sql("update posting set erp_state = 'waiting' where number = %s", unanswered)
    sides.sql("update posting set erp_state = 'refused' where number = %s", refused)
    sides.sql(
        "update posting set received_at = received_at - interval '3 hours', "
        "changed_at = changed_at - interval '3 hours'"
    )
    sides.sql("delete from posting where number = %s", lost)
    sides.portal.order("edit_order", xmlId=f"ozon:{deleted}", delete=True)
    sides.portal.order("edit_order", xmlId=f"ozon:{pieces}", quantities={f"ozon:{pieces}/A": 5})
    sides.portal.order("edit_order", xmlId=f"ozon:{status}", statusId="F")
    sides.sql(
        "update posting_line set quantity = 1 where posting_id = (select posting_id from posting where number = %s)",
        misread,
    )
    sides.control("return", posting_number=back, offer_id="A", quantity=1)
    moved = sides.clock.now() - timedelta(hours=1)
    fake = moved - timedelta(hours=1)
    sides.sql(
        "insert into posting (account, number, status, status_there, created_at, received_at, changed_at)"
        " values ('ozon', 'fake-1', 'to_assemble', 'awaiting_packaging', %s, %s, %s)", fake, fake, fake,
    )  # fmt: skip
    number, told = sides.compare()
    assert sides.causes(number) == {
        (lost, "marketplace"): {"missing_here"},
        (lost, "shop"): {"unknown_in_shop"},
        (deleted, "shop"): {"missing_in_shop"},
        (pieces, "shop"): {"lines_differ"},
        (status, "shop"): {"status_differs"},
        (misread, "marketplace"): {"lines_differ"},
        (misread, "shop"): {"lines_differ"},
        (unanswered, "erp"): {"missing_in_erp"},
        (refused, "erp"): {"refused_by_erp"},
        (back, "marketplace"): {"return_unknown"},
        ("fake-1", "marketplace"): {"missing_there"},
        ("fake-1", "erp"): {"missing_in_erp"},
    }
    assert lost in sides.alerts()["orders/ozon/missing"]
    assert told["orders_marketplace_missing_here"] == 1
    # what was missing is here, is due in the shop and lies in a pack for the ERP
    assert sides.shop.rows(f"select 1 from posting where number = '{lost}' and read_at is not null")  # noqa: S608
    assert sides.shop.rows("select 1 from posting_return")
    sides.sql("delete from posting where number = 'fake-1'")
    sides.sql("update posting set erp_state = 'taken'")
    orders_to_shop(sides.runtime, "ozon")
    sides.clock.advance(hours=3)
    orders_to_shop(sides.runtime, "ozon")
    sides.clock.advance(hours=3)
    following, _ = sides.compare()
    assert sides.causes(following) == {}
    assert sides.alerts() == {}


def test_the_workbook_shows_all_sides_of_each_order(sides: Sides) -> None:
    equal, deleted = sides.order("A", "B"), sides.order("A")
    sides.settle()
    sides.portal.order("edit_order", xmlId=f"ozon:{deleted}", delete=True)
    sides.sql("update posting set erp_state = 'taken', erp_number = '000-1' where number = %s", equal)
    number, _ = sides.compare()
    workbook(sides.runtime, "ozon", number)
    with sides.runtime.files.open(f"reconciliations/ozon-{number}.xlsx") as file:
        book = openpyxl.load_workbook(file)
    titles, *rows = book["Заказы"].iter_rows(values_only=True)
    shown = {row[0]: dict(zip(titles, row, strict=True)) for row in rows}
    assert list(shown) == [deleted, equal]  # what differs comes first
    assert shown[equal] | {
        "Штук у нас": 4, "Штук: площадка": 4, "Штук: сайт": 4, "Сумма: сайт, ₽": 4000, "Статус у нас": "собрать",
        "Статус на сайте": "P", "Ответ 1С": "принят", "Номер в 1С": "000-1", "Причина (заказ)": None,
        "Исправляется": None,
    } == shown[equal]  # fmt: skip
    assert (shown[deleted]["Код причины (заказ)"], shown[deleted]["Исправляется"]) == (
        "shop:missing_in_shop",
        "да",
    )
    summary = {row[0]: row[2] for row in book["Сводка"].iter_rows(values_only=True) if row[0]}
    assert (summary["orders_read"], summary["orders_in_shop"], summary["orders_differing"]) == (2, 1, 1)
    assert summary["order_cause:shop:missing_in_shop"] == 1


def test_what_moved_just_now_is_in_flight(sides: Sides) -> None:
    sides.settle()
    sides.clock = MovableClock()
    sides.shop.clock = sides.clock
    number = sides.order("A")
    reconciliation, _ = sides.compare()
    assert sides.causes(reconciliation)[number, "marketplace"] == {"in_flight"}
    assert sides.alerts() == {}


def test_a_shop_that_does_not_answer_is_said_and_the_rest_is_compared(sides: Sides, impatient: None) -> None:
    sides.order("A")
    sides.settle()
    sides.portal.faults({"system": "bitrix", "path": "*", "kind": "500"})
    number, told = sides.compare()
    sides.portal.faults()
    assert told["orders"] == 1
    assert sides.causes(number) == {}
    (row,) = sides.shop.rows("select counts -> 'orders' ->> 'shop_error' as error from reconciliation")
    assert "500" in row["error"]
