"""Orders of a marketplace in the shop: each once, with its lines and its status, whatever breaks in between."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from shop_kit import MovableClock, Shop

from marketsync.steps.site_orders import orders_to_shop

MADE = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ACCOUNT = {
    "id": "ozon", "marketplace": "ozon", "connection": "ozon", "mapping": "ozon", "orders": {},
    "mark": {"property": "Выгружать на Ozon", "values": ["Да"]},
    "warehouses": [{"store": "Основной склад", "marketplace": "1"}],
}  # fmt: skip
BATCH = "/rest/1/sandb0xwebh00ksecret/batch.json"


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
                f"update posting set version = version + 1{sets} where number = %(number)s".encode(),
                {"number": number, **columns},
            )

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
        self.portal.faults(
            {"system": "bitrix", "path": "*batch*", "kind": kind, "count": count, "seconds": 0}
        )


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
