"""Ozon's words for the state of a card, in the words that all marketplaces share.

Source: Ozon Seller API, /v3/product/info/list (statuses, errors, is_archived) and answers of real accounts;
the full list of values is not documented, so what is unknown counts as shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marketsync.marketplaces.base import ShownState

__all__ = ["archived", "ready_for_stock", "state_of"]

# Ozon Seller API, /v2/products/stocks: stock may be set once the status has become price_sent.
_READY = "price_sent"
_ERROR = "ERROR_LEVEL_ERROR"
_PENDING = "pending"


def ready_for_stock(info: Mapping[str, Any]) -> bool:
    """Whether a row of /v3/product/info/list takes stock."""
    return _statuses(info).get("status") == _READY and not archived(info)


def state_of(info: Mapping[str, Any]) -> ShownState:
    """The state of a row of /v3/product/info/list."""
    statuses = _statuses(info)
    if archived(info):
        return ShownState.ARCHIVED
    if statuses.get("status_failed") or any(
        error.get("level") == _ERROR for error in info.get("errors") or ()
    ):
        return ShownState.FAILED
    waiting = _PENDING in (statuses.get("moderate_status"), statuses.get("validation_status"))
    return ShownState.PENDING if waiting or statuses.get("is_created") is False else ShownState.SHOWN


def archived(info: Mapping[str, Any]) -> bool:
    """Whether a row of /v3/product/info/list lies in the archive, put there by somebody or by Ozon itself."""
    return bool(info.get("is_archived") or info.get("is_autoarchived"))


def _statuses(info: Mapping[str, Any]) -> Mapping[str, Any]:
    return info.get("statuses") or {}
