"""The sandbox's DPD, asked by an independent SOAP client over the sandbox's own WSDL."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import Any

import pypdf
import pytest
import zeep
import zeep.exceptions
from sandbox_testkit import ManualClock, Ozon
from zeep.transports import Transport

BASE = "http://testserver/dpd/services"
AUTH = {"clientNumber": 1001027795, "clientKey": "sandbox"}
TOMORROW = date(2026, 11, 24)
SENDER = {
    "name": "Склад", "countryName": "Россия", "city": "Москва", "street": "Складская", "house": "1",
    "contactFio": "Кладовщик", "contactPhone": "+74950000000",
}  # fmt: skip
RECEIVER = {
    "name": "Анна Примерова", "countryName": "Россия", "city": "Казань", "street": "Баумана", "house": "5",
    "flat": "7", "contactFio": "Анна Примерова", "contactPhone": "+79990000000",
}  # fmt: skip


class _InProcess(Transport):
    """zeep's transport over the application in process."""

    def __init__(self, application: Ozon) -> None:
        super().__init__()
        self._http = application.http

    def load(self, url: str) -> bytes:
        answer = self._http.get(url)
        assert answer.status_code == 200, answer.text
        content: bytes = answer.content
        return content

    def post(self, address: str, message: bytes, headers: dict[str, str]) -> Any:
        return self._http.post(address, content=message, headers=headers)


class Dpd:
    """A client of all services, each by its WSDL as the sandbox serves it."""

    def __init__(self, application: Ozon) -> None:
        self.http = application.http
        self.knobs = application.knobs
        self._transport = _InProcess(application)
        self._clients: dict[str, Any] = {}

    def service(self, name: str) -> Any:
        if name not in self._clients:
            self._clients[name] = zeep.Client(f"{BASE}/{name}?wsdl", transport=self._transport).service
        return self._clients[name]

    def create(
        self, number: str, *, receiver: dict[str, Any] = RECEIVER, day: date = TOMORROW, **changes: Any
    ) -> Any:
        order = {
            "orderNumberInternal": number, "serviceCode": "PCL", "serviceVariant": "ДД", "cargoNumPack": 1,
            "cargoWeight": 1.5, "cargoRegistered": False, "cargoCategory": "Игрушки",
            "receiverAddress": receiver, **changes,
        }  # fmt: skip
        header = {"datePickup": day, "senderAddress": SENDER, "pickupTimePeriod": "9-18"}
        return self.service("order2").createOrder(orders={"auth": AUTH, "header": header, "order": [order]})[
            0
        ]

    def status(self, number: str, day: date = TOMORROW) -> Any:
        order = {"orderNumberInternal": number, "datePickup": day}
        return self.service("order2").getOrderStatus(orderStatus={"auth": AUTH, "order": [order]})

    def cancel(self, number: str) -> Any:
        one = {"orderNumberInternal": number}
        return self.service("order2").cancelOrder(orders={"auth": AUTH, "cancel": [one]})[0]

    def states(self, number: str) -> list[Any]:
        question = {"auth": AUTH, "clientOrderNr": number}
        found: list[Any] = self.service("tracing").getStatesByClientOrder(request=question).states
        return found

    def events(self, most: int | None = None) -> Any:
        return self.service("event-tracking").getEvents(request={"auth": AUTH, "maxRowCount": most})

    def confirm(self, document: int) -> Any:
        return self.service("event-tracking").confirm(request={"auth": AUTH, "docId": document})

    def label(self, num: str, places: int = 1) -> Any:
        order = {"orderNum": num, "parcelsNumber": places}
        wanted = {"auth": AUTH, "fileFormat": "PDF", "pageSize": "A6", "order": [order]}
        return self.service("label-print").createLabelFile(getLabelFile=wanted)

    def behind(self, action: str, **body: Any) -> Any:
        answer = self.http.post(f"/_sandbox/dpd/{action}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def orders(self) -> list[Any]:
        found: list[Any] = self.http.get("/_sandbox/dpd/state").json()[str(AUTH["clientNumber"])]["orders"]
        return found


@pytest.fixture
def dpd(ozon: Ozon) -> Dpd:
    return Dpd(ozon)


def test_an_order_is_made_once_and_can_be_asked_about(dpd: Dpd) -> None:
    made = dpd.create("13-0001-1")
    assert (made.status, made.orderNumberInternal) == ("OK", "13-0001-1")
    assert made.orderNum.startswith("RU")
    (known,) = dpd.status("13-0001-1")
    assert (known.status, known.orderNum) == ("OK", made.orderNum)
    again = dpd.create("13-0001-1")
    assert (again.status, again.orderNum) == ("OrderDuplicate", None)
    (there,) = dpd.orders()
    assert there["content"]["receiverAddress"]["contactPhone"] == "+79990000000"
    assert there["header"]["senderAddress"]["city"] == "Москва"


@pytest.mark.parametrize(("says", "found"), [("empty", []), ("OrderError", ["OrderError"])])
def test_an_order_that_is_not_there(dpd: Dpd, says: str, found: list[str]) -> None:
    with pytest.raises(zeep.exceptions.Fault) as refused:
        dpd.status("none")
    detail = refused.value.detail[0]
    assert detail.tag == "{http://dpd.ru/ws/order2/2012-04-04}WSFault"
    assert detail.findtext("code") == "no-data-found"
    dpd.knobs("dpd", unknown_order=says)
    assert [order.status for order in dpd.status("none") or ()] == found


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"receiver": {**RECEIVER, "city": ""}}, "не задано city"),
        ({"receiver": {**RECEIVER, "contactPhone": None}}, "не задано contactPhone"),
        ({"day": date(2026, 11, 22)}, "в прошлом"),
        ({"serviceCode": "XXX"}, "serviceCode"),
        ({"serviceVariant": "DD"}, "serviceVariant"),
        ({"serviceVariant": "ДТ"}, "terminalCode"),
        ({"cargoWeight": 0}, "cargoWeight"),
        ({"cargoNumPack": 2, "parcel": [{"number": "1"}]}, "cargoNumPack"),
        ({"cargoCategory": ""}, "cargoCategory"),
    ],
)
def test_a_wrong_order_is_refused_inside_of_a_good_answer(
    dpd: Dpd, changes: dict[str, Any], words: str
) -> None:
    refused = dpd.create("14-1", **changes)
    assert refused.status == "OrderError"
    assert words in refused.errorMessage
    assert refused.orderNum is None
    assert dpd.create("14-1").status == "OK"


def test_a_number_of_more_than_twenty_characters_is_refused(dpd: Dpd) -> None:
    assert "20" in dpd.create("x" * 21).errorMessage


def test_a_pending_order_is_decided_later(dpd: Dpd, clock: ManualClock) -> None:
    dpd.knobs("dpd", pending_share=1.0)
    first, second = dpd.create("15-1"), dpd.create("15-2")
    assert (first.status, first.orderNum, second.status) == ("OrderPending", None, "OrderPending")
    dpd.behind("decide", number="15-2", status="OrderError", message="Нет такого дома")
    clock.advance(600)
    assert dpd.status("15-1")[0].status == "OK"
    assert dpd.status("15-2")[0].errorMessage == "Нет такого дома"


def test_cancelling(dpd: Dpd, clock: ManualClock) -> None:
    dpd.create("16-1")
    assert dpd.cancel("16-1").status == "Canceled"
    assert dpd.cancel("16-1").status == "CanceledPreviously"
    assert dpd.status("16-1")[0].status == "OrderCancelled"
    assert dpd.cancel("16-9").status == "NotFound"
    dpd.create("16-2")
    dpd.behind("move", number="16-2", state="OnTerminalPickup")
    assert dpd.cancel("16-2").status == "CallDPD"


def test_an_order_is_on_its_way_by_itself(dpd: Dpd, clock: ManualClock) -> None:
    made = dpd.create("17-1")
    assert [state.newState for state in dpd.states("17-1")] == ["NewOrderByClient"]
    clock.advance(10_800 * 6)
    states = dpd.states("17-1")
    assert states[-1].newState == "Delivered"
    assert states[-1].consignee == "Анна Примерова"
    assert {state.dpdOrderNr for state in states} == {made.orderNum}
    with pytest.raises(zeep.exceptions.Fault, match="не найдены"):
        dpd.states("17-9")


def test_events_are_shown_until_they_are_confirmed(dpd: Dpd, clock: ManualClock) -> None:
    dpd.create("18-1")
    clock.advance(10_800 * 6)
    first = dpd.events(most=5)
    assert [event.eventCode for event in first.event][:2] == ["OrderCreate", "OrderPickup"]
    assert (len(first.event), first.resultComplete) == (5, False)
    assert [event.eventNumber for event in dpd.events(most=5).event] == [
        event.eventNumber for event in first.event
    ]
    dpd.confirm(first.docId)
    rest = dpd.events(most=5)
    assert [event.eventNumber for event in rest.event] == ["2301", "3304"]
    assert rest.resultComplete is True
    dpd.confirm(rest.docId)
    assert dpd.events().event == []
    with pytest.raises(zeep.exceptions.Fault):
        dpd.confirm(rest.docId)


def test_labels_are_whole_pdfs_until_the_day_of_pickup(dpd: Dpd, clock: ManualClock) -> None:
    made = dpd.create("19-1", cargoNumPack=2)
    label = dpd.label(made.orderNum, places=2)
    assert [order.status for order in label.order] == ["OK"]
    read = pypdf.PdfReader(BytesIO(label.file))
    assert len(read.pages) == 2
    assert made.orderNum in read.pages[1].extract_text()
    clock.advance(2 * 86_400)
    late = dpd.label(made.orderNum)
    assert (late.file, late.order[0].status) == (None, "Error")


def test_who_has_no_key_and_what_is_no_request(dpd: Dpd) -> None:
    question = {"auth": {**AUTH, "clientKey": "wrong"}, "order": [{"orderNumberInternal": "1"}]}
    with pytest.raises(zeep.exceptions.Fault, match="Доступ запрещён"):
        dpd.service("order2").getOrderStatus(orderStatus=question)
    xml = {"Content-Type": "text/xml; charset=utf-8"}
    for body in (
        b"{}",
        b"<a/>",
        b"<a",
        _enveloped("<createOrder/>"),
        _enveloped("<o:none xmlns:o='urn:x'/>"),
    ):
        answer = dpd.http.post("/dpd/services/order2", content=body, headers=xml)
        assert answer.status_code == 500
        assert "S:Client" in answer.text
    unknown = _enveloped(
        "<o:getOrderStatus xmlns:o='http://dpd.ru/ws/order2/2012-04-04'><request/></o:getOrderStatus>"
    )
    assert "unmarshalling" in dpd.http.post("/dpd/services/order2", content=unknown, headers=xml).text
    assert dpd.http.post("/dpd/services/order2", json={}).status_code == 415
    assert dpd.http.get("/dpd/services/none?wsdl").status_code == 404


def test_faults_meet_one_operation_of_a_service(dpd: Dpd, ozon: Ozon) -> None:
    ozon.faults(
        {"system": "dpd", "path": "/services/order2/createOrder", "kind": "timeout_after", "seconds": 0}
    )
    with pytest.raises(zeep.exceptions.Error):
        dpd.create("20-1")
    assert dpd.status("20-1")[0].status == "OK"
    ozon.faults({"system": "dpd", "path": "/services/order2/createOrder", "kind": "500"})
    with pytest.raises(zeep.exceptions.Fault):
        dpd.create("20-2")
    assert len(dpd.orders()) == 1
    calls = dpd.http.get("/_sandbox/calls?system=dpd").json()
    assert {call["path"] for call in calls if call["method"] == "POST"} >= {
        "/services/order2/createOrder",
        "/services/order2/getOrderStatus",
    }


def test_what_cannot_be_done_from_behind(dpd: Dpd) -> None:
    dpd.create("21-1")
    for action, body in (
        ("move", {"number": "21-1", "state": "Flying"}),
        ("move", {"number": "21-9", "state": "Lost"}),
        ("decide", {"number": "21-1", "status": "OK"}),
        ("sing", {}),
    ):
        assert dpd.http.post(f"/_sandbox/dpd/{action}", json=body).status_code == 400


def _enveloped(content: str) -> bytes:
    return f"<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'><s:Body>{content}</s:Body></s:Envelope>".encode()
