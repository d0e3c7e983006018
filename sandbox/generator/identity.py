"""Identifiers of the store: GUIDs, EAN-13 barcodes and articles, each a function of a number.

Why by number and not by chance: a good must get the same identity however many goods are made around it, and
no two may collide among millions, without remembering any of them. Each function here is one-to-one on its
range.
"""

from __future__ import annotations

import hashlib

VARIANTS_PER_GOOD = 64
"""Numbers are laid out as good * 64 + variant, so no good may have more variants than this."""

_GUID_MULTIPLIER = 2_654_435_761  # odd, hence one-to-one modulo 2**32
_GUID_TAIL = "0cc47ab29cd1"  # 1C puts the network card of its server here: the same in all GUIDs of one base
_EAN_MULTIPLIER = 7_919_993  # coprime with 10**10, hence one-to-one
_EAN_SPACE = 10**10


def good_guid(seed: int, number: int) -> str:
    """GUID of good `number` (0 <= number < 2**32)."""
    return f"{_spread(seed, number):08x}-7c1e-11ee-80d4-{_GUID_TAIL}"


def characteristic_guid(seed: int, number: int, variant: int) -> str:
    """GUID of a characteristic: the part after `#` in the id of a variant (number < 2**26)."""
    return f"{_spread(seed, number * VARIANTS_PER_GOOD + variant):08x}-9a42-11ee-80d4-{_GUID_TAIL}"


def named_guid(*names: str) -> str:
    """A GUID that depends on names only: groups, properties, directory values and makers are the same in all
    seeds.
    """
    digest = hashlib.blake2b("\0".join(names).encode(), digest_size=6).hexdigest()
    return f"{digest[:8]}-{digest[8:]}-11e9-80c9-{_GUID_TAIL}"


def check_digit(digits: str) -> int:
    """The 13th digit of an EAN-13 for its first 12 (weights 1 and 3 from the left)."""
    return -sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits)) % 10


def barcode(seed: int, number: int, variant: int) -> str:
    """An EAN-13 of the Russian range 46."""
    serial = ((number * VARIANTS_PER_GOOD + variant) * _EAN_MULTIPLIER + seed * 977) % _EAN_SPACE
    digits = f"46{serial:010d}"
    return f"{digits}{check_digit(digits)}"


def isbn(number: int) -> str:
    """An ISBN-13 of a Russian publisher, with dashes."""
    digits = f"9785{number % 10**8:08d}"
    return f"978-5-{digits[4:9]}-{digits[9:12]}-{check_digit(digits)}"


def article(prefix: str, number: int) -> str:
    """The article of a good. One in twenty is written the other ways that people write articles."""
    style = number % 40
    if style == 7:
        return f"{prefix}/{number + 10000}"
    if style == 23:
        return f"Арт. {prefix} {number + 10000}"
    return f"{prefix}-{number + 10000}"


def _spread(seed: int, number: int) -> int:
    return (number * _GUID_MULTIPLIER + seed * 40_503) & 0xFFFF_FFFF
