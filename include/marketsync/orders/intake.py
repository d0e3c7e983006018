"""Reading an account's orders from its marketplace into the inbox, again and again, so that nothing is missed.

Each flow has a memory of its own, and one in trouble does not hold the others:
- changes: every order whose status changed since the last reading, with an overlap. What was read is believed only once
  every page of it came: a failed page leaves the watermark where it was.
- open: all orders that wait for the store, every minute: what no change told of is found there.
- unread: what only a push told of is read one by one, where the lists did not bring it.
- returns: what came back.
- reread: once a day everything of some days again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

import structlog

from marketsync.accounts import Account
from marketsync.clock import Clock
from marketsync.db import Database, sql
from marketsync.errors import Fatal, MarketsyncError
from marketsync.http.answers import RequestRefused
from marketsync.marketplaces.orders import Malformed, OrderDesk, Posting, Return
from marketsync.order_settings import Orders
from marketsync.orders import texts
from marketsync.orders.alerts import raise_alert
from marketsync.orders.goods import raise_due, wake
from marketsync.orders.inbox import FAULTS, Source, Taken, set_aside, take_postings, unusable
from marketsync.orders.reservations import lapse
from marketsync.orders.returns import take_returns

__all__ = ["Intake", "Read"]

_log = structlog.get_logger(__name__)

_OPEN_EVERY = timedelta(seconds=45)  # a run that a push woke in between does without
_OPEN_WINDOW = timedelta(days=120)  # around now, in which the time to assemble an open order lies
_RETURNS_EVERY = timedelta(minutes=10)
_REREAD_EVERY = timedelta(days=1)
_UNREAD_FOR = timedelta(hours=1)  # what a marketplace does not show for so long is left to the lists
_UNREAD_AT_ONCE = 40

One = TypeVar("One")


@dataclass(slots=True)
class Read:
    """What a run came to.

    Attributes:
        orders: what became of the orders that were read.
        returns: that are new or have moved.
        bad: orders that were set aside, each once.
        lapsed: reservations that only a push spoke of.
        pages: calls that brought something.
    """

    orders: Taken = field(default_factory=Taken)
    returns: int = 0
    bad: int = 0
    lapsed: int = 0
    pages: int = 0


@dataclass(slots=True)
class Intake:
    """The reading of one account's orders."""

    database: Database
    clock: Clock
    account: Account
    settings: Orders
    desk: OrderDesk
    read: Read = field(default_factory=Read)

    def run(self) -> Read:
        """Read what is due.

        Raises:
            MarketsyncError: the first trouble, after the other flows were read.
        """
        flows = self._flows()
        begun = flows["begun"]["watermark"]
        trouble: MarketsyncError | None = None
        for step in (self._changes, self._open, self._unread, self._returns, self._reread):
            try:
                step(flows, begun)
            except Fatal:
                raise
            except MarketsyncError as error:
                _log.error(
                    "orders were not read", account=self.account.id, flow=step.__name__, error=str(error)
                )
                trouble = trouble or error
        if trouble is not None:
            raise trouble
        # only after everything could be read: while a marketplace is silent, an order that it pushed stays reserved
        self._lapse()
        return self.read

    def bring(self, number: str, source: Source = "person") -> bool:
        """Read one order whatever is known of it; False where the marketplace does not know it.

        Raises:
            MarketsyncError: it cannot be read now.
        """
        began = self.clock.now()
        found = self.desk.read(number)
        if found is None:
            return False
        self._take([found], source, began, since=None)
        return True

    def take_again(self, postings: Sequence[Posting], began: datetime) -> None:
        """Take orders that were read back, by a reading that began then; a bad one is set aside and holds up none."""
        self._take(postings, "reread", began, since=self._flows()["begun"]["watermark"])

    def take_returns(self, returns: Sequence[Return]) -> None:
        """Take returns that were read back."""
        self._take_returns(returns)

    # ------------------------------------------------------------ the flows

    def _changes(self, flows: dict[str, Any], begun: datetime) -> None:
        until = self.clock.now()
        known = flows.get("changes", {}).get("watermark") or begun
        since = known - timedelta(minutes=self.settings.overlap_minutes)
        self._pages(self.desk.changed(since, until), "poll", begun)
        self._hear("changes", until)

    def _open(self, flows: dict[str, Any], begun: datetime) -> None:
        now = self.clock.now()
        if not _due(flows, "open", now, _OPEN_EVERY):
            return
        self._pages(self.desk.open(now - _OPEN_WINDOW, now + _OPEN_WINDOW), "poll", begun)
        self._hear("open", None)

    def _unread(self, flows: dict[str, Any], begun: datetime) -> None:
        since = self.clock.now() - _UNREAD_FOR
        with self.database.transaction() as connection:
            rows = connection.execute(
                sql("orders/unread"),
                {"account": self.account.id, "since": since, "limit": _UNREAD_AT_ONCE},
            ).fetchall()
        trouble: RequestRefused | None = None
        for row in rows:
            try:
                self.bring(row["number"], "poll")
            except RequestRefused as error:  # of this one order; the others can still be read
                trouble = trouble or error
        if trouble is not None:
            raise trouble

    def _returns(self, flows: dict[str, Any], begun: datetime) -> None:
        until = self.clock.now()
        if not _due(flows, "returns", until, _RETURNS_EVERY):
            return
        known = flows.get("returns", {}).get("watermark") or begun
        since = known - timedelta(minutes=self.settings.overlap_minutes)
        for page in self.desk.returns(since, until):
            self.read.pages += 1
            self._take_returns(page)
        self._hear("returns", until)

    def _reread(self, flows: dict[str, Any], begun: datetime) -> None:
        until = self.clock.now()
        if not _due(flows, "reread", until, _REREAD_EVERY):
            return
        since = until - timedelta(days=self.settings.reread_days)
        self._pages(self.desk.created(since, until), "reread", begun)
        self._hear("reread", None)

    def _lapse(self) -> None:
        now = self.clock.now()
        with self.database.transaction() as connection:
            over = lapse(connection, self.account.id, now)
            for number in sorted({str(row["number"]) for row in over}):
                raise_alert(
                    connection,
                    f"order/{self.account.id}/{number}/lapsed",
                    "warning",
                    texts.lapsed(self.account.id, number),
                    now,
                    account=self.account.id,
                )
            wake(connection, {"stocks": raise_due(connection, [int(str(row["product_id"])) for row in over])})
        self.read.lapsed = len(over)

    # ------------------------------------------------------------ pages

    def _pages(self, pages: Iterator[Sequence[Posting | Malformed]], source: Source, begun: datetime) -> None:
        began = self.clock.now()
        for page in pages:
            self.read.pages += 1
            self._take(page, source, began, since=begun)
            began = self.clock.now()  # of the next page's call

    def _take(
        self, page: Iterable[Posting | Malformed], source: Source, began: datetime, since: datetime | None
    ) -> None:
        """Take a page at once; where the database refuses something of it, order by order: the good ones go on."""
        good = [row for row in page if isinstance(row, Posting)]
        bad = [row for row in page if isinstance(row, Malformed)]

        def take(postings: Sequence[Posting]) -> None:
            with self.database.transaction() as connection:
                self.read.orders.add(
                    take_postings(
                        connection, self.account, postings, source, self.clock.now(), began=began, since=since
                    )
                )

        bad += [unusable(posting, error) for posting, error in _sifted(good, take)]
        self._set_aside(bad, source)

    def _take_returns(self, page: Sequence[Return | Malformed]) -> None:
        good = [row for row in page if isinstance(row, Return)]
        bad = [row for row in page if isinstance(row, Malformed)]

        def take(returns: Sequence[Return]) -> None:
            with self.database.transaction() as connection:
                self.read.returns += take_returns(connection, self.account, returns, self.clock.now())

        bad += [
            Malformed(one.number, {"return": one.external_id, "quantity": one.quantity}, str(error))
            for one, error in _sifted(good, take)
        ]
        self._set_aside(bad, "poll")

    def _set_aside(self, bad: Sequence[Malformed], source: Source) -> None:
        for row in bad:
            with self.database.transaction() as connection:
                self.read.bad += set_aside(connection, self.account, row, source, self.clock.now())

    # ------------------------------------------------------------ memory

    def _flows(self) -> dict[str, Any]:
        now = self.clock.now()
        key = {"account": self.account.id}
        with self.database.transaction() as connection:
            rows = connection.execute(sql("orders/flows"), key).fetchall()
            flows = {row["flow"]: row for row in rows}
            if "begun" not in flows:
                connection.execute(sql("orders/hear"), {**key, "flow": "begun", "watermark": now, "now": now})
                flows["begun"] = {"watermark": now, "heard_at": now}
        return flows

    def _hear(self, flow: str, watermark: datetime | None) -> None:
        with self.database.transaction() as connection:
            connection.execute(
                sql("orders/hear"),
                {
                    "account": self.account.id,
                    "flow": flow,
                    "watermark": watermark,
                    "now": self.clock.now(),
                },
            )


def _due(flows: dict[str, Any], flow: str, now: datetime, every: timedelta) -> bool:
    known = flows.get(flow)
    return known is None or now - known["heard_at"] >= every


def _sifted(rows: Sequence[One], take: Callable[[Sequence[One]], None]) -> list[tuple[One, Exception]]:
    """Take all at once, or else one by one; what the database refused, and why."""
    if not rows:
        return []
    try:
        take(rows)
    except FAULTS as error:
        if len(rows) == 1:
            return [(rows[0], error)]
        return [found for row in rows for found in _sifted([row], take)]
    return []
