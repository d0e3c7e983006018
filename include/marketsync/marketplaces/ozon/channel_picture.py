"""Pictures of cards that are there: the whole set is replaced, loaded by Ozon later, polled by its task."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from marketsync.http.answers import RequestRefused
from marketsync.marketplaces.base import (
    Accepted,
    Channel,
    Gallery,
    Identity,
    Item,
    Kind,
    Observed,
    Offer,
    Outcome,
    Pipeline,
    Problem,
    Result,
)
from marketsync.marketplaces.ozon.client import naming_the_offer
from marketsync.marketplaces.ozon.identities import identities
from marketsync.marketplaces.ozon.limits import GALLERIES_PER_CALL, ROWS_PER_PAGE, day_ends
from marketsync.marketplaces.ozon.picture_errors import FIRST_PAUSE, about_pictures, is_final
from marketsync.marketplaces.ozon.reading import import_items, picture_rows, product_pages

__all__ = ["PictureChannel"]

_PENDING, _FAILED = "pending", "failed"
_QUOTA_CODE = "item_limit_exceeded"  # Ozon Seller API, list of errors: a daily quota is used up


class PictureChannel(Channel):
    """The galleries of one account.

    Source: Ozon Seller API, /v2/product/pictures/import, /v1/product/import/info, /v2/product/pictures/info.
    """

    name = "picture"
    kind = Kind.GALLERY
    pipeline = Pipeline.CATALOG
    batch_size = GALLERIES_PER_CALL
    # a gallery is addressed by its card's article
    apart_from = ("rename",)
    # ours: Ozon does not say how long after its task a gallery is shown; of the retired method it said 10 s
    visible_after = timedelta(minutes=2)

    def submit(self, items: Sequence[Item], submission: int) -> Accepted:
        """Hand a batch over; Ozon takes it whole or refuses it whole.

        Raises:
            RequestRefused: the batch; `place.offer` names the item where Ozon names one.
            Uncertain, RateLimited, Retriable, Fatal: see Channel.
        """
        try:
            answer = self._client.post(
                "/v2/product/pictures/import",
                {"items": [_payload(item) for item in items]},
                write=True,
                items=len(items),
                submission=submission,
            )
        except RequestRefused as error:
            raise naming_the_offer(error, items) from error
        return Accepted(str(answer["task_id"]))

    def poll(self, task_id: str, offers: Sequence[Offer]) -> Sequence[Outcome] | None:
        """What became of a batch; None while any of its items is still worked on."""
        shown = import_items(self._client, task_id)
        if shown is None:
            return [Outcome(offer.offer_id, Result.UNANSWERED) for offer in offers]
        if any(item["status"] == _PENDING for item in shown):
            return None
        by_article = {item["offer_id"]: item for item in shown}
        pause = (day_ends(self._client.now()) - self._client.now()).total_seconds()
        outcomes = [_outcome(offer, by_article.get(offer.article), pause) for offer in offers]
        return self._with_links(outcomes, offers)

    def identify(self, offers: Sequence[Offer]) -> Sequence[Identity]:
        """What Ozon calls the cards of these offers."""
        return identities(self._client, offers)

    def observe(self, warehouses: Sequence[str]) -> Iterator[Sequence[Observed]]:
        """How many pictures each card shows; what is on them cannot be told from Ozon's copies."""
        for page in product_pages(self._client, "ALL"):
            ids = [str(row["product_id"]) for row in page]
            for start in range(0, len(ids), ROWS_PER_PAGE):
                yield [
                    Observed(str(row["product_id"]), amount=Decimal(_count(row)))
                    for row in picture_rows(self._client, ids[start : start + ROWS_PER_PAGE])
                ]

    def _with_links(self, outcomes: list[Outcome], offers: Sequence[Offer]) -> list[Outcome]:
        """Ask which pictures are meant, where the task's answer names none."""
        ids = {offer.offer_id: offer.external_id for offer in offers}
        silent = [
            outcome
            for outcome in outcomes
            if outcome.pictures
            and not any(problem.field for problem in outcome.pictures)
            and (outcome.external_id or ids[outcome.offer_id])
        ]
        if not silent:
            return outcomes
        asked = {str(outcome.external_id or ids[outcome.offer_id]): outcome.offer_id for outcome in silent}
        errors = {
            asked[str(row["product_id"])]: row.get("errors") or ()
            for row in picture_rows(self._client, list(asked))
        }
        return [
            replace(outcome, pictures=(*_told(errors[outcome.offer_id], outcome), *outcome.pictures))
            if outcome.offer_id in errors
            else outcome
            for outcome in outcomes
        ]


def _payload(item: Item) -> dict[str, Any]:
    if not isinstance(item.value, Gallery):
        raise TypeError(f"the picture channel was given {type(item.value).__name__}")
    return {"offer_id": item.offer.article, "images": list(item.value.links)}


def _outcome(offer: Offer, item: Mapping[str, Any] | None, pause: float) -> Outcome:
    if item is None:
        return Outcome(offer.offer_id, Result.UNANSWERED)
    errors = item.get("errors") or ()
    pictures = about_pictures(errors)
    others = tuple(
        Problem(str(error.get("code") or ""), str(error.get("description") or error.get("message") or ""))
        for error in errors
        if error.get("level") != "warning" and error.get("code") not in {found.code for found in pictures}
    )
    external_id = str(item["product_id"]) if item.get("product_id") else None
    if any(problem.code == _QUOTA_CODE for problem in others):
        return Outcome(offer.offer_id, Result.RETRY, problems=others, again_after=pause, waits_for="quota")
    if others or (item["status"] == _FAILED and not pictures):
        problems = others or (Problem(_FAILED, "Ozon не принял картинки и не сказал почему"),)
        return Outcome(
            offer.offer_id, Result.REJECTED, problems=problems, pictures=pictures, external_id=external_id
        )
    if not pictures:
        return Outcome(offer.offer_id, Result.CONFIRMED, external_id=external_id)
    result = Result.REJECTED if is_final(pictures) else Result.RETRY
    return Outcome(
        offer.offer_id,
        result,
        problems=pictures,
        pictures=pictures,
        again_after=FIRST_PAUSE,
        external_id=external_id,
    )


def _told(errors: Sequence[Mapping[str, Any]], outcome: Outcome) -> tuple[Problem, ...]:
    return tuple(
        Problem(outcome.pictures[0].code, str(error.get("message") or ""), str(error["url"]))
        for error in errors
        if error.get("url")
    )


def _count(row: Mapping[str, Any]) -> int:
    return len({*(row.get("primary_photo") or ()), *(row.get("photo") or ())})
