"""Whole lists of a portal, page by page, many pages in one call.

A page has 50 rows. Its last id is where the next page begins (`>id`, ordered by id, `start` of -1), and within a
batch the next command takes it from the one before by a reference, so that 50 pages cost one call. A first page
is asked with `start` of 0, which counts the rows: from then on exactly the pages that exist are asked for.

What a page says is taken only where its ids go on rising: a reference that leads nowhere is an empty value on
some portals, and `>id` of nothing is the first page again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from marketsync.errors import MarketsyncError, RateLimited, Retriable
from marketsync.http.retry import retry
from marketsync.shop.bitrix.client import MOST_COMMANDS, BatchAnswer, Bitrix, Command, Reference

__all__ = ["PAGE", "ListReader", "Listing", "Row"]

PAGE = 50
"""Rows of a page, always (Bitrix24 REST documentation, lists)."""

_DOUBTS = 3  # times that a list may end early before it is believed
_AIM = 20.0  # seconds of the portal's work in one call: the cloud breaks off at 60

Row = Mapping[str, Any]
Sink = Callable[[str, Sequence[Row]], None]


@dataclass(frozen=True, slots=True)
class Listing:
    """A list to be read whole.

    Attributes:
        name: of letters and digits, unique in one reading.
        key: of the list in the answer, as 'products'.
        count_only: only its total is wanted.
    """

    name: str
    method: str
    key: str
    select: Sequence[str]
    filter: Mapping[str, Any] = field(default_factory=dict)
    count_only: bool = False


@dataclass(slots=True)
class _Progress:
    listing: Listing
    last: int = 0
    rows: int = 0
    total: int | None = None
    done: bool = False
    doubts: int = 0  # how often in a row it ended before its total

    @property
    def pages_left(self) -> int:
        """At least one, where it is not done."""
        if self.total is None:
            return 1
        return max(1, -(-(self.total - self.rows) // PAGE))


class _Lasting(MarketsyncError):
    """Passing trouble that has outlasted the client's own attempts: it is not tried four times four."""

    def __init__(self, error: Retriable) -> None:
        super().__init__(error.message)
        self.error = error


class ListReader:
    """Reads lists of one portal.

    Attributes:
        calls: batches that were answered.
        portal_time: when the first of them began, by the portal's clock.
    """

    def __init__(self, client: Bitrix) -> None:
        self.calls = 0
        self.portal_time = ""
        self._client = client
        self._room = MOST_COMMANDS

    def read(self, listings: Sequence[Listing], sink: Sink) -> dict[str, int]:
        """Hand every row of the lists to the sink, page by page, each once and by rising id.

        Returns:
            how many rows each list has: counted by the portal, or met.

        Raises:
            Retriable: passing trouble that lasted; what the sink got until then is a part.
            Fatal, RequestRefused: a command was refused.
        """
        under_way = [_Progress(listing) for listing in listings]
        while not all(progress.done for progress in under_way):
            self._again(lambda: self._round(under_way, sink))
        return {
            progress.listing.name: progress.rows if progress.total is None else progress.total
            for progress in under_way
        }

    def each(
        self, method: str, key: str, param: str, ids: Sequence[int], select: Sequence[str], sink: Sink
    ) -> None:
        """A method that lists by one good only: once for each id; the sink gets the id as the name."""
        waiting = list(ids)
        while waiting:
            self._again(lambda: self._each_round(waiting, method, key, param, select, sink))

    def _again(self, work: Callable[[], None]) -> None:
        """One batch, tried again where a command of it met passing trouble, and later where a limit says so."""
        try:
            retry(lambda _: work(), clock=self._client.clock, repeatable=True)
        except RateLimited as error:
            self._client.wait(error)
        except _Lasting as lasting:
            raise lasting.error from None

    def _each_round(
        self, waiting: list[int], method: str, key: str, param: str, select: Sequence[str], sink: Sink
    ) -> None:
        asked = waiting[: self._room]
        answer = self._run(
            [Command(f"c{one}", method, {param: one, "select": list(select)}) for one in asked]
        )
        for one in asked:
            result = answer.results.get(f"c{one}")
            if result is None:
                break
            sink(str(one), _rows(result, key))
            waiting.pop(0)
        _raise_first(answer)

    def _round(self, under_way: Sequence[_Progress], sink: Sink) -> None:
        """One batch: what it brought is handed on before its first error is raised."""
        chains: list[tuple[_Progress, list[Command]]] = []
        room = self._room
        for progress in under_way:
            if progress.done or not room:
                continue
            chain = _chain(progress, min(room, progress.pages_left))
            room -= len(chain)
            chains.append((progress, chain))
        answer = self._run([command for _, chain in chains for command in chain])
        before = sum(progress.rows + progress.doubts for progress, _ in chains)
        finished = sum(progress.done for progress, _ in chains)
        for progress, chain in chains:
            _take(progress, chain, answer, sink)
        _raise_first(answer)
        moved = sum(progress.rows + progress.doubts for progress, _ in chains) > before
        if not moved and sum(progress.done for progress, _ in chains) == finished:
            raise Retriable("The portal answered a batch without the pages that were asked for")

    def _run(self, commands: Sequence[Command]) -> BatchAnswer:
        try:
            answer = self._client.batch(commands)
        except RateLimited:
            raise
        except Retriable as error:
            raise _Lasting(error) from None
        self.calls += 1
        self.portal_time = self.portal_time or answer.portal_time
        if answer.seconds > 0:
            self._room = max(1, min(MOST_COMMANDS, int(_AIM / answer.seconds)))
        return answer


def _chain(progress: _Progress, pages: int) -> list[Command]:
    listing = progress.listing
    base = {"select": list(listing.select), "order": {"id": "asc"}}
    if progress.total is None and not progress.rows:
        return [
            Command(f"{listing.name}0", listing.method, {**base, "filter": dict(listing.filter), "start": 0})
        ]
    commands: list[Command] = []
    after: int | Reference = progress.last
    for number in range(pages):
        name = f"{listing.name}{progress.rows // PAGE + number}"
        commands.append(
            Command(name, listing.method, {**base, "filter": {**listing.filter, ">id": after}, "start": -1})
        )
        after = Reference(name, listing.key, PAGE - 1)
    return commands


def _take(progress: _Progress, chain: Sequence[Command], answer: BatchAnswer, sink: Sink) -> None:
    for command in chain:
        result = answer.results.get(command.name)
        if result is None or progress.done:
            return
        rows = _rows(result, progress.listing.key)
        if command.params["start"] == 0:
            progress.total = answer.totals.get(command.name)
            if progress.listing.count_only:
                progress.done = True
                return
        ids = [int(row["id"]) for row in rows]
        if any(later <= earlier for earlier, later in zip([progress.last, *ids], ids, strict=False)):
            return  # not the page that was asked for
        if rows:
            sink(progress.listing.name, rows)
            progress.last = ids[-1]
            progress.rows += len(rows)
        if len(rows) < PAGE:
            _end(progress)
            return  # what follows began behind a page that may be torn
        progress.doubts = 0


def _end(progress: _Progress) -> None:
    """A short page ends a list that is as long as was counted. Otherwise rows went meanwhile, or the answer is torn:
    the list is asked again from there, and believed at last.
    """
    if progress.total is None or progress.rows >= progress.total or progress.doubts == _DOUBTS:
        progress.done = True
    progress.doubts += 1


def _rows(result: Any, key: str) -> list[Row]:
    rows = result.get(key) if isinstance(result, Mapping) else None
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        raise Retriable(f"The portal's answer has no list «{key}»")
    return rows


def _raise_first(answer: BatchAnswer) -> None:
    error: MarketsyncError | None = next(iter(answer.errors.values()), None)
    if error is not None:
        raise error
