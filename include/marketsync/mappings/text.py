"""How texts are compared: people write ё or е, one space or two, and capitals as they like."""

from __future__ import annotations

__all__ = ["PATH_SEPARATOR", "normal"]

PATH_SEPARATOR = " / "
"""Between the names of a group's path, as the store's reader joins them."""


def normal(text: str) -> str:
    """The form in which two spellings of one name are equal."""
    return " ".join(text.split()).casefold().replace("ё", "е")
