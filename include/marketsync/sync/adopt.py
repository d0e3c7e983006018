"""Take over cards that people made by hand: match them with the store's goods, write down what they show.

    the whole cabinet -> matches with marked goods -> offers with their cards, conflicts for a person, and the rest

Nothing is written at the marketplace. What the cabinet shows counts as confirmed, so the next plan holds only what
the store wants otherwise. A card that is not surely one good's is nobody's until a person says whose, and until then
the good gets no other card. It can be run at any time, and again: what is taken stays taken.

The order of strength, strongest first: a person's decision; the marketplace's id written into 1C; article and barcode
together; article or barcode alone. A good and a card belong together where each is the other's only one among its
strongest matches. Spellings that differ in case, spaces or leading zeros are shown, never taken.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from marketsync.db import sql
from marketsync.errors import Fatal, MarketsyncError, Place, Retriable
from marketsync.marketplaces.base import Kind, Observed
from marketsync.sync.kinds import kind_of
from marketsync.sync.lane import Connection, Lane

__all__ = ["Adopted", "run"]

_READ = (Kind.DOCUMENT, Kind.PRICE, Kind.STOCK)

# each query with the table that it fills
_MATCHING = (
    ("once", "cabinet_card"),
    ("idle", "idle_offer"),
    ("goods", "store_good"),
    ("owned", "owned"),
    ("pairs", "pair"),
    ("verdicts", "verdict"),
    ("taking", "taking"),
    ("problems", "problem"),
)


@dataclass(frozen=True, slots=True)
class Adopted:
    """What an adoption came to.

    Attributes:
        adoption: its id.
        counts: cards, archived, adopted, ours, alone, conflicts, ignored; by_key and by_kind of the adopted and of
            the conflicts.
    """

    adoption: int
    counts: dict[str, Any]


def run(lanes: Sequence[Lane]) -> Adopted:
    """Adopt an account's cabinet.

    Args:
        lanes: all channels of one account, the document channel first.

    Raises:
        Retriable: cards are being sent, or another adoption is under way.
    """
    lanes = [lane for lane in lanes if lane.channel.kind in _READ]
    cards = next(lane for lane in lanes if lane.channel.kind is Kind.DOCUMENT)
    with cards.database.session(autocommit=True) as session:
        # no card is made between the reading and the matching
        taken = session.execute(sql("submission/exclusive"), cards.key).fetchone()
        if not taken or not taken["taken"]:
            raise Retriable(
                f"Cards of {cards.account.id} are being sent, or adopted by another run",
                place=Place(account=cards.account.id),
                hint="Run it again when that has ended; nothing was changed",
            )
        began_at = cards.clock.now()
        number = _begin(session, cards, began_at)
        try:
            session.execute(sql("adopt/cabinet"))
            for lane in lanes:
                _read(session, lane)
            with session.transaction():
                counts = _match(session, lanes, cards, began_at)
                _finish(session, cards, number, state="matched", counts=counts)
        except MarketsyncError as error:
            _finish(session, cards, number, state="failed", error=str(error))
            raise
    return Adopted(number, counts)


def _begin(session: Connection, lane: Lane, now: datetime) -> int:
    row = session.execute(sql("adopt/begin"), {"account": lane.account.id, "now": now}).fetchone()
    if row is None:
        raise Fatal("The adoption could not be written down")
    number: int = row["adoption_id"]
    return number


def _finish(
    session: Connection,
    lane: Lane,
    number: int,
    *,
    state: str,
    counts: dict[str, Any] | None = None,
    error: str | None = None,
) -> None:
    session.execute(
        sql("adopt/finish"),
        {
            "adoption_id": number,
            "state": state,
            "counts": json.dumps(counts or {}),
            "error": error,
            "now": lane.clock.now(),
        },
    )


def _read(session: Connection, lane: Lane) -> None:
    """Stream a channel's pages into the session's tables; one page is held at a time."""
    document = lane.channel.kind is Kind.DOCUMENT
    target = sql("adopt/copy_card" if document else "adopt/copy_value")
    for page in lane.channel.observe(_warehouses(lane)):
        with session.cursor().copy(target) as copy:
            for row in _cards(page) if document else _values(page, lane.channel.name):
                copy.write_row(row)


def _cards(page: Sequence[Observed]) -> Iterator[tuple[Any, ...]]:
    for card in page:
        document = card.document
        yield (
            card.external_id,
            card.article,
            card.sku,
            list(card.barcodes),
            card.name,
            card.state.value,
            card.ready,
            card.hash,
            json.dumps(document, ensure_ascii=False, default=str) if document is not None else None,
        )


def _values(page: Sequence[Observed], channel: str) -> Iterator[tuple[Any, ...]]:
    for seen in page:
        yield (
            channel,
            seen.external_id,
            seen.warehouse,
            seen.amount,
            seen.old,
            seen.floor,
            seen.text,
            seen.state.value,
        )


def _match(session: Connection, lanes: Sequence[Lane], cards: Lane, began_at: datetime) -> dict[str, Any]:
    account = cards.account
    parameters: dict[str, Any] = {
        "account": account.id,
        "property": account.mark.property,
        "values": list(account.mark.values),
        "id_property": account.adopt.id_property,
        "now": cards.clock.now(),
        "began_at": began_at,
        **{lane.channel.kind.value: lane.channel.name for lane in lanes},
    }
    for step, table in _MATCHING:
        session.execute(sql(f"adopt/{step}"), parameters)
        session.execute(f"analyze {table}")
    for step in ("clear_way", "park", "take_known", "take_new", "name_offers"):
        session.execute(sql(f"adopt/{step}"), parameters)
    for lane in lanes:
        _confirm(session, lane, began_at)
    for step in (
        "keep_documents",
        "forget_refusals",
        "forget_changes",
        "forget_obstacles",
        "open_conflicts",
        "gone_conflicts",
        "close_conflicts",
        "forget_candidates",
        "insert_candidates",
        "forget_cards",
        "keep_cards",
    ):
        session.execute(sql(f"adopt/{step}"), parameters)
    row = session.execute(sql("adopt/counts"), parameters).fetchone()
    counts: dict[str, Any] = row["counts"] if row else {}
    if counts.get("adopted"):
        payload = json.dumps({"listed": counts["adopted"], "account": account.id})
        session.execute(sql("wake/notify"), {"payload": payload})
    return counts


def _confirm(session: Connection, lane: Lane, began_at: datetime) -> None:
    parameters = {
        "channel": lane.channel.name,
        "no_old": kind_of(lane).no_old,
        "warehouses": _warehouses(lane),
        "began_at": began_at,
    }
    if lane.channel.kind is Kind.DOCUMENT:
        session.execute(sql("adopt/confirm_cards"), parameters)
        return
    session.execute(sql("adopt/confirm_values"), parameters)
    if lane.channel.kind is Kind.STOCK:
        session.execute(sql("adopt/confirm_none"), parameters)


def _warehouses(lane: Lane) -> list[str]:
    return list(dict.fromkeys(warehouse.marketplace for warehouse in lane.account.warehouses))
