"""Prices in whole kopecks, and the final price triples that the marketplace accepts.

Why kopecks: a float price that differs in the last bit is a difference that nobody can explain. The gap
between the old and the new price and the minimum follow Ozon Seller API /v1/product/import/prices.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

ROUBLE = 100
LOW_PRICE = 400 * ROUBLE  # below it the struck price must be at least 20 roubles higher
TOP_PRICE = 10_000 * ROUBLE  # above it, at least 500 roubles higher; between the two, 5 %
LOW_GAP = 20 * ROUBLE
TOP_GAP = 500 * ROUBLE


@dataclass(frozen=True, slots=True)
class FinalPrice:
    """What the marketplace must show, in kopecks; `old` 0 is no struck price."""

    price: int
    old: int
    minimum: int


@dataclass(frozen=True, slots=True)
class StorePrice:
    """What 1C writes, in kopecks; None is a price type that the offer does not have."""

    retail: int | None
    old: int | None
    floor: int | None
    foreign: bool = False  # the retail price is in US dollars


def half(price: int) -> int:
    """50 % of a price, rounded up to a kopeck: the lowest minimum that the marketplace takes."""
    return -(-price // 2)


def choose(rng: Random, low: int, high: int) -> tuple[FinalPrice, StorePrice]:
    """A new good's final price between `low` and `high` roubles, and 1C's rows that lead to it."""
    roubles = int(low * (high / low) ** rng.random())
    if roubles > 100:
        roubles = roubles // 10 * 10 + 9
    kopecks = rng.choice((50, 99)) if rng.random() < 0.06 else 0
    return settle(rng, roubles * ROUBLE + kopecks)


def settle(rng: Random, price: int) -> tuple[FinalPrice, StorePrice]:
    """The rest of a triple around `price`: a struck price on about half of the goods, a floor on all."""
    old: int | None = None
    if rng.random() < 0.5:
        old = _valid_old(price, 1 + rng.uniform(0.08, 0.6))
    if rng.random() < 0.04:
        floor = int(price * rng.uniform(0.3, 0.48))
        minimum = half(price)
    else:
        floor = minimum = max(half(price), int(price * rng.uniform(0.52, 0.95)) // ROUBLE * ROUBLE)
    return FinalPrice(price, old or 0, minimum), StorePrice(price, old, floor)


def too_close(rng: Random, price: int) -> int:
    """An old price that must be reset: not above the price, or above it by less than any reading of the rule
    allows.
    """
    if rng.random() < 0.3:
        return price - rng.choice((0, 10, 50)) * ROUBLE if price > LOW_PRICE else price
    if price > TOP_PRICE:
        return price + rng.randint(5, 40) * 10 * ROUBLE // 2
    if price < LOW_PRICE:
        return price + rng.randint(2, 9) * ROUBLE
    return price + price // 100


def _valid_old(price: int, factor: float) -> int:
    """A struck price valid however "5 %" is read (of the price or of the struck price) and whichever bracket
    is meant.
    """
    wanted = max(int(price * factor), price + LOW_GAP, price * 100 // 94)
    if wanted > TOP_PRICE:
        wanted = max(wanted, price + TOP_GAP)
    return -(-wanted // (10 * ROUBLE)) * 10 * ROUBLE
