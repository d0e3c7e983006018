"""The call log keeps every exchange, by day, and never fails the call it describes."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from marketsync.db import Database
from marketsync.db.call_log import PostgresCallLog, create_partitions, drop_partitions
from marketsync.http.protocols import Call

CALL = Call(
    at=datetime(2026, 3, 14, 23, 59, 59, 999999, tzinfo=UTC),
    account="ozon_main",
    method="POST /v2/products/stocks",
    status=200,
    outcome="ok",
    ms=87,
    attempt=2,
    items=100,
    submission=41,
    trace_id="a1b2c3",
    request_hash=b"\x00\x01",
    request_bytes=2048,
    response_bytes=512,
    request_body='{"stocks":[]}',
    response_body='{"result":[]}',
    error=None,
)


def _days(database: Database) -> dict[str, int]:
    """Rows by the partition that holds them."""
    with database.transaction() as connection:
        rows = connection.execute(
            "select tableoid::regclass::text as day, count(*) as calls from api_call group by 1"
        ).fetchall()
    return {row["day"]: row["calls"] for row in rows}


def test_keeps_every_field(database: Database) -> None:
    PostgresCallLog(database).record(CALL)

    with database.transaction() as connection:
        row = connection.execute("select * from api_call").fetchone()
    assert row is not None
    assert row.pop("call_id") == 1
    assert row.pop("submission_id") == CALL.submission
    for name, value in row.items():
        assert value == getattr(CALL, name), name


def test_a_call_without_an_answer(database: Database) -> None:
    call = replace(CALL, status=None, outcome="uncertain", response_body=None, trace_id=None, error="silence")
    PostgresCallLog(database).record(call)

    with database.transaction() as connection:
        row = connection.execute("select status, outcome, error from api_call").fetchone()
    assert row == {"status": None, "outcome": "uncertain", "error": "silence"}


def test_stays_though_the_work_around_it_is_rolled_back(database: Database) -> None:
    log = PostgresCallLog(database)
    with database.transaction() as connection:
        log.record(CALL)
        connection.rollback()

    assert sum(_days(database).values()) == 1


def test_several_threads_write_at_once(database: Database) -> None:
    log = PostgresCallLog(database)

    def work() -> None:
        for _ in range(10):
            log.record(CALL)

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(_days(database).values()) == 60


def test_days_are_made_ahead_and_only_once(database: Database) -> None:
    assert create_partitions(database, date(2026, 3, 14)) == 8
    assert create_partitions(database, date(2026, 3, 15)) == 1
    assert create_partitions(database, date(2026, 3, 15)) == 0

    log = PostgresCallLog(database)
    log.record(CALL)  # the last microsecond of the 14th, UTC
    log.record(replace(CALL, at=datetime(2026, 3, 15, tzinfo=UTC)))
    log.record(replace(CALL, at=datetime(2027, 1, 1, tzinfo=UTC)))

    assert _days(database) == {"api_call_20260314": 1, "api_call_20260315": 1, "api_call_default": 1}


def test_a_day_takes_over_what_came_before_it_was_made(database: Database) -> None:
    log = PostgresCallLog(database)
    log.record(CALL)
    log.record(replace(CALL, at=datetime(2026, 3, 25, tzinfo=UTC)))

    create_partitions(database, date(2026, 3, 14))
    log.record(CALL)

    assert _days(database) == {"api_call_20260314": 2, "api_call_default": 1}
    with database.transaction() as connection:
        row = connection.execute("select count(distinct call_id) as ids from api_call").fetchone()
    assert row == {"ids": 3}


def test_old_days_are_dropped_wherever_they_lie(database: Database) -> None:
    create_partitions(database, date(2026, 3, 14))
    log = PostgresCallLog(database)
    for day in (14, 15, 16, 17):
        log.record(replace(CALL, at=datetime(2026, 3, day, tzinfo=UTC)))
    log.record(replace(CALL, at=datetime(2026, 3, 1, tzinfo=UTC)))  # in the default partition

    assert drop_partitions(database, date(2026, 3, 18), keep_days=2) == 2

    assert _days(database) == {"api_call_20260316": 1, "api_call_20260317": 1}
    assert drop_partitions(database, date(2026, 3, 18), keep_days=2) == 0


def test_a_lost_line_is_counted_and_told_and_the_call_goes_on(
    database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    log = PostgresCallLog(database)
    with database.transaction() as connection:
        connection.execute("alter table api_call add constraint broken check (ms < 0) not valid")

    log.record(CALL)
    log.record(CALL)

    told = capsys.readouterr().out
    assert told.count("call_not_logged") == 2
    assert "lost=2" in told


def test_an_unreachable_database_does_not_fail_the_call(capsys: pytest.CaptureFixture[str]) -> None:
    nowhere = Database("postgresql://127.0.0.1:1/none")
    nowhere._pool.timeout = 0.2
    try:
        PostgresCallLog(nowhere).record(CALL)
    finally:
        nowhere.close()

    assert "call_not_logged" in capsys.readouterr().out
