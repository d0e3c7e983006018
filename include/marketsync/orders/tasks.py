"""What the ERP, or a person, asks for an order, as work: asked once, claimed, and ended with an answer.

An order has one open task of a kind. The same request again is the same task, also when it is done already; another
one while a task is open is turned down with what is open. A task ends as done (the marketplace agrees), or as
refused (not again without a person); anything else waits and comes again, without end, with its reason.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from marketsync.db import sql
from marketsync.errors import Place
from marketsync.marketplaces.orders import Posting, PostingLine, PostingStatus, Scheme
from marketsync.orders.alerts import end_alert, raise_alert
from marketsync.orders.asked import AskRefused, TaskKind, checked

__all__ = [
    "KINDS",
    "Task",
    "Verdict",
    "ask",
    "claim",
    "close_others",
    "done",
    "drop",
    "intend",
    "known_posting",
    "later",
    "listing",
    "pause",
    "refused",
    "retry",
    "settle",
    "task_of",
    "wake",
]

Connection = psycopg.Connection[dict[str, Any]]

KINDS: tuple[TaskKind, ...] = (
    TaskKind.CANCEL,
    TaskKind.MARKS,
    TaskKind.SHIP,
    TaskKind.LABEL,
    TaskKind.TRACKING,
    TaskKind.SENT,
    TaskKind.LAST_MILE,
    TaskKind.DELIVERED,
)
"""What is done by asking the marketplace, in the order in which it is done for one posting."""

_ONCE = frozenset(
    {TaskKind.SHIP, TaskKind.LABEL, TaskKind.SENT, TaskKind.LAST_MILE, TaskKind.DELIVERED}
)  # cannot be wanted in another way once it is done

_FIRST_PAUSE, _LONGEST_PAUSE = 15.0, 1800.0  # seconds between attempts


class _State(StrEnum):
    WAITING = "waiting"
    DONE = "done"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Task:
    """A claimed task.

    Attributes:
        in_doubt: a call may have had its effect.
        attempts: calls so far that change something.
        called_at: when the last one was made whose effect is awaited.
        looks: readings since then.
    """

    task_id: int
    posting_id: int
    number: str
    kind: TaskKind
    asked: Mapping[str, Any]
    in_doubt: bool
    attempts: int
    called_at: datetime | None
    looks: int
    result: Mapping[str, Any]
    asked_by: str
    status: PostingStatus

    @property
    def troubles(self) -> int:
        """What went wrong or was looked at in vain so far, for growing pauses."""
        return max(self.attempts, self.looks)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of an attempt.

    Attributes:
        reason: for a person: why it waits, or was refused.
        after: seconds until it is taken up again.
        expected: the effect of the last call is still awaited.
        alert: whether a refusal is told to people.
    """

    state: _State
    reason: str | None = None
    after: float = 0.0
    in_doubt: bool = False
    expected: bool = False
    looked: bool = False
    alert: bool = True
    result: Mapping[str, Any] = field(default_factory=dict)

    @property
    def ended(self) -> bool:
        """Whether nothing is left to do."""
        return self.state is not _State.WAITING

    @property
    def refused(self) -> bool:
        """Whether a person is needed."""
        return self.state is _State.REFUSED


def done(**result: Any) -> Verdict:
    """The marketplace agrees."""
    return Verdict(_State.DONE, result=result)


def later(
    reason: str,
    *,
    after: float,
    in_doubt: bool = False,
    expected: bool = False,
    looked: bool = True,
    **result: Any,
) -> Verdict:
    """Not yet."""
    return Verdict(
        _State.WAITING,
        reason,
        after=after,
        in_doubt=in_doubt,
        expected=expected,
        looked=looked,
        result=result,
    )


def refused(reason: str, *, alert: bool = True) -> Verdict:
    """Not again without a person."""
    return Verdict(_State.REFUSED, reason, alert=alert)


def pause(troubles: int, *, first: float = _FIRST_PAUSE) -> float:
    """Seconds after so many troubles: twice as long each time, half an hour at most."""
    return min(first * 2.0 ** min(max(troubles - 1, 0), 20), _LONGEST_PAUSE)


# ------------------------------------------------------------------ asking


def ask(
    connection: Connection,
    posting_id: int,
    kind: TaskKind | str,
    asked: Mapping[str, Any],
    asked_by: str,
    now: datetime,
) -> int:
    """Ask for something, in the caller's transaction, which wakes the account's fulfilment when it commits.

    Args:
        kind: see orders.asked for what each kind takes.
        asked_by: the ERP key's name, or a person.

    Returns:
        the task's id; of an earlier one where the same was asked for before.

    Raises:
        AskRefused: it cannot be done, or something else is being done; nothing is written.
    """
    kind = TaskKind(kind)
    connection.execute(sql("fulfilment/lock_posting"), {"posting_id": posting_id})
    known = known_posting(connection, posting_id)
    if known is None:
        raise AskRefused("no_such_order", f"заказа {posting_id} нет")
    account, posting = known
    wanted = checked(kind, asked, posting)
    key = {"posting_id": posting_id, "kind": kind.value}
    last = connection.execute(sql("fulfilment/last_task"), key).fetchone()
    if last is not None:
        repeated = _repeated(kind, wanted, last, posting)
        if repeated is not None:
            return repeated
    if posting.status is PostingStatus.CANCELLED and kind is not TaskKind.CANCEL:
        raise AskRefused(
            "cancelled",
            f"заказ {posting.number} отменён",
            place=_place(posting, kind),
            hint="Верните товар на склад: отправлять его некому",
        )
    row = connection.execute(
        sql("fulfilment/ask"),
        {**key, "asked": Jsonb(wanted), "asked_by": asked_by, "not_before": None, "now": now},
    ).fetchone()
    wake(connection, account)
    return int(row["task_id"]) if row else 0


def wake(connection: Connection, account: str) -> None:
    """Start the account's fulfilment once this transaction has committed."""
    connection.execute(sql("wake/notify"), {"payload": json.dumps({"fulfilment": account})})


def _repeated(
    kind: TaskKind, wanted: Mapping[str, Any], last: Mapping[str, Any], posting: Posting
) -> int | None:
    """The earlier task that this request means, None where it is a new one."""
    if last["state"] == _State.REFUSED:
        return None
    if last["asked"] == wanted:
        return int(last["task_id"])
    if last["state"] != _State.DONE:
        raise AskRefused(
            "another_open",
            f"заказ {posting.number}: уже выполняется «{kind.value}», запрошенное {last['asked_by']}: "
            f"{json.dumps(last['asked'], ensure_ascii=False)}",
            place=_place(posting, kind),
            hint="Дождитесь конца или снимите прежнее задание: python -m marketsync fulfilment drop "
            f"{last['task_id']}",
        )
    if kind in _ONCE:
        raise AskRefused(
            "already",
            f"заказ {posting.number}: «{kind.value}» уже выполнено иначе: "
            f"{json.dumps(last['asked'], ensure_ascii=False)}",
            place=_place(posting, kind),
            hint="Изменить это на площадке уже нельзя",
        )
    return None


def _place(posting: Posting, kind: TaskKind) -> Place:
    return Place(offer=posting.number, field=kind.value)


def known_posting(connection: Connection, posting_id: int) -> tuple[str, Posting] | None:
    """An order's account, and the order as it was last heard of; None where there is none."""
    row = connection.execute(sql("fulfilment/posting"), {"posting_id": posting_id}).fetchone()
    if row is None:
        return None
    lines = tuple(
        PostingLine(line["article"], line["sku"], line["name"], line["quantity"], None)
        for line in row["lines"]
    )
    return row["account"], Posting(
        number=row["number"],
        status=PostingStatus(row["status"]),
        status_there=row["status_there"],
        substatus_there=row["substatus_there"],
        lines=lines,
        scheme=Scheme(row["scheme"]),
        delivery_method=row["delivery_method"],
        tracking_number=row["tracking_number"],
        ship_by=row["ship_by"],
        requirements={name: tuple(skus) for name, skus in row["requirements"].items()},
        actions=tuple(row["actions"]),
    )


# ------------------------------------------------------------------ doing


def claim(
    connection: Connection, account: str, kinds: Sequence[TaskKind], now: datetime, *, at_most: int = 1
) -> list[Task]:
    """Claim what is due, the least time left first; commit before anything is called."""
    rows = connection.execute(
        sql("fulfilment/claim"),
        {
            "account": account,
            "kinds": [kind.value for kind in kinds],
            "kind_order": [kind.value for kind in KINDS],
            "at_most": at_most,
            "now": now,
        },
    ).fetchall()
    rows.sort(key=lambda row: (row["ship_by"] is None, row["ship_by"] or now, row["task_id"]))
    return [task_of(row) for row in rows]


def task_of(row: Mapping[str, Any]) -> Task:
    """The task that a query's row describes."""
    names = (
        "task_id", "posting_id", "number", "asked", "in_doubt", "attempts", "called_at", "looks", "result",
        "asked_by",
    )  # fmt: skip
    return Task(
        kind=TaskKind(row["kind"]),
        status=PostingStatus(row["status"]),
        **{name: row[name] for name in names},
    )


def intend(connection: Connection, tasks: Sequence[Task], now: datetime, **result: Any) -> None:
    """Write down that a call is about to be made; commit before it."""
    connection.execute(
        sql("fulfilment/intend"),
        {"task_ids": [task.task_id for task in tasks], "result": Jsonb(result), "now": now},
    )


def settle(
    connection: Connection, account: str, task: Task, verdict: Verdict, now: datetime, *, run: str | None
) -> None:
    """Write down what became of an attempt; a refusal is told to people, an end ends what was told."""
    connection.execute(
        sql("fulfilment/settle"),
        {
            "task_id": task.task_id,
            "state": verdict.state.value,
            "in_doubt": verdict.in_doubt,
            "expected": verdict.expected,
            "looked": int(verdict.looked),
            "not_before": None if verdict.ended else now + timedelta(seconds=verdict.after),
            "result": Jsonb(dict(verdict.result)),
            "error": verdict.reason,
            "run": run if verdict.refused else None,
            "now": now,
        },
    )
    if verdict.refused and verdict.alert:
        raise_alert(
            connection,
            alert_key(account, task.number, task.kind),
            "urgent",
            f"Заказ {task.number}: «{task.kind.value}» не выполнено: {verdict.reason}. Устраните причину и повторите: "
            f"python -m marketsync fulfilment retry {task.task_id}",
            now,
            account=account,
            posting_id=task.posting_id,
        )
    elif verdict.ended:
        end_alert(connection, alert_key(account, task.number, task.kind), now)


def alert_key(account: str, number: str, kind: TaskKind | str) -> str:
    """Names the one alert about a kind of work on an order."""
    return f"fulfilment/{account}/{number}/{TaskKind(kind).value}"


def close_others(connection: Connection, posting_id: int, but: TaskKind, reason: str, now: datetime) -> None:
    """End an order's other open tasks: the order is gone."""
    others = [kind.value for kind in KINDS if kind is not but]
    connection.execute(
        sql("fulfilment/close_others"),
        {"posting_id": posting_id, "kinds": others, "reason": reason, "now": now},
    )


# ------------------------------------------------------------------ by hand


def listing(
    connection: Connection, *, account: str | None, number: str | None, state: str | None = None
) -> list[dict[str, Any]]:
    """The open and the refused tasks, those whose order has the least time first; of one order, all."""
    return connection.execute(
        sql("fulfilment/list"), {"account": account, "number": number, "state": state}
    ).fetchall()


def retry(
    connection: Connection,
    now: datetime,
    *,
    account: str | None = None,
    task_id: int | None = None,
    number: str | None = None,
    run: str | None = None,
) -> list[dict[str, Any]]:
    """Do now what waits, and again what was refused; returns task_id, account, number, kind of each."""
    rows = connection.execute(
        sql("fulfilment/retry"),
        {"account": account, "task_id": task_id, "number": number, "run": run, "now": now},
    ).fetchall()
    for name in sorted({row["account"] for row in rows}):
        wake(connection, name)
    return rows


def drop(connection: Connection, task_id: int, reason: str, now: datetime) -> dict[str, Any] | None:
    """Give a task up, and end its alert; None where it is not open, or at work just now."""
    row = connection.execute(
        sql("fulfilment/drop"), {"task_id": task_id, "reason": reason, "now": now}
    ).fetchone()
    if row is not None:
        end_alert(connection, alert_key(row["account"], row["number"], row["kind"]), now)
    return row
