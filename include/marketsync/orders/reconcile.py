"""Prove that an order is the same on every side: the marketplace, the inbox here, the shop, the ERP's answers.

    what each side shows -> differences by cause (in SQL) -> what is missing is brought in, and people are told

The time of the comparison is taken before the first page is read, and what moved lately counts as in flight, so
that nothing is called lost that only had not arrived yet.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog

from marketsync.clock import Clock
from marketsync.db import Database, sql
from marketsync.errors import MarketsyncError
from marketsync.marketplaces.orders import OrderDesk, Posting, Return
from marketsync.order_settings import ShopOrders
from marketsync.orders.alerts import end_alert, raise_alert
from marketsync.orders.goods import Connection
from marketsync.orders.intake import Intake
from marketsync.orders.jsons import to_json
from marketsync.orders.site import line_key, shop_key
from marketsync.shop.orders import ShownOrder

__all__ = ["ShopSide", "reconcile_orders"]

_LATELY = timedelta(minutes=10)
"""What moved so shortly before may not have reached the other sides: a poll every minute, its overlap, a late read."""
_EDGE = timedelta(
    minutes=5
)  # of the window: an order there may be on one side of it here and on the other there
_SHOP_EDGE = timedelta(days=1)  # the shop's window is wider: there an order must be found, not missed
_PORTION = 2000
_NAMED = 10  # orders that an alert names

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ShopSide:
    """The shop as a side.

    Attributes:
        since: its orders from outside since a moment, whose keys begin with a prefix, the oldest first.
    """

    since: Callable[[datetime, str], Sequence[ShownOrder]]
    settings: ShopOrders


@dataclass(slots=True)
class _Shown:
    """What the marketplace showed."""

    postings: dict[str, Posting]
    returns: dict[str, Return]
    recent: frozenset[str]


def reconcile_orders(
    database: Database,
    clock: Clock,
    intake: Intake,
    shop: ShopSide | None,
    reconciliation: int,
    unanswered_after: timedelta,
) -> dict[str, Any]:
    """Compare an account's orders of the last `reread_days` days, bring in what is missing, and alert.

    Args:
        intake: takes again what differs here.
        unanswered_after: how long the ERP may leave an order without an answer.

    Returns:
        read, here, in_shop, differing, healed, causes (side:cause -> how many), error, shop_error.
    """
    return _Comparison(database, clock, intake, shop, reconciliation, unanswered_after).run()


class _Comparison:
    def __init__(
        self,
        database: Database,
        clock: Clock,
        intake: Intake,
        shop: ShopSide | None,
        reconciliation: int,
        unanswered_after: timedelta,
    ) -> None:
        self._database = database
        self._clock = clock
        self._intake = intake
        self._account = intake.account.id
        self._shop = shop
        self._number = reconciliation
        self._unanswered_after = unanswered_after
        self._began = clock.now()
        self._since = self._began - timedelta(days=intake.settings.reread_days)

    def run(self) -> dict[str, Any]:
        try:
            shown = self._read(self._intake.desk)
        except MarketsyncError as error:
            _log.error("orders could not be read back", account=self._account, error=str(error))
            return self._counts(str(error), None)
        shop_error = None
        orders: Sequence[ShownOrder] | None = None
        if self._shop is not None:
            try:
                orders = self._shop.since(self._since - _SHOP_EDGE, shop_key(self._account, ""))
            except MarketsyncError as error:
                _log.error("the shop's orders could not be read", account=self._account, error=str(error))
                shop_error = str(error)
        self._compare(shown, orders)
        self._heal(shown)
        counts = self._counts(None, shop_error)
        self._alert()
        return counts

    # ---------------------------------------------------------------- reading

    def _read(self, desk: OrderDesk) -> _Shown:
        postings = {
            posting.number: posting
            for pages in (desk.changed(self._since, self._began), desk.created(self._since, self._began))
            for posting in _good(pages)
        }
        returns = {
            one.external_id: one
            for page in desk.returns(self._since, self._began)
            for one in page
            if isinstance(one, Return)
        }
        lately = desk.changed(self._began - _LATELY, self._clock.now())
        return _Shown(postings, returns, frozenset(posting.number for posting in _good(lately)))

    # ---------------------------------------------------------------- comparing

    def _compare(self, shown: _Shown, orders: Sequence[ShownOrder] | None) -> None:
        key = {"reconciliation_id": self._number}
        lately = self._began - _LATELY
        with self._database.transaction() as connection:
            rows = (
                _marketplace_row(posting, posting.number in shown.recent or _made_after(posting, lately))
                for posting in shown.postings.values()
            )
            self._observe(connection, "marketplace", rows)
            if orders is not None:
                self._observe(connection, "shop", _shop_rows(orders, shop_key(self._account, "")))
            window = {**key, "since": self._since + _EDGE, "until": self._began - _EDGE}
            connection.execute(
                sql("order_reconcile/here"), {**window, "account": self._account, "lately": lately}
            )
            connection.execute("analyze order_observation")
            begun = connection.execute(sql("orders/flows"), {"account": self._account}).fetchall()
            connection.execute(
                sql("order_reconcile/compare_marketplace"),
                {
                    **window,
                    "begun": next((row["watermark"] for row in begun if row["flow"] == "begun"), self._began),
                },
            )
            if orders is not None and self._shop is not None:
                words = self._shop.settings.words
                connection.execute(
                    sql("order_reconcile/compare_shop"),
                    {**window, "lately": lately, "ours": list(words), "theirs": list(words.values())},
                )
            connection.execute(
                sql("order_reconcile/compare_erp"),
                {**key, "unanswered": self._began - self._unanswered_after},
            )
            connection.execute(
                sql("order_reconcile/compare_returns"),
                {
                    **key,
                    "account": self._account,
                    "rows": _to_json([_return_row(one) for one in shown.returns.values()]),
                    "lately": lately,
                },
            )

    def _observe(self, connection: Connection, side: str, rows: Iterable[Mapping[str, Any]]) -> None:
        waiting = list(rows)
        for place in range(0, len(waiting), _PORTION):
            connection.execute(
                sql("order_reconcile/observe"),
                {
                    "reconciliation_id": self._number,
                    "side": side,
                    "rows": _to_json(waiting[place : place + _PORTION]),
                },
            )

    # ---------------------------------------------------------------- healing

    def _heal(self, shown: _Shown) -> None:
        key = {"reconciliation_id": self._number}
        with self._database.transaction() as connection:
            numbers = [row["number"] for row in connection.execute(sql("order_reconcile/to_read"), key)]
            connection.execute(sql("order_reconcile/forget"), {"account": self._account, "numbers": numbers})
        again = [shown.postings[number] for number in numbers if number in shown.postings]
        for place in range(0, len(again), _PORTION):
            self._intake.take_again(again[place : place + _PORTION], self._began)
        back = set(numbers)
        self._intake.take_returns([one for one in shown.returns.values() if one.number in back])
        now = {**key, "now": self._clock.now()}
        with self._database.transaction() as connection:
            put = [row["number"] for row in connection.execute(sql("order_reconcile/heal_shop"), now)]
            packed = [row["number"] for row in connection.execute(sql("order_reconcile/heal_erp"), now)]
            for side, healed in (("marketplace", numbers), ("shop", put), ("erp", packed)):
                connection.execute(
                    sql("order_reconcile/healed"), {**key, "side": side, "numbers": sorted(set(healed))}
                )

    def _counts(self, error: str | None, shop_error: str | None) -> dict[str, Any]:
        with self._database.transaction() as connection:
            row = connection.execute(
                sql("order_reconcile/counts"),
                {"reconciliation_id": self._number, "error": error, "shop_error": shop_error},
            ).fetchone()
        counts: dict[str, Any] = row["counts"] if row else {}
        return counts

    def _alert(self) -> None:
        """One alert for all that is missing: it lasts as long as a reconciliation finds anything."""
        key = f"orders/{self._account}/missing"
        now = self._clock.now()
        with self._database.transaction() as connection:
            rows = connection.execute(
                sql("order_reconcile/missing"), {"reconciliation_id": self._number, "limit": _NAMED}
            ).fetchall()
            if not rows:
                end_alert(connection, key, now)
                return
            told = "; ".join(
                f"{_MISSING[row['cause']]}: {row['orders']} ({', '.join(row['numbers'])}"
                f"{', ...' if row['orders'] > _NAMED else ''})"
                for row in rows
            )
            raise_alert(
                connection,
                key,
                "warning",
                f"Сверка заказов {self._account} № {self._number}: {told}. Чего не хватало, взято или отправлено "
                "снова; причины и что делать - лист «Заказы» отчёта сверки",
                now,
                account=self._account,
            )


_MISSING = {
    "missing_here": "не было у нас",
    "missing_there": "нет на площадке",
    "missing_in_shop": "нет на сайте",
    "missing_in_erp": "1С не ответила",
    "return_unknown": "неизвестные возвраты",
}


def _good(pages: Iterable[Sequence[Any]]) -> Iterator[Posting]:
    """Orders that could be read; the others are set aside by whoever takes orders."""
    return (row for page in pages for row in page if isinstance(row, Posting))


def _to_json(rows: Sequence[Mapping[str, Any]]) -> str:
    """JSON without the one character that Postgres keeps in no text: a strange order must not end a comparison."""
    return to_json(rows).replace("\\u0000", "\N{REPLACEMENT CHARACTER}")


def _made_after(posting: Posting, moment: datetime) -> bool:
    return posting.created_at is not None and posting.created_at > moment


def _marketplace_row(posting: Posting, recent: bool) -> dict[str, Any]:
    seen: Counter[str] = Counter()
    pieces = {line_key(line.article, seen): line.quantity for line in posting.lines if line.quantity > 0}
    priced = all(line.price is not None for line in posting.lines)
    return {
        "number": posting.number,
        "status": posting.status.value,
        "status_there": posting.status_there,
        "cancelled": posting.status == "cancelled",
        "created_at": posting.created_at,
        "pieces": sum(pieces.values()),
        "amount": sum((line.price or 0) * line.quantity for line in posting.lines)
        if priced and posting.lines
        else None,
        "lines": pieces,
        "external_id": None,
        "copies": 1,
        "recent": recent,
    }


def _shop_rows(orders: Sequence[ShownOrder], prefix: str) -> Iterator[dict[str, Any]]:
    """The shop's orders by our number; of copies the oldest counts."""
    copies = Counter(order.key for order in orders)
    seen: set[str] = set()
    for order in orders:
        if not order.key.startswith(prefix) or order.key in seen:
            continue
        seen.add(order.key)
        own = f"{order.key}/"
        pieces = {
            line.key.removeprefix(own) if line.key.startswith(own) else f"+{line.external_id}": line.quantity
            for line in order.lines
        }
        yield {
            "number": order.key.removeprefix(prefix),
            "status": order.status,
            "status_there": order.status,
            "cancelled": order.cancelled,
            "created_at": None,
            "pieces": int(sum(pieces.values())),
            "amount": order.amount,
            "lines": {key: float(count) for key, count in pieces.items()},
            "external_id": str(order.external_id),
            "copies": copies[order.key],
            "recent": False,
        }


def _return_row(one: Return) -> dict[str, Any]:
    return {
        "external_id": one.external_id,
        "number": one.number,
        "kind": one.kind,
        "status_there": one.status_there,
        "moved_at": one.moved_at,
    }
