"""Fetching a file from a public link that a marketplace gave: no key, no cookies, only so much, only so long."""

from __future__ import annotations

from http.cookiejar import DefaultCookiePolicy
from urllib.parse import urlsplit

import requests

from marketsync.errors import Fatal, MarketsyncError, Place, Retriable
from marketsync.http.answers import RequestRefused

__all__ = ["download"]

_MOST_REDIRECTS = 3
_CHUNK = 64 * 1024
_OK = 200
_GONE = frozenset({400, 404, 410})
_DENIED = frozenset({401, 403})


def download(
    url: str, *, timeout: tuple[float, float], at_most: int, place: Place
) -> bytes | MarketsyncError:
    """The file's bytes, or what it means that there are none.

    Args:
        timeout: seconds to connect, seconds of silence.
        at_most: bytes.
        place: for the error.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return Fatal("The marketplace gave a link to a file that cannot be used", place=place)
    with requests.Session() as session:
        session.trust_env = parts.hostname not in {"127.0.0.1", "localhost", "::1"}
        session.auth = _no_netrc
        session.max_redirects = _MOST_REDIRECTS
        session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        try:
            with session.get(url, timeout=timeout, stream=True) as answer:
                if answer.status_code in _GONE | _DENIED:
                    return RequestRefused(
                        f"There is no file behind the marketplace's link: {answer.status_code}",
                        status=answer.status_code,
                        code="",
                        text="",
                        place=place,
                    )
                if answer.status_code != _OK:
                    return Retriable(f"The file cannot be had now: {answer.status_code}", place=place)
                content = bytearray()
                for chunk in answer.iter_content(_CHUNK):
                    content += chunk
                    if len(content) > at_most:
                        return Fatal(f"The file is larger than {at_most} bytes", place=place)
                return bytes(content)
        except requests.RequestException as error:
            return Retriable(f"The file cannot be had now: {type(error).__name__}", place=place)


def _no_netrc(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Authorises nothing: a .netrc must not send a login to a host that the marketplace names."""
    return request
