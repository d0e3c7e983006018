"""Prices that a marketplace keeps back."""

from __future__ import annotations

from typing import Annotated

import typer

from marketsync import steps
from marketsync.commands.shell import Account, Author, author_of, commands, opened, say, show
from marketsync.errors import BadInput

__all__ = ["app"]

app = commands(__doc__)


@app.command()
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
        raised = steps.raise_quarantined(runtime, account, article, author=author_of(author), reason=reason)
        if not raised:
            raise BadInput(f"No price {f'of {article} ' if article else ''}waits in quarantine in {account}")
        say(f"raised: {', '.join(raised)}")
