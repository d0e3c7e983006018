"""Promotion prices: wanted by a 1C price type, in the actions that accounts.yaml chose, on the marketplace's terms."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from marketsync.db import sql
from marketsync.marketplaces.base import Item, Offer, Outcome, PromotionPrice
from marketsync.sync import promotions, texts
from marketsync.sync.kinds.base import ChannelKind, Documents, ItemBuilder, Row
from marketsync.sync.kinds.price import fill_prices, hold_prices
from marketsync.sync.lane import Connection, Lane

__all__ = ["PromotionKind"]


class PromotionKind(ChannelKind):
    """Prices of offers in promotions; the place of a row is the action."""

    states = ("listed", "ready")
    event = "prices"
    tied_by = "price"

    def refresh(self, lane: Lane) -> None:
        """Which actions run, who may enter, who is in; tells what of accounts.yaml cannot be done now."""
        promotions.refresh(lane)

    def places(self, lane: Lane) -> list[str]:
        """The actions that are kept equal."""
        with lane.database.transaction() as connection:
            return promotions.standing(connection, lane).leave_from

    def prepare(self, connection: Connection, lane: Lane, offers: list[int] | None) -> None:
        """What the store wants as ordinary price, and whether a guard holds it."""
        connection.execute(sql("desired/create"))
        if not promotions.standing(connection, lane).idle:
            fill_prices(connection, lane, offers=offers, states=list(self.states))
        connection.execute(
            sql("plan/pending"),
            {"account": lane.account.id, "channel": "price", "full": True, "now": lane.clock.now()},
        )
        hold_prices(connection, lane)
        connection.execute(sql("promotion/ordinary"))
        connection.execute(sql("plan/drop"))

    def fill(self, connection: Connection, lane: Lane, offers: list[int] | None) -> None:
        """Who should be in which action at which price, and who should leave."""
        standing = promotions.standing(connection, lane)
        running = standing.running
        connection.execute(
            sql("desired/promotion"),
            {
                **lane.key,
                "offers": offers,
                "now": lane.clock.now(),
                "states": list(self.states),
                "actions": [one.action for one in running],
                "price_types": [one.price_type for one in running],
                "stocks": [one.stock for one in running],
                "frozen": [one.frozen for one in running],
                "leave_from": standing.leave_from,
                "currency": lane.account.currency,
                "visible_after": lane.channel.visible_after.total_seconds(),
                "messages": json.dumps(texts.kept_out_of_promotion(lane.account.currency)),
            },
        )

    def guard(self, connection: Connection, lane: Lane) -> None:
        """Hold bad prices as the channel of prices does, and all large moves where too many come at once."""
        guard, mass = lane.account.guards.price, lane.account.guards.mass
        connection.execute(
            sql("plan/hold_promotions"),
            {
                **lane.key,
                "now": lane.clock.now(),
                "ceiling": guard.ceiling,
                "largest_change": guard.largest_change,
                "without_reference": guard.without_reference,
            },
        )
        connection.execute(
            sql("plan/hold_mass_price"),
            {**lane.key, "share": mass.repriced, "moved_by": mass.repriced_by, "at_least": mass.at_least},
        )

    def builder(
        self, connection: Connection, lane: Lane, offers: Sequence[int], documents: Documents | None
    ) -> ItemBuilder:
        """A price that has moved since it was planned, or terms that have, are not sent."""
        known = {row["action"]: row for row in connection.execute(sql("promotion/known"), lane.key)}
        stocks = {one.action: one.stock for one in promotions.standing(connection, lane).running}

        def item(offer: Offer, change: Row, desired: Row) -> Item | None:
            if (desired["amount"], desired["old"]) != (change["to_amount"], change["to_old"]):
                return None
            action = change["warehouse"]
            value = PromotionPrice(
                action=action,
                amount=change["to_amount"],
                ordinary=change["to_old"],
                moves_price=known[action]["moves_price"],
                currency=lane.account.currency,
                stock=stocks.get(action),
            )
            return Item(offer, value)

        return item

    def acknowledged(
        self, connection: Connection, lane: Lane, outcomes: Sequence[Outcome], now: datetime
    ) -> None:
        """Where an action moves the ordinary price, its answer confirms that too."""
        connection.execute(sql("submission/settle_promotions"), {"account": lane.account.id})

    def complete(self, connection: Connection, parameters: dict[str, Any]) -> None:
        """Who is not listed in an action is not in it."""
        connection.execute(sql("reconcile/not_in_promotion"), parameters)

    def compare(
        self,
        connection: Connection,
        lane: Lane,
        parameters: dict[str, Any],
        documents: Documents,
    ) -> None:
        """Also who is in an action though nobody here wants it; such an offer is told, and left where it is."""
        connection.execute(sql("reconcile/compare_promotions"), parameters)
