"""The contract between the engine and a marketplace.

A marketplace is a set of channels: what is kept equal. The engine knows channels only by this contract;
where two marketplaces differ, the difference is data here (sizes, limits, rules) or a method of the channel.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from types import ModuleType
from typing import Any, Protocol

from marketsync.http.client import ApiClient
from marketsync.marketplaces.orders import Fulfilment, OrderDesk

__all__ = [
    "Accepted",
    "Attribute",
    "Card",
    "Category",
    "Channel",
    "Dictionary",
    "DictionaryValue",
    "Gallery",
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
    "Owned",
    "PictureRules",
    "Pipeline",
    "Prepared",
    "Price",
    "PriceRules",
    "Problem",
    "PromotionPrice",
    "Quota",
    "Recovery",
    "Refused",
    "Rendered",
    "Result",
    "ShownState",
    "Stock",
    "Word",
]


class Kind(StrEnum):
    """What a channel's value is: the engine plans prices and stocks in SQL, documents by their hash."""

    DOCUMENT = "document"
    PRICE = "price"
    STOCK = "stock"
    ARTICLE = "article"
    SHELF = "shelf"
    PROMOTION = "promotion"
    GALLERY = "gallery"


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
    """Money in the account's currency; `old` is the struck price, `floor` what promotions may not go below.

    `automatic`: the marketplace may put the offer into promotions by itself; None where there is no such thing.
    """

    amount: Decimal
    old: Decimal | None
    floor: Decimal | None
    currency: str
    automatic: bool | None = None


@dataclass(frozen=True, slots=True)
class PromotionPrice:
    """A price in one of the marketplace's promotions.

    Attributes:
        action: the promotion.
        amount: None takes the offer out.
        ordinary: where the promotion moves the ordinary price, the one to go back to when it is left.
        moves_price: see marketplaces.promotions.Action.
        stock: pieces offered in it, where it asks for a number.
    """

    action: str
    amount: Decimal | None
    ordinary: Decimal | None
    moves_price: bool
    currency: str
    stock: int | None = None


@dataclass(frozen=True, slots=True)
class Stock:
    """Pieces free to sell in one of the marketplace's warehouses."""

    warehouse: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Gallery:
    """All pictures of a card as public links, the main one first."""

    links: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Card:
    """A rendered document and what the channel must know to send it.

    Attributes:
        hash: over the fields that the store owns.
        price: that a new card starts with and a whole one carries; None: the card's own stays as it is.
        fields: of a card that is there already, those that become ours; all others stay as they are shown.
        possible: the attributes that the document's category has.
        settled: nothing was sent for it for as long as readings may lag: what they show is what is there.
        way, payload: how and with what it is sent, once the channel has prepared it.
    """

    document: Mapping[str, Any]
    hash: bytes
    price: Price | None
    fields: frozenset[str] = frozenset()
    possible: frozenset[str] = frozenset()
    settled: bool = True
    way: str = ""
    payload: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Word:
    """An article, or where a card lies: 'shown', 'archived'."""

    text: str


@dataclass(frozen=True, slots=True)
class Quota:
    """How many items a channel may still send.

    Attributes:
        creates, updates: new cards and changes of known ones; None: without a bound.
        resets_at: when there is room again, as far as the marketplace tells.
    """

    creates: int | None
    updates: int | None
    resets_at: datetime


@dataclass(frozen=True, slots=True)
class Item:
    """One offer with the value that a submission carries for it."""

    offer: Offer
    value: Price | Stock | Card | Word | PromotionPrice | Gallery

    @property
    def by_article(self) -> bool:
        """Whether it is sent by the offer's article, which may be another card's by now."""
        return isinstance(self.value, Card | Gallery)

    @property
    def warehouse(self) -> str:
        """The warehouse of a stock, the action of a promotion, '' for everything else."""
        if isinstance(self.value, Stock):
            return self.value.warehouse
        return self.value.action if isinstance(self.value, PromotionPrice) else ""


@dataclass(frozen=True, slots=True)
class Problem:
    """What the marketplace (or a mapping) has against a value.

    Attributes:
        field: where to mend it: a source in the store, or the marketplace's field.
        target: the marketplace's field that a mapping could not fill.
        value: the store's text that could not be used.
        near: known values that are like it, the likest first.
    """

    code: str
    message: str
    field: str | None = None
    target: str | None = None
    value: str | None = None
    near: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """The marketplace's answer for one item of a submission.

    Attributes:
        offer_id: ours.
        warehouse: of a stock, else ''.
        again_after: seconds until a RETRY makes sense.
        waits_for: the limit that a RETRY waits for: 'quota', 'restore'; '' where it waits for no limit.
        warnings: of a confirmed item.
        pictures: what the marketplace has against pictures that the item carried, whatever its result; `field` is the
            link, where it names one.
        external_id, sku: learnt from the answer.
    """

    offer_id: int
    result: Result
    warehouse: str = ""
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    pictures: tuple[Problem, ...] = ()
    again_after: float = 60.0
    waits_for: str = ""
    external_id: str | None = None
    sku: str | None = None


@dataclass(frozen=True, slots=True)
class Accepted:
    """The marketplace took a batch and will answer later under this task id."""

    task_id: str


@dataclass(frozen=True, slots=True)
class Prepared:
    """A batch made ready to be sent.

    Attributes:
        calls: the items of each call, in the order of the calls.
        outcomes: of items for which no call is needed, or none is possible.
    """

    calls: tuple[Sequence[Item], ...]
    outcomes: tuple[Outcome, ...] = ()


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
        hash: of a value that is compared by its hash, where the channel itself can tell it.
        document: of a card: all its fields; the engine takes the hash over those that the offer owns.
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
        automatic_promotions: the marketplace puts offers into promotions by itself unless it is told not to.
    """

    gaps: tuple[GapRule, ...] = ()
    largest_discount: Decimal | None = None
    floor_share: Decimal | None = None
    automatic_promotions: bool = False


@dataclass(frozen=True, slots=True)
class PictureRules:
    """What a marketplace takes as a picture; what breaks a rule is told and not sent.

    Attributes:
        types: in Pillow's words, read from the bytes.
        least_side, largest_side: pixels of the shorter and of the longer side.
        most_bytes: of a file.
        most: pictures of a card; the first ones are sent.
        field: of the mapping, that carries them: whose it is decides whether they are kept equal.
    """

    types: tuple[str, ...] = ("JPEG", "PNG")
    least_side: int = 1
    largest_side: int | None = None
    most_bytes: int | None = None
    most: int = 10
    field: str = "images"


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
class Owned:
    """Whose the fields of one good's document are; what neither names is the cabinet's.

    Attributes:
        store: kept equal: compared, healed and sent.
        ask: sent only where a person has agreed.
    """

    store: frozenset[str] = frozenset()
    ask: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Rendered:
    """A document, whose its fields are, and the hashes of what is compared in it.

    Attributes:
        hash: over the fields that the store owns.
        owned: by the rules, whether the store has a value for a field or not.
        filled: the fields for which the store has a value.
        possible: the attributes that the document's category has.
        ask_hash: over the fields on ask; None where there are none.
    """

    document: Mapping[str, Any]
    hash: bytes
    owned: Owned = Owned()
    filled: frozenset[str] = frozenset()
    possible: frozenset[str] = frozenset()
    ask_hash: bytes | None = None

    def kept(self, before: Owned | None = None) -> Owned:
        """Whose the fields are when the document is compared with what is shown.

        A field that the store has never filled is not its own yet: what people wrote there is theirs. Once
        filled it stays the store's, so that emptying it in the store empties it there.

        Args:
            before: what this said of the good's last rendering.
        """
        known = self.filled if before is None else self.filled | before.store | before.ask
        return Owned(self.owned.store & known, self.owned.ask & known)


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
    """What the marketplace asks about a good of one category and type.

    Attributes:
        complex_id: of the complex attribute that this one is a part of.
        complex_collection: that complex attribute may be given several times.
    """

    category_id: str
    type_id: str
    attribute_id: str
    name: str
    required: bool
    collection: bool
    dictionary_id: str | None
    complex_id: str | None = None
    max_values: int | None = None
    complex_collection: bool = False


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

    def similar(self, attribute: Attribute, text: str) -> tuple[str, ...]:
        """The dictionary's values that are like a text, the likest first."""
        ...

    def similar_categories(self, text: str) -> tuple[str, ...]:
        """Open categories whose type is named like a text, as «category / type»."""
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

    def require_groups(self, known: Collection[str]) -> None:
        """Stop where the mapping's owners name a group of goods that the store never delivered.

        Raises:
            BadInput: with file and line.
        """
        ...


# ------------------------------------------------------------------ the channel


class Channel(ABC):
    """What is kept equal. Class attributes carry the vendor's numbers.

    Attributes:
        name: 'card', 'price', 'stock', 'picture'.
        kind: how the engine plans it.
        pipeline: which DAG sends it.
        batch_size: items one call takes.
        parallel: calls in flight at once.
        item_limits: how often one item may be sent.
        recovery: how a submission without an answer is resolved.
        visible_after: a read that began this much after a confirmation shows it.
        apart_from: channels that must not call about an offer while this one does, nor the other way round: a card
            sent under an article that is being changed would make a second one.
        settles_within: a call of such a channel whose answer never came has had its effect by then.
        seen_by: the channel whose read-back shows this one's values too; None: its own does.
        longest: characters of a word.
        one_place_per_call: a call is about one place, and either sets values in it or takes them away.
        floor_lasts: how long a floor counts after it was sent or renewed; None: for ever.
    """

    name: str
    kind: Kind
    pipeline: Pipeline
    batch_size: int
    parallel: int = 1
    item_limits: tuple[ItemLimit, ...] = ()
    recovery: Recovery = Recovery.RESEND
    visible_after: timedelta = timedelta(seconds=60)
    apart_from: tuple[str, ...] = ()
    settles_within: timedelta = timedelta(minutes=15)
    seen_by: str | None = None
    longest: int = 0
    one_place_per_call: bool = False
    floor_lasts: timedelta | None = None

    def __init__(self, client: ApiClient) -> None:
        self._client = client

    def prepare(self, items: Sequence[Item], new: Collection[int]) -> Prepared:
        """Look at what is there, and sort a batch into calls. Reads only.

        Args:
            items: at most `batch_size`.
            new: offers whose article the marketplace did not know a moment ago.

        Raises:
            RateLimited, Retriable, Fatal: nothing was sent.
        """
        return Prepared((items,))

    @abstractmethod
    def submit(self, items: Sequence[Item], submission: int) -> Accepted | Sequence[Outcome]:
        """Send a batch of at most `batch_size` items in one call.

        Args:
            items: what to send, as `prepare` sorted it.
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
        """What the marketplace knows of these offers, by its own id where that is known, else by the article.

        What it does not know is left out.
        """
        raise TypeError(f"channel {self.name} creates no cards")

    def quota(self) -> Quota | None:
        """What may be sent until the quota's reset; None: the marketplace has no quota for this channel."""
        return None

    def renew_floors(self, offers: Sequence[Offer]) -> None:
        """Let the floors of at most `batch_size` offers count anew."""
        raise TypeError(f"channel {self.name} has no floors that lapse")

    @abstractmethod
    def observe(self, warehouses: Sequence[str]) -> Iterator[Sequence[Observed]]:
        """Read back everything the account shows, in pages; of channels with places, of these."""

    def fingerprint(self, document: Mapping[str, Any], fields: Collection[str]) -> bytes:
        """The hash over some fields of a document, rendered or read back; pure."""
        raise TypeError(f"channel {self.name} has no documents")

    def document_differences(
        self, ours: Mapping[str, Any], theirs: Mapping[str, Any], fields: Collection[str]
    ) -> Sequence[tuple[str, str, str]]:
        """Which of these fields differ in two documents: (field, ours, theirs); pure."""
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
        picture_rules: what it accepts as a picture.
        check: asks who we are; returns the key's expiry where the marketplace tells it.
        transforms: the functions that its mappings may call.
        orders, fulfilment: reads its orders, and does what is asked for them; None: it is not connected for orders.
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
    picture_rules: PictureRules = field(default_factory=PictureRules)
    orders: type[OrderDesk] | None = None
    fulfilment: type[Fulfilment] | None = None
