"""A file appears whole or not at all, and where it cannot be written the error says what to do.

A manager opens the workbook while the next one is made; a half file would be taken for the truth.
"""

from __future__ import annotations

import errno
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from xlsxwriter.exceptions import FileCreateError

from marketsync.errors import Fatal, MarketsyncError, Place, Retriable

__all__ = ["whole_file"]

_NO_SPACE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A temporary name to write to; at the end of the block the file gets its own name, in one step.

    The temporary folder lies beside the target: the last step is then a rename within one file system, and
    there is one place that can be full. Files that help to build the target may be put beside the temporary
    name. After a failure nothing of it is left, and a former file of that name stays as it was.

    Raises:
        Retriable: no space; the same call succeeds once there is some.
        Fatal: the folder or the file cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(
            prefix=f".{path.name}.", dir=path.parent, ignore_cleanup_errors=True
        ) as folder:
            fresh = Path(folder) / path.name
            yield fresh
            fresh.replace(path)
    except OSError as error:
        raise _answer(path, error) from error
    except FileCreateError as error:
        cause = error.args[0] if error.args and isinstance(error.args[0], OSError) else OSError(str(error))
        raise _answer(path, cause) from error


def _answer(path: Path, error: OSError) -> MarketsyncError:
    place = Place(file=str(path))
    reason = error.strerror or str(error)
    if error.errno in _NO_SPACE:
        return Retriable(
            f"The file cannot be written: {reason} ({_free(path.parent)} in {path.parent})",
            place=place,
            hint="Free space there, or raise the quota or the largest size of a file, and run it again; "
            "nothing of the file was left",
        )
    return Fatal(
        f"The file cannot be written: {reason}",
        place=place,
        hint=f"Let this user write in {path.parent} and replace the file there (in Windows: close it first)",
    )


def _free(folder: Path) -> str:
    try:
        return f"{shutil.disk_usage(folder).free / 1_000_000:.1f} MB free"
    except OSError:
        return "free space unknown"
