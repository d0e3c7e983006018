"""prices.yaml: which of 1C's price types are the price, the struck price and the floor."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from marketsync.mappings.yaml_file import read_yaml

__all__ = ["PriceMapping", "load_prices"]

PRICES = "prices.yaml"

_Names = Annotated[
    tuple[Annotated[str, Field(min_length=1)], ...],
    BeforeValidator(lambda value: (value,) if isinstance(value, str) else value),
]


class _PricesFile(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["prices"]
    version: Literal["1"]
    price: _Names = Field(min_length=1)
    old_price: _Names = ()
    floor: _Names = ()
    rounding: Literal["none"] = "none"


@dataclass(frozen=True, slots=True)
class PriceMapping:
    """1C's price types by name; of several the first that the store has counts.

    Attributes:
        amount: of the price itself.
        old: of the struck price; none when empty.
        floor: of the price that promotions may not go below; none when empty.
    """

    amount: tuple[str, ...]
    old: tuple[str, ...]
    floor: tuple[str, ...]


def load_prices(folder: Path) -> PriceMapping:
    """Read prices.yaml of a mapping folder.

    Raises:
        BadInput: with file and line.
    """
    file = read_yaml(folder / PRICES).validate(_PricesFile)
    return PriceMapping(file.price, file.old_price, file.floor)
