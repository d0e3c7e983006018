"""What is looked at every minute: each check reads, and names the troubles that it finds.

A check knows nothing of the other checks and keeps nothing between two rounds: whatever it names is raised, and what it
named before and does not name any more is over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from marketsync.accounts import Accounts
from marketsync.credentials import Credentials
from marketsync.db import sql
from marketsync.orders.alerts import Connection, Level
from marketsync.orders.deadlines import tell_deadlines
from marketsync.reports.texts import Words
from marketsync.watchdog import outside

__all__ = ["CHECKS", "Check", "Look", "Trouble"]


@dataclass(frozen=True, slots=True)
class Look:
    """What a check may look at.

    Attributes:
        began: when this watchdog began to watch; what never gave a sign of life is counted from here.
    """

    connection: Connection
    accounts: Accounts
    credentials: Callable[[str], Credentials]
    now: datetime
    began: datetime

    def say(self, words: Words, **values: object) -> str:
        """A text in the accounts' language; times as people of their zone read them."""
        zone = ZoneInfo(self.accounts.time_zone)
        shown = {
            name: value.astimezone(zone).strftime("%d.%m.%Y %H:%M") if isinstance(value, datetime) else value
            for name, value in values.items()
        }
        return words.of(self.accounts.language).format(**shown)

    def before(self, minutes: float) -> datetime:
        """The moment so many minutes ago."""
        return self.now - timedelta(minutes=minutes)

    def rows(self, name: str, **values: Any) -> list[dict[str, Any]]:
        """The rows of a query."""
        return self.connection.execute(sql(f"watchdog/{name}"), values).fetchall()


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that a person must hear of.

    Attributes:
        key: names it within its check.
    """

    key: str
    level: Level
    message: str
    account: str | None = None


Check = Callable[[Look], Iterator[Trouble]]

_URGENT_AFTER = 3  # times the time after which a flow is stale
_HOURLY_MINUTES = 60.0  # flows that run several times an hour
_DAILY_MINUTES = 36 * 60.0  # flows that run once a day
_STARTING_MINUTES = 3  # Airflow and the watchdog start together, and Airflow takes longer
_UNPUSHED = 3  # orders that came by reading alone, before pushes count as gone

_FLOW = Words(
    "{account}: заказы не читаются с {since} (поток {flow}). Откройте DAG {account}__orders: он упал, стоит на паузе "
    "или "
    "не запускается; пока он не работает, заказы приходят только уведомлениями",
    "{account}: orders are not read since {since} (flow {flow}). Open the DAG {account}__orders: it has failed, is "
    "paused, "
    "or does not start; until it works orders come by push alone",
)
_STOCKS = Words(
    "{account}: остатки не сверялись с {since}. Откройте DAG {account}__stocks: он упал, стоит на паузе или не "
    "запускается; пока он не работает, возможна продажа того, чего нет",
    "{account}: stocks were not looked at since {since}. Open the DAG {account}__stocks: it has failed, is paused, or "
    "does "
    "not start; until it works more may be sold than there is",
)
_PUSHES = Words(
    "{account}: площадка не присылает уведомлений с {since}, а заказов с тех пор пришло {n} (чтением). Проверьте в "
    "кабинете, не отключены ли уведомления, и доступен ли адрес шлюза снаружи",
    "{account}: the marketplace pushes nothing since {since}, though {n} orders came since then, by reading. See in "
    "the "
    "cabinet whether pushes are switched off, and whether the gateway can be reached from outside",
)
_SILENT = Words(
    "1С молчит: последняя выгрузка была {since}. Проверьте регламентное задание обмена в 1С и доступность шлюза",
    "1C is silent: its last delivery came at {since}. Check its scheduled exchange, and whether the gateway can be "
    "reached",
)
_WAITING_DELIVERY = Words(
    "Выгрузка от {since} ждёт импорта. Откройте DAG store__import: он упал, стоит на паузе или не запускается",
    "The delivery of {since} waits to be imported. Open the DAG store__import: it has failed, is paused, or does not "
    "start",
)
_PACKS = Words(
    "1С не забирает заказы: ждут {n}, первый с {since} ({number}). Проверьте в 1С обмен заказами",
    "1C does not fetch orders: {n} wait, the first since {since} ({number}). Check its exchange of orders",
)
_NO_KEYS = Words(
    "Заказы некому забирать: ждут {n}, первый с {since} ({number}), а ключа для 1С нет. Создайте его: "
    "`marketsync erp-key create`",
    "Nobody may fetch orders: {n} wait, the first since {since} ({number}), and 1C has no key. Make one: "
    "`marketsync erp-key create`",
)
_UNANSWERED = Words(
    "1С забрала заказы и не отвечает: без ответа пакетов {n}, первый — {pack} с {since}. Они придут ей снова такими "
    "же; "
    "посмотрите журнал обмена в 1С",
    "1C fetched orders and does not answer: {n} packs, the first is {pack} since {since}. They come to it again, the "
    "same; "
    "see its exchange's log",
)
_SET_ASIDE = Words(
    "{account}: отложено сообщений о заказах: {n} (например, о {number}): их не удалось понять. Когда причина "
    "устранена: `marketsync orders retry {account}`",
    "{account}: {n} messages about orders are set aside (one is about {number}): they could not be understood. Once "
    "that "
    "is mended: `marketsync orders retry {account}`",
)
_WAITING_EVENTS = Words(
    "{account}: сообщения о заказах не разбираются с {since}: {n}. Откройте DAG {account}__orders",
    "{account}: messages about orders wait since {since}: {n}. Open the DAG {account}__orders",
)
_TASKS = Words(
    "{account}: «{kind}» ждёт слишком долго: {n}, первое с {since}, заказ {number}{why}. Откройте DAG "
    "{account}__fulfilment",
    "{account}: {kind} waits for too long: {n}, the first since {since}, order {number}{why}. Open the DAG "
    "{account}__fulfilment",
)
_KINDS = {
    "ship": Words("сборка", "assembly"),
    "marks": Words("коды маркировки", "marking codes"),
    "label": Words("этикетка", "label"),
    "cancel": Words("отмена", "cancellation"),
    "tracking": Words("трек-номер", "tracking number"),
    "sent": Words("статус «отправлен»", "the status sent"),
    "last_mile": Words("статус «у курьера»", "the status last mile"),
    "delivered": Words("статус «доставлен»", "the status delivered"),
    "shipment": Words("заказ перевозчику", "the carrier's order"),
    "shipment_cancel": Words("отмена у перевозчика", "the carrier's cancellation"),
}
_AIRFLOW = Words(
    "Airflow: {what}. Ни цены, ни остатки, ни заказы не двигаются сами: проверьте его процессы",
    "Airflow: {what}. Neither prices nor stocks nor orders move by themselves: look at its processes",
)


def _deadlines(look: Look) -> Iterator[Trouble]:
    """Deadlines have alerts of their own, which are no trouble of the system."""
    zone = ZoneInfo(look.accounts.time_zone)
    for account in look.accounts.accounts:
        tell_deadlines(look.connection, account, look.now, zone=zone, language=look.accounts.language)
    yield from ()


def _flows(look: Look) -> Iterator[Trouble]:
    names = [account.id for account in look.accounts.accounts]
    known: Mapping[tuple[str, str], dict[str, Any]] = {
        (row["account"], row["flow"]): row for row in look.rows("flows", accounts=names)
    }
    settings = look.accounts.watchdog
    for account in look.accounts.accounts:
        expected = {"stocks": settings.stock_minutes}
        if account.orders:
            expected |= {"changes": settings.stale_minutes, "open": settings.stale_minutes}
            expected |= {"returns": _HOURLY_MINUTES, "reread": _DAILY_MINUTES}
        for flow, minutes in expected.items():
            row = known.get((account.id, flow))
            heard = row["heard_at"] if row else None
            since = heard or look.began
            if since > look.before(minutes):
                continue
            urgent = since <= look.before(_URGENT_AFTER * minutes) and minutes < _HOURLY_MINUTES
            words = _STOCKS if flow == "stocks" else _FLOW
            text = look.say(words, account=account.id, flow=flow, since=since)
            yield Trouble(f"{account.id}/{flow}", "urgent" if urgent else "warning", text, account.id)


def _pushes(look: Look) -> Iterator[Trouble]:
    names = [account.id for account in look.accounts.accounts if account.orders]
    for row in look.rows("pushes", accounts=names):
        if row["unpushed"] >= _UNPUSHED:
            text = look.say(_PUSHES, account=row["account"], since=row["heard_at"], n=row["unpushed"])
            yield Trouble(row["account"], "warning", text, row["account"])


def _deliveries(look: Look) -> Iterator[Trouble]:
    (row,) = look.rows("deliveries")
    if row["delivered_at"] and row["delivered_at"] < look.before(look.accounts.erp.silent_minutes):
        yield Trouble("silent", "warning", look.say(_SILENT, since=row["delivered_at"]))
    if row["waiting_since"] and row["waiting_since"] < look.before(look.accounts.watchdog.stale_minutes):
        yield Trouble("waiting", "warning", look.say(_WAITING_DELIVERY, since=row["waiting_since"]))


def _packs(look: Look) -> Iterator[Trouble]:
    (row,) = look.rows("packs", before=look.before(look.accounts.erp.silent_minutes))
    # with the shop as the way of the orders into the ERP nobody has to fetch them
    if row["waiting"] and (row["keys"] or look.accounts.shop_orders is None):
        words = _PACKS if row["keys"] else _NO_KEYS
        text = look.say(words, n=row["waiting"], since=row["waiting_since"], number=row["number"])
        yield Trouble("unfetched", "urgent", text)
    if row["unanswered"]:
        text = look.say(_UNANSWERED, n=row["unanswered"], since=row["unanswered_since"], pack=row["pack_id"])
        yield Trouble("unanswered", "warning", text)


def _inbox(look: Look) -> Iterator[Trouble]:
    for row in look.rows("inbox", before=look.before(look.accounts.watchdog.stale_minutes)):
        account = row["account"]
        if row["set_aside"]:
            text = look.say(_SET_ASIDE, account=account, n=row["set_aside"], number=row["example"] or "?")
            yield Trouble(f"{account}/set_aside", "warning", text, account)
        if row["waiting"]:
            text = look.say(_WAITING_EVENTS, account=account, n=row["waiting"], since=row["waiting_since"])
            yield Trouble(f"{account}/waiting", "urgent", text, account)


def _tasks(look: Look) -> Iterator[Trouble]:
    settings = look.accounts.watchdog
    rows = look.rows(
        "tasks",
        before=look.before(settings.task_minutes),
        label_before=look.before(settings.label_minutes),
    )
    for row in rows:
        account, kind = row["account"], row["kind"]
        text = look.say(
            _TASKS,
            account=account,
            kind=_KINDS[kind].of(look.accounts.language) if kind in _KINDS else kind,
            n=row["n"],
            since=row["since"],
            number=row["number"],
            why=f": {row['error']}" if row["error"] else "",
        )
        yield Trouble(f"{account}/{kind}", "warning", text, account)


def _airflow(look: Look) -> Iterator[Trouble]:
    connection = look.accounts.watchdog.airflow
    if connection is None or look.began > look.before(_STARTING_MINUTES):
        return
    for part, what in outside.airflow_troubles(look.credentials(connection), look.accounts.language):
        yield Trouble(part, "urgent", look.say(_AIRFLOW, what=what))


CHECKS: Mapping[str, Check] = {
    "deadlines": _deadlines,
    "flows": _flows,
    "pushes": _pushes,
    "deliveries": _deliveries,
    "packs": _packs,
    "inbox": _inbox,
    "tasks": _tasks,
    "airflow": _airflow,
}
"""Every check by its name, which begins the keys of its alerts."""
