"""The image host: valid pictures by name, that can be lost."""

from __future__ import annotations

import struct
import zlib

import pytest
from sandbox_testkit import Ozon

from sandbox.images import pictures


def _png_pixels(data: bytes) -> tuple[int, int, bytes]:
    """Size and raw rows of a PNG, with every checksum checked."""
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    position, chunks = 8, {}
    while position < len(data):
        (length,) = struct.unpack(">I", data[position : position + 4])
        kind, body = data[position + 4 : position + 8], data[position + 8 : position + 8 + length]
        (checksum,) = struct.unpack(">I", data[position + 8 + length : position + 12 + length])
        assert checksum == zlib.crc32(kind + body)
        chunks[kind] = body
        position += 12 + length
    width, height = struct.unpack(">II", chunks[b"IHDR"][:8])
    return width, height, zlib.decompress(chunks[b"IDAT"])


def _jpeg_segments(data: bytes) -> tuple[dict[int, bytes], bytes]:
    """Segments by marker, and the entropy-coded data, of a JPEG."""
    assert data.startswith(b"\xff\xd8")
    assert data.endswith(b"\xff\xd9")
    position, segments = 2, {}
    while True:
        assert data[position] == 0xFF
        marker = data[position + 1]
        (length,) = struct.unpack(">H", data[position + 2 : position + 4])
        segments[marker] = data[position + 4 : position + 2 + length]
        position += 2 + length
        if marker == 0xDA:
            return segments, data[position:-2]


def _jpeg_blocks(scan: bytes) -> list[int]:
    """The direct-current differences of all blocks, read with the encoder's two code tables."""
    bits = "".join(f"{byte:08b}" for byte in scan.replace(b"\xff\x00", b"\xff"))
    position, differences = 0, []
    while len(bits) - position >= 8 or "0" in bits[position:]:
        size = int(bits[position : position + 4], 2)
        raw = bits[position + 4 : position + 4 + size]
        value = int(raw, 2) if raw else 0
        differences.append(value if not raw or raw[0] == "1" else value - (1 << size) + 1)
        assert bits[position + 4 + size] == "0"  # end of block
        position += 5 + size
    return differences


def test_a_png_is_whole_and_large_enough() -> None:
    width, height, rows = _png_pixels(pictures.png("a.png"))
    assert min(width, height) >= 200
    assert len(rows) == height * (1 + 3 * width)


@pytest.mark.parametrize("name", ["a.jpg", "b.jpg", "товар-1.jpg"])
def test_a_jpeg_has_every_block_of_its_size(name: str) -> None:
    segments, scan = _jpeg_segments(pictures.jpeg(name))
    height, width = struct.unpack(">HH", segments[0xC0][1:5])
    assert min(width, height) >= 200
    differences = _jpeg_blocks(scan)
    assert len(differences) == 3 * (width // 8) * (height // 8)
    assert not any(differences[3:])
    assert all(-128 <= value <= 127 for value in differences[:3])


def test_the_same_name_gives_the_same_picture_and_others_differ() -> None:
    assert pictures.jpeg("a.jpg") == pictures.jpeg("a.jpg")
    assert len({pictures.jpeg(f"{n}.jpg") for n in range(50)}) == 50


def test_the_host_serves_both_kinds_and_nothing_else(ozon: Ozon) -> None:
    jpeg = ozon.http.get("/images/goods/1.jpg")
    assert (jpeg.status_code, jpeg.headers["content-type"]) == (200, "image/jpeg")
    assert jpeg.content == pictures.jpeg("goods/1.jpg")
    png = ozon.http.get("/images/1.png")
    assert (png.status_code, png.headers["content-type"]) == (200, "image/png")
    assert ozon.http.get("/images/1.txt").status_code == 404
    assert ozon.http.post("/images/1.jpg").status_code == 404
    assert ozon.http.get("/_sandbox/counters").json()["paths"]["images"]["/1.png"]["calls"] == 1


def test_pictures_can_be_lost_by_name_or_by_share(ozon: Ozon) -> None:
    ozon.knobs("images", missing_substring="lost")
    assert ozon.http.get("/images/lost-1.jpg").status_code == 404
    assert ozon.http.get("/images/1.jpg").status_code == 200
    ozon.knobs("images", missing_substring="", missing_share=0.5)
    first = [ozon.http.get(f"/images/{n}.jpg").status_code for n in range(40)]
    again = [ozon.http.get(f"/images/{n}.jpg").status_code for n in range(40)]
    assert first == again
    assert 8 < first.count(404) < 32


def test_faults_reach_the_image_host(ozon: Ozon) -> None:
    ozon.faults({"system": "images", "kind": "500"})
    assert ozon.http.get("/images/1.jpg").status_code == 500
    assert ozon.call("/v1/roles").status_code == 200
