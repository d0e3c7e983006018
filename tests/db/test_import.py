"""From the files of a delivery into the tables: what is touched, what is left alone, and what is refused."""

from __future__ import annotations

import json
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from marketsync.db import Database, queries
from marketsync.errors import BadInput
from marketsync.files import Files
from marketsync.shop import importer
from marketsync.shop.exchanges import claim_next, register_folder
from marketsync.shop.importer import Changed, ImportResult, import_delivery
from tests.unit.shop.commerceml_text import (
    COUNTRY,
    FRANCE,
    MAIN,
    RETAIL,
    SHOWROOM,
    SPARE,
    catalogue,
    classifier,
    definition,
    document,
    good,
    offer,
    package,
    price,
    price_types,
    rests,
    warehouses,
    write,
)

HEAD = price_types(Розничная=RETAIL, Витрина=SHOWROOM) + warehouses(Основной=MAIN, Запасной=SPARE)


class Clock:
    """A clock that tests move."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)

    def now(self) -> datetime:
        self.moment += timedelta(minutes=1)
        return self.moment

    def monotonic(self) -> float:
        return self.moment.timestamp()

    def sleep(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


class Store:
    """Imports folders one after another, and shows what is in the tables."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database = database
        self.folder = folder
        self.clock = Clock()
        self.deliveries = 0

    def deliver(self, **files: str | bytes) -> ImportResult:
        self.deliveries += 1
        return self.bring(write(self.folder / f"d{self.deliveries}", **files))

    def bring(self, folder: Path) -> ImportResult:
        exchange_id = register_folder(self.database, self.clock, "folder", folder)
        with claim_next(self.database, self.clock, exchange_id) as exchange:
            assert exchange is not None
            return import_delivery(self.database, self.clock, exchange_id, exchange.place())

    def rows(self, query: str) -> list[dict[str, Any]]:
        with self.database.transaction() as connection:
            return connection.execute(query.encode()).fetchall()

    def goods(self) -> dict[str, bool]:
        """Guid -> deleted."""
        return {row["guid"]: row["deleted"] for row in self.rows("select guid, deleted from product")}

    def prices(self) -> dict[tuple[str, str], str | None]:
        found = self.rows(
            "select p.guid, t.name, x.amount from price x join product p using (product_id)"
            " join price_type t using (price_type_id)"
        )
        return {
            (row["guid"], row["name"]): None if row["amount"] is None else str(row["amount"]) for row in found
        }

    def stocks(self) -> dict[tuple[str, str], str]:
        found = self.rows(
            "select p.guid, w.guid as warehouse, s.quantity from stock s join product p using (product_id)"
            " join store_warehouse w using (warehouse_id)"
        )
        return {
            (row["guid"], row["warehouse"]): f"{row['quantity']:f}".rstrip("0").rstrip(".") or "0"
            for row in found
        }

    def everything(self) -> list[list[dict[str, Any]]]:
        """Every row of goods, prices and counts, with when it changed."""
        queries = (
            "select * from product order by 1",
            "select * from price order by 1, 2",
            "select * from stock order by 1, 2",
        )
        return [self.rows(query) for query in queries]

    def touched(self, exchange_id: int) -> list[str]:
        """The guids of the goods whose row, price or count a delivery changed, in this order."""
        with self.database.transaction() as connection:
            found = connection.execute(
                "select 1 as place, guid from product where exchange_id = %(id)s union all"
                " select 2, guid from price x join product using (product_id) where x.exchange_id = %(id)s union all"
                " select 3, guid from stock x join product using (product_id) where x.exchange_id = %(id)s order by 1",
                {"id": exchange_id},
            ).fetchall()
        return [row["guid"] for row in found]

    def problems(self) -> list[tuple[str, str, int | None, str | None]]:
        found = self.rows(
            "select file, code, line, guid from exchange_problem"
            " where exchange_id = (select max(exchange_id) from exchange) order by file, line, code"
        )
        return [(row["code"], row["file"], row["line"], row["guid"]) for row in found]

    def exchange(self) -> dict[str, Any]:
        return self.rows("select * from exchange order by exchange_id desc limit 1")[0]


@pytest.fixture
def store(database: Database, tmp_path: Path) -> Store:
    return Store(database, tmp_path)


def four_goods(**change: str) -> dict[str, str]:
    """A full delivery: three plain goods, and one with two variants."""
    return {
        "import_xml": document(
            classifier(
                "<Группа><Ид>gr1</Ид><Наименование>Дом</Наименование><Группы><Группа><Ид>gr2</Ид>"
                "<Наименование>Коврики</Наименование></Группа></Группы></Группа>",
                definition(COUNTRY, "Страна", "Справочник", **{FRANCE.replace("-", "_"): "ФРАНЦИЯ"}),
            ),
            catalogue(
                *(
                    good(
                        guid,
                        name=f"Товар {guid}",
                        article=f"A-{guid}",
                        more="<Группы><Ид>gr2</Ид></Группы><ЗначенияСвойств><ЗначенияСвойства>"
                        f"<Ид>{COUNTRY}</Ид><Значение>{FRANCE}</Значение></ЗначенияСвойства></ЗначенияСвойств>",
                    )
                    for guid in ("g1", "g2", "g3", "g4")
                )
            ),
        ),
        "offers_xml": document(
            package(
                offer("g1", prices=[price("100"), price("90", SHOWROOM)], stocks={MAIN: "5", SPARE: "2"}),
                offer("g2", prices=[price("200")], stocks={MAIN: "1"}),
                offer("g3", prices=[price("")], stocks={MAIN: "0"}),
                offer("g4#x", name="Четвёртый (x)", prices=[price("400")], stocks={MAIN: "4"}),
                offer("g4#y", name="Четвёртый (y)", prices=[price("401")], stocks={MAIN: "7"}),
                head=HEAD,
            )
        ),
        **change,
    }


def test_a_full_delivery_fills_every_table(store: Store) -> None:
    result = store.deliver(**four_goods())
    assert result.kind == "full"
    assert result.held is None
    assert result.changed == Changed(products=8, prices=6, stocks=6)
    assert store.goods() == dict.fromkeys(("g1", "g2", "g3", "g4", "g4#x", "g4#y"), False)
    assert store.prices() == {
        ("g1", "Розничная"): "100.00",
        ("g1", "Витрина"): "90.00",
        ("g2", "Розничная"): "200.00",
        ("g3", "Розничная"): None,
        ("g4#x", "Розничная"): "400.00",
        ("g4#y", "Розничная"): "401.00",
    }
    assert store.stocks()[("g1", SPARE)] == "2"
    row = store.rows("select * from product where guid = 'g1'")[0]
    assert (row["article"], row["name"], row["group_guid"]) == ("A-g1", "Товар g1", "gr2")
    assert row["properties"] == {"Страна": "ФРАНЦИЯ"}
    assert {
        row["guid"]: row["has_variants"] for row in store.rows("select guid, has_variants from product")
    } == {
        **dict.fromkeys(("g1", "g2", "g3", "g4#x", "g4#y"), False),
        "g4": True,
    }
    assert [row["path"] for row in store.rows("select path from product_group order by guid")] == [
        "Дом",
        "Дом / Коврики",
    ]
    exchange = store.exchange()
    assert (exchange["state"], exchange["kind"], exchange["error"]) == ("imported", "full", None)
    assert exchange["counts"]["read"] == {"goods": 4, "offers": 5, "prices": 6, "stocks": 6}
    assert exchange["finished_at"] > exchange["started_at"] > exchange["delivered_at"]


def test_the_same_delivery_again_changes_nothing(store: Store) -> None:
    store.deliver(**four_goods())
    before = store.everything()
    result = store.deliver(**four_goods())
    assert result.changed == Changed(products=0, prices=0, stocks=0)
    assert store.everything() == before


def test_only_what_changed_is_touched(store: Store) -> None:
    store.deliver(**four_goods())
    files = four_goods()
    files["import_xml"] = files["import_xml"].replace("Товар g2", "Товар g2, новый")
    files["offers_xml"] = files["offers_xml"].replace(">400<", ">450<").replace('"7"', '"8"')
    result = store.deliver(**files)
    assert result.changed == Changed(products=1, prices=1, stocks=1)
    exchange = store.exchange()
    assert store.touched(exchange["exchange_id"]) == ["g2", "g4#x", "g4#y"]
    moved = store.rows("select changed_at from product where guid in ('g1', 'g2') order by guid")
    assert moved[0]["changed_at"] < exchange["started_at"] <= moved[1]["changed_at"]


def test_what_a_full_delivery_lacks_is_deleted(store: Store) -> None:
    store.deliver(**four_goods())
    result = store.deliver(
        import_xml=document(catalogue(*(good(guid, name=f"Товар {guid}") for guid in ("g1", "g2", "g4")))),
        offers_xml=document(
            package(
                offer("g1", prices=[price("100")], stocks={MAIN: "5"}),
                offer("g2", prices=[price("200")], stocks={MAIN: "1"}),
                offer("g4#x", name="Четвёртый (x)", prices=[price("400")], stocks={MAIN: "4"}),
                offer("g4#z", name="Четвёртый (z)", prices=[price("400")], stocks={MAIN: "4"}),
                head=HEAD,
            )
        ),
    )
    assert result.held is None
    assert {guid for guid, deleted in store.goods().items() if deleted} == {"g3", "g4#y"}
    assert ("g1", "Витрина") not in store.prices()
    assert ("g1", SPARE) not in store.stocks()
    # what is deleted keeps its last price and count: they are of no consequence, and may come back
    assert ("g4#y", "Розничная") in store.prices()
    store.deliver(**four_goods())
    assert {guid for guid, deleted in store.goods().items() if deleted} == {"g4#z"}


def test_a_good_without_an_offer_in_a_full_package_has_no_count_left(store: Store) -> None:
    store.deliver(**four_goods())
    files = four_goods()
    files["offers_xml"] = files["offers_xml"].replace(
        offer("g2", prices=[price("200")], stocks={MAIN: "1"}), ""
    )
    store.deliver(**files)
    assert store.goods()["g2"] is False
    assert not [key for key in (*store.stocks(), *store.prices()) if key[0] == "g2"]


def test_a_delivery_of_changes_touches_only_what_it_names(store: Store) -> None:
    store.deliver(**four_goods())
    before = store.prices(), store.stocks(), store.goods()
    result = store.deliver(
        import_xml=document(
            catalogue(good("g2", name="Новое имя"), good("g3", status="Удален"), changes="true")
        ),
        offers_xml=document(package(offer("g1", stocks={SPARE: "9"}), changes="true", head=HEAD)),
    )
    assert result.kind == "changes"
    assert result.changed == Changed(products=2, prices=0, stocks=1)
    prices, stocks, goods = before
    assert store.prices() == prices
    assert store.stocks() == {**stocks, ("g1", SPARE): "9"}
    assert store.goods() == {**goods, "g3": True}
    assert store.rows("select name from product where guid = 'g2'") == [{"name": "Новое имя"}]


def test_a_deletion_needs_no_more_than_the_id(store: Store) -> None:
    store.deliver(**four_goods())
    content = store.rows("select name, content_hash from product where guid in ('g1', 'g4#x') order by guid")
    store.deliver(
        import_xml=document(catalogue(good("g1", name=None, status="Удален"), good("new", name=None, status="Удален"),
                                      changes="true")),
        offers_xml=document(package(offer("g4#x", more="<ПометкаУдаления>true</ПометкаУдаления>"), changes="true")),
    )  # fmt: skip
    assert {guid for guid, deleted in store.goods().items() if deleted} == {"g1", "g4#x"}
    assert (
        store.rows("select name, content_hash from product where guid in ('g1', 'g4#x') order by guid")
        == content
    )


def test_a_file_of_prices_replaces_the_types_it_declares(store: Store) -> None:
    store.deliver(**four_goods())
    only_showroom = price_types(Витрина=SHOWROOM)
    result = store.deliver(
        prices_xml=document(
            package(
                offer("g1", prices=[]),
                offer("g2", prices=[price("95", SHOWROOM)]),
                changes="true",
                head=only_showroom,
            )
        )
    )
    assert result.changed == Changed(products=0, prices=2, stocks=0)
    prices = store.prices()
    assert ("g1", "Витрина") not in prices
    assert (prices[("g1", "Розничная")], prices[("g2", "Розничная")]) == ("100.00", "200.00")
    assert prices[("g2", "Витрина")] == "95.00"


def test_prices_without_declared_types_delete_nothing(store: Store) -> None:
    store.deliver(**four_goods())
    store.deliver(prices_xml=document(package(offer("g1", prices=[price("101")]), changes="true")))
    prices = store.prices()
    assert (prices[("g1", "Розничная")], prices[("g1", "Витрина")]) == ("101.00", "90.00")


def test_a_file_of_counts_replaces_the_warehouses_it_lists(store: Store) -> None:
    store.deliver(**four_goods())
    result = store.deliver(rests_xml=document(package(offer("g1", more=rests({MAIN: "50"})), changes="true")))
    assert result.changed == Changed(products=0, prices=0, stocks=1)
    assert (store.stocks()[("g1", MAIN)], store.stocks()[("g1", SPARE)]) == ("50", "2")


def test_counts_that_add_up_to_the_total_are_all_there_are(store: Store) -> None:
    store.deliver(**four_goods())
    store.deliver(
        offers_xml=document(package(offer("g1", stocks={MAIN: "3"}, total="3"), changes="true", head=HEAD))
    )
    assert {key: count for key, count in store.stocks().items() if key[0] == "g1"} == {("g1", MAIN): "3"}


def test_a_total_and_warehouses_take_each_others_place(store: Store) -> None:
    store.deliver(**four_goods())

    def counts() -> dict[str, str]:
        return {warehouse: count for (guid, warehouse), count in store.stocks().items() if guid == "g1"}

    store.deliver(rests_xml=document(package(offer("g1", total="6"), changes="true")))
    assert counts() == {"": "6"}
    store.deliver(rests_xml=document(package(offer("g1", stocks={SPARE: "2"}), changes="true")))
    assert counts() == {SPARE: "2"}
    # in one delivery the warehouses of one file stand above the total of another
    store.deliver(
        a_xml=document(package(offer("g1", name="Н", total="8"), changes="true")),
        b_xml=document(package(offer("g1", more=rests({MAIN: "8"})), changes="true")),
    )
    assert counts() == {MAIN: "8", SPARE: "2"}


@pytest.mark.parametrize("text", ["много", "1000000", "-2000000"])
def test_a_count_that_cannot_be_is_not_taken(store: Store, text: str) -> None:
    store.deliver(**four_goods())
    store.deliver(rests_xml=document(package(offer("g1", stocks={MAIN: text}), changes="true")))
    assert store.stocks()[("g1", MAIN)] == "5"
    assert [row[0] for row in store.problems()] == ["not_a_number" if text == "много" else "absurd_count"]


def test_odd_values_are_kept_as_they_came(store: Store) -> None:
    store.deliver(
        import_xml=document(catalogue(*(good(f"g{number}") for number in range(6)))),
        offers_xml=document(
            package(
                offer("g0", prices=[price("0")], stocks={MAIN: "-3"}),
                offer("g1", prices=[price("0,01", currency="руб.")], stocks={MAIN: "2,500"}),
                offer("g2", prices=[price("-7", currency="usd")]),
                offer("g3", prices=[price("по запросу", currency="XXX")]),
                offer("g4", prices=[price("1\u00a0234,565", currency="")]),
                offer("g5", prices=[price(" ")]),
                head=HEAD,
            )
        ),
    )
    assert [amount for _, amount in sorted(store.prices().items())] == [
        "0.00",
        "0.01",
        "-7.00",
        None,
        "1234.57",
        None,
    ]
    assert store.stocks() == {("g0", MAIN): "-3", ("g1", MAIN): "2.5"}
    assert [row["currency"] for row in store.rows("select currency from price order by product_id")] == [
        "RUB", "RUB", "USD", "XXX", "RUB", "RUB",
    ]  # fmt: skip
    assert sorted(row[0] for row in store.problems()) == [
        "negative_count", "negative_price", "not_a_number", "unknown_currency",
    ]  # fmt: skip


def test_content_survives_the_way_through(store: Store) -> None:
    text = "Кавычки \"'«», черта \\ и \\N, табуляция\tздесь,\nстрока & <тег> {a,b} 😀"
    escaped = text.replace("&", "&amp;").replace("<", "&lt;")
    store.deliver(
        import_xml=document(
            catalogue(
                good(
                    "g1",
                    name="Н" * 300,
                    more=f"<Описание>{escaped}</Описание><Штрихкод>0001,2</Штрихкод><Картинка>a b\\c.jpg</Картинка>"
                    f"<ЗначенияРеквизитов><ЗначениеРеквизита><Наименование>К\\n</Наименование><Значение>{escaped}</Значение>"
                    "</ЗначениеРеквизита></ЗначенияРеквизитов>",
                )
            )
        )
    )
    row = store.rows("select * from product")[0]
    assert row["description"] == text
    assert row["barcodes"] == ["0001", "2"]
    assert row["pictures"] == ["a b\\c.jpg"]
    assert row["requisites"] == {"К\\n": text}
    assert len(row["name"]) == 300
    assert (row["article"], row["characteristics"]) == (None, {})
    assert store.problems() == []


def test_offers_of_unknown_goods_are_told_and_left_out(store: Store) -> None:
    store.deliver(**four_goods())
    content = document(
        package(
            offer("nobody", prices=[price("1")], stocks={MAIN: "1"}),
            offer("nobody#x", name="Ничей", prices=[price("1")]),
            offer("g4#new", prices=[price("1")]),
            offer("g1", prices=[price("101")]),
            changes="true",
        )
    )
    result = store.deliver(offers_xml=content)
    lines = {
        guid: content[: content.index(f"<Ид>{guid}<")].count("\n")
        for guid in ("nobody", "nobody#x", "g4#new")
    }
    assert store.problems() == [
        ("offer_without_good", "offers.xml", lines["nobody"], "nobody"),
        ("offer_without_good", "offers.xml", lines["nobody#x"], "nobody#x"),
        ("unknown_variant", "offers.xml", lines["g4#new"], "g4#new"),
    ]
    assert result.changed == Changed(products=0, prices=1, stocks=0)
    assert "nobody" not in store.goods()


def test_of_rows_with_one_id_the_last_counts(store: Store) -> None:
    first = good("g1", name="Первое")
    content = document(catalogue(first, good("g2"), good("g1", name="Последнее")))
    offers = document(
        package(
            offer("g1", prices=[price("1"), price("9", SHOWROOM)], stocks={SPARE: "1"}),
            offer("g1", prices=[price("2")], stocks={MAIN: "2"}),
            head=HEAD,
        )
    )
    store.deliver(import_xml=content, offers_xml=offers)
    assert [row["name"] for row in store.rows("select name from product where guid = 'g1'")] == ["Последнее"]
    assert store.prices() == {("g1", "Розничная"): "2.00"}
    assert store.stocks() == {("g1", MAIN): "2"}
    assert store.problems() == [
        ("duplicate_id", "import.xml", content[: content.rindex("<Ид>g1<")].count("\n"), "g1"),
        ("duplicate_id", "offers.xml", offers[: offers.rindex("<Ид>g1<")].count("\n"), "g1"),
    ]


def test_portions_are_one_delivery_whatever_their_names(store: Store) -> None:
    files = four_goods()
    result = store.deliver(
        zzz_xml=files["import_xml"],
        mmm_xml=document(package(*(offer(f"g4#{x}", name=f"Ч {x}") for x in "xy"), offer("g1", name="Т"))),
        bbb_xml=document(
            package(offer("g1", prices=[price("1")]), offer("g4#x", prices=[price("4")]), head=HEAD)
        ),
        aaa_xml=document(
            package(offer("g1", more=rests({MAIN: "1"})), offer("g4#x", more=rests({MAIN: "4"})))
        ),
    )
    assert store.problems() == []
    assert result.changed == Changed(products=8, prices=2, stocks=2)
    assert store.exchange()["counts"]["files"] == 4


def test_definitions_are_remembered_between_deliveries(store: Store) -> None:
    store.deliver(**four_goods())
    values = f"<ЗначенияСвойства><Ид>{COUNTRY}</Ид><Значение>{FRANCE}</Значение></ЗначенияСвойства>"
    store.deliver(
        import_xml=document(
            catalogue(good("g9", more=f"<ЗначенияСвойств>{values}</ЗначенияСвойств>"), changes="true")
        )
    )
    assert store.rows("select properties from product where guid = 'g9'") == [
        {"properties": {"Страна": "ФРАНЦИЯ"}}
    ]
    assert store.problems() == []


def test_a_variant_takes_its_name_from_its_good_where_it_has_none(store: Store) -> None:
    characteristics = (
        "<ХарактеристикиТовара><ХарактеристикаТовара><Наименование>Цвет</Наименование>"
        "<Значение>синий</Значение></ХарактеристикаТовара></ХарактеристикиТовара>"
    )
    store.deliver(
        import_xml=document(catalogue(good("g1", name="Коврик"))),
        offers_xml=document(package(offer("g1#x", more=characteristics))),
    )
    row = store.rows("select name, characteristics from product where guid = 'g1#x'")[0]
    assert row == {"name": "Коврик", "characteristics": {"Цвет": "синий"}}


def test_a_good_is_sold_itself_again_when_its_variants_are_gone(store: Store) -> None:
    def has_variants() -> bool:
        return bool(store.rows("select has_variants from product where guid = 'g4'")[0]["has_variants"])

    store.deliver(**four_goods())
    gone = [offer(f"g4#{x}", name="Ч", more="<ПометкаУдаления>true</ПометкаУдаления>") for x in "xy"]
    store.deliver(offers_xml=document(package(gone[0], changes="true")))
    assert has_variants()
    store.deliver(offers_xml=document(package(gone[1], changes="true")))
    assert has_variants(), "nothing says that the good itself is sold"
    again = offer("g4#y", name="Ч (y)", more="<ПометкаУдаления>true</ПометкаУдаления>")
    store.deliver(offers_xml=document(package(again, offer("g4", prices=[price("9")]), changes="true")))
    assert not has_variants()


def test_a_far_smaller_full_delivery_deletes_nothing(store: Store) -> None:
    store.deliver(**four_goods())
    goods, prices, stocks = store.goods(), store.prices(), store.stocks()
    result = store.deliver(
        import_xml=document(catalogue(good("g1", name="Новое имя"), good("g5"))),
        offers_xml=document(package(offer("g1", prices=[price("111")], stocks={MAIN: "1"}), head=HEAD)),
    )
    assert store.goods() == {**goods, "g5": False}
    assert store.rows("select name from product where guid = 'g1'") == [{"name": "Новое имя"}]
    assert {key for key in store.prices() if key[0] != "g1"} == {key for key in prices if key[0] != "g1"}
    # of what is named, the whole is taken
    assert {key: count for key, count in store.stocks().items() if key[0] == "g1"} == {("g1", MAIN): "1"}
    assert {key for key in store.stocks() if key[0] != "g1"} == {key for key in stocks if key[0] != "g1"}
    exchange = store.exchange()
    assert exchange["state"] == "imported"
    assert exchange["counts"]["held"] == ["goods", "prices", "stocks", "variants"]
    assert result.held == exchange["error"]
    assert "товаров 2 из 4" in exchange["error"]


@pytest.mark.parametrize(("shrink", "deleted"), [(0.7, False), (0.5, True)])
def test_how_far_a_delivery_may_shrink_is_a_setting(store: Store, shrink: float, deleted: bool) -> None:
    store.deliver(import_xml=four_goods()["import_xml"])
    folder = write(store.folder / "small", import_xml=document(catalogue(good("g1"), good("g2"))))
    exchange_id = register_folder(store.database, store.clock, "folder", folder)
    import_delivery(store.database, store.clock, exchange_id, folder, shrink=shrink)
    assert store.goods() == {"g1": False, "g2": False, "g3": deleted, "g4": deleted}


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, "XML"),
        ({"notes.txt": b"nothing"}, "XML"),
        ({"import.xml": document(catalogue()).encode()}, "ни товаров"),
        ({"import.xml": document(classifier(), catalogue()).encode()}, "ни товаров"),
        ({"import.xml": document(catalogue(changes="true")).encode()}, "ни товаров"),
        ({"orders.xml": document("<Документ><Ид>1</Ид></Документ>").encode()}, "ни товаров"),
    ],
)
def test_an_empty_delivery_is_refused(store: Store, files: dict[str, bytes], said: str) -> None:
    store.deliver(**four_goods())
    goods = store.goods()
    folder = store.folder / "empty"
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    with pytest.raises(BadInput) as refused:
        store.bring(folder)
    exchange = store.exchange()
    assert (exchange["state"], exchange["error"]) == ("refused", str(refused.value))
    assert said in exchange["error"]
    assert store.goods() == goods


def test_new_groups_alone_are_a_delivery_of_changes(store: Store) -> None:
    store.deliver(**four_goods())
    renamed = "<Группа><Ид>gr1</Ид><Наименование>Дача</Наименование></Группа>"
    result = store.deliver(groups_xml=document(classifier(renamed)))
    assert result.kind == "changes"
    assert result.changed.products == 2
    assert [row["path"] for row in store.rows("select path from product_group order by guid")] == [
        "Дача",
        "Дача / Коврики",
    ]


def test_a_renamed_value_of_a_directory_reaches_the_goods_that_have_it(store: Store) -> None:
    other = "44444444-0000-0000-0000-000000000002"

    def countries(**values: str) -> str:
        return document(classifier(properties=definition(COUNTRY, "Страна", "Справочник", **values)))

    def made_in(*values: str) -> str:
        texts = "".join(f"<Значение>{value}</Значение>" for value in values)
        row = f"<ЗначенияСвойства><Ид>{COUNTRY}</Ид>{texts}</ЗначенияСвойства>"
        return f"<ЗначенияСвойств>{row}</ЗначенияСвойств>"

    france, italy = FRANCE.replace("-", "_"), other.replace("-", "_")
    goods = [
        good("g1", more=made_in(FRANCE)), good("g2", more=made_in(other)),
        good("g3", more=made_in(other, FRANCE)), good("g4"),
    ]  # fmt: skip
    store.deliver(
        a_xml=countries(**{france: "ФРАНЦИЯ", italy: "ИТАЛИЯ"}), import_xml=document(catalogue(*goods))
    )
    hashes = {row["guid"]: row["content_hash"] for row in store.rows("select * from product")}
    renamed = countries(**{france: "Франция"})
    assert store.deliver(import_xml=renamed).changed == Changed(products=2, prices=0, stocks=0)
    after = {row["guid"]: row for row in store.rows("select * from product")}
    assert {guid: row["properties"].get("Страна") for guid, row in after.items()} == {
        "g1": "Франция", "g2": "ИТАЛИЯ", "g3": "ИТАЛИЯ; Франция", "g4": None,
    }  # fmt: skip
    assert {guid for guid, row in after.items() if row["content_hash"] != hashes[guid]} == {"g1", "g3"}
    assert store.deliver(import_xml=renamed).changed == Changed(products=0, prices=0, stocks=0)


def test_a_broken_file_leaves_everything_as_it_was(store: Store) -> None:
    store.deliver(**four_goods())
    before = store.goods(), store.prices(), store.stocks()
    files = four_goods()
    files["import_xml"] = files["import_xml"].replace("Товар g1", "Другое имя")
    files["offers_xml"] = files["offers_xml"][: files["offers_xml"].index("<Ид>g3")]
    with pytest.raises(BadInput) as refused:
        store.deliver(**files)
    line = files["offers_xml"].count("\n") + 1
    assert str(refused.value).startswith(f"offers.xml:{line}: ")
    assert (store.goods(), store.prices(), store.stocks()) == before
    assert not store.rows("select 1 from product where name = 'Другое имя'")
    exchange = store.exchange()
    assert (exchange["state"], exchange["error"]) == ("refused", str(refused.value))
    assert "Выгрузите" in exchange["error"]
    assert store.problems() == []


def test_what_the_database_refuses_is_an_answer_too(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    real = queries.sql
    monkeypatch.setattr(
        importer, "sql", lambda name: "select 1 / 0" if name == "shop/group_paths" else real(name)
    )
    with pytest.raises(BadInput):
        store.deliver(**four_goods())
    exchange = store.exchange()
    assert exchange["state"] == "refused"
    assert "division by zero" in exchange["error"]
    assert store.goods() == {}


def test_an_archive_in_a_delivery(store: Store) -> None:
    folder = store.folder / "zipped"
    folder.mkdir()
    files = four_goods()
    with zipfile.ZipFile(folder / "goods.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("import.xml", files["import_xml"])
        archive.writestr("import_files/aa/1.jpg", b"jpg")
    write(folder, offers_xml=files["offers_xml"])
    assert store.bring(folder).changed == Changed(products=8, prices=6, stocks=6)


def test_problems_are_all_counted_and_some_written(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("marketsync.shop.staging.MOST_PROBLEMS", 3)
    goods = [good(f"g{number}") for number in range(10)]
    offers = [offer(f"g{number}", stocks={MAIN: "-1"}) for number in range(10)]
    result = store.deliver(import_xml=document(catalogue(*goods)), offers_xml=document(package(*offers)))
    assert result.problems == 10
    assert store.exchange()["counts"]["problems"] == {"negative_count": 10}
    assert len(store.problems()) == 3


def test_who_listens_is_told_what_changed(store: Store) -> None:
    with psycopg.connect(store.database.url, autocommit=True) as listener:
        listener.execute(queries.sql("wake/listen"))
        store.deliver(**four_goods())
        store.deliver(**four_goods())
        store.deliver(rests_xml=document(package(offer("g1", stocks={MAIN: "50"}), changes="true")))
        listener.execute("select 1")
        told = [json.loads(note.payload) for note in listener.notifies(timeout=0)]
    assert [{name: note[name] for name in ("products", "prices", "stocks")} for note in told] == [
        {"products": True, "prices": True, "stocks": True},
        {"products": False, "prices": False, "stocks": True},
    ]


# ---------------------------------------------------------------- the line of deliveries


def test_deliveries_are_taken_in_their_order(store: Store, tmp_path: Path) -> None:
    files = Files((tmp_path / "files").as_uri())
    content = four_goods()
    for name in ("one", "two"):
        files.write(f"{name}/import.xml", content["import_xml"].encode())
    first = register_folder(store.database, store.clock, "1c", "one")
    second = register_folder(store.database, store.clock, "1c", "two")
    assert register_folder(store.database, store.clock, "1c", "one") == first
    for expected in (first, second):
        with claim_next(store.database, store.clock) as exchange:
            assert exchange is not None
            assert exchange.exchange_id == expected
            import_delivery(store.database, store.clock, expected, exchange.place(files))
    with claim_next(store.database, store.clock) as exchange:
        assert exchange is None
    assert register_folder(store.database, store.clock, "1c", "one") == first
    with claim_next(store.database, store.clock) as exchange:
        assert exchange is None, "what 1C delivered once is imported once"


def test_one_import_at_a_time(store: Store) -> None:
    for name in ("a", "b"):
        register_folder(store.database, store.clock, "1c", name)
    with claim_next(store.database, store.clock) as first, claim_next(store.database, store.clock) as second:
        assert first is not None
        assert second is None


def test_an_import_that_died_is_taken_up_again(store: Store) -> None:
    exchange_id = register_folder(store.database, store.clock, "1c", "a")
    with claim_next(store.database, store.clock) as dead:
        assert dead is not None
    assert store.exchange()["state"] == "importing"
    with claim_next(store.database, store.clock) as again:
        assert again is not None
        assert again.exchange_id == exchange_id


def test_a_folder_given_by_hand_can_be_imported_again(store: Store) -> None:
    folder = write(store.folder / "hand", **four_goods())
    first = register_folder(store.database, store.clock, "folder", folder)
    assert register_folder(store.database, store.clock, "folder", folder) == first
    store.bring(folder)
    assert store.exchange()["state"] == "imported"
    assert register_folder(store.database, store.clock, "folder", folder) == first
    assert store.exchange()["state"] == "delivered"
    store.bring(folder)
    write(folder, import_xml=four_goods()["import_xml"].replace("Товар g1", "Другое"))
    other = register_folder(store.database, store.clock, "folder", folder)
    assert other != first
    with claim_next(store.database, store.clock, other) as exchange:
        assert exchange is not None
        assert exchange.place() == folder


def test_a_refused_delivery_can_be_repaired_and_tried_again(store: Store) -> None:
    folder = write(store.folder / "hand", import_xml="<broken")
    for _ in range(2):
        with pytest.raises(BadInput):
            store.bring(folder)
        assert store.exchange()["state"] == "refused"
    write(folder, **four_goods())
    store.bring(folder)
    assert (store.exchange()["state"], store.exchange()["error"]) == ("imported", None)
