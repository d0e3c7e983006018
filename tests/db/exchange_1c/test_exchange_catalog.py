"""1C's dialogue for goods: whole exchanges by a stand-in that speaks HTTP only, and their import."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from exchange_kit import Place
from stand_in_1c import StandIn, Stopped, packed

from marketsync.clock import SYSTEM
from marketsync.db import Database
from marketsync.shop.exchanges import register_folder
from marketsync.shop.importer import import_delivery
from tests.unit.shop.commerceml_text import (
    MAIN,
    RETAIL,
    catalogue,
    classifier,
    document,
    good,
    offer,
    package,
    price,
    price_types,
    warehouses,
)

HEAD = price_types(Розничная=RETAIL) + warehouses(Основной=MAIN)


def goods_file(*guids: str, changes: str = "false") -> bytes:
    goods = (good(guid, name=f"Коврик {guid}") for guid in guids)
    return ("\ufeff" + document(classifier(), catalogue(*goods, changes=changes))).encode()


def offers_file(*guids: str, changes: str = "false", count: str = "5") -> bytes:
    offers = (offer(guid, name="К", prices=[price("100")], stocks={MAIN: count}) for guid in guids)
    return document(package(*offers, head=HEAD, changes=changes)).encode()


def begin(place: Place, **settings: str) -> StandIn:
    node = place.node(**settings)
    node.checkauth()
    node.init()
    return node


def send(node: StandIn, **files: bytes) -> None:
    for name, content in files.items():
        node.send(f"{name}.xml", content)


def on_sale(place: Place) -> list[str]:
    return [row["guid"] for row in place.rows("select guid from product where not deleted order by guid")]


def test_an_exchange_comes_to_what_the_import_of_its_folder_comes_to(
    place: Place, airflow: None, exports: Path, another: Database
) -> None:
    place.node("/bitrix/admin/1c_exchange.php", zip_files=False).export(exports / "first")
    place.node("/1c_exchange", zip_files=True).export(exports / "second")
    by_hand = Place(another, place.folder)
    for folder in (exports / "first", exports / "second"):
        exchange_id = register_folder(another, SYSTEM, "folder", folder)
        import_delivery(another, SYSTEM, exchange_id, folder)
    assert [row["state"] for row in place.deliveries()] == ["imported", "imported"]
    came = place.store()
    assert len(came[0]) > 60
    assert came == by_hand.store()
    # nothing of it is left but the deliveries themselves
    assert place.files.list("uploads") == []


def test_all_files_are_one_delivery_and_the_last_question_hands_it_over(place: Place) -> None:
    place.settings["wait_seconds"] = 0
    node = begin(place)
    before = place.clock.now()
    send(node, **{"import": goods_file("a", "b"), "offers": offers_file("a", "b")})
    assert node.call("type=catalog&mode=import&filename=import.xml")[0] == "success"
    assert node.call("type=catalog&mode=import&filename=import.xml")[0] == "success"
    assert place.deliveries() == []
    assert node.call("type=catalog&mode=import&filename=offers.xml")[0] == "progress"
    assert node.call("type=catalog&mode=import&filename=offers.xml")[0] == "progress"
    (delivery,) = place.deliveries()
    assert delivery["began_at"] < before < delivery["delivered_at"]
    place.imports()
    assert node.call("type=catalog&mode=import&filename=OFFERS.XML")[0] == "success"
    assert node.call("type=catalog&mode=import&filename=import.xml")[0] == "success"
    assert node.call("type=catalog&mode=complete")[0] == "success"
    assert len(place.deliveries()) == 1
    assert on_sale(place) == ["a", "b"]


def test_1c_is_told_why_its_delivery_was_refused(place: Place, airflow: None) -> None:
    node = begin(place)
    send(node, **{"import": goods_file("a"), "offers": offers_file("a")[:-40]})
    node.load("import.xml")
    with pytest.raises(Stopped, match=r"offers\.xml:\d+.*повреждён или выгружен не до конца"):
        node.load("offers.xml")
    assert on_sale(place) == []


def test_an_import_that_nobody_runs_is_told_after_a_while(place: Place) -> None:
    place.settings |= {"wait_seconds": 0, "patience_minutes": 5}
    node = begin(place)
    send(node, **{"import": goods_file("a")})
    assert node.call("type=catalog&mode=import&filename=import.xml")[0] == "progress"
    place.clock.ahead = timedelta(minutes=6)
    lines = node.call("type=catalog&mode=import&filename=import.xml")
    assert lines[0] == "failure"
    assert "store__import" in lines[1]


def portion(node: StandIn, number: int, *guids: str) -> None:
    """Uploaded and imported before the next one is made, as 1C does."""
    send(node, **{f"import{number}_1": goods_file(*guids), f"offers{number}_1": offers_file(*guids)})
    node.load(f"import{number}_1.xml")
    node.load(f"offers{number}_1.xml")


def test_a_portion_deletes_nothing_and_the_end_of_the_exchange_does(place: Place, airflow: None) -> None:
    place.shrink = 0.1
    node = begin(place)
    portion(node, 0, "a", "b")
    portion(node, 1, "c", "d")
    assert node.call("type=catalog&mode=complete")[0] == "success"
    assert on_sale(place) == ["a", "b", "c", "d"]

    node = begin(place)
    portion(node, 0, "a")
    assert on_sale(place) == ["a", "b", "c", "d"]
    portion(node, 1, "c", "d")
    assert on_sale(place) == ["a", "b", "c", "d"]
    assert node.call("type=catalog&mode=complete")[0] == "success"
    assert on_sale(place) == ["a", "c", "d"]
    assert node.call("type=catalog&mode=complete")[0] == "success"
    assert len(place.deliveries()) == 6


def test_deactivate_says_that_the_rest_is_gone(place: Place, airflow: None) -> None:
    place.shrink = 0.1
    node = begin(place)
    send(node, **{"import": goods_file("a", "b")})
    node.load("import.xml")
    node = begin(place)
    send(node, import___1=goods_file("b", changes="true"))
    node.load("import___1.xml")
    assert on_sale(place) == ["a", "b"]
    assert node.call("type=catalog&mode=deactivate") == [
        "failure",
        "Для deactivate нужен timestamp из ответа checkauth",
    ]
    assert node.call(f"type=catalog&mode=deactivate&timestamp={node.timestamp}")[0] == "success"
    assert node.call("type=catalog&mode=complete")[0] == "success"
    assert on_sale(place) == ["b"]


def test_silence_ends_a_dialogue_without_a_last_word(place: Place, airflow: None) -> None:
    place.shrink = 0.1
    first = begin(place)
    portion(first, 0, "a", "b")
    again = begin(place)
    portion(again, 0, "a")
    place.imports()
    assert on_sale(place) == ["a", "b"]
    place.clock.ahead = timedelta(minutes=4)
    place.imports()
    assert on_sale(place) == ["a"]


def test_an_exchange_that_broke_off_between_portions_deletes_nothing(place: Place, airflow: None) -> None:
    place.shrink = 0.1
    node = begin(place)
    portion(node, 0, "a", "b")
    node = begin(place)
    portion(node, 0, "a")
    node.send("import1_1.xml", goods_file("b")[:200])
    place.clock.ahead = timedelta(hours=3)
    place.imports()
    assert on_sale(place) == ["a", "b"]
    assert place.files.list("uploads") == []
    assert node.call("type=catalog&mode=import&filename=import1_1.xml")[0] == "failure"


def test_a_newer_exchange_is_not_undone_by_the_end_of_an_older_one(place: Place, airflow: None) -> None:
    older = begin(place)
    portion(older, 0, "a")
    newer = begin(place)
    send(newer, offers=offers_file("a", changes="true", count="2"))
    newer.load("offers.xml")
    assert older.call("type=catalog&mode=complete")[0] == "success"
    place.clock.ahead = timedelta(minutes=10)
    place.imports()
    assert place.rows("select quantity::int as quantity from stock") == [{"quantity": 2}]


def test_an_archive_may_be_asked_for_by_its_own_name_or_by_what_is_in_it(place: Place, airflow: None) -> None:
    files = {"webdata/goods/1/import.xml": goods_file("a"), "webdata/goods/1/offers.xml": offers_file("a")}
    node = begin(place)
    node.send("v8.zip", packed(files))
    node.load("v8.zip")
    node = begin(place)
    node.send("v8.zip", packed(files))
    node.load("import.xml")
    node.load("webdata/goods/1/offers.xml")
    assert [row["state"] for row in place.deliveries()] == ["imported"] * 2


def test_pictures_lie_where_the_import_looks_for_them(place: Place, airflow: None) -> None:
    node = begin(place)
    send(node, **{"import": goods_file("a")})
    node.send("import_files\\ab\\a.jpg", b"\xff\xd8\xff" + bytes(40_000))
    node.load("import.xml")
    (delivery,) = place.deliveries()
    kept = {
        name.removeprefix(delivery["location"]): place.files.size(name)
        for name in place.files.list("deliveries")
    }
    assert kept == {"/import.xml": len(goods_file("a")), "/import_files/ab/a.jpg": 40_003}
