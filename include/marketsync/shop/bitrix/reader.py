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
from contextlib import ExitStack
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

__all__ = ["LISTS_OF", "OVERLAP", "Reading", "ShopSettings", "read_shop"]

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
_TABLES = (
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
)
_PRICE = ("id", "productId", "catalogGroupId", "price", "currency", "quantityFrom", "timestampX")

LISTS_OF: Mapping[str, tuple[str, str]] = {
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
    asked = clock.now()
    lists = ListReader(client)
    tables, began = _read_tables(lists, settings)
    catalog = catalog_of(list(tables["catalogs"].values()), settings.catalog, settings.connection)
    portal = f"{client.portal}#{catalog.goods}"
    with database.transaction() as connection:
        known = memory.load(connection, portal)
    subject = _Subject(settings, lists, tables, catalog, portal, began, asked, known)
    if not full and known.full_at is not None and began - known.full_at < settings.full_every:
        with _Pass(subject, full=False) as changes:
            if not changes.something_is_gone():
                return changes.hand_over(database, clock, files)
        _log.info("goods were deleted on the site: everything is read", portal=portal)
    with _Pass(subject, full=True) as everything:
        return everything.hand_over(database, clock, files)


def _read_tables(lists: ListReader, settings: ShopSettings) -> tuple[dict[str, dict[str, Record]], datetime]:
    """The small tables that every reading needs, by list and id; and when that began, by the portal's clock."""
    tables: dict[str, dict[str, Record]] = {listing.name: {} for listing in _TABLES}

    def take(name: str, rows: Sequence[Record]) -> None:
        tables[name].update((str(row["id"]), row) for row in rows)

    lists.read(_TABLES, take)
    began = _moment(lists.portal_time)
    if began is None:
        raise Retriable(
            f"The portal does not tell its time: {lists.portal_time!r}",
            place=Place(account=settings.connection),
        )
    return tables, began


@dataclass(frozen=True, slots=True)
class _Subject:
    """What a reading is of: the portal with its small tables, and what is remembered of it.

    Attributes:
        began, asked: when the reading began, by the portal's clock and by ours.
    """

    settings: ShopSettings
    lists: ListReader
    tables: Mapping[str, Mapping[str, Record]]
    catalog: Catalog
    portal: str
    began: datetime
    asked: datetime
    known: memory.Memory


class _Pass:
    """One way through the lists, with the files that its rows go to; a context, which reads as it begins."""

    def __init__(self, subject: _Subject, *, full: bool) -> None:
        self._subject = subject
        self._catalog = subject.catalog
        self._known = subject.known
        self._full = full
        self._totals: dict[str, int] = {}
        self._met: dict[str, dict[int, Record]] = {name: {} for name in LISTS_OF}
        self._latest: dict[str, datetime] = {}
        self._stock_hash = hashlib.sha256()
        self._changes_hash = hashlib.sha256()
        self._files = ExitStack()
        folder = self._files.enter_context(tempfile.TemporaryDirectory(prefix="marketsync-"))
        self._rows = self._files.enter_context(RowFiles(Path(folder)))

    def __enter__(self) -> _Pass:
        try:
            self._read()
        except BaseException:
            self._files.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._files.close()

    # ------------------------------------------------------------ reading

    def _read(self) -> None:
        stores = {key: dict(row) for key, row in self._subject.tables["stores"].items()}
        self._stock_hash.update(json.dumps(stores, sort_keys=True, default=str).encode())
        lists = [*self._element_lists(), self._price_list(), _stock_list()]
        if self._full:
            lists += self._dictionary_lists()
        else:
            lists += [self._count_of(name) for name in self._names()]
        self._totals = self._subject.lists.read(lists, self._take)
        if self._full:
            self._read_pictures()
        elif any(self._met.values()):
            self._subject.lists.read(self._dictionary_lists(), self._take)
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
            for row in self._subject.tables["properties"].values()
            if int(row["iblockId"]) == iblock and row.get("propertyType") not in _UNREAD_TYPES
        )
        return (*_ELEMENT, *(("parentId",) if name == "offers" else ()), *properties)

    def _dated(self, since: str | None) -> dict[str, str]:
        """The filter of a reading of changes. In the portal's own zone: some portals pass an offset over."""
        if self._full or since is None:
            return {}
        zone = self._subject.began.tzinfo
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
        self._subject.lists.read(lists, lambda _, rows: self._rows.add("prices", rows))

    def _read_pictures(self) -> None:
        """The pictures of goods whose date moved since they were last read."""
        if not self._subject.settings.pictures:
            return
        for name in _PICTURE_LISTS:
            waiting = []
            for item, row in self._met[name].items():
                known = self._known.items.get((name, item))
                if known and known.pictures is not None and known.stamp == str(row.get("timestampX")):
                    self._rows.add("pictures", [{"list": name, "id": item, "pictures": known.pictures}])
                else:
                    waiting.append(item)
            self._subject.lists.each(
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

    def hand_over(self, database: Database, clock: Clock, files: Files) -> Reading:
        """Put what was read in line for the import, where it is anything but what was merged last."""
        subject, known = self._subject, self._known
        counts = dict(self._rows.rows)
        stock_hash = self._stock_hash.hexdigest()
        changes_hash = None if self._full else self._changes_hash.hexdigest()
        nothing_changed = changes_hash == known.changes_hash or not (
            any(self._met.values()) or "prices" in counts
        )
        same_stock = stock_hash == known.stock_hash
        if not self._full and nothing_changed and same_stock:
            return Reading(None, full=False, calls=subject.lists.calls, rows=counts)
        if not self._full and same_stock and not any(self._met.values()):
            self._rows.forget("stocks")
        tables = subject.tables
        manifest = Manifest(
            portal=subject.portal,
            full=self._full,
            began=subject.began.isoformat(),
            goods_since=self._since("goods", known.goods_since),
            prices_since=self._since("prices", known.prices_since),
            stock_hash=stock_hash,
            changes_hash=changes_hash,
            goods=subject.catalog.goods,
            offers=subject.catalog.offers,
            properties=tables["properties"],
            price_types=tables["types"],
            stores=tables["stores"],
            measures=tables["measures"],
            vats=tables["vats"],
        )
        name = new_place(clock)
        self._rows.hand_over(files, name, manifest)
        exchange_id = register_folder(database, clock, "shop", name, began=subject.asked)
        return Reading(exchange_id, full=self._full, calls=subject.lists.calls, rows=counts)

    def _since(self, kind: str, before: str | None) -> str | None:
        """The latest date that was met, in no case later than the portal's clock when the reading began."""
        latest = self._latest.get(kind)
        if latest is None:
            return before
        latest = min(latest, self._subject.began)
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
