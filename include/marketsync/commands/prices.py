"""The tables of price rules."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from marketsync.commands.shell import Author, author_of, commands, opened, show
from marketsync.errors import BadInput, Place
from marketsync.mappings.price_sheet import write_sheet
from marketsync.runtime import Runtime
from marketsync.steps.price_rules import check, in_force, remove, take_over

__all__ = ["app"]

app = commands(__doc__)

Table = Annotated[Path, typer.Argument(help="a table of rules, .xlsx or .csv")]
Mapping = Annotated[
    str | None, typer.Option(help="a folder of include/mappings; may be left out where there is one")
]


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
        rows = take_over(runtime, name, file.name, _content(file), author=author_of(author), reason=reason)
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
        remove(runtime, name, author=author_of(author), reason=reason)
        show({"mapping": name, "rules": 0})


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
