"""Names of files that come from outside: relative, inside their folder, the same on every system."""

from __future__ import annotations

import re

from marketsync.errors import BadInput, Place

__all__ = ["checked_name"]

_MAX_LENGTH = 500
_DRIVE = re.compile(r"[A-Za-z]:")
_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f]")


def checked_name(name: str, *, archive: str | None = None) -> str:
    """The name with '/' between its parts.

    Args:
        name: a relative name of a file or a folder.
        archive: the archive that it stands in, for the error.

    Raises:
        BadInput: the name is empty, absolute, leads out of its folder, or holds control characters.
    """
    plain = name.replace("\\", "/")
    parts = plain.split("/")
    if (
        not plain
        or len(plain) > _MAX_LENGTH
        or plain.startswith("/")
        or _DRIVE.match(plain)
        or _FORBIDDEN.search(plain)
        or any(part in ("", ".", "..") for part in parts)
    ):
        raise BadInput(
            f"недопустимое имя файла {name[:_MAX_LENGTH]!r}: нужно относительное имя без «..»",
            place=Place(file=archive),
            hint="Переименуйте файл и выгрузите ещё раз; из этой выгрузки ничего не принято",
        )
    return plain
