"""One Товар or Предложение into its record: each element's children are walked once.

Why not find() or XPath per field: a delivery of 100 000 goods has six million elements, and half the time of
reading it is spent here. Names are compared without their namespace, which differs between 1C, Bitrix and
sites.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, cast

from marketsync.shop.commerceml.records import (
    GoodRecord,
    OfferRecord,
    PriceRecord,
    ProblemRecord,
    PropertyRecord,
    StockRecord,
)
from marketsync.shop.commerceml.values import KNOWN_CURRENCIES, barcodes, currency, flag, number

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["ABSURD_COUNT", "SEVERAL", "LocalNames", "RowReader", "line_of", "text_of"]

ABSURD_COUNT = 1_000_000
"""Counts from here on are a mistake of the export. The largest marketplaces refuse them too:
Ozon Seller API, /v2/products/stocks, error STOCK_TOO_BIG."""

_FULL_NAME = "Полное наименование"
_DELETED = "Удален"
_DIRECTORY = "Справочник"
_NUMBER = "Число"
SEVERAL = "; "
"""Between the values of a property that has several."""
_PLAIN = frozenset(
    {
        "Ид",
        "Артикул",
        "Код",
        "Наименование",
        "ПолноеНаименование",
        "Описание",
        "ТорговаяМарка",
        "ПометкаУдаления",
        "Статус",
    }
)
"""Children that are a text and no more."""
_ANY_QUANTITY = Decimal(0)
_ABSURD_PRICE = Decimal("1e16")  # what numeric(18, 2) cannot hold


class LocalNames(dict[str, str]):
    """Tag -> name without its namespace, remembered: a file has some fifty different tags."""

    def __missing__(self, tag: str) -> str:
        name = self[tag] = tag.rpartition("}")[2]
        return name


def text_of(element: _Element) -> str | None:
    """The element's text without blanks around it; None where nothing is left."""
    text = element.text
    if not text:
        return None
    return text.strip() or None


def line_of(element: _Element) -> int:
    """The element's line, from 1; beyond line 65 535 that of its first text (a limit of libxml2)."""
    return cast("int", element.sourceline)


class RowReader:
    """Makes records of elements, and gathers the problems met on the way.

    Args:
        definitions: the properties by id: of this delivery and of all before it.
        names: the shared cache of local names.
    """

    def __init__(self, definitions: Mapping[str, PropertyRecord], names: LocalNames) -> None:
        self.problems: list[ProblemRecord] = []
        self._definitions = definitions
        self._names = names
        self._told: set[str] = set()

    def good(self, element: _Element) -> GoodRecord | None:
        """The record of a Товар, or None (and a problem) where it has no id."""
        names = self._names
        row = _Row()
        texts = row.texts
        for child in element:
            name = names[child.tag]
            if name in _PLAIN:
                text = child.text
                if text:
                    texts[name] = text.strip()
            else:
                self._part(child, name, row)
        guid = texts.get("Ид")
        if not guid:
            self._problem(line_of(element), "good", "id_missing", None, "Ид", row.known_as())
            return None
        return self._record(element, guid, row)

    def offer(self, element: _Element) -> OfferRecord | None:
        """The record of a Предложение, or None (and a problem) where it has no id."""
        names = self._names
        row = _Row()
        texts = row.texts
        price_list: _Element | None = None
        counts: list[tuple[str, str | None]] | None = None
        total: str | None = None
        has_total = False
        characteristic: str | None = None
        for child in element:
            name = names[child.tag]
            if name in _PLAIN:
                text = child.text
                if text:
                    texts[name] = text.strip()
            elif name == "Склад" or (name == "Склады" and child.get("ИдСклада") is not None):
                if counts is None:
                    counts = []
                counts.append((child.get("ИдСклада") or "", child.get("КоличествоНаСкладе")))
            elif name == "Цены":
                price_list = child
            elif name == "Количество":
                has_total = True
                total = child.text
            elif name == "Остатки":
                counts = (counts or []) + self._rests(child)
            elif name == "ИдХарактеристики":
                characteristic = text_of(child)
            else:
                self._part(child, name, row)
        guid = texts.get("Ид")
        if not guid:
            self._problem(line_of(element), "offer", "id_missing", None, "Ид", row.known_as())
            return None
        if characteristic and "#" not in guid:
            guid = f"{guid}#{characteristic}"
        content = None
        good_guid, hash_mark, _ = guid.partition("#")
        if hash_mark and (texts.get("Наименование") or row.characteristics or _is_deleted(element, row)):
            content = self._record(element, guid, row)
        prices = None if price_list is None else self._prices(price_list, guid)
        line = line_of(element)
        stocks, whole = self._stocks(line, guid, counts, total, has_total)
        return OfferRecord(line, guid, good_guid, content, prices, stocks, whole)

    # ------------------------------------------------------------ what goods and offers share

    def _part(self, child: _Element, name: str, row: _Row) -> None:
        """Take in a child that is more than a text."""
        names = self._names
        if name == "ЗначенияСвойств":
            for item in child:
                self._property(item, row)
        elif name == "ЗначенияРеквизитов":
            for item in child:
                _add_pair(row.requisites, *self._pair(item), "\n")
        elif name == "ХарактеристикиТовара":
            for item in child:
                _add_pair(row.characteristics, *self._pair(item), SEVERAL)
        elif name == "Штрихкод":
            if child.text:
                row.barcodes += barcodes(child.text)
        elif name == "Картинка":
            picture = text_of(child)
            if picture:
                row.pictures.append(picture)
        elif name == "БазоваяЕдиница":
            row.texts[name] = (
                text_of(child)
                or (child.get("НаименованиеПолное") or "").strip()
                or (child.get("МеждународноеСокращение") or "").strip()
                or (child.get("Код") or "").strip()
            )
        elif name == "Группы":
            for item in child:
                row.texts.setdefault(name, text_of(item) or "")
        elif name == "Изготовитель":
            for part in child:
                if names[part.tag] == "Наименование":
                    row.texts[name] = text_of(part) or ""
        elif name == "СтавкиНалогов":
            for item in child:
                tax, rate = self._pair(item)
                if tax == "НДС":
                    row.texts[name] = rate or ""

    def _pair(self, item: _Element) -> tuple[str | None, str | None]:
        names = self._names
        name = value = None
        for part in item:
            tag = names[part.tag]
            if tag == "Наименование":
                name = text_of(part)
            elif tag in ("Значение", "Ставка"):
                value = text_of(part)
        return name, value

    def _property(self, item: _Element, row: _Row) -> None:
        names = self._names
        identity = ""
        texts = []
        for part in item:
            text = part.text
            if text:
                tag = names[part.tag]
                if tag == "Значение":
                    texts.append(text.strip())
                elif tag == "Ид":
                    identity = text.strip()
        if not identity or not texts:
            return
        definition = self._definitions.get(identity)
        if definition is None:
            self._tell_once(item, row, "unknown_property", None, identity)
            _add_pair(row.properties, identity, SEVERAL.join(texts), SEVERAL)
            return
        name, kind = definition.name, definition.kind
        if kind == _DIRECTORY:
            values = definition.values
            for place, text in enumerate(texts):
                resolved = values.get(text)
                if resolved is not None:
                    texts[place] = resolved
                elif values and text:
                    self._tell_once(item, row, "unknown_value", name, text)
        elif kind == _NUMBER:
            texts = [_plain_number(text) for text in texts]
        _add_pair(row.properties, name, texts[0] if len(texts) == 1 else SEVERAL.join(texts), SEVERAL)

    def _tell_once(self, item: _Element, row: _Row, code: str, field: str | None, value: str) -> None:
        """A problem of the classifier, not of the good: told at the first good that shows it."""
        if value not in self._told:
            self._told.add(value)
            self._problem(line_of(item), "good", code, row.texts.get("Ид"), field, value)

    def _record(self, element: _Element, guid: str, row: _Row) -> GoodRecord:
        line = line_of(element)
        get = row.texts.get
        name = get("Наименование") or None
        deleted = _is_deleted(element, row)
        good_guid, _, characteristic = guid.partition("#")
        if name is None and not deleted and not characteristic:
            self._problem(line, "good", "name_missing", guid, "Наименование", get("Артикул"))
        return GoodRecord(
            line,
            guid,
            good_guid,
            get("Артикул") or None,
            get("Код") or None,
            name,
            get("ПолноеНаименование") or row.requisites.get(_FULL_NAME),
            get("Описание") or None,
            get("ТорговаяМарка") or get("Изготовитель") or None,
            get("БазоваяЕдиница") or None,
            get("СтавкиНалогов") or None,
            get("Группы") or None,
            tuple(dict.fromkeys(row.barcodes)),
            tuple(dict.fromkeys(row.pictures)),
            row.properties,
            row.characteristics,
            row.requisites,
            deleted,
        )

    # ------------------------------------------------------------ prices and counts

    def _prices(self, price_list: _Element, guid: str) -> tuple[PriceRecord, ...]:
        names = self._names
        found: dict[str, tuple[Decimal, PriceRecord]] = {}
        for item in price_list:
            type_guid = ""
            amount_text = currency_text = least_text = None
            for part in item:
                tag = names[part.tag]
                if tag == "ИдТипаЦены":
                    type_guid = text_of(part) or ""
                elif tag == "ЦенаЗаЕдиницу":
                    amount_text = part.text
                elif tag == "Валюта":
                    currency_text = part.text
                elif tag == "МинКоличество":
                    least_text = part.text
            if not type_guid:
                self._problem(line_of(item), "price", "id_missing", guid, "ИдТипаЦены", amount_text)
                continue
            amount = self._amount(item, guid, amount_text)
            code = currency(currency_text)
            if code and code not in KNOWN_CURRENCIES:
                self._problem(line_of(item), "price", "unknown_currency", guid, "Валюта", currency_text)
            price = PriceRecord(type_guid, amount, code)
            least = _least(least_text) if least_text else _ANY_QUANTITY
            other = found.get(type_guid)
            if other is not None:
                self._problem(line_of(item), "price", "duplicate_price", guid, "ИдТипаЦены", type_guid)
                if least > other[0]:
                    continue
            found[type_guid] = (least, price)
        return tuple(price for _, price in found.values())

    def _amount(self, item: _Element, guid: str, text: str | None) -> Decimal | None:
        try:
            amount = number(text)
        except ValueError:
            amount = _ABSURD_PRICE
        if amount is None:
            return None
        if abs(amount) >= _ABSURD_PRICE:
            self._problem(line_of(item), "price", "not_a_number", guid, "ЦенаЗаЕдиницу", text)
            return None
        if amount < 0:
            self._problem(line_of(item), "price", "negative_price", guid, "ЦенаЗаЕдиницу", text)
        return amount

    def _rests(self, rests: _Element) -> list[tuple[str, str | None]]:
        """Остатки/Остаток/Склад/{Ид,Количество}, or Остатки/Остаток/Количество without a warehouse."""
        names = self._names
        counts: list[tuple[str, str | None]] = []
        totals: list[tuple[str, str | None]] = []
        for rest in rests:
            for part in rest:
                tag = names[part.tag]
                if tag == "Склад":
                    warehouse, quantity = "", None
                    for leaf in part:
                        leaf_tag = names[leaf.tag]
                        if leaf_tag == "Ид":
                            warehouse = text_of(leaf) or ""
                        elif leaf_tag == "Количество":
                            quantity = leaf.text
                    counts.append((warehouse, quantity))
                elif tag == "Количество":
                    totals.append(("", part.text))
        return counts or totals

    def _stocks(
        self,
        line: int,
        guid: str,
        counts: list[tuple[str, str | None]] | None,
        total_text: str | None,
        has_total: bool,
    ) -> tuple[tuple[StockRecord, ...] | None, bool]:
        if not counts:
            if has_total:
                counts = [("", total_text)]
            elif counts is None:
                return None, False
            else:
                return (), False
        found: dict[str, StockRecord] = {}
        sum_of_all: Decimal | None = Decimal(0)
        for named, text in counts:
            warehouse = named.strip()
            quantity = self._quantity(line, guid, text)
            if quantity is None:
                sum_of_all = None
                continue
            if warehouse in found:
                self._problem(line, "stock", "duplicate_stock", guid, "ИдСклада", warehouse)
            found[warehouse] = StockRecord(warehouse, quantity)
            if sum_of_all is not None:
                sum_of_all += quantity
        stocks = tuple(found.values())
        if has_total and stocks and sum_of_all is not None:
            try:
                whole = number(total_text) == sum_of_all
            except ValueError:
                whole = False
        else:
            whole = False
        return stocks, whole or "" in found

    def _quantity(self, line: int, guid: str, text: str | None) -> Decimal | None:
        try:
            quantity = number(text)
        except ValueError:
            self._problem(line, "stock", "not_a_number", guid, "Количество", text)
            return None
        if quantity is None:
            return None
        if abs(quantity) >= ABSURD_COUNT:
            self._problem(line, "stock", "absurd_count", guid, "Количество", text)
            return None
        if quantity < 0:
            self._problem(line, "stock", "negative_count", guid, "Количество", text)
        return quantity

    def _problem(
        self, line: int, entity: str, code: str, guid: str | None, field: str | None, value: str | None
    ) -> None:
        self.problems.append(ProblemRecord(line, entity, code, guid, field, value and value.strip()))


class _Row:
    """What has been met of one row so far; `texts` by the name of the element."""

    __slots__ = ("barcodes", "characteristics", "pictures", "properties", "requisites", "texts")

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}
        self.barcodes: list[str] = []
        self.pictures: list[str] = []
        self.properties: dict[str, str] = {}
        self.characteristics: dict[str, str] = {}
        self.requisites: dict[str, str] = {}

    def known_as(self) -> str | None:
        """What a person may recognise a row without an id by."""
        return self.texts.get("Наименование") or self.texts.get("Артикул")


def _is_deleted(element: _Element, row: _Row) -> bool:
    status = element.get("Статус") or row.texts.get("Статус")
    return status == _DELETED or bool(flag(row.texts.get("ПометкаУдаления")))


def _add_pair(pairs: dict[str, str], name: str | None, value: str | None, between: str) -> None:
    if name and value:
        pairs[name] = f"{pairs[name]}{between}{value}" if name in pairs else value


def _plain_number(text: str) -> str:
    """'1,4' -> '1.4'; what is not a number stays as it came."""
    try:
        value = number(text)
    except ValueError:
        return text
    return text if value is None else format(value, "f")


def _least(text: str) -> Decimal:
    """The quantity from which a price counts; a tier that cannot be read is the ordinary one."""
    try:
        return number(text) or _ANY_QUANTITY
    except ValueError:
        return _ANY_QUANTITY
