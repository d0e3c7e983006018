"""What a delivery is made of, whatever its source: parts that are read one after another into the staging."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from marketsync.errors import BadInput
from marketsync.files.delivery import Delivery, DeliveryFile
from marketsync.shop.commerceml import Outline, outline, read
from marketsync.shop.commerceml.records import PropertyRecord, Record
from marketsync.shop.texts import say

__all__ = ["Part", "commerceml_parts"]


@dataclass(frozen=True, slots=True)
class Part:
    """One file of 1C, or one list of the shop.

    Attributes:
        shown: its name for a person.
        head: groups, properties and the place in the order of reading.
        read: its rows; gets the property definitions by id.
    """

    shown: str
    head: Outline
    read: Callable[[Mapping[str, PropertyRecord]], Iterator[Record]]


def commerceml_parts(delivery: Delivery) -> Sequence[Part]:
    """The CommerceML files of a delivery, in the order of reading: by content, never by name.

    Raises:
        BadInput: there are none, or one of them is not CommerceML.
    """
    files = delivery.named(".xml")
    if not files:
        raise BadInput(say("no_xml"), hint=say("empty_hint"))
    return sorted((_part(file) for file in files), key=_reading_order)


def _part(file: DeliveryFile) -> Part:
    return Part(file.shown, outline(file.shown, file.open), partial(read, file.shown, file.open))


def _reading_order(part: Part) -> tuple[int, str, str]:
    """Catalogues, offers, prices, counts; then by ДатаФормирования; names between equals."""
    return part.head.rank, part.head.formed, part.shown
