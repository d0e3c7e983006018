"""The contract between the orders' engine and a shop: an order as the shop is to have it, and as the shop shows it.

Nothing personal is in it: the shop's staff sees what was sold, not who bought it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol

__all__ = ["OrderShop", "ShopLine", "ShopOrder", "ShownLine", "ShownOrder"]


@dataclass(frozen=True, slots=True)
class ShopLine:
    """Pieces of one good.

    Attributes:
        key: tells this line from every other of the shop.
        guid: the good's id in 1C, where it is known; by it the shop finds its own good.
        price: of one piece.
    """

    key: str
    guid: str | None
    name: str
    quantity: int
    price: Decimal


@dataclass(frozen=True, slots=True)
class ShopOrder:
    """An order as the shop is to have it.

    Attributes:
        key: tells this order from every other of the shop: it is found again by it.
        status: in the shop's words; None: what it is there stays.
        first_status: what it begins with, where `status` is None.
    """

    key: str
    currency: str
    created_at: datetime
    comment: str
    lines: tuple[ShopLine, ...]
    status: str | None
    first_status: str
    cancelled: bool = False
    reason: str = ""

    @property
    def amount(self) -> Decimal:
        """What all lines cost together."""
        return sum((line.price * line.quantity for line in self.lines), Decimal(0))


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A line as the shop shows it; `key` is whatever the shop has there."""

    external_id: int
    key: str
    quantity: Decimal
    price: Decimal


@dataclass(frozen=True, slots=True)
class ShownOrder:
    """An order as the shop shows it."""

    external_id: int
    key: str
    status: str
    cancelled: bool
    amount: Decimal
    lines: tuple[ShownLine, ...]


class OrderShop(Protocol):
    """A shop that takes orders."""

    def find(self, keys: Sequence[str]) -> Mapping[str, Sequence[ShownOrder]]:
        """The orders with these keys, the oldest first; a key that the shop does not know is not in the answer."""
        ...

    def put(self, order: ShopOrder, shown: ShownOrder | None) -> ShownOrder:
        """Make an order, or make the one that is there equal; returns it as the shop then shows it.

        Raises:
            Uncertain: it may have had its effect, whole or in parts: find it before it is put again.
            RequestRefused: the shop does not take it; a part of it may be there.
            Retriable, RateLimited, Fatal.
        """
        ...
