"""Did the cards that people made survive the first run? Judged by adoption.json, which no code of the product has seen.

Their texts, pictures and attributes must be as they were, whoever owns them now; prices and stocks of adopted ones must
be the store's; a good about which a person must decide must have no second card.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from demo.judge import Verdict, compare
from marketsync.errors import BadInput, Place

__all__ = ["judge_living", "read_adoption", "read_cards"]

# what people made: nothing of it may change
_THEIRS = (
    "product_id", "offer_id", "name", "barcodes", "description_category_id", "type_id", "attributes",
    "complex_attributes", "depth", "width", "height", "weight", "primary_image", "images", "archived",
)  # fmt: skip
_FOLLOWING = ("price", "old_price", "min_price", "stocks")

Cards = dict[str, dict[str, Any]]


def read_adoption(folder: Path) -> dict[str, Any]:
    """What must become of each card of a generated cabinet. Raises `BadInput`."""
    return _read(folder / "adoption.json")


def read_cards(folder: Path) -> list[dict[str, Any]]:
    """The cards of a generated cabinet, as the sandbox takes them. Raises `BadInput`."""
    cards: list[dict[str, Any]] = _read(folder / "cabinet.json")["cards"]
    return cards


def _read(path: Path) -> dict[str, Any]:
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadInput(f"cannot be read: {error}", place=Place(file=str(path))) from error
    return content


def judge_living(
    expected: dict[str, Any],
    adoption: dict[str, Any],
    before: Cards,
    after: Cards,
    *,
    warehouses: Sequence[str] | None = None,
    ours: Sequence[str] = (),
) -> Verdict:
    """Compare a living cabinet after its adoption and a full run with what it was and what the store asks for.

    Args:
        expected: the delivery's expected.json.
        adoption: its adoption.json.
        before, after: the cabinet's state, cards by article.
        warehouses: those whose stocks follow the store; None for all.
        ours: sizes and weight that the store owns: on adopted cards they are the store's.
    """
    expected = _only(expected, warehouses)
    differences: list[str] = []
    then = {card["product_id"]: card for card in before.values()}
    now = {card["product_id"]: card for card in after.values()}
    goods = {each["product_id"]: guid for guid, each in adoption["adopted"].items()}
    for product_id, card in then.items():
        name = card["offer_id"] or f"#{product_id}"
        shown = now.get(product_id)
        if shown is None:
            differences.append(f"{name}: the card is gone")
            continue
        adopted = product_id in goods
        kept = [field for field in _THEIRS if field not in ours] if adopted else [*_THEIRS, *_FOLLOWING]
        differences += [
            f"{name}: {field} was {card[field]!r}, is {shown[field]!r}"
            for field in kept
            if card[field] != shown[field]
        ]
        if adopted:
            guid = goods[product_id]
            mine = expected["offers"][guid]["card"]
            differences += [
                f"{name}: {field} is {shown[field]!r}, the store's is {mine[field]!r}"
                for field in ours
                if int(shown[field] or 0) != int(mine[field])
            ]
            held = card if guid in adoption["held"] else None
            differences += [f"{name}: {text}" for text in _follows(expected["offers"][guid], shown, held)]
    wanted = {
        offer["article"]: offer
        for guid, offer in expected["offers"].items()
        if offer["state"] == "listed"
        and guid not in adoption["adopted"]
        and guid not in adoption["conflicts"]
    }
    made = {card["offer_id"]: card for product_id, card in now.items() if product_id not in then}
    differences += [f"{article}: a second card" for article in sorted(set(made) - set(wanted))]
    for article, offer in wanted.items():
        new = made.get(article)
        differences += (
            [f"{article}: no card"] if new is None else [f"{article}: {text}" for text in compare(offer, new)]
        )
    wrong = {line.partition(":")[0] for line in differences}
    on_sale = sum(bool(card["on_sale"]) for card in after.values())
    return Verdict(len(then) + len(wanted) - len(wrong), len(then) + len(wanted), on_sale, differences)


def _only(expected: dict[str, Any], warehouses: Sequence[str] | None) -> dict[str, Any]:
    """What is expected where only some warehouses are kept equal: in the others new cards have nothing."""
    if warehouses is None:
        return expected
    offers = {}
    for guid, offer in expected["offers"].items():
        stocks = {place: pieces for place, pieces in offer["stocks"].items() if place in warehouses}
        offers[guid] = {**offer, "stocks": stocks, "on_sale": any(stocks.values())}
    return {**expected, "offers": offers}


def _follows(offer: dict[str, Any], shown: dict[str, Any], held: dict[str, Any] | None) -> list[str]:
    """Price and stocks of an adopted card; a price that a guard holds is as it was."""
    price = held or offer["price"]
    pairs = [
        (name, Decimal(shown[name] or 0), Decimal(price[name] or 0))
        for name in ("price", "old_price", "min_price")
    ]
    for warehouse, pieces in offer["stocks"].items():
        stock = shown["stocks"].get(warehouse, {"present": 0, "reserved": 0})
        pairs.append(
            (f"stock in {warehouse}", Decimal(stock["present"] - stock["reserved"]), Decimal(pieces))
        )
    return [f"{name} is {is_}, expected {should}" for name, is_, should in pairs if is_ != should]
