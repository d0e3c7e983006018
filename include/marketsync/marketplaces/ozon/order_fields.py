"""Values of Ozon's JSON, each read or named as the one that is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

__all__ = ["WrongField", "identifier", "moment", "number", "objects", "piece_price", "pieces", "word"]


class WrongField(ValueError):
    """A field is missing or has another type than it should; the text names it."""


def word(row: Mapping[str, Any], field: str) -> str:
    """A text that must be there."""
    value = row.get(field)
    if not isinstance(value, str) or not value:
        raise WrongField(f"{field}: нужен текст, пришло {value!r}")
    return value


def identifier(value: Any) -> str | None:
    """An id as text: Ozon writes them as numbers and as strings; none and zero are none."""
    if value in (None, "", 0, "0"):
        return None
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise WrongField(f"нужен номер, пришло {value!r}")
    return str(value)


def number(row: Mapping[str, Any], field: str) -> str:
    """An id that must be there, as text."""
    found = identifier(row.get(field))
    if found is None:
        raise WrongField(f"{field}: нужен номер, пришло {row.get(field)!r}")
    return found


def pieces(row: Mapping[str, Any], field: str = "quantity") -> int:
    """A whole number of pieces."""
    value = row.get(field)
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise WrongField(f"{field}: нужно целое число, пришло {value!r}")
    try:
        return int(value)
    except ValueError:
        raise WrongField(f"{field}: нужно целое число, пришло {value!r}") from None


def objects(row: Mapping[str, Any], field: str) -> list[Mapping[str, Any]]:
    """A list of objects; null is none of them."""
    value = row.get(field)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(item, Mapping) for item in value):
        raise WrongField(f"{field}: нужен список объектов, пришло {type(value).__name__}")
    return value


def moment(row: Mapping[str, Any], field: str) -> datetime | None:
    """A time with its zone; Ozon leaves some empty."""
    value = row.get(field)
    if value in (None, ""):
        return None
    try:
        found = datetime.fromisoformat(str(value))
    except ValueError:
        raise WrongField(f"{field}: нужно время, пришло {value!r}") from None
    if found.tzinfo is None:
        raise WrongField(f"{field}: у времени {value!r} нет часового пояса")
    return found


def piece_price(row: Mapping[str, Any]) -> tuple[Decimal | None, str | None]:
    """The price of a piece and its currency: {amount, currency} in the lists, text and currency_code in one order."""
    told = row.get("price")
    if isinstance(told, Mapping):
        amount, currency = told.get("amount"), told.get("currency")
    else:
        amount, currency = told, row.get("currency_code")
    if amount in (None, ""):
        return None, None
    try:
        price = Decimal(str(amount))
    except InvalidOperation:
        raise WrongField(f"price: нужна цена, пришло {amount!r}") from None
    if not price.is_finite():
        raise WrongField(f"price: нужна цена, пришло {amount!r}")
    return price.quantize(Decimal("0.01")), str(currency) if currency else None
