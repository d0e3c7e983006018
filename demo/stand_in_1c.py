"""A 1C that knows the gateway by HTTP alone: it fetches packs, books, reports assembled orders, asks for labels.

Nothing of the product's code is in it: it is what a 1C programmer would write by the API's description.
"""

from __future__ import annotations

import threading
import time
from typing import Any
from uuid import uuid4
from xml.etree import ElementTree

import requests

__all__ = ["StandIn1C", "documents_of_the_exchange"]

_WAIT = 25
_TIMEOUT = 60.0
_ATTEMPTS = 5
_PAUSE = 1.0


class StandIn1C:
    """One 1C, in a thread of its own.

    Args:
        url: the gateway's address.
        name, key: of the ERP key.

    Attributes:
        orders: number -> the order as the last pack carried it.
        packs: how many packs came, the same one each time that it came.
        booked: number -> when it was first taken, by the monotonic clock.
        troubles: what the gateway refused.
    """

    def __init__(self, url: str, name: str, key: str) -> None:
        self._url = f"{url}/erp/v1"
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.auth = (name, key)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._work, name="stand-in-1c", daemon=True)
        self.orders: dict[str, dict[str, Any]] = {}
        self.packs = 0
        self.booked: dict[str, float] = {}
        self.troubles: list[str] = []
        self._assembled: set[str] = set()

    def start(self) -> None:
        """Begin to fetch packs."""
        self._thread.start()

    def stop(self) -> None:
        """Fetch no more; a pack that is being waited for is waited out."""
        self._stopped.set()
        self._thread.join(_WAIT + _TIMEOUT)

    def label(self, number: str) -> bytes | None:
        """The label of an order, or None while there is none."""
        answer = self._call("GET", f"orders/{number}/label")
        return answer.content if answer.status_code == 200 else None

    def labels(self, numbers: list[str]) -> bytes:
        """The labels of several orders as one PDF for the printer."""
        return self._done(
            self._call("POST", "labels", {"items": [{"number": each} for each in numbers]})
        ).content

    def ship_by_carrier(self, number: str) -> dict[str, Any]:
        """Have our own carrier fetch an order."""
        made: dict[str, Any] = self._done(self._call("POST", f"orders/{number}/shipment", {})).json()
        return made

    def track(self, number: str) -> dict[str, Any]:
        """How far our own carrier is."""
        found: dict[str, Any] = self._done(self._call("GET", f"orders/{number}/track")).json()
        return found

    def _work(self) -> None:
        while not self._stopped.is_set():
            try:
                pack = self._done(self._call("GET", f"orders/pack?wait={_WAIT}")).json()
                if pack["number"] is not None:
                    self._take(pack)
            except requests.RequestException as error:
                self.troubles.append(str(error))
                self._stopped.wait(_PAUSE)

    def _take(self, pack: dict[str, Any]) -> None:
        self.packs += 1
        answers = []
        for order in pack["items"]:
            number = order["number"]
            self.orders[number] = order
            self.booked.setdefault(number, time.monotonic())
            document = f"УТ-{len(self.booked):06d}"
            answers.append(
                {"number": number, "result": "taken", "reference": str(uuid4()), "document_number": document}
            )
        self._done(self._call("POST", f"orders/pack/{pack['number']}/answer", {"items": answers}))
        for order in pack["items"]:
            if order["status"] == "to_assemble" and order["number"] not in self._assembled:
                self._assembled.add(order["number"])
                self._done(self._call("POST", f"orders/{order['number']}/assembled", {}))

    def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> requests.Response:
        """One call; a call that changes something carries the same Idempotency-Key at every attempt."""
        headers = {"Idempotency-Key": str(uuid4())} if method == "POST" else {}
        for attempt in range(_ATTEMPTS):
            try:
                answer = self._session.request(
                    method, f"{self._url}/{path}", json=body, headers=headers, timeout=_TIMEOUT
                )
            except requests.ConnectionError:
                if attempt == _ATTEMPTS - 1:
                    raise
            else:
                if answer.status_code < 500:
                    return answer
            time.sleep(_PAUSE * 2**attempt)
        answer.raise_for_status()
        return answer

    def _done(self, answer: requests.Response) -> requests.Response:
        if not answer.ok:
            self.troubles.append(f"{answer.request.method} {answer.request.path_url}: {answer.text[:300]}")
        return answer


def documents_of_the_exchange(url: str, name: str, key: str) -> set[str]:
    """The numbers of all orders that 1C's file exchange hands out, as an unchanged 1C asks for them.

    Raises:
        ValueError: the dialogue breaks off.
    """
    session = requests.Session()
    session.trust_env = False
    address = f"{url}/1c_exchange"
    first = session.get(f"{address}?type=sale&mode=checkauth", auth=(name, key), timeout=_TIMEOUT)
    lines = first.content.decode("windows-1251").split("\n")
    if lines[0].strip() != "success":
        raise ValueError(f"checkauth was answered {first.text[:200]}")
    session.cookies.set(lines[1].strip(), lines[2].strip())
    sessid = lines[3].strip() if len(lines) > 3 else ""
    session.get(f"{address}?type=sale&mode=init&version=2.09&{sessid}", timeout=_TIMEOUT)
    answer = session.get(f"{address}?type=sale&mode=query&{sessid}", timeout=_TIMEOUT)
    root = ElementTree.fromstring(answer.content)  # noqa: S314 - our own gateway's
    documents = [node for node in root.iter() if node.tag.rpartition("}")[2] == "Документ"]
    done = session.get(f"{address}?type=sale&mode=success&{sessid}", timeout=_TIMEOUT)
    if not done.text.startswith("success"):
        raise ValueError(f"success was answered {done.text[:200]}")
    return {document.findtext("{*}Номер") or "" for document in documents}
