"""Orders of marketplaces in a shop of 1C-Bitrix: found by their xmlId, made and changed by sale.order and basket items.

An order is made with externalOrder=Y: the shop's own exchange with 1C passes such orders over, so that 1C, which
gets them from here, does not get them twice. What makes or changes an order goes in one batch that ends with
reading it back. Source: Bitrix24 REST documentation, api-reference/sale.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from marketsync.errors import BadInput, Fatal, MarketsyncError, Place, Retriable, Uncertain
from marketsync.shop.bitrix.client import Bitrix, Command, ResultOf
from marketsync.shop.bitrix.identity import Identities
from marketsync.shop.bitrix.lists import Listing, ListReader, Row
from marketsync.shop.bitrix.memory import Item
from marketsync.shop.bitrix.portal import Catalog, catalog_of
from marketsync.shop.bitrix.reader import LISTS_OF
from marketsync.shop.bitrix.rows import item_of
from marketsync.shop.orders import ShopLine, ShopOrder, ShownLine, ShownOrder

__all__ = ["BitrixOrders", "OrderRules"]

_COMMANDS = (
    20  # of one batch: an order took 2.7 s, a line 1.6 s (examples of the documentation); 60 s is the end
)
_PAGE = 50  # of keys and ids in one filter
_ORDER_STATUS = "O"
_SHOWN = ("id", "xmlId", "statusId", "canceled", "price", "dateInsert")
_SHOWN_LINE = ("id", "orderId", "xmlId", "quantity", "price")


@dataclass(frozen=True, slots=True)
class OrderRules:
    """How orders are made there.

    Attributes:
        site: the code of the site (lid).
        person_type: the kind of buyer.
        user: the buyer's id in the shop; None: what the portal sets.
        catalog: the goods' iblock; None: the only one that there is.
        statuses: all statuses that may be set, to be checked before the first order.
    """

    site: str
    person_type: int
    user: int | None
    catalog: int | None
    statuses: frozenset[str]


class BitrixOrders:
    """The orders of one portal."""

    def __init__(self, client: Bitrix, rules: OrderRules) -> None:
        self._client = client
        self._rules = rules
        self._lists = ListReader(client)
        self._catalog: Catalog | None = None
        self._products: dict[str, int] = {}  # 1C's id -> the shop's; 0: the shop has no such good

    def find(self, keys: Sequence[str]) -> Mapping[str, Sequence[ShownOrder]]:
        """See OrderShop."""
        found = self._read(
            Listing(
                f"o{place}P",
                "sale.order.list",
                "orders",
                _SHOWN,
                {"@xmlId": list(keys[place : place + _PAGE])},
            )
            for place in range(0, len(keys), _PAGE)
        )
        by_key: defaultdict[str, list[ShownOrder]] = defaultdict(list)
        for order in sorted(found, key=lambda order: order.external_id):
            by_key[order.key].append(order)
        return by_key

    def since(self, moment: datetime, prefix: str) -> Sequence[ShownOrder]:
        """All orders from outside that were made since then and whose keys begin with the prefix, the oldest first."""
        found = self._read(
            [
                Listing(
                    "o",
                    "sale.order.list",
                    "orders",
                    _SHOWN,
                    {"externalOrder": "Y", ">=dateInsert": moment.isoformat(), "=%xmlId": f"{prefix}%"},
                )
            ]
        )
        return sorted(found, key=lambda order: order.external_id)

    def put(self, order: ShopOrder, shown: ShownOrder | None) -> ShownOrder:
        """See OrderShop."""
        self._prepare(order)
        if shown is None:
            shown = self._make(order)
        for _ in range(2):  # the portal may recount the order's price as its lines change
            commands = [*_line_changes(order, shown, self._line_fields), *_order_changes(order, shown)]
            if not commands:
                break
            for place in range(0, len(commands), _COMMANDS):
                shown = self._write(commands[place : place + _COMMANDS], shown.external_id)
        return shown

    # ---------------------------------------------------------------- reading

    def _read(self, listings: Iterable[Listing]) -> list[ShownOrder]:
        orders: list[Row] = []
        self._lists.read(list(listings), lambda _, rows: orders.extend(rows))
        ids = [int(row["id"]) for row in orders]
        lines: defaultdict[int, list[Row]] = defaultdict(list)

        def take(_: str, rows: Sequence[Row]) -> None:
            for row in rows:
                lines[int(row["orderId"])].append(row)

        self._lists.read(
            [
                Listing(
                    f"l{place}P",
                    "sale.basketitem.list",
                    "basketItems",
                    _SHOWN_LINE,
                    {"@orderId": ids[place : place + _PAGE]},
                )
                for place in range(0, len(ids), _PAGE)
            ],
            take,
        )
        return [_shown(row, lines[int(row["id"])]) for row in orders]

    def _prepare(self, order: ShopOrder) -> None:
        """Learn what is needed to write: the catalog, the statuses, the shop's ids of the goods."""
        if self._catalog is None:
            catalogs: list[Row] = []
            columns = ("id", "iblockId", "name", "productIblockId")
            self._lists.read(
                [Listing("catalogs", "catalog.catalog.list", "catalogs", columns)],
                lambda _, rows: catalogs.extend(rows),
            )
            self._check_statuses()
            self._catalog = catalog_of(catalogs, self._rules.catalog, self._client.name)
        self.learn(line.guid for line in order.lines if line.guid)

    def _check_statuses(self) -> None:
        answer = self._client.batch(
            [Command("statuses", "sale.status.list", {"filter": {"type": _ORDER_STATUS}, "select": ["id"]})]
        )
        _raise_first(answer.errors)
        rows = answer.results.get("statuses", {}).get("statuses", [])
        if len(rows) != answer.totals.get("statuses", len(rows)):
            raise Retriable("The portal's list of statuses is torn", place=Place(account=self._client.name))
        known = [str(row["id"]) for row in rows]
        unknown = sorted(self._rules.statuses - set(known))
        if unknown:
            raise BadInput(
                f"на сайте нет статуса заказа {', '.join(unknown)}; есть: {', '.join(known)}",
                place=Place(account=self._client.name, field="shop_orders.statuses"),
                hint="Исправьте accounts.yaml: shop_orders.statuses, или заведите статус на сайте",
            )

    def learn(self, guids: Iterable[str]) -> None:
        """Look up the shop's ids of goods of 1C, as many as a filter takes at once."""
        catalog = self._catalog
        wanted = [guid for guid in dict.fromkeys(guids) if guid not in self._products]
        if catalog is None or not wanted:
            return
        items: dict[tuple[str, int], Item] = {}

        def take(name: str, rows: Sequence[Row]) -> None:
            for row in rows:
                item = item_of(name.partition("P")[0], row)
                items[item.list, item.item_id] = item

        self._lists.read(
            [
                Listing(
                    f"{name}P{place}P",
                    *LISTS_OF[name],
                    (
                        "id",
                        "iblockId",
                        "xmlId",
                        "active",
                        "timestampX",
                        *(("parentId",) if name == "offers" else ()),
                    ),
                    {
                        "iblockId": catalog.offers if name == "offers" else catalog.goods,
                        "xmlId": wanted[place : place + _PAGE],
                        "active": "Y",
                    },
                )
                for name in LISTS_OF
                if name != "offers" or catalog.offers is not None
                for place in range(0, len(wanted), _PAGE)
            ],
            take,
        )
        known = {guid: item for item, guid in Identities(items).guids.items()}
        self._products |= {guid: known.get(guid, 0) for guid in wanted}

    # ---------------------------------------------------------------- writing

    def _make(self, order: ShopOrder) -> ShownOrder:
        rules = self._rules
        fields: dict[str, Any] = {
            "lid": rules.site,
            "personTypeId": rules.person_type,
            "currency": order.currency,
            "xmlId": order.key,
            "externalOrder": "Y",
            "statusId": order.status or order.first_status,
            "price": str(order.amount),
            "dateInsert": order.created_at.isoformat(timespec="seconds"),
            "comments": order.comment,
        }
        if rules.user is not None:
            fields["userId"] = rules.user
        number = ResultOf("order", ("order", "id"))
        commands = [Command("order", "sale.order.add", {"fields": fields})]
        commands += [
            Command(f"l{place}", "sale.basketitem.add", {"fields": self._line_fields(order, line, number)})
            for place, line in enumerate(order.lines[: _COMMANDS - 2])
        ]
        return self._write(commands, number)

    def _write(self, commands: Sequence[Command], number: int | ResultOf) -> ShownOrder:
        """Run commands that write, and read the order back in the same batch."""
        answer = self._client.batch([*commands, Command("read", "sale.order.get", {"id": number})])
        _raise_first(answer.errors)
        told = answer.results.get("read", {}).get("order")
        if not isinstance(told, Mapping):
            raise Uncertain(
                "The portal's answer to a batch has no order", place=Place(account=self._client.name)
            )
        lines = told.get("basketItems") or []
        return _shown(told, list(lines.values()) if isinstance(lines, Mapping) else lines)

    def _line_fields(self, order: ShopOrder, line: ShopLine, number: int | ResultOf) -> dict[str, Any]:
        return {
            "orderId": number,
            "productId": self._products.get(line.guid or "", 0),
            "xmlId": line.key,
            "name": line.name,
            "quantity": line.quantity,
            "currency": order.currency,
            "customPrice": "Y",
            "price": str(line.price),
            "basePrice": str(line.price),
            "discountPrice": "0",
        }


def _line_changes(order: ShopOrder, shown: ShownOrder, fields: Any) -> list[Command]:
    """What makes the lines equal. Lines that somebody added in the shop stay."""
    commands: list[Command] = []
    there: dict[str, ShownLine] = {}
    for line in shown.lines:
        if line.key.startswith(f"{order.key}/"):
            twice = there.setdefault(line.key, line) is not line
            if twice or line.key not in {one.key for one in order.lines}:
                commands.append(
                    Command(f"d{line.external_id}", "sale.basketitem.delete", {"id": line.external_id})
                )
    for place, wanted in enumerate(order.lines):
        known = there.get(wanted.key)
        if known is None:
            commands.append(
                Command(
                    f"a{place}",
                    "sale.basketitem.add",
                    {"fields": fields(order, wanted, shown.external_id)},
                )
            )
        elif known.quantity != Decimal(wanted.quantity) or known.price != wanted.price:
            price = str(wanted.price)
            changed = {"quantity": wanted.quantity, "price": price, "basePrice": price, "discountPrice": "0"}
            commands.append(
                Command(
                    f"u{known.external_id}",
                    "sale.basketitem.update",
                    {"id": known.external_id, "fields": changed},
                )
            )
    return commands


def _order_changes(order: ShopOrder, shown: ShownOrder) -> list[Command]:
    changed: dict[str, Any] = {}
    if order.status is not None and shown.status != order.status:
        changed["statusId"] = order.status
    if shown.cancelled != order.cancelled:
        changed["canceled"] = "Y" if order.cancelled else "N"
        changed["reasonCanceled"] = order.reason
    ours = all(line.key.startswith(f"{order.key}/") for line in shown.lines)
    if ours and shown.amount != order.amount:
        changed["price"] = str(order.amount)
    if not changed:
        return []
    return [Command("change", "sale.order.update", {"id": shown.external_id, "fields": changed})]


def _shown(row: Row, lines: Sequence[Row]) -> ShownOrder:
    return ShownOrder(
        int(row["id"]),
        str(row.get("xmlId") or ""),
        str(row.get("statusId") or ""),
        row.get("canceled") == "Y",
        _amount(row.get("price")),
        tuple(
            ShownLine(
                int(line["id"]),
                str(line.get("xmlId") or ""),
                _amount(line.get("quantity")),
                _amount(line.get("price")),
            )
            for line in lines
        ),
    )


def _amount(value: Any) -> Decimal:
    try:
        return Decimal(str(value or 0))
    except InvalidOperation:
        raise Fatal(f"The portal shows an amount that is no number: {value!r}") from None


def _raise_first(errors: Mapping[str, MarketsyncError]) -> None:
    error = next(iter(errors.values()), None)
    if error is not None:
        raise error
