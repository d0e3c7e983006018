"""What 1C writes of a good, and what the marketplace must show for it afterwards.

Why both in one place: each kind of dirt and each change is one decision with two sides, the row of 1C and the
expected state, and a reader must be able to hold them side by side. Nothing is evaluated here: the final
state was chosen, and the row is made to lead to it by these rules of the product.

- A good is an offer of account `ozon` only where its property «Выгружать на Ozon» is «Да»; variants follow
  their good. A good that has variants is not sold itself, its variants are.
- Rejected, no card (state `rejected`): no article `no_article`, an article shared by new goods
  `duplicate_article` (all of them), no barcode `missing_barcode`, a name over 255 characters `too_long`, a
  group without a category `unmapped_category`, a brand outside the dictionary `unknown_value`, a price in
  another currency `currency`.
- Held price: blank `price_blank`, zero `price_zero`, below the floor `price_below_floor`, more than 50 % away
  from the confirmed price `price_jump`; looked at in the order blank, zero, negative, below the floor, above
  the ceiling, no reference, jump, so a price of one kopeck is `price_below_floor`. A new good with a held
  price gets no card (state `held`); a listed one stays `listed` with its last confirmed price, and `held`
  names the channel and the code.
- Old price: reset to 0 where it is not above the price or breaks the marketplace's gap; the price itself goes
  on. Minimum price: the floor where it is at least 50 % of the price, else 50 % of the price rounded up to a
  kopeck.
- Stock of a marketplace's warehouse: the count of the mapped 1C warehouse, fractions cut off, negative or
  absent is 0.
- A good deleted or unmarked after it was listed keeps its card and price, its stock is 0 everywhere; a good
  deleted before it was ever listed is `absent`.
- An article renamed after the good was listed renames its card: the same card, the new article.
- On sale: there is a card, a price above 0 and some stock.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from random import Random

from sandbox.generator import money
from sandbox.generator.assortment import UNKNOWN_BRAND, UNMAPPED, Group
from sandbox.generator.goods import Good, Offer, stocks
from sandbox.generator.money import FinalPrice, StorePrice
from sandbox.generator.plans import WHOLE_GOOD_CHANGES, Change, Changed, Soil, Soiled

NAME_LENGTH = 300
JUMP_FACTOR = 5  # +400 %
PENNY = 1  # kopeck

Count = int | Decimal | None
"""A count of 1C; None is a warehouse that the offer does not mention."""


@dataclass(slots=True)
class StoreOffer:
    """One Предложение as 1C writes it; an empty article or barcode is not there."""

    guid: str
    article: str
    barcode: str
    name: str
    characteristics: tuple[tuple[str, str], ...]
    price: StorePrice
    counts: tuple[Count, ...]


@dataclass(slots=True)
class StoreGood:
    """One Товар as 1C writes it, with its offers."""

    good: Good
    group: Group
    article: str
    name: str
    brand: str
    marked: bool
    deleted: bool
    offers: list[StoreOffer]
    ozon_id: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the marketplace must show for one offer. `state` is listed, rejected, held or absent.

    `reasons` are (channel, code, field); `held` is the code that holds the price of a listed offer;
    `withdrawn` says why a listed offer has no stock any more (`deleted`, `unmarked`). Price and stocks count
    for listed offers only.
    """

    state: str
    article: str
    name: str
    price: FinalPrice
    stocks: tuple[int, ...]
    reasons: tuple[tuple[str, str, str], ...] = ()
    held: str = ""
    withdrawn: str = ""

    @property
    def listed(self) -> bool:
        return self.state == "listed"

    @property
    def on_sale(self) -> bool:
        return self.listed and self.price.price > 0 and any(self.stocks)


_REJECTED: dict[Soil, tuple[str, str, str]] = {
    Soil.NO_ARTICLE: ("card", "no_article", "article"),
    Soil.DUPLICATE_ARTICLE: ("card", "duplicate_article", "article"),
    Soil.NO_BARCODE: ("card", "missing_barcode", "barcode"),
    Soil.LONG_NAME: ("card", "too_long", "name"),
    Soil.UNMAPPED_GROUP: ("card", "unmapped_category", "category"),
    Soil.UNKNOWN_BRAND: ("card", "unknown_value", "brand"),
    Soil.CURRENCY: ("price", "currency", "currency"),
}
_HELD: dict[Soil, tuple[str, str, str]] = {
    Soil.BLANK_PRICE: ("price", "price_blank", "price"),
    Soil.ZERO_PRICE: ("price", "price_zero", "price"),
    Soil.BELOW_FLOOR: ("price", "price_below_floor", "price"),
}


def first(good: Good, soiled: Soiled | None) -> tuple[StoreGood, list[Outcome]]:
    """The good in the first delivery. Outcomes stand in the order of the offers, also where the good is not
    marked.
    """
    store = StoreGood(
        good,
        good.group,
        good.article,
        good.name,
        good.brand,
        good.marked,
        False,
        [_store_offer(good, offer) for offer in good.offers],
    )
    outcomes = [
        Outcome("listed" if good.marked else "absent", offer.article, offer.name, offer.price, offer.stocks)
        for offer in good.offers
    ]
    if soiled is not None:
        _soil(good, store, outcomes, soiled)
    return store, outcomes


def second(
    good: Good, store: StoreGood, outcomes: list[Outcome], changed: Changed
) -> tuple[StoreGood, list[Outcome]]:
    """The good after the second delivery; what it was before is left as it is."""
    rng = Random(f"change:{good.guid}")
    after = replace(store, offers=[replace(offer) for offer in store.offers])
    results = list(outcomes)
    if changed.kind in WHOLE_GOOD_CHANGES:
        _change_good(after, results, changed.kind)
    else:
        _change_offer(rng, good, after, results, changed)
    return after, results


def _store_offer(good: Good, offer: Offer) -> StoreOffer:
    main, kazan, shop = offer.stocks
    # 1C leaves a warehouse out as often as it writes a zero.
    spare = good.number % 3
    counts = (main, kazan if kazan or spare else None, shop if shop or spare == 1 else None)
    return StoreOffer(
        offer.guid, offer.article, offer.barcode, offer.name, offer.characteristics, offer.store_price, counts
    )


def _soil(good: Good, store: StoreGood, outcomes: list[Outcome], soiled: Soiled) -> None:
    rng = Random(f"soil:{good.guid}")
    place = soiled.place
    offer, outcome = store.offers[place], outcomes[place]
    price = offer.price
    match soiled.kind:
        case Soil.NEGATIVE_STOCK:
            outcomes[place] = replace(outcome, stocks=(max(outcome.stocks[0], 2), 0, outcome.stocks[2]))
            offer.counts = (outcomes[place].stocks[0], -rng.randint(1, 12), outcome.stocks[2])
        case Soil.FRACTIONAL_STOCK:
            outcomes[place] = replace(outcome, stocks=(2, *outcome.stocks[1:]))
            offer.counts = (Decimal("2.5"), *offer.counts[1:])
        case Soil.OLD_PRICE_GAP:
            outcomes[place] = replace(outcome, price=replace(outcome.price, old=0))
            offer.price = replace(price, old=money.too_close(rng, outcome.price.price))
        case Soil.BLANK_PRICE:
            offer.price = replace(price, retail=None)
        case Soil.ZERO_PRICE:
            offer.price = replace(price, retail=0)
        case Soil.BELOW_FLOOR:
            offer.price = replace(price, floor=outcome.price.price + 50 * money.ROUBLE)
        case Soil.CURRENCY:
            offer.price = replace(price, foreign=True)
        case Soil.NO_BARCODE:
            offer.barcode = ""
        case Soil.NO_ARTICLE:
            store.article = offer.article = ""
        case Soil.DUPLICATE_ARTICLE:
            offer.article = soiled.article
            if good.simple:
                store.article = soiled.article
        case Soil.LONG_NAME:
            padding = " для самых маленьких и для тех, кто уже подрос,"
            store.name = offer.name = (good.name + padding * 8)[: NAME_LENGTH - 1] + "."
        case Soil.UNMAPPED_GROUP:
            store.group = UNMAPPED
        case Soil.UNKNOWN_BRAND:
            store.brand = UNKNOWN_BRAND
        case Soil.DELETED:
            store.deleted = True
            outcomes[place] = replace(outcome, state="absent")
    if soiled.kind in _REJECTED:
        outcomes[place] = replace(
            outcome, state="rejected", article=offer.article, reasons=(_REJECTED[soiled.kind],)
        )
    elif soiled.kind in _HELD:
        outcomes[place] = replace(outcome, state="held", reasons=(_HELD[soiled.kind],))


def _change_good(after: StoreGood, results: list[Outcome], kind: Change) -> None:
    match kind:
        case Change.MARKED:
            after.marked = True
            results[:] = [replace(outcome, state="listed") for outcome in results]
        case Change.UNMARKED:
            after.marked = False
            results[:] = [replace(outcome, stocks=(0, 0, 0), withdrawn="unmarked") for outcome in results]
        case _:
            after.deleted = True
            results[:] = [replace(outcome, stocks=(0, 0, 0), withdrawn="deleted") for outcome in results]


def _change_offer(
    rng: Random, good: Good, after: StoreGood, results: list[Outcome], changed: Changed
) -> None:
    place = changed.place
    offer, outcome = after.offers[place], results[place]
    if changed.kind in (Change.PRICE, Change.PRICE_AND_STOCK):
        final, offer.price = money.settle(rng, _near(rng, outcome.price.price))
        results[place] = outcome = replace(outcome, price=final)
    if changed.kind in (Change.STOCK, Change.PRICE_AND_STOCK):
        counts = _other_stocks(rng, outcome.stocks)
        offer.counts = counts
        results[place] = replace(outcome, stocks=counts)
    match changed.kind:
        case Change.NAME:
            offer.name = f"{outcome.name}, новая серия"
            if good.simple:
                after.name = offer.name
            results[place] = replace(outcome, name=offer.name)
        case Change.RENAMED_ARTICLE:
            offer.article = f"{offer.article}-NEW"
            if good.simple:
                after.article = offer.article
            results[place] = replace(outcome, article=offer.article)
        case Change.JUMP:
            offer.price = replace(offer.price, retail=outcome.price.price * JUMP_FACTOR)
            results[place] = replace(outcome, held="price_jump")
        case Change.PENNY:
            offer.price = replace(offer.price, retail=PENNY)
            results[place] = replace(outcome, held="price_below_floor")
        case Change.NEGATIVE_STOCK:
            results[place] = replace(outcome, stocks=(0, outcome.stocks[1] + 3, outcome.stocks[2]))
            offer.counts = (-rng.randint(1, 9), outcome.stocks[1] + 3, outcome.stocks[2])
        case Change.REPAIRED:
            offer.price = good.offers[place].store_price
            results[place] = replace(outcome, state="listed", reasons=())
        case _:
            pass


def _near(rng: Random, price: int) -> int:
    """Another price, at most 20 % away: a change that no guard minds."""
    factor = rng.choice((rng.uniform(0.82, 0.96), rng.uniform(1.04, 1.18)))
    roubles = round(price * factor / money.ROUBLE)
    return (roubles + (roubles * money.ROUBLE == price)) * money.ROUBLE


def _other_stocks(rng: Random, before: tuple[int, ...]) -> tuple[int, int, int]:
    while True:
        counts = stocks(rng)
        if counts != before:
            return counts
