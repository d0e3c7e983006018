"""Which goods are soiled in the first delivery and which change in the second, chosen before anything is
written.

Why ahead: a pair of goods with the same article has to be known at both, and the shares must be met exactly
whatever the size of the catalogue. Only the chosen few are remembered, so the memory that a plan takes is a
share of the catalogue and no more.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from random import Random

from sandbox.generator.goods import Catalogue, Good


class Soil(StrEnum):
    """What is wrong with a good in the first delivery."""

    NEGATIVE_STOCK = "negative_stock"
    FRACTIONAL_STOCK = "fractional_stock"
    OLD_PRICE_GAP = "old_price_gap"
    BLANK_PRICE = "blank_price"
    ZERO_PRICE = "zero_price"
    BELOW_FLOOR = "below_floor"
    CURRENCY = "currency"
    NO_BARCODE = "no_barcode"
    NO_ARTICLE = "no_article"
    DUPLICATE_ARTICLE = "duplicate_article"
    LONG_NAME = "long_name"
    UNMAPPED_GROUP = "unmapped_group"
    UNKNOWN_BRAND = "unknown_brand"
    DELETED = "deleted"


class Change(StrEnum):
    """What happens to a good in the second delivery."""

    PRICE = "price"
    STOCK = "stock"
    PRICE_AND_STOCK = "price_and_stock"
    NAME = "name"
    RENAMED_ARTICLE = "renamed_article"
    JUMP = "jump"
    PENNY = "penny"
    NEGATIVE_STOCK = "negative_stock"
    DELETED = "deleted"
    MARKED = "marked"
    UNMARKED = "unmarked"
    REPAIRED = "repaired"


WHOLE_GOOD_SOIL = frozenset(
    {Soil.NO_ARTICLE, Soil.LONG_NAME, Soil.UNMAPPED_GROUP, Soil.UNKNOWN_BRAND, Soil.DELETED}
)
"""Dirt of the good's own row, used on goods without variants only: there it has one reading."""

WHOLE_GOOD_CHANGES = frozenset({Change.DELETED, Change.MARKED, Change.UNMARKED})
"""Changes of the good's own row, which all its variants follow."""

# How the dirty share is divided, beside the kinds with a fixed number below.
_SOIL_SHARES: dict[Soil, int] = {
    Soil.NEGATIVE_STOCK: 13,
    Soil.OLD_PRICE_GAP: 14,
    Soil.BLANK_PRICE: 10,
    Soil.DUPLICATE_ARTICLE: 8,
    Soil.ZERO_PRICE: 8,
    Soil.NO_BARCODE: 8,
    Soil.BELOW_FLOOR: 8,
    Soil.FRACTIONAL_STOCK: 14,
    Soil.DELETED: 8,
    Soil.NO_ARTICLE: 6,
    Soil.LONG_NAME: 6,
}
UNMAPPED_GOODS = 3
ORPHAN_OFFERS = 3
UNKNOWN_BRAND_SHARE = 0.001
"""Goods whose maker the marketplace does not know, on top of the dirty share."""

_FIXED_CHANGES: dict[Change, int] = {
    Change.PENNY: 1,
    Change.JUMP: 1,
    Change.NEGATIVE_STOCK: 1,
    Change.RENAMED_ARTICLE: 3,
    Change.DELETED: 3,
    Change.MARKED: 2,
    Change.UNMARKED: 2,
    Change.REPAIRED: 2,
    Change.NAME: 2,
    Change.PRICE: 2,
    Change.STOCK: 2,
    Change.PRICE_AND_STOCK: 1,
}
_FREE_CHANGES: tuple[Change, ...] = (
    *(Change.PRICE,) * 4,
    *(Change.STOCK,) * 5,
    *(Change.PRICE_AND_STOCK,) * 2,
    Change.NAME,
)

_TRIES = 400  # per good that is looked for, before a catalogue counts as having no such good left


@dataclass(frozen=True, slots=True)
class Soiled:
    """The dirt of one good; `place` is the offer of the good that it hits, `article` the shared one of a
    pair.
    """

    kind: Soil
    place: int
    article: str = ""


@dataclass(frozen=True, slots=True)
class Changed:
    kind: Change
    place: int


@dataclass(slots=True)
class Plans:
    """Both plans by the number of the good."""

    soiled: dict[int, Soiled] = field(default_factory=dict)
    changed: dict[int, Changed] = field(default_factory=dict)
    orphans: int = 0


def make(catalogue: Catalogue, dirty: float, changes: float) -> Plans:
    """Choose `dirty` (share of the offers) goods to soil and `changes` (share of the offers) to change.

    A small catalogue may hold fewer: a kind that finds no suitable good is left out.
    """
    rng = Random(f"plans:{catalogue.seed}")
    plans = Plans()
    _soil(rng, catalogue, plans, round(catalogue.offers * dirty))
    if changes > 0:
        _change(rng, catalogue, plans, round(catalogue.offers * changes))
    return plans


def _soil(rng: Random, catalogue: Catalogue, plans: Plans, total: int) -> None:
    if total == 0:
        return
    plans.orphans = min(ORPHAN_OFFERS, total // 8)
    counts = {
        Soil.CURRENCY: 1,
        Soil.UNMAPPED_GROUP: min(UNMAPPED_GOODS, total // 8),
        Soil.UNKNOWN_BRAND: max(round(catalogue.offers * UNKNOWN_BRAND_SHARE), 1 if total >= 20 else 0),
    }
    rest = total - plans.orphans - counts[Soil.CURRENCY] - counts[Soil.UNMAPPED_GROUP]
    counts |= _divide(rest, _SOIL_SHARES)
    for kind, count in counts.items():
        if kind is Soil.DUPLICATE_ARTICLE:
            _duplicate(rng, catalogue, plans, count // 2)
            continue
        for _ in range(count):
            good = _pick(rng, catalogue, plans, partial(_can_be_soiled, kind))
            if good is not None:
                plans.soiled[good.number] = Soiled(kind, rng.randrange(len(good.offers)))


def _duplicate(rng: Random, catalogue: Catalogue, plans: Plans, pairs: int) -> None:
    for _ in range(pairs):
        first = _pick(rng, catalogue, plans, lambda good: good.marked)
        if first is None:
            return
        place = rng.randrange(len(first.offers))
        article = first.offers[place].article
        plans.soiled[first.number] = Soiled(Soil.DUPLICATE_ARTICLE, place, article)
        second = _pick(rng, catalogue, plans, lambda good: good.marked)
        if second is None:
            del plans.soiled[first.number]
            return
        plans.soiled[second.number] = Soiled(
            Soil.DUPLICATE_ARTICLE, rng.randrange(len(second.offers)), article
        )


def _can_be_soiled(kind: Soil, good: Good) -> bool:
    return good.marked and (good.simple or kind not in WHOLE_GOOD_SOIL)


def _change(rng: Random, catalogue: Catalogue, plans: Plans, total: int) -> None:
    counts = dict(_FIXED_CHANGES)
    for place in range(max(0, total - sum(counts.values()))):
        counts[_FREE_CHANGES[place % len(_FREE_CHANGES)]] += 1
    repairable = [
        number for number, soil in plans.soiled.items() if soil.kind in (Soil.BLANK_PRICE, Soil.ZERO_PRICE)
    ]
    for kind, count in counts.items():
        for _ in range(count):
            if kind is Change.REPAIRED:
                if repairable:
                    number = repairable.pop(rng.randrange(len(repairable)))
                    plans.changed[number] = Changed(kind, plans.soiled[number].place)
                continue
            good = _pick(rng, catalogue, plans, partial(_can_change, kind))
            if good is not None:
                plans.changed[good.number] = Changed(kind, rng.randrange(len(good.offers)))


def _can_change(kind: Change, good: Good) -> bool:
    if kind is Change.MARKED:
        return not good.marked
    return good.marked and all(sum(offer.stocks) > 0 for offer in good.offers)


def _pick(rng: Random, catalogue: Catalogue, plans: Plans, accept: Callable[[Good], bool]) -> Good | None:
    for _ in range(_TRIES):
        number = rng.randrange(catalogue.goods)
        if number in plans.soiled or number in plans.changed:
            continue
        good = catalogue.good(number)
        if accept(good):
            return good
    return None


def _divide(total: int, shares: dict[Soil, int]) -> dict[Soil, int]:
    """Whole numbers in proportion to `shares`; what rounding leaves over goes to the first kinds."""
    whole = sum(shares.values())
    counts = {kind: total * share // whole for kind, share in shares.items()}
    left = total - sum(counts.values())
    for kind in list(shares)[:left]:
        counts[kind] += 1
    return counts
