"""What the engine has to know of a kind of channel: what is wanted, what guards hold, how a row becomes an item.

Everything else (plans, intents, doubt, acknowledgement) is the same for every kind and lives in sync/ itself.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from marketsync.db import sql
from marketsync.marketplaces.base import Item, Observed, Offer, Outcome, Rendered
from marketsync.sync.lane import Connection, Lane

__all__ = ["ChannelKind", "Documents", "ItemBuilder", "Reader", "Row", "Seen"]

Row = Mapping[str, Any]

Documents = Callable[[Connection, Sequence[int]], dict[int, Rendered]]
"""Offers' ids -> their documents as the store and the mapping have them now; what cannot be rendered is left out."""

ItemBuilder = Callable[[Offer, Row, Row], Item | None]
"""Offer, its change, its row of `desired` now -> what a call carries; None where the value has moved on."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What is compared of something read back.

    Attributes:
        document: what is kept of it, so that a difference can be named.
    """

    hash: bytes | None
    text: str | None
    document: Mapping[str, Any] | None = None


Reader = Callable[[Observed], Seen]


class ChannelKind(ABC):
    """The rules of one kind of channel.

    Attributes:
        states: of the offers that a channel of this kind can address.
        event: what is announced where something became due, so that the DAG that sends it wakes.
        creates_cards: a confirmed item of a new offer means that its card exists.
        no_old: how "no struck price" is confirmed.
        rounds: how often one upload may plan anew: what is confirmed may let something else go that waited for it.
        tied_by: where changes of several kinds wait for each other, the name of what ties them.
    """

    states: tuple[str, ...]
    event: str
    creates_cards: bool = False
    no_old: int | None = None
    rounds: int = 1
    tied_by: str | None = None

    def refresh(self, lane: Lane) -> None:
        """Read of the marketplace what a plan has to know besides what was confirmed; once per run, before it."""

    def places(self, lane: Lane) -> list[str]:
        """The places inside the channel that a read-back asks for."""
        return list(dict.fromkeys(warehouse.marketplace for warehouse in lane.account.warehouses))

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

    def figures(self, connection: Connection, lane: Lane) -> dict[str, Any]:
        """What a preview says of a plan beside its changes; reads `desired` and `pending`."""
        return {}

    @abstractmethod
    def builder(
        self, connection: Connection, lane: Lane, offers: Sequence[int], documents: Documents | None
    ) -> ItemBuilder:
        """What turns the claimed changes of these offers into items, as things are now."""

    def acknowledged(
        self, connection: Connection, lane: Lane, outcomes: Sequence[Outcome], now: datetime
    ) -> None:
        """What else follows from the answers of a submission; reads the table `settled`."""

    def reader(self, lane: Lane) -> Reader:
        """What turns something read back into the value that is compared; made once per reading."""
        return lambda seen: Seen(seen.hash, seen.text)

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
