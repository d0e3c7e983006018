"""Reading one CommerceML file as a stream, in constant memory, and safely.

Files are told apart by what is in them, never by their names: `outline` reads the head of a file (what
sections it begins with, and the classifier), `read` its body. Both match elements by local name, whatever the
namespace or encoding.

Safety: the files come from outside. A DOCTYPE is refused as such, because CommerceML never has one, and with
it every entity bomb and external entity; entities are not resolved, nothing is fetched, and libxml2's own
limits on depth and on the size of a single text stay on (huge_tree is off: no real row comes near 10 MB).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

from lxml import etree

from marketsync.errors import BadInput, Place
from marketsync.shop.commerceml.records import (
    GroupRecord,
    PriceTypeRecord,
    ProblemRecord,
    PropertyRecord,
    Record,
    Section,
    SectionRecord,
    WarehouseRecord,
)
from marketsync.shop.commerceml.rows import LocalNames, RowReader, line_of, text_of
from marketsync.shop.commerceml.values import KNOWN_CURRENCIES, currency, flag
from marketsync.shop.texts import say

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["Outline", "outline", "read"]

_ROOT = "КоммерческаяИнформация"
_SECTIONS = frozenset(Section)
_GAVE_UP = "no element found"
_PACKAGES = frozenset({Section.PACKAGE, Section.PACKAGE_CHANGES})

Opener = Callable[[], IO[bytes]]


@dataclass(frozen=True, slots=True)
class Outline:
    """The head of a file.

    Attributes:
        sections: those met up to the first good, offer or document.
        groups: the classifier's groups, parents first.
        properties: the classifier's property definitions.
        rank: the place of the file in the order of reading: catalogues, offers with names, prices, counts.
        formed: ДатаФормирования as it stands there, for files of the same rank.
    """

    sections: frozenset[Section]
    groups: tuple[GroupRecord, ...]
    properties: tuple[PropertyRecord, ...]
    rank: int
    formed: str


def outline(name: str, opened: Opener) -> Outline:
    """Read the head of a file, up to its first good, offer or document.

    Args:
        name: the file as a person knows it, for errors.
        opened: opens the file anew.

    Raises:
        BadInput: it is not CommerceML, it is damaged before its first row, or it has a DOCTYPE.
    """
    names = LocalNames()
    sections: set[Section] = set()
    groups: list[GroupRecord] = []
    properties: list[PropertyRecord] = []
    rank = 0
    formed = ""
    within: Section | None = None
    for event, element in _events(
        name, opened, (*Section, "Группы", "Свойство", "Товар", "Предложение"), names
    ):
        tag = names[element.tag]
        if event == "start":
            if tag in _SECTIONS:
                within = Section(tag)
                sections.add(within)
                formed = element.getroottree().getroot().get("ДатаФормирования") or ""
                if within is Section.DOCUMENT:
                    break
        elif tag == "Свойство":
            if within is Section.CLASSIFIER:
                definition = _property(element, names)
                if definition is not None:
                    properties.append(definition)
                element.clear()
        elif tag == "Группы":
            parent = element.getparent()
            if (
                within is Section.CLASSIFIER
                and parent is not None
                and names[parent.tag] == Section.CLASSIFIER
            ):
                groups += _groups(element, None, names)
        elif tag == "Товар":
            rank = 1
            break
        elif tag == "Предложение":
            rank = _package_rank({names[child.tag] for child in element})
            break
    return Outline(frozenset(sections), tuple(groups), tuple(properties), rank, formed)


def read(name: str, opened: Opener, definitions: Mapping[str, PropertyRecord]) -> Iterator[Record]:
    """The rows of a file, in its order; memory does not grow with the file.

    Args:
        name: the file as a person knows it, for errors.
        opened: opens the file anew.
        definitions: property definitions by id.

    Raises:
        BadInput: with the file and the line, where the file is not well-formed, ends early or has a DOCTYPE.
    """
    names = LocalNames()
    rows = RowReader(definitions, names)
    problems = rows.problems
    within: Section | None = None
    depth = 0  # goods inside goods (sets, analogues) are no rows of their own
    documents = False
    tags = (*Section, "Товар", "Предложение", "ТипЦены", "Склады")
    for event, element in _events(name, opened, tags, names):
        tag = names[element.tag]
        if event == "start":
            if tag in ("Товар", "Предложение"):
                depth += 1
            elif tag in _SECTIONS:
                within = Section(tag)
                if within is Section.DOCUMENT and not documents:
                    documents = True
                    yield ProblemRecord(line_of(element), "document", "orders_skipped")
                elif within in _PACKAGES or within is Section.CATALOGUE:
                    full = within is not Section.PACKAGE_CHANGES and (
                        flag(element.get("СодержитТолькоИзменения")) is False
                    )
                    yield SectionRecord(line_of(element), within, full)
            continue
        if tag == "Предложение":
            depth -= 1
            if depth == 0 and within in _PACKAGES:
                offer = rows.offer(element)
                if offer is not None:
                    yield offer
                _forget(element)
        elif tag == "Товар":
            depth -= 1
            if depth == 0:
                if within is Section.CATALOGUE:
                    good = rows.good(element)
                    if good is not None:
                        yield good
                _forget(element)
        elif tag == "ТипЦены":
            if within is not Section.DOCUMENT:
                yield from _price_type(element, names)
        elif tag == "Склады":
            if depth == 0 and within is not Section.DOCUMENT:
                yield from _warehouses(element, names)
        else:
            within = None
            _forget(element)
        if problems:
            yield from problems
            problems.clear()


def _events(
    name: str, opened: Opener, tags: tuple[str, ...], names: LocalNames
) -> Iterator[tuple[str, _Element]]:
    """The start and end events of some elements, after a check of the document that holds them."""
    checked = False
    try:
        with opened() as stream:
            context = etree.iterparse(
                stream,
                events=("start", "end"),
                tag=[f"{{*}}{tag}" for tag in tags],
                resolve_entities=False,
                no_network=True,
                load_dtd=False,
                huge_tree=False,
                remove_blank_text=True,
                remove_comments=True,
                remove_pis=True,
            )
            try:
                for event, element in context:
                    if not checked:
                        checked = True
                        _check(name, element, names)
                    yield event, element
            except etree.XMLSyntaxError as error:
                raise _broken(name, error, context.error_log) from error
            if not checked:
                _check(name, context.root, names)
    except OSError as error:
        raise BadInput(say("unreadable", detail=error), place=Place(file=name)) from error


def _check(name: str, element: _Element, names: LocalNames) -> None:
    tree = element.getroottree()
    root = tree.getroot()
    if tree.docinfo.internalDTD is not None or tree.docinfo.doctype:
        raise BadInput(say("entities"), place=Place(file=name, line=1), hint=say("entities_hint"))
    tag = names[root.tag]
    if tag != _ROOT:
        raise BadInput(
            say("wrong_root", value=tag),
            place=Place(file=name, line=line_of(root)),
            hint=say("wrong_root_hint"),
        )


def _broken(name: str, error: etree.XMLSyntaxError, log: Any) -> BadInput:
    # where libxml2 recovered first and lxml gave up later, the log's entry is the cause
    first = log.last_error if error.msg == _GAVE_UP else None
    detail, line = (first.message, first.line) if first else (error.msg, error.lineno)
    place = Place(file=name, line=line or None)
    if "entity amplification" in detail:
        return BadInput(say("entities"), place=place, hint=say("entities_hint"))
    return BadInput(say("malformed", detail=detail), place=place, hint=say("malformed_hint"))


def _forget(element: _Element) -> None:
    """Free an element that was read, and what stands before it."""
    element.clear()
    parent = element.getparent()
    if parent is not None:
        while element.getprevious() is not None:
            del parent[0]


def _package_rank(children: set[str]) -> int:
    if "Наименование" in children:
        return 2
    return 3 if "Цены" in children else 4


def _groups(element: _Element, parent: str | None, names: LocalNames) -> list[GroupRecord]:
    """The groups of a Группы element and those below them, parents first."""
    found: list[GroupRecord] = []
    waiting = [(element, parent)]
    while waiting:
        level, above = waiting.pop()
        for item in level:
            guid = name = None
            below: list[_Element] = []
            for part in item:
                tag = names[part.tag]
                if tag == "Ид":
                    guid = text_of(part)
                elif tag == "Наименование":
                    name = text_of(part)
                elif tag == "Группы":
                    below.append(part)
            if guid:
                found.append(GroupRecord(line_of(item), guid, above, name or guid))
                waiting += [(part, guid) for part in below]
    return found


def _property(element: _Element, names: LocalNames) -> PropertyRecord | None:
    guid = name = None
    kind = ""
    values: dict[str, str] = {}
    for part in element:
        tag = names[part.tag]
        if tag == "Ид":
            guid = text_of(part)
        elif tag == "Наименование":
            name = text_of(part)
        elif tag == "ТипЗначений":
            kind = text_of(part) or ""
        elif tag == "ВариантыЗначений":
            for item in part:
                identity = value = None
                for leaf in item:
                    leaf_tag = names[leaf.tag]
                    if leaf_tag in ("ИдЗначения", "Ид"):
                        identity = text_of(leaf)
                    elif leaf_tag == "Значение":
                        value = text_of(leaf)
                if identity and value:
                    values[identity] = value
    if not guid or not name:
        return None
    return PropertyRecord(line_of(element), guid, name, kind, values)


def _price_type(element: _Element, names: LocalNames) -> Iterator[PriceTypeRecord | ProblemRecord]:
    line = line_of(element)
    guid = name = code = None
    for part in element:
        tag = names[part.tag]
        if tag == "Ид":
            guid = text_of(part)
        elif tag == "Наименование":
            name = text_of(part)
        elif tag == "Валюта":
            code = currency(part.text)
    if guid:
        yield PriceTypeRecord(line, guid, name or guid, code)
        if code and code not in KNOWN_CURRENCIES:
            yield ProblemRecord(line, "price", "unknown_currency", None, "Валюта", code)


def _warehouses(element: _Element, names: LocalNames) -> Iterator[WarehouseRecord]:
    for item in element:
        guid = name = None
        for part in item:
            tag = names[part.tag]
            if tag == "Ид":
                guid = text_of(part)
            elif tag == "Наименование":
                name = text_of(part)
        if guid:
            yield WarehouseRecord(line_of(item), guid, name or guid)
