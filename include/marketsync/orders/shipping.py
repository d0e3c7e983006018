"""What one carrier is asked to do, shipment by shipment, so that nothing is lost and nothing ordered twice.

The intent is committed before the call. A shipment whose call may have had its effect is looked for at the carrier,
by our number and its pickup date, before it is ordered again. Each shipment is settled in a transaction of its own;
passing trouble with one leaves it for the next run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import structlog

from marketsync.carriers.base import Cancelled, Carrier, CarrierAnswer, OrderState
from marketsync.clock import Clock
from marketsync.db import Database, sql
from marketsync.errors import MarketsyncError, RateLimited, Retriable
from marketsync.files import Files
from marketsync.http.answers import RequestRefused
from marketsync.http.redaction import Redactor
from marketsync.order_settings import Carrier as CarrierSettings
from marketsync.orders import labels, shipment_texts, tasks
from marketsync.orders.alerts import Level, end_alert, raise_alert
from marketsync.orders.asked import AskRefused, TaskKind
from marketsync.orders.shipment_asked import Unusable, carrier_order, checked, next_pickup

__all__ = ["Shipping"]

_MOST = 500  # shipments of one run
_POLL = timedelta(minutes=5)  # between two looks at an order that a person there looks at
_LABEL_PAUSE = timedelta(minutes=5)  # before a label is asked for again
_FIRST_PAUSE, _LONGEST_PAUSE = 30.0, 1800.0  # seconds
_GIVE_UP = 3  # troubles in a row after which it is the carrier that is in trouble
_LASTING = 3  # troubles with one shipment after which people are told

_log = structlog.get_logger(__name__)

Connection = psycopg.Connection[dict[str, Any]]
Row = Mapping[str, Any]


@dataclass
class Shipping:
    """The orders of one carrier.

    Attributes:
        accounts: those that may send.
        budget: how long a run may take.
        counts: what was done, by name.
    """

    database: Database
    clock: Clock
    files: Files
    carrier: Carrier
    settings: CarrierSettings
    accounts: list[str]
    time_zone: ZoneInfo
    budget: timedelta
    counts: dict[str, int] = field(default_factory=dict)

    def order(self) -> None:
        """Bring every shipment that is not settled yet, or is to be cancelled, as far as it goes.

        Raises:
            Fatal: the carrier cannot be used at all; what was done is kept.
            Retriable: it is in trouble; the same.
        """
        now = self.clock.now()
        with self.database.transaction() as connection:
            connection.execute(sql("shipment/cancel_orphans"), {"carrier": self.settings.id, "now": now})
            due = connection.execute(
                sql("shipment/due"),
                {"carrier": self.settings.id, "accounts": self.accounts, "now": now, "at_most": _MOST},
            ).fetchall()
        self._each(due, self._advance, self._postpone)

    def hand_numbers_on(self) -> None:
        """Every number that a carrier gave becomes work at the marketplace.

        Looked for and not handed on where it is given: so none is lost when a run is killed, or while the
        marketplace is still busy with an earlier number of the same order.
        """
        with self.database.transaction() as connection:
            rows = connection.execute(
                sql("shipment/untold"), {"carrier": self.settings.id, "at_most": _MOST}
            ).fetchall()
            for row in rows:
                try:
                    tasks.ask(
                        connection,
                        row["posting_id"],
                        TaskKind.TRACKING,
                        {"number": row["their_number"]},
                        self.settings.id,
                        self.clock.now(),
                    )
                except AskRefused as refused:
                    _log.warning("a tracking number waits", number=row["number"], reason=refused.message)

    def print_labels(self) -> None:
        """Keep the label of every accepted shipment. Raises what `order` raises."""
        now = self.clock.now()
        with self.database.transaction() as connection:
            due = connection.execute(
                sql("shipment/labels_due"),
                {
                    "carrier": self.settings.id,
                    "accounts": self.accounts,
                    "day": self._today(),
                    "now": now,
                    "at_most": _MOST,
                },
            ).fetchall()
        self._each(due, self._print, self._no_label)

    def _each(
        self,
        rows: list[dict[str, Any]],
        work: Callable[[Row], None],
        troubled: Callable[[Row, MarketsyncError], None],
    ) -> None:
        until = self.clock.now() + self.budget
        in_a_row = 0
        for row in rows:
            if self.clock.now() >= until:
                return
            try:
                work(row)
                in_a_row = 0
            except (Retriable, RequestRefused) as error:
                troubled(row, error)
                in_a_row += 1
                if in_a_row >= _GIVE_UP:
                    raise

    # --- ordering ---

    def _advance(self, row: Row) -> None:
        if row["cancel_asked_at"] is not None:
            self._withdraw(row)
        elif row["state"] == "waiting":
            self._create(row)
        else:
            answer = self.carrier.find(row["our_number"], row["pickup_date"])
            if row["state"] == "asked" and _absent(answer):
                self._create(row)  # the call never had its effect
            else:
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
        self._count("ordered")
        answer: CarrierAnswer = self.carrier.create(wanted)
        if answer.state is OrderState.DUPLICATE:
            answer = self.carrier.find(row["our_number"], pickup) or answer
        self._settle(row, answer)

    def _settle(self, row: Row, answer: CarrierAnswer | None) -> str:
        """Write down what the carrier made of an order. Returns the shipment's state."""
        now = self.clock.now()
        state, error, later = _outcome(row, answer)
        shown = self._shown(row, error)
        self._count(state)
        if state == "cancelled" and row["label_file"]:
            self.files.delete(row["label_file"])  # shows its receiver, and no row would name it any more
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
            if state == "accepted":
                end_alert(connection, _key(row), now)
            elif shown:
                words = shipment_texts.refused if state == "refused" else shipment_texts.odd
                self._alert(connection, row, words(*self._named(row), shown), now)
        return state

    # --- cancelling ---

    def _withdraw(self, row: Row) -> None:
        state, their_number = row["state"], row["their_number"]
        if state == "asked":
            answer = self.carrier.find(row["our_number"], row["pickup_date"])
            if answer is None or _absent(answer):
                self._settle(row, CarrierAnswer(OrderState.CANCELLED, None, "NotFound"))
                return
            state, their_number = self._settle(row, answer), answer.number
            if state not in ("accepted", "pending"):
                return
        told = self.carrier.cancel(row["our_number"], their_number, row["pickup_date"])
        if told.result in (Cancelled.DONE, Cancelled.NOT_THERE):
            self._settle(row, CarrierAnswer(OrderState.CANCELLED, None, told.status_there))
            return
        now = self.clock.now()
        said = self._shown(row, f"{told.status_there} {told.message}".strip())
        call = told.result is Cancelled.CALL
        self._count("not_cancelled")
        with self.database.transaction() as connection:
            connection.execute(
                sql("shipment/not_cancelled"),
                {
                    "shipment_id": row["shipment_id"],
                    "cancel_answer": told.status_there or "Error",
                    "error": said,
                    "now": now,
                },
            )
            words = shipment_texts.call if call else shipment_texts.not_cancelled
            self._alert(connection, row, words(*self._named(row), str(said)), now, "urgent")

    # --- labels ---

    def _print(self, row: Row) -> None:
        places = max(1, len(checked(row["asked"]).places))
        content = self.carrier.label(row["their_number"], places)
        if labels.whole(content) < places:
            raise Retriable(f"этикетка неполная: {labels.whole(content)} из {places} стр.")
        name = f"{labels.FOLDER}/{self.settings.id}/{row['our_number']}.pdf"
        self.files.write(name, content)
        now = self.clock.now()
        with self.database.transaction() as connection:
            self._kept(connection, row, name, None, None, now)
            end_alert(connection, f"{_key(row)}/label", now)
        self._count("labels")

    def _no_label(self, row: Row, error: MarketsyncError) -> None:
        now = self.clock.now()
        shown = self._shown(row, error.message)
        self._count("troubles")
        with self.database.transaction() as connection:
            self._kept(connection, row, None, now + _LABEL_PAUSE, shown, now)
            if isinstance(error, RequestRefused):
                raise_alert(
                    connection,
                    f"{_key(row)}/label",
                    "warning",
                    shipment_texts.no_label(*self._named(row), str(shown)),
                    now,
                    account=row["account"],
                    posting_id=row["posting_id"],
                )

    def _kept(
        self,
        connection: Connection,
        row: Row,
        name: str | None,
        later: datetime | None,
        error: str | None,
        now: datetime,
    ) -> None:
        connection.execute(
            sql("shipment/keep_label"),
            {
                "shipment_id": row["shipment_id"],
                "their_number": row["their_number"],
                "label_file": name,
                "label_not_before": later,
                "error": error,
                "now": now,
            },
        )

    # --- trouble ---

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
                self._alert(connection, row, shipment_texts.waits(*self._named(row), str(shown)), now)

    def _alert(
        self, connection: Connection, row: Row, words: str, now: datetime, level: Level = "warning"
    ) -> None:
        raise_alert(
            connection, _key(row), level, words, now, account=row["account"], posting_id=row["posting_id"]
        )

    # --- what is needed for it ---

    def _named(self, row: Row) -> tuple[str, str, str]:
        return self.settings.id, row["number"], row["our_number"]

    def _shown(self, row: Row, text: str | None) -> str | None:
        """The carrier's words without what they repeat of the receiver."""
        return Redactor(_values(row["person"])).text(text) if text else text

    def _lines(self, row: Row) -> list[dict[str, Any]]:
        with self.database.transaction() as connection:
            return connection.execute(
                sql("shipment/lines"),
                {"posting_id": row["posting_id"], "weight_property": self.settings.weight_property},
            ).fetchall()

    def _today(self) -> date:
        return self.clock.now().astimezone(self.time_zone).date()

    def _earliest(self) -> date:
        """A pickup in the past is refused: what waited over it is picked up on the next day that there is."""
        today = self._today()
        if today.isoweekday() in self.settings.pickup_days:
            return today
        return next_pickup(self.settings, self.clock.now(), self.time_zone)

    def _count(self, name: str) -> None:
        self.counts[name] = self.counts.get(name, 0) + 1


def _absent(answer: CarrierAnswer | None) -> bool:
    """Whether the carrier has no such order: a number that it refused can be ordered again."""
    return answer is None or answer.state is OrderState.REFUSED


def _outcome(row: Row, answer: CarrierAnswer | None) -> tuple[str, str | None, bool]:
    """State, trouble, and whether the carrier is to be asked again."""
    if answer is None:
        return row["state"], shipment_texts.GONE, True
    said = " ".join(part for part in (answer.status_there, answer.message) if part)
    match answer.state:
        case OrderState.ACCEPTED if answer.number:
            return "accepted", None, False
        case OrderState.PENDING:
            return "pending", None, True
        case OrderState.REFUSED:
            return "refused", said, False
        case OrderState.CANCELLED:
            asked_for = row["cancel_asked_at"] is not None
            return "cancelled", None if asked_for else shipment_texts.cancelled_there(said), False
        case OrderState.DUPLICATE:
            return "asked", shipment_texts.taken_number(row["our_number"], said), True
        case _:
            return "asked", shipment_texts.unclear(said), True


def _key(row: Row) -> str:
    return f"shipment/{row['account']}/{row['number']}"


def _values(person: Any) -> list[str]:
    """Every text in a receiver's data, whole and by words: a carrier repeats parts of it."""
    if isinstance(person, Mapping):
        return [text for value in person.values() for text in _values(value)]
    return [person, *person.split()] if isinstance(person, str) else []
