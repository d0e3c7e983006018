"""Small, valid PDF documents: pages of some lines of text and some bars, as labels and lists are."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

_POINTS_PER_MM = 72 / 25.4
_FONT_OBJECT = 3
_FIRST_PAGE_OBJECT = 4


@dataclass(frozen=True)
class Page:
    """One page: its size in millimetres, lines of Latin text from the top, and what its bars stand for ("": none)."""

    width: float
    height: float
    lines: tuple[str, ...]
    bars: str = ""
    font_size: int = 9


def document(pages: Sequence[Page]) -> bytes:
    """The bytes of a PDF 1.4 with these pages; the same pages give the same bytes."""
    first = _FIRST_PAGE_OBJECT
    kids = " ".join(f"{first + 2 * number} 0 R" for number in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for number, page in enumerate(pages):
        stream = _content(page)
        box = f"[0 0 {page.width * _POINTS_PER_MM:.2f} {page.height * _POINTS_PER_MM:.2f}]"
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox {box} /Resources << /Font << /F1 {_FONT_OBJECT} 0 R >> >> "
            f"/Contents {first + 2 * number + 1} 0 R >>".encode()
        )
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream))
    written = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    places: list[int] = []
    for number, body in enumerate(objects, start=1):
        places.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(written)
    written += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    written += b"".join(b"%010d 00000 n \n" % place for place in places)
    written += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(written)


def _content(page: Page) -> bytes:
    height, width = page.height * _POINTS_PER_MM, page.width * _POINTS_PER_MM
    parts: list[str] = []
    top = height - page.font_size * 1.6
    for line in page.lines:
        text = line.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
        parts.append(f"BT /F1 {page.font_size} Tf 8 {top:.2f} Td ({text}) Tj ET")
        top -= page.font_size * 1.4
    if page.bars:
        digest = hashlib.sha256(page.bars.encode()).digest()
        step = (width - 16) / 128
        tall = min(max(top - 8, 4), height / 3)
        black = [place for place in range(128) if digest[place // 8] >> (place % 8) & 1]
        parts += [f"{8 + place * step:.2f} 8 {step:.2f} {tall:.2f} re f" for place in black]
    return "\n".join(parts).encode("latin-1", "replace")
