"""The site as the third side of a comparison: what price and what counts it has of each good of 1C.

It is read whole, and replaces the last reading in one transaction: a reading that broke off leaves the former one.
Nothing here changes goods, prices or counts of the store.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from psycopg.types.json import Jsonb

from marketsync.clock import Clock
from marketsync.db.connection import Database
from marketsync.db.queries import sql
from marketsync.errors import BadInput, MarketsyncError, Place
from marketsync.shop.bitrix.client import Bitrix
from marketsync.shop.bitrix.identity import Identities
from marketsync.shop.bitrix.lists import Listing, ListReader, Row
from marketsync.shop.bitrix.memory import Item
from marketsync.shop.bitrix.portal import catalog_of
from marketsync.shop.bitrix.reader import LISTS_OF
from marketsync.shop.bitrix.rows import decimal_of, item_of, own_guid

__all__ = ["SiteSettings", "last_reading", "note_failure", "read_site"]

_PORTION = 5000


@dataclass(frozen=True, slots=True)
class SiteSettings:
    """How the site is compared; fields as in accounts.yaml."""

    connection: str
    catalog: int | None
    price_type: str | None
    store_price_type: str | None
    lag: timedelta


class _Site:
    """What was read, as it is put together."""

    def __init__(self) -> None:
        self.tables: dict[str, list[Row]] = {"catalogs": [], "types": [], "stores": []}
        self.items: dict[tuple[str, int], Item] = {}
        self.shown: dict[tuple[str, int], tuple[str, bool]] = {}  # name, active
        self.prices: dict[
            int, tuple[int, Decimal, str | None]
        ] = {}  # element -> least quantity, amount, currency
        self.counts: dict[tuple[int, str], Decimal] = defaultdict(Decimal)  # element, store's id there
        self.calls = 0

    def take(self, name: str, rows: Sequence[Row]) -> None:
        """A page of a list."""
        if name in self.tables:
            self.tables[name] += rows
        elif name in LISTS_OF:
            for row in rows:
                item = item_of(name, row)
                self.items[name, item.item_id] = item
                self.shown[name, item.item_id] = (str(row.get("name") or ""), row.get("active") != "N")
        elif name == "prices":
            for row in rows:
                self._price(row)
        else:
            for row in rows:
                count = decimal_of(row.get("amount"))
                if count is not None:
                    self.counts[int(row["productId"]), str(row["storeId"])] += count

    def _price(self, row: Row) -> None:
        amount, least = decimal_of(row.get("price")), int(row.get("quantityFrom") or 0)
        known = self.prices.get(int(row["productId"]))
        if amount is not None and (known is None or least <= known[0]):
            self.prices[int(row["productId"])] = (least, amount, row.get("currency"))


def read_site(database: Database, clock: Clock, client: Bitrix, settings: SiteSettings) -> dict[str, int]:
    """Read the site and put it in place of what was read before.

    Returns:
        how many goods, prices and counts it has, and the calls that it took.

    Raises:
        MarketsyncError: as the portal answered; the former reading stays.
    """
    began = clock.now()
    lists, site = ListReader(client), _Site()
    lists.read(
        [
            Listing("catalogs", "catalog.catalog.list", "catalogs", ("id", "iblockId", "name", "productIblockId")),
            Listing("types", "catalog.priceType.list", "priceTypes", ("id", "name", "xmlId", "base")),
            Listing("stores", "catalog.store.list", "stores", ("id", "title", "xmlId", "active")),
        ],
        site.take,
    )  # fmt: skip
    catalog = catalog_of(site.tables["catalogs"], settings.catalog, settings.connection)
    price_type = _price_type(site.tables["types"], settings)
    names = [name for name in LISTS_OF if name != "offers" or catalog.offers is not None]
    lists.read(
        [
            *(
                Listing(
                    name,
                    *LISTS_OF[name],
                    (
                        "id",
                        "iblockId",
                        "xmlId",
                        "name",
                        "active",
                        *(("parentId",) if name == "offers" else ()),
                    ),
                    {"iblockId": catalog.offers if name == "offers" else catalog.goods},
                )
                for name in names
            ),
            Listing(
                "prices",
                "catalog.price.list",
                "prices",
                ("id", "productId", "price", "currency", "quantityFrom"),
                {"catalogGroupId": price_type["id"]},
            ),
            Listing(
                "stocks",
                "catalog.storeproduct.list",
                "storeProducts",
                ("id", "productId", "storeId", "amount"),
            ),
        ],
        site.take,
    )
    site.calls = lists.calls
    return _replace(database, clock, client.portal, settings, price_type, site, began)


def note_failure(
    database: Database,
    clock: Clock,
    portal: str,
    settings: SiteSettings,
    began: datetime,
    error: MarketsyncError,
) -> None:
    """Write down that the site could not be read: the workbook says so, and shows the former reading."""
    with database.transaction() as connection:
        connection.execute(
            sql("site/note_reading"),
            _reading(portal, settings, None, began, clock.now(), {}, str(error)),
        )


def last_reading(database: Database) -> datetime | None:
    """When the last reading that succeeded began."""
    with database.transaction() as connection:
        row = connection.execute(sql("site/last_reading")).fetchone()
    began: datetime | None = row["began_at"] if row else None
    return began


def _price_type(types: Sequence[Row], settings: SiteSettings) -> Row:
    wanted = settings.price_type
    for row in types:
        names = (row.get("name"), row.get("xmlId"), str(row["id"]))
        if (row.get("base") == "Y") if wanted is None else (wanted in names):
            return row
    known = ", ".join(str(row.get("name")) for row in types) or "нет ни одного"
    missing = "базового вида цен" if wanted is None else f"вида цен «{wanted}»"
    raise BadInput(
        f"на сайте нет {missing}; есть: {known}",
        place=Place(account=settings.connection, field="price_type"),
        hint="Укажите его в accounts.yaml: site.price_type",
    )


def _replace(
    database: Database,
    clock: Clock,
    portal: str,
    settings: SiteSettings,
    price_type: Row,
    site: _Site,
    began: datetime,
) -> dict[str, int]:
    identities = Identities(site.items)
    stores = {
        str(row["id"]): own_guid("store", row) for row in site.tables["stores"] if row.get("active") != "N"
    }
    goods = []
    for (name, element), item in site.items.items():
        guid = identities.guids.get(element)
        if guid is None or (name == "heads" and ("products", element) in site.items):
            continue
        title, active = site.shown[name, element]
        parent = identities.parent(item)
        if parent is not None:
            active = active and site.shown[parent.list, parent.item_id][1]
        goods.append({"xml_id": guid, "site_id": element, "name": title, "active": active})
    prices = [
        {"xml_id": guid, "amount": str(amount), "currency": currency}
        for element, (_, amount, currency) in site.prices.items()
        if (guid := identities.guids.get(element)) is not None
    ]
    counts = [
        {"xml_id": guid, "warehouse": stores[store], "quantity": str(quantity)}
        for (element, store), quantity in site.counts.items()
        if store in stores and (guid := identities.guids.get(element)) is not None
    ]
    told = {"goods": len(goods), "prices": len(prices), "counts": len(counts), "calls": site.calls}
    with database.transaction() as connection:
        connection.execute(sql("site/forget_goods"))
        for query, rows in (("goods", goods), ("prices", prices), ("counts", counts)):
            for start in range(0, len(rows), _PORTION):
                connection.execute(sql(f"site/add_{query}"), {"rows": Jsonb(rows[start : start + _PORTION])})
        connection.execute(
            sql("site/note_reading"),
            _reading(portal, settings, price_type, began, clock.now(), told, None),
        )
    return told


def _reading(
    portal: str,
    settings: SiteSettings,
    price_type: Row | None,
    began: datetime,
    finished: datetime,
    counts: Mapping[str, int],
    error: str | None,
) -> dict[str, Any]:
    return {
        "portal": portal,
        "state": "failed" if error else "done",
        "began": began,
        "finished": finished,
        "lag": settings.lag,
        "price_type": own_guid("price", price_type) if price_type else None,
        "price_type_name": price_type.get("name") if price_type else None,
        "store_price_type": settings.store_price_type,
        "counts": Jsonb(dict(counts)),
        "error": error,
    }
