"""Money as whole hundredths of the currency, so that comparing prices is exact."""

from __future__ import annotations

import re

# Ozon Seller API: money in requests is a string with a dot and at most two decimals.
PATTERN = r"^-?[0-9]+(\.[0-9]{1,2})?$"


def parse(text: str) -> int:
    """Hundredths of a text. Raises ValueError when it does not match PATTERN."""
    if not re.match(PATTERN, text):
        raise ValueError(f"money is a number with a dot and at most two decimals, got {text!r}")
    sign = -1 if text.startswith("-") else 1
    units, _, decimals = text.lstrip("-").partition(".")
    return sign * (int(units) * 100 + int(decimals.ljust(2, "0") or "0"))


def text(hundredths: int) -> str:
    """`1990.00`: always two decimals."""
    sign = "-" if hundredths < 0 else ""
    return f"{sign}{abs(hundredths) // 100}.{abs(hundredths) % 100:02d}"


def number(hundredths: int) -> float:
    """The JSON number of /v5/product/info/prices."""
    return hundredths / 100
