"""Ozon, by its Seller API."""

from __future__ import annotations

from marketsync.marketplaces.base import Marketplace
from marketsync.marketplaces.ozon import dictionaries, transforms
from marketsync.marketplaces.ozon.channel_archive import ArchiveChannel
from marketsync.marketplaces.ozon.channel_card import CardChannel
from marketsync.marketplaces.ozon.channel_picture import PictureChannel
from marketsync.marketplaces.ozon.channel_price import PriceChannel
from marketsync.marketplaces.ozon.channel_promotion import OzonPromotionChannel
from marketsync.marketplaces.ozon.channel_rename import RenameChannel
from marketsync.marketplaces.ozon.channel_stock import StockChannel
from marketsync.marketplaces.ozon.client import check, connect
from marketsync.marketplaces.ozon.fulfilment import OzonFulfilment
from marketsync.marketplaces.ozon.limits import PICTURE_RULES, PRICE_RULES
from marketsync.marketplaces.ozon.orders import OzonDesk
from marketsync.marketplaces.ozon.renderer import renderer

__all__ = ["OZON"]


OZON = Marketplace(
    name="ozon",
    title="Ozon",
    connect=connect,
    channels=(
        RenameChannel,
        CardChannel,
        ArchiveChannel,
        PictureChannel,
        OzonPromotionChannel,
        PriceChannel,
        StockChannel,
    ),
    renderer=renderer,
    categories=dictionaries.categories,
    attributes=dictionaries.attributes,
    values=dictionaries.values,
    warehouses=dictionaries.warehouses,
    check=check,
    transforms=transforms,
    price_rules=PRICE_RULES,
    picture_rules=PICTURE_RULES,
    orders=OzonDesk,
    fulfilment=OzonFulfilment,
)
