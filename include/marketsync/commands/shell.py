"""What every command needs: a runtime over a current database, and a way to say what happened."""

from __future__ import annotations

import getpass
import json
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from marketsync.db import embedded
from marketsync.db.connection import DATABASE_URL
from marketsync.db.migrations import require_current
from marketsync.runtime import Runtime

__all__ = [
    "Account",
    "Author",
    "ChannelName",
    "Reason",
    "author_of",
    "commands",
    "moment",
    "opened",
    "say",
    "server",
    "show",
]

Account = Annotated[str, typer.Argument(help="an account of accounts.yaml")]
ChannelName = Annotated[str, typer.Argument(help="card, promotion, price, stock")]
Reason = Annotated[str, typer.Option("--reason", help="why, for whoever reads it later")]
Author = Annotated[
    str | None, typer.Option("--author", help="who decides; the user of this machine by default")
]


def commands(about: str) -> typer.Typer:
    """A group of commands."""
    return typer.Typer(help=about, no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False)


@contextmanager
def opened() -> Iterator[Runtime]:
    """The surroundings of a command; the database is closed after it."""
    with server():
        found = Runtime.from_environment()
        try:
            require_current(found.database)
            yield found
        finally:
            found.database.close()


def server() -> AbstractContextManager[None]:
    """The database's server: the one that is named, or the embedded one for as long as the command runs."""
    return nullcontext() if os.environ.get(DATABASE_URL) else embedded.borrowed()


def author_of(given: str | None) -> str:
    """Who gives the command."""
    return given or getpass.getuser()


def moment(runtime: Runtime, at: datetime) -> str:
    """A time as people of the account's zone read it."""
    return at.astimezone(ZoneInfo(runtime.accounts.time_zone)).strftime("%d.%m.%Y %H:%M")


def say(text: str) -> None:
    """A line for a person."""
    typer.echo(text)


def show(counts: dict[str, Any]) -> None:
    """A line of JSON, readable by people and by programs."""
    say(json.dumps(counts, ensure_ascii=False, default=str))
