"""How much one session may upload, and how long it lives."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

__all__ = ["UploadLimits"]


@dataclass(frozen=True, slots=True)
class UploadLimits:
    """Limits of a session.

    Attributes:
        total: bytes of all that it uploads.
        files: how many files it may upload.
        idle: a session that is silent for so long is over.
    """

    total: int = 4 << 30
    files: int = 200_000
    idle: timedelta = timedelta(hours=2)
