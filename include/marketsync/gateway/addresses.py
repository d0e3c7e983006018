"""Who really asks: the peer itself, or whom a proxy that we know names."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

__all__ = ["Address", "among", "asker"]

Address = IPv4Address | IPv6Address


@lru_cache(maxsize=64)
def _networks(ranges: tuple[str, ...]) -> tuple[IPv4Network | IPv6Network, ...]:
    return tuple(ip_network(one, strict=False) for one in ranges)


def among(address: Address | None, ranges: Iterable[str]) -> bool:
    """Whether an address lies in one of the ranges."""
    return address is not None and any(
        address in network for network in _networks(tuple(ranges)) if network.version == address.version
    )


def asker(peer: str | None, forwarded: Iterable[str], proxies: Iterable[str]) -> Address | None:
    """The address that a request comes from; None where it has none (a Unix socket), or none that can be read.

    Args:
        peer: the other end of the connection.
        forwarded: the values of X-Forwarded-For, in their order: each proxy adds whom it heard at the end. They
            count as far as they were written by proxies that are known; before that they are the sender's own words.
        proxies: address ranges of the proxies.
    """
    known = tuple(proxies)
    found = _read(peer)
    told = [part for value in forwarded for part in value.split(",")]
    while told and among(found, known):
        found = _read(told.pop())
    return found


def _read(text: str | None) -> Address | None:
    if not text:
        return None
    try:
        address = ip_address(text.strip())
    except ValueError:
        return None
    mapped = getattr(address, "ipv4_mapped", None)  # how a socket for both kinds names an IPv4 peer
    return mapped or address
