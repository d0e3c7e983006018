"""One reading of the shop: everything, or what changed and all counts; handed over as a delivery, or nothing.

- Goods, variants and prices have dates there (timestampX). A reading of changes asks for rows from the latest date
  that was merged, less an overlap: rows are dated when they are written and seen when they are committed. The
  date is the portal's own, never later than its clock at the beginning of the reading.
- Counts have none: they are read whole, and left out of the delivery where they are what was merged last.
- What was deleted has no date either. How many goods there are is asked each time: where that is not what is known
  with what changed, everything is read at once. A deleted price is found by the daily whole reading.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import structlog

from marketsync.clock import Clock
from marketsync.db.connection import Database
from marketsync.errors import Place, Retriable
from marketsync.files import Files
from marketsync.shop.bitrix import memory
from marketsync.shop.bitrix.client import Bitrix
from marketsync.shop.bitrix.delivery import Manifest, RowFiles
from marketsync.shop.bitrix.lists import Listing, ListReader
from marketsync.shop.bitrix.lists import Row as Record
from marketsync.shop.bitrix.portal import Catalog, catalog_of
from marketsync.shop.exchanges import register_folder
from marketsync.shop.handover import new_place

__all__ = ["OVERLAP", "Reading", "ShopSettings", "read_shop"]

_log = structlog.get_logger(__name__)

OVERLAP = timedelta(minutes=10)
"""How long before the latest merged date a reading of changes begins: the longest that a write may take."""

_UNREAD_TYPES = frozenset({"F", "E", "G"})  # files, links to elements and sections: not a text of the good
_PICTURE_LISTS = ("products", "heads", "offers")
_IDS_AT_ONCE = 50  # of one filter

_ELEMENT = (
    "id", "iblockId", "xmlId", "name", "active", "timestampX", "iblockSectionId", "detailText", "detailTextType",
    "previewText", "previewTextType", "measure", "vatId", "weight", "width", "length", "height",
)  # fmt: skip
_PRICE = ("id", "productId", "catalogGroupId", "price", "currency", "quantityFrom", "timestampX")

LISTS_OF = {
    "products": ("catalog.product.list", "products"),
    "heads": ("catalog.product.sku.list", "units"),
    "offers": ("catalog.product.offer.list", "offers"),
}


@dataclass(frozen=True, slots=True)
class ShopSettings:
    """How the shop is read.

    Attributes:
        connection: the id of its connection, for errors.
        catalog: the goods' iblock; None where there is but one.
        pictures: whether the goods' pictures are read: one command a good whose date moved.
        full_every: how often everything is read.
    """

    connection: str
    catalog: int | None = None
    pictures: bool = True
    full_every: timedelta = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Reading:
    """What became of a reading.

    Attributes:
        exchange_id: the delivery that waits now; None where nothing had changed.
        calls: batches that it took.
        rows: read, by list.
    """

    exchange_id: int | None
    full: bool
    calls: int
    rows: Mapping[str, int]


def read_shop(
    database: Database,
    clock: Clock,
    files: Files,
    client: Bitrix,
    settings: ShopSettings,
    *,
    full: bool = False,
) -> Reading:
    """Read the shop and put what was read in line for the import; nothing is merged here.

    Args:
        full: read everything, whatever is remembered.

    Raises:
        Retriable: passing trouble; nothing was delivered.
        Fatal: the webhook is refused, or lacks a right.
        BadInput: the catalog's number in the settings is not there.
    """
    return _ShopReading(database, clock, files, client, settings).run(full=full)


class _ShopReading:
    def __init__(
        self, database: Database, clock: Clock, files: Files, client: Bitrix, settings: ShopSettings
    ) -> None:
        self._database = database
        self._clock = clock
        self._files = files
        self._client = client
        self._settings = settings
        self._lists = ListReader(client)
        self._tables: dict[str, dict[str, Record]] = {}

    def run(self, *, full: bool) -> Reading:
        catalog = self._read_tables()
        portal = f"{self._client.portal}#{catalog.goods}"
        began = self._began()
        with self._database.transaction() as connection:
            known = memory.load(connection, portal)
        if not full and known.full_at is not None and began - known.full_at < self._settings.full_every:
            reading = _Pass(self, catalog, portal, known, full=False)
            with reading.rows_in_files():
                if not reading.something_is_gone():
                    return reading.hand_over(began)
            _log.info("goods were deleted on the site: everything is read", portal=portal)
        reading = _Pass(self, catalog, portal, known, full=True)
        with reading.rows_in_files():
            return reading.hand_over(began)

    def _read_tables(self) -> Catalog:
        """Small tables that every reading needs."""
        wanted = [
            Listing("catalogs", "catalog.catalog.list", "catalogs", ("id", "iblockId", "name", "productIblockId")),
            Listing("types", "catalog.priceType.list", "priceTypes", ("id", "name", "xmlId", "base")),
            Listing("stores", "catalog.store.list", "stores", ("id", "title", "xmlId", "active")),
            Listing("measures", "catalog.measure.list", "measures", ("id", "code", "measureTitle", "symbol")),
            Listing("vats", "catalog.vat.list", "vats", ("id", "name", "rate")),
            Listing(
                "properties",
                "catalog.productProperty.list",
                "productProperties",
                ("id", "iblockId", "name", "code", "propertyType", "userType", "multiple", "xmlId", "active"),
            ),
        ]  # fmt: skip
        for listing in wanted:
            self._tables[listing.name] = {}

        def take(name: str, rows: Sequence[Record]) -> None:
            self._tables[name].update((str(row["id"]), row) for row in rows)

        self._lists.read(wanted, take)
        return catalog_of(
            list(self._tables["catalogs"].values()), self._settings.catalog, self._settings.connection
        )

    def _began(self) -> datetime:
        try:
            began = datetime.fromisoformat(self._lists.portal_time)
        except ValueError:
            began = datetime.min  # noqa: DTZ901 - only asked for its zone
        if began.tzinfo is None:
            raise Retriable(
                f"The portal does not tell its time: {self._lists.portal_time!r}",
                place=Place(account=self._settings.connection),
            )
        return began


class _Pass:
    """One way through the lists, with the files that its rows go to."""

    def __init__(
        self, reading: _ShopReading, catalog: Catalog, portal: str, known: memory.Memory, *, full: bool
    ) -> None:
        self._reading = reading
        self._catalog = catalog
        self._portal = portal
        self._known = known
        self._full = full
        self._totals: dict[str, int] = {}
        self._met: dict[str, dict[int, Record]] = {name: {} for name in LISTS_OF}
        self._latest: dict[str, datetime] = {}
        self._stock_hash = hashlib.sha256()
        self._changes_hash = hashlib.sha256()
        self._folder = tempfile.TemporaryDirectory(prefix="marketsync-")
        self._rows = RowFiles(Path(self._folder.name))

    def rows_in_files(self) -> _Pass:
        return self

    def __enter__(self) -> _Pass:
        try:
            self._read()
        except BaseException:
            self._clean()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._clean()

    def _clean(self) -> None:
        self._rows.close()
        self._folder.cleanup()

    # ------------------------------------------------------------ reading

    def _read(self) -> None:
        stores = {key: dict(row) for key, row in self._reading._tables["stores"].items()}
        self._stock_hash.update(json.dumps(stores, sort_keys=True, default=str).encode())
        lists = [*self._element_lists(), self._price_list(), _stock_list()]
        if self._full:
            lists += self._dictionary_lists()
        else:
            lists += [self._count_of(name) for name in self._names()]
        self._totals = self._reading._lists.read(lists, self._take)
        if self._full:
            self._read_pictures()
        elif any(self._met.values()):
            self._reading._lists.read(self._dictionary_lists(), self._take)
            self._read_prices_of_new()
            self._read_pictures()

    def _names(self) -> tuple[str, ...]:
        return ("products", "heads") if self._catalog.offers is None else tuple(LISTS_OF)

    def _element_lists(self) -> list[Listing]:
        since = self._dated(self._known.goods_since)
        return [
            Listing(name, *LISTS_OF[name], self._selected(name), {"iblockId": self._iblock(name), **since})
            for name in self._names()
        ]

    def _count_of(self, name: str) -> Listing:
        return Listing(
            f"{name}Count",
            *LISTS_OF[name],
            ("id", "iblockId"),
            {"iblockId": self._iblock(name)},
            count_only=True,
        )

    def _price_list(self) -> Listing:
        return Listing(
            "prices", "catalog.price.list", "prices", _PRICE, self._dated(self._known.prices_since)
        )

    def _dictionary_lists(self) -> list[Listing]:
        return [
            Listing(
                "sections",
                "catalog.section.list",
                "sections",
                ("id", "iblockId", "iblockSectionId", "name", "xmlId"),
                {"iblockId": self._catalog.goods},
            ),
            Listing(
                "enums",
                "catalog.productPropertyEnum.list",
                "productPropertyEnums",
                ("id", "propertyId", "value"),
            ),
        ]

    def _iblock(self, name: str) -> int:
        return self._catalog.offers or 0 if name == "offers" else self._catalog.goods

    def _selected(self, name: str) -> tuple[str, ...]:
        iblock = self._iblock(name)
        properties = tuple(
            f"property{row['id']}"
            for row in self._reading._tables["properties"].values()
            if int(row["iblockId"]) == iblock and row.get("propertyType") not in _UNREAD_TYPES
        )
        return (*_ELEMENT, *(("parentId",) if name == "offers" else ()), *properties)

    def _dated(self, since: str | None) -> dict[str, str]:
        """The filter of a reading of changes. In the portal's own zone: some portals pass an offset over."""
        if self._full or since is None:
            return {}
        zone = self._reading._began().tzinfo
        return {">=timestampX": (datetime.fromisoformat(since) - OVERLAP).astimezone(zone).isoformat()}

    def _take(self, name: str, rows: Sequence[Record]) -> None:
        self._rows.add(name, rows)
        if name == "stocks":
            for row in rows:
                self._stock_hash.update(f"{row['productId']} {row['storeId']} {row['amount']}\n".encode())
            return
        if name in LISTS_OF:
            self._met[name].update((int(row["id"]), row) for row in rows)
        if name in LISTS_OF or name == "prices":
            kind = "prices" if name == "prices" else "goods"
            for row in rows:
                self._changes_hash.update(json.dumps(row, sort_keys=True, ensure_ascii=False).encode())
                moment = _moment(row.get("timestampX"))
                if moment is not None and (kind not in self._latest or moment > self._latest[kind]):
                    self._latest[kind] = moment

    def _read_prices_of_new(self) -> None:
        """Prices of goods that were not known as 1C's until now: their dates may lie long back."""
        new = [
            item
            for name, rows in self._met.items()
            for item, row in rows.items()
            if (known := self._known.items.get((name, item))) is None or known.xml_id != row.get("xmlId")
        ]
        lists = [
            Listing(
                f"newPrices{start}x",
                "catalog.price.list",
                "prices",
                _PRICE,
                {"@productId": new[start : start + _IDS_AT_ONCE]},
            )
            for start in range(0, len(new), _IDS_AT_ONCE)
        ]
        self._reading._lists.read(lists, lambda _, rows: self._rows.add("prices", rows))

    def _read_pictures(self) -> None:
        """The pictures of goods whose date moved since they were last read."""
        if not self._reading._settings.pictures:
            return
        for name in _PICTURE_LISTS:
            waiting = []
            for item, row in self._met[name].items():
                known = self._known.items.get((name, item))
                if known is not None and known.stamp == str(row.get("timestampX")):
                    self._rows.add("pictures", [{"list": name, "id": item, "pictures": known.pictures}])
                else:
                    waiting.append(item)
            self._reading._lists.each(
                "catalog.productImage.list",
                "productImages",
                "productId",
                waiting,
                ("id", "productId", "type", "detailUrl"),
                lambda item, rows, name=name: self._rows.add(  # type: ignore[misc]
                    "pictures", [{"list": name, "id": int(item), "pictures": _addresses(rows)}]
                ),
            )

    # ------------------------------------------------------------ the end

    def something_is_gone(self) -> bool:
        """Whether the portal has other goods than those that are known and those that changed."""
        for name in self._names():
            known = {item for listed, item in self._known.items if listed == name}
            if self._totals[f"{name}Count"] != len(known | self._met[name].keys()):
                return True
        return False

    def hand_over(self, began: datetime) -> Reading:
        reading = self._reading
        counts = dict(self._rows.rows)
        changed = any(self._met.values()) or "prices" in counts
        changes_hash = None if self._full else self._changes_hash.hexdigest()
        same_changes = not changed or changes_hash == self._known.changes_hash
        same_stock = self._stock_hash.hexdigest() == self._known.stock_hash
        if not self._full and same_changes and same_stock:
            return Reading(None, full=False, calls=reading._lists.calls, rows=counts)
        if not self._full and same_stock and not any(self._met.values()):
            self._rows.forget("stocks")
        manifest = Manifest(
            portal=self._portal,
            full=self._full,
            began=began.isoformat(),
            goods_since=self._since("goods", self._known.goods_since, began),
            prices_since=self._since("prices", self._known.prices_since, began),
            stock_hash=self._stock_hash.hexdigest(),
            changes_hash=changes_hash,
            goods=self._catalog.goods,
            offers=self._catalog.offers,
            properties=reading._tables["properties"],
            price_types=reading._tables["types"],
            stores=reading._tables["stores"],
            measures=reading._tables["measures"],
            vats=reading._tables["vats"],
        )
        name = new_place(reading._clock)
        self._rows.hand_over(reading._files, name, manifest)
        exchange_id = register_folder(reading._database, reading._clock, "shop", name)
        return Reading(exchange_id, full=self._full, calls=reading._lists.calls, rows=counts)

    def _since(self, kind: str, before: str | None, began: datetime) -> str | None:
        """The latest date that was met, in no case later than the portal's clock when the reading began."""
        latest = self._latest.get(kind)
        if latest is None:
            return before
        latest = min(latest, began)
        if before is not None and datetime.fromisoformat(before) > latest:
            return before
        return latest.isoformat()


def _stock_list() -> Listing:
    return Listing(
        "stocks", "catalog.storeproduct.list", "storeProducts", ("id", "productId", "storeId", "amount")
    )


def _moment(text: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None


def _addresses(rows: Sequence[Record]) -> list[str]:
    """Where the pictures lie on the site, the main one first. The link for downloading has a key in it."""
    ranked = sorted(rows, key=lambda row: (row.get("type") != "DETAIL_PICTURE", int(row["id"])))
    return [str(row["detailUrl"]) for row in ranked if row.get("detailUrl")]
