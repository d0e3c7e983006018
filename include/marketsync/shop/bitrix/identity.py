"""Which element of the portal is which good of 1C.

Where two elements have the same 1C id, the older one counts (the lower number): the other is a copy that somebody
made in the site's admin pages, and 1C goes on writing to the first.
"""

from __future__ import annotations

from collections.abc import Mapping

from marketsync.shop.bitrix.memory import GOOD_LISTS, Item

__all__ = ["Identities"]


class Identities:
    """Goods and variants by 1C's id.

    Args:
        items: everything that is known of the portal, by list and id.

    Attributes:
        guids: element -> 1C's id, of those that are taken. A good that has an offer of its own (of the same 1C
            id) gives its place to it: prices and counts hang on the offer.
    """

    def __init__(self, items: Mapping[tuple[str, int], Item]) -> None:
        self._items = items
        goods: dict[str, int] = {}
        variants: dict[str, int] = {}
        for (name, item), known in sorted(items.items(), key=lambda pair: pair[0][1]):
            if not known.xml_id:
                continue
            if name in GOOD_LISTS:
                goods.setdefault(known.xml_id, item)
            elif self.fits(known):
                variants.setdefault(known.xml_id, item)
        self._first = {"good": goods, "offer": variants}
        self.guids: dict[int, str] = {item: guid for guid, item in goods.items() if guid not in variants}
        self.guids |= {item: guid for guid, item in variants.items()}

    def first(self, entity: str, guid: str) -> int | None:
        """The element that counts for a 1C id: of a 'good', or of an 'offer'."""
        return self._first[entity].get(guid)

    def fits(self, variant: Item) -> bool:
        """A variant of 1C is good#characteristic; one with the good's own id is the good's own offer."""
        xml_id = variant.xml_id or ""
        parent = self.parent(variant)
        return "#" in xml_id or (parent is not None and parent.xml_id == xml_id)

    def parent(self, variant: Item) -> Item | None:
        """The good of a variant."""
        if variant.parent is None:
            return None
        found = (self._items.get((name, variant.parent)) for name in GOOD_LISTS)
        return next((good for good in found if good is not None), None)
