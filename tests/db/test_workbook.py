"""The workbook on the real tables: every sheet, its totals against SQL, and cells that stay what they are."""

from __future__ import annotations

import zipfile
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import openpyxl
import psycopg
import pytest
from psycopg.rows import tuple_row

from marketsync.db import Database
from marketsync.errors import BadInput
from marketsync.reports.workbook import write_reconciliation

BEGAN = datetime(2026, 11, 23, 19, 0, tzinfo=UTC)
FAR = datetime(2099, 1, 1, tzinfo=UTC)
WAREHOUSES = ("0010", "0020")


class Store:
    """Puts rows into the tables; what a test does not name is ordinary."""

    def __init__(self, connection: psycopg.Connection[dict[str, Any]]) -> None:
        self._connection = connection
        self.insert(
            "exchange", source="1c", location="first", kind="full", state="imported",
            delivered_at=datetime(2026, 11, 23, 18, 0, tzinfo=UTC),
        )  # fmt: skip
        self.reconciliation = self.insert(
            "reconciliation", account="ozon", state="compared", began_at=BEGAN, finished_at=BEGAN
        )["reconciliation_id"]

    def insert(self, table: str, **row: Any) -> dict[str, Any]:
        composed = psycopg.sql.SQL("insert into {} ({}) values ({}) returning *").format(
            psycopg.sql.Identifier(table),
            psycopg.sql.SQL(", ").join(map(psycopg.sql.Identifier, row)),
            psycopg.sql.SQL(", ").join([psycopg.sql.Placeholder()] * len(row)),
        )
        found = self._connection.execute(composed, list(row.values())).fetchone()
        assert found
        return found

    def product(self, article: str | None, *, guid: str | None = None, **row: Any) -> int:
        guid = guid or f"g-{article}"
        row = {"name": f"Товар {article}", "brand": "Бренд", "barcodes": ["0460000000017"], **row}
        return self.insert(
            "product", guid=guid, good_guid=guid.partition("#")[0], article=article, content_hash=b"",
            exchange_id=1, changed_at=datetime(2026, 11, 20, 9, 0, tzinfo=UTC), **row,
        )["product_id"]  # fmt: skip

    def offer(self, article: str, *, product_id: int | None = None, account: str = "ozon", **row: Any) -> int:
        row = {"external_id": f"9{article}", "sku": f"8{article}", "state": "ready", **row}
        product_id = product_id or self.product(article)
        return self.insert("offer", account=account, product_id=product_id, article=article, **row)[
            "offer_id"
        ]

    def confirmed(
        self, offer_id: int, channel: str, amount: float | None, warehouse: str = "", **row: Any
    ) -> None:
        row = {"confirmed_at": datetime(2026, 11, 23, 17, 0, tzinfo=UTC), **row}
        self.insert(
            "offer_channel",
            offer_id=offer_id,
            channel=channel,
            warehouse=warehouse,
            confirmed_amount=amount,
            **row,
        )

    def seen(self, channel: str, external_id: str, amount: float | None = None, **row: Any) -> None:
        row = {"state": "shown", **row}
        self.insert(
            "observation", reconciliation_id=self.reconciliation, channel=channel, external_id=external_id,
            amount=amount, **row,
        )  # fmt: skip

    def difference(self, cause: str, channel: str, **row: Any) -> None:
        self.insert("difference", reconciliation_id=self.reconciliation, cause=cause, channel=channel, **row)

    def change(
        self, offer_id: int, channel: str, before: float, after: float, guard: str | None, **row: Any
    ) -> None:
        row = {"state": "held", **row}
        plan = self.insert("plan", account="ozon", channel=channel, kind="changes", created_at=BEGAN)[
            "plan_id"
        ]
        self.insert(
            "change", plan_id=plan, offer_id=offer_id, channel=channel, from_amount=before, to_amount=after,
            why="changed", guard=guard, **row,
        )  # fmt: skip


def fill(database: Database) -> int:
    """A small catalog with one of everything; the id of its reconciliation."""
    with database.transaction() as connection:
        store = Store(connection)
        # 0001: all is equal. 0002: several differences. 0003: held. 0004: no card. 0005: not marked any more.
        offers = {article: store.offer(article) for article in ("0001", "0002", "0003")}
        offers["0004"] = store.offer("0004", external_id=None, sku=None, state="new")
        offers["0005"] = store.offer("0005", wanted=False)
        for article in ("0001", "0002", "0003", "0005"):
            store.seen("card", f"9{article}", article=article, name="Карточка", barcode="046")
            store.confirmed(offers[article], "card", None)
            store.confirmed(offers[article], "price", 1990, confirmed_old=2500, confirmed_floor=1500)
            for warehouse in WAREHOUSES:
                store.confirmed(offers[article], "stock", 5, warehouse)
        for article, price in (("0001", 1990), ("0002", 1791), ("0003", 1990), ("0005", 1990)):
            store.seen("price", f"9{article}", price)
        for article in ("0001", "0002", "0003", "0005"):
            for warehouse in WAREHOUSES:
                amount = 3 if (article, warehouse) == ("0002", "0020") else 5
                store.seen("stock", f"9{article}", amount, warehouse=warehouse, reserved=1)

        def differs(article: str, cause: str, channel: str, **row: Any) -> None:
            known = {"offer_id": offers[article], "external_id": f"9{article}", "article": article}
            store.difference(cause, channel, **{**known, **row})

        differs(
            "0002", "changed_there", "price", field="amount", desired="1990.00", confirmed="1990.00",
            observed="1791.00", healed=True,
        )  # fmt: skip
        differs("0002", "changed_there", "price", field="old", desired="2500.00", observed="0")
        differs(
            "0002", "stale_here", "stock", field="amount", warehouse="0020", desired="7.00", confirmed="5.00",
            observed="3.00",
        )  # fmt: skip
        differs(
            "0002", "in_flight", "card", field="content", desired="ab" * 16, observed="shown " + "cd" * 16
        )
        differs(
            "0003", "held", "price", field="amount", desired="1.00", observed="1990.00", detail="price_jump"
        )
        differs("0003", "quarantined", "price", field="floor", desired="1500.00", observed="1400.00")
        differs("0004", "missing_there", "card", field="card", external_id=None)
        differs("0004", "rejected", "card", field="content", detail="no_category", external_id=None)
        differs("0001", "duplicate", "card", field="barcode", observed="046", detail="046")
        store.difference(
            "missing_here", "card", external_id="777", article="=чужой", field="card", observed="shown"
        )
        store.seen("card", "777", article="=чужой", name="@чужая карточка", barcode="0999", sku="555")
        store.seen("price", "777", 10)
        store.seen("stock", "777", 2, warehouse="0010")
        store.seen("stock", "777", 4, warehouse="0020")

        store.change(offers["0003"], "price", 1990, 1, "price_jump", to_old=2500, to_floor=1500)
        store.change(offers["0002"], "price", 1980, 1990, None, state="confirmed")
        store.change(offers["0002"], "stock", 5, 6, None, state="planned", warehouse="0020")
        for account in ("ozon", "other"):
            store.insert(
                "channel_pause", account=account, channel="picture", until=FAR, message="429", since=BEGAN
            )
        store.change(offers["0001"], "card", 0, 0, None, state="planned", waits_for="quota", not_before=FAR)
        store.insert(
            "refusal", offer_id=offers["0004"], channel="card", origin="mapping", code="no_category",
            field="category", message="Для группы «=Куклы» нет категории", since=BEGAN,
        )  # fmt: skip
        unlistable = store.product(None, guid="g-without-article")
        store.insert(
            "unlistable", account="ozon", product_id=unlistable, code="no_article", field="article",
            message="У товара нет артикула", since=BEGAN,
        )  # fmt: skip
        store.insert(
            "offer_warning", offer_id=offers["0001"], channel="card", code="few_pictures",
            message="Мало картинок", seen_at=BEGAN,
        )  # fmt: skip
        store.insert(
            "offer_freeze", offer_id=offers["0001"], reason="инвентаризация", author="ivanov", since=BEGAN
        )
        store.insert(
            "channel_stop", account="ozon", channel="price", reason="переоценка", author="petrov", since=BEGAN
        )

        # another account and another reconciliation, of which nothing may appear
        other = store.offer("0001", account="other", product_id=store.product("x", guid="g-other"))
        store.confirmed(other, "price", 1)
        store.change(other, "stock", 5, 0, "mass_zero")
        store.insert(
            "refusal",
            offer_id=other,
            channel="price",
            origin="store",
            code="x",
            message="чужой отказ",
            since=BEGAN,
        )
        former = store.insert("reconciliation", account="ozon", state="done", began_at=BEGAN)[
            "reconciliation_id"
        ]
        store.insert("difference", reconciliation_id=former, cause="held", channel="price", article="former")
        store.insert(
            "observation", reconciliation_id=former, channel="card", external_id="90004", state="shown"
        )
        return store.reconciliation


def shown_at(*moment: int) -> datetime:
    """A time as Excel holds it: of the place, without its zone."""
    return datetime(*moment, tzinfo=UTC).replace(tzinfo=None)


def rows(path: Path, sheet: str) -> list[dict[str, Any]]:
    """The rows of a sheet as {column code: value}, found by the codes of the last sheet."""
    return [{code: cell.value for code, cell in row.items()} for row in cells(path, sheet)]


def cells(path: Path, sheet: str) -> list[dict[str, Any]]:
    book = openpyxl.load_workbook(path)
    entries = list(book.worksheets[-1].iter_rows(min_row=2, values_only=True))
    codes = [entry[2] for entry in entries if entry[:2] == ("column", sheet)]
    (title,) = [entry[3] for entry in entries if entry[:2] == ("sheet", sheet)]
    found = book[title].iter_rows(min_row=2, max_col=len(codes))
    return [
        dict(zip(codes, row, strict=True)) for row in found if any(cell.value is not None for cell in row)
    ]


def summary(path: Path) -> dict[str, tuple[Any, ...]]:
    sheet = openpyxl.load_workbook(path).worksheets[0]
    return {row[0]: row[2:] for row in sheet.iter_rows(values_only=True) if row[0]}


@pytest.fixture
def workbook(database: Database, tmp_path: Path) -> Path:
    return write_reconciliation(database, fill(database), tmp_path / "сверка.xlsx")


def test_each_difference_is_a_row_the_urgent_ones_first(workbook: Path) -> None:
    found = rows(workbook, "differences")
    assert [(row["cause"], row["article"], row["channel"]) for row in found] == [
        ("rejected", "0004", "Карточка"),
        ("quarantined", "0003", "Цена"),
        ("held", "0003", "Цена"),
        ("duplicate", "0001", "Карточка"),
        ("missing_there", "0004", "Карточка"),
        ("changed_there", "0002", "Цена"),
        ("changed_there", "0002", "Цена"),
        ("stale_here", "0002", "Остаток"),
        ("missing_here", "=чужой", "Карточка"),
        ("in_flight", "0002", "Карточка"),
    ]
    price = found[5]
    assert price["name"] == "Товар 0002"
    assert price["barcode"] == "0460000000017"
    assert (price["desired"], price["confirmed"], price["observed"], price["delta"]) == (
        1990,
        1990,
        1791,
        -199,
    )
    assert (price["field"], price["healed"], price["read_there"]) == (
        "Цена",
        "да",
        shown_at(2026, 11, 23, 22, 0),
    )
    assert found[0]["detail"] == "Для группы «=Куклы» нет категории (no_category)"
    assert found[2]["detail"] == "Слишком резкое изменение цены"
    assert (found[7]["warehouse"], found[7]["delta"]) == ("0020", -4)
    assert (found[8]["name"], found[8]["barcode"], found[8]["sku"]) == ("@чужая карточка", "0999", "555")
    assert (found[9]["desired"], found[9]["observed"]) == (None, "показывается")


def test_updated_here_is_of_the_channel(database: Database, tmp_path: Path) -> None:
    number = fill(database)
    with database.transaction() as connection:
        store_warehouse = connection.execute(
            "insert into store_warehouse (guid, name) values ('w', 'w') returning warehouse_id"
        ).fetchone()
        kind = connection.execute(
            "insert into price_type (guid, name) values ('t', 't') returning price_type_id"
        ).fetchone()
        assert store_warehouse and kind  # noqa: PT018
        connection.execute(
            "insert into price select product_id, %s, 1, 'RUB', 1, '2026-11-21 09:00Z' from product",
            (kind["price_type_id"],),
        )
        connection.execute(
            "insert into stock select product_id, %s, 1, 1, '2026-11-22 09:00Z' from product",
            (store_warehouse["warehouse_id"],),
        )
    path = write_reconciliation(database, number, tmp_path / "r.xlsx")
    days = {
        row["channel"]: row["updated_here"].day
        for row in rows(path, "differences")
        if row["article"] == "0002"
    }
    assert days == {"Карточка": 20, "Цена": 21, "Остаток": 22}
    assert {row["updated_here"].day for row in rows(path, "offers")} == {22}


def test_what_is_missing_on_either_side_has_its_sheet(workbook: Path) -> None:
    (there,) = rows(workbook, "missing_there")
    assert (there["article"], there["offer_state"], there["external_id"]) == ("0004", "новый", None)
    assert there["refusal"] == "category: Для группы «=Куклы» нет категории"
    (here,) = rows(workbook, "missing_here")
    assert (here["external_id"], here["article"], here["card_state"]) == ("777", "=чужой", "показывается")
    assert (here["price_observed"], here["stock_observed"]) == (10, 6)
    (twin,) = rows(workbook, "duplicates")
    assert (twin["article"], twin["field"], twin["observed"]) == ("0001", "Штрихкод", "046")


def test_refusals_goods_without_offers_and_warnings_are_told_apart(workbook: Path) -> None:
    found = {row["origin"]: row for row in rows(workbook, "refusals")}
    assert {origin: (row["article"], row["refusal_code"]) for origin, row in found.items()} == {
        "Сопоставление": ("0004", "no_category"),
        "Нельзя завести карточку": (None, "no_article"),
        "Предупреждение (карточка принята)": ("0001", "few_pictures"),
    }
    assert found["Сопоставление"]["field"] == "Категория"
    assert found["Сопоставление"]["message"] == "Для группы «=Куклы» нет категории"
    assert len(rows(workbook, "refusals")) == 3


def test_held_changes_frozen_offers_and_stopped_channels_say_why(workbook: Path) -> None:
    found = {row["guard"]: row for row in rows(workbook, "held")}
    assert set(found) == {"price_jump", "freeze", "stop", "limit_quota", "limit_pause"}
    assert found["limit_quota"]["guard_text"].endswith("карточек: 2099-01-01 00:00 UTC")
    assert (found["limit_pause"]["channel"], found["limit_pause"]["article"]) == ("Картинки", None)
    change = found["price_jump"]
    assert (change["article"], change["from_value"], change["to_value"], change["delta"]) == (
        "0003",
        1990,
        1,
        -1989,
    )
    assert (change["to_old"], change["to_floor"], change["why"]) == (2500, 1500, "изменилось у нас")
    assert (change["request"], change["verdict"], change["author"]) == (None, "ждёт решения", None)
    assert found["freeze"]["guard_text"] == "Товар заморожен человеком: ivanov: инвентаризация"
    assert (found["stop"]["channel"], found["stop"]["article"]) == ("Цена", None)


def test_all_goods_show_both_sides_by_warehouse(workbook: Path) -> None:
    found = {row["article"]: row for row in rows(workbook, "offers")}
    assert list(found) == ["0001", "0002", "0003", "0004", "0005"]
    equal = found["0001"]
    assert (equal["price_desired"], equal["price_confirmed"], equal["price_observed"]) == (1990, 1990, 1990)
    assert (equal["price_delta"], equal["price_old"], equal["price_floor"]) == (0, 2500, 1500)
    assert (equal["stock_desired"], equal["stock_observed"], equal["stock_reserved"]) == (10, 10, 2)
    differing = found["0002"]
    assert (differing["price_observed"], differing["price_delta"]) == (1791, -199)
    assert differing["price_delta_percent"] == -0.1
    assert (differing["stock_desired@0010"], differing["stock_observed@0010"]) == (5, 5)
    assert (differing["stock_desired@0020"], differing["stock_observed@0020"]) == (7, 3)
    assert differing["stock_delta"] == -4
    assert differing["causes"] == "card:in_flight, price:changed_there, stock:stale_here"
    assert found["0003"]["price_desired"] == 1
    assert (found["0004"]["card_state"], found["0004"]["card_error"]) == (
        "нет карточки",
        "Для группы «=Куклы» нет категории",
    )
    assert (found["0005"]["wanted"], found["0001"]["wanted"]) == ("нет", "да")
    assert found["0001"]["confirmed_at"] == shown_at(2026, 11, 23, 20, 0)


def test_a_warehouse_that_lists_nothing_of_a_card_was_seen_to_have_none(
    database: Database, tmp_path: Path
) -> None:
    with database.transaction() as connection:
        store = Store(connection)
        offer = store.offer("0001")
        store.seen("card", "90001", article="0001")
        store.confirmed(offer, "stock", 5, "0010", observed_amount=0, observed_at=BEGAN)
        # this one was last seen in another reading
        store.confirmed(
            offer, "stock", 5, "0020", observed_amount=4, observed_at=datetime(2026, 11, 22, tzinfo=UTC)
        )
    (row,) = rows(write_reconciliation(database, store.reconciliation, tmp_path / "r.xlsx"), "offers")
    assert (row["stock_observed@0010"], row["stock_observed@0020"]) == (0, None)


def test_what_should_be_is_the_open_change_the_refused_value_or_what_was_confirmed(
    database: Database, tmp_path: Path
) -> None:
    with database.transaction() as connection:
        store = Store(connection)
        changing, refused, quiet = (store.offer(article) for article in ("1", "2", "3"))
        for offer in (changing, refused, quiet):
            store.confirmed(offer, "price", 100)
        store.change(changing, "price", 100, 10, "price_jump")
        for offer, amount in ((changing, 11), (refused, 20)):
            store.insert(
                "refusal", offer_id=offer, channel="price", origin="marketplace", code="x", message="нет",
                amount=amount, since=BEGAN,
            )  # fmt: skip
        for number in ("1", "2", "3"):
            store.seen("price", f"9{number}", 100)
    found = rows(write_reconciliation(database, store.reconciliation, tmp_path / "r.xlsx"), "offers")
    assert [row["price_desired"] for row in found] == [10, 20, 100]


def test_an_offer_without_an_id_is_found_by_its_article_and_two_cards_make_one_row(
    database: Database, tmp_path: Path
) -> None:
    with database.transaction() as connection:
        store = Store(connection)
        store.offer("0001", external_id=None, sku=None)
        store.offer("0002")
        for external_id in ("5", "6"):
            store.seen("card", external_id, article="0001", sku="0055", state="pending")
            store.seen("price", external_id, 10, article="0001")
        # an article that an offer with an id shares is not its card
        store.seen("card", "7", article="0002")
    first, second = rows(write_reconciliation(database, store.reconciliation, tmp_path / "r.xlsx"), "offers")
    assert (first["card_state"], first["sku"], first["price_observed"]) == ("на проверке", "0055", 10)
    assert second["card_state"] == "нет карточки"


def test_a_variant_shows_the_brand_and_barcode_of_its_good(database: Database, tmp_path: Path) -> None:
    with database.transaction() as connection:
        store = Store(connection)
        store.product("A", guid="good", brand="Бренд товара", has_variants=True)
        variant = store.product("A-98", guid="good#98", brand=None, barcodes=[])
        offer = store.offer("A-98", product_id=variant)
        store.difference("missing_there", "card", offer_id=offer, article="A-98")
    path = write_reconciliation(database, store.reconciliation, tmp_path / "r.xlsx")
    for sheet in ("offers", "differences", "missing_there"):
        (row,) = rows(path, sheet)
        assert (row["brand"], row["barcode"]) == ("Бренд товара", "0460000000017")


def test_the_summary_agrees_with_sql(database: Database, workbook: Path) -> None:
    figures = summary(workbook)
    with database.transaction() as connection:
        counted = connection.execute(
            "select cause, channel, count(*) as n from difference where reconciliation_id = 1 group by 1, 2"
        ).fetchall()
    causes, channels = Counter(), Counter()
    for row in counted:
        causes[row["cause"]] += row["n"]
        channels[row["channel"]] += row["n"]
    assert {code[6:]: row[3] for code, row in figures.items() if code.startswith("cause:") and row[3]} == {
        **causes,
        "": causes.total(),
    }
    assert figures["cause:"][:3] == (channels["card"], channels["price"], channels["stock"])
    expected = {
        "marked": 5,
        "unlistable": 1,
        "offers": 5,
        "cards_read": 5,
        "cards_shown": 5,
        "matched": 0,
        "differences": causes.total(),
        "differing_offers": 4,
        "healed": 1,
        "held": 1,
        "waiting": 1,
        "frozen": 1,
        "stopped": 1,
        "refused": 2,
        "warned": 1,
        "money": 199 + 1989,
        "pieces": 4,
    }
    assert {code: figures[code][0] for code in expected} == expected
    assert figures["delivery"][0] == shown_at(2026, 11, 23, 21, 0)
    assert figures["confirmed:stock"][0] == shown_at(2026, 11, 23, 20, 0)
    assert len(rows(workbook, "differences")) == causes.total()


def test_a_good_without_differences_matched(database: Database, tmp_path: Path) -> None:
    with database.transaction() as connection:
        store = Store(connection)
        for article in ("1", "2", "3"):
            store.offer(article)
        store.offer("4", wanted=False)
        for article in ("1", "2", "4"):
            store.seen("card", f"9{article}")
        store.difference("in_flight", "price", article="2", offer_id=2)
    figures = summary(write_reconciliation(database, store.reconciliation, tmp_path / "r.xlsx"))
    assert (figures["marked"][0], figures["matched"][0]) == (3, 1)


def test_cells_stay_text_and_nothing_is_a_formula(workbook: Path) -> None:
    by_article = {row["article"].value: row for row in cells(workbook, "offers")}
    for code, value in (
        ("article", "0001"),
        ("barcode", "0460000000017"),
        ("external_id", "90001"),
        ("sku", "80001"),
    ):
        cell = by_article["0001"][code]
        assert (cell.value, cell.data_type, cell.number_format) == (value, "s", "@")
    assert by_article["0001"]["price_desired"].data_type == "n"
    book = openpyxl.load_workbook(workbook)
    for sheet in book:
        assert not [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
        if sheet.title != "Сводка":
            assert sheet.auto_filter.ref
    assert "Расхождения" in book.sheetnames
    with zipfile.ZipFile(workbook) as archive:
        assert "xl/charts/chart1.xml" in archive.namelist()


def test_every_cause_that_the_table_takes_has_its_place(database: Database, tmp_path: Path) -> None:
    with database.transaction() as connection:
        store = Store(connection)
        (check,) = connection.execute(
            "select pg_get_constraintdef(oid) as text from pg_constraint "
            "where conname = 'difference_cause_check'"
        ).fetchall()
        allowed = check["text"].split("'")[1::2]
        for cause in allowed:
            store.difference(cause, "price", article=cause)
    found = rows(write_reconciliation(database, store.reconciliation, tmp_path / "r.xlsx"), "differences")
    assert sorted(row["cause"] for row in found) == sorted(allowed)
    assert all(row["cause_text"] != row["cause"] and row["recommendation"] for row in found)


def test_an_empty_database_makes_a_workbook_without_rows(database: Database, tmp_path: Path) -> None:
    with database.transaction() as connection:
        number = connection.execute(
            "insert into reconciliation (account, state, began_at) values ('ozon', 'done', now()) "
            "returning reconciliation_id"
        ).fetchone()
    assert number
    path = write_reconciliation(database, number["reconciliation_id"], tmp_path / "r.xlsx", language="en")
    assert rows(path, "offers") == rows(path, "differences") == []
    assert summary(path)["delivery"][0] == "never yet"


def test_a_reconciliation_that_is_not_there_is_refused(database: Database, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="There is no reconciliation 404"):
        write_reconciliation(database, 404, tmp_path / "r.xlsx")
    assert list(tmp_path.iterdir()) == []


def test_more_rows_than_a_chunk_come_through_once_and_in_order(database: Database, tmp_path: Path) -> None:
    with database.transaction() as connection:
        store = Store(connection)
        connection.execute(
            "insert into product (guid, good_guid, name, content_hash, exchange_id, changed_at) "
            "select n, n, n, '', 1, now() from generate_series(1, 12001) n"
        )
        connection.execute(
            "insert into offer (account, product_id, article) "
            "select 'ozon', product_id, lpad(guid, 6, '0') from product"
        )
    found = rows(write_reconciliation(database, store.reconciliation, tmp_path / "r.xlsx"), "offers")
    assert [row["article"] for row in found] == [f"{n:06d}" for n in range(1, 12002)]


def test_a_chunk_in_which_only_some_rows_have_a_text_keeps_the_others_empty(database: Database) -> None:
    """pandas would turn a missing text beside others into a number."""
    from marketsync.reports import frames

    with database.transaction() as connection, connection.cursor(row_factory=tuple_row) as cursor:
        cursor.execute(
            "select * from (values ('a', null, 1), (null, null, null)) as t (text, nothing, number)"
        )
        frame = frames._frame(cursor.fetchall(), cursor)
    assert frame.to_dict("records") == [
        {"text": "a", "nothing": None, "number": 1},
        {"text": None, "nothing": None, "number": None},
    ]
