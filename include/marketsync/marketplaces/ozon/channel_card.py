"""Cards: sent in batches that Ozon works on by itself, polled by their task, read back with all their
attributes.

A card that is there already is read before it is sent: what the cabinet owns goes back as it is shown, and
where only attributes differ, only they are sent.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
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
    Prepared,
    Problem,
    Quota,
    Recovery,
    Result,
)
from marketsync.marketplaces.ozon.client import naming_the_offer
from marketsync.marketplaces.ozon.identities import identities, sku_of
from marketsync.marketplaces.ozon.limits import CARDS_PER_CALL, day_ends
from marketsync.marketplaces.ozon.merging import Shown, Way, payload
from marketsync.marketplaces.ozon.payloads import (
    card_of,
    differences,
    fingerprint,
    new_item,
    read_document,
)
from marketsync.marketplaces.ozon.picture_errors import FIRST_PAUSE, about_pictures, is_picture_error
from marketsync.marketplaces.ozon.reading import card_rows, import_items, info_rows, product_pages
from marketsync.marketplaces.ozon.statuses import ready_for_stock, state_of

__all__ = ["CardChannel"]

# Ozon Seller API, /v3/product/list: ALL leaves the archived out.
_VISIBILITIES = ("ALL", "ARCHIVED")

_PENDING, _FAILED = "pending", "failed"
_WARNING = "warning"

# Ozon Seller API, /v4/product/info/limit: what an item is answered beyond the quotas; -1 is no limit.
_QUOTA_CODE, _UNLIMITED = "item_limit_exceeded", -1

_NOTHING_SHOWN = Problem(
    "no_items",
    "Ozon не показал ни одного товара задания: так он отвечает на неверную категорию или ставку НДС. "
    "Проверьте categories.csv и НДС в 1С",
)


_NOT_SHOWN = Problem("not_shown", "Ozon пока не показывает карточку, отправим позже")
_NOT_SHOWN_PAUSE = 300.0


class CardChannel(Channel):
    """The cards of one account.

    Source: Ozon Seller API, /v3/product/import, /v1/product/attributes/update and /v1/product/import/info.
    """

    name = "card"
    kind = Kind.DOCUMENT
    pipeline = Pipeline.CATALOG
    batch_size = CARDS_PER_CALL
    recovery = Recovery.READ_FIRST
    # a card is addressed by its article
    apart_from = ("rename",)
    # ours: Ozon does not say how long after its task a card's content is shown
    visible_after = timedelta(minutes=2)

    def prepare(self, items: Sequence[Item], new: Collection[int]) -> Prepared:
        """Read the cards that may be there, and choose for each how it is sent: whole, by its attributes, or
        not at all where nothing of it differs.
        """
        there = self._shown([item.offer for item in items if item.offer.offer_id not in new])
        calls: dict[Way, list[Item]] = {way: [] for way in Way}
        outcomes: list[Outcome] = []
        for item in items:
            prepared = _prepared(item, there.get(item.offer.offer_id))
            if isinstance(prepared, Outcome):
                outcomes.append(prepared)
            else:
                calls[Way(card_of(prepared).way)].append(prepared)
        return Prepared(tuple(batch for batch in calls.values() if batch), tuple(outcomes))

    def _shown(self, offers: Sequence[Offer]) -> dict[int, Shown]:
        """How these offers' cards are shown, by offer; addressed by Ozon's id where it is known."""
        by_id = {offer.external_id: offer for offer in offers if offer.external_id}
        by_article = {offer.article: offer for offer in offers if not offer.external_id}
        infos = [
            info
            for field, ids in (("product_id", list(by_id)), ("offer_id", list(by_article)))
            if ids
            for info in info_rows(self._client, field, [id_ for id_ in ids if id_])
        ]
        cards = card_rows(self._client, [str(info["id"]) for info in infos]) if infos else {}
        found: dict[int, Shown] = {}
        for info in infos:
            offer = by_id.get(str(info["id"])) or by_article.get(info["offer_id"])
            if offer is not None and str(info["id"]) in cards:
                found[offer.offer_id] = Shown(cards[str(info["id"])], info)
        return found

    def submit(self, items: Sequence[Item], submission: int) -> Accepted:
        """Hand a batch over; Ozon takes it whole or refuses it whole.

        Raises:
            RequestRefused: the batch; `place.offer` names the item where Ozon names one.
            Uncertain, RateLimited, Retriable, Fatal: see Channel.
        """
        cards = [card_of(item) for item in items]
        by_attributes = cards[0].way == Way.ATTRIBUTES
        try:
            answer = self._client.post(
                "/v1/product/attributes/update" if by_attributes else "/v3/product/import",
                {"items": [card.payload or new_item(item) for card, item in zip(cards, items, strict=True)]},
                write=True,
                repeatable=False,
                items=len(items),
                submission=submission,
            )
        except RequestRefused as error:
            raise naming_the_offer(error, items) from error
        # Ozon Seller API: the one method wraps its answer in `result`, the other does not
        return Accepted(str((answer if by_attributes else answer["result"])["task_id"]))

    def poll(self, task_id: str, offers: Sequence[Offer]) -> Sequence[Outcome] | None:
        """What became of a batch; None while any of its items is still worked on."""
        shown = import_items(self._client, task_id)
        if shown is None:
            return [Outcome(offer.offer_id, Result.UNANSWERED) for offer in offers]
        if any(item["status"] == _PENDING for item in shown):
            return None
        if not shown:
            return [Outcome(offer.offer_id, Result.REJECTED, problems=(_NOTHING_SHOWN,)) for offer in offers]
        by_article = {item["offer_id"]: item for item in shown}
        pause = (day_ends(self._client.now()) - self._client.now()).total_seconds()
        return [_outcome(offer, by_article.get(offer.article), pause) for offer in offers]

    def identify(self, offers: Sequence[Offer]) -> Sequence[Identity]:
        """Ozon's ids and articles of these offers, by its ids where they are known; without a card one is left out."""
        return identities(self._client, offers)

    def quota(self) -> Quota:
        """What may be created and changed until the day's end. Source: Ozon Seller API, /v4/product/info/limit."""
        told = self._client.post("/v4/product/info/limit", {})
        creates = [left for name in ("daily_create", "total") if (left := _left(told.get(name))) is not None]
        resets = (told.get("daily_create") or {}).get("reset_at")
        return Quota(
            creates=min(creates, default=None),
            updates=_left(told.get("daily_update")),
            resets_at=datetime.fromisoformat(resets) if resets else day_ends(self._client.now()),
        )

    def observe(self, warehouses: Sequence[str]) -> Iterator[Sequence[Observed]]:
        """All cards, the archived ones too."""
        for visibility in _VISIBILITIES:
            for page in product_pages(self._client, visibility):
                ids = [str(row["product_id"]) for row in page]
                cards = card_rows(self._client, ids)
                infos = {str(info["id"]): info for info in info_rows(self._client, "product_id", ids)}
                yield [_observed(infos[id_], cards.get(id_)) for id_ in ids if id_ in infos]

    def fingerprint(self, document: Mapping[str, Any], fields: Collection[str]) -> bytes:
        """The hash over some fields of a card, rendered or read back."""
        return fingerprint(document, fields)

    def document_differences(
        self, ours: Mapping[str, Any], theirs: Mapping[str, Any], fields: Collection[str]
    ) -> Sequence[tuple[str, str, str]]:
        """Which of these fields differ in two cards: (field, ours, theirs)."""
        return differences(ours, theirs, fields)


def _prepared(item: Item, shown: Shown | None) -> Item | Outcome:
    """An item made ready, or what becomes of it without a call."""
    card = card_of(item)
    if shown is None:
        if item.offer.external_id or card.price is None:
            # it was there: without it in sight nobody knows its price, and what people wrote in it
            return Outcome(
                item.offer.offer_id, Result.RETRY, problems=(_NOT_SHOWN,), again_after=_NOT_SHOWN_PAUSE
            )
        return replace(item, value=replace(card, way=Way.WHOLE, payload=new_item(item)))
    if shown.article != item.offer.article:
        return Outcome(item.offer.offer_id, Result.REJECTED, problems=(_renamed(item.offer, shown),))
    chosen = payload(item, shown)
    if chosen is None:
        return Outcome(item.offer.offer_id, Result.CONFIRMED, external_id=str(shown.info["id"]))
    way, content = chosen
    return replace(item, value=replace(card, way=way, payload=content))


def _renamed(offer: Offer, shown: Shown) -> Problem:
    return Problem(
        "article_changed_there",
        f"В кабинете Ozon у карточки теперь артикул «{shown.article}», а товар выгружается под «{offer.article}»: "
        "верните артикул в кабинете или исправьте его в 1С, иначе появилась бы вторая карточка",
        "article",
    )


def _outcome(offer: Offer, item: Mapping[str, Any] | None, pause: float) -> Outcome:
    if item is None:
        return Outcome(offer.offer_id, Result.UNANSWERED)
    errors = item.get("errors") or ()
    problems = tuple(_problem(error) for error in errors if error.get("level") != _WARNING)
    warnings = tuple(_problem(error) for error in errors if error.get("level") == _WARNING)
    pictures = about_pictures(errors)
    external_id = str(item["product_id"]) if item.get("product_id") else None
    if not problems and item["status"] != _FAILED:
        return Outcome(
            offer.offer_id, Result.CONFIRMED, warnings=warnings, pictures=pictures, external_id=external_id
        )
    if any(problem.code == _QUOTA_CODE for problem in problems):
        return Outcome(offer.offer_id, Result.RETRY, problems=problems, again_after=pause, waits_for="quota")
    if problems and all(is_picture_error({"code": problem.code}) for problem in problems):
        # Ozon could not load any: passing trouble of the site, as far as the check before has seen
        return Outcome(
            offer.offer_id, Result.RETRY, problems=problems, pictures=pictures, again_after=FIRST_PAUSE
        )
    return Outcome(
        offer.offer_id,
        Result.REJECTED,
        problems=problems or (Problem(_FAILED, "Ozon не принял товар и не сказал почему"),),
        warnings=warnings,
        pictures=pictures,
        external_id=external_id,
    )


def _left(told: Mapping[str, Any] | None) -> int | None:
    limit = (told or {}).get("limit")
    if limit is None or int(limit) == _UNLIMITED:
        return None
    return max(int(limit) - int((told or {}).get("usage") or 0), 0)


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
        sku=sku_of(info),
        barcode=(document or {}).get("barcode") or (barcodes[0] if barcodes else None),
        barcodes=tuple(dict.fromkeys(barcodes)),
        name=info.get("name"),
        document=document,
        ready=ready_for_stock(info),
        state=state_of(info),
    )
