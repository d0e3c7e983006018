"""What stands in the cells of a table of price rules: money, percents, terms, dates, as people write them.

A comma or a point for the decimals, spaces of any kind between the thousands, «руб.» or ₽ behind: understood. A
formula, another currency, an exponent, a number that could mean two things: refused with what to write instead.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from zoneinfo import ZoneInfo

from marketsync.mappings.text import normal

__all__ = [
    "NO_TERM",
    "OldPrice",
    "Rounding",
    "Term",
    "Unreadable",
    "moment",
    "money",
    "old_price",
    "percent",
    "plain_text",
    "rounding",
    "term",
    "yes_no",
]

NO_TERM = "нет"
_LARGEST_MONEY = Decimal(999_999_999)
_LARGEST_PERCENT = Decimal(10_000)
_NOTHING_LEFT = Decimal(-100)
_YEARS = range(2000, 2101)  # outside of these it is a slip of the keyboard
_KOPECKS = 2
_PERCENT_DIGITS = 4
_SPACES = re.compile(r"[\s\u00a0\u2007\u2009\u202f]+")
_ROUBLES = re.compile(r"(руб(л[яейь]+)?\.?|р\.?|₽|rub|rur)$", re.IGNORECASE)
_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?", re.ASCII)
_EXPONENT = re.compile(r"[+-]?\d+([.,]\d+)?e[+-]?\d+", re.IGNORECASE | re.ASCII)
_EXCEL_ERROR = re.compile(r"#[A-ZА-Я0-9/]+[!?]?", re.IGNORECASE)
_SHARE_OF_TYPE = re.compile(r"([^%]*)%\s*(?:от\s+)?(\S.*)?", re.IGNORECASE | re.DOTALL)
_ISO = re.compile(r"(\d{4})-(\d\d?)-(\d\d?)(?:[ T](\d\d?):(\d\d)(?::\d\d)?)?", re.ASCII)
_RUSSIAN = re.compile(r"(\d\d?)\.(\d\d?)\.(\d{4})(?:[ T](\d\d?):(\d\d)(?::\d\d)?)?", re.ASCII)
_YES, _NO = ("да", "1", "true", "yes", "+"), ("нет", "0", "false", "no", "-")


class Unreadable(ValueError):
    """A cell that cannot be used: why, and what to write instead."""


class Rounding(StrEnum):
    """How a price is rounded; the words stand in the table."""

    NONE = "нет"
    NINE = "до 9"  # the nearest whole price that ends in 9
    TEN = "до 10"  # the nearest whole multiple of 10
    UP = "вверх"  # up to the whole rouble


@dataclass(frozen=True, slots=True)
class Term:
    """A limit of a price: an amount, or a share (1: all of it) of one of 1C's price types.

    Attributes:
        amount: in the account's currency; None where a price type is meant.
        price_type: its name in 1C; None where an amount is meant, or (both None) where there is no limit.
    """

    amount: Decimal | None = None
    price_type: str | None = None
    share: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class OldPrice:
    """The struck price: a price type, or a share over the price (0.2: a fifth more); neither: none at all."""

    price_type: str | None = None
    over: Decimal | None = None


def plain_text(text: str) -> str:
    """A cell's text with single spaces.

    Raises:
        Unreadable: a formula, or an error that Excel left in its place.
    """
    text = _SPACES.sub(" ", text).strip()
    if text.startswith("="):
        raise Unreadable(
            "формула; вставьте вместо неё значение (в Excel: «Специальная вставка» → «Значения»)"
        )
    if _EXCEL_ERROR.fullmatch(text):
        raise Unreadable("ошибка вычисления Excel; впишите значение")
    return text


def money(text: str) -> Decimal:
    """An amount in roubles and kopecks.

    Raises:
        Unreadable: not such a number, another currency, more than two decimals, too large.
    """
    return _decimal(text, _KOPECKS, _LARGEST_MONEY, "сумма")


def percent(text: str) -> Decimal:
    """A percent with or without its sign: `20`, `-5,5 %`.

    Raises:
        Unreadable: not such a number, more than four decimals, -100 or less, more than 10 000.
    """
    value = _decimal(
        text.strip().removesuffix("%"), _PERCENT_DIGITS, _LARGEST_PERCENT, "процент", roubles=False
    )
    if value <= _NOTHING_LEFT:
        raise Unreadable("наценка −100 % и ниже не оставляет цены")
    return value


def _decimal(text: str, digits: int, largest: Decimal, what: str, *, roubles: bool = True) -> Decimal:
    bare = _SPACES.sub("", plain_text(text)).replace("−", "-").replace("–", "-")
    if roubles:
        bare = _ROUBLES.sub("", bare)
    if _EXPONENT.fullmatch(bare):
        raise Unreadable("число с показателем степени; запишите его обычными цифрами")
    if "," in bare and "." in bare:
        raise Unreadable("и запятая, и точка: непонятно, где дробная часть; оставьте одну")
    if not _NUMBER.fullmatch(bare):
        if any(sign.isalpha() or sign in "$€£¥₸₴" for sign in bare):
            rest = "рубли пишутся как 100, 100 руб. или 100 ₽" if roubles else "нужно число, например 12,5"
            raise Unreadable(f"другая валюта или не число; {rest}")
        raise Unreadable("не число; нужно число, например 1234,50")
    value = Decimal(bare.replace(",", "."))
    if -value.normalize().as_tuple().exponent > digits:  # type: ignore[operator]
        raise Unreadable(f"{what} не может иметь больше {digits} знаков после запятой")
    if abs(value) > largest:
        raise Unreadable(f"{what} больше {largest:f}: проверьте, не лишние ли это цифры")
    return value


def rounding(text: str) -> Rounding:
    """How a price is rounded; blank: not at all.

    Raises:
        Unreadable: another word.
    """
    words = {normal(each.value): each for each in Rounding} | {
        "": Rounding.NONE,
        "9": Rounding.NINE,
        "10": Rounding.TEN,
    }
    found = words.get(normal(plain_text(text)))
    if found is None:
        raise Unreadable(f"такого округления нет; можно: {', '.join(each.value for each in Rounding)}")
    return found


def yes_no(text: str) -> bool:
    """Да or нет; blank is да.

    Raises:
        Unreadable: another word.
    """
    word = normal(plain_text(text))
    if not word or word in _YES:
        return True
    if word in _NO:
        return False
    raise Unreadable("можно: да, нет")


def term(text: str) -> Term | None:
    """A limit: `500`, `Минимальная`, `110 % Закупочная`, `нет`; None where the cell is blank.

    Raises:
        Unreadable: not such a thing, or an amount that is not more than zero.
    """
    bare = plain_text(text)
    if not bare:
        return None
    if normal(bare) == NO_TERM:
        return Term()
    if "%" in bare:
        parts = _SHARE_OF_TYPE.fullmatch(bare)
        if parts is None or not parts[2]:
            raise Unreadable("процент без вида цены; напишите, от чего он: «110 % Закупочная»")
        share = percent(parts[1])
        if share <= 0:
            raise Unreadable("процент должен быть больше нуля")
        return Term(price_type=parts[2], share=share / 100)
    if not (bare[0].isdigit() or bare[0] in "+-−–.,"):
        return Term(price_type=bare)
    amount = money(bare)
    if amount <= 0:
        raise Unreadable("нужна сумма больше нуля")
    return Term(amount=amount)


def old_price(text: str) -> OldPrice | None:
    """The struck price: `Старая цена`, `+20 %`, `нет`; None where the cell is blank.

    Raises:
        Unreadable: not such a thing.
    """
    bare = plain_text(text)
    if not bare:
        return None
    if normal(bare) == NO_TERM:
        return OldPrice()
    if bare.endswith("%"):
        over = percent(bare)
        if not bare.startswith("+") or over <= 0:
            raise Unreadable("старая цена должна быть больше цены; напишите, например, «+20 %»")
        return OldPrice(over=over / 100)
    if bare[0].isdigit() or bare[0] in "+-−–":
        raise Unreadable("нужен вид цены из 1С или надбавка к цене, например «+20 %»")
    return OldPrice(price_type=bare)


def moment(text: str, zone: ZoneInfo, *, end: bool) -> datetime | None:
    """A date with or without a time, `01.12.2026` or `2026-12-01 10:00`; None where the cell is blank.

    Args:
        zone: where the date is meant.
        end: of a validity; a date without a time lasts until the next midnight.

    Raises:
        Unreadable: no such date.
    """
    bare = plain_text(text)
    if not bare:
        return None
    if found := _ISO.fullmatch(bare):
        year, month, day, hour, minute = found.groups()
    elif found := _RUSSIAN.fullmatch(bare):
        day, month, year, hour, minute = found.groups()
    else:
        raise Unreadable("не дата; напишите, например, 01.12.2026 или 01.12.2026 10:00")
    if int(year) not in _YEARS:
        raise Unreadable(f"год {year} — описка; напишите, например, 01.12.2026")
    try:
        there = datetime(int(year), int(month), int(day), int(hour or 0), int(minute or 0), tzinfo=zone)
        return there + timedelta(days=1) if end and hour is None else there
    except ValueError as error:
        raise Unreadable("такой даты нет; напишите, например, 01.12.2026") from error
