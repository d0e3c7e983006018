"""The ERP API as a whole: its routes, what each of them may answer, and its page."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from marketsync.gateway.access import Doorkeeper
from marketsync.gateway.erp import goods, handovers, labels, orders, packs, shipments
from marketsync.gateway.erp.shapes import ProblemBody
from marketsync.gateway.surroundings import Surroundings

__all__ = ["PREFIX", "router"]

PREFIX = "/erp/v1"

_ANSWERS: dict[int | str, dict[str, Any]] = {
    400: {"model": ProblemBody, "description": "The request cannot be read"},
    401: {"model": ProblemBody, "description": "No key, or a wrong one"},
    403: {"model": ProblemBody, "description": "The key does not open this"},
    404: {"model": ProblemBody, "description": "There is no such thing"},
    409: {"model": ProblemBody, "description": "Not as things stand"},
    413: {"model": ProblemBody, "description": "The body is too large"},
    422: {"model": ProblemBody, "description": "A field is wrong; it is named"},
    429: {"model": ProblemBody, "description": "Too many wrong keys: wait for Retry-After"},
    503: {"model": ProblemBody, "description": "Not available: come again after Retry-After"},
}


def router(surroundings: Surroundings, door: Doorkeeper) -> APIRouter:
    """All routes of the ERP API."""
    routes = APIRouter(prefix=PREFIX, responses=_ANSWERS)
    for part in (
        packs,
        orders,
        labels,
        shipments,
        handovers,
        goods,
    ):  # in this order: a pack is no order's number
        routes.include_router(part.router(surroundings, door))
    return routes
