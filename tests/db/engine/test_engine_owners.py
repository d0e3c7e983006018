"""Owners of fields: what people made in the cabinet outlives everything that the store sends; what is on ask waits."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from engine_kit import ACCOUNT, CARDS, MOSCOW, Cabinet, Engine, Store

from marketsync import steps
from marketsync.errors import BadInput, Uncertain
from marketsync.paths import MAPPINGS

ATTRIBUTES = "/v1/product/attributes/update"
SEX, AGE, PARTS, TEXT, COUNTRY, KEYWORDS = 20050, 20040, 20120, 20070, 20010, 20250
VIDEO_LINK, VIDEO_NAME = 21841, 21837
HEAD = "account;group;field;owner\n"
POLISHED = "Текст, над которым работали руками"

Owners = Callable[..., None]


@pytest.fixture
def owners(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine: Engine) -> Owners:
    """Write owners.csv of a mapping of this test's own; the engine loads it anew."""
    folder = tmp_path / "mappings" / "ozon"
    shutil.copytree(MAPPINGS / "ozon", folder)
    monkeypatch.setenv("MARKETSYNC_MAPPINGS", str(folder.parent))

    def write(*rows: str, **replaced: str) -> None:
        (folder / "owners.csv").write_text(HEAD + "".join(f"{row}\n" for row in rows), encoding="utf-8")
        for name, (old, new) in replaced.items():  # type: ignore[misc]
            path = next(folder.glob(f"{name}.*"))
            text = path.read_text(encoding="utf-8")
            assert old in text
            path.write_text(text.replace(old, new), encoding="utf-8")
        engine.configure()

    write()
    return write


def attribute(number: int, *texts: str) -> dict[str, Any]:
    return {"id": number, "values": [{"dictionary_value_id": 0, "value": text} for text in texts]}


def shown(cabinet: Cabinet, article: str) -> dict[int, list[str]]:
    """Attribute -> its texts, complex ones too."""
    there = cabinet.state()[article]
    return {
        each["id"]: [value["value"] for value in each["values"]]
        for each in (*there["attributes"], *there["complex_attributes"])
    }


def sent(cabinet: Cabinet, since: int) -> list[str]:
    """The paths of the writing calls about cards."""
    return [call["path"] for call in cabinet.calls(since=since) if call["path"] in (CARDS, ATTRIBUTES)]


def polish(cabinet: Cabinet, article: str) -> None:
    """What a content manager does to a card."""
    cabinet.edit(
        article,
        name="Название, придуманное в кабинете",
        images=["https://photos.example.com/studio-1.jpg", "https://photos.example.com/studio-2.jpg"],
        color_image="https://photos.example.com/colour.jpg",
        attributes=[
            attribute(TEXT, POLISHED),
            attribute(KEYWORDS, "кубики"),
            attribute(VIDEO_LINK, "https://video.example.com/7"),
            attribute(VIDEO_NAME, "Обзор"),
        ],
    )


def is_polished(cabinet: Cabinet, article: str) -> bool:
    there, attributes = cabinet.state()[article], shown(cabinet, article)
    return (
        there["name"] == "Название, придуманное в кабинете"
        and there["images"]
        == ["https://photos.example.com/studio-1.jpg", "https://photos.example.com/studio-2.jpg"]
        and there["color_image"] == "https://photos.example.com/colour.jpg"
        and attributes[TEXT] == [POLISHED]
        and attributes[KEYWORDS] == ["кубики"]
        and attributes[VIDEO_LINK] == ["https://video.example.com/7"]
        and attributes[VIDEO_NAME] == ["Обзор"]
    )


def test_what_people_made_outlives_a_change_a_heal_and_a_full_plan(
    engine: Engine, store: Store, cabinet: Cabinet, owners: Owners
) -> None:
    owners(
        "*;*;images;cabinet",
        "*;Игрушки;name;cabinet",
        "*;Игрушки;Аннотация;cabinet",
    )
    guid = store.good("A-1")
    engine.cycle()
    # a new card gets everything that the store has, also what the cabinet owns from then on
    assert cabinet.state()["A-1"]["name"] == "Конструктор A-1"
    assert shown(cabinet, "A-1")[TEXT] == ["Сто двадцать деталей."]

    polish(cabinet, "A-1")
    assert engine.differences(engine.reconcile()) == set()

    before = cabinet.now()
    store.change(guid, name="Имя в 1С", description="Текст в 1С", properties={"Вес с упаковкой, кг": "0,9"})
    engine.cycle()
    assert sent(cabinet, before) == [CARDS]
    assert cabinet.state()["A-1"]["weight"] == 900
    assert cabinet.state()["A-1"]["price"] == "1000.00"
    assert is_polished(cabinet, "A-1")

    cabinet.edit("A-1", attributes=[attribute(PARTS, "7")])
    reconciled = engine.reconcile()
    assert engine.differences(reconciled) == {("A-1", "card", "content", "changed_there")}
    (named,) = engine.rows("select detail, healed from difference")
    assert named == {"detail": f"attribute {PARTS}", "healed": True}
    before = cabinet.now()
    engine.cycle()
    assert sent(cabinet, before) == [ATTRIBUTES]
    assert shown(cabinet, "A-1")[PARTS] == ["120"]
    assert is_polished(cabinet, "A-1")

    before = cabinet.now()
    engine.clock.advance(minutes=10)
    engine.plan("card", full=True)
    engine.upload("card")
    assert sent(cabinet, before) == []
    assert {change["state"] for change in engine.changes("card")} == {"confirmed"}
    assert is_polished(cabinet, "A-1")
    assert engine.differences(engine.reconcile()) == set()


def test_an_attribute_is_sent_alone_and_taken_away_only_with_the_whole_card(
    engine: Engine, store: Store, cabinet: Cabinet
) -> None:
    guid = store.good("A-1")
    engine.cycle()
    # 1C has nothing for it, so what a person wrote is theirs
    boy = {"id": SEX, "values": [{"dictionary_value_id": 63_201, "value": "Мальчик"}]}
    cabinet.edit("A-1", attributes=[boy])
    assert engine.differences(engine.reconcile()) == set()

    for changed, ways, expected in (
        ({"Возраст": "От 2 лет"}, [ATTRIBUTES], "Мальчик"),
        ({"Пол": "Девочка"}, [ATTRIBUTES], "Девочка"),
        ({"Количество деталей": "121", "Вес с упаковкой, кг": "1"}, [CARDS], "Девочка"),
        ({"Пол": ""}, [CARDS], None),
    ):
        before = cabinet.now()
        engine.clock.advance(minutes=10)
        store.change(guid, properties=changed)
        engine.cycle()
        assert sent(cabinet, before) == ways
        assert shown(cabinet, "A-1").get(SEX) == ([expected] if expected else None)
        assert engine.differences(engine.reconcile()) == set()
    # once the store has filled it, the store empties it too
    cabinet.edit("A-1", attributes=[boy])
    assert engine.differences(engine.reconcile()) == {("A-1", "card", "content", "changed_there")}


def test_what_is_on_ask_is_held_and_everything_else_goes(
    engine: Engine, store: Store, cabinet: Cabinet, owners: Owners
) -> None:
    owners("*;*;name;ask")
    guid = store.good("A-1")
    store.good("A-2")
    engine.cycle()
    assert engine.held("card") == {}
    assert engine.differences(engine.reconcile()) == set()

    store.change(guid, name="Новое имя", properties={"Вес с упаковкой, кг": "0,9"})
    engine.cycle()
    there = cabinet.state()["A-1"]
    assert (there["weight"], there["name"]) == (900, "Конструктор A-1")
    before = cabinet.now()
    engine.clock.advance(minutes=10)
    engine.cycle()
    assert (engine.held("card"), sent(cabinet, before)) == ({"A-1": "ask_owner"}, [])
    reconciled = engine.reconcile()
    assert engine.differences(reconciled) == {("A-1", "card", "content", "held")}
    (told,) = engine.rows("select desired, observed, detail, healed from difference")
    assert told == {
        "desired": "name: Новое имя", "observed": "name: Конструктор A-1", "detail": "ask_owner",
        "healed": False,
    }  # fmt: skip

    engine.run("update change set state = 'planned', guard = null where state = 'held'")  # a person's yes
    engine.upload("card")
    engine.poll()
    assert cabinet.state()["A-1"]["name"] == "Новое имя"
    assert engine.differences(engine.reconcile()) == set()
    engine.cycle()
    assert engine.held("card") == {}


def test_a_field_on_ask_that_people_changed_is_asked_about_and_not_healed(
    engine: Engine, store: Store, cabinet: Cabinet, owners: Owners
) -> None:
    owners("*;*;name;ask")
    guid = store.good("A-1")
    engine.cycle()
    cabinet.edit("A-1", name="Имя из кабинета")
    reconciled = engine.reconcile()
    assert (engine.differences(reconciled), reconciled["healed"]) == (
        {("A-1", "card", "content", "held")},
        0,
    )
    engine.cycle()
    assert engine.held("card") == {"A-1": "ask_owner"}
    assert cabinet.state()["A-1"]["name"] == "Имя из кабинета"
    store.change(guid, name="Имя из кабинета")
    engine.cycle()
    assert (engine.held("card"), engine.differences(engine.reconcile())) == ({}, set())


def test_fields_that_change_hands_change_nothing_that_is_sent(
    engine: Engine, store: Store, cabinet: Cabinet, owners: Owners
) -> None:
    guid = store.good("A-1")
    engine.cycle()
    for rows in (("*;*;name;cabinet",), ("*;*;name;ask",), ("*;*;Возраст ребёнка;ask",), ()):
        engine.reconcile()
        owners(*rows)
        counts = engine.plan_cards()
        assert (counts["rendered"], counts["held"]) == (1, 0)
        before = cabinet.now()
        engine.clock.advance(minutes=10)
        engine.upload("card")
        assert sent(cabinet, before) == []
    owners("*;*;name;cabinet")
    engine.plan_cards()
    assert engine.planned("card") == []
    cabinet.edit("A-1", name="Имя из кабинета")
    store.change(guid, name="Имя в 1С")
    engine.cycle()
    assert cabinet.state()["A-1"]["name"] == "Имя из кабинета"
    # given back to the store, the name is the store's again
    owners()
    engine.clock.advance(minutes=10)
    engine.cycle()
    assert cabinet.state()["A-1"]["name"] == "Имя в 1С"


def test_a_batch_is_sorted_into_calls_and_each_has_its_own_doubt(
    engine: Engine, store: Store, cabinet: Cabinet
) -> None:
    whole, alone, same = store.goods("A-1", "A-2", "A-3")
    engine.cycle()
    engine.clock.advance(minutes=10)
    store.change(whole, name="Другое имя")
    store.change(alone, properties={"Возраст": "От 2 лет"})
    store.change(same, properties={"Количество деталей": "7"})
    cabinet.edit("A-3", attributes=[attribute(PARTS, "7")])
    cabinet.fault(ATTRIBUTES, "timeout_after")
    engine.plan_cards()
    with pytest.raises(Uncertain):
        engine.upload("card")
    cabinet.no_faults()
    assert engine.in_doubt("card") == ["A-1", "A-2"]  # A-1 until its task is asked about
    states = {change["article"]: change["state"] for change in engine.changes("card")}
    assert states == {"A-1": "sent", "A-2": "sent", "A-3": "confirmed"}
    items = engine.rows("select items, state from submission where state <> 'done' order by submission_id")
    assert [(row["items"], row["state"]) for row in items] == [(1, "accepted"), (1, "sending")]
    for _ in range(3):
        engine.clock.advance(minutes=5)
        engine.cycle()
    assert engine.in_doubt("card") == []
    assert shown(cabinet, "A-2")[AGE] == ["От 2 лет"]
    assert cabinet.state()["A-1"]["name"] == "Другое имя"


def test_a_spent_limit_of_one_call_puts_the_others_back(
    engine: Engine, store: Store, cabinet: Cabinet
) -> None:
    whole, alone = store.goods("A-1", "A-2")
    engine.cycle()
    engine.clock.advance(minutes=10)
    store.change(whole, name="Другое имя")
    store.change(alone, properties={"Возраст": "От 2 лет"})
    cabinet.knobs(import_items_per_minute=1)
    engine.plan_cards()
    engine.upload("card")
    assert (engine.planned("card"), engine.in_doubt("card")) == (["A-1", "A-2"], [])
    cabinet.knobs(import_items_per_minute=30_000)
    engine.clock.advance(minutes=10)
    engine.cycle()
    assert cabinet.state()["A-1"]["name"] == "Другое имя"
    assert shown(cabinet, "A-2")[AGE] == ["От 2 лет"]


def test_a_card_that_is_renamed_or_hidden_there_is_not_sent(
    engine: Engine, store: Store, cabinet: Cabinet
) -> None:
    guid = store.good("A-1")
    engine.cycle()
    engine.clock.advance(minutes=10)
    store.change(guid, name="Другое имя")
    engine.plan_cards()
    engine.run("update offer set article = 'A-2'")  # 1C's side knows another article than the cabinet
    engine.run("delete from rendered")
    engine.plan_cards()
    before = cabinet.now()
    engine.upload("card")
    assert (sent(cabinet, before), engine.refusals()) == ([], {})
    engine.run("update offer set external_id = '1'")
    engine.run("delete from refusal")
    engine.plan_cards()
    engine.upload("card")
    assert (sent(cabinet, before), engine.planned("card")) == ([], ["A-1"])


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (
            "*;Игрушки / Констркуторы;name;cabinet",
            "группы «Игрушки / Констркуторы» нет; есть: «Игрушки / Конструкторы»",
        ),
        ("ozn;*;name;cabinet", "аккаунта «ozn» нет; есть: «ozon»"),
        ("*;*;nаme;cabinet", "поля «nаme» нет"),
        ("*;*;name;shop", "owner «shop» не подходит; можно: store, cabinet, ask"),
    ],
)
def test_an_owners_table_that_names_what_there_is_not_stops_cards_before_the_first(
    engine: Engine, store: Store, cabinet: Cabinet, owners: Owners, row: str, told: str
) -> None:
    store.good("A-1")
    owners(row)
    with pytest.raises(BadInput) as caught:
        engine.plan_cards()
    assert told in str(caught.value)
    assert (caught.value.place.line, engine.rows("select 1 from rendered")) == (2, [])


_DICTIONARIES = ("dictionary_category", "dictionary_attribute", "dictionary_value")


@pytest.fixture
def dictionaries(engine: Engine) -> Iterator[None]:
    """The dictionaries that all tests share are put back after a test that changes them."""
    for table in _DICTIONARIES:
        engine.run(f"create table kept_{table} as select * from {table}")  # noqa: S608
    yield
    for table in _DICTIONARIES:
        engine.run(f"truncate {table}")
        engine.run(f"insert into {table} select * from kept_{table}")  # noqa: S608
        engine.run(f"drop table kept_{table}")


@pytest.mark.usefixtures("dictionaries")
def test_a_value_that_a_dictionary_lost_and_a_closed_category_are_told_and_the_rest_goes(
    engine: Engine, store: Store, cabinet: Cabinet
) -> None:
    store.good("A-1", properties={"Возраст": "От 3 лет"})
    store.good("A-2", properties={"Возраст": "От 2 лет"})
    engine.cycle()
    cabinet.sandbox.call(
        "POST", f"/ozon/{cabinet.client_id}/dictionary", {"attribute_id": AGE, "value": "От 3 лет"}
    )
    engine.configure()
    steps.refresh_dictionaries(engine.runtime, ACCOUNT)
    engine.configure()
    engine.cycle()
    (refusal,) = engine.rows("select code, message from refusal")
    assert refusal["code"] == "unknown_value"
    assert "значения «От 3 лет» нет в справочнике Ozon «Возраст ребёнка»" in refusal["message"]
    assert "похожие: «От 2 лет»" in refusal["message"]
    assert cabinet.stocks(MOSCOW) == {"A-1": 5, "A-2": 5}

    # as the next reading of the tree leaves it
    engine.run("update dictionary_category set disabled = true where type_id = '971000017'")
    engine.configure()
    engine.cycle()
    told = {(row["code"], "Ozon её закрыл" in row["message"]) for row in engine.rows("select * from refusal")}
    assert told == {("unmapped_category", True)}
