"""The steps of X__reconcile: read back and compare; the workbook."""

from __future__ import annotations

import tempfile
from pathlib import Path

from marketsync.db import sql
from marketsync.runtime import Runtime
from marketsync.steps.counts import Counts
from marketsync.steps.order_reconcile import compare_orders
from marketsync.steps.site import read_connected_site
from marketsync.sync import cards, poll
from marketsync.sync import reconcile as reconciliation

__all__ = ["reconcile", "workbook", "workbook_name"]


def reconcile(runtime: Runtime, account: str) -> Counts:
    """Read the account back, compare, name causes, make a bounded number of differences due again.

    The shop's site is read beside it, where one is connected; and orders are compared, where the account takes them.
    """
    seller = runtime.seller(account)
    poll.run(seller.cards)
    result = reconciliation.run(seller.lanes, cards.documents(seller.cards, seller.renderer))
    site = read_connected_site(runtime)
    orders = compare_orders(runtime, account, result.reconciliation)
    counts = result.counts
    return {
        "reconciliation": result.reconciliation,
        "offers": counts["offers"],
        "shown": counts["shown"],
        "differences": counts["differences"],
        "healed": counts["healed"],
        **{f"cause_{cause}": n for cause, n in sorted(counts["causes"].items())},
        **site,
        **orders,
    }


def workbook(runtime: Runtime, account: str, number: int) -> Counts:
    """Write a reconciliation's workbook into files/."""
    # pandas takes seconds to import: no other step should pay for it
    from marketsync.reports.workbook import write_reconciliation

    name = workbook_name(account, number)
    with tempfile.TemporaryDirectory(prefix="marketsync-") as folder:
        path = write_reconciliation(
            runtime.database,
            number,
            Path(folder) / f"{account}-{number}.xlsx",
            language=runtime.accounts.language,
            time_zone=runtime.accounts.time_zone,
            account=runtime.accounts.account(account),
        )
        with path.open("rb") as content:
            runtime.files.write(name, content)
    where = runtime.files.address(name)
    with runtime.database.transaction() as connection:
        connection.execute(sql("reconcile/written"), {"reconciliation_id": number, "workbook": where})
    return {"workbook": where}


def workbook_name(account: str, number: int) -> str:
    """Where a reconciliation's workbook lies in files/."""
    return f"reconciliations/{account}-{number}.xlsx"
