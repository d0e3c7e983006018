"""What may be written down of an XML body: its shape, and nothing that is known of a person or opens a door."""

from __future__ import annotations

from collections.abc import Collection

from lxml import etree

from marketsync.http.redaction import MASK, Redactor, cut, is_private

__all__ = ["parser", "redacted_xml"]


def parser() -> etree.XMLParser:
    """Reads XML from outside: no entities, no network, no document type's defaults."""
    return etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )


def redacted_xml(body: bytes, redactor: Redactor, private: Collection[str] = ()) -> str:
    """An XML body as the log keeps it: masked, and cut to the log's size.

    Everything inside of a private element is masked, its shape kept. A body that cannot be read as XML is withheld
    where it looks like torn XML: where its values end is not known.

    Args:
        private: names of elements (without namespace) that are private besides those that JSON's keys tell.
    """
    try:
        root = etree.fromstring(body, parser())
    except (etree.XMLSyntaxError, ValueError):
        if b"<?xml" in body[:200] or b"Envelope" in body[:1000]:
            return f"[{len(body)} bytes of torn XML]"
        return redactor.body(body)
    hidden = frozenset(name.casefold() for name in private)
    _mask(root, redactor, hidden, masked=False)
    return cut(etree.tostring(root, encoding="unicode"))


def _mask(element: etree._Element, redactor: Redactor, hidden: frozenset[str], *, masked: bool) -> None:
    if not isinstance(element.tag, str):  # an entity that was not resolved
        return
    name = etree.QName(element).localname
    element.tail = _shown(element.tail, redactor, masked=masked)  # belongs to what is around it
    masked = masked or name.casefold() in hidden or is_private(name)
    element.text = _shown(element.text, redactor, masked=masked)
    for key, value in element.attrib.items():
        element.set(key, _shown(str(value), redactor, masked=masked) or "")
    for child in element:
        _mask(child, redactor, hidden, masked=masked)


def _shown(text: str | None, redactor: Redactor, *, masked: bool) -> str | None:
    if not text or not text.strip():
        return text
    return MASK if masked else redactor.text(text)
