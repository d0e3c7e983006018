"""What the sandbox's Ozon remembers of orders: postings with their lines, and the book that finds them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

Scheme = Literal["fbs", "rfbs"]

REQUIREMENTS = (
    "products_requiring_gtd",
    "products_requiring_country",
    "products_requiring_mandatory_mark",
    "products_requiring_rnpt",
    "products_requiring_jw_uin",
    "products_requiring_change_country",
    "products_requiring_imei",
    "products_requiring_weight",
)
"""Ozon Seller API: the lists of `requirements`."""


@dataclass(frozen=True, slots=True)
class Line:
    """Some pieces of one product as they were ordered; `price` in hundredths, of one piece."""

    product_id: int
    sku: int
    offer_id: str
    name: str
    quantity: int
    price: int
    currency_code: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """How a posting gets to its buyer. For plain FBS the method's id is the warehouse's (Ozon Seller API)."""

    method_id: int
    name: str
    provider_id: int
    provider: str
    integration: str
    """tpl_integration_type: ozon, 3pl_tracking, non_integrated, aggregator, hybryd."""


@dataclass(frozen=True, slots=True)
class Cancelled:
    """Why a posting was cancelled; `kind` is Ozon's cancellation_type."""

    reason_id: int
    reason: str
    kind: str
    initiator: str
    after_ship: bool
    affects_rating: bool


@dataclass(frozen=True, slots=True)
class Customer:
    """Who ordered; Ozon shows it only where the seller delivers."""

    customer_id: int
    name: str
    phone: str
    email: str
    address_tail: str
    city: str
    region: str
    district: str
    country: str
    zip_code: str
    comment: str
    latitude: float
    longitude: float


@dataclass
class Exemplar:
    """One piece of a line, and what was told of it; a mark's place in `mark_errors` has why it failed, or nothing.

    Its checks have a result from the monotonic moment `checked_from` on.
    """

    exemplar_id: int
    gtd: str = ""
    is_gtd_absent: bool = False
    rnpt: str = ""
    is_rnpt_absent: bool = False
    weight: float = 0.0
    marks: tuple[tuple[str, str], ...] = ()
    """Each with its type."""
    mark_errors: tuple[str, ...] = ()
    checked_from: float = 0.0


@dataclass
class Posting:
    """One posting.

    `held` tells whether its units are counted as reserved in the warehouse; `shown_from` is the monotonic moment from
    which the methods know it; `shipping` is set while an accepted ship has not had its effect yet.
    """

    posting_number: str
    order_id: int
    order_number: str
    lines: tuple[Line, ...]
    warehouse_id: int
    delivery: Delivery
    status: str
    substatus: str
    created_at: datetime
    changed_at: datetime
    in_process_at: datetime | None
    shipment_date: datetime | None
    shipment_date_without_delay: datetime | None
    delivery_begin: datetime
    delivery_end: datetime
    shown_from: float
    previous_substatus: str = ""
    delivering_date: datetime | None = None
    fact_delivery_date: datetime | None = None
    customer: Customer | None = None
    requirements: dict[str, tuple[int, ...]] = field(default_factory=dict)
    possible_marks: tuple[int, ...] = ()
    exemplars: dict[int, list[Exemplar]] = field(default_factory=dict)
    """Pieces by SKU."""
    countries: dict[int, str] = field(default_factory=dict)
    """SKU -> country of manufacture, where it was told."""
    cancelled: Cancelled | None = None
    parent_number: str = ""
    children: tuple[str, ...] = ()
    tracking_number: str = ""
    provider_status: str = ""
    is_express: bool = False
    is_premium: bool = False
    held: bool = False
    shipping: bool = False
    shipped_at: datetime | None = None
    label_from: float | None = None
    """The monotonic moment from which its label can be printed."""
    history: list[tuple[datetime, str, str]] = field(default_factory=list)
    """Every status and substatus that it has had, the first one included."""

    @property
    def processed_from(self) -> datetime:
        """The begin of its processing; of an order that is paid late, its creation."""
        return self.in_process_at or self.created_at

    def marks_of(self, sku: int) -> list[str]:
        """The marking codes that were told of a line's pieces."""
        told = self.exemplars.get(sku, ())
        return [mark for each in told for mark, kind in each.marks if kind == "mandatory_mark"]

    def quantity_of(self, sku: int) -> int:
        return sum(line.quantity for line in self.lines if line.sku == sku)


@dataclass
class LabelTask:
    """One task. The postings that will not be in its file have a reason in `unprinted`."""

    task_id: int
    task_type: str
    made: float
    done: float
    postings: tuple[str, ...]
    unprinted: dict[str, str] = field(default_factory=dict)
    failed: bool = False
    file_name: str = ""
    content: bytes = b""


@dataclass
class Carriage:
    """A handover to Ozon's carrier. `removed` are postings that were in it and did not go."""

    carriage_id: int
    delivery_method_id: int
    warehouse_id: int
    departure_date: date
    postings: list[str]
    created_at: datetime
    updated_at: datetime
    status: str = "new"
    containers_count: int = 0
    removed: list[str] = field(default_factory=list)

    @property
    def open(self) -> bool:
        """Whether its postings are taken."""
        return self.status not in ("cancelled", "error")


@dataclass
class Return:
    """Some pieces of a posting that come back; `state` is the sys_name of its visual status."""

    return_id: int
    posting_number: str
    line: Line
    quantity: int
    kind: str
    reason: str
    state: str
    created_at: datetime
    changed_at: datetime
    final_at: datetime | None = None

    @property
    def barcode(self) -> str:
        return f"ii{self.return_id}"


@dataclass(frozen=True)
class RatingKind:
    """One rating with its thresholds; `value` stands where nothing is reckoned."""

    name: str
    title: str
    group: str
    value_type: str
    direction: str
    warning: float
    danger: float
    premium: float
    value: float = 0.0

    @property
    def higher_is_better(self) -> bool:
        return self.direction == "HIGHER_IS_BETTER"

    def beyond(self, value: float, threshold: float) -> bool:
        """Whether a value is worse than a threshold."""
        return value < threshold if self.higher_is_better else value > threshold


class PostingBook:
    """The postings of one cabinet, in the order in which they were made."""

    def __init__(self) -> None:
        self.by_number: dict[str, Posting] = {}
        self.order_ids: dict[int, list[Posting]] = {}

    def add(self, posting: Posting) -> None:
        self.by_number[posting.posting_number] = posting
        self.order_ids.setdefault(posting.order_id, []).append(posting)

    def shown(self, now: float) -> list[Posting]:
        """The postings that the methods know."""
        return [posting for posting in self.by_number.values() if posting.shown_from <= now]

    def find(self, number: str, now: float) -> Posting | None:
        posting = self.by_number.get(number)
        return posting if posting is not None and posting.shown_from <= now else None
