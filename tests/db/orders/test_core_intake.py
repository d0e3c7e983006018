"""Reading orders: what moves the watermark and what does not, bad orders beside good ones, what pushes told of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from orders_kit import START, Orders, cancelled, posting

from marketsync.accounts import Account
from marketsync.errors import Fatal, Retriable
from marketsync.marketplaces.orders import (
    Malformed,
    OrderDesk,
    Posting,
    PostingStatus,
    Push,
    PushKind,
    Rating,
    Return,
)
from marketsync.orders.intake import Intake


@dataclass
class Shown:
    """What a marketplace shows, in pages of two, and what was asked of it; trouble comes where a page should."""

    orders: dict[str, Posting] = field(default_factory=dict)
    bad: list[Malformed] = field(default_factory=list)
    returns: list[Return] = field(default_factory=list)
    trouble: dict[str, Exception] = field(default_factory=dict)
    asked: list[tuple[Any, ...]] = field(default_factory=list)
    hidden: set[str] = field(default_factory=set)


class Desk(OrderDesk):
    """A marketplace that does what no sandbox does: it shows what cannot be understood or kept."""

    page = 2

    def __init__(self, shown: Shown) -> None:
        self._shown = shown

    def open(self, since: datetime, until: datetime) -> Iterator[Sequence[Posting | Malformed]]:
        return self._list("open", since, until)

    def changed(self, since: datetime, until: datetime) -> Iterator[Sequence[Posting | Malformed]]:
        return self._list("changed", since, until)

    def created(self, since: datetime, until: datetime) -> Iterator[Sequence[Posting | Malformed]]:
        return self._list("created", since, until)

    def read(self, number: str) -> Posting | None:
        self._shown.asked.append(("read", number))
        return self._shown.orders.get(number)

    def returns(self, since: datetime, until: datetime) -> Iterator[Sequence[Return | Malformed]]:
        self._shown.asked.append(("returns", since, until))
        yield self._shown.returns

    def rating(self) -> Sequence[Rating]:
        raise NotImplementedError

    @staticmethod
    def understand(body: Mapping[str, Any]) -> Push:
        raise NotImplementedError

    @staticmethod
    def answer(push: Push, now: datetime, version: str) -> Mapping[str, Any]:
        raise NotImplementedError

    @staticmethod
    def refusal(code: str, message: str) -> Mapping[str, Any]:
        raise NotImplementedError

    def _list(self, flow: str, since: datetime, until: datetime) -> Iterator[Sequence[Posting | Malformed]]:
        shown = self._shown
        shown.asked.append((flow, since, until))
        rows = [order for number, order in shown.orders.items() if number not in shown.hidden]
        rows = [*rows, *shown.bad]
        for place in range(0, len(rows), self.page):
            if place and flow in shown.trouble:
                raise shown.trouble[flow]
            yield rows[place : place + self.page]


@dataclass
class Clock:
    orders: Orders

    def now(self) -> datetime:
        return self.orders.now

    def monotonic(self) -> float:
        return 0.0

    def sleep(self, seconds: float) -> None:
        self.orders.now += timedelta(seconds=seconds)


@pytest.fixture
def shown() -> Shown:
    return Shown()


def reading(orders: Orders, shown: Shown) -> Intake:
    account: Account = orders.account
    assert account.orders
    return Intake(orders.database, Clock(orders), account, account.orders, Desk(shown))


def watermark(orders: Orders, flow: str = "changes") -> datetime | None:
    rows = orders.rows("select watermark from order_flow where flow = %s", flow)
    return rows[0]["watermark"] if rows else None


def test_a_reading_reaches_back_behind_the_last_one(orders: Orders, shown: Shown) -> None:
    orders.good("A", 5)
    shown.orders["1-1"] = posting("1-1", ("A", 1))
    reading(orders, shown).run()
    assert orders.open() == {("1-1", "A"): 1}
    assert shown.asked[0] == ("changed", START - timedelta(minutes=10), START)
    assert watermark(orders) == START
    assert {flow for flow, *_ in shown.asked} == {"changed", "open", "returns", "created"}

    shown.asked.clear()
    later = orders.pass_minutes(1)
    read = reading(orders, shown).run()
    assert [call[0] for call in shown.asked] == ["changed", "open"]
    assert shown.asked[0] == ("changed", START - timedelta(minutes=10), later)
    assert (read.orders.new, read.orders.changed, read.orders.same) == (0, 0, 2)

    shown.asked.clear()
    orders.now += timedelta(seconds=20)
    reading(orders, shown).run()
    assert [call[0] for call in shown.asked] == ["changed"], "a run that a push woke"
    shown.asked.clear()
    orders.pass_minutes(60 * 24)
    reading(orders, shown).run()
    created = next(call for call in shown.asked if call[0] == "created")
    assert created[1:] == (orders.now - timedelta(days=5), orders.now)


def test_a_failed_page_moves_no_watermark_and_the_other_flows_go_on(orders: Orders, shown: Shown) -> None:
    orders.good("A", 50)
    reading(orders, shown).run()
    for number in range(5):
        shown.orders[f"{number}-1"] = posting(f"{number}-1", ("A", 1))
    shown.hidden = {"4-1"}
    shown.trouble["changed"] = Retriable("502")
    orders.pass_minutes(1)
    with pytest.raises(Retriable, match="502"):
        reading(orders, shown).run()
    assert watermark(orders) == START
    assert len(orders.open()) == 4, "what was read is kept, and what is open was read beside it"
    shown.trouble.clear()
    shown.hidden.clear()
    later = orders.pass_minutes(1)
    assert reading(orders, shown).run().orders.new == 1
    assert watermark(orders) == later

    shown.trouble["changed"] = Fatal("403")
    shown.asked.clear()
    with pytest.raises(Fatal):
        reading(orders, shown).run()
    assert [call[0] for call in shown.asked] == ["changed"], "nothing helps but a person"


def test_bad_orders_are_set_aside_and_the_others_go_on(orders: Orders, shown: Shown) -> None:
    orders.good("A", 50)
    shown.orders = {
        "1-1": posting("1-1", ("A", 1)),
        "2-1": posting("2-1", ("A", 2**40)),
        "3-1": posting("3-1", ("A", 1), substatus_there="a\x00b"),
        "4-1": posting("4-1", ("A", 1)),
    }
    shown.bad = [Malformed("5-1", {"status": 7}, "status: нужен текст"), Malformed(None, {}, "нужен объект")]
    read = reading(orders, shown).run()
    assert orders.open() == {("1-1", "A"): 1, ("4-1", "A"): 1}
    rows = orders.rows(
        "select number, error, told from posting_event where state = 'set_aside' order by number"
    )
    assert [row["number"] for row in rows] == ["2-1", "3-1", "5-1", None]
    assert rows[0]["told"]["lines"][0]["quantity"] == 2**40
    assert len(orders.alerts()) == 4
    assert watermark(orders) == START, "a bad order holds nobody"
    assert (read.orders.new, read.bad) == (2, 4)

    shown.orders["2-1"] = posting("2-1", ("A", 2))
    shown.bad = shown.bad[1:]
    orders.pass_minutes(1)
    reading(orders, shown).run()
    assert orders.open()[("2-1", "A")] == 2
    assert "orders/ozon/set_aside/2-1" not in orders.alerts()
    assert len(orders.rows("select from posting_event where state = 'set_aside'")) == 3, "each once"


def test_what_only_a_push_told_of_is_read_and_lapses_only_while_the_marketplace_can_be_read(
    orders: Orders, shown: Shown
) -> None:
    orders.good("A", 50)
    reading(orders, shown).run()
    late, forged = posting("1-1", ("A", 1)), posting("2-1", ("A", 1))
    orders.push(PushKind.NEW, late)
    orders.push(PushKind.NEW, forged)
    shown.orders["1-1"] = late
    shown.hidden = {"1-1"}
    orders.pass_minutes(1)
    reading(orders, shown).run()
    assert [call for call in shown.asked if call[0] == "read"] == [("read", "1-1"), ("read", "2-1")]
    assert orders.posting("1-1")["read_at"] == orders.now

    shown.orders |= {f"9-{n}": posting(f"9-{n}") for n in range(3)}
    shown.trouble["changed"] = Retriable("502")
    orders.pass_minutes(20)
    with pytest.raises(Retriable):
        reading(orders, shown).run()
    assert ("2-1", "A") in orders.open()
    shown.trouble.clear()
    reading(orders, shown).run()
    assert orders.open() == {("1-1", "A"): 1}
    assert orders.alerts() == ["order/ozon/2-1/lapsed"]


def test_a_missed_order_is_brought_in_by_the_daily_reading(orders: Orders, shown: Shown) -> None:
    orders.good("A", 50)
    reading(orders, shown).run()
    missed = posting("1-1", ("A", 1), status=PostingStatus.SHIPPING, status_there="delivering")
    shown.orders["1-1"] = replace(missed, created_at=orders.pass_minutes(5))
    shown.orders["2-1"] = replace(missed, number="2-1", created_at=START - timedelta(days=1))
    orders.pass_minutes(60 * 24)
    reading(orders, shown).run()
    assert orders.open() == {("1-1", "A"): 1}
    assert orders.rows("select from posting where number = '2-1'") == [], "it was on its way before we began"


def test_a_return_makes_its_good_due_everywhere_and_gives_back_what_is_with_the_seller(
    orders: Orders, shown: Shown
) -> None:
    orders.good("A", 50)
    shown.orders["1-1"] = posting("1-1", ("A", 2), status=PostingStatus.DELIVERED, status_there="delivered")
    shown.orders["1-1"] = replace(shown.orders["1-1"], created_at=orders.pass_minutes(1))
    reading(orders, shown).run()
    due = orders.due()[("other", "A")]
    back = Return("77", "1-1", "A", "s-A", 1, "ClientReturn", "MovingToSeller", "брак", orders.now)
    shown.returns = [back, replace(back, external_id="78", number="9-9")]
    orders.pass_minutes(11)
    assert reading(orders, shown).run().returns == 2
    assert orders.open() == {("1-1", "A"): 2}
    assert orders.due()[("other", "A")] == due + 1
    shown.returns = [replace(back, status_there="ReceivedBySeller", received=True)]
    orders.pass_minutes(11)
    assert reading(orders, shown).run().returns == 1
    assert orders.open() == {("1-1", "A"): 1}
    orders.pass_minutes(11)
    assert reading(orders, shown).run().returns == 0


def test_a_cancellation_between_two_readings_is_seen(orders: Orders, shown: Shown) -> None:
    orders.good("A", 50)
    shown.orders["1-1"] = posting("1-1", ("A", 2))
    reading(orders, shown).run()
    shown.orders["1-1"] = cancelled("1-1", ("A", 2))
    orders.pass_minutes(1)
    reading(orders, shown).run()
    assert orders.open() == {}
