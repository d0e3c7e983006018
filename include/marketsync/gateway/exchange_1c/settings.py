"""What of the dialogue can be set."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from marketsync.shop.uploads.limits import UploadLimits

__all__ = ["ExchangeSettings"]


@dataclass(frozen=True, slots=True)
class ExchangeSettings:
    """Settings of the dialogue.

    Attributes:
        part_bytes: `file_limit`: into parts of this size 1C cuts its files.
        zip: whether 1C may pack its files.
        encoding: of answers and orders.
        wait: so long a question about an import is held before the answer `progress`. 1C asks again at once.
        patience: after which a question about an import that does not end is answered `failure`.
        limits: of a session.
    """

    part_bytes: int = 8 << 20
    zip: bool = True
    encoding: str = "windows-1251"
    wait: timedelta = timedelta(seconds=10)
    patience: timedelta = timedelta(hours=1)
    limits: UploadLimits = field(default_factory=UploadLimits)
