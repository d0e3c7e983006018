"""One run of an account's work on orders: everything that is due, and what becomes due within the next minutes.

A label must be with the ERP seconds after the marketplace has made it, and a run of a DAG takes seconds to start: so
the run stays as long as something is due soon, looks often, and takes in what is asked meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta

import psycopg
import structlog

from marketsync.db import sql
from marketsync.errors import Fatal, MarketsyncError, RateLimited, Retriable, Uncertain
from marketsync.http.answers import RequestRefused
from marketsync.marketplaces.orders import Deed
from marketsync.orders import handovers, tasks
from marketsync.orders.asked import TaskKind, Tracking
from marketsync.orders.deeds import Bench, perform
from marketsync.orders.label_tasks import LabelDesk
from marketsync.orders.tasks import Task, Verdict, done, later, pause, refused
from marketsync.runtime import Seller

__all__ = ["Fulfilled", "run"]

_log = structlog.get_logger(__name__)

_PATIENCE = 150.0  # seconds: the longest usual pause, of a label that is not ready, is two minutes
_LONGEST_NAP = 2.0  # seconds after which a waiting run sees what was asked meanwhile
_TURN = 2.0  # seconds that work on single orders takes before labels are looked at again
_SHORTEST_NAP = 0.1
_AFTER_UNCERTAIN = 5.0
_SINGLY = tuple(kind for kind in tasks.KINDS if kind not in (TaskKind.LABEL, TaskKind.TRACKING))
# what an answer of an unknown shape raises where it is read
_ODD = (LookupError, TypeError, ValueError, ArithmeticError, AttributeError)


@dataclass(slots=True)
class Fulfilled:
    """What a run came to.

    Attributes:
        done, refused: tasks that ended.
        postponed: attempts that came to nothing yet.
        labels: that were kept.
        handovers: that became ready.
        left: seconds until something is due; None where nothing is left.
        odd: the first answer that could not be understood.
    """

    done: int = 0
    refused: int = 0
    postponed: int = 0
    labels: int = 0
    handovers: int = 0
    left: float | None = None
    odd: str | None = None


def run(seller: Seller, *, budget: timedelta, run_id: str | None = None) -> Fulfilled:
    """Do what was asked for an account's orders.

    Args:
        budget: how long this run may stay for what becomes due soon.
        run_id: names the run; what it refuses is tried once more where the run is repeated under the same name.

    Raises:
        Retriable: another run of this account is under way.
        Fatal: the marketplace refuses us (key, rights): what was claimed waits.
    """
    key = {"account": seller.account.id}
    with seller.runtime.database.session(autocommit=True) as session:
        session.execute(sql("fulfilment/lock_patience"))
        try:
            session.execute(sql("fulfilment/exclusive"), key)
        except psycopg.errors.LockNotAvailable as error:
            raise Retriable(
                f"Another run of the fulfilment of {seller.account.id} is under way",
                hint="It will do what is asked; nothing is lost",
            ) from error
        try:
            return _Run(seller, budget, run_id).whole()
        finally:
            session.execute(sql("fulfilment/let_go"), key)


class _Run:
    def __init__(self, seller: Seller, budget: timedelta, run_id: str | None) -> None:
        self._seller = seller
        self._database = seller.runtime.database
        self._clock = seller.runtime.clock
        self._bench = Bench(seller)
        self._run_id = run_id
        self._labels = LabelDesk(self._bench, run_id)
        self._came_to = Fulfilled()
        self._fatal: Fatal | None = None
        self._deadline = self._clock.monotonic() + budget.total_seconds()

    def whole(self) -> Fulfilled:
        """Recover, then work until nothing is due soon or the budget is spent."""
        self._recover()
        while True:
            while self._round() and self._in_time() and self._fatal is None:
                pass
            left = self._next()
            if self._fatal or left is None or left > _PATIENCE or not self._in_time(left):
                break
            self._clock.sleep(min(max(left, _SHORTEST_NAP), _LONGEST_NAP))
        self._came_to.left = left
        self._came_to.labels = self._labels.kept
        self._came_to.refused += self._labels.refused
        if self._fatal:
            _log.info("fulfilled but for what the marketplace refuses us", **asdict(self._came_to))
            raise self._fatal
        if left is not None and left <= _PATIENCE:
            with self._database.transaction() as connection:
                tasks.wake(connection, self._bench.account)  # the next run goes on with it at once
        return self._came_to

    def _in_time(self, seconds: float = 0.0) -> bool:
        return self._clock.monotonic() + seconds < self._deadline

    def _recover(self) -> None:
        parameters = {"account": self._bench.account, "kinds": [kind.value for kind in tasks.KINDS]}
        with self._database.transaction() as connection:
            found = connection.execute(sql("fulfilment/recover"), parameters).fetchall()
            again = (
                tasks.retry(connection, self._clock.now(), account=self._bench.account, run=self._run_id)
                if self._run_id
                else []
            )
        if found or again:
            _log.info("taken up again", account=self._bench.account, killed=len(found), refused=len(again))

    def _next(self) -> float | None:
        """Seconds until something is due; None where nothing is left."""
        kinds = [kind.value for kind in tasks.KINDS]
        parameters = {"account": self._bench.account, "kinds": kinds, "kind_order": kinds}
        with self._database.transaction() as connection:
            row = connection.execute(sql("fulfilment/next_due"), parameters).fetchone()
        if not row or row["due_at"] is None:
            return None
        left: float = (row["due_at"] - self._clock.now()).total_seconds()
        return max(left, 0.0)

    def _round(self) -> bool:
        """Everything once; False where nothing was due. What we have no right to do does not hold up the rest."""
        worked = False
        for part in (self._singly, self._in_batches, self._of_labels, self._handovers):
            try:
                worked |= part()
            except Fatal as error:
                _log.error("the marketplace refuses us", account=self._bench.account, error=str(error))
                self._fatal = self._fatal or error
        return worked

    def _singly(self) -> bool:
        """One order after another, but no longer than labels may wait to be looked at."""
        worked = False
        kinds: list[TaskKind] = list(_SINGLY)
        ends = self._clock.monotonic() + _TURN
        while (
            kinds and self._in_time() and self._clock.monotonic() < ends and (claimed := self._claim(kinds))
        ):
            worked = True
            try:
                self._attempt(claimed[0])
            except Fatal as error:
                self._fatal = self._fatal or error
                kinds.remove(claimed[0].kind)
        return worked

    def _in_batches(self) -> bool:
        worked = False
        while claimed := self._claim([TaskKind.TRACKING], self._seller.fulfilment.tracking_batch):
            self._track(claimed)
            worked = True
        return worked

    def _of_labels(self) -> bool:
        worked = bool(self._labels.ask_for_assembled())
        worked |= self._labels.look()
        while self._labels.request():
            worked = True
        return worked

    def _handovers(self) -> bool:
        ready, turned_down = handovers.run(self._bench)
        self._came_to.handovers += ready
        self._came_to.refused += turned_down
        return False

    def _claim(self, kinds: Sequence[TaskKind], at_most: int = 1) -> list[Task]:
        with self._database.transaction() as connection:
            return tasks.claim(connection, self._bench.account, kinds, self._clock.now(), at_most=at_most)

    def _attempt(self, task: Task) -> None:
        self._bench.begin()
        verdict = self._meant([task], lambda: perform(self._bench, task))
        self._settle(task, verdict if isinstance(verdict, Verdict) else verdict[task.number])

    def _track(self, claimed: Sequence[Task]) -> None:
        """Tracking numbers are absolute values: setting one twice does no harm."""

        def call() -> dict[str, Verdict]:
            self._bench.intend(*claimed)
            numbers = {task.number: Tracking.model_validate(task.asked).number for task in claimed}
            told = self._seller.fulfilment.tracking_numbers(numbers)
            verdicts = {}
            for task in claimed:
                answer = told.get(task.number)
                words = f"{answer.code} {answer.message}".strip() if answer else "площадка не ответила"
                match answer.deed if answer else Deed.LATER:
                    case Deed.DONE:
                        verdicts[task.number] = done()
                    case Deed.LATER:
                        verdicts[task.number] = later(words, after=pause(task.attempts + 1))
                    case Deed.REFUSED:
                        verdicts[task.number] = refused(words)
            return verdicts

        self._bench.begin()
        verdicts = self._meant(claimed, call)
        for task in claimed:
            self._settle(task, verdicts if isinstance(verdicts, Verdict) else verdicts[task.number])

    def _meant(
        self, claimed: Sequence[Task], call: Callable[[], Verdict | dict[str, Verdict]]
    ) -> Verdict | dict[str, Verdict]:
        """What a call came to; its errors by what they mean for the tasks."""
        troubles = max(task.troubles for task in claimed) + 1
        before = claimed[0]
        try:
            return call()
        except Uncertain as error:
            return later(str(error), after=_AFTER_UNCERTAIN, in_doubt=True, expected=True)
        except RateLimited as error:
            return self._without_effect(before, str(error), after=error.delay, looked=False)
        except Retriable as error:
            return self._without_effect(before, str(error), after=pause(troubles))
        except RequestRefused as error:
            return refused(str(error))
        except _ODD as error:
            words = f"ответ площадки не понят: {type(error).__name__}: {error}"
            _log.exception("an answer was not understood", orders=[task.number for task in claimed])
            self._came_to.odd = self._came_to.odd or words
            doubt = before.in_doubt or self._bench.called(before)
            return later(words, after=pause(troubles), in_doubt=doubt, expected=True)
        except BaseException as error:
            words = str(error) if isinstance(error, MarketsyncError) else type(error).__name__
            for task in claimed:
                doubt = task.in_doubt or (self._bench.called(task) and not isinstance(error, Fatal))
                self._settle(task, later(words, after=pause(troubles), in_doubt=doubt, expected=True))
            raise

    def _without_effect(self, task: Task, words: str, *, after: float, looked: bool = True) -> Verdict:
        """A call, or a reading before it, that had no effect: what was open about an earlier call stays open."""
        called = self._bench.called(task)
        return later(
            words, after=after, in_doubt=task.in_doubt and not called, expected=not called, looked=looked
        )

    def _settle(self, task: Task, verdict: Verdict) -> None:
        now = self._clock.now()
        with self._database.transaction() as connection:
            tasks.settle(connection, self._bench.account, task, verdict, now, run=self._run_id)
            if verdict.refused:
                self._came_to.refused += 1
            elif not verdict.ended:
                self._came_to.postponed += 1
            else:
                self._came_to.done += 1
                self._after(connection, task)

    def _after(self, connection: tasks.Connection, task: Task) -> None:
        """What else an end means for the order."""
        now = self._clock.now()
        if task.kind is TaskKind.CANCEL and not task.asked.get("lines"):
            tasks.close_others(connection, task.posting_id, task.kind, "заказ отменён по запросу", now)
        elif task.kind is TaskKind.SHIP:
            after = timedelta(seconds=self._seller.fulfilment.label_after)
            connection.execute(
                sql("fulfilment/delay_label"), {"posting_id": task.posting_id, "not_before": now + after}
            )
