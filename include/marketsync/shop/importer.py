"""One delivery of the store, from its files into `product`, `price` and `stock`: as a whole or not at all.

What a delivery touches
- Goods and variants: those it names, where their content differs. A full catalogue also marks goods that it
  does not name as deleted, a full package of offers the variants. A row that says «Удален» is deleted
  whatever the delivery is.
- Prices: of offers that list prices. A full package replaces them; one of changes replaces the types that the
  delivery declares, and where it declares none, only what it lists.
- Counts: a full package replaces them. One of changes replaces the warehouses that an offer lists and keeps
  its others, unless the list is all there is: counts that add up to the offer's total, or a total alone.
  Absent means none, so an offer that 1C writes without its empty warehouses leaves no old count behind.
- Prices or counts that no offer of the delivery lists are not its subject: portions of names, prices and
  counts may come apart.
- A count that cannot be read counts as not delivered, a price that cannot be read as a blank.

A full delivery far smaller than what is known (`FULL_SHARE`) is *held*: what it names is
merged, what it does not name is kept, and the exchange says so.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, LiteralString

import psycopg
from psycopg.types.json import Jsonb

from marketsync.clock import Clock
from marketsync.db.connection import Database, Row
from marketsync.db.queries import sql
from marketsync.errors import BadInput, Place
from marketsync.files import Folder, open_delivery
from marketsync.files.delivery import Delivery
from marketsync.order_settings import Erp
from marketsync.orders.reservations import end_booked
from marketsync.shop.bitrix.delivery import read_manifest
from marketsync.shop.bitrix.parts import ShopDelivery
from marketsync.shop.commerceml.records import GroupRecord, ProblemRecord, PropertyRecord
from marketsync.shop.commerceml.rows import SEVERAL
from marketsync.shop.parts import Part, commerceml_parts
from marketsync.shop.staging import MOST_PROBLEMS, Staging
from marketsync.shop.texts import say

__all__ = ["FULL_SHARE", "Changed", "ImportResult", "import_delivery"]

FULL_SHARE = 0.7
"""The least share of the known rows that a full delivery must hold to be believed where it lacks some."""

_PART, _WHOLE = "part", "whole"  # exchange.reading
_HELD_KINDS = ("goods", "variants", "prices", "stocks")

Connection = psycopg.Connection[Row]


@dataclass(frozen=True, slots=True)
class Changed:
    """How many rows the import changed: added, updated and deleted together. Groups count as products."""

    products: int
    prices: int
    stocks: int


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What became of a delivery.

    Attributes:
        kind: 'full' or 'changes'.
        counts: what the exchange keeps: files, rows read, added, updated and deleted by entity, problems by
        code.
        problems: how many rows had a problem or a note.
        changed: rows changed.
        held: why a full delivery deleted nothing, or None.
    """

    kind: str
    counts: Mapping[str, Any]
    problems: int
    changed: Changed
    held: str | None


@dataclass(slots=True)
class _Tally:
    """Rows of one entity."""

    added: int = 0
    updated: int = 0
    deleted: int = 0

    @property
    def total(self) -> int:
        return self.added + self.updated + self.deleted


@dataclass(slots=True)
class _Tallies:
    products: _Tally = field(default_factory=_Tally)
    prices: _Tally = field(default_factory=_Tally)
    stocks: _Tally = field(default_factory=_Tally)
    groups: int = 0
    named: int = 0  # price types and warehouses


def import_delivery(
    database: Database,
    clock: Clock,
    exchange_id: int,
    place: Path | Folder,
    *,
    shrink: float = FULL_SHARE,
    erp: Erp | None = None,
    reading: str = "as_written",
) -> ImportResult:
    """Read and merge one delivery. Call it for what `claim_next` gave, inside its block.

    Args:
        exchange_id: the delivery's row, which ends as `imported` or `refused`. A row stays `importing` (and
        is taken
            up again) where the database went away or the process died.
        place: where its files lie.
        shrink: a full delivery with less than this share of what is known is held: it deletes nothing.
        erp: what the counts are of, and so which orders they know of.
        reading: of the exchange's row: whether the delivery is read as its files say, as a part, or as all there is.

    Raises:
        BadInput: the delivery cannot be used; nothing of it is merged, and the exchange's error tells why.
    """
    try:
        with database.transaction() as connection, open_delivery(place) as delivery:
            return _Import(connection, clock, exchange_id, shrink, erp or Erp(), reading).run(delivery)
    except BadInput as error:
        _refuse(database, clock, exchange_id, error)
        raise
    except OSError as error:
        refused = BadInput(say("unreadable", detail=error), place=Place(file=str(error.filename or place)))
        _refuse(database, clock, exchange_id, refused)
        raise refused from error
    except (psycopg.DataError, psycopg.IntegrityError, psycopg.ProgrammingError) as error:
        refused = BadInput(say("database", detail=error), hint=say("database_hint"))
        _refuse(database, clock, exchange_id, refused)
        raise refused from error


def _refuse(database: Database, clock: Clock, exchange_id: int, error: BadInput) -> None:
    with database.transaction() as connection:
        connection.execute(
            sql("shop/refuse"), {"exchange_id": exchange_id, "error": str(error), "now": clock.now()}
        )


class _Import:
    """The import of one delivery, inside one transaction."""

    def __init__(
        self,
        connection: Connection,
        clock: Clock,
        exchange_id: int,
        shrink: float,
        erp: Erp,
        reading: str,
    ) -> None:
        self._connection = connection
        self._clock = clock
        self._exchange_id = exchange_id
        self._shrink = shrink
        self._erp = erp
        self._booked = 0
        self._reading = reading
        self._part_of_full: list[str] = []
        self._staging = Staging(connection, exchange_id)
        self._tallies = _Tallies()
        self._stamp: dict[str, object] = {"exchange_id": exchange_id, "now": clock.now()}

    def run(self, delivery: Delivery) -> ImportResult:
        self._execute("shop/begin_import", {"exchange_id": self._exchange_id})
        manifest = read_manifest(delivery)
        shop = ShopDelivery(delivery, manifest, self._connection) if manifest else None
        parts = shop.parts() if shop else commerceml_parts(delivery)
        self._stage(parts)
        self._refuse_empty(parts)
        self._apply_reading()
        self._execute("shop/analyze")
        self._tell_duplicates()
        self._execute("shop/keep_last")
        sizes = self._one("shop/sizes")
        held = self._held(sizes)
        self._merge_dictionaries(parts, held)
        self._merge_products(sizes, held)
        self._tell_orphans()
        self._merge_prices(sizes, held)
        self._merge_stocks(sizes, held)
        if shop:
            shop.remember(self._exchange_id)
        return self._finish(sizes, held)

    # ------------------------------------------------------------ reading

    def _stage(self, parts: Sequence[Part]) -> None:
        definitions = {
            row["guid"]: PropertyRecord(0, row["guid"], row["name"], row["kind"], row["values"])
            for row in self._connection.execute(sql("shop/properties"))
        }
        for part in parts:
            for definition in part.head.properties:
                known = definitions.get(definition.guid)
                values = {**known.values, **definition.values} if known else definition.values
                definitions[definition.guid] = PropertyRecord(
                    definition.line, definition.guid, definition.name, definition.kind, values
                )
        staging = self._staging
        for part in parts:
            staging.begin(part.shown)
            for record in part.read(definitions):
                staging.add(record)
        staging.finish()

    def _refuse_empty(self, parts: Sequence[Part]) -> None:
        """An export whose filter lets nothing through. Definitions alone are a delivery only of changes."""
        staging = self._staging
        if staging.read["goods"] or staging.read["offers"] or self._reading == _PART:
            return
        brought = any(part.head.groups or part.head.properties for part in parts)
        if self._full() or not (brought or staging.price_types or staging.warehouses):
            raise BadInput(say("nothing_inside", count=len(parts)), hint=say("empty_hint"))

    def _apply_reading(self) -> None:
        """A portion of a full load does not say that the rest is gone; the whole of an exchange does."""
        full = self._staging.full
        if self._reading == _PART:
            self._part_of_full = sorted(kind for kind, said in full.items() if said)
            full.update(dict.fromkeys(full, False))
        elif self._reading == _WHOLE:
            full.update(dict.fromkeys(full.keys() & {"goods", "variants"}, True))

    def _full(self) -> bool:
        return any(self._staging.full.get(kind) for kind in ("goods", "variants"))

    def _tell_duplicates(self) -> None:
        for row in self._connection.execute(sql("shop/duplicates"), {"most": MOST_PROBLEMS}):
            self._staging.problem(
                self._staging.files[row["file"] - 1],
                ProblemRecord(row["line"], row["entity"], "duplicate_id", row["guid"], "Ид"),
                count=row["times"],
            )

    def _tell_orphans(self) -> None:
        for row in self._connection.execute(sql("shop/orphans"), {"most": MOST_PROBLEMS}):
            self._staging.problem(
                self._staging.files[row["file"] - 1],
                ProblemRecord(row["line"], "offer", row["code"], row["guid"], "Ид"),
            )

    # ------------------------------------------------------------ merging

    def _held(self, sizes: Row) -> frozenset[str]:
        """The kinds of rows of which a full delivery brought too few to believe that the others are gone."""
        full = self._staging.full
        listed = {
            "goods": True,
            "variants": True,
            "prices": sizes["prices_came"],
            "stocks": sizes["stocks_came"],
        }
        return frozenset(
            kind
            for kind in _HELD_KINDS
            if full.get(kind)
            and listed[kind]
            and sizes[f"{kind}_came"] < self._shrink * sizes[f"{kind}_known"]
        )

    def _merge_dictionaries(self, parts: Sequence[Part], held: frozenset[str]) -> None:
        staging, tallies = self._staging, self._tallies
        properties = {item.guid: asdict(item) for part in parts for item in part.head.properties}
        groups: dict[str, GroupRecord] = {item.guid: item for part in parts for item in part.head.groups}
        if properties:
            rows = Jsonb(list(properties.values()))
            tallies.products.updated += self._execute(
                "shop/rename_values", {**self._stamp, "rows": rows, "several": SEVERAL}
            )
            self._execute("shop/merge_properties", {"rows": rows})
        if groups:
            named = self._execute(
                "shop/merge_groups", {"rows": Jsonb([asdict(group) for group in groups.values()])}
            )
            if staging.full.get("goods") and not held:
                named += self._execute("shop/delete_groups", {"guids": list(groups)})
            # most groups whose path moves were named themselves
            tallies.groups = max(named, self._execute("shop/group_paths"))
        types = [
            {"guid": guid, "name": None, "currency": None} if (declared := staging.price_types.get(guid)) is
            None else asdict(declared)
            for guid in staging.type_guids()
        ]  # fmt: skip
        warehouses = [
            {"guid": guid, "name": self._warehouse_name(guid)} for guid in staging.warehouse_guids()
        ]
        tallies.named += self._execute("shop/merge_price_types", {"rows": Jsonb(types)})
        tallies.named += self._execute("shop/merge_warehouses", {"rows": Jsonb(warehouses)})

    def _warehouse_name(self, guid: str) -> str | None:
        declared = self._staging.warehouses.get(guid)
        if declared is not None:
            return declared.name
        return None if guid else say("no_warehouse")

    def _merge_products(self, sizes: Row, held: frozenset[str]) -> None:
        tally, stamp = self._tallies.products, self._stamp
        tally.updated += self._execute("shop/update_products", stamp)
        tally.added += self._execute("shop/insert_products", {**stamp, "variants": False})
        tally.added += self._execute("shop/insert_products", {**stamp, "variants": True})
        tally.deleted += self._execute("shop/delete_named", stamp)
        if self._staging.full.get("goods") and "goods" not in held:
            tally.deleted += self._execute("shop/delete_absent_goods", stamp)
        if self._staging.full.get("variants") and sizes["variants_described"] and "variants" not in held:
            tally.deleted += self._execute("shop/delete_absent_variants", stamp)
        self._execute("shop/mark_variants", stamp)

    def _merge_prices(self, sizes: Row, held: frozenset[str]) -> None:
        if not sizes["prices_came"]:
            return
        staging, tally, stamp = self._staging, self._tallies.prices, self._stamp
        self._execute("shop/new_prices", {"types": staging.type_guids()})
        self._execute("shop/analyze_new_prices")
        tally.updated += self._execute("shop/update_prices", stamp)
        tally.added += self._execute("shop/insert_prices", stamp)
        full = staging.full.get("prices", False)
        if full and "prices" not in held:
            tally.deleted += self._execute("shop/delete_prices_full")
        else:
            types = staging.type_guids() if full else staging.replaced_types
            tally.deleted += self._execute("shop/delete_prices", {"types": types})

    def _merge_stocks(self, sizes: Row, held: frozenset[str]) -> None:
        if not sizes["stocks_came"]:
            return
        staging, tally, stamp = self._staging, self._tallies.stocks, self._stamp
        self._execute("shop/new_stocks", {"warehouses": staging.warehouse_guids()})
        self._execute("shop/drop_totals")
        self._execute("shop/analyze_new_stocks")
        tally.updated += self._execute("shop/update_stocks", stamp)
        tally.added += self._execute("shop/insert_stocks", stamp)
        full = staging.full.get("stocks", False)
        if full and "stocks" not in held:
            tally.deleted += self._execute("shop/delete_stocks_full")
        else:
            tally.deleted += self._execute("shop/delete_stocks", {"full": full})
        self._booked = self._end_booked(full and "stocks" not in held)

    def _end_booked(self, full: bool) -> int:
        """With the counts that know of orders end the reservations of these orders: not a moment before or after."""
        row = self._one("shop/counted_at", {"exchange_id": self._exchange_id})
        counted_at = row["counted_at"] - timedelta(minutes=self._erp.counts_lag_minutes)
        return end_booked(self._connection, counted_at, self._clock.now(), counts=self._erp.counts, full=full)

    # ------------------------------------------------------------ the end

    def _finish(self, sizes: Row, held: frozenset[str]) -> ImportResult:
        staging, tallies = self._staging, self._tallies
        staging.finish_problems()
        changed = Changed(tallies.products.total + tallies.groups, tallies.prices.total, tallies.stocks.total)
        kind = "full" if self._full() else "changes"
        why = self._why_held(sizes, held)
        counts: dict[str, Any] = {
            "files": len(staging.files),
            "read": dict(staging.read),
            "products": asdict(tallies.products),
            "prices": asdict(tallies.prices),
            "stocks": asdict(tallies.stocks),
            "groups": tallies.groups,
            "problems": dict(staging.problems),
        }
        if self._booked:
            counts["booked"] = self._booked
        if self._part_of_full:
            counts["part_of_full"] = self._part_of_full
        if held:
            counts["held"] = sorted(held)
        if changed.products or changed.prices or changed.stocks or self._booked:
            payload = {"exchange_id": self._exchange_id} | {
                name: bool(rows) for name, rows in asdict(changed).items()
            }
            payload["stocks"] = bool(changed.stocks or self._booked)
            self._execute("wake/notify", {"payload": json.dumps(payload)})
        self._execute(
            "shop/finish_import",
            {
                "exchange_id": self._exchange_id,
                "kind": kind,
                "counts": Jsonb(counts),
                "error": why,
                "now": self._clock.now(),
            },
        )
        return ImportResult(kind, counts, staging.problems.total(), changed, why)

    def _why_held(self, sizes: Row, held: frozenset[str]) -> str | None:
        if not held:
            return None
        parts = [
            say(f"held_{kind}", came=sizes[f"{kind}_came"], known=sizes[f"{kind}_known"])
            for kind in _HELD_KINDS
            if kind in held
        ]
        return say("held", detail=", ".join(parts))

    def _execute(self, name: str, parameters: Mapping[str, object] | None = None) -> int:
        """Run a query of include/sql; how many rows it touched."""
        statement: LiteralString = sql(name)
        return max(self._connection.execute(statement, parameters).rowcount, 0)

    def _one(self, name: str, parameters: Mapping[str, object] | None = None) -> Row:
        row = self._connection.execute(sql(name), parameters).fetchone()
        return row if row is not None else {}
