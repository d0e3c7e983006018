"""From raw frames to what a person reads: gaps, words, recommendations, local times.

Nothing here knows how a cell is written, and nothing asks the database: it is tested on frames built by hand.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import tzinfo

import numpy as np
import pandas as pd

from marketsync.reports.columns import CAUSES, ORDERS_SHEET, SIDES_SHEET
from marketsync.reports.orders import explain
from marketsync.reports.sides import compare
from marketsync.reports.texts import (
    CAUSE_ACTIONS,
    GUARD_ACTIONS,
    GUARDS,
    ORIGIN_ACTIONS,
    VOCABULARIES,
    Language,
    word,
)
from marketsync.reports.texts import CAUSES as CAUSE_WORDS

__all__ = ["local_times", "present", "recommendation"]

_NUMERIC_CHANNELS = ("price", "stock", "promotion")
_MAIN_FIELD = {"price": "price", "stock": "quantity", "promotion": "price"}
_NUMBER = r"-?\d+(\.\d+)?"
_HASH = re.compile(r"\b[0-9a-f]{32}$")  # of a card, as 32 hexadecimal digits (md5)


def present(
    code: str,
    frame: pd.DataFrame,
    *,
    language: Language,
    zone: tzinfo,
    warehouses: Sequence[str] = (),
    warehouse_names: Callable[[str], str | None] = lambda warehouse: None,
) -> pd.DataFrame:
    """The frame of sheet `code` with every column of the contract that can be computed from it.

    Args:
        frame: as its query returns it; it is not changed.
        zone: of the dates.
        warehouses: the marketplace's warehouses, for the sheet of all goods.
        warehouse_names: the store's name of a marketplace's warehouse, or None.
    """
    frame = frame.reset_index(drop=True)
    if "stocks" in frame:
        _spread_stocks(frame, warehouses)
    if "field" in frame:
        _name_main_field(frame)
    _drop_hashes(frame, language)
    _measure(frame)
    if "warehouse" in frame:
        frame["warehouse_name"] = _objects(
            [warehouse_names(value) if value else None for value in frame["warehouse"]]
        )
    if "cause" in frame:
        frame["detail"] = _details(frame, language)
        frame["cause_text"] = _objects([word(CAUSE_WORDS, cause, language) for cause in frame["cause"]])
        pairs = zip(frame["cause"], frame["channel"], strict=True)
        frame["recommendation"] = _objects(
            [recommendation(cause, channel, language) for cause, channel in pairs]
        )
    if code == "offers":
        frame["recommendation"] = _objects([_first_action(causes, language) for causes in frame["causes"]])
        frame["causes"] = _objects([", ".join(causes) if causes else None for causes in frame["causes"]])
    if code == SIDES_SHEET:
        compare(frame, language)
    if code == ORDERS_SHEET:
        explain(frame, language)
    if code == "refusals":
        frame["recommendation"] = _objects(
            [word(ORIGIN_ACTIONS, origin, language) for origin in frame["origin"]]
        )
    if code == "held":
        _explain_holds(frame, language)
    for flag in ("healed", "wanted"):
        if flag in frame:
            frame[flag] = _objects(
                [None if value is None else "yes" if value else "no" for value in frame[flag]]
            )
    for moment in (
        "updated_here",
        "read_there",
        "since",
        "again_at",
        "confirmed_at",
        "site_read",
        "decided_until",
        "order_created",
        "ship_by",
    ):
        if moment in frame:
            frame[moment] = local_times(frame[moment], zone)
    return frame


def recommendation(cause: str, channel: str | None, language: Language) -> str | None:
    """What to do about a difference, or None for a cause that this version does not know."""
    words = CAUSE_ACTIONS.get(f"{cause}.{channel}") or CAUSE_ACTIONS.get(cause)
    return words.of(language) if words else None


def local_times(moments: pd.Series, zone: tzinfo) -> pd.Series:
    """Times of the zone without their zone, as Excel knows them, in whole seconds."""
    return pd.to_datetime(moments, utc=True).dt.tz_convert(zone).dt.tz_localize(None).dt.round("s")


def _details(frame: pd.DataFrame, language: Language) -> pd.Series:
    """The comparison's remark in words: the guard that holds a value, the refusal's message with its code."""
    refusals = frame["refusal"] if "refusal" in frame else [None] * len(frame)
    details: list[str | None] = []
    for cause, detail, refusal in zip(frame["cause"], frame["detail"], refusals, strict=True):
        if cause == "held" and detail:
            details.append(word(GUARDS, detail, language))
        elif cause == "rejected" and refusal:
            details.append(f"{refusal} ({detail})" if detail and detail not in refusal else refusal)
        else:
            details.append(detail)
    return _objects(details)


def _drop_hashes(frame: pd.DataFrame, language: Language) -> None:
    """A card's hash tells a person nothing; of `shown 0cc1…` the state stays, in words."""
    for column in ("desired", "confirmed", "observed"):
        if column in frame and "channel" in frame:
            texts = [
                value
                if channel in _NUMERIC_CHANNELS or not isinstance(value, str)
                else _without_hash(value, language)
                for channel, value in zip(frame["channel"], frame[column], strict=True)
            ]
            frame[column] = _objects(texts)


def _without_hash(value: str, language: Language) -> str | None:
    text = _HASH.sub("", value).strip()
    return word(VOCABULARIES["card_state"], text, language) or None


def _objects(values: list[str | None]) -> pd.Series:
    return pd.Series(values, dtype=object)


def _numbers(frame: pd.DataFrame, column: str) -> pd.Series:
    """The column as numbers where the channel's values are numbers, NaN elsewhere."""
    texts = frame[column].astype("string")
    usable = frame["channel"].isin(_NUMERIC_CHANNELS) & texts.str.fullmatch(_NUMBER).fillna(
        value=False
    ).astype(bool)
    return pd.to_numeric(texts.where(usable), errors="coerce").astype("float64")


def _gap(before: pd.Series, after: pd.Series) -> tuple[pd.Series, pd.Series]:
    """How much more, in the value's unit (kopecks are the smallest) and as a share of what was before."""
    delta = (after - before).round(2)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = (delta / before.abs()).round(4)
    return delta, share.where(before != 0)


def _measure(frame: pd.DataFrame) -> None:
    if {"desired", "observed", "channel"} <= set(frame):
        desired, observed = _numbers(frame, "desired"), _numbers(frame, "observed")
        frame["delta"], frame["delta_percent"] = _gap(desired, observed)
    for column in ("desired", "confirmed", "observed"):
        if column in frame and "channel" in frame:
            numbers = _numbers(frame, column)
            frame[column] = frame[column].where(numbers.isna(), numbers.astype(object))
    if {"from_value", "to_value"} <= set(frame):
        frame["delta"], frame["delta_percent"] = _gap(
            _floats(frame["from_value"]), _floats(frame["to_value"])
        )
    if {"price_desired", "price_observed"} <= set(frame):
        frame["price_delta"], frame["price_delta_percent"] = _gap(
            _floats(frame["price_desired"]), _floats(frame["price_observed"])
        )
    if {"stock_desired", "stock_observed"} <= set(frame):
        frame["stock_delta"], _ = _gap(_floats(frame["stock_desired"]), _floats(frame["stock_observed"]))


def _floats(column: pd.Series) -> pd.Series:
    return pd.to_numeric(column, errors="coerce").astype("float64")


def _name_main_field(frame: pd.DataFrame) -> None:
    """A price's and a stock's own value is called by its name, however the comparison names it."""
    main = frame["channel"].map(_MAIN_FIELD)
    unnamed = main.notna() & (frame["field"].isna() | (frame["field"] == "amount"))
    frame["field"] = frame["field"].where(~unnamed, main)


def _spread_stocks(frame: pd.DataFrame, warehouses: Sequence[str]) -> None:
    """One pair of columns per warehouse, from {warehouse: [ours, theirs]}."""
    empty = (None, None)
    by_offer = [stocks or {} for stocks in frame["stocks"]]
    for warehouse in warehouses:
        pairs = [stocks.get(warehouse, empty) for stocks in by_offer]
        frame[f"stock_desired@{warehouse}"] = pd.Series([pair[0] for pair in pairs], dtype="float64")
        frame[f"stock_observed@{warehouse}"] = pd.Series([pair[1] for pair in pairs], dtype="float64")
    del frame["stocks"]


def _first_action(causes: Sequence[str] | None, language: Language) -> str | None:
    """The recommendation for the most urgent of an offer's causes."""
    if not causes:
        return None
    pairs = [value.partition(":")[::2] for value in causes]
    rank = {cause: position for position, cause in enumerate(CAUSES)}
    channel, cause = min(pairs, key=lambda pair: rank.get(pair[1], len(rank)))
    return recommendation(cause, channel, language)


def _explain_holds(frame: pd.DataFrame, language: Language) -> None:
    texts: list[str | None] = []
    actions: list[str | None] = []
    verdicts = frame["verdict"] if "verdict" in frame else [None] * len(frame)
    for guard, reason, verdict in zip(frame["guard"], frame["reason"], verdicts, strict=True):
        text = word(GUARDS, guard, language)
        texts.append(f"{text}: {reason}" if reason else text)
        code = verdict if verdict in ("released", "discarded") else guard
        action = GUARD_ACTIONS.get(code, GUARD_ACTIONS[""])
        actions.append(action.of(language))
    frame["guard_text"] = _objects(texts)
    frame["recommendation"] = _objects(actions)
