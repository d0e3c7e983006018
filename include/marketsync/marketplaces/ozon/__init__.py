"""Ozon, by its Seller API."""

from __future__ import annotations

from collections.abc import Sequence

from marketsync.http.client import ApiClient
from marketsync.marketplaces.base import Channel, Marketplace
from marketsync.marketplaces.ozon import dictionaries, transforms
from marketsync.marketplaces.ozon.channel_card import CardChannel
from marketsync.marketplaces.ozon.channel_price import PriceChannel
from marketsync.marketplaces.ozon.channel_stock import StockChannel
from marketsync.marketplaces.ozon.client import check, connect
from marketsync.marketplaces.ozon.limits import PRICE_RULES
from marketsync.marketplaces.ozon.renderer import renderer

__all__ = ["OZON"]


def _channels(client: ApiClient) -> Sequence[Channel]:
    return CardChannel(client), PriceChannel(client), StockChannel(client)


OZON = Marketplace(
    name="ozon",
    title="Ozon",
    connect=connect,
    channels=_channels,
    renderer=renderer,
    categories=dictionaries.categories,
    attributes=dictionaries.attributes,
    values=dictionaries.values,
    warehouses=dictionaries.warehouses,
    check=check,
    transforms=transforms,
    price_rules=PRICE_RULES,
)
