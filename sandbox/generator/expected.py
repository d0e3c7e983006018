"""expected.json: the state that the marketplace must show after a delivery, streamed offer by offer.

Shape (version 1): {"version", "delivery", "seed", "goods" (rows of import.xml), "offers_in_store" (sellable
offers), "images_url", "warehouses" {1C GUID: marketplace id}, "offers" {1C GUID: entry}, "orphan_offers"
[GUID], "deleted" [GUID of the good], "marked" (offers that are marked and not deleted now), "on_sale" (of all
offers), "by_state" {state: n}, "by_code" {code: n}, "changed_by_second" null or an object}.

An entry of "offers" (one for every offer that is or was marked): {"article", "state", "reasons" [{"channel",
"code", "field"}], "held" {"price": code}, "withdrawn" null, "deleted" or "unmarked", "card", "price",
"stocks", "on_sale"}. `card`, `price` and `stocks` are null, null and {} unless the state is `listed`. `price`
holds strings with two decimals: "old_price" is "0.00" where there must be no struck price. Dimensions are mm,
weight is g, both whole. "images" are `images_url` + "/" + the path in «Картинка». "properties" are the
store's values, by the keys of `assortment.PROPERTIES` ("size" and "colour" of a variant come from its
characteristics).
"""

from __future__ import annotations

import json
from collections import Counter
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import TextIO

from sandbox.generator.assortment import COLOUR, SIZE, TARGETS, WAREHOUSES
from sandbox.generator.money import FinalPrice
from sandbox.generator.outcomes import Outcome, StoreGood, StoreOffer

VERSION = 1
_BUFFER = 1 << 17
_KEYS = {SIZE: "size", COLOUR: "colour"}
_WAREHOUSE_IDS = tuple(str(warehouse.marketplace_id) for warehouse in WAREHOUSES)

Json = dict[str, object]


class ExpectedFile(AbstractContextManager["ExpectedFile"]):
    """Writes the head, then entries as they come, then the counts; complete only after `close_with`."""

    def __init__(self, path: Path, head: Json) -> None:
        self.marked = 0
        self.on_sale = 0
        self.states: Counter[str] = Counter()
        self.codes: Counter[str] = Counter()
        self._separator = "\n"
        self._tail: Json = {}
        self._out: TextIO = path.open("w", encoding="utf-8", newline="\n", buffering=_BUFFER)
        self._out.write(f'{{"version": {VERSION}')
        self._write(head)
        self._out.write(',\n"offers": {')

    def add(self, entry: str, outcome: Outcome, *, marked: bool) -> None:
        """Write one entry made by `entry`; `marked` is whether the offer counts as marked now."""
        self._out.write(f"{self._separator}{entry}")
        self._separator = ",\n"
        self.marked += marked
        self.on_sale += outcome.on_sale
        self.states[outcome.state] += 1
        self.codes.update(code for _, code, _ in outcome.reasons)
        if outcome.held:
            self.codes[outcome.held] += 1

    def close_with(self, tail: Json) -> None:
        """Set what follows the entries."""
        self._tail = tail

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self._out.write("\n}")
            counts: Json = {
                "marked": self.marked,
                "on_sale": self.on_sale,
                "by_state": dict(sorted(self.states.items())),
                "by_code": dict(sorted(self.codes.items())),
            }
            self._write(counts | self._tail)
            self._out.write("}\n")
        self._out.close()

    def _write(self, members: Json) -> None:
        for name, value in members.items():
            self._out.write(f",\n{json.dumps(name)}: {json.dumps(value, ensure_ascii=False)}")


def entry(store: StoreGood, offer: StoreOffer, outcome: Outcome, images_url: str) -> str:
    """One member of "offers" as text: the quoted GUID, a colon and the object."""
    listed = outcome.listed
    body: Json = {
        "article": outcome.article,
        "state": outcome.state,
        "reasons": [
            {"channel": channel, "code": code, "field": name} for channel, code, name in outcome.reasons
        ],
        "held": {"price": outcome.held} if outcome.held else {},
        "withdrawn": outcome.withdrawn or None,
        "card": _card(store, offer, outcome, images_url) if listed else None,
        "price": _price(outcome.price) if listed else None,
        "stocks": dict(zip(_WAREHOUSE_IDS, outcome.stocks, strict=True)) if listed else {},
        "on_sale": outcome.on_sale,
    }
    return f'"{offer.guid}": {json.dumps(body, ensure_ascii=False)}'


def _card(store: StoreGood, offer: StoreOffer, outcome: Outcome, images_url: str) -> Json:
    good = store.good
    target = TARGETS[store.group]
    return {
        "offer_id": outcome.article,
        "name": outcome.name,
        "barcode": offer.barcode,
        "description_category_id": target.category_id,
        "type_id": target.type_id,
        "vat": f"{good.group.vat / 100:g}",
        "depth": good.length,
        "width": good.width,
        "height": good.height,
        "weight": good.weight,
        "brand": store.brand,
        "images": [f"{images_url}/{path}" for path in good.pictures],
        "properties": dict(good.values) | {_KEYS[name]: value for name, value in offer.characteristics},
    }


def _price(price: FinalPrice) -> Json:
    return {
        "price": _money(price.price),
        "old_price": _money(price.old),
        "min_price": _money(price.minimum),
    }


def _money(kopecks: int) -> str:
    return f"{kopecks // 100}.{kopecks % 100:02d}"


@dataclass(slots=True)
class Differences:
    """What the second delivery changes in the expected state; counts are of offers listed before, except
    `new_cards`.
    """

    price_changes: int = 0
    stock_pairs: int = 0
    cards: int = 0
    new_cards: int = 0
    withdrawn: int = 0
    held: Counter[str] = field(default_factory=Counter)
    renamed: dict[str, str] = field(default_factory=dict)

    def count(self, offer: StoreOffer, article: str, before: Outcome, after: Outcome) -> None:
        """Add one offer; `article` is the one that 1C wrote before."""
        if not before.listed:
            self.new_cards += after.listed
            return
        self.price_changes += before.price != after.price
        self.stock_pairs += sum(old != new for old, new in zip(before.stocks, after.stocks, strict=True))
        self.cards += before.name != after.name
        self.withdrawn += bool(after.withdrawn)
        if after.held:
            self.held[after.held] += 1
        if offer.article != article:
            self.renamed[offer.guid] = offer.article

    def as_json(self, files: dict[str, int]) -> Json:
        return {
            "price_changes": self.price_changes,
            "stock_pairs": self.stock_pairs,
            "cards": self.cards,
            "new_cards": self.new_cards,
            "withdrawn": self.withdrawn,
            "held": dict(sorted(self.held.items())),
            "renamed": self.renamed,
            "files": files,
        }
