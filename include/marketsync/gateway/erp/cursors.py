"""Pages of what changed: a cursor says how far a reader came, and stays good for ever.

A row is shown once it has been there for a while: rows are dated when their transaction begins and seen when it
commits, and a reader who had passed by then would never come back.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import Query

from marketsync.gateway.problems import Problem
from marketsync.reports.texts import Words

__all__ = ["SETTLED_AFTER", "Cursor", "Limit", "next_cursor", "place_of"]

SETTLED_AFTER = timedelta(seconds=10)
_MOST = 500

Cursor = Annotated[str | None, Query(max_length=200, description="next_cursor of the page before")]
Limit = Annotated[int, Query(ge=1, le=_MOST)]

_BAD_CURSOR = Words("Этот cursor не отсюда", "This cursor is not from here")


def place_of(cursor: str | None) -> tuple[datetime | None, int]:
    """Moment and id of the last row that was shown.

    Raises:
        Problem: 422, it is no cursor of ours.
    """
    if cursor is None:
        return None, 0
    try:
        at, row_id = json.loads(base64.urlsafe_b64decode(cursor.encode("ascii")))
        return datetime.fromisoformat(at), int(row_id)
    except (binascii.Error, ValueError, TypeError) as error:
        raise Problem(422, "bad_cursor", _BAD_CURSOR, field="cursor") from error


def next_cursor(rows: Sequence[Mapping[str, Any]], id_column: str, given: str | None) -> str | None:
    """Where to go on after these rows; where there are none, from where one came."""
    if not rows:
        return given
    last = rows[-1]
    place = json.dumps([last["changed_at"].isoformat(), last[id_column]])
    return base64.urlsafe_b64encode(place.encode()).decode()
