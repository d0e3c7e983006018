"""The sheet of three sides: what 1C, the shop's site and the marketplace say of the same good.

A cause here is about the site; what differs on the marketplace has its causes on the other sheets.
"""

from __future__ import annotations

import pandas as pd

from marketsync.reports.texts import SIDE_ACTIONS, SIDES, Language, word

__all__ = ["SIDE_COLORS", "compare"]

SIDE_COLORS = {
    "not_on_site": "#F4B6B6",
    "hidden_on_site": "#F8CBAD",
    "no_price_on_site": "#FFE699",
    "price_on_site": "#FFD966",
    "stock_on_site": "#BDD7EE",
    "site_behind": "#E2EFDA",
    "not_in_store": "#D0CECE",
}

_GAPS = (
    ("site_price_delta", "price_store", "price_site"),
    ("market_price_delta", "price_site", "price_observed"),
    ("site_stock_delta", "stock_store", "stock_site"),
    ("market_stock_delta", "stock_site", "stock_observed"),
)


def compare(frame: pd.DataFrame, language: Language) -> None:
    """Add the gaps, the cause's words and what to do about it; the frame is changed."""
    for name, before, after in _GAPS:
        frame[name] = (_floats(frame[after]) - _floats(frame[before])).round(2)
    frame["side_text"] = pd.Series([word(SIDES, side, language) for side in frame["side"]], dtype=object)
    frame["recommendation"] = pd.Series(
        [word(SIDE_ACTIONS, side, language) if side else None for side in frame["side"]], dtype=object
    )
    frame["causes"] = pd.Series(
        [", ".join(causes) if causes else None for causes in frame["causes"]], dtype=object
    )


def _floats(column: pd.Series) -> pd.Series:
    return pd.to_numeric(column, errors="coerce").astype("float64")
