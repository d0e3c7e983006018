"""What a monitor sees of the gateway and of orders, for Prometheus.

Requests are counted by the template of their route, never by their path: a push's path has a secret in it.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from ipaddress import ip_address
from typing import Any

import psycopg
import structlog
from fastapi import APIRouter
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from marketsync.db import sql
from marketsync.errors import MarketsyncError
from marketsync.gateway.access import Doorkeeper
from marketsync.gateway.addresses import among
from marketsync.gateway.surroundings import Surroundings
from marketsync.orders import keys

__all__ = ["Counted", "Metrics", "router"]

_log = structlog.get_logger(__name__)

_LOOPBACK = ("127.0.0.0/8", "::1/128")
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1.0, 2.5, 5.0, 30.0)
_FORWARDED = ("x-forwarded-for", "forwarded", "x-real-ip")


class _Orders(Collector):
    """Figures of orders, read when they are asked for; without a database only that there is none."""

    def __init__(self, surroundings: Surroundings) -> None:
        self._surroundings = surroundings

    def describe(self) -> Iterable[Metric]:
        """Nothing: registering it asks no database."""
        return ()

    def collect(self) -> Iterator[Metric]:
        up = GaugeMetricFamily("marketsync_database_up", "Whether the database answers")
        try:
            with self._surroundings.database.transaction() as connection:
                found = connection.execute(
                    sql("erp/gauges"), {"now": self._surroundings.clock.now()}
                ).fetchone()
        except (psycopg.Error, MarketsyncError) as error:
            _log.warning("the figures of orders cannot be read", error=type(error).__name__)
            found = None
        up.add_metric([], float(found is not None))
        yield up
        if found:
            yield from _families(found)


def _families(found: dict[str, Any]) -> Iterator[Metric]:
    for name, about, labels, rows in (
        ("marketsync_orders_open", "Open orders", ("account", "status"), found["open_orders"]),
        (
            "marketsync_erp_packs_open",
            "Packs without a full answer",
            ("consumer",),
            _without_age(found["open_packs"]),
        ),
        (
            "marketsync_erp_pack_oldest_seconds",
            "Age of the oldest such pack",
            ("consumer",),
            _ages(found["open_packs"]),
        ),
        (
            "marketsync_erp_orders_due",
            "Orders the ERP has yet to take",
            ("consumer",),
            _without_age(found["due_orders"]),
        ),
        (
            "marketsync_erp_due_oldest_seconds",
            "Age of the oldest of them",
            ("consumer",),
            _ages(found["due_orders"]),
        ),
        ("marketsync_inbox_set_aside", "Events that wait for a person", ("account",), found["set_aside"]),
        ("marketsync_order_tasks_open", "What was asked for and is not done", ("kind",), found["open_tasks"]),
    ):
        family = GaugeMetricFamily(name, about, labels=labels)
        for row in rows:
            family.add_metric([str(value) for value in row[:-1]], float(row[-1]))
        yield family


def _without_age(rows: Iterable[list[Any]]) -> list[list[Any]]:
    return [[consumer, count] for consumer, count, _ in rows]


def _ages(rows: Iterable[list[Any]]) -> list[list[Any]]:
    return [[consumer, age] for consumer, _, age in rows]


class Metrics:
    """The figures of this process, in a registry of its own."""

    def __init__(self, surroundings: Surroundings) -> None:
        self.registry = CollectorRegistry()
        labels = ("method", "route", "status")
        self.requests = Counter(
            "marketsync_gateway_requests", "Requests by route template", labels, registry=self.registry
        )
        self.seconds = Histogram(
            "marketsync_gateway_request_seconds",
            "How long they took",
            ("method", "route"),
            buckets=_BUCKETS,
            registry=self.registry,
        )
        self.registry.register(_Orders(surroundings))


class Counted:
    """Counts requests; outermost, so that what is turned down early counts too."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        status = 500  # what the server answers where nothing does

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noted)
        finally:
            route = getattr(scope.get("route"), "path", "unmatched")
            method = scope["method"] if scope["method"] in _METHODS else "other"
            self._metrics.requests.labels(method, route, str(status)).inc()
            self._metrics.seconds.labels(method, route).observe(time.perf_counter() - began)


_METHODS = frozenset(
    {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
)  # a stranger may invent others


def router(surroundings: Surroundings, door: Doorkeeper, metrics: Metrics) -> APIRouter:
    """GET /metrics: from this machine itself, or with a key of scope `metrics`."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/metrics")
    def show(request: Request) -> Response:
        if not _from_here(request):
            door.admit(request, keys.Scope.METRICS)
        return Response(generate_latest(metrics.registry), media_type=CONTENT_TYPE_LATEST)

    return routes


def _from_here(request: Request) -> bool:
    """Whether it was asked on this machine, and not by a proxy on it for somebody else."""
    if request.client is None or any(name in request.headers for name in _FORWARDED):
        return False
    try:
        return among(ip_address(request.client.host), _LOOPBACK)
    except ValueError:
        return False
