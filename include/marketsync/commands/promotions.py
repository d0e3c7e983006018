"""Which promotions there are, and how our goods stand in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from marketsync.commands.shell import Account, commands, opened, say
from marketsync.db import sql
from marketsync.errors import BadInput
from marketsync.marketplaces.base import Kind
from marketsync.runtime import Runtime, Seller
from marketsync.sync import promotions as promotions_of
from marketsync.sync.lane import Lane

__all__ = ["app", "problems"]

app = commands(__doc__)


@app.command()
def promotions(account: Account) -> None:
    """The account's promotions: dates, whether chosen, our candidates and members, prices. Reads, sends nothing."""
    with opened() as runtime:
        lane = _lane(runtime.seller(account))
        promotions_of.refresh(lane, always=True)
        for line in _lines(runtime, lane):
            say(line)


def problems(lane: Lane) -> list[str]:
    """What of accounts.yaml's promotions cannot be done now, in words."""
    with lane.database.transaction() as connection:
        return [row["message"] for row in connection.execute(sql("promotion/problems"), lane.key)]


def _lane(seller: Seller) -> Lane:
    for lane in seller.lanes:
        if lane.channel.kind is Kind.PROMOTION:
            return lane
    raise BadInput(f"{seller.marketplace.title} has no channel of promotions")


def _lines(runtime: Runtime, lane: Lane) -> Iterator[str]:
    zone = ZoneInfo(runtime.accounts.time_zone)
    with lane.database.transaction() as connection:
        rows = connection.execute(sql("promotion/overview"), lane.key).fetchall()
    now = lane.clock.now()
    for row in rows:
        yield f"{row['action']}  «{row['title']}»  {_dates(row, zone)}  {_state(row, now)}"
        yield "  " + _how(row)
        yield f"  товаров кабинета: могут участвовать {row['candidates']}, участвуют {row['members']}"
        if row["setting"] is not None or row["confirmed"]:
            yield (
                f"  наших: могут участвовать {row['ours'] - row['ours_in']}, участвуют {row['ours_in']}"
                + (f", из них добавлены площадкой {row['automatic']}" if row["automatic"] else "")
                + f"; ведём {row['confirmed']}{_prices(row)}, не подошли по условиям {row['kept_out']}"
            )
    if not rows:
        yield "Площадка сейчас не предлагает акций"
    for message in problems(lane):
        yield f"! {message}"


def _dates(row: Mapping[str, Any], zone: tzinfo) -> str:
    return " - ".join(_moment(row[name], zone) for name in ("starts_at", "ends_at"))


def _moment(moment: datetime | None, zone: tzinfo) -> str:
    return moment.astimezone(zone).strftime("%d.%m.%Y %H:%M") if moment is not None else "?"


def _state(row: Mapping[str, Any], now: datetime) -> str:
    if not row["listed"] or (row["ends_at"] is not None and row["ends_at"] <= now):
        return "завершена"
    if row["starts_at"] is not None and row["starts_at"] > now:
        return "ещё не началась"
    if row["frozen_at"] is not None and row["frozen_at"] <= now:
        return "приостановлена: цены могут только снижаться"
    return "идёт"


def _how(row: Mapping[str, Any]) -> str:
    chosen = f"выбрана в accounts.yaml как «{row['setting']}»" if row["setting"] is not None else "не выбрана"
    price = "меняет обычную цену товара" if row["moves_price"] else "цена отдельно от обычной"
    return f"{chosen}; {price}"


def _prices(row: Mapping[str, Any]) -> str:
    if not row["confirmed"]:
        return ""
    return f" по ценам {row['lowest']} - {row['highest']}"
