"""`mappings check`: what the mapping makes of the store's real goods, as a list and as a workbook."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from engine_kit import Engine, Store
from openpyxl import load_workbook

from marketsync.db import Database
from marketsync.paths import INCLUDE

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


def check(database: Database, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    (folder / "accounts.yaml").write_text(ACCOUNTS, encoding="utf-8")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MARKETSYNC_")}
    return subprocess.run(
        [sys.executable, "-m", "marketsync", "mappings", "check", *arguments],
        env={
            **kept,
            "PYTHONPATH": str(INCLUDE),
            "MARKETSYNC_ACCOUNTS": str(folder / "accounts.yaml"),
            "MARKETSYNC_VAR": str(folder / "var"),
            "MARKETSYNC_DATABASE_URL": database.url,
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_the_check_counts_the_stores_goods_by_reason(
    engine: Engine, store: Store, database: Database, tmp_path: Path
) -> None:
    store.goods("OK-1", "OK-2")
    engine.run("insert into product_group (guid, name, path) values ('socks', 'Носки', 'Одежда / Носки')")
    store.goods("S-1", "S-2", "S-3", group_guid="socks")
    store.goods("P-1", "P-2", properties={"Количество деталей": ""})
    store.good("B-1", brand="Солнышка", properties={"Возраст": "От трёх лет"})
    store.good("V-1", vat="13")
    store.good("OUT", group_guid="socks", marked=False)

    done = check(database, tmp_path, "ozon", "--workbook", str(tmp_path / "out" / "check.xlsx"))
    assert (done.returncode, "Traceback" in done.stderr) == (1, False)
    told = [line.strip() for line in done.stdout.splitlines()]
    assert told[0] == "ozon: отмечено в 1С 9, можно выгружать 2, нельзя 7"
    assert "«Одежда / Носки»: товаров 3; например: S-1, S-2, S-3" in told
    assert "«Количество деталей» (свойство «Количество деталей»): товаров 2; например: P-1, P-2" in told
    brand = next(line for line in told if line.startswith("«Бренд»"))
    assert brand.startswith("«Бренд» = «Солнышка»")
    assert "похожие: «Солнышко»" in brand
    assert any(
        line.startswith("«Возраст ребёнка» = «От трёх лет»") and "похожие: «От" in line for line in told
    )
    assert engine.rows("select 1 from offer") == []  # nothing was made of it

    book = load_workbook(tmp_path / "out" / "check.xlsx", read_only=True)
    assert book.sheetnames[:4] == [
        "Сводка",
        "Группы без категории",
        "Не заполнено обязательное",
        "Нет в справочнике",
    ]
    rows = {name: list(book[name].iter_rows(values_only=True)) for name in book.sheetnames}
    assert rows["Сводка"][1][:4] == ("ozon", 9, 2, 7)
    header, first = rows["Группы без категории"][:2]
    assert dict(zip(header, first, strict=True))["Товаров"] == 3
    header, *values = rows["Нет в справочнике"]
    found = {row[header.index("Значение")]: row[header.index("Похожие")] for row in values if row[1]}
    assert found["Солнышка"] == "Солнышко"


@pytest.mark.parametrize("goods", [0, 2])
def test_a_store_that_fits_ends_well_though_rules_of_the_mapping_may_wait(
    engine: Engine, store: Store, database: Database, tmp_path: Path, goods: int
) -> None:
    for number in range(goods):
        store.good(f"A-{number}")
    done = check(database, tmp_path)
    assert done.stdout.splitlines() == [
        f"ozon: отмечено в 1С {goods}, можно выгружать {goods}, нельзя 0", "  Всё подходит",
    ]  # fmt: skip
    assert done.returncode == 0
