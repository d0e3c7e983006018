"""The portal's door: the webhook in the path, the limits, single calls and batches.

Source: Bitrix24 REST documentation: webhooks, limits, batch, system errors. A request is
/rest/<user>/<secret>/<method>[.json], GET or POST, parameters in the query, as a form or as JSON.
"""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sandbox.bitrix import php, sales
from sandbox.bitrix.errors import ACCESS_DENIED, Refusal
from sandbox.bitrix.methods import METHODS, WRITES
from sandbox.bitrix.query import Page, zone_of
from sandbox.bitrix.state import USER
from sandbox.bitrix.system import BitrixSystem
from sandbox.exchange import Answer, IncomingCall, System

MOST_COMMANDS = 50
OPERATING_WINDOW = 600.0  # seconds
_PATH = re.compile(r"/rest/(\d+)/([^/]+)/([A-Za-z.]+?)(?:\.json)?/?")
_REFERENCE = re.compile(r"\$result((?:\[[^\]]+\])+)")
_STEP = re.compile(r"\[([^\]]+)\]")


def played_by(system: BitrixSystem) -> System:
    """The system as the frame of all exchanges wants it."""

    def refused(code: str) -> Answer:
        refusal = Refusal(code)
        return Answer(refusal.status, refusal.body())

    return System(
        "bitrix",
        lambda call: _respond(system, call),
        lambda: refused("OPERATION_TIME_LIMIT"),
        lambda: refused("INTERNAL_SERVER_ERROR"),
        lambda headers: USER,
    )


def _respond(system: BitrixSystem, call: IncomingCall) -> Answer:
    began = system.clock.utcnow()
    try:
        method = _let_in(system, call)
        _take_request(system)
        params = _params(call)
        if method == "batch":
            body, items = _batch(system, params, began)
        else:
            told = _run(system, method, params)
            body, items = told.body(), told.items
    except Refusal as refusal:
        return Answer(refusal.status, refusal.body(), client_id=USER)
    body["time"] = _time(system, began)
    return Answer(200, body, items=items, client_id=USER)


def _let_in(system: BitrixSystem, call: IncomingCall) -> str:
    match = _PATH.fullmatch(call.path)
    if match is None or call.method not in ("GET", "POST"):
        raise Refusal("ERROR_METHOD_NOT_FOUND")
    user, secret, method = match.groups()
    webhook = system.site.webhook
    if user != USER or secret != webhook.secret:
        raise Refusal("NO_AUTH_FOUND")
    if webhook.state == "expired":
        raise Refusal("expired_token")
    if webhook.state == "denied":
        raise Refusal("INVALID_CREDENTIALS")
    return method


def _take_request(system: BitrixSystem) -> None:
    """A leaky bucket: the counter grows by one with each request that is let in, and runs off steadily."""
    knobs, site = system.knobs, system.site
    if not knobs.drain_per_second:
        return
    now = system.clock.monotonic()
    system.calls.arrived("bitrix", USER, "*", now, 1.0)
    ran_off = (now - site.counted_at) * knobs.drain_per_second / system.general.limit_time_scale
    level = max(0.0, site.counter - ran_off)
    site.counted_at = now
    site.counter = level
    if level + 1 > knobs.burst:
        raise Refusal("QUERY_LIMIT_EXCEEDED")
    site.counter = level + 1


def _params(call: IncomingCall) -> dict[str, Any]:
    params: dict[str, Any] = php.parse(call.query)
    body = call.body.strip()
    if body[:1] in (b"{", b"["):
        try:
            read = json.loads(body)
        except ValueError:
            raise Refusal("INVALID_REQUEST", "Wrong JSON", 400) from None
        if isinstance(read, dict):
            params |= read
    elif body:
        params |= php.parse(body.decode("utf-8", "replace"))
    return params


@dataclass(frozen=True)
class _Told:
    """What a method answers: its result, and where it is a list, how many rows there are and where they go on."""

    result: Any
    items: int = 1
    total: int | None = None
    next: int | None = None

    @classmethod
    def of_page(cls, key: str, page: Page) -> _Told:
        return cls({key: page.rows}, len(page.rows), page.total, page.next)

    def body(self) -> dict[str, Any]:
        told: dict[str, Any] = {"result": self.result}
        if self.next is not None:
            told["next"] = self.next
        if self.total is not None:
            told["total"] = self.total
        return told


def _run(system: BitrixSystem, method: str, params: Mapping[str, Any]) -> _Told:
    """One call of a method, alone or of a batch."""
    if method in WRITES:
        raise Refusal(ACCESS_DENIED, "Access Denied", 400)
    if method not in METHODS and method not in sales.SINGLE:
        raise Refusal("ERROR_METHOD_NOT_FOUND")
    if method.partition(".")[0] not in system.site.webhook.scopes:
        raise Refusal("insufficient_scope")
    _work(system, method)
    for broken in system.site.breaks:
        if broken.method == method and broken.count > 0:
            if broken.after > 0:
                broken.after -= 1
                break
            broken.count -= 1
            raise Refusal(broken.code)
    if method in sales.SINGLE:
        now = system.clock.utcnow().replace(microsecond=0)
        return _Told(sales.SINGLE[method](system.site, params, system.knobs, now))
    return _Told.of_page(*METHODS[method](system.site, params, system.knobs))


def _work(system: BitrixSystem, method: str) -> None:
    """A method's work in ten minutes is looked at before each call, and counted after that."""
    limit = system.knobs.operating_limit_seconds
    now = system.clock.monotonic()
    spent = system.site.worked.setdefault(method, deque())
    window = OPERATING_WINDOW * system.general.limit_time_scale
    while spent and now - spent[0][0] >= window:
        spent.popleft()
    if limit and sum(seconds for _, seconds in spent) > limit:
        raise Refusal("OPERATION_TIME_LIMIT")
    spent.append((now, system.knobs.operating_cost))


def _batch(system: BitrixSystem, params: Mapping[str, Any], began: datetime) -> tuple[dict[str, Any], int]:
    commands = params.get("cmd")
    if isinstance(commands, list):
        commands = {str(place): command for place, command in enumerate(commands)}
    if not isinstance(commands, dict) or not commands:
        raise Refusal("ERROR_BATCH_EMPTY", "There are no commands", 400)
    halt = str(params.get("halt", 0)).lower() in ("1", "true", "y")
    results: dict[str, Any] = {}
    errors: dict[str, Any] = {}
    totals: dict[str, Any] = {}
    following: dict[str, Any] = {}
    times: dict[str, Any] = {}
    items = 0
    for place, (name, command) in enumerate(commands.items()):
        try:
            method, query = _command(place, str(command))
            arguments = _resolved(php.parse(query), results, system.knobs.unresolved_reference)
            told = _run(system, method, arguments)
        except Refusal as refusal:
            errors[name] = refusal.body()
            if halt:
                break
            continue
        results[name] = told.result
        items += told.items
        if told.total is not None:
            totals[name] = told.total
        if told.next is not None:
            following[name] = told.next
        times[name] = _time(system, began, method)
    answer = {
        "result": results,
        "result_error": errors,
        "result_total": totals,
        "result_next": following,
        "result_time": times,
    }
    return {"result": {name: php.empty_as_list(value) for name, value in answer.items()}}, items


def _command(place: int, command: str) -> tuple[str, str]:
    """A command's method and its query; what stands behind a '#' is lost, as in any address."""
    if place >= MOST_COMMANDS:
        raise Refusal("ERROR_BATCH_LENGTH_EXCEEDED")
    method, _, query = command.partition("#")[0].partition("?")
    if method == "batch" or method.endswith(".download"):
        raise Refusal("ERROR_BATCH_METHOD_NOT_ALLOWED")
    return method, query


def _resolved(value: Any, results: Mapping[str, Any], unresolved: str) -> Any:
    """Parameters with what earlier commands of the batch found in place of `$result[name][key][0][id]`."""
    if isinstance(value, dict):
        return {key: _resolved(item, results, unresolved) for key, item in value.items()}
    if isinstance(value, list):
        return [_resolved(item, results, unresolved) for item in value]
    match = _REFERENCE.fullmatch(str(value))
    if match is None:
        return value
    place: Any = results
    for step in _STEP.findall(match[1]):
        if isinstance(place, dict) and step in place:
            place = place[step]
        elif isinstance(place, list) and step.isdecimal() and int(step) < len(place):
            place = place[int(step)]
        else:
            return "" if unresolved == "empty" else value
    return str(place)


def _time(system: BitrixSystem, began: datetime, method: str | None = None) -> dict[str, Any]:
    zone = zone_of(system.knobs)
    finished = system.clock.utcnow()
    told = {
        "start": began.timestamp(),
        "finish": finished.timestamp(),
        "duration": round((finished - began).total_seconds(), 6),
        "processing": 0,
        "date_start": began.astimezone(zone).isoformat(timespec="seconds"),
        "date_finish": finished.astimezone(zone).isoformat(timespec="seconds"),
    }
    if method is not None:
        spent = system.site.worked.get(method, ())
        told["operating"] = round(sum(seconds for _, seconds in spent), 3)
        window = OPERATING_WINDOW * system.general.limit_time_scale
        oldest = spent[0][0] if spent else system.clock.monotonic()
        told["operating_reset_at"] = int(finished.timestamp() + oldest - system.clock.monotonic() + window)
    return told
