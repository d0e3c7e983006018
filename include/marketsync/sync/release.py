"""A person's verdict on what the guards hold, value by value: released until its end, or turned down until then.

A request is about values. What is still the value that was asked about is decided; what has changed since then is
left as it is and told with its numbers.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from marketsync.accounts import Account
from marketsync.clock import Clock
from marketsync.db import Database, sql
from marketsync.errors import BadInput
from marketsync.sync.lane import Connection
from marketsync.sync.requests import collect

__all__ = ["NEVER", "Decision", "Question", "Verdict", "ask", "decide", "lapse", "look", "of"]

NEVER = ("price_blank", "price_zero", "price_negative")
"""What no person can release: there is no price to sell at."""


class Verdict(StrEnum):
    """What a person says about held values."""

    RELEASED = "released"
    DISCARDED = "discarded"


@dataclass(frozen=True, slots=True)
class Question:
    """A request as it is put to a person.

    Attributes:
        as_of: what was added later was not seen by whoever answers.
        counts: held, guards, from_total, to_total.
        examples: the worst of it: article, name, guard, from, to, ...
    """

    request: int
    channel: str
    as_of: datetime
    counts: dict[str, Any]
    examples: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Decision:
    """What a verdict came to, in offers (and warehouses).

    Attributes:
        asked: what the person was asked about.
        decided: what still has that value: the verdict counts for it.
        held_otherwise: what has changed since, and is held with another value.
        gone: what has changed since, and is not held any more.
        never: what nobody can release (`NEVER`).
        until: when the verdict ends.
        state: of the request now.
    """

    request: int
    account: str
    channel: str
    verdict: Verdict
    asked: int
    decided: int
    held_otherwise: int
    gone: int
    never: int
    until: datetime
    state: str
    before: dict[str, Any]

    @property
    def changed(self) -> int:
        """What is no longer as it was asked about."""
        return self.held_otherwise + self.gone


def of(database: Database, number: int) -> dict[str, Any]:
    """A request by its number.

    Raises:
        BadInput: there is none.
    """
    with database.transaction() as connection:
        return _request(connection, number)


def decide(
    database: Database,
    clock: Clock,
    account: Account,
    number: int,
    verdict: Verdict,
    *,
    author: str,
    reason: str,
    valid: timedelta,
    event: str,
    article: str | None = None,
    as_of: datetime | None = None,
) -> Decision:
    """Release or turn down what a request asked about, as far as it is still the same.

    Args:
        account: the request's.
        valid: for how long the verdict counts.
        event: the key of the notification that wakes the channel's DAG.
        article: decide about this offer only.
        as_of: decide about what was held then; None: about what a person has last seen of the request (`look`, `ask`).

    Raises:
        BadInput: there is no such request.
    """
    withdraw = verdict is Verdict.DISCARDED
    with database.transaction() as connection:
        key = _key(_request(connection, number))
        connection.execute(sql("plan/lock"), key)
        now = clock.now()
        before = _request(connection, number)
        connection.execute(
            sql("release/match"),
            {"request_id": number, "article": article, "as_of": as_of or _seen(before), "withdraw": withdraw},
        )
        never = [] if withdraw else list(NEVER)
        counted = _one(connection, "release/match_counts", {"never": never})
        decided = _one(
            connection,
            "release/decide",
            {
                "request_id": number,
                "account": account.id,
                "verdict": verdict.value,
                "author": author,
                "reason": reason,
                "now": now,
                "expires_at": now + valid,
                "never": never,
            },
        )["decided"]
        stamp = {
            "request_id": number,
            "verdict": verdict.value,
            "author": author,
            "reason": reason,
            "now": now,
        }
        connection.execute(sql("release/decided"), {**stamp, "changed": bool(decided)})
        connection.execute(sql("release/drop_match"))
        collect(connection, account, key["channel"], now)
        decision = Decision(
            request=number,
            account=account.id,
            channel=key["channel"],
            verdict=verdict,
            asked=counted["asked"],
            decided=decided,
            held_otherwise=counted["held_otherwise"],
            gone=counted["asked"] - counted["same"] - counted["held_otherwise"],
            never=counted["never"],
            until=now + valid,
            state=_request(connection, number)["state"],
            before=before,
        )
        if decided:
            _note(connection, decision, author, reason, now)
            if verdict is Verdict.RELEASED:
                connection.execute(sql("wake/notify"), {"payload": json.dumps({event: decided})})
    return decision


def ask(database: Database, clock: Clock, account: Account, run: str) -> Question | None:
    """Take a request that a person has to be asked about; None where there is none.

    Args:
        run: who asks; the same run gets the same request again.
    """
    with database.transaction() as connection:
        _lock(connection, account.id, None)
        now = clock.now()
        row = connection.execute(
            sql("release/ask"),
            {
                "account": account.id,
                "run": run,
                "now": now,
                "until": now + timedelta(hours=account.release.response_hours),
            },
        ).fetchone()
    if row is None:
        return None
    return Question(row["request_id"], row["channel"], now, row["counts"], row["examples"])


def look(
    database: Database, clock: Clock, account: str, channel: str | None = None, *, decided: int = 0
) -> list[dict[str, Any]]:
    """The open requests as a person sees them now, and so many of those decided last.

    A verdict without a time of its own covers what was seen by then: values that are held later wait to be seen.
    """
    key = {"account": account, "channel": channel}
    with database.transaction() as connection:
        _lock(connection, account, channel)
        connection.execute(sql("release/shown"), {**key, "now": clock.now()})
        return connection.execute(sql("release/requests"), {**key, "decided": decided}).fetchall()


def lapse(database: Database, clock: Clock, account: Account, number: int, as_of: datetime) -> None:
    """Nobody answered: nothing is released, and what is still held is asked anew."""
    with database.transaction() as connection:
        key = _key(_request(connection, number))
        connection.execute(sql("plan/lock"), key)
        now = clock.now()
        connection.execute(sql("release/lapse"), {"request_id": number, "as_of": as_of, "now": now})
        collect(connection, account, key["channel"], now)


def _request(connection: Connection, number: int) -> dict[str, Any]:
    row = connection.execute(sql("release/request"), {"request_id": number}).fetchone()
    if row is None:
        raise BadInput(f"Запроса № {number} нет", hint="`marketsync held КАБИНЕТ` показывает открытые")
    return row


def _lock(connection: Connection, account: str, channel: str | None) -> None:
    """Let no plan add to what is looked at: one whose values come later has a later time, too."""
    key = {"account": account, "channel": channel}
    for row in connection.execute(sql("release/channels"), key).fetchall():
        connection.execute(sql("plan/lock"), {**key, "channel": row["channel"]})


def _seen(request: dict[str, Any]) -> datetime:
    seen: list[datetime] = [
        moment for moment in (request["shown_at"], request["asked_at"]) if moment is not None
    ]
    return max(seen) if seen else request["opened_at"]


def _key(request: dict[str, Any]) -> dict[str, Any]:
    return {"account": request["account"], "channel": request["channel"]}


def _one(connection: Connection, name: str, parameters: dict[str, Any]) -> dict[str, Any]:
    row: dict[str, Any] = connection.execute(sql(name), parameters).fetchone() or {}
    return row


def _note(connection: Connection, decision: Decision, author: str, reason: str, now: datetime) -> None:
    connection.execute(
        sql("release/note"),
        {
            "now": now,
            "author": author,
            "action": "release" if decision.verdict is Verdict.RELEASED else "discard",
            "account": decision.account,
            "channel": decision.channel,
            "offer_id": None,
            "request_id": decision.request,
            "reason": reason,
            "counts": json.dumps({"asked": decision.asked, "decided": decision.decided}),
        },
    )
