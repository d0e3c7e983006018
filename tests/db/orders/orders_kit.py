"""What the tests of orders share: a store with goods on two accounts, orders as a marketplace shows them, pushes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from marketsync.accounts import Account
from marketsync.db import Database
from marketsync.marketplaces.orders import (
    Cancellation,
    Posting,
    PostingLine,
    PostingStatus,
    Push,
    PushKind,
)
from marketsync.orders import inbox
from marketsync.orders.reservations import booked, end_booked, lapse, shipped

START = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
MAIN, SPARE = "Основной склад", "Склад Казань"
THERE, THERE_TOO, ELSEWHERE = "101", "102", "201"
"""Warehouses of the marketplaces: the first account's two, fed by one store each, and the second's, fed by both."""


def account(name: str = "ozon", **changes: Any) -> Account:
    """An account that takes orders; `ozon` has a warehouse for each store, any other one for both."""
    warehouses = (
        ({"store": MAIN, "marketplace": THERE}, {"store": SPARE, "marketplace": THERE_TOO})
        if name == "ozon"
        else ({"store": MAIN, "marketplace": ELSEWHERE}, {"store": SPARE, "marketplace": ELSEWHERE})
    )
    return Account.model_validate(
        {
            "id": name,
            "marketplace": "ozon",
            "mode": "send",
            "connection": name,
            "mapping": "ozon",
            "mark": {"property": "Выгружать", "values": ("Да",)},
            "warehouses": warehouses,
            "orders": {},
            **changes,
        }
    )


def posting(number: str, *lines: tuple[str, int], **content: Any) -> Posting:
    """An order to be assembled, of so many pieces of each article."""
    return Posting(
        **{
            "number": number,
            "status": PostingStatus.TO_ASSEMBLE,
            "status_there": "awaiting_packaging",
            "lines": tuple(
                PostingLine(article, f"s-{article}", f"Товар {article}", quantity, Decimal("990.00"))
                for article, quantity in lines
            ),
            "warehouse": THERE,
            "created_at": START,
            "ship_by": START + timedelta(days=1),
            **content,
        }
    )


def cancelled(number: str, *lines: tuple[str, int], after_shipping: bool = False, **content: Any) -> Posting:
    """The same order, cancelled by its buyer."""
    return posting(
        number,
        *lines,
        status=PostingStatus.CANCELLED,
        status_there="cancelled",
        cancellation=Cancellation("508", "передумал", "buyer", after_shipping),
        **content,
    )


def push(kind: PushKind, told: Posting, moment: str = "1") -> Push:
    """A push that tells of an order; the same moment is the same event."""
    return Push(
        kind,
        f"{kind}:{told.number}:{moment}",
        {"posting_number": told.number},
        number=told.number,
        posting=told,
    )


@dataclass
class Orders:
    """The orders' engine over a store with a few goods; its clock moves by hand."""

    database: Database
    now: datetime = START
    account: Account = field(default_factory=account)
    exchange: int = 0

    def __post_init__(self) -> None:
        self.run("insert into store_warehouse (guid, name) values ('w-1', %s), ('w-2', %s)", MAIN, SPARE)

    # --- the store ---

    def good(self, article: str, *counts: float, accounts: Sequence[str] = ("ozon", "other")) -> int:
        """A good with its counts in the store's warehouses, listed and confirmed on the accounts; its product_id."""
        if not self.exchange:
            self.exchange = self.delivered(self.now - timedelta(hours=1))
        (row,) = self.rows(
            "insert into product (guid, good_guid, article, name, content_hash, exchange_id, changed_at) "
            "values (%s, %s, %s, %s, '', %s, %s) returning product_id",
            f"g-{article}", f"g-{article}", article, f"Товар {article}", self.exchange, self.now,
        )  # fmt: skip
        product = int(row["product_id"])
        for warehouse, count in enumerate(counts, start=1):
            self.run(
                "insert into stock select %s, warehouse_id, %s, %s, %s from store_warehouse where guid = %s",
                product, count, self.exchange, self.now, f"w-{warehouse}",
            )  # fmt: skip
        for name in accounts:
            self.run(
                "with o as (insert into offer (account, product_id, article, external_id, sku, state, listed_at) "
                "values (%s, %s, %s, %s, %s, 'ready', %s) returning offer_id) "
                "insert into offer_channel (offer_id, channel, warehouse, confirmed_amount, confirmed_at) "
                "select offer_id, 'stock', w, 0, %s from o, unnest(%s::text[]) as w",
                name, product, article, f"x-{article}", f"s-{article}", self.now - timedelta(days=9), self.now,
                [THERE, THERE_TOO] if name == "ozon" else [ELSEWHERE],
            )  # fmt: skip
        return product

    def delivered(self, began: datetime) -> int:
        """A row for a delivery that began then."""
        (row,) = self.rows(
            "insert into exchange (source, location, kind, state, delivered_at, began_at) "
            "values ('1c', 'd' || clock_timestamp()::text, 'changes', 'imported', %s, %s) returning exchange_id",
            began, began,
        )  # fmt: skip
        return int(row["exchange_id"])

    # --- what comes in ---

    def pass_minutes(self, minutes: float) -> datetime:
        self.now += timedelta(minutes=minutes)
        return self.now

    def take(self, *postings: Posting, began: datetime | None = None, **more: Any) -> inbox.Taken:
        with self.database.transaction() as connection:
            return inbox.take_postings(
                connection, self.account, postings, "poll", self.now, began=began, **more
            )

    def push(self, kind: PushKind, told: Posting, moment: str = "1") -> bool:
        with self.database.transaction() as connection:
            return inbox.take_push(connection, self.account, push(kind, told, moment), self.now)

    def pack(self, number: str, version: int) -> None:
        """A pack that carries this version of an order to the ERP."""
        self.run(
            "with k as (insert into erp_pack (consumer, made_at) values ('erp', %s) returning pack_id) "
            "insert into erp_pack_posting (pack_id, posting_id, version, content) "
            "select pack_id, posting_id, %s, '{}' from k, posting where number = %s",
            self.now, version, number,
        )  # fmt: skip

    def booked(self, *numbers: str, version: int | None = None) -> None:
        """The ERP answers that it took orders; of a version: as a pack carried it."""
        with self.database.transaction() as connection:
            rows = connection.execute(
                "update posting set erp_state = 'taken', erp_answered_at = %s where number = any(%s) "
                "returning posting_id",
                (self.now, list(numbers)),
            ).fetchall()
            ids = [row["posting_id"] for row in rows]
            connection.execute(
                "update erp_pack_posting set state = 'taken' where posting_id = any(%s) and version = %s",
                (ids, version),
            )
            booked(connection, ids, self.now)

    def shipped(self, number: str) -> None:
        with self.database.transaction() as connection:
            shipped(connection, self.posting(number)["posting_id"], self.now)

    def lapse(self) -> int:
        with self.database.transaction() as connection:
            return len(lapse(connection, self.account.id, self.now))

    def merge(self, stock: Mapping[int, Mapping[str, float]], began: datetime, **how: Any) -> int:
        """Merge counts as an import does: product -> warehouse's guid -> pieces."""
        with self.database.transaction() as connection:
            connection.execute(
                "create temporary table new_stock (product_id bigint, warehouse_id int, total bool, "
                "quantity numeric, whole bool) on commit drop"
            )
            for product, by_warehouse in stock.items():
                for guid, pieces in by_warehouse.items():
                    connection.execute(
                        "with n as (insert into new_stock select %s, warehouse_id, false, %s, false "
                        "from store_warehouse where guid = %s returning *) "
                        "insert into stock select product_id, warehouse_id, quantity, %s, %s from n "
                        "on conflict (product_id, warehouse_id) do update set quantity = excluded.quantity",
                        (product, pieces, guid, self.exchange, self.now),
                    )
            return end_booked(connection, began, self.now, **{"counts": "free", "full": False, **how})

    # --- what there is ---

    def rows(self, query: str, *values: Any) -> list[dict[str, Any]]:
        with self.database.transaction() as connection:
            return connection.execute(query, values).fetchall()

    def run(self, query: str, *values: Any) -> None:
        with self.database.transaction() as connection:
            connection.execute(query, values)

    def posting(self, number: str) -> dict[str, Any]:
        (row,) = self.rows("select * from posting where number = %s", number)
        return row

    def open(self) -> dict[tuple[str, str], int]:
        """(number, article) -> pieces that are reserved now."""
        return {
            (row["number"], row["article"]): row["quantity"]
            for row in self.rows(
                "select p.number, g.article, r.quantity from reservation as r "
                "join posting as p using (posting_id) join product as g using (product_id) "
                "where r.ended_at is null"
            )
        }

    def ended(self) -> list[tuple[str, str]]:
        """(number, why) of the reservations that ended, oldest first."""
        rows = self.rows(
            "select p.number, r.ended_by from reservation as r join posting as p using (posting_id) "
            "where r.ended_at is not null order by r.reservation_id"
        )
        return [(row["number"], row["ended_by"]) for row in rows]

    def due(self) -> dict[tuple[str, str], int]:
        """(account, article) -> how often its stock was made due, in the warehouse where that was most often."""
        rows = self.rows(
            "select o.account, o.article, max(c.due_version) as n from offer_channel as c "
            "join offer as o using (offer_id) group by 1, 2"
        )
        return {(row["account"], row["article"]): row["n"] for row in rows}

    def alerts(self) -> list[str]:
        """The keys of the open ones."""
        return [row["key"] for row in self.rows("select key from alert where ended_at is null order by key")]
