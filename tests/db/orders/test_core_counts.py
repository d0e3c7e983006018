"""What the stock plan makes of reservations, and when they end: never is more promised than there is."""

from __future__ import annotations

import pytest
from orders_kit import ELSEWHERE, SPARE, THERE, THERE_TOO, Orders, account, cancelled, posting

from marketsync.db import sql
from marketsync.marketplaces.orders import PostingStatus


def desired(
    orders: Orders, article: str, name: str = "ozon", **terms: object
) -> dict[str, tuple[int, str | None]]:
    """Marketplace's warehouse -> (pieces, why it is lower) of an account, with the same buffer everywhere."""
    whose = account(name)
    with orders.database.transaction() as connection:
        connection.execute(sql("desired/create"))
        connection.execute(
            sql("desired/stock"),
            {
                "account": name,
                "offers": None,
                "states": ["ready"],
                "stores": [w.store for w in whose.warehouses],
                "targets": [w.marketplace for w in whose.warehouses],
                "buffers": [terms.get("buffer", 0)] * 2,
                "hide_below": [terms.get("hide_below", 0)] * 2,
                "show_at_most": [terms.get("show_at_most")] * 2,
            },
        )
        rows = connection.execute(
            "select d.* from desired as d join offer as o using (offer_id) where o.article = %s", (article,)
        ).fetchall()
        connection.rollback()
    return {row["warehouse"]: (int(row["amount"]), row["origin"]) for row in rows}


def test_an_order_lowers_the_stock_of_every_account_that_its_warehouse_feeds(orders: Orders) -> None:
    orders.good("A", 5, 3)
    orders.good("B", 5, 3)
    orders.take(posting("1-1", ("A", 2)))
    assert desired(orders, "A") == {THERE: (3, "order"), THERE_TOO: (3, None)}
    assert desired(orders, "A", "other") == {ELSEWHERE: (6, "order")}
    assert desired(orders, "B", "other") == {ELSEWHERE: (8, None)}


def test_an_order_of_a_warehouse_that_nothing_feeds_counts_everywhere(orders: Orders) -> None:
    orders.good("A", 5, 3)
    orders.take(posting("1-1", ("A", 4), warehouse="999"))
    assert desired(orders, "A") == {THERE: (1, "order"), THERE_TOO: (0, "order")}
    assert desired(orders, "A", "other") == {ELSEWHERE: (4, "order")}


@pytest.mark.parametrize(
    ("terms", "shown"),
    [
        ({"buffer": 1}, 3),  # 5 + 3 - 3 from the fuller: 2 - 1 and 3 - 1
        ({"hide_below": 3}, 3),  # of 2 and 3 only the 3
        ({"show_at_most": 2}, 4),
    ],
)
def test_reserved_pieces_leave_the_fullest_warehouse_first_and_before_all_bounds(
    orders: Orders, terms: dict[str, int], shown: int
) -> None:
    orders.good("A", 5, 3)
    orders.take(posting("1-1", ("A", 3), warehouse="999"))
    amount, _ = desired(orders, "A", "other", **terms)[ELSEWHERE]
    assert amount == shown


def test_more_reserved_than_there_is_shows_none(orders: Orders) -> None:
    orders.good("A", 2.5, -3)
    orders.take(posting("1-1", ("A", 4), warehouse="999"))
    assert desired(orders, "A", "other") == {ELSEWHERE: (0, "order")}


def test_a_reservation_ends_with_the_first_counts_that_began_after_the_erp_took_the_order(
    orders: Orders,
) -> None:
    product = orders.good("A", 5)
    other = orders.good("B", 5)
    orders.take(posting("1-1", ("A", 1)))
    began = orders.pass_minutes(1)
    orders.pass_minutes(1)
    orders.booked("1-1")
    assert orders.merge({product: {"w-1": 5}}, began) == 0, "it began before the answer"
    assert desired(orders, "A")[THERE] == (4, "order")
    assert orders.merge({other: {"w-1": 5}}, orders.pass_minutes(1)) == 0, "it says nothing of the good"
    assert orders.merge({product: {"w-2": 1}}, orders.pass_minutes(1)) == 0, "nor of the order's warehouse"
    assert orders.merge({product: {"w-1": 4}}, orders.pass_minutes(1)) == 1
    assert desired(orders, "A")[THERE] == (4, None)
    assert orders.ended() == [("1-1", "booked")]
    orders.pass_minutes(1)
    orders.take(posting("1-1", ("A", 1), tracking_number="7"))
    assert orders.open() == {}, "the counts know of it"


def test_counts_of_what_is_on_hand_know_of_an_order_once_it_is_shipped(orders: Orders) -> None:
    product = orders.good("A", 5)
    orders.take(posting("1-1", ("A", 1)))
    orders.pass_minutes(1)
    orders.booked("1-1")
    assert orders.merge({product: {"w-1": 5}}, orders.pass_minutes(1), counts="on_hand") == 0
    orders.pass_minutes(1)
    orders.shipped("1-1")
    orders.pass_minutes(1)
    orders.take(cancelled("1-1", ("A", 1)))
    assert orders.open() == {("1-1", "A"): 1}, "it has left the store"
    assert orders.merge({product: {"w-1": 4}}, orders.pass_minutes(1), counts="on_hand") == 1


def test_counts_that_do_not_list_a_good_know_of_its_orders_where_they_list_everything(orders: Orders) -> None:
    orders.good("A", 5)
    orders.take(posting("1-1", ("A", 1)))
    orders.pass_minutes(1)
    orders.booked("1-1")
    assert orders.merge({}, orders.pass_minutes(1), full=True) == 1


def test_an_edit_after_the_booking_reserves_only_what_is_more(orders: Orders) -> None:
    product = orders.good("A", 9)
    orders.take(posting("1-1", ("A", 2)))
    orders.pass_minutes(1)
    orders.booked("1-1")
    orders.merge({product: {"w-1": 7}}, orders.pass_minutes(1))
    orders.pass_minutes(1)
    orders.take(posting("1-1", ("A", 3)))
    assert orders.open() == {("1-1", "A"): 1}
    assert orders.merge({product: {"w-1": 7}}, orders.pass_minutes(1)) == 0, "the ERP has not booked that one"
    orders.booked("1-1")
    assert orders.merge({product: {"w-1": 6}}, orders.pass_minutes(1)) == 1


def test_pieces_that_are_back_are_given_back(orders: Orders) -> None:
    orders.good("A", 5)
    orders.take(posting("1-1", ("A", 2), status=PostingStatus.DELIVERED, status_there="delivered"))
    orders.run(
        "insert into posting_return (account, external_id, posting_id, number, sku, quantity, kind, received, "
        "changed_at) select 'ozon', '1', posting_id, number, 's-A', 1, 'FullReturn', true, %s from posting",
        orders.pass_minutes(1),
    )
    orders.take(
        posting("1-1", ("A", 2), status=PostingStatus.DELIVERED, status_there="delivered", ship_by=None)
    )
    assert orders.open() == {("1-1", "A"): 1}


def test_stores_are_told_apart_whatever_accounts_call_them(orders: Orders) -> None:
    orders.good("A", 5, 3)
    by_id = account(
        "ozon", warehouses=({"store": "w-1", "marketplace": THERE}, {"store": SPARE, "marketplace": "102"})
    )
    orders.account = by_id
    orders.take(posting("1-1", ("A", 2)))
    assert desired(orders, "A")[THERE] == (3, "order")
