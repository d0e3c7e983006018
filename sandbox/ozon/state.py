"""What the sandbox's Ozon remembers: cabinets with products, tasks and limits.

A write changes what is *actual* at once and what is *shown* to reads after the read lag; everything that
happens later is an event with a due moment. No timers run: `Cabinet.settle` plays the events that have
become due, in order, at the start of every call, so the state at any moment depends on the clock alone.
"""

from __future__ import annotations

import asyncio
import heapq
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import count
from typing import Generic, Literal, TypeVar

from sandbox.limits import SlidingWindow
from sandbox.ozon.action_state import Action
from sandbox.ozon.orders.push_state import PushBox
from sandbox.ozon.orders.state import Carriage, LabelTask, PostingBook, RatingKind, Return

T = TypeVar("T")

AttributeValue = tuple[int, str]
"""Dictionary value id (0 for free text) and text."""
CardAttribute = tuple[int, int, tuple[AttributeValue, ...]]
"""Attribute id, complex id, values."""

KeyState = Literal["active", "invalid", "deactivated", "no_role", "ip_restricted"]
Archive = Literal["", "manual", "auto"]
"""Where a product is: on the shelf, archived by somebody's order, or archived by Ozon itself."""


class Lagged(Generic[T]):
    """A value with what reads still show of it (None: not shown yet)."""

    __slots__ = ("_shown_version", "_version", "actual", "shown")

    def __init__(self, actual: T, shown: T | None = None) -> None:
        self.actual = actual
        self.shown = shown
        self._version = 0
        self._shown_version = 0

    def write(self, value: T) -> Callable[[], None]:
        """Set the actual value; the result, once called, shows it unless a later one is shown already."""
        self.actual = value
        self._version += 1
        return partial(self._reveal, value, self._version)

    def _reveal(self, value: T, version: int) -> None:
        if version > self._shown_version:
            self.shown = value
            self._shown_version = version


@dataclass(frozen=True, slots=True)
class Card:
    """A card's content. Lengths and weights are in the units beside them; links are those that were sent."""

    name: str
    description_category_id: int
    type_id: int
    attributes: tuple[CardAttribute, ...]
    complex_attributes: tuple[CardAttribute, ...]
    barcodes: tuple[str, ...]
    depth: int
    width: int
    height: int
    dimension_unit: str
    weight: int
    weight_unit: str
    primary_image: str
    images: tuple[str, ...]
    """All pictures in order, the primary one first."""
    color_image: str = ""
    pdf_list: tuple[tuple[str, str], ...] = ()
    """Name and link of each file."""
    service_type: str = "IS_CODE_SERVICE"


@dataclass(frozen=True, slots=True)
class Prices:
    """Prices in hundredths; 0 is "none". `pending` waits in quarantine for a person in the cabinet."""

    price: int
    old_price: int = 0
    min_price: int = 0
    net_price: int = 0
    declared_price: int | None = None
    currency_code: str = "RUB"
    vat: str = "0"
    auto_action_enabled: bool = False
    auto_add_enabled: bool = False
    strategy_enabled: bool = False
    min_price_for_auto: bool = False
    pending: Prices | None = None


@dataclass(frozen=True, slots=True)
class StockCell:
    """One product in one warehouse: present = free + reserved."""

    free: int
    reserved: int
    updated_at: datetime

    @property
    def present(self) -> int:
        return self.free + self.reserved


@dataclass(frozen=True, slots=True)
class Status:
    """`statuses` of /v3/product/info/list."""

    status: str
    moderate_status: str
    validation_status: str
    is_created: bool
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class ItemError:
    """An error or a warning of a card, as import/info and info/list tell it."""

    code: str
    description: str
    field: str = ""
    attribute_id: int = 0
    attribute_name: str = ""
    level: Literal["error", "warning"] = "error"
    picture: str = ""
    """The link that a picture's problem is about."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that was loaded; `sha256` is empty where its link was believed."""

    sha256: str = ""
    width: int = 0
    height: int = 0


@dataclass
class Product:
    product_id: int
    offer_id: str
    created_at: datetime
    updated_at: datetime
    card: Lagged[Card]
    prices: Lagged[Prices]
    status: Status
    sku: int = 0
    archive: Lagged[Archive] = field(default_factory=lambda: Lagged[Archive]("", ""))
    article: Lagged[str] = field(init=False)
    """`offer_id`, and what reads still show of it."""
    stocks: dict[int, Lagged[StockCell]] = field(default_factory=dict)
    errors: tuple[ItemError, ...] = ()
    """Errors and warnings of the last import."""
    min_price_set_at: datetime | None = None
    """When the minimum price was last set or renewed."""
    pictures: dict[str, Picture] = field(default_factory=dict)
    """What was loaded from the links of the card, by link; a link that was believed is not in it."""
    price_window: SlidingWindow = field(default_factory=SlidingWindow)
    stock_accepted: dict[int, float] = field(default_factory=dict)
    """Warehouse -> moment of the last accepted update by the API."""

    def __post_init__(self) -> None:
        self.article = Lagged(self.offer_id, self.offer_id)

    @property
    def archived(self) -> bool:
        return self.archive.actual != ""

    @property
    def archived_shown(self) -> bool:
        return self.archive.shown not in ("", None)

    @property
    def offer_id_shown(self) -> str:
        return self.article.shown or self.offer_id

    def free(self, *, shown: bool) -> int:
        return sum(cell.free for cell in self.cells(shown=shown).values())

    def cells(self, *, shown: bool) -> dict[int, StockCell]:
        """Warehouse -> stock, as reads show it or as it is."""
        found: dict[int, StockCell] = {}
        for warehouse_id, cell in self.stocks.items():
            value = cell.shown if shown else cell.actual
            if value is not None:
                found[warehouse_id] = value
        return found

    @property
    def stock_allowed(self) -> bool:
        """Ozon Seller API: stock may be set once the status is `price_sent`."""
        return self.status.status == "price_sent"

    @property
    def on_sale(self) -> bool:
        return (
            self.stock_allowed
            and not self.archived
            and self.prices.actual.price > 0
            and self.free(shown=False) > 0
        )


@dataclass(frozen=True)
class Warehouse:
    warehouse_id: int
    name: str
    address: str
    status: str = "created"
    """`created` is Ozon's word for an active warehouse."""


# Ozon's own example ids are of this size: a client that keeps them in 32 bits breaks.
WAREHOUSES = (
    Warehouse(1020000000001, "Склад Москва", "Россия, Москва, ул. Складская, 1"),
    Warehouse(1020000000002, "Склад Казань", "Россия, Казань, ул. Портовая, 12"),
    Warehouse(1020000000003, "Магазин на Ленина", "Россия, Казань, ул. Ленина, 5"),
)


@dataclass
class TaskItem:
    offer_id: str
    status: Literal["pending", "imported", "failed", "skipped"] = "pending"
    product_id: int = 0
    errors: tuple[ItemError, ...] = ()
    vanished: bool = False


@dataclass
class Task:
    task_id: int
    created: float
    items: list[TaskItem]


@dataclass
class DailyUsage:
    """What was created and updated since the last reset at 03:00 Moscow time."""

    day: str = ""
    created: int = 0
    updated: int = 0
    restored: int = 0
    """Products that Ozon had archived by itself and that came back."""


class Cabinet:
    """One seller account."""

    def __init__(self, client_id: str, key_expires_at: datetime) -> None:
        self.client_id = client_id
        self.key_state: KeyState = "active"
        self.key_expires_at = key_expires_at
        self.warehouses: dict[int, Warehouse] = {each.warehouse_id: each for each in WAREHOUSES}
        self.by_offer: dict[str, Product] = {}
        self.by_offer_shown: dict[str, Product] = {}
        """By the article that reads show."""
        self.by_id: dict[int, Product] = {}
        self.by_sku: dict[int, Product] = {}
        self.barcode_owner: dict[str, int] = {}
        self.models: dict[str, tuple[int, int]] = {}
        """Model name -> model id and how many cards carry it."""
        self.tasks: dict[int, Task] = {}
        self.actions: dict[int, Action] = {}
        self.postings = PostingBook()
        self.pushes = PushBox()
        self.label_tasks: dict[int, LabelTask] = {}
        self.carriages: dict[int, Carriage] = {}
        self.returns: dict[int, Return] = {}
        self.ratings: dict[str, RatingKind] = {}
        """Ratings that somebody set, by name."""
        self.next_order: float | None = None
        self.daily = DailyUsage()
        self.last_import_due: dict[str, float] = {}
        """Offer -> when its last queued import is worked on: imports of one offer keep their order."""
        self.all_calls = SlidingWindow()
        self.stock_calls = SlidingWindow()
        self.import_items = SlidingWindow()
        self.rename_items = SlidingWindow()
        self.picture_items = SlidingWindow()
        self.posting_reads = SlidingWindow()
        self.loading: dict[str, asyncio.Task[None]] = {}
        """Offer -> the last of its imports that waits for its pictures."""
        self.reservations: deque[tuple[float, int, int]] = deque()
        """Units reserved by themselves: when to give back, product, warehouse."""
        self.next_auto_reserve: float | None = None
        self._events: list[tuple[float, int, Callable[[float], None]]] = []
        self._sequence = count()

    def at(self, due: float, action: Callable[[float], None]) -> None:
        """Let `action(due)` happen at the moment `due`."""
        heapq.heappush(self._events, (due, next(self._sequence), action))

    def settle(self, now: float) -> None:
        """Let everything happen that has become due, in order of its moments."""
        while self._events and self._events[0][0] <= now:
            due, _, action = heapq.heappop(self._events)
            action(due)

    def add(self, product: Product) -> None:
        if product.offer_id:  # cards of the time before articles were required may have none
            self.by_offer[product.offer_id] = product
            self.by_offer_shown[product.offer_id] = product
        self.by_id[product.product_id] = product
        if product.sku:
            self.by_sku[product.sku] = product

    def remove(self, product: Product) -> None:
        """Forget a product that was deleted."""
        for index in (self.by_offer, self.by_offer_shown):
            for article in [article for article, each in index.items() if each is product]:
                del index[article]
        del self.by_id[product.product_id]
        for action in self.actions.values():
            action.forget(product.product_id)
        self.by_sku.pop(product.sku, None)

    def find(self, offer_id: str, product_id: int) -> Product | None:
        """Ozon Seller API: with both ids given, offer_id wins."""
        return self.by_offer.get(offer_id) if offer_id else self.by_id.get(product_id)
