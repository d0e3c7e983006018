"""Names of uploaded files: relative, of plain letters, as 1C gives them."""

from __future__ import annotations

import re

from marketsync.errors import BadInput, Place
from marketsync.files.names import checked_name

__all__ = ["same_file", "upload_name"]

_DEEPEST = 12
_SHOWN = 120
# Letters of both alphabets and what Windows and 1C put into names; neither '%' nor anything a shell or a browser reads.
_ALLOWED = re.compile(r"[0-9A-Za-zА-Яа-яЁё_ .,()+@=#~!\[\]{}№-]+")
_SLASHES = re.compile(r"[\\/]+")


def upload_name(name: str) -> str:
    """The name with '/' between its parts; never a path out of its folder.

    Raises:
        BadInput: it is empty, absolute, leads elsewhere, is too deep, or has other letters than those allowed.
    """
    plain = _SLASHES.sub("/", name)
    parts = plain.split("/")
    allowed = all(_ALLOWED.fullmatch(part) and part == part.strip(" ") and part[-1] != "." for part in parts)
    if not allowed or len(parts) > _DEEPEST:
        raise BadInput(
            f"недопустимое имя файла {name[:_SHOWN]!r}",
            place=Place(field="filename"),
            hint="Нужно относительное имя из букв, цифр и знаков _ - . ( ), без «..» и диска",
        )
    return checked_name(plain)


def same_file(asked: str, name: str) -> bool:
    """Whether the name that 1C asks for is this file: 1C may leave the folder out, or write it in another case."""
    asked, name = asked.casefold(), name.casefold()
    return asked == name or name.endswith(f"/{asked}") or asked.endswith(f"/{name}")
