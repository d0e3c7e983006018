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
from datetime import timedelta

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
from marketsync.sync import texts
from marketsync.sync.batch import Batch, build
from marketsync.sync.kinds import Documents, kind_of
from marketsync.sync.lane import Lane, offer_of
from marketsync.sync.settle import settle, withdraw

__all__ = ["Sent", "run"]

_log = structlog.get_logger(__name__)

_AFTER_UNCERTAIN = timedelta(seconds=30)
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
        _recover(lane)
        _Uploader(lane, documents, sent, budget).run()
    waiting = _waiting(lane)
    sent.left, sent.next_in = waiting
    return sent


def _waiting(lane: Lane) -> tuple[int, float | None]:
    now = lane.clock.now()
    with lane.database.transaction() as connection:
        row = connection.execute(
            sql("submission/waiting"),
            {
                **lane.key,
                **lane.item_limits,
                "states": list(kind_of(lane).states),
                "approving": lane.approving,
                "now": now,
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
            items = self._without_strangers(batch)
        except RateLimited as error:
            self._wait_for_limit(batch, error)
            return True
        except BaseException as error:
            withdraw(lane, batch.submission, error, pause=_AFTER_TROUBLE, effect=False)
            raise
        if not items:
            return True
        try:
            answer = lane.channel.submit(items, batch.submission)
            self._count_call(items)
        except RequestRefused as error:
            if len(items) > 1:
                # one item spoils the batch: smaller batches find it, and the sound ones go through
                self._size = len(items) // 2
                withdraw(lane, batch.submission, error, pause=timedelta(0), effect=False)
                return True
            try:
                self._count_refusal(error)
            except Fatal:
                withdraw(lane, batch.submission, error, pause=_AFTER_TROUBLE, effect=False)
                raise
            answer = [_refused(items[0], error)]
        except RateLimited as error:
            self._wait_for_limit(batch, error)
            return True
        except Uncertain as error:
            if lane.channel.recovery is Recovery.READ_FIRST:
                _log.warning(
                    "the call's answer never came; it is read back before it is repeated", error=str(error)
                )
                raise
            withdraw(lane, batch.submission, error, pause=_AFTER_UNCERTAIN, effect=True)
            return True
        except (Retriable, Fatal) as error:
            withdraw(lane, batch.submission, error, pause=_AFTER_TROUBLE, effect=False)
            raise
        except BaseException as error:
            # a mistake of ours, or the end of the process: whether the call went out is not known
            withdraw(lane, batch.submission, error, pause=_AFTER_TROUBLE, effect=True)
            raise
        self._settle(batch.submission, items, answer)
        return True

    def _wait_for_limit(self, batch: Batch, error: RateLimited) -> None:
        self._limited_until = max(self._limited_until, self._lane.clock.monotonic() + error.delay)
        withdraw(self._lane, batch.submission, error, pause=timedelta(seconds=error.delay), effect=False)

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

    def _without_strangers(self, batch: Batch) -> list[Item]:
        """Take out new cards whose article the cabinet already has: they were made by hand and stay as they are.

        They are settled before the call, and only then does the intent say that there is one: whatever happens to
        the call, nobody takes them for ours afterwards.
        """
        if not batch.unchecked:
            return batch.items
        lane = self._lane
        asked = [item.offer for item in batch.items if item.offer.offer_id in batch.new]
        there = {identity.article for identity in lane.channel.identify(asked)}
        kept: list[Item] = []
        outcomes: list[Outcome] = []
        for item in batch.items:
            if item.offer.offer_id in batch.new and item.offer.article in there:
                problem = Problem("exists_there", texts.exists_there(item.offer.article), "article")
                outcomes.append(Outcome(item.offer.offer_id, Result.REJECTED, problems=(problem,)))
            else:
                kept.append(item)
        if outcomes:
            settle(lane, batch.submission, outcomes, (), close=not kept)
            with self._counting:
                self._sent.add(outcomes)
        if kept:
            with lane.database.transaction() as connection:
                connection.execute(
                    sql("submission/counted"), {"submission_id": batch.submission, "items": len(kept)}
                )
        return kept

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


def _recover(lane: Lane) -> None:
    """Resolve intents whose caller died: repeat what is harmless, look first at what is not."""
    with lane.database.transaction() as connection:
        orphans = connection.execute(sql("submission/orphans"), lane.key).fetchall()
    for orphan in orphans:
        error = Uncertain("The sending process ended before the marketplace's answer")
        _log.warning("an unanswered submission is resolved", submission=orphan["submission_id"], **lane.key)
        called = orphan["items"] > 0
        if called and lane.channel.recovery is Recovery.READ_FIRST:
            _look(lane, orphan["submission_id"])
        withdraw(lane, orphan["submission_id"], error, pause=_AFTER_UNCERTAIN, effect=called)


def _look(lane: Lane, submission: int) -> None:
    """Learn which cards of an unanswered submission exist by now, so that they are updated and not created again."""
    with lane.database.transaction() as connection:
        rows = connection.execute(sql("submission/offers"), {"submission_id": submission}).fetchall()
    offers = [offer_of(row) for row in rows]
    known = lane.channel.identify(offers) if offers else []
    if known:
        with lane.database.transaction() as connection:
            connection.execute(
                sql("offer/found"),
                {
                    "account": lane.account.id,
                    "articles": [identity.article for identity in known],
                    "external_ids": [identity.external_id for identity in known],
                    "skus": [identity.sku for identity in known],
                    "now": lane.clock.now(),
                },
            )
