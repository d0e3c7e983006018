"""A Russian address in one line, taken apart where that is certain: DPD wants street and house on their own.

Marketplaces give the city and «ул. Баумана, д. 5, кв. 7». What is not understood stays in the line, which is sent
as well.
"""

from __future__ import annotations

import re
from collections.abc import Collection

__all__ = ["in_parts"]

_STREETS = {
    "аллея": "аллея",
    "б-р": "б-р",
    "бул": "б-р",
    "бульвар": "б-р",
    "линия": "линия",
    "мкр": "мкр",
    "микрорайон": "мкр",
    "наб": "наб",
    "набережная": "наб",
    "пер": "пер",
    "переулок": "пер",
    "пл": "пл",
    "площадь": "пл",
    "пр-д": "проезд",
    "пр-кт": "пр-кт",
    "пр-т": "пр-кт",
    "просп": "пр-кт",
    "проезд": "проезд",
    "проспект": "пр-кт",
    "туп": "туп",
    "тупик": "туп",
    "ул": "ул",
    "улица": "ул",
    "ш": "ш",
    "шоссе": "ш",
}
_KIND = "|".join(sorted(map(re.escape, _STREETS), key=len, reverse=True))
_NUMBER = r"\d+[а-яa-z]?(?:/\d+[а-яa-z]?)?"
_BEFORE = re.compile(rf"(?P<kind>{_KIND})(?:\.\s*|\s+)(?P<name>.+)", re.IGNORECASE)
_BEHIND = re.compile(rf"(?P<name>.+?)\s+(?P<kind>{_KIND})\.?", re.IGNORECASE)
_WITH_HOUSE = re.compile(
    rf"(?P<street>.+?[а-яa-z.])\s+(?:д(?:ом)?\.?\s*)?(?P<house>{_NUMBER})", re.IGNORECASE
)
_PIECES = {
    "house": re.compile(rf"(?:д|дом)\.?\s*({_NUMBER})", re.IGNORECASE),
    "houseKorpus": re.compile(r"(?:к|корп|корпус)\.?\s*(\d*[а-яa-z]?)", re.IGNORECASE),
    "str": re.compile(r"(?:с|стр|строение)\.?\s*(\d+[а-яa-z]?)", re.IGNORECASE),
    "flat": re.compile(r"(?:кв|кв-ра|квартира)\.?\s*(\d+[а-яa-z]?)", re.IGNORECASE),
    "office": re.compile(r"(?:оф|офис|пом|помещение)\.?\s*(\d+[а-яa-z]?)", re.IGNORECASE),
}
_LONGEST = 300  # characters of a line that are looked at
_PLAIN = re.compile(_NUMBER, re.IGNORECASE)
_POSTCODE = re.compile(r"\d{6}")
_TOWN = re.compile(r"(?:г|город)(?:\.\s*|\s+)", re.IGNORECASE)


def in_parts(line: str, around: Collection[str]) -> dict[str, str]:
    """Street and house, and what else is clear, in DPD's fields; nothing where street or house is not.

    Args:
        line: as «ул. Баумана, д. 5, кв. 7».
        around: country, region, city: passed over where the line begins with them.
    """
    known = {place.casefold() for place in around if place}
    pieces = [piece.strip() for piece in line[:_LONGEST].split(",") if piece.strip()]
    while pieces and (
        _POSTCODE.fullmatch(pieces[0]) or _TOWN.sub("", pieces[0], count=1).casefold() in known
    ):
        del pieces[0]
    if not pieces:
        return {}
    parts: dict[str, str] = {}
    street = pieces[0]
    with_house = _WITH_HOUSE.fullmatch(street)
    if with_house and not any(_of(piece)[0] == "house" for piece in pieces[1:]):
        street, parts["house"] = with_house["street"], with_house["house"]
    match = _BEFORE.fullmatch(street) or _BEHIND.fullmatch(street)
    if match:
        parts |= {"street": match["name"], "streetAbbr": _STREETS[match["kind"].casefold()]}
    elif re.fullmatch(r"[^\d.]*[а-яa-z][^.]*", street, re.IGNORECASE):
        parts["street"] = street
    for piece in pieces[1:]:
        name, value = _of(piece)
        if not name and _PLAIN.fullmatch(piece):
            name, value = ("flat" if "house" in parts else "house"), piece
        if name and value:
            parts.setdefault(name, value)
    return parts if {"street", "house"} <= parts.keys() else {}


def _of(piece: str) -> tuple[str, str]:
    for name, pattern in _PIECES.items():
        match = pattern.fullmatch(piece)
        if match:
            return name, match[1]
    return "", ""
