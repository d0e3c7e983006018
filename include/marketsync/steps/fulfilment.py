"""What is asked for an account's orders, done; and what people do about it by hand."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import structlog

from marketsync.accounts import Mode
from marketsync.errors import BadInput, Fatal
from marketsync.orders import fulfil as work
from marketsync.orders import tasks
from marketsync.runtime import Runtime
from marketsync.steps.counts import Counts

__all__ = ["asked_of_orders", "drop_task", "fulfil", "retry_tasks"]

_log = structlog.get_logger(__name__)

_BUDGET = timedelta(
    minutes=8
)  # a run stays for what is due soon; the next one begins at once where something is left


def fulfil(runtime: Runtime, account: str, run: str | None = None, again: str = "") -> Counts:
    """Do what is asked for an account's orders; in any mode but send nothing is done, and everything waits.

    Args:
        run: names the run; repeated under the same name, it tries once more what it had refused.
        again: the number of an order, or of a task, whose refused work is tried once more.

    Raises:
        Fatal: the marketplace refuses us; or an answer was not understood, after everything else is done.
    """
    seller = runtime.seller(account)
    if seller.account.mode is not Mode.SEND or seller.account.orders is None:
        return {"nothing": True, "mode": seller.account.mode.value}
    if again and not _again(runtime, again, account):
        _log.warning("nothing of this order is left to be tried again", account=account, order=again)
    came_to = work.run(seller, budget=_BUDGET, run_id=run)
    counts: Counts = {
        "done": came_to.done,
        "refused": came_to.refused,
        "postponed": came_to.postponed,
        "labels": came_to.labels,
        "handovers": came_to.handovers,
        "next_in": None if came_to.left is None else round(came_to.left),
    }
    _log.info("fulfilled", account=account, **counts)
    if came_to.odd:
        raise Fatal(
            f"An answer of the marketplace was not understood: {came_to.odd}",
            hint="Everything else is done; the order's work is tried again by itself. The log above has the details",
        )
    return counts


def asked_of_orders(
    runtime: Runtime, account: str | None = None, number: str | None = None
) -> list[dict[str, Any]]:
    """The open and the refused requests, those with the least time left first; of one order, all."""
    if account:
        runtime.accounts.account(account)
    with runtime.database.transaction() as connection:
        return tasks.listing(connection, account=account, number=number)


def retry_tasks(runtime: Runtime, what: str, *, account: str | None = None) -> list[dict[str, Any]]:
    """Do now what waits and once more what was refused.

    Args:
        what: a task's number, or an order's.

    Raises:
        BadInput: nothing of it can be done again.
    """
    found = _again(runtime, what, account)
    if not found:
        raise BadInput(
            f"нечего повторять: нет ждущих и отклонённых заданий {what!r}",
            hint="Что есть: python -m marketsync fulfilment list --number НОМЕР",
        )
    return found


def drop_task(runtime: Runtime, task_id: int, *, author: str, reason: str) -> dict[str, Any]:
    """Give a task up.

    Raises:
        BadInput: there is none, or it is at work just now.
    """
    with runtime.database.transaction() as connection:
        found = tasks.drop(connection, task_id, f"снято: {reason} ({author})", runtime.clock.now())
    if found is None:
        raise BadInput(
            f"задание {task_id} снять нельзя: его нет, оно выполнено или выполняется прямо сейчас",
            hint="Что есть: python -m marketsync fulfilment list",
        )
    return found


def _again(runtime: Runtime, what: str, account: str | None) -> list[dict[str, Any]]:
    task_id = int(what) if what.isdecimal() else None
    with runtime.database.transaction() as connection:
        return tasks.retry(
            connection,
            runtime.clock.now(),
            account=account,
            task_id=task_id,
            number=None if task_id else what,
        )
