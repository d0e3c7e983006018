"""Prove that all sides are equal, say why where they are not, and make due again what may be mended.

    desired, acknowledged, observed -> differences by cause -> offers made due again, with a cap

The time of a reconciliation is taken before the first page is read, and a value that was sent too recently to be
visible counts as in flight, so that nothing is "healed" that only had not arrived yet.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from marketsync.accounts import Mode
from marketsync.db import sql
from marketsync.errors import MarketsyncError
from marketsync.marketplaces.base import Kind, Observed
from marketsync.sync import plan
from marketsync.sync.batch import Documents
from marketsync.sync.lane import Connection, Lane

__all__ = ["Reconciled", "run"]

_EVENT = {Kind.DOCUMENT: "products", Kind.PRICE: "prices", Kind.STOCK: "stocks"}
_FIELDS_NAMED = 5  # of a card that differs in more, the first are enough to see what happened


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
    known: dict[str, bytes] = {}
    if lane.channel.kind is Kind.DOCUMENT:
        with lane.database.transaction() as connection:
            rows = connection.execute(sql("reconcile/confirmed_hashes"), lane.key)
            known = {row["article"]: row["hash"] for row in rows}
    warehouses = list(dict.fromkeys(w.marketplace for w in lane.account.warehouses))
    for page in lane.channel.observe(warehouses):
        with (
            lane.database.transaction() as connection,
            connection.cursor().copy(sql("reconcile/copy_observation")) as copy,
        ):
            for row in _rows(page, lane, number, known):
                copy.write_row(row)


def _rows(
    page: Sequence[Observed], lane: Lane, number: int, known: Mapping[str, bytes]
) -> Iterator[tuple[Any, ...]]:
    for seen in page:
        differs = seen.document is not None and known.get(seen.article or "") != seen.hash
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
            seen.hash,
            seen.state.value,
            json.dumps(seen.document, ensure_ascii=False, default=str) if differs else None,
        )


def _compare(lane: Lane, number: int, began_at: datetime, documents: Documents) -> None:
    parameters = {
        **lane.key,
        "reconciliation_id": number,
        "began_at": began_at,
        "visible_after": lane.channel.visible_after.total_seconds(),
        "warehouses": list(dict.fromkeys(w.marketplace for w in lane.account.warehouses)),
    }
    with lane.database.transaction() as connection:
        plan.fill_desired(connection, lane)
        connection.execute(sql("reconcile/seen"), parameters)
        if lane.channel.kind is Kind.STOCK:
            connection.execute(sql("reconcile/seen_none"), parameters)
        connection.execute("analyze seen")
        connection.execute(sql("reconcile/observe"), parameters)
        connection.execute(
            sql("reconcile/clear_doubt"),
            {
                **parameters,
                "creates_cards": lane.channel.kind is Kind.DOCUMENT,
                "no_old": 0 if lane.channel.kind is Kind.PRICE else None,
            },
        )
        if lane.channel.kind is Kind.DOCUMENT:
            connection.execute(sql("reconcile/compare_documents"), parameters)
            connection.execute(sql("reconcile/missing_here"), parameters)
            connection.execute(sql("reconcile/duplicates"), parameters)
            _name_fields(connection, lane, number, documents)
        else:
            connection.execute(sql("reconcile/compare_amounts"), parameters)
        connection.execute(sql("reconcile/drop"))


def _name_fields(connection: Connection, lane: Lane, number: int, documents: Documents) -> None:
    rows = connection.execute(
        sql("reconcile/changed_documents"), {"reconciliation_id": number, "channel": lane.channel.name}
    ).fetchall()
    ours = documents(connection, [row["offer_id"] for row in rows]) if rows else {}
    for row in rows:
        if row["offer_id"] not in ours:
            continue
        found = lane.channel.document_differences(ours[row["offer_id"]].document, row["detail"])
        named = found[:_FIELDS_NAMED]
        connection.execute(
            sql("reconcile/name_fields"),
            {
                "difference_id": row["difference_id"],
                "desired": "; ".join(f"{field}: {mine}" for field, mine, _ in named),
                "observed": "; ".join(f"{field}: {theirs}" for field, _, theirs in named),
                "detail": ", ".join(field for field, _, _ in found),
            },
        )


def _finish(lanes: Sequence[Lane], number: int) -> dict[str, Any]:
    first = lanes[0]
    card = next(lane.channel.name for lane in lanes if lane.channel.kind is Kind.DOCUMENT)
    with first.database.transaction() as connection:
        if first.account.mode is Mode.SEND:
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
    kinds = {lane.channel.name: lane.channel.kind for lane in lanes}
    healed = connection.execute(sql("reconcile/healed_by_channel"), {"reconciliation_id": number}).fetchall()
    payload = {_EVENT[kinds[row["channel"]]]: row["n"] for row in healed}
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
