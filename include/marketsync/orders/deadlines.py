"""Until when an order must be assembled: who is told as that time comes near, and what is to be done first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from marketsync.accounts import Account
from marketsync.db import sql
from marketsync.orders.alerts import LEVELS, Alert, Connection, Level, end_alerts, raise_alerts
from marketsync.reports.texts import Language, Words

__all__ = ["Due", "Told", "by_slack", "tell_deadlines"]

_DUE = Words(
    "Заказ {number} ({account}) не собран, срок {time}, осталось {left}. {do}",
    "Order {number} ({account}) is not assembled; it is due at {time}, {left} left. {do}",
)
_OVERDUE = Words(
    "Заказ {number} ({account}) просрочен: должен был быть собран к {time}. {do}",
    "Order {number} ({account}) is overdue: it had to be assembled by {time}. {do}",
)
_ASSEMBLE = Words(
    "Соберите и отметьте сборку в 1С, или отмените его там же, если товара нет",
    "Assemble it and report it in 1C, or cancel it there if the goods are missing",
)
_WAIT = Words(
    "Площадка ещё не дала его собрать (статус {status}): проверьте заказ в кабинете",
    "The marketplace does not let it be assembled yet (status {status}): look at it in the cabinet",
)
_HOURS = Words("{hours} ч {minutes:02} мин", "{hours} h {minutes:02} min")


@dataclass(frozen=True, slots=True)
class Due:
    """One order that waits.

    Attributes:
        status_there: in the marketplace's word.
        slack: until it must be assembled; negative once it is late; None where no time is known.
        tasks: what was asked for and is not done.
    """

    posting_id: int
    account: str
    number: str
    status: str
    status_there: str
    ship_by: datetime | None
    slack: timedelta | None
    received_at: datetime
    erp_state: str
    erp_number: str | None
    tasks: str | None


@dataclass(frozen=True, slots=True)
class Told:
    """How many deadline alerts were raised, or grew, and how many ended."""

    raised: int
    ended: int


def by_slack(
    connection: Connection, now: datetime, *, account: str | None = None, limit: int = 100
) -> list[Due]:
    """The orders that wait, the most pressing first; those that only wait for their handover come last.

    SQL that orders work of its own says the same: `order by ship_by nulls last, posting_id`.
    """
    rows = connection.execute(sql("orders/by_slack"), {"account": account, "limit": limit}).fetchall()
    return [Due(**row, slack=row["ship_by"] - now if row["ship_by"] else None) for row in rows]


def tell_deadlines(
    connection: Connection, account: Account, now: datetime, *, zone: ZoneInfo, language: Language
) -> Told:
    """Bring an account's deadline alerts in line with its orders; says nothing of accounts that take none."""
    settings = account.orders
    if settings is None:
        return Told(0, 0)
    rows = connection.execute(
        sql("orders/due_changes"),
        {
            "account": account.id,
            "now": now,
            "shares": list(settings.alert_shares),
            "minutes": list(settings.alert_minutes),
        },
    ).fetchall()
    over = [row["key"] for row in rows if row["open_level"] and _shrinks(row["level"], row["open_level"])]
    ended = end_alerts(connection, over, now)
    wanted = [
        Alert(
            row["key"],
            row["level"],
            _message(row, account.id, now, zone, language),
            account.id,
            row["posting_id"],
        )
        for row in rows
        if row["level"]
    ]
    return Told(len(raise_alerts(connection, wanted, now)), ended)


def _shrinks(wanted: Level | None, known: Level) -> bool:
    return wanted is None or LEVELS.index(wanted) < LEVELS.index(known)


def _message(row: dict[str, Any], account: str, now: datetime, zone: ZoneInfo, language: Language) -> str:
    do = _WAIT if row["status"] == "new" else _ASSEMBLE
    words = _OVERDUE if row["overdue"] else _DUE
    return words.of(language).format(
        number=row["number"],
        account=account,
        time=row["ship_by"].astimezone(zone).strftime("%d.%m.%Y %H:%M"),
        left=_left(row["ship_by"] - now, language),
        do=do.of(language).format(status=row["status_there"]),
    )


def _left(slack: timedelta, language: Language) -> str:
    hours, rest = divmod(max(int(slack.total_seconds()), 0), 3600)
    return _HOURS.of(language).format(hours=hours, minutes=rest // 60)
