"""What became of one good."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from marketsync.commands.shell import commands, opened, say, show
from marketsync.db import sql
from marketsync.errors import MarketsyncError

__all__ = ["app"]

app = commands(__doc__)


@app.command()
def history(
    article: Annotated[str, typer.Argument(help="an article, or 1C's id")],
    limit: Annotated[int, typer.Option(help="how many changes to show")] = 30,
) -> None:
    """What was planned, sent, confirmed, refused and seen of one good."""
    with opened() as runtime, runtime.database.transaction() as connection:
        offers = connection.execute(sql("history/offer"), {"article": article}).fetchall()
        if not offers:
            raise MarketsyncError(f"No offer has the article or the id {article!r}")
        for offer in offers:
            key = {"offer_id": offer["offer_id"], "limit": limit}
            show(offer)
            for name in ("channels", "refusals", "changes"):
                for row in connection.execute(sql(f"history/{name}"), key):
                    say(
                        "  "
                        + json.dumps(
                            {k: v for k, v in row.items() if v is not None}, ensure_ascii=False, default=str
                        )
                    )
