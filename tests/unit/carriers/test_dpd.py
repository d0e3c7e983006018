"""DPD's client: what it sends, how it reads what comes, what it keeps to itself."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from lxml import etree

from marketsync.carriers.base import (
    Address,
    Cancelled,
    CarrierOrder,
    Good,
    NotSwitchedOn,
    OrderState,
    Place,
    Stage,
)
from marketsync.carriers.dpd import Dpd
from marketsync.carriers.dpd.addresses import in_parts
from marketsync.carriers.dpd.words import stage_of_event
from marketsync.carriers.registry import carrier_of
from marketsync.errors import BadInput, Fatal, Retriable, Uncertain
from marketsync.http.answers import RequestRefused
from tests.unit.http.far_side import Action, Bench, half, reply, reset

DAY = date(2026, 11, 25)
ORDER2 = "http://dpd.ru/ws/order2/2012-04-04"
RECEIVER = Address(
    name="Примерова Анна", phone="+79991234567", city="Казань", street="Баумановская", house="5", flat="77",
    comment="Домофон К-4711-Б",
)  # fmt: skip
ORDER = CarrierOrder(
    number="13-0001-1", pickup_date=DAY, pickup_hours="9-18", service="PCL", variant="ДД", category="Игрушки",
    sender={"name": "Лавка", "city": "Москва"}, receiver=RECEIVER,
    places=(Place(Decimal("1.5"), length=Decimal(20)), Place(Decimal(2))),
    goods=(Good("A-1", "Мяч & обруч", 2, Decimal("500.00")),), value=Decimal("1000.00"),
)  # fmt: skip


def dpd(bench: Bench, **changes: Any) -> Dpd:
    settings: dict[str, Any] = {
        "base_url": bench.far_side.url, "login": "1001027795", "password": "c1ient-key-live", "extra": {},
        "limiter": bench.limiter, "call_log": bench.log, "calls_per_second": 5.0, "clock": bench.clock,
    }  # fmt: skip
    return Dpd.connect("dpd", **settings | changes)


def soap(content: str, status: int = 200) -> Action:
    """An answer as the service's toolkit writes it."""
    return reply(
        status,
        f"<?xml version='1.0' encoding='UTF-8'?><S:Envelope xmlns:S=\"http://schemas.xmlsoap.org/soap/envelope/\">"
        f"<S:Body>{content}</S:Body></S:Envelope>",
        {"Content-Type": "text/xml;charset=utf-8"},
    )


def orders(operation: str, *returns: str) -> Action:
    inner = "".join(f"<return>{one}</return>" for one in returns)
    return soap(f'<ns2:{operation}Response xmlns:ns2="{ORDER2}">{inner}</ns2:{operation}Response>')


def fault(code: str, message: str) -> Action:
    detail = (
        f"<ns2:WSFault xmlns:ns2='{ORDER2}'><code>{code}</code><message>{message}</message></ns2:WSFault>"
    )
    return soap(
        f"<S:Fault><faultcode>S:Server</faultcode><faultstring>{message}</faultstring>"
        f"<detail>{detail}</detail></S:Fault>",
        500,
    )


MADE = (
    "<orderNumberInternal>13-0001-1</orderNumberInternal><orderNum>RU019202656</orderNum><status>OK</status>"
)


def test_an_order_goes_out_as_the_service_reads_it(bench: Bench) -> None:
    bench.far_side.answers(orders("createOrder", MADE))
    answer = dpd(bench).create(ORDER)
    assert (answer.state, answer.number, answer.status_there) == (OrderState.ACCEPTED, "RU019202656", "OK")
    (seen,) = bench.far_side.seen
    assert seen.path == "/services/order2"
    assert (seen.headers["soapaction"], seen.headers["content-type"]) == ('""', "text/xml; charset=utf-8")
    root = etree.fromstring(seen.body)
    assert root.find("{*}Header") is None, "no addressing headers"
    (asked,) = root.find("{*}Body")
    assert asked.tag == f"{{{ORDER2}}}createOrder"
    assert {etree.QName(element).namespace for element in asked.iterdescendants()} == {None}
    assert asked.findtext("orders/auth/clientNumber") == "1001027795"
    assert asked.findtext("orders/header/datePickup") == "2026-11-25"
    order = asked.find("orders/order")
    assert (order.findtext("cargoNumPack"), order.findtext("cargoWeight")) == ("2", "3.5")
    assert order.findtext("receiverAddress/countryName") == "Россия"
    assert [place.findtext("number") for place in order.findall("parcel")] == ["1", "2"]
    assert order.findtext("unitLoad/descript") == "Мяч & обруч"
    assert bench.limiter.taken == [["dpd/1001027795"]]


def test_an_address_in_one_line_stands_in_for_its_parts(bench: Bench) -> None:
    bench.far_side.answers(orders("createOrder", MADE))
    whole = Address(name="А", phone="1", city="Казань", whole="Казань, Баумана 5", terminal="M11")
    dpd(bench).create(
        CarrierOrder("13-0001-1", DAY, "9-18", "PCL", "ДТ", "x", {}, whole, (Place(Decimal(1)),))
    )
    asked = etree.fromstring(bench.far_side.seen[0].body).find(".//receiverAddress")
    assert asked.findtext("addressString") == "Казань, Баумана 5"
    assert asked.findtext("extraInfo") == "Казань, Баумана 5"
    assert asked.findtext("terminalCode") == "M11"
    assert (asked.findtext("street"), asked.findtext("house")) == ("Баумана", "5")


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ("ул. Баумана, д. 5, кв. 7", "ул|Баумана|5|||7"),
        ("улица Баумана, 5, 7", "ул|Баумана|5|||7"),
        ("Баумана ул., дом 5А, корп. 2, стр. 3, квартира 7", "ул|Баумана|5А|2|3|7"),
        ("г. Казань, пр-т Победы 12/2, кв 140", "пр-кт|Победы|12/2|||140"),
        ("420111, Татарстан, Казань, Баумана, 5", "|Баумана|5|||"),
        ("ул. 8 Марта, д. 10, подъезд 2, этаж 3", "ул|8 Марта|10|||"),
        ("ул. 1905 года, 7", "ул|1905 года|7|||"),
        ("наб. реки Фонтанки, д.5, к.1", "наб|реки Фонтанки|5|1||"),
        ("СНТ Ромашка, участок 14", ""),
        ("ул. Баумана", ""),
        ("5, 7", ""),
        ("", ""),
    ],
)
def test_a_line_is_taken_apart_where_that_is_certain(line: str, parts: str) -> None:
    found = in_parts(line, ("Россия", "Татарстан", "Казань"))
    names = ("streetAbbr", "street", "house", "houseKorpus", "str", "flat")
    assert ("|".join(found.get(name, "") for name in names) if found else "") == parts


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("OrderPending", OrderState.PENDING),
        ("OrderDuplicate", OrderState.DUPLICATE),
        ("OrderError", OrderState.REFUSED),
        ("OrderCancelled", OrderState.CANCELLED),
        ("OrderSomethingNew", OrderState.UNKNOWN),
    ],
)
def test_what_became_of_an_order(bench: Bench, status: str, state: OrderState) -> None:
    told = f"<orderNumberInternal>13-0001-1</orderNumberInternal><status>{status}</status>"
    bench.far_side.answers(orders("getOrderStatus", told + "<errorMessage>причина</errorMessage>"))
    answer = dpd(bench).find("13-0001-1", DAY)
    assert answer is not None
    assert (answer.state, answer.number, answer.status_there, answer.message) == (
        state,
        None,
        status,
        "причина",
    )


def test_what_the_service_adds_to_its_answers_does_no_harm(bench: Bench) -> None:
    bench.far_side.answers(
        orders(
            "createOrder",
            f"{MADE}<pickupDate>2026-11-25</pickupDate><dateFlag>true</dateFlag><later><on>1</on></later>",
        )
    )
    assert dpd(bench).create(ORDER).number == "RU019202656"


def test_an_answer_about_another_order_says_nothing_about_ours(bench: Bench) -> None:
    other = MADE.replace("13-0001-1", "14")
    bench.far_side.answers(orders("createOrder", other), orders("getOrderStatus", other))
    client = dpd(bench)
    assert client.create(ORDER).state is OrderState.UNKNOWN
    assert client.find("13-0001-1", DAY) is None


def test_no_data_is_no_order_and_no_way(bench: Bench) -> None:
    bench.far_side.answers(fault("no-data-found", "Данные не найдены"))
    client = dpd(bench)
    assert client.find("13-0001-1", DAY) is None
    assert client.states("13-0001-1", DAY) == ()
    with pytest.raises(NotSwitchedOn):
        client.events()
    with pytest.raises(RequestRefused):
        client.create(ORDER)


@pytest.mark.parametrize(
    "action",
    [
        half,
        reset,
        reply(200, "<html>Добро пожаловать</html>"),
        reply(200, "<S:Envelope"),
        reply(502, "<html>Bad Gateway</html>"),
        soap("<ns2:createOrderResponse xmlns:ns2='urn:other'/>"),
        soap("<S:Fault><faultcode>S:Server</faultcode><faultstring>NullPointer</faultstring></S:Fault>", 500),
    ],
)
def test_an_order_without_an_answer_is_never_repeated_by_itself(bench: Bench, action: Action) -> None:
    bench.far_side.answers(action)
    with pytest.raises(Uncertain):
        dpd(bench).create(ORDER)
    assert len(bench.far_side.seen) == 1


def test_a_question_without_an_answer_is_asked_again(bench: Bench) -> None:
    bench.far_side.answers(half, reply(503, "<html/>"), orders("getOrderStatus", MADE))
    found = dpd(bench).find("13-0001-1", DAY)
    assert found is not None
    assert len(bench.far_side.seen) == 3
    bench.far_side.answers(half)
    with pytest.raises(Retriable) as trouble:
        dpd(bench).find("13-0001-1", DAY)
    assert not isinstance(trouble.value, Uncertain)


def test_a_refusal_of_the_call_names_what_to_check(bench: Bench) -> None:
    bench.far_side.answers(fault("x", "Доступ запрещён"))
    with pytest.raises(RequestRefused, match="client key"):
        dpd(bench).create(ORDER)
    bench.far_side.answers(
        soap("<S:Fault><faultcode>S:Client</faultcode><faultstring>Cannot find dispatch method for {x}y"
             "</faultstring></S:Fault>", 500)
    )  # fmt: skip
    with pytest.raises(Fatal, match="label_namespace"):
        dpd(bench).label("RU1", 1)
    bench.far_side.answers(
        soap(
            "<S:Fault><faultcode>S:Client</faultcode><faultstring>unmarshalling</faultstring></S:Fault>", 500
        )
    )
    with pytest.raises(RequestRefused, match="unmarshalling"):
        dpd(bench).create(ORDER)
    bench.far_side.answers(reply(401, "<html>no</html>"))
    with pytest.raises(Fatal):
        dpd(bench).create(ORDER)


@pytest.mark.parametrize(
    ("status", "result"),
    [
        ("Canceled", Cancelled.DONE),
        ("CanceledPreviously", Cancelled.DONE),
        ("CallDPD", Cancelled.CALL),
        ("NotFound", Cancelled.NOT_THERE),
        ("Error", Cancelled.REFUSED),
        ("Whatever", Cancelled.REFUSED),
    ],
)
def test_what_became_of_a_cancellation(bench: Bench, status: str, result: Cancelled) -> None:
    bench.far_side.answers(orders("cancelOrder", f"<status>{status}</status>"))
    assert dpd(bench).cancel("13-0001-1", "RU1", DAY).result is result
    asked = etree.fromstring(bench.far_side.seen[0].body).find(".//cancel")
    assert [child.text for child in asked] == ["13-0001-1", "RU1", "2026-11-25"]


def test_the_way_back_is_told_apart(bench: Bench) -> None:
    def state(word: str, at: str, back: str) -> str:
        return (
            f"<states><clientOrderNr>13</clientOrderNr><dpdOrderNr>RU1</dpdOrderNr><dpdParcelNr>RU101</dpdParcelNr>"
            f"<pickupDate>2026-11-25</pickupDate><isReturn>{back}</isReturn><newState>{word}</newState>"
            f"<transitionTime>{at}</transitionTime><terminalCode>M</terminalCode>"
            f"<terminalCity>Казань</terminalCity></states>"
        )

    states = state("Delivered", "2026-11-29T10:00:00", "true") + state(
        "OnRoad", "2026-11-26T10:00:00", "false"
    )
    states += state("Teleported", "not a moment", "false") + state("OnRoad", "2026-11-28T10:00:00", "true")
    bench.far_side.answers(
        soap(
            "<a:getStatesByClientOrderResponse xmlns:a='http://dpd.ru/ws/tracing/2011-11-18'><return><docId>1"
            f"</docId><resultComplete>true</resultComplete>{states}</return></a:getStatesByClientOrderResponse>"
        )
    )
    told = dpd(bench).states("13", DAY)
    assert [event.stage for event in told] == [
        Stage.ON_ROAD,
        Stage.RETURNING,
        Stage.RETURNED,
        Stage.OTHER,
    ]
    assert told[0].happened_at == datetime(2026, 11, 26, 10, tzinfo=ZoneInfo("Europe/Moscow"))
    assert told[2].words == "Возврат: Доставлен получателю"
    assert len({event.key for event in told}) == 4


@pytest.mark.parametrize(
    ("number", "stage"),
    [
        ("1401", Stage.ORDERED),
        ("1601", Stage.PICKED_UP),
        ("1805", Stage.ON_ROAD),
        ("2201", Stage.READY),
        ("2301", Stage.DELIVERING),
        ("2402", Stage.PROBLEM),
        ("2601", Stage.OTHER),
        ("3302", Stage.RETURNING),
        ("3304", Stage.DELIVERED),
        ("3306", Stage.RETURNED),
        ("9999", Stage.OTHER),
        ("", Stage.OTHER),
    ],
)
def test_where_an_event_brings_a_parcel(number: str, stage: Stage) -> None:
    assert stage_of_event(number) is stage


def test_labels_may_have_another_namespace(bench: Bench) -> None:
    bench.far_side.answers(
        soap(
            "<a:createLabelFileResponse xmlns:a='urn:labels'><return><file>JVBERg==</file></return>"
            "</a:createLabelFileResponse>"
        )
    )
    assert dpd(bench, extra={"label_namespace": "urn:labels"}).label("RU1", 1) == b"%PDF"
    assert b'xmlns:ns0="urn:labels"' in bench.far_side.seen[0].body


def test_what_is_known_of_people_and_the_key_stay_out_of_the_log(bench: Bench) -> None:
    said = "Нет дома 5: Баумановская, Примерова Анна, +79991234567"
    bench.far_side.answers(
        orders("createOrder", f"{MADE}<errorMessage>{said}</errorMessage>"), fault("x", said), half
    )
    client = dpd(bench)
    client.create(ORDER)
    for kind in (RequestRefused, Uncertain):
        with pytest.raises(kind) as trouble:
            client.create(ORDER)
        assert "Баумановская" not in str(trouble.value)
    written = repr(bench.log.calls)
    assert "createOrder" in written
    assert "<cargoWeight>3.5</cargoWeight>" in written
    for secret in ("c1ient-key-live", "Примерова", "Анна", "9991234567", "Баумановская", "К-4711-Б"):
        assert secret in bench.far_side.seen[0].body.decode()
        assert secret not in written


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"login": "shop"}, "client number"),
        ({"login": ""}, "client number"),
        ({"password": ""}, "client key"),
        ({"base_url": "http://ws.dpd.ru"}, "https"),
    ],
)
def test_a_connection_that_cannot_be_used(bench: Bench, changes: dict[str, str], words: str) -> None:
    with pytest.raises(Fatal, match=words):
        dpd(bench, **changes)


def test_the_services_may_be_part_of_the_host(bench: Bench) -> None:
    bench.far_side.answers(orders("getOrderStatus", MADE))
    dpd(bench, base_url=f"{bench.far_side.url}/services/").find("13-0001-1", DAY)
    assert bench.far_side.seen[0].path == "/services/order2"


def test_an_unknown_carrier_is_named() -> None:
    assert carrier_of("dpd") is Dpd
    with pytest.raises(BadInput, match="pony"):
        carrier_of("pony")
