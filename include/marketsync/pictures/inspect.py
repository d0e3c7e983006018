"""What bytes are: the type and the size of a picture, read from the bytes alone.

Names and headers are not believed. A JPEG is decoded to its end at an eighth of its size, which finds torn files and
costs little memory; other types are held against their own checksums. What claims to be too large is not decoded.
"""

from __future__ import annotations

import warnings
import zlib
from dataclasses import dataclass
from io import BytesIO
from typing import IO

from PIL import Image, UnidentifiedImageError

__all__ = ["MOST_PIXELS", "Facts", "Unusable", "inspect", "type_of"]

MOST_PIXELS = 100_000_000
"""Ours: twice what a marketplace takes; beyond it a file of a few bytes could fill the memory."""

_TYPES = ("JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF")
_DECODED = "JPEG"
_SAME_AS = {"MPO": _DECODED}  # what cameras write: a JPEG with another behind it
_DAMAGE = (OSError, SyntaxError, ValueError, IndexError, EOFError, zlib.error)


@dataclass(frozen=True, slots=True)
class Facts:
    """A sound picture: its type in Pillow's words, its sides in pixels."""

    type: str
    width: int
    height: int


class Unusable(Exception):
    """The bytes are no sound picture. `code` is one of pictures/texts.py, `detail` its data."""

    def __init__(self, code: str, detail: object = "") -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail


def inspect(content: bytes) -> Facts:
    """Look into a picture.

    Raises:
        Unusable: not_a_picture, damaged, too_many_pixels.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # the size is looked at here
        image = _opened(BytesIO(content), content[:16])
        facts = Facts(_SAME_AS.get(image.format or "", image.format or ""), image.width, image.height)
        if facts.width * facts.height > MOST_PIXELS:
            raise Unusable("too_many_pixels", f"{facts.width}x{facts.height}")
        try:
            if facts.type == _DECODED:
                image.draft(None, (max(facts.width // 8, 1), max(facts.height // 8, 1)))
                image.load()
            else:
                image.verify()
        except _DAMAGE as error:
            raise Unusable("damaged", f"{facts.type}: {error}") from error
    return facts


def type_of(stream: IO[bytes]) -> str | None:
    """The type of a picture by the beginning of its bytes; None where it is none."""
    try:
        opened = _opened(stream, b"")
    except Unusable:
        return None
    return _SAME_AS.get(opened.format or "", opened.format)


def _opened(stream: IO[bytes], start: bytes) -> Image.Image:
    try:
        return Image.open(stream, formats=_TYPES)
    except Image.DecompressionBombError as error:
        raise Unusable("too_many_pixels", error) from error
    except UnidentifiedImageError:
        raise Unusable("not_a_picture", _looks_like(start)) from None
    except _DAMAGE as error:
        raise Unusable("damaged", error) from error


def _looks_like(start: bytes) -> str:
    """What a person may recognise in the first bytes of something else."""
    head = start.lstrip().lower()
    if head.startswith(b"%pdf"):
        return "PDF"
    if head.startswith(b"<"):
        return "веб-страница"
    return "неизвестный формат" if start else "пустой файл"
