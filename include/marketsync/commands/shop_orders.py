"""Orders of marketplaces in the shop: what is not there yet and why, and putting it there now."""

from __future__ import annotations

from typing import Annotated

import typer

from marketsync.commands.shell import Account, commands, moment, opened, say, show
from marketsync.db import sql
from marketsync.errors import BadInput
from marketsync.reports.texts import Words
from marketsync.steps.site_orders import orders_to_shop

__all__ = ["app"]

app = commands(__doc__)

AnyAccount = Annotated[str | None, typer.Argument(help="an account of accounts.yaml; none: all")]
Number = Annotated[str, typer.Argument(help="the marketplace's number of the order")]
OneAccount = Annotated[str | None, typer.Option("--account", help="where several accounts have the number")]

_NOTHING = Words("все заказы на сайте", "every order is in the shop")
_STATES = {
    "waiting": Words("ждёт отправки", "waits"),
    "sending": Words("отправлен, ответа нет: сперва будет поиск на сайте", "sent, no answer: looked for first"),
    "refused": Words("сайт не принял", "refused by the shop"),
    "there": Words("на сайте прежний, изменение ждёт отправки", "the shop has the former one, the change waits"),
}  # fmt: skip
_LINE = Words("{account} {number}: {state}{pause}{error}", "{account} {number}: {state}{pause}{error}")
_PAUSE = Words("; не раньше {at}", "; not before {at}")
_AGAIN = Words(
    "{account} {number}: уйдёт на сайт при ближайшем запуске {account}__orders",
    "{account} {number}: the next run of {account}__orders puts it into the shop",
)


@app.command("list")
def listed(account: AnyAccount = None) -> None:
    """The orders that the shop does not have as they are now."""
    with opened() as runtime:
        language = runtime.accounts.language
        known = runtime.accounts.account(account).id if account else None
        with runtime.database.transaction() as connection:
            rows = connection.execute(sql("site_order/open"), {"account": known}).fetchall()
        for row in rows:
            at = row["not_before"]
            say(
                _LINE.of(language).format(
                    account=row["account"],
                    number=row["number"],
                    state=_STATES[row["state"]].of(language),
                    pause=_PAUSE.of(language).format(at=moment(runtime, at)) if at else "",
                    error=f": {row['error']}" if row["error"] else "",
                )
            )
        if not rows:
            say(_NOTHING.of(language))


@app.command()
def again(number: Number, account: OneAccount = None) -> None:
    """Put an order into the shop once more, also one that the shop refused."""
    with opened() as runtime:
        known = runtime.accounts.account(account).id if account else None
        with runtime.database.transaction() as connection:
            rows = connection.execute(
                sql("site_order/again"), {"number": number, "account": known}
            ).fetchall()
        if not rows:
            raise BadInput(
                f"заказа {number} нет среди тех, что идут на сайт",
                hint="Номера показывает python -m marketsync shop-orders list",
            )
        for row in rows:
            say(_AGAIN.of(runtime.accounts.language).format(**row))


@app.command()
def put(account: Account) -> None:
    """Put an account's orders into the shop now."""
    with opened() as runtime:
        show(orders_to_shop(runtime, account))
