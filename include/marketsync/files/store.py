"""One small interface over fsspec, so that a folder and an object store are the same to everything else."""

from __future__ import annotations

import os
import shutil
import uuid
from dataclasses import dataclass
from io import BytesIO
from typing import IO, Any, cast

import fsspec

from marketsync.files.names import checked_name
from marketsync.paths import var

__all__ = ["Files", "Folder"]

_SETTING = "MARKETSYNC_FILES_URL"
_PART = ".part-"  # a file that is being written; never listed


class Files:
    """Files below one place; names are relative to it.

    Args:
        url: what fsspec opens: file:///srv/marketsync, s3://bucket/prefix, ...
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self._system, root = fsspec.core.url_to_fs(url)
        self._root = cast("str", root).rstrip("/")

    @classmethod
    def from_environment(cls) -> Files:
        """The place that MARKETSYNC_FILES_URL names, or var/files."""
        return cls(os.environ.get(_SETTING) or (var() / "files").resolve().as_uri())

    def open(self, name: str) -> IO[bytes]:
        """Open for reading; the stream can be sought.

        Raises:
            FileNotFoundError: there is no such file.
        """
        return cast("IO[bytes]", self._system.open(self._path(name), "rb"))

    def list(self, folder: str = "") -> list[str]:
        """The names of all files below `folder`, sorted; none where there is no such folder."""
        base = self._path(folder) if folder else self._root
        try:
            found = self._system.find(base)
        except FileNotFoundError:
            return []
        names = [str(path)[len(self._root) + 1 :] for path in found]
        return sorted(name for name in names if _PART not in name.rpartition("/")[2])

    def exists(self, name: str) -> bool:
        """Whether there is such a file."""
        return bool(self._system.isfile(self._path(name)))

    def size(self, name: str) -> int:
        """In bytes."""
        return int(self._system.size(self._path(name)))

    def write(self, name: str, content: bytes | IO[bytes]) -> None:
        """Write all of it or nothing: a reader sees the old file or the new one, never a part."""
        path = self._path(name)
        folder, _, last = path.rpartition("/")
        self._system.makedirs(folder, exist_ok=True)
        part = f"{folder}/{_PART}{uuid.uuid4().hex}-{last}"
        source = BytesIO(content) if isinstance(content, bytes) else content
        try:
            with self._system.open(part, "wb") as target:
                shutil.copyfileobj(source, cast("Any", target))
            self._system.mv(part, path)
        finally:
            if self._system.exists(part):
                self._system.rm_file(part)

    def address(self, name: str) -> str:
        """The full address of a file, for a person or another program."""
        return f"{self.url.rstrip('/')}/{checked_name(name)}"

    def delete(self, name: str) -> None:
        """Delete a file; nothing happens where there is none."""
        if self.exists(name):
            self._system.rm_file(self._path(name))

    def _path(self, name: str) -> str:
        return f"{self._root}/{checked_name(name)}"


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder of `files`."""

    files: Files
    name: str
