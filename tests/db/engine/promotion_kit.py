"""What the tests of promotions share: actions of the sandbox's cabinet, and cycles of prices with promotions."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from engine_kit import ACCOUNT, PRICES, Cabinet, Engine

from marketsync import steps
from marketsync.steps import Counts

UPDATE, DEACTIVATE = "/v1/actions/products/update", "/v2/actions/products/deactivate"
PROMOTION_WRITES = (UPDATE, DEACTIVATE)
TIMER = "/v1/product/action/timer/update"


@dataclass
class Actions:
    """The promotions of one cabinet, as Ozon and people there make them."""

    cabinet: Cabinet

    def make(self, title: str = "Премиум", *, voucher: bool = False, **order: Any) -> str:
        """A promotion that runs from now on; its id. `candidates`: article -> max_action_price, or all terms."""
        return str(self._order({"title": title, "voucher": voucher, **order})["action_id"])

    def change(self, action: str, **order: Any) -> None:
        self._order({"action_id": int(action), **order})

    def members(self, action: str) -> dict[str, str]:
        """Who is in, as it is: article -> price."""
        found = self.cabinet.sandbox.call("GET", f"/ozon/{self.cabinet.client_id}/actions")
        return {article: one["action_price"] for article, one in found[action]["members"].items()}

    def prices(self, action: str, article: str = "A-1") -> tuple[str, str | None]:
        """The ordinary price and the action's, None where the product is not in."""
        return self.cabinet.prices()[article], self.members(action).get(article)

    def _order(self, order: dict[str, Any]) -> dict[str, Any]:
        if "candidates" in order:
            order["candidates"] = {
                article: {"max_action_price": terms} if isinstance(terms, str) else terms
                for article, terms in order["candidates"].items()
            }
        made: dict[str, Any] = self.cabinet.sandbox.call(
            "POST", f"/ozon/{self.cabinet.client_id}/action", order
        )
        return made


def configured(engine: Engine, *actions: str, price: str = "Премиальная", **changes: Any) -> None:
    """The account takes part in these actions."""
    chosen = [{"action": action, "price": price} for action in actions]
    engine.configure(promotions=chosen, **changes)


def prices(engine: Engine, *, minutes: float = 10) -> Counts:
    """One run of X__prices: ordinary prices and promotions, some minutes after the last."""
    engine.clock.advance(minutes=minutes)
    steps.plan(engine.runtime, ACCOUNT, "prices")
    return steps.upload(engine.runtime, ACCOUNT, "prices")


def writes(cabinet: Cabinet, since: int = 0) -> list[tuple[str, dict[str, str | None]]]:
    """Every writing call about prices and promotions, in order: its path, and article -> amount."""
    articles = {str(there["product_id"]): article for article, there in cabinet.state().items()}
    found = []
    for call in cabinet.calls(since=since):
        if call["path"] not in (*PROMOTION_WRITES, PRICES):
            continue
        body = json.loads(call["request_body"])
        amounts: dict[str, str | None] = {}
        for item in (*body.get("prices", ()), *body.get("products", ())):
            amount = item.get("price") or item["action_price"]["amount"]
            amounts[articles[str(item["product_id"])]] = amount
        for product in body.get("product_ids", ()):
            amounts[articles[str(product)]] = None
        found.append((call["path"], amounts))
    return found


def money(text: str | None) -> Decimal | None:
    return Decimal(text) if text is not None else None
