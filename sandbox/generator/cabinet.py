"""A cabinet that people filled by hand, made to fit a catalogue: its cards, and what an adoption must make of them.

Why beside the deliveries: whether a card is a good's is known only to who makes both. As with expected.json, what must
come out is chosen first, and card and row of 1C are written so that it does; no code of the product is used.

cabinet.json: {"version", "cards": [card]}; a card has the fields of the sandbox's `POST /_sandbox/ozon/{id}/cards`.

adoption.json: {"version", "cards" (how many), "adopted" {1C GUID: {"product_id", "offer_id", "key"}}, "conflicts" {1C
GUID: {"kind", "product_ids"}}, "alone" [product_id], "held" {1C GUID: guard}}. Keys: id, article+barcode, article,
barcode. Kinds: two_cards, two_goods, archived, no_article, similar. `held` are adopted goods whose price is too far
from the one that the card shows.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from random import Random

from sandbox.generator.assortment import TARGETS, WAREHOUSES
from sandbox.generator.expected import Json
from sandbox.generator.goods import Catalogue, Good, Offer
from sandbox.generator.money import ROUBLE
from sandbox.generator.plans import Plans

__all__ = ["CARDS_FILE", "EXPECTED_FILE", "HandMade", "Likeness", "plan"]

CARDS_FILE, EXPECTED_FILE = "cabinet.json", "adoption.json"
VERSION = 1

# Below those that the sandbox gives out: these cards are older.
_FIRST_PRODUCT_ID, _FIRST_SKU = 1_500_000_001, 1_800_000_001
_JUMP_SHARE = 0.01
_JUMP_FACTOR = 3
_TRIES = 400  # per good that is looked for, before a catalogue counts as having no such good left


class Likeness(StrEnum):
    """How a card is like a good."""

    BOTH = "both"
    ARTICLE = "article"  # the card has a barcode of its own
    BARCODE = "barcode"  # the article is another one
    ID = "id"  # only 1C's «Код ОЗОН» tells: the product_id
    SKU = "sku"  # only 1C's «Код ОЗОН» tells: the sku
    CASE = "case"
    BLANKS = "blanks"
    ZEROS = "zeros"
    DOUBLE = "double"  # two cards, and only one of them has the article too
    TWO_CARDS = "two_cards"  # two cards with one barcode
    TWO_GOODS = "two_goods"  # the article of one good and the barcode of another
    ARCHIVED = "archived"
    NO_ARTICLE = "no_article"  # a card of the time before articles were required
    UNMARKED = "unmarked"  # a good that is not marked for sale
    STRANGER = "stranger"  # nobody in 1C knows it


# Out of a hundred cards; BOTH gets the rest. DOUBLE and TWO_CARDS take two cards for one.
_SHARES: dict[Likeness, float] = {
    Likeness.ARTICLE: 10,
    Likeness.BARCODE: 12,
    Likeness.ID: 3,
    Likeness.SKU: 2,
    Likeness.CASE: 1.5,
    Likeness.BLANKS: 1.5,
    Likeness.ZEROS: 1.5,
    Likeness.DOUBLE: 0.5,
    Likeness.TWO_CARDS: 0.5,
    Likeness.TWO_GOODS: 0.5,
    Likeness.ARCHIVED: 1,
    Likeness.NO_ARTICLE: 0.5,
    Likeness.UNMARKED: 1,
    Likeness.STRANGER: 6,
}
_CARDS_EACH = {Likeness.DOUBLE: 2, Likeness.TWO_CARDS: 2}
_SIMILAR: dict[Likeness, Callable[[str], str]] = {
    Likeness.CASE: lambda article: article.lower(),
    Likeness.BLANKS: lambda article: f"{article[:-2]} {article[-2:]}",
    Likeness.ZEROS: lambda article: f"00{article}",
}


@dataclass
class HandMade:
    """The cabinet, what must become of it, and what 1C knows of it.

    Attributes:
        ids: number of a good -> what its property «Код ОЗОН» says.
    """

    cards: list[Json] = field(default_factory=list)
    adopted: dict[str, Json] = field(default_factory=dict)
    conflicts: dict[str, Json] = field(default_factory=dict)
    alone: list[int] = field(default_factory=list)
    held: dict[str, str] = field(default_factory=dict)
    ids: dict[int, str] = field(default_factory=dict)

    def write(self, folder: Path) -> None:
        """Write both files."""
        (folder / CARDS_FILE).write_text(
            json.dumps({"version": VERSION, "cards": self.cards}, ensure_ascii=False), encoding="utf-8"
        )
        expected: Json = {
            "version": VERSION,
            "cards": len(self.cards),
            "adopted": self.adopted,
            "conflicts": self.conflicts,
            "alone": self.alone,
            "held": self.held,
        }
        (folder / EXPECTED_FILE).write_text(
            json.dumps(expected, ensure_ascii=False, indent=1), encoding="utf-8"
        )


def plan(catalogue: Catalogue, plans: Plans, count: int) -> HandMade:
    """A cabinet of `count` cards; fewer where the catalogue has too few goods that neither are soiled nor change."""
    made = HandMade()
    maker = _Maker(Random(f"cabinet:{catalogue.seed}"), catalogue, plans, made)
    for likeness in _likenesses(count):
        maker.add(likeness)
    return made


def _likenesses(count: int) -> Iterator[Likeness]:
    left = count
    for likeness, share in _SHARES.items():
        for _ in range(round(count * share / 100 / _CARDS_EACH.get(likeness, 1))):
            left -= _CARDS_EACH.get(likeness, 1)
            yield likeness
    yield from [Likeness.BOTH] * left


class _Maker:
    def __init__(self, rng: Random, catalogue: Catalogue, plans: Plans, made: HandMade) -> None:
        self._rng = rng
        self._catalogue = catalogue
        self._plans = plans
        self._made = made
        self._used: set[tuple[int, int]] = set()

    def add(self, likeness: Likeness) -> None:
        """One more card (or pair of cards) of this likeness, where a good for it can be found."""
        if likeness is Likeness.STRANGER:
            self._made.alone.append(self._card(None, None, article=self._own_article()))
            return
        simple = likeness in (Likeness.ID, Likeness.SKU)
        found = self._pick(marked=likeness is not Likeness.UNMARKED, simple=simple)
        if found is None:
            return
        good, offer = found
        match likeness:
            case Likeness.BOTH:
                self._adopt(good, offer, "article+barcode", offer.article, [offer.barcode])
            case Likeness.ARTICLE:
                self._adopt(good, offer, "article", offer.article, [self._own_barcode()])
            case Likeness.BARCODE:
                self._adopt(good, offer, "barcode", self._own_article(), [self._own_barcode(), offer.barcode])
            case Likeness.ID | Likeness.SKU:
                number = self._adopt(good, offer, "id", self._own_article(), [])
                sku = number - _FIRST_PRODUCT_ID + _FIRST_SKU
                self._made.ids[good.number] = str(number if likeness is Likeness.ID else sku)
            case Likeness.CASE | Likeness.BLANKS | Likeness.ZEROS:
                card = self._card(good, offer, article=_SIMILAR[likeness](offer.article))
                self._conflict(offer, "similar", card)
            case Likeness.DOUBLE:
                self._adopt(good, offer, "article+barcode", offer.article, [offer.barcode])
                double = self._card(good, offer, article=self._own_article(), barcodes=[offer.barcode])
                self._made.alone.append(double)
            case Likeness.TWO_CARDS:
                pair = [
                    self._card(good, offer, article=self._own_article(), barcodes=[offer.barcode])
                    for _ in range(2)
                ]
                self._conflict(offer, "two_cards", *pair)
            case Likeness.TWO_GOODS:
                other = self._pick(marked=True, simple=False)
                if other is not None:
                    card = self._card(good, offer, article=offer.article, barcodes=[other[1].barcode])
                    self._conflict(offer, "two_goods", card)
                    self._conflict(other[1], "two_goods", card)
            case Likeness.ARCHIVED:
                card = self._card(good, offer, article=offer.article, archived=True)
                self._conflict(offer, "archived", card)
            case Likeness.NO_ARTICLE:
                self._conflict(
                    offer, "no_article", self._card(good, offer, article="", barcodes=[offer.barcode])
                )
            case Likeness.UNMARKED:
                self._made.alone.append(
                    self._card(good, offer, article=offer.article, barcodes=[offer.barcode])
                )

    def _adopt(self, good: Good, offer: Offer, key: str, article: str, barcodes: list[str]) -> int:
        jumps = self._rng.random() < _JUMP_SHARE
        card = self._card(good, offer, article=article, barcodes=barcodes, jumps=jumps)
        self._made.adopted[offer.guid] = {"product_id": card, "offer_id": article, "key": key}
        if jumps:
            self._made.held[offer.guid] = "price_jump"
        return card

    def _conflict(self, offer: Offer, kind: str, *cards: int) -> None:
        self._made.conflicts[offer.guid] = {"kind": kind, "product_ids": list(cards)}

    def _card(
        self,
        good: Good | None,
        offer: Offer | None,
        *,
        article: str,
        barcodes: list[str] | None = None,
        archived: bool = False,
        jumps: bool = False,
    ) -> int:
        """A card as people make them: with their own name, pictures, price and stocks."""
        number = len(self._made.cards)
        rng = self._rng
        price = offer.price.price if offer else rng.randrange(150, 9_000) * ROUBLE
        shown = price * _JUMP_FACTOR if jumps else round(price * rng.uniform(0.93, 1.07) / ROUBLE) * ROUBLE
        title = good.name if good else "Снято с производства"
        card: Json = {
            "product_id": _FIRST_PRODUCT_ID + number,
            "sku": _FIRST_SKU + number,
            "offer_id": article,
            "name": f"{title} · подарок малышу № {number + 1}"[:200],
            "barcodes": barcodes if barcodes is not None else [],
            "images": [
                f"https://photos.example.com/hand/{number}-{place}.jpg" for place in range(1 + number % 4)
            ],
            "price": _money(shown),
            "old_price": _money(shown * 3 // 2) if number % 3 == 0 else "0",
            "archived": archived,
            "stocks": {
                str(warehouse.marketplace_id): {"present": rng.randrange(0, 40), "reserved": 0}
                for place, warehouse in enumerate(WAREHOUSES)
                if (number + place) % 3
            },
        }
        if good is not None:
            target = TARGETS[good.group]
            card |= {"description_category_id": target.category_id, "type_id": target.type_id}
            card["vat"] = f"{good.group.vat / 100:g}"
        self._made.cards.append(card)
        return _FIRST_PRODUCT_ID + number

    def _pick(self, *, marked: bool, simple: bool) -> tuple[Good, Offer] | None:
        """An offer that has no card yet; «Код ОЗОН» is the whole good's, so it takes goods without variants."""
        for _ in range(_TRIES):
            number = self._rng.randrange(self._catalogue.goods)
            if number in self._plans.soiled or number in self._plans.changed:
                continue
            good = self._catalogue.good(number)
            if good.marked is not marked or (simple and not good.simple):
                continue
            free = [place for place in range(len(good.offers)) if (number, place) not in self._used]
            if free:
                place = self._rng.choice(free)
                self._used.add((number, place))
                return good, good.offers[place]
        return None

    def _own_article(self) -> str:
        return f"РУЧ-{len(self._made.cards) + 1:06d}"

    def _own_barcode(self) -> str:
        """An EAN-13 in the range for use inside a company."""
        digits = f"29{len(self._made.cards) + 1:010d}"
        total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits))
        return f"{digits}{-total % 10}"


def _money(kopecks: int) -> str:
    return f"{kopecks // 100}.{kopecks % 100:02d}"
