"""Alerts, deadlines and the daily figures of orders."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from marketsync.commands.shell import commands, moment, opened, say
from marketsync.db import sql
from marketsync.errors import BadInput
from marketsync.orders import deadlines
from marketsync.orders.figures import OWN, figures_of
from marketsync.reports.texts import Language, Words
from marketsync.runtime import Runtime
from marketsync.steps.figures import order_figures

__all__ = ["alerts", "app", "due"]

app = commands(__doc__)
due = commands("Which orders are due first.")
alerts = typer.Typer(
    help="What people must hear of.",
    invoke_without_command=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)

_NO_ALERTS = Words("Сигналов нет", "No alerts")
_ENDED = Words("Сигнал {number} закрыт", "Alert {number} is closed")
_LEVELS = {
    "notice": Words("внимание", "notice"),
    "warning": Words("ПРЕДУПРЕЖДЕНИЕ", "WARNING"),
    "urgent": Words("СРОЧНО", "URGENT"),
}
_SINCE = Words("с {time}", "since {time}")
_UNTIL = Words("закончился {time}", "ended {time}")
_NO_ORDERS = Words("Заказов в работе нет", "No order waits")
_NO_TIME = Words("срок неизвестен", "no time known")
_LEFT = Words("осталось {time}", "{time} left")
_LATE = Words("просрочен на {time}", "late by {time}")
_TIME = Words("{hours} ч {minutes:02} мин", "{hours} h {minutes:02} min")
_MORE = Words("... показаны первые {n}; больше: --limit", "... the first {n}; more: --limit")
_NO_FIGURES = Words(
    "Показателей {account} за эти дни нет: `marketsync figures {account} --read`",
    "There are no figures of {account} for these days: `marketsync figures {account} --read`",
)
_HEADS = {
    "day": Words("день", "day"),
    "orders": Words("заказов", "orders"),
    "assembled": Words("собрано", "assembled"),
    "reaction_p50": Words("реакция p50, мин", "reaction p50, min"),
    "reaction_p95": Words("p95, мин", "p95, min"),
    "cancelled_by_us": Words("отменено нами, %", "cancelled by us, %"),
    "assembled_late": Words("с опозданием, %", "late, %"),
    "on_time": Words("вовремя, %", "in time, %"),
    "errors": Words("вместе, %", "together, %"),
}
_THERE = Words("Показатели площадки", "The marketplace's figures")
_THRESHOLDS = Words("предупреждение {warning}, блокировка {danger}", "warning {warning}, limit {danger}")

OneAccount = Annotated[str | None, typer.Argument(help="an account of accounts.yaml; none: all")]


@alerts.callback()
def list_alerts(
    context: typer.Context,
    ended: Annotated[bool, typer.Option("--all", help="also those that ended lately")] = False,
) -> None:
    """The open alerts, the gravest first."""
    if context.invoked_subcommand:
        return
    with opened() as runtime:
        language = runtime.accounts.language
        with runtime.database.transaction() as connection:
            rows = connection.execute(sql("alert/list"), {"ended": ended, "limit": 200}).fetchall()
        if not rows:
            say(_NO_ALERTS.of(language))
        for row in rows:
            say(_alert_line(runtime, row, language))


def _alert_line(runtime: Runtime, row: dict[str, Any], language: Language) -> str:
    since = _SINCE.of(language).format(time=moment(runtime, row["since"]))
    parts = [f"{row['alert_id']:>6} {_LEVELS[row['level']].of(language)} ({since}"]
    if row["ended_at"]:
        parts.append(f", {_UNTIL.of(language).format(time=moment(runtime, row['ended_at']))}")
    return f"{''.join(parts)}): {row['message']}"


@alerts.command("end")
def end(number: Annotated[int, typer.Argument(help="as the list shows it")]) -> None:
    """Close an alert; whoever still finds its trouble raises it again."""
    with opened() as runtime:
        with runtime.database.transaction() as connection:
            done = connection.execute(
                sql("alert/end_one"), {"alert_id": number, "now": runtime.clock.now()}
            ).rowcount
        if not done:
            raise BadInput(
                f"Открытого сигнала {number} нет", hint="Номера открытых сигналов: `marketsync alerts`"
            )
        say(_ENDED.of(runtime.accounts.language).format(number=number))


@due.command("due")
def list_due(
    account: OneAccount = None,
    limit: Annotated[int, typer.Option(help="how many to show", min=1)] = 50,
) -> None:
    """The orders that wait, the most pressing first."""
    with opened() as runtime:
        if account:
            runtime.accounts.account(account)
        now, language = runtime.clock.now(), runtime.accounts.language
        with runtime.database.transaction() as connection:
            found = deadlines.by_slack(connection, now, account=account, limit=limit + 1)
        if not found:
            say(_NO_ORDERS.of(language))
        for one in found[:limit]:
            say(_due_line(runtime, one, language))
        if len(found) > limit:
            say(_MORE.of(language).format(n=limit))


def _due_line(runtime: Runtime, one: deadlines.Due, language: Language) -> str:
    if one.ship_by is None or one.slack is None:
        slack, at = _NO_TIME.of(language), ""
    else:
        slack = (_LATE if one.slack < timedelta(0) else _LEFT).of(language)
        slack = slack.format(time=_duration(abs(one.slack), language))
        at = moment(runtime, one.ship_by)
    known = [one.account, one.number, one.status_there, at, slack, one.erp_number, one.tasks]
    return "  ".join(part for part in known if part)


def _duration(time: timedelta, language: Language) -> str:
    hours, rest = divmod(int(time.total_seconds()), 3600)
    return _TIME.of(language).format(hours=hours, minutes=rest // 60)


@app.command()
def figures(
    account: OneAccount = None,
    days: Annotated[int, typer.Option(help="how many to show", min=1)] = 14,
    read: Annotated[bool, typer.Option("--read", help="reckon them, and ask the marketplace, now")] = False,
) -> None:
    """The daily figures of orders, and the marketplace's own with their thresholds."""
    with opened() as runtime:
        chosen = [runtime.accounts.account(account)] if account else runtime.accounts.accounts
        if read:
            order_figures(runtime, account)
        today = runtime.clock.now().astimezone(ZoneInfo(runtime.accounts.time_zone)).date()
        for one in chosen:
            if account is None and one.orders is None:
                continue
            with runtime.database.transaction() as connection:
                rows = figures_of(connection, one.id, today - timedelta(days=days - 1))
            for line in _figure_lines(rows, one.id, runtime.accounts.language):
                say(line)


def _figure_lines(rows: list[dict[str, Any]], account: str, language: Language) -> list[str]:
    if not rows:
        return [_NO_FIGURES.of(language).format(account=account)]
    lines = [account]
    own: dict[Any, dict[str, Decimal | None]] = {}
    there: dict[str, dict[str, Any]] = {}  # the latest of each
    for row in rows:
        if row["name"] in OWN:
            own.setdefault(row["day"], {})[row["name"]] = row["value"]
        else:
            there.setdefault(row["name"], row)
    heads = [head.of(language) for head in _HEADS.values()]
    if own:
        lines.append("  ".join(heads))
    for day, values in own.items():
        cells = [day.strftime("%d.%m.%Y"), *(_number(values.get(name)) for name in OWN)]
        lines.append("  ".join(cell.rjust(len(head)) for cell, head in zip(cells, heads, strict=True)))
    if there:
        lines.append(_THERE.of(language))
    for row in there.values():
        thresholds = _THRESHOLDS.of(language).format(
            warning=_number(row["warning"]), danger=_number(row["danger"])
        )
        lines.append(f"  {row['title'] or row['name']}: {_number(row['value'])} ({thresholds})")
    return lines


def _number(value: Decimal | None) -> str:
    return "-" if value is None else f"{value.normalize():f}"
