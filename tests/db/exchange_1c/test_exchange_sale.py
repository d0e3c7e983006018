"""Orders to 1C in two phases, and what 1C's documents of them do."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from exchange_kit import GOOD, Place
from lxml import etree
from psycopg.types.json import Jsonb
from stand_in_1c import StandIn, Stopped, packed

QUERY, SUCCESS = "type=sale&mode=query", "type=sale&mode=success"


def begin(place: Place, version: str | None = "2.08", **settings: str) -> StandIn:
    node = place.node("/bitrix/admin/1c_exchange.php", **settings)
    node.checkauth("sale")
    node.init("sale", version)
    return node


def asked(node: StandIn) -> list[Any]:
    """The documents that a query brings."""
    answer = node.raw(QUERY)
    assert answer.headers["content-type"] == "application/xml; charset=windows-1251"
    return etree.fromstring(answer.content).findall("Документ")


def numbers(node: StandIn) -> list[str]:
    return [str(document.findtext("Номер")) for document in asked(node)]


def requisites(element: Any) -> dict[str, str]:
    return {
        item.findtext("Наименование"): item.findtext("Значение")
        for item in element.findall("ЗначенияРеквизитов/ЗначениеРеквизита")
    }


def document(number: str, identity: str = "11111111-2222-3333-4444-555555555555", **values: str) -> str:
    rows = "".join(
        f"<ЗначениеРеквизита><Наименование>{name.replace('_', ' ')}</Наименование><Значение>{value}</Значение>"
        "</ЗначениеРеквизита>"
        for name, value in values.items()
    )
    return (
        f"<Документ><Ид>{identity}</Ид><Номер>{number}</Номер><ХозОперация>Заказ товара</ХозОперация>"
        f"<Товары><Товар><Ид>x</Ид></Товар></Товары><ЗначенияРеквизитов>{rows}</ЗначенияРеквизитов></Документ>"
    )


def told(*documents: str) -> bytes:
    text = f'<?xml version="1.0" encoding="windows-1251"?><КоммерческаяИнформация>{"".join(documents)}'
    return (text + "</КоммерческаяИнформация>").encode("cp1251")


def tell(node: StandIn, *documents: str) -> list[str]:
    node.send("orders.xml", told(*documents), kind="sale")
    return node.load("orders.xml", kind="sale")


def work(place: Place) -> list[tuple[str, str]]:
    rows = place.rows("select number, kind from order_task join posting using (posting_id) order by task_id")
    return [(row["number"], row["kind"]) for row in rows]


def test_an_order_is_a_document_that_1c_can_read(place: Place) -> None:
    place.order("12-0001-1", order_number="12-0001", delivery_method="Ozon «Склад»")
    (order,) = asked(begin(place))
    assert order.findtext("Ид") == "ozon:12-0001-1"
    assert (order.findtext("Дата"), order.findtext("Время")) == ("2026-11-20", "12:05:00")  # Moscow's
    assert (order.findtext("Валюта"), order.findtext("Сумма")) == ("RUB", "999.00")
    (good,) = order.findall("Товары/Товар")
    assert good.findtext("Ид") == GOOD
    assert good.findtext("Наименование") == "Mat “✓”"  # windows-1251 has no such letter
    assert (good.findtext("ЦенаЗаЕдиницу"), good.findtext("Количество"), good.findtext("Сумма")) == (
        "499.50", "2", "999.00",
    )  # fmt: skip
    said = requisites(order)
    assert said["Номер заказа на площадке"] == "12-0001"
    assert said["Отгрузить до"] == "2026-11-21T12:00:00+03:00"
    assert said["Статус заказа"] == "[to_assemble] Ожидает сборки"
    assert said["Отменен"] == "false"
    assert order.findtext("Контрагенты/Контрагент/Наименование") == "ozon"


def test_orders_come_until_1c_says_that_it_has_them(place: Place) -> None:
    place.order("1")
    place.order("2")
    node = begin(place)
    assert node.call(SUCCESS) == ["success"]  # of nothing
    first = node.raw(QUERY).content
    place.order("3")
    again = begin(place)  # the exchange broke off
    assert numbers(again) == ["1", "2"]
    assert numbers(node) == ["1", "2"]
    assert b"<\xc4\xee\xea\xf3\xec\xe5\xed\xf2>" in first
    assert again.call(SUCCESS) == ["success"]
    assert node.call(SUCCESS) == ["success"]  # of the same orders, late
    assert [row["erp_state"] for row in place.rows("select erp_state from posting order by 1")] == [
        "taken", "taken", "waiting",
    ]  # fmt: skip
    assert numbers(again) == ["3"]
    again.call(SUCCESS)
    assert numbers(again) == []
    place.rows(
        "update posting set status = 'cancelled', version = version + 1 where number = '2' returning 1"
    )
    (order,) = asked(again)
    assert (order.findtext("Номер"), requisites(order)["Отменен"]) == ("2", "true")


def test_the_buyer_is_told_only_of_our_own_deliveries_and_to_whom_may_know(place: Place) -> None:
    for number, scheme in (("1", "seller"), ("2", "marketplace")):
        posting = place.order(number, scheme=scheme)
        place.rows(
            "insert into buyer values (%s, %s, now() + interval '1 day') returning 1",
            posting,
            Jsonb({"name": "Иван Петров", "phone": "+79990000000", "address": {"city": "Казань"}}),
        )
    assert "Иван".encode("cp1251") not in begin(place).raw(QUERY).content
    trusted = begin(place, login="БП", password=place.key("БП", "exchange", "buyers"))
    orders = {order.findtext("Номер"): order.find("Контрагенты/Контрагент") for order in asked(trusted)}
    assert orders["1"].findtext("Наименование") == "Иван Петров"
    assert orders["1"].findtext("АдресРегистрации/Представление") == "Казань"
    assert orders["2"].findtext("Наименование") == "ozon"


def test_an_order_whose_good_1c_does_not_know_is_not_given_to_it(place: Place) -> None:
    """1C makes a new good of what it cannot find."""
    place.order("1", guid=None)
    place.order("2")
    node = begin(place)
    assert numbers(node) == ["2"]
    node.call(SUCCESS)
    assert [(row["number"], row["erp_state"]) for row in place.rows("select * from posting order by number")] == [
        ("1", "refused"), ("2", "taken"),
    ]  # fmt: skip
    (alert,) = place.rows("select message from alert where ended_at is null")
    assert "A-1" in alert["message"]


def test_what_1c_says_of_an_order_becomes_work_once(place: Place) -> None:
    for number in ("1", "2", "3", "4"):
        place.order(number)
    node = begin(place)
    for _ in range(2):
        lines = tell(
            node,
            document("1", Номер_отгрузки_по_1С="УТ-7", Номер_по_1С="УТ-0001"),
            document("2", identity="ozon:2", ПометкаУдаления="true"),
            document("3", Номер_оплаты_по_1С="П-1", Дата_отгрузки_по_1С="T", Проведен="true"),
            document("77"),
            document("4", Дата_отгрузки_по_1С="2026-11-20T00:00:00"),
        )
        assert lines[0] == "success"
        assert lines[1] == "Документов: 5, отгружено: 2, отменено: 1, с ошибкой: 1"
        assert "77" in lines[2]
    assert work(place) == [("1", "ship"), ("2", "cancel"), ("4", "ship")]
    rows = {row["number"]: row for row in place.rows("select * from posting")}
    assert rows["1"]["erp_reference"] == "11111111-2222-3333-4444-555555555555"
    assert rows["1"]["erp_number"] == "УТ-0001"
    assert rows["2"]["erp_reference"] is None
    assert [number for number in sorted(rows) if rows[number]["shipped_at"]] == ["1", "4"]
    assert place.files.list() == []


def test_a_document_of_another_number_is_known_by_1cs_own_id(place: Place) -> None:
    place.order("1", erp_reference="aaaa")
    tell(begin(place), document("УТ-0009", identity="aaaa", Отгружен="true"))
    (row,) = place.rows("select erp_number, shipped_at is not null as shipped from posting")
    assert row == {"erp_number": "УТ-0009", "shipped": True}


def test_what_cannot_be_done_is_told_to_people_and_hinders_nothing(place: Place) -> None:
    place.order("1", status="cancelled")
    place.order("2", requirements=Jsonb({"mark": ["1001"]}))
    place.order("3")
    lines = tell(begin(place), *(document(number, Отгружен="true") for number in "123"))
    assert lines[0] == "success"
    assert work(place) == [("3", "ship")]
    alerts = {
        row["key"]: row["message"]
        for row in place.rows("select key, message from alert where ended_at is null")
    }
    assert sorted(alerts) == ["order/ozon/1/1c_exchange", "order/ozon/2/1c_exchange"]
    assert "верните товар" in alerts["order/ozon/1/1c_exchange"]
    assert "mark" in alerts["order/ozon/2/1c_exchange"]
    left = place.rows("select number from posting where shipped_at is not null order by number")
    assert [row["number"] for row in left] == ["2", "3"]


def test_a_number_of_two_accounts_is_told_apart_by_the_id_that_we_gave(place: Place) -> None:
    place.order("1")
    place.order("1", account="ozon_second")
    node = begin(place)
    assert "нескольких кабинетах" in "\n".join(tell(node, document("1", Отгружен="true")))
    tell(node, document("1", identity="ozon_second:1", Отгружен="true"))
    assert [
        row["account"] for row in place.rows("select account from posting where shipped_at is not null")
    ] == ["ozon_second"]


def test_a_file_that_breaks_off_does_nothing(place: Place) -> None:
    place.order("1")
    node = begin(place)
    node.send("orders.xml", told(document("1", Отгружен="true"))[:-30], kind="sale")
    with pytest.raises(Stopped, match="повреждён или выгружен не до конца"):
        node.load("orders.xml", kind="sale")
    assert work(place) == []
    node.init("sale")
    assert tell(node, document("1", Отгружен="true"))[0] == "success"
    assert work(place) == [("1", "ship")]
    assert node.load("orders.xml", kind="sale")[0] == "success"  # the answer was lost


def test_an_archive_of_documents_and_a_hostile_one(place: Place) -> None:
    place.order("1")
    node = begin(place)
    node.send("orders.zip", packed({"orders.xml": told(document("1", Отгружен="true"))}), kind="sale")
    node.load("orders.xml", kind="sale")
    assert work(place) == [("1", "ship")]
    bomb = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
    node.send("bomb.xml", bomb, kind="sale")
    with pytest.raises(Stopped, match="DOCTYPE"):
        node.load("bomb.xml", kind="sale")


def test_the_old_dialogue_takes_documents_as_soon_as_they_are_whole(place: Place) -> None:
    place.order("1")
    node = begin(place, version=None)
    content = told(*(document(f"x{number}") for number in range(80)), document("1", Отгружен="true"))
    assert len(node.cut(content)) > 1
    node.send("orders.xml", content, kind="sale")
    assert work(place) == [("1", "ship")]


def test_1c_can_ask_which_statuses_there_are(place: Place) -> None:
    found = etree.fromstring(begin(place).raw("type=sale&mode=info").content)
    assert "to_assemble" in [element.text for element in found.iter("Ид")]


def test_a_session_of_goods_is_none_of_orders(place: Place) -> None:
    place.order("1")
    node = begin(place)
    node.send("orders.xml", told(document("1")), kind="sale")
    assert node.call("type=catalog&mode=import&filename=orders.xml")[0] == "failure"
    place.clock.ahead = timedelta(hours=3)
    place.imports()
    assert place.files.list() == []
