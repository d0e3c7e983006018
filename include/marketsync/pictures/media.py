"""Our own copies of the picture files that 1C delivers, under the hash of their bytes, to be served by the gateway.

All pictures of a delivery are kept, not only those of marked goods: 1C delivers a file once, and a good may be marked
months later, when the delivery's own files are long gone. Equal bytes are kept once, so a full export that brings
everything again adds nothing. The path is what 1C writes into «Картинка»; where the file lies says nothing about it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import structlog

from marketsync.clock import Clock
from marketsync.db import Database, sql
from marketsync.errors import BadInput
from marketsync.files import Files, Folder, open_delivery
from marketsync.files.delivery import Delivery, DeliveryFile
from marketsync.pictures.fetch import MOST_BYTES
from marketsync.pictures.inspect import type_of

__all__ = ["FOLDER", "MEDIA_TYPES", "Kept", "keep_pictures"]

_log = structlog.get_logger(__name__)

FOLDER = "media"

MEDIA_TYPES = {"jpg": "image/jpeg", "png": "image/png", "gif": "image/gif", "webp": "image/webp"}
"""Extension -> media type, of all that is kept and served."""

_EXTENSIONS = {"JPEG": "jpg", "PNG": "png", "GIF": "gif", "WEBP": "webp"}
_LOOK_LIKE_PICTURES = (".jpg", ".jpeg", ".jpe", ".png", ".gif", ".webp", ".bmp", ".tif", ".tiff")
_USUAL_FOLDER = "import_files/"  # where 1C puts the pictures of an export
_CHUNK = 1 << 20
_ROWS_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Kept:
    """What a delivery brought.

    Attributes:
        pictures: files that can be used.
        new: of these, with bytes that were not there yet.
        unusable: files that look like pictures and are none, or are too heavy.
    """

    pictures: int = 0
    new: int = 0
    unusable: int = 0


def keep_pictures(
    database: Database, clock: Clock, files: Files, exchange_id: int, place: Path | Folder
) -> Kept:
    """Keep the picture files of a delivery; can be run again.

    Args:
        place: where the delivery's files lie.

    Raises:
        BadInput: an archive of the delivery cannot be opened.
    """
    new = pictures = unusable = 0
    with open_delivery(place) as delivery:
        rows: list[tuple[str, str | None, str | None]] = []
        for path, file in _picture_files(delivery):
            name, code, fresh = _keep(files, file)
            rows.append((path, name, code))
            pictures += code is None
            new += fresh
            unusable += code is not None
            if len(rows) >= _ROWS_AT_ONCE:
                _write(database, clock, exchange_id, rows)
                rows = []
        _write(database, clock, exchange_id, rows)
    if pictures or unusable:
        _log.info("pictures kept", exchange=exchange_id, pictures=pictures, new=new, unusable=unusable)
    return Kept(pictures, new, unusable)


def _picture_files(delivery: Delivery) -> Iterator[tuple[str, DeliveryFile]]:
    """The files that are named like pictures, each with the path by which 1C's XML names it."""
    folders = {file.name.rpartition("/")[0] for file in delivery.named(".xml")}
    for file in delivery.files:
        if not file.name.lower().endswith(_LOOK_LIKE_PICTURES):
            continue
        inside = [folder for folder in folders if folder and file.name.startswith(f"{folder}/")]
        longest = max(inside, key=len, default="")
        path = file.name[len(longest) + 1 :] if longest else file.name
        # an export may stand a folder above or below its XML; the usual folder tells where the path begins
        usual = path.find(_USUAL_FOLDER)
        yield (path[usual:] if usual > 0 else path), file


def _keep(files: Files, file: DeliveryFile) -> tuple[str | None, str | None, bool]:
    """The name under which a file is kept, or what is wrong with it; and whether its bytes are new here."""
    if file.size > MOST_BYTES:
        return None, "too_heavy", False
    try:
        with file.open() as stream:
            digest = _digest(stream)
        with file.open() as stream:
            extension = _EXTENSIONS.get(type_of(stream) or "")
    except BadInput:
        return None, "damaged", False
    if extension is None:
        return None, "not_a_picture", False
    name = f"{digest}.{extension}"
    whole = f"{FOLDER}/{name}"
    if files.exists(whole):
        return name, None, False
    with file.open() as stream:
        files.write(whole, stream)
    return name, None, True


def _digest(stream: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while chunk := stream.read(_CHUNK):
        digest.update(chunk)
    return digest.hexdigest()


def _write(
    database: Database, clock: Clock, exchange_id: int, rows: list[tuple[str, str | None, str | None]]
) -> None:
    if not rows:
        return
    newest = {path: (name, code) for path, name, code in rows}
    with database.transaction() as connection:
        connection.execute(
            sql("picture/keep_files"),
            {
                "paths": list(newest),
                "names": [name for name, _ in newest.values()],
                "codes": [code for _, code in newest.values()],
                "exchange_id": exchange_id,
                "now": clock.now(),
            },
        )
