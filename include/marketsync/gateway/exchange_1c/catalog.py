"""type=catalog: goods, prices and counts from 1C."""

from __future__ import annotations

from datetime import timedelta

from marketsync.clock import Clock
from marketsync.gateway.exchange_1c.answers import Answer, failure, progress, success
from marketsync.gateway.exchange_1c.texts import say
from marketsync.order_settings import FileExchange
from marketsync.shop.uploads.batches import Asked, Progress

__all__ = ["told"]


def told(asked: Asked, filename: str, clock: Clock, settings: FileExchange) -> Answer:
    """How far an import is, as 1C is told it."""
    match asked.progress:
        case Progress.ACCEPTED:
            return success(say("accepted", name=filename))
        case Progress.IMPORTED:
            return success(*(asked.message or say("imported")).splitlines())
        case Progress.REFUSED:
            return failure(asked.message or say("refused"))
    patience = timedelta(minutes=settings.patience_minutes)
    if asked.since is not None and clock.now() - asked.since > patience:
        return failure(
            say("impatient", minutes=f"{settings.patience_minutes:g}", exchange_id=asked.exchange_id)
        )
    return progress(say("waiting" if asked.progress is Progress.WAITING else "importing"))
