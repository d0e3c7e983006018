"""Sessions of 1C: begun by checkauth, known by a cookie, over when 1C was silent for long.

The cookie's value and sessid are two random texts of which only hashes are kept. The cookie alone is enough, as 1C
expects. sessid is not: it travels in addresses, which proxies log, so without the cookie the key must be shown too.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

import psycopg

from marketsync.clock import Clock
from marketsync.db.connection import Row
from marketsync.db.queries import sql
from marketsync.errors import BadInput
from marketsync.shop.handover import new_place

__all__ = ["Connection", "Opened", "Session", "find_session", "lock_session", "open_session", "set_version"]

FOLDER = "uploads"
STAMP = "%Y%m%d-%H%M%S"

Connection = psycopg.Connection[Row]


@dataclass(frozen=True, slots=True)
class Session:
    """A session that is open.

    Attributes:
        folder: of the common file store, where its parts lie.
        place: of the common file store, where what was joined of them lies, a folder for each batch.
        began_at: the moment of checkauth: all that it uploads is no older.
        version: of CommerceML, where 1C named it.
        scopes: of its key.
    """

    session_id: int
    key_id: int
    key_name: str
    folder: str
    place: str
    began_at: datetime
    version: str | None
    scopes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Opened:
    """What 1C is told of its new session."""

    cookie: str
    check: str
    began_at: datetime


def open_session(connection: Connection, key_id: int, clock: Clock) -> Opened:
    """Begin a session of a key."""
    now = clock.now()
    cookie, check = secrets.token_hex(16), secrets.token_hex(16)
    connection.execute(
        sql("upload/open_session"),
        {
            "key_id": key_id,
            "cookie_hash": _hash(cookie),
            "check_hash": _hash(check),
            "folder": f"{FOLDER}/{now:{STAMP}}-{uuid4().hex[:8]}",
            "location": new_place(clock),
            "now": now,
        },
    )
    return Opened(cookie, check, now)


def find_session(
    connection: Connection,
    now: datetime,
    idle: timedelta,
    *,
    cookie: str | None,
    check: str | None,
    key_id: int | None,
) -> Session | None:
    """The session of a call; None where there is none, or it is over, or the call's sessid is another's.

    Args:
        cookie: the cookie's value.
        check: sessid.
        key_id: the key that came with the call.
    """
    row = None
    if cookie:
        row = _find(connection, now, idle, cookie_hash=_hash(cookie))
        if row is not None and check and not hmac.compare_digest(bytes(row["check_hash"]), _hash(check)):
            return None
    if row is None and check and key_id is not None:
        row = _find(connection, now, idle, check_hash=_hash(check), key_id=key_id)
    if row is None:
        return None
    row.pop("check_hash")
    return Session(**{**row, "scopes": tuple(row["scopes"])})


def lock_session(connection: Connection, session: Session) -> None:
    """Take turns with the session's other calls, until the transaction ends.

    Raises:
        BadInput: it is over.
    """
    if connection.execute(sql("upload/lock_session"), {"session_id": session.session_id}).fetchone() is None:
        raise BadInput("сеанс обмена завершён", hint="Начните обмен заново")


def set_version(connection: Connection, session: Session, version: str) -> None:
    """Remember which CommerceML this 1C speaks."""
    connection.execute(sql("upload/set_version"), {"session_id": session.session_id, "version": version})


def _find(
    connection: Connection,
    now: datetime,
    idle: timedelta,
    *,
    cookie_hash: bytes | None = None,
    check_hash: bytes | None = None,
    key_id: int | None = None,
) -> Row | None:
    return connection.execute(
        sql("upload/find_session"),
        {
            "cookie_hash": cookie_hash,
            "check_hash": check_hash,
            "key_id": key_id,
            "since": now - idle,
            "now": now,
        },
    ).fetchone()


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
