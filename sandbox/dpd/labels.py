"""label-print: stickers for the parcels of orders, as PDF in base64. Not after the day of pickup."""

from __future__ import annotations

import base64
from typing import Any

from lxml import etree

from sandbox.dpd.ordering import ZONE
from sandbox.dpd.soap import Fault, text
from sandbox.dpd.state import Client, Order
from sandbox.dpd.system import DpdSystem

_SIZES = {"A5": (420, 595), "A6": (298, 420)}


def create_label_file(system: DpdSystem, client: Client, asked: etree._Element) -> list[dict[str, Any]]:
    """createLabelFile: a page for each parcel of the orders that can be printed, and a word on each order."""
    if text(asked, "getLabelFile/fileFormat") != "PDF":
        raise Fault("bad-request", "Печать возможна в формате PDF")
    size = _SIZES.get(text(asked, "getLabelFile/pageSize"))
    if size is None:
        raise Fault("bad-request", f"pageSize: {', '.join(_SIZES)}")
    today = system.clock.utcnow().astimezone(ZONE).date()
    told, pages = [], []
    for wanted in asked.iterfind("getLabelFile/order"):
        num, places = text(wanted, "orderNum"), int(text(wanted, "parcelsNumber"))
        order = next((one for one in client.orders if one.num == num), None)
        trouble = ""
        if order is None:
            trouble = "Заказ не найден"
        elif order.status == "OrderCancelled":
            trouble = "Заказ отменён"
        elif order.date < today:
            trouble = "Дата приёма груза в прошлом"
        elif not 1 <= places <= order.places:
            trouble = f"В заказе {order.places} посылок"
        else:
            pages += [_page(order, place) for place in range(places)]
        told.append(
            {"orderNum": num, "status": "Error" if trouble else "OK", "errorMessage": trouble or None}
        )
    file = base64.b64encode(pdf(pages, size)).decode() if pages else None
    return [{"file": file, "order": told}]


def pdf(pages: list[list[str]], size: tuple[int, int]) -> bytes:
    """A PDF with a page of text lines for each entry; only what the built-in font can write is shown."""
    objects: list[bytes] = [b"<< /Type /Catalog /Pages 2 0 R >>", b""]
    objects.append(b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
    kids = []
    for lines in pages:
        shown = b"".join(
            b"(" + line.encode("ascii", "replace").replace(b"(", b"").replace(b")", b"") + b") Tj T*\n"
            for line in lines
        )
        content = b"BT /F1 14 Tf 18 TL 20 %d Td\n" % (size[1] - 40) + shown + b"ET"
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content))
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Contents %d 0 R "
            b"/Resources << /Font << /F1 3 0 R >> >> >>" % (*size, len(objects))
        )
        kids.append(b"%d 0 R" % len(objects))
    objects[1] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (b" ".join(kids), len(kids))
    out = bytearray(b"%PDF-1.4\n")
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)


def _page(order: Order, place: int) -> list[str]:
    return ["DPD", str(order.num), f"{place + 1} / {order.places}", order.number, order.date.isoformat()]
