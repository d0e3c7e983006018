"""One link, asked for safely: only the configured host, only so much, only so long."""

from __future__ import annotations

import hashlib
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from marketsync.pictures.fetch import MOST_BYTES, LinkFetcher, allowed_redirect, is_private
from marketsync.pictures.inspect import Facts, Unusable
from tests.unit.pictures.picture_bytes import picture
from tests.unit.pictures.site import Page, Site

SOUND = picture()


@pytest.fixture
def fetcher(site: Site) -> Iterator[LinkFetcher]:
    fetcher = LinkFetcher(site.url, private=False, connections=2, seconds=5)
    yield fetcher
    fetcher.close()


def _code(fetcher: LinkFetcher, url: str) -> str:
    with pytest.raises(Unusable) as caught:
        fetcher.fetch(url)
    return caught.value.code


def test_a_picture_is_told_with_its_hash_and_its_tags(site: Site, fetcher: LinkFetcher) -> None:
    site.pages["/1.jpg"] = lambda page: page.answer(SOUND, ETag='"1"', Last_Modified="today")
    found = fetcher.fetch(f"{site.url}/1.jpg")
    assert found.facts == Facts("JPEG", 300, 250)
    assert (found.hash, found.bytes) == (hashlib.sha256(SOUND).digest(), len(SOUND))
    assert (found.etag, found.modified) == ('"1"', "today")


def test_what_has_not_changed_is_not_loaded_again(site: Site, fetcher: LinkFetcher) -> None:
    site.pages["/1.jpg"] = lambda page: page.answer(b"", status=304)
    assert fetcher.fetch(f"{site.url}/1.jpg", etag='"1"', modified="today").facts is None
    ((_, headers),) = site.asked
    assert (headers["If-None-Match"], headers["If-Modified-Since"]) == ('"1"', "today")


def test_a_304_that_nobody_asked_for_is_an_error(site: Site, fetcher: LinkFetcher) -> None:
    site.pages["/1.jpg"] = lambda page: page.answer(b"", status=304)
    assert _code(fetcher, f"{site.url}/1.jpg") == "http_error"


def test_redirects_of_the_same_site_are_followed_and_loops_are_not(site: Site, fetcher: LinkFetcher) -> None:
    site.pages["/old.jpg"] = lambda page: page.answer(b"", status=301, Location="/new.jpg")
    site.pages["/new.jpg"] = lambda page: page.answer(SOUND)
    site.pages["/loop.jpg"] = lambda page: page.answer(b"", status=302, Location="/loop.jpg")
    assert fetcher.fetch(f"{site.url}/old.jpg").facts is not None
    assert _code(fetcher, f"{site.url}/loop.jpg") == "redirect_loop"
    assert len(site.asked) < 12


@pytest.mark.parametrize(
    "target",
    [
        "http://169.254.169.254/latest/meta-data",
        "http://127.0.0.1:9/1.jpg",
        "//evil.example/1.jpg",
        "ftp://x/1",
    ],
)
def test_a_redirect_to_another_host_is_refused(site: Site, fetcher: LinkFetcher, target: str) -> None:
    site.pages["/1.jpg"] = lambda page: page.answer(b"", status=302, Location=target)
    assert _code(fetcher, f"{site.url}/1.jpg") == "redirected_away"


def test_a_link_to_another_host_is_never_asked(site: Site, fetcher: LinkFetcher) -> None:
    assert _code(fetcher, "http://127.0.0.2:80/1.jpg") == "redirected_away"
    assert _code(fetcher, "http://127.0.0.1:1/1.jpg") == "redirected_away"
    assert site.asked == []


@pytest.mark.parametrize(
    ("asked", "target", "allowed"),
    [
        ("http://shop.example/1", "https://shop.example/1", True),
        ("https://shop.example/1", "https://shop.example:443/2", True),
        ("https://shop.example/1", "http://shop.example/1", False),
        ("https://shop.example/1", "https://cdn.shop.example/1", False),
        ("http://shop.example:8080/1", "https://shop.example/1", False),
        ("http://shop.example/1", "file:///etc/passwd", False),
    ],
)
def test_http_may_become_https_and_nothing_else_may_change(asked: str, target: str, allowed: bool) -> None:
    assert allowed_redirect(asked, target) is allowed


def test_a_picture_that_declares_thirty_megabytes_is_not_read(site: Site, fetcher: LinkFetcher) -> None:
    def declare(page: Page) -> None:
        page.send_response(200)
        page.send_header("Content-Length", "30000000")
        page.end_headers()

    site.pages["/1.jpg"] = declare
    assert _code(fetcher, f"{site.url}/1.jpg") == "too_heavy"


def test_a_picture_without_a_length_is_read_only_so_far(site: Site, fetcher: LinkFetcher) -> None:
    sent = 0

    def pour(page: Page) -> None:
        nonlocal sent
        page.send_response(200)
        page.send_header("Connection", "close")
        page.end_headers()
        piece = SOUND + bytes(1 << 20)
        try:
            for _ in range(60):
                page.wfile.write(piece)
                sent += len(piece)
        except OSError:
            return

    site.pages["/1.jpg"] = pour
    assert _code(fetcher, f"{site.url}/1.jpg") == "too_heavy"
    assert sent < 2 * MOST_BYTES


def test_an_answer_that_breaks_off_is_damage(site: Site, fetcher: LinkFetcher) -> None:
    def tear(page: Page) -> None:
        page.send_response(200)
        page.send_header("Content-Length", str(len(SOUND)))
        page.end_headers()
        page.wfile.write(SOUND[: len(SOUND) // 2])
        page.wfile.flush()
        page.connection.shutdown(socket.SHUT_RDWR)
        page.close_connection = True

    site.pages["/1.jpg"] = tear
    assert _code(fetcher, f"{site.url}/1.jpg") in ("damaged", "unreachable")


def test_a_site_that_hangs_or_drips_is_given_up(site: Site) -> None:
    def drip(page: Page) -> None:
        page.send_response(200)
        page.send_header("Content-Length", str(len(SOUND)))
        page.end_headers()
        for start in range(0, len(SOUND), 8):
            if site.released.wait(0.02):
                return
            page.wfile.write(SOUND[start : start + 8])

    site.pages["/drip.jpg"] = drip
    site.pages["/hang.jpg"] = lambda page: site.released.wait() and None
    fetcher = LinkFetcher(site.url, private=False, connections=2, seconds=0.2)
    assert _code(fetcher, f"{site.url}/drip.jpg") == "timeout"
    assert _code(fetcher, f"{site.url}/hang.jpg") == "timeout"
    fetcher.close()


def test_a_closed_door_is_unreachable() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{probe.getsockname()[1]}"
    fetcher = LinkFetcher(url, private=False, connections=1, seconds=2)
    assert _code(fetcher, f"{url}/1.jpg") == "unreachable"


@pytest.mark.parametrize(
    ("address", "private"),
    [
        ("10.1.2.3", True), ("192.168.0.1", True), ("127.0.0.1", True), ("169.254.169.254", True), ("::1", True),
        ("fe80::1%eth0", True), ("::ffff:10.0.0.1", True), ("100.64.0.1", True), ("0.1.2.3", True),
        ("8.8.8.8", False), ("2a00:1450:4010::1", False), ("shop.example", False),
    ],
)  # fmt: skip
def test_private_addresses_are_known(address: str, private: bool) -> None:
    assert is_private(address) is private


@pytest.fixture
def resolves_home(monkeypatch: pytest.MonkeyPatch) -> None:
    """The name shop.example leads into this machine, as a hostile or a careless DNS would say."""
    real = socket.getaddrinfo

    def resolve(host: Any, *more: Any, **named: Any) -> Any:
        return real("127.0.0.1" if host == "shop.example" else host, *more, **named)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)


@pytest.mark.usefixtures("resolves_home")
def test_a_foreign_name_that_leads_into_a_private_network_is_refused_before_anything_is_sent(
    site: Site,
) -> None:
    site.pages["/1.jpg"] = lambda page: page.answer(SOUND)
    base = f"http://shop.example:{site.server_port}"
    fetcher = LinkFetcher(base, private=False, connections=1, seconds=5)
    with pytest.raises(Unusable) as caught:
        fetcher.fetch(f"{base}/1.jpg")
    assert (caught.value.code, str(caught.value.detail)) == ("private_address", "127.0.0.1")
    assert site.asked == []
    own = LinkFetcher(base, private=True, connections=1, seconds=5)
    assert own.fetch(f"{base}/1.jpg").facts is not None


def test_cookies_of_the_site_are_not_kept(site: Site, fetcher: LinkFetcher) -> None:
    site.pages["/1.jpg"] = lambda page: page.answer(SOUND, Set_Cookie="session=1; Path=/")
    for _ in range(2):
        fetcher.fetch(f"{site.url}/1.jpg")
    assert "Cookie" not in site.asked[-1][1]
