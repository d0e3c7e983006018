"""Single values as 1C and 1C-Bitrix write them: numbers, currencies, flags, barcodes.

Why apart: each rule here was met in a real file, is the same in every kind of file, and is tested alone.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

__all__ = ["KNOWN_CURRENCIES", "barcodes", "currency", "flag", "number"]

KNOWN_CURRENCIES = frozenset({"RUB", "BYN", "KZT", "EUR", "USD", "CNY"})
"""ISO 4217 codes that pass without a note: of the countries that marketplaces serve, and of purchases."""

# the rouble as 1C writes it: by name, by the code before 1998 (RUR, 810), by its number in ISO 4217 (643)
_ROUBLE = frozenset({"руб", "рубль", "рублей", "р", "₽", "rub", "rur", "643", "810"})
_BLANKS = " \t\r\n\u00a0\u2007\u2009\u202f"  # thousands marks: spaces, also those that do not break
_TO_PLAIN = str.maketrans({**dict.fromkeys(_BLANKS), ",": ".", "\u2212": "-"})
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)")
_BETWEEN_BARCODES = re.compile(r"[\s,;]+")
_TRUE = frozenset({"true", "1", "да", "истина"})


@lru_cache(maxsize=8192)  # counts and prices repeat: a third of the time of reading them
def number(text: str | None) -> Decimal | None:
    """A number with a decimal comma or point and any spaces in it; None where there is nothing.

    Raises:
        ValueError: the text is something else.
    """
    if not text:
        return None
    plain = text if text.isdecimal() and text.isascii() else text.translate(_TO_PLAIN)
    if not plain:
        return None
    if not _NUMBER.fullmatch(plain):
        raise ValueError(text)
    return Decimal(plain)


@lru_cache(maxsize=64)
def currency(text: str | None) -> str | None:
    """The ISO 4217 code: every spelling of the rouble is RUB, others are upper-cased as they came."""
    plain = (text or "").strip()
    if not plain:
        return None
    return "RUB" if plain.rstrip(".").lower() in _ROUBLE else plain.upper()


def barcodes(text: str) -> list[str]:
    """The barcodes of one field, kept as they are: separated by commas, semicolons or spaces."""
    return [code for code in _BETWEEN_BARCODES.split(text) if code]


def flag(text: str | None) -> bool | None:
    """A boolean of 1C; None where nothing is said."""
    plain = (text or "").strip().lower()
    return plain in _TRUE if plain else None
