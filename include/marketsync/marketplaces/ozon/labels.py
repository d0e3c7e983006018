"""Labels: a task that makes a file of up to a thousand of them, and what its states and refusals mean.

Source: Ozon Seller API, /v3/posting/fbs/package-label/create and /v2/posting/fbs/package-label/get.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from marketsync.errors import Place, Uncertain
from marketsync.http.answers import RequestRefused
from marketsync.http.client import ApiClient
from marketsync.marketplaces.orders import Deed, DeedResult, LabelState

__all__ = ["AFTER_SHIPPING", "LOOK", "PAUSES", "PER_TASK", "create", "file", "look", "meaning"]

# Ozon Seller API, /v3/posting/fbs/package-label/create: ask 45-60 s after shipping, up to 1000 postings.
AFTER_SHIPPING = 50.0
PER_TASK = 1000
# As integrators do it: a posting that is not ready is asked for again after 10, 30, 60 and then every 120 s.
PAUSES = (10.0, 30.0, 60.0, 120.0)
LOOK = 3.0  # ours: a label has to be with the ERP within 10 s

_CREATE = "/v3/posting/fbs/package-label/create"
_GET = "/v2/posting/fbs/package-label/get"
_PENDING = frozenset({"pending", "in_progress"})
_MOST_BYTES = 200_000_000  # ours: a thousand labels are some 50 MB
# Which size is wanted first: the big one carries everything that a courier's scanner needs.
_ORDER = {"big_label": 0, "small_label": 1}
# Texts of refusals that pass: no posting of the batch can be printed yet.
_NOT_READY = ("no_postings_for_batch_download", "aren't ready", "are not ready", "not ready")


def create(client: ApiClient, numbers: Sequence[str]) -> list[str]:
    """Have labels made; the tasks, the wanted size first."""
    answer = client.post(_CREATE, {"posting_numbers": list(numbers)}, write=True, items=len(numbers))
    found = answer.get("tasks") or ()
    tasks = sorted(found, key=lambda task: _ORDER.get(str(task.get("task_type")), len(_ORDER)))
    if not tasks and answer.get("message"):  # a refusal, inside of HTTP 200
        code, text = str(answer.get("code") or ""), str(answer["message"])
        raise RequestRefused(
            f"Ozon refuses the request: {code} {text}",
            status=200,
            code=code,
            text=text,
            place=Place(account=client.account, method=f"POST {_CREATE}"),
        )
    if not tasks:
        raise Uncertain(f"Ozon took {len(numbers)} labels and named no task")
    return [str(task["task_id"]) for task in tasks]


def meaning(code: str, message: str) -> DeedResult:
    """What a refused batch means: only its text tells, for statuses and codes differ from case to case."""
    words = f"{code} {message}".casefold()
    if any(part in words for part in _NOT_READY):
        return DeedResult(Deed.LATER, code, message or "этикетки ещё не готовы")
    return DeedResult(Deed.REFUSED, code, message or "Ozon отказал в этикетках")


def look(client: ApiClient, task: str) -> LabelState:
    """How far a task is."""
    answer = client.post(_GET, {"task_id": int(task)})
    status: Mapping[str, Any] = answer.get("status") or {}
    error: Mapping[str, Any] = answer.get("error") or {}
    code = str(status.get("code") or "")
    unprinted = {
        str(row["posting_number"]): str(row.get("message") or "")
        for row in status.get("unprinted_postings") or ()
    }
    message = " ".join(str(error[name]) for name in ("code", "message") if error.get(name))
    if code in _PENDING:
        return LabelState("pending", unprinted=unprinted)
    if code == "completed":
        return LabelState("completed", answer.get("file_url") or None, unprinted, message)
    return LabelState("failed", None, unprinted, message or f"Ozon: {code or 'нет состояния'}")


def file(client: ApiClient, url: str) -> bytes:
    """The bytes behind a task's address, as they are now."""
    return client.download(url, at_most=_MOST_BYTES)
