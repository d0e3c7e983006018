"""A reading of the shop as a delivery: what the portal said, in files that the import takes like those of 1C.

Why files between the reading and the merge: the reading takes minutes and can break off; the merge is one
transaction. A reading that broke off has delivered nothing. What was read stays as it came, for whoever asks
later, and a merge that died is taken up again from it.

`shop.json` says what was read, and the rows follow in *.jsonl.gz, one list each.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from marketsync.errors import BadInput, Place
from marketsync.files import Files
from marketsync.files.delivery import Delivery, DeliveryFile
from marketsync.shop.texts import say

__all__ = ["MANIFEST", "Manifest", "RowFiles", "read_manifest", "read_rows"]

MANIFEST = "shop.json"

_ENDING = ".jsonl.gz"
_FAST = 4  # of gzip's 9 levels: a tenth of the time of the best, and most of its gain


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a reading holds.

    Attributes:
        portal: which one, with its catalog: what is remembered of it is kept under this name.
        full: everything there is was read; else only what changed, and all counts.
        began: when the reading began, by the portal's clock.
        goods_since, prices_since: the dates from which the next reading goes on, with the portal's offset.
        stock_hash: of all counts.
        changes_hash: of the changed rows; None of a whole reading.
        goods, offers: the iblocks.
        properties: id -> row, of both iblocks.
        price_types, stores, measures, vats: id -> row.
    """

    portal: str
    full: bool
    began: str
    goods_since: str | None
    prices_since: str | None
    stock_hash: str
    changes_hash: str | None
    goods: int
    offers: int | None
    properties: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    price_types: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    stores: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    measures: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    vats: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


class RowFiles:
    """The rows of a reading on their way into files of this machine; a context."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._open = ExitStack()
        self._streams: dict[str, gzip.GzipFile] = {}
        self.rows: dict[str, int] = {}

    def __enter__(self) -> RowFiles:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def add(self, name: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Write rows of a list down."""
        stream = self._streams.get(name)
        if stream is None:
            path = self._folder / f"{name}{_ENDING}"
            stream = self._streams[name] = self._open.enter_context(gzip.GzipFile(path, "wb", _FAST))
        for row in rows:
            stream.write(json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")
        self.rows[name] = self.rows.get(name, 0) + len(rows)

    def forget(self, name: str) -> None:
        """Drop a list that turned out to be what is known already."""
        stream = self._streams.pop(name, None)
        if stream is not None:
            stream.close()
            (self._folder / f"{name}{_ENDING}").unlink()
            self.rows.pop(name)

    def close(self) -> None:
        """All rows are in their files."""
        self._open.close()

    def hand_over(self, files: Files, name: str, manifest: Manifest) -> None:
        """Copy the files into the common store below `name`; the manifest comes last."""
        self.close()
        for path in sorted(self._folder.glob(f"*{_ENDING}")):
            with path.open("rb") as content:
                files.write(f"{name}/{path.name}", content)
        text = json.dumps(asdict(manifest), ensure_ascii=False, indent=1)
        files.write(f"{name}/{MANIFEST}", text.encode())


def read_manifest(delivery: Delivery) -> Manifest | None:
    """The manifest of a reading, or None where the delivery is none.

    Raises:
        BadInput: it is damaged.
    """
    found = [file for file in delivery.files if file.name == MANIFEST]
    if not found:
        return None
    try:
        with found[0].open() as stream:
            return Manifest(**json.loads(stream.read()))
    except (ValueError, TypeError) as error:
        raise _damaged(found[0], error) from error


def read_rows(delivery: Delivery, name: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """The rows of a list with their place from 1; none where the reading does not have it.

    Raises:
        BadInput: the file is damaged.
    """
    for file in delivery.files:
        if file.name != f"{name}{_ENDING}":
            continue
        try:
            with file.open() as packed, gzip.GzipFile(fileobj=packed) as stream:
                for place, line in enumerate(stream, 1):
                    yield place, json.loads(line, parse_float=Decimal)
        except (EOFError, OSError, ValueError, zlib.error) as error:
            raise _damaged(file, error) from error


def _damaged(file: DeliveryFile, error: Exception) -> BadInput:
    return BadInput(say("malformed", detail=error), place=Place(file=file.shown), hint=say("shop_again_hint"))
