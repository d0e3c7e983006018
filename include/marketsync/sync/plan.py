"""Desired - acknowledged = plan, and the guards that hold a part of it back.

A plan is what a run intends. It can be seen before it is applied (`preview`), and a run in which nothing
differs makes none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from marketsync.db import sql
from marketsync.sync import requests
from marketsync.sync.guards import last_word
from marketsync.sync.kinds import kind_of
from marketsync.sync.lane import Connection, Lane

__all__ = ["Preview", "Summary", "fill_desired", "make", "preview"]

_MANY = 10_000  # changes, after which the server has to look at the table anew before it joins it


@dataclass(frozen=True, slots=True)
class Summary:
    """What a plan came to.

    Attributes:
        plan: its id; None where nothing new was to be planned.
        counts: of this plan's changes, by state or by the guard that holds them.
        planned, held: everything open in the channel now.
        unanswered: calls whose answer never came, or has not come yet.
    """

    plan: int | None
    counts: dict[str, int]
    planned: int
    held: int
    unanswered: int

    @property
    def idle(self) -> bool:
        """Nothing is to be sent, and no call of a dead process to be resolved."""
        return not (self.planned or self.unanswered)


@dataclass(frozen=True, slots=True)
class Preview:
    """What a plan would change, without making it.

    Attributes:
        counts: (why, guard or None, number).
        rows: the first changes, held ones first.
        figures: what the kind of channel says beside them; of prices, see sync/price_figures.py.
    """

    counts: list[tuple[str, str | None, int]] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)
    figures: dict[str, Any] = field(default_factory=dict)


def make(lane: Lane, *, full: bool = False) -> Summary:
    """Plan a channel: new values supersede what is not yet being sent; the guards hold what a person must see.

    Args:
        full: everything counts as different, whatever was confirmed.

    Raises:
        BadInput: accounts.yaml or a mapping names what the store never delivered.
    """
    kind_of(lane).refresh(lane)
    with lane.database.transaction() as connection:
        connection.execute(sql("plan/lock"), lane.key)
        now = lane.clock.now()  # under the lock: whoever looks at requests knows what came after that
        fill_pending(connection, lane, full=full)
        connection.execute(sql("plan/supersede"), {**lane.key, "now": now, "approving": lane.approving})
        row = connection.execute(
            sql("plan/insert_plan"),
            {
                **lane.key,
                "kind": "full" if full else "changes",
                "mapping_version": lane.mapping_version,
                "now": now,
            },
        ).fetchone()
        plan: int | None = None
        counts: dict[str, int] = {}
        if row:
            plan = row["plan_id"]
            inserted = connection.execute(
                sql("plan/insert_changes"), {"plan_id": plan, "channel": lane.channel.name, "bulk": full}
            )
            if inserted.rowcount >= _MANY:
                connection.execute("analyze change")
            remembered = connection.execute(sql("plan/remember_counts"), {"plan_id": plan}).fetchone()
            counts = remembered["counts"] if remembered else {}
        requests.collect(connection, lane.account, lane.channel.name, now)
        now_open = connection.execute(sql("plan/count"), lane.key).fetchone() or {}
        connection.execute(sql("plan/drop"))
    return Summary(plan, counts, now_open["planned"], now_open["held"], now_open["unanswered"])


def preview(lane: Lane, *, full: bool = False, limit: int = 20) -> Preview:
    """What `make` would plan now; nothing is written but what was read of the marketplace.

    Args:
        limit: how many changes are named; with none, only their counts are of interest.
    """
    kind_of(lane).refresh(lane)
    with lane.database.transaction() as connection:
        fill_pending(connection, lane, full=full)
        counts = [
            (row["why"], row["guard"], row["n"]) for row in connection.execute(sql("plan/preview_counts"))
        ]
        rows = connection.execute(
            sql("plan/preview"), {"limit": limit, "channel": lane.channel.name}
        ).fetchall()
        figures = kind_of(lane).figures(connection, lane) if limit else {}
        connection.rollback()
    return Preview(counts=counts, rows=rows, figures=figures)


def fill_desired(connection: Connection, lane: Lane, *, offers: Sequence[int] | None = None) -> None:
    """Fill `desired` with what the channel should show now.

    Args:
        connection: inside a transaction; the table ends with it, or with plan/drop.
        offers: only these; None for all of the account.
    """
    chosen = list(offers) if offers is not None else None
    kind = kind_of(lane)
    kind.prepare(connection, lane, chosen)
    connection.execute(sql("desired/create"))
    kind.fill(connection, lane, chosen)
    connection.execute("analyze desired")


def fill_pending(connection: Connection, lane: Lane, *, full: bool = False) -> None:
    """Fill `pending` with what differs, guarded; `desired` stays beside it."""
    fill_desired(connection, lane)
    connection.execute(sql("plan/pending"), {**lane.key, "full": full, "now": lane.clock.now()})
    connection.execute("analyze pending")
    kind = kind_of(lane)
    kind.guard(connection, lane)
    last_word(connection, lane)
    kind.tidy(connection, lane)
