"""A lane: one channel of one account, with everything its steps need."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import psycopg

from marketsync.accounts import Account, Mode
from marketsync.clock import Clock
from marketsync.db import Database
from marketsync.mappings import PriceMapping
from marketsync.mappings.price_rules import NO_RULES, PriceTable
from marketsync.marketplaces.base import Channel, Offer, PictureRules, PriceRules

__all__ = ["Connection", "Lane", "offer_of"]

Connection = psycopg.Connection[dict[str, Any]]


def offer_of(row: dict[str, Any]) -> Offer:
    """The offer that a query's row describes."""
    return Offer(row["offer_id"], row["article"], row["external_id"], row["sku"])


@dataclass(frozen=True, slots=True)
class Lane:
    """One channel of one account."""

    database: Database
    clock: Clock
    account: Account
    channel: Channel
    prices: PriceMapping
    price_rules: PriceRules
    picture_rules: PictureRules
    version: Callable[[], str]
    price_table: Callable[[Connection], PriceTable] = lambda _connection: NO_RULES

    @property
    def mapping_version(self) -> str:
        """The version of mapping and dictionaries; loads them, so that only who renders fails on a bad mapping."""
        return self.version()

    @property
    def key(self) -> dict[str, Any]:
        """The parameters that every query of a channel takes."""
        return {"account": self.account.id, "channel": self.channel.name}

    @property
    def apart(self) -> dict[str, Any]:
        """The channels that must not call about an offer at the same time, as query parameters."""
        return {
            "apart_from": list(self.channel.apart_from),
            "settles_within": self.channel.settles_within.total_seconds(),
        }

    @property
    def turn(self) -> str:
        """Whose claims take turns: the channel's, or those of all that must stay apart."""
        return "articles" if self.channel.apart_from else self.channel.name

    @property
    def approving(self) -> bool:
        """Whether every change of the account waits for a person."""
        return self.account.mode is Mode.APPROVE

    @property
    def item_limits(self) -> dict[str, list[Any]]:
        """The channel's limits per item, as query parameters."""
        return {
            "limit_counts": [limit.count for limit in self.channel.item_limits],
            "limit_seconds": [limit.per.total_seconds() for limit in self.channel.item_limits],
        }
