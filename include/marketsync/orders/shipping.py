"""What one carrier is asked to do, shipment by shipment, so that nothing is lost and nothing ordered twice.

The intent is committed before the call. A shipment whose call may have had its effect is looked for at the carrier,
by our number and its pickup date, before it is ordered again. Each shipment is settled in a transaction of its own;
passing trouble with one leaves it for the next run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import structlog

from marketsync.carriers.base import Carrier, CarrierAnswer, OrderState
from marketsync.clock import Clock
from marketsync.db import Database, sql
from marketsync.errors import MarketsyncError, RateLimited, Retriable
from marketsync.http.answers import RequestRefused
from marketsync.http.redaction import Redactor
from marketsync.order_settings import Carrier as CarrierSettings
from marketsync.orders.alerts import end_alert, raise_alert
from marketsync.orders.shipment_asked import Unusable, carrier_order, checked, next_pickup

__all__ = ["Shipping"]

_MOST = 500  # shipments of one run
_POLL = timedelta(minutes=5)  # between two looks at an order that a person there looks at
_FIRST_PAUSE, _LONGEST_PAUSE = 30.0, 1800.0  # seconds
_GIVE_UP = 3  # troubles in a row after which the carrier itself is in trouble
_LASTING = 3  # troubles with one shipment after which people are told

_log = structlog.get_logger(__name__)

Row = Mapping[str, Any]


@dataclass
class Shipping:
    """The orders of one carrier.

    Attributes:
        counts: what was done, by name.
    """

    database: Database
    clock: Clock
    carrier: Carrier
    settings: CarrierSettings
    time_zone: ZoneInfo
    counts: dict[str, int] = field(default_factory=dict)

    def order(self) -> None:
        """Bring every shipment that is not settled yet as far as it goes.

        Raises:
            Fatal: the carrier cannot be used at all; what was done is kept.
            Retriable: it is in trouble; the same.
        """
        with self.database.transaction() as connection:
            due = connection.execute(
                sql("shipment/due"),
                {"carrier": self.settings.id, "now": self.clock.now(), "at_most": _MOST},
            ).fetchall()
        in_a_row = 0
        for row in due:
            try:
                self._advance(row)
                in_a_row = 0
            except (Retriable, RequestRefused) as error:
                self._postpone(row, error)
                in_a_row += 1
                if in_a_row >= _GIVE_UP:
                    raise

    def _advance(self, row: Row) -> None:
        if row["state"] == "waiting":
            self._create(row)
            return
        answer = self.carrier.find(row["our_number"], row["pickup_date"])
        if row["state"] == "asked" and (answer is None or answer.state is OrderState.REFUSED):
            # the call never had its effect
            self._create(row)
            return
        self._settle(row, answer)

    def _create(self, row: Row) -> None:
        pickup = max(row["pickup_date"], self._earliest())
        try:
            wanted = carrier_order(
                row["our_number"],
                pickup,
                checked(row["asked"]),
                self.settings,
                row["person"],
                self._lines(row),
            )
        except Unusable as reason:
            self._settle(row, CarrierAnswer(OrderState.REFUSED, None, "", str(reason)))
            return
        with self.database.transaction() as connection:
            intended = connection.execute(
                sql("shipment/intend"),
                {"shipment_id": row["shipment_id"], "pickup_date": pickup, "now": self.clock.now()},
            ).fetchone()
        if intended is None:
            return
        self._count("calls")
        answer: CarrierAnswer | None = self.carrier.create(wanted)
        if answer is not None and answer.state is OrderState.DUPLICATE:
            answer = self.carrier.find(row["our_number"], pickup) or answer
        self._settle(row, answer)

    def _settle(self, row: Row, answer: CarrierAnswer | None) -> None:
        """Write down what the carrier made of an order."""
        now = self.clock.now()
        state, error, later = _outcome(row, answer)
        shown = self._shown(row, error)
        self._count(state)
        with self.database.transaction() as connection:
            connection.execute(
                sql("shipment/settle"),
                {
                    "shipment_id": row["shipment_id"],
                    "state": state,
                    "their_number": answer.number if answer else None,
                    "status_there": answer.status_there if answer else None,
                    "error": shown,
                    "not_before": now + _POLL if later else None,
                    "now": now,
                },
            )
            if state == "refused" or (shown and state != "accepted"):
                self._alert(connection, row, f"{shown}", now)
            elif state in ("accepted", "cancelled"):
                end_alert(connection, _key(row), now)

    def _postpone(self, row: Row, error: MarketsyncError) -> None:
        now = self.clock.now()
        pause = min(_FIRST_PAUSE * 2 ** row["troubles"], _LONGEST_PAUSE)
        if isinstance(error, RateLimited):
            pause = max(pause, error.delay)
        shown = self._shown(row, error.message)
        self._count("troubles")
        _log.warning("a shipment waits", number=row["number"], carrier=self.settings.id, error=shown)
        with self.database.transaction() as connection:
            connection.execute(
                sql("shipment/postpone"),
                {
                    "shipment_id": row["shipment_id"],
                    "error": shown,
                    "not_before": now + timedelta(seconds=pause),
                    "now": now,
                },
            )
            if isinstance(error, RequestRefused) or row["troubles"] + 1 >= _LASTING:
                self._alert(connection, row, f"перевозчик пока не принял заказ: {shown}", now)

    def _alert(self, connection: Any, row: Row, words: str, now: datetime) -> None:
        raise_alert(
            connection,
            _key(row),
            "warning",
            f"Отгрузка заказа {row['number']} перевозчиком {self.settings.id} ({row['our_number']}): {words}. "
            "Исправьте причину и запросите отгрузку ещё раз",
            now,
            account=row["account"],
            posting_id=row["posting_id"],
        )

    def _shown(self, row: Row, text: str | None) -> str | None:
        """The carrier's words without what they repeat of the receiver."""
        return Redactor(_values(row["person"])).text(text) if text else text

    def _lines(self, row: Row) -> list[dict[str, Any]]:
        with self.database.transaction() as connection:
            return connection.execute(
                sql("shipment/lines"),
                {"posting_id": row["posting_id"], "weight_property": self.settings.weight_property},
            ).fetchall()

    def _earliest(self) -> Any:
        """A pickup in the past is refused: what waited over it is picked up on the next day that there is."""
        today = self.clock.now().astimezone(self.time_zone).date()
        return (
            today
            if today.isoweekday() in self.settings.pickup_days
            else next_pickup(self.settings, self.clock.now(), self.time_zone)
        )

    def _count(self, name: str, by: int = 1) -> None:
        self.counts[name] = self.counts.get(name, 0) + by


def _outcome(row: Row, answer: CarrierAnswer | None) -> tuple[str, str | None, bool]:
    """State, trouble, and whether the carrier is to be asked again."""
    if answer is None:
        return row["state"], "перевозчик не знает заказа, который проверял", True
    said = " ".join(part for part in (answer.status_there, answer.message) if part)
    match answer.state:
        case OrderState.ACCEPTED if answer.number:
            return "accepted", None, False
        case OrderState.PENDING:
            return "pending", None, True
        case OrderState.REFUSED:
            return "refused", said, False
        case OrderState.CANCELLED:
            return "cancelled", f"отменён у перевозчика: {said}", False
        case OrderState.DUPLICATE:
            return "asked", f"номер {row['our_number']} занят у перевозчика другим заказом: {said}", True
        case _:
            return "asked", f"непонятный ответ перевозчика: {said}", True


def _key(row: Row) -> str:
    return f"shipment/{row['account']}/{row['number']}"


def _values(person: Any) -> list[str]:
    """Every text in a receiver's data, whole and by words: a carrier repeats parts of it."""
    if isinstance(person, Mapping):
        return [text for value in person.values() for text in _values(value)]
    if not isinstance(person, str):
        return []
    return [person, *person.split()]
