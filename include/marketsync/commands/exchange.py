"""Plan, send, poll, reconcile: what the DAGs do, from a shell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Annotated, Any

import typer

from marketsync import steps
from marketsync.commands.promotions import problems
from marketsync.commands.shell import Account, ChannelName, commands, opened, say, show
from marketsync.db import sql
from marketsync.errors import MarketsyncError
from marketsync.marketplaces.base import Kind, Pipeline
from marketsync.reports.price_preview import preview_lines
from marketsync.reports.texts import checked_language
from marketsync.sync import plan as planning
from marketsync.sync.ration import limited

__all__ = ["app"]

app = commands(__doc__)

Full = Annotated[bool, typer.Option("--full", help="plan everything, whatever was confirmed")]


@app.command()
def dictionaries(account: Account) -> None:
    """Read the marketplace's dictionaries anew."""
    with opened() as runtime:
        show(steps.refresh_dictionaries(runtime, account))


@app.command()
def plan(
    account: Account,
    channel: ChannelName,
    full: Full = False,
    keep: Annotated[
        bool, typer.Option("--keep", help="write the plan down, so that it can be applied")
    ] = False,
    limit: Annotated[int, typer.Option(help="how many changes to show")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="one line of JSON")] = False,
) -> None:
    """Show what would be sent. Nothing is sent; nothing is written down without --keep."""
    with opened() as runtime:
        lane = runtime.seller(account).lane(channel)
        preview = planning.preview(lane, full=full, limit=limit)
        if as_json:
            show({"account": account, "channel": channel, **asdict(preview)})
            if keep:
                planning.make(lane, full=full)
            return
        total = sum(n for _, _, n in preview.counts)
        say(f"{account} {channel}: {total} changes" if total else f"{account} {channel}: nothing to change")
        for why, guard, n in preview.counts:
            say(f"  {why:<8} {n:>8}" + (f"  held by {guard}" if guard else ""))
        if preview.figures:
            for line in preview_lines(preview.figures, checked_language(runtime.accounts.language)):
                say(line)
        for row in preview.rows:
            where = f" [{row['warehouse']}]" if row["warehouse"] else ""
            value = _shown(row)
            held = f"  HELD: {row['guard']}{_limits(row)}" if row["guard"] else ""
            after = f"  AFTER: {row['waits_for']}" if row["waits_for"] else ""
            say(f"  {row['article']}{where}: {value} ({row['why']}){held}{after}  {row['name'][:60]}")
        held_up = limited(lane)
        if held_up.waiting:
            until = f"{held_up.until:%Y-%m-%d %H:%M %Z}" if held_up.until else "it is told"
            say(
                f"  of what is planned, {held_up.waiting} wait for a limit ({held_up.waits_for}) until {until}"
            )
        if lane.channel.kind is Kind.PROMOTION:
            for message in problems(lane):
                say(f"  ! {message}")
        if keep:
            show({"plan": planning.make(lane, full=full).plan})


def _shown(row: Mapping[str, Any]) -> str:
    if row["hash"]:
        return str(row["hash"])[:12]
    word = f"{row['from_text'] or '?'} -> {row['text']}"
    if row["amount"] is None and row["text"] is not None:
        return word
    moved = f", promotions by the marketplace {word}" if row["text"] != row["from_text"] else ""
    return f"{row['from_amount']} -> {row['amount']}{moved}"


def _limits(row: Mapping[str, Any]) -> str:
    """The lowest price that a held one is held against, and the row of the rules that made it."""
    floor = f"floor {row['store_floor']}" if row["store_floor"] is not None else ""
    line = f"rule in line {row['price_rule']}" if row["price_rule"] else ""
    known = ", ".join(part for part in (floor, line) if part)
    return f" ({known})" if known else ""


@app.command()
def apply(plan: Annotated[int, typer.Argument(help="a plan's number")]) -> None:
    """Send what is still open of a plan's channel."""
    with opened() as runtime:
        with runtime.database.transaction() as connection:
            row = connection.execute(sql("plan/of"), {"plan_id": plan}).fetchone()
        if row is None:
            raise MarketsyncError(f"There is no plan {plan}", hint="`marketsync plan ... --keep` makes one")
        show(steps.upload_channel(runtime, row["account"], row["channel"]))


@app.command()
def poll(account: Account) -> None:
    """Take the outcomes of what the marketplace still works on."""
    with opened() as runtime:
        show(steps.poll_status(runtime, account))


@app.command()
def sync(account: Account) -> None:
    """One whole cycle: cards, prices, stocks."""
    with opened() as runtime:
        show(steps.poll_status(runtime, account))
        show(steps.extract_diff(runtime, account))
        show(steps.transform(runtime, account))
        show(steps.upload(runtime, account, Pipeline.CATALOG))
        for pipeline in (Pipeline.PRICES, Pipeline.STOCKS):
            show(steps.plan(runtime, account, pipeline))
            show(steps.upload(runtime, account, pipeline))


@app.command()
def reconcile(account: Account) -> None:
    """Read the account back, compare, write the workbook, make due again what may be mended."""
    with opened() as runtime:
        counts = steps.reconcile(runtime, account)
        show(counts)
        show(steps.workbook(runtime, account, int(counts["reconciliation"] or 0)))


@app.command()
def housekeeping() -> None:
    """Partitions, retention, keys that expire soon."""
    with opened() as runtime:
        show(steps.housekeeping(runtime))
