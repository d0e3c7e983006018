"""The sandbox's Ozon as one object: its cabinets, its knobs, and the writes that every method shares."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from datetime import timedelta
from itertools import count
from random import Random

from sandbox.call_log import CallLog
from sandbox.clock import Clock
from sandbox.knobs import GeneralKnobs
from sandbox.ozon.catalog import catalog
from sandbox.ozon.category_data import MODEL_NAME_ATTRIBUTE_ID
from sandbox.ozon.galleries import PictureLoader
from sandbox.ozon.knobs import OzonKnobs
from sandbox.ozon.orders.knobs import OrderKnobs
from sandbox.ozon.orders.state import LabelTask
from sandbox.ozon.state import Archive, Cabinet, Card, Lagged, Prices, Product, Status, StockCell

# Ozon: a new key lives three months.
KEY_LIFETIME = timedelta(days=90)

FIRST_PRODUCT_ID = 3_400_000_001
FIRST_SKU = 2_600_000_001
_FIRST_TASK_ID = 1_900_000_001
_FIRST_MODEL_ID = 400_000_001
_FIRST_ACTION_ID = 1_700_001
_FIRST_ORDER_ID = 34_953_320_001
_FIRST_CARRIAGE_ID = 22_435_521_842_001
_FIRST_RETURN_ID = 1_000_015_552
_FIRST_EXEMPLAR_ID = 1_019_562_967_000_001


class OzonSystem:
    """All cabinets. `believes` tells, without loading it, whether a picture's link leads to one."""

    def __init__(
        self,
        clock: Clock,
        random: Random,
        general: GeneralKnobs,
        calls: CallLog,
        believes: Callable[[str], bool],
    ) -> None:
        self.clock = clock
        self.random = random
        self.general = general
        self.calls = calls
        self.knobs = OzonKnobs()
        self.order_knobs = OrderKnobs()
        self.catalog = catalog()
        self.pictures = PictureLoader(self.knobs, believes)
        self.cabinets: dict[str, Cabinet] = {}
        self.task_ids = count(_FIRST_TASK_ID)
        self.action_ids = count(_FIRST_ACTION_ID)
        self.order_ids = count(_FIRST_ORDER_ID)
        self.exemplar_ids = count(_FIRST_EXEMPLAR_ID)
        self.carriage_ids = count(_FIRST_CARRIAGE_ID)
        self.return_ids = count(_FIRST_RETURN_ID)
        self.label_files: dict[str, LabelTask] = {}
        self.base_url = ""
        """The sandbox's own address, as the last caller wrote it: links in answers begin with it."""
        self.awake = asyncio.Event()
        """Set when a push waits to be sent."""
        self._product_ids = count(FIRST_PRODUCT_ID)
        self._skus = count(FIRST_SKU)
        self._model_ids = count(_FIRST_MODEL_ID)
        self._cdn_sources: dict[str, str] = {}

    def cabinet(self, client_id: str) -> Cabinet:
        """The cabinet of a Client-Id, opened on first use."""
        cabinet = self.cabinets.get(client_id)
        if cabinet is None:
            cabinet = Cabinet(client_id, self.clock.utcnow() + KEY_LIFETIME)
            self.cabinets[client_id] = cabinet
        return cabinet

    def delay(self, seconds: float) -> float:
        """A delay or lag in real seconds."""
        return seconds * self.general.time_scale

    def window(self, seconds: float) -> float:
        """The length of a limit's window or interval in real seconds."""
        return seconds * self.general.limit_time_scale

    # --- writes that reads show later ---

    def show_later(self, cabinet: Cabinet, written: float, reveal: Callable[[], None]) -> None:
        """Let reads see a write after the read lag."""
        due = written + self.delay(self.knobs.read_lag_seconds)
        cabinet.at(due, lambda _: reveal())

    def write_card(self, cabinet: Cabinet, product: Product, card: Card, now: float) -> None:
        """Replace a product's card; barcodes and the count of the model follow."""
        self._release_card(cabinet, product)
        self._claim_card(cabinet, product, card)
        product.updated_at = self.clock.utcnow()
        self.show_later(cabinet, now, product.card.write(card))

    def write_prices(self, cabinet: Cabinet, product: Product, prices: Prices, now: float) -> None:
        product.updated_at = self.clock.utcnow()
        self.show_later(cabinet, now, product.prices.write(prices))

    def write_stock(
        self, cabinet: Cabinet, product: Product, warehouse_id: int, free: int, reserved: int, now: float
    ) -> None:
        cell = StockCell(free, reserved, self.clock.utcnow())
        lagged = product.stocks.get(warehouse_id)
        if lagged is None:
            lagged = product.stocks[warehouse_id] = Lagged(cell)
        self.show_later(cabinet, now, lagged.write(cell))

    def write_article(self, cabinet: Cabinet, product: Product, article: str, now: float) -> None:
        """Rename a product: the card stays, what addresses it changes at once. The article must be free."""
        del cabinet.by_offer[product.offer_id]
        cabinet.by_offer[article] = product
        product.offer_id = article
        product.updated_at = self.clock.utcnow()
        reveal = product.article.write(article)

        def show() -> None:
            before = product.offer_id_shown
            reveal()
            if cabinet.by_offer_shown.get(before) is product:
                del cabinet.by_offer_shown[before]
            cabinet.by_offer_shown[product.offer_id_shown] = product

        self.show_later(cabinet, now, show)

    def write_archive(self, cabinet: Cabinet, product: Product, archive: Archive, now: float) -> None:
        product.updated_at = self.clock.utcnow()
        self.show_later(cabinet, now, product.archive.write(archive))

    # --- creation ---

    def create(
        self,
        cabinet: Cabinet,
        offer_id: str,
        card: Card,
        prices: Prices,
        *,
        product_id: int = 0,
        sku: int = 0,
    ) -> Product:
        """A new product in the status `imported`, not shown to reads yet; ids of 0 are given out."""
        moment = self.clock.utcnow()
        product = Product(
            product_id=product_id or next(self._product_ids),
            sku=sku,
            offer_id=offer_id,
            created_at=moment,
            updated_at=moment,
            card=Lagged(card),
            prices=Lagged(prices),
            status=Status("imported", "", "pending", is_created=False, changed_at=moment),
        )
        cabinet.add(product)
        self._claim_card(cabinet, product, card)
        return product

    def create_by_import(
        self, cabinet: Cabinet, offer_id: str, card: Card, prices: Prices, now: float
    ) -> Product:
        """A new product that is shown, processed and ready for stock step by step, after the lags."""
        product = self.create(cabinet, offer_id, card, prices)
        self.show_later(cabinet, now, product.card.write(card))
        self.show_later(cabinet, now, product.prices.write(prices))
        lag = self.delay(self.knobs.price_sent_seconds)
        cabinet.at(now + lag / 2, lambda _: self.advance(cabinet, product, "processed"))
        cabinet.at(now + lag, lambda _: self.advance(cabinet, product, "price_sent"))
        return product

    def advance(self, cabinet: Cabinet, product: Product, status: str) -> None:
        """Move a product on to `processed` or `price_sent`; the first step brings its SKU."""
        if not product.sku:
            product.sku = next(self._skus)
            cabinet.by_sku[product.sku] = product
        product.status = Status(
            status, "approved", "success", is_created=True, changed_at=self.clock.utcnow()
        )

    def delete(self, cabinet: Cabinet, product: Product) -> None:
        """Forget a product with all that its card had taken."""
        self._release_card(cabinet, product)
        cabinet.remove(product)

    def _claim_card(self, cabinet: Cabinet, product: Product, card: Card) -> None:
        for barcode in card.barcodes:
            cabinet.barcode_owner[barcode] = product.product_id
        name = model_name(card)
        model_id, cards = cabinet.models.get(name, (0, 0))
        cabinet.models[name] = (model_id or next(self._model_ids), cards + 1)

    def _release_card(self, cabinet: Cabinet, product: Product) -> None:
        for barcode in product.card.actual.barcodes:
            cabinet.barcode_owner.pop(barcode, None)
        name = model_name(product.card.actual)
        model_id, cards = cabinet.models[name]
        cabinet.models[name] = (model_id, cards - 1)

    # --- pictures ---

    def shown_image(self, url: str) -> str:
        """The link that reads show for a picture that was sent as `url`."""
        if not url or self.knobs.image_urls == "as_sent":
            return url
        digest = hashlib.sha256(url.encode()).hexdigest()
        shown = f"https://cdn1.ozone.ru/s3/multimedia-1-{digest[0]}/{int(digest[1:10], 16)}.jpg"
        self._cdn_sources[shown] = url
        return shown

    def sent_image(self, url: str) -> str:
        """The link behind one of Ozon's own, so that sending back what was read changes nothing."""
        return self._cdn_sources.get(url, url)


def model_name(card: Card) -> str:
    """The value of attribute 9048, by which cards are merged; without one, the card's own name."""
    for attribute_id, _, values in card.attributes:
        if attribute_id == MODEL_NAME_ATTRIBUTE_ID and values:
            return values[0][1]
    return card.name
