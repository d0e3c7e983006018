"""Orders of marketplaces put into the shop, and kept equal there.

Each order is looked for by its key before it is made, so that a call whose answer was lost never makes a second one;
and after a call that may have had its effect it is left alone for longer than the shop works on one call. What is
written down before a call (site_order: sending, in doubt) outlives a process that is killed in between.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import structlog

from marketsync.clock import Clock
from marketsync.db import Database, sql
from marketsync.errors import BadInput, Fatal, MarketsyncError, Place, RateLimited, Retriable, Uncertain
from marketsync.http.answers import RequestRefused
from marketsync.order_settings import ShopOrders
from marketsync.orders.alerts import Level, end_alert, raise_alert
from marketsync.shop.orders import OrderShop, ShopLine, ShopOrder, ShownOrder

__all__ = ["BUDGET", "OrderSite", "line_key", "put_orders", "shop_key"]

BUDGET = 40.0
"""Seconds after which a run begins nothing new: the next one goes on."""

_BATCH = 20
_PAUSES = (60, 120, 300, 600, 1800, 3600)
"""Seconds between attempts. The first is longer than a portal works on one call (60 s), and the call waits that long
for its answer itself."""
_TOLD_AFTER = 3  # attempts, before people hear of an order that passing trouble keeps out of the shop
_SHOP_IS_DOWN = 3  # orders in a row that met passing trouble: the rest waits for the next run

_log = structlog.get_logger(__name__)

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class OrderSite:
    """The shop, and how orders look there.

    Attributes:
        shop: takes the orders.
        currency: of an order whose marketplace does not say.
        time_zone: of the people who read an order's comment.
    """

    shop: OrderShop
    settings: ShopOrders
    currency: str
    time_zone: str


def shop_key(account: str, number: str) -> str:
    """By what an order is known in the shop."""
    return f"{account}:{number}"


def put_orders(
    database: Database, clock: Clock, site: OrderSite, account: str, budget: float = BUDGET
) -> dict[str, int]:
    """Make the shop's orders equal to an account's.

    Returns:
        made, changed, equal (needed nothing), refused, troubled, and how many are left.

    Raises:
        Retriable: the shop does not work; or another run is under way. Nothing is lost.
        Fatal, BadInput: a person must act.
    """
    with database.session(autocommit=True) as session:
        taken = session.execute(sql("site_order/exclusive"), {"account": account}).fetchone()
        if not taken or not taken["taken"]:
            raise Retriable(
                "Another run puts this account's orders into the shop",
                place=Place(account=account),
                hint="It will put all of them; nothing is lost",
            )
        key = f"shop/{account}"
        try:
            put = _Putting(database, clock, site, account).run(budget)
        except MarketsyncError as error:
            level: Level = "notice" if isinstance(error, Retriable) else "warning"
            message = (
                f"Заказы {account} не заводятся на сайте: {error}. Сделанное не пропало, повторов не будет"
            )
            with database.transaction() as connection:
                raise_alert(connection, key, level, message, clock.now(), account)
            raise
        with database.transaction() as connection:
            end_alert(connection, key, clock.now())
        return put


class _Putting:
    """One run."""

    def __init__(self, database: Database, clock: Clock, site: OrderSite, account: str) -> None:
        self._database = database
        self._clock = clock
        self._site = site
        self._account = account
        self._counts: Counter[str] = Counter()
        self._in_a_row = 0

    def run(self, budget: float) -> dict[str, int]:
        began = self._clock.monotonic()
        with self._database.transaction() as connection:
            connection.execute(sql("site_order/enlist"), {"account": self._account, "now": self._clock.now()})
        while rows := self._due():
            shown = self._site.shop.find([self._key(row) for row in rows])
            for row in rows:
                if self._clock.monotonic() - began >= budget:
                    return self._told()
                self._put(row, shown.get(self._key(row), ()))
        return self._told()

    def _due(self) -> Sequence[Row]:
        with self._database.transaction() as connection:
            return connection.execute(
                sql("site_order/due"),
                {"account": self._account, "now": self._clock.now(), "limit": _BATCH},
            ).fetchall()

    def _told(self) -> dict[str, int]:
        with self._database.transaction() as connection:
            row = connection.execute(sql("site_order/waiting"), {"account": self._account}).fetchone()
        names = ("made", "changed", "equal", "refused", "troubled")
        return {**{name: self._counts[name] for name in names}, "left": row["waiting"] if row else 0}

    def _key(self, row: Row) -> str:
        return shop_key(self._account, row["number"])

    # ---------------------------------------------------------------- one order

    def _put(self, row: Row, found: Sequence[ShownOrder]) -> None:
        order = self._order(row)
        shown = found[0] if found else None
        self._tell_of_copies(row, found)
        self._sending(row)
        try:
            put = self._site.shop.put(order, shown)
        except RequestRefused as error:
            self._refused(row, error)
        except Retriable as error:
            self._troubled(row, error)
        except (BadInput, Fatal) as error:
            self._later(row, error, "waiting", at_once=True)  # as soon as a person has acted
            raise
        else:
            self._in_a_row = 0
            self._counts["made" if shown is None else "equal" if put == shown else "changed"] += 1
            self._there(row, put)

    def _order(self, row: Row) -> ShopOrder:
        """An order as the shop is to have it."""
        settings, key = self._site.settings, self._key(row)
        cancelled = row["status"] == "cancelled"
        return ShopOrder(
            key=key,
            currency=row["currency"] or self._site.currency,
            created_at=(row["created_at"] or row["received_at"]).astimezone(ZoneInfo(self._site.time_zone)),
            comment=self._comment(row),
            lines=tuple(_lines(key, row["lines"] or ())),
            status=settings.status(row["status"]),
            first_status=settings.first_status,
            cancelled=cancelled,
            reason=str((row["cancellation"] or {}).get("reason") or "") if cancelled else "",
        )

    def _comment(self, row: Row) -> str:
        parts = [f"Заказ площадки {self._account}: {row['number']}"]
        if row["ship_by"]:
            ship_by: datetime = row["ship_by"].astimezone(ZoneInfo(self._site.time_zone))
            parts.append(f"отгрузить до {ship_by:%d.%m.%Y %H:%M}")
        if row["delivery_method"]:
            parts.append(row["delivery_method"])
        return "; ".join(parts)

    # ---------------------------------------------------------------- what is written down

    def _sending(self, row: Row) -> None:
        now = self._clock.now()
        with self._database.transaction() as connection:
            connection.execute(
                sql("site_order/sending"),
                {
                    "posting_id": row["posting_id"],
                    "version": row["version"],
                    "not_before": now + _pause(row["attempts"]),
                    "now": now,
                },
            )

    def _there(self, row: Row, put: ShownOrder) -> None:
        now = self._clock.now()
        with self._database.transaction() as connection:
            connection.execute(
                sql("site_order/there"),
                {
                    "posting_id": row["posting_id"],
                    "version": row["version"],
                    "external_id": str(put.external_id),
                    "status": put.status,
                    "now": now,
                },
            )
            end_alert(connection, self._alert(row), now)

    def _refused(self, row: Row, error: RequestRefused) -> None:
        self._counts["refused"] += 1
        self._later(row, error, "refused", at_once=True)
        self._alarm(
            row,
            f"Сайт не принял заказ {row['number']} ({self._account}): {error.message}. Исправьте причину и повторите: "
            f"python -m marketsync shop-orders again {row['number']}",
        )

    def _troubled(self, row: Row, error: Retriable) -> None:
        self._counts["troubled"] += 1
        self._in_a_row += 1
        self._later(row, error, "sending" if isinstance(error, Uncertain) else "waiting")
        if row["attempts"] + 1 >= _TOLD_AFTER:
            self._alarm(
                row,
                f"Заказ {row['number']} ({self._account}) не попал на сайт за {row['attempts'] + 1} попыток: "
                f"{error.message}. Попытки продолжаются; проверьте, что сайт отвечает",
            )
        if self._in_a_row >= _SHOP_IS_DOWN:
            raise error

    def _later(self, row: Row, error: MarketsyncError, state: str, *, at_once: bool = False) -> None:
        now = self._clock.now()
        pause = _pause(row["attempts"])
        if isinstance(error, RateLimited):
            pause = max(pause, timedelta(seconds=error.delay))
        with self._database.transaction() as connection:
            connection.execute(
                sql("site_order/trouble"),
                {
                    "posting_id": row["posting_id"],
                    "state": state,
                    "not_before": None if at_once else now + pause,
                    "error": error.message,
                    "now": now,
                },
            )

    def _tell_of_copies(self, row: Row, found: Sequence[ShownOrder]) -> None:
        key = f"{self._alert(row)}/copies"
        if len(found) < 2:
            with self._database.transaction() as connection:
                end_alert(connection, key, self._clock.now())
            return
        numbers = ", ".join(str(order.external_id) for order in found)
        with self._database.transaction() as connection:
            raise_alert(
                connection,
                key,
                "warning",
                f"Заказ {row['number']} ({self._account}) есть на сайте несколько раз: {numbers}. Ведётся первый; "
                "остальные отмените на сайте и сотрите их внешний код",
                self._clock.now(),
                self._account,
                row["posting_id"],
            )

    def _alarm(self, row: Row, message: str) -> None:
        with self._database.transaction() as connection:
            raise_alert(
                connection,
                self._alert(row),
                "warning",
                message,
                self._clock.now(),
                self._account,
                row["posting_id"],
            )

    def _alert(self, row: Row) -> str:
        return f"shop/{self._account}/{row['number']}"


def line_key(article: str, seen: Counter[str]) -> str:
    """What tells a line from the others of its order: the article, and its place where it comes again."""
    seen[article] += 1
    return f"{article}#{seen[article]}" if seen[article] > 1 else article


def _lines(key: str, lines: Sequence[Row]) -> list[ShopLine]:
    seen: Counter[str] = Counter()
    return [
        ShopLine(
            f"{key}/{line_key(line['article'], seen)}",
            line["guid"],
            line["name"],
            line["quantity"],
            Decimal(line["price"] or 0),
        )
        for line in lines
    ]


def _pause(attempts: int) -> timedelta:
    return timedelta(seconds=_PAUSES[min(attempts, len(_PAUSES) - 1)])
