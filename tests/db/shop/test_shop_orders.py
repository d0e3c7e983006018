"""Orders of a marketplace in the shop: each once, with its lines and its status, whatever breaks in between."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from shop_kit import MovableClock, Shop

from marketsync.errors import BadInput, Fatal, Retriable
from marketsync.shop.bitrix.client import Command
from marketsync.shop.bitrix.orders import BitrixOrders
from marketsync.steps.site_orders import orders_to_shop

MADE = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ACCOUNT = {
    "id": "ozon", "marketplace": "ozon", "connection": "ozon", "mapping": "ozon", "orders": {},
    "mark": {"property": "Выгружать на Ozon", "values": ["Да"]},
    "warehouses": [{"store": "Основной склад", "marketplace": "1"}],
}  # fmt: skip


class Orders:
    """Orders as the inbox has them, and the step that puts them into the shop."""

    def __init__(self, shop: Shop, clock: MovableClock) -> None:
        self.shop = shop
        self.portal = shop.portal
        self.clock = clock
        shop.clock = clock

    def take(self, number: str, *lines: tuple[str, int, str | None], **columns: Any) -> int:
        """An order was read: lines are article or 1C's id, pieces, price."""
        known = {"status": "to_assemble", "read_at": MADE, "currency": "RUB", **columns}
        with self.shop.database.transaction() as connection:
            row = connection.execute(
                "insert into posting (account, number, status, status_there, currency, created_at, ship_by,"
                " received_at, read_at, changed_at) values ('ozon', %(number)s, %(status)s, 'x', %(currency)s,"
                " %(made)s, %(made)s, %(made)s, %(read_at)s, %(made)s) returning posting_id",
                {"number": number, "made": MADE, **known},
            ).fetchone()
            assert row is not None
            posting: int = row["posting_id"]
            connection.execute(
                "insert into posting_line (posting_id, line, article, product_id, name, quantity, price)"
                " select %s, x.line, x.article, g.product_id, 'Мяч ' || x.article, x.quantity, x.price"
                " from unnest(%s::int[], %s::text[], %s::int[], %s::numeric[])"
                " as x (line, article, quantity, price) left join product as g on g.guid = x.article",
                (
                    posting,
                    list(range(1, len(lines) + 1)),
                    *(list(column) for column in zip(*lines, strict=True)),
                ),
            )
        return posting

    def change(self, number: str, **columns: Any) -> None:
        """The marketplace changed an order."""
        sets = "".join(f", {name} = %({name})s" for name in columns)
        with self.shop.database.transaction() as connection:
            connection.execute(
                f"update posting set version = version + 1{sets} where number = %(number)s".encode(),  # noqa: S608
                {"number": number, **columns},
            )

    def set_line(self, number: str, line: int, quantity: int | None) -> None:
        """The marketplace changed a line, or took it out."""
        with self.shop.database.transaction() as connection:
            where = "posting_id = (select posting_id from posting where number = %s) and line = %s"
            if quantity is None:
                connection.execute(f"delete from posting_line where {where}".encode(), (number, line))  # noqa: S608
            else:
                connection.execute(
                    f"update posting_line set quantity = %s where {where}".encode(),  # noqa: S608
                    (quantity, number, line),
                )
        self.change(number)

    def run(self, **settings: Any) -> dict[str, Any]:
        shop_orders = {"connection": "site", "calls_per_second": 100, **settings}
        runtime = self.shop.runtime(accounts=[ACCOUNT], shop_orders=shop_orders)
        return dict(orders_to_shop(runtime, "ozon"))

    def rows(self) -> list[dict[str, Any]]:
        return self.shop.rows(
            "select p.number, s.* from site_order s join posting p using (posting_id) order by p.number"
        )

    def alerts(self) -> list[str]:
        return [
            row["key"] for row in self.shop.rows("select key from alert where ended_at is null order by key")
        ]

    def break_batch(self, kind: str, count: int = 1) -> None:
        self.portal.faults({"system": "bitrix", "path": "*", "kind": kind, "count": count, "seconds": 0})


@pytest.fixture
def orders(shop: Shop) -> Iterator[Orders]:
    shop.imports(store={"pictures": False})
    yield Orders(shop, MovableClock())
    shop.portal.faults()


def test_an_order_comes_into_the_shop_once(orders: Orders) -> None:
    good = orders.portal.simple()
    orders.take("1-1", (good, 2, "150.50"), ("stranger", 1, "10"))
    told = orders.run()
    assert (told["shop_made"], told["shop_left"]) == (1, 0)
    (order,) = orders.portal.orders()
    assert (order["xmlId"], order["externalOrder"], order["statusId"], order["canceled"]) == (
        "ozon:1-1", "Y", "P", "N",
    )  # fmt: skip
    assert order["price"] == 311.0
    known = orders.portal.goods()[good]
    assert [(line["productId"], line["quantity"], line["price"]) for line in order["lines"]] == [
        (known["id"], 2.0, 150.5),
        (0, 1.0, 10.0),
    ]
    assert order["lines"][1]["name"] == "Мяч stranger"
    (row,) = orders.rows()
    assert (row["state"], row["external_id"], row["in_doubt"]) == ("there", str(order["id"]), False)
    before = len(orders.portal.calls())
    assert orders.run() == dict.fromkeys(
        ("shop_made", "shop_changed", "shop_equal", "shop_refused", "shop_troubled", "shop_left"), 0
    )
    assert len(orders.portal.calls()) == before


def test_what_changes_there_changes_in_the_shop(orders: Orders) -> None:
    orders.take("1-1", ("A", 2, "100"), ("B", 1, "50"))
    orders.run()
    orders.set_line("1-1", 1, 1)
    orders.set_line("1-1", 2, None)
    orders.change("1-1", status="shipping")
    assert orders.run()["shop_changed"] == 1
    (order,) = orders.portal.orders()
    assert (order["statusId"], order["price"]) == ("S", 100.0)
    assert [(line["xmlId"], line["quantity"]) for line in order["lines"]] == [("ozon:1-1/A", 1.0)]
    orders.change("1-1", status="cancelled", cancellation='{"reason": "Покупатель передумал", "by": "buyer"}')
    orders.run()
    (order,) = orders.portal.orders()
    assert (order["statusId"], order["canceled"], order["reasonCanceled"]) == (
        "D",
        "Y",
        "Покупатель передумал",
    )
    assert (order["price"], len(order["lines"])) == (100.0, 1)
    orders.change("1-1", status="delivered")  # a status that goes backwards is what the marketplace says now
    orders.run()
    (order,) = orders.portal.orders()
    assert (order["statusId"], order["canceled"]) == ("F", "N")


def test_a_portal_that_does_not_recount_gets_the_sum_as_well(orders: Orders) -> None:
    orders.portal.knobs(order_price="as_given")
    orders.take("1-1", ("A", 2, "100"))
    orders.run()
    orders.set_line("1-1", 1, 1)
    orders.run()
    assert [order["price"] for order in orders.portal.orders()] == [100.0]


def test_more_lines_than_a_call_takes(orders: Orders) -> None:
    """45 lines, two of them of the same good."""
    orders.take("1-1", *((f"A{number % 44}", 1, "10") for number in range(45)))
    assert orders.run()["shop_made"] == 1
    (order,) = orders.portal.orders()
    assert order["price"] == 450.0
    assert sorted(line["xmlId"] for line in order["lines"]) == sorted(
        {f"ozon:1-1/A{number}" for number in range(44)} | {"ozon:1-1/A0#2"}
    )


def test_what_only_a_push_told_waits_until_it_is_read(orders: Orders) -> None:
    orders.take("1-1", ("A", 1, None), read_at=None)
    orders.run()
    assert orders.portal.orders() == []


def test_a_status_without_a_counterpart_leaves_the_shops(orders: Orders) -> None:
    orders.take("1-1", ("A", 1, "1"), status="unknown")
    orders.run()
    orders.take("1-2", ("A", 1, "1"), status="to_ship")
    orders.run(statuses={"to_ship": None})
    orders.portal.order("edit_order", xmlId="ozon:1-1", statusId="S")
    orders.change("1-1")
    orders.run()
    assert [order["statusId"] for order in orders.portal.orders()] == ["S", "N"]


def test_straight_to_the_erp_where_no_shop_is_set(orders: Orders) -> None:
    orders.take("1-1", ("A", 1, "1"))
    runtime = orders.shop.runtime(accounts=[ACCOUNT])
    assert orders_to_shop(runtime, "ozon") == {}
    assert orders.run(accounts=["other"]) == {}
    assert orders.portal.orders() == []
    assert orders.rows() == []


# ------------------------------------------------------------------ what breaks


class Killed(BaseException):
    """The process ended here."""


def breaking_writes(
    monkeypatch: pytest.MonkeyPatch, before: Callable[[], None], after: Callable[[], None] = lambda: None
) -> None:
    """Something happens right before a call that writes, or right after its answer came."""
    original = BitrixOrders._write

    def write(self: BitrixOrders, *arguments: Any) -> Any:
        before()
        answer = original(self, *arguments)
        after()
        return answer

    monkeypatch.setattr(BitrixOrders, "_write", write)


@pytest.mark.parametrize("kind", ["timeout_after", "truncated", "500", "502_html"])
def test_a_lost_answer_never_makes_a_second_order(
    orders: Orders, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    orders.take("1-1", ("A", 2, "100"))
    with monkeypatch.context() as patch:
        breaking_writes(patch, lambda: orders.break_batch(kind))
        orders.run()
    (row,) = orders.rows()
    assert (row["state"], row["in_doubt"]) == ("sending", True)
    before = len(orders.portal.orders())
    orders.run()  # too early: the lost call may still be at work there
    assert len(orders.portal.orders()) == before
    orders.clock.advance(minutes=2)
    assert orders.run()["shop_troubled"] == 0
    (order,) = orders.portal.orders()
    assert (order["price"], len(order["lines"])) == (200.0, 1)
    (row,) = orders.rows()
    assert (row["state"], row["in_doubt"], row["attempts"], row["error"]) == ("there", False, 0, None)


def test_a_torn_list_does_not_hide_an_order_that_is_there(orders: Orders) -> None:
    orders.take("1-1", ("A", 2, "100"))
    orders.run()
    orders.change("1-1", status="shipping")
    orders.break_batch("short_answer")
    orders.run()
    assert [(order["statusId"], order["price"]) for order in orders.portal.orders()] == [("S", 200.0)]


@pytest.mark.parametrize("effect", [False, True])
def test_a_process_killed_at_the_call_leaves_one_order(
    orders: Orders, monkeypatch: pytest.MonkeyPatch, effect: bool
) -> None:
    def die() -> None:
        raise Killed

    orders.take("1-1", ("A", 2, "100"))
    with monkeypatch.context() as patch:
        breaking_writes(patch, (lambda: None) if effect else die, die)
        with pytest.raises(Killed):
            orders.run()
    assert len(orders.portal.orders()) == int(effect)
    assert [row["state"] for row in orders.rows()] == ["sending"]
    orders.clock.advance(minutes=2)
    orders.run()
    assert len(orders.portal.orders()) == 1
    assert [row["state"] for row in orders.rows()] == ["there"]


def test_a_part_of_an_order_is_completed(orders: Orders) -> None:
    """The order was made, its second line was refused: the next attempt adds what is missing."""
    orders.take("1-1", ("A", 2, "100"), ("B", 1, "5"))
    orders.portal.order("break", method="sale.basketitem.add", error="ERROR_WRONG", after=1)
    assert orders.run()["shop_refused"] == 1
    assert [row["state"] for row in orders.rows()] == ["refused"]
    assert orders.alerts() == ["shop/ozon/1-1"]
    assert orders.run()["shop_left"] == 0  # a refused one is not asked again by itself
    orders.change("1-1", status="to_ship")
    orders.run()
    (order,) = orders.portal.orders()
    assert (order["price"], len(order["lines"])) == (205.0, 2)
    assert orders.alerts() == []


def test_a_shop_that_is_down_ends_the_run_and_loses_nothing(
    orders: Orders, monkeypatch: pytest.MonkeyPatch, impatient: None
) -> None:
    for number in range(5):
        orders.take(f"1-{number}", ("A", 1, "1"))
    orders.portal.faults({"system": "bitrix", "path": "*", "kind": "500"})
    with pytest.raises(Retriable):
        orders.run()
    orders.portal.faults()
    with monkeypatch.context() as patch:
        breaking_writes(patch, lambda: orders.break_batch("500"))
        for _ in range(5):
            orders.clock.advance(hours=1)
            with pytest.raises(Retriable):
                orders.run()
    assert (
        len(orders.alerts()) == 1 + 3
    )  # the shop, and those that were tried again and again; the others wait their turn
    for _ in range(3):
        orders.clock.advance(hours=2)
        orders.run()
    assert sorted(order["xmlId"] for order in orders.portal.orders()) == [f"ozon:1-{n}" for n in range(5)]
    assert orders.alerts() == []


def test_a_third_of_all_calls_fails_and_no_order_is_lost_or_doubled(orders: Orders, impatient: None) -> None:
    for number in range(12):
        orders.take(f"1-{number}", ("A", 1 + number, "10"), ("B", 1, "5"))
    orders.portal.faults(
        *(
            {"system": "bitrix", "path": "*", "kind": kind, "probability": 0.1, "seconds": 0}
            for kind in ("500", "timeout_after", "truncated", "short_answer")
        )
    )
    for turn in range(60):
        orders.clock.advance(hours=1)
        with contextlib.suppress(Retriable):
            orders.run()
        if turn == 2:
            for number in range(0, 12, 2):
                orders.change(f"1-{number}", status="cancelled")
        if turn > 2 and all(row["state"] == "there" for row in orders.rows()):
            break
    shown = {order["xmlId"]: order for order in orders.portal.orders()}
    assert len(shown) == len(orders.portal.orders()) == 12
    for number in range(12):
        order = shown[f"ozon:1-{number}"]
        assert order["price"] == 10 * (1 + number) + 5
        assert order["canceled"] == ("Y" if number % 2 == 0 else "N")


def test_two_copies_in_the_shop_are_told(orders: Orders) -> None:
    orders.take("1-1", ("A", 1, "1"))
    orders.take("1-2", ("A", 1, "1"))
    orders.run()
    orders.portal.order("edit_order", xmlId="ozon:1-2", newXmlId="ozon:1-1")
    orders.change("1-1")
    orders.run()
    assert orders.alerts() == ["shop/ozon/1-1/copies"]
    orders.portal.order("edit_order", id=orders.portal.orders()[1]["id"], newXmlId="")
    orders.change("1-1")
    orders.run()
    assert orders.alerts() == []


def test_a_status_that_the_shop_does_not_have_is_told_before_anything_is_sent(orders: Orders) -> None:
    orders.take("1-1", ("A", 1, "1"))
    with pytest.raises(BadInput, match="нет статуса заказа ZZ; есть: N, P, S, D, F"):
        orders.run(statuses={"shipping": "ZZ"})
    assert orders.portal.orders() == []
    assert orders.alerts() == ["shop/ozon"]
    orders.run()
    assert len(orders.portal.orders()) == 1
    assert orders.alerts() == []


def test_a_webhook_without_the_scope_is_a_persons_task(orders: Orders) -> None:
    orders.take("1-1", ("A", 1, "1"))
    orders.portal.order("webhook", scopes=["catalog"])
    with pytest.raises(Fatal, match="sale"):
        orders.run()
    orders.portal.order("webhook", scopes=["catalog", "sale"])
    orders.run()
    assert len(orders.portal.orders()) == 1


def test_what_reads_goods_cannot_write_orders(orders: Orders) -> None:
    client = orders.shop.runtime().portal("site", 100)
    with pytest.raises(Fatal, match=r"sale\.order\.add"):
        client.batch([Command("o", "sale.order.add", {"fields": {"lid": "s1"}})])
    client.close()


def test_writing_calls_are_logged_without_the_secret(orders: Orders) -> None:
    orders.take("1-1", ("A", 1, "1"))
    orders.run()
    logged = orders.shop.rows("select method, request_body from api_call where request_body is not null")
    assert any("sale.order.add" in row["request_body"] for row in logged)
    assert not any("sandb0xwebh00ksecret" in str(row) for row in logged)
