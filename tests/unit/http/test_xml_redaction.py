"""What the log keeps of an XML body."""

from __future__ import annotations

import pytest

from marketsync.http.redaction import LARGEST_BODY, Redactor
from marketsync.http.xml_redaction import redacted_xml

PLAIN = Redactor(["s3cret-key"])


def test_private_elements_keep_their_shape_only() -> None:
    body = (
        "<o:order xmlns:o='urn:o'><number>7</number><receiverAddress kind='home'><city>Казань</city><flat/>"
        "</receiverAddress>after<contactFio>Анна</contactFio><o:contactPhone>1</o:contactPhone></o:order>"
    )
    assert redacted_xml(body.encode(), PLAIN, {"contactFio"}) == (
        '<o:order xmlns:o="urn:o"><number>7</number><receiverAddress kind="•••"><city>•••</city><flat/>'
        "</receiverAddress>after<contactFio>•••</contactFio><o:contactPhone>•••</o:contactPhone></o:order>"
    )


def test_secrets_and_telltale_texts_are_masked_anywhere() -> None:
    body = "<a><b key='s3cret-key'>s3cret-key</b><c>ask anna@example.com or +7 999 123-45-67</c></a>"
    assert redacted_xml(body.encode(), PLAIN) == '<a><b key="•••">•••</b><c>ask ••• or •••</c></a>'


@pytest.mark.parametrize(
    "body",
    [
        b"<?xml version='1.0'?><a><phone>+7999",
        b"<S:Envelope><phone>Anna</phone>",
        b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><a>&e;<phone>Anna</a>",
    ],
)
def test_torn_xml_is_withheld(body: bytes) -> None:
    assert redacted_xml(body, PLAIN) == f"[{len(body)} bytes of torn XML]"


def test_entities_are_not_followed() -> None:
    body = b"<!DOCTYPE a [<!ENTITY e SYSTEM 'file:///etc/hostname'>]><a>&e;</a>"
    assert "&e;" in redacted_xml(body, PLAIN)


def test_other_bodies_are_masked_as_text_and_long_ones_cut() -> None:
    assert redacted_xml(b"gateway down, s3cret-key", PLAIN) == "gateway down, •••"
    assert len(redacted_xml(b"<a>" + b"x" * 3 * LARGEST_BODY + b"</a>", PLAIN)) <= LARGEST_BODY
