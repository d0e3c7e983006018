"""What the engine has to know of a kind of channel: what is wanted, what guards hold, how a row becomes an item.

Everything else (plans, intents, doubt, acknowledgement) is the same for every kind and lives in sync/ itself.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from marketsync.db import sql
from marketsync.marketplaces.base import Item, Offer, Outcome, Rendered
from marketsync.sync.lane import Connection, Lane

__all__ = ["ChannelKind", "Documents", "ItemBuilder", "Row"]

Row = Mapping[str, Any]

Documents = Callable[[Connection, Sequence[int]], dict[int, Rendered]]
"""Offers' ids -> their documents as the store and the mapping have them now; what cannot be rendered is left out."""

ItemBuilder = Callable[[Offer, Row, Row], Item | None]
"""Offer, its change, its row of `desired` now -> what a call carries; None where the value has moved on."""


class ChannelKind(ABC):
    """The rules of one kind of channel.

    Attributes:
        states: of the offers that a channel of this kind can address.
        event: what is announced where something became due, so that the DAG that sends it wakes.
        creates_cards: a confirmed item of a new offer means that its card exists.
        no_old: how "no struck price" is confirmed.
    """

    states: tuple[str, ...]
    event: str
    creates_cards: bool = False
    no_old: int | None = None

    def prepare(self, connection: Connection, lane: Lane, offers: list[int] | None) -> None:
        """Make what `fill` reads; runs before the table `desired` exists."""

    @abstractmethod
    def fill(self, connection: Connection, lane: Lane, offers: list[int] | None) -> None:
        """Fill the transaction's table `desired`.

        Args:
            offers: only these; None for all of the account.

        Raises:
            BadInput: accounts.yaml or a mapping names what the store never delivered.
        """

    def guard(self, connection: Connection, lane: Lane) -> None:
        """Name in `pending` the guard that holds a change; what a person has released has a `release_id`."""

    def tidy(self, connection: Connection, lane: Lane) -> None:
        """Take out of `pending` what is not to be planned, once it is known what is held."""

    @abstractmethod
    def builder(
        self, connection: Connection, lane: Lane, offers: Sequence[int], documents: Documents | None
    ) -> ItemBuilder:
        """What turns the claimed changes of these offers into items, as things are now."""

    def acknowledged(
        self, connection: Connection, lane: Lane, outcomes: Sequence[Outcome], now: datetime
    ) -> None:
        """What else follows from the answers of a submission; reads the table `settled`."""

    def known_hashes(self, lane: Lane) -> dict[str, bytes]:
        """Article -> the confirmed hash: what was read back equal need not be kept whole."""
        return {}

    def complete(self, connection: Connection, parameters: dict[str, Any]) -> None:
        """Add to `seen` what a read-back tells by its silence."""

    def compare(
        self,
        connection: Connection,
        lane: Lane,
        parameters: dict[str, Any],
        documents: Documents,
    ) -> None:
        """Write down the differences between `desired` and `seen`, by cause."""
        connection.execute(sql("reconcile/compare_amounts"), parameters)
