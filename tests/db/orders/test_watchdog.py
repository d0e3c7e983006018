"""The watchdog: what it finds, how it tells, and that neither a bad check nor a lost connection stops it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from psycopg.types.json import Jsonb
from watch_kit import account, post

from marketsync.accounts import Accounts
from marketsync.credentials import Credentials
from marketsync.db import Database
from marketsync.orders.alerts import Level, raise_alert
from marketsync.watchdog.checks import CHECKS, Check, Look, Trouble
from marketsync.watchdog.watch import Round, Watchdog

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
_HEALTHY = {"status": "healthy"}


@dataclass
class SetClock:
    moment: datetime = NOW

    def now(self) -> datetime:
        return self.moment

    def monotonic(self) -> float:
        return self.moment.timestamp()

    def sleep(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


class _Handler(BaseHTTPRequestHandler):
    server: Outside

    def do_GET(self) -> None:
        self._answer(None)

    def do_POST(self) -> None:
        self._answer(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

    def _answer(self, body: Any) -> None:
        self.server.meanwhile()
        self.server.heard.append((self.path, body, self.headers.get("Authorization")))
        self.send_response(self.server.status)
        content = json.dumps(self.server.health).encode()
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        """Nothing is printed."""


class Outside(ThreadingHTTPServer):
    """Airflow's health page, a webhook and a dead-man switch in one; they remember what they heard."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.heard: list[tuple[str, Any, str | None]] = []
        self.status = 200
        self.meanwhile: Callable[[], None] = lambda: None
        self.health: dict[str, Any] = {
            "metadatabase": _HEALTHY,
            "scheduler": _HEALTHY,
            "triggerer": {"status": None},
        }

    def credentials(self, connection: str) -> Credentials:
        return Credentials(f"http://127.0.0.1:{self.server_port}/{connection}", "", "token-of-the-webhook")

    def paths(self) -> list[str]:
        return [path for path, _, _ in self.heard]


@dataclass
class Kennel:
    """A watchdog with its surroundings."""

    database: Database
    outside: Outside
    clock: SetClock = field(default_factory=SetClock)
    settings: dict[str, Any] = field(default_factory=dict)
    checks: Mapping[str, Check] = field(default_factory=lambda: CHECKS)

    def watchdog(self) -> Watchdog:
        known = Accounts.model_validate({"version": 1, "accounts": (account(),), **self.settings})
        return Watchdog(self.database, self.clock, lambda: known, self.outside.credentials, self.checks)

    def look(self) -> Round:
        (one,) = self.watchdog().sit(rounds=1)
        return one

    def run(self, query: str, *values: Any) -> list[dict[str, Any]]:
        with self.database.transaction() as connection:
            done = connection.execute(query, values)
            return done.fetchall() if done.description else []

    def alerts(self) -> dict[str, str]:
        rows = self.run("select key, level from alert where ended_at is null order by key")
        return {row["key"]: row["level"] for row in rows}

    def alive(self) -> None:
        """Every flow gives a sign of life now."""
        self.run(
            "insert into order_flow (account, flow, heard_at) "
            "select 'ozon', f, %s from unnest(array['stocks', 'changes', 'open', 'reread', 'returns']) as f "
            "on conflict (account, flow) do update set heard_at = excluded.heard_at",
            self.clock.now(),
        )


@pytest.fixture
def kennel(database: Database) -> Iterator[Kennel]:
    outside = Outside()
    thread = threading.Thread(target=outside.serve_forever, args=(0.01,))
    thread.start()
    made = Kennel(database, outside)
    made.alive()
    yield made
    outside.shutdown()
    outside.server_close()
    thread.join()


def test_a_flow_that_stops_is_told_grows_and_ends_when_it_lives_again(kennel: Kennel) -> None:
    assert kennel.look().well
    kennel.clock.sleep(9 * 60)
    assert kennel.look() == Round(well=True)
    kennel.clock.sleep(60)
    assert kennel.look().troubles == 2
    assert kennel.alerts() == {"watch/flows/ozon/changes": "warning", "watch/flows/ozon/open": "warning"}
    kennel.clock.sleep(20 * 60)
    assert not kennel.look().well
    assert kennel.alerts() == {
        "watch/flows/ozon/changes": "urgent",
        "watch/flows/ozon/open": "urgent",
        "watch/flows/ozon/stocks": "warning",
    }
    kennel.alive()
    assert kennel.look() == Round(well=True)
    assert kennel.alerts() == {}


def test_what_never_lived_is_counted_from_the_watchdogs_own_beginning(kennel: Kennel) -> None:
    kennel.run("delete from order_flow")
    first, *_, last = kennel.watchdog().sit(rounds=12)
    assert (first.troubles, last.troubles) == (0, 2)


def test_pushes_that_stop_while_orders_come_by_reading_are_told(kennel: Kennel) -> None:
    kennel.run(
        "insert into posting_event (account, source, event_key, kind, told, received_at, state) "
        "values ('ozon', 'push', 'a', 'new', '{}', %s, 'done')",
        NOW,
    )
    with kennel.database.transaction() as connection:
        for minutes in (5, 16, 17):
            post(connection, str(minutes), made=NOW + timedelta(minutes=minutes), ship_by=None)
        kennel.clock.sleep(20 * 60)
    kennel.alive()
    assert kennel.look().troubles == 0
    with kennel.database.transaction() as connection:
        post(connection, "18", made=NOW + timedelta(minutes=18), ship_by=None)
    kennel.look()
    assert kennel.alerts() == {"watch/pushes/ozon": "warning"}


def test_a_silent_1c_and_a_delivery_that_nobody_imports(kennel: Kennel) -> None:
    kennel.run(
        "insert into exchange (source, location, state, delivered_at) values ('1c', 'a', 'delivered', %s)",
        NOW,
    )
    kennel.clock.sleep(11 * 60)
    kennel.alive()
    kennel.look()
    assert kennel.alerts() == {"watch/deliveries/waiting": "warning"}
    kennel.run("update exchange set state = 'imported'")
    kennel.clock.sleep(50 * 60)
    kennel.alive()
    kennel.look()
    assert kennel.alerts() == {"watch/deliveries/silent": "warning"}


def test_packs_that_nobody_fetches_or_answers(kennel: Kennel) -> None:
    with kennel.database.transaction() as connection:
        posting_id = post(connection, "1", made=NOW, ship_by=None)
    kennel.clock.sleep(61 * 60)
    kennel.alive()
    kennel.look()
    assert kennel.alerts() == {"watch/packs/unfetched": "urgent"}
    (alert,) = kennel.run("select message from alert")
    assert "erp-key create" in alert["message"]
    kennel.run("insert into erp_key (name, hash, scopes, created_at) values ('1c', '', '{}', %s)", NOW)
    kennel.look()
    assert "не забирает" in kennel.run("select message from alert")[0]["message"]
    fetched = kennel.clock.now()
    kennel.run(
        "insert into erp_pack (consumer, made_at, fetched_at) values ('erp', %s, %s)", fetched, fetched
    )
    kennel.run(
        "insert into erp_pack_posting (pack_id, posting_id, version, content) values (1, %s, 1, %s)",
        posting_id,
        Jsonb({}),
    )
    kennel.look()
    assert kennel.alerts() == {}
    kennel.clock.sleep(61 * 60)
    kennel.alive()
    kennel.look()
    assert kennel.alerts() == {"watch/packs/unanswered": "warning"}
    kennel.run("update posting set erp_state = 'taken'")
    kennel.run("update erp_pack set answered_at = %s", NOW)
    kennel.look()
    assert kennel.alerts() == {}


def test_without_a_key_the_shop_may_be_the_orders_way_into_1c(kennel: Kennel) -> None:
    kennel.settings = {"shop_orders": {"connection": "site"}}
    with kennel.database.transaction() as connection:
        post(connection, "1", made=NOW - timedelta(days=1), ship_by=None)
    assert kennel.look().troubles == 0


def test_events_and_tasks_that_wait_for_too_long(kennel: Kennel) -> None:
    with kennel.database.transaction() as connection:
        posting_id = post(connection, "7-1", made=NOW, ship_by=None, status="to_ship")
        raise_alert(connection, "orders/ozon/set_aside/8", "warning", "отложен", NOW)
    kennel.run(
        "insert into posting_event (account, source, event_key, kind, number, told, received_at, state) "
        "values ('ozon', 'push', 'a', 'new', '7-1', '{}', %s, 'waiting'),"
        " ('ozon', 'push', 'b', 'new', '8', '{}', %s, 'set_aside')",
        NOW,
        NOW,
    )
    kennel.run(
        "insert into order_task (posting_id, kind, asked_by, asked_at, state, error) values "
        "(%s, 'label', 'erp', %s, 'doing', 'the file is not ready'), (%s, 'ship', 'erp', %s, 'waiting', null)",
        posting_id, NOW, posting_id, NOW,
    )  # fmt: skip
    kennel.clock.sleep(16 * 60)
    kennel.alive()
    kennel.look()
    told = {
        "orders/ozon/set_aside/8": "warning",
        "watch/inbox/ozon/waiting": "urgent",
        "watch/tasks/ozon/label": "warning",
    }
    assert kennel.alerts() == told
    (alert,) = kennel.run("select message from alert where key = 'watch/tasks/ozon/label'")
    assert "«этикетка» ждёт" in alert["message"]
    assert "7-1: the file is not ready" in alert["message"]
    kennel.run("update alert set ended_at = %s where key like 'orders/%%'", NOW)
    kennel.run("update posting_event set state = 'done' where state = 'waiting'")
    kennel.run("update order_task set state = 'done' where kind = 'label'")
    kennel.clock.sleep(15 * 60)
    kennel.alive()
    kennel.look()
    assert kennel.alerts() == {"watch/inbox/ozon/set_aside": "warning", "watch/tasks/ozon/ship": "warning"}


def test_deadlines_are_looked_at_and_stop_no_sign_of_life(kennel: Kennel) -> None:
    with kennel.database.transaction() as connection:
        post(connection, "1", made=NOW - timedelta(minutes=50), ship_by=NOW)
    assert kennel.look() == Round(well=True)
    assert kennel.alerts() == {"overdue/ozon/1": "urgent"}


def test_airflow_is_asked_without_a_login_for_what_it_needs_none(kennel: Kennel) -> None:
    kennel.settings = {"watchdog": {"airflow": "airflow", "ping": "switch"}}

    def late() -> Round:
        """A round of a watchdog that has been watching for a while; Airflow may start when it does."""
        kennel.alive()
        return kennel.watchdog().sit(rounds=4)[-1]

    assert late().well
    assert kennel.outside.paths() == ["/switch"] * 3 + ["/airflow/api/v2/monitor/health", "/switch"]
    kennel.outside.heard.clear()
    kennel.outside.health["scheduler"] = {
        "status": "unhealthy",
        "latest_scheduler_heartbeat": "2026-11-23T11:40:00+00:00",
    }
    assert not late().well
    assert kennel.alerts() == {"watch/airflow/scheduler": "urgent"}
    assert kennel.outside.paths()[-1] == "/airflow/api/v2/monitor/health"
    kennel.outside.status = 502
    late()
    assert kennel.alerts() == {"watch/airflow/unreachable": "urgent"}
    (alert,) = kennel.run("select message from alert where ended_at is null")
    assert "HTTP 502" in alert["message"]


def test_alerts_go_to_the_webhook_once_in_one_message_without_personal_data(kennel: Kennel) -> None:
    kennel.settings = {"watchdog": {"webhook": "chat"}}
    with kennel.database.transaction() as connection:
        for number in range(60):
            raise_alert(connection, f"a/{number}", "warning", f"беда {number}, +7 912 345-67-89\x00", NOW)
        raise_alert(connection, "b", "urgent", "хуже", NOW, account="ozon")
    kennel.outside.status = 500
    assert kennel.look().told == 0
    kennel.outside.status = 200
    assert kennel.look().told == 61
    assert kennel.look().told == 0
    (_, refused, _), (path, body, authorization) = kennel.outside.heard
    assert refused == body
    assert (path, authorization) == ("/chat", "Bearer token-of-the-webhook")
    assert (body["level"], body["count"], len(body["alerts"])) == ("urgent", 61, 50)
    lines = body["text"].splitlines()
    assert lines[0] == "СРОЧНО: хуже"
    assert lines[1] == "Предупреждение: беда 0, •••\N{REPLACEMENT CHARACTER}"
    assert lines[-1] == "... и ещё 51: `marketsync alerts`"
    assert "912" not in json.dumps(body)


def test_a_check_that_breaks_stops_no_other_and_is_told_until_it_works_again(kennel: Kennel) -> None:
    def mistaken(look: Look) -> Iterator[Trouble]:
        yield Trouble("x", "urgent", "never kept")
        look.connection.execute("update alert set level = 'warning'")
        raise KeyError("no such thing")

    def slow(look: Look) -> Iterator[Trouble]:
        look.connection.execute("set local statement_timeout = 1")
        look.connection.execute("select pg_sleep(10)")
        yield Trouble("y", "notice", "never reached")

    def good(_look: Look) -> Iterator[Trouble]:
        yield Trouble("z", "notice", "seen")

    kennel.settings = {"watchdog": {"ping": "switch"}}
    kennel.checks = {"mistaken": mistaken, "slow": slow, "good": good}
    assert kennel.look() == Round(troubles=1, failed=("mistaken", "slow"), well=False)
    assert kennel.alerts() == {
        "watch/good/z": "notice",
        "watchdog/mistaken": "warning",
        "watchdog/slow": "warning",
    }
    assert kennel.outside.heard == []
    kennel.checks = {"mistaken": good, "slow": good}
    assert kennel.look().well
    assert kennel.outside.paths() == ["/switch"]


def test_one_copy_watches_and_the_next_takes_over(kennel: Kennel) -> None:
    seen: list[Round] = []

    def meanwhile(_look: Look) -> Iterator[Trouble]:
        seen.append(kennel.look())
        yield from ()

    kennel.checks = {"meanwhile": meanwhile}
    assert kennel.look().watching
    assert seen == [Round(watching=False)]
    kennel.checks = {}
    assert kennel.look().watching


def test_a_lost_connection_is_a_pause_and_a_lost_database_is_told_without_it(kennel: Kennel) -> None:
    kennel.settings = {"watchdog": {"webhook": "chat"}}

    def shot(look: Look) -> Iterator[Trouble]:
        kennel.run("select pg_terminate_backend(%s)", look.connection.info.backend_pid)
        look.connection.execute("select 1")
        yield from ()

    kennel.checks = {"shot": shot}
    watchdog = kennel.watchdog()
    assert watchdog.sit() == []
    kennel.checks = {}
    assert kennel.look().watching
    assert kennel.outside.heard == []

    watchdog.database = Database("postgresql://nobody:secret-word@127.0.0.1:1/none")
    assert watchdog.sit() == []
    assert watchdog.sit() == []
    ((_, body, _),) = kennel.outside.heard
    assert body["level"] == "urgent"
    assert "База данных недоступна" in body["text"]
    assert "secret-word" not in json.dumps(body)


def test_what_grows_while_it_is_being_told_is_told_anew(kennel: Kennel) -> None:
    kennel.settings = {"watchdog": {"webhook": "chat"}}

    def raised(level: Level, at: datetime) -> None:
        with kennel.database.transaction() as connection:
            raise_alert(connection, "a", level, "беда", at)

    raised("warning", NOW)
    kennel.outside.meanwhile = lambda: raised("urgent", NOW + timedelta(minutes=1))
    kennel.look()
    kennel.outside.meanwhile = lambda: None
    kennel.look()
    kennel.look()
    assert [body["level"] for _, body, _ in kennel.outside.heard] == ["warning", "urgent"]
