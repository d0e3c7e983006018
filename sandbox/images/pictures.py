"""Small valid pictures made from a name, without an image library.

The same name always gives the same bytes, and different names nearly always different ones: a test can tell
pictures apart by their hash. A JPEG of one colour needs only the direct-current coefficient of each block.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Callable
from functools import cache

# Ozon asks for at least 200 pixels on each side; sides are multiples of a JPEG block.
_SIDES = (200, 240, 280, 320, 360)
_BLOCK = 8


def _appearance(name: str) -> tuple[int, int, tuple[int, int, int]]:
    digest = hashlib.sha256(name.encode()).digest()
    return _SIDES[digest[0] % len(_SIDES)], _SIDES[digest[1] % len(_SIDES)], (digest[2], digest[3], digest[4])


def of(name: str, trouble: str = "") -> bytes:
    """The bytes that the host gives for a name, spoilt by one of the troubles (sandbox/images/troubles.py)."""
    if trouble in _UNSOUND:
        return _UNSOUND[trouble]()
    if trouble == "too_small":
        return _png(*_TOO_SMALL, _appearance(name)[2])
    content = (
        png(name) if name.lower().endswith(".png") else jpeg(name + ("#2" if trouble == "changed" else ""))
    )
    return content[: len(content) // 2] if trouble == "truncated" else content


def png(name: str) -> bytes:
    """A PNG of one colour, size and colour by the name."""
    return _png(*_appearance(name))


def _png(width: int, height: int, colour: tuple[int, int, int]) -> bytes:
    row = b"\0" + bytes(colour) * width
    return _png_of(width, height, zlib.compress(row * height))


def _png_of(width: int, height: int, packed_rows: bytes) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", packed_rows) + chunk(b"IEND", b"")


@cache
def _too_large() -> bytes:
    return _png(*_TOO_LARGE, (0, 0, 0))


@cache
def _huge() -> bytes:
    return jpeg("huge.jpg") + bytes(_HUGE_BYTES)


def _bomb() -> bytes:
    return _png_of(*_BOMB, zlib.compress(bytes(1000)))


def _pdf() -> bytes:
    return b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n" + bytes(2000)


def _gif() -> bytes:
    """A GIF whose rows are packed as plain codes: 9 bits each, with a fresh start before the table grows."""
    side, clear, end = _SIDES[0], 256, 257
    codes: list[int] = []
    for position in range(side * side):
        if position % 250 == 0:
            codes.append(clear)
        codes.append(0)
    bits = 0
    for place, code in enumerate((*codes, end)):
        bits |= code << (9 * place)
    packed = bits.to_bytes((len(codes) + 1) * 9 // 8 + 1, "little")
    blocks = b"".join(bytes((len(part),)) + part for part in _parts(packed, 255))
    screen = struct.pack("<HHBBB", side, side, 0xF7, 0, 0) + bytes(256 * 3)
    image = b"," + struct.pack("<HHHHB", 0, 0, side, side, 0) + b"\x08"
    return b"GIF89a" + screen + image + blocks + b"\0;"


def _parts(data: bytes, size: int) -> list[bytes]:
    return [data[start : start + size] for start in range(0, len(data), size)]


_TOO_SMALL = (199, 400)
_TOO_LARGE = (8000, 220)
_BOMB = (30_000, 30_000)
_HUGE_BYTES = 30_000_000
_UNSOUND: dict[str, Callable[[], bytes]] = {
    "too_large": _too_large,
    "bomb": _bomb,
    "huge": _huge,
    "wrong_type": _pdf,
    "gif": _gif,
}


def jpeg(name: str) -> bytes:
    """A baseline JPEG (YCbCr, no subsampling) of one colour, size and colour by the name."""
    width, height, levels = _appearance(name)
    quantisation = b"\xff\xdb" + struct.pack(">HB", 67, 0) + b"\x08" * 64
    frame = b"\xff\xc0" + struct.pack(">HBHHB", 17, 8, height, width, 3)
    frame += b"".join(bytes((component, 0x11, 0)) for component in (1, 2, 3))
    # Twelve direct-current categories with codes of four bits: the code of a category is the category itself.
    direct = (
        b"\xff\xc4" + struct.pack(">HB", 19 + 12, 0x00) + bytes((0, 0, 0, 12, *([0] * 12))) + bytes(range(12))
    )
    # The only alternating-current symbol is "end of block", with the code 0.
    alternating = b"\xff\xc4" + struct.pack(">HB", 19 + 1, 0x10) + bytes((1, *([0] * 15))) + b"\0"
    scan = b"\xff\xda" + struct.pack(">HB", 12, 3) + bytes((1, 0, 2, 0, 3, 0)) + bytes((0, 63, 0))
    bits = "".join(_direct_current(level - 128) + "0" for level in levels)
    bits += ("0000" + "0") * 3 * ((width // _BLOCK) * (height // _BLOCK) - 1)
    bits += "1" * (-len(bits) % 8)
    data = int(bits, 2).to_bytes(len(bits) // 8, "big").replace(b"\xff", b"\xff\x00")
    return b"\xff\xd8" + quantisation + frame + direct + alternating + scan + data + b"\xff\xd9"


def _direct_current(value: int) -> str:
    """Category and bits of a direct-current difference (JPEG, table F.1)."""
    if value == 0:
        return "0000"
    size = abs(value).bit_length()
    return f"{size:04b}" + format(value if value > 0 else value + (1 << size) - 1, f"0{size}b")
