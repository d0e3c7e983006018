"""What became of one good, at any time of the kept past; and a plan once more."""

from __future__ import annotations

import dataclasses
import json
from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from marketsync.commands.shell import commands, opened, say, show
from marketsync.errors import BadInput
from marketsync.lineage import replay as replaying
from marketsync.lineage.past import past
from marketsync.lineage.words import Teller
from marketsync.reports.texts import checked_language

__all__ = ["app"]

app = commands(__doc__)


@app.command()
def history(
    article: Annotated[str, typer.Argument(help="an article, or 1C's id")],
    at: Annotated[
        str | None, typer.Option(help="a time, as 2026-11-24T10:00; without a zone, of accounts.yaml's")
    ] = None,
    limit: Annotated[int, typer.Option(help="how many changes to show")] = 30,
    bodies: Annotated[bool, typer.Option("--bodies", help="also what the calls carried of it")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="a line of JSON for each offer")] = False,
) -> None:
    """What 1C said of a good, what was planned and why, sent, answered and seen; now, or at a time."""
    with opened() as runtime:
        zone = ZoneInfo(runtime.accounts.time_zone)
        now = runtime.clock.now()
        found = past(runtime.database, article, _moment(at, zone) if at else now, limit=limit, now=now)
        teller = Teller(checked_language(runtime.accounts.language), zone, bodies=bodies)
        for each in found:
            if as_json:
                say(json.dumps(dataclasses.asdict(each), ensure_ascii=False, default=str))
            else:
                for line in teller.lines(each):
                    say(line)


@app.command()
def replay(
    plan: Annotated[int, typer.Argument(help="a plan's number")],
    sandbox: Annotated[
        str | None, typer.Option(help="send it again, to this sandbox: http://127.0.0.1:8090/ozon")
    ] = None,
    client: Annotated[
        str | None, typer.Option(help="the sandbox's Client-Id; the account's own by default")
    ] = None,
    limit: Annotated[int, typer.Option(help="how many changes to show")] = 20,
) -> None:
    """What a plan would do now, change by change; with --sandbox, send its values there again."""
    with opened() as runtime:
        if sandbox is None:
            told = replaying.compare(runtime, plan, limit=limit)
            show(told.counts)
            for line in told.lines:
                say(f"  {line}")
            return
        for outcome in replaying.send(runtime, plan, sandbox, client=client):
            show(outcome)


def _moment(text: str, zone: ZoneInfo) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadInput(
            f"{text!r} is no time",
            hint="Write it as 2026-11-24, 2026-11-24T10:00 or 2026-11-24T10:00:00+03:00",
        ) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)
