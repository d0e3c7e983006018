"""Who may ask for what: a key as Basic (login = its name) or as Bearer, its scopes, and patience with guessers."""

from __future__ import annotations

import base64
import binascii
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

import structlog
from starlette.requests import Request

from marketsync.clock import Clock
from marketsync.gateway.addresses import asker
from marketsync.gateway.problems import Problem
from marketsync.gateway.surroundings import Surroundings
from marketsync.orders import keys
from marketsync.orders.keys import Key, Scope
from marketsync.reports.texts import Words

__all__ = ["Doorkeeper", "address_of", "credentials_of"]

_log = structlog.get_logger(__name__)

_MOST_FAILURES = 10  # of one address in a minute; then it has to wait, and the database is not asked any more
_WINDOW_SECONDS = 60.0
_MOST_ADDRESSES = 10_000
_CHALLENGE = {"WWW-Authenticate": 'Basic realm="marketsync", charset="UTF-8", Bearer realm="marketsync"'}

_NO_KEY = Words(
    "Нужен ключ: Basic (логин — имя ключа) или Bearer", "A key is needed: Basic (login = its name) or Bearer"
)
_WRONG_KEY = Words("Ключ неверен или отозван", "The key is wrong or was revoked")
_TOO_MANY = Words("Слишком много неверных ключей с этого адреса", "Too many wrong keys from this address")


@dataclass(slots=True)
class _Count:
    since: float
    failures: int = 0


class _Failures:
    """How often each address has shown a wrong key lately."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._counts: OrderedDict[str, _Count] = OrderedDict()

    def wait(self, address: str) -> int:
        """Seconds that an address has to wait; 0: none."""
        with self._lock:
            count = self._counts.get(address)
            left = count.since + _WINDOW_SECONDS - self._clock.monotonic() if count else 0
            if count is None or left <= 0 or count.failures < _MOST_FAILURES:
                return 0
            return int(left) + 1

    def add(self, address: str) -> None:
        """Another wrong key came from there."""
        with self._lock:
            now = self._clock.monotonic()
            count = self._counts.pop(address, None)
            if count is None or count.since + _WINDOW_SECONDS <= now:
                count = _Count(now)
            count.failures += 1
            self._counts[address] = count
            if len(self._counts) > _MOST_ADDRESSES:
                self._counts.popitem(last=False)


def credentials_of(header: str) -> tuple[str | None, str] | None:
    """Name (None with Bearer) and key of an Authorization header; None where there is no key in it."""
    scheme, _, value = header.partition(" ")
    value = value.strip()
    match scheme.lower():
        case "bearer" if value:
            return None, value
        case "basic":
            try:
                name, colon, key = _text(base64.b64decode(value, validate=True)).partition(":")
            except (binascii.Error, ValueError):
                return None
            return (name, key) if colon and key else None
        case _:
            return None


def _text(plain: bytes) -> str:
    """1C on Windows writes a Russian login in windows-1251."""
    try:
        return plain.decode("utf-8")
    except UnicodeDecodeError:
        return plain.decode("cp1251")


def address_of(request: Request, surroundings: Surroundings) -> str:
    """Where a request comes from, as far as that is known."""
    peer = request.client.host if request.client else None
    forwarded = request.headers.getlist("x-forwarded-for")
    return str(asker(peer, forwarded, surroundings.accounts.gateway.proxies) or peer or "")


class Doorkeeper:
    """Checks the keys of requests."""

    def __init__(self, surroundings: Surroundings) -> None:
        self._surroundings = surroundings
        self._failures = _Failures(surroundings.clock)
        self._good: set[bytes] = (
            set()
        )  # keys that were right once: their owner is no guesser, whoever is beside him

    def needs(self, scope: Scope) -> Callable[[Request], Key]:
        """A dependency of a route: the key of its request, which opens that."""

        def check(request: Request) -> Key:
            return self.admit(request, scope)

        return check

    def admit(self, request: Request, scope: Scope) -> Key:
        """The key of a request.

        Raises:
            Problem: 401 without a right key, 403 where it opens something else, 429 after too many wrong ones.
        """
        found = credentials_of(request.headers.get("authorization", ""))
        if found is None:
            raise Problem(401, "no_key", _NO_KEY, headers=_CHALLENGE)
        name, key = found
        address = address_of(request, self._surroundings)
        wait = self._failures.wait(address)
        if wait and keys.digest(key) not in self._good:
            raise Problem(429, "too_many_failures", _TOO_MANY, retry_after=wait)
        with self._surroundings.database.transaction() as connection:
            known = keys.check(connection, key, self._surroundings.clock.now(), name=name)
        if known is None:
            self._failures.add(address)
            _log.warning("a wrong key was shown", address=address)
            raise Problem(401, "wrong_key", _WRONG_KEY, headers=_CHALLENGE)
        self._good.add(keys.digest(key))
        if scope not in known.scopes:
            words = Words(
                f"У ключа «{known.name}» нет права {scope}", f"The key {known.name!r} does not open {scope}"
            )
            raise Problem(403, "no_scope", words)
        return known
