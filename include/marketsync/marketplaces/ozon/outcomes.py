"""Per-item answers of prices and stocks: HTTP 200 whose rows each say whether they were taken, and why not.

An item without a row has failed: Ozon does not promise to answer each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from marketsync.marketplaces.base import Item, Outcome, Problem, Result

__all__ = ["address", "outcomes"]

Pause = Callable[[Problem], float | None]
"""Seconds after which an item with this problem may be sent again;

None where it may not with the same value.
"""


def address(item: Item) -> dict[str, Any]:
    """Who is meant: Ozon's own id where it is known. Both together would let the article win."""
    external_id = item.offer.external_id
    return {"product_id": int(external_id)} if external_id else {"offer_id": item.offer.article}


def outcomes(items: Sequence[Item], rows: Iterable[Mapping[str, Any]], pause: Pause) -> list[Outcome]:
    """The outcome of every item of a batch, in its order."""
    by_key: dict[tuple[str, str, str], Mapping[str, Any]] = {}
    for row in rows:
        warehouse = str(row.get("warehouse_id") or "")
        for kind in ("product_id", "offer_id"):
            if row.get(kind):
                by_key[kind, str(row[kind]), warehouse] = row
    return [_outcome(item, _row(item, by_key), pause) for item in items]


def _row(item: Item, by_key: Mapping[tuple[str, str, str], Mapping[str, Any]]) -> Mapping[str, Any] | None:
    ((kind, value),) = address(item).items()
    return by_key.get((kind, str(value), item.warehouse))


def _outcome(item: Item, row: Mapping[str, Any] | None, pause: Pause) -> Outcome:
    offer = item.offer.offer_id
    if row is None:
        return Outcome(offer, Result.UNANSWERED, item.warehouse)
    problems = tuple(
        Problem(str(error.get("code") or ""), str(error.get("message") or error.get("code") or ""))
        for error in row.get("errors") or ()
    )
    external_id = str(row["product_id"]) if row.get("product_id") else None
    if row.get("updated"):
        return Outcome(offer, Result.CONFIRMED, item.warehouse, warnings=problems, external_id=external_id)
    pauses = [pause(problem) for problem in problems]
    passing = [seconds for seconds in pauses if seconds is not None]
    if problems and len(passing) == len(problems):
        return Outcome(offer, Result.RETRY, item.warehouse, problems=problems, again_after=max(passing))
    if not problems:
        problems = (Problem("not_updated", "Ozon не принял значение и не сказал почему"),)
    return Outcome(offer, Result.REJECTED, item.warehouse, problems=problems, external_id=external_id)
