"""The limiter keeps its limit in any window, whoever asks, and says exactly how long to wait."""

from __future__ import annotations

import math
import multiprocessing
import threading
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketsync.db import Database, sql
from marketsync.db.limiter import SPREAD, PostgresLimiter, allowed
from marketsync.errors import RateLimited, Retriable
from marketsync.http.protocols import Limit

START = 1_800_000_000.0  # seconds since the epoch; halves and quarters of a second are exact at this size
TICK = 0.25


class _Clock:
    """Time that passes only by sleeping."""

    def __init__(self) -> None:
        self.slept: list[float] = []
        self.on_sleep: Callable[[], None] = lambda: None

    def now(self) -> datetime:
        return datetime.fromtimestamp(START + self.monotonic(), UTC)

    def monotonic(self) -> float:
        return sum(self.slept)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.on_sleep()


class _Model:
    """The sliding window in a few plain lines: every call that was let through, by key."""

    def __init__(self) -> None:
        self.taken: dict[str, list[tuple[float, int]]] = {}

    def fits(self, limit: Limit, at: float) -> bool:
        spent = sum(weight for moment, weight in self.taken.get(limit.key, []) if moment > at - limit.window)
        return spent + limit.weight <= limit.limit

    def wait(self, limits: list[Limit], at: float) -> float:
        """Seconds until all fit, found by trying every tick."""
        ticks = 0
        while not all(self.fits(limit, at + ticks * TICK) for limit in limits):
            ticks += 1
        return ticks * TICK

    def take(self, limits: list[Limit], at: float) -> None:
        for limit in limits:
            self.taken.setdefault(limit.key, []).append((at, limit.weight))

    def most_in_any_window(self, key: str, window: float) -> int:
        moments = self.taken.get(key, [])
        return max(
            (sum(weight for later, weight in moments if at <= later < at + window) for at, _ in moments),
            default=0,
        )


BUDGETS = {"narrow": (3, 1.0), "wide": (5, 4.0), "items": (10, 2.0)}

_asked = st.lists(st.sampled_from(sorted(BUDGETS)), min_size=1, max_size=3, unique=True)
_steps = st.lists(
    st.tuples(st.integers(0, 6), _asked, st.integers(1, 3)),
    min_size=1,
    max_size=40,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=_steps)
def test_answers_as_the_model_at_every_step(
    database: Database, steps: list[tuple[int, list[str], int]]
) -> None:
    """Taken where the model takes, and the wait is the model's: not a tick too early, not a tick too late."""
    model, at = _Model(), START
    with database.transaction() as connection:
        for ticks, keys, weight in steps:
            at += ticks * TICK
            limits = [Limit(key, *BUDGETS[key], weight=weight) for key in keys]
            row = connection.execute(sql("limiter/take"), _raw(limits, at)).fetchone()
            assert row is not None
            expected = model.wait(limits, at)
            assert row["wait"] == expected
            if expected == 0:
                model.take(limits, at)
        connection.rollback()
    for key, (limit, window) in BUDGETS.items():
        assert model.most_in_any_window(key, window) <= limit


def _raw(limits: list[Limit], at: float) -> dict[str, object]:
    return {
        "keys": [limit.key for limit in limits],
        "caps": [limit.limit for limit in limits],
        "widths": [limit.window for limit in limits],
        "costs": [limit.weight for limit in limits],
        "at": at,
    }


@pytest.mark.parametrize(("limit", "used"), [(1, 1), (20, 19), (50, 49), (80, 78), (1000, 980)])
def test_two_percent_are_left_unspent(limit: int, used: int) -> None:
    assert allowed(Limit("k", limit, 60.0)) == used


def test_takes_all_or_nothing(database: Database) -> None:
    limiter = PostgresLimiter(database, _Clock())
    full, free = Limit("full", 1, 60.0), Limit("free", 1, 60.0)
    limiter.acquire([full], patience=0)

    with pytest.raises(RateLimited) as refused:
        limiter.acquire([free, full], patience=10)

    assert 59 < refused.value.delay <= 60 + SPREAD
    limiter.acquire([free], patience=0)  # nothing of it was spent


def test_waits_as_long_as_the_database_says_and_holds_nothing_meanwhile(database: Database) -> None:
    clock = _Clock()
    limiter = PostgresLimiter(database, clock)
    limit = Limit("k", 1, 5.0)
    limiter.acquire([limit], patience=0)

    def somebody_else() -> None:
        with database.transaction() as connection:  # 'nowait' fails if the one who sleeps holds the row
            connection.execute("select from rate_limit where limit_key = 'k' for update nowait")
            connection.execute("update rate_limit set moments = '{}', weights = '{}'")

    clock.on_sleep = somebody_else
    limiter.acquire([limit], patience=10)

    assert len(clock.slept) == 1
    assert 4 < clock.slept[0] <= 5 + SPREAD + 0.1


def test_patience_ends_though_every_wait_is_short(database: Database) -> None:
    """Others take the room each time: the waits add up, and the sum is what patience is about."""
    clock = _Clock()
    limiter = PostgresLimiter(database, clock)
    limit = Limit("k", 1, 3.0)
    limiter.acquire([limit], patience=0)

    with pytest.raises(RateLimited):  # the row is never freed: real time stands still for this clock
        limiter.acquire([limit], patience=10)

    assert 2 <= len(clock.slept) <= 3
    assert sum(clock.slept) <= 10


def test_a_block_holds_everybody_and_a_shorter_one_does_not_end_it(database: Database) -> None:
    limiter = PostgresLimiter(database, _Clock())
    limiter.block("k", 120)
    limiter.block("k", 1)

    with pytest.raises(RateLimited) as refused:
        limiter.acquire([Limit("k", 80, 60.0)], patience=10)

    assert 110 < refused.value.delay <= 120
    assert "k" in refused.value.message


def test_a_clock_that_was_set_back_blocks_no_longer_than_a_window(database: Database) -> None:
    limit = Limit("k", 2, 10.0)
    with database.transaction() as connection:
        for _ in range(2):
            connection.execute(sql("limiter/take"), _raw([limit], START + 3600))
        row = connection.execute(sql("limiter/take"), _raw([limit], START)).fetchone()
        assert row is not None
        assert row["wait"] == 10.0
        row = connection.execute(sql("limiter/take"), _raw([limit], START + 10)).fetchone()
        assert row is not None
        assert row["wait"] == 0


def test_old_moments_are_forgotten(database: Database) -> None:
    limit = Limit("k", 100, 10.0)
    with database.transaction() as connection:
        for second in range(200):
            connection.execute(sql("limiter/take"), _raw([limit], START + second))
        row = connection.execute("select cardinality(moments) as kept, weights from rate_limit").fetchone()
    assert row is not None
    assert row["kept"] == len(row["weights"]) == 10


@pytest.mark.parametrize("weight", [0, 79, 81])
def test_a_weight_that_never_fits_is_a_mistake_of_the_program(database: Database, weight: int) -> None:
    with pytest.raises(ValueError, match="k of 80 per 60 s"):
        PostgresLimiter(database, _Clock()).acquire([Limit("k", 80, 60.0, weight=weight)], patience=10)


def test_a_key_has_one_window(database: Database) -> None:
    with pytest.raises(ValueError, match="given twice"):
        PostgresLimiter(database, _Clock()).acquire([Limit("k", 1, 1.0), Limit("k", 9, 60.0)], patience=10)


def test_without_a_database_nothing_is_sent_and_a_block_is_only_told(
    capsys: pytest.CaptureFixture[str],
) -> None:
    nowhere = Database("postgresql://127.0.0.1:1/none")
    nowhere._pool.timeout = 0.2
    limiter = PostgresLimiter(nowhere, _Clock())
    try:
        with pytest.raises(Retriable):
            limiter.acquire([Limit("k", 1, 1.0)], patience=10)
        limiter.block("k", 5)
    finally:
        nowhere.close()
    assert "limit_not_blocked" in capsys.readouterr().out


# ------------------------------------------------------------------ many processes at once

LIMIT, WINDOW, PROCESSES, THREADS, CALLS = 20, 0.5, 4, 3, 8


def _spend(url: str, gate: threading.Event, failures: multiprocessing.Queue[str]) -> None:
    """A process of several threads, each of which takes two budgets in its own order, again and again."""
    database = Database(url, size=THREADS)
    limiter = PostgresLimiter(database)
    account, method = Limit("account", LIMIT, WINDOW), Limit("method", LIMIT * 2, WINDOW, weight=2)

    def work(limits: list[Limit]) -> None:
        try:
            for _ in range(CALLS):
                limiter.acquire(limits, patience=60)
        except (RateLimited, Retriable) as error:
            failures.put(str(error))

    gate.wait()
    order = [[account, method], [method, account], [account]]
    threads = [threading.Thread(target=work, args=(order[number % 3],)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    database.close()


def test_several_processes_never_exceed_the_limit_in_any_window(database: Database) -> None:
    """Every moment that the server took down is checked against every window that begins at one of them."""
    with database.transaction() as connection:
        connection.execute("create table taken (limit_key text, moment double precision, weight int)")
        connection.execute(
            """
            create function remember() returns trigger language plpgsql as $$
            begin
                insert into taken
                values (new.limit_key, new.moments[array_upper(new.moments, 1)],
                    new.weights[array_upper(new.weights, 1)]);
                return null;
            end $$
            """
        )
        connection.execute(
            "create trigger remember after update on rate_limit for each row execute function remember()"
        )
    context = multiprocessing.get_context("spawn")
    gate, failures = context.Event(), context.Queue()
    processes = [
        context.Process(target=_spend, args=(database.url, gate, failures)) for _ in range(PROCESSES)
    ]
    for process in processes:
        process.start()
    gate.set()
    for process in processes:
        process.join(timeout=120)

    assert failures.empty(), failures.get()
    assert [process.exitcode for process in processes] == [0] * PROCESSES
    with database.transaction() as connection:
        rows = connection.execute("select * from taken order by limit_key, moment").fetchall()
    for key, limit, calls in (("account", LIMIT, 3), ("method", LIMIT * 2, 2)):
        taken = [(row["moment"], row["weight"]) for row in rows if row["limit_key"] == key]
        assert len(taken) == calls * CALLS * PROCESSES
        most = max(
            sum(weight for later, weight in taken if moment <= later < moment + WINDOW) for moment, _ in taken
        )
        assert most <= math.floor(limit * 0.98)
