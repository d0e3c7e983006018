"""Доставка своими перевозчиками: что оформлено и что ждёт (deliveries by carriers of ours)."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from marketsync.commands.shell import Author, author_of, commands, opened, say, show
from marketsync.orders.shipment_texts import state_words
from marketsync.steps import shipments as steps

__all__ = ["app"]

app = commands(__doc__)

_Number = Annotated[str, typer.Argument(help="номер заказа")]
_Account = Annotated[str | None, typer.Option("--account", help="кабинет, если номер есть у нескольких")]


@app.command(name="list")
def show_shipments(number: Annotated[str | None, typer.Argument(help="номер заказа")] = None) -> None:
    """Показать доставки, которые не завершены; сначала то, чему отгружаться раньше."""
    with opened() as runtime:
        found = steps.open_shipments(runtime, number)
        for row in found:
            say(_line(row))
        if not found:
            say("доставок нет")


@app.command()
def request(
    number: _Number,
    weight: Annotated[
        list[str] | None, typer.Option(help="килограммы места; по одному на каждое место")
    ] = None,
    service: Annotated[str | None, typer.Option(help="код услуги перевозчика")] = None,
    account: _Account = None,
    author: Author = None,
) -> None:
    """Запросить доставку заказа, в том числе ещё раз после отказа или отмены."""
    asked: dict[str, Any] = {"places": [{"weight": one} for one in weight or ()]}
    if service:
        asked["service"] = service
    with opened() as runtime:
        found = steps.request_shipment(runtime, number, author_of(author), account=account, asked=asked)
        say(f"{found.number}: {found.words} ({found.carrier}, у него {found.our_number})")


@app.command()
def cancel(number: _Number, account: _Account = None, author: Author = None) -> None:
    """Отменить доставку заказа у перевозчика."""
    with opened() as runtime:
        found = steps.cancel_shipment(runtime, number, author_of(author), account=account)
        say(f"{found.number}: " + ("отменён" if found.state == "cancelled" else "будет отменён при обмене"))


@app.command()
def run() -> None:
    """Обменяться с перевозчиками сейчас: то же, что DAG carriers__shipments."""
    with opened() as runtime:
        show(steps.run_shipments(runtime))


def _line(row: dict[str, Any]) -> str:
    words = state_words(row["state"], row["stage"])
    parts = [row["account"], row["number"], row["carrier"], row["their_number"] or row["our_number"], words]
    if row["cancel_answer"]:
        parts.append(f"отмена: {row['cancel_answer']}")
    return " | ".join(parts) + (f" | {row['error']}" if row["error"] else "")
