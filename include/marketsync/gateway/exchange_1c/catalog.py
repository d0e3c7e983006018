"""type=catalog: goods, prices and counts from 1C."""

from __future__ import annotations

from marketsync.clock import Clock
from marketsync.gateway.exchange_1c.answers import Answer, failure, progress, success
from marketsync.gateway.exchange_1c.settings import ExchangeSettings
from marketsync.gateway.exchange_1c.texts import say
from marketsync.shop.uploads.batches import Asked, Batches, Progress
from marketsync.shop.uploads.names import upload_name
from marketsync.shop.uploads.sessions import Session

__all__ = ["Catalog"]


class Catalog:
    """Answers to the questions about imports."""

    def __init__(self, batches: Batches, clock: Clock, settings: ExchangeSettings) -> None:
        self._batches = batches
        self._clock = clock
        self._settings = settings

    def ask(self, session: Session, filename: str) -> Asked:
        """1C wants a file imported. Raises `BadInput`."""
        return self._batches.ask(session, upload_name(filename))

    def close(self, session: Session, *, deactivate: bool) -> Asked:
        """1C has sent everything. Raises `BadInput`."""
        return self._batches.close(session, deactivate=deactivate)

    def look(self, exchange_id: int) -> Asked:
        """How far a delivery is."""
        return self._batches.progress(exchange_id)

    def answer(self, asked: Asked, filename: str) -> Answer:
        """As 1C is told it."""
        match asked.progress:
            case Progress.ACCEPTED:
                return success(say("accepted", name=filename))
            case Progress.IMPORTED:
                return success(asked.message or say("imported"))
            case Progress.REFUSED:
                return failure(asked.message or "")
        if asked.since is not None and self._clock.now() - asked.since > self._settings.patience:
            minutes = round(self._settings.patience.total_seconds() / 60)
            return failure(say("impatient", minutes=minutes, exchange_id=asked.exchange_id))
        return progress(say("waiting" if asked.progress is Progress.WAITING else "importing"))
