"""A delivery as one flat set of files: a folder, with whatever its .zip archives hold, read in place.

Archives are not unpacked to a disk: their entries are opened as streams, so nothing can be written outside a
folder. What an archive declares is checked before anything of it is read; a reader then never gets more bytes
than declared (zipfile stops there), so the declared sizes are the ones that count.
"""

from __future__ import annotations

import os
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from marketsync.errors import BadInput, Place
from marketsync.files.names import checked_name
from marketsync.files.store import Folder

__all__ = ["Delivery", "DeliveryFile", "UnpackLimits", "open_delivery"]

_GIBIBYTE = 1 << 30
_ARCHIVE = ".zip"
_HINT = "Из этой выгрузки ничего не принято"


@dataclass(frozen=True, slots=True)
class UnpackLimits:
    """What an archive may unpack to.

    Attributes:
        total: bytes of all entries of all archives of a delivery.
        ratio: unpacked to packed size of an entry; XML of 1C packs some 15 to 60 times.
        ratio_from: entries smaller than this many bytes are not held against `ratio`.
        entries: entries of all archives of a delivery, pictures among them.
    """

    total: int = 2 * _GIBIBYTE
    ratio: int = 250
    ratio_from: int = 1 << 20
    entries: int = 200_000

    @classmethod
    def from_environment(cls) -> UnpackLimits:
        """The defaults, with MARKETSYNC_UNPACKED_BYTES in place of `total` where it is set."""
        total = os.environ.get("MARKETSYNC_UNPACKED_BYTES")
        return cls(total=int(total)) if total else cls()


@dataclass(frozen=True, slots=True)
class DeliveryFile:
    """One file of a delivery.

    Attributes:
        name: relative to the delivery, as if its archives were unpacked where they lie.
        shown: the name for a person, with the archive.
        size: in bytes.
        open: opens a new stream; damage inside an archive is raised as `BadInput`, also while reading.
    """

    name: str
    shown: str
    size: int
    open: Callable[[], IO[bytes]]


class Delivery:
    """The files of one delivery, by name."""

    def __init__(self, files: list[DeliveryFile]) -> None:
        self.files = sorted(files, key=lambda file: file.shown)

    def named(self, ending: str) -> list[DeliveryFile]:
        """The files whose name ends so, in any case."""
        return [file for file in self.files if file.name.lower().endswith(ending)]


@contextmanager
def open_delivery(place: Path | Folder, limits: UnpackLimits | None = None) -> Iterator[Delivery]:
    """The files of a delivery, readable until the block ends.

    Args:
        place: a folder of this machine (or a single file), or one of the common file store.
        limits: of the archives; by default those of the environment.

    Raises:
        BadInput: there is no such folder, an entry's name leads out of the archive, an archive is damaged,
            encrypted, or unpacks to more than `limits`.
    """
    limits = limits or UnpackLimits.from_environment()
    found: list[DeliveryFile] = []
    entries = total = 0
    with ExitStack() as opened:
        for file in _plain_files(place):
            if not file.name.lower().endswith(_ARCHIVE):
                found.append(file)
                continue
            archive = _open_archive(file, opened)
            for entry in archive.infolist():
                entries += 1
                total += entry.file_size
                _check(file.shown, entry, entries, total, limits)
                if not entry.is_dir():
                    found.append(_entry(file, archive, entry))
        yield Delivery(found)


def _plain_files(place: Path | Folder) -> Iterator[DeliveryFile]:
    if isinstance(place, Path):
        if place.is_file():
            paths, base = [place], place.parent
        elif place.is_dir():
            paths, base = sorted(path for path in place.rglob("*") if path.is_file()), place
        else:
            raise BadInput(
                "нет такой папки",
                place=Place(file=str(place)),
                hint="Проверьте путь к папке с файлами CommerceML",
            )
        for path in paths:
            name = path.relative_to(base).as_posix()
            yield DeliveryFile(name, name, path.stat().st_size, _opener(path))
        return
    for whole in place.files.list(place.name):
        name = whole[len(place.name) + 1 :]
        yield DeliveryFile(name, name, place.files.size(whole), _stored(place, whole))


def _opener(path: Path) -> Callable[[], IO[bytes]]:
    return lambda: path.open("rb")


def _stored(place: Folder, name: str) -> Callable[[], IO[bytes]]:
    return lambda: place.files.open(name)


def _open_archive(file: DeliveryFile, opened: ExitStack) -> zipfile.ZipFile:
    stream = opened.enter_context(file.open())
    try:
        return opened.enter_context(zipfile.ZipFile(stream))
    except (zipfile.BadZipFile, NotImplementedError) as error:
        raise BadInput(f"архив повреждён: {error}", place=Place(file=file.shown), hint=_HINT) from error


def _check(archive: str, entry: zipfile.ZipInfo, entries: int, total: int, limits: UnpackLimits) -> None:
    checked_name(entry.filename.rstrip("/"), archive=archive)
    trouble = None
    if entries > limits.entries:
        trouble = f"в архивах выгрузки больше {limits.entries} файлов"
    elif total > limits.total:
        trouble = f"вместе с файлом «{entry.filename}» архивы выгрузки занимают больше {limits.total} байт"
    elif entry.file_size >= limits.ratio_from and entry.file_size > limits.ratio * max(
        entry.compress_size, 1
    ):
        trouble = (
            f"файл «{entry.filename}» сжат больше чем в {limits.ratio} раз "
            f"({entry.compress_size} -> {entry.file_size} байт): так выглядит архивная бомба"
        )
    elif entry.flag_bits & 0x1:
        trouble = f"файл «{entry.filename}» зашифрован"
    if trouble:
        raise BadInput(
            f"архив не принят: {trouble}",
            place=Place(file=archive),
            hint=f"{_HINT}; предел общего размера задаёт MARKETSYNC_UNPACKED_BYTES",
        )


def _entry(file: DeliveryFile, archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> DeliveryFile:
    folder = file.name.rpartition("/")[0]
    inner = checked_name(entry.filename, archive=file.shown)
    shown = f"{file.shown}/{inner}"
    return DeliveryFile(
        f"{folder}/{inner}" if folder else inner,
        shown,
        entry.file_size,
        lambda: cast("IO[bytes]", _EntryStream(shown, archive, entry)),
    )


class _EntryStream:
    """An entry of an archive, whose damage is an answer to a person."""

    def __init__(self, shown: str, archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
        self._shown = shown
        with self._damage():
            self._stream = archive.open(entry)

    def read(self, size: int = -1) -> bytes:
        with self._damage():
            return self._stream.read(size)

    def close(self) -> None:
        self._stream.close()

    def __enter__(self) -> _EntryStream:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def _damage(self) -> Iterator[None]:
        try:
            yield
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
            raise BadInput(
                f"файл в архиве повреждён: {error}", place=Place(file=self._shown), hint=_HINT
            ) from error
