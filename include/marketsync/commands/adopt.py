"""Take over cards that people made by hand."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import Annotated

import typer

from marketsync import steps
from marketsync.commands.shell import Account, commands, opened, show
from marketsync.errors import BadInput, Place

__all__ = ["app"]

app = commands(__doc__)


@app.command()
def adopt(
    account: Account,
    decisions: Annotated[
        Path | None, typer.Option("--decisions", help="a filled workbook of conflicts")
    ] = None,
) -> None:
    """Read the cabinet, take over the cards of marked goods, write the workbook of conflicts. Sends nothing."""
    with opened() as runtime:
        if decisions is not None:
            try:
                with decisions.open("rb") as content:
                    decided = steps.decide(runtime, account, content, str(decisions), getpass.getuser())
            except OSError as error:
                raise BadInput(
                    f"cannot be read: {error.strerror}",
                    place=Place(file=str(decisions)),
                    hint="Nothing was taken over",
                ) from error
            show({"decisions": decided})
        counts = steps.adopt(runtime, account)
        show(counts)
        show(steps.adoption_workbook(runtime, account, int(counts["adoption"] or 0)))
