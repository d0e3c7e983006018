"""What the guards hold: look at it, let it go, turn it down."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Annotated, Any

import typer

from marketsync.accounts import Mode
from marketsync.commands.shell import Account, Author, Reason, author_of, commands, moment, opened, say
from marketsync.db import sql
from marketsync.errors import BadInput
from marketsync.reports import question as words
from marketsync.reports.texts import VOCABULARIES, Language, Words, word
from marketsync.runtime import Runtime
from marketsync.steps.release import decide
from marketsync.sync.release import Decision, Verdict, look, of
from marketsync.sync.stops import Stops

__all__ = ["app", "told"]

app = commands(__doc__)

Number = Annotated[int, typer.Argument(help="a request's number: `held` shows it")]
Only = Annotated[str | None, typer.Option("--only", metavar="ARTICLE", help="decide about this offer alone")]
For = Annotated[str | None, typer.Option("--for", help="how long the verdict counts: 90m, 24h, 3d")]

_HOURS = {"m": 1 / 60, "h": 1.0, "d": 24.0}

_NOTHING = Words("{account}: ничего не задержано", "{account}: nothing is held")
_REQUEST = Words(
    "Запрос № {number}, {channel}: задержано {held} (с {since}; последнее изменение {changed})",
    "Request {number}, {channel}: {held} held (since {since}; last changed {changed})",
)
_ASKED = Words("  спрошено в Airflow {asked}", "  asked in Airflow {asked}")
_MORE = Words("  ... и ещё {more}", "  ... and {more} more")
_DECIDED = Words(
    "Запрос № {number}, {channel}: {state} — {author}, {at}: {reason}",
    "Request {number}, {channel}: {state} by {author}, {at}: {reason}",
)
_TURNED_DOWN = Words(
    "Отклонено и пока не спрашивается: {n} ({channel}), до {until}",
    "Turned down and not asked about for now: {n} ({channel}), until {until}",
)
_STATES = {
    "released": Words("отпущен", "released"),
    "discarded": Words("отклонён", "turned down"),
    "expired": Words("без ответа", "unanswered"),
    "superseded": Words("больше не действует", "superseded"),
}
_DONE = {
    Verdict.RELEASED: Words(
        "Запрос № {number}: отпущено {decided}, действует до {until}",
        "Request {number}: {decided} released, until {until}",
    ),
    Verdict.DISCARDED: Words(
        "Запрос № {number}: отклонено {decided}, не спрашивается до {until}",
        "Request {number}: {decided} turned down, not asked about until {until}",
    ),
}
_PARTLY = Words(
    "Из {asked} изменений действуют {same}; {changed} с тех пор изменились: "
    "{held} остались задержанными с другими значениями, {gone} больше не задержаны",
    "Of {asked} changes {same} are still the same; {changed} have changed since: "
    "{held} are held with other values, {gone} are not held any more",
)
_NEVER = Words(
    "{never} без цены (пусто, ноль или меньше): отпустить нельзя, исправьте в 1С",
    "{never} have no price (blank, zero or less): they cannot be released, mend them in the store",
)
_STALE = Words(
    "Запрос № {number} не отпущен: из {asked} изменений не действует ни одно",
    "Request {number} is not released: none of its {asked} changes is still the same",
)
_STALE_HINT = Words(
    "{held} задержаны с другими значениями: `marketsync held {account}`",
    "{held} are held with other values: `marketsync held {account}`",
)
_ALREADY = Words(
    "Запрос № {number}: решать нечего ({state}{who})",
    "Request {number}: nothing is left to decide ({state}{who})",
)
_OPEN = Words("открыт", "open")
_OBSERVES = Words(
    "Кабинет {account} в режиме observe: ничего не отправится",
    "The account {account} is in mode observe: nothing is sent",
)


@app.command()
def held(
    account: Account,
    channel: Annotated[str | None, typer.Argument(help="card, price, stock")] = None,
    decided: Annotated[int, typer.Option(help="how many of the requests decided last to show too")] = 0,
) -> None:
    """What waits for a person: the open requests with their numbers and worst examples."""
    with opened() as runtime:
        known = runtime.accounts.account(account)
        key = {"account": known.id, "channel": channel}
        found = look(runtime.database, runtime.clock, known.id, channel, decided=decided)
        with runtime.database.transaction() as connection:
            down = connection.execute(
                sql("release/turned_down"), {**key, "now": runtime.clock.now()}
            ).fetchall()
        say("\n".join(_shown(runtime, known.id, found, down)))


@app.command()
def release(
    number: Number, reason: Reason, valid: For = None, only: Only = None, author: Author = None
) -> None:
    """Let held values go, until the release ends: those that `held` last showed and that are still the same."""
    _decide(number, Verdict.RELEASED, reason, valid, only, author)


@app.command()
def discard(
    number: Number, reason: Reason, valid: For = None, only: Only = None, author: Author = None
) -> None:
    """Turn held values down: they stay held and are not asked about again until they change or the verdict ends."""
    _decide(number, Verdict.DISCARDED, reason, valid, only, author)


def _decide(
    number: int, verdict: Verdict, reason: str, valid: str | None, only: str | None, author: str | None
) -> None:
    with opened() as runtime:
        account = of(runtime.database, number)["account"]
        article = Stops(runtime.database, runtime.clock).find(only, account).article if only else None
        decision = decide(
            runtime,
            number,
            verdict,
            author=author_of(author),
            reason=reason,
            valid=_duration(valid),
            article=article,
        )
        for line in told(runtime, decision):
            say(line)


def told(runtime: Runtime, decision: Decision) -> Iterator[str]:
    """What a decision came to, line by line.

    Raises:
        BadInput: nothing of what was asked about is still the same.
    """
    language = runtime.accounts.language
    before = decision.before
    if decision.asked == 0 or (decision.decided == 0 and before["state"] == decision.verdict):
        who = f": {before['author']}, {moment(runtime, before['decided_at'])}" if before["author"] else ""
        state = _STATES.get(before["state"], _OPEN).of(language)
        yield _ALREADY.of(language).format(number=decision.request, state=state, who=who)
        return
    if decision.decided == 0 and not decision.never:
        raise BadInput(
            _STALE.of(language).format(number=decision.request, asked=decision.asked),
            hint=_STALE_HINT.of(language).format(held=decision.held_otherwise, account=decision.account),
        )
    yield (
        _DONE[decision.verdict]
        .of(language)
        .format(number=decision.request, decided=decision.decided, until=moment(runtime, decision.until))
    )
    if decision.changed:
        yield _PARTLY.of(language).format(
            asked=decision.asked,
            same=decision.asked - decision.changed,
            changed=decision.changed,
            held=decision.held_otherwise,
            gone=decision.gone,
        )
    if decision.never:
        yield _NEVER.of(language).format(never=decision.never)
    if runtime.accounts.account(decision.account).mode is Mode.OBSERVE:
        yield _OBSERVES.of(language).format(account=decision.account)


def _shown(
    runtime: Runtime, account: str, found: list[dict[str, Any]], down: list[dict[str, Any]]
) -> Iterator[str]:
    language = runtime.accounts.language
    if not any(row["state"] == "open" for row in found):
        yield _NOTHING.of(language).format(account=account)
    for row in found:
        channel = word(VOCABULARIES["channel"], row["channel"], language)
        if row["state"] == "open":
            yield from _open_request(runtime, row, channel, language)
        else:
            yield _DECIDED.of(language).format(
                number=row["request_id"],
                channel=channel,
                state=_STATES[row["state"]].of(language),
                author=row["author"] or "-",
                at=moment(runtime, row["decided_at"] or row["changed_at"]),
                reason=row["reason"] or "-",
            )
    for row in down:
        yield _TURNED_DOWN.of(language).format(
            n=row["n"],
            channel=word(VOCABULARIES["channel"], row["channel"], language),
            until=moment(runtime, row["until"]),
        )


def _open_request(runtime: Runtime, row: dict[str, Any], channel: str, language: Language) -> Iterator[str]:
    count = row["counts"].get("held", 0)
    yield _REQUEST.of(language).format(
        number=row["request_id"],
        channel=channel,
        held=count,
        since=moment(runtime, row["opened_at"]),
        changed=moment(runtime, row["changed_at"]),
    )
    if row["asked_until"]:
        yield _ASKED.of(language).format(asked=moment(runtime, row["asked_at"]))
    for line in words.totals(row["counts"], language):
        yield f"  {line}"
    for one in row["examples"]:
        why, before, after = words.example(one, row["channel"], language)
        yield f"    {one['article']}: {before} -> {after}  {one['name'][:50]} ({why})"
    if count > len(row["examples"]):
        yield _MORE.of(language).format(more=count - len(row["examples"]))


def _duration(text: str | None) -> timedelta | None:
    if text is None:
        return None
    found = re.fullmatch(r"(\d+(?:\.\d+)?)([mhd])", text.strip())
    if not found or float(found[1]) == 0:
        raise BadInput(f"--for {text}: непонятный срок", hint="Например: --for 90m, --for 24h, --for 3d")
    return timedelta(hours=float(found[1]) * _HOURS[found[2]])
