"""Cards: sent in batches that Ozon works on by itself, polled by their task, read back with all their
attributes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from marketsync.http.answers import RequestRefused
from marketsync.marketplaces.base import (
    Accepted,
    Channel,
    Identity,
    Item,
    Kind,
    Observed,
    Offer,
    Outcome,
    Pipeline,
    Problem,
    Recovery,
    Result,
)
from marketsync.marketplaces.ozon.client import naming_the_offer
from marketsync.marketplaces.ozon.limits import CARDS_PER_CALL, ROWS_PER_PAGE
from marketsync.marketplaces.ozon.payloads import differences, fingerprint, import_item, read_document
from marketsync.marketplaces.ozon.reading import card_rows, info_rows, product_pages
from marketsync.marketplaces.ozon.statuses import ready_for_stock, state_of

__all__ = ["CardChannel"]

# Ozon Seller API, /v3/product/list: ALL leaves the archived out.
_VISIBILITIES = ("ALL", "ARCHIVED")

_PENDING, _FAILED = "pending", "failed"
_WARNING = "warning"
_TASK_IS_GONE = 404

# Ozon Seller API, /v4/product/info/limit: the daily quotas start anew at 03:00 Moscow time; they are looked
# at hourly.
_QUOTA_CODE, _QUOTA_PAUSE = "item_limit_exceeded", 3600.0

_NOTHING_SHOWN = Problem(
    "no_items",
    "Ozon не показал ни одного товара задания: так он отвечает на неверную категорию или ставку НДС. "
    "Проверьте categories.csv и НДС в 1С",
)


class CardChannel(Channel):
    """The cards of one account. Source: Ozon Seller API, /v3/product/import and /v1/product/import/info."""

    name = "card"
    kind = Kind.DOCUMENT
    pipeline = Pipeline.CATALOG
    batch_size = CARDS_PER_CALL
    recovery = Recovery.READ_FIRST
    # ours: Ozon does not say how long after its task a card's content is shown
    visible_after = timedelta(minutes=2)

    def submit(self, items: Sequence[Item], submission: int) -> Accepted:
        """Hand a batch over; Ozon takes it whole or refuses it whole.

        Raises:
            RequestRefused: the batch; `place.offer` names the item where Ozon names one.
            Uncertain, RateLimited, Retriable, Fatal: see Channel.
        """
        try:
            answer = self._client.post(
                "/v3/product/import",
                {"items": [import_item(item) for item in items]},
                write=True,
                repeatable=False,
                items=len(items),
                submission=submission,
            )
        except RequestRefused as error:
            raise naming_the_offer(error, items) from error
        return Accepted(str(answer["result"]["task_id"]))

    def poll(self, task_id: str, offers: Sequence[Offer]) -> Sequence[Outcome] | None:
        """What became of a batch; None while any of its items is still worked on."""
        try:
            answer = self._client.post("/v1/product/import/info", {"task_id": int(task_id)})
        except RequestRefused as error:
            if error.status != _TASK_IS_GONE:
                raise
            return [Outcome(offer.offer_id, Result.UNANSWERED) for offer in offers]
        shown = (answer.get("result") or {}).get("items") or ()
        if any(item["status"] == _PENDING for item in shown):
            return None
        if not shown:
            return [Outcome(offer.offer_id, Result.REJECTED, problems=(_NOTHING_SHOWN,)) for offer in offers]
        by_article = {item["offer_id"]: item for item in shown}
        return [_outcome(offer, by_article.get(offer.article)) for offer in offers]

    def identify(self, offers: Sequence[Offer]) -> Sequence[Identity]:
        """Ozon's ids of these offers, by article; offers without a card are left out."""
        articles = [offer.article for offer in offers]
        return [
            Identity(info["offer_id"], str(info["id"]), _sku(info), ready_for_stock(info))
            for start in range(0, len(articles), ROWS_PER_PAGE)
            for info in info_rows(self._client, "offer_id", articles[start : start + ROWS_PER_PAGE])
        ]

    def observe(self, warehouses: Sequence[str]) -> Iterator[Sequence[Observed]]:
        """All cards, the archived ones too."""
        for visibility in _VISIBILITIES:
            for page in product_pages(self._client, visibility):
                ids = [str(row["product_id"]) for row in page]
                cards = card_rows(self._client, ids)
                infos = {str(info["id"]): info for info in info_rows(self._client, "product_id", ids)}
                yield [_observed(infos[id_], cards.get(id_)) for id_ in ids if id_ in infos]

    def document_differences(
        self, ours: Mapping[str, Any], theirs: Mapping[str, Any]
    ) -> Sequence[tuple[str, str, str]]:
        """The fields in which two cards differ: (field, ours, theirs)."""
        return differences(ours, theirs)


def _outcome(offer: Offer, item: Mapping[str, Any] | None) -> Outcome:
    if item is None:
        return Outcome(offer.offer_id, Result.UNANSWERED)
    errors = item.get("errors") or ()
    problems = tuple(_problem(error) for error in errors if error.get("level") != _WARNING)
    warnings = tuple(_problem(error) for error in errors if error.get("level") == _WARNING)
    external_id = str(item["product_id"]) if item.get("product_id") else None
    if not problems and item["status"] != _FAILED:
        return Outcome(offer.offer_id, Result.CONFIRMED, warnings=warnings, external_id=external_id)
    if any(problem.code == _QUOTA_CODE for problem in problems):
        return Outcome(offer.offer_id, Result.RETRY, problems=problems, again_after=_QUOTA_PAUSE)
    return Outcome(
        offer.offer_id,
        Result.REJECTED,
        problems=problems or (Problem(_FAILED, "Ozon не принял товар и не сказал почему"),),
        warnings=warnings,
        external_id=external_id,
    )


def _problem(error: Mapping[str, Any]) -> Problem:
    told = error.get("description") or error.get("message") or error.get("code") or ""
    number = error.get("attribute_id")
    field = error.get("attribute_name") or (f"attribute {number}" if number else error.get("field"))
    return Problem(str(error.get("code") or ""), str(told), field or None)


def _observed(info: Mapping[str, Any], card: Mapping[str, Any] | None) -> Observed:
    document = read_document(card, info) if card is not None else None
    barcodes = (*info.get("barcodes", ()), *(card or {}).get("barcodes", ()))
    return Observed(
        external_id=str(info["id"]),
        article=info.get("offer_id"),
        sku=_sku(info),
        barcode=(document or {}).get("barcode") or (barcodes[0] if barcodes else None),
        barcodes=tuple(dict.fromkeys(barcodes)),
        name=info.get("name"),
        hash=fingerprint(document) if document is not None else None,
        document=document,
        ready=ready_for_stock(info),
        state=state_of(info),
    )


def _sku(info: Mapping[str, Any]) -> str | None:
    return str(info["sku"]) if info.get("sku") else None
