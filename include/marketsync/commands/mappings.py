"""The mappings of goods into cards."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from marketsync.commands.shell import commands, opened, say
from marketsync.errors import BadInput, Place
from marketsync.mappings.document import document
from marketsync.marketplaces.registry import MARKETPLACES
from marketsync.paths import PROJECT, mappings_folder
from marketsync.reports.survey_texts import lines
from marketsync.reports.texts import checked_language
from marketsync.sync.survey import survey

__all__ = ["app"]

app = commands(__doc__)

MAPPINGS_PAGE = PROJECT / "docs" / "mappings.md"


@app.command("check")
def mappings_check(
    account: Annotated[
        str | None, typer.Argument(help="an account of accounts.yaml; all of them without")
    ] = None,
    workbook: Annotated[
        Path | None, typer.Option("--workbook", help="write the list as a workbook too")
    ] = None,
) -> None:
    """Hold the mappings against the marketplaces' dictionaries and the store's marked goods; nothing is changed.

    Exit code 1 where a good cannot be offered, or a rule fits nothing.
    """
    with opened() as runtime:
        language = checked_language(runtime.accounts.language)
        chosen = [runtime.accounts.account(account)] if account else runtime.accounts.accounts
        surveys = []
        for each in chosen:
            seller = runtime.seller(each.id)
            surveys.append(survey(runtime.database, each, seller.renderer))
            for line in lines(surveys[-1], language):
                say(line)
        if workbook is not None:
            # pandas takes a second to import: only who wants a workbook pays for it
            from marketsync.reports.survey_book import write_survey

            say(str(write_survey(surveys, workbook, language)))
    if not all(each.fits for each in surveys):
        raise typer.Exit(1)


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
