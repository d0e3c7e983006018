"""The archive: cards that are put away, and come back.

Ozon answers with one flag for the whole request, so a card counts as moved when it is shown where it should be. Where
the cards lie is looked at first: what lies there already is not sent, and a card that still has stock is not archived.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from marketsync.errors import RateLimited
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
from marketsync.marketplaces.ozon.limits import ARCHIVED_PER_CALL, RESTORE_LIMITS, day_ends
from marketsync.marketplaces.ozon.reading import info_rows
from marketsync.marketplaces.ozon.statuses import archived

__all__ = ["ArchiveChannel"]

_ARCHIVED = "archived"
_NOT_SHOWN_YET = 60.0  # seconds; ours: Ozon does not say how long a read lags
_CARD_IS_GONE = 600.0  # seconds; the next reconciliation finds out


class ArchiveChannel(Channel):
    """Where one account's cards lie. Source: Ozon Seller API, /v1/product/archive, /v1/product/unarchive."""

    name = "archive"
    kind = Kind.SHELF
    pipeline = Pipeline.CATALOG
    batch_size = ARCHIVED_PER_CALL
    visible_after = timedelta(minutes=2)
    seen_by = "card"

    def submit(self, items: Sequence[Item], submission: int) -> Sequence[Outcome]:
        """Move the cards that do not lie where they should; an outcome for each, by where it lies afterwards.

        Raises:
            RequestRefused, Uncertain, RateLimited, Retriable, Fatal: see Channel.
        """
        before = self._infos(items)
        away = [
            id_
            for item in items
            if _wants_archive(item)
            and (id_ := _id(item)) in before
            and not archived(before[id_])
            and not _pieces(before[id_])
        ]
        back = [
            id_
            for item in items
            if not _wants_archive(item) and (id_ := _id(item)) in before and archived(before[id_])
        ]
        limited = self._unarchive(back, before, submission)
        if away:
            self._move("/v1/product/archive", away, submission)
        after = self._infos(items) if away or len(limited) < len(back) else before
        return [self._outcome(item, after.get(_id(item)), limited) for item in items]

    def observe(self, warehouses: Sequence[str]) -> Iterator[Sequence[Observed]]:
        """Nothing of its own: the cards' read-back tells where they lie."""
        return iter(())

    def _unarchive(
        self, ids: Sequence[str], infos: Mapping[str, Mapping[str, Any]], submission: int
    ) -> Mapping[str, str]:
        """Bring cards back, as many as the limits let; id -> the limit's words, of those that stay.

        A request beyond a limit is refused whole: cards that came into the archive by themselves, which have a limit
        of their own, go apart from the others, and fewer of them are tried until some fit.
        """
        limited: dict[str, str] = {}
        by_itself = [id_ for id_ in ids if infos[id_].get("is_autoarchived")]
        by_hand = [id_ for id_ in ids if not infos[id_].get("is_autoarchived")]
        for rest in (by_hand, by_itself):
            size = len(rest)
            while rest:
                try:
                    self._move("/v1/product/unarchive", rest[:size], submission)
                    rest = rest[size:]
                except RateLimited as error:
                    told = next((text for text in RESTORE_LIMITS if text in error.message), None)
                    if told is None:
                        raise
                    size //= 2
                    if not size:
                        limited |= dict.fromkeys(rest, told)
                        break
        return limited

    def _move(self, path: str, ids: Sequence[str], submission: int) -> None:
        self._client.post(
            path,
            {"product_id": [int(id_) for id_ in ids]},
            write=True,
            items=len(ids),
            submission=submission,
        )

    def _outcome(self, item: Item, info: Mapping[str, Any] | None, limited: Mapping[str, str]) -> Outcome:
        offer = item.offer.offer_id
        if info is None:
            gone = Problem("not_shown", "Карточка не видна в кабинете")
            return Outcome(offer, Result.RETRY, problems=(gone,), again_after=_CARD_IS_GONE)
        if archived(info) == _wants_archive(item):
            return Outcome(offer, Result.CONFIRMED)
        if _id(item) in limited:
            now = self._client.now()
            told = Problem(
                "restore_limit", f"Лимит Ozon на возврат из архива исчерпан ({limited[_id(item)]})"
            )
            return Outcome(
                offer,
                Result.RETRY,
                problems=(told,),
                again_after=(day_ends(now) - now).total_seconds(),
                waits_for="restore",
            )
        if _wants_archive(item) and (pieces := _pieces(info)):
            stocked = Problem(
                "stock_not_zero",
                f"Карточка не уходит в архив: на складах Ozon ещё {pieces} шт., в резерве или на складах, "
                "которыми обмен не управляет. Обнулите их в кабинете или дождитесь отгрузки",
                "stock",
            )
            return Outcome(offer, Result.REJECTED, problems=(stocked,))
        return Outcome(offer, Result.UNANSWERED, again_after=_NOT_SHOWN_YET)

    def _infos(self, items: Sequence[Item]) -> dict[str, Mapping[str, Any]]:
        ids = [_id(item) for item in items if _id(item)]
        rows = info_rows(self._client, "product_id", ids) if ids else []
        return {str(row["id"]): row for row in rows}


def _id(item: Item) -> str:
    return item.offer.external_id or ""


def _wants_archive(item: Item) -> bool:
    if not isinstance(item.value, Word):
        raise TypeError(f"the archive channel was given {type(item.value).__name__}")
    return item.value.text == _ARCHIVED


def _pieces(info: Mapping[str, Any]) -> int:
    """Pieces in all of Ozon's and the seller's warehouses, the reserved ones too."""
    return sum(int(row.get("present") or 0) for row in (info.get("stocks") or {}).get("stocks") or ())
