"""The /_sandbox API: health, knobs, faults, call log and what a person does in a cabinet.

Bodies and answers are JSON. An order that makes no sense is answered with 400 and {"error": what is allowed}.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from sandbox import knobs
from sandbox.bitrix import site_control
from sandbox.dpd import dpd_control
from sandbox.exchange import encode
from sandbox.faults import FaultError
from sandbox.images.troubles import TroubleError
from sandbox.ozon import cabinet_control
from sandbox.ozon.cabinet_control import ControlError
from sandbox.ozon.catching_up import catch_up
from sandbox.ozon.orders import control as order_control
from sandbox.ozon.orders.control import OrderError
from sandbox.ozon.state import Cabinet
from sandbox.ozon.system import OzonSystem
from sandbox.world import World

DEFAULT_CALLS = 1000

_CABINET_ORDERS: dict[str, Callable[[OzonSystem, Cabinet, dict[str, Any]], dict[str, Any]]] = {
    "edit": cabinet_control.edit,
    "reserve": cabinet_control.reserve,
    "cards": cabinet_control.make_cards,
    "key": cabinet_control.set_key,
    "warehouse": cabinet_control.set_warehouse,
    "usage": cabinet_control.set_usage,
    "dictionary": cabinet_control.set_dictionary_value,
    "category": cabinet_control.set_category,
    "action": cabinet_control.set_action,
    "order": order_control.order,
    "order_cancel": order_control.cancel,
    "order_move": order_control.move,
    "carriage": order_control.carriage,
    "buyers_order": order_control.buyers_order,
    "return": order_control.give_back,
    "rating": order_control.set_rating,
    "push": order_control.connect_push,
}


def router(world: World) -> APIRouter:
    """The routes below /_sandbox."""
    routes = APIRouter(prefix="/_sandbox")

    @routes.get("/health")
    async def health() -> Response:
        cabinets = {
            client_id: {"products": len(cabinet.by_id)}
            for client_id, cabinet in sorted(world.ozon.cabinets.items())
        }
        return _json({"status": "ok", "sandbox": True, "ozon": {"cabinets": cabinets}})

    @routes.get("/knobs")
    async def read_knobs() -> Response:
        return _json(_all_knobs(world))

    @routes.patch("/knobs")
    async def patch_knobs(request: Request) -> Response:
        order = await _order(request)
        if order is None:
            return _refused("give an object of sections with knobs")
        sections = world.knob_sections()
        unknown = sorted(set(order) - set(sections))
        if unknown:
            return _refused(f"no section {', '.join(unknown)}; there are: {', '.join(sorted(sections))}")
        try:
            for name, changes in order.items():
                knobs.patch(sections[name], changes)
        except knobs.KnobError as error:
            return _refused(str(error))
        return _json(_all_knobs(world))

    @routes.get("/faults")
    async def read_faults() -> Response:
        return _json([rule.as_json() for rule in world.faults.rules])

    @routes.put("/faults")
    async def put_faults(request: Request) -> Response:
        try:
            world.faults.replace(await request.json())
        except (FaultError, ValueError) as error:
            return _refused(str(error))
        return _json([rule.as_json() for rule in world.faults.rules])

    @routes.delete("/faults")
    async def delete_faults() -> Response:
        world.faults.rules = []
        return _json([])

    @routes.get("/images/troubles")
    async def read_troubles() -> Response:
        return _json([trouble.as_json() for trouble in world.images.troubles])

    @routes.put("/images/troubles")
    async def put_troubles(request: Request) -> Response:
        try:
            world.images.replace(await request.json())
        except (TroubleError, ValueError) as error:
            return _refused(str(error))
        return _json([trouble.as_json() for trouble in world.images.troubles])

    @routes.delete("/images/troubles")
    async def delete_troubles() -> Response:
        world.images.troubles = []
        return _json([])

    @routes.get("/calls")
    async def read_calls(
        system: str | None = None,
        client_id: str | None = None,
        path: str | None = None,
        since: int = 0,
        with_bodies: bool = False,
        limit: int = DEFAULT_CALLS,
    ) -> Response:
        found = world.calls.find(system=system, client_id=client_id, path=path, since=since, limit=limit)
        return _json([call.as_json(with_bodies) for call in found])

    @routes.delete("/calls")
    async def delete_calls() -> Response:
        world.calls.clear()
        return _json({})

    @routes.get("/counters")
    async def read_counters() -> Response:
        return _json(world.calls.counters())

    @routes.post("/reset")
    async def reset() -> Response:
        world.reset()
        return _json({"status": "ok"})

    @routes.get("/ozon/{client_id}/state")
    async def read_state(client_id: str) -> Response:
        return _json(cabinet_control.state(world.ozon, world.ozon.cabinet(client_id)))

    @routes.get("/ozon/{client_id}/actions")
    async def read_actions(client_id: str) -> Response:
        return _json(cabinet_control.actions(world.ozon, world.ozon.cabinet(client_id)))

    @routes.get("/ozon/{client_id}/postings")
    async def read_postings(client_id: str) -> Response:
        return _json(order_control.postings(_caught_up(world, client_id)))

    @routes.get("/ozon/{client_id}/carriages")
    async def read_carriages(client_id: str) -> Response:
        return _json(order_control.carriage_states(_caught_up(world, client_id)))

    @routes.get("/ozon/{client_id}/returns")
    async def read_returns(client_id: str) -> Response:
        return _json(order_control.return_states(_caught_up(world, client_id)))

    @routes.get("/ozon/{client_id}/pushes")
    async def read_pushes(client_id: str, since: int = 0, state: str | None = None) -> Response:
        cabinet = _caught_up(world, client_id)
        return _json(
            {
                **order_control.push_addresses(cabinet),
                "pushes": order_control.push_log(cabinet, since, state),
            }
        )

    @routes.post("/ozon/{client_id}/{action}")
    async def act(client_id: str, action: str, request: Request) -> Response:
        order = await _order(request)
        if action not in _CABINET_ORDERS or order is None:
            return _refused(f"post an object to one of: {', '.join(sorted(_CABINET_ORDERS))}")
        try:
            return _json(_CABINET_ORDERS[action](world.ozon, _caught_up(world, client_id), order))
        except (ControlError, OrderError) as error:
            return _refused(str(error))
        except (ValueError, KeyError, TypeError) as error:
            return _refused(f"cannot understand the order: {error!r}")

    @routes.get("/bitrix/state")
    async def read_site() -> Response:
        return _json(site_control.state(world.bitrix))

    @routes.get("/bitrix/orders")
    async def read_orders() -> Response:
        return _json(site_control.orders(world.bitrix))

    @routes.post("/bitrix/{action}")
    async def act_on_site(action: str, request: Request) -> Response:
        order = await _order(request)
        if action not in site_control.ORDERS or order is None:
            return _refused(f"post an object to one of: {', '.join(sorted(site_control.ORDERS))}")
        try:
            return _json(site_control.ORDERS[action](world.bitrix, order))
        except ControlError as error:
            return _refused(str(error))
        except (ValueError, KeyError, TypeError) as error:
            return _refused(f"cannot understand the order: {error!r}")

    @routes.get("/dpd/state")
    async def read_carrier() -> Response:
        return _json(dpd_control.state(world.dpd))

    @routes.post("/dpd/{action}")
    async def act_on_carrier(action: str, request: Request) -> Response:
        order = await _order(request)
        if action not in dpd_control.ORDERS or order is None:
            return _refused(f"post an object to one of: {', '.join(sorted(dpd_control.ORDERS))}")
        try:
            return _json(dpd_control.ORDERS[action](world.dpd, order))
        except ControlError as error:
            return _refused(str(error))
        except (ValueError, KeyError, TypeError) as error:
            return _refused(f"cannot understand the order: {error!r}")

    return routes


def _caught_up(world: World, client_id: str) -> Cabinet:
    cabinet = world.ozon.cabinet(client_id)
    catch_up(world.ozon, cabinet, world.ozon.clock.monotonic())
    return cabinet


def _all_knobs(world: World) -> dict[str, Any]:
    return {name: knobs.read(section) for name, section in world.knob_sections().items()}


async def _order(request: Request) -> dict[str, Any] | None:
    try:
        order = json.loads(await request.body())
    except ValueError:
        return None
    return order if isinstance(order, dict) else None


def _json(body: Any, status: int = 200) -> Response:
    return Response(encode(body), status_code=status, media_type="application/json")


def _refused(reason: str) -> Response:
    return _json({"error": reason}, status=400)
