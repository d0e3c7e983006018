"""Acknowledge: what is confirmed moves only on the marketplace's own answer for the item."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from marketsync.db import sql
from marketsync.marketplaces.base import Item, Outcome, Result, Stock
from marketsync.sync.kinds import kind_of
from marketsync.sync.lane import Lane

__all__ = ["settle", "withdraw"]

_REFUSED_FOR = timedelta(days=1)  # then the same value is tried once more: a warehouse may be open again


def settle(
    lane: Lane, submission: int, outcomes: Sequence[Outcome], items: Sequence[Item], *, close: bool
) -> None:
    """Take the answers of a submission over, in one transaction.

    Args:
        items: what was sent, where it is at hand: a stock may have been sent lower than it was planned.
        close: the submission has no more answers to come.
    """
    now = lane.clock.now()
    amounts = {
        (item.offer.offer_id, item.warehouse): item.value.quantity
        for item in items
        if isinstance(item.value, Stock)
    }
    with lane.database.transaction() as connection:
        connection.execute(sql("submission/answers"))
        with connection.cursor().copy(sql("submission/copy_answers")) as copy:
            for outcome in outcomes:
                copy.write_row(_row(outcome, amounts, now))
        parameters = {"submission_id": submission, "now": now, "at_once": bool(items)}
        connection.execute(sql("submission/settle_changes"), parameters)
        connection.execute(sql("submission/settle_channels"), {"now": now})
        connection.execute(sql("submission/settle_refusals"), {"now": now, "again_at": now + _REFUSED_FOR})
        connection.execute(sql("submission/settle_accepted_again"))
        kind = kind_of(lane)
        connection.execute(sql("submission/settle_offers"), {"now": now, "creates_cards": kind.creates_cards})
        kind.acknowledged(connection, lane, outcomes, now)
        if close:
            connection.execute(
                sql("submission/close"),
                {"submission_id": submission, "state": "done", "error": None, "now": now},
            )


def withdraw(lane: Lane, submission: int, error: BaseException, *, pause: timedelta, effect: bool) -> None:
    """Plan a submission's changes again after a call without answers.

    Args:
        pause: before they may be sent again.
        effect: the call may have had its effect: they stay in doubt until they are answered or read back.
    """
    now = lane.clock.now()
    with lane.database.transaction() as connection:
        connection.execute(
            sql("submission/withdraw"),
            {"submission_id": submission, "not_before": now + pause, "effect_possible": effect},
        )
        connection.execute(
            sql("submission/close"),
            {
                "submission_id": submission,
                "state": "failed",
                "error": str(error) or type(error).__name__,
                "now": now,
            },
        )


def _row(outcome: Outcome, amounts: dict[tuple[int, str], int], now: Any) -> tuple[Any, ...]:
    first = outcome.problems[0] if outcome.problems else None
    # one row holds the first problem's code, and the words of all of them
    words = "; ".join(problem.message for problem in outcome.problems) or None
    again = outcome.result in (Result.RETRY, Result.UNANSWERED)
    return (
        outcome.offer_id,
        outcome.warehouse,
        outcome.result.value,
        now + timedelta(seconds=outcome.again_after) if again else None,
        outcome.waits_for or None,
        first.code if first else None,
        first.field if first else None,
        words,
        outcome.external_id,
        outcome.sku,
        amounts.get((outcome.offer_id, outcome.warehouse)),
    )
