"""Prices in Ozon's promotions ("actions").

Two sorts, and they could not be more different. In «Промокоды» the action price stands beside the product's own, and
a product is taken out by a method of its own. In every other action the action price *is* the product's ceiling
price: entering changes it, and the way out is a price above the action's limit.
Source: Ozon Seller API, /v1/actions, /v2/actions/candidates, /v2/actions/products, /v1/actions/products/update,
/v2/actions/products/deactivate.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from marketsync.http.answers import RequestRefused
from marketsync.marketplaces.base import Item, Observed, Outcome, Problem, PromotionPrice, Result
from marketsync.marketplaces.ozon.client import naming_the_offer
from marketsync.marketplaces.ozon.limits import ACTION_PRODUCTS_PER_CALL, ACTION_ROWS_PER_PAGE
from marketsync.marketplaces.ozon.payloads import money
from marketsync.marketplaces.ozon.reading import pages
from marketsync.marketplaces.promotions import Action, Candidate, PromotionChannel

__all__ = ["OzonPromotionChannel"]

_AUTOMATIC = "AUTO"  # Ozon Seller API, /v2/actions/products: add_mode of what Ozon put in by itself
_WHEN_OVER_SECONDS = (
    600.0  # the next plan reads the actions anew, and closes what belonged to one that is over
)


class OzonPromotionChannel(PromotionChannel):
    """The promotions of one account."""

    batch_size = ACTION_PRODUCTS_PER_CALL

    def actions(self) -> Sequence[Action]:
        """Those that Ozon lists; it leaves out what is over."""
        answer = self._client.get("/v1/actions")
        return [_action(row) for row in answer.get("result") or ()]

    def candidates(self, action: str) -> Iterator[Sequence[Candidate]]:
        """First those that may enter, then those that are in: who enters between the two is seen."""
        for method, joined in (("candidates", False), ("products", True)):
            for page in self._pages(method, action):
                yield [_candidate(row, joined=joined) for row in page]

    def submit(self, items: Sequence[Item], submission: int) -> Sequence[Outcome]:
        """Put products into one action, change their prices there, or take them out; an outcome for each.

        Raises:
            RequestRefused: the batch, while the action itself is still there.
            Uncertain, RateLimited, Retriable, Fatal: see Channel.
        """
        values = [_value(item) for item in items]
        action = values[0].action
        leaving = values[0].amount is None
        try:
            if leaving and not values[0].moves_price:
                return self._deactivate(action, items, submission)
            answer = self._client.post(
                "/v1/actions/products/update",
                {
                    "action_id": int(action),
                    "products": [_product(item, value) for item, value in zip(items, values, strict=True)],
                },
                write=True,
                items=len(items),
                submission=submission,
            )
        except RequestRefused as error:
            if self._is_over(action):
                problem = Problem("action_over", f"Акция {action} завершена или удалена: {error.text}")
                return [
                    _outcome(item, Result.RETRY, problem, again_after=_WHEN_OVER_SECONDS) for item in items
                ]
            raise naming_the_offer(error, items) from error
        return (_left if leaving else _entered)(items, answer)

    def observe(self, warehouses: Sequence[str]) -> Iterator[Sequence[Observed]]:
        """Who is in these actions, at which price; `text` says who put it in. An action that is over has nobody."""
        for action in warehouses:
            try:
                for page in self._pages("products", action):
                    yield [_observed(row, action) for row in page]
            except RequestRefused:
                if not self._is_over(action):
                    raise

    def _deactivate(self, action: str, items: Sequence[Item], submission: int) -> Sequence[Outcome]:
        answer = self._client.post(
            "/v2/actions/products/deactivate",
            {"action_id": int(action), "product_ids": [str(item.offer.external_id) for item in items]},
            write=True,
            items=len(items),
            submission=submission,
        )
        out = {str(product_id) for product_id in answer.get("product_ids") or ()}
        return [
            _outcome(item, Result.CONFIRMED if item.offer.external_id in out else Result.UNANSWERED)
            for item in items
        ]

    def _pages(self, method: str, action: str) -> Iterator[list[Mapping[str, Any]]]:
        return pages(
            self._client,
            f"/v2/actions/{method}",
            {"action_id": int(action), "limit": ACTION_ROWS_PER_PAGE},
            rows=("products",),
            cursor="last_id",
            answer_cursor=("last_id",),
        )

    def _is_over(self, action: str) -> bool:
        try:
            self._client.post("/v2/actions/products", {"action_id": int(action), "limit": 1})
        except RequestRefused:
            return True
        return False


def _value(item: Item) -> PromotionPrice:
    if not isinstance(item.value, PromotionPrice):
        raise TypeError(f"the channel of promotions was given {type(item.value).__name__}")
    return item.value


def _product(item: Item, value: PromotionPrice) -> dict[str, Any]:
    price = value.amount if value.amount is not None else value.ordinary
    if price is None or item.offer.external_id is None:
        raise TypeError(f"offer {item.offer.article} has no price, or no id at Ozon")
    row: dict[str, Any] = {
        "product_id": int(item.offer.external_id),
        "action_price": {"amount": money(price), "currency": value.currency},
    }
    # Ozon Seller API: only «Промокоды» take a number of pieces
    if value.stock is not None and not value.moves_price:
        row["stock"] = value.stock
    return row


def _entered(items: Sequence[Item], answer: Mapping[str, Any]) -> list[Outcome]:
    active, removed, rejected, warnings = _sorted_out(answer)
    outcomes = []
    for item in items:
        product = str(item.offer.external_id)
        if product in active:
            outcomes.append(_outcome(item, Result.CONFIRMED))
        elif product in removed:
            problem = Problem("thrown_out", warnings.get(product) or "Ozon убрал товар из акции", "amount")
            outcomes.append(_outcome(item, Result.REJECTED, problem))
        elif product in rejected:
            problem = Problem("action_rejected", rejected[product], "amount")
            outcomes.append(_outcome(item, Result.REJECTED, problem))
        else:
            outcomes.append(_outcome(item, Result.UNANSWERED))
    return outcomes


def _left(items: Sequence[Item], answer: Mapping[str, Any]) -> list[Outcome]:
    """Of products that were sent a price above the action's limit: those that are out now have left."""
    active, removed, rejected, _ = _sorted_out(answer)
    outcomes = []
    for item in items:
        product = str(item.offer.external_id)
        if product in removed:
            outcomes.append(_outcome(item, Result.CONFIRMED))
        elif product in active:
            problem = Problem(
                "still_inside",
                "Обычная цена не выше предельной цены акции, поэтому Ozon оставил товар в ней: уберите его "
                "из акции в личном кабинете",
                "amount",
            )
            outcomes.append(_outcome(item, Result.REJECTED, problem))
        elif product in rejected:
            problem = Problem("action_rejected", rejected[product], "amount")
            outcomes.append(_outcome(item, Result.REJECTED, problem))
        else:
            outcomes.append(_outcome(item, Result.UNANSWERED))
    return outcomes


def _sorted_out(answer: Mapping[str, Any]) -> tuple[set[str], set[str], dict[str, str], dict[str, str]]:
    """Who is in, who is out, who was refused and why, and why somebody is out."""
    return (
        {str(product_id) for product_id in answer.get("active_product_ids") or ()},
        {str(product_id) for product_id in answer.get("deactivated_product_ids") or ()},
        _reasons(answer.get("rejected") or ()),
        _reasons(answer.get("warnings") or ()),
    )


def _reasons(rows: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    return {str(row.get("product_id")): str(row.get("reason") or "Ozon не назвал причину") for row in rows}


def _outcome(
    item: Item, result: Result, problem: Problem | None = None, *, again_after: float = 60.0
) -> Outcome:
    problems = (problem,) if problem is not None else ()
    return Outcome(item.offer.offer_id, result, item.warehouse, problems=problems, again_after=again_after)


def _action(row: Mapping[str, Any]) -> Action:
    return Action(
        action=str(int(row["id"])),
        title=str(row.get("title") or ""),
        starts_at=_moment(row.get("date_start")),
        ends_at=_moment(row.get("date_end")),
        frozen_at=_moment(row.get("freeze_date")),
        moves_price=not row.get("is_voucher_action"),
        candidates=int(row.get("potential_products_count") or 0),
        members=int(row.get("participating_products_count") or 0),
    )


def _candidate(row: Mapping[str, Any], *, joined: bool) -> Candidate:
    return Candidate(
        external_id=str(row["id"]),
        max_price=_amount(row.get("max_action_price")),
        recommended=_amount(row.get("alert_max_action_price")),
        min_stock=int(row.get("min_stock") or 0),
        joined=joined,
        amount=_amount(row.get("action_price")) if joined else None,
        by_itself=joined and row.get("add_mode") == _AUTOMATIC,
    )


def _observed(row: Mapping[str, Any], action: str) -> Observed:
    return Observed(
        external_id=str(row["id"]),
        warehouse=action,
        amount=_amount(row.get("action_price")),
        text=str(row.get("add_mode") or ""),
    )


def _amount(value: Any) -> Decimal | None:
    """An object of amount and currency; nothing, '' and 0 mean that there is none."""
    text = (value or {}).get("amount")
    if not text:
        return None
    amount = Decimal(str(text)).quantize(Decimal("0.01"))
    return amount or None


def _moment(text: Any) -> datetime | None:
    return datetime.fromisoformat(str(text)) if text else None
