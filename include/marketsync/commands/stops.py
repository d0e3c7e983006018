"""What a person stops at once: a channel, an account, one good, or its sale."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import typer

from marketsync.accounts import Mode
from marketsync.commands.shell import Account, Author, Reason, author_of, commands, moment, opened, say
from marketsync.errors import BadInput, MarketsyncError, Place
from marketsync.marketplaces.base import Channel, Kind
from marketsync.reports.texts import Words
from marketsync.runtime import Runtime
from marketsync.sync import plan as planning
from marketsync.sync.kinds import KINDS
from marketsync.sync.stops import Person, Stops, Target

__all__ = ["app"]

app = commands(__doc__)

Article = Annotated[str, typer.Argument(help="an article, or 1C's id")]
OneArticle = Annotated[str | None, typer.Argument(help="an article, or 1C's id; none: the whole account")]
OneAccount = Annotated[str | None, typer.Option("--account", help="where several accounts have the article")]
AnyAccount = Annotated[str | None, typer.Argument(help="an account of accounts.yaml; none: all")]
OneChannel = Annotated[str | None, typer.Argument(help="card, price, stock; none: the whole account")]
Why = Annotated[str | None, typer.Option("--reason", help="why")]

_WORDS = {
    "freeze": Words(
        "{what} заморожен: не меняется ничего, остаток тоже",
        "{what} is frozen: nothing of it changes, its stock neither",
    ),
    "freeze_again": Words("{what} уже заморожен", "{what} is frozen already"),
    "unfreeze": Words("{what} разморожен", "{what} is not frozen any more"),
    "unfreeze_again": Words("{what} не был заморожен", "{what} was not frozen"),
    "stop": Words(
        "{what}: отправка остановлена, со следующего вызова", "{what}: nothing is sent from the next call on"
    ),
    "stop_again": Words("{what}: отправка уже остановлена", "{what}: nothing was sent before either"),
    "resume": Words("{what}: отправка возобновлена", "{what}: what is planned goes again"),
    "resume_again": Words("{what}: отправка не была остановлена", "{what}: it was not stopped"),
    "zero": Words(
        "{what}: остаток — ноль, что бы ни считал магазин",
        "{what}: none are on sale, whatever the store counts",
    ),
    "zero_again": Words("{what}: остаток уже обнулён", "{what}: it was off sale already"),
    "sell": Words("{what}: остаток снова из магазина", "{what}: the store's count is shown again"),
    "sell_again": Words("{what}: остаток не был обнулён", "{what}: it was not off sale"),
}
_STILL_STOPPED = Words(
    "Остановлено и остаётся: {rest} (`marketsync resume`)", "Still stopped: {rest} (`marketsync resume`)"
)
_STILL_OFF_SALE = Words(
    "Обнулено и остаётся: {rest} (`marketsync sell`)", "Still off sale: {rest} (`marketsync sell`)"
)
_FROZEN_ON_SALE = Words(
    "Заморожено, поэтому остаток не обнулится: {rest} (`marketsync unfreeze`)",
    "Frozen, so that the stock stays as it is: {rest} (`marketsync unfreeze`)",
)
_STOPPED_STOCK = Words(
    "Отправка остатков остановлена, ноль не уйдёт: `marketsync resume {account}`",
    "Stocks are stopped, so that no zero is sent: `marketsync resume {account}`",
)
_OBSERVES = Words(
    "Кабинет {account} в режиме observe: ноль не уйдёт",
    "The account {account} is in mode observe: no zero is sent",
)
_PLANNED = Words("Запланировано обнулений: {n}", "Zeros planned: {n}")
_PLANNED_LATER = Words(
    "План составит ближайший запуск {account}__stocks: {error}",
    "The next run of {account}__stocks plans it: {error}",
)
_NOTHING = Words("ничего нет", "nothing")
_SOME = 10


@app.command()
def freeze(article: Article, reason: Reason, account: OneAccount = None, author: Author = None) -> None:
    """Let nobody change an offer: no card, no price, no stock, until `unfreeze`."""
    with opened() as runtime:
        stops, target = _stops(runtime), _target(runtime, article, account)
        done = stops.freeze(target, Person(author_of(author), reason))
        _told(runtime, "freeze", done, _name(target))


@app.command()
def unfreeze(article: Article, reason: Why = None, account: OneAccount = None, author: Author = None) -> None:
    """Keep a frozen offer equal again."""
    with opened() as runtime:
        stops, target = _stops(runtime), _target(runtime, article, account)
        events = _events(_channels(runtime, target.account))
        done = stops.unfreeze(target, Person(author_of(author), reason), events)
        _told(runtime, "unfreeze", done, _name(target))


@app.command()
def frozen(account: AnyAccount = None) -> None:
    """The frozen offers, with who froze them and why."""
    with opened() as runtime:
        _list(runtime, _stops(runtime).frozen(_known(runtime, account)))


@app.command()
def stop(account: Account, reason: Reason, channel: OneChannel = None, author: Author = None) -> None:
    """Send nothing in a channel, or in the whole account, from the next call on. Plans and reports go on."""
    with opened() as runtime:
        _one_channel(runtime, account, channel)
        done = _stops(runtime).stop(account, channel or "", Person(author_of(author), reason))
        _told(runtime, "stop", done, _where(account, channel))


@app.command()
def resume(account: Account, channel: OneChannel = None, reason: Why = None, author: Author = None) -> None:
    """Send again what was stopped."""
    with opened() as runtime:
        channels = _one_channel(runtime, account, channel)
        stops = _stops(runtime)
        person = Person(author_of(author), reason)
        done = stops.resume(account, channel or "", person, _events(channels))
        _told(runtime, "resume", done, _where(account, channel))
        rest = [_where(row["account"], row["channel"]) for row in stops.stopped(account)]
        if rest:
            say(_STILL_STOPPED.of(runtime.accounts.language).format(rest=", ".join(rest)))


@app.command()
def stopped(account: AnyAccount = None) -> None:
    """The stopped accounts and channels, and what was taken off sale."""
    with opened() as runtime:
        stops = _stops(runtime)
        known = _known(runtime, account)
        _list(runtime, [*stops.stopped(known), *stops.off_sale(known)])


@app.command()
def zero(account: Account, reason: Reason, article: OneArticle = None, author: Author = None) -> None:
    """Publish a stock of none for an offer, or for the whole account, until `sell`; goes before everything else."""
    with opened() as runtime:
        _known(runtime, account)
        stops = _stops(runtime)
        target = stops.find(article, account) if article else None
        person = Person(author_of(author), reason)
        done = stops.zero(account, target, person, _events(_stock_channels(runtime, account)))
        _told(runtime, "zero", done, _name(target) if target else account)
        for line in _planned(runtime, account):
            say(line)
        for line in _hindered(runtime, account, target):
            say(line)


@app.command()
def sell(account: Account, article: OneArticle = None, reason: Why = None, author: Author = None) -> None:
    """Show the store's count again after `zero`."""
    with opened() as runtime:
        _known(runtime, account)
        stops = _stops(runtime)
        target = stops.find(article, account) if article else None
        person = Person(author_of(author), reason)
        done = stops.sell(account, target, person, _events(_stock_channels(runtime, account)))
        _told(runtime, "sell", done, _name(target) if target else account)
        rest = stops.off_sale(account)
        if target:
            rest = [row for row in rest if row["offer_id"] in (None, target.offer_id)]
        if rest:
            say(_STILL_OFF_SALE.of(runtime.accounts.language).format(rest=_some(rest)))


def _stops(runtime: Runtime) -> Stops:
    return Stops(runtime.database, runtime.clock)


def _known(runtime: Runtime, account: str | None) -> str | None:
    return runtime.accounts.account(account).id if account else None


def _target(runtime: Runtime, article: str, account: str | None) -> Target:
    return _stops(runtime).find(article, _known(runtime, account))


def _channels(runtime: Runtime, account: str) -> list[type[Channel]]:
    return list(runtime.seller(account).marketplace.channels)


def _stock_channels(runtime: Runtime, account: str) -> list[type[Channel]]:
    return [channel for channel in _channels(runtime, account) if channel.kind is Kind.STOCK]


def _one_channel(runtime: Runtime, account: str, channel: str | None) -> list[type[Channel]]:
    known = _channels(runtime, account)
    if channel is None:
        return known
    chosen = [one for one in known if one.name == channel]
    if not chosen:
        names = ", ".join(one.name for one in known)
        raise BadInput(
            f"Канала {channel!r} нет",
            place=Place(account=account),
            hint=f"Есть: {names}; без канала — весь кабинет",
        )
    return chosen


def _events(channels: list[type[Channel]]) -> list[str]:
    return sorted({KINDS[channel.kind].event for channel in channels})


def _planned(runtime: Runtime, account: str) -> Iterator[str]:
    """Plan the zeros now, so that an upload that is running takes them with its next call."""
    language = runtime.accounts.language
    try:
        seller = runtime.seller(account)
        plans = [planning.make(lane) for lane in seller.lanes if lane.channel.kind is Kind.STOCK]
    except MarketsyncError as error:
        yield _PLANNED_LATER.of(language).format(account=account, error=error)
        return
    yield _PLANNED.of(language).format(n=sum(plan.planned for plan in plans))


def _hindered(runtime: Runtime, account: str, target: Target | None) -> Iterator[str]:
    """What stands in the way of the zero."""
    language = runtime.accounts.language
    stops = _stops(runtime)
    frozen = [row for row in stops.frozen(account) if target is None or row["offer_id"] == target.offer_id]
    if frozen:
        yield _FROZEN_ON_SALE.of(language).format(rest=_some(frozen))
    names = {"", *(channel.name for channel in _stock_channels(runtime, account))}
    if any(row["channel"] in names for row in stops.stopped(account)):
        yield _STOPPED_STOCK.of(language).format(account=account)
    if runtime.accounts.account(account).mode is Mode.OBSERVE:
        yield _OBSERVES.of(language).format(account=account)


def _some(rows: list[dict[str, Any]]) -> str:
    names = [row["article"] or row["account"] for row in rows]
    more = f", ... ({len(names)})" if len(names) > _SOME else ""
    return ", ".join(names[:_SOME]) + more


def _name(target: Target) -> str:
    return f"{target.account}: {target.article}"


def _where(account: str, channel: str | None) -> str:
    return f"{account} {channel}" if channel else account


def _told(runtime: Runtime, action: str, done: bool, what: str) -> None:
    say(_WORDS[action if done else f"{action}_again"].of(runtime.accounts.language).format(what=what))


def _list(runtime: Runtime, rows: list[dict[str, Any]]) -> None:
    if not rows:
        say(_NOTHING.of(runtime.accounts.language))
    for row in rows:
        what = " ".join(
            part for part in (row["account"], row.get("channel"), row.get("article"), row.get("name")) if part
        )
        if "channel" not in row and not row["article"]:
            what += ": 0"
        say(f"{what} — {row['author']}, {moment(runtime, row['since'])}: {row['reason']}")
