"""Desired - acknowledged = plan, and the guards that hold a part of it back.

A plan is what a run intends. It can be seen before it is applied (`preview`), and a run in which nothing
differs makes none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from marketsync.db import sql
from marketsync.marketplaces.base import Kind
from marketsync.sync import desired, texts
from marketsync.sync.lane import Connection, Lane

__all__ = ["Preview", "Summary", "fill_desired", "make", "preview"]


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
    """

    counts: list[tuple[str, str | None, int]] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)


def make(lane: Lane, *, full: bool = False) -> Summary:
    """Plan a channel: new values supersede what is not yet being sent; the guards hold what a person must see.

    Args:
        full: everything counts as different, whatever was confirmed.

    Raises:
        BadInput: accounts.yaml or a mapping names what the store never delivered.
    """
    now = lane.clock.now()
    with lane.database.transaction() as connection:
        connection.execute(sql("plan/lock"), lane.key)
        fill_pending(connection, lane, full=full)
        connection.execute(sql("plan/supersede"), {**lane.key, "now": now})
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
            connection.execute(
                sql("plan/insert_changes"), {"plan_id": plan, "channel": lane.channel.name, "bulk": full}
            )
            remembered = connection.execute(sql("plan/remember_counts"), {"plan_id": plan}).fetchone()
            counts = remembered["counts"] if remembered else {}
        now_open = connection.execute(sql("plan/count"), lane.key).fetchone() or {}
        connection.execute(sql("plan/drop"))
    return Summary(plan, counts, now_open["planned"], now_open["held"], now_open["unanswered"])


def preview(lane: Lane, *, full: bool = False, limit: int = 20) -> Preview:
    """What `make` would plan now; nothing is written."""
    with lane.database.transaction() as connection:
        fill_pending(connection, lane, full=full)
        counts = [
            (row["why"], row["guard"], row["n"]) for row in connection.execute(sql("plan/preview_counts"))
        ]
        rows = connection.execute(sql("plan/preview"), {"limit": limit}).fetchall()
        connection.rollback()
    return Preview(counts=counts, rows=rows)


def fill_desired(connection: Connection, lane: Lane, *, offers: Sequence[int] | None = None) -> None:
    """Fill `desired`, and for documents `opening_price`: the price with which a card may be sent."""
    if lane.channel.kind is Kind.DOCUMENT:
        _opening_prices(connection, lane, offers)
    desired.fill(connection, lane, offers=offers)
    if lane.channel.kind is Kind.PRICE:
        _refuse_currencies(connection, lane)


def fill_pending(connection: Connection, lane: Lane, *, full: bool = False) -> None:
    """Fill `pending` with what differs, guarded; `desired` stays beside it."""
    fill_desired(connection, lane)
    _compare(connection, lane, full=full)
    if lane.channel.kind is Kind.PRICE:
        _hold_prices(connection, lane)
        connection.execute(sql("plan/drop_unlisted"))
        mass = lane.account.guards.mass
        connection.execute(
            sql("plan/hold_mass_price"),
            {**lane.key, "share": mass.repriced, "moved_by": mass.repriced_by, "at_least": mass.at_least},
        )
    elif lane.channel.kind is Kind.STOCK:
        mass = lane.account.guards.mass
        connection.execute(
            sql("plan/hold_mass_zero"), {**lane.key, "share": mass.zeroed, "at_least": mass.at_least}
        )


def _compare(connection: Connection, lane: Lane, *, full: bool) -> None:
    connection.execute(sql("plan/pending"), {**lane.key, "full": full, "now": lane.clock.now()})
    connection.execute("analyze pending")


def _hold_prices(connection: Connection, lane: Lane) -> None:
    guard = lane.account.guards.price
    connection.execute(
        sql("plan/hold_prices"),
        {
            "now": lane.clock.now(),
            "ceiling": guard.ceiling,
            "largest_change": guard.largest_change,
            "without_reference": guard.without_reference,
        },
    )


def _refuse_currencies(connection: Connection, lane: Lane) -> None:
    account = lane.account
    connection.execute(
        sql("plan/refuse_currency"),
        {
            "account": account.id,
            "channel": "price",
            "currency": account.currency,
            "message": texts.wrong_currency(account.currency),
            "now": lane.clock.now(),
        },
    )
    connection.execute(sql("plan/currency_mended"), {"account": account.id, "channel": "price"})


def _opening_prices(connection: Connection, lane: Lane, offers: Sequence[int] | None) -> None:
    # a card is created with a price: with none at all, or with one that a guard holds, it is not created
    chosen = list(offers) if offers is not None else None
    connection.execute(sql("desired/create"))
    desired.fill_prices(connection, lane, offers=chosen, states=["new"])
    _refuse_currencies(connection, lane)
    connection.execute(
        sql("plan/pending"),
        {"account": lane.account.id, "channel": "price", "full": False, "now": lane.clock.now()},
    )
    _hold_prices(connection, lane)
    connection.execute(sql("plan/opening_prices"), {"account": lane.account.id, "offers": chosen})
    connection.execute(sql("plan/drop"))
