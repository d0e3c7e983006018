"""The commands about alerts, deadlines and figures, and the watchdog as a process."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner
from watch_kit import post

from marketsync.cli import app
from marketsync.clock import SYSTEM
from marketsync.db import Database
from marketsync.errors import BadInput
from marketsync.orders.alerts import raise_alert
from marketsync.paths import INCLUDE

ACCOUNTS = """\
version: 1
accounts:
  - {id: ozon, marketplace: ozon, connection: nowhere, mapping: ozon, mark: {}, warehouses: [], orders: {}}
"""


@pytest.fixture
def surroundings(database: Database, tmp_path: Path) -> dict[str, str]:
    (tmp_path / "accounts.yaml").write_text(ACCOUNTS, encoding="utf-8")
    return {
        "MARKETSYNC_ACCOUNTS": str(tmp_path / "accounts.yaml"),
        "MARKETSYNC_VAR": str(tmp_path / "var"),
        "MARKETSYNC_DATABASE_URL": database.url,
    }


def run(surroundings: dict[str, str], *arguments: str) -> Result:
    return CliRunner().invoke(app, arguments, env=surroundings)


def said(surroundings: dict[str, str], *arguments: str) -> list[str]:
    done = run(surroundings, *arguments)
    assert done.exit_code == 0, done.output
    return done.stdout.splitlines()


def test_alerts_are_listed_gravest_first_and_closed_by_number(
    database: Database, surroundings: dict[str, str]
) -> None:
    assert said(surroundings, "alerts") == ["Сигналов нет"]
    at = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
    with database.transaction() as connection:
        raise_alert(connection, "a", "notice", "первый", at)
        raise_alert(connection, "b", "urgent", "второй", at)
    assert said(surroundings, "alerts") == [
        "     2 СРОЧНО (с 23.11.2026 15:00): второй",
        "     1 внимание (с 23.11.2026 15:00): первый",
    ]
    assert said(surroundings, "alerts", "end", "2") == ["Сигнал 2 закрыт"]
    again = run(surroundings, "alerts", "end", "2")
    assert isinstance(again.exception, BadInput)
    assert len(said(surroundings, "alerts")) == 1
    assert "закончился" in said(surroundings, "alerts", "--all")[1]


def test_what_is_due_is_listed_by_the_time_that_is_left(
    database: Database, surroundings: dict[str, str]
) -> None:
    assert said(surroundings, "orders", "due") == ["Заказов в работе нет"]
    now = SYSTEM.now()
    with database.transaction() as connection:
        post(connection, "later", made=now, ship_by=now + timedelta(hours=3, minutes=30, seconds=30))
        post(connection, "late", made=now, ship_by=now - timedelta(minutes=61))
    late, later = said(surroundings, "orders", "due", "ozon")
    assert late.startswith("ozon  late  there")
    assert late.endswith("просрочен на 1 ч 01 мин")
    assert later.endswith("осталось 3 ч 30 мин")
    assert said(surroundings, "orders", "due", "--limit", "1")[1:] == [
        "... показаны первые 1; больше: --limit"
    ]
    assert isinstance(run(surroundings, "orders", "due", "nobody").exception, BadInput)


def test_figures_are_a_line_a_day_and_the_marketplaces_with_thresholds(
    database: Database, surroundings: dict[str, str]
) -> None:
    assert "--read" in said(surroundings, "figures", "ozon")[0]
    today = SYSTEM.now()
    with database.transaction() as connection:
        connection.execute(
            "insert into order_figure (account, day, name, value, read_at) values "
            "('ozon', %(day)s, 'orders', 12, now()), ('ozon', %(day)s, 'reaction_p50', 30.50, now())",
            {"day": today.date()},
        )
        connection.execute(
            "insert into order_figure (account, day, name, title, value, warning, read_at) "
            "values ('ozon', %s, 'index', 'Индекс ошибок', 1.20, 4, now())",
            (today.date(),),
        )
    lines = said(surroundings, "figures")
    assert lines[0] == "ozon"
    assert lines[1].split("  ")[:3] == ["день", "заказов", "собрано"]
    assert lines[2].split()[1:4] == ["12", "-", "30.5"]
    assert lines[-1] == "  Индекс ошибок: 1.2 (предупреждение 4, блокировка -)"


def test_the_watchdog_is_a_process_that_watches_alone(
    database: Database, surroundings: dict[str, str], tmp_path: Path
) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MARKETSYNC_")}
    command = [sys.executable, "-m", "marketsync", "watchdog"]
    environment = {**kept, **surroundings, "PYTHONPATH": str(INCLUDE), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        assert "watched" in process.stderr.readline()
        assert said(surroundings, "watchdog", "--once") == [
            '{"watching": false, "troubles": 0, "failed": [], "told": 0, "well": false}'
        ]
        process.terminate()
        process.wait(20)
    assert said(surroundings, "watchdog", "--once")[-1].startswith('{"watching": true')
