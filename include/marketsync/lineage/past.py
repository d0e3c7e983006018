"""One offer's past, read back from what the engine keeps anyway: nothing is written for it alone but old values."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from marketsync.db import Database, sql
from marketsync.errors import BadInput

__all__ = ["Change", "Past", "mentions", "past"]

Row = dict[str, Any]

_CALLS_AROUND = timedelta(minutes=30)  # a call may have waited for its limit, and a task be polled long after


@dataclass(frozen=True, slots=True)
class Change:
    """One intended change, with the calls that carried it."""

    row: Row
    calls: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Past:
    """What is known of one offer at one time.

    Attributes:
        offer: offer_id, account, article, external_id, sku, state, guid, name: of now.
        at: the time that is asked for.
        said: what the store said then: kind (product, price, stock), place, value, since, exchange_id.
        seen: what the marketplace was known to show then: channel, warehouse, values, since.
        changes: planned until then, the newest first, in the state of then.
        quarantine: prices that the marketplace kept back until then: amount, in_force, found_at, ended_at, outcome,
            author, reason.
        people: what people did to it (or to its whole account) and decided about its values, the newest first.
        refusals: what may not be sent; of now, and only where `at` is now.
    """

    offer: Row
    at: datetime
    said: tuple[Row, ...]
    seen: tuple[Row, ...]
    changes: tuple[Change, ...]
    people: tuple[Row, ...]
    refusals: tuple[Row, ...]
    quarantine: tuple[Row, ...] = ()


def past(database: Database, article: str, at: datetime, *, limit: int, now: datetime) -> list[Past]:
    """The past of every offer of a good.

    Args:
        article: an article, of 1C or as it is listed, or 1C's id.
        at: with its zone.
        limit: how many changes, the newest first.

    Raises:
        BadInput: no offer has this article or id.
    """
    with database.transaction() as connection:
        offers = connection.execute(sql("history/offer"), {"article": article}).fetchall()
        if not offers:
            raise BadInput(
                f"No offer has the article or the id {article!r}",
                hint="Give the article as 1C or the cabinet writes it, or 1C's id; only marked goods have offers",
            )
        found = []
        for offer in offers:
            key = {
                "offer_id": offer["offer_id"],
                "product_id": offer["product_id"],
                "account": offer["account"],
                "at": at,
                "limit": limit,
            }
            changes = connection.execute(sql("history/changes"), key).fetchall()
            found.append(
                Past(
                    offer=offer,
                    at=at,
                    said=tuple(connection.execute(sql("history/store_at"), key)),
                    seen=tuple(connection.execute(sql("history/seen_at"), key)),
                    changes=_with_calls(connection, changes),
                    people=tuple(connection.execute(sql("history/people"), key)),
                    refusals=tuple(connection.execute(sql("history/refusals"), key)) if at >= now else (),
                    quarantine=tuple(connection.execute(sql("history/quarantine"), key)),
                )
            )
    return found


def _with_calls(connection: Any, changes: Sequence[Row]) -> tuple[Change, ...]:
    sent = [row for row in changes if row["submission_id"] is not None and row["sent_at"] is not None]
    calls: dict[int, list[Row]] = {}
    if sent:
        # the days between are read, not all that are kept
        ends = [row["finished_at"] or row["sent_at"] for row in sent]
        rows = connection.execute(
            sql("history/calls"),
            {
                "submissions": sorted({row["submission_id"] for row in sent}),
                "first": min(row["sent_at"] for row in sent) - _CALLS_AROUND,
                "last": max(ends) + _CALLS_AROUND,
            },
        )
        for row in rows:
            calls.setdefault(row["submission_id"], []).append(row)
    return tuple(Change(row, tuple(calls.get(row["submission_id"], ()))) for row in changes)


def mentions(body: str | None, names: Sequence[str]) -> list[Any]:
    """The parts of a JSON body that name one of `names` (article, marketplace's ids) as a value of theirs.

    Nothing where the body was not kept, was cut, or is not JSON.
    """
    if not body:
        return []
    try:
        content = json.loads(body)
    except ValueError:
        return []
    return list(_naming(content, frozenset(names)))


def _naming(content: Any, names: frozenset[str]) -> Iterator[Any]:
    match content:
        case dict():
            if any(str(value) in names for value in content.values() if isinstance(value, str | int)):
                yield content
                return
            for value in content.values():
                yield from _naming(value, names)
        case list():
            for value in content:
                yield from _naming(value, names)
