"""Articles: another name for a card that stays.

Ozon answers only what failed, so a rename counts when the card is shown under its new article. What the cards are
called is looked at first, by Ozon's own ids: a rename that had its effect is not sent twice, and one that a person
made in the cabinet is carried on from there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta

from marketsync.marketplaces.base import (
    Channel,
    Item,
    Kind,
    Observed,
    Outcome,
    Pipeline,
    Problem,
    Result,
    Word,
)
from marketsync.marketplaces.ozon.limits import LONGEST_ARTICLE, RENAMES_PER_CALL
from marketsync.marketplaces.ozon.reading import info_rows

__all__ = ["RenameChannel"]

# Ozon Seller API, /v1/product/update/offer-id: how a taken article is told, by its text and by its example.
_TAKEN = ("OFFER_ID_ALREADY_EXISTS", "уже существует")
_NOT_FOUND = ("не найден", "not found", "NOT_FOUND")

_NOT_SHOWN_YET = 60.0  # seconds; ours: Ozon does not say how long a read lags
_CARD_IS_GONE = 600.0  # seconds; the next reconciliation finds out


class RenameChannel(Channel):
    """The articles of one account's cards. Source: Ozon Seller API, /v1/product/update/offer-id."""

    name = "rename"
    kind = Kind.ARTICLE
    pipeline = Pipeline.CATALOG
    batch_size = RENAMES_PER_CALL
    # these are addressed by the article
    apart_from = ("card", "picture")
    visible_after = timedelta(minutes=2)
    seen_by = "card"
    longest = LONGEST_ARTICLE

    def submit(self, items: Sequence[Item], submission: int) -> Sequence[Outcome]:
        """Rename what is not called so yet; an outcome for each offer, by what it is called afterwards.

        Raises:
            RequestRefused, Uncertain, RateLimited, Retriable, Fatal: see Channel.
        """
        before = self._articles(items)
        pairs = {
            item.offer.offer_id: (before[item.offer.offer_id], _word(item))
            for item in items
            if before.get(item.offer.offer_id) not in (None, _word(item))
        }
        problems: Mapping[str, str] = {}
        after = before
        if pairs:
            answer = self._client.post(
                "/v1/product/update/offer-id",
                {"update_offer_id": [{"offer_id": old, "new_offer_id": new} for old, new in pairs.values()]},
                write=True,
                # a repeat would find no card under the old article, and say that it failed
                repeatable=False,
                items=len(pairs),
                submission=submission,
            )
            problems = {
                str(error.get("offer_id")): str(error.get("message") or "")
                for error in answer.get("errors") or ()
            }
            after = self._articles(items)
        return [_outcome(item, pairs.get(item.offer.offer_id), after, problems) for item in items]

    def observe(self, warehouses: Sequence[str]) -> Iterator[Sequence[Observed]]:
        """Nothing of its own: the cards' read-back tells their articles."""
        return iter(())

    def _articles(self, items: Sequence[Item]) -> dict[int, str]:
        """Offer -> what its card is called there; cards that are not shown are left out."""
        ids = {item.offer.external_id: item.offer.offer_id for item in items if item.offer.external_id}
        shown = info_rows(self._client, "product_id", list(ids)) if ids else []
        return {ids[str(info["id"])]: str(info["offer_id"]) for info in shown if str(info["id"]) in ids}


def _outcome(
    item: Item, pair: tuple[str, str] | None, after: Mapping[int, str], problems: Mapping[str, str]
) -> Outcome:
    offer, wanted = item.offer, _word(item)
    shown = after.get(offer.offer_id)
    if shown == wanted:
        return Outcome(offer.offer_id, Result.CONFIRMED)
    if pair is None:
        gone = Problem("not_shown", "Карточка не видна в кабинете")
        return Outcome(offer.offer_id, Result.RETRY, problems=(gone,), again_after=_CARD_IS_GONE)
    # the error names the article that could not be changed, or, as in Ozon's example, the one that it should get
    told = next((problems[article] for article in pair if article in problems), None)
    if told is None:
        return Outcome(offer.offer_id, Result.UNANSWERED, again_after=_NOT_SHOWN_YET)
    if any(part in told for part in _TAKEN):
        return Outcome(offer.offer_id, Result.REJECTED, problems=(_taken(wanted, told),))
    if any(part in told for part in _NOT_FOUND):
        # somebody renamed it since we looked
        return Outcome(offer.offer_id, Result.RETRY, problems=(Problem("not_found", told),))
    return Outcome(offer.offer_id, Result.REJECTED, problems=(Problem("rename_refused", told, "article"),))


def _taken(article: str, told: str) -> Problem:
    return Problem(
        "OFFER_ID_ALREADY_EXISTS",
        f"Артикул «{article}» в кабинете уже у другой карточки ({told}): карточка не переименована; смените артикул "
        "той карточки в кабинете или этого товара в 1С",
        "article",
    )


def _word(item: Item) -> str:
    if not isinstance(item.value, Word):
        raise TypeError(f"the rename channel was given {type(item.value).__name__}")
    return item.value.text
