"""A reading of the shop as the parts of a delivery: goods, variants, prices, counts, in this order.

Prices and counts name goods by the portal's own numbers; 1C's id is found by the goods of the reading and by
what is remembered of all others.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import psycopg

from marketsync.db.connection import Row
from marketsync.files.delivery import Delivery
from marketsync.shop.bitrix import memory
from marketsync.shop.bitrix.delivery import Manifest, read_rows
from marketsync.shop.bitrix.identity import Identities
from marketsync.shop.bitrix.memory import GOOD_LISTS, Item, Memory
from marketsync.shop.bitrix.rows import Words, amount_of, good_record, guid_of, item_of, own_guid, quantity_of
from marketsync.shop.commerceml import Outline
from marketsync.shop.commerceml.records import (
    GoodRecord,
    GroupRecord,
    OfferRecord,
    PriceRecord,
    PriceTypeRecord,
    ProblemRecord,
    PropertyRecord,
    Record,
    ScopeRecord,
    StockRecord,
    WarehouseRecord,
)
from marketsync.shop.parts import Part

__all__ = ["ShopDelivery"]

_KINDS = {"L": "Справочник", "N": "Число"}
_EMPTY = Outline(frozenset(), (), (), 0, "")


class ShopDelivery:
    """One reading, about to be merged.

    Args:
        connection: of the merge: what is remembered moves with it.
    """

    def __init__(self, delivery: Delivery, manifest: Manifest, connection: psycopg.Connection[Row]) -> None:
        self._delivery = delivery
        self._manifest = manifest
        self._connection = connection
        self._memory: Memory = memory.load(connection, manifest.portal)
        sections = {str(row["id"]): row for _, row in read_rows(delivery, "sections")}
        self._groups = _groups(sections)
        self._sections = {
            key: own_guid("section", row) for key, row in sections.items()
        } or self._memory.sections
        self._enums = {
            str(row["id"]): str(row["value"]) for _, row in read_rows(delivery, "enums")
        } or self._memory.enums
        self._pictures = {
            (str(row["list"]), int(row["id"])): tuple(row["pictures"])
            for _, row in read_rows(delivery, "pictures")
        }
        self._words = Words(manifest, self._enums, self._sections)
        self._items: dict[tuple[str, int], Item] = {} if manifest.full else dict(self._memory.items)
        self._met: dict[tuple[str, int], Item] = {}
        self._identities = Identities({})

    def parts(self) -> list[Part]:
        """The parts in the order of reading; goods first, for the others are found through them."""
        self._meet()
        head = Outline(frozenset(), self._groups, self._definitions(), 0, "")
        found = [Part("catalog.product.list", head, self._goods)]
        found.append(Part("catalog.product.offer.list", _EMPTY, self._variants))
        found.append(Part("catalog.price.list", _EMPTY, self._prices))
        if any(file.name.startswith("stocks.") for file in self._delivery.files) or self._manifest.full:
            found.append(Part("catalog.storeproduct.list", _EMPTY, self._stocks))
        return found

    def remember(self, exchange_id: int) -> None:
        """The next reading begins where this one ended. In the transaction of the merge."""
        manifest = self._manifest
        memory.save(
            self._connection,
            manifest.portal,
            {
                "goods_since": manifest.goods_since,
                "prices_since": manifest.prices_since,
                "stock_hash": manifest.stock_hash,
                "changes_hash": manifest.changes_hash,
                "full_at": datetime.fromisoformat(manifest.began) if manifest.full else None,
                "properties": {key: str(row.get("name")) for key, row in manifest.properties.items()},
                "sections": dict(self._sections),
                "enums": dict(self._enums),
                "exchange_id": exchange_id,
            },
            list(self._met.values()),
            full=manifest.full,
        )

    # ------------------------------------------------------------ which good is which

    def _meet(self) -> None:
        for name in (*GOOD_LISTS, "offers"):
            for _, row in read_rows(self._delivery, name):
                item = int(row["id"])
                known = self._items.get((name, item))
                pictures = self._pictures.get((name, item), known.pictures if known else None)
                self._met[name, item] = item_of(name, row, pictures)
        self._items |= self._met
        self._identities = Identities(self._items)

    # ------------------------------------------------------------ records

    def _goods(self, _: object) -> Iterator[Record]:
        manifest = self._manifest
        if manifest.full:
            yield ScopeRecord(frozenset({"goods", "variants", "prices", "stocks"}), full=True)
        else:
            yield ScopeRecord(frozenset({"goods"}), full=False)
        yield from self._gone_properties()
        told: set[int] = set()
        for name in GOOD_LISTS:
            for _place, row in read_rows(self._delivery, name):
                item = int(row["id"])
                if item in told:
                    continue
                told.add(item)
                guid = self._named("good", row)
                if guid is not None:
                    yield good_record(row, guid, self._shown_pictures(name, item), self._words)
                yield from self._words.taken()

    def _variants(self, _: object) -> Iterator[Record]:
        for _place, row in read_rows(self._delivery, "offers"):
            item = int(row["id"])
            guid = self._named("offer", row)
            if guid is not None:
                content = None
                if "#" in guid:
                    content = good_record(row, guid, self._shown_pictures("offers", item), self._words)
                yield _offer(item, guid, content=content)
            yield from self._words.taken()

    def _named(self, entity: str, row: Mapping[str, Any]) -> str | None:
        """1C's id of a row that is taken; a row that is not is told."""
        item = int(row["id"])
        guid = guid_of(row)
        if guid is None:
            self._words.tell(item, entity, "shop_no_guid", None, "xmlId", row.get("name"))
            return None
        if entity == "offer" and not self._identities.fits(self._met["offers", item]):
            self._words.tell(item, entity, "shop_variant_guid", guid, "xmlId", guid)
            return None
        first = self._identities.first(entity, guid)
        if first != item:
            self._words.tell(item, entity, "shop_duplicate_guid", guid, "xmlId", first)
            return None
        return guid

    def _prices(self, _: object) -> Iterator[Record]:
        manifest, words = self._manifest, self._words
        types = {key: own_guid("price", row) for key, row in manifest.price_types.items()}
        for key, row in manifest.price_types.items():
            yield PriceTypeRecord(
                0, types[key], str(row.get("name") or types[key]), None, whole=manifest.full
            )
        found: dict[str, dict[str, tuple[int, PriceRecord]]] = defaultdict(dict)
        ids: dict[str, int] = {}
        for _place, row in read_rows(self._delivery, "prices"):
            guid = self._identities.guids.get(int(row["productId"]))
            if guid is None:
                continue
            group = str(row.get("catalogGroupId"))
            if group not in types:
                words.tell_once(int(row["id"]), "price", "shop_price_type", "catalogGroupId", group)
                continue
            least = int(row.get("quantityFrom") or 0)
            known = found[guid].get(group)
            if known is None or least <= known[0]:
                found[guid][group] = (least, amount_of(row, guid, types[group], words))
            ids[guid] = int(row["productId"])
        yield from words.taken()
        for guid, prices in found.items():
            yield _offer(ids[guid], guid, prices=tuple(price for _least, price in prices.values()))

    def _stocks(self, _: object) -> Iterator[Record]:
        manifest, words = self._manifest, self._words
        yield ScopeRecord(frozenset({"stocks"}), full=True)
        active = {key: row for key, row in manifest.stores.items() if row.get("active") != "N"}
        stores = {key: own_guid("store", row) for key, row in active.items()}
        for key, row in active.items():
            yield WarehouseRecord(0, stores[key], str(row.get("title") or stores[key]))
        found: dict[str, list[StockRecord]] = defaultdict(list)
        ids: dict[str, int] = {}
        for _place, row in read_rows(self._delivery, "stocks"):
            guid = self._identities.guids.get(int(row["productId"]))
            store = stores.get(str(row.get("storeId")))
            if guid is None or store is None:
                continue
            count = quantity_of(row, guid, store, words)
            if count is not None:
                found[guid].append(count)
                ids[guid] = int(row["productId"])
        yield from words.taken()
        for guid, counts in found.items():
            yield _offer(ids[guid], guid, stocks=tuple(counts))

    def _shown_pictures(self, name: str, item: int) -> tuple[str, ...]:
        return tuple(address.lstrip("/") for address in self._items[name, item].pictures or ())

    # ------------------------------------------------------------ properties and sections

    def _definitions(self) -> tuple[PropertyRecord, ...]:
        return tuple(
            PropertyRecord(
                0,
                own_guid("property", row),
                str(row.get("name")),
                _KINDS.get(str(row.get("propertyType")), "Строка"),
                {},
            )
            for row in self._manifest.properties.values()
        )

    def _gone_properties(self) -> Iterator[ProblemRecord]:
        """A property that goods had and that the site has no more: a mark may have gone with it."""
        names = {str(row.get("name")) for row in self._manifest.properties.values()}
        for key, name in sorted(self._memory.properties.items()):
            if key not in self._manifest.properties and name not in names:
                yield ProblemRecord(int(key), "good", "shop_property_gone", None, name, name)


def _groups(sections: Mapping[str, Mapping[str, Any]]) -> tuple[GroupRecord, ...]:
    return tuple(
        GroupRecord(
            int(row["id"]),
            own_guid("section", row),
            own_guid("section", parent)
            if (parent := sections.get(str(row.get("iblockSectionId"))))
            else None,
            str(row.get("name") or row["id"]),
        )
        for row in sections.values()
    )


def _offer(
    line: int,
    guid: str,
    *,
    content: GoodRecord | None = None,
    prices: tuple[PriceRecord, ...] | None = None,
    stocks: tuple[StockRecord, ...] | None = None,
) -> OfferRecord:
    return OfferRecord(line, guid, guid.partition("#")[0], content, prices, stocks, stocks_whole=True)
