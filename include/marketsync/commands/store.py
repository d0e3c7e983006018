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
from marketsync.errors import BadInput, Retriable
from marketsync.runtime import Runtime
from marketsync.shop.exchanges import claim_next, register_folder
from marketsync.shop.handover import deliver_folder
from marketsync.steps.site import read_connected_site
from marketsync.steps.store import import_claimed, read_store

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
def import_folder(
    folder: Annotated[Path | None, typer.Argument(help="a folder with a delivery of 1C")] = None,
    from_shop: Annotated[
        bool, typer.Option("--from-shop", help="read the shop that accounts.yaml connects instead")
    ] = False,
    full: Annotated[
        bool, typer.Option("--full", help="of the shop: everything, not only what changed")
    ] = False,
) -> None:
    """Read a delivery of 1C from a folder, or the shop itself, and merge it."""
    if from_shop == (folder is not None):
        raise BadInput(
            "Name a folder, or --from-shop", hint="marketsync import FOLDER, or marketsync import --from-shop"
        )
    with opened() as runtime:
        if folder is not None:
            _import(runtime, register_folder(runtime.database, runtime.clock, "folder", folder))
            return
        read = read_store(runtime, full=full)
        show(read)
        if read["delivery"] is None:
            say("nothing changed in the shop")
        else:
            _import(runtime, int(read["delivery"]))


def _import(runtime: Runtime, exchange: int) -> None:
    with claim_next(runtime.database, runtime.clock, exchange) as claimed:
        if claimed is None:
            raise Retriable("Another import is under way", hint="Run the command again when it has ended")
        result = import_claimed(runtime, claimed)
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


@app.command("read-site")
def read_site() -> None:
    """Read the prices and counts of the site that accounts.yaml connects, for the next workbook."""
    with opened() as runtime:
        show(read_connected_site(runtime, again=True) or {"site": "none is connected"})


@app.command()
def deliver(folder: Annotated[Path, typer.Argument(help="a folder with a delivery of 1C")]) -> None:
    """Hand a delivery over to store__import: copied into files/, announced, not imported here."""
    with opened() as runtime:
        show({"delivery": deliver_folder(runtime.database, runtime.clock, runtime.files, folder)})
