"""What the ERP is told: numbered packs of new and changed orders, each until it has an answer.

As in 1C's own exchange plans: a pack has a number, and until its orders are answered it comes again, the same, so
that neither side has to know how far the other one got. The orders that a partial answer leaves out hold up no
others: they come again by themselves, at most once a minute.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
from psycopg.types.json import Jsonb

from marketsync.db import sql
from marketsync.http.redaction import Redactor
from marketsync.orders.alerts import end_alert, raise_alert
from marketsync.orders.documents import documents
from marketsync.orders.reservations import booked

__all__ = [
    "Answer",
    "AnswerRefused",
    "Outcome",
    "Pack",
    "PackOrder",
    "Trouble",
    "answer",
    "next_pack",
    "offer_again",
]

_ENDED_LONG_AGO = timedelta(days=7)  # whoever asks for the first time is not told of what ended before
_LEFT_OVER_EVERY = timedelta(minutes=1)

Connection = psycopg.Connection[dict[str, Any]]


class Outcome(StrEnum):
    """What the ERP made of an order."""

    TAKEN = "taken"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class PackOrder:
    """An order in a pack; `content` is its document as of that version."""

    posting_id: int
    account: str
    number: str
    version: int
    content: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Pack:
    """The orders of a pack that have no answer yet."""

    pack_id: int
    made_at: datetime
    orders: tuple[PackOrder, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """The ERP's answer to one order of a pack.

    Attributes:
        account: needed only where two accounts of the pack have an order of that number.
        reference, document_number: 1C's id and number of its document, where the order was taken.
        reason: for a person, where it was refused.
    """

    number: str
    outcome: Outcome
    account: str | None = None
    reference: str | None = None
    document_number: str | None = None
    reason: str | None = None


class Trouble(StrEnum):
    """Why an answer is not taken."""

    UNKNOWN_PACK = "unknown_pack"
    NOT_IN_PACK = "not_in_pack"
    AMBIGUOUS = "ambiguous_number"
    TWICE = "answered_twice"
    CONTRADICTION = "answered_otherwise"


class AnswerRefused(Exception):
    """An answer that cannot be taken; nothing of it was.

    Args:
        trouble: why.
        place: which of the answers; None where it is about the pack.
        number: of the order that it is about.
    """

    def __init__(self, trouble: Trouble, place: int | None = None, number: str | None = None) -> None:
        super().__init__(f"{trouble}: {number}")
        self.trouble = trouble
        self.place = place
        self.number = number


def next_pack(connection: Connection, consumer: str, size: int, now: datetime, zone: ZoneInfo) -> Pack | None:
    """The pack that waits for its answer, or a new one; None where there is nothing to tell.

    Args:
        consumer: `erp` or `1c_exchange`; each is told of every order.
        size: orders in a new pack at most.
        zone: in which moments are written.
    """
    whose = {"consumer": consumer}
    connection.execute(sql("erp/lock_consumer"), whose)
    found = connection.execute(sql("erp/open_pack"), whose).fetchone()
    if found is None:
        found = _new_pack(connection, consumer, size, now, zone)
    if found is None:
        before = now - _LEFT_OVER_EVERY
        found = connection.execute(sql("erp/left_over_pack"), {**whose, "before": before}).fetchone()
    if found is None:
        return None
    pack = {"pack_id": found["pack_id"]}
    connection.execute(sql("erp/note_fetch"), {**pack, "now": now})
    rows = connection.execute(sql("erp/pack_postings"), pack)
    return Pack(found["pack_id"], found["made_at"], tuple(PackOrder(**row) for row in rows))


def _new_pack(
    connection: Connection, consumer: str, size: int, now: datetime, zone: ZoneInfo
) -> dict[str, Any] | None:
    whose = {"consumer": consumer}
    first = connection.execute(sql("erp/has_packs"), whose).fetchone()
    if first and not first["has_packs"]:
        connection.execute(sql("erp/forget_ended"), {**whose, "before": now - _ENDED_LONG_AGO})
    due = [row["posting_id"] for row in connection.execute(sql("erp/due_postings"), {**whose, "limit": size})]
    if not due:
        return None
    shown = documents(connection, due, zone)
    made = connection.execute(sql("erp/add_pack"), {**whose, "now": now}).fetchone()
    if made is None:
        raise LookupError(consumer)  # an insert always returns its row
    rows = [
        {"posting_id": posting_id, "version": content["version"], "content": content}
        for posting_id, content in shown.items()
    ]
    connection.execute(sql("erp/fill_pack"), {"pack_id": made["pack_id"], "rows": Jsonb(rows)})
    return made


def answer(
    connection: Connection, consumer: str, pack_id: int, answers: Sequence[Answer], now: datetime
) -> list[dict[str, Any]]:
    """Take the ERP's answers to orders of a pack: all of them or, where one cannot be taken, none.

    Answers that are known already are taken again without effect; what is left out stays open.

    Returns:
        every order of the pack with its answer: account, number, state, reason, reference, document_number,
        answered_at.

    Raises:
        AnswerRefused: there is no such pack, an order was not in it, or it was answered otherwise before.
    """
    values = {"pack_id": pack_id, "consumer": consumer}
    if connection.execute(sql("erp/lock_pack"), values).fetchone() is None:
        raise AnswerRefused(Trouble.UNKNOWN_PACK)
    rows = connection.execute(sql("erp/answers"), values).fetchall()
    new = _new_answers(rows, answers)
    if new:
        connection.execute(sql("erp/take_answers"), {**values, "rows": Jsonb(new), "now": now})
        connection.execute(sql("erp/close_pack"), {**values, "now": now})
        rows = connection.execute(sql("erp/answers"), values).fetchall()
        _follow(connection, rows, {one["posting_id"] for one in new}, now)
    return rows


def _follow(
    connection: Connection, rows: Sequence[Mapping[str, Any]], answered: Set[int], now: datetime
) -> None:
    """What an answer means to others: the store's counts know of what was taken, people hear of what was refused."""
    taken = [row for row in rows if row["posting_id"] in answered and row["state"] == Outcome.TAKEN]
    booked(connection, [row["posting_id"] for row in taken], now)
    for row in taken:
        end_alert(connection, _alert(row), now)
    for row in rows:
        if row["posting_id"] in answered and row["state"] == Outcome.REFUSED:
            raise_alert(
                connection,
                _alert(row),
                "urgent",
                f"ERP не приняла заказ {row['number']} ({row['account']}): {Redactor().text(row['reason'])}. Устраните "
                f"причину и предложите заказ снова: POST /erp/v1/orders/{row['number']}/again",
                now,
                account=row["account"],
                posting_id=row["posting_id"],
            )


def _alert(row: Mapping[str, Any]) -> str:
    return f"order/{row['account']}/{row['number']}/erp_refused"


def _new_answers(rows: Sequence[Mapping[str, Any]], answers: Sequence[Answer]) -> list[dict[str, Any]]:
    new: list[dict[str, Any]] = []
    seen: set[int] = set()
    for place, given in enumerate(answers):
        found = [
            row for row in rows if row["number"] == given.number and given.account in (None, row["account"])
        ]
        if len(found) != 1:
            trouble = Trouble.AMBIGUOUS if found else Trouble.NOT_IN_PACK
            raise AnswerRefused(trouble, place, given.number)
        row = found[0]
        if row["posting_id"] in seen:
            raise AnswerRefused(Trouble.TWICE, place, given.number)
        seen.add(row["posting_id"])
        said = {
            "state": str(given.outcome),
            "reason": given.reason,
            "reference": given.reference,
            "document_number": given.document_number,
        }
        if row["state"] == "open":
            new.append({"posting_id": row["posting_id"], **said})
        elif any(row[name] != value for name, value in said.items()):
            raise AnswerRefused(Trouble.CONTRADICTION, place, given.number)
    return new


def offer_again(connection: Connection, consumer: str, posting_id: int, now: datetime) -> None:
    """Tell the ERP of an order once more, though it did not change: the one that it refused, for one."""
    values = {"consumer": consumer, "posting_id": posting_id, "now": now}
    connection.execute(sql("erp/offer_again"), values)
