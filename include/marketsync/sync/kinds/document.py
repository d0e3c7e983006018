"""Documents: cards, compared by the hash of what was rendered, made again when they are sent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from marketsync.db import sql
from marketsync.marketplaces.base import Card, Item, Offer, Outcome, Price
from marketsync.pictures import galleries
from marketsync.sync.kinds.base import ChannelKind, Documents, ItemBuilder, Row
from marketsync.sync.kinds.price import fill_prices, hold_prices
from marketsync.sync.lane import Connection, Lane

__all__ = ["DocumentKind"]

_FIELDS_NAMED = 5  # of a card that differs in more, the first are enough to see what happened


class DocumentKind(ChannelKind):
    """Cards of new and listed offers."""

    states = ("new", "listed", "ready")
    event = "products"
    creates_cards = True

    def prepare(self, connection: Connection, lane: Lane, offers: list[int] | None) -> None:
        """A card is created with a price: with none at all, or with one that a guard holds, it is not created."""
        connection.execute(sql("desired/create"))
        fill_prices(connection, lane, offers=offers, states=["new"])
        connection.execute(
            sql("plan/pending"),
            {"account": lane.account.id, "channel": "price", "full": False, "now": lane.clock.now()},
        )
        hold_prices(connection, lane)
        connection.execute(sql("plan/opening_prices"), {"account": lane.account.id, "offers": offers})
        connection.execute(sql("plan/drop"))

    def fill(self, connection: Connection, lane: Lane, offers: list[int] | None) -> None:
        """What was rendered, of wanted offers with a price and, if new, a picture to start with."""
        galleries.collect(connection, lane.account, lane.picture_rules, offers)
        galleries.gate_cards(connection, lane.account, lane.channel.name, offers, lane.clock.now())
        connection.execute(
            sql("desired/document"),
            {**lane.key, "offers": offers, "keeps_pictures": lane.keeps_pictures()},
        )

    def builder(
        self, connection: Connection, lane: Lane, offers: Sequence[int], documents: Documents | None
    ) -> ItemBuilder:
        """A card whose content has moved since it was planned is not sent."""
        if documents is None:
            raise TypeError(f"channel {lane.channel.name} cannot be sent without its documents")
        rendered = documents(connection, offers)
        opening = {row["offer_id"]: row for row in connection.execute(sql("desired/read_opening")).fetchall()}
        galleries.carry_in_cards(connection, lane.channel.name, offers)

        def item(offer: Offer, change: Row, desired: Row) -> Item | None:
            document, price = rendered.get(offer.offer_id), opening.get(offer.offer_id)
            if document is None or price is None or document.hash != change["to_hash"]:
                return None
            starts_with = Price(price["amount"], price["old"] or None, price["floor"], lane.account.currency)
            return Item(offer, Card(document.document, document.hash, starts_with))

        return item

    def acknowledged(
        self, connection: Connection, lane: Lane, outcomes: Sequence[Outcome], now: datetime
    ) -> None:
        """Prices that a card carried back are due again; pictures and the marketplace's warnings are kept."""
        galleries.answered(connection, lane.channel.name, outcomes, now)
        connection.execute(sql("submission/settle_carried_prices"))
        connection.execute(sql("submission/forget_warnings"), {"channel": lane.channel.name})
        for outcome in outcomes:
            for warning in outcome.warnings:
                connection.execute(
                    sql("submission/warn"),
                    {
                        "offer_id": outcome.offer_id,
                        "channel": lane.channel.name,
                        "code": warning.code,
                        "field": warning.field,
                        "message": warning.message,
                        "now": now,
                    },
                )

    def known_hashes(self, lane: Lane) -> dict[str, bytes]:
        """The hashes that were confirmed."""
        with lane.database.transaction() as connection:
            rows = connection.execute(sql("reconcile/confirmed_hashes"), lane.key)
            return {row["article"]: row["hash"] for row in rows}

    def compare(
        self,
        connection: Connection,
        lane: Lane,
        parameters: dict[str, Any],
        documents: Documents,
    ) -> None:
        """Missing, different and doubled cards; of different ones, the fields."""
        connection.execute(sql("reconcile/compare_documents"), parameters)
        connection.execute(sql("reconcile/missing_here"), parameters)
        connection.execute(sql("reconcile/duplicates"), parameters)
        _name_fields(connection, lane, parameters["reconciliation_id"], documents)


def _name_fields(connection: Connection, lane: Lane, number: int, documents: Documents) -> None:
    rows = connection.execute(
        sql("reconcile/changed_documents"), {"reconciliation_id": number, "channel": lane.channel.name}
    ).fetchall()
    ours = documents(connection, [row["offer_id"] for row in rows]) if rows else {}
    for row in rows:
        if row["offer_id"] not in ours:
            continue
        found = lane.channel.document_differences(ours[row["offer_id"]].document, row["detail"])
        named = found[:_FIELDS_NAMED]
        connection.execute(
            sql("reconcile/name_fields"),
            {
                "difference_id": row["difference_id"],
                "desired": "; ".join(f"{field}: {mine}" for field, mine, _ in named),
                "observed": "; ".join(f"{field}: {theirs}" for field, _, theirs in named),
                "detail": ", ".join(field for field, _, _ in found),
            },
        )
