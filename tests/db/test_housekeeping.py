"""Housekeeping takes away what is older than its days, and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from marketsync import steps
from marketsync.accounts import Accounts, Retention
from marketsync.credentials import Credentials
from marketsync.db import Database
from marketsync.files import Files
from marketsync.runtime import Runtime
from marketsync.shop.handover import deliver_folder

NOW = datetime(2026, 11, 23, 4, 40, tzinfo=UTC)


class SetClock:
    """A clock that stands where it was set."""

    def __init__(self, now: datetime) -> None:
        self.moment = now

    def now(self) -> datetime:
        return self.moment

    def monotonic(self) -> float:
        return self.moment.timestamp()

    def sleep(self, seconds: float) -> None:
        raise AssertionError(f"nothing has to wait {seconds} s here")


@pytest.fixture
def runtime(database: Database, tmp_path: Path) -> Runtime:
    kept = Accounts(
        version=1, accounts=(), retention=Retention(api_calls=2, changes=5, reconciliations=3, deliveries=2)
    )
    files = Files((tmp_path / "files").as_uri())
    return Runtime(database, kept, lambda _id: Credentials(""), SetClock(NOW), files)


def test_old_reconciliations_go_with_their_workbooks(runtime: Runtime) -> None:
    with runtime.database.transaction() as connection:
        for days in (1, 2, 4, 9):
            connection.execute(
                "insert into reconciliation (account, state, began_at) values ('ozon', 'done', %s)",
                (NOW - timedelta(days=days),),
            )
    for number in (1, 2, 3, 4):
        runtime.files.write(f"reconciliations/ozon-{number}.xlsx", b"workbook")
    assert steps.housekeeping(runtime)["reconciliations"] == 2
    assert runtime.files.list("reconciliations") == [
        "reconciliations/ozon-1.xlsx",
        "reconciliations/ozon-2.xlsx",
    ]
    assert steps.housekeeping(runtime)["reconciliations"] == 0


def test_old_adoptions_go_with_their_workbooks_and_filled_ones_stay(runtime: Runtime) -> None:
    with runtime.database.transaction() as connection:
        for days in (1, 4):
            connection.execute(
                "insert into adoption (account, state, began_at) values ('ozon', 'done', %s)",
                (NOW - timedelta(days=days),),
            )
    for name in ("ozon-1", "ozon-2", "filled"):
        runtime.files.write(f"adoptions/{name}.xlsx", b"workbook")
    assert steps.housekeeping(runtime)["adoptions"] == 1
    assert runtime.files.list("adoptions") == ["adoptions/filled.xlsx", "adoptions/ozon-1.xlsx"]


def test_old_deliveries_go(runtime: Runtime, tmp_path: Path) -> None:
    (tmp_path / "delivery").mkdir()
    (tmp_path / "delivery" / "import.xml").write_text("<a/>", encoding="utf-8")
    for days in (0, 1, 3, 30):
        clock = SetClock(NOW - timedelta(days=days))
        deliver_folder(runtime.database, clock, runtime.files, tmp_path / "delivery")
    assert steps.housekeeping(runtime)["delivery_files"] == 2
    left = sorted(name.split("/")[1][:8] for name in runtime.files.list("deliveries"))
    assert left == ["20261122", "20261123"]


def test_only_changes_that_ended_long_ago_go(runtime: Runtime) -> None:
    with runtime.database.transaction() as connection:
        connection.execute(
            "insert into exchange (source, location, state, delivered_at) values ('1c', 'x', 'imported', now());"
        )
        connection.execute(
            "insert into product (guid, good_guid, name, content_hash, exchange_id, changed_at)"
            " values ('g', 'g', 'Боди', '\\x00', 1, now())"
        )
        connection.execute("insert into offer (account, product_id, article) values ('ozon', 1, 'A')")
        connection.execute(
            "insert into plan (account, channel, kind, created_at) values ('ozon', 'price', 'changes', now())"
        )
        for state, days in (
            ("confirmed", 1),
            ("confirmed", 9),
            ("superseded", 9),
            ("rejected", 9),
            ("held", 9),
        ):
            connection.execute(
                "insert into change (plan_id, offer_id, channel, why, state, finished_at)"
                " values (1, 1, 'price', 'new', %s, %s)",
                (state, NOW - timedelta(days=days)),
            )
    assert steps.housekeeping(runtime)["changes"] == 3
    with runtime.database.transaction() as connection:
        states = [row["state"] for row in connection.execute("select state from change order by change_id")]
    assert states == ["confirmed", "held"]


def test_the_last_readings_and_the_young_past_stay(runtime: Runtime) -> None:
    with runtime.database.transaction() as connection:
        for days in (0, 1, 2):
            connection.execute(
                "insert into reconciliation (account, state, began_at) values ('ozon', 'done', %s)",
                (NOW - timedelta(days=days),),
            )
        connection.execute(
            "insert into observation (reconciliation_id, channel, external_id)"
            " select reconciliation_id, 'card', '1' from reconciliation"
        )
        connection.execute(
            "insert into exchange (source, location, state, delivered_at) values ('1c', 'x', 'imported', now())"
        )
        connection.execute(
            "insert into product (guid, good_guid, name, content_hash, exchange_id, changed_at)"
            " values ('g', 'g', 'Пирамидка', '', 1, now())"
        )
        for days in (1, 9):
            connection.execute(
                "insert into store_past (product_id, kind, value, exchange_id, since, until)"
                " values (1, 'product', '{}', 1, %(at)s, %(at)s)",
                {"at": NOW - timedelta(days=days)},
            )
    counts = steps.housekeeping(runtime)
    assert (counts["observations"], counts["values"]) == (1, 1)
    with runtime.database.transaction() as connection:
        left = connection.execute("select reconciliation_id from observation order by 1").fetchall()
    assert [row["reconciliation_id"] for row in left] == [2, 3]


def test_links_that_nobody_asked_about_for_long_go_with_their_pictures(runtime: Runtime) -> None:
    with runtime.database.transaction() as connection:
        for name, days in (("old", 61), ("shared", 61), ("new", 59)):
            content = "1" if name == "old" else "2"
            connection.execute(
                "insert into picture values (%s, 'JPEG', 300, 300, 9, %s) on conflict do nothing",
                (content.encode(), NOW),
            )
            connection.execute(
                "insert into picture_link (url, hash, state, checked_at, again_at) values (%s, %s, 'good', %s, %s)",
                (name, content.encode(), NOW - timedelta(days=days), NOW),
            )
    assert steps.housekeeping(runtime)["pictures"] == 1
    with runtime.database.transaction() as connection:
        rows = connection.execute("select url, hash from picture_link join picture using (hash)").fetchall()
    assert rows == [{"url": "new", "hash": b"2"}]
