"""What may be asked for an order, in the shapes in which order_task.asked keeps it; checked before it becomes work.

A request that can never be done (a quantity that was not ordered, a stranger's sku) is turned down here, to whoever
asks, and not hours later by the marketplace.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from marketsync.errors import BadInput, Place
from marketsync.marketplaces.orders import MarkingCode, Package, PackageLine, Posting

__all__ = [
    "AskRefused",
    "Cancel",
    "Line",
    "Marks",
    "Parcel",
    "Piece",
    "Shipping",
    "TaskKind",
    "Tracking",
    "checked",
]


class TaskKind(StrEnum):
    """What can be asked of the marketplace for an order."""

    SHIP = "ship"
    MARKS = "marks"
    LABEL = "label"
    CANCEL = "cancel"
    TRACKING = "tracking"
    SENT = "sent"
    LAST_MILE = "last_mile"
    DELIVERED = "delivered"
    SHIPMENT = "shipment"  # of a carrier of ours, by orders.shipments
    SHIPMENT_CANCEL = "shipment_cancel"


class AskRefused(BadInput):
    """Something that is not taken as work.

    Attributes:
        code: shape, no_such_order, another_open, cancelled, already, unknown_sku or quantity.
    """

    def __init__(
        self, code: str, message: str, *, place: Place | None = None, hint: str | None = None
    ) -> None:
        super().__init__(message, place=place, hint=hint)
        self.code = code


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


_Sku = Annotated[str, Field(min_length=1, max_length=40)]
_Text = Annotated[str, Field(min_length=1, max_length=500)]


class Line(_Strict):
    """Pieces of one good; `sku` as the order's line has it."""

    sku: _Sku
    quantity: int = Field(ge=1)


class Parcel(_Strict):
    """What is packed together."""

    lines: tuple[Line, ...] = Field(min_length=1)


class Piece(_Strict):
    """What is told of one piece: as many entries of a sku as pieces are told of."""

    sku: _Sku
    mark: _Text | None = None
    gtd: _Text | None = None
    country: _Text | None = None
    weight: Decimal | None = Field(default=None, gt=0)
    imei: _Text | None = None


class Marks(_Strict):
    """kind marks: the marking codes and what else the order requires."""

    marks: tuple[Piece, ...] = Field(min_length=1)

    @property
    def codes(self) -> list[MarkingCode]:
        """As the marketplace's folder takes them."""
        return [MarkingCode(**piece.model_dump()) for piece in self.marks]


class Shipping(_Strict):
    """kind ship.

    Attributes:
        packages: empty: everything in one.
        marks: told before it is shipped.
    """

    packages: tuple[Parcel, ...] = ()
    marks: tuple[Piece, ...] = ()

    def packed(self, posting: Posting) -> list[Package]:
        """The packages as the marketplace's folder takes them."""
        if not self.packages:
            whole = [PackageLine(line.sku, line.quantity) for line in posting.lines if line.sku]
            return [Package(tuple(whole))]
        return [
            Package(tuple(PackageLine(line.sku, line.quantity) for line in parcel.lines))
            for parcel in self.packages
        ]


class Cancel(_Strict):
    """kind cancel: of the whole order, or of the pieces in `lines`."""

    reason: Annotated[str, Field(min_length=1, max_length=40)]
    message: Annotated[str, Field(max_length=1000)] = ""
    lines: tuple[Line, ...] = ()


class Tracking(_Strict):
    """kind tracking."""

    number: Annotated[str, Field(min_length=1, max_length=100)]


class _Nothing(_Strict):
    """A kind that needs no more words."""


class _OfCarrier(BaseModel):
    """What orders.shipments has checked."""

    model_config = ConfigDict(extra="allow", frozen=True)


_SHAPES: Mapping[TaskKind, type[BaseModel]] = {
    TaskKind.SHIP: Shipping,
    TaskKind.MARKS: Marks,
    TaskKind.CANCEL: Cancel,
    TaskKind.TRACKING: Tracking,
    TaskKind.SHIPMENT: _OfCarrier,
    TaskKind.SHIPMENT_CANCEL: _OfCarrier,
}


def checked(kind: TaskKind, asked: Mapping[str, Any], posting: Posting) -> dict[str, Any]:
    """What is asked, in its one form, held against the order.

    Raises:
        AskRefused: with the field that is wrong.
    """
    try:
        known = _SHAPES.get(kind, _Nothing).model_validate(asked)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"]) or kind.value
        raise AskRefused(
            "shape", f"{first['msg']}", place=Place(offer=posting.number, field=field)
        ) from error
    ordered = Counter[str]()
    for line in posting.lines:
        if line.sku:
            ordered[line.sku] += line.quantity
    match known:
        case Shipping():
            if known.packages:
                packed = [line for parcel in known.packages for line in parcel.lines]
                _compare("packages", posting.number, ordered, packed, whole=True)
            _told("marks", posting.number, ordered, known.marks)
        case Marks():
            _told("marks", posting.number, ordered, known.marks)
        case Cancel():
            _compare("lines", posting.number, ordered, known.lines, whole=False)
        case _:
            pass
    value: dict[str, Any] = known.model_dump(mode="json", exclude_defaults=True)
    return value


def _compare(field: str, number: str, ordered: Counter[str], given: Sequence[Line], *, whole: bool) -> None:
    """Raise where more, or (`whole`) less, is given than was ordered."""
    place = Place(offer=number, field=field)
    counted = Counter[str]()
    for line in given:
        counted[line.sku] += line.quantity
    for sku, quantity in counted.items():
        if sku not in ordered:
            raise AskRefused("unknown_sku", f"в заказе нет товара {sku}", place=place)
        if quantity > ordered[sku] or (whole and quantity != ordered[sku]):
            raise AskRefused(
                "quantity", f"товара {sku} заказано {ordered[sku]}, а указано {quantity}", place=place
            )
    missing = sorted(set(ordered) - set(counted))
    if whole and missing:
        raise AskRefused(
            "quantity",
            f"в упаковках нет товаров {', '.join(missing)}",
            place=place,
            hint="Часть, которой нет, сначала отмените (cancel с lines)",
        )


def _told(field: str, number: str, ordered: Counter[str], pieces: Sequence[Piece]) -> None:
    counted = Counter(piece.sku for piece in pieces)
    _compare(
        field,
        number,
        ordered,
        [Line(sku=sku, quantity=quantity) for sku, quantity in counted.items()],
        whole=False,
    )
