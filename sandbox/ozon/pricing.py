"""Rules that every change of a price passes, whichever method brings it."""

from __future__ import annotations

from dataclasses import replace

from sandbox.ozon.state import Prices


def settle_change(current: Prices | None, wanted: Prices) -> Prices:
    """What becomes of an accepted change: in force at once, or kept in quarantine.

    Ozon Seller API: a price that moves by more than 50 % puts the product into quarantine; the price in
    force stays until a person releases it in the cabinet. A price within 50 % of the one in force ends an
    earlier quarantine.
    """
    if current is None or current.price <= 0 or abs(wanted.price - current.price) * 2 <= current.price:
        return replace(wanted, pending=None)
    return replace(
        wanted,
        price=current.price,
        old_price=current.old_price,
        min_price=current.min_price,
        pending=replace(wanted, pending=None),
    )


def released(current: Prices) -> Prices:
    """The prices after a person has released the quarantine."""
    return current.pending if current.pending is not None else current
