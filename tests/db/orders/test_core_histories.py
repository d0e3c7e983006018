"""Whatever happens in whatever order: never is more promised than is there.

The model knows the truth (what lies in the store, what buyers ordered) and plays its other sides: a marketplace whose
news come late, doubled, or not at all; an ERP that books and ships when it likes, answers later, and counts without
knowing what it has not booked; deliveries that are begun long before they are merged.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from orders_kit import ELSEWHERE, THERE, Orders, account, posting

from marketsync.db import sql
from marketsync.marketplaces.orders import Cancellation, Posting, PostingStatus, PushKind, Return
from marketsync.orders.returns import take_returns

PIECES = 9
MOST_ORDERS = 2
_names = itertools.count()


@dataclass
class Truth:
    """An order as it really is."""

    number: str
    quantity: int
    pushed: bool = False
    cancelled: bool = False
    left: bool = False  # the store
    back: bool = False
    booked: int = 0  # pieces, by the ERP
    shipped_there: bool = False  # by the ERP's documents
    answers: list[tuple[int, int]] = field(
        default_factory=list
    )  # (version, pieces) that the ERP took, not yet told
    shipment_told: bool = True

    @property
    def held(self) -> int:
        """Pieces that nobody else may have."""
        if self.back or (self.cancelled and not self.left):
            return 0
        return self.quantity

    def shown(self, article: str) -> Posting:
        there = posting(self.number, (article, self.quantity), warehouse=THERE)
        if self.cancelled:
            return replace(
                there,
                status=PostingStatus.CANCELLED,
                status_there="cancelled",
                cancellation=Cancellation("1", None, "buyer", self.left),
            )
        if self.left:
            return replace(there, status=PostingStatus.SHIPPING, status_there="delivering")
        return there


class World:
    """The sides of one history, on goods and orders of its own."""

    def __init__(self, orders: Orders, counts: Literal["free", "on_hand"]) -> None:
        self.orders, self.counts = orders, counts
        self.article = f"A-{next(_names)}"
        self.product = orders.good(self.article, PIECES)
        self.known: dict[str, Truth] = {}
        self.heard: set[str] = set()
        self.deliveries: list[tuple[datetime, int]] = []
        self.old: list[tuple[datetime, Posting]] = []

    def order(self, which: int) -> Truth:
        return list(self.known.values())[which % len(self.known)]

    # --- buyers and staff ---

    def buy(self, order: Truth | None = None) -> None:
        if len(self.known) < MOST_ORDERS:
            number = f"{self.article}/{len(self.known)}"
            self.known[number] = Truth(number, 2 - len(self.known))

    def fewer(self, order: Truth) -> None:
        order.quantity = 1

    def more(self, order: Truth) -> None:
        free = PIECES - sum(each.held for each in self.known.values())
        if not (order.left or order.cancelled) and free > 0:
            order.quantity += 1

    def cancel(self, order: Truth) -> None:
        order.cancelled = True

    def leave(self, order: Truth) -> None:
        if not order.cancelled:
            order.left = True

    def come_back(self, order: Truth) -> None:
        order.back = order.left and order.cancelled

    # --- the marketplace ---

    def push(self, order: Truth) -> None:
        kind = PushKind.CANCELLED if order.cancelled else PushKind.STATE if order.left else PushKind.NEW
        if kind is PushKind.STATE and order.number not in self.heard:
            return
        if kind is PushKind.NEW:
            self.heard.add(order.number)
        self.orders.push(kind, order.shown(self.article), f"{order.quantity}")

    def begin_reading(self, order: Truth) -> None:
        self.old.append((self.orders.now, order.shown(self.article)))

    def end_reading(self, order: Truth) -> None:
        if self.old:
            began, shown = self.old.pop(0)
            self.orders.take(shown, began=began)
            self.heard.add(shown.number)

    def read(self, order: Truth) -> None:
        self.orders.take(order.shown(self.article))
        self.heard.add(order.number)

    def read_return(self, order: Truth) -> None:
        if order.back and order.number in self.heard:
            back = Return(
                order.number, order.number, self.article, None, order.quantity, "Cancellation", "x", None,
                self.orders.now, received=True,
            )  # fmt: skip
            with self.orders.database.transaction() as connection:
                take_returns(connection, self.orders.account, [back], self.orders.now)

    # --- the ERP ---

    def book(self, order: Truth) -> None:
        """As the inbox knows the order now: that is what a pack carries."""
        rows = self.orders.rows(
            "select p.version, p.status, l.quantity from posting as p join posting_line as l using (posting_id) "
            "where p.number = %s and p.read_at is not null",
            order.number,
        )
        if not rows or order.shipped_there or order.back:
            return
        (row,) = rows
        given_up = row["status"] == "cancelled" and not order.left
        order.booked = 0 if given_up else row["quantity"]
        order.answers.append((row["version"], row["quantity"]))
        self.orders.pack(order.number, row["version"])

    def answer(self, order: Truth) -> None:
        if order.answers:
            version, _ = order.answers.pop(0)
            self.orders.booked(order.number, version=version)

    def ship(self, order: Truth) -> None:
        if order.left and order.booked and not order.shipped_there:
            order.shipped_there, order.shipment_told = True, False

    def tell_shipment(self, order: Truth) -> None:
        if not order.shipment_told:
            self.orders.shipped(order.number)
            order.shipment_told = True

    def take_back(self, order: Truth) -> None:
        if order.back and not order.answers and order.shipment_told:
            order.booked, order.shipped_there = 0, False

    def begin_delivery(self, order: Truth) -> None:
        if self.counts == "free":
            known = sum(each.booked for each in self.known.values())
        else:
            known = sum(each.booked for each in self.known.values() if each.shipped_there)
        self.deliveries.append((self.orders.now, PIECES - known))

    def merge_delivery(self, order: Truth) -> None:
        if self.deliveries:
            began, count = self.deliveries.pop(0)
            self.orders.merge({self.product: {"w-1": count}}, began, counts=self.counts)

    # --- what is promised ---

    def promised(self) -> int:
        other = account("other")
        with self.orders.database.transaction() as connection:
            connection.execute(sql("desired/create"))
            connection.execute(
                sql("desired/stock"),
                {
                    "account": "other",
                    "offers": None,
                    "states": ["ready"],
                    "stores": [w.store for w in other.warehouses],
                    "targets": [w.marketplace for w in other.warehouses],
                    "buffers": [0, 0],
                    "hide_below": [0, 0],
                    "show_at_most": [None, None],
                },
            )
            row = connection.execute(
                "select d.amount from desired as d join offer as o using (offer_id) "
                "where o.product_id = %s and d.warehouse = %s",
                (self.product, ELSEWHERE),
            ).fetchone()
            connection.rollback()
        assert row
        return int(row["amount"])

    def there(self) -> int:
        """Pieces that are nobody's, as far as we could hear: no more of an order than we were told."""
        told = {
            row["number"]: row["pieces"]
            for row in self.orders.rows(
                "select p.number, sum(l.quantity) as pieces from posting as p "
                "join posting_line as l using (posting_id) where p.number = any(%s) group by 1",
                list(self.known),
            )
        }
        return PIECES - sum(min(self.known[number].held, pieces) for number, pieces in told.items())


# What often follows one another comes together as well: of single acts alone few histories get far.
ACTS = (
    "read", "push", "begin_reading", "end_reading", "read_return", "more", "fewer", "cancel", "leave", "come_back",
    "book", "answer", "ship", "tell_shipment", "take_back", "begin_delivery", "merge_delivery", "buy",
    "begin_delivery book answer merge_delivery", "book begin_delivery answer merge_delivery", "book answer",
    "begin_delivery merge_delivery", "more read", "fewer read", "fewer read book", "cancel read", "leave read",
    "leave ship tell_shipment", "leave cancel read", "come_back read_return take_back", "book more read answer",
)  # fmt: skip


def histories() -> st.SearchStrategy[list[tuple[str, int, int]]]:
    return st.lists(
        st.tuples(st.sampled_from(ACTS), st.integers(0, 1), st.integers(0, 90)), min_size=3, max_size=12
    )


@pytest.fixture(scope="module")
def world_of(_server: Any, _template: str) -> Iterator[Orders]:
    from tests.db.conftest import _lend

    lending = _lend(_server, _template)
    yield Orders(next(lending))
    next(lending, None)


def play(world: World, history: list[tuple[str, int, int]]) -> None:
    world.buy()
    world.read(world.order(0))
    for acts, which, seconds in history:
        world.orders.pass_minutes(seconds / 60)
        for act in acts.split():
            world.orders.pass_minutes(1 / 60)
            getattr(world, act)(world.order(which))
            assert world.promised() <= world.there(), world.known


@pytest.mark.parametrize("counts", ["free", "on_hand"])
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(history=histories())
@example(history=[("begin_delivery book answer merge_delivery", 0, 30)])  # counted before it was booked
@example(
    history=[("book more read answer begin_delivery merge_delivery", 0, 30)]
)  # an older pack is answered
@example(history=[("book answer more read begin_delivery merge_delivery", 0, 30)])  # more than was booked
@example(
    history=[
        ("book answer begin_delivery merge_delivery fewer read book answer", 0, 30),
        ("more read", 0, 30),
    ]
)
@example(history=[("book more read leave ship tell_shipment begin_delivery merge_delivery", 0, 30)])
@example(history=[("leave read cancel read", 0, 30)])
@example(history=[("leave ship begin_delivery tell_shipment merge_delivery", 0, 30)])
def test_never_is_more_promised_than_is_there(
    world_of: Orders, counts: Literal["free", "on_hand"], history: list[tuple[str, int, int]]
) -> None:
    play(World(world_of, counts), history)
