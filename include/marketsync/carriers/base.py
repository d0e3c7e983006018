"""The contract between shipments and a carrier: what is ordered, what it answers, what it tells of the way.

The engine knows carriers only in these shapes; a carrier's folder translates. Nothing here touches a database.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from marketsync.clock import Clock
from marketsync.http.protocols import CallLog, Limiter

__all__ = [
    "Address",
    "CancelResult",
    "Cancelled",
    "Carrier",
    "CarrierAnswer",
    "CarrierOrder",
    "EventPack",
    "Good",
    "NotSwitchedOn",
    "OrderState",
    "Place",
    "Stage",
    "TrackingEvent",
]


@dataclass(frozen=True, slots=True)
class Address:
    """Who gives or receives, and where. Its text shows nothing of it.

    Attributes:
        whole: what follows the city in one line, where street and house are not known apart.
        terminal: the carrier's code of the point, where it does not come to the door.
    """

    name: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)
    email: str = field(default="", repr=False)
    country: str = field(default="", repr=False)
    region: str = field(default="", repr=False)
    district: str = field(default="", repr=False)
    city: str = field(default="", repr=False)
    postcode: str = field(default="", repr=False)
    street: str = field(default="", repr=False)
    house: str = field(default="", repr=False)
    flat: str = field(default="", repr=False)
    whole: str = field(default="", repr=False)
    comment: str = field(default="", repr=False)
    terminal: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Place:
    """One parcel: kilograms, and centimetres where they are known."""

    weight: Decimal
    length: Decimal | None = None
    width: Decimal | None = None
    height: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Good:
    """What is in the parcels; `value` is what one piece is insured for."""

    article: str
    name: str
    quantity: int
    value: Decimal | None = None


@dataclass(frozen=True, slots=True)
class CarrierOrder:
    """What is ordered of a carrier.

    Attributes:
        number: ours; one number is one order there.
        pickup_hours, service, variant: in the carrier's own words.
        category: what is in the parcels, in a few words.
        value: what the parcels are insured for together; null: for nothing.
    """

    number: str
    pickup_date: date
    pickup_hours: str
    service: str
    variant: str
    category: str
    sender: Mapping[str, str]
    receiver: Address
    places: tuple[Place, ...]
    goods: tuple[Good, ...] = ()
    value: Decimal | None = None


class OrderState(StrEnum):
    """What became of an order at the carrier."""

    ACCEPTED = "accepted"
    PENDING = "pending"  # a person there looks at it first: ask again
    DUPLICATE = "duplicate"  # there is one of that number: ask for it
    REFUSED = "refused"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"  # a word that nobody knew when this was written: ask again


@dataclass(frozen=True, slots=True)
class CarrierAnswer:
    """A carrier's answer about one order.

    Attributes:
        number: the carrier's, which is the tracking number.
        status_there, message: its own words.
    """

    state: OrderState
    number: str | None
    status_there: str
    message: str = ""


class Cancelled(StrEnum):
    """What became of a cancellation."""

    DONE = "done"
    NOT_THERE = "not_there"
    CALL = "call"  # it is on its way: only by telephone
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class CancelResult:
    """A carrier's answer to a cancellation, with its own words."""

    result: Cancelled
    status_there: str
    message: str = ""


class Stage(StrEnum):
    """Where a parcel is, in words that all carriers share."""

    ORDERED = "ordered"
    PICKED_UP = "picked_up"
    ON_ROAD = "on_road"
    READY = "ready"  # at the last terminal or the point, to be fetched or brought
    DELIVERING = "delivering"
    DELIVERED = "delivered"
    PROBLEM = "problem"
    RETURNING = "returning"
    RETURNED = "returned"
    CANCELLED = "cancelled"
    LOST = "lost"
    OTHER = "other"  # told, but no step of the way


@dataclass(frozen=True, slots=True)
class TrackingEvent:
    """Something that happened to a parcel.

    Attributes:
        key: tells this event from every other of the order; the same when it is told again.
        number: our number of the order, where it is named.
        their_number: the carrier's; another one than the order's on the way back.
        status: the carrier's code; `words` says it in Russian.
    """

    key: str
    number: str | None
    their_number: str | None
    status: str
    words: str
    stage: Stage
    place: str | None = None
    happened_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class EventPack:
    """Events from the carrier's inbox; `complete` where nothing is left in it behind them."""

    document: str
    complete: bool
    events: tuple[TrackingEvent, ...]


class NotSwitchedOn(Exception):
    """The carrier has no inbox of events for this client."""


class Carrier(ABC):
    """One client of a carrier.

    Raises, all methods: Uncertain (it may have had its effect), RateLimited, Retriable, RequestRefused (the call as
    a whole), Fatal.
    """

    @classmethod
    @abstractmethod
    def connect(
        cls,
        name: str,
        *,
        base_url: str,
        login: str,
        password: str,
        extra: Mapping[str, object],
        limiter: Limiter,
        call_log: CallLog,
        calls_per_second: float,
        clock: Clock,
    ) -> Carrier:
        """A client; `name` is for the log and for errors, the rest is the connection's.

        Raises:
            Fatal: the connection cannot be used.
        """

    @abstractmethod
    def create(self, order: CarrierOrder) -> CarrierAnswer:
        """Order. Not repeated by itself: after an Uncertain, `find` says what became of it."""

    @abstractmethod
    def find(self, number: str, pickup_date: date) -> CarrierAnswer | None:
        """What became of an order of ours; None where the carrier has none."""

    @abstractmethod
    def cancel(self, number: str, their_number: str | None, pickup_date: date) -> CancelResult:
        """Cancel an order; may be repeated."""

    @abstractmethod
    def states(self, number: str, pickup_date: date) -> Sequence[TrackingEvent]:
        """The whole way of an order so far, oldest first; nothing where the carrier knows of none yet."""

    @abstractmethod
    def events(self) -> EventPack:
        """The next events of all orders; the same ones again until they are confirmed.

        Raises:
            NotSwitchedOn: there is no inbox.
        """

    @abstractmethod
    def confirm(self, document: str) -> None:
        """Nobody needs the events of that pack any more."""

    @abstractmethod
    def label(self, their_number: str, places: int) -> bytes:
        """The labels of an order's parcels as one PDF.

        Raises:
            RequestRefused: with the carrier's reason.
        """

    @abstractmethod
    def close(self) -> None:
        """Close the connections that are kept open."""
