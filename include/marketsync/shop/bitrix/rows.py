"""The portal's rows into the records of a delivery: what a good, a variant, a price and a count say.

Property codes are those that the exchange of 1C with 1C-Bitrix makes: CML2_ARTICLE, CML2_BAR_CODE,
CML2_MANUFACTURER. A good that is not active on the site is not sold: it counts as deleted.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from marketsync.shop.bitrix.delivery import Manifest
from marketsync.shop.bitrix.memory import Item
from marketsync.shop.commerceml.records import GoodRecord, PriceRecord, ProblemRecord, StockRecord
from marketsync.shop.commerceml.rows import ABSURD_COUNT
from marketsync.shop.commerceml.values import KNOWN_CURRENCIES, barcodes, currency, number

__all__ = ["Words", "amount_of", "decimal_of", "good_record", "guid_of", "item_of", "own_guid", "quantity_of"]

ARTICLE, BARCODE, MAKER = "CML2_ARTICLE", "CML2_BAR_CODE", "CML2_MANUFACTURER"
_SERVICE = "CML2_"
_SEVERAL = "; "
_TAGS = re.compile(r"<(script|style)\b[^<>]*>.*?</\1\s*>|<!--.*?-->|<[^<>]*>", re.DOTALL | re.IGNORECASE)
_BREAKS = re.compile(r"<(?:br|/p|/div|/li|/h[1-6]|/tr)\b[^<>]*>", re.IGNORECASE)
_ABSURD_PRICE = Decimal("1e16")  # what numeric(18, 2) cannot hold
_CONTROL = dict.fromkeys(
    [*range(9), 11, 12, *range(14, 32)], " "
)  # the staging parts its fields by two of them
_SIZES = (("weight", "Вес, г"), ("length", "Длина, мм"), ("width", "Ширина, мм"), ("height", "Высота, мм"))

Row = Mapping[str, Any]


@dataclass(slots=True)
class Words:
    """What ids of a reading mean.

    Attributes:
        enums: id of a list's value -> its words.
        sections: section id -> 1C's id.
        problems: met on the way; whoever reads the rows takes them out.
    """

    manifest: Manifest
    enums: Mapping[str, str]
    sections: Mapping[str, str]
    problems: list[ProblemRecord] = field(default_factory=list)
    _told: set[str] = field(default_factory=set)

    def tell(
        self, item: int, entity: str, code: str, guid: str | None, name: str | None, value: object = None
    ) -> None:
        """Note a problem of a row; its line is the row's id on the site."""
        shown = None if value is None else str(value)
        self.problems.append(ProblemRecord(item, entity, code, guid, name, shown))

    def tell_once(self, item: int, entity: str, code: str, name: str | None, value: str) -> None:
        """A problem of the site and not of the row: told at the first row that shows it."""
        if f"{code} {value}" not in self._told:
            self._told.add(f"{code} {value}")
            self.tell(item, entity, code, None, name, value)

    def taken(self) -> Iterator[ProblemRecord]:
        """The problems so far, which are then forgotten here."""
        yield from self.problems
        self.problems.clear()


def own_guid(kind: str, row: Row) -> str:
    """1C's id of a price type, a store or a section, or one made of the portal's own where it has none."""
    return _text(row.get("xmlId")) or f"{kind}-{row['id']}"


def guid_of(row: Row) -> str | None:
    """1C's id of a good or a variant. One made by hand on the site has none, or its own number there."""
    xml_id = _text(row.get("xmlId"))
    return None if not xml_id or xml_id == str(row["id"]) else xml_id


def item_of(name: str, row: Row, pictures: tuple[str, ...] | None = None) -> Item:
    """What is remembered of a row of the list `name`."""
    parent = row.get("parentId")
    told = parent.get("value") if isinstance(parent, Mapping) else parent
    number_of = int(told) if told else None
    return Item(name, int(row["id"]), guid_of(row), number_of, str(row.get("timestampX")), pictures)


def good_record(row: Row, guid: str, pictures: tuple[str, ...], words: Words) -> GoodRecord:
    """What a good or a variant says of itself."""
    item = int(row["id"])
    good_guid, _, variant = guid.partition("#")
    values = _values(row, words)
    service = {code: text for code, (_, text) in values.items() if code.startswith(_SERVICE)}
    properties = {name: text for code, (name, text) in values.items() if not code.startswith(_SERVICE)}
    name = _text(row.get("name"))
    if name is None and not variant:
        words.tell(item, "good", "name_missing", guid, "name")
    return GoodRecord(
        item,
        guid,
        good_guid,
        article=service.get(ARTICLE),
        name=name,
        description=_description(row),
        brand=service.get(MAKER),
        unit=_unit(row, words.manifest),
        vat=_vat(row, words.manifest),
        group=words.sections.get(str(row.get("iblockSectionId"))),
        barcodes=tuple(dict.fromkeys(barcodes(service.get(BARCODE, "").replace(_SEVERAL, " ")))),
        pictures=pictures,
        properties=properties,
        characteristics=properties if variant else {},
        requisites={
            title: format(size.normalize(), "f")
            for key, title in _SIZES
            if (size := decimal_of(row.get(key))) is not None and size > 0
        },
        deleted=row.get("active") == "N",
    )


def amount_of(row: Row, guid: str, type_guid: str, words: Words) -> PriceRecord:
    """A price; one that cannot be read is a blank."""
    item = int(row["id"])
    amount = decimal_of(row.get("price"))
    if row.get("price") not in (None, "") and (amount is None or abs(amount) >= _ABSURD_PRICE):
        words.tell(item, "price", "not_a_number", guid, "price", row["price"])
        amount = None
    if amount is not None and amount < 0:
        words.tell(item, "price", "negative_price", guid, "price", amount)
    code = currency(_text(row.get("currency")))
    if code and code not in KNOWN_CURRENCIES:
        words.tell(item, "price", "unknown_currency", guid, "currency", code)
    return PriceRecord(type_guid, amount, code)


def quantity_of(row: Row, guid: str, warehouse: str, words: Words) -> StockRecord | None:
    """A count; None where it cannot be one."""
    item = int(row["id"])
    quantity = decimal_of(row.get("amount"))
    if quantity is None:
        if row.get("amount") not in (None, ""):
            words.tell(item, "stock", "not_a_number", guid, "amount", row["amount"])
        return None
    if abs(quantity) >= ABSURD_COUNT:
        words.tell(item, "stock", "absurd_count", guid, "amount", quantity)
        return None
    if quantity < 0:
        words.tell(item, "stock", "negative_count", guid, "amount", quantity)
    return StockRecord(warehouse, quantity)


def _values(row: Row, words: Words) -> dict[str, tuple[str, str]]:
    """Property code -> its name and its words; a property without a code goes by its id."""
    found: dict[str, tuple[str, str]] = {}
    definitions = words.manifest.properties
    for key, value in row.items():
        if not key.startswith("property") or not value:
            continue
        number_of = key.removeprefix("property")
        definition = definitions.get(number_of)
        if definition is None:
            words.tell_once(int(row["id"]), "good", "unknown_property", None, number_of)
            continue
        several = value if isinstance(value, list) else [value]
        texts = [text for one in several if (text := _property_text(row, definition, one, words))]
        if texts:
            code = str(definition.get("code") or number_of)
            found[code] = (str(definition.get("name") or code), _SEVERAL.join(texts))
    return found


def _property_text(row: Row, definition: Row, value: Any, words: Words) -> str | None:
    told = value.get("value") if isinstance(value, Mapping) else value
    if isinstance(told, Mapping):  # of type HTML: {"TEXT": ..., "TYPE": ...}
        told = _plain(_text(told.get("TEXT") or told.get("text")), html_text=True)
    text = _text(told)
    if text is None:
        return None
    if definition.get("propertyType") == "L":
        told_words = _text(value.get("valueEnum")) if isinstance(value, Mapping) else None
        known = words.enums.get(text) or told_words
        if known is None:
            words.tell_once(int(row["id"]), "good", "unknown_value", str(definition.get("name")), text)
        return known or text
    if definition.get("propertyType") == "N":
        amount = decimal_of(text)
        return text if amount is None else format(amount, "f")
    return text


def _description(row: Row) -> str | None:
    for name in ("detailText", "previewText"):
        text = _plain(_text(row.get(name)), html_text=row.get(f"{name}Type") == "html")
        if text:
            return text
    return None


def _plain(text: str | None, *, html_text: bool) -> str | None:
    if text is None or not html_text:
        return text
    lines = html.unescape(_TAGS.sub("", _BREAKS.sub("\n", text))).split("\n")
    return "\n".join(line for line in (" ".join(line.split()) for line in lines) if line) or None


def _unit(row: Row, manifest: Manifest) -> str | None:
    measure = manifest.measures.get(str(row.get("measure")), {})
    return _text(measure.get("measureTitle")) or _text(measure.get("symbol"))


def _vat(row: Row, manifest: Manifest) -> str | None:
    vat = manifest.vats.get(str(row.get("vatId")))
    if vat is None:
        return None
    rate = decimal_of(vat.get("rate"))
    return _text(vat.get("name")) if rate is None else format(rate.normalize(), "f")


def decimal_of(value: Any) -> Decimal | None:
    """A number of the portal; None where there is none, or something else."""
    if value is None or isinstance(value, bool):
        return None
    try:
        return number(str(value))
    except ValueError:
        return None


def _text(value: Any) -> str | None:
    """Without blanks around it and without control characters; None where nothing is left."""
    if value is None or isinstance(value, (Mapping, list)):
        return None
    return str(value).translate(_CONTROL).strip() or None
