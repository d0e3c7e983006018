"""For the tests of Ozon: a client that answers from a script, a small dictionary, ways to make items."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from marketsync.http.answers import RequestRefused
from marketsync.http.protocols import Limit
from marketsync.mappings.similar import similar
from marketsync.mappings.text import normal
from marketsync.marketplaces.base import (
    Attribute,
    Card,
    Category,
    DictionaryValue,
    Good,
    Item,
    Offer,
    Price,
    Stock,
)
from marketsync.marketplaces.ozon.client import OzonClient

Answer = Mapping[str, Any] | Exception
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


UNTIL_THE_DAYS_END = 12 * 3600.0


class ScriptedClient(OzonClient):
    """Answers each path from its own list, in order; `sent` remembers what was asked.

    An answer may be a function of the payload, for lists that are read page by page.
    """

    def __init__(
        self, **answers: Sequence[Answer] | Callable[[Mapping[str, Any]], Mapping[str, Any]]
    ) -> None:
        self.account = "test"
        self.client_id = "1001"
        self.sent: list[tuple[str, Mapping[str, Any]]] = []
        self.options: list[dict[str, Any]] = []
        self._scripts = {
            _path(name): script if callable(script) else list(script) for name, script in answers.items()
        }

    def now(self) -> datetime:
        return NOON

    def post(
        self, path: str, payload: Mapping[str, Any], *, limits: Sequence[Limit] = (), **options: Any
    ) -> Any:
        self.sent.append((path, payload))
        self.options.append({"limits": tuple(limits), **options})
        script = self._scripts[path]
        if callable(script):
            return script(payload)
        answer = script.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def get(self, path: str) -> Any:
        return self.post(path, {})

    def asked(self, path: str) -> list[Mapping[str, Any]]:
        """The payloads that a path was asked with."""
        return [payload for sent, payload in self.sent if sent == path]


_PATHS = {
    "card_import": "/v3/product/import",
    "attributes_update": "/v1/product/attributes/update",
    "import_info": "/v1/product/import/info",
    "info_list": "/v3/product/info/list",
    "product_list": "/v3/product/list",
    "card_attributes": "/v4/product/info/attributes",
    "import_prices": "/v1/product/import/prices",
    "info_prices": "/v5/product/info/prices",
    "stocks": "/v2/products/stocks",
    "warehouse_stocks": "/v1/product/info/warehouse/stocks",
    "tree": "/v1/description-category/tree",
    "attribute": "/v1/description-category/attribute",
    "values": "/v1/description-category/attribute/values",
    "warehouse_list": "/v2/warehouse/list",
    "roles": "/v1/roles",
    "pictures_import": "/v2/product/pictures/import",
    "pictures_info": "/v2/product/pictures/info",
    "rename": "/v1/product/update/offer-id",
    "unarchive": "/v1/product/unarchive",
    "limit": "/v4/product/info/limit",
    "actions": "/v1/actions",
    "action_candidates": "/v2/actions/candidates",
    "action_products": "/v2/actions/products",
    "action_update": "/v1/actions/products/update",
    "action_deactivate": "/v2/actions/products/deactivate",
    "timer_update": "/v1/product/action/timer/update",
}


def _path(name: str) -> str:
    return _PATHS[name]


def refused(text: str, status: int = 400) -> RequestRefused:
    return RequestRefused(f"Ozon refuses the request: {text}", status=status, code="3", text=text)


def offer(number: int, external_id: str | None = None) -> Offer:
    return Offer(number, f"A-{number}", external_id)


def price_item(
    number: int,
    amount: str,
    *,
    old: str | None = None,
    floor: str | None = None,
    external_id: str | None = None,
) -> Item:
    value = Price(
        Decimal(amount),
        None if old is None else Decimal(old),
        None if floor is None else Decimal(floor),
        "RUB",
    )
    return Item(offer(number, external_id), value)


def stock_item(number: int, quantity: int, warehouse: str = "17", external_id: str | None = None) -> Item:
    return Item(offer(number, external_id), Stock(warehouse, quantity))


def card_item(number: int, document: Mapping[str, Any], *, old: str | None = None) -> Item:
    price = Price(Decimal(990), None if old is None else Decimal(old), Decimal(500), "RUB")
    return Item(offer(number), Card(document, b"hash", price))


class SmallDictionary:
    """Two types with a handful of attributes and values; ids are made up, but for 85, 8229 and 9048."""

    version = "d1"

    def __init__(self) -> None:
        self.asked = 0
        mat = Category("44", "19", "Детские коврики", "Коврик игровой")
        body = Category("51", "21", "Боди и комбинезоны", "Боди детское")
        closed = Category("32", "12", "Детское питание", "Пюре детское", disabled=True)
        self._categories = {(normal(c.category_name), normal(c.type_name)): c for c in (mat, body, closed)}
        self._attributes = {
            mat: [
                *_common(mat),
                _attribute(mat, 20030, "Материал", "1498", required=True, collection=True, most=2),
                _attribute(mat, 20020, "Цвет товара", "1494", collection=True, most=3),
                _attribute(mat, 20140, "Автор", None, collection=True, most=3),
                _attribute(mat, 20090, "Количество в упаковке, шт", None),
            ],
            body: [
                *_common(body),
                _attribute(body, 20020, "Цвет товара", "1494", required=True, collection=True, most=3),
                _attribute(body, 20060, "Размер (рост, см)", "1503", required=True),
                _attribute(body, 21841, "Озон.Видео: ссылка", None, required=True, complex_id="100001"),
            ],
        }
        self._values = {
            "85": {"Солнышко": "501", "Нет бренда": "500"},
            "8229": {"Коврик игровой": "919", "Боди детское": "921"},
            "20010": {"Россия": "601", "Республика Корея": "602", "Китай": "603"},
            "20030": {"Пластик": "701", "Вспененный полиэтилен (EVA)": "702", "Хлопок": "703"},
            "20020": {"белый": "801", "жёлтый": "802", "синий": "803", "серый": "804"},
            "20060": {"62": "901", "68": "902"},
        }

    def category(self, category_name: str, type_name: str) -> Category | None:
        return self._categories.get((normal(category_name), normal(type_name)))

    def attributes(self, category: Category) -> Sequence[Attribute]:
        return self._attributes[category]

    def value(self, attribute: Attribute, text: str) -> DictionaryValue | None:
        self.asked += 1
        for value, value_id in self._values[attribute.attribute_id].items():
            if normal(value) == normal(text):
                return DictionaryValue(
                    attribute.category_id, attribute.type_id, attribute.attribute_id, value_id, value
                )
        return None

    def similar(self, attribute: Attribute, text: str) -> tuple[str, ...]:
        return similar(text, list(self._values[attribute.attribute_id]))

    def similar_categories(self, text: str) -> tuple[str, ...]:
        types = {
            category.type_name: category for category in self._categories.values() if not category.disabled
        }
        return tuple(f"{types[name].category_name} / {name}" for name in similar(text, list(types)))


def _attribute(
    category: Category,
    number: int,
    name: str,
    dictionary: str | None,
    *,
    required: bool = False,
    collection: bool = False,
    complex_id: str | None = None,
    most: int | None = None,
) -> Attribute:
    return Attribute(
        category.category_id,
        category.type_id,
        str(number),
        name,
        required,
        collection,
        dictionary,
        complex_id,
        most,
    )


def _common(category: Category) -> list[Attribute]:
    return [
        _attribute(category, 8229, "Тип", "1960", required=True),
        _attribute(category, 9048, "Название модели (для объединения в одну карточку)", None, required=True),
        _attribute(category, 85, "Бренд", "28732849", required=True),
        _attribute(category, 20010, "Страна-изготовитель", "1935", collection=True, most=5),
        _attribute(category, 20070, "Аннотация", None),
    ]


def good_from(fields: Mapping[str, Any]) -> Good:
    """A good from a JSON object; what it leaves out is empty."""
    empty: dict[str, Any] = dict.fromkeys(
        ("code", "full_name", "description", "brand", "unit", "vat", "group"), None
    )
    maps = {name: dict(fields.get(name, {})) for name in ("properties", "characteristics", "requisites")}
    lists = {name: tuple(fields.get(name, ())) for name in ("barcodes", "pictures")}
    return Good(**{**empty, **fields, **maps, **lists})
