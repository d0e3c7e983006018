"""The category tree with its attributes and dictionaries, indexed, and the four methods that read it.

Sources: Ozon Seller API /v1/description-category/tree, /attribute, /attribute/values,
/attribute/values/search. Only Russian texts exist here: `language` is checked and otherwise makes no
difference.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from sandbox.ozon import category_data as data
from sandbox.ozon.errors import bad_request
from sandbox.ozon.validation import Enum, Integer, Json, Message, Text

if TYPE_CHECKING:
    from sandbox.ozon.state import Cabinet
    from sandbox.ozon.system import OzonSystem

_LANGUAGE = Enum(("DEFAULT", "RU", "EN", "TR", "ZH_HANS"), "DEFAULT")

TREE_REQUEST = Message("GetTreeRequest", {"language": _LANGUAGE})
ATTRIBUTE_REQUEST = Message(
    "GetAttributesRequest",
    {"description_category_id": Integer(above=0), "type_id": Integer(above=0), "language": _LANGUAGE},
)
VALUES_REQUEST = Message(
    "GetAttributeValuesRequest",
    {
        "attribute_id": Integer(above=0),
        "description_category_id": Integer(above=0),
        "type_id": Integer(above=0),
        "limit": Integer(inside=(1, 2000)),
        "last_value_id": Integer(at_least=0),
        "language": _LANGUAGE,
    },
)
SEARCH_REQUEST = Message(
    "SearchAttributeValuesRequest",
    {
        "attribute_id": Integer(above=0),
        "description_category_id": Integer(above=0),
        "type_id": Integer(above=0),
        "value": Text(min_length=2),
        "limit": Integer(inside=(1, 100)),
    },
)


@dataclass(frozen=True)
class TypeInCategory:
    """A type under its category, with the attributes that an import of it may carry."""

    category: data.Category
    type: data.ProductType
    attributes: dict[int, data.Attribute]
    required: frozenset[int]
    type_value: data.DictionaryValue
    """The value of attribute 8229 that stands for this type."""


@dataclass(frozen=True)
class Catalog:
    """What can be sold. `withdrawn` values (dictionary, value) and `closed` categories and types were there once."""

    categories: dict[int, data.Category]
    types: dict[tuple[int, int], TypeInCategory]
    dictionaries: dict[int, dict[int, str]]
    withdrawn: frozenset[tuple[int, int]] = frozenset()
    closed: frozenset[int] = frozenset()

    def open(self, place: TypeInCategory) -> bool:
        """Whether a card can be made in this category and type."""
        ids = {place.category.id, place.type.id}
        return not (place.category.disabled or place.type.disabled or ids & self.closed)

    def value_allowed(self, place: TypeInCategory, attribute: data.Attribute, value_id: int) -> bool:
        """Whether the value exists; the values of 8229 are only those of the category's own types."""
        if attribute.id == data.TYPE_ATTRIBUTE_ID:
            return value_id in _type_values(place)
        known = value_id in self.dictionaries[attribute.dictionary_id]
        return known and (attribute.dictionary_id, value_id) not in self.withdrawn


@cache
def catalog() -> Catalog:
    """The catalog at the start of a world, indexed once per process."""
    attributes = {attribute.id: attribute for attribute in data.ATTRIBUTES}
    type_values = {value.value: value for value in data.TYPES_DICTIONARY.values}
    categories: dict[int, data.Category] = {}
    types: dict[tuple[int, int], TypeInCategory] = {}

    def walk(nodes: tuple[data.Category, ...]) -> None:
        for node in nodes:
            categories[node.id] = node
            for leaf in node.types:
                required = (*data.COMMON_REQUIRED, *leaf.required)
                ids = dict.fromkeys((*required, *data.COMMON_OPTIONAL, *leaf.optional))
                types[node.id, leaf.id] = TypeInCategory(
                    node,
                    leaf,
                    {id_: attributes[id_] for id_ in ids},
                    frozenset(required),
                    type_values[leaf.name],
                )
            walk(node.children)

    walk(data.TREE)
    dictionaries = {each.id: {value.id: value.value for value in each.values} for each in data.DICTIONARIES}
    return Catalog(categories, types, dictionaries)


def _type_values(place: TypeInCategory) -> dict[int, str]:
    names = {leaf.name for leaf in place.category.types}
    return {value.id: value.value for value in data.TYPES_DICTIONARY.values if value.value in names}


def tree(system: OzonSystem, cabinet: Cabinet, request: Json) -> Json:
    """POST /v1/description-category/tree."""
    return {"result": _tree_nodes(data.TREE, system.catalog.closed)}


def _tree_nodes(nodes: tuple[data.Category, ...], closed: frozenset[int]) -> list[Json]:
    return [
        {
            "description_category_id": node.id,
            "category_name": node.name,
            "disabled": node.disabled or node.id in closed,
            "children": _tree_nodes(node.children, closed)
            + [
                {
                    "type_id": leaf.id,
                    "type_name": leaf.name,
                    "disabled": leaf.disabled or leaf.id in closed,
                    "children": [],
                }
                for leaf in node.types
            ],
        }
        for node in nodes
    ]


def attributes(system: OzonSystem, cabinet: Cabinet, request: Json) -> Json:
    """POST /v1/description-category/attribute."""
    place = _place(request)
    return {
        "result": [
            {
                "id": attribute.id,
                "attribute_complex_id": attribute.complex_id,
                "name": attribute.name,
                "description": attribute.description,
                "type": attribute.type,
                "is_collection": attribute.is_collection,
                "is_required": attribute.id in place.required,
                "is_aspect": attribute.is_aspect,
                "max_value_count": attribute.max_value_count,
                "group_name": attribute.group_name,
                "group_id": attribute.group_id,
                "dictionary_id": attribute.dictionary_id,
                "category_dependent": attribute.category_dependent,
                "complex_is_collection": False,
            }
            for attribute in place.attributes.values()
        ]
    }


def values(system: OzonSystem, cabinet: Cabinet, request: Json) -> Json:
    """POST /v1/description-category/attribute/values: pages by the last id of the page before."""
    rest = [value for value in _values(system, request) if value.id > request["last_value_id"]]
    page = rest[: request["limit"]]
    return {"result": [_value(value) for value in page], "has_next": len(rest) > len(page)}


def search(system: OzonSystem, cabinet: Cabinet, request: Json) -> Json:
    """POST /v1/description-category/attribute/values/search: values that contain the text, in any case."""
    wanted = request["value"].casefold()
    found = [value for value in _values(system, request) if wanted in value.value.casefold()]
    return {"result": [_value(value) for value in found[: request["limit"]]]}


def _place(request: Json) -> TypeInCategory:
    place = catalog().types.get((request["description_category_id"], request["type_id"]))
    if place is None:
        raise bad_request("description_category_has_no_description_type")
    return place


def _values(system: OzonSystem, request: Json) -> list[data.DictionaryValue]:
    place = _place(request)
    attribute = place.attributes.get(request["attribute_id"])
    if attribute is None:
        raise bad_request(f"attribute {request['attribute_id']} does not belong to the category and type")
    for dictionary in data.DICTIONARIES:
        if dictionary.id == attribute.dictionary_id:
            return [
                value
                for value in dictionary.values
                if system.catalog.value_allowed(place, attribute, value.id)
            ]
    return []


def _value(value: data.DictionaryValue) -> dict[str, Any]:
    return {"id": value.id, "value": value.value, "info": value.info, "picture": value.picture}
