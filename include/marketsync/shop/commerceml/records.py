"""The rows of a CommerceML delivery, typed: what the parser yields and the importer takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

__all__ = [
    "GoodRecord",
    "GroupRecord",
    "OfferRecord",
    "PriceRecord",
    "PriceTypeRecord",
    "ProblemRecord",
    "PropertyRecord",
    "Record",
    "ScopeRecord",
    "Section",
    "SectionRecord",
    "StockRecord",
    "WarehouseRecord",
]


class Section(StrEnum):
    """The parts of a file, by the element that holds them."""

    CLASSIFIER = "Классификатор"
    CATALOGUE = "Каталог"
    PACKAGE = "ПакетПредложений"
    PACKAGE_CHANGES = "ИзмененияПакетаПредложений"
    DOCUMENT = "Документ"


@dataclass(frozen=True, slots=True)
class SectionRecord:
    """A catalogue or a package of offers begins; `full`: it holds all there is, what is absent is gone."""

    line: int
    section: Section
    full: bool


@dataclass(frozen=True, slots=True)
class ScopeRecord:
    """What a delivery of the shop holds of some kinds of rows: all there is, or what changed.

    Attributes:
        kinds: goods, variants, prices, stocks.
    """

    kinds: frozenset[str]
    full: bool


@dataclass(frozen=True, slots=True)
class GroupRecord:
    """A group of the classifier; the root's parent is None."""

    line: int
    guid: str
    parent: str | None
    name: str


@dataclass(frozen=True, slots=True)
class PropertyRecord:
    """The definition of a property. `kind` is ТипЗначений; `values` are a directory's: id -> text."""

    line: int
    guid: str
    name: str
    kind: str
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PriceTypeRecord:
    """A price type is declared; `whole`: an offer that lists prices lists its price of this type too."""

    line: int
    guid: str
    name: str
    currency: str | None
    whole: bool = True


@dataclass(frozen=True, slots=True)
class WarehouseRecord:
    line: int
    guid: str
    name: str


@dataclass(frozen=True, slots=True)
class GoodRecord:
    """What a Товар says of itself, or a Предложение of a variant. An absent or blank text is None.

    Attributes:
        guid: `good` or `good#characteristic`.
        good_guid: the part before '#'.
        name: None where it is missing; such a row tells no more than that the good is there (or is deleted).
        properties: property name -> text; directory values resolved, numbers with a point, several joined by
        '; '.
        requisites: name -> text, several of one name joined by a line break.
    """

    line: int
    guid: str
    good_guid: str
    article: str | None = None
    code: str | None = None
    name: str | None = None
    full_name: str | None = None
    description: str | None = None
    brand: str | None = None
    unit: str | None = None
    vat: str | None = None
    group: str | None = None
    barcodes: tuple[str, ...] = ()
    pictures: tuple[str, ...] = ()
    properties: Mapping[str, str] = field(default_factory=dict)
    characteristics: Mapping[str, str] = field(default_factory=dict)
    requisites: Mapping[str, str] = field(default_factory=dict)
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class PriceRecord:
    """One price of an offer. An amount of None is a blank, which is not zero."""

    type_guid: str
    amount: Decimal | None
    currency: str | None


@dataclass(frozen=True, slots=True)
class StockRecord:
    """One count of an offer; the warehouse '' is a total of an offer that names no warehouses."""

    warehouse: str
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class OfferRecord:
    """One Предложение: of any package, portion or delta.

    Attributes:
        content: what a variant says of itself; None for a good's own offer and in portions of prices and
        rests.
        prices: None where the offer says nothing of prices; () where it says that there are none.
        stocks: None where it says nothing of counts.
        stocks_whole: the counts are all there are, so that other warehouses have none: a total without
        warehouses,
            or counts that add up to the total beside them.
    """

    line: int
    guid: str
    good_guid: str
    content: GoodRecord | None
    prices: tuple[PriceRecord, ...] | None
    stocks: tuple[StockRecord, ...] | None
    stocks_whole: bool


@dataclass(frozen=True, slots=True)
class ProblemRecord:
    """A row that could not be used, or was used with a correction; `code` is one of marketsync.shop.texts."""

    line: int
    entity: str
    code: str
    guid: str | None = None
    field: str | None = None
    value: str | None = None


Record = (
    SectionRecord | ScopeRecord | PriceTypeRecord | WarehouseRecord | GoodRecord | OfferRecord | ProblemRecord
)
"""What reading the body of a file yields; groups and properties come with its outline."""
