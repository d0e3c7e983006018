"""Orders: what there is, what became of one, and what a person decides about those that nobody understands."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

import typer

from marketsync.commands.shell import Account, Author, author_of, commands, moment, opened, say, show
from marketsync.db import sql
from marketsync.errors import BadInput, MarketsyncError, Place
from marketsync.marketplaces.orders import PostingStatus
from marketsync.orders import book
from marketsync.orders.assigning import assign as assign_good
from marketsync.orders.assigning import good_of
from marketsync.runtime import Runtime
from marketsync.steps.orders import intake, take_orders

__all__ = ["app"]

app = commands(__doc__)

_STATUSES: Mapping[str, str] = {
    "new": "ждёт площадку",
    "to_assemble": "собрать",
    "to_ship": "отгрузить",
    "shipping": "в пути",
    "delivered": "доставлен",
    "cancelled": "отменён",
    "disputed": "спор",
    "unknown": "статус неизвестен",
}
_ERP: Mapping[str, str] = {"waiting": "ERP ещё не ответила", "taken": "принят ERP", "refused": "ERP отказала"}
_ENDED: Mapping[str | None, str] = {
    "booked": "учтён в остатках",
    "cancelled": "заказ отменён",
    "returned": "товар вернулся",
    "lapsed": "площадка заказ не показала",
    "changed": "заказ изменился",
}

Number = Annotated[str, typer.Argument(help="номер отправления на площадке")]
OneAccount = Annotated[str | None, typer.Option("--account", help="кабинет; без него - все")]


@app.command("list")
def list_orders(
    account: OneAccount = None,
    status: Annotated[PostingStatus | None, typer.Option(help="только с этим статусом")] = None,
    set_aside: Annotated[bool, typer.Option("--set-aside", help="отложенные сообщения с причинами")] = False,
    limit: Annotated[int, typer.Option(help="сколько строк, не больше")] = 100,
) -> None:
    """Заказы, которые ждут склада, по сроку отгрузки; с --set-aside - то, что принять не удалось."""
    with opened() as runtime:
        known = runtime.accounts.account(account).id if account else None
        with runtime.database.transaction() as connection:
            if set_aside:
                rows = connection.execute(sql("orders/set_aside_events"), {"account": known}).fetchall()
            else:
                wanted = {"account": known, "status": status.value if status else None, "limit": limit}
                rows = connection.execute(sql("orders/list"), wanted).fetchall()
        for row in rows:
            say(_set_aside(runtime, row) if set_aside else _line(runtime, row))
        if not rows:
            say("Таких заказов нет")


@app.command("show")
def show_order(number: Number, account: OneAccount = None) -> None:
    """Заказ: строки, что под него отложено, и всё, что о нём слышали."""
    with opened() as runtime:
        with runtime.database.transaction() as connection:
            order = _order(connection, number, account)
            told = connection.execute(sql("orders/history"), {"posting_id": order["posting_id"]}).fetchall()
        for text in _about(runtime, order):
            say(text)
        for line in order["lines"]:
            good = line["good"] or "товар не найден"
            price = f" по {line['price']}" if line["price"] is not None else ""
            say(f"  {line['article']} — {line['quantity']} шт.{price}: {good}")
        for row in told:
            say(f"  {moment(runtime, row['at'])} {_heard(row)}")


@app.command()
def assign(
    account: Account,
    article: Annotated[str, typer.Argument(help="артикул, как его называет площадка")],
    good: Annotated[str, typer.Argument(help="артикул или код 1С товара")],
    author: Author = None,
) -> None:
    """Указать товар для артикула, которого никто не знает: для ждущих заказов и для следующих."""
    with opened() as runtime:
        settings = runtime.accounts.account(account)
        with runtime.database.transaction() as connection:
            found = good_of(connection, good)
            numbers = assign_good(
                connection, settings, article, found["product_id"], author_of(author), runtime.clock.now()
            )
        say(f"«{article}» в кабинете {account} - это «{found['name']}» ({found['article']}, {found['guid']})")
        say(f"Остаток отложен под заказы: {', '.join(numbers)}" if numbers else "Заказов с ним сейчас нет")


@app.command()
def retry(
    account: Account,
    number: Annotated[str | None, typer.Argument(help="один заказ; без него - все отложенные")] = None,
) -> None:
    """Прочитать заказ с площадки заново; без номера - всё, что было отложено."""
    with opened() as runtime:
        reading = intake(runtime, account)
        with runtime.database.transaction() as connection:
            rows = connection.execute(sql("orders/set_aside_events"), {"account": account}).fetchall()
        numbers = [number] if number else sorted({row["number"] for row in rows if row["number"]})
        left = 0
        for one in numbers:
            try:
                left += not _brought(reading.bring(one), one)
            except MarketsyncError as error:
                say(f"{one}: {error}")
                left += 1
        if not numbers:
            say("Отложенных заказов с номером нет")
        nameless = [row for row in rows if not row["number"]]
        if nameless and not number:
            say(f"Без номера: {len(nameless)}; прочитать их заново нельзя, причины: orders list --set-aside")
        if left or reading.read.bad:
            raise BadInput(
                "не все заказы приняты", hint="Причины: python -m marketsync orders list --set-aside"
            )


@app.command()
def read(account: Account) -> None:
    """Прочитать заказы кабинета сейчас, как это делает DAG."""
    with opened() as runtime:
        show(take_orders(runtime, account))


def _brought(found: bool, number: str) -> bool:
    say(f"{number}: прочитан" if found else f"{number}: площадка такого заказа не показывает")
    return found


def _order(connection: Any, number: str, account: str | None) -> dict[str, Any]:
    order = book.find(connection, number, account)
    if order is None:
        raise BadInput(
            f"заказа {number} нет",
            place=Place(account=account),
            hint="Проверьте номер; прочитать с площадки: python -m marketsync orders retry КАБИНЕТ НОМЕР",
        )
    return order


def _line(runtime: Runtime, row: Mapping[str, Any]) -> str:
    told = "" if row["read"] else ", известен только по push"
    erp = f"принят ERP под № {row['erp_number']}" if row["erp_number"] else _ERP[row["erp_state"]]
    return (
        f"{row['account']} {row['number']}: {_STATUSES[row['status']]} {_until(runtime, row['ship_by'])}, "
        f"{row['pieces']} шт., отложено {row['reserved']}; {erp}{told}"
    )


def _about(runtime: Runtime, order: Mapping[str, Any]) -> list[str]:
    erp = _ERP[order["erp_state"]] + (f" под № {order['erp_number']}" if order["erp_number"] else "")
    there = ", ".join(word for word in (order["status_there"], order["substatus_there"]) if word)
    until = _until(runtime, order["ship_by"])
    lines = [f"{order['account']} {order['number']}: {_STATUSES[order['status']]} ({there}), {until}; {erp}"]
    if order["cancellation"]:
        lines.append(f"  отменён: {order['cancellation'].get('reason') or 'причина не названа'}")
    if order["read_at"] is None:
        lines.append("  известен только по push, с площадки ещё не прочитан")
    return lines


def _until(runtime: Runtime, ship_by: datetime | None) -> str:
    return f"до {moment(runtime, ship_by)}" if ship_by else "без срока"


def _set_aside(runtime: Runtime, row: Mapping[str, Any]) -> str:
    what = row["number"] or f"сообщение {row['event_id']}"
    return f"{row['account']} {what} ({row['source']}, {moment(runtime, row['received_at'])}): {row['error']}"


def _heard(row: Mapping[str, Any]) -> str:
    if row["source"] == "reservation":
        over = f", закончено: {_ENDED[row['error']]}" if row["state"] == "ended" else ""
        return f"отложено {row['quantity']} шт. {row['article']}{over}"
    trouble = f" - отложено: {row['error']}" if row["state"] == "set_aside" else ""
    return f"{row['source']} {row['kind']} {row['status_there'] or ''}{trouble}".rstrip()
