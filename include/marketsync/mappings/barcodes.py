"""Which texts of the store can be barcodes.

Only thirteen digits have a check digit that can be judged (EAN-13); codes of other lengths and with letters
are used by shops and by the marketplaces themselves, so they pass.
"""

from __future__ import annotations

import re

__all__ = ["is_barcode"]

_CODE = re.compile(r"[0-9A-Za-z-]{4,50}")
_EAN_LENGTH = 13


def is_barcode(text: str) -> bool:
    """Whether a text can be sent as a barcode."""
    code = text.strip()
    if len(code) == _EAN_LENGTH and code.isascii() and code.isdigit():
        weighted = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(code))
        return weighted % 10 == 0
    return _CODE.fullmatch(code) is not None
