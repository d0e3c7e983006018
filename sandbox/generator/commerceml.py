"""CommerceML files in the two shapes that 1C writes: one full load, and portions with prices and rests apart.

Why text and not a tree: a hundred thousand goods must stream to disk, and 1C's own files are so regular that
a template is the clearest description of them. Order of tags, byte order mark, tabs, the blank after the
unit's code, decimal commas in properties and counts, a point in prices and a no-break space in
«Представление» are as 1C writes them (CommerceML 2.07 of УТ/ERP for the full load, 2.08 of the Bitrix
exchange module for the portions).
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager, ExitStack
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Protocol, TextIO
from xml.sax.saxutils import escape, quoteattr

from sandbox.generator.assortment import (
    ALL_GROUPS,
    CATALOG_ID,
    NO,
    OWNER_ID,
    OWNER_NAME,
    PRICE_TYPES,
    PROPERTIES,
    PROPERTY,
    RETAIL,
    WAREHOUSES,
    YES,
    Group,
)
from sandbox.generator.identity import named_guid
from sandbox.generator.outcomes import Count, StoreGood, StoreOffer
from sandbox.generator.plans import Change

_NO_BREAK_SPACE = "\u00a0"
_BUFFER = 1 << 17
_GRAMS_PER_KG = 1000
_KOPECKS = 100


class Delivery(Protocol):
    """The files of one delivery, open for writing."""

    def good(self, store: StoreGood) -> None:
        """Write a good and all that belongs to it: its offers, prices and counts."""

    def orphan(self, store: StoreGood) -> None:
        """Write the offers of a good that import.xml does not get."""


class _XmlFile(AbstractContextManager["_XmlFile"]):
    """A file with a fixed head and tail; `count` is the number of entries between them."""

    def __init__(self, path: Path, head: str, tail: str) -> None:
        self.path = path
        self.count = 0
        self._tail = tail
        # utf-8-sig: 1C starts its files with a byte order mark
        self._out: TextIO = path.open("w", encoding="utf-8-sig", newline="\n", buffering=_BUFFER)
        self._out.write(head)

    def add(self, text: str) -> None:
        self.count += 1
        self._out.write(text)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._out.write(self._tail)
        self._out.close()


class FullLoad:
    """import.xml and offers.xml: everything at once, counts as attributes of «Склад»."""

    def __init__(self, folder: Path, moment: str, files: ExitStack) -> None:
        root = _root("urn:1C.ru:commerceml_2", "2.07", moment)
        self._goods = files.enter_context(
            _XmlFile(folder / "import.xml", root + _catalogue_head(False), _CATALOGUE_TAIL)
        )
        self._offers = files.enter_context(
            _XmlFile(
                folder / "offers.xml",
                root
                + _owner_classifier()
                + _package_head(False)
                + _owner()
                + _price_types()
                + _warehouses()
                + _OFFERS,
                _PACKAGE_TAIL,
            )
        )

    def good(self, store: StoreGood) -> None:
        self._goods.add(_good(store))
        # 1C drops the offers of about half of the deleted goods together with the good
        if not store.deleted or store.good.number % 2:
            self.orphan(store)

    def orphan(self, store: StoreGood) -> None:
        for offer in store.offers:
            self._offers.add(
                f"{_offer_head(store, offer)}{_prices(store, offer)}{_counts(offer.counts)}{_OFFER_TAIL}"
            )


class Portions:
    """import___, offers___, prices___ and rests___ files: the portioned exchange of 2.08."""

    def __init__(self, folder: Path, moment: str, files: ExitStack, key: str, *, only_changes: bool) -> None:
        root = _root("urn:1C.ru:commerceml_210", "2.08", moment)
        bare = root + _package_head(only_changes) + _OFFERS

        def part(kind: str, head: str, tail: str) -> _XmlFile:
            name = f"{kind}___{named_guid('portion', key, kind)}.xml"
            return files.enter_context(_XmlFile(folder / name, head, tail))

        self._goods = part("import", root + _catalogue_head(only_changes), _CATALOGUE_TAIL)
        self._offers = part(
            "offers",
            root
            + _owner_classifier()
            + _package_head(only_changes)
            + _owner()
            + _price_types()
            + _warehouses()
            + _OFFERS,
            _PACKAGE_TAIL,
        )
        self._prices = part("prices", bare, _PACKAGE_TAIL)
        self._rests = part("rests", bare, _PACKAGE_TAIL)

    @property
    def counts(self) -> dict[str, int]:
        """Entries written to each file, by the first word of its name."""
        return {
            "import": self._goods.count,
            "offers": self._offers.count,
            "prices": self._prices.count,
            "rests": self._rests.count,
        }

    def good(self, store: StoreGood) -> None:
        self._goods.add(_good(store))
        if not store.deleted or store.good.number % 2:
            self.orphan(store)

    def orphan(self, store: StoreGood) -> None:
        for offer in store.offers:
            self._offer(store, offer)
            self._price(store, offer)
            self._rest(offer)

    def change(self, store: StoreGood, kind: Change, place: int) -> None:
        """Write only what the change touches."""
        offer = store.offers[place]
        match kind:
            case Change.PRICE | Change.JUMP | Change.PENNY | Change.REPAIRED:
                self._price(store, offer)
            case Change.STOCK | Change.NEGATIVE_STOCK:
                self._rest(offer)
            case Change.PRICE_AND_STOCK:
                self._price(store, offer)
                self._rest(offer)
            case Change.NAME | Change.RENAMED_ARTICLE:
                if store.good.simple:
                    self._goods.add(_good(store))
                self._offer(store, offer)
            case Change.DELETED | Change.MARKED | Change.UNMARKED:
                self._goods.add(_good(store))

    def _offer(self, store: StoreGood, offer: StoreOffer) -> None:
        self._offers.add(_offer_head(store, offer) + _OFFER_TAIL)

    def _price(self, store: StoreGood, offer: StoreOffer) -> None:
        self._prices.add(
            f"\t\t\t<Предложение>\n\t\t\t\t<Ид>{offer.guid}</Ид>\n{_prices(store, offer)}{_OFFER_TAIL}"
        )

    def _rest(self, offer: StoreOffer) -> None:
        rests = "".join(
            f"\t\t\t\t\t<Остаток>\n\t\t\t\t\t\t<Склад>\n\t\t\t\t\t\t\t<Ид>{warehouse.guid}</Ид>\n"
            f"\t\t\t\t\t\t\t<Количество>{_count(count)}</Количество>\n\t\t\t\t\t\t</Склад>\n\t\t\t\t\t</Остаток>\n"
            for warehouse, count in zip(WAREHOUSES, offer.counts, strict=True)
            if count is not None
        )
        self._rests.add(
            f"\t\t\t<Предложение>\n\t\t\t\t<Ид>{offer.guid}</Ид>\n"
            f"\t\t\t\t<Остатки>\n{rests}\t\t\t\t</Остатки>\n{_OFFER_TAIL}"
        )


_CATALOGUE_TAIL = "\t\t</Товары>\n\t</Каталог>\n</КоммерческаяИнформация>\n"
_OFFERS = "\t\t<Предложения>\n"
_OFFER_TAIL = "\t\t\t</Предложение>\n"
_PACKAGE_TAIL = "\t\t</Предложения>\n\t</ПакетПредложений>\n</КоммерческаяИнформация>\n"


def _root(namespace: str, version: str, moment: str) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<КоммерческаяИнформация xmlns="{namespace}" xmlns:xs="http://www.w3.org/2001/XMLSchema"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
        f' ВерсияСхемы="{version}" ДатаФормирования="{moment}">\n'
    )


def _owner() -> str:
    return (
        f"\t\t<Владелец>\n\t\t\t<Ид>{OWNER_ID}</Ид>\n\t\t\t<Наименование>{OWNER_NAME}</Наименование>\n"
        f"\t\t\t<ОфициальноеНаименование>{OWNER_NAME}</ОфициальноеНаименование>\n"
        "\t\t\t<ИНН>1600000000</ИНН>\n\t\t\t<КПП>160001001</КПП>\n\t\t\t<ОКПО/>\n\t\t</Владелец>\n"
    )


def _classifier_head() -> str:
    return (
        f"\t<Классификатор>\n\t\t<Ид>{CATALOG_ID}</Ид>\n"
        f"\t\t<Наименование>Классификатор (Каталог товаров)</Наименование>\n{_owner()}"
    )


def _owner_classifier() -> str:
    """The classifier without groups and properties, as it stands in offers files."""
    return f"{_classifier_head()}\t</Классификатор>\n"


def _catalogue_head(only_changes: bool) -> str:
    return (
        f"{_classifier_head()}{_groups(ALL_GROUPS)}{_properties()}\t</Классификатор>\n"
        f'\t<Каталог СодержитТолькоИзменения="{str(only_changes).lower()}">\n\t\t<Ид>{CATALOG_ID}</Ид>\n'
        f"\t\t<ИдКлассификатора>{CATALOG_ID}</ИдКлассификатора>\n"
        f"\t\t<Наименование>Каталог товаров</Наименование>\n{_owner()}\t\t<Товары>\n"
    )


def _package_head(only_changes: bool) -> str:
    return (
        f'\t<ПакетПредложений СодержитТолькоИзменения="{str(only_changes).lower()}">\n'
        f"\t\t<Ид>{CATALOG_ID}#</Ид>\n"
        "\t\t<Наименование>Пакет предложений (Каталог товаров)</Наименование>\n"
        f"\t\t<ИдКаталога>{CATALOG_ID}</ИдКаталога>\n\t\t<ИдКлассификатора>{CATALOG_ID}</ИдКлассификатора>\n"
    )


def _groups(groups: Iterable[Group]) -> str:
    parents: dict[str, list[Group]] = {}
    for group in groups:
        parents.setdefault(group.parent, []).append(group)
    text = ["\t\t<Группы>\n"]
    for parent, children in parents.items():
        text.append(
            f"\t\t\t<Группа>\n\t\t\t\t<Ид>{named_guid('group', parent)}</Ид>\n"
            f"\t\t\t\t<Наименование>{escape(parent)}</Наименование>\n\t\t\t\t<Группы>\n"
        )
        text.extend(
            f"\t\t\t\t\t<Группа>\n\t\t\t\t\t\t<Ид>{group.guid}</Ид>\n"
            f"\t\t\t\t\t\t<Наименование>{escape(group.name)}</Наименование>\n\t\t\t\t\t</Группа>\n"
            for group in children
        )
        text.append("\t\t\t\t</Группы>\n\t\t\t</Группа>\n")
    text.append("\t\t</Группы>\n")
    return "".join(text)


def _properties() -> str:
    text = ["\t\t<Свойства>\n"]
    for entry in PROPERTIES:
        text.append(
            f"\t\t\t<Свойство>\n\t\t\t\t<Ид>{entry.guid}</Ид>\n\t\t\t\t<Наименование>{escape(entry.name)}</Наименование>\n"
            f"\t\t\t\t<ТипЗначений>{entry.kind}</ТипЗначений>\n"
        )
        if entry.values:
            text.append("\t\t\t\t<ВариантыЗначений>\n")
            text.extend(
                f"\t\t\t\t\t<Справочник>\n\t\t\t\t\t\t<ИдЗначения>{entry.value_guid(value)}</ИдЗначения>\n"
                f"\t\t\t\t\t\t<Значение>{escape(value)}</Значение>\n\t\t\t\t\t</Справочник>\n"
                for value in entry.values
            )
            text.append("\t\t\t\t</ВариантыЗначений>\n")
        text.append("\t\t\t</Свойство>\n")
    text.append("\t\t</Свойства>\n")
    return "".join(text)


def _price_types() -> str:
    rows = "".join(
        f"\t\t\t<ТипЦены>\n\t\t\t\t<Ид>{entry.guid}</Ид>\n\t\t\t\t<Наименование>{entry.name}</Наименование>\n"
        f"\t\t\t\t<Валюта>{entry.currency}</Валюта>\n\t\t\t\t<Налог>\n\t\t\t\t\t<Наименование>НДС</Наименование>\n"
        "\t\t\t\t\t<УчтеноВСумме>true</УчтеноВСумме>\n\t\t\t\t\t<Акциз>false</Акциз>\n\t\t\t\t</Налог>\n"
        "\t\t\t</ТипЦены>\n"
        for entry in PRICE_TYPES
    )
    return f"\t\t<ТипыЦен>\n{rows}\t\t</ТипыЦен>\n"


def _warehouses() -> str:
    rows = "".join(
        f"\t\t\t<Склад>\n\t\t\t\t<Ид>{entry.guid}</Ид>\n\t\t\t\t<Наименование>{entry.name}</Наименование>\n\t\t\t</Склад>\n"
        for entry in WAREHOUSES
    )
    return f"\t\t<Склады>\n{rows}\t\t</Склады>\n"


def _good(store: StoreGood) -> str:
    good, group = store.good, store.group
    first = store.offers[0]
    simple = good.simple
    name = escape(store.name)
    status = ' Статус="Удален"' if store.deleted else ""
    barcode = f"\t\t\t\t<Штрихкод>{first.barcode}</Штрихкод>\n" if simple and first.barcode else ""
    if store.article:
        article = f"\t\t\t\t<Артикул>{escape(store.article)}</Артикул>\n"
    else:
        article = "\t\t\t\t<Артикул/>\n" if good.number % 2 else ""
    pictures = "".join(f"\t\t\t\t<Картинка>{path}</Картинка>\n" for path in good.pictures)
    return (
        f"\t\t\t<Товар{status}>\n\t\t\t\t<Ид>{good.guid}</Ид>\n{barcode}{article}"
        f"\t\t\t\t<Наименование>{name}</Наименование>\n{_unit(group.pack)}"
        f"\t\t\t\t<Группы>\n\t\t\t\t\t<Ид>{_group_guid(group)}</Ид>\n\t\t\t\t</Группы>\n"
        f"\t\t\t\t<Описание>{escape(good.description)}</Описание>\n{pictures}{_maker(store.brand)}"
        f"\t\t\t\t<ЗначенияСвойств>\n{_values(store)}\t\t\t\t</ЗначенияСвойств>\n"
        "\t\t\t\t<СтавкиНалогов>\n\t\t\t\t\t<СтавкаНалога>\n\t\t\t\t\t\t<Наименование>НДС</Наименование>\n"
        f"\t\t\t\t\t\t<Ставка>{good.group.vat}</Ставка>\n\t\t\t\t\t</СтавкаНалога>\n\t\t\t\t</СтавкиНалогов>\n"
        f"\t\t\t\t<ЗначенияРеквизитов>\n{_requisite('ВидНоменклатуры', group.name)}"
        f"{_requisite('ТипНоменклатуры', 'Товар')}"
        "\t\t\t\t\t<ЗначениеРеквизита>\n\t\t\t\t\t\t<Наименование>Полное наименование</Наименование>\n"
        f"\t\t\t\t\t\t<Значение>{name}</Значение>\n\t\t\t\t\t</ЗначениеРеквизита>\n"
        "\t\t\t\t</ЗначенияРеквизитов>\n\t\t\t</Товар>\n"
    )


def _values(store: StoreGood) -> str:
    good = store.good
    text = []
    if store.marked:
        text.append(_value("mark", YES))
    elif good.number % 2:
        # a good that nobody ever ticked has no value at all; the rest say «Нет»
        text.append(_value("mark", NO))
    text.append(
        f"{_free('length', _tenths(good.length))}{_free('width', _tenths(good.width))}"
        f"{_free('height', _tenths(good.height))}{_free('weight', _kilograms(good.weight))}"
    )
    if good.number % 3:
        text.append(_value("brand", store.brand))
    for key, value in good.values:
        text.append(_value(key, value) if PROPERTY[key].values else _free(key, value))
    if store.ozon_id:
        text.append(_free("ozon_id", store.ozon_id))
    return "".join(text)


@lru_cache(maxsize=4096)
def _value(key: str, value: str) -> str:
    return _free(key, PROPERTY[key].value_guid(value))


def _free(key: str, text: str) -> str:
    return (
        f"\t\t\t\t\t<ЗначенияСвойства>\n\t\t\t\t\t\t<Ид>{_property_guid(key)}</Ид>\n"
        f"\t\t\t\t\t\t<Значение>{escape(text)}</Значение>\n\t\t\t\t\t</ЗначенияСвойства>\n"
    )


@lru_cache(maxsize=256)
def _property_guid(key: str) -> str:
    return PROPERTY[key].guid


@lru_cache(maxsize=256)
def _group_guid(group: Group) -> str:
    return group.guid


@lru_cache(maxsize=256)
def _maker(brand: str) -> str:
    return (
        f"\t\t\t\t<Изготовитель>\n\t\t\t\t\t<Ид>{named_guid('maker', brand)}</Ид>\n"
        f"\t\t\t\t\t<Наименование>{escape(brand)}</Наименование>\n\t\t\t\t</Изготовитель>\n"
    )


@lru_cache(maxsize=256)
def _requisite(name: str, value: str) -> str:
    return (
        f"\t\t\t\t\t<ЗначениеРеквизита>\n\t\t\t\t\t\t<Наименование>{name}</Наименование>\n"
        f"\t\t\t\t\t\t<Значение>{escape(value)}</Значение>\n\t\t\t\t\t</ЗначениеРеквизита>\n"
    )


@lru_cache(maxsize=2)
def _unit(pack: bool) -> str:
    code, full, international = ("778 ", "Упаковка", "NMP") if pack else ("796 ", "Штука", "PCE")
    return (
        f'\t\t\t\t<БазоваяЕдиница Код="{code}" НаименованиеПолное="{full}"'
        f' МеждународноеСокращение="{international}">\n'
        f"\t\t\t\t\t<Пересчет>\n\t\t\t\t\t\t<Единица>{code.strip()}</Единица>\n"
        "\t\t\t\t\t\t<Коэффициент>1</Коэффициент>\n\t\t\t\t\t</Пересчет>\n\t\t\t\t</БазоваяЕдиница>\n"
    )


def _offer_head(store: StoreGood, offer: StoreOffer) -> str:
    """Id, names and characteristics. The barcode of a good without variants stands in import.xml only."""
    barcode = (
        f"\t\t\t\t<Штрихкод>{offer.barcode}</Штрихкод>\n" if offer.barcode and not store.good.simple else ""
    )
    article = f"\t\t\t\t<Артикул>{escape(offer.article)}</Артикул>\n" if offer.article else ""
    return (
        f"\t\t\t<Предложение>\n\t\t\t\t<Ид>{offer.guid}</Ид>\n{barcode}{article}"
        f"\t\t\t\t<Наименование>{escape(offer.name)}</Наименование>\n{_unit(store.group.pack)}"
        f"{_characteristics(offer.characteristics) if offer.characteristics else ''}"
    )


@lru_cache(maxsize=4096)
def _characteristics(characteristics: tuple[tuple[str, str], ...]) -> str:
    rows = "".join(
        f"\t\t\t\t\t<ХарактеристикаТовара>\n\t\t\t\t\t\t<Ид>{named_guid('characteristic', name)}</Ид>\n"
        f"\t\t\t\t\t\t<Наименование>{name}</Наименование>\n\t\t\t\t\t\t<Значение>{escape(value)}</Значение>\n"
        "\t\t\t\t\t</ХарактеристикаТовара>\n"
        for name, value in characteristics
    )
    return f"\t\t\t\t<ХарактеристикиТовара>\n{rows}\t\t\t\t</ХарактеристикиТовара>\n"


def _prices(store: StoreGood, offer: StoreOffer) -> str:
    price = offer.price
    unit = "упак" if store.group.pack else "шт"
    rows = []
    for entry, kopecks in zip(PRICE_TYPES, (price.retail, price.old, price.floor), strict=True):
        if kopecks is None:
            # a blank retail price is an empty tag in one half of the cases and no row at all in the other
            if entry is RETAIL and store.good.number % 2:
                rows.append(_price_row(entry.guid, "", "", entry.currency, unit))
            continue
        currency = "USD" if price.foreign and entry is RETAIL else entry.currency
        amount = _amount(kopecks)
        shown = f" {_shown(kopecks)} {currency} за {unit}"
        rows.append(_price_row(entry.guid, shown, amount, currency, unit))
    return f"\t\t\t\t<Цены>\n{''.join(rows)}\t\t\t\t</Цены>\n"


def _price_row(guid: str, shown: str, amount: str, currency: str, unit: str) -> str:
    return (
        f"\t\t\t\t\t<Цена>\n\t\t\t\t\t\t<Представление>{shown}</Представление>\n"
        f"\t\t\t\t\t\t<ИдТипаЦены>{guid}</ИдТипаЦены>\n\t\t\t\t\t\t<ЦенаЗаЕдиницу>{amount}</ЦенаЗаЕдиницу>\n"
        f"\t\t\t\t\t\t<Валюта>{currency}</Валюта>\n\t\t\t\t\t\t<Единица>{unit}</Единица>\n"
        "\t\t\t\t\t\t<Коэффициент>1</Коэффициент>\n\t\t\t\t\t</Цена>\n"
    )


def _counts(counts: tuple[Count, ...]) -> str:
    total = sum((count for count in counts if count is not None), start=Decimal(0))
    rows = "".join(
        f'\t\t\t\t<Склад ИдСклада={quoteattr(warehouse.guid)} КоличествоНаСкладе="{_count(count)}"/>\n'
        for warehouse, count in zip(WAREHOUSES, counts, strict=True)
        if count is not None
    )
    return f"\t\t\t\t<Количество>{_count(total)}</Количество>\n{rows}"


def _count(count: Count) -> str:
    return str(count).replace(".", ",")


def _tenths(millimetres: int) -> str:
    """Centimetres with a decimal comma, without a trailing zero."""
    whole, rest = divmod(millimetres, 10)
    return f"{whole},{rest}" if rest else str(whole)


def _kilograms(grams: int) -> str:
    whole, rest = divmod(grams, _GRAMS_PER_KG)
    return f"{whole},{rest:03d}".rstrip("0") if rest else str(whole)


def _amount(kopecks: int) -> str:
    """A price: a point, without trailing zeros."""
    whole, rest = divmod(kopecks, _KOPECKS)
    return f"{whole}.{rest:02d}".rstrip("0") if rest else str(whole)


def _shown(kopecks: int) -> str:
    """A price for people: no-break spaces between thousands and a decimal comma."""
    whole, rest = divmod(kopecks, _KOPECKS)
    text = f"{whole:,}".replace(",", _NO_BREAK_SPACE)
    return f"{text},{rest:02d}".rstrip("0") if rest else text
