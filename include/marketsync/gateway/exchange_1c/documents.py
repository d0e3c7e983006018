"""What 1C tells of orders: documents of CommerceML, each read into the few things that matter here.

The files come from outside, as goods do: no DOCTYPE, no entities, nothing fetched, libxml2's own limits on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from lxml import etree

from marketsync.errors import BadInput, Place
from marketsync.shop.commerceml.rows import line_of
from marketsync.shop.texts import say

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["StatusDocument", "read_documents"]

_ROOT = "КоммерческаяИнформация"
_ORDER = "Заказ товара"
_TRUE = frozenset({"true", "1", "да", "истина"})
_EMPTY = frozenset(
    {"", "T", "Т", "0001-01-01", "0001-01-01T00:00:00"}
)  # an empty date of 1C; T of either alphabet


@dataclass(frozen=True, slots=True)
class StatusDocument:
    """A document about an order.

    Attributes:
        identity: Ид: ours, or 1C's own.
        number: Номер: the order's as we gave it, or 1C's own.
        number_1c: 1C's own number, where it is told apart.
        based_on: Основание, of a document that follows an order.
        shipped, cancelled, paid: what 1C says of it.
    """

    line: int
    identity: str | None
    number: str | None
    number_1c: str | None
    based_on: str | None
    is_order: bool
    shipped: bool
    cancelled: bool
    paid: bool


def read_documents(name: str, opened: Callable[[], IO[bytes]]) -> Iterator[StatusDocument]:
    """The documents of a file, in its order.

    Args:
        name: the file as a person knows it.

    Raises:
        BadInput: it is not CommerceML, is damaged or ends early.
    """
    try:
        with opened() as stream:
            context = etree.iterparse(
                stream,
                events=("start", "end"),
                resolve_entities=False,
                no_network=True,
                load_dtd=False,
                huge_tree=False,
                remove_comments=True,
                remove_pis=True,
            )
            depth = 0
            for event, element in context:
                tag = _local(element)
                if event == "start":
                    depth += 1
                    if depth == 1:
                        _check(name, element, tag)
                    continue
                depth -= 1
                if tag == "Документ" and depth == 1:
                    yield _document(element)
                    element.clear()
    except etree.XMLSyntaxError as error:
        raise BadInput(
            say("malformed", detail=error.msg),
            place=Place(file=name, line=error.lineno or None),
            hint=say("malformed_hint"),
        ) from error


def _check(name: str, element: _Element, tag: str) -> None:
    tree = element.getroottree()
    if tree.docinfo.internalDTD is not None:
        raise BadInput(say("entities"), place=Place(file=name, line=1), hint=say("entities_hint"))
    if tag != _ROOT:
        raise BadInput(
            say("wrong_root", value=tag), place=Place(file=name, line=1), hint=say("wrong_root_hint")
        )


def _document(element: _Element) -> StatusDocument:
    texts: dict[str, str] = {}
    requisites: dict[str, str] = {}
    for part in element:
        tag = _local(part)
        if tag != "ЗначенияРеквизитов":
            texts[tag] = (part.text or "").strip()
            continue
        for item in part:
            pair = {_local(leaf): (leaf.text or "").strip() for leaf in item}
            if "Наименование" in pair:
                requisites[pair["Наименование"].casefold()] = pair.get("Значение", "")

    def said(*names: str) -> bool:
        return any(
            (requisites.get(name.casefold()) or texts.get(name, "")).casefold() in _TRUE for name in names
        )

    def filled(*names: str) -> bool:
        return any(requisites.get(name.casefold(), "") not in _EMPTY for name in names)

    operation = texts.get("ХозОперация", _ORDER)
    return StatusDocument(
        line=line_of(element),
        identity=texts.get("Ид") or None,
        number=texts.get("Номер") or None,
        number_1c=texts.get("Номер1С") or requisites.get("номер по 1с") or None,
        based_on=texts.get("Основание") or None,
        is_order=operation == _ORDER,
        shipped=filled("Номер отгрузки по 1С", "Дата отгрузки по 1С") or said("Отгружен"),
        cancelled=said("ПометкаУдаления", "Отменен"),
        paid=filled("Номер оплаты по 1С", "Дата оплаты по 1С") or said("Оплачен", "Заказ оплачен"),
    )


def _local(element: _Element) -> str:
    return str(element.tag).rpartition("}")[2]
