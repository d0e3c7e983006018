"""Prove that all sides are equal, say why where they are not, and make due again what may be mended.

    desired, acknowledged, observed -> differences by cause -> offers made due again, with a cap

The time of a reconciliation is taken before the first page is read, and a value that was sent too recently to be
visible counts as in flight, so that nothing is "healed" that only had not arrived yet.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from marketsync.accounts import Mode
from marketsync.db import sql
from marketsync.errors import MarketsyncError
from marketsync.marketplaces.base import Observed
from marketsync.sync import plan
from marketsync.sync.kinds import Documents, Reader, kind_of
from marketsync.sync.lane import Connection, Lane

__all__ = ["Reconciled", "run"]


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What a reconciliation came to.

    Attributes:
        reconciliation: its id.
        counts: offers, shown, differences, causes, healed.
    """

    reconciliation: int
    counts: dict[str, Any]


def run(lanes: Sequence[Lane], documents: Documents) -> Reconciled:
    """Read one account back, compare it, and make due again what was changed there.

    Args:
        lanes: all channels of one account, the document channel first.
        documents: renders the cards that differ, to name their fields.
    """
    first = lanes[0]
    began_at = first.clock.now()
    with first.database.transaction() as connection:
        row = connection.execute(
            sql("reconcile/begin"), {"account": first.account.id, "now": began_at}
        ).fetchone()
    number: int = row["reconciliation_id"] if row else 0
    try:
        for lane in lanes:
            _read(lane, number)
        for lane in lanes:
            _compare(lane, number, began_at, documents)
        counts = _finish(lanes, number)
    except MarketsyncError as error:
        _fail(first, number, str(error))
        raise
    return Reconciled(number, counts)


def _read(lane: Lane, number: int) -> None:
    """Read a channel back, page by page, into observation; only cards that differ keep their fields."""
    kind = kind_of(lane)
    kind.refresh(lane)
    read = kind.reader(lane)
    for page in lane.channel.observe(kind.places(lane)):
        with (
            lane.database.transaction() as connection,
            connection.cursor().copy(sql("reconcile/copy_observation")) as copy,
        ):
            for row in _rows(page, lane, number, read):
                copy.write_row(row)


def _rows(page: Sequence[Observed], lane: Lane, number: int, read: Reader) -> Iterator[tuple[Any, ...]]:
    for seen in page:
        value = read(seen)
        yield (
            number,
            lane.channel.name,
            seen.warehouse,
            seen.external_id,
            seen.article,
            seen.sku,
            seen.barcode,
            seen.name,
            seen.amount,
            seen.old,
            seen.floor,
            seen.reserved,
            value.hash,
            seen.state.value,
            value.text,
            None if value.document is None else json.dumps(value.document, ensure_ascii=False, default=str),
        )


def _compare(lane: Lane, number: int, began_at: datetime, documents: Documents) -> None:
    kind = kind_of(lane)
    places = kind.places(lane)
    parameters = {
        **lane.key,
        "shown_by": lane.channel.seen_by or lane.channel.name,
        "reconciliation_id": number,
        "began_at": began_at,
        "visible_after": lane.channel.visible_after.total_seconds(),
        "warehouses": places,
        "places": places,
    }
    with lane.database.transaction() as connection:
        plan.fill_desired(connection, lane)
        connection.execute(sql("reconcile/seen"), parameters)
        kind.complete(connection, parameters)
        connection.execute("analyze seen")
        connection.execute(sql("reconcile/remember_seen"), parameters)
        connection.execute(sql("reconcile/observe"), parameters)
        connection.execute(
            sql("reconcile/clear_doubt"),
            {**parameters, "creates_cards": kind.creates_cards, "no_old": kind.no_old},
        )
        kind.compare(connection, lane, parameters, documents)
        connection.execute(sql("reconcile/drop"))


def _finish(lanes: Sequence[Lane], number: int) -> dict[str, Any]:
    first = lanes[0]
    card = next(lane.channel.name for lane in lanes if kind_of(lane).creates_cards)
    with first.database.transaction() as connection:
        if first.account.mode is not Mode.OBSERVE:
            most = first.account.heal.at_most
            heal = {"account": first.account.id, "reconciliation_id": number}
            healed = connection.execute(sql("reconcile/heal"), {**heal, "at_most": most}).rowcount
            connection.execute(sql("reconcile/heal_missing"), {**heal, "at_most": max(most - healed, 0)})
            _wake(connection, lanes, number)
        row = connection.execute(
            sql("reconcile/counts"),
            {"account": first.account.id, "reconciliation_id": number, "channel": card},
        ).fetchone()
        counts: dict[str, Any] = row["counts"] if row else {}
        connection.execute(
            sql("reconcile/finish"),
            {
                "reconciliation_id": number,
                "state": "compared",
                "counts": json.dumps(counts),
                "error": None,
                "now": first.clock.now(),
            },
        )
    return counts


def _wake(connection: Connection, lanes: Sequence[Lane], number: int) -> None:
    events = {lane.channel.name: kind_of(lane).event for lane in lanes}
    healed = connection.execute(sql("reconcile/healed_by_channel"), {"reconciliation_id": number}).fetchall()
    payload: Counter[str] = Counter()
    for row in healed:
        payload[events[row["channel"]]] += row["n"]
    if payload:
        connection.execute(sql("wake/notify"), {"payload": json.dumps(payload)})


def _fail(lane: Lane, number: int, error: str) -> None:
    with lane.database.transaction() as connection:
        connection.execute(
            sql("reconcile/finish"),
            {
                "reconciliation_id": number,
                "state": "failed",
                "counts": "{}",
                "error": error,
                "now": lane.clock.now(),
            },
        )
