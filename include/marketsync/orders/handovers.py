"""Handovers to the marketplace's carrier: formed once for a delivery method and day, and their papers kept.

Forming looks first whether there is one already, so that a lost answer forms no second.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from marketsync.db import sql
from marketsync.errors import Retriable
from marketsync.http.answers import RequestRefused
from marketsync.marketplaces.orders import Deed, DeedResult, HandoverState
from marketsync.orders import labels, tasks
from marketsync.orders.alerts import end_alert, raise_alert
from marketsync.orders.deeds import Bench

__all__ = ["FOLDER", "ask", "run"]

FOLDER = "handovers"
_LOOK = 15.0  # seconds between looks at papers that are being made
_PAPER_PAUSE = 5.0
_TOO_LATE = timedelta(days=1)  # after the day of departure: it is over everywhere


def ask(
    connection: tasks.Connection,
    account: str,
    delivery_method: str,
    departure: date,
    asked_by: str,
    now: datetime,
) -> int:
    """Ask for the handover of everything that is ready; the same method and day is the same handover.

    Args:
        delivery_method: the marketplace's id of it.

    Returns:
        the handover's id.
    """
    row = connection.execute(
        sql("fulfilment/handover_ask"),
        {
            "account": account,
            "delivery_method": delivery_method,
            "departure_date": departure,
            "asked_by": asked_by,
            "now": now,
        },
    ).fetchone()
    tasks.wake(connection, account)
    return int(row["handover_id"]) if row else 0


def run(bench: Bench) -> tuple[int, int]:
    """Bring every handover that is due one step further; returns how many became ready, how many were refused."""
    with bench.seller.runtime.database.transaction() as connection:
        due = connection.execute(
            sql("fulfilment/handover_due"), {"account": bench.account, "now": bench.now()}
        ).fetchall()
    states = [_step(bench, handover) for handover in due]
    return states.count("ready"), states.count("refused")


def _step(bench: Bench, handover: dict[str, Any]) -> str:
    fulfilment = bench.seller.fulfilment
    try:
        if handover["external_id"] is None:
            found = fulfilment.hand_over(handover["delivery_method"], handover["departure_date"])
        else:
            found = fulfilment.handover(handover["external_id"])
        if isinstance(found, DeedResult):
            return _without(bench, handover, found)
        if found.state != "ready":
            return _settle(bench, handover, found, after=_LOOK)
        paper = fulfilment.handover_paper(found.external_id)
    except RequestRefused as error:
        return _without(bench, handover, DeedResult(Deed.REFUSED, error.code, error.text))
    except Retriable as error:
        after = max(getattr(error, "delay", 0.0), tasks.pause(handover["attempts"]))
        return _without(bench, handover, DeedResult(Deed.LATER, "", str(error), again_after=after))
    if not labels.whole(paper):
        return _settle(bench, handover, found, after=_PAPER_PAUSE, forming="документ ещё не целый")
    name = f"{FOLDER}/{bench.account}/{found.external_id}.pdf"
    bench.seller.runtime.files.write(name, paper)
    return _settle(bench, handover, found, act_file=name)


def _settle(
    bench: Bench,
    handover: dict[str, Any],
    found: HandoverState,
    *,
    after: float | None = None,
    forming: str | None = None,
    act_file: str | None = None,
) -> str:
    state = "forming" if forming else found.state
    _write(
        bench,
        handover,
        state=state,
        external_id=found.external_id,
        status_there=found.status_there,
        act_file=act_file,
        error=forming or found.message or None,
        after=after if state == "forming" else None,
    )
    return state


def _without(bench: Bench, handover: dict[str, Any], told: DeedResult) -> str:
    over = bench.now().date() - handover["departure_date"] > _TOO_LATE
    refused = over or told.deed is Deed.REFUSED
    state: str = "refused" if refused else handover["state"]
    words = " ".join(part for part in (told.code, told.message) if part)
    after = None if refused else max(told.again_after, tasks.pause(handover["attempts"]))
    _write(
        bench,
        handover,
        state=state,
        external_id=None,
        status_there=None,
        act_file=None,
        error=words,
        after=after,
    )
    return state


def _write(
    bench: Bench, handover: dict[str, Any], *, state: str, after: float | None, **values: str | None
) -> None:
    now = bench.now()
    key = f"handover/{bench.account}/{handover['delivery_method']}/{handover['departure_date']}"
    with bench.seller.runtime.database.transaction() as connection:
        connection.execute(
            sql("fulfilment/handover_settle"),
            {
                **values,
                "handover_id": handover["handover_id"],
                "state": state,
                "not_before": now + timedelta(seconds=after) if after is not None else None,
                "now": now,
            },
        )
        if state == "refused":
            raise_alert(
                connection,
                key,
                "urgent",
                f"Отгрузка {handover['departure_date']:%d.%m.%Y} способом {handover['delivery_method']} не создана: "
                f"{values['error']}. Устраните причину и запросите её ещё раз",
                now,
                account=bench.account,
            )
        elif state == "ready":
            end_alert(connection, key, now)
