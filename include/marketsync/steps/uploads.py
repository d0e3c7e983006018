"""Sessions in which 1C uploads: closed where it fell silent, ended where it broke off."""

from __future__ import annotations

from datetime import timedelta

import structlog

from marketsync.runtime import Runtime
from marketsync.shop.uploads.upkeep import close_quiet_sessions, end_sessions

__all__ = ["settle_uploads"]

_log = structlog.get_logger(__name__)


def settle_uploads(runtime: Runtime) -> None:
    """Say the last word for sessions whose dialogue has none, and give up what others left half done."""
    settings = runtime.accounts.erp.exchange
    around = (runtime.database, runtime.files, runtime.clock)
    closed = close_quiet_sessions(*around, timedelta(minutes=settings.quiet_minutes))
    ended = end_sessions(*around, timedelta(minutes=settings.session_minutes))
    if closed or ended:
        _log.info("sessions of 1C settled", closed=closed, ended=ended)
