"""Deadlines: who is told as ship-by comes near, how that grows and ends; and the figures with their thresholds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from watch_kit import Posted, account, post

from marketsync.db import Database
from marketsync.marketplaces.orders import Rating
from marketsync.orders.alerts import Connection
from marketsync.orders.deadlines import Told, by_slack, tell_deadlines
from marketsync.orders.figures import Judged, figures_of, judge, keep_ratings, reckon

MOSCOW = ZoneInfo("Europe/Moscow")
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    with database.transaction() as opened:
        yield opened


def tell(connection: Connection, at: datetime) -> Told:
    return tell_deadlines(connection, account(), at, zone=MOSCOW, language="ru")


def levels(connection: Connection) -> dict[str, str]:
    rows = connection.execute("select key, level from alert where ended_at is null").fetchall()
    return {row["key"]: row["level"] for row in rows}


def test_an_order_is_told_at_half_of_its_time_at_two_hours_at_thirty_minutes_and_when_it_is_late(
    connection: Connection,
) -> None:
    post(connection, "1", made=NOW, ship_by=NOW + timedelta(hours=10))
    at = {
        timedelta(hours=4, minutes=59): {},
        timedelta(hours=5): {"due/ozon/1": "notice"},
        timedelta(hours=8): {"due/ozon/1": "warning"},
        timedelta(hours=9, minutes=30): {"due/ozon/1": "urgent"},
        timedelta(hours=10): {"overdue/ozon/1": "urgent"},
    }
    for after, expected in at.items():
        assert tell(connection, NOW + after).raised == bool(expected)
        assert tell(connection, NOW + after) == Told(0, 0)
        assert levels(connection) == expected
    row = connection.execute("select message from alert where ended_at is null").fetchone()
    assert row is not None
    assert "просрочен" in row["message"]
    assert "23.11.2026 01:00" not in row["message"]
    assert "24.11.2026 01:00" in row["message"]


@pytest.mark.parametrize("status", ["to_ship", "cancelled", "shipping"])
def test_the_alert_ends_with_the_assembly_or_the_cancellation(connection: Connection, status: str) -> None:
    post(connection, "1", made=NOW, ship_by=NOW + timedelta(hours=1))
    tell(connection, NOW + timedelta(minutes=45))
    assert levels(connection) == {"due/ozon/1": "urgent"}
    connection.execute("update posting set status = %s, changed_at = %s", (status, NOW))
    assert tell(connection, NOW + timedelta(hours=2)) == Told(0, 1)
    assert levels(connection) == {}


def test_a_later_ship_by_begins_anew(connection: Connection) -> None:
    post(connection, "1", made=NOW, ship_by=NOW + timedelta(hours=10))
    tell(connection, NOW + timedelta(hours=9, minutes=45))
    connection.execute("update posting set ship_by = %s", (NOW + timedelta(hours=19),))
    assert tell(connection, NOW + timedelta(hours=9, minutes=45)) == Told(1, 1)
    assert levels(connection) == {"due/ozon/1": "notice"}
    connection.execute("update posting set ship_by = %s", (NOW + timedelta(hours=48),))
    assert tell(connection, NOW + timedelta(hours=9, minutes=45)) == Told(0, 1)


def test_without_settings_or_a_time_nothing_is_told_and_another_accounts_alerts_stay(
    connection: Connection,
) -> None:
    post(connection, "1", made=NOW, ship_by=None)
    post(connection, "2", made=NOW, ship_by=NOW, account="ozon_kids")
    late = NOW + timedelta(days=1)
    assert tell_deadlines(connection, account(orders=None), late, zone=MOSCOW, language="ru") == Told(0, 0)
    assert tell(connection, late) == Told(0, 0)
    kids = account(id="ozon_kids")
    assert tell_deadlines(connection, kids, late, zone=MOSCOW, language="en") == Told(1, 0)
    assert tell(connection, late) == Told(0, 0)
    assert levels(connection) == {"overdue/ozon_kids/2": "urgent"}


def test_the_most_pressing_come_first_and_assembled_ones_last(connection: Connection) -> None:
    post(connection, "far", made=NOW, ship_by=NOW + timedelta(hours=9))
    post(connection, "unknown", made=NOW, ship_by=None)
    post(connection, "late", made=NOW, ship_by=NOW - timedelta(hours=1))
    post(connection, "assembled", made=NOW, ship_by=NOW - timedelta(hours=2), status="to_ship")
    post(connection, "gone", made=NOW, ship_by=NOW, status="cancelled")
    found = by_slack(connection, NOW)
    assert [one.number for one in found] == ["late", "far", "unknown", "assembled"]
    assert [one.slack for one in found[:3]] == [-timedelta(hours=1), timedelta(hours=9), None]
    assert by_slack(connection, NOW, account="other") == []


def test_the_database_notes_when_an_order_was_assembled_and_when_it_ended(connection: Connection) -> None:
    post(connection, "1", made=NOW, ship_by=None)
    post(connection, "2", made=NOW, ship_by=None, status="delivered")

    def moments(number: str) -> tuple[datetime | None, datetime | None]:
        row = connection.execute(
            "select assembled_at, ended_at from posting where number = %s", (number,)
        ).fetchone()
        assert row is not None
        return row["assembled_at"], row["ended_at"]

    assert moments("2") == (None, NOW)  # it was assembled before we heard of it
    post(connection, "3", made=NOW, ship_by=None, status="unknown")
    connection.execute("update posting set status_there = '' where number = '3'")
    connection.execute("update posting set status = 'shipping', changed_at = %s where number = '3'", (NOW,))
    assert moments("3") == (None, None)
    steps = [("unknown", None, None), ("to_ship", 2, None), ("delivered", 2, 3), ("to_assemble", 2, None)]
    for hour, (status, assembled, ended) in enumerate(steps, start=1):
        connection.execute(
            "update posting set status = %s, changed_at = %s where number = '1'",
            (status, NOW + timedelta(hours=hour)),
        )
        expected = tuple(NOW + timedelta(hours=h) if h else None for h in (assembled, ended))
        assert moments("1") == expected


def test_figures_are_about_the_orders_of_the_day(connection: Connection) -> None:
    day = datetime(2026, 11, 22, 21, 30, tzinfo=UTC)  # the 23rd in Moscow
    for number, minutes in enumerate((10, 20, 30, 40), start=1):
        post(connection, f"a{number}", made=day, ship_by=day + timedelta(minutes=35))
        connection.execute(
            "update posting set status = 'to_ship', changed_at = %s where number = %s",
            (day + timedelta(minutes=minutes), f"a{number}"),
        )
    ours = Posted(status="cancelled", cancellation={"by": "seller", "code": "352"})
    post(connection, "ours", made=day, ship_by=day + timedelta(days=3), **ours)
    theirs = Posted(status="cancelled", cancellation={"by": "buyer"})
    post(connection, "theirs", made=day, ship_by=day + timedelta(days=3), **theirs)
    post(connection, "late", made=day, ship_by=NOW - timedelta(minutes=1))
    post(connection, "open", made=day, ship_by=NOW + timedelta(minutes=1))
    post(connection, "before", made=day - timedelta(hours=1), ship_by=None)
    assert reckon(connection, account(), NOW, MOSCOW) > 0
    assert reckon(connection, account(), NOW, MOSCOW) == 0
    rows = figures_of(connection, "ozon", date(2026, 11, 22))
    own = {row["name"]: row["value"] for row in rows if row["day"] == date(2026, 11, 23)}
    assert own == {
        "orders": 8,
        "assembled": 4,
        "reaction_p50": Decimal("25.00"),
        "reaction_p95": Decimal("38.50"),
        "cancelled_by_us": Decimal("12.50"),
        "assembled_late": Decimal("25.00"),
        "on_time": Decimal("75.00"),
        "errors": Decimal("37.50"),
    }
    assert [row["day"] for row in rows if row["name"] == "orders"] == [date(2026, 11, 23), date(2026, 11, 22)]


@pytest.mark.parametrize(
    ("value", "higher", "expected"),
    [
        ("3.1", False, None),
        ("3.2", False, Judged("notice", Decimal(4))),
        ("4", False, Judged("notice", Decimal(4))),
        ("4.1", False, Judged("warning", Decimal(4))),
        ("40.1", False, Judged("urgent", Decimal(40))),
        ("96.9", True, None),
        ("96.8", True, Judged("notice", Decimal(96))),
        ("95.9", True, Judged("warning", Decimal(96))),
        ("79", True, Judged("urgent", Decimal(80))),
        (None, True, None),
    ],
)
def test_a_figure_is_judged_by_its_way_to_the_threshold(
    value: str | None, higher: bool, expected: Judged | None
) -> None:
    thresholds = (Decimal(96), Decimal(80)) if higher else (Decimal(4), Decimal(40))
    rating = Rating(
        "x", "X", None, *thresholds, higher_is_better=higher, best=Decimal(100) if higher else None
    )
    assert judge(rating, Decimal(value) if value else None, Decimal("0.8")) == expected


def test_without_thresholds_nothing_is_judged_and_without_a_best_value_there_is_no_notice() -> None:
    assert judge(Rating("x", "X", None), Decimal(1), Decimal("0.8")) is None
    open_ended = Rating("x", "X", None, Decimal(4))
    assert judge(open_ended, Decimal("4.01"), Decimal("0.8")) is None
    assert judge(open_ended, Decimal("3.99"), Decimal("0.8")) == Judged("warning", Decimal(4))


def test_a_figure_near_its_threshold_is_told_and_ends_when_it_is_well_again(connection: Connection) -> None:
    for number in range(10):
        cancelled = Posted(status="cancelled", cancellation={"by": "seller"}) if number == 0 else Posted()
        post(connection, str(number), made=NOW, ship_by=None, **cancelled)
    reckon(connection, account(), NOW, MOSCOW)
    rating = Rating(
        "index", "Индекс ошибок", Decimal(2), Decimal(4), Decimal(40), False, figure="cancelled_by_us"
    )
    assert keep_ratings(connection, account(), [rating], NOW, zone=MOSCOW, language="ru") == 1
    assert levels(connection) == {"figure/ozon/cancelled_by_us": "warning"}
    row = connection.execute("select message from alert").fetchone()
    assert row is not None
    assert "10.00 при пороге 4" in row["message"]
    kept = {row["name"]: (row["value"], row["warning"]) for row in figures_of(connection, "ozon", NOW.date())}
    assert kept["index"] == (2, 4)
    assert kept["cancelled_by_us_14d"] == (10, 4)
    connection.execute('update posting set cancellation = \'{"by": "buyer"}\'')
    reckon(connection, account(), NOW, MOSCOW)
    assert keep_ratings(connection, account(), [rating], NOW, zone=MOSCOW, language="ru") == 0
    assert levels(connection) == {}
