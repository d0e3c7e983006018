"""How many prices a plan would change, and by how much: what a person looks at before it is applied."""

from __future__ import annotations

from typing import Any

from marketsync.db import sql
from marketsync.mappings.price_rules import RuleBook
from marketsync.sync.lane import Connection, Lane

__all__ = ["BUCKETS", "price_figures"]

BUCKETS = ("< -50", "-50..-20", "-20..-5", "-5..0", "0..5", "5..20", "20..50", "> 50")
"""Percent of the confirmed price, in the order of the histogram."""

_EXTREMES = 10  # of the largest moves, each way


def price_figures(connection: Connection, lane: Lane) -> dict[str, Any]:
    """The figures of the comparison that stands in `desired` and `pending`.

    Returns:
        changes (up, down, first, same, sum_up, sum_down, p05..p95, histogram by bucket), largest_up, largest_down,
        held by guard, kept (with why: fall, rise, quarantine), kept_rows, rules (table, version, the line of each
        rule in force with its number of goods).
    """
    changes = dict(connection.execute(sql("plan/price_figures")).fetchone() or {})
    changes["histogram"] = dict(zip(BUCKETS, changes["histogram"], strict=True))
    moves = connection.execute(sql("plan/price_extremes"), {"limit": _EXTREMES}).fetchall()
    table = lane.price_table(connection)
    used = {row["price_rule"]: row["n"] for row in connection.execute(sql("plan/price_rules_used"))}
    book = RuleBook(table, lane.account.id, lane.clock.now())
    return {
        "changes": changes,
        "largest_up": [move for move in moves if move["share"] > 0],
        "largest_down": [move for move in moves if move["share"] < 0],
        "held": connection.execute(sql("plan/price_held")).fetchall(),
        "kept": connection.execute(sql("plan/price_kept"), {"account": lane.account.id}).fetchall(),
        "kept_rows": connection.execute(sql("plan/price_kept_rows"), {"limit": _EXTREMES}).fetchall(),
        "rules": {
            "source": table.source,
            "version": table.version,
            "goods": {rule.line: used.get(rule.line, 0) for rule in book.rules},
        },
    }
