"""Is the cabinet what 1C's files ask for? Compared with expected.json, which no code of the product has seen."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from marketsync.errors import BadInput, Place

__all__ = ["Verdict", "compare", "judge", "read_expected"]

_SIZES = ("depth", "width", "height", "weight", "description_category_id", "type_id")


@dataclass(frozen=True, slots=True)
class Verdict:
    """How the cabinet stands against what is expected.

    Attributes:
        equal: offers that are exactly as expected, absent ones among them.
        marked, on_sale: marked goods, and how many of them can be bought.
        differences: 'article: field is X, expected Y'.
    """

    equal: int
    marked: int
    on_sale: int
    differences: list[str]

    @property
    def passed(self) -> bool:
        """Everything is as expected."""
        return not self.differences

    @property
    def share_on_sale(self) -> float:
        """Of the marked goods, how many can be bought."""
        return self.on_sale / self.marked if self.marked else 0.0


def read_expected(path: Path) -> dict[str, Any]:
    """An expected.json.

    Raises:
        BadInput: it cannot be read.
    """
    import json

    try:
        expected: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadInput(f"cannot be read: {error}", place=Place(file=str(path))) from error
    return expected


def judge(expected: dict[str, Any], cabinet: dict[str, dict[str, Any]]) -> Verdict:
    """Compare every expected offer with the cabinet, and the cabinet with the expected offers."""
    differences: list[str] = []
    equal = on_sale = 0
    articles: set[str] = set()
    for guid, offer in expected["offers"].items():
        article = offer["article"]
        if offer["state"] != "listed":
            continue
        articles.add(article)
        shown = cabinet.get(article)
        found = (
            [f"{article} ({guid}): no card"]
            if shown is None
            else [f"{article}: {text}" for text in compare(offer, shown)]
        )
        differences += found
        equal += not found
        on_sale += bool(shown and shown["on_sale"])
    strangers = sorted(set(cabinet) - articles)
    differences += [f"{article}: a card that nobody asked for" for article in strangers]
    absent = [
        o for o in expected["offers"].values() if o["state"] != "listed" and o["article"] not in strangers
    ]
    return Verdict(equal + len(absent), int(expected["marked"]), on_sale, differences)


def compare(offer: dict[str, Any], shown: dict[str, Any]) -> list[str]:
    """In what a card differs from an expected offer, as texts."""
    card, price = offer["card"], offer["price"]
    pairs: list[tuple[str, Any, Any]] = [
        ("name", shown["name"], card["name"]),
        ("barcode", shown["barcode"], card["barcode"]),
        ("vat", Decimal(shown["vat"]), Decimal(card["vat"])),
        *((size, int(shown[size]), int(card[size])) for size in _SIZES),
        ("pictures", list(shown["images"]), list(card["images"])),
        ("price", Decimal(shown["price"]), Decimal(price["price"])),
        ("old_price", Decimal(shown["old_price"] or 0), Decimal(price["old_price"] or 0)),
        ("on sale", bool(shown["on_sale"]), bool(offer["on_sale"])),
    ]
    if price["min_price"] is not None:
        pairs.append(("min_price", Decimal(shown["min_price"] or 0), Decimal(price["min_price"])))
    for warehouse, pieces in offer["stocks"].items():
        stock = shown["stocks"].get(warehouse, {"present": 0, "reserved": 0})
        pairs.append((f"stock in {warehouse}", stock["present"] - stock["reserved"], pieces))
    return [f"{name} is {is_!r}, expected {should!r}" for name, is_, should in pairs if is_ != should]
