"""Handovers to Ozon's carrier («отгрузки»): found or created, approved, then their papers.

Source: Ozon Seller API, /v2/carriage/delivery/list, /v1/carriage/create, /approve, /get and /v2/posting/fbs/act/*.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from marketsync.http.answers import RequestRefused
from marketsync.http.client import ApiClient
from marketsync.marketplaces.orders import Deed, DeedResult, HandoverState

__all__ = ["form", "paper", "state"]

_LIST = "/v2/carriage/delivery/list"
_CREATE = "/v1/carriage/create"
_APPROVE = "/v1/carriage/approve"
_GET = "/v1/carriage/get"
_PAPERS = "/v2/posting/fbs/act/check-status"
_PDF = "/v2/posting/fbs/act/get-pdf"
_PER_PAGE = 1000
_NEW = "new"
_GONE = frozenset({"cancelled", "canceled", "error"})
# Ozon's words of a handover that cannot be formed yet: nothing is ready, or some of it is not.
_LATER = ("posting_statuses_not_ready", "posting_not_found", "no_postings", "package_time_not_passed")
_AGAIN_AFTER = 120.0


def form(client: ApiClient, delivery_method: str, departure: date) -> HandoverState | DeedResult:
    """The handover of a method and day: the one that is there, else a new one; approved. A DeedResult: none can be."""
    try:
        carriage = _existing(client, delivery_method, departure)
        if carriage is None:
            answer = client.post(
                _CREATE,
                {
                    "delivery_method_id": int(delivery_method),
                    "departure_date": f"{departure.isoformat()}T00:00:00Z",
                },
                write=True,
                repeatable=False,
                items=1,
            )
            carriage = str(answer["carriage_id"])
        if _status(client, carriage) == _NEW:
            client.post(_APPROVE, {"carriage_id": int(carriage), "containers_count": 0}, write=True, items=1)
    except RequestRefused as error:
        words = error.text.casefold()
        deed = Deed.LATER if any(part in words for part in _LATER) else Deed.REFUSED
        return DeedResult(deed, error.code, error.text, again_after=_AGAIN_AFTER)
    return state(client, carriage)


def state(client: ApiClient, carriage: str) -> HandoverState:
    """How far a handover and its papers are."""
    status = _status(client, carriage)
    if status in _GONE:
        return HandoverState(carriage, "refused", status, f"отгрузка {carriage} на площадке: {status}")
    papers = client.post(_PAPERS, {"id": int(carriage)}).get("result") or {}
    told = str(papers.get("status") or "")
    if told == "ready":
        return HandoverState(carriage, "ready", status)
    if told in _GONE:
        return HandoverState(carriage, "refused", status, f"документы отгрузки {carriage}: {told}")
    return HandoverState(carriage, "forming", status, told)


def paper(client: ApiClient, carriage: str) -> bytes:
    """The act as PDF: raw, or wrapped in JSON as Ozon's schema says; both were seen."""
    body = client.document(_PDF, {"id": int(carriage)})
    if body.startswith(b"%PDF"):
        return body
    try:
        content = str(json.loads(body)["file_content"])
    except (ValueError, KeyError, TypeError):
        return body
    try:
        return base64.b64decode(content, validate=True)
    except binascii.Error:
        return content.encode("latin-1", "replace")


def _existing(client: ApiClient, delivery_method: str, departure: date) -> str | None:
    answer = client.post(
        _LIST,
        {
            "limit": _PER_PAGE,
            "filter": {"delivery_method_id": int(delivery_method), "departure_date": departure.isoformat()},
        },
    )
    for method in answer.get("methods") or ():
        if str(method.get("delivery_method_id")) != delivery_method:
            continue
        for carriage in method.get("carriages") or ():
            if int(carriage.get("id") or 0) and carriage.get("status") not in _GONE:
                return str(carriage["id"])
    return None


def _status(client: ApiClient, carriage: str) -> str:
    answer: Mapping[str, Any] = client.post(_GET, {"carriage_id": int(carriage)})
    return str(answer.get("status") or "")
