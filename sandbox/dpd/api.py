"""The carrier's door: /services/<service>, its ?wsdl, the key in every call."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from lxml import etree

from sandbox.dpd import following, labels, ordering
from sandbox.dpd.soap import Fault, Service, service, text
from sandbox.dpd.state import KEY, Client
from sandbox.dpd.system import DpdSystem
from sandbox.exchange import Answer, IncomingCall, System

_XML = "text/xml;charset=utf-8"
_PATH = re.compile(r"/services/([a-z0-9-]+)(?:/[A-Za-z]+)?/?")
_OPERATION = re.compile(rb"<(?:[\w.-]+:)?Body[^>]*>\s*<(?:[\w.-]+:)?(\w+)")

Handler = Callable[[DpdSystem, Client, etree._Element], list[Any]]

SERVICES: Mapping[str, Mapping[str, Handler]] = {
    "order2": {
        "createOrder": ordering.create_order,
        "getOrderStatus": ordering.get_order_status,
        "cancelOrder": ordering.cancel_order,
    },
    "tracing": {
        "getStatesByClientOrder": following.get_states_by_client_order,
        "getStatesByDPDOrder": following.get_states_by_dpd_order,
    },
    "event-tracking": {"getEvents": following.get_events, "confirm": following.confirm},
    "label-print": {"createLabelFile": labels.create_label_file},
}


def path_of(path: str, body: bytes) -> str:
    """The path by which faults and the log tell one operation from another: all of a service share an address."""
    found = _OPERATION.search(body)
    return f"{path}/{found[1].decode()}" if found else path


def played_by(system: DpdSystem, host: str) -> System:
    """The carrier as the frame of all exchanges wants it; `host` is where it was asked, for the WSDL."""
    busy = service("order2").fault(Fault("system-error", "Сервис временно недоступен"))
    return System(
        "dpd",
        lambda call: _respond(system, call, host),
        lambda: Answer(500, busy, media_type=_XML),
        lambda: Answer(500, busy, media_type=_XML),
        lambda headers: "",
    )


def _respond(system: DpdSystem, call: IncomingCall, host: str) -> Answer:
    match = _PATH.fullmatch(call.path)
    if match is None or match[1] not in SERVICES:
        return Answer(404, "<html><body>404 Not Found</body></html>", media_type="text/html")
    there = service(match[1])
    if call.method == "GET":
        if call.query.lower() == "wsdl":
            return Answer(200, there.wsdl(f"{host}/services/{there.name}"), media_type=_XML)
        return Answer(200, "<html><body>Web Services</body></html>", media_type="text/html")
    if not call.headers.get("content-type", "").startswith("text/xml"):
        return Answer(415, "Unsupported Media Type", media_type="text/plain")
    system.pass_time()
    client_number = ""
    try:
        asked = there.request(call.body)
        client_number = _let_in(system, asked)
        operation = str(etree.QName(asked).localname)
        returns = SERVICES[there.name][operation](system, system.client(client_number), asked)
    except Fault as fault:
        return Answer(500, there.fault(fault), media_type=_XML, client_id=client_number)
    return _answered(there, operation, returns, client_number)


def _answered(there: Service, operation: str, returns: list[Any], client: str) -> Answer:
    body = there.answer(operation, returns)
    return Answer(200, body, media_type=_XML, items=len(returns), client_id=client)


def _let_in(system: DpdSystem, asked: etree._Element) -> str:
    if text(asked, "*/auth/clientKey") != KEY:
        raise Fault(system.knobs.denied_code, "Доступ запрещён: неверный номер клиента или ключ")
    return text(asked, "*/auth/clientNumber")
