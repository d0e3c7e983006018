"""Which carriers there are, by the kind that accounts.yaml gives."""

from __future__ import annotations

from collections.abc import Mapping

from marketsync.carriers.base import Carrier
from marketsync.carriers.dpd import Dpd
from marketsync.errors import BadInput

__all__ = ["carrier_of"]

_CARRIERS: Mapping[str, type[Carrier]] = {"dpd": Dpd}


def carrier_of(kind: str) -> type[Carrier]:
    """A carrier's client.

    Raises:
        BadInput: nobody wrote one.
    """
    try:
        return _CARRIERS[kind]
    except KeyError:
        raise BadInput(f"There is no carrier {kind!r}; there are: {', '.join(sorted(_CARRIERS))}") from None
