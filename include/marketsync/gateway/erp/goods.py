"""What comes back, and a good's stock and price as each marketplace shows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Path
from starlette.responses import Response

from marketsync.db import sql
from marketsync.gateway.access import Doorkeeper
from marketsync.gateway.erp.cursors import SETTLED_AFTER, Cursor, Limit, next_cursor, place_of
from marketsync.gateway.erp.lookup import AccountGiven
from marketsync.gateway.erp.once import answered
from marketsync.gateway.erp.shapes import Offers, ReturnPage
from marketsync.gateway.problems import Problem
from marketsync.gateway.surroundings import Surroundings
from marketsync.marketplaces.base import Kind
from marketsync.marketplaces.registry import MARKETPLACES
from marketsync.orders.documents import moment
from marketsync.orders.keys import Key, Scope
from marketsync.reports.texts import Words

__all__ = ["router"]


def router(surroundings: Surroundings, door: Doorkeeper) -> APIRouter:
    """The routes of returns and offers."""
    routes = APIRouter()
    of_orders: Any = Depends(door.needs(Scope.ORDERS))
    of_stock: Any = Depends(door.needs(Scope.STOCK))

    @routes.get("/returns", response_model=ReturnPage, tags=["returns"])
    def list_returns(
        cursor: Cursor = None, limit: Limit = 100, account: AccountGiven = None, key: Key = of_orders
    ) -> Response:
        """Returns as they change: go on with next_cursor, also tomorrow."""
        since, after_id = place_of(cursor)
        values = {
            "account": account,
            "since": since,
            "after_id": after_id,
            "before": surroundings.clock.now() - SETTLED_AFTER,
            "limit": limit + 1,
        }
        with surroundings.database.transaction() as connection:
            rows = connection.execute(sql("erp/returns_page"), values).fetchall()
        shown = rows[:limit]
        return answered(
            200,
            {
                "items": [_return(row, surroundings.zone) for row in shown],
                "next_cursor": next_cursor(shown, "return_id", cursor),
                "has_more": len(rows) > limit,
            },
        )

    @routes.get("/offers/{article:path}", response_model=Offers, tags=["offers"])
    def show_offers(
        article: Annotated[str, Path(min_length=1, max_length=200)], key: Key = of_stock
    ) -> Response:
        """A good's stock and price on every account, as confirmed when they were set and as last read there."""
        channels = sorted(_channels(Kind.PRICE) | _channels(Kind.STOCK))
        with surroundings.database.transaction() as connection:
            rows = connection.execute(
                sql("erp/offers"), {"article": article, "channels": channels}
            ).fetchall()
        if not rows:
            words = Words(
                f"Товара с артикулом {article} на площадках нет", f"No offer has the article {article}"
            )
            raise Problem(404, "unknown_article", words, field="article")
        return answered(200, {"items": [_offer(row, surroundings.zone) for row in rows]})

    return routes


def _channels(kind: Kind) -> set[str]:
    return {
        channel.name
        for marketplace in MARKETPLACES.values()
        for channel in marketplace.channels
        if channel.kind is kind
    }


def _return(row: Mapping[str, Any], zone: ZoneInfo) -> dict[str, Any]:
    return {
        "account": row["account"],
        "id": row["external_id"],
        "number": row["number"],
        "article": row["article"],
        "sku": row["sku"],
        "guid": row["guid"],
        "characteristic_guid": row["characteristic"],
        "quantity": row["quantity"],
        "kind": row["kind"],
        "status_there": row["status_there"],
        "reason": row["reason"],
        "moved_at": moment(row["moved_at"], zone),
        "changed_at": moment(row["changed_at"], zone),
    }


def _offer(row: Mapping[str, Any], zone: ZoneInfo) -> dict[str, Any]:
    known: Sequence[Mapping[str, Any]] = row["channels"]
    prices = [_price(one, zone) for one in known if one["channel"] in _channels(Kind.PRICE)]
    return {
        "account": row["account"],
        "article": row["article"],
        "current_article": row["current_article"],
        "guid": row["guid"],
        "characteristic_guid": row["characteristic"],
        "state": row["state"],
        "price": prices[0] if prices else None,
        "stocks": [
            {
                "warehouse": one["warehouse"],
                "confirmed": _pieces(one["confirmed"]),
                "confirmed_at": _moment(one["confirmed_at"], zone),
                "observed": _pieces(one["observed"]),
                "observed_at": _moment(one["observed_at"], zone),
            }
            for one in known
            if one["channel"] in _channels(Kind.STOCK)
        ],
    }


def _price(one: Mapping[str, Any], zone: ZoneInfo) -> dict[str, Any]:
    return {
        "confirmed": one["confirmed"],
        "confirmed_old": one["confirmed_old"],
        "confirmed_at": _moment(one["confirmed_at"], zone),
        "observed": one["observed"],
        "observed_old": one["observed_old"],
        "observed_at": _moment(one["observed_at"], zone),
    }


def _pieces(amount: str | None) -> int | None:
    return None if amount is None else int(Decimal(amount))


def _moment(text: str | None, zone: ZoneInfo) -> str | None:
    return moment(datetime.fromisoformat(text), zone) if text else None
