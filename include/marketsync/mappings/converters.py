"""The converters that a mapping may name after `as:`. A closed list: what is not here is a `call:`.

Each takes the store's text (never empty) and returns the document's value, or raises `Unusable` with the code
and the words for the report.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from html import unescape
from typing import Any

from marketsync.mappings.barcodes import is_barcode

__all__ = ["CONVERTERS", "Converter", "Unusable"]

Converter = Callable[[str], Any]

_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?")
_BREAK = re.compile(r"<\s*(?:br|/p|/li|/div)\b[^>]*>", re.IGNORECASE)
_TAG = re.compile(r"<[a-zA-Z/!][^<>]*>")
_YES = frozenset({"да", "true", "1", "истина", "yes"})
_NO = frozenset({"нет", "false", "0", "ложь", "no"})


class Unusable(ValueError):
    """A value of the store that cannot be used; `words` end in what to do."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code = code
        self.words = words


def _number(text: str) -> Decimal:
    # 1C and people write thousands with (no-break) spaces and a decimal comma.
    compact = "".join(text.split())
    if not _NUMBER.fullmatch(compact):
        raise Unusable("not_a_number", f"«{text}» не число: оставьте только цифры и запятую")
    return Decimal(compact.replace(",", "."))


def _whole(number: Decimal) -> int:
    return int(number.to_integral_value(rounding=ROUND_HALF_UP))


def _scaled(factor: int) -> Converter:
    """A measure in another unit, as a whole number above zero."""

    def convert(text: str) -> int:
        measure = _whole(_number(text) * factor)
        if measure <= 0:
            raise Unusable(
                "not_positive", f"«{text}» должно быть больше нуля: укажите настоящий размер или вес"
            )
        return measure

    return convert


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _multiline(text: str) -> str:
    lines = [" ".join(line.split()) for line in text.splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _plain_text(text: str) -> str:
    return _multiline(unescape(_TAG.sub("", _BREAK.sub("\n", text))))


def _integer(text: str) -> int:
    number = _number(text)
    if number != number.to_integral_value():
        raise Unusable("not_a_number", f"«{text}» не целое число: уберите дробную часть")
    return int(number)


def _decimal(text: str) -> str:
    return _plain(_number(text))


def _money(text: str) -> str:
    number = _number(text)
    if number < 0 or number != number.quantize(Decimal("0.01")):
        raise Unusable("not_a_number", f"«{text}» не сумма: нужны рубли и не больше двух знаков копеек")
    return f"{number:.2f}"


def _plain(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _boolean(text: str) -> bool:
    word = text.strip().casefold()
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise Unusable("unknown_value", f"«{text}» не «Да» и не «Нет»: выберите одно из двух")


def _barcode(text: str) -> str:
    if not is_barcode(text):
        raise Unusable("bad_barcode", f"штрихкод «{text}» неверен: проверьте контрольную цифру")
    return text.strip()


CONVERTERS: Mapping[str, Converter] = {
    "text": _one_line,
    "multiline": _multiline,
    "plain_text": _plain_text,
    "lower": lambda text: _one_line(text).lower(),
    "integer": _integer,
    "decimal": _decimal,
    "money": _money,
    "boolean": _boolean,
    "barcode": _barcode,
    "kg_to_g": _scaled(1000),
    "m_to_mm": _scaled(1000),
    "cm_to_mm": _scaled(10),
    "positive": _scaled(1),
}

MEANINGS: Mapping[str, str] = {
    "text": "текст в одну строку, без лишних пробелов",
    "multiline": "текст с переносами строк, без лишних пробелов",
    "plain_text": "текст без разметки HTML, с переносами строк",
    "lower": "текст в одну строку строчными буквами",
    "integer": "целое число",
    "decimal": "число; запятая или точка",
    "money": "сумма: не меньше нуля, не больше двух знаков копеек",
    "boolean": "да или нет",
    "barcode": "штрихкод; у тринадцати цифр проверяется контрольная",
    "kg_to_g": "килограммы в граммы",
    "m_to_mm": "метры в миллиметры",
    "cm_to_mm": "сантиметры в миллиметры",
    "positive": "целое число больше нуля",
}
"""For docs/mappings.md."""
