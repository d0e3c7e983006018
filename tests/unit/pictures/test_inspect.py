"""The decisions about bytes: what is a picture, of which type and size, and what is not."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO

import pytest

from marketsync.pictures.inspect import Facts, Unusable, inspect, type_of
from tests.unit.pictures.picture_bytes import picture


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF"])
def test_type_and_size_are_read_from_the_bytes(kind: str) -> None:
    content = picture(kind, 199, 400)
    assert inspect(content) == Facts(kind, 199, 400)
    assert type_of(BytesIO(content)) == kind


def test_a_cameras_jpeg_with_another_behind_it_is_a_jpeg() -> None:
    from PIL import Image

    first = Image.new("RGB", (320, 240), "red")
    target = BytesIO()
    first.save(target, "MPO", save_all=True, append_images=[Image.new("RGB", (320, 240), "blue")])
    assert inspect(target.getvalue()) == Facts("JPEG", 320, 240)


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_a_torn_file_is_damaged(kind: str, share: float) -> None:
    content = picture(kind, 1200, 900)
    with pytest.raises(Unusable) as caught:
        inspect(content[: int(len(content) * share)])
    assert caught.value.code == "damaged"


@pytest.mark.parametrize(
    ("content", "looks_like"),
    [
        (b"%PDF-1.7\n1 0 obj\n", "PDF"),
        (b"\r\n<!DOCTYPE html><html>login</html>", "веб-страница"),
        (b"PK\x03\x04" + bytes(100), "неизвестный формат"),
        (b"", "пустой файл"),
    ],
)
def test_what_is_no_picture_is_named(content: bytes, looks_like: str) -> None:
    with pytest.raises(Unusable) as caught:
        inspect(content)
    assert (caught.value.code, caught.value.detail) == ("not_a_picture", looks_like)
    assert type_of(BytesIO(content)) is None


def _png_that_claims(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(bytes(1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [10_001, 13_500, 30_000])
def test_a_decompression_bomb_is_not_decoded(side: int) -> None:
    with pytest.raises(Unusable) as caught:
        inspect(_png_that_claims(side, side))
    assert caught.value.code == "too_many_pixels"
