"""Articles: the name under which a card is listed follows the store's, and the card stays.

Desired is the store's article of the good; confirmed is the article under which its offer is listed, which changes
in the transaction that takes the answer over. An article is free for one card at a time: goods that exchange theirs,
or pass them on, are worked off one step after another, each with an intent of its own (article/steps).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from marketsync.db import sql
from marketsync.marketplaces.base import Item, Offer, Outcome, Word
from marketsync.sync import texts
from marketsync.sync.kinds.base import ChannelKind, Documents, ItemBuilder, Row
from marketsync.sync.lane import Connection, Lane

__all__ = ["ArticleKind"]

_SEGMENT = (
    8  # a line of goods that pass their articles on is cut into pieces of this length, which move at once
)


class ArticleKind(ChannelKind):
    """Articles of offers that have a card, wanted or not: one that is not wanted may hold what another needs."""

    states = ("listed", "ready", "archived")
    event = "products"
    # a piece of a line, a step aside, and the way back from there
    rounds = _SEGMENT + 2

    def fill(self, connection: Connection, lane: Lane, offers: list[int] | None) -> None:
        """The next step of every offer that is called otherwise than its good."""
        mark = lane.account.mark
        longest = {"longest": lane.channel.longest}
        connection.execute(sql("article/own"), lane.key)
        connection.execute(
            sql("article/mover"),
            {**lane.key, **longest, "property": mark.property, "values": list(mark.values)},
        )
        connection.execute(sql("article/index_holders"))
        connection.execute(sql("article/steps"), {**longest, "segment": _SEGMENT})
        connection.execute(sql("article/fill"), {**lane.key, "offers": offers})
        connection.execute(sql("article/refuse_gone"), lane.key)
        connection.execute(
            sql("article/refuse"),
            {**lane.key, "messages": json.dumps(texts.cannot_rename()), "now": lane.clock.now()},
        )

    def guard(self, connection: Connection, lane: Lane) -> None:
        """Hold all renames where too many come at once."""
        connection.execute(sql("article/from"))
        mass = lane.account.guards.mass
        connection.execute(
            sql("article/hold_mass"),
            {"account": lane.account.id, "share": mass.renamed, "at_least": mass.at_least},
        )

    def builder(
        self, connection: Connection, lane: Lane, offers: Sequence[int], documents: Documents | None
    ) -> ItemBuilder:
        """A step that is not the next one any more is not sent."""
        return _item

    def acknowledged(
        self, connection: Connection, lane: Lane, outcomes: Sequence[Outcome], now: datetime
    ) -> None:
        """The offers are listed under their new articles; their cards, drawn under the old ones, are due again."""
        listed = connection.execute(sql("article/listed"), {"account": lane.account.id}).rowcount
        if listed:
            connection.execute(sql("wake/notify"), {"payload": json.dumps({self.event: len(outcomes)})})

    def complete(self, connection: Connection, parameters: dict[str, Any]) -> None:
        """What a card is called is told by the card."""
        connection.execute(sql("article/seen"), parameters)
        connection.execute(sql("article/seen_text"))

    def compare(
        self,
        connection: Connection,
        lane: Lane,
        parameters: dict[str, Any],
        documents: Documents,
    ) -> None:
        """Cards that are called otherwise; one that was renamed in the cabinet is listed so until that is mended."""
        connection.execute(sql("article/compare"), parameters)
        connection.execute(sql("article/learn"), parameters)


def _item(offer: Offer, change: Row, desired: Row) -> Item | None:
    return Item(offer, Word(change["to_text"])) if desired["text"] == change["to_text"] else None
