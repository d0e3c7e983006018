"""What the gateway works with: found when the first request needs it, so that importing it needs no database.

Settings and secrets are looked at again while it runs: a changed accounts.yaml or a rotated secret needs no restart.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar
from zoneinfo import ZoneInfo

from marketsync.accounts import Accounts, accounts
from marketsync.clock import SYSTEM, Clock
from marketsync.credentials import Credentials, credentials
from marketsync.db import Database
from marketsync.db.connection import database_url
from marketsync.errors import BadInput
from marketsync.files import Files
from marketsync.gateway.waking import Bell
from marketsync.reports.texts import Language
from marketsync.runtime import Runtime

__all__ = ["PushDoor", "Surroundings", "secret_digest"]

_PATIENCE = 1.0  # seconds that a request waits for a connection: with the database gone it is told so at once
_ERP_CONNECTIONS = 8
_PUSH_CONNECTIONS = 4  # apart from the ERP's, so that nothing the ERP does holds up a push
_PUSH_QUEUE = 200
_ERP_SECONDS = 20.0  # of one statement: the ERP's own patience is 30
_PUSH_SECONDS = 4.0  # Ozon suspends whoever takes more than 5
_SETTINGS_SECONDS = 5.0  # between two looks at accounts.yaml
_SECRETS_SECONDS = 30.0  # between two looks at a connection: a rotated secret counts after so long
_FEWEST_LETTERS = 16  # of a push secret: a shorter one is refused, since it may be guessed

Value = TypeVar("Value")


class _Fresh(Generic[Value]):
    """A value that is read again after a while."""

    def __init__(self, seconds: float, clock: Clock, read: Callable[[], Value]) -> None:
        self._seconds = seconds
        self._clock = clock
        self._read = read
        self._lock = threading.Lock()
        self._kept: tuple[float, Value] | None = None

    def get(self) -> Value:
        with self._lock:
            now = self._clock.monotonic()
            if self._kept is None or now - self._kept[0] >= self._seconds:
                self._kept = (now, self._read())
            return self._kept[1]


@dataclass(frozen=True)
class PushDoor:
    """Who may push for an account. Its text shows no secret.

    Attributes:
        secrets: digests of the secrets that are valid now.
        seller: the marketplace's id of the account.
    """

    secrets: tuple[bytes, ...] = field(repr=False)
    seller: str


class Surroundings:
    """Database, settings, secrets and files of a gateway's process.

    Args:
        url: of the database; None: as the environment says, when it is first needed.
        read_accounts: the settings in force.
        read_credentials: a connection's id -> how to reach it.
        files: the common file store.
    """

    def __init__(
        self,
        *,
        url: str | None = None,
        read_accounts: Callable[[], Accounts] = accounts,
        read_credentials: Callable[[str], Credentials] = credentials,
        clock: Clock = SYSTEM,
        files: Files | None = None,
    ) -> None:
        self.clock = clock
        self.files = files or Files.from_environment()
        self._url = url
        self._read_credentials = read_credentials
        self._accounts = _Fresh(_SETTINGS_SECONDS, clock, read_accounts)
        self._doors: dict[str, _Fresh[PushDoor]] = {}
        self._lock = threading.Lock()
        self._pools: dict[str, Database] = {}
        self._bell: Bell | None = None

    @property
    def accounts(self) -> Accounts:
        """The settings in force. Raises `BadInput` where there are none."""
        return self._accounts.get()

    def check_settings(self) -> None:
        """Raise `BadInput` where there are no settings, `Fatal` where no database is named."""
        self._accounts.get()
        _ = self.database

    @property
    def language(self) -> Language:
        """Of messages; Russian where there are no settings to say otherwise."""
        try:
            return self.accounts.language
        except BadInput:
            return "ru"

    @property
    def zone(self) -> ZoneInfo:
        """In which moments are written."""
        return ZoneInfo(self.accounts.time_zone)

    @property
    def database(self) -> Database:
        """For the ERP's requests. Raises `Fatal` where no database is named."""
        return self._pool("erp", _ERP_CONNECTIONS, 0, _ERP_SECONDS)

    @property
    def push_database(self) -> Database:
        """For pushes alone."""
        return self._pool("push", _PUSH_CONNECTIONS, _PUSH_QUEUE, _PUSH_SECONDS)

    @property
    def runtime(self) -> Runtime:
        """The same as the steps know it."""
        return Runtime(
            database=self.database,
            accounts=self.accounts,
            credentials=self._read_credentials,
            clock=self.clock,
            files=self.files,
        )

    def push_door(self, connection: str) -> PushDoor:
        """Who may push for the account of a connection. Raises `Fatal` where its credentials cannot be read."""
        with self._lock:
            if connection not in self._doors:
                self._doors[connection] = _Fresh(
                    _SECRETS_SECONDS, self.clock, lambda: _door(self._read_credentials(connection))
                )
            door = self._doors[connection]
        return door.get()

    @property
    def bell(self) -> Bell:
        """Rings where orders changed. Raises `Fatal` where no database is named."""
        with self._lock:
            if self._bell is None:
                self._bell = Bell(self._url or database_url())
            return self._bell

    async def close(self) -> None:
        """Return every connection to the database."""
        if self._bell:
            await self._bell.close()
        with self._lock:
            for pool in self._pools.values():
                pool.close()
            self._pools.clear()

    def _pool(self, name: str, size: int, queue: int, seconds: float) -> Database:
        with self._lock:
            if name not in self._pools:
                url = self._url or database_url()
                self._pools[name] = Database(
                    url, size=size, patience=_PATIENCE, queue=queue, statement_seconds=seconds
                )
            return self._pools[name]


def _door(known: Credentials) -> PushDoor:
    given = known.extra.get("push_secrets") or ()
    listed = [given] if isinstance(given, str) else given
    secrets = [secret for secret in listed if isinstance(secret, str) and len(secret) >= _FEWEST_LETTERS]
    return PushDoor(tuple(secret_digest(secret) for secret in secrets), known.login)


def secret_digest(secret: str) -> bytes:
    """Of equal length for every secret, so that comparing takes equally long."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()
