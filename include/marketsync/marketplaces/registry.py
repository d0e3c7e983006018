"""The marketplaces that exist, by name: the one list that a new marketplace is added to."""

from __future__ import annotations

from collections.abc import Mapping

from marketsync.errors import Fatal
from marketsync.marketplaces.base import Marketplace
from marketsync.marketplaces.ozon import OZON

__all__ = ["MARKETPLACES", "marketplace"]

MARKETPLACES: Mapping[str, Marketplace] = {OZON.name: OZON}


def marketplace(name: str) -> Marketplace:
    """The marketplace of that name.

    Raises:
        Fatal: there is none.
    """
    try:
        return MARKETPLACES[name]
    except KeyError:
        known = ", ".join(sorted(MARKETPLACES))
        raise Fatal(
            f"Маркетплейс {name!r} неизвестен; есть: {known}", hint="Исправьте marketplace в accounts.yaml"
        ) from None
