"""Galleries: the pictures of cards that are there, compared by the hashes of what lies behind their links."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from marketsync.db import sql
from marketsync.marketplaces.base import Gallery, Item, Offer, Outcome
from marketsync.pictures import galleries
from marketsync.sync.kinds.base import ChannelKind, Documents, ItemBuilder, Row
from marketsync.sync.lane import Connection, Lane

__all__ = ["GalleryKind"]


class GalleryKind(ChannelKind):
    """The whole set of an offer's pictures; a failure never makes it smaller."""

    states = ("listed", "ready")
    event = "products"

    def fill(self, connection: Connection, lane: Lane, offers: list[int] | None) -> None:
        """What can be sent of what the store lists; nothing of offers whose pictures the cabinet owns."""
        galleries.collect(connection, lane.account, lane.picture_rules, offers)
        connection.execute(
            sql("desired/gallery"),
            {
                "states": list(self.states),
                "field": lane.picture_rules.field,
                "adopted": lane.account.adopt.keeps_equal,
                "now": lane.clock.now(),
            },
        )

    def builder(
        self, connection: Connection, lane: Lane, offers: Sequence[int], documents: Documents | None
    ) -> ItemBuilder:
        """A gallery that has moved since it was planned is not sent."""
        carried = galleries.carry(connection, lane.channel.name, offers)

        def item(offer: Offer, change: Row, desired: Row) -> Item | None:
            links, hash_ = carried.get(offer.offer_id, ((), b""))
            return Item(offer, Gallery(links)) if hash_ == change["to_hash"] else None

        return item

    def acknowledged(
        self, connection: Connection, lane: Lane, outcomes: Sequence[Outcome], now: datetime
    ) -> None:
        """What was loaded whole is the gallery from now on; what is wrong is kept picture by picture."""
        galleries.answered(connection, lane.channel.name, outcomes, now)
