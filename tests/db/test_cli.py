"""The shell commands, each in a process of its own: what they print, and how they end."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from marketsync.db import Database
from marketsync.paths import INCLUDE, PROJECT

ACCOUNTS = """\
version: 1
accounts:
  - id: ozon
    marketplace: ozon
    mode: observe
    connection: nowhere
    mapping: ozon
    mark: {property: Выгружать на Ozon, values: [Да]}
    warehouses:
      - {store: Основной склад, marketplace: "1020000000001"}
"""
CLOSED = "postgresql://postgres@127.0.0.1:9/marketsync?connect_timeout=2"


class Shell:
    """Runs `python -m marketsync` with an environment of its own."""

    def __init__(self, folder: Path, url: str | None) -> None:
        accounts = folder / "accounts.yaml"
        accounts.write_text(ACCOUNTS, encoding="utf-8")
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("MARKETSYNC_", "AIRFLOW_"))
        }
        self.environment = {
            **kept,
            "PYTHONPATH": str(INCLUDE),
            "MARKETSYNC_ACCOUNTS": str(accounts),
            "MARKETSYNC_VAR": str(folder / "var"),
            **({"MARKETSYNC_DATABASE_URL": url} if url else {}),
        }

    def __call__(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "marketsync", *arguments]
        return subprocess.run(
            command, env=self.environment, capture_output=True, text=True, check=False, timeout=120
        )


@pytest.fixture
def shell(database: Database, tmp_path: Path) -> Shell:
    return Shell(tmp_path, database.url)


@pytest.fixture(scope="module")
def delivery(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("deliveries")
    subprocess.run(
        [sys.executable, "-m", "sandbox.generator", str(folder), "--goods", "40", "--no-pictures"],
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        check=True,
        capture_output=True,
    )
    return folder


def one_line(done: subprocess.CompletedProcess[str]) -> str:
    assert "Traceback" not in done.stderr
    return done.stderr.strip()


def test_a_delivery_is_imported_once(shell: Shell, delivery: Path) -> None:
    first = shell("import", str(delivery / "first"))
    assert first.returncode == 0, first.stderr
    counts = json.loads(first.stdout.splitlines()[0])
    assert counts["kind"] == "full"
    assert counts["products"]["added"] > 30
    again = json.loads(shell("import", str(delivery / "first")).stdout.splitlines()[0])
    assert not any(again[entity][how] for entity in ("products", "prices", "stocks") for how in again[entity])


def test_a_plan_can_be_looked_at_without_a_marketplace(shell: Shell, delivery: Path) -> None:
    shell.environment["AIRFLOW_CONN_NOWHERE"] = json.dumps(
        {"conn_type": "http", "host": "http://127.0.0.1:9", "login": "1", "password": "secret-key"}
    )
    shell("import", str(delivery / "first"))
    looked = shell("plan", "ozon", "stock")
    assert looked.returncode == 0, looked.stderr
    assert looked.stdout.strip() == "ozon stock: nothing to change"
    assert "secret-key" not in looked.stdout + looked.stderr


def test_a_missing_connection_says_which_one_and_where_to_put_it(shell: Shell) -> None:
    done = shell("plan", "ozon", "price")
    assert done.returncode == 1
    assert "AIRFLOW_CONN_NOWHERE" in one_line(done)


def test_a_closed_database_says_so(tmp_path: Path) -> None:
    done = Shell(tmp_path, CLOSED)("plan", "ozon", "price")
    assert done.returncode == 1
    assert "127.0.0.1:9/marketsync cannot be reached" in one_line(done)


def test_no_database_at_all_says_how_to_start_one(tmp_path: Path) -> None:
    done = Shell(tmp_path, None)("plan", "ozon", "price")
    assert done.returncode == 1
    assert "make up" in one_line(done)


def test_a_database_that_is_behind_is_refused(empty_database: Database, tmp_path: Path) -> None:
    shell = Shell(tmp_path, empty_database.url)
    done = shell("plan", "ozon", "price")
    assert done.returncode == 1
    assert "marketsync migrate" in one_line(done)
    assert shell("migrate").returncode == 0
    assert shell("migrate").stdout.strip() == "the database is up to date"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("import", "/no/such/folder"), "нет такой папки"),
        (("deliver", "/no/such/folder"), "нет такой папки"),
        (("plan", "ozone", "price"), "There is no account 'ozone'"),
        (("apply", "77"), "There is no plan 77"),
        (("history", "NO-SUCH"), "No offer has the article"),
    ],
)
def test_a_wrong_name_is_an_answer_and_not_a_traceback(
    shell: Shell, arguments: tuple[str, ...], words: str
) -> None:
    done = shell(*arguments)
    assert done.returncode == 1
    assert words in one_line(done)


def test_a_bad_accounts_file_is_named_with_its_line(shell: Shell) -> None:
    path = Path(shell.environment["MARKETSYNC_ACCOUNTS"])
    path.write_text(ACCOUNTS.replace("mode: observe", "mode: perhaps"), encoding="utf-8")
    done = shell("plan", "ozon", "price")
    assert done.returncode == 1
    assert "accounts.yaml:5" in one_line(done)


def test_a_handed_over_delivery_waits_for_its_import(
    shell: Shell, delivery: Path, database: Database
) -> None:
    done = shell("deliver", str(delivery / "second"))
    assert done.returncode == 0, done.stderr
    number = json.loads(done.stdout)["delivery"]
    with database.transaction() as connection:
        row = connection.execute(
            "select state, source, location from exchange where exchange_id = %s", (number,)
        ).fetchone()
    assert row is not None
    assert (row["state"], row["source"]) == ("delivered", "1c")
    kept = Path(shell.environment["MARKETSYNC_VAR"]) / "files" / row["location"]
    assert sorted(path.name for path in kept.rglob("*.xml")) == sorted(
        path.name for path in (delivery / "second").glob("*.xml")
    )


def test_a_table_of_price_rules_is_put_in_force_whole_shown_and_written_back(
    shell: Shell, tmp_path: Path
) -> None:
    table, again = tmp_path / "правила.csv", tmp_path / "again.csv"
    table.write_bytes("вид цены;наценка %\nРозничная;12,5\n".encode("cp1251"))
    done = shell("prices", "import", str(table), "--author", "Анна", "--reason", "весна")
    assert done.returncode == 0, done.stderr

    table.write_text("вид цены;наценка %\nРозничная;=A1\n", encoding="utf-8")
    bad = shell("prices", "import", str(table))
    assert bad.returncode == 1
    assert "правила.csv:2, field наценка %: строка 2, столбец «наценка %»: «=A1»: формула" in one_line(bad)

    shown = json.loads(shell("prices", "check").stdout)
    assert (shown["rules"], shown["author"], shown["reason"]) == (1, "Анна", "весна")
    shell("prices", "export", str(again))
    assert "Розничная;12,5" in again.read_text(encoding="utf-8-sig")


def test_a_price_in_quarantine_is_not_raised_without_a_reason(shell: Shell) -> None:
    assert "--reason" in one_line(shell("quarantine", "ozon", "--raise"))
