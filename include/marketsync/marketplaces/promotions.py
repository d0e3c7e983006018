"""What a channel of promotions adds to the contract: which promotions there are, and who may enter on which terms.

A marketplace decides both, and changes its mind between two runs: so they are read before each plan.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from marketsync.marketplaces.base import Channel, Kind, Pipeline

__all__ = ["Action", "Candidate", "PromotionChannel"]


@dataclass(frozen=True, slots=True)
class Action:
    """One of the promotions that the account can take part in.

    Attributes:
        frozen_at: from here on nobody enters or leaves, and no price rises.
        moves_price: its price becomes the offer's ordinary price on the marketplace: the two are one number.
        candidates: products that may enter; members: products that are in.
    """

    action: str
    title: str
    starts_at: datetime | None
    ends_at: datetime | None
    frozen_at: datetime | None
    moves_price: bool
    candidates: int
    members: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """A product that may enter a promotion, or is in.

    Attributes:
        max_price: no price above it is let in; None where none is.
        recommended: above it the marketplace may throw the product out.
        min_stock: the least pieces that must be offered.
        amount: the price of one that is in.
        by_itself: the marketplace put it in.
    """

    external_id: str
    max_price: Decimal | None
    recommended: Decimal | None
    min_stock: int
    joined: bool
    amount: Decimal | None = None
    by_itself: bool = False


class PromotionChannel(Channel):
    """Prices in promotions; a place of this channel is an action."""

    name = "promotion"
    kind = Kind.PROMOTION
    pipeline = Pipeline.PRICES
    one_place_per_call = True

    @abstractmethod
    def actions(self) -> Sequence[Action]:
        """The promotions that the account can take part in now."""

    @abstractmethod
    def candidates(self, action: str) -> Iterator[Sequence[Candidate]]:
        """Who may enter a promotion and who is in, in pages; one that enters meanwhile may come twice.

        Raises:
            RequestRefused: the promotion is over, or was never there.
        """
