"""The watchdog's process."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from marketsync.accounts import accounts
from marketsync.clock import SYSTEM
from marketsync.commands.shell import commands, show
from marketsync.credentials import credentials
from marketsync.db import Database
from marketsync.watchdog.watch import Watchdog

__all__ = ["app"]

app = commands(__doc__)


@app.command()
def watchdog(
    once: Annotated[bool, typer.Option("--once", help="one look, and tell what it came to")] = False,
) -> None:
    """Watch over every flow, each minute, until it is ended; several copies may run, one watches."""
    made = Watchdog(Database.from_environment(), SYSTEM, accounts, credentials)
    if not once:
        made.run()
        return
    for one in made.sit(rounds=1):
        show(asdict(one))
