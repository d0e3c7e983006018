"""What a card must be to be imported: the checks of /v3/product/import that fail one item and not the
request.

Codes are Ozon's, from its lists of errors. Four are invented, where the documentation says that the item
fails and does not say how: currency_code_invalid, barcode_already_used, barcode_invalid, unknown_attribute.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from sandbox.ozon import money
from sandbox.ozon.catalog import Catalog, TypeInCategory
from sandbox.ozon.category_data import TYPE_ATTRIBUTE_ID, Attribute
from sandbox.ozon.galleries import Gallery
from sandbox.ozon.knobs import OzonKnobs
from sandbox.ozon.state import AttributeValue, Card, CardAttribute, ItemError, Prices
from sandbox.ozon.validation import Json

VAT_RATES = ("0", "0.05", "0.07", "0.1", "0.2", "0.22")

# Ozon Seller API, /v3/product/import: weight * 1000 / (height * width * depth), grams and millimetres,
# 0.001..13.55.
_DENSITY_MIN, _DENSITY_MAX = 0.001, 13.55
# Ozon Seller API, /v3/product/import: at most 1000 kg.
_WEIGHT_MAX_GRAMS = 1_000_000
_MILLIMETRES = {"mm": 1.0, "cm": 10.0, "in": 25.4}
_GRAMS = {"g": 1.0, "kg": 1000.0, "lb": 453.59237}

_URL = re.compile(r"https?://[^\s/?#]+/\S+")
_BARCODE = re.compile(r"[!-~]{1,100}")
_WHOLE = re.compile(r"-?[0-9]+")
_DECIMAL = re.compile(r"-?[0-9]+([.,][0-9]+)?")


@dataclass
class Draft:
    """The outcome of the checks: a card and prices when no error is fatal, and all errors and warnings."""

    card: Card | None
    prices: Prices
    problems: list[ItemError] = field(default_factory=list)
    wrong_category_or_vat: bool = False

    @property
    def failed(self) -> bool:
        return self.card is None


@dataclass(frozen=True)
class Surroundings:
    """What the checks need to know beside the item."""

    catalog: Catalog
    knobs: OzonKnobs
    gallery: Gallery
    barcode_taken: Callable[[str], bool]
    current: Prices | None
    """Prices of the product when the item updates one."""


def check(item: Json, around: Surroundings) -> Draft:
    """Check one item of a request that validation has let through."""
    problems: list[ItemError] = []
    place = _category(item, around, problems)
    prices = _prices(item, around, problems)
    wrong = place is None or any(problem.code == "vat_invalid" for problem in problems)
    _name(item, around, problems)
    _dimensions(item, problems)
    barcodes = _barcodes(item, around, problems)
    attributes: tuple[CardAttribute, ...] = ()
    complexes: tuple[CardAttribute, ...] = ()
    if place is not None:
        attributes = check_attributes(item["attributes"], place, around, problems)
        complexes = tuple(
            attribute
            for group in item["complex_attributes"]
            for attribute in check_attributes(group["attributes"], place, around, problems, nested=True)
        )
        _complexes_once(complexes, place, problems)
        attributes = _with_type(attributes, place)
        _required(attributes, place, problems)
    problems.extend(around.gallery.problems)
    if place is None or any(problem.level == "error" for problem in problems):
        return Draft(None, prices, problems, wrong)
    card = Card(
        name=item["name"],
        description_category_id=place.category.id,
        type_id=place.type.id,
        attributes=attributes,
        complex_attributes=complexes,
        barcodes=barcodes,
        depth=item["depth"],
        width=item["width"],
        height=item["height"],
        dimension_unit=item["dimension_unit"],
        weight=item["weight"],
        weight_unit=item["weight_unit"],
        primary_image=around.gallery.primary,
        images=around.gallery.images,
        color_image=around.gallery.color,
        pdf_list=tuple((pdf["name"], pdf["src_url"]) for pdf in item["pdf_list"]),
        service_type=item["service_type"],
    )
    return Draft(card, prices, problems)


def _category(item: Json, around: Surroundings, problems: list[ItemError]) -> TypeInCategory | None:
    category_id = item["new_description_category_id"] or item["description_category_id"]
    type_id = item["type_id"]
    category = around.catalog.categories.get(category_id)
    place = around.catalog.types.get((category_id, type_id))
    if not category_id:
        problems.append(
            ItemError("description_category_is_empty", "Не указана категория", "description_category_id")
        )
    elif category is None or category.children:
        problems.append(
            ItemError(
                "description_category_invalid",
                "Категория не найдена или не последнего уровня",
                "description_category_id",
            )
        )
    elif category.disabled or category_id in around.catalog.closed:
        problems.append(
            ItemError("description_category_is_legacy", "Категория устарела", "description_category_id")
        )
    elif not type_id:
        problems.append(ItemError("description_type_is_empty", "Не указан тип товара", "type_id"))
    elif place is None or not around.catalog.open(place):
        problems.append(
            ItemError(
                "description_category_has_no_description_type",
                "Тип товара не относится к указанной категории",
                "type_id",
            )
        )
    else:
        return place
    return None


def _prices(item: Json, around: Surroundings, problems: list[ItemError]) -> Prices:
    knobs = around.knobs
    price = money.parse(item["price"]) if item["price"] else 0
    old_price = money.parse(item["old_price"]) if item["old_price"] else 0
    if price <= 0:
        problems.append(ItemError("price_is_negative", "Не указана цена или она не больше нуля", "price"))
    elif not 100 <= price <= knobs.price_max * 100:
        problems.append(ItemError("price_out_of_range", "Цена вне порогов категории", "price"))
    elif 0 < old_price <= price:
        problems.append(
            ItemError("old_price_less_than_price", "Цена до скидки должна быть выше текущей", "old_price")
        )
    currency = item["currency_code"] or "RUB"
    if currency != knobs.currency_code:
        problems.append(
            ItemError("currency_code_invalid", "Валюта не совпадает с валютой кабинета", "currency_code")
        )
    vat = item["vat"]
    if vat not in VAT_RATES:
        problems.append(ItemError("vat_invalid", "Неверно указан НДС", "vat"))
    minimum = around.current.min_price if around.current is not None else 0
    if minimum and 0 < price <= minimum:
        problems.append(
            ItemError("price_less_than_min_auto_price", "Цена должна быть выше минимальной", "price")
        )
    return Prices(price=price, old_price=max(old_price, 0), currency_code=currency, vat=vat)


def _name(item: Json, around: Surroundings, problems: list[ItemError]) -> None:
    if not item["name"].strip():
        problems.append(ItemError("EMPTY_REQUIRED", "Не заполнено название", "name"))
    elif len(item["name"]) > around.knobs.name_max_length:
        limit = around.knobs.name_max_length
        problems.append(ItemError("name_too_long", f"Название длиннее {limit} символов", "name"))


def _dimensions(item: Json, problems: list[ItemError]) -> None:
    problems.extend(
        ItemError("EMPTY_REQUIRED", "Не указана единица измерения", name)
        for name in ("dimension_unit", "weight_unit")
        if not item[name]
    )
    missing = [name for name in ("depth", "width", "height", "weight") if item[name] <= 0]
    if missing:
        problems.append(ItemError("missing_dimension", "Не указаны размер и вес товара", missing[0]))
    if missing or not item["dimension_unit"] or not item["weight_unit"]:
        return
    grams = item["weight"] * _GRAMS[item["weight_unit"]]
    if grams > _WEIGHT_MAX_GRAMS:
        problems.append(ItemError("VALUE_MAX_LIMIT", "Вес больше 1000 кг", "weight"))
    volume = item["depth"] * item["width"] * item["height"] * _MILLIMETRES[item["dimension_unit"]] ** 3
    if not _DENSITY_MIN <= grams * 1000 / volume <= _DENSITY_MAX:
        problems.append(
            ItemError("Incorrect_density", "Плотность товара вне диапазона 0,001-13,55", "weight")
        )


def _barcodes(item: Json, around: Surroundings, problems: list[ItemError]) -> tuple[str, ...]:
    barcode = item["barcode"]
    if not barcode:
        return ()
    if not _BARCODE.fullmatch(barcode):
        problems.append(ItemError("barcode_invalid", "Недопустимый штрихкод", "barcode"))
    elif around.barcode_taken(barcode):
        problems.append(ItemError("barcode_already_used", "Штрихкод уже есть у другого товара", "barcode"))
    return (barcode,)


def _complexes_once(
    complexes: tuple[CardAttribute, ...], place: TypeInCategory, problems: list[ItemError]
) -> None:
    """Ozon Seller API, complex_is_collection: only such a complex attribute may come more than once."""
    ids = [attribute_id for attribute_id, _, _ in complexes]
    problems.extend(
        ItemError(
            "error_attribute_values_out_of_range",
            "Комплексная характеристика указана несколько раз",
            "attribute",
            attribute_id,
            place.attributes[attribute_id].name,
        )
        for attribute_id in sorted({each for each in ids if ids.count(each) > 1})
    )


def check_attributes(
    sent: list[Json],
    place: TypeInCategory,
    around: Surroundings,
    problems: list[ItemError],
    *,
    nested: bool = False,
) -> tuple[CardAttribute, ...]:
    accepted: list[CardAttribute] = []
    for each in sent:
        attribute = place.attributes.get(each["id"])
        if attribute is None or (nested and not attribute.complex_id):
            problems.append(_unknown(each["id"], around))
            continue
        values = _values(each["values"], attribute, place, around.catalog)
        if values is None:
            problems.append(
                ItemError(
                    "error_attribute_values_out_of_range",
                    "Указаны некорректные значения характеристики",
                    "attribute",
                    attribute.id,
                    attribute.name,
                )
            )
        elif values:
            accepted.append((attribute.id, each["complex_id"] or attribute.complex_id, values))
    return tuple(accepted)


def _unknown(attribute_id: int, around: Surroundings) -> ItemError:
    as_warning = around.knobs.unknown_attribute == "warning"
    return ItemError(
        "unknown_attribute",
        "Характеристика не относится к категории и типу",
        "attribute",
        attribute_id,
        level="warning" if as_warning else "error",
    )


def _values(
    sent: list[Json], attribute: Attribute, place: TypeInCategory, catalog: Catalog
) -> tuple[AttributeValue, ...] | None:
    """The values as stored, or None when one of them is not allowed."""
    accepted: list[AttributeValue] = []
    for each in sent:
        value_id, text = each["dictionary_value_id"], each["value"]
        if attribute.dictionary_id:
            if not catalog.value_allowed(place, attribute, value_id):
                return None
            accepted.append((value_id, catalog.dictionaries[attribute.dictionary_id][value_id]))
        elif text.strip():
            if value_id or not _text_fits(text, attribute.type):
                return None
            accepted.append((0, text))
    limit = attribute.max_value_count if attribute.is_collection else 1
    return None if limit and len(accepted) > limit else tuple(accepted)


def _text_fits(text: str, kind: str) -> bool:
    match kind:
        case "Integer":
            return _WHOLE.fullmatch(text) is not None
        case "Decimal":
            return _DECIMAL.fullmatch(text) is not None
        case "Boolean":
            return text in ("true", "false")
        case "URL":
            return _URL.fullmatch(text) is not None
        case _:
            return True


def _with_type(attributes: tuple[CardAttribute, ...], place: TypeInCategory) -> tuple[CardAttribute, ...]:
    """Ozon Seller API: `type_id` has priority over attribute 8229, so the stored one always follows it."""
    own: CardAttribute = (TYPE_ATTRIBUTE_ID, 0, ((place.type_value.id, place.type_value.value),))
    others = tuple(attribute for attribute in attributes if attribute[0] != TYPE_ATTRIBUTE_ID)
    return (*others, own)


def _required(
    attributes: tuple[CardAttribute, ...], place: TypeInCategory, problems: list[ItemError]
) -> None:
    present = {attribute_id for attribute_id, _, _ in attributes}
    refused = {problem.attribute_id for problem in problems}
    problems.extend(
        ItemError(
            "error_attribute_values_empty",
            "Не указана обязательная характеристика",
            "attribute",
            attribute_id,
            place.attributes[attribute_id].name,
        )
        for attribute_id in sorted(place.required - present - refused)
    )
