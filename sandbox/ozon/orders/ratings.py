"""POST /v1/rating/summary, /v1/rating/history, /v1/rating/index/fbs/info, /v1/rating/index/fbs/posting/list.

Source: Ozon Seller API as of October 2026; the ratings are reckoned from the cabinet's own postings. Its thresholds
are Ozon's to say, so clients read them; those here are the numbers that are known of cross-border contracts, and the
control API sets others (`rating`).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sandbox.clock import iso
from sandbox.ozon import money
from sandbox.ozon.errors import bad_request
from sandbox.ozon.orders.state import Posting, RatingKind
from sandbox.ozon.state import Cabinet
from sandbox.ozon.system import OzonSystem
from sandbox.ozon.validation import Flag, Integer, Json, Message, Repeated, Text

ON_TIME = "rating_on_time"
ERROR_INDEX = "rating_general_indicator_fbs_rfbs"
_ON_TIME_WINDOW = timedelta(days=30)
_INDEX_WINDOW = timedelta(days=14)
_LONGEST_HISTORY_DAYS = 366


_HIGHER, _LOWER = "HIGHER_IS_BETTER", "LOWER_IS_BETTER"
KINDS = {
    each.name: each
    for each in (
        RatingKind(ON_TIME, "Доставка вовремя", "Доставка", "PERCENT", _HIGHER, 90.0, 80.0, 95.0),
        RatingKind(ERROR_INDEX, "Индекс ошибок FBS и rFBS", "Доставка", "INDEX", _LOWER, 4.0, 40.0, 2.0),
        RatingKind(
            "rating_review_avg_score_total",
            "Средняя оценка товаров",
            "Отзывы",
            "REVIEW_SCORE",
            _HIGHER,
            4.0,
            3.0,
            4.5,
            value=4.8,
        ),
        RatingKind(
            "rating_reaction_time",
            "Время первого ответа",
            "Чаты",
            "TIME",
            _LOWER,
            43_200.0,
            86_400.0,
            21_600.0,
            value=1_800.0,
        ),
    )
}

SUMMARY_REQUEST = Message("RatingSummaryV1Request")
HISTORY_REQUEST = Message(
    "RatingHistoryV1Request",
    {
        "date_from": Text(min_length=1),
        "date_to": Text(min_length=1),
        "ratings": Repeated(Text(min_length=1), min_items=1),
        "with_premium_scores": Flag(),
    },
)
INDEX_REQUEST = Message("GetFBSRatingIndexInfoV1Request")
INDEX_POSTINGS_REQUEST = Message(
    "ListFBSRatingIndexPostingsV1Request",
    {
        "filter": Message(
            "ListFBSRatingIndexPostingsV1Request_Filter",
            {
                "date_from": Text(min_length=1),
                "date_to": Text(min_length=1),
                "posting_numbers": Repeated(Text(), max_items=1000),
            },
            required=True,
        ),
        "limit": Integer(inside=(1, 1000)),
        "cursor": Text(),
    },
)


def summary(system: OzonSystem, cabinet: Cabinet, request: Json) -> Json:
    """All ratings as they are today, by group, with those of a day ago."""
    moment = system.clock.utcnow()
    kinds = list(_kinds(cabinet).values())
    groups = list(dict.fromkeys(each.group for each in kinds))
    return {
        "groups": [
            {
                "group_name": group,
                "items": [_item(cabinet, each, moment) for each in kinds if each.group == group],
            }
            for group in groups
        ],
        "localization_index": [
            {"calculation_date": iso(moment), "localization_percentage": 60},
        ],
        "penalty_score_exceeded": False,
        "premium": False,
        "premium_plus": False,
    }


def history(system: OzonSystem, cabinet: Cabinet, request: Json) -> Json:
    """Ratings day by day, with their thresholds; names that nobody knows are left out."""
    first, last = _time(request["date_from"]), _time(request["date_to"])
    if last < first or (last - first).days > _LONGEST_HISTORY_DAYS:
        raise bad_request("date_to must be after date_from, and at most a year")
    kinds = _kinds(cabinet)
    return {
        "ratings": [
            _history(cabinet, kinds[name], first, min(last, system.clock.utcnow()))
            for name in dict.fromkeys(request["ratings"])
            if name in kinds
        ],
        "premium_scores": [],
    }


def index(system: OzonSystem, cabinet: Cabinet, request: Json) -> Json:
    """The index of errors of the last fourteen days."""
    moment = system.clock.utcnow()
    days = [moment - timedelta(days=back) for back in range(_INDEX_WINDOW.days - 1, -1, -1)]
    return {
        "index": _error_index(cabinet, moment),
        "period_from": days[0].date().isoformat(),
        "period_to": days[-1].date().isoformat(),
        "defects": [
            {
                "date": day.date().isoformat(),
                "index_by_date": _error_index(cabinet, day, timedelta(days=1)),
                "processing_costs_sum_by_date": 0.0,
            }
            for day in days
        ],
        "processing_costs_sum": 0.0,
        "currency_code": system.knobs.currency_code,
    }


def index_postings(system: OzonSystem, cabinet: Cabinet, request: Json) -> Json:
    """The postings that count against the index, oldest first."""
    wanted = request["filter"]
    first, last = _time(wanted["date_from"]), _time(wanted["date_to"])
    moment = system.clock.utcnow()
    found = [
        (error_at, number, kind, posting)
        for number, posting in cabinet.postings.by_number.items()
        for kind, error_at in _errors(posting, moment)
        if first <= error_at <= last
        and (not wanted["posting_numbers"] or number in wanted["posting_numbers"])
    ]
    found.sort(key=lambda each: each[:2])
    start = int(request["cursor"]) if request["cursor"].isdigit() else 0
    page = found[start : start + request["limit"]]
    more = start + len(page) < len(found)
    return {
        "errors": [_error(system, cabinet, *each) for each in page],
        "cursor": str(start + len(page)) if more else "",
        "has_next": more,
    }


def _kinds(cabinet: Cabinet) -> dict[str, RatingKind]:
    return {**KINDS, **cabinet.ratings}


def _item(cabinet: Cabinet, kind: RatingKind, moment: datetime) -> Json:
    now, before = _value(cabinet, kind, moment), _value(cabinet, kind, moment - timedelta(days=1))
    direction, meaning = "DIRECTION_NONE", "MEANING_NONE"
    if now != before:
        direction = "DIRECTION_RISE" if now > before else "DIRECTION_FALL"
        meaning = "MEANING_GOOD" if (now > before) == kind.higher_is_better else "MEANING_BAD"
    status = "OK"
    if kind.beyond(now, kind.danger):
        status = "CRITICAL"
    elif kind.beyond(now, kind.warning):
        status = "WARNING"
    return {
        "rating": kind.name,
        "name": kind.title,
        "current_value": now,
        "past_value": before,
        "status": status,
        "value_type": kind.value_type,
        "rating_direction": kind.direction,
        "change": {"direction": direction, "meaning": meaning},
    }


def _history(cabinet: Cabinet, kind: RatingKind, first: datetime, last: datetime) -> Json:
    values = []
    for number in range(max((last.date() - first.date()).days, 0) + 1):
        day = min(first + timedelta(days=number), last)
        value = _value(cabinet, kind, day)
        values.append(
            {
                "date_from": iso(day),
                "date_to": iso(day),
                "value": value,
                "status": {
                    "danger": kind.beyond(value, kind.danger),
                    "warning": kind.beyond(value, kind.warning),
                    "premium": not kind.beyond(value, kind.premium),
                },
            }
        )
    return {
        "rating": kind.name,
        "danger_threshold": kind.danger,
        "warning_threshold": kind.warning,
        "premium_threshold": kind.premium,
        "values": values,
    }


def _value(cabinet: Cabinet, kind: RatingKind, moment: datetime) -> float:
    if kind.name in cabinet.ratings:
        return kind.value
    if kind.name == ON_TIME:
        return _on_time(cabinet, moment)
    return _error_index(cabinet, moment) if kind.name == ERROR_INDEX else kind.value


def _on_time(cabinet: Cabinet, moment: datetime) -> float:
    """The percentage of postings due in the last thirty days that were assembled by then; 100 of none."""
    due = [
        each
        for each in cabinet.postings.by_number.values()
        if each.shipment_date is not None
        and moment - _ON_TIME_WINDOW < each.shipment_date <= moment
        and (each.cancelled is None or each.cancelled.kind == "seller")
    ]
    late = sum(bool(_late(each, moment)) for each in due)
    return round(100 * (1 - late / len(due)), 2) if due else 100.0


def _error_index(cabinet: Cabinet, moment: datetime, window: timedelta = _INDEX_WINDOW) -> float:
    """Errors in per cent of what was due or cancelled by the seller."""
    first = moment - window
    counted = errors = 0
    for posting in cabinet.postings.by_number.values():
        found = [at for _, at in _errors(posting, moment) if first < at <= moment]
        errors += bool(found)
        due = posting.shipment_date is not None and first < posting.shipment_date <= moment
        shipped = posting.shipped_at is not None and first < posting.shipped_at <= moment
        counted += bool(found) or due or shipped
    return round(100 * errors / counted, 2) if counted else 0.0


def _errors(posting: Posting, moment: datetime) -> list[tuple[str, datetime]]:
    """What of a posting counts against the seller, and since when."""
    why = posting.cancelled
    if why is not None:
        return [("SELLER_CANCELLATION", posting.changed_at)] if why.affects_rating else []
    late = _late(posting, moment)
    return [("SELLER_DELAY", late)] if late is not None else []


def _late(posting: Posting, moment: datetime) -> datetime | None:
    due = posting.shipment_date
    if due is None or due > moment:
        return None
    return due if posting.shipped_at is None or posting.shipped_at > due else None


def _error(
    system: OzonSystem, cabinet: Cabinet, error_at: datetime, number: str, kind: str, posting: Posting
) -> Json:
    price = sum(line.price * line.quantity for line in posting.lines)
    currency = system.knobs.currency_code
    return {
        "posting_number": number,
        "posting_error_type": kind,
        "error_at": iso(error_at),
        "delivery_schema": "FBS" if posting.delivery.integration == "ozon" else "rFBS",
        "has_grace_status": False,
        "index": _error_index(cabinet, error_at),
        "charge_percent": 0.0,
        "charge_price": 0.0,
        "charge_price_currency_code": currency,
        "product_price": money.number(price),
        "product_price_currency_code": currency,
    }


def _time(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise bad_request(f"proto: invalid value for Timestamp field: {text[:40]!r}")
    return moment
