"""Send what is planned: intent row, call, answer per item, acknowledgement.

A batch is claimed, its items are marked in doubt and the intent row is written in one transaction, which is
committed before the call. Whatever happens to this process afterwards, the next run finds the intent and
resolves it. The amount that is sent is read when the batch is built, not when it was planned.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from marketsync.db import sql
from marketsync.errors import Fatal, RateLimited, Retriable, Uncertain
from marketsync.http.answers import RequestRefused
from marketsync.marketplaces.base import (
    Accepted,
    Item,
    Outcome,
    Problem,
    Recovery,
    Result,
)
from marketsync.sync.batch import Batch, build
from marketsync.sync.kinds import Documents, kind_of
from marketsync.sync.lane import Lane
from marketsync.sync.ration import apportion, limited
from marketsync.sync.recovery import AFTER_UNCERTAIN, recover
from marketsync.sync.settle import settle, withdraw
from marketsync.sync.strangers import without_strangers

__all__ = ["Sent", "run"]

_log = structlog.get_logger(__name__)

_AFTER_TROUBLE = timedelta(seconds=60)
_REFUSED_IN_A_ROW = 10  # many equal wrong requests may cost an account its access
_ITEM_PATIENCE = (
    45.0  # seconds of a run; the longest pause between two updates of an item that is common is 30 s
)
_LONGEST_NAP = 5.0  # seconds after which a sleeping thread looks whether the upload has been stopped


@dataclass(slots=True)
class Sent:
    """What an upload came to.

    Attributes:
        calls: batches that were submitted.
        items: that were in them.
        confirmed, rejected, retried, unanswered: by the marketplace's answers.
        open: items whose answer comes later, under a task.
        left: planned changes that this run did not get to.
        next_in: seconds until the first of them may go; None where none is left.
        waiting: of those, how many wait for a limit of the marketplace.
        until: when there is room again for them.
    """

    calls: int = 0
    items: int = 0
    confirmed: int = 0
    rejected: int = 0
    retried: int = 0
    unanswered: int = 0
    open: int = 0
    left: int = 0
    next_in: float | None = None
    waiting: int = 0
    until: datetime | None = None

    def join(self, later: Sent) -> None:
        """Take in what another upload of the same channel came to, right after this one."""
        for name in ("calls", "items", "confirmed", "rejected", "retried", "unanswered", "open"):
            setattr(self, name, getattr(self, name) + getattr(later, name))
        for name in ("left", "next_in", "waiting", "until"):
            setattr(self, name, getattr(later, name))

    def add(self, outcomes: Sequence[Outcome]) -> None:
        """Count the answers of a batch."""
        for outcome in outcomes:
            match outcome.result:
                case Result.CONFIRMED:
                    self.confirmed += 1
                case Result.REJECTED:
                    self.rejected += 1
                case Result.RETRY:
                    self.retried += 1
                case Result.UNANSWERED:
                    self.unanswered += 1


def run(lane: Lane, documents: Documents | None, *, budget: timedelta) -> Sent:
    """Send a channel's planned changes, most urgent first.

    Args:
        documents: renders the documents of a document channel; None for the others.
        budget: how long this run may wait for limits before it leaves the rest planned.

    Raises:
        Retriable: another upload of this channel is under way, or the outside stays in trouble.
        Fatal: the marketplace refuses us (key, rights): what was claimed is planned again.
    """
    sent = Sent()
    with lane.database.session(autocommit=True) as session:
        taken = session.execute(sql("submission/exclusive"), lane.key).fetchone()
        if not taken or not taken["taken"]:
            raise Retriable(
                f"Another upload of {lane.account.id}/{lane.channel.name} is under way",
                hint="It will send what is planned; nothing is lost",
            )
        recover(lane)
        apportion(lane)
        _Uploader(lane, documents, sent, budget).run()
    waiting = _waiting(lane)
    sent.left, sent.next_in = waiting
    held_up = limited(lane)
    sent.waiting, sent.until = held_up.waiting, held_up.until
    return sent


def _waiting(lane: Lane) -> tuple[int, float | None]:
    now = lane.clock.now()
    with lane.database.transaction() as connection:
        row = connection.execute(
            sql("submission/waiting"),
            {
                **lane.key,
                **lane.item_limits,
                **lane.apart,
                "states": list(kind_of(lane).states),
                "approving": lane.approving,
                "now": now,
                "tied": kind_of(lane).tied_by is not None,
            },
        ).fetchone()
    if not row or not row["waiting"]:
        return 0, None
    return row["waiting"], max((row["next_at"] - now).total_seconds(), 0.0)


class _Uploader:
    """The threads of one upload; the first error of a thread ends all of them after their batch."""

    def __init__(self, lane: Lane, documents: Documents | None, sent: Sent, budget: timedelta) -> None:
        self._lane = lane
        self._documents = documents
        self._sent = sent
        self._counting = threading.Lock()
        self._stopped = threading.Event()
        self._size = lane.channel.batch_size
        self._refused_in_a_row = 0
        self._deadline = lane.clock.monotonic() + budget.total_seconds()
        self._limited_until = 0.0
        self._patience = _ITEM_PATIENCE

    def run(self) -> None:
        workers = max(1, self._lane.channel.parallel)
        if workers == 1:
            self._work()
            return
        with ThreadPoolExecutor(max_workers=workers, thread_name_prefix=self._lane.channel.name) as pool:
            futures = [pool.submit(self._work) for _ in range(workers)]
        for future in futures:
            future.result()

    def _work(self) -> None:
        try:
            while not self._stopped.is_set() and self._limit_has_room():
                if not self._send_one() and not self._wait():
                    return
        except BaseException:
            self._stopped.set()
            raise

    def _limit_has_room(self) -> bool:
        """Sleep while a limit is spent, and claim nothing meanwhile; False where the budget would not reach."""
        clock = self._lane.clock
        while (seconds := self._limited_until - clock.monotonic()) > 0 and not self._stopped.is_set():
            if clock.monotonic() + seconds > self._deadline:
                return False
            clock.sleep(min(seconds, _LONGEST_NAP))
        return True

    def _wait(self) -> bool:
        """Sleep a little until the next change may go; False where nothing is left, or it is for a later run.

        What an item has to wait for (a pause between two updates of it, a card that takes no stock yet) is waited
        for only as long as such pauses commonly are.
        """
        left, seconds = _waiting(self._lane)
        if not left or seconds is None or seconds > self._patience:
            return False
        nap = min(max(seconds, 0.05), _LONGEST_NAP)
        self._patience -= nap
        self._lane.clock.sleep(nap)
        return True

    def _send_one(self) -> bool:
        """Claim, submit and settle one batch; False where nothing can be claimed now."""
        lane = self._lane
        batch = build(lane, self._documents, size=self._size)
        if batch is None:
            return False
        if not batch.items:
            return True
        try:
            calls = self._sorted(batch)
        except RateLimited as error:
            self._wait_for_limit(batch.submission, error)
            return True
        except BaseException as error:
            withdraw(lane, batch.submission, error, pause=_AFTER_TROUBLE, effect=False)
            raise
        while calls:
            submission, items = calls.pop(0)
            try:
                limited = self._call(submission, items)
            except BaseException as error:
                for other, _ in calls:
                    withdraw(lane, other, error, pause=_AFTER_TROUBLE, effect=False)
                raise
            if limited is not None:
                for other, _ in calls:
                    withdraw(lane, other, limited, pause=timedelta(seconds=limited.delay), effect=False)
                break
        return True

    def _sorted(self, batch: Batch) -> list[tuple[int, Sequence[Item]]]:
        """The calls that a batch takes, each with its intent row; what needs none is settled."""
        if not batch.unchecked:
            return [(batch.submission, batch.items)]
        lane = self._lane
        items, strangers = without_strangers(lane, batch)
        with self._counting:
            self._sent.add(strangers)
        if not items:
            return []
        prepared = lane.channel.prepare(items, batch.new)
        if prepared.outcomes:
            settle(lane, batch.submission, prepared.outcomes, (), close=not prepared.calls)
            with self._counting:
                self._sent.add(prepared.outcomes)
        calls = [(batch.submission, call) for call in prepared.calls[:1]]
        with lane.database.transaction() as connection:
            for call in prepared.calls[1:]:
                row = connection.execute(
                    sql("submission/split"),
                    {
                        "submission_id": batch.submission,
                        "offers": [item.offer.offer_id for item in call],
                        "now": lane.clock.now(),
                    },
                ).fetchone()
                calls.append((row["submission_id"] if row else 0, call))
        return calls

    def _call(self, submission: int, items: Sequence[Item]) -> RateLimited | None:
        """Submit and settle one call; the error where a limit is spent and the call was not made."""
        lane = self._lane
        if any(item.by_article for item in items):
            with lane.database.transaction() as connection:
                connection.execute(
                    sql("submission/counted"), {"submission_id": submission, "items": len(items)}
                )
        try:
            answer = lane.channel.submit(items, submission)
            self._count_call(items)
        except RequestRefused as error:
            if len(items) > 1:
                # one item spoils the batch: smaller batches find it, and the sound ones go through
                self._size = len(items) // 2
                withdraw(lane, submission, error, pause=timedelta(0), effect=False)
                return None
            try:
                self._count_refusal(error)
            except Fatal:
                withdraw(lane, submission, error, pause=_AFTER_TROUBLE, effect=False)
                raise
            answer = [_refused(items[0], error)]
        except RateLimited as error:
            self._wait_for_limit(submission, error)
            return error
        except Uncertain as error:
            if lane.channel.recovery is Recovery.READ_FIRST:
                _log.warning(
                    "the call's answer never came; it is read back before it is repeated", error=str(error)
                )
                raise
            withdraw(lane, submission, error, pause=AFTER_UNCERTAIN, effect=True)
            return None
        except (Retriable, Fatal) as error:
            withdraw(lane, submission, error, pause=_AFTER_TROUBLE, effect=False)
            raise
        except BaseException as error:
            # a mistake of ours, or the end of the process: whether the call went out is not known
            withdraw(lane, submission, error, pause=_AFTER_TROUBLE, effect=True)
            raise
        self._settle(submission, items, answer)
        return None

    def _wait_for_limit(self, submission: int, error: RateLimited) -> None:
        lane = self._lane
        until = lane.clock.monotonic() + error.delay
        self._limited_until = max(self._limited_until, until)
        if until > self._deadline:
            self._pause_channel(error)
        withdraw(lane, submission, error, pause=timedelta(seconds=error.delay), effect=False)

    def _pause_channel(self, error: RateLimited) -> None:
        """Remember a pause that outlasts this run, so that the next one does not ask again before its end."""
        now = self._lane.clock.now()
        with self._lane.database.transaction() as connection:
            connection.execute(
                sql("submission/pause_channel"),
                {
                    **self._lane.key,
                    "until": now + timedelta(seconds=error.delay),
                    "message": error.message,
                    "now": now,
                },
            )

    def _count_call(self, items: Sequence[Item]) -> None:
        with self._counting:
            self._refused_in_a_row = 0
            self._size = min(self._lane.channel.batch_size, max(self._size, len(items)) * 2)
            self._sent.calls += 1
            self._sent.items += len(items)

    def _count_refusal(self, error: RequestRefused) -> None:
        with self._counting:
            self._refused_in_a_row += 1
            too_many = self._refused_in_a_row >= _REFUSED_IN_A_ROW
        if too_many:
            raise Fatal(
                f"{_REFUSED_IN_A_ROW} requests in a row were refused as a whole, the last with: {error.message}",
                place=error.place,
                hint="The form of the request is wrong, not an item: nothing more is sent until this is mended",
            ) from error

    def _settle(self, submission: int, items: Sequence[Item], answer: Accepted | Sequence[Outcome]) -> None:
        if isinstance(answer, Accepted):
            with self._lane.database.transaction() as connection:
                connection.execute(
                    sql("submission/accepted"),
                    {
                        "submission_id": submission,
                        "task_id": answer.task_id,
                        "now": self._lane.clock.now(),
                    },
                )
            with self._counting:
                self._sent.open += len(items)
            return
        settle(self._lane, submission, answer, items, close=True)
        with self._counting:
            self._sent.add(answer)


def _refused(item: Item, error: RequestRefused) -> Outcome:
    problem = Problem(error.code or str(error.status), error.text or error.message, error.place.field)
    return Outcome(item.offer.offer_id, Result.REJECTED, item.warehouse, problems=(problem,))
