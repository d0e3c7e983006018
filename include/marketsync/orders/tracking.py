"""Where the parcels of one carrier are: its inbox of events, or each order asked about.

Events are confirmed at the carrier only after they are committed here; told twice, they count once. What the
marketplace must hear (sent, with the courier, delivered) becomes work on the order in the same transaction.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import psycopg
import structlog

from marketsync.carriers.base import Carrier, NotSwitchedOn, Stage, TrackingEvent
from marketsync.clock import Clock
from marketsync.db import Database, sql
from marketsync.order_settings import Carrier as CarrierSettings
from marketsync.orders import shipment_texts, tasks
from marketsync.orders.alerts import end_alert, raise_alert
from marketsync.orders.asked import AskRefused, TaskKind

__all__ = ["Tracking"]

_MOST_PACKS = 200  # of one run: 100 000 events
_MOST_ASKED = 300  # orders asked about in one run
_FOLLOWED = timedelta(days=90)  # DPD keeps states for so long

_HEARD: Mapping[Stage, tuple[TaskKind, ...]] = {
    Stage.PICKED_UP: (TaskKind.SENT,),
    Stage.ON_ROAD: (TaskKind.SENT,),
    Stage.READY: (TaskKind.SENT,),
    Stage.DELIVERING: (TaskKind.SENT, TaskKind.LAST_MILE),
    Stage.DELIVERED: (TaskKind.SENT, TaskKind.LAST_MILE, TaskKind.DELIVERED),
}
"""What the marketplace hears when a parcel has come so far; what it has heard already is the same work."""

_WRONG = frozenset({Stage.PROBLEM, Stage.RETURNING, Stage.RETURNED, Stage.LOST})

_log = structlog.get_logger(__name__)

Connection = psycopg.Connection[dict[str, Any]]


@dataclass
class Tracking:
    """The parcels of one carrier.

    Attributes:
        counts: what was done, by name.
    """

    database: Database
    clock: Clock
    carrier: Carrier
    settings: CarrierSettings
    budget: timedelta
    counts: dict[str, int] = field(default_factory=dict)

    def follow(self) -> None:
        """Take over what the carrier tells.

        Raises:
            Fatal, Retriable, RequestRefused: as the carrier's methods; what was taken over is kept.
        """
        if self.settings.events:
            try:
                self._read_inbox()
            except NotSwitchedOn as reason:
                self._tell_of_inbox(shipment_texts.no_inbox(self.settings.id, str(reason)))
            else:
                return
        self._ask_about_each()

    def _read_inbox(self) -> None:
        until = self.clock.now() + self.budget
        before: tuple[TrackingEvent, ...] = ()
        for _ in range(_MOST_PACKS):
            pack = self.carrier.events()
            if not pack.events:
                break
            if pack.events == before:
                self._tell_of_inbox(shipment_texts.stuck_inbox(self.settings.id))
                return
            before = pack.events
            with self.database.transaction() as connection:
                self._take(connection, pack.events)
            self.carrier.confirm(pack.document)
            if pack.complete or self.clock.now() >= until:
                break
        with self.database.transaction() as connection:
            end_alert(connection, self._inbox_key, self.clock.now())

    def _ask_about_each(self) -> None:
        now = self.clock.now()
        with self.database.transaction() as connection:
            rows = connection.execute(
                sql("shipment/on_the_way"),
                {
                    "carrier": self.settings.id,
                    "before": now - timedelta(minutes=self.settings.track_minutes),
                    "since": now - _FOLLOWED,
                    "at_most": _MOST_ASKED,
                },
            ).fetchall()
        for row in rows:
            if self.clock.now() >= now + self.budget:
                break
            told = self.carrier.states(row["our_number"], row["pickup_date"])
            self._count("asked_about", 1)
            with self.database.transaction() as connection:
                self._take(connection, told)
                connection.execute(
                    sql("shipment/tracked"), {"shipment_id": row["shipment_id"], "now": self.clock.now()}
                )

    def _take(self, connection: Connection, events: Sequence[TrackingEvent]) -> None:
        now = self.clock.now()
        self._count("events", len(events))
        found = connection.execute(
            sql("shipment/take_events"),
            {"carrier": self.settings.id, "events": _json(events), "now": now},
        ).fetchall()
        if not found:
            return
        moved = connection.execute(
            sql("shipment/advance"), {"shipments": [row["shipment_id"] for row in found], "now": now}
        ).fetchall()
        self._count("moved", len(moved))
        for row in sorted(moved, key=lambda one: int(one["posting_id"])):
            self._moved(connection, row, Stage(row["stage"]), now)

    def _moved(self, connection: Connection, row: Mapping[str, Any], stage: Stage, now: datetime) -> None:
        if row["scheme"] == "seller":
            for kind in _HEARD.get(stage, ()):
                try:
                    tasks.ask(connection, row["posting_id"], kind, {}, self.settings.id, now)
                except AskRefused as refused:
                    _log.warning(
                        "the marketplace is not told",
                        number=row["number"],
                        kind=kind.value,
                        reason=refused.message,
                    )
        key = f"shipment/{row['account']}/{row['number']}/way"
        if stage in _WRONG:
            raise_alert(
                connection,
                key,
                "warning",
                shipment_texts.on_the_way(self.settings.id, row["number"], row["our_number"], stage),
                now,
                account=row["account"],
                posting_id=row["posting_id"],
            )
        else:
            end_alert(connection, key, now)

    def _tell_of_inbox(self, words: str) -> None:
        with self.database.transaction() as connection:
            raise_alert(connection, self._inbox_key, "notice", words, self.clock.now())

    @property
    def _inbox_key(self) -> str:
        return f"carrier/{self.settings.id}/events"

    def _count(self, name: str, by: int) -> None:
        self.counts[name] = self.counts.get(name, 0) + by


def _json(events: Sequence[TrackingEvent]) -> str:
    return json.dumps(
        [
            {
                "key": event.key,
                "number": event.number,
                "their_number": event.their_number,
                "status": event.status,
                "words": event.words,
                "stage": event.stage.value,
                "place": event.place,
                "happened_at": event.happened_at.isoformat() if event.happened_at else None,
            }
            for event in events
        ],
        ensure_ascii=False,
    ).replace("\\u0000", "")
