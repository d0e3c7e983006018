"""Reading the orders of an Ozon account (FBS and rFBS), its returns and its rating."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from marketsync.errors import Place, Retriable
from marketsync.http.answers import RequestRefused
from marketsync.http.client import ApiClient
from marketsync.marketplaces.orders import Malformed, OrderDesk, Posting, Push, Rating, Return
from marketsync.marketplaces.ozon import pushes
from marketsync.marketplaces.ozon.client import of_ozon
from marketsync.marketplaces.ozon.limits import (
    LONGEST_ORDER_WINDOW,
    POSTINGS_PER_PAGE,
    RETURNS_PER_PAGE,
    posting_reads,
)
from marketsync.marketplaces.ozon.order_reading import posting, postings, returns

__all__ = ["OzonDesk"]

_UNFULFILLED = "/v4/posting/fbs/unfulfilled/list"
_LIST = "/v4/posting/fbs/list"
_GET = "/v3/posting/fbs/get"
_RETURNS = "/v1/returns/list"
_NOT_FOUND = 404
_POSTING_NOT_FOUND = "POSTING_NOT_FOUND"  # the status that it comes with is not documented
_LOWER_IS_BETTER, _HIGHER_IS_BETTER = "LOWER_IS_BETTER", "HIGHER_IS_BETTER"
_BEST = {"PERCENT": Decimal(100), "REVIEW_SCORE": Decimal(5)}  # of what should be high, by value_type
# Ozon Seller API, ratings: the share of orders on time over 30 days, the index of errors (cancelled by the seller, or
# late) over 14; our own shares of the same orders come near them before Ozon's move.
_OUR_FIGURES = {"rating_on_time": ("on_time", 30), "rating_general_indicator_fbs_rfbs": ("errors", 14)}
_RATED_DAYS = timedelta(days=14)


class OzonDesk(OrderDesk):
    """The orders of one account.

    Source: Ozon Seller API, /v4/posting/fbs/unfulfilled/list, /v4/posting/fbs/list, /v3/posting/fbs/get,
    /v1/returns/list, /v1/rating/summary, /v1/rating/history.
    """

    page = POSTINGS_PER_PAGE

    def __init__(self, client: ApiClient) -> None:
        super().__init__(client)
        self._limits = (posting_reads(of_ozon(client).client_id),)

    def open(self, since: datetime, until: datetime) -> Iterator[Sequence[Posting | Malformed]]:
        """By the time to assemble. The filter is always sent: without one the list was seen to come empty."""
        wanted = {"cutoff_from": _moment(since), "cutoff_to": _moment(until)}
        yield from self._postings(_UNFULFILLED, wanted)

    def changed(self, since: datetime, until: datetime) -> Iterator[Sequence[Posting | Malformed]]:
        """By the date of the last status; the list also wants to be told when the orders were made."""
        wanted = {
            "since": _moment(until - LONGEST_ORDER_WINDOW),
            "to": _moment(until),
            "last_changed_status_date": {"from": _moment(since), "to": _moment(until)},
        }
        yield from self._postings(_LIST, wanted)

    def created(self, since: datetime, until: datetime) -> Iterator[Sequence[Posting | Malformed]]:
        """By the date on which Ozon began to process them."""
        yield from self._postings(_LIST, {"since": _moment(since), "to": _moment(until)})

    def read(self, number: str) -> Posting | Malformed | None:
        """One posting by its number."""
        try:
            answer = self._client.post(_GET, {"posting_number": number, "with": {}}, limits=self._limits)
        except RequestRefused as error:
            if error.status == _NOT_FOUND or _POSTING_NOT_FOUND in error.text:
                return None
            raise
        return posting(answer.get("result"))

    def returns(self, since: datetime, until: datetime) -> Iterator[Sequence[Return | Malformed]]:
        """By the date of the last status."""
        moments = {"time_from": _moment(since), "time_to": _moment(until)}
        wanted = {"visual_status_change_moment": moments, "return_schema": "FBS"}
        last = 0
        while True:
            answer = self._client.post(
                _RETURNS, {"filter": wanted, "limit": RETURNS_PER_PAGE, "last_id": last}
            )
            rows = list(answer.get("returns") or ())
            if rows:
                yield returns(rows)
            if not answer.get("has_next") or not rows:
                return
            following = int(rows[-1]["id"])
            if following == last:
                raise self._turning(_RETURNS, last)
            last = following

    def rating(self) -> Sequence[Rating]:
        """The account's figures; the thresholds come from their history."""
        answer = self._client.post("/v1/rating/summary", {})
        items = {
            str(item["rating"]): item
            for group in answer.get("groups") or ()
            for item in group.get("items") or ()
            if item.get("rating")
        }
        bounds = self._thresholds(sorted(items)) if items else {}
        return [_rating(name, item, bounds.get(name, {})) for name, item in items.items()]

    @staticmethod
    def understand(body: Mapping[str, Any]) -> Push:
        """See `pushes.understand`."""
        return pushes.understand(body)

    @staticmethod
    def answer(push: Push, now: datetime, version: str) -> Mapping[str, Any]:
        """See `pushes.answer`."""
        return pushes.answer(push, now, version)

    @staticmethod
    def refusal(code: str, message: str) -> Mapping[str, Any]:
        """See `pushes.refusal`."""
        return pushes.refusal(code, message)

    def _postings(self, path: str, wanted: Mapping[str, Any]) -> Iterator[Sequence[Posting | Malformed]]:
        cursor = ""
        while True:
            payload = {"filter": wanted, "limit": POSTINGS_PER_PAGE, "sort_dir": "ASC"}
            answer = self._client.post(path, {**payload, "cursor": cursor} if cursor else payload)
            rows = list(answer.get("postings") or ())
            if rows:
                yield postings(rows)
            following = answer.get("cursor")
            if not answer.get("has_next") or not following:
                return
            if following == cursor:
                raise self._turning(path, cursor)
            cursor = following

    def _thresholds(self, names: Sequence[str]) -> dict[str, Mapping[str, Any]]:
        now = self._client.now()
        answer = self._client.post(
            "/v1/rating/history",
            {
                "date_from": _moment(now - _RATED_DAYS),
                "date_to": _moment(now),
                "ratings": list(names),
                "with_premium_scores": False,
            },
        )
        return {str(row.get("rating")): row for row in answer.get("ratings") or ()}

    def _turning(self, path: str, position: object) -> Retriable:
        return Retriable(
            f"Ozon повторяет страницу {position!r} и не отдаёт следующую",
            place=Place(account=self._client.account, method=f"POST {path}"),
        )


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _decimal(value: object) -> Decimal | None:
    return None if value is None or isinstance(value, bool) else Decimal(str(value))


def _rating(name: str, item: Mapping[str, Any], bounds: Mapping[str, Any]) -> Rating:
    """One figure; where neither more nor less is better its thresholds say nothing."""
    direction = item.get("rating_direction")
    judged = direction in (_HIGHER_IS_BETTER, _LOWER_IS_BETTER)
    figure, days = _OUR_FIGURES.get(name, (None, 14))
    return Rating(
        name=name,
        title=str(item.get("name") or name),
        value=_decimal(item.get("current_value")),
        warning=_decimal(bounds.get("warning_threshold")) if judged else None,
        danger=_decimal(bounds.get("danger_threshold")) if judged else None,
        higher_is_better=direction != _LOWER_IS_BETTER,
        best=_BEST.get(str(item.get("value_type"))) if direction == _HIGHER_IS_BETTER else None,
        figure=figure,
        days=days,
    )
