"""What the sandbox remembers of Ozon's promotions ("actions"): terms, who may enter, who is in."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from sandbox.ozon.state import Lagged


@dataclass(frozen=True, slots=True)
class Terms:
    """On what terms one product may enter an action. Money in hundredths; 0 is "none".

    Attributes:
        max_price: above it the product is not let in.
        alert_price: what Ozon recommends; above it the product may be thrown out.
        min_stock: the least units that an action with units asks for.
    """

    max_price: int
    alert_price: int = 0
    min_stock: int = 0


@dataclass(frozen=True, slots=True)
class Member:
    """A product in an action."""

    price: int
    stock: int = 0
    add_mode: Literal["AUTO", "SELLER"] = "SELLER"


@dataclass
class Action:
    """One promotion.

    Attributes:
        voucher: «Промокоды»: its prices stand beside the product's own. In every other action the action
            price *is* the product's ceiling price: entering changes it.
        freeze_date: from here on the seller may neither raise prices nor change the list of products.
        auto_add_dates: when Ozon adds the products whose seller left automatic adding on.
        candidates: product id -> terms; those that are in stay here too, and are not listed as candidates.
        members: product id -> what reads show and what is.
    """

    action_id: int
    title: str
    voucher: bool
    date_start: datetime
    date_end: datetime
    description: str = ""
    freeze_date: datetime | None = None
    auto_add_dates: list[datetime] = field(default_factory=list)
    candidates: dict[int, Terms] = field(default_factory=dict)
    members: dict[int, Lagged[Member | None]] = field(default_factory=dict)

    def running(self, moment: datetime) -> bool:
        return self.date_start <= moment < self.date_end

    def ended(self, moment: datetime) -> bool:
        return moment >= self.date_end

    def frozen(self, moment: datetime) -> bool:
        return self.freeze_date is not None and moment >= self.freeze_date

    def forget(self, product_id: int) -> None:
        """The product was deleted for good."""
        self.candidates.pop(product_id, None)
        self.members.pop(product_id, None)

    def member(self, product_id: int, *, shown: bool = False) -> Member | None:
        lagged = self.members.get(product_id)
        if lagged is None:
            return None
        return lagged.shown if shown else lagged.actual

    def inside(self, *, shown: bool) -> dict[int, Member]:
        """Product id -> membership, by rising id, as reads show it or as it is."""
        found = {product_id: self.member(product_id, shown=shown) for product_id in sorted(self.members)}
        return {product_id: member for product_id, member in found.items() if member is not None}
