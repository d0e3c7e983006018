"""The functions that Ozon's mapping may name after `call:`: what needs a condition is Python.

Each takes the good and returns a value, None where there is none, or a Problem for the report.
"""

from __future__ import annotations

from marketsync.marketplaces.base import Good
from marketsync.marketplaces.ozon.limits import PICTURES_PER_CARD

__all__ = ["images", "model_name"]

_VARIANT = "#"


def images(good: Good) -> list[str] | None:
    """The good's pictures, the first one being the main, each once, at most as many as Ozon takes."""
    return list(dict.fromkeys(good.pictures))[:PICTURES_PER_CARD] or None


def model_name(good: Good) -> str:
    """The model's name, by which Ozon merges cards into one.

    The variants of a good share it, so it is the good's own id in 1C: names and articles differ between
    variants. Any other good stands alone: two goods of one name must not be merged, so the article is part of
    it.
    """
    if _VARIANT in good.guid:
        return good.good_guid
    return f"{' '.join(good.name.split())} {good.article}"
