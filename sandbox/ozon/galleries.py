"""Pictures as Ozon takes them: loaded from their links, looked into, kept.

Whoever sends links gets an answer for each of them: what was loaded, or the code of Ozon's with which it
failed. A link that a product already shows is not loaded again (Ozon Seller API, pictures/import: new bytes
behind an unchanged link are `skipped`). Links to other machines are believed unless a knob says otherwise,
so that the sandbox asks nobody outside by itself.
"""

from __future__ import annotations

import asyncio
import hashlib
import ipaddress
import re
import struct
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from sandbox.fetcher import Fetcher, FetchError
from sandbox.ozon.knobs import OzonKnobs
from sandbox.ozon.state import ItemError, Picture

# Ozon asks for 200 pixels on each side at least; 7680 is the most that its help pages name (UNSURE).
LEAST_SIDE, LARGEST_SIDE = 200, 7680

_URL = re.compile(r"https?://[^\s/?#]+/\S+")
_PNG, _JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8"
_STANDALONE = {0x01, *range(0xD0, 0xD9)}
_FRAMES = {0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF}

_CODES = {
    "unreachable": ("pics_download_server_unavailable", "Сервер изображения недоступен"),
    "timeout": ("pics_reading_timeout", "Изображение не загрузилось вовремя"),
    "status": ("pics_http_error", "Изображение не загружено"),
    "redirects": ("pics_http_error", "Слишком много перенаправлений"),
    # UNSURE: which code a file that is too heavy gets
    "too_large": ("pics_http_error", "Превышен размер файла"),
}


Loaded = Mapping[str, Picture | ItemError]
"""Link -> the picture, or why there is none."""


@dataclass(frozen=True, slots=True)
class Gallery:
    """What became of the pictures of one item: the loaded ones in order, the primary one first."""

    primary: str
    images: tuple[str, ...]
    color: str
    problems: tuple[ItemError, ...]

    @property
    def failed(self) -> bool:
        return any(problem.level == "error" for problem in self.problems)


class PictureLoader:
    """Loads pictures for all cabinets; remembers by tag what a link led to."""

    def __init__(self, knobs: OzonKnobs, believes: Callable[[str], bool]) -> None:
        self._knobs = knobs
        self._believes = believes
        self._fetcher = Fetcher()
        self._tagged: dict[str, tuple[str, Picture]] = {}

    def at_hand(self, links: Iterable[str], shown: Iterable[str]) -> dict[str, Picture | ItemError]:
        """What can be said of links without loading them: the rest has to be loaded."""
        kept = set() if self._knobs.refetch_shown_pictures else set(shown)
        known: dict[str, Picture | ItemError] = {}
        for url in links:
            if url in kept:
                known[url] = Picture()
            elif not _URL.fullmatch(url):
                known[url] = _problem("pics_url_unsupported", f"Недопустимая ссылка: {url}", url)
            elif not self._knobs.fetch_pictures:
                missing = _problem("pics_http_error", f"Изображение не загружено: {url}", url)
                known[url] = Picture() if self._believes(url) else missing
            elif not self._knobs.fetch_foreign_pictures and not _is_here(url):
                known[url] = Picture()
        return known

    async def load(self, links: Iterable[str]) -> dict[str, Picture | ItemError]:
        """Load links over HTTP."""
        wanted = list(links)
        found = await asyncio.gather(*(self._one(url) for url in wanted))
        return dict(zip(wanted, found, strict=True))

    async def _one(self, url: str) -> Picture | ItemError:
        tag, known = self._tagged.get(url, ("", Picture()))
        try:
            fetched = await self._fetcher.fetch(
                url,
                seconds=self._knobs.picture_timeout_seconds,
                at_most=self._knobs.picture_max_bytes,
                tag=tag,
            )
        except FetchError as error:
            code, words = _CODES[error.kind]
            return _problem(code, f"{words} ({error}): {url}", url)
        if fetched.body is None:
            return known
        size = _size(fetched.body)
        if size is None:
            return _problem("pics_cant_decode", f"Не удалось прочитать изображение: {url}", url)
        if min(size) < LEAST_SIDE or max(size) > LARGEST_SIDE:
            words = f"Недопустимый размер изображения {size[0]}x{size[1]}: {url}"
            return _problem("pics_invalid_dimensions", words, url)
        picture = Picture(hashlib.sha256(fetched.body).hexdigest(), *size)
        if fetched.tag:
            self._tagged[url] = (fetched.tag, picture)
        return picture


def settle(primary: str, images: Iterable[str], color: str, loaded: Loaded) -> Gallery:
    """The gallery that an item leaves: all or some of its pictures, or a failure where none was loaded."""
    listed = list(images)
    wanted = list(dict.fromkeys([primary, *listed] if primary else listed))
    asked = list(dict.fromkeys([*wanted, *([color] if color else [])]))
    problems = [found for url in asked if isinstance(found := loaded[url], ItemError)]
    kept = tuple(url for url in wanted if isinstance(loaded[url], Picture))
    shown_color = color if color and isinstance(loaded[color], Picture) else ""
    if wanted and not kept:
        problems.append(ItemError("all_image_failed", "Не удалось скачать фото по ссылке", "pictures"))
    elif problems:
        problems.append(
            ItemError("some_image_failed", "Часть изображений не загружена", "pictures", level="warning")
        )
        if primary and primary not in kept:
            words = "Главное изображение не загружено"
            problems.append(ItemError("primary_image_load_failed", words, "pictures", level="warning"))
    return Gallery(kept[0] if kept else "", kept, shown_color, tuple(problems))


def _problem(code: str, words: str, url: str) -> ItemError:
    return ItemError(code, words, "pictures", level="warning", picture=url)


def _is_here(url: str) -> bool:
    """Whether a link leads to this machine."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _size(content: bytes) -> tuple[int, int] | None:
    """Width and height of a whole PNG or JPEG; None for anything else and for a torn file."""
    if content.startswith(_PNG):
        whole = content[12:16] == b"IHDR" and b"IEND" in content[-16:]
        return struct.unpack(">II", content[16:24]) if whole else None
    if not content.startswith(_JPEG) or b"\xff\xd9" not in content[-64:]:
        return None
    position = 2
    while position + 9 <= len(content) and content[position] == 0xFF:
        marker = content[position + 1]
        if marker in _FRAMES:
            height, width = struct.unpack(">HH", content[position + 5 : position + 9])
            return width, height
        length = 0 if marker in _STANDALONE else struct.unpack(">H", content[position + 2 : position + 4])[0]
        position += 2 + length
    return None
