"""The generated cabinet of hand-made cards against the 1C files beside it, by a reading of its own."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from sandbox.generator import Settings, generate
from sandbox.generator.cabinet import Likeness

CARDS = 400


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("cabinet")
    generate(target, Settings(goods=700, seed=5, hand_made=CARDS, pictures=False))
    return target / "first"


@pytest.fixture(scope="module")
def cards(folder: Path) -> dict[int, dict[str, Any]]:
    listed = json.loads((folder / "cabinet.json").read_text(encoding="utf-8"))["cards"]
    return {card["product_id"]: card for card in listed}


@pytest.fixture(scope="module")
def expected(folder: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((folder / "adoption.json").read_text(encoding="utf-8"))
    return content


@pytest.fixture(scope="module")
def goods(folder: Path) -> dict[str, dict[str, str]]:
    """1C's GUID -> article, barcode, id and mark, as the files say; variants inherit what they lack."""
    found: dict[str, dict[str, str]] = {}
    for name in ("import.xml", "offers.xml"):
        root: Any = etree.parse(str(folder / name)).getroot()
        for node in root.iter():
            node.tag = etree.QName(node).localname
        names = {node.findtext("Ид"): node.findtext("Наименование") for node in root.iterfind(".//Свойство")}
        values = {
            node.findtext("ИдЗначения"): node.findtext("Значение") for node in root.iterfind(".//Справочник")
        }
        for node in (*root.iterfind(".//Товар"), *root.iterfind(".//Предложение")):
            guid = node.findtext("Ид")
            good = found.setdefault(guid, dict(found.get(guid.split("#")[0], {})))
            if "#" in guid:
                good.pop("barcode", None)
            for tag, key in (("Артикул", "article"), ("Штрихкод", "barcode")):
                if node.findtext(tag):
                    good[key] = node.findtext(tag)
            for value in node.iterfind("ЗначенияСвойств/ЗначенияСвойства"):
                text = value.findtext("Значение")
                good[names[value.findtext("Ид")]] = values.get(text, text)
    return found


def _links(good: dict[str, str], card: dict[str, Any]) -> set[str]:
    """In what a good and a card agree exactly."""
    linked = set()
    if good.get("Код ОЗОН") in (str(card["product_id"]), str(card["sku"])):
        linked.add("id")
    if good.get("article") and good.get("article") == card["offer_id"]:
        linked.add("article")
    if good.get("barcode") in card["barcodes"]:
        linked.add("barcode")
    return linked


def _plain(text: str) -> str:
    return "".join(text.split()).casefold().lstrip("0")


def test_every_card_is_accounted_for_once(cards: dict[int, Any], expected: dict[str, Any]) -> None:
    adopted = [each["product_id"] for each in expected["adopted"].values()]
    asked = {card for each in expected["conflicts"].values() for card in each["product_ids"]}
    assert len(cards) == expected["cards"] == CARDS
    assert sorted([*adopted, *asked, *expected["alone"]]) == sorted(cards)


def test_each_share_of_likenesses_is_met(cards: dict[int, Any], expected: dict[str, Any]) -> None:
    keys = Counter(each["key"] for each in expected["adopted"].values())
    kinds = Counter(each["kind"] for each in expected["conflicts"].values())
    assert keys == {"article+barcode": 235, "article": 40, "barcode": 48, "id": 20}
    assert kinds == {"similar": 18, "two_cards": 1, "two_goods": 4, "archived": 4, "no_article": 2}
    assert set(expected["held"]) <= set(expected["adopted"])
    assert len(Likeness) == 15


def test_adopted_cards_agree_with_their_good_in_what_is_said_and_with_no_other(
    cards: dict[int, Any], expected: dict[str, Any], goods: dict[str, Any]
) -> None:
    said = {
        "id": {"id"},
        "article": {"article"},
        "barcode": {"barcode"},
        "article+barcode": {"article", "barcode"},
    }
    by_card = {each["product_id"]: guid for guid, each in expected["adopted"].items()}
    for product_id, guid in by_card.items():
        card = cards[product_id]
        assert card["offer_id"] == expected["adopted"][guid]["offer_id"]
        assert not card["archived"]
        assert goods[guid]["Выгружать на Ozon"] == "Да"
        others = {other for other, good in goods.items() if other != guid and _links(good, card)}
        assert _links(goods[guid], card) == said[expected["adopted"][guid]["key"]]
        assert not {other for other in others if goods[other].get("Выгружать на Ozon") == "Да"}


def test_conflicts_are_what_they_are_called(
    cards: dict[int, Any], expected: dict[str, Any], goods: dict[str, Any]
) -> None:
    claims = Counter(card for each in expected["conflicts"].values() for card in each["product_ids"])
    for guid, each in expected["conflicts"].items():
        good, found = goods[guid], [cards[number] for number in each["product_ids"]]
        match each["kind"]:
            case "similar":
                assert not any(_links(good, card) for card in found)
                assert all(_plain(good["article"]) == _plain(card["offer_id"]) for card in found)
            case "two_cards":
                assert len(found) == 2
                assert all(_links(good, card) == {"barcode"} for card in found)
            case "two_goods":
                assert claims[found[0]["product_id"]] == 2
            case "archived":
                assert found[0]["archived"]
                assert "article" in _links(good, found[0])
            case "no_article":
                assert found[0]["offer_id"] == ""


def test_alone_are_strangers_unmarked_goods_and_doubles(
    cards: dict[int, Any], expected: dict[str, Any], goods: dict[str, Any]
) -> None:
    taken = set(expected["adopted"])
    for number in expected["alone"]:
        linked = {guid for guid, good in goods.items() if _links(good, cards[number])}
        marked = {guid for guid in linked if goods[guid].get("Выгружать на Ozon") == "Да"}
        assert marked <= taken


def test_the_same_seed_gives_the_same_cabinet_and_none_leaves_no_trace(folder: Path, tmp_path: Path) -> None:
    generate(tmp_path, Settings(goods=700, seed=5, hand_made=CARDS, pictures=False))
    for name in ("cabinet.json", "adoption.json", "import.xml"):
        assert (tmp_path / "first" / name).read_bytes() == (folder / name).read_bytes()
    generate(tmp_path, Settings(goods=60, seed=5, pictures=False))
    assert not (tmp_path / "first" / "cabinet.json").exists()
    with pytest.raises(ValueError, match="hand_made must not be negative"):
        Settings(hand_made=-1)
