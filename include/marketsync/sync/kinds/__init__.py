"""One module per kind of channel; a new kind is a new module and a line here."""

from __future__ import annotations

from collections.abc import Mapping

from marketsync.marketplaces.base import Kind
from marketsync.sync.kinds.article import ArticleKind
from marketsync.sync.kinds.base import ChannelKind, Documents, ItemBuilder, Reader, Row, Seen
from marketsync.sync.kinds.document import DocumentKind
from marketsync.sync.kinds.gallery import GalleryKind
from marketsync.sync.kinds.price import PriceKind
from marketsync.sync.kinds.promotion import PromotionKind
from marketsync.sync.kinds.shelf import ShelfKind
from marketsync.sync.kinds.stock import StockKind
from marketsync.sync.lane import Lane

__all__ = ["KINDS", "ChannelKind", "Documents", "ItemBuilder", "Reader", "Row", "Seen", "kind_of"]

KINDS: Mapping[Kind, ChannelKind] = {
    Kind.DOCUMENT: DocumentKind(),
    Kind.GALLERY: GalleryKind(),
    Kind.PRICE: PriceKind(),
    Kind.STOCK: StockKind(),
    Kind.ARTICLE: ArticleKind(),
    Kind.SHELF: ShelfKind(),
    Kind.PROMOTION: PromotionKind(),
}


def kind_of(lane: Lane) -> ChannelKind:
    """The rules of a lane's channel."""
    return KINDS[lane.channel.kind]
