"""Build a batch: claim changes, read the amounts of this moment, write the intent, commit.

The plan may be minutes old. A price or a card that has moved since is not sent: the change is closed and the next
plan takes the new value through the guards. A stock that has fallen since is sent as it is now; one that has
risen is sent as planned, since the lower number can only be sold.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from marketsync.db import sql
from marketsync.marketplaces.base import Item
from marketsync.sync import plan
from marketsync.sync.kinds import Documents, kind_of
from marketsync.sync.lane import Connection, Lane, offer_of

__all__ = ["Batch", "build"]


@dataclass(frozen=True, slots=True)
class Batch:
    """What was claimed for one call, or for the calls into which the channel sorts it.

    Attributes:
        submission: the intent row's id.
        items: in the order of their urgency; empty where every value had moved on.
        new: offers without a card, and without a call that may have made one.
    """

    submission: int
    items: list[Item]
    new: frozenset[int]

    @property
    def unchecked(self) -> bool:
        """Whether the caller must look first what is there; until then the intent counts no items."""
        return any(item.by_article for item in self.items)


def build(lane: Lane, documents: Documents | None, *, size: int) -> Batch | None:
    """Claim up to `size` changes and commit their intent; None where nothing may be sent now."""
    now = lane.clock.now()
    kind = kind_of(lane)
    with lane.database.transaction() as connection:
        turn = kind.tied_by or lane.turn
        connection.execute(sql("submission/claim_turn"), {"account": lane.account.id, "turn": turn})
        parameters = {
            **lane.key,
            **lane.item_limits,
            **lane.apart,
            "now": now,
            "states": list(kind.states),
            "tied": kind.tied_by is not None,
        }
        one: dict[str, Any] | None = {"place": None, "withdrawal": None}
        if lane.channel.one_place_per_call:
            one = connection.execute(sql("submission/next_place"), parameters).fetchone()
        if one is None:
            return None
        row = connection.execute(sql("submission/open"), {**lane.key, "now": now}).fetchone()
        submission: int = row["submission_id"] if row else 0
        claimed = connection.execute(
            sql("submission/claim"),
            {
                **parameters,
                **one,
                "batch_size": size,
                "approving": lane.approving,
                "submission_id": submission,
            },
        ).fetchall()
        if not claimed:
            connection.rollback()
            return None
        claimed.sort(key=lambda change: change["change_id"])
        items, moved = _current(connection, lane, documents, claimed)
        if moved:
            connection.execute(sql("submission/release_other"), {"change_ids": moved, "now": now})
        new = frozenset(
            change["offer_id"]
            for change in claimed
            if change["offer_state"] == "new" and not change["was_in_doubt"]
        )
        batch = Batch(submission, items, new)
        if not batch.unchecked:
            connection.execute(sql("submission/counted"), {"submission_id": submission, "items": len(items)})
        if not items:
            connection.execute(
                sql("submission/close"),
                {"submission_id": submission, "state": "done", "error": None, "now": now},
            )
    return batch


def _current(
    connection: Connection, lane: Lane, documents: Documents | None, claimed: list[dict[str, Any]]
) -> tuple[list[Item], list[int]]:
    """The items as they are now, and the changes whose value has moved on."""
    offers = [change["offer_id"] for change in claimed]
    plan.fill_desired(connection, lane, offers=offers)
    wanted = {
        (row["offer_id"], row["warehouse"]): row for row in connection.execute(sql("desired/read")).fetchall()
    }
    build_item = kind_of(lane).builder(connection, lane, offers, documents)
    items: list[Item] = []
    moved: list[int] = []
    for change in claimed:
        desired = wanted.get((change["offer_id"], change["warehouse"]))
        item = build_item(offer_of(change), change, desired) if desired is not None else None
        if item is None:
            moved.append(change["change_id"])
        else:
            items.append(item)
    return items, moved
