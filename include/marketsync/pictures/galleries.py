"""The galleries of offers: what the store lists, what of it can be sent, what was confirmed, what is wrong.

Everything is computed in SQL from the store's paths and the links' verdicts, for all offers of an account or for some;
nothing of it is kept but verdicts, confirmations and problems, so nothing of it can be stale.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import psycopg

from marketsync.accounts import Account
from marketsync.db import sql
from marketsync.marketplaces.base import Outcome, PictureRules, Problem, Result
from marketsync.pictures import texts

__all__ = ["CHANNEL", "answered", "carry", "carry_in_cards", "collect", "gate_cards", "links", "tell"]

Connection = psycopg.Connection[dict[str, Any]]

CHANNEL = "picture"
"""How the channel of pictures is called on every marketplace: cards confirm its values too."""

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_PAUSES = [10 * _MINUTE, _HOUR, 6 * _HOUR, _DAY]  # before a gallery that could not be loaded is sent again


def _addresses(account: Account) -> dict[str, str | None]:
    pictures = account.pictures
    return {
        "site": pictures.site if pictures else None,
        "media": pictures.media if pictures else None,
    }


def collect(
    connection: Connection, account: Account, rules: PictureRules, offers: Sequence[int] | None = None
) -> None:
    """Fill the transaction's tables `offer_picture` and `offer_gallery`.

    Args:
        rules: of the marketplace; what breaks them is not sent.
        offers: only these; None for all of the account.
    """
    connection.execute(sql("picture/drop"))
    connection.execute(
        sql("picture/collect"),
        {
            **_addresses(account),
            "account": account.id,
            "offers": list(offers) if offers is not None else None,
            "most": rules.most,
            "types": list(rules.types),
            "least_side": rules.least_side,
            "largest_side": rules.largest_side,
            "most_bytes": rules.most_bytes,
        },
    )
    connection.execute(sql("picture/gather"))
    connection.execute("analyze offer_gallery")


def tell(connection: Connection, account: Account, rules: PictureRules, title: str, now: datetime) -> None:
    """Write down what is wrong with the pictures that were collected for the whole account."""
    messages = json.dumps(texts.of_rules(rules, title), ensure_ascii=False)
    connection.execute(
        sql("picture/told"), {**_addresses(account), "account": account.id, "messages": messages}
    )
    connection.execute(sql("picture/mended"), {"account": account.id})
    connection.execute(sql("picture/tell"), {"now": now})


def gate_cards(
    connection: Connection, account: Account, channel: str, offers: list[int] | None, now: datetime
) -> None:
    """Refuse new cards of which no picture can be used, and take back refusals that hold no longer."""
    key = {"account": account.id, "channel": channel, "offers": offers}
    connection.execute(sql("picture/refuse_cards"), {**key, "message": texts.NO_USABLE_PICTURE, "now": now})
    connection.execute(sql("picture/cards_mended"), key)


def links(connection: Connection, offers: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """The links that a card of each of these offers carries: a new one what can be used, others what was confirmed."""
    rows = connection.execute(sql("picture/links"), {"offers": list(offers)})
    return {row["offer_id"]: tuple(row["links"]) for row in rows}


def carry_in_cards(connection: Connection, channel: str, offers: Sequence[int]) -> None:
    """Remember what a batch of cards carries, until its answers come."""
    key = {"offers": list(offers), "channel": channel}
    connection.execute(sql("picture/uncarried"), key)
    connection.execute(sql("picture/carried_by_cards"), key)


def carry(
    connection: Connection, channel: str, offers: Sequence[int]
) -> dict[int, tuple[tuple[str, ...], bytes]]:
    """Remember what a batch of galleries carries: offer -> its links, and the hash of the pictures behind them."""
    key = {"offers": list(offers), "channel": channel}
    connection.execute(sql("picture/uncarried"), key)
    connection.execute(sql("picture/carried"), key)
    rows = connection.execute(sql("picture/to_send"), {"offers": list(offers)})
    return {row["offer_id"]: (tuple(row["links"]), row["hash"]) for row in rows}


def answered(connection: Connection, channel: str, outcomes: Sequence[Outcome], now: datetime) -> None:
    """Take over what the marketplace said of the pictures that a batch carried; reads the table `settled`.

    A gallery counts as confirmed only where nothing is said against any of its pictures. Otherwise what was said is
    kept, picture by picture, and the gallery is tried again after a pause that grows.
    """
    failed = [
        outcome.offer_id
        for outcome in outcomes
        if outcome.pictures and outcome.result in (Result.CONFIRMED, Result.RETRY)
    ]
    key = {"channel": channel, "failed": failed, "now": now}
    connection.execute(sql("picture/retry"), {**key, "pauses": _PAUSES})
    connection.execute(sql("picture/postpone"), key)
    connection.execute(sql("picture/forget"), key)
    for outcome in outcomes:
        if outcome.result is not Result.UNANSWERED:
            _blame(connection, outcome.offer_id, outcome.pictures, now)
    connection.execute(sql("picture/answered"), {**key, "pictures": CHANNEL})
    if channel != CHANNEL:
        connection.execute(sql("picture/confirmed_by_cards"), {**key, "pictures": CHANNEL})
    connection.execute(sql("picture/answered_done"), key)


def _blame(connection: Connection, offer: int, problems: Sequence[Problem], now: datetime) -> None:
    # 1C's numbers of the pictures are not known here: they are told one after another, the gallery as a whole below 0
    for place, problem in enumerate(problems, start=1):
        connection.execute(
            sql("picture/blame"),
            {
                "offer_id": offer,
                "position": place if problem.field else -place,
                "url": problem.field,
                "code": problem.code,
                "message": problem.message,
                "now": now,
            },
        )
