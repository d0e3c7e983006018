"""The contract between the engine and a marketplace.

A marketplace is a set of channels: what is kept equal. The engine knows channels only by this contract;
where two marketplaces differ, the difference is data here (sizes, limits, rules) or a method of the channel.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from types import ModuleType
from typing import Any, Protocol

from marketsync.http.client import ApiClient

__all__ = [
    "Accepted",
    "Attribute",
    "Card",
    "Category",
    "Channel",
    "Dictionary",
    "DictionaryValue",
    "GapRule",
    "Good",
    "Identity",
    "Item",
    "ItemLimit",
    "Kind",
    "Marketplace",
    "MarketplaceWarehouse",
    "Observed",
    "Offer",
    "Outcome",
    "Pipeline",
    "Price",
    "PriceRules",
    "Problem",
    "Recovery",
    "Refused",
    "Rendered",
    "Result",
    "ShownState",
    "Stock",
]


class Kind(StrEnum):
    """What a channel's value is: the engine plans prices and stocks in SQL, documents by their hash."""

    DOCUMENT = "document"
    PRICE = "price"
    STOCK = "stock"


class Pipeline(StrEnum):
    """Which of an account's DAGs keeps a channel equal."""

    CATALOG = "catalog"
    PRICES = "prices"
    STOCKS = "stocks"


class Recovery(StrEnum):
    """How a submission is resolved whose answer never came."""

    RESEND = "resend"  # harmless to repeat: an absolute value
    READ_FIRST = "read_first"  # look what happened before doing it again


class Result(StrEnum):
    """What the marketplace said of one item."""

    CONFIRMED = "confirmed"
    REJECTED = "rejected"  # not again with the same value
    RETRY = "retry"  # passing: again after a pause
    UNANSWERED = "unanswered"  # the answer does not name it: it has failed, and its effect is unknown


class ShownState(StrEnum):
    """What the marketplace shows of an offer, in words that every marketplace shares."""

    SHOWN = "shown"
    PENDING = "pending"
    QUARANTINED = "quarantined"
    ARCHIVED = "archived"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Offer:
    """Who is addressed: our id, the article under which it is listed, the marketplace's own ids where known."""

    offer_id: int
    article: str
    external_id: str | None = None
    sku: str | None = None


@dataclass(frozen=True, slots=True)
class Price:
    """Money in the account's currency; `old` is the struck price, `floor` what promotions may not go below."""

    amount: Decimal
    old: Decimal | None
    floor: Decimal | None
    currency: str


@dataclass(frozen=True, slots=True)
class Stock:
    """Pieces free to sell in one of the marketplace's warehouses."""

    warehouse: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Card:
    """A rendered document, the hash of what is kept equal in it, and the price a new card starts with."""

    document: Mapping[str, Any]
    hash: bytes
    price: Price


@dataclass(frozen=True, slots=True)
class Item:
    """One offer with the value that a submission carries for it."""

    offer: Offer
    value: Price | Stock | Card

    @property
    def warehouse(self) -> str:
        """The warehouse of a stock, '' for everything else."""
        return self.value.warehouse if isinstance(self.value, Stock) else ""


@dataclass(frozen=True, slots=True)
class Problem:
    """What the marketplace (or a mapping) has against a value."""

    code: str
    message: str
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """The marketplace's answer for one item of a submission.

    Attributes:
        offer_id: ours.
        warehouse: of a stock, else ''.
        again_after: seconds until a RETRY makes sense.
        warnings: of a confirmed item.
        external_id, sku: learnt from the answer.
    """

    offer_id: int
    result: Result
    warehouse: str = ""
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    again_after: float = 60.0
    external_id: str | None = None
    sku: str | None = None


@dataclass(frozen=True, slots=True)
class Accepted:
    """The marketplace took a batch and will answer later under this task id."""

    task_id: str


@dataclass(frozen=True, slots=True)
class Identity:
    """What the marketplace says about a card of ours: its ids, and whether it takes stock already."""

    article: str
    external_id: str
    sku: str | None
    ready: bool


@dataclass(frozen=True, slots=True)
class Observed:
    """One offer (and warehouse) as the marketplace shows it.

    Attributes:
        barcodes: all that a card has; `barcode` is the first.
        amount, old, floor: of a price; `amount` of a stock (free to sell, without what is reserved).
        hash, document: of a card: the hash over the same fields as `Card.hash`, and those fields.
        text: of a channel whose value is a word.
        ready: whether a card takes stock.
    """

    external_id: str
    article: str | None = None
    sku: str | None = None
    warehouse: str = ""
    barcode: str | None = None
    barcodes: tuple[str, ...] = ()
    name: str | None = None
    amount: Decimal | None = None
    old: Decimal | None = None
    floor: Decimal | None = None
    reserved: Decimal | None = None
    hash: bytes | None = None
    document: Mapping[str, Any] | None = None
    text: str | None = None
    ready: bool = False
    state: ShownState = ShownState.SHOWN


@dataclass(frozen=True, slots=True)
class ItemLimit:
    """At most `count` submissions of one item (offer, or offer and warehouse) in any `per`."""

    count: int
    per: timedelta


@dataclass(frozen=True, slots=True)
class GapRule:
    """Up to `below` (None: without end) a struck price must exceed the price by this much."""

    below: Decimal | None
    at_least: Decimal = Decimal(0)
    share: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class PriceRules:
    """What a marketplace accepts as struck price and floor; applied in SQL when prices are planned.

    Attributes:
        gaps: by price, ascending.
        largest_discount: a struck price may not exceed price / (1 - this), nor reach it.
        floor_share: the floor is at least this share of the price.
    """

    gaps: tuple[GapRule, ...] = ()
    largest_discount: Decimal | None = None
    floor_share: Decimal | None = None


# ------------------------------------------------------------------ rendering of documents


@dataclass(frozen=True, slots=True)
class Good:
    """A sellable good as the store delivered it: a variant carries what it inherits from its good.

    Attributes:
        guid: 1C's id, `good` or `good#characteristic`.
        group: names from the root, joined by " / ".
        vat: percent as 1C writes it.
        properties, characteristics, requisites: name -> text.
        pictures: public links, in order.
    """

    guid: str
    good_guid: str
    article: str
    code: str | None
    name: str
    full_name: str | None
    description: str | None
    brand: str | None
    unit: str | None
    vat: str | None
    group: str | None
    barcodes: tuple[str, ...]
    pictures: tuple[str, ...]
    properties: Mapping[str, str]
    characteristics: Mapping[str, str]
    requisites: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Rendered:
    """A document and the hash of what is kept equal in it."""

    document: Mapping[str, Any]
    hash: bytes


@dataclass(frozen=True, slots=True)
class Refused:
    """A good that cannot be rendered, with every reason."""

    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Category:
    """A place in the marketplace's tree where a card can live."""

    category_id: str
    type_id: str
    category_name: str
    type_name: str
    disabled: bool = False


@dataclass(frozen=True, slots=True)
class Attribute:
    """What the marketplace asks about a good of one category and type."""

    category_id: str
    type_id: str
    attribute_id: str
    name: str
    required: bool
    collection: bool
    dictionary_id: str | None
    complex_id: str | None = None
    max_values: int | None = None


@dataclass(frozen=True, slots=True)
class DictionaryValue:
    """One of the values that an attribute may take."""

    category_id: str
    type_id: str
    attribute_id: str
    value_id: str
    value: str


@dataclass(frozen=True, slots=True)
class MarketplaceWarehouse:
    """One of the account's warehouses on the marketplace."""

    warehouse: str
    name: str
    active: bool


class Dictionary(Protocol):
    """The cached dictionaries of a marketplace, as a renderer needs them. Names are compared normalised."""

    def category(self, category_name: str, type_name: str) -> Category | None:
        """The category by its names, or None where the cache has none."""
        ...

    def attributes(self, category: Category) -> Sequence[Attribute]:
        """What is asked of a good of this category."""
        ...

    def value(self, attribute: Attribute, text: str) -> DictionaryValue | None:
        """The dictionary's value for a text, or None."""
        ...

    @property
    def version(self) -> str:
        """Changes whenever the cache's content does."""
        ...


class Renderer(Protocol):
    """Turns goods into documents by a mapping; pure."""

    @property
    def version(self) -> str:
        """Changes whenever the mapping or the dictionaries do."""
        ...

    def render(self, good: Good) -> Rendered | Refused:
        """The document for a good, or why there is none."""
        ...

    def categories(self) -> Sequence[Category]:
        """The categories that the mapping assigns and the dictionaries know."""
        ...

    def check(self) -> Sequence[str]:
        """What the mapping says that the dictionaries do not bear out, with file and line."""
        ...


# ------------------------------------------------------------------ the channel


class Channel(ABC):
    """What is kept equal. Class attributes carry the vendor's numbers.

    Attributes:
        name: 'card', 'price', 'stock'.
        kind: how the engine plans it.
        pipeline: which DAG sends it.
        batch_size: items one call takes.
        parallel: calls in flight at once.
        item_limits: how often one item may be sent.
        recovery: how a submission without an answer is resolved.
        visible_after: a read that began this much after a confirmation shows it.
    """

    name: str
    kind: Kind
    pipeline: Pipeline
    batch_size: int
    parallel: int = 1
    item_limits: tuple[ItemLimit, ...] = ()
    recovery: Recovery = Recovery.RESEND
    visible_after: timedelta = timedelta(seconds=60)

    def __init__(self, client: ApiClient) -> None:
        self._client = client

    @abstractmethod
    def submit(self, items: Sequence[Item], submission: int) -> Accepted | Sequence[Outcome]:
        """Send a batch of at most `batch_size` items in one call.

        Args:
            items: what to send.
            submission: the intent row's id, for the call log.

        Returns:
            a task id, or an outcome for every item; an item the answer does not name is UNANSWERED.

        Raises:
            Uncertain: the call may have had its effect.
            RateLimited, Retriable, Fatal: it had none.
        """

    def poll(self, task_id: str, offers: Sequence[Offer]) -> Sequence[Outcome] | None:
        """The outcomes of an accepted batch, or None while the marketplace still works on it."""
        raise TypeError(f"channel {self.name} answers at once")

    def identify(self, offers: Sequence[Offer]) -> Sequence[Identity]:
        """What the marketplace knows of these offers by their articles; unknown ones are left out."""
        raise TypeError(f"channel {self.name} creates no cards")

    @abstractmethod
    def observe(self, warehouses: Sequence[str]) -> Iterator[Sequence[Observed]]:
        """Read back everything the account shows, in pages."""

    def document_differences(
        self, ours: Mapping[str, Any], theirs: Mapping[str, Any]
    ) -> Sequence[tuple[str, str, str]]:
        """The fields in which two documents differ: (field, ours, theirs)."""
        raise TypeError(f"channel {self.name} has no documents")


@dataclass(frozen=True)
class Marketplace:
    """What a marketplace's folder offers to the engine.

    Attributes:
        name: the folder's name.
        title: for people.
        client: credentials and transport -> the account's client.
        channels: what is kept equal, in the order in which it is sent.
        renderer: mapping folder, dictionaries -> the renderer of its cards.
        categories, attributes, values, warehouses: readers of its dictionaries.
        price_rules: what it accepts as struck price and floor.
        check: asks who we are; returns the key's expiry where the marketplace tells it.
        transforms: the functions that its mappings may call.
    """

    name: str
    title: str
    connect: Callable[..., ApiClient]
    channels: Sequence[type[Channel]]
    renderer: Callable[..., Renderer]
    categories: Callable[[ApiClient], Iterator[Category]]
    attributes: Callable[[ApiClient, Category], Sequence[Attribute]]
    values: Callable[[ApiClient, Attribute], Iterator[DictionaryValue]]
    warehouses: Callable[[ApiClient], Sequence[MarketplaceWarehouse]]
    check: Callable[[ApiClient], datetime | None]
    transforms: ModuleType
    price_rules: PriceRules = field(default_factory=PriceRules)
