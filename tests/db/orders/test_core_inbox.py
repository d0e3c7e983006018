"""The inbox: pushes and readings in whatever order they come; what is reserved for them, and what becomes due."""

from __future__ import annotations

from datetime import timedelta

from orders_kit import START, THERE_TOO, Orders, cancelled, posting

from marketsync.marketplaces.orders import PostingLine, PostingStatus, PushKind


def test_a_push_reserves_at_once_and_its_reading_confirms_it(orders: Orders) -> None:
    orders.good("A", 5, 3)
    told = posting("1-1", ("A", 2))
    assert orders.push(PushKind.NEW, told)
    assert orders.open() == {("1-1", "A"): 2}
    assert orders.due() == {("ozon", "A"): 1, ("other", "A"): 1}
    (row,) = orders.rows("select * from reservation")
    assert row["lapses_at"] == START + timedelta(minutes=15)
    assert row["stores"] == ["w-1"]

    assert not orders.push(PushKind.NEW, told), "a repeated push is known"
    assert orders.due() == {("ozon", "A"): 1, ("other", "A"): 1}

    orders.pass_minutes(1)
    taken = orders.take(told)
    assert (taken.new, taken.changed) == (0, 1)
    (row,) = orders.rows("select * from reservation")
    assert (row["quantity"], row["lapses_at"]) == (2, None)
    assert orders.posting("1-1")["heard_at"] is None
    version = orders.posting("1-1")["version"]

    orders.pass_minutes(1)
    assert orders.take(told).same == 1
    assert orders.posting("1-1")["version"] == version
    assert len(orders.rows("select from posting_event")) == 2


def test_a_push_that_nobody_could_read_lapses(orders: Orders) -> None:
    orders.good("A", 5)
    orders.push(PushKind.NEW, posting("1-1", ("A", 2)))
    orders.pass_minutes(14)
    assert orders.lapse() == 0
    orders.pass_minutes(1)
    assert orders.lapse() == 1
    assert orders.open() == {}
    orders.take(posting("1-1", ("A", 2)))
    assert orders.open() == {("1-1", "A"): 2}, "read after all"


def test_a_later_edit_and_a_cancellation_give_back(orders: Orders) -> None:
    orders.good("A", 5)
    orders.good("B", 5)
    orders.take(posting("1-1", ("A", 2), ("B", 1)))
    before = orders.posting("1-1")
    orders.pass_minutes(1)
    orders.take(posting("1-1", ("A", 1), warehouse=THERE_TOO))
    after = orders.posting("1-1")
    assert orders.open() == {("1-1", "A"): 1}
    assert orders.ended() == [("1-1", "changed")]
    assert after["version"] == before["version"] + 1
    assert orders.due()[("other", "B")] == 2
    orders.pass_minutes(1)
    orders.take(cancelled("1-1", ("A", 1)))
    assert orders.open() == {}
    assert orders.ended()[0] == ("1-1", "cancelled")
    assert orders.due()[("other", "A")] == 3


def test_a_cancelled_order_that_was_on_its_way_gives_nothing_back_until_it_is_booked(orders: Orders) -> None:
    product = orders.good("A", 5)
    orders.take(posting("1-1", ("A", 1), status=PostingStatus.SHIPPING, status_there="delivering"))
    orders.pass_minutes(1)
    orders.take(cancelled("1-1", ("A", 1)))
    assert orders.posting("1-1")["cancellation"]["after_shipping"]
    assert orders.open() == {("1-1", "A"): 1}
    orders.pass_minutes(1)
    orders.take(cancelled("1-1", ("A", 1), tracking_number="7"))
    assert orders.open() == {("1-1", "A"): 1}, "it is remembered"
    orders.booked("1-1")
    orders.merge({product: {"w-1": 4}}, orders.pass_minutes(1))
    assert orders.open() == {}


def test_an_old_push_does_not_win_over_a_newer_reading(orders: Orders) -> None:
    orders.good("A", 5)
    shipping = posting("1-1", ("A", 1), status=PostingStatus.SHIPPING, status_there="delivering")
    orders.take(shipping)
    orders.pass_minutes(1)
    orders.push(
        PushKind.STATE, posting("1-1", status=PostingStatus.TO_SHIP, status_there="posting_in_carriage")
    )
    orders.push(PushKind.NEW, posting("1-1", ("A", 3)))
    assert orders.posting("1-1")["status"] == "shipping"
    assert orders.open() == {("1-1", "A"): 1}


def test_a_reading_that_lags_a_push_does_not_take_it_back(orders: Orders) -> None:
    orders.good("A", 5)
    told = posting("1-1", ("A", 1))
    orders.take(told)
    began = orders.pass_minutes(5)
    orders.push(PushKind.CANCELLED, cancelled("1-1", ("A", 1)))
    assert orders.open() == {}
    assert orders.take(told, began=began).stale == 1
    orders.now += timedelta(seconds=30)
    assert orders.take(told).stale == 1, "replicas lag"
    assert orders.posting("1-1")["status"] == "cancelled"
    orders.pass_minutes(1)
    assert orders.take(told).changed == 1, "what is still shown after a minute is so"
    assert orders.open() == {("1-1", "A"): 1}


def test_a_reading_that_began_before_the_last_one_is_overtaken(orders: Orders) -> None:
    orders.good("A", 5)
    began = orders.now
    orders.pass_minutes(1)
    orders.take(posting("1-1", ("A", 1), status=PostingStatus.TO_SHIP, status_there="awaiting_deliver"))
    assert orders.take(posting("1-1", ("A", 1)), began=began).stale == 1
    assert orders.posting("1-1")["status"] == "to_ship"


def test_a_cancellation_that_comes_before_its_order_reserves_nothing(orders: Orders) -> None:
    orders.good("A", 5)
    orders.push(PushKind.CANCELLED, cancelled("1-1"))
    orders.push(PushKind.NEW, posting("1-1", ("A", 1)))
    assert orders.open() == {}
    assert orders.posting("1-1")["status"] == "cancelled"
    orders.pass_minutes(2)
    orders.take(cancelled("1-1", ("A", 1)))
    assert orders.open() == {}


def test_what_is_not_known_is_kept_and_told(orders: Orders) -> None:
    product = orders.good("A", 5)
    strange = PostingLine("нет-такого", None, "Что-то", 2, None)
    none = PostingLine("A", "s-A", "Товар A", 0, None)
    odd = posting("1-1", status=PostingStatus.UNKNOWN, status_there="on_the_moon", lines=(strange, none))
    orders.take(odd)
    assert orders.open() == {}
    assert orders.alerts() == [f"order/ozon/1-1/{about}" for about in ("article", "quantity", "status")]
    assert orders.posting("1-1")["status_there"] == "on_the_moon"

    orders.run("insert into order_article values ('ozon', 'нет-такого', %s, 'Анна', %s)", product, orders.now)
    orders.pass_minutes(1)
    orders.take(posting("1-1", lines=(strange,)))
    assert orders.open() == {("1-1", "A"): 2}
    assert orders.alerts() == []


def test_a_good_is_found_by_the_marketplaces_id_where_its_article_is_unknown(orders: Orders) -> None:
    orders.good("A", 5)
    orders.take(posting("1-1", lines=(PostingLine("старое имя", "s-A", None, 1, None),)))
    assert orders.open() == {("1-1", "A"): 1}


def test_more_pushes_than_can_be_true_reserve_nothing_until_they_are_read(orders: Orders) -> None:
    orders.account = orders.account.model_copy(
        update={"orders": orders.account.orders.model_copy(update={"most_new_per_minute": 2})}
    )
    orders.good("A", 50)
    for number in range(4):
        orders.push(PushKind.NEW, posting(f"{number}-1", ("A", 1)))
    assert orders.open() == {("0-1", "A"): 1, ("1-1", "A"): 1}
    assert orders.alerts() == ["orders/ozon/burst"]
    orders.pass_minutes(1)
    orders.take(posting("3-1", ("A", 1)))
    assert ("3-1", "A") in orders.open()


def test_a_push_that_cannot_be_kept_is_set_aside(orders: Orders) -> None:
    orders.good("A", 5)
    bad = posting("1-1", ("A", 2**40))
    assert orders.push(PushKind.NEW, bad)
    assert orders.alerts() == ["orders/ozon/set_aside/1-1"]
    (event,) = orders.rows("select * from posting_event")
    assert event["state"] == "set_aside"
    assert "out of range" in event["error"]
    assert not orders.push(PushKind.NEW, bad)


def test_orders_that_were_over_before_we_began_are_left_alone(orders: Orders) -> None:
    orders.good("A", 5)
    old = {"created_at": START - timedelta(days=3)}
    shipped = posting("1-1", ("A", 1), status=PostingStatus.SHIPPING, status_there="delivering", **old)
    taken = orders.take(shipped, posting("2-1", ("A", 1), **old), since=START)
    assert (taken.strange, taken.new) == (1, 1)
    assert orders.open() == {("2-1", "A"): 1}
