"""When an item of a task is worked on: at its moment, once its pictures are loaded, and in the order of the
offer's other items.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial

from sandbox.ozon.galleries import Gallery, Loaded, settle
from sandbox.ozon.state import Cabinet, Picture, Product
from sandbox.ozon.system import OzonSystem
from sandbox.ozon.validation import Json

Work = Callable[[Gallery, Loaded, float], None]
"""What to do with the item's gallery and with what its links led to, at a moment."""


def queue(
    system: OzonSystem, cabinet: Cabinet, item: Json, shortest: float, longest: float, work: Work
) -> None:
    """Let an item be worked on after its time; its fields offer_id, primary_image, images and color_image are read.

    Nothing is waited for here: pictures are loaded beside all other calls.
    """
    offer_id: str = item["offer_id"]
    due = system.clock.monotonic() + system.delay(system.random.uniform(shortest, max(shortest, longest)))
    due = max(due, cabinet.last_import_due.get(offer_id, 0.0))
    cabinet.last_import_due[offer_id] = due
    primary, color = system.sent_image(item["primary_image"]), system.sent_image(item["color_image"])
    images = [system.sent_image(url) for url in item["images"]]
    links = list(dict.fromkeys(url for url in (primary, *images, color) if url))
    product = cabinet.by_offer.get(offer_id)
    loaded = system.pictures.at_hand(links, shown_links(product))
    missing = [url for url in links if url not in loaded]
    earlier = cabinet.loading.get(offer_id)

    def happen(found: Loaded, moment: float) -> None:
        everything = {**loaded, **found}
        work(settle(primary, images, color, everything), everything, moment)

    if not missing and earlier is None:
        cabinet.at(due, partial(happen, {}))
        return

    async def later() -> None:
        found = await system.pictures.load(missing)
        if earlier is not None:
            await asyncio.wait([earlier])
        cabinet.at(max(due, system.clock.monotonic()), partial(happen, found))
        if cabinet.loading.get(offer_id) is task:
            del cabinet.loading[offer_id]

    task = asyncio.get_running_loop().create_task(later())
    cabinet.loading[offer_id] = task


def shown_links(product: Product | None) -> tuple[str, ...]:
    """The links of the pictures that a product has."""
    if product is None:
        return ()
    card = product.card.actual
    return (*card.images, card.color_image)


def keep_pictures(product: Product, gallery: Gallery, loaded: Loaded) -> None:
    """Remember what was loaded for the links that the product shows now."""
    known = {url: found for url, found in loaded.items() if isinstance(found, Picture) and found.sha256}
    before = product.pictures
    product.pictures = {
        url: known.get(url) or before[url]
        for url in (*gallery.images, gallery.color)
        if url in known or url in before
    }
