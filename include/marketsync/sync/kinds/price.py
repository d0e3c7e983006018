"""Prices: wanted by the store's price types, held where a person must see them first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from marketsync.db import sql
from marketsync.errors import BadInput, Place
from marketsync.mappings.price_rules import RuleBook
from marketsync.marketplaces.base import Item, Offer, Outcome, Price, PriceRules
from marketsync.sync import ruled_prices, texts
from marketsync.sync.kinds.base import ChannelKind, Documents, ItemBuilder, Row
from marketsync.sync.lane import Connection, Lane
from marketsync.sync.price_figures import price_figures
from marketsync.sync.price_rules import require_price_types

__all__ = ["PriceKind", "fill_prices", "hold_prices"]

_NO_SHARE = Decimal(0)
_CHANNEL = "price"


class PriceKind(ChannelKind):
    """Amount, struck price and floor of offers that have a card."""

    states = ("listed", "ready")
    event = "prices"
    no_old = 0
    tied_by = "price"

    def fill(self, connection: Connection, lane: Lane, offers: list[int] | None) -> None:
        """Offers without a card are looked at too: a price that a guard holds is worth showing before it has one."""
        fill_prices(connection, lane, offers=offers, states=["new", *self.states])
        connection.execute(
            sql("desired/price_in_promotion"), {"account": lane.account.id, **_accepted(lane.price_rules)}
        )

    def guard(self, connection: Connection, lane: Lane) -> None:
        """Hold bad prices, and all large moves where too many come at once."""
        hold_prices(connection, lane)
        mass = lane.account.guards.mass
        if mass.short_delivery == "hold":
            connection.execute(sql("plan/hold_short_price"), {"moved_by": mass.repriced_by})
        connection.execute(
            sql("plan/hold_mass_price"),
            {**lane.key, "share": mass.repriced, "moved_by": mass.repriced_by, "at_least": mass.at_least},
        )

    def tidy(self, connection: Connection, lane: Lane) -> None:
        """An offer without a card takes no price yet: only what is held of it is worth showing."""
        connection.execute(sql("plan/drop_unlisted"))

    def figures(self, connection: Connection, lane: Lane) -> dict[str, Any]:
        """How many prices would change, and by how much."""
        return price_figures(connection, lane)

    def builder(
        self, connection: Connection, lane: Lane, offers: Sequence[int], documents: Documents | None
    ) -> ItemBuilder:
        """A price that has moved since it was planned is not sent: the next plan takes it through the guards."""
        return _item

    def acknowledged(
        self, connection: Connection, lane: Lane, outcomes: Sequence[Outcome], now: datetime
    ) -> None:
        """A floor that was taken counts from now on."""
        if lane.channel.floor_lasts is not None:
            connection.execute(sql("submission/settle_floors"), {"now": now})

    def compare(
        self, connection: Connection, lane: Lane, parameters: dict[str, Any], documents: Documents
    ) -> None:
        """Amounts, and whether the marketplace may put an offer into promotions by itself.

        The prices in quarantine are followed first: what waits there differs for a reason of its own.
        """
        connection.execute(sql("quarantine/follow"), parameters)
        connection.execute(sql("quarantine/find"), parameters)
        super().compare(connection, lane, parameters, documents)
        if lane.price_rules.automatic_promotions:
            connection.execute(sql("reconcile/compare_automatic_promotions"), parameters)
        connection.execute(sql("reconcile/prices_beside_promotions"), parameters)


def _item(offer: Offer, change: Row, desired: Row) -> Item | None:
    planned = (change["to_amount"], change["to_old"], change["to_floor"])
    if (desired["amount"], desired["old"], desired["floor"]) != planned or change["to_amount"] is None:
        return None
    if desired["text"] != change["to_text"]:
        return None
    automatic = None if change["to_text"] is None else change["to_text"] == "on"
    price = Price(
        change["to_amount"], change["to_old"], change["to_floor"], change["currency"], automatic=automatic
    )
    return Item(offer, price)


def fill_prices(connection: Connection, lane: Lane, *, offers: list[int] | None, states: list[str]) -> None:
    """Fill `desired` with prices; those in another currency than the account's are refused and taken out."""
    known = {row["name"]: row["price_type_id"] for row in connection.execute(sql("desired/price_types"))}
    if known and not any(name in known for name in lane.prices.amount):
        raise BadInput(
            f"the store has no price type {' or '.join(map(repr, lane.prices.amount))}",
            place=Place(file=f"mappings/{lane.account.mapping}/prices.yaml", account=lane.account.id),
            hint=f"It delivers: {', '.join(map(repr, sorted(known)))}. No price was planned",
        )
    if lane.price_rules.automatic_promotions:
        connection.execute(sql("desired/automatic_promotions"))
    account = lane.account
    goods = {"account": account.id, "offers": offers, "states": states}
    accepted = _accepted(lane.price_rules)
    table = lane.price_table(connection)
    book = RuleBook(table, account.id, lane.clock.now())
    if book.rules:
        if known:
            require_price_types(table, known)
        ruled_prices.fill(connection, book, lane.prices, known, goods, accepted)
    else:
        types = {
            "price_types": _ids(lane.prices.amount, known),
            "old_types": _ids(lane.prices.old, known),
            "floor_types": _ids(lane.prices.floor, known),
        }
        connection.execute(sql("desired/price"), {**goods, **types, **accepted})
    connection.execute(
        sql("plan/refuse_currency"),
        {
            "account": account.id,
            "channel": _CHANNEL,
            "currency": account.currency,
            "message": texts.wrong_currency(account.currency),
            "now": lane.clock.now(),
        },
    )
    connection.execute(sql("plan/currency_mended"), {"account": account.id, "channel": _CHANNEL})
    if lane.price_rules.automatic_promotions and account.auto_promotions:
        connection.execute(sql("desired/automatic_promotions_on"))


def hold_prices(connection: Connection, lane: Lane) -> None:
    """Name the guard of every price in `pending` that a person must see first."""
    guard = lane.account.guards.price
    connection.execute(sql("plan/reference_before_promotion"))
    connection.execute(
        sql("plan/hold_prices"),
        {
            "now": lane.clock.now(),
            "ceiling": guard.ceiling,
            "largest_change": guard.largest_change,
            "without_reference": guard.without_reference,
        },
    )


def _accepted(rules: PriceRules) -> dict[str, Any]:
    """What the marketplace accepts as struck price and floor, as query parameters."""
    return {
        "gap_below": [gap.below for gap in rules.gaps],
        "gap_at_least": [gap.at_least for gap in rules.gaps],
        "gap_share": [gap.share for gap in rules.gaps],
        "largest_discount": rules.largest_discount,
        "floor_share": rules.floor_share or _NO_SHARE,
    }


def _ids(names: Sequence[str], known: Mapping[str, int]) -> list[int]:
    return [known[name] for name in names if name in known]
