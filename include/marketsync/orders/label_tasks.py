"""Labels, from the request to the file: asked for in batches, looked at until they are made, kept one per order.

Asking twice does no harm, so that a request whose answer never came is simply made again. A batch that is refused as
a whole is halved until the order is found that spoils it. Where a file's pages do not say whose they are, the account's
labels are asked for one by one for a day.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog

from marketsync.db import sql
from marketsync.errors import Retriable
from marketsync.http.answers import RequestRefused
from marketsync.marketplaces.orders import Deed, PostingStatus, Stage
from marketsync.orders import labels, tasks
from marketsync.orders.asked import TaskKind
from marketsync.orders.deeds import Bench
from marketsync.orders.tasks import Task, Verdict, done, later, refused

__all__ = ["LabelDesk"]

_log = structlog.get_logger(__name__)

_ASKED_BY = "marketsync"
_ALONE_FOR = timedelta(days=1)
_GIVE_UP = timedelta(hours=1)  # a label task without an end, or a file that stays torn: asked for anew
_TORN_LOOK = timedelta(seconds=2)
_STABLE_AFTER = 1.0  # seconds between two downloads of a file that may still grow
_AFTER_TROUBLE = 15.0
_GATHERED = timedelta(seconds=5)  # what is due so soon goes with the batch that goes now
_USUAL_LOOKS = 8
_READ_AFTER = 3  # refusals as not ready; then the order itself is looked at


@dataclass(frozen=True, slots=True)
class _Made:
    """A label task that the marketplace calls completed."""

    request: Mapping[str, Any]
    content: bytes
    url: str
    unprinted: Mapping[str, str]
    completed_at: datetime


class LabelDesk:
    """The labels of one account, within one run.

    Args:
        run: names the run, for what it refuses.
    """

    def __init__(self, bench: Bench, run: str | None) -> None:
        self._bench = bench
        self._run = run
        self._database = bench.seller.runtime.database
        self._files = bench.seller.runtime.files
        self._fulfilment = bench.seller.fulfilment
        self.kept = 0
        self.refused = 0

    def ask_for_assembled(self) -> int:
        """Labels for every assembled order that nobody asked one for; returns how many."""
        with self._database.transaction() as connection:
            return connection.execute(
                sql("fulfilment/ask_labels"),
                {
                    "account": self._bench.account,
                    "asked_by": _ASKED_BY,
                    "seconds": self._fulfilment.label_after,
                    "now": self._bench.now(),
                },
            ).rowcount

    # --- asking ---

    def request(self) -> bool:
        """Have labels made for what is due; False where nothing is."""
        now = self._bench.now()
        with self._database.transaction() as connection:
            row = connection.execute(
                sql("fulfilment/label_unnamed"), {"account": self._bench.account, "since": now - _ALONE_FOR}
            ).fetchone()
            alone = bool(row and row["unnamed"])
            claimed = self._claim(connection, now, 1)
            if claimed and not alone:
                claimed += self._claim(connection, now + _GATHERED, self._fulfilment.label_batch - 1)
            opened = self._open(connection, claimed, now) if claimed else 0
        if claimed:
            self._request(opened, claimed)
        return bool(claimed)

    def _claim(self, connection: tasks.Connection, until: datetime, at_most: int) -> list[Task]:
        return tasks.claim(connection, self._bench.account, [TaskKind.LABEL], until, at_most=at_most)

    def _open(self, connection: tasks.Connection, claimed: Sequence[Task], now: datetime) -> int:
        row = connection.execute(
            sql("fulfilment/label_open_request"),
            {"account": self._bench.account, "numbers": [task.number for task in claimed], "now": now},
        ).fetchone()
        return int(row["label_request_id"]) if row else 0

    def _request(self, request: int, claimed: Sequence[Task]) -> None:
        try:
            there = self._fulfilment.request_labels([task.number for task in claimed])
        except RequestRefused as error:
            self._refused(request, claimed, error)
            return
        except Retriable as error:
            self._fail(request, claimed, str(error), after=getattr(error, "delay", _AFTER_TROUBLE))
            return
        except BaseException as error:
            self._fail(request, claimed, str(error) or type(error).__name__, after=_AFTER_TROUBLE)
            raise
        now = self._bench.now()
        with self._database.transaction() as connection:
            connection.execute(
                sql("fulfilment/label_asked"),
                {
                    "label_request_id": request,
                    "external_id": there[0],
                    "next_look_at": now + timedelta(seconds=self._fulfilment.label_look),
                },
            )
            self._settle(connection, claimed, later("этикетка делается", after=0.0, looked=False))

    def _refused(self, request: int, claimed: Sequence[Task], error: RequestRefused) -> None:
        told = self._fulfilment.label_refused(error.code, error.text)
        if told.deed is Deed.LATER:
            self._not_ready(request, claimed, told.message)
            return
        if len(claimed) == 1:
            with self._database.transaction() as connection:
                self._close(connection, request, "failed", told.message)
                self._settle(connection, claimed, refused(told.message))
            return
        middle = len(claimed) // 2
        now = self._bench.now()
        with self._database.transaction() as connection:
            self._close(connection, request, "failed", told.message)
            halves = [
                (self._open(connection, half, now), half) for half in (claimed[:middle], claimed[middle:])
            ]
        for opened, half in halves:
            self._request(opened, half)

    def _not_ready(self, request: int, claimed: Sequence[Task], message: str) -> None:
        """None of them can be printed yet; who waits for long may never be: the order is read."""
        verdicts = [self._looked_at(task) or later(message, after=self._pause(task)) for task in claimed]
        with self._database.transaction() as connection:
            self._close(connection, request, "failed", message)
            for task, verdict in zip(claimed, verdicts, strict=True):
                self._settle(connection, [task], verdict)

    def _looked_at(self, task: Task) -> Verdict | None:
        """The end of a task that waits in vain, None where its label may still come."""
        if task.looks < _READ_AFTER:
            return None
        posting = self._bench.read(task.number)
        if posting is None:
            return refused("площадка не знает этого заказа (или он чужой)")
        if posting.status is PostingStatus.CANCELLED:
            return refused("заказ отменён, этикетки не будет", alert=False)
        if self._fulfilment.stage(posting) >= Stage.SENT:
            return refused(f"заказ уже в пути ({posting.status_there}), этикетки не будет")
        return None

    def _pause(self, task: Task) -> float:
        """The marketplace's pauses; after many, growing ones: a run does not stay for what may never come."""
        pauses = self._fulfilment.label_pauses
        usual = pauses[min(task.looks, len(pauses) - 1)]
        return usual if task.looks < _USUAL_LOOKS else tasks.pause(task.looks - _USUAL_LOOKS + 2, first=usual)

    def _fail(self, request: int, claimed: Sequence[Task], message: str, *, after: float) -> None:
        with self._database.transaction() as connection:
            self._close(connection, request, "failed", message)
            self._settle(connection, claimed, later(message, after=after))

    # --- looking ---

    def look(self) -> bool:
        """What became of the open label tasks that are due; False where none is."""
        now = self._bench.now()
        with self._database.transaction() as connection:
            due = connection.execute(
                sql("fulfilment/label_due"), {"account": self._bench.account, "now": now}
            ).fetchall()
        made = [found for request in due if (found := self._look(request)) is not None]
        if made:
            # once for all of them: what was seen growing has had time to grow
            self._bench.seller.runtime.clock.sleep(_STABLE_AFTER)
        for one in made:
            self._take(one)
        return bool(due)

    def _look(self, request: Mapping[str, Any]) -> _Made | None:
        now = self._bench.now()
        if request["external_id"] is None:
            self._over(request, "ответ площадки потерян, запрашиваем снова", after=0.0)
            return None
        try:
            state = self._fulfilment.label(request["external_id"])
            if state.state == "pending":
                if now - request["created_at"] > _GIVE_UP:
                    self._over(request, f"нет ответа {_GIVE_UP}, запрашиваем снова", after=0.0)
                else:
                    self._later(request, None, timedelta(seconds=self._fulfilment.label_look), None)
                return None
            if state.state == "failed" or not state.url:
                self._over(request, state.message or "площадка не сделала этикетку", after=None)
                return None
            completed_at = request["completed_at"] or now
            content = self._fulfilment.label_file(state.url)
        except RequestRefused as error:
            self._over(request, str(error), after=_AFTER_TROUBLE)
            return None
        except Retriable as error:
            pause = timedelta(seconds=max(getattr(error, "delay", 0.0), self._fulfilment.label_look))
            self._later(request, None, pause, str(error))
            return None
        return _Made(request, content, state.url, state.unprinted, completed_at)

    def _take(self, made: _Made) -> None:
        """Keep a completed file, once it is whole and has stopped growing."""
        request = made.request
        try:
            again = self._fulfilment.label_file(made.url)
        except (RequestRefused, Retriable) as error:
            self._later(request, made.completed_at, _TORN_LOOK, str(error))
            return
        if again != made.content or not labels.whole(again):
            if self._bench.now() - made.completed_at > _GIVE_UP:
                self._over(request, "файл этикетки так и не стал целым, запрашиваем снова", after=0.0)
            else:
                self._later(request, made.completed_at, _TORN_LOOK, "файл этикетки ещё не целый")
            return
        printed = [number for number in request["numbers"] if number not in made.unprinted]
        pages = labels.split(again, printed) if printed else {}
        if pages is None:
            with self._database.transaction() as connection:
                self._close(connection, request["label_request_id"], "done", None, unnamed=True)
                waiting = self._tasks(connection, request)
                self._settle(
                    connection, waiting, later("страницы без номеров, запрашиваем по одной", after=0.0)
                )
            return
        self._keep(made, pages)

    def _keep(self, made: _Made, pages: Mapping[str, labels.PageFile]) -> None:
        with self._database.transaction() as connection:
            waiting = self._tasks(connection, made.request)
        without = {
            task.task_id: self._looked_at(task)
            or later(
                f"этикетка не напечатана: {made.unprinted.get(task.number) or 'в файле нет её страницы'}",
                after=self._pause(task),
            )
            for task in waiting
            if task.number not in pages
        }
        now = self._bench.now()
        with self._database.transaction() as connection:
            for task in waiting:
                own = pages.get(task.number)
                if own is None:
                    self._settle(connection, [task], without[task.task_id])
                    continue
                labels.keep(
                    connection, self._files, self._bench.account, task.posting_id, task.number, own,
                    made.completed_at, now,
                )  # fmt: skip
                self.kept += 1
                self._settle(connection, [task], done())
            self._close(connection, made.request["label_request_id"], "done", None)

    # --- rows ---

    def _tasks(self, connection: tasks.Connection, request: Mapping[str, Any]) -> list[Task]:
        rows = connection.execute(
            sql("fulfilment/label_tasks"),
            {"account": self._bench.account, "numbers": request["numbers"]},
        ).fetchall()
        return [tasks.task_of(row) for row in rows]

    def _over(self, request: Mapping[str, Any], message: str, *, after: float | None) -> None:
        """A label task that comes to nothing: its orders' labels are asked for again."""
        with self._database.transaction() as connection:
            self._close(connection, request["label_request_id"], "failed", message)
            for task in self._tasks(connection, request):
                pause = self._pause(task) if after is None else after
                self._settle(connection, [task], later(message, after=pause))

    def _later(
        self,
        request: Mapping[str, Any],
        completed_at: datetime | None,
        after: timedelta,
        message: str | None,
    ) -> None:
        with self._database.transaction() as connection:
            connection.execute(
                sql("fulfilment/label_look_later"),
                {
                    "label_request_id": request["label_request_id"],
                    "completed_at": completed_at,
                    "next_look_at": self._bench.now() + after,
                    "error": message,
                },
            )

    def _close(
        self,
        connection: tasks.Connection,
        request: int,
        state: str,
        message: str | None,
        *,
        unnamed: bool = False,
    ) -> None:
        connection.execute(
            sql("fulfilment/label_close_request"),
            {"label_request_id": request, "state": state, "error": message, "unnamed": unnamed},
        )

    def _settle(self, connection: tasks.Connection, settled: Sequence[Task], verdict: Verdict) -> None:
        self.refused += len(settled) if verdict.refused else 0
        for task in settled:
            tasks.settle(connection, self._bench.account, task, verdict, self._bench.now(), run=self._run)
