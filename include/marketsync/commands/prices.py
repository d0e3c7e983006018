"""The tables of price rules, and prices in quarantine."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import Annotated

import typer

from marketsync import steps
from marketsync.commands.shell import Account, commands, opened, say, show
from marketsync.errors import BadInput, Place
from marketsync.mappings.price_sheet import write_sheet
from marketsync.runtime import Runtime
from marketsync.steps.price_rules import check, in_force, remove, take_over

__all__ = ["app", "quarantine_app"]

app = commands(__doc__)
quarantine_app = commands(__doc__)

Table = Annotated[Path, typer.Argument(help="a table of rules, .xlsx or .csv")]
Mapping = Annotated[
    str | None, typer.Option(help="a folder of include/mappings; may be left out where there is one")
]
Author = Annotated[str | None, typer.Option(help="who decided; by default who runs the command")]


@app.command("check")
def prices_check(
    file: Annotated[
        Path | None, typer.Argument(help="a table to check; without it, the rules in force")
    ] = None,
    mapping: Mapping = None,
) -> None:
    """Check a table and hold it against the store's price types, groups, brands and articles; nothing is changed."""
    with opened() as runtime:
        name = _mapping(runtime, mapping)
        found = check(runtime, name, file.name, _content(file)) if file else in_force(runtime, name)
        show(
            {
                "mapping": name,
                "source": found.table.source,
                "rules": len(found.table.rules),
                "version": found.table.version,
                "author": found.author,
                "imported_at": found.imported_at,
                "reason": found.reason,
            }
        )


@app.command("import")
def prices_import(
    file: Table,
    mapping: Mapping = None,
    author: Author = None,
    reason: Annotated[str | None, typer.Option(help="why, for the history")] = None,
) -> None:
    """Check a table whole, and put it in force; a bad one changes nothing."""
    with opened() as runtime:
        name = _mapping(runtime, mapping)
        rows = take_over(runtime, name, file.name, _content(file), author=_author(author), reason=reason)
        show({"mapping": name, "source": file.name, "rules": rows})


@app.command("export")
def prices_export(file: Table, mapping: Mapping = None) -> None:
    """Write the rules in force into a table."""
    with opened() as runtime:
        found = in_force(runtime, _mapping(runtime, mapping))
    write_sheet(file, found.rows)
    show({"file": str(file), "rules": len(found.rows)})


@app.command("remove")
def prices_remove(
    reason: Annotated[str, typer.Option(help="why, for the history")],
    mapping: Mapping = None,
    author: Author = None,
) -> None:
    """Take the rules away: prices are those of prices.yaml again."""
    with opened() as runtime:
        name = _mapping(runtime, mapping)
        remove(runtime, name, author=_author(author), reason=reason)
        show({"mapping": name, "rules": 0})


@quarantine_app.command("quarantine")
def quarantine(
    account: Account,
    article: Annotated[str | None, typer.Argument(help="one good; without it, all of the account")] = None,
    again: Annotated[bool, typer.Option("--raise", help="send these prices once more")] = False,
    reason: Annotated[str | None, typer.Option(help="why; needed with --raise")] = None,
    author: Author = None,
) -> None:
    """List the prices that the marketplace keeps back; with --raise, make them due once more."""
    with opened() as runtime:
        if not again:
            for row in steps.quarantined(runtime, account, article):
                show(row)
            return
        if not reason:
            raise BadInput("--raise needs --reason: it stands in the good's history")
        raised = steps.raise_quarantined(runtime, account, article, author=_author(author), reason=reason)
        if not raised:
            raise BadInput(f"No price {f'of {article} ' if article else ''}waits in quarantine in {account}")
        say(f"raised: {', '.join(raised)}")


def _author(given: str | None) -> str:
    return given or getpass.getuser()


def _mapping(runtime: Runtime, given: str | None) -> str:
    known = sorted({account.mapping for account in runtime.accounts.accounts})
    if given is None and len(known) == 1:
        return known[0]
    if given in known:
        return given
    raise BadInput(
        f"There is no mapping {given!r}" if given else "There are several mappings",
        hint=f"Name one with --mapping: {', '.join(known) or 'accounts.yaml has none'}",
    )


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise BadInput(f"таблица не читается: {error.strerror}", place=Place(file=str(file))) from error
