"""The command line: the way out in an incident, and the way to look before anything is sent."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Annotated, Any

import structlog
import typer

from marketsync import steps
from marketsync.clock import SYSTEM
from marketsync.db import Database, embedded, sql
from marketsync.db.call_log import create_partitions
from marketsync.db.connection import DATABASE_URL
from marketsync.db.migrations import migrate as run_migrations
from marketsync.db.migrations import require_current
from marketsync.errors import BadInput, MarketsyncError, Place, Retriable
from marketsync.mappings.document import document
from marketsync.marketplaces.registry import MARKETPLACES
from marketsync.paths import PROJECT, mappings_folder
from marketsync.runtime import Runtime
from marketsync.shop.exchanges import claim_next, register_folder
from marketsync.shop.handover import deliver_folder
from marketsync.shop.importer import import_delivery
from marketsync.sync import plan as planning

__all__ = ["main"]

app = typer.Typer(
    help="Goods, prices and stocks of the store, kept equal on every marketplace.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
mappings = typer.Typer(help="The mappings of goods into cards.", no_args_is_help=True)
app.add_typer(mappings, name="mappings")

_PROBLEMS_SHOWN = 20
MAPPINGS_PAGE = PROJECT / "docs" / "mappings.md"

Account = Annotated[str, typer.Argument(help="an account of accounts.yaml")]
ChannelName = Annotated[str, typer.Argument(help="card, price, stock")]
Full = Annotated[bool, typer.Option("--full", help="plan everything, whatever was confirmed")]


@contextmanager
def _runtime() -> Iterator[Runtime]:
    with _server():
        runtime = Runtime.from_environment()
        try:
            require_current(runtime.database)
            yield runtime
        finally:
            runtime.database.close()


def _server() -> AbstractContextManager[None]:
    return nullcontext() if os.environ.get(DATABASE_URL) else embedded.borrowed()


def _say(text: str) -> None:
    typer.echo(text)


def _show(counts: dict[str, Any]) -> None:
    _say(json.dumps(counts, ensure_ascii=False, default=str))


@app.command()
def migrate() -> None:
    """Bring the database up to date."""
    with _server():
        database = Database.from_environment()
        ran = run_migrations(database)
        create_partitions(database, SYSTEM.now().date())
        database.close()
    _say(f"ran: {', '.join(ran)}" if ran else "the database is up to date")


@app.command("import")
def import_folder(folder: Annotated[Path, typer.Argument(help="a folder with a delivery of 1C")]) -> None:
    """Read a delivery of 1C from a folder and merge it."""
    with _runtime() as runtime:
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
        _show({"exchange": exchange, "kind": result.kind, **result.counts})
        if result.held:
            _say(result.held)
        with runtime.database.transaction() as connection:
            shown = connection.execute(
                sql("history/problems"), {"exchange_id": exchange, "limit": _PROBLEMS_SHOWN}
            ).fetchall()
        for row in shown:
            _say(f"{row['file']}:{row['line']}: {row['message']}")
        if result.problems > len(shown):
            _say(f"... and {result.problems - len(shown)} more, in exchange_problem")


@app.command()
def deliver(folder: Annotated[Path, typer.Argument(help="a folder with a delivery of 1C")]) -> None:
    """Hand a delivery over to store__import: copied into files/, announced, not imported here."""
    with _runtime() as runtime:
        _show({"delivery": deliver_folder(runtime.database, runtime.clock, runtime.files, folder)})


@app.command()
def dictionaries(account: Account) -> None:
    """Read the marketplace's dictionaries anew."""
    with _runtime() as runtime:
        _show(steps.refresh_dictionaries(runtime, account))


@app.command()
def plan(
    account: Account,
    channel: ChannelName,
    full: Full = False,
    keep: Annotated[
        bool, typer.Option("--keep", help="write the plan down, so that it can be applied")
    ] = False,
    limit: Annotated[int, typer.Option(help="how many changes to show")] = 20,
) -> None:
    """Show what would be sent. Nothing is sent; nothing is written down without --keep."""
    with _runtime() as runtime:
        lane = runtime.seller(account).lane(channel)
        preview = planning.preview(lane, full=full, limit=limit)
        total = sum(n for _, _, n in preview.counts)
        _say(f"{account} {channel}: {total} changes" if total else f"{account} {channel}: nothing to change")
        for why, guard, n in preview.counts:
            _say(f"  {why:<8} {n:>8}" + (f"  held by {guard}" if guard else ""))
        for row in preview.rows:
            where = f" [{row['warehouse']}]" if row["warehouse"] else ""
            value = row["hash"][:12] if row["hash"] else f"{row['from_amount']} -> {row['amount']}"
            held = f"  HELD: {row['guard']}" if row["guard"] else ""
            _say(f"  {row['article']}{where}: {value} ({row['why']}){held}  {row['name'][:60]}")
        if keep:
            _show({"plan": planning.make(lane, full=full).plan})


@app.command()
def apply(plan: Annotated[int, typer.Argument(help="a plan's number")]) -> None:
    """Send what is still open of a plan's channel."""
    with _runtime() as runtime:
        with runtime.database.transaction() as connection:
            row = connection.execute(sql("plan/of"), {"plan_id": plan}).fetchone()
        if row is None:
            raise MarketsyncError(f"There is no plan {plan}", hint="`marketsync plan ... --keep` makes one")
        _show(steps.upload(runtime, row["account"], row["channel"]))


@app.command()
def poll(account: Account) -> None:
    """Take the outcomes of what the marketplace still works on."""
    with _runtime() as runtime:
        _show(steps.poll_status(runtime, account))


@app.command()
def sync(account: Account) -> None:
    """One whole cycle: cards, prices, stocks."""
    with _runtime() as runtime:
        _show(steps.poll_status(runtime, account))
        _show(steps.extract_diff(runtime, account))
        _show(steps.transform(runtime, account))
        _show(steps.upload(runtime, account, "card"))
        for channel in ("price", "stock"):
            _show(steps.plan(runtime, account, channel))
            _show(steps.upload(runtime, account, channel))


@app.command()
def reconcile(account: Account) -> None:
    """Read the account back, compare, write the workbook, make due again what may be mended."""
    with _runtime() as runtime:
        counts = steps.reconcile(runtime, account)
        _show(counts)
        _show(steps.workbook(runtime, account, int(counts["reconciliation"] or 0)))


@app.command()
def history(
    article: Annotated[str, typer.Argument(help="an article, or 1C's id")],
    limit: Annotated[int, typer.Option(help="how many changes to show")] = 30,
) -> None:
    """What was planned, sent, confirmed, refused and seen of one good."""
    with _runtime() as runtime, runtime.database.transaction() as connection:
        offers = connection.execute(sql("history/offer"), {"article": article}).fetchall()
        if not offers:
            raise MarketsyncError(f"No offer has the article or the id {article!r}")
        for offer in offers:
            key = {"offer_id": offer["offer_id"], "limit": limit}
            _show(offer)
            for name in ("channels", "refusals", "changes"):
                for row in connection.execute(sql(f"history/{name}"), key):
                    _say(
                        "  "
                        + json.dumps(
                            {k: v for k, v in row.items() if v is not None}, ensure_ascii=False, default=str
                        )
                    )


@app.command()
def housekeeping() -> None:
    """Partitions, retention, keys that expire soon."""
    with _runtime() as runtime:
        _show(steps.housekeeping(runtime))


@mappings.command("check")
def mappings_check() -> None:
    """Load every account's mapping, and hold it against the marketplace's dictionaries."""
    complaints = 0
    with _runtime() as runtime:
        for account in runtime.accounts.accounts:
            for complaint in runtime.seller(account.id).renderer.check():
                complaints += 1
                _say(f"{account.id}: {complaint}")
    if complaints:
        raise typer.Exit(1)
    _say("the mappings fit")


@mappings.command("document")
def mappings_document(
    check: Annotated[
        bool, typer.Option("--check", help="fail where the page is not what the files say")
    ] = False,
) -> None:
    """Write docs/mappings.md: what becomes of a good on each marketplace."""
    page = MAPPINGS_PAGE
    text = document(
        [(mappings_folder() / name, known.transforms) for name, known in sorted(MARKETPLACES.items())]
    )
    if not check:
        page.write_text(text, encoding="utf-8")
    elif not page.exists() or page.read_text(encoding="utf-8") != text:
        raise BadInput(
            "is not what include/mappings says", place=Place(file=str(page)), hint="Run `make docs`"
        )


def main() -> None:
    """Run a command; an error is one message and exit code 1."""
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(file=sys.stderr))
    try:
        app()
    except MarketsyncError as error:
        typer.echo(f"error: {error}", err=True)
        sys.exit(1)
