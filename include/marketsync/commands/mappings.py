"""The mappings of goods into cards."""

from __future__ import annotations

from typing import Annotated

import typer

from marketsync.commands.shell import commands, opened, say
from marketsync.errors import BadInput, Place
from marketsync.mappings.document import document
from marketsync.marketplaces.registry import MARKETPLACES
from marketsync.paths import PROJECT, mappings_folder

__all__ = ["app"]

app = commands(__doc__)

MAPPINGS_PAGE = PROJECT / "docs" / "mappings.md"


@app.command("check")
def mappings_check() -> None:
    """Load every account's mapping, and hold it against the marketplace's dictionaries."""
    complaints = 0
    with opened() as runtime:
        for account in runtime.accounts.accounts:
            for complaint in runtime.seller(account.id).renderer.check():
                complaints += 1
                say(f"{account.id}: {complaint}")
    if complaints:
        raise typer.Exit(1)
    say("the mappings fit")


@app.command("document")
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
