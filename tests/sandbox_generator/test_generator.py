"""The generator's files against its expectation, by a reading that shares no code with the writer."""

from __future__ import annotations

import hashlib
import json
import math
import os
import tracemalloc
from collections import Counter
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest
from lxml import etree

from sandbox.generator import Settings, Summary, assortment, generate, identity, money
from sandbox.generator.__main__ import main
from sandbox.generator.goods import Catalogue
from sandbox.ozon import category_data as ozon

GOODS = 300
README = Path(assortment.__file__).with_name("README.md")

Json = dict[str, Any]


class Delivery:
    """One delivery as a stranger reads it: local names only, the last word on each offer wins."""

    def __init__(self, folder: Path) -> None:
        self.expected: Json = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
        self.folder = folder
        self.goods: dict[str, Any] = {}
        self.offers: dict[str, Any] = {}
        self.prices: dict[str, dict[str, str]] = {}
        self.currencies: Counter[str] = Counter()
        self.rests: dict[str, dict[str, str]] = {}
        self.directory: dict[str, str] = {}
        self.properties: dict[str, str] = {}
        self.groups: dict[str, str] = {}
        self.price_types: dict[str, str] = {}
        self.only_changes: set[str] = set()
        for path in sorted(folder.glob("*.xml")):
            self._read(path)

    def _read(self, path: Path) -> None:
        assert path.read_bytes().startswith(b"\xef\xbb\xbf<?xml")
        root: Any = etree.parse(str(path)).getroot()
        for node in root.iter():
            node.tag = etree.QName(node).localname
        for node in root.iterfind("*[@СодержитТолькоИзменения]"):
            self.only_changes.add(node.get("СодержитТолькоИзменения"))
        for node in root.iterfind(".//Справочник"):
            self.directory[node.findtext("ИдЗначения")] = node.findtext("Значение")
        for node in root.iterfind(".//Свойство"):
            self.properties[node.findtext("Ид")] = node.findtext("Наименование")
        for top in root.iterfind("Классификатор/Группы/Группа"):
            for node in top.iterfind("Группы/Группа"):
                self.groups[node.findtext("Ид")] = (
                    f"{top.findtext('Наименование')}/{node.findtext('Наименование')}"
                )
        for node in root.iterfind(".//ТипЦены"):
            self.price_types[node.findtext("Ид")] = node.findtext("Наименование")
        for node in root.iterfind(".//Товар"):
            self.goods[node.findtext("Ид")] = node
        for node in root.iterfind(".//Предложение"):
            guid = node.findtext("Ид")
            if node.find("Наименование") is not None:
                self.offers[guid] = node
            if node.find("Цены") is not None:
                self.prices[guid] = {}
                for price in node.iterfind("Цены/Цена"):
                    self.prices[guid][price.findtext("ИдТипаЦены")] = price.findtext("ЦенаЗаЕдиницу")
                    self.currencies[price.findtext("Валюта")] += 1
            counts = {
                store.get("ИдСклада"): store.get("КоличествоНаСкладе") for store in node.iterfind("Склад")
            }
            counts |= {
                store.findtext("Ид"): store.findtext("Количество")
                for store in node.iterfind("Остатки/Остаток/Склад")
            }
            if counts:
                self.rests[guid] = counts

    def values(self, guid: str) -> dict[str, str]:
        """Properties of a good by name, directory values resolved."""
        return {
            self.properties[node.findtext("Ид")]: self.directory.get(
                node.findtext("Значение"), node.findtext("Значение")
            )
            for node in self.goods[guid].iterfind("ЗначенияСвойств/ЗначенияСвойства")
        }

    def is_marked(self, guid: str) -> bool:
        return self.values(guid).get("Выгружать на Ozon") == "Да"

    def is_deleted(self, guid: str) -> bool:
        return bool(self.goods[guid].get("Статус") == "Удален")


def number(text: str) -> Decimal:
    return Decimal(text.replace(",", "."))


def shown(counts: dict[str, str]) -> dict[str, int]:
    """Counts as the marketplace must show them."""
    return {
        str(warehouse.marketplace_id): max(0, math.floor(number(counts.get(warehouse.guid, "0"))))
        for warehouse in assortment.WAREHOUSES
    }


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A default catalogue, as a demo makes it but smaller."""
    target = tmp_path_factory.mktemp("default")
    generate(target, Settings(goods=GOODS, seed=7))
    return target


@pytest.fixture(scope="module")
def dirty_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A catalogue dirty enough to hold every kind of dirt."""
    target = tmp_path_factory.mktemp("dirty")
    generate(target, Settings(goods=GOODS, seed=3, dirty=0.2, changes=0.1))
    return target


@pytest.fixture(scope="module")
def first(folder: Path) -> Delivery:
    return Delivery(folder / "first")


@pytest.fixture(scope="module")
def second(folder: Path) -> Delivery:
    return Delivery(folder / "second")


@pytest.fixture(scope="module")
def dirty(dirty_folder: Path) -> Delivery:
    return Delivery(dirty_folder / "first")


def test_known_check_digits() -> None:
    # the examples of GS1 and of the ISBN manual
    assert identity.check_digit("629104150021") == 3
    assert identity.check_digit("978014300723") == 4


def test_identities_do_not_collide() -> None:
    places = [(n, v) for n in (*range(400), 60_000_000, 60_000_001) for v in range(8)]
    assert len({identity.barcode(5, n, v) for n, v in places}) == len(places)
    assert len({identity.characteristic_guid(5, n, v) for n, v in places}) == len(places)
    assert len({identity.good_guid(5, n) for n, _ in places}) == len(places) / 8


def test_barcodes_in_the_files_are_right_and_unique(first: Delivery) -> None:
    codes = [
        node.text
        for source in (first.goods, first.offers)
        for row in source.values()
        for node in row.iterfind("Штрихкод")
    ]
    assert len(codes) == len(set(codes)) >= GOODS - 5
    for code in codes:
        weights = [int(digit) * (1, 3)[place % 2] for place, digit in enumerate(code)]
        assert len(code) == 13
        assert sum(weights) % 10 == 0


def test_full_load_says_so_and_the_second_is_changes_only(first: Delivery, second: Delivery) -> None:
    assert first.only_changes == {"false"}
    assert second.only_changes == {"true"}
    assert sorted(path.name.split("___")[0] for path in second.folder.glob("*.xml")) == [
        "import", "offers", "prices", "rests",
    ]  # fmt: skip


def test_counts_agree_with_the_files(dirty: Delivery) -> None:
    expected = dirty.expected
    sellable = {guid for guid in dirty.offers if guid.split("#")[0] in dirty.goods}
    assert expected["goods"] == len(dirty.goods)
    # the deleted goods without offers are the only ones that offers.xml does not name
    silent = {guid for guid in dirty.goods if not any(offer.split("#")[0] == guid for offer in dirty.offers)}
    assert expected["offers_in_store"] == GOODS == len(sellable) + len(silent)
    assert silent < {guid for guid in dirty.goods if dirty.is_deleted(guid)}
    assert set(expected["orphan_offers"]) == set(dirty.offers) - sellable
    assert len(expected["orphan_offers"]) >= 3
    assert set(expected["deleted"]) == {guid for guid in dirty.goods if dirty.is_deleted(guid)}
    marked = {guid for guid in sellable | silent if dirty.is_marked(guid.split("#")[0])}
    assert set(expected["offers"]) == marked
    assert expected["marked"] == len({guid for guid in marked if not dirty.is_deleted(guid.split("#")[0])})
    entries = expected["offers"].values()
    assert expected["on_sale"] == sum(entry["on_sale"] for entry in entries)
    assert expected["by_state"] == Counter(entry["state"] for entry in entries)


def test_every_kind_of_dirt_is_there_with_its_answer(dirty: Delivery) -> None:
    codes = {
        guid: entry["reasons"][0]["code"]
        for guid, entry in dirty.expected["offers"].items()
        if entry["reasons"]
    }
    retail = next(guid for guid, name in dirty.price_types.items() if name == "Розничная")
    floor = next(guid for guid, name in dirty.price_types.items() if name == "Минимальная")
    articles = Counter(row.findtext("Артикул") for row in dirty.offers.values())
    seen: dict[str, set[str]] = {}
    for guid in dirty.expected["offers"]:
        good = dirty.goods[guid.split("#")[0]]
        if dirty.is_deleted(good.findtext("Ид")):
            continue
        row = dirty.offers[guid]
        price = dirty.prices[guid].get(retail)
        barcode = (good if "#" not in guid else row).findtext("Штрихкод")
        found = {
            "no_article": not row.findtext("Артикул"),
            "duplicate_article": bool(row.findtext("Артикул")) and articles[row.findtext("Артикул")] > 1,
            "missing_barcode": not barcode,
            "too_long": len(row.findtext("Наименование")) > 255,
            "unmapped_category": dirty.groups[good.findtext("Группы/Ид")] == "Разное/Без категории",
            "unknown_value": good.findtext("Изготовитель/Наименование") not in assortment.BRANDS,
            "currency": any(node.text == "USD" for node in row.iterfind("Цены/Цена/Валюта")),
            "price_blank": not price,
            "price_zero": price == "0",
            "price_below_floor": price not in (None, "", "0")
            and number(str(price)) < number(dirty.prices[guid][floor]),
        }
        assert {code for code, is_so in found.items() if is_so} == ({codes[guid]} if guid in codes else set())
        if guid in codes:
            seen.setdefault(codes[guid], set()).add(guid)
    assert set(seen) == set(found)
    assert len(seen["currency"]) == 1
    assert len(seen["unmapped_category"]) == 3
    assert len(seen["duplicate_article"]) % 2 == 0
    assert dirty.expected["by_state"]["absent"] == len(dirty.expected["deleted"]) > 0
    counts = [count for rests in dirty.rests.values() for count in rests.values()]
    assert any(count.startswith("-") for count in counts)
    assert "2,5" in counts


def test_unlisted_offers_expect_nothing(dirty: Delivery) -> None:
    for entry in dirty.expected["offers"].values():
        if entry["state"] != "listed":
            assert (entry["card"], entry["price"], entry["stocks"], entry["on_sale"]) == (
                None,
                None,
                {},
                False,
            )
        if entry["state"] in ("rejected", "held"):
            assert entry["reasons"]
        else:
            assert entry["reasons"] == []


def test_cards_are_what_the_files_say(first: Delivery) -> None:
    for guid, entry in first.expected["offers"].items():
        card = entry["card"]
        if card is None:
            continue
        good_guid = guid.split("#")[0]
        good, row, values = first.goods[good_guid], first.offers[guid], first.values(good_guid)
        assert card["offer_id"] == entry["article"] == row.findtext("Артикул")
        assert card["name"] == row.findtext("Наименование")
        assert card["barcode"] == (good if guid == good_guid else row).findtext("Штрихкод")
        assert (
            card["brand"] == good.findtext("Изготовитель/Наименование") == values.get("Бренд", card["brand"])
        )
        assert card["depth"] == number(values["Длина упаковки, см"]) * 10
        assert card["width"] == number(values["Ширина упаковки, см"]) * 10
        assert card["height"] == number(values["Высота упаковки, см"]) * 10
        assert card["weight"] == number(values["Вес с упаковкой, кг"]) * 1000
        assert card["vat"] == {"10": "0.1", "22": "0.22"}[good.findtext("СтавкиНалогов/СтавкаНалога/Ставка")]
        assert card["images"] == [
            f"http://127.0.0.1:8090/images/{node.text}" for node in good.iterfind("Картинка")
        ]
        characteristics = {
            node.findtext("Наименование"): node.findtext("Значение")
            for node in row.iterfind("ХарактеристикиТовара/ХарактеристикаТовара")
        }
        for key, value in card["properties"].items():
            name = "Размер" if key == "size" else assortment.PROPERTY[key].name
            assert value == (characteristics | values)[name]


def test_cards_are_valid_on_the_sandbox_marketplace(first: Delivery) -> None:
    types: dict[tuple[int, int], ozon.ProductType] = {}

    def walk(categories: tuple[ozon.Category, ...]) -> None:
        for category in categories:
            walk(category.children)
            types.update({(category.id, leaf.id): leaf for leaf in category.types if not leaf.disabled})

    walk(ozon.TREE)
    dictionaries = {entry.id: {value.value for value in entry.values} for entry in ozon.DICTIONARIES}
    values = {entry.id: dictionaries[entry.dictionary_id] for entry in ozon.ATTRIBUTES if entry.dictionary_id}
    attribute_of = {entry.key: entry.attribute_id for entry in assortment.PROPERTIES}
    attribute_of["size"] = ozon.CLOTHES_SIZE_ATTRIBUTE_ID
    seen = set()
    for entry in first.expected["offers"].values():
        card = entry["card"]
        if card is None:
            continue
        leaf = types[card["description_category_id"], card["type_id"]]
        seen.add(leaf.id)
        sent = {attribute_of[key]: value for key, value in card["properties"].items()}
        sent[ozon.BRAND_ATTRIBUTE_ID] = card["brand"]
        assert set(leaf.required) <= set(sent)
        assert set(sent) <= {*ozon.COMMON_REQUIRED, *ozon.COMMON_OPTIONAL, *leaf.required, *leaf.optional}
        for attribute, value in sent.items():
            assert value in values.get(attribute, {value})
        density = card["weight"] * 1000 / (card["depth"] * card["width"] * card["height"])
        assert 0.001 <= density <= 13.55
        assert len(card["offer_id"]) <= 50
        assert len(card["name"]) <= 255
    assert len(seen) == len(assortment.GROUPS)


def test_prices_obey_the_marketplace(dirty: Delivery) -> None:
    kinds = {name: guid for guid, name in dirty.price_types.items()}
    resets = raised = 0
    for guid, entry in dirty.expected["offers"].items():
        if entry["price"] is None:
            continue
        price, old, minimum = (Decimal(entry["price"][key]) for key in ("price", "old_price", "min_price"))
        rows = dirty.prices[guid]
        floor = number(rows[kinds["Минимальная"]])
        assert price == number(rows[kinds["Розничная"]]) > floor
        half = (price * 50).to_integral_value(rounding="ROUND_CEILING") / 100
        assert minimum == max(floor, half) < price
        raised += floor < half
        stored = number(rows.get(kinds["Старая цена"], "0"))
        gap = stored - price
        enough = 20 if price < 400 else price * 5 / 100 if price <= 10_000 else 500
        if stored and (gap <= 0 or gap < enough):
            resets += 1
            assert old == 0
        else:
            assert old == stored
            # valid whether the 5 % are meant of the price or of the old price, and less than 90 % off
            assert not stored or Decimal("0.05") <= gap / stored < Decimal("0.9")
    assert resets >= 3
    assert raised >= 1


def test_the_minimum_is_the_floor_or_half_rounded_up() -> None:
    rng = Random(1)
    lowest = 0
    for price in range(4_501, 2_000_001, 997):
        final, stored = money.settle(rng, price)
        half = int((Decimal(price) / 2).to_integral_value(rounding="ROUND_CEILING"))
        assert stored.floor is not None
        assert final.price == stored.retail == price
        assert final.minimum == max(stored.floor, half) < price
        lowest += stored.floor < half
    assert lowest > 20


def test_stocks_follow_the_counts(first: Delivery) -> None:
    for guid, entry in first.expected["offers"].items():
        if entry["state"] == "listed":
            assert entry["stocks"] == shown(first.rests[guid])
            assert entry["on_sale"] == any(entry["stocks"].values())


def test_quantity_is_the_sum_over_the_warehouses(first: Delivery) -> None:
    for guid, row in first.offers.items():
        assert number(row.findtext("Количество")) == sum(
            number(count) for count in first.rests[guid].values()
        )


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_nearly_everything_marked_is_on_sale(tmp_path: Path, seed: int) -> None:
    summary = generate(tmp_path, Settings(goods=GOODS, seed=seed, pictures=False))
    for marked, on_sale in zip(summary.marked, summary.on_sale, strict=True):
        assert on_sale >= 0.97 * marked > 0.85 * GOODS


def test_second_delivery_has_one_negative_stock_and_one_penny(first: Delivery, second: Delivery) -> None:
    retail = assortment.RETAIL.guid
    negative = [
        guid for guid, rests in second.rests.items() if any(number(count) < 0 for count in rests.values())
    ]
    pennies = [guid for guid, rows in second.prices.items() if rows[retail] == "0.01"]
    assert len(negative) == len(pennies) == 1
    entries = second.expected["offers"]
    assert entries[negative[0]]["stocks"] == shown(second.rests[negative[0]])
    assert entries[negative[0]]["on_sale"]
    before, after = first.expected["offers"][pennies[0]], entries[pennies[0]]
    assert before["on_sale"]
    assert after["held"] == {"price": "price_below_floor"}
    assert (after["state"], after["price"]) == ("listed", before["price"])


def test_second_state_is_the_first_with_the_changes(dirty_folder: Path, dirty: Delivery) -> None:
    second = Delivery(dirty_folder / "second")
    before, after = dirty.expected["offers"], second.expected["offers"]
    touched = set(second.offers) | set(second.prices) | set(second.rests)
    for guid, entry in after.items():
        good = guid.split("#")[0]
        if guid not in touched and good not in second.goods:
            assert entry == before[guid]
    changes = second.expected["changed_by_second"]
    listed = {guid for guid, entry in before.items() if entry["state"] == "listed"}
    now = {guid for guid, entry in after.items() if entry["state"] == "listed"}
    assert changes["new_cards"] == len(now - listed) >= 2
    assert (
        changes["price_changes"] == sum(before[guid]["price"] != after[guid]["price"] for guid in listed) > 0
    )
    others = listed - changes["renamed"].keys()
    assert changes["cards"] == sum(before[guid]["card"] != after[guid]["card"] for guid in others) > 0
    assert changes["stock_pairs"] == sum(
        before[guid]["stocks"][place] != after[guid]["stocks"][place]
        for guid in listed
        for place in after[guid]["stocks"]
    )
    assert changes["held"] == {"price_below_floor": 1, "price_jump": 1}
    assert changes["files"] == {
        "import": len(second.goods),
        "offers": len(second.offers),
        "prices": len(second.prices),
        "rests": len(second.rests),
    }
    for guid, rests in second.rests.items():
        assert after[guid]["stocks"] == shown(rests)
    for guid, entry in after.items():
        if entry["withdrawn"]:
            good = guid.split("#")[0]
            assert second.is_deleted(good) or not second.is_marked(good)
            assert entry["card"] == before[guid]["card"]
            assert not any(entry["stocks"].values())
    assert {entry["withdrawn"] for entry in after.values()} == {None, "deleted", "unmarked"}


def test_a_renamed_article_is_the_same_cards_new_one(first: Delivery, second: Delivery) -> None:
    renamed = second.expected["changed_by_second"]["renamed"]
    assert len(renamed) == 3
    for guid, article in renamed.items():
        assert second.offers[guid].findtext("Артикул") == article
        assert article != first.expected["offers"][guid]["article"]
        was, now = first.expected["offers"][guid], second.expected["offers"][guid]
        assert now == {**was, "article": article, "card": {**was["card"], "offer_id": article}}
        if "#" not in guid:
            assert second.goods[guid].findtext("Артикул") == article


def test_portioned_first_delivery_says_the_same(tmp_path: Path, folder: Path, first: Delivery) -> None:
    generate(tmp_path, Settings(goods=GOODS, seed=7, shape="portioned", pictures=False))
    portioned = Delivery(tmp_path / "first")
    assert portioned.expected == first.expected
    assert portioned.only_changes == {"false"}
    assert set(portioned.goods) == set(first.goods)
    assert portioned.prices == first.prices
    assert portioned.rests == first.rests
    assert not list((tmp_path / "first").rglob("*.jpg"))


def test_pictures_are_there_and_are_jpegs(first: Delivery) -> None:
    paths = {node.text for good in first.goods.values() for node in good.iterfind("Картинка")}
    files = {path.relative_to(first.folder).as_posix() for path in first.folder.rglob("*.jpg")}
    assert paths == files
    for path in files:
        data = (first.folder / path).read_bytes()
        assert data.startswith(b"\xff\xd8")
        assert data.endswith(b"\xff\xd9")
        assert len(data) < 8000


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path, folder: Path) -> None:
    def digest(target: Path) -> dict[str, str]:
        return {
            path.relative_to(target).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in target.rglob("*")
            if path.is_file()
        }

    generate(tmp_path / "same", Settings(goods=GOODS, seed=7))
    generate(tmp_path / "other", Settings(goods=GOODS, seed=8, pictures=False))
    assert digest(tmp_path / "same") == digest(folder)
    other = json.loads((tmp_path / "other/first/expected.json").read_text(encoding="utf-8"))
    same = json.loads((folder / "first/expected.json").read_text(encoding="utf-8"))
    assert not set(other["offers"]) & set(same["offers"])


def test_a_good_does_not_depend_on_the_size_of_the_catalogue() -> None:
    small, large = Catalogue.of(4, 50, 0.95), Catalogue.of(4, 500, 0.95)
    assert small.good(3) == large.good(3)
    assert sum(len(small.good(n).offers) for n in range(small.goods)) == 50


def test_memory_does_not_grow_with_the_catalogue(tmp_path: Path) -> None:
    def peak(goods: int) -> int:
        tracemalloc.start()
        try:
            generate(tmp_path, Settings(goods=goods, seed=1, dirty=0, changes=0, pictures=False))
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(50)  # fills the caches
    small = peak(100)
    assert peak(1500) < small * 1.5
    assert os.path.getsize(tmp_path / "first/import.xml") > 4_000_000  # noqa: PTH202


def test_old_files_are_replaced_and_neighbours_kept(tmp_path: Path) -> None:
    (tmp_path / "first").mkdir()
    (tmp_path / "first/import0_1.xml").write_text("old")
    (tmp_path / "notes.txt").write_text("mine")
    generate(tmp_path, Settings(goods=20, pictures=False))
    assert not (tmp_path / "first/import0_1.xml").exists()
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_no_dirt_means_no_refusals(tmp_path: Path) -> None:
    summary: Summary = generate(tmp_path, Settings(goods=100, dirty=0, changes=0, marked=1, pictures=False))
    assert summary.marked == (100, 100)
    assert summary.codes == (Counter(), Counter())


@pytest.mark.parametrize(
    "wrong", [{"goods": 0}, {"shape": "partial"}, {"dirty": 1.5}, {"marked": -0.1}, {"changes": 2}]
)
def test_wrong_settings_are_named(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Settings(**wrong)


def test_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--goods", "40", "--seed", "2", "--images-url", "https://img.example/", "--no-pictures"]
    assert main([str(tmp_path), *arguments]) == 0
    assert "продаваемых позиций 40" in capsys.readouterr().out
    entries = json.loads((tmp_path / "first/expected.json").read_text(encoding="utf-8"))["offers"].values()
    card = next(entry["card"] for entry in entries if entry["card"])
    assert card["images"][0].startswith("https://img.example/import_files/")


def test_readme_names_every_group_and_property() -> None:
    lines = README.read_text(encoding="utf-8").splitlines()
    for group in assortment.GROUPS:
        row = (
            f"| {group.parent}/{group.name} | {group.category} | {group.type} | {group.vat} |"
            f" {', '.join(group.axes) or '-'} | {', '.join(group.properties)} |"
        )
        assert row in lines
    for entry in assortment.PROPERTIES:
        assert (
            f"| {entry.key} | {entry.name} | {entry.kind} | {entry.attribute_id or '-'} | {entry.meaning} |"
            in lines
        )
    for warehouse in assortment.WAREHOUSES:
        assert f"| {warehouse.name} | {warehouse.guid} | {warehouse.marketplace_id} |" in lines
    for price_type in assortment.PRICE_TYPES:
        assert any(line.startswith(f"| {price_type.name} | {price_type.guid} |") for line in lines)
