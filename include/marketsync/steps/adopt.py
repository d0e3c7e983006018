"""The steps of X__adopt: take over hand-made cards, by a person's decisions where they are needed; the workbook."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import IO

from marketsync.db import sql
from marketsync.errors import BadInput, Place
from marketsync.runtime import Runtime
from marketsync.steps.counts import Counts
from marketsync.sync import adopt as adoption
from marketsync.sync import decisions, poll

__all__ = ["adopt", "adoption_name", "adoption_workbook", "decide"]


def adopt(runtime: Runtime, account: str, name: str | None = None, author: str = "") -> Counts:
    """Read the whole cabinet and take over the cards that are surely a marked good's. Writes nothing there.

    Args:
        name: of a filled workbook of conflicts in files/, taken over first.
        author: who decided.

    Raises:
        BadInput: there is no such file, or a row of it is wrong; nothing was taken over.
    """
    decided = 0
    if name:
        try:
            with runtime.files.open(name) as content:
                decided = decide(runtime, account, content, name, author)
        except FileNotFoundError as error:
            raise BadInput(
                "нет такого файла", place=Place(file=runtime.files.address(name)),
                hint="Положите книгу с решениями в files/ и назовите её путь внутри files/; ничего не принято",
            ) from error  # fmt: skip
    seller = runtime.seller(account)
    poll.run(seller.cards)
    result = adoption.run(seller.lanes)
    counts = result.counts
    return {
        "adoption": result.adoption,
        "decisions": decided,
        **{name: counts[name] for name in ("cards", "adopted", "ours", "conflicts", "ignored", "alone")},
        **{f"by_{key}": n for key, n in sorted(counts["by_key"].items())},
        **{f"conflict_{kind}": n for kind, n in sorted(counts["by_kind"].items())},
    }


def decide(runtime: Runtime, account: str, content: IO[bytes], name: str, author: str) -> int:
    """Write down what a filled workbook of conflicts says; how many decisions were new.

    Raises:
        BadInput: a row of it is wrong; nothing was taken over.
    """
    # openpyxl takes a while to import: no other step should pay for it
    from marketsync.reports.adoption_decisions import read_decisions

    runtime.accounts.account(account)
    found = read_decisions(content, name, decisions.known(runtime.database, account))
    decisions.decide(runtime.database, runtime.clock, found, author)
    return len(found)


def adoption_workbook(runtime: Runtime, account: str, number: int) -> Counts:
    """Write an adoption's workbook into files/."""
    # pandas takes seconds to import: no other step should pay for it
    from marketsync.reports.adoption import write_adoption

    seller = runtime.seller(account)
    name = adoption_name(account, number)
    with tempfile.TemporaryDirectory(prefix="marketsync-") as folder:
        path = write_adoption(
            runtime.database,
            number,
            Path(folder) / f"{account}-{number}.xlsx",
            account=seller.account,
            price_types=seller.cards.prices.amount,
            language=runtime.accounts.language,
            time_zone=runtime.accounts.time_zone,
        )
        with path.open("rb") as content:
            runtime.files.write(name, content)
    where = runtime.files.address(name)
    with runtime.database.transaction() as connection:
        connection.execute(sql("adopt/written"), {"adoption_id": number, "workbook": where})
    return {"workbook": where}


def adoption_name(account: str, number: int) -> str:
    """Where an adoption's workbook lies in files/."""
    return f"adoptions/{account}-{number}.xlsx"
