"""The hand that sends pushes: one task beside all calls, for as long as the sandbox runs.

Everything else in the sandbox happens when somebody calls; a push has to come by itself. So this task also lets
what has become due happen in each cabinet that wants to be told of it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from sandbox.exchange import encode
from sandbox.ozon.orders import pushes
from sandbox.ozon.orders.push_state import Address, Attempt, Push
from sandbox.ozon.state import Cabinet
from sandbox.ozon.system import OzonSystem
from sandbox.poster import PostError, post

LOOK_SECONDS = 0.05
"""The longest time between two looks; a clock that a test moves says nothing by itself."""

CatchUp = Callable[[OzonSystem, Cabinet, float], None]


async def run(current: Callable[[], OzonSystem], catch_up: CatchUp) -> None:
    """Send what is due, without end. `current` is the system of now: a reset of the sandbox replaces it."""
    underway: set[asyncio.Task[None]] = set()
    try:
        while True:
            system = current()
            system.awake.clear()
            for cabinet in list(system.cabinets.values()):
                if not cabinet.pushes.addresses:
                    continue
                now = system.clock.monotonic()
                catch_up(system, cabinet, now)
                pushes.ping_when_due(system, cabinet, now)
                for address, push in cabinet.pushes.take_due(now, system.order_knobs.push_at_once):
                    task = asyncio.create_task(_send(system, cabinet, address, push))
                    underway.add(task)
                    task.add_done_callback(underway.discard)
            await _wait(system)
    finally:
        for task in underway:
            task.cancel()


async def _wait(system: OzonSystem) -> None:
    try:
        async with asyncio.timeout(LOOK_SECONDS):
            await system.awake.wait()
    except TimeoutError:
        return


async def _send(system: OzonSystem, cabinet: Cabinet, address: Address, push: Push) -> None:
    at, started = system.clock.utcnow(), time.perf_counter()
    status, problem = 0, ""
    try:
        answer = await post(
            address.url,
            encode(push.body),
            address.headers,
            seconds=system.order_knobs.push_timeout_seconds,
        )
        status = answer.status
        content_type = answer.headers.get("content-type", "")
        problem = pushes.problem_of(push.message_type, status, content_type, answer.body)
    except PostError as error:
        problem = "REQUEST_TIMEOUT" if error.kind == "timeout" else "REQUEST_ERROR"
    milliseconds = round((time.perf_counter() - started) * 1000, 3)
    pushes.sent(system, cabinet, address, push, Attempt(at, status, problem, milliseconds))
    system.awake.set()
