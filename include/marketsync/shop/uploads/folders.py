"""Where a session's files lie in the common file store."""

from __future__ import annotations

from collections.abc import Iterable

from marketsync.files import Files
from marketsync.shop.uploads.sessions import Session

__all__ = ["batch_place", "mark", "marks", "remove", "remove_batch"]


def batch_place(session: Session, number: int) -> str:
    """The folder of a batch's joined files: beside those of the session's other batches, so that all are one folder."""
    return f"{session.place}/{number}"


def marks(session: Session, number: int) -> str:
    """The folder of marks that say to which part each file of a batch was joined."""
    return f"{session.folder}/joined/{number}"


def mark(session: Session, number: int, file: str) -> str:
    """The mark of one file."""
    return f"{marks(session, number)}/{file}"


def remove(files: Files, names: Iterable[str]) -> None:
    """Delete files; what is gone already is no trouble."""
    for name in names:
        files.delete(name)


def remove_batch(files: Files, session: Session, number: int) -> None:
    """Delete what was joined of a batch that is not handed over."""
    remove(files, [*files.list(batch_place(session, number)), *files.list(marks(session, number))])
