"""The database and the store's deliveries."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from marketsync.clock import SYSTEM
from marketsync.commands.shell import commands, opened, say, server, show
from marketsync.db import Database, sql
from marketsync.db.call_log import create_partitions
from marketsync.db.migrations import migrate as run_migrations
from marketsync.errors import Retriable
from marketsync.shop.exchanges import claim_next, register_folder
from marketsync.shop.handover import deliver_folder
from marketsync.shop.importer import import_delivery

__all__ = ["app"]

app = commands(__doc__)

_PROBLEMS_SHOWN = 20


@app.command()
def migrate() -> None:
    """Bring the database up to date."""
    with server():
        database = Database.from_environment()
        ran = run_migrations(database)
        create_partitions(database, SYSTEM.now().date())
        database.close()
    say(f"ran: {', '.join(ran)}" if ran else "the database is up to date")


@app.command("import")
def import_folder(folder: Annotated[Path, typer.Argument(help="a folder with a delivery of 1C")]) -> None:
    """Read a delivery of 1C from a folder and merge it."""
    with opened() as runtime:
        exchange = register_folder(runtime.database, runtime.clock, "folder", folder)
        with claim_next(runtime.database, runtime.clock, exchange) as claimed:
            if claimed is None:
                raise Retriable("Another import is under way", hint="Run the command again when it has ended")
            result = import_delivery(
                runtime.database,
                runtime.clock,
                exchange,
                claimed.place(runtime.files),
                shrink=runtime.accounts.store.shrink,
            )
        show({"exchange": exchange, "kind": result.kind, **result.counts})
        if result.held:
            say(result.held)
        with runtime.database.transaction() as connection:
            shown = connection.execute(
                sql("history/problems"), {"exchange_id": exchange, "limit": _PROBLEMS_SHOWN}
            ).fetchall()
        for row in shown:
            say(f"{row['file']}:{row['line']}: {row['message']}")
        if result.problems > len(shown):
            say(f"... and {result.problems - len(shown)} more, in exchange_problem")


@app.command()
def deliver(folder: Annotated[Path, typer.Argument(help="a folder with a delivery of 1C")]) -> None:
    """Hand a delivery over to store__import: copied into files/, announced, not imported here."""
    with opened() as runtime:
        show({"delivery": deliver_folder(runtime.database, runtime.clock, runtime.files, folder)})
