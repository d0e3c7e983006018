"""The front door of the sandbox's Ozon: which paths live, who may call, how often, and what every answer
carries.

Sources: Ozon Seller API, sections on authorisation, limits and errors. Retired and unknown paths alike
answer a plain `404 page not found`, before anything else is looked at.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from sandbox.clock import iso
from sandbox.exchange import Answer, IncomingCall, System
from sandbox.ozon import (
    actions,
    archive,
    attribute_updates,
    catalog,
    imports,
    min_price_timer,
    pictures,
    prices,
    quotas,
    reading,
    renames,
    stocks,
    validation,
    warehouses,
)
from sandbox.ozon.catching_up import catch_up
from sandbox.ozon.errors import (
    INTERNAL,
    PERMISSION_DENIED,
    UNAUTHENTICATED,
    Refusal,
    status_body,
    too_many_requests,
)
from sandbox.ozon.method import Method, fixed
from sandbox.ozon.orders import labels
from sandbox.ozon.orders import methods as order_methods
from sandbox.ozon.orders import reading as order_reading
from sandbox.ozon.state import Cabinet, KeyState
from sandbox.ozon.system import OzonSystem
from sandbox.ozon.validation import Json, Message

API_KEY = "sandbox"
_SECOND = 1

_INVALID_KEY = "Invalid Api-Key, please check the key and try again"
_DEACTIVATED_KEY = "Api-key is deactivated, use another one or generate a new one"
_KEY_MESSAGES: dict[KeyState, str] = {
    "invalid": _INVALID_KEY,
    "deactivated": _DEACTIVATED_KEY,
    "no_role": "Api-Key is missing a required role for a method",
    "ip_restricted": "Api-Key is restricted to specific IP addresses",
}


def _roles(system: OzonSystem, cabinet: Cabinet, request: Json) -> Json:
    """POST /v1/roles."""
    return {
        "expires_at": iso(cabinet.key_expires_at),
        "roles": [{"name": "Admin", "methods": sorted(METHODS)}],
    }


METHODS: dict[str, Method] = {
    "/v1/description-category/tree": Method(fixed(catalog.TREE_REQUEST), catalog.tree),
    "/v1/description-category/attribute": Method(fixed(catalog.ATTRIBUTE_REQUEST), catalog.attributes),
    "/v1/description-category/attribute/values": Method(fixed(catalog.VALUES_REQUEST), catalog.values),
    "/v1/description-category/attribute/values/search": Method(fixed(catalog.SEARCH_REQUEST), catalog.search),
    "/v3/product/import": Method(fixed(imports.IMPORT_REQUEST), imports.submit, "items"),
    "/v1/product/attributes/update": Method(
        fixed(attribute_updates.UPDATE_REQUEST), attribute_updates.submit, "items"
    ),
    "/v2/product/pictures/import": Method(fixed(pictures.IMPORT_REQUEST), pictures.submit, "items"),
    "/v2/product/pictures/info": Method(fixed(pictures.INFO_REQUEST), pictures.info),
    "/v1/product/import/info": Method(fixed(imports.INFO_REQUEST), imports.info),
    "/v4/product/info/limit": Method(fixed(Message("GetUploadQuotaRequest")), quotas.limits),
    "/v1/product/update/offer-id": Method(fixed(renames.REQUEST), renames.rename, "update_offer_id"),
    "/v1/product/archive": Method(fixed(archive.ARCHIVE_REQUEST), archive.archive, "product_id"),
    "/v1/product/unarchive": Method(fixed(archive.UNARCHIVE_REQUEST), archive.unarchive, "product_id"),
    "/v2/products/delete": Method(fixed(archive.DELETE_REQUEST), archive.delete, "products"),
    "/v3/product/list": Method(fixed(reading.LIST_REQUEST), reading.product_list),
    "/v3/product/info/list": Method(fixed(reading.INFO_REQUEST), reading.info_list),
    "/v4/product/info/attributes": Method(fixed(reading.ATTRIBUTES_REQUEST), reading.info_attributes),
    "/v1/product/import/prices": Method(fixed(prices.IMPORT_REQUEST), prices.submit, "prices"),
    "/v5/product/info/prices": Method(fixed(reading.PRICES_REQUEST), reading.info_prices),
    stocks.PATH: Method(stocks.schema, stocks.submit, "stocks"),
    "/v4/product/info/stocks": Method(fixed(reading.STOCKS_REQUEST), reading.info_stocks),
    "/v1/product/info/warehouse/stocks": Method(
        fixed(warehouses.STOCKS_REQUEST), warehouses.warehouse_stocks
    ),
    "/v2/warehouse/list": Method(fixed(warehouses.LIST_REQUEST), warehouses.warehouse_list),
    "/v1/actions": Method(fixed(actions.ACTIONS_REQUEST), actions.actions, verb="GET"),
    "/v2/actions/candidates": Method(fixed(actions.CANDIDATES_REQUEST), actions.candidates),
    "/v2/actions/products": Method(fixed(actions.PRODUCTS_REQUEST), actions.products),
    "/v1/actions/products/update": Method(fixed(actions.UPDATE_REQUEST), actions.update, "products"),
    "/v2/actions/products/deactivate": Method(
        fixed(actions.DEACTIVATE_REQUEST), actions.deactivate, "product_ids"
    ),
    "/v1/product/action/timer/update": Method(
        fixed(min_price_timer.UPDATE_REQUEST), min_price_timer.update, "product_ids"
    ),
    "/v1/product/action/timer/status": Method(
        fixed(min_price_timer.STATUS_REQUEST), min_price_timer.status, "product_ids"
    ),
    **order_methods.METHODS,
    "/v1/roles": Method(fixed(Message("RolesByTokenRequest")), _roles),
}


def played_by(system: OzonSystem) -> System:
    """The system as the frame of all exchanges wants it."""

    def respond(call: IncomingCall) -> Answer:
        answer = _respond(system, call)
        answer.headers["x-o3-trace-id"] = call.trace_id
        answer.headers.setdefault("Ratelimit-Remaining", str(system.knobs.requests_per_second))
        return answer

    def fault_500() -> Answer:
        trace = {"x-o3-trace-id": _trace(system.random)}
        return Answer(500, status_body(INTERNAL, "Internal error"), headers=trace)

    def fault_429() -> Answer:
        answer = too_many_requests(1).answer()
        answer.headers["x-o3-trace-id"] = _trace(system.random)
        return answer

    return System("ozon", respond, fault_429, fault_500, lambda headers: headers.get("client-id", ""))


def played_files(system: OzonSystem) -> System:
    """The host of Ozon's files, which asks nobody who he is."""

    def respond(call: IncomingCall) -> Answer:
        if call.method not in ("GET", "HEAD"):
            return Answer(405, "MethodNotAllowed\n", media_type="text/plain")
        return labels.file(system, call.path)

    def spoiled(status: int) -> Callable[[], Answer]:
        return lambda: Answer(status, "SlowDown\n", media_type="text/plain")

    return System("ozon_files", respond, spoiled(429), spoiled(500), lambda _: "")


def _trace(random: Random) -> str:
    return f"{random.getrandbits(128):032x}"


def _respond(system: OzonSystem, call: IncomingCall) -> Answer:
    method = METHODS.get(call.path)
    if method is None or call.method != method.verb:
        return Answer(404, "404 page not found\n", media_type="text/plain")
    remaining: int | None = None
    client_id = call.headers.get("client-id", "")
    try:
        cabinet = _authorised(system, call.headers)
        now = system.clock.monotonic()
        catch_up(system, cabinet, now)
        remaining = _take_call(system, cabinet, now)
        if call.path == stocks.PATH:
            remaining = stocks.take_call(system, cabinet)
        if call.path == order_reading.GET_PATH:
            order_reading.take_get(system, cabinet)
        request = validation.read(
            method.schema(system), call.body, ignore_unknown=system.knobs.unknown_fields == "ignore"
        )
        body = method.run(system, cabinet, request)
        cabinet.settle(now)
        answer = body if isinstance(body, Answer) else Answer(200, body)
        answer.items = len(request[method.items]) if method.items else _count(answer.body)
    except Refusal as refusal:
        answer = refusal.answer()
    answer.client_id = client_id
    if remaining is not None:
        answer.headers.setdefault("Ratelimit-Remaining", str(remaining))
    return answer


def _authorised(system: OzonSystem, headers: dict[str, str]) -> Cabinet:
    client_id, key = headers.get("client-id", ""), headers.get("api-key", "")
    if not client_id or not key:
        raise Refusal(401, UNAUTHENTICATED, "Client-Id and Api-Key headers are required")
    if not (client_id.isascii() and client_id.isdigit()) or key != API_KEY:
        raise Refusal(403, PERMISSION_DENIED, _INVALID_KEY)
    cabinet = system.cabinet(client_id)
    if cabinet.key_state != "active":
        raise Refusal(403, PERMISSION_DENIED, _KEY_MESSAGES[cabinet.key_state])
    if cabinet.key_expires_at <= system.clock.utcnow():
        raise Refusal(403, PERMISSION_DENIED, _DEACTIVATED_KEY)
    return cabinet


def _take_call(system: OzonSystem, cabinet: Cabinet, now: float) -> int:
    """Count one call against the limit over all methods and return what is left of it."""
    seconds, limit = system.window(_SECOND), system.knobs.requests_per_second
    system.calls.arrived("ozon", cabinet.client_id, "*", now, seconds)
    wait = cabinet.all_calls.take(now, limit, seconds)
    if wait > 0:
        raise too_many_requests(wait)
    return limit - cabinet.all_calls.used(now, seconds)


def _count(body: Any) -> int:
    """The length of the answer's list, wherever its wrapper puts it."""
    if not isinstance(body, dict):
        return 0
    inner: Any = body.get("result", body)
    if isinstance(inner, list):
        return len(inner)
    lists = (value for value in inner.values() if isinstance(value, list)) if isinstance(inner, dict) else ()
    return len(next(iter(lists), ()))
