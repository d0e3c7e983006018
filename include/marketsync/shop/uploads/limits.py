"""How much one session may upload."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["UploadLimits"]


@dataclass(frozen=True, slots=True)
class UploadLimits:
    """Limits of a session.

    Attributes:
        total: bytes of all that it uploads.
        files: how many files it may upload.
    """

    total: int
    files: int
