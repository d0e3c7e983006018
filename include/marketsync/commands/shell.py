"""What every command needs: a runtime over a current database, and a way to say what happened."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Annotated, Any

import typer

from marketsync.db import embedded
from marketsync.db.connection import DATABASE_URL
from marketsync.db.migrations import require_current
from marketsync.runtime import Runtime

__all__ = ["Account", "ChannelName", "commands", "opened", "say", "server", "show"]

Account = Annotated[str, typer.Argument(help="an account of accounts.yaml")]
ChannelName = Annotated[str, typer.Argument(help="card, price, stock")]


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


def say(text: str) -> None:
    """A line for a person."""
    typer.echo(text)


def show(counts: dict[str, Any]) -> None:
    """A line of JSON, readable by people and by programs."""
    say(json.dumps(counts, ensure_ascii=False, default=str))
