"""The contract between the orders' engine and a marketplace: what is read, what is pushed, what can be asked for.

The engine knows orders only in these shapes; a marketplace's folder translates. Nothing here touches a database.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import IntEnum, StrEnum
from typing import Any

from marketsync.http.client import ApiClient

__all__ = [
    "Buyer",
    "CancelReason",
    "Cancellation",
    "Deed",
    "DeedResult",
    "Fulfilment",
    "HandoverState",
    "LabelState",
    "Malformed",
    "MarkingCode",
    "OrderDesk",
    "Package",
    "PackageLine",
    "Posting",
    "PostingLine",
    "PostingStatus",
    "Push",
    "PushKind",
    "PushRefused",
    "Rating",
    "Return",
    "Scheme",
    "Stage",
]


class PostingStatus(StrEnum):
    """Where an order is, in words that every marketplace shares; the marketplace's own word is kept beside it."""

    NEW = "new"  # nothing to do yet: awaits payment, registration, approval
    TO_ASSEMBLE = "to_assemble"
    TO_SHIP = "to_ship"  # assembled, awaits its handover
    SHIPPING = "shipping"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"
    DISPUTED = "disputed"
    UNKNOWN = "unknown"  # a word that nobody knew when this was written: kept, never fatal


class Scheme(StrEnum):
    """Who delivers."""

    MARKETPLACE = "marketplace"
    SELLER = "seller"


@dataclass(frozen=True, slots=True)
class PostingLine:
    """Some pieces of one good; `price` is of one piece."""

    article: str
    sku: str | None
    name: str | None
    quantity: int
    price: Decimal | None


@dataclass(frozen=True, slots=True)
class Cancellation:
    """Why an order was cancelled; `by` is buyer, seller or marketplace."""

    code: str | None
    reason: str | None
    by: str
    after_shipping: bool = False


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who receives an order. Its text shows nothing of it.

    Attributes:
        address: the marketplace's parts of it: country, region, city, street, house, flat, postcode, whole.
    """

    name: str | None = field(default=None, repr=False)
    phone: str | None = field(default=None, repr=False)
    email: str | None = field(default=None, repr=False)
    address: Mapping[str, str] = field(default_factory=dict, repr=False)
    comment: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Posting:
    """One order as the marketplace shows it.

    Attributes:
        number: the marketplace's number of the posting.
        order_number: of the buyer's order, of which it may be a part.
        status_there, substatus_there: in the marketplace's words.
        warehouse: the marketplace's, that it is shipped from.
        ship_by: until when it must be assembled and handed over.
        requirements: what must be given before it is shipped -> the skus for which: mark, gtd, country, weight, imei.
        actions: what the marketplace allows now, in its words.
        buyer: only where the seller delivers.
    """

    number: str
    status: PostingStatus
    status_there: str
    lines: tuple[PostingLine, ...]
    order_number: str | None = None
    parent_number: str | None = None
    substatus_there: str | None = None
    scheme: Scheme = Scheme.MARKETPLACE
    warehouse: str | None = None
    delivery_method: str | None = None
    currency: str | None = None
    created_at: datetime | None = None
    ship_by: datetime | None = None
    tracking_number: str | None = None
    cancellation: Cancellation | None = None
    requirements: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    actions: tuple[str, ...] = ()
    buyer: Buyer | None = None


@dataclass(frozen=True, slots=True)
class Malformed:
    """An order (or a return) in an answer that could not be understood; the others of its page are as good as ever.

    Attributes:
        number: of the order, where at least that can be read.
        told: what can be kept of it: nothing that may be personal.
        why: which field is wrong, and how.
    """

    number: str | None
    told: Mapping[str, Any]
    why: str


@dataclass(frozen=True, slots=True)
class Return:
    """Pieces that come back, or came; `received` where the seller has them again."""

    external_id: str
    number: str
    article: str | None
    sku: str | None
    quantity: int
    kind: str
    status_there: str | None
    reason: str | None
    moved_at: datetime | None
    received: bool = False


# ------------------------------------------------------------------ pushes


class PushKind(StrEnum):
    """What a push is about."""

    PING = "ping"
    NEW = "new"
    CANCELLED = "cancelled"
    STATE = "state"
    SHIP_BY = "ship_by"
    OTHER = "other"  # of no use to us, or unknown: kept and answered as taken


@dataclass(frozen=True, slots=True)
class Push:
    """One push, understood.

    Attributes:
        key: tells this event from every other of the account; the same for a repeated push.
        told: the push itself, without what may be personal.
        posting: what it says of an order: only the parts that pushes carry are filled.
        seller: the marketplace's id of the account that it is for, where it names one.
    """

    kind: PushKind
    key: str
    told: Mapping[str, Any]
    number: str | None = None
    posting: Posting | None = None
    happened_at: datetime | None = None
    seller: str | None = None


class PushRefused(Exception):
    """A push that cannot be understood.

    Args:
        code: the marketplace's own word for the trouble.
        message: what is wrong, with field.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class OrderDesk(ABC):
    """Reading the orders of one account, and understanding its pushes.

    Attributes:
        page: orders that one call reads.
    """

    page: int

    def __init__(self, client: ApiClient) -> None:
        self._client = client

    @abstractmethod
    def open(self, since: datetime, until: datetime) -> Iterator[Sequence[Posting | Malformed]]:
        """All orders that wait to be assembled or handed over, whose time to do so lies in between, by pages."""

    @abstractmethod
    def changed(self, since: datetime, until: datetime) -> Iterator[Sequence[Posting | Malformed]]:
        """The orders whose status changed in between, by pages."""

    @abstractmethod
    def created(self, since: datetime, until: datetime) -> Iterator[Sequence[Posting | Malformed]]:
        """The orders that were made in between, whatever became of them, by pages."""

    @abstractmethod
    def read(self, number: str) -> Posting | Malformed | None:
        """One order, whole; None where the marketplace does not know it (or it is a stranger's)."""

    @abstractmethod
    def returns(self, since: datetime, until: datetime) -> Iterator[Sequence[Return | Malformed]]:
        """The returns that moved in between, by pages."""

    @abstractmethod
    def rating(self) -> Sequence[Rating]:
        """What the marketplace makes of the account, with its own thresholds."""

    @staticmethod
    @abstractmethod
    def understand(body: Mapping[str, Any]) -> Push:
        """A push's JSON object; pure.

        Raises:
            PushRefused: a field is missing or wrong.
        """

    @staticmethod
    @abstractmethod
    def answer(push: Push, now: datetime, version: str) -> Mapping[str, Any]:
        """What the marketplace expects as the answer to a push that was taken; pure."""

    @staticmethod
    @abstractmethod
    def refusal(code: str, message: str) -> Mapping[str, Any]:
        """What the marketplace expects where a push is not taken; `code` as PushRefused has it, or '' ; pure."""


@dataclass(frozen=True, slots=True)
class Rating:
    """One of the marketplace's figures of an account; beyond `danger` it bars the account from selling.

    Attributes:
        best: the best that it can be: 100 of a share of what went well, 5 of a mark; None: not known.
        figure: the store's own share that it judges (orders/figures.py), where it judges one.
        days: over which it is reckoned.
    """

    name: str
    title: str
    value: Decimal | None
    warning: Decimal | None = None
    danger: Decimal | None = None
    higher_is_better: bool = True
    best: Decimal | None = None
    figure: str | None = None
    days: int = 14


# ------------------------------------------------------------------ fulfilment


class Stage(IntEnum):
    """How far an order is on its way out of the store; what has been reached holds for all that comes before it."""

    UNKNOWN = 0  # nothing can be concluded from its status
    TO_ASSEMBLE = 1
    NOT_ASSEMBLED = 2  # it was reported as assembled, and that came to nothing
    ASSEMBLING = 3  # it was reported, and is being worked on there
    ASSEMBLED = 4
    SENT = 5
    LAST_MILE = 6
    DELIVERED = 7
    CANCELLED = 9


@dataclass(frozen=True, slots=True)
class PackageLine:
    """Pieces of one good in a package."""

    sku: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Package:
    """What is packed together; several packages split an order."""

    lines: tuple[PackageLine, ...]


@dataclass(frozen=True, slots=True)
class MarkingCode:
    """What must be told of one piece of a good: its marking code, customs declaration, country, serial number."""

    sku: str
    mark: str | None = None
    gtd: str | None = None
    country: str | None = None
    weight: Decimal | None = None
    imei: str | None = None


class Deed(StrEnum):
    """What the marketplace said of something that was asked for."""

    DONE = "done"  # it is so, now or already
    LATER = "later"  # not yet: ask again
    REFUSED = "refused"  # not again without a person


@dataclass(frozen=True, slots=True)
class DeedResult:
    """An answer to something that was asked for.

    Attributes:
        code, message: the marketplace's own words, where there is trouble.
        again_after: seconds until a LATER makes sense.
        numbers: the postings that it became, where it was split.
    """

    deed: Deed
    code: str = ""
    message: str = ""
    again_after: float = 60.0
    numbers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LabelState:
    """How far the marketplace's label task is.

    Attributes:
        state: pending, completed or failed.
        url: of the file, once completed.
        unprinted: postings that are not in it -> why.
    """

    state: str
    url: str | None = None
    unprinted: Mapping[str, str] = field(default_factory=dict)
    message: str = ""


@dataclass(frozen=True, slots=True)
class HandoverState:
    """How far a handover to the marketplace's carrier is; `state` is forming, ready or refused."""

    external_id: str
    state: str
    status_there: str
    message: str = ""


@dataclass(frozen=True, slots=True)
class CancelReason:
    """Why the seller may cancel; `needs_message` where words must be added."""

    code: str
    title: str
    needs_message: bool = False


class Fulfilment(ABC):
    """What can be asked of a marketplace about an order. Every method may be repeated: what is so already is DONE.

    Raises, all of them: Uncertain (it may have had its effect), RateLimited, Retriable, Fatal.

    Attributes:
        label_after: seconds after shipping before a label is asked for.
        label_pauses: seconds between requests for labels that are not ready; the last one repeats.
        label_look: seconds between looks at a label task.
        label_batch: postings in one label task at most.
        tracking_batch: tracking numbers in one call at most.
    """

    label_after: float
    label_pauses: tuple[float, ...]
    label_look: float
    label_batch: int
    tracking_batch: int

    def __init__(self, client: ApiClient) -> None:
        self._client = client

    @staticmethod
    @abstractmethod
    def stage(posting: Posting) -> Stage:
        """How far an order is, by its status there; pure."""

    @abstractmethod
    def mark(self, posting: Posting, marks: Sequence[MarkingCode]) -> DeedResult:
        """Tell the marking codes and what else an order requires; LATER while they are being checked."""

    @abstractmethod
    def ship(self, posting: Posting, packages: Sequence[Package]) -> DeedResult:
        """Report an order as assembled. DONE is not yet assembled: its status has to be read."""

    @abstractmethod
    def cancel_reasons(self, number: str) -> Sequence[CancelReason]:
        """Why the seller may cancel this order."""

    @abstractmethod
    def cancel(
        self, posting: Posting, reason: str, message: str, lines: Sequence[PackageLine] = ()
    ) -> DeedResult:
        """Cancel an order, or some pieces of it."""

    @abstractmethod
    def tracking_numbers(self, numbers: Mapping[str, str]) -> Mapping[str, DeedResult]:
        """Set the tracking numbers of at most `tracking_batch` postings."""

    @abstractmethod
    def sent(self, number: str) -> DeedResult:
        """Our own carrier has it."""

    @abstractmethod
    def last_mile(self, number: str) -> DeedResult:
        """Our own courier has it."""

    @abstractmethod
    def delivered(self, number: str) -> DeedResult:
        """Our own carrier delivered it."""

    @abstractmethod
    def request_labels(self, numbers: Sequence[str]) -> Sequence[str]:
        """Have labels made for at most `label_batch` postings; returns the marketplace's tasks, the wanted one first.

        Raises:
            RequestRefused: the batch as a whole; its message says whether they are merely not ready.
        """

    @abstractmethod
    def label_refused(self, code: str, message: str) -> DeedResult:
        """What a refused batch of labels means: LATER (not ready yet), or REFUSED (one of them is bad); pure."""

    @abstractmethod
    def label(self, task: str) -> LabelState:
        """How far a label task is."""

    @abstractmethod
    def label_file(self, url: str) -> bytes:
        """The bytes behind a label's address, as they are now: the file may still be growing."""

    @abstractmethod
    def hand_over(self, delivery_method: str, departure: date) -> HandoverState | DeedResult:
        """Form a handover of everything that is ready; a DeedResult where there is none."""

    @abstractmethod
    def handover(self, external_id: str) -> HandoverState:
        """How far a handover is."""

    @abstractmethod
    def handover_paper(self, external_id: str) -> bytes:
        """The act of a handover, as PDF."""
