"""What a mapping may read from a good: the words that may stand after `from:`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter

from marketsync.mappings.barcodes import is_barcode
from marketsync.mappings.converters import Unusable
from marketsync.marketplaces.base import Good

__all__ = ["FIELDS", "KINDS", "Source", "compile_source", "is_source", "label", "where_to_mend"]

Source = Callable[[Good], str | None]

FIELDS: Mapping[str, str] = {
    "article": "артикул",
    "code": "код",
    "name": "наименование",
    "full_name": "полное наименование",
    "description": "описание",
    "brand": "изготовитель",
    "barcode": "штрихкод",
    "vat": "ставка НДС",
    "unit": "единица измерения",
    "group": "группа",
}
"""Word -> what 1C calls it. `barcode` is the first barcode of the good that is valid."""

KINDS: Mapping[str, str] = {
    "property": "свойство",
    "characteristic": "характеристика",
    "requisite": "реквизит",
}
"""Word before the colon -> what 1C calls it; behind the colon stands the name in 1C."""

_NAMED = {
    "property": attrgetter("properties"),
    "characteristic": attrgetter("characteristics"),
    "requisite": attrgetter("requisites"),
}


def is_source(word: str) -> bool:
    """Whether a mapping may name this source."""
    kind, colon, name = word.partition(":")
    return word in FIELDS if not colon else kind in KINDS and bool(name.strip())


def label(word: str) -> str:
    """What a source is called in 1C, to begin a message with."""
    name = where_to_mend((word,))
    return name[:1].upper() + name[1:]


def where_to_mend(words: Sequence[str]) -> str:
    """Where in 1C a value is filled in, within a message."""
    return " или ".join(_name(word) for word in words)


def _name(word: str) -> str:
    kind, colon, name = word.partition(":")
    return f"{KINDS[kind]} «{name}»" if colon else FIELDS[word]


def compile_source(word: str) -> Source:
    """The reader of one source: a text without outer spaces, or None for an empty one."""
    kind, colon, name = word.partition(":")
    if colon:
        values_of = _NAMED[kind]

        def named(good: Good) -> str | None:
            text: str | None = values_of(good).get(name)
            return text.strip() or None if text else None

        return named
    if word == "barcode":
        return _barcode
    field = attrgetter(word)

    def plain(good: Good) -> str | None:
        text: str | None = field(good)
        return text.strip() or None if text else None

    return plain


def _barcode(good: Good) -> str | None:
    filled = [code.strip() for code in good.barcodes if code and code.strip()]
    for code in filled:
        if is_barcode(code):
            return code
    if filled:
        raise Unusable(
            "bad_barcode", f"штрихкод «{filled[0]}» неверен: проверьте контрольную цифру и исправьте его в 1С"
        )
    return None
