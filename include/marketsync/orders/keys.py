"""The keys with which the ERP, and whoever else asks something of the gateway, shows who it is.

A key is 256 random bits, shown once. Its SHA-256 is kept and nothing else: a slow hash protects passwords, which
people choose and which can be guessed; nobody guesses 256 bits, and a fast hash lets every request be checked.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import psycopg

from marketsync.db import sql
from marketsync.errors import BadInput

__all__ = ["Key", "Scope", "check", "create", "digest", "keys", "revoke"]

_PREFIX = "msk_"  # so that whoever finds one in a file knows what it is
_BYTES = 32
_NOTE_EVERY = timedelta(
    minutes=1
)  # the last use is written at most so often: a key is used with every request
_LONGEST_NAME = 60

Connection = psycopg.Connection[dict[str, Any]]


class Scope(StrEnum):
    """What a key opens."""

    ORDERS = "orders"  # packs, answers, orders, assembling, cancelling, returns
    BUYERS = "buyers"  # names, telephones and addresses in orders that we deliver ourselves
    LABELS = "labels"
    SHIPMENTS = "shipments"  # deliveries by our own carrier, handovers to the marketplace's
    STOCK = "stock"  # stock and price as the marketplaces show them
    EXCHANGE = "exchange"  # the file exchange of 1C
    METRICS = "metrics"


@dataclass(frozen=True, slots=True)
class Key:
    """Who asks."""

    key_id: int
    name: str
    scopes: frozenset[str]


def digest(key: str) -> bytes:
    """What is kept of a key."""
    return hashlib.sha256(key.encode("utf-8", "surrogateescape")).digest()


def create(connection: Connection, name: str, scopes: Sequence[str], now: datetime) -> str:
    """Make a key; it is returned here and can never be shown again.

    Raises:
        BadInput: the name is in use or cannot be a login, or a scope is unknown.
    """
    if not name or len(name) > _LONGEST_NAME or not name.isprintable() or ":" in name:
        raise BadInput(
            f"{name!r} не годится как имя ключа",
            hint=f"Имя служит логином: до {_LONGEST_NAME} знаков, без двоеточия",
        )
    unknown = sorted(set(scopes) - set(Scope))
    if unknown or not scopes:
        raise BadInput(
            f"нет таких прав: {', '.join(unknown)}" if unknown else "ключ без прав ничего не открывает",
            hint=f"Права: {', '.join(Scope)}",
        )
    key = _PREFIX + secrets.token_urlsafe(_BYTES)
    values = {"name": name, "hash": digest(key), "scopes": sorted(set(scopes)), "now": now}
    if connection.execute(sql("erp/add_key"), values).fetchone() is None:
        raise BadInput(
            f"ключ {name!r} уже есть",
            hint=f"Отзовите его: `marketsync erp-key revoke {name}`, или назовите иначе",
        )
    return key


def revoke(connection: Connection, name: str, now: datetime) -> bool:
    """Let a key open nothing from now on; False where there is no such key, or not any more."""
    return connection.execute(sql("erp/revoke_key"), {"name": name, "now": now}).fetchone() is not None


def keys(connection: Connection) -> list[dict[str, Any]]:
    """All keys: name, scopes, created_at, last_used_at, revoked_at."""
    return connection.execute(sql("erp/keys")).fetchall()


def check(connection: Connection, key: str, now: datetime, *, name: str | None = None) -> Key | None:
    """Whose key it is, and note that it was used; None where it opens nothing.

    Args:
        name: who says that it is theirs, where a login came with it.
    """
    kept = digest(key)
    row = connection.execute(sql("erp/find_key"), {"hash": kept}).fetchone()
    # the index found it by its hash, which tells a guesser nothing of the key; compared again so that this stays so
    if row is None or not hmac.compare_digest(bytes(row["hash"]), kept) or row["revoked_at"] is not None:
        return None
    if name is not None and not hmac.compare_digest(
        row["name"].encode(), name.encode("utf-8", "surrogateescape")
    ):
        return None
    before = now - _NOTE_EVERY
    if row["last_used_at"] is None or row["last_used_at"] < before:
        connection.execute(sql("erp/note_key_use"), {"key_id": row["key_id"], "now": now, "before": before})
    return Key(row["key_id"], row["name"], frozenset(row["scopes"]))
