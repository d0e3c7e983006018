"""Which table of price rules is in force: the newest import, else the folder's file."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from marketsync.db import Database
from marketsync.errors import BadInput
from marketsync.mappings.price_rules import NO_RULES
from marketsync.sync.price_rules import InForce, PriceTables

NOW = datetime(2026, 11, 24, tzinfo=UTC)
TABLE = "бренд;наценка %\nЛуна;{}\n"


def tables(folder: Path, *accounts: str) -> PriceTables:
    return PriceTables(folder, accounts or ("ozon",), ZoneInfo("Europe/Moscow"))


def percents(database: Database, found: PriceTables) -> list[str]:
    with database.transaction() as connection:
        return [str(rule.percent) for rule in found.in_force(connection).table.rules]


def test_the_newest_import_counts_then_the_folders_file(database: Database, tmp_path: Path) -> None:
    mine = tables(tmp_path)
    assert percents(database, mine) == []
    (tmp_path / "price_rules.csv").write_text(TABLE.format(5), encoding="utf-8")
    assert percents(database, mine) == ["5"]
    for percent in ("6", "7"):
        with database.transaction() as connection:
            rules = mine.read("r.csv", TABLE.format(percent).encode())
            mine.take_over(connection, rules, author="Анна", reason=None, now=NOW)
    assert percents(database, mine) == ["7"]
    with database.transaction() as connection:
        mine.take_over(connection, InForce(NO_RULES), author="Анна", reason="хватит", now=NOW)
    assert percents(database, mine) == []


def test_two_files_in_the_folder_are_one_too_many(database: Database, tmp_path: Path) -> None:
    for name in ("price_rules.csv", "price_rules.xlsx"):
        (tmp_path / name).write_bytes(b"")
    with pytest.raises(BadInput, match="price_rules.csv и price_rules.xlsx"):
        percents(database, tables(tmp_path))


def test_a_table_for_an_account_that_is_gone_stops_prices(database: Database, tmp_path: Path) -> None:
    both = tables(tmp_path, "ozon", "ozon_2")
    with database.transaction() as connection:
        rules = both.read("r.csv", "кабинет;наценка %\nozon_2;5\n".encode())
        both.take_over(connection, rules, author="Анна", reason=None, now=NOW)
    with pytest.raises(BadInput, match="«ozon_2»: такого кабинета нет; есть: ozon"):
        percents(database, tables(tmp_path))
