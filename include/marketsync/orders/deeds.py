"""How each kind of work on one order is done: read first where a call may have had its effect, call, read again.

A marketplace's answer is not yet the fact: «assembled», «sent», «cancelled» are over once the order reads so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from marketsync.marketplaces.orders import (
    Deed,
    DeedResult,
    Malformed,
    PackageLine,
    Posting,
    PostingStatus,
    Stage,
)
from marketsync.orders import inbox, tasks
from marketsync.orders.asked import Cancel, Line, Marks, Shipping, TaskKind
from marketsync.orders.tasks import Task, Verdict, done, later, pause, refused
from marketsync.runtime import Seller

__all__ = ["Bench", "perform"]

_EFFECT_SHOWS = timedelta(minutes=3)  # after an accepted call; then it is made once more
_LOST_EFFECT_SHOWS = timedelta(seconds=30)  # after a call whose answer never came
_FIRST_LOOK = 1.5  # seconds after an accepted call
_LONGEST_LOOK = 20.0
_STRANGER = "площадка не знает этого заказа (или он чужой)"

_GOALS: Mapping[TaskKind, Stage] = {
    TaskKind.SHIP: Stage.ASSEMBLED,
    TaskKind.SENT: Stage.SENT,
    TaskKind.LAST_MILE: Stage.LAST_MILE,
    TaskKind.DELIVERED: Stage.DELIVERED,
}


@dataclass(frozen=True)
class Bench:
    """What one attempt after another at work on an account's orders needs."""

    seller: Seller
    _called: set[int] = field(default_factory=set)

    @property
    def account(self) -> str:
        """The account's id."""
        return self.seller.account.id

    def now(self) -> datetime:
        """The time."""
        return self.seller.runtime.clock.now()

    def read(self, number: str) -> Posting | None:
        """The order as the marketplace shows it, and taken over as such.

        Raises:
            LookupError: what it shows cannot be understood.
        """
        began = self.now()
        posting = self.seller.desk.read(number)
        match posting:
            case Malformed():
                raise LookupError(f"заказ {number}: {posting.why}")
            case Posting():
                with self.seller.runtime.database.transaction() as connection:
                    inbox.take_posting(
                        connection, self.seller.account, posting, "reread", self.now(), began=began
                    )
        return posting

    def remembered(self, task: Task) -> Posting:
        """The order as it was last heard of."""
        with self.seller.runtime.database.transaction() as connection:
            known = tasks.known_posting(connection, task.posting_id)
        if known is None:
            raise LookupError(f"order {task.number} is gone")
        return known[1]

    def intend(self, *claimed: Task, **result: object) -> None:
        """Commit that a call is about to be made."""
        with self.seller.runtime.database.transaction() as connection:
            tasks.intend(connection, claimed, self.now(), **result)
        self._called.update(task.task_id for task in claimed)

    def begin(self) -> None:
        """A new attempt: nothing is called yet."""
        self._called.clear()

    def called(self, task: Task) -> bool:
        """Whether this attempt at a task got as far as its call."""
        return task.task_id in self._called


def perform(bench: Bench, task: Task) -> Verdict:
    """One attempt at a task of any kind but labels and tracking numbers, which go in batches.

    Raises:
        Uncertain, RateLimited, Retriable, RequestRefused, Fatal: the caller writes down what they mean.
    """
    match task.kind:
        case TaskKind.SHIP:
            return _ship(bench, task)
        case TaskKind.MARKS:
            return _marks(bench, task)
        case TaskKind.CANCEL:
            return _cancel(bench, task)
        case _:
            return _move(bench, task)


# ------------------------------------------------------------------ towards a stage


def _ship(bench: Bench, task: Task) -> Verdict:
    asked = Shipping.model_validate(task.asked)
    fulfilment = bench.seller.fulfilment

    def call(posting: Posting) -> DeedResult | Verdict:
        if asked.marks and not task.result.get("marked"):
            told = fulfilment.mark(posting, Marks(marks=asked.marks).codes)
            if told.deed is not Deed.DONE:
                return _of_result(told, task)
        bench.intend(task, marked=bool(asked.marks))
        return fulfilment.ship(posting, asked.packed(posting))

    verdict = _reach(bench, task, call)
    if verdict.state == "done":
        for number in verdict.result.get("numbers") or task.result.get("numbers") or ():
            if number != task.number:
                bench.read(number)  # a part that it was split into
    return verdict


def _move(bench: Bench, task: Task) -> Verdict:
    fulfilment = bench.seller.fulfilment
    deed = {
        TaskKind.SENT: fulfilment.sent,
        TaskKind.LAST_MILE: fulfilment.last_mile,
        TaskKind.DELIVERED: fulfilment.delivered,
    }[task.kind]

    def call(posting: Posting) -> DeedResult:
        bench.intend(task)
        return deed(posting.number)

    return _reach(bench, task, call)


def _reach(bench: Bench, task: Task, call: Callable[[Posting], DeedResult | Verdict]) -> Verdict:
    """Bring an order to the stage that the task is about."""
    goal = _GOALS[task.kind]
    if task.attempts or task.looks or task.in_doubt:
        posting = bench.read(task.number)
        if posting is None:
            return refused(_STRANGER)
        stage = bench.seller.fulfilment.stage(posting)
        if stage is Stage.CANCELLED:
            return refused(_cancelled(posting))
        if stage >= goal:
            return done()
        waiting = _awaits_effect(bench, task, posting, stage)
        if waiting is not None:
            return waiting
    else:
        posting = bench.remembered(task)
        if posting.status is PostingStatus.CANCELLED:
            return refused(_cancelled(posting))
        if not all(line.sku for line in posting.lines):
            posting = bench.read(task.number) or posting  # only a push told of it so far
    answer = call(posting)
    return answer if isinstance(answer, Verdict) else _of_result(answer, task)


def _awaits_effect(bench: Bench, task: Task, posting: Posting, stage: Stage) -> Verdict | None:
    """LATER while the last call may still show its effect; None where it is to be made (again)."""
    if task.called_at is None:
        return None
    since = bench.now() - task.called_at
    shown = f"{posting.status_there} {posting.substatus_there or ''}".strip()
    if stage is Stage.NOT_ASSEMBLED and not task.in_doubt:
        left = timedelta(seconds=pause(task.attempts)) - since
        if left > timedelta():
            return later(
                f"площадка не собрала заказ ({shown}), повторим",
                after=left.total_seconds(),
                expected=True,
            )
        return None
    patience = _LOST_EFFECT_SHOWS if task.in_doubt else _EFFECT_SHOWS
    if since >= patience:
        return None
    after = min(pause(task.looks + 1, first=_FIRST_LOOK), _LONGEST_LOOK)
    return later(
        f"передано, на площадке пока: {shown}",
        after=min(after, max((patience - since).total_seconds(), 0.1)),
        in_doubt=task.in_doubt,
        expected=True,
    )


def _of_result(told: DeedResult, task: Task) -> Verdict:
    """What an answer to a call makes of the task; DONE has to be read first."""
    match told.deed:
        case Deed.DONE:
            extra: dict[str, Any] = {"numbers": list(told.numbers)} if told.numbers else {}
            return later(
                "передано, ждём подтверждения", after=_FIRST_LOOK, expected=True, looked=False, **extra
            )
        case Deed.LATER:
            return later(_words(told), after=max(told.again_after, pause(task.troubles, first=5.0)))
        case Deed.REFUSED:
            return refused(_words(told))


def _words(told: DeedResult) -> str:
    return " ".join(part for part in (told.code, told.message) if part) or "площадка не сказала почему"


def _cancelled(posting: Posting) -> str:
    why = posting.cancellation
    reason = f": {why.reason or why.code} ({why.by})" if why else ""
    return f"заказ отменён{reason}"


# ------------------------------------------------------------------ marks


def _marks(bench: Bench, task: Task) -> Verdict:
    """Harmless to repeat: what is told is the whole of it."""
    told = bench.seller.fulfilment.mark(bench.remembered(task), Marks.model_validate(task.asked).codes)
    return done() if told.deed is Deed.DONE else _of_result(told, task)


# ------------------------------------------------------------------ cancel


def _cancel(bench: Bench, task: Task) -> Verdict:
    asked = Cancel.model_validate(task.asked)
    if task.attempts or task.looks or task.in_doubt:
        posting = bench.read(task.number)
        if posting is None:
            return refused(_STRANGER)
        if _is_cancelled(bench, task, posting, asked):
            return done()
        waiting = _awaits_effect(bench, task, posting, Stage.UNKNOWN)
        if waiting is not None:
            return waiting
    else:
        posting = bench.remembered(task)
        trouble = _reason_trouble(bench, task, asked)
        if trouble is not None:
            shown = bench.read(task.number)  # of an order that is cancelled already, no reason is taken
            return done() if shown and _is_cancelled(bench, task, shown, asked) else trouble
    # the pieces before the first call: only by them can be told whether it had its effect
    before = task.result.get("before") or dict(_pieces(posting))
    bench.intend(task, before=before)
    lines = [PackageLine(line.sku, line.quantity) for line in asked.lines]
    return _of_result(bench.seller.fulfilment.cancel(posting, asked.reason, asked.message, lines), task)


def _is_cancelled(bench: Bench, task: Task, posting: Posting, asked: Cancel) -> bool:
    if bench.seller.fulfilment.stage(posting) is Stage.CANCELLED:
        return True
    before = task.result.get("before")
    if not asked.lines or before is None:
        return False
    return _without(asked.lines, before, _pieces(posting))


def _without(lines: tuple[Line, ...], before: Mapping[str, int], now: Mapping[str, int]) -> bool:
    """Whether these pieces are gone."""
    gone = Counter[str]()
    for line in lines:
        gone[line.sku] += line.quantity
    return all(now.get(sku, 0) <= before.get(sku, 0) - quantity for sku, quantity in gone.items())


def _pieces(posting: Posting) -> Counter[str]:
    counted = Counter[str]()
    for line in posting.lines:
        if line.sku:
            counted[line.sku] += line.quantity
    return counted


def _reason_trouble(bench: Bench, task: Task, asked: Cancel) -> Verdict | None:
    """Why the given reason cannot be used, None where it can."""
    reasons = bench.seller.fulfilment.cancel_reasons(task.number)
    for reason in reasons:
        if reason.code == asked.reason:
            if reason.needs_message and not asked.message.strip():
                return refused(f"причина {reason.code} «{reason.title}» требует пояснения (message)")
            return None
    known = "; ".join(f"{reason.code} - {reason.title}" for reason in reasons) or "никаких"
    return refused(f"причину {asked.reason} площадка для этого заказа не принимает; принимает: {known}")
