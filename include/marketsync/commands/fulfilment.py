"""Задания по заказам: сборка, маркировка, этикетки, отмены, трек-номера (work that was asked for orders)."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from marketsync.commands.shell import Author, author_of, commands, moment, opened, say, show
from marketsync.runtime import Runtime
from marketsync.steps import fulfilment as steps

__all__ = ["app"]

app = commands(__doc__)

_KINDS = {
    "ship": "сборка",
    "marks": "маркировка",
    "label": "этикетка",
    "cancel": "отмена",
    "tracking": "трек-номер",
    "sent": "отправлен",
    "last_mile": "у курьера",
    "delivered": "доставлен",
    "shipment": "доставка перевозчиком",
    "shipment_cancel": "отмена перевозки",
}
_STATES = {"waiting": "ждёт", "doing": "выполняется", "done": "выполнено", "refused": "ОТКЛОНЕНО"}


@app.command(name="list")
def show_tasks(
    account: Annotated[str | None, typer.Option(help="аккаунт; без него - все")] = None,
    number: Annotated[str | None, typer.Option(help="номер заказа: все его задания, и выполненные")] = None,
) -> None:
    """Показать, что ждёт и что отклонено; сначала то, чему отгружаться раньше."""
    with opened() as runtime:
        found = steps.asked_of_orders(runtime, account, number)
        for row in found:
            say(_line(runtime, row))
        if not found:
            say("заданий нет")


@app.command()
def retry(
    what: Annotated[str, typer.Argument(help="номер задания или заказа")],
    account: Annotated[str | None, typer.Option(help="аккаунт, если номер есть у нескольких")] = None,
) -> None:
    """Сделать сейчас то, что ждёт, и ещё раз то, что отклонено."""
    with opened() as runtime:
        for row in steps.retry_tasks(runtime, what, account=account):
            say(f"будет повторено: {row['task_id']} {row['number']} {_KINDS[row['kind']]} ({row['account']})")


@app.command()
def drop(
    task: Annotated[int, typer.Argument(help="номер задания")],
    reason: Annotated[str, typer.Option(help="почему; остаётся в задании")],
    author: Author = None,
) -> None:
    """Снять задание: больше не пытаться."""
    with opened() as runtime:
        row = steps.drop_task(runtime, task, author=author_of(author), reason=reason)
        say(f"снято: {row['task_id']} {row['number']} {_KINDS[row['kind']]} ({row['account']})")


@app.command()
def run(account: Annotated[str, typer.Argument(help="аккаунт из accounts.yaml")]) -> None:
    """Выполнить задания аккаунта сейчас, без Airflow."""
    with opened() as runtime:
        show(steps.fulfil(runtime, account))


def _line(runtime: Runtime, row: dict[str, Any]) -> str:
    parts = [
        str(row["task_id"]),
        row["account"],
        row["number"],
        _KINDS[row["kind"]],
        _STATES[row["state"]],
        f"попыток {row['attempts']}",
        f"запросил {row['asked_by']} {moment(runtime, row['asked_at'])}",
    ]
    if row["ship_by"]:
        parts.append(f"отгрузить до {moment(runtime, row['ship_by'])}")
    if row["state"] == "waiting" and row["not_before"]:
        parts.append(f"следующая попытка {moment(runtime, row['not_before'])}")
    if row["error"]:
        parts.append(row["error"])
    return " | ".join(parts)
