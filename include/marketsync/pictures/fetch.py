"""Asking for one public link, safely: only the configured host is asked, and only so much is taken.

The paths come from outside. So the host is the one of accounts.yaml and no other; a redirect away from it is refused,
an address inside a private network too, unless accounts.yaml says that this is where the site is. The address is
looked at after connecting and before anything is sent, so that a name that is resolved anew leads nowhere else.
"""

from __future__ import annotations

import hashlib
import ipaddress
import socket
import time
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import SplitResult, urljoin, urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection

from marketsync.pictures.inspect import Facts, Unusable, inspect

__all__ = ["Fetched", "LinkFetcher", "allowed_redirect", "is_private"]

MOST_BYTES = 20_000_000
"""Ours: no marketplace takes more than half of it, and every connection may hold as much in memory."""

_CONNECT_SECONDS = 5.0
_MOST_REDIRECTS = 5
_CHUNK = 64 * 1024
_REDIRECTS = (301, 302, 303, 307, 308)
_NOT_MODIFIED = 304
_OK = 200
_DEFAULT_PORTS = {"http": 80, "https": 443}
_USER_AGENT = "marketsync picture check"


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a link leads to.

    Attributes:
        facts, hash, bytes: of the picture; None where it is the same as last time.
        etag, modified: what to ask with next time.
    """

    facts: Facts | None
    hash: bytes | None = None
    bytes: int | None = None
    etag: str | None = None
    modified: str | None = None


class _PrivateAddress(urllib3.exceptions.HTTPError):
    pass


def is_private(address: str) -> bool:
    """Whether an IP address is not one of the public internet; a name is not looked up, and is none."""
    try:
        found = ipaddress.ip_address(address.split("%", maxsplit=1)[0])
    except ValueError:
        return False
    mapped = getattr(found, "ipv4_mapped", None)
    return not (mapped or found).is_global


def allowed_redirect(asked: str, target: str) -> bool:
    """Whether a redirect stays at its site: the same host and port, or http that becomes https."""
    here, there = urlsplit(asked), urlsplit(target)
    if there.scheme not in _DEFAULT_PORTS or (here.scheme, there.scheme) == ("https", "http"):
        return False
    same_port = _port(here) == _port(there)
    upgraded = here.scheme != there.scheme and here.port is None and there.port is None
    return here.hostname == there.hostname and (same_port or upgraded)


def _port(parts: SplitResult) -> int | None:
    return parts.port or _DEFAULT_PORTS.get(parts.scheme)


class LinkFetcher:
    """Loads links of one site with a pool of connections; may be used by as many threads.

    Args:
        site: the public address below which all links lie.
        private: the site may lie in a private network.
        connections: kept open at once.
        seconds: that one picture may take as a whole.
    """

    def __init__(self, site: str, *, private: bool, connections: int, seconds: float) -> None:
        self._site = urlsplit(site)
        self._seconds = seconds
        host = self._site.hostname or ""
        guarded = not (private or host == "localhost" or is_private(host))
        self._session = requests.Session()
        self._session.trust_env = False  # no proxy, which would be the one to connect, and no .netrc
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self._session.headers.update(
            {"User-Agent": _USER_AGENT, "Accept": "image/*", "Accept-Encoding": "identity"}
        )
        adapter = (_GuardedAdapter if guarded else HTTPAdapter)(pool_maxsize=connections, max_retries=0)
        for scheme in _DEFAULT_PORTS:
            self._session.mount(f"{scheme}://", adapter)

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def fetch(self, url: str, *, etag: str | None = None, modified: str | None = None) -> Fetched:
        """Load a link and look into what it leads to.

        Args:
            etag, modified: of the last time: an answer that nothing has changed is enough then.

        Raises:
            Unusable: with the code of what is wrong.
        """
        ends = time.monotonic() + self._seconds
        tags = {"If-None-Match": etag, "If-Modified-Since": modified}
        headers = {name: value for name, value in tags.items() if value}
        try:
            return self._follow(url, headers, ends)
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            raise self._unusable(error) from error

    def _follow(self, url: str, headers: dict[str, str], ends: float) -> Fetched:
        if urlsplit(url).hostname != self._site.hostname or _port(urlsplit(url)) != _port(self._site):
            raise Unusable("redirected_away", urlsplit(url).netloc)
        for _ in range(_MOST_REDIRECTS + 1):
            wait = max(min(ends - time.monotonic(), self._seconds), 0.001)
            with self._session.get(
                url,
                headers=headers,
                timeout=(min(_CONNECT_SECONDS, wait), wait),
                stream=True,
                allow_redirects=False,
            ) as answer:
                target = answer.headers.get("Location")
                if answer.status_code in _REDIRECTS and target:
                    following = urljoin(url, target)
                    if not allowed_redirect(url, following):
                        raise Unusable("redirected_away", urlsplit(following).netloc)
                    url = following
                    continue
                if answer.status_code == _NOT_MODIFIED and headers:
                    return Fetched(None)
                if answer.status_code != _OK:
                    raise Unusable("http_error", f"HTTP {answer.status_code}")
                content = self._read(answer, ends)
            return Fetched(
                inspect(content),
                hashlib.sha256(content).digest(),
                len(content),
                answer.headers.get("ETag"),
                answer.headers.get("Last-Modified"),
            )
        raise Unusable("redirect_loop")

    def _read(self, answer: requests.Response, ends: float) -> bytes:
        declared = answer.headers.get("Content-Length", "")
        if declared.isdigit() and int(declared) > MOST_BYTES:
            raise Unusable("too_heavy", MOST_BYTES // 1_000_000)
        content = bytearray()
        # piece by piece, as they come: a site that drips must not hold a connection for ever
        while piece := answer.raw.read1(_CHUNK):
            content += piece
            if len(content) > MOST_BYTES:
                raise Unusable("too_heavy", MOST_BYTES // 1_000_000)
            if time.monotonic() > ends:
                raise Unusable("timeout", f"{self._seconds:g}")
        if declared.isdigit() and len(content) < int(declared):
            raise Unusable("damaged", f"{len(content)} из {declared} байт")
        return bytes(content)

    def _unusable(self, error: Exception) -> Unusable:
        causes = _causes(error)
        for cause in causes:
            if isinstance(cause, _PrivateAddress):
                return Unusable("private_address", cause)
        if any(_ran_out(cause) for cause in causes):
            return Unusable("timeout", f"{self._seconds:g}")
        deepest = causes[-1]
        return Unusable("unreachable", getattr(deepest, "strerror", None) or deepest)


def _ran_out(error: BaseException) -> bool:
    # urllib3 counts a refused connection among its timeouts
    timeouts = requests.Timeout | urllib3.exceptions.TimeoutError | TimeoutError
    return isinstance(error, timeouts) and not isinstance(error, urllib3.exceptions.NewConnectionError)


def _causes(error: BaseException) -> list[BaseException]:
    """An error and what it was made from, the outermost first."""
    found: list[BaseException] = []
    waiting: list[Any] = [error]
    while waiting:
        one = waiting.pop(0)
        if isinstance(one, BaseException) and one not in found:
            found.append(one)
            waiting += [*one.args, getattr(one, "reason", None), one.__cause__, one.__context__]
    return found


def _refuse_private(connection: socket.socket) -> socket.socket:
    address = str(connection.getpeername()[0])
    if is_private(address):
        connection.close()
        raise _PrivateAddress(address)
    return connection


class _GuardedHTTP(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        return _refuse_private(super()._new_conn())


class _GuardedHTTPS(HTTPSConnection):
    def _new_conn(self) -> socket.socket:
        return _refuse_private(super()._new_conn())


class _GuardedHTTPPool(urllib3.HTTPConnectionPool):
    ConnectionCls = _GuardedHTTP


class _GuardedHTTPSPool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _GuardedHTTPS


class _GuardedAdapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **more: Any) -> None:
        super().init_poolmanager(*args, **more)
        self.poolmanager.pool_classes_by_scheme = {"http": _GuardedHTTPPool, "https": _GuardedHTTPSPool}
