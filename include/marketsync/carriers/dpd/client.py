"""One client number at DPD."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from marketsync.carriers.base import (
    Cancelled,
    CancelResult,
    Carrier,
    CarrierAnswer,
    CarrierOrder,
    EventPack,
    NotSwitchedOn,
    OrderState,
    Stage,
    TrackingEvent,
)
from marketsync.carriers.dpd import payloads, words
from marketsync.carriers.dpd.soap import RULES, Soap
from marketsync.clock import Clock
from marketsync.errors import Fatal, Place
from marketsync.http.answers import RequestRefused
from marketsync.http.client import ApiClient
from marketsync.http.protocols import CallLog, Limit, Limiter

__all__ = ["Dpd"]

_TIMEOUT = (5.0, 60.0)  # seconds to connect, seconds of silence; an order takes DPD up to half a minute
_WINDOW = 10.0  # seconds over which the calls are counted
_MOST_EVENTS = 500  # of one answer (DPD's guide, getEvents)
_NOT_FOUND = "no-data-found"
_ZONE = ZoneInfo("Europe/Moscow")  # moments come without a zone
_PAGE = "A6"  # the thermal printers' size


class Dpd(Carrier):
    """DPD Russia, by its SOAP services.

    Args:
        client: calls its host.
        number, key: who we are there.
        label_namespace: of the service label-print, where it is another than the packaged one.
    """

    def __init__(
        self, client: ApiClient, *, number: int, key: str, label_namespace: str | None = None
    ) -> None:
        self._client = client
        self._auth = {"clientNumber": number, "clientKey": key}
        self._label_namespace = label_namespace
        self._services: dict[str, Soap] = {}

    @classmethod
    def connect(
        cls,
        name: str,
        *,
        base_url: str,
        login: str,
        password: str,
        extra: Mapping[str, object],
        limiter: Limiter,
        call_log: CallLog,
        calls_per_second: float,
        clock: Clock,
    ) -> Dpd:
        """As Carrier.connect: login = client number, password = client key, host = https://ws.dpd.ru."""
        place = Place(field=f"connection {name}")
        if not login.isascii() or not login.isdecimal() or not password:
            raise Fatal(
                "DPD's client number or client key is missing",
                place=place,
                hint="Write the client number (digits) as the connection's login, the client key as its password",
            )
        if urlsplit(base_url).scheme != "https" and not _is_loopback(base_url):
            raise Fatal(
                "DPD is to be asked over https: addresses of people are sent",
                place=place,
                hint="Write https://ws.dpd.ru into the connection's host",
            )
        client = ApiClient(
            name,
            base_url.rstrip("/").removesuffix("/services"),
            headers={},
            limiter=limiter,
            call_log=call_log,
            answers=RULES,
            common_limits=(Limit(f"dpd/{login}", max(1, round(calls_per_second * _WINDOW)), _WINDOW),),
            clock=clock,
            timeout=_TIMEOUT,
            secrets=(password,),
        )
        namespace = extra.get("label_namespace")
        return cls(
            client, number=int(login), key=password, label_namespace=str(namespace) if namespace else None
        )

    def create(self, order: CarrierOrder) -> CarrierAnswer:
        asked = payloads.order(order)
        found = self._call(
            "order2",
            "createOrder",
            {"orders": {"auth": self._auth, **asked}},
            write=True,
            repeatable=False,
            hidden=payloads.personal(order.receiver),
        )
        answer = _of_order(found, order.number)
        if answer is None:
            # an answer without our order says nothing about it
            return CarrierAnswer(OrderState.UNKNOWN, None, "", "DPD не ответил по этому заказу")
        return answer

    def find(self, number: str, pickup_date: date) -> CarrierAnswer | None:
        question = {"orderNumberInternal": number, "datePickup": pickup_date}
        asked = {"orderStatus": {"auth": self._auth, "order": [question]}}
        try:
            found = self._call("order2", "getOrderStatus", asked)
        except RequestRefused as refused:
            if refused.code == _NOT_FOUND:
                return None
            raise
        return _of_order(found, number)

    def cancel(self, number: str, their_number: str | None, pickup_date: date) -> CancelResult:
        one = {"orderNumberInternal": number, "pickupdate": pickup_date}
        if their_number:
            one["orderNum"] = their_number
        asked = {"orders": {"auth": self._auth, "cancel": [one]}}
        found = self._call("order2", "cancelOrder", asked, write=True)
        for status in found or ():
            told = status.status or ""
            return CancelResult(words.CANCELS.get(told, Cancelled.REFUSED), told, status.errorMessage or "")
        return CancelResult(Cancelled.REFUSED, "", "DPD не ответил по этому заказу")

    def states(self, number: str, pickup_date: date) -> Sequence[TrackingEvent]:
        asked = {"request": {"auth": self._auth, "clientOrderNr": number, "pickupDate": pickup_date}}
        try:
            found = self._call("tracing", "getStatesByClientOrder", asked)
        except RequestRefused as refused:
            if refused.code == _NOT_FOUND:
                return ()
            raise
        told = [_of_state(state) for state in (found.states if found else None) or ()]
        return sorted(told, key=lambda event: (event.happened_at is None, event.happened_at))

    def events(self) -> EventPack:
        asked = {"request": {"auth": self._auth, "maxRowCount": _MOST_EVENTS}}
        try:
            found = self._call("event-tracking", "getEvents", asked)
        except RequestRefused as refused:
            if refused.code == _NOT_FOUND:
                raise NotSwitchedOn(refused.text) from refused
            raise
        if found is None:
            return EventPack("", complete=True, events=())
        return EventPack(
            str(found.docId),
            complete=bool(found.resultComplete),
            events=tuple(_of_event(event) for event in found.event or ()),
        )

    def confirm(self, document: str) -> None:
        asked = {"request": {"auth": self._auth, "docId": int(document)}}
        self._call("event-tracking", "confirm", asked, write=True)

    def label(self, their_number: str, places: int) -> bytes:
        wanted = {"orderNum": their_number, "parcelsNumber": places}
        asked = {"auth": self._auth, "fileFormat": "PDF", "pageSize": _PAGE, "order": [wanted]}
        found = self._call("label-print", "createLabelFile", {"getLabelFile": asked})
        file = found.file if found else None
        if file:
            return bytes(file)
        said = " ".join(
            f"{status.status or ''} {status.errorMessage or ''}".strip()
            for status in (found.order if found else None) or ()
        )
        raise RequestRefused(
            f"DPD prints no label of {their_number}: {said or 'no reason given'}",
            status=200,
            code="",
            text=said,
        )

    def close(self) -> None:
        self._client.close()

    def _call(
        self,
        service: str,
        operation: str,
        asked: Mapping[str, Any],
        *,
        write: bool = False,
        repeatable: bool = True,
        hidden: Sequence[str] = (),
    ) -> Any:
        if service not in self._services:
            namespace = self._label_namespace if service == "label-print" else None
            self._services[service] = Soap(self._client, service, namespace=namespace)
        return self._services[service].call(
            operation, asked, write=write, repeatable=repeatable, hidden=hidden
        )


def _of_order(found: Any, number: str) -> CarrierAnswer | None:
    for status in found or ():
        if status.orderNumberInternal == number:
            told = status.status or ""
            return CarrierAnswer(
                words.ORDERS.get(told, OrderState.UNKNOWN),
                status.orderNum or None,
                told,
                status.errorMessage or "",
            )
    return None


def _of_state(state: Any) -> TrackingEvent:
    told = state.newState or ""
    stage, said = words.STATES.get(told, (Stage.OTHER, told))
    if state.isReturn:
        stage = Stage.RETURNED if stage is Stage.DELIVERED else Stage.RETURNING
        said = f"Возврат: {said}"
    return TrackingEvent(
        key=f"{state.dpdParcelNr}/{told}/{state.transitionTime}{'/return' if state.isReturn else ''}",
        number=state.clientOrderNr or None,
        their_number=state.dpdOrderNr or None,
        status=told,
        words=said,
        stage=stage,
        place=state.terminalCity or None,
        happened_at=_moment(state.transitionTime),
    )


def _of_event(event: Any) -> TrackingEvent:
    number = event.eventNumber or ""
    city = next(
        (
            one.valueString
            for one in event.parameter or ()
            if (one.paramName or "").upper().endswith("CITY_NAME")
        ),
        None,
    )
    return TrackingEvent(
        key=f"{event.dpdOrderNr}/{event.dpdParcelNr}/{number}/{event.eventDate}",
        number=event.clientOrderNr or None,
        their_number=event.dpdOrderNr or None,
        status=event.eventCode or number,
        words=event.eventName or event.eventCode or number,
        stage=words.stage_of_event(number),
        place=city,
        happened_at=_moment(event.eventDate),
    )


def _moment(text: str | None) -> datetime | None:
    """A moment as DPD writes it, Moscow's where it names no zone; None where it is no moment."""
    try:
        moment = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=_ZONE)


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
