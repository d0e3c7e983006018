"""The clean final state of the store's goods: good number `n` of seed `s` is always the same good.

Why by number: a hundred thousand goods can be written one at a time, and any one of them can be looked at
again (to choose which to soil or to change) without keeping the others.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate
from random import Random

from sandbox.generator import identity, money
from sandbox.generator.assortment import (
    AUTHORS,
    BRANDS,
    COLOUR,
    COLOURS,
    GROUPS,
    PROPERTY,
    SIZE,
    SIZES,
    THEMES,
    Group,
)

ORPHAN_BASE = 60_000_000
"""Numbers from here on are goods that exist in offers.xml only."""

NO_STOCK_SHARE = 0.002
"""Goods that are sold out in every warehouse."""


_SHARES = list(accumulate(group.share for group in GROUPS))


@dataclass(slots=True)
class Offer:
    """One thing that is sold: a good without variants, or a variant. Stocks stand as WAREHOUSES do."""

    guid: str
    article: str
    barcode: str
    name: str
    characteristics: tuple[tuple[str, str], ...]
    price: money.FinalPrice
    store_price: money.StorePrice
    stocks: tuple[int, int, int]


@dataclass(slots=True)
class Good:
    """One row of import.xml. Lengths in mm, weight in g; `values` are property key and text in the
    classifier's order.
    """

    number: int
    guid: str
    group: Group
    article: str
    name: str
    brand: str
    marked: bool
    length: int
    width: int
    height: int
    weight: int
    values: tuple[tuple[str, str], ...]
    description: str
    pictures: tuple[str, ...]
    offers: list[Offer]

    @property
    def simple(self) -> bool:
        """True for a good that is sold itself, without variants."""
        return "#" not in self.offers[0].guid


@dataclass(frozen=True, slots=True)
class Catalogue:
    """How goods are made. `goods` rows of import.xml hold `offers` sellable offers; the last good is cut to
    fit.
    """

    seed: int
    marked: float
    offers: int
    goods: int
    last_variants: int

    @classmethod
    def of(cls, seed: int, offers: int, marked: float) -> Catalogue:
        """Count how many goods it takes to have `offers` sellable offers."""
        number = total = 0
        while True:
            size = len(_structure(seed, number, marked)[2]) or 1
            if total + size >= offers:
                return cls(seed, marked, offers, number + 1, offers - total)
            total += size
            number += 1

    def good(self, number: int) -> Good:
        rng, group, combinations, marked = _structure(self.seed, number, self.marked)
        if number == self.goods - 1 and combinations:
            combinations = combinations[: self.last_variants]
        return _build(self.seed, number, rng, group, combinations, marked)

    def orphan(self, number: int) -> Good:
        """A good that import.xml does not have; it is never on a marketplace."""
        return self.good(ORPHAN_BASE + number)


_Combination = tuple[tuple[str, str], ...]


def _structure(seed: int, number: int, marked: float) -> tuple[Random, Group, list[_Combination], bool]:
    """The first draws of a good: its group, its variants and whether it goes to the marketplace."""
    rng = Random(seed << 40 | number)
    group = GROUPS[bisect_right(_SHARES, rng.random() * _SHARES[-1])]
    is_marked = rng.random() < marked
    if not group.axes:
        return rng, group, [], is_marked
    colours = rng.sample(COLOURS, rng.choice((1, 1, 2)) if SIZE in group.axes else rng.randint(2, 4))
    if SIZE not in group.axes:
        return rng, group, [((COLOUR, colour),) for colour in colours], is_marked
    first = rng.randrange(len(SIZES) - 4)
    sizes = SIZES[first : first + rng.randint(2, 4)]
    return rng, group, [((SIZE, size), (COLOUR, colour)) for colour in colours for size in sizes], is_marked


def _build(
    seed: int, number: int, rng: Random, group: Group, combinations: list[_Combination], marked: bool
) -> Good:
    guid = identity.good_guid(seed, number)
    brand = rng.choice(BRANDS)
    theme = rng.choice(THEMES)
    article = identity.article(group.prefix, number)
    length, width, height = (rng.randint(low, high) for low, high in group.box)
    volume = length * width * height / 1000  # cm3
    weight = max(10, round(volume * rng.uniform(*group.density)))
    values = tuple((key, _value(key, group, rng, number)) for key in group.properties)
    shown = dict(values)
    name = f"{rng.choice(group.nouns)} {brand} «{theme}»{_suffix(shown)}"
    stem = guid.replace("-", "")
    pictures = tuple(
        f"import_files/{stem[:2]}/{stem}_{number % 0xFFFF:04x}{place}.jpg"
        for place in range(rng.choice((1, 1, 1, 1, 2, 3)))
    )
    price, store_price = money.choose(rng, *group.price)
    sold_out = rng.random() < NO_STOCK_SHARE
    offers: list[Offer] = []
    if not combinations:
        offers.append(
            Offer(
                guid,
                article,
                identity.barcode(seed, number, 0),
                name,
                (),
                price,
                store_price,
                (0, 0, 0) if sold_out else stocks(rng),
            )
        )
    for variant, combination in enumerate(combinations):
        offers.append(
            Offer(
                f"{guid}#{identity.characteristic_guid(seed, number, variant)}",
                f"{article}-{variant + 1:02d}",
                identity.barcode(seed, number, variant),
                f"{name} ({', '.join(value for _, value in combination)})",
                combination,
                price,
                store_price,
                (0, 0, 0) if sold_out else stocks(rng),
            )
        )
    description = (
        f"{name}.\nТорговая марка {brand}, страна производства: {shown['country']}."
        f" Упаковка {length // 10} x {width // 10} x {height // 10} см."
        " Товар сертифицирован, хранить в сухом месте."
    )
    return Good(
        number,
        guid,
        group,
        article,
        name,
        brand,
        marked,
        length,
        width,
        height,
        weight,
        values,
        description,
        pictures,
        offers,
    )


def stocks(rng: Random) -> tuple[int, int, int]:
    """Counts that leave something to sell: the main warehouse has the good, the others have it sometimes."""
    main = rng.randint(1, 30) if rng.random() < 0.8 else rng.randint(30, 500)
    kazan = rng.randint(1, 60) if rng.random() < 0.7 else 0
    shop = rng.randint(1, 8) if rng.random() < 0.6 else 0
    return main, kazan, shop


_COMPOSITIONS = (
    "Яблоко, вода, витамин C",
    "Груша, рисовая мука (2 %), лимонный сок",
    "Тыква, вода < 10 %, масло подсолнечное",
    "Мясо индейки, вода, крупа рисовая, масло подсолнечное",
)

# Ranges of whole numbers: low, high, step.
_NUMBERS: dict[str, tuple[int, int, int]] = {
    "pieces": (12, 120, 2),
    "volume": (50, 400, 10),
    "parts": (18, 620, 2),
    "shelf_life": (180, 1095, 5),
    "pages": (8, 160, 2),
}


def _value(key: str, group: Group, rng: Random, number: int) -> str:
    match key:
        case "material":
            return rng.choice(group.materials)
        case "age":
            return rng.choice(group.ages)
        case "composition":
            return rng.choice(_COMPOSITIONS)
        case "author":
            return rng.choice(AUTHORS)
        case "isbn":
            return identity.isbn(number)
        case _ if key in _NUMBERS:
            return str(rng.randrange(*_NUMBERS[key]))
        case _:
            return rng.choice(PROPERTY[key].values)


def _suffix(shown: dict[str, str]) -> str:
    if "child_weight" in shown:
        return f", {shown['child_weight']}, {shown['pieces']} шт"
    if "pieces" in shown:
        return f", {shown['pieces']} шт"
    if "volume" in shown:
        return f", {shown['volume']} мл"
    if "parts" in shown:
        return f", {shown['parts']} дет."
    return ""
